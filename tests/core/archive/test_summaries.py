"""Lists from summaries say the same as lists from the samples."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.archive import query, summaries, totals
from core.archive.archive import Archive
from core.archive.summaries import Summaries
from core.archive.totals import FOLDER, needed
from core.archive.vacuum import GRACE_SECONDS, vacuum
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import content, delivery, item, key, message, odometer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.archive.table import TableFile

_CTX = JobContext()


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "SUMMARIZED_ROWS", 1)
    monkeypatch.setattr(totals, "_FILE_ROWS", 3)
    monkeypatch.setattr(totals, "_SMALL_PART", 2)


def _compare(archive: Archive) -> None:
    snapshot = archive._table.snapshot()
    files = snapshot.of_kind("sample")
    if files:
        said = Summaries(archive.folder)
        assert said.vehicles(snapshot, _CTX) == query.vehicles(archive.folder, files, _CTX)
        for vins in ([], ["V1", "V2"]):
            assert said.properties(snapshot, vins, _CTX) == query.properties(archive.folder, files, vins, _CTX)
        question = (["V0", "V2"], ["diagnostics.odometer", "a.q"])
        assert said.find_series(snapshot, *question, _CTX) == query.find_series(archive.folder, files, *question, _CTX)


def _message(number: int) -> dict[str, Any]:
    """One of many messages; a number always gives the same."""
    minute, value = number * 7 % 13, (number % 4, "on", "off", True)[number % 4]
    stamp = None if number % 5 == 0 else f"2023-04-28T09:{minute:02}:00Z"
    return message("a", "pq"[number % 2], item(value, stamp), message_id=f"id-{number}", vin=f"V{number // 4 % 3}")


_numbers = st.lists(st.integers(0, 23), min_size=1, max_size=8)
# What happens to an archive: a load, sometimes of an earlier batch with other messages, or a compaction.
_events = st.lists(_numbers | st.tuples(st.just("again"), _numbers) | st.just("compact"), min_size=3, max_size=7)


@settings(max_examples=4, phases=[Phase.generate])
@given(_events, st.sets(st.integers(0, 6), max_size=3))
def test_summaries_say_what_the_samples_say_whatever_happens(events: list[Any], unasked: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder))
        for place, event in enumerate(events):
            if event == "compact":
                archive.upkeep.compact(_CTX, everything=True)
            elif event[0] == "again":
                # The same key with another content takes the place of what it held.
                archive.append([delivery(key(0), content(*map(_message, event[1])), etag=f"{place}")], _CTX)
            else:
                archive.append([delivery(key(place + 1), content(*map(_message, event)))], _CTX)
            if place not in unasked:
                _compare(archive)
        _compare(archive)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three loads whose times follow on one another, in files of their own."""
    archive = Archive.open(tmp_path / "archive")
    for number in range(3):
        stamps = [f"2023-04-28T{9 + number:02}:{n:02}:00Z" for n in range(6)]
        messages = [odometer(n, stamp, message_id=f"{number}-{n}", vin=f"V{n % 2}") for n, stamp in enumerate(stamps)]
        archive.append([delivery(key(number), content(*messages))], _CTX)
    yield archive
    _compare(archive)


def _names(archive: Archive) -> set[str]:
    return {path.name for path in (archive.folder / FOLDER).iterdir()}


@contextlib.contextmanager
def _hidden(archive: Archive, files: Sequence[TableFile]) -> Iterator[None]:
    """While some files of samples cannot be read."""
    paths = [archive.folder / file.path for file in files]
    for path in paths:
        path.rename(path.with_suffix(".hidden"))
    yield
    for path in paths:
        path.with_suffix(".hidden").rename(path)


def _files(archive: Archive) -> list[TableFile]:
    return archive._table.snapshot().of_kind("sample")


