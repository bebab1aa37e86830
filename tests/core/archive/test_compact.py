"""Compaction changes where rows lie, and nothing else."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.archive import compact, query
from core.archive.archive import Archive
from core.archive.compact import runs, worth_compacting
from core.archive.files import Partition
from core.archive.table import Snapshot, TableFile
from core.errors import ArchiveError, DiskFull
from core.fleet.series import SeriesKey
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import APP, content, delivery, item, key, message, odometer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ODOMETER = SeriesKey("VF1", "diagnostics", "odometer")
_MARCH = 1_741_000_000_000_000  # in 2025
_MAY = 1_746_500_000_000_000
_ODD = ["", "a\0b", "ä'", "x" * 300, "🚗", "%", "\x7f"]


def _file(low: str, high: str, rows: int = 1000, month: str = "2025-03", kind: str = "sample") -> TableFile:
    partition = Partition(kind, APP, "level13", month)  # type: ignore[arg-type]
    return TableFile(f"{kind}-{month}-{low}-{high}-{rows}", partition, rows * 20, rows, low, high, 0, 1)


def _numbered(files: Sequence[TableFile]) -> Snapshot:
    numbered = [replace(file, path=f"{number}/{file.path}") for number, file in enumerate(files)]
    return Snapshot(1, {file.path: file for file in numbered})


@pytest.mark.parametrize(
    ("files", "now", "merged"),
    [
        ([], _MARCH, 0),
        ([_file("A", "Z")], _MAY, 0),
        ([_file("A", "Z")] * 7, _MARCH, 0),
        ([_file("A", "Z")] * 8, _MARCH, 8),
        ([_file("A", "Z")] * 2, _MAY, 2),
        ([_file("A", "M"), _file("N", "Z")], _MAY, 0),
        # A little that came late is not worth rewriting a month, a lot of little is merged with itself.
        ([_file("A", "M", 900_000), _file("N", "Z", 900_000), _file("A", "Z", 9000)], _MAY, 0),
        ([_file("A", "M", 900_000), _file("N", "Z", 900_000), *[_file("A", "Z", 9000)] * 3], _MAY, 3),
        ([_file("A", "M", 900_000), _file("N", "Z", 900_000), _file("A", "Z", 400_000)], _MAY, 3),
        # Small files are merged although no vehicle is in two of them; large ones stay.
        ([_file(f"{n:03}", f"{n:03}", kind="batch") for n in range(40)], _MARCH, 40),
        ([_file(f"{n:03}", f"{n:03}", kind="batch") for n in range(10)], _MAY, 0),
        ([_file(f"{n:03}", f"{n:03}", 900_000) for n in range(40)], _MARCH, 0),
    ],
)
def test_what_is_worth_it(files: list[TableFile], now: int, merged: int) -> None:
    merges = worth_compacting(_numbered(files), now)
    assert sum(len(merge.files) for merge in merges) == merged
    assert len(merges) == (merged > 0)


def test_partitions_are_merged_by_themselves_newest_first() -> None:
    files = [
        _file("A", "Z", month=month, kind=kind) for month in ("2025-02", "2025-03") for kind in ("sample", "batch")
    ]
    merges = worth_compacting(_numbered(files * 2), _MARCH, everything=True)
    assert [(merge.partition.month, merge.partition.kind, len(merge.files), merge.rows) for merge in merges] == [
        ("2025-03", "sample", 2, 2000),
        ("2025-03", "batch", 2, 2000),
        ("2025-02", "sample", 2, 2000),
        ("2025-02", "batch", 2, 2000),
    ]


_letters = st.integers(0, 25).map(lambda number: chr(65 + number))
_files = st.lists(
    st.builds(lambda a, b, rows: _file(min(a, b), max(a, b), rows), _letters, _letters, st.integers(1, 3_000_000)),
    max_size=40,
)


@given(_files)
def test_no_vehicle_is_in_two_files_of_a_run(files: list[TableFile]) -> None:
    snapshot = _numbered(files)
    found = runs(snapshot.files.values())
    assert sorted(file.path for run in found for file in run) == sorted(snapshot.files)
    for run in found:
        assert all(one.high < other.low for one, other in itertools.pairwise(run))


@given(_files, st.booleans())
def test_merging_comes_to_an_end(files: list[TableFile], everything: bool) -> None:
    snapshot = _numbered(files)
    for _ in range(50):
        merges = worth_compacting(snapshot, _MAY, everything=everything)
        if not merges:
            break
        [merge] = merges
        gone = {file.path for file in merge.files}
        low, high = min(file.low for file in merge.files), max(file.high for file in merge.files)
        merged = replace(_file(low, high, merge.rows), path=f"merged-{merge.rows}")
        left = [file for file in snapshot.files.values() if file.path not in gone]
        assert len(gone) > 1
        snapshot = Snapshot(1, {file.path: file for file in [*left, merged]})
    assert not worth_compacting(snapshot, _MAY, everything=everything)


def test_vehicles_are_shared_out_evenly() -> None:
    counts = [(f"{number:03}", 25_000) for number in range(100)]
    parts = list(compact._ranges(counts))
    assert parts == [(f"{start:03}", f"{start + 19:03}") for start in range(0, 100, 20)]
    assert list(compact._ranges([("", 9_000_000), ("b", 1), ("c", 1)])) == [("", ""), ("b", "c")]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Redelivered and replaced batches, rejects, odd names, two months, many files. Only to be copied."""
    archive = Archive.open(tmp_path_factory.mktemp("written") / "archive")
    for number in range(6):
        untimed = message("a", "b", item("x", None), message_id="untimed")
        mine = [odometer(n, f"2023-04-28T09:{number:02}:{n:02}Z", message_id=f"{number}-{n}") for n in range(5)]
        odd = [odometer(number, vin=vin, message_id=f"odd-{number}") for vin in _ODD]
        _add(archive, number, *mine, *odd, untimed, 5)
        _add(archive, 100 + number, *mine, untimed)
    _add(archive, 3, odometer(77, message_id="new"), {}, etag="two")
    for number in range(3):
        other = [odometer(n, f"2023-05-28T09:{number:02}:{n:02}Z", message_id=f"{number}-{n}") for n in range(5)]
        _add(archive, number, *other, day="2023/05/28")
    return archive.folder


