from __future__ import annotations

from pathlib import Path

import pytest

from core.cli.options import WindowOptions
from core.cli.parser import COMMANDS, command_of, parse_command, parse_window, unknown_word
from core.connections import Addressing, S3Options


def test_without_words_the_window_opens_as_it_was() -> None:
    assert command_of([]) == ""
    assert parse_window([]) == WindowOptions()


def test_every_word_for_the_window() -> None:
    words = "s3://fleet/a --vin V1 --vin V2 --property a.b --screenshot out.png --theme dark --size 1600x1000"
    more = "--workspace Brakes --profile p --region eu-west-1 --endpoint-url http://127.0.0.1:1 --verbose"
    more += " --connection Fleet --addressing path --ca-file own.pem"
    assert parse_window([*words.split(), *more.split()]) == WindowOptions(
        source="s3://fleet/a",
        vins=("V1", "V2"),
        properties=("a.b",),
        workspace="Brakes",
        screenshot=Path("out.png"),
        theme="dark",
        size=(1600, 1000),
        connection="Fleet",
        s3=S3Options("p", "eu-west-1", "http://127.0.0.1:1", Addressing.PATH, "own.pem"),
        verbose=True,
    )


@pytest.mark.parametrize("words", [["--demo"], ["demo"], ["demo", "--demo"]])
def test_the_demo_fleet_has_two_names(words: list[str]) -> None:
    assert parse_window(words) == WindowOptions(demo=True)


def test_a_folder_named_like_a_command_or_the_demo_can_be_opened() -> None:
    assert command_of(["./sync"]) == ""
    assert parse_window(["./demo"]).source == "./demo"


@pytest.mark.parametrize(
    "word", ["--help", "sync", "demo", "s3://fleet", "ftp://x/y", "file:///x", " s3://a", "~", "."]
)
def test_options_commands_addresses_and_folders_are_known(word: str) -> None:
    assert unknown_word([word]) == ""
    assert unknown_word([]) == ""


@pytest.mark.parametrize("word", ["frob", "./frob", "~nobody-has-this-name/x", "C:\\no such folder"])
def test_other_words_are_told_with_the_commands(word: str) -> None:
    complaint = unknown_word([word, "demo"])
    assert complaint.startswith(f"no command and no such folder: {word}\n")
    assert all(purpose in complaint for purpose in COMMANDS.values())


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--theme pink", "invalid choice"),
        ("--size 10", "write it as 1600x1000"),
        ("--property odometer", "write it as diagnostics.odometer"),
        ("--property .odometer", "write it as diagnostics.odometer"),
        ("--profile p sync folder", "unrecognized arguments"),
        ("--verbose sync", "a command stands first: main.py sync"),
        ("folder --demo", "leave the source out"),
        ("--scr out.png", "unrecognized arguments"),
    ],
)
def test_wrong_words_for_the_window(words: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_window(words.split())
    assert leaving.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_exit_codes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_command([name, "--help"])
    assert leaving.value.code == 0
    text = capsys.readouterr().out
    assert "Exit codes" in text
    assert f"main.py {name}" in text


def test_the_windows_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_window(["--help"])
    text = capsys.readouterr().out
    assert all(purpose in text for purpose in COMMANDS.values())


def test_options_that_repeat_and_options_with_defaults() -> None:
    words = parse_command(["export", "demo", "--vin", "A", "--vin", "B", "--property", "a.b", "--property", "c.d.e"])
    assert (words.vin, words.property) == (["A", "B"], ["a.b", "c.d.e"])
    assert (words.output, words.layout, words.tz, words.sync) == ("-", "long", "UTC", False)
    assert words.units == "as-sent"
    plan = parse_command(["simulate", "folder"])
    assert (plan.source, plan.vehicles, plan.days, plan.seed, plan.live) == ("folder", None, None, 1, False)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("sync", "give a SOURCE"),
        ("simulate", "required: DEST"),
        ("sync a --from 2026-02-30", "is no day"),
        ("sync a --from 20260228", "is no day"),
        ("simulate a --vehicles 0", "is no number above 0"),
        ("simulate a --days many", "is no number above 0"),
        ("export a --layout tall", "invalid choice"),
        ("export a --units nautical", "invalid choice"),
        ("batches a --quiet --verbose", "not allowed with"),
        ("rejects a --vin X", "unrecognized arguments"),
    ],
)
def test_wrong_words_for_a_command(words: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        parse_command(words.split())
    assert leaving.value.code == 2
    assert complaint in capsys.readouterr().err
