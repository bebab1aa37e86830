from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core import settings
from core.cli.connecting import ask_for_keys, connection_of, resolve
from core.cli.parser import parse_command, unknown_word
from core.cli.program import FAILED, run
from core.connections import Connection, S3Options
from core.errors import KeysNeeded, UsageError
from core.settings import Settings
from core.storage import access_keys
from core.storage.access_keys import AccessKeys
from tests.keyrings import NO_KEYRING, system_keyring

if TYPE_CHECKING:
    from pathlib import Path

FLEET = Connection("s3://fleet", S3Options(region="eu-west-1", keys="Fleet"), "Fleet EU")
USUAL = S3Options()


@pytest.fixture
def saved() -> None:
    remembered = Settings()
    remembered.save_connection(FLEET)
    settings.save(remembered)


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    "words",
    [["Fleet EU"], ["--connection", "fleet eu"], ["Fleet EU", "--connection", "Fleet EU"]],
)
def test_a_saved_connection_is_a_source(words: list[str]) -> None:
    assert connection_of(parse_command(["sync", *words])) == FLEET
    assert unknown_word(["fleet EU"]) == ""


@pytest.mark.usefixtures("saved")
def test_a_folder_comes_before_a_connection_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Fleet EU").mkdir()
    assert connection_of(parse_command(["sync", "Fleet EU"])) == Connection("Fleet EU")


@pytest.mark.usefixtures("saved")
def test_the_archive_of_a_connection_needs_no_source() -> None:
    words = parse_command(["archive", "--connection", "Fleet EU", "verify"])
    assert (words.source, words.action) == ("Fleet EU", "verify")
    assert connection_of(words) == FLEET


def test_words_count_more_than_what_was_saved() -> None:
    assert resolve("", "Fleet EU", S3Options(region="us-west-2"), [FLEET]) == Connection(
        "s3://fleet", replace(FLEET.options, region="us-west-2")
    )
    assert resolve("Fleet EU", "", S3Options("work"), [FLEET]).options == S3Options("work", "eu-west-1")
    assert resolve("s3://fleet/part", "Fleet EU", USUAL, [FLEET]) == Connection("s3://fleet/part", FLEET.options)
    assert resolve("s3://other", "", USUAL, [FLEET]) == Connection("s3://other")


def test_a_connection_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match=r"no such connection: Fleet\. Saved connections: Fleet EU"):
        resolve("", "Fleet", USUAL, [FLEET])
    assert run(["batches", "--connection", "Fleet"]) == 2
    assert "no such connection" in capsys.readouterr().err


@pytest.mark.usefixtures("saved")
def test_without_a_terminal_it_is_said_how_to_give_the_keys(capsys: pytest.CaptureFixture[str]) -> None:
    with system_keyring(NO_KEYRING):
        assert run(["batches", "Fleet EU"]) == FAILED
    said = capsys.readouterr().err
    assert "The access keys have to be entered: Fleet" in said
    assert "on a terminal" in said


def test_on_a_terminal_the_keys_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    answers = iter(["the secret of the fleet", ""])
    monkeypatch.setattr(sys, "stdin", Terminal("AKIAFLEET\n"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    with system_keyring(NO_KEYRING):
        assert ask_for_keys(KeysNeeded("The access keys have to be entered", keys="Fleet"))
        assert access_keys.find("Fleet") == AccessKeys("AKIAFLEET", "the secret of the fleet")
        assert not ask_for_keys(KeysNeeded("The access keys have to be entered", keys="Fleet"))
    assert "the secret" not in capsys.readouterr().err


def test_a_server_that_a_file_has_named_is_used_once_a_person_names_it() -> None:
    theirs = Connection("s3://fleet", S3Options(endpoint_url="https://theirs.example"), "Theirs")
    remembered = Settings()
    remembered.import_connections([theirs])
    settings.save(remembered)
    for words in (["batches", "Theirs"], ["batches", "s3://fleet", "--connection", "Theirs"]):
        with pytest.raises(UsageError, match="Nobody has agreed") as raised:
            connection_of(parse_command(words))
        assert raised.value.subject == "https://theirs.example"
    told = io.StringIO()
    with contextlib.redirect_stderr(told):
        assert run(["bucket", "check", "s3://fleet", "--connection", "Theirs"]) == 2
    assert "Nobody has agreed" in told.getvalue()
    agreed = parse_command(["batches", "Theirs", "--endpoint-url", "https://theirs.example"])
    assert connection_of(agreed) == theirs
