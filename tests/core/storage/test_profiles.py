"""Profiles are found where the AWS CLI finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import CredentialsMissing
from core.storage.profiles import profiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config"
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    return file


def test_none_where_there_are_no_files(config: Path) -> None:
    assert profiles() == []


def test_profiles_of_both_files(config: Path) -> None:
    config.write_text("[profile sso]\nregion = eu-west-1\n[default]\n[profile Alpha]\n[sso-session x]\n")
    config.with_name("credentials").write_text("[keys]\naws_access_key_id = A\naws_secret_access_key = B\n")
    assert profiles() == ["default", "Alpha", "keys", "sso"]


def test_a_broken_file_is_told(config: Path) -> None:
    config.write_text("this is no configuration")
    with pytest.raises(CredentialsMissing) as caught:
        profiles()
    assert caught.value.subject == str(config)