def test_what_was_written_down_is_not_counted_again(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    assert [vehicle.samples for vehicle in vehicles] == [9, 9]
    assert len(_names(archive)) == 5
    # As long as nothing changes, the samples are not looked at.
    counted = _files(archive)
    with _hidden(archive, counted):
        assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
        assert [found.samples for found in Archive.open(archive.folder).properties(["V1"], _CTX)] == [9]
        assert len(archive.find_series([], [], _CTX)) == 2
    # What is added is counted by itself, also where it belongs to a series that is known.
    later = odometer(1, "2023-04-28T23:00:00Z", message_id="later", vin="V1")
    archive.append([delivery(key(9), content(later, odometer(1, vin="V9")))], _CTX)
    with _hidden(archive, counted):
        assert [vehicle.samples for vehicle in archive.vehicles(_CTX)] == [9, 10, 1]
        assert [found.samples for found in archive.properties(["V1"], _CTX)] == [10]


def test_a_message_that_came_again_is_counted_once(archive: Archive) -> None:
    archive.vehicles(_CTX)
    first, middle, _ = sorted(_files(archive), key=lambda file: file.begin)
    again = odometer(5, "2023-04-28T11:05:00Z", message_id="2-5", vin="V1")
    archive.append([delivery(key(9), content(again, odometer(1, "2023-04-28T11:04:30Z", vin="V1")))], _CTX)
    # Only samples of that time are compared.
    with _hidden(archive, [first, middle]):
        assert [vehicle.samples for vehicle in archive.vehicles(_CTX)] == [9, 10]


def test_a_compaction_moves_what_is_counted(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    archive.upkeep.compact(_CTX, everything=True)
    with _hidden(archive, _files(archive)):
        assert Archive.open(archive.folder).vehicles(_CTX) == vehicles


def test_files_of_the_total_stay_few(archive: Archive) -> None:
    for number in range(10, 26):
        archive.append([delivery(key(number), content(odometer(number, vin=f"V{number}")))], _CTX)
        archive.vehicles(_CTX)
    assert len(needed(archive.folder) & {path.name for path in (archive.folder / FOLDER).glob("total-*")}) > 10
    list_file = archive.folder / FOLDER / "total.json"
    found = json.loads(list_file.read_text())
    assert len(found["parts"]) <= 5
    # Those that nobody can be reading any more go with the next change.
    found["former"] = dict.fromkeys(found["former"], 0)
    list_file.write_text(json.dumps(found))
    archive.append([delivery(key(50), content(odometer(1, vin="V50")))], _CTX)
    archive.vehicles(_CTX)
    assert len(list((archive.folder / FOLDER).glob("total-*"))) <= 10


def test_damaged_summaries_are_made_anew(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    for path in (archive.folder / FOLDER).glob("*.parquet"):
        path.write_bytes(b"PAR1")
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
    assert _names(archive) == set()
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
    assert len(_names(archive)) == 5


def test_a_damaged_list_is_made_anew(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    for damage in ("", "[]", '{"version": 1}', '{"version": 4, "files": [], "parts": [], "former": []}'):
        (archive.folder / FOLDER / "total.json").write_text(damage)
        assert Archive.open(archive.folder).vehicles(_CTX) == vehicles


def test_a_list_names_nothing_but_summaries(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    path = archive.folder / FOLDER / "total.json"
    whole = json.loads(path.read_bytes())
    victim = archive.folder.parent / "victim.txt"
    victim.touch()
    damages: list[dict[str, Any]] = [
        {field: {name: number}}
        for field, number in (("parts", 1), ("former", 0.0))
        for name in ("../../victim.txt", str(victim), "..\\victim.txt", "C:victim.txt", ".hidden", "", "a\0", "\ud800")
    ]
    damages += [{"parts": {"a": "1"}}, {"parts": {"a": None}}, {"former": {"a": "now"}}, {"former": {"a": None}}]
    damages += [{"files": [1]}, {"files": "a"}, {"files": [[]]}, {"version": "1"}, {"version": None}, {"parts": [1]}]
    for damage in damages:
        path.write_text(json.dumps(whole | damage), encoding="utf-8")
        assert needed(archive.folder) == {"total.json"}
        totals.discard(archive.folder, [])
        assert victim.exists()
    path.write_text(json.dumps(whole | damages[-1]), encoding="utf-8")
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles


def test_where_nothing_can_be_written_the_samples_are_read(archive: Archive) -> None:
    (archive.folder / FOLDER).write_text("in the way")
    assert [vehicle.samples for vehicle in archive.vehicles(_CTX)] == [9, 9]
    assert [found.samples for found in archive.properties([], _CTX)] == [18]
    (archive.folder / FOLDER).unlink()


def test_summaries_of_files_that_are_gone_are_removed(archive: Archive) -> None:
    archive.vehicles(_CTX)
    old = _names(archive)
    archive.append([delivery(key(9), content(odometer(1, vin="V9")))], _CTX)
    archive.upkeep.compact(_CTX, everything=True)
    archive.vehicles(_CTX)
    (archive.folder / FOLDER / "total-of a killed process.parquet").touch()
    vacuum(archive._table, _CTX, time.time())
    assert old < _names(archive)
    vacuum(archive._table, _CTX, time.time() + GRACE_SECONDS + 60)
    # The list, the total as it is and was a moment ago, and the summary of the one file.
    assert len(_names(archive)) == 4


def test_cancelled(archive: Archive) -> None:
    ctx = JobContext()
    ctx.cancel()
    with pytest.raises(JobCancelled):
        Summaries(archive.folder).vehicles(archive._table.snapshot(), ctx)
