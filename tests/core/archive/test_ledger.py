"""What is recorded is read as it is asked for: nothing of a single batch stays in memory, however many there are."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, cast

import pytest

from core.archive.archive import Archive, BatchRecord, DayState
from core.archive.ledger import Recorded
from core.archive.table import Table
from core.errors import ArchiveDamaged
from core.jobs import JobContext
from core.storage.keys import parse_key
from core.sync import sync
from tests.core.archive.batches import APP, content, delivery, odometer
from tests.core.archive.records import LEVEL, Delivered, Listing, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from core.storage.source import Source

_DELIVERED = Delivered(months=4, a_month=3_000)
_MONTH = _DELIVERED.folder(2)
_FIRST, _LAST = "2020-03-01", "2020-03-28"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return record(tmp_path / "archive", _DELIVERED, a_file=1_000)


def _new(archive: Archive, number: int = 0, etag: str = "new") -> int:
    """Append one more batch of the third month, or one of those that are there in another state."""
    text = [item.key for item in _DELIVERED.objects(2)][number] if etag != "new" else f"{_MONTH}/05/01-02-03-4-ab.json"
    key = parse_key(text)
    assert key is not None
    return archive.append([delivery(key, content(odometer(1)), etag)], JobContext()).batches


def _records_in_memory() -> int:
    gc.collect()
    return sum(isinstance(found, BatchRecord) for found in gc.get_objects())


def _sync(archive: Archive, *, incremental: bool) -> tuple[int, int]:
    source = cast("Source", Listing(_DELIVERED))
    result = sync(source, archive, JobContext(), _FIRST, _LAST, incremental=incremental)
    return result.listed, result.skipped


def test_days_are_counted_without_the_batches(archive: Archive) -> None:
    states = archive.day_states()
    assert len(states) == 4 * 28
    assert sum(state.batches for state in states.values()) == 12_000
    # 3,000 batches in 28 days, every tenth with a reject.
    assert states[APP, LEVEL, "2020-03-01"] == DayState(108, 11, 0, 108_000, 107_989, 0)
    assert states == Archive.open(archive.folder).day_states()


def test_no_record_is_kept(archive: Archive) -> None:
    before = _records_in_memory()
    archive.day_states()
    assert len(archive.recorded(f"{_MONTH}/")) == 3_000
    assert _new(archive) == 1
    assert _sync(archive, incremental=False) == (3_000, 3_000)
    assert _sync(archive, incremental=True) == (3_000, 3_000)
    assert archive.repeated([item.key for item in _DELIVERED.objects(2)], JobContext()) == 0
    assert _records_in_memory() == before
    # What is kept grows with the files and their days alone.
    kept = archive._ledger._by_file
    assert len(kept) == len(Table(archive.folder).snapshot().of_kind("batch"))
    assert sum(map(len, kept.values())) < 4 * 28 + len(kept)


def test_only_files_are_read_that_may_hold_what_is_asked_for(archive: Archive) -> None:
    assert _sync(archive, incremental=True) == (3_000, 3_000)
    days = archive.day_states()
    for file in Table(archive.folder).snapshot().of_kind("batch"):
        if file.partition.month != "2020-03":
            (archive.folder / file.path).unlink()
    questions: list[tuple[Callable[[], Any], Any]] = [
        (lambda: len(archive.recorded(_MONTH)), 3_000),
        (lambda: len(archive.recorded(f"{_MONTH}/28/")), 107),
        (lambda: len(archive.recorded_etags(f"{_MONTH}/01/")), 108),
        (lambda: len(archive.upkeep.recorded_between("2020-03-28", "2020-03-31").keys), 107),
        (lambda: archive.upkeep.recorded_between("2020-03-29", "2020-03-31"), Recorded([], 0, 0)),
        (lambda: _sync(archive, incremental=False), (3_000, 3_000)),
        (lambda: _sync(archive, incremental=True), (3_000, 3_000)),
        (lambda: archive.day_states(), days),
        (lambda: _new(archive), 1),
        (lambda: _new(archive), 0),
        (lambda: _new(archive, 7, etag="other"), 1),
        (lambda: _new(archive, 7, etag="other"), 0),
        (lambda: archive.day_states()[APP, LEVEL, "2020-03-05"].batches, days[APP, LEVEL, "2020-03-05"].batches + 1),
        (lambda: sum(state.batches for state in archive.day_states().values()), 12_001),
    ]
    for ask, answer in questions:
        assert ask() == answer
    with pytest.raises(ArchiveDamaged):
        archive.recorded()


def test_the_files_of_a_folder_tell_whether_its_records_are_the_same(archive: Archive) -> None:
    before = {number: archive.record_files(f"{_DELIVERED.folder(number)}/") for number in range(4)}
    assert [len(files) for files in before.values()] == [3, 3, 3, 3]
    _new(archive)
    after = {number: archive.record_files(f"{_DELIVERED.folder(number)}/") for number in range(4)}
    assert [number for number in range(4) if before[number] != after[number]] == [2]


def test_a_folder_is_no_other_that_begins_alike(archive: Archive) -> None:
    one = next(_DELIVERED.objects(2)).key
    assert list(archive.recorded(one)) == [one]
    assert archive.recorded(f"{APP}/level1/") == {}
    assert archive.recorded(f"{_MONTH}/0/") == {}
    assert set(archive.recorded(f"{_MONTH}/0")) == {
        item.key for item in _DELIVERED.objects(2) if item.key.startswith(f"{_MONTH}/0")
    }
    assert list(archive.recorded()) == sorted(archive.recorded())


class _Noting(Archive):
    """Notes whose ETags it is asked for."""

    asked: list[str]

    def recorded_etags(self, folder: str) -> dict[str, str]:
        self.asked.append(folder)
        return super().recorded_etags(folder)


def test_a_month_with_many_batches_is_compared_day_by_day(tmp_path: Path) -> None:
    delivered = Delivered(1, 21_000)
    record(tmp_path / "archive", delivered, a_file=21_000)
    archive = _Noting(tmp_path / "archive")
    archive.asked = []
    source = cast("Source", Listing(delivered))
    result = sync(source, archive, JobContext())
    assert (result.listed, result.skipped) == (21_000, 21_000)
    assert sorted(archive.asked) == [f"{delivered.folder(0)}/{day:02d}/" for day in range(1, 29)]
    archive.asked = []
    assert sync(source, archive, JobContext(), incremental=True).skipped == 21_000
    assert archive.asked == []
