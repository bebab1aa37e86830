from __future__ import annotations

import csv
import errno
import io
import json
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core import logs, paths
from core.cli import loading
from core.cli.program import CANCELLED, DONE, FAILED, WRONG_USE, run
from core.jobs import JobContext
from core.sandbox.simulate import simulate_fleet
from core.storage.keys import parse_key
from tests.core.cli.conftest import PLAN
from tests.servers import MiniStack, allow

ROOT = Path(__file__).parents[3]
APP_FOLDER = "9FBBEDED80595912588FF4FF/level13"
LAST = "2026-11-08"


def listed(words: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert run([*words, "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_batches_a_day_a_line(fleet: str, capsys: pytest.CaptureFixture[str]) -> None:
    days = listed(["batches", fleet], capsys)
    assert [day["day"] for day in days] == ["2026-11-07", LAST]
    assert {day["state"] for day in days} == {"new"}
    assert not paths.archive_folder(fleet).exists()
    assert run(["sync", fleet, "--from", LAST]) == DONE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "batches recorded" in shown.err
    assert f"\n2 messages could not be read; see main.py rejects {fleet}\n" in shown.err
    days = listed(["batches", fleet], capsys)
    assert [day["state"] for day in days] == ["new", "recorded"]
    assert days[1]["recorded"] == days[1]["batches"]
    assert (days[1]["rejects"], days[1]["failed"]) == (2, 0)
    assert days[1]["messages"] == days[1]["with_samples"] + days[1]["rejects"] > 100
    assert days[0]["messages"] == days[0]["with_samples"] == 0
    assert listed(["batches", fleet, "--to", "2026-11-07"], capsys) == days[:1]
    assert run(["batches", fleet]) == DONE
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 3
    assert shown.out.splitlines()[0].split() == [
        "day", "app", "level", "batches", "size", "recorded",
        "messages", "with", "samples", "rejects", "failed", "state",
    ]  # fmt: skip
    assert "2 other objects" in shown.err


def test_batches_one_by_one(fleet: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["sync", fleet, "--from", LAST])
    capsys.readouterr()
    words = ["batches", fleet, "--keys", "--from", LAST]
    found = listed(words, capsys)
    assert len(found) == listed(["batches", fleet], capsys)[1]["batches"]
    assert {item["state"] for item in found} == {"recorded"}
    assert all(item["messages"] == item["with_samples"] + item["rejects"] for item in found)
    assert sum(item["with_samples"] for item in found) == listed(["batches", fleet], capsys)[1]["with_samples"]
    changed = Path(fleet, found[0]["key"])
    changed.write_bytes(b"[]")
    Path(fleet, found[1]["key"]).rename(changed.with_name("00-00-00-000000001-abc.json"))
    states = [item["state"] for item in listed(words, capsys)]
    assert sorted(states)[:2] == ["changed", "new"]


def test_series_and_what_is_last_known_of_them(recorded: str, capsys: pytest.CaptureFixture[str]) -> None:
    everything = listed(["series", recorded], capsys)
    assert len({item["vin"] for item in everything}) == 4
    vin = next(item["vin"] for item in everything if item["path"] == "diagnostics.odometer")
    words = ["series", recorded, "--vin", vin, "--property", "diagnostics.odometer"]
    (found,) = listed([*words, "--tz", "Asia/Kathmandu"], capsys)
    assert found["samples"] > 10
    assert found["unit"] in ("kilometers", "miles")
    assert found["last_time"].endswith("+05:45")
    assert isinstance(found["last_value"], int | float)
    assert run([*words, "--vin", "NOBODY"]) == DONE
    shown = capsys.readouterr()
    assert vin in shown.out
    assert "Nothing that matches is recorded of vehicle NOBODY" in shown.err


def test_a_property_names_all_its_components_and_a_component_itself_alone(
    recorded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["series", recorded, "--property"]
    components = {item["path"] for item in listed([*words, "diagnostics.tire_pressures"], capsys)}
    assert len(components) > 1
    one = max(components)
    assert {item["path"] for item in listed([*words, one], capsys)} == {one}
    for part in ("diagnostics.tire", one.rpartition(".")[0]):
        assert run([*words, part, "--json"]) == FAILED
        assert json.loads(capsys.readouterr().out) == []


def test_series_can_load_first(fleet: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["series", fleet]) == FAILED
    shown = capsys.readouterr()
    assert "Nothing of this source is recorded yet" in shown.err
    assert f"main.py sync {fleet}" in shown.err
    assert listed(["series", fleet, "--sync"], capsys)


def test_rejects_name_their_batch_and_reason(recorded: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(["rejects", recorded], capsys)
    truth = simulate_fleet(PLAN, lambda key, content: None, JobContext())
    assert [(item["batch"], item["ordinal"]) for item in found] == list(truth.rejects)
    assert all(item["reason"] for item in found)
    assert run(["rejects", recorded]) == DONE
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_export_to_a_file_and_to_standard_output(
    recorded: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", recorded, "--property", "diagnostics.odometer", "--tz", "Europe/Berlin"]
    target = tmp_path / "out.csv"
    assert run([*words, "-o", str(target)]) == DONE
    assert "rows of" in capsys.readouterr().err
    assert run([*words, "--quiet"]) == DONE
    shown = capsys.readouterr()
    assert shown.out.encode() == target.read_bytes()
    assert shown.err == ""
    rows = list(csv.DictReader(io.StringIO(shown.out), strict=True))
    assert {row["property"] for row in rows} == {"odometer"}
    assert {row["time"][-6:] for row in rows} == {"+01:00"}
    assert b"\r" not in target.read_bytes()


def test_export_of_a_range_in_the_wide_layout(recorded: str, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    words = ["export", recorded, "--property", "diagnostics.speed", "--property", "diagnostics.odometer"]
    more = ["--from", "2026-11-07T09:00", "--to", f"{LAST}T12:00", "--layout", "wide", "-o", str(target)]
    assert run([*words, *more]) == DONE
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8")), strict=True))
    assert rows[0].keys() > {"time"}
    assert all("2026-11-07T09" <= row["time"] < f"{LAST}T12" for row in rows)


def test_export_in_a_system_of_units(recorded: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", recorded, "--property", "diagnostics.odometer", "--quiet"]
    found = {}
    for units in ("as-sent", "metric", "imperial"):
        assert run([*words, "--units", units]) == DONE
        rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out), strict=True))
        found[units] = {row["unit"] for row in rows if row["value"]}
    assert found["metric"] == {"kilometers"}
    assert found["imperial"] == {"miles"}
    assert run(words) == DONE
    assert {row["unit"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out)) if row["value"]} == found[
        "as-sent"
    ]


def test_export_names_days_that_are_not_loaded(fleet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["sync", fleet, "--to", "2026-11-07"])
    capsys.readouterr()
    words = ["export", fleet, "-o", str(tmp_path / "out.csv")]
    assert run(words) == DONE
    assert f"{LAST} is not loaded" in capsys.readouterr().err
    before = (tmp_path / "out.csv").read_bytes()
    assert run([*words, "--to", "2026-11-06"]) == DONE
    assert "not loaded" not in capsys.readouterr().err
    assert run([*words, "--sync"]) == DONE
    assert "not loaded" not in capsys.readouterr().err
    assert len((tmp_path / "out.csv").read_bytes()) > len(before)


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["--vin", "NOBODY"], FAILED, "No recorded series matches: NOBODY"),
        (["--property", "no.such"], FAILED, "main.py series"),
        (["--tz", "Berlin"], WRONG_USE, "Did you mean Europe/Berlin?"),
        (["--from", "soon"], WRONG_USE, "no date or time: soon"),
        (["--from", LAST, "--to", "2026-11-07"], WRONG_USE, "--from is after --to"),
        (["--from", f"{LAST}T10:00", "--to", f"{LAST}T10:00"], WRONG_USE, "are the same moment"),
        (["-o", "no/such/folder/out.csv"], FAILED, "folder does not exist"),
    ],
)
def test_what_cannot_be_exported(
    words: list[str], code: int, complaint: str, recorded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", recorded, *words]) == code
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["sync"], WRONG_USE, "give a SOURCE"),
        (["sync", "/no/such/folder"], FAILED, "/no/such/folder"),
        (["batches", "ftp://x/y"], WRONG_USE, "ftp://x/y"),
        (["sync", ".", "--from", LAST, "--to", "2026-11-01"], WRONG_USE, "--from is after --to"),
        (["batches", ".", "--from", LAST, "--to", "2026-11-01"], WRONG_USE, "--from is after --to"),
        (["batches", ".", "--keys", "--from", LAST, "--to", "2026-11-01"], WRONG_USE, "--from is after --to"),
        (["sync", ".", "--every", "5"], WRONG_USE, "--every goes with --watch"),
        (["simulate", "s3://bucket"], WRONG_USE, "Nobody can be asked here"),
        (["simulate", str(ROOT), "--days", "1"], FAILED, "not empty"),
        (["simulate", "/proc/fleet", "--days", "1"], FAILED, "cannot be written"),
        (["simulate", "/dev/null/fleet", "--days", "1"], FAILED, "cannot be written"),
        (["rejects", "."], FAILED, "main.py sync ."),
        (["export", "--help"], DONE, ""),
    ],
)
def test_exit_codes_and_complaints(
    words: list[str], code: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == code
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert "Traceback" not in shown.err


def test_an_empty_folder_has_no_batches_and_says_how_one_would_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("no batch")
    for command in ("sync", "batches"):
        assert run([command, str(tmp_path)]) == DONE
        shown = capsys.readouterr()
        assert f"Nothing with a batch's key was found in {tmp_path}" in shown.err
        example = next(line.strip() for line in shown.err.splitlines() if line.startswith("  "))
        assert parse_key(example) is not None
    assert run(["sync", str(tmp_path), "--from", LAST]) == DONE
    assert "No batches of these days were found" in capsys.readouterr().err
    assert run(["series", str(tmp_path)]) == DONE
    assert "0 series" in capsys.readouterr().err
    assert run(["rejects", str(tmp_path)]) == DONE
    assert "Everything that is recorded could be read" in capsys.readouterr().err
    for words in (["batches"], ["batches", "--keys"], ["series"], ["rejects"]):
        assert listed([words[0], str(tmp_path), *words[1:]], capsys) == []


@pytest.mark.parametrize("command", ["series", "rejects"])
def test_what_was_never_recorded_fails_but_parses(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path), "--json"]) == FAILED
    shown = capsys.readouterr()
    assert json.loads(shown.out) == []
    assert "Nothing of this source is recorded yet" in shown.err


