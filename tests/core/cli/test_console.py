from __future__ import annotations

import io
import json
import os
import sys

import pytest

from core.cli.console import Console, printable
from core.errors import OdographError


class Terminal(io.StringIO):
    """A standard error that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_data_and_narration_go_different_ways(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.data("data")
    console.say("narration")
    console.warn("warning")
    console.flush()
    shown = capsys.readouterr()
    assert shown.out == "data\n"
    assert shown.err == "narration\nwarning\n"


def test_quiet_leaves_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True)
    console.say("narration")
    console.progress(1, 2, "progress")
    console.warn("warning")
    assert capsys.readouterr().err == "warning\n"


def test_data_is_utf_8_with_line_feeds_whatever_the_computer_prefers(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252", newline="\r\n"))
    console = Console()
    console.data("Zürich – 東京 \ud800")
    console.flush()
    assert raw.getvalue() == "Zürich – 東京 \\ud800\n".encode()


def test_progress_rewrites_one_line_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("core.cli.console._TERMINAL_SECONDS", 0.0)
    monkeypatch.setenv("COLUMNS", "20")
    console = Console()
    console.progress(1, 10, "a text that is far too long for this")
    console.progress(2, 10, "")
    console.say("done")
    assert terminal.getvalue() == "\ra text that is far \r2 of 10            \r       \rdone\n"


def test_the_progress_line_is_rewritten_a_few_times_a_second_only(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    for number in range(10_000):
        console.progress(number, None, "")
    assert terminal.getvalue().count("\r") < 1000


def test_progress_is_sparse_elsewhere(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Console().progress(1, 10, "soon")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("core.cli.console._SPARSE_SECONDS", 0.0)
    console = Console()
    for text in ("late", "late", "later", "late"):
        console.progress(1, 10, text)
    assert capsys.readouterr().err == "late\nlater\nlate\n"


def test_errors_say_what_to_do_and_keep_details_for_who_asks(capsys: pytest.CaptureFixture[str]) -> None:
    error = OdographError("It broke", subject="s3://fleet", hint="Mend it.", detail="E42 X-Amz-Signature=abc")
    Console().error(error)
    assert capsys.readouterr().err == "odograph: It broke: s3://fleet\n  Mend it.\n"
    Console(verbose=True).error(error)
    assert "Detail: E42 X-Amz-Signature=[removed]" in capsys.readouterr().err


def test_json_is_one_array_an_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    items: list[dict[str, object]] = [{"a": "ü\n"}, {"a": None}]
    console.json(items)
    text = capsys.readouterr().out
    assert json.loads(text) == items
    assert text.count("\n") == 3
    console.json([])
    assert json.loads(capsys.readouterr().out) == []


def test_tables_align_and_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Console().table(("vin", "n"), [("A\x1b[2J\nB", 1234), ("C", 5)])
    assert capsys.readouterr().out.splitlines() == [
        "vin          n",
        "A\\x1b[2J\\nB  1,234",
        "C            5",
    ]


def test_printable_keeps_what_can_be_seen() -> None:
    assert printable("Zürich 東京") == "Zürich 東京"
    assert printable("\u202e\x00\ud800") == "\\u202e\\x00\\ud800"


def test_a_reader_that_has_gone_does_not_disturb_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        console = Console()
        console.data("nobody reads this")
        with pytest.raises(BrokenPipeError):
            console.flush()
        console.give_up_output()
        console.flush()


def test_long_cells_of_a_table_are_cut_unless_they_name_something(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    long = "x" * 200
    console.table(("path", "last value", "unit"), [(long, long, "km"), ("a", "x" * 60, "km")])
    console.json([{"last_value": long}])
    header, first, second, *data = capsys.readouterr().out.splitlines()
    assert first.split() == [long, "x" * 59 + "…", "km"]
    assert second.split() == ["a", "x" * 60, "km"]
    assert header.index("unit") == first.index("km") == second.index("km") == 200 + 2 + 60 + 2
    assert json.loads("".join(data)) == [{"last_value": long}]