@pytest.fixture
def archive(written: Path, tmp_path: Path) -> Archive:
    """A copy of what was written, which a test may change."""
    return Archive.open(Path(shutil.copytree(written, tmp_path / "archive")))


def _add(archive: Archive, number: int, *messages: object, etag: str = "one", day: str = "2023/04/28") -> None:
    archive.append([delivery(key(number, day), content(*messages), etag)], JobContext())


def _answers(archive: Archive) -> list[object]:
    """Everything that the archive says."""
    ctx = JobContext()
    keys = archive.find_series([], [], ctx)
    said: list[object] = [archive.vehicles(ctx), archive.properties([], ctx), archive.rejects(ctx), keys]
    said += [dict(sorted(archive.recorded().items())), archive.day_states()]
    for series in archive.series(keys, ctx):
        labels = (series.text, series.unit, series.failure, series.batch)
        said.append([series.key, series.time.tolist(), repr(series.value.tolist()), series.ordinal.tolist()])
        said.append([series.time_from_batch.tolist(), *([label[n] for n in range(len(series))] for label in labels)])
    return said


def _rows(archive: Archive) -> list[tuple[object, ...]]:
    """All rows of samples, also those that queries leave out."""
    files = [str(archive.folder / file.path) for file in archive._table.snapshot().of_kind("sample")]
    with duckdb.connect() as connection:
        return connection.execute(
            "SELECT COLUMNS(* EXCLUDE time), epoch_us(time) FROM read_parquet(?, hive_partitioning = false) "
            "ORDER BY batch, ordinal, item, vin, property",
            [files],
        ).fetchall()


def _on_disk(archive: Archive) -> set[str]:
    return {path.relative_to(archive.folder).as_posix() for path in archive.folder.rglob("kind=*/**/*.parquet")}


def _named(archive: Archive) -> set[str]:
    return set(archive._table.snapshot().files)


@pytest.mark.parametrize("part_rows", [500_000, 10])
def test_answers_stay_the_same(archive: Archive, part_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compact, "PART_ROWS", part_rows)
    before, rows = _answers(archive), _rows(archive)
    old = archive._table.snapshot()
    result = archive.upkeep.compact(JobContext(), everything=True)
    assert (_answers(archive), _rows(archive)) == (before, rows)
    assert (_answers(Archive.open(archive.folder)), archive.upkeep.verify(JobContext()).sound) == (before, True)
    now = archive._table.snapshot()
    assert (result.files_before, result.files_after) == (len(old.files), len(now.files))
    for month in ("2023-04", "2023-05"):
        files = [file for file in now.of_kind("sample") if file.partition.month == month]
        assert len(runs(files)) == 1
        assert (len(files) > 1) == (month == "2023-04" and part_rows == 10)
    # Whoever looks at the old version still finds its files.
    [series] = query.series(archive.folder, old.of_kind("sample"), [_ODOMETER], JobContext())
    assert len(series) == len(archive.series([_ODOMETER], JobContext())[0]) > 20
    assert archive.upkeep.compact(JobContext(), everything=True) == compact.CompactResult()
    assert not list(archive.folder.glob("_spill*"))