def write_batch(folder: Path, name: str, content: bytes) -> str:
    """Put a batch into a folder. Returns its key."""
    key = f"{APP_FOLDER}/{name}"
    (folder / key).parent.mkdir(parents=True, exist_ok=True)
    (folder / key).write_bytes(content)
    return key


def odometer(time: str, data: dict[str, Any]) -> dict[str, Any]:
    """A message with one odometer item."""
    item = {**data, "timestamp": time}
    return {
        "vin": "V1",
        "capability": "diagnostics",
        "property": "odometer",
        "data": {"diagnostics": {"odometer": item}},
    }


def test_batches_that_cannot_be_read_are_told_from_messages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = write_batch(tmp_path, "2026/11/08/10-00-00-000000000-aa.json", b"")
    write_batch(tmp_path, "2026/11/08/10-00-00-000000000-ab.json", b"{}")
    message = odometer("2026-11-08T09:00:00Z", {"data": {"value": 1, "unit": "kilometers"}})
    good = json.dumps([message, 5, "text"]).encode()
    write_batch(tmp_path, "2026/11/08/10-00-00-000000000-ac.json", good)
    assert run(["sync", str(tmp_path)]) == DONE
    assert "2 batches and 2 messages could not be read; see main.py rejects" in capsys.readouterr().err
    assert run(["rejects", str(tmp_path)]) == DONE
    shown = capsys.readouterr()
    line = next(line for line in shown.out.splitlines() if line.startswith(empty))
    assert line.split(maxsplit=1)[1].startswith("all      This batch could not be read: the file is empty")
    assert shown.err == "2 batches and 2 messages could not be read\n"


