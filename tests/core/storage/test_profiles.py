"""Profiles are found where the AWS CLI finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import CredentialsMissing
from core.storage.profiles import ProfileKind, kind_of, profiles

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
    assert [profile.name for profile in profiles()] == ["default", "Alpha", "keys", "sso"]
    assert [profile.kind for profile in profiles()][1:3] == [ProfileKind.NOTHING, ProfileKind.KEYS]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("role_arn", "source_profile"), ProfileKind.ROLE),
        (("role_arn", "credential_source"), ProfileKind.ROLE),
        (("role_arn", "web_identity_token_file", "aws_access_key_id"), ProfileKind.WEB_IDENTITY),
        (("sso_session", "sso_account_id"), ProfileKind.SSO),
        (("sso_start_url",), ProfileKind.SSO),
        (("aws_access_key_id", "credential_process"), ProfileKind.KEYS),
        (("login_session",), ProfileKind.CONSOLE_LOGIN),
        (("credential_process",), ProfileKind.PROGRAM),
        (("credential_source",), ProfileKind.MACHINE),
        (("region", "output"), ProfileKind.NOTHING),
    ],
)
def test_the_kind_of_a_profile(names: tuple[str, ...], kind: ProfileKind) -> None:
    assert kind_of(dict.fromkeys(names, "x")) is kind
    assert kind_of({"credential_source": "Environment"}) is ProfileKind.ENVIRONMENT


def test_a_broken_file_is_told(config: Path) -> None:
    config.write_text("this is no configuration")
    with pytest.raises(CredentialsMissing) as caught:
        profiles()
    assert caught.value.subject == f"{config}, line 1"