class _Meanwhile(JobContext):
    """Does something at its n-th check."""

    def __init__(self, checks: int, act: Callable[[], None]) -> None:
        super().__init__()
        self._left = checks
        self.act = act

    def check(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.act()
        super().check()


def test_appends_and_replacements_meanwhile_are_neither_lost_nor_doubled(archive: Archive) -> None:
    other = Archive.open(archive.folder)
    done: list[int] = []

    def act() -> None:
        # One that is new, and one that replaces a batch in the very files that are being rewritten.
        number = len(done) + 1
        _add(other, 200 + number, odometer(1, vin="new", message_id=f"new-{number}"))
        _add(other, 1, odometer(number, message_id="M"), etag=f"other-{number}")
        done.append(number)

    unmerged = len(_rows(archive)) - (5 + len(_ODD) + 1)
    compacted = 0
    for checks in range(1, 60, 6):
        compacted += archive.upkeep.compact(_Meanwhile(checks, act), everything=True).files_after
        if len(done) < (checks + 5) // 6:
            break
        assert len(_rows(archive)) == unmerged + len(done) + 1
        assert archive.upkeep.verify(JobContext()).sound
    assert len(done) > 2
    assert compacted > 0
    [new] = archive.series([SeriesKey("new", "diagnostics", "odometer")], JobContext())
    assert len(new) == len(done)
    [series] = archive.series([_ODOMETER], JobContext())
    assert float(len(done)) in series.value.tolist()


def test_cancelled_at_any_check_nothing_is_lost_and_no_file_left(archive: Archive) -> None:
    before = _answers(archive)
    for checks in range(1, 60, 2):
        ctx = _Meanwhile(checks, lambda: None)
        ctx.act = ctx.cancel
        try:
            compact.compact(archive._table, worth_compacting(archive._table.snapshot(), 0, everything=True), ctx)
        except JobCancelled:
            assert _answers(archive) == before
        else:
            break
    assert checks > 4
    # Files that were rewritten stay for a while; of those that were written, all that are not named are gone.
    first = {path for path in _on_disk(archive) if path not in _named(archive)}
    named_once = set()
    for log in sorted((archive.folder / "_delta_log").glob("*.json")):
        named_once |= {path for path in first if path.rpartition("/")[2] in log.read_text()}
    assert first == named_once
    assert not list(archive.folder.glob("_spill*"))


def test_a_disk_that_is_full_loses_nothing(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    before, disk = _answers(archive), _on_disk(archive)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        archive.upkeep.compact(JobContext(), everything=True)
    assert (_answers(archive), _on_disk(archive)) == (before, disk)


def test_a_damaged_file_does_not_keep_the_others_from_being_compacted(archive: Archive) -> None:
    file = next(file for file in archive._table.snapshot().of_kind("sample") if file.partition.month == "2023-05")
    path = archive.folder / file.path
    path.write_bytes(path.read_bytes()[:200])
    disk = _on_disk(archive)
    with pytest.raises(ArchiveError):
        archive.upkeep.compact(JobContext(), everything=True)
    files = archive._table.snapshot().of_kind("sample")
    assert {month: sum(file.partition.month == month for file in files) for month in ("2023-04", "2023-05")} == {
        "2023-04": 1,
        "2023-05": 3,
    }
    assert disk <= _on_disk(archive)


def test_a_file_with_fewer_rows_than_recorded_is_not_taken_for_whole(archive: Archive) -> None:
    first, second, _ = [f for f in archive._table.snapshot().of_kind("sample") if f.partition.month == "2023-05"]
    with duckdb.connect() as connection:
        text = f"SELECT * FROM '{archive.folder / first.path}' LIMIT 1"
        connection.execute(f"COPY ({text}) TO '{archive.folder / second.path}' (FORMAT parquet)")
    with pytest.raises(ArchiveError, match="not hold as many rows"):
        archive.upkeep.compact(JobContext(), everything=True)
    assert {first.path, second.path} <= _named(archive)