@pytest.mark.parametrize(
    ("day", "zone", "inside", "outside"),
    [
        # 25 hours, 23 hours, and a day that begins at 01:00.
        (
            "2026-10-25",
            "Europe/Berlin",
            ["2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z"],
            ["2026-10-24T21:59:59.999Z", "2026-10-25T23:00:00Z"],
        ),
        (
            "2026-03-29",
            "Europe/Berlin",
            ["2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z"],
            ["2026-03-28T22:59:59.999Z", "2026-03-29T22:00:00Z"],
        ),
        (
            "2026-03-29",
            "Asia/Beirut",
            ["2026-03-28T22:00:00Z", "2026-03-29T20:59:59.999Z"],
            ["2026-03-28T21:59:59.999Z", "2026-03-29T21:00:00Z"],
        ),
    ],
)
def test_a_range_of_one_day_is_that_whole_day_in_its_zone(
    day: str, zone: str, inside: list[str], outside: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = {"data": {"value": 1, "unit": "kilometers"}}
    messages = [odometer(time, value) for time in [*inside, *outside]]
    write_batch(tmp_path, f"{day.replace('-', '/')}/23-00-00-000000000-aa.json", json.dumps(messages).encode())
    assert run(["export", str(tmp_path), "--sync", "--from", day, "--to", day, "--tz", zone]) == DONE
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    found = [datetime.fromisoformat(row["time"]) for row in rows]
    assert found == [datetime.fromisoformat(time) for time in inside]
    assert {row["time"][:10] for row in rows} == {day}


def test_the_wide_layout_says_how_many_failures_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = odometer("2026-11-08T09:00:00Z", {"data": {"value": 1, "unit": "kilometers"}})
    failures = [odometer(f"2026-11-08T09:0{n}:00Z", {"failure": {"reason": "rate_limit"}}) for n in (1, 2)]
    content = json.dumps([value, *failures]).encode()
    write_batch(tmp_path, "2026/11/08/10-00-00-000000000-aa.json", content)
    words = ["export", str(tmp_path), "--sync", "--layout"]
    assert run([*words, "wide"]) == DONE
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert "2 failures were left out" in shown.err
    assert run([*words, "long"]) == DONE
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 4
    assert "left out" not in shown.err


@pytest.mark.parametrize("words", [["--vin", "NOPE"], ["--property", "no.such"], ["--vin", "NOPE", "--json"]])
def test_series_of_which_there_are_none_make_it_fail(
    words: list[str], recorded: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["series", recorded, *words]) == FAILED
    shown = capsys.readouterr()
    assert shown.err.startswith(
        f"odograph: No recorded series matches: {words[1]}\n  See what there is: main.py series"
    )
    assert shown.out == ("[]\n" if "--json" in words else "")


def test_a_batch_that_cannot_be_fetched_makes_it_fail(fleet: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(fleet, APP_FOLDER, "2026/11/08")
    (folder / "10-00-00-000000000-ab.json").symlink_to(folder)
    link = folder / "11-00-00-000000000-ab.json"
    link.symlink_to("/proc/self/mem")  # which may be listed but not read from its beginning
    assert run(["sync", fleet]) == FAILED
    shown = capsys.readouterr()
    assert link.name in shown.err
    assert "1 batch could not be fetched" in shown.err


def test_a_bucket_that_does_not_answer_leaves_no_archive(
    server: MiniStack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_user("mistyping", allow("s3:*")).use(monkeypatch)
    for command in (["sync"], ["series", "--sync"], ["export", "--sync"]):
        words = [command[0], "s3://no-such-bucket-anywhere", *command[1:], "--endpoint-url", server.url]
        assert run(words) == FAILED
        assert "no-such-bucket-anywhere" in capsys.readouterr().err
        assert not (paths.data_folder() / "archives").exists()


def test_a_folder_that_is_gone_is_answered_from_its_archive(
    fleet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sync", fleet]) == DONE
    capsys.readouterr()
    commands = [["series", fleet], ["export", fleet], ["rejects", fleet], ["archive", fleet]]
    answers = []
    for words in commands:
        assert run(words) == DONE
        answers.append(capsys.readouterr().out)
    Path(fleet).rename(tmp_path / "moved")
    for words, answer in zip(commands, answers, strict=True):
        assert run(words) == DONE
        shown = capsys.readouterr()
        assert shown.out == answer
        assert f"There is no such folder: {fleet}" in shown.err
    for words in (["sync", fleet], ["batches", fleet], ["series", fleet, "--sync"], ["series", f"{fleet}-other"]):
        assert run(words) == FAILED
        shown = capsys.readouterr()
        assert shown.out == ""
        assert "There is no such folder" in shown.err


def test_a_folder_that_may_not_be_read_is_named_and_the_others_are_read(
    fleet: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = Path(fleet, APP_FOLDER, "2026/11/07")
    scan = os.scandir

    def refuse(path: Any = ".") -> Any:
        if Path(path) == day:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        for words in (["batches"], ["batches", "--keys"], ["sync"], ["sync", "--full"]):
            assert run([words[0], fleet, *words[1:]]) == FAILED
            shown = capsys.readouterr()
            assert f"A folder may not be read: {day}" in shown.err
            assert "could not be fetched" not in shown.err
        assert run(["batches", fleet, "--json"]) == FAILED
        (found,) = json.loads(capsys.readouterr().out)
        assert (found["day"], found["state"]) == (LAST, "recorded")
        assert run(["sync", str(day)]) == FAILED
        assert "Access denied" in capsys.readouterr().err
    assert run(["sync", fleet]) == DONE
    capsys.readouterr()
    assert {item["state"] for item in listed(["batches", fleet], capsys)} == {"recorded"}


def test_cancelling_is_no_failure(fleet: str, capsys: pytest.CaptureFixture[str]) -> None:
    ctx = JobContext(lambda done, total, text: ctx.cancel())
    assert run(["sync", fleet], ctx) == CANCELLED
    assert capsys.readouterr().err == "Cancelled\n"


@pytest.mark.expects_log("odograph.cli")
def test_a_fault_is_said_in_one_line_and_logged(
    fleet: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> int:
        raise ZeroDivisionError("a fault")

    monkeypatch.setattr(loading, "sync_source", broken)
    assert run(["sync", fleet]) == FAILED
    shown = capsys.readouterr().err
    assert "A fault in Odograph: a fault" in shown
    assert str(logs.log_file()) in shown
    assert "Traceback" not in shown
    assert "Traceback" in logs.log_file().read_text("utf-8")


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_a_home_that_can_only_be_read_is_no_fault(
    number: int, fleet: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Path.mkdir

    def refuse(path: Path, *args: Any, **more: Any) -> None:
        if "archives" in path.parts:
            raise OSError(number, os.strerror(number), str(path))
        made(path, *args, **more)

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert run(["sync", fleet]) == FAILED
    shown = capsys.readouterr().err
    assert "The archive may not be read or written" in shown
    assert "set ODOGRAPH_HOME" in shown
    assert "elete" not in shown

    def refused(*_args: object) -> int:
        raise OSError(number, os.strerror(number), "marks")

    monkeypatch.setattr(loading, "sync_source", refused)
    assert run(["sync", fleet]) == FAILED
    shown = capsys.readouterr().err
    assert "A file may not be written: marks" in shown
    assert "set ODOGRAPH_HOME" in shown
    assert "fault" not in shown


def test_a_command_works_outside_the_main_thread(fleet: str) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(run(["sync", fleet])))
    thread.start()
    thread.join()
    assert codes == [DONE]
