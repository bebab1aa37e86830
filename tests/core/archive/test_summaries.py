"""Lists from summaries say the same as lists from the samples."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from core.archive import query, summaries
from core.archive.archive import Archive
from core.archive.summaries import FOLDER, Summaries
from core.archive.vacuum import GRACE_SECONDS, vacuum
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import content, delivery, item, key, message, odometer

if TYPE_CHECKING:
    from collections.abc import Iterator

_CTX = JobContext()


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summaries, "SUMMARIZED_ROWS", 1)
    monkeypatch.setattr(summaries, "_FILE_ROWS", 3)


def _compare(archive: Archive) -> None:
    files = archive._table.snapshot().of_kind("sample")
    if files:
        said = Summaries(archive.folder)
        assert said.vehicles(files, _CTX) == query.vehicles(archive.folder, files, _CTX)
        for vins in ([], ["V0"], ["V1", "V2"], ["none"]):
            assert said.properties(files, vins, _CTX) == query.properties(archive.folder, files, vins, _CTX)


_stamps = st.none() | st.integers(0, 12).map(lambda minute: f"2023-04-28T09:{minute:02}:00Z")
_messages = st.builds(
    lambda vehicle, id, property, stamp, value: message(
        "a", property, item(value, stamp), message_id=id, vin=f"V{vehicle}"
    ),
    st.integers(0, 2),
    st.sampled_from("ABCDEFGH"),
    st.sampled_from("pq"),
    _stamps,
    st.integers(0, 3) | st.sampled_from(["on", "off"]) | st.booleans(),
)
_loads = st.lists(st.lists(_messages, min_size=1, max_size=8), min_size=1, max_size=4)


@settings(max_examples=8, phases=[Phase.generate])
@given(_loads, st.lists(st.integers(0, 3), max_size=3), st.booleans())
def test_summaries_say_what_the_samples_say(loads: list[list[object]], again: list[int], compacted: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive.open(Path(folder))
        bodies = [*loads, *(loads[number] for number in again if number < len(loads))]
        for number, messages in enumerate(bodies):
            archive.append([delivery(key(number), content(*messages))], _CTX)
        _compare(archive)
        if compacted:
            archive.upkeep.compact(_CTX, everything=True)
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


def test_what_was_written_down_is_not_counted_again(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    assert [vehicle.samples for vehicle in vehicles] == [9, 9]
    first = _names(archive)
    assert len(first) == 4
    # As long as nothing changes, the samples are not looked at.
    files = archive._table.snapshot().of_kind("sample")
    hidden = {archive.folder / file.path for file in files}
    for path in hidden:
        path.rename(path.with_suffix(".hidden"))
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
    assert [found.samples for found in Archive.open(archive.folder).properties(["V1"], _CTX)] == [9]
    for path in hidden:
        path.with_suffix(".hidden").rename(path)
    archive.append([delivery(key(9), content(odometer(1, vin="V9")))], _CTX)
    assert [vehicle.samples for vehicle in archive.vehicles(_CTX)] == [9, 9, 1]
    assert len(_names(archive) - first) == 1


def test_damaged_summaries_are_made_anew(archive: Archive) -> None:
    vehicles = archive.vehicles(_CTX)
    for path in (archive.folder / FOLDER).iterdir():
        path.write_bytes(b"PAR1")
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
    assert _names(archive) == set()
    assert Archive.open(archive.folder).vehicles(_CTX) == vehicles
    assert len(_names(archive)) == 4


def test_where_nothing_can_be_written_the_samples_are_read(archive: Archive) -> None:
    (archive.folder / FOLDER).write_text("in the way")
    assert [vehicle.samples for vehicle in archive.vehicles(_CTX)] == [9, 9]
    assert [found.samples for found in archive.properties([], _CTX)] == [18]
    (archive.folder / FOLDER).unlink()


def test_summaries_of_files_that_are_gone_are_removed(archive: Archive) -> None:
    archive.vehicles(_CTX)
    old = _names(archive)
    archive.upkeep.compact(_CTX, everything=True)
    archive.vehicles(_CTX)
    vacuum(archive._table, _CTX, time.time())
    assert old < _names(archive)
    vacuum(archive._table, _CTX, time.time() + GRACE_SECONDS + 60)
    assert not old & _names(archive)
    assert len(_names(archive)) == 2


def test_cancelled(archive: Archive) -> None:
    ctx = JobContext()
    ctx.cancel()
    files = archive._table.snapshot().of_kind("sample")
    with pytest.raises(JobCancelled):
        Summaries(archive.folder).vehicles(files, ctx)
