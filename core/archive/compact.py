"""Rewrites many files of the archive as few, sorted by series, while others read and append.

Rows are neither added nor dropped: what was delivered twice stays there twice.
"""

from __future__ import annotations

import bisect
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from core.archive.engine import rewriting
from core.archive.files import write_file
from core.archive.sql import literal, read
from core.archive.table import Conflict
from core.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from core.archive.files import Partition, WrittenFile
    from core.archive.table import Snapshot, Table, TableFile
    from core.jobs import JobContext

PART_ROWS = 500_000
"""About how many rows a file of samples has: what is sorted in one go, and what a query of one vehicle may skip."""

# A run is a set of files that no vehicle is in two of: reading one series opens one file of each.
_OPEN_RUNS = 8
_CLOSED_RUNS = 4
_SPARE_FILES = 16
# Rewriting a month is worth it when at least this part of it is not in order yet.
_CLOSED_LOOSE = 0.1
# Runs are merged with one that is larger by no more than this, so that a row is rewritten some few times at most.
_GROWTH = 3
_TRACKED_RUNS = 24
_ATTEMPTS = 200
_PAUSE_SECONDS = 0.05
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger("odograph.archive")


@dataclass(frozen=True, slots=True)
class Merge:
    """Files of one partition that are to become one run."""

    partition: Partition
    files: tuple[TableFile, ...]

    @property
    def rows(self) -> int:
        """How many rows they have."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True, slots=True)
class CompactResult:
    """What a compaction did.

    Attributes:
        files_before, bytes_before: of the files that were rewritten.
        files_after, bytes_after: of those that took their place.
        rows: in them.
    """

    files_before: int = 0
    files_after: int = 0
    rows: int = 0
    bytes_before: int = 0
    bytes_after: int = 0

    def plus(self, other: CompactResult) -> CompactResult:
        """Both together."""
        return CompactResult(
            self.files_before + other.files_before,
            self.files_after + other.files_after,
            self.rows + other.rows,
            self.bytes_before + other.bytes_before,
            self.bytes_after + other.bytes_after,
        )


@dataclass(slots=True)
class _Run:
    """Files whose ranges do not overlap, by their lower ends."""

    files: list[TableFile] = field(default_factory=list)
    lows: list[str] = field(default_factory=list)
    rows: int = 0

    def takes(self, file: TableFile) -> bool:
        """Add a file if it overlaps none."""
        at = bisect.bisect_right(self.lows, file.high)
        if at and self.files[at - 1].high >= file.low:
            return False
        self.files.insert(at, file)
        self.lows.insert(at, file.low)
        self.rows += file.rows
        return True


def worth_compacting(snapshot: Snapshot, now: int, *, everything: bool = False) -> list[Merge]:
    """What to rewrite now, newest months first; nothing where reading would hardly gain from it.

    Args:
        snapshot: the table.
        now: microseconds since the epoch, UTC; months before this one are closed and put in order sooner.
        everything: whatever is not in order, however little that is.
    """
    month = f"{_EPOCH + timedelta(microseconds=now):%Y-%m}"
    groups: dict[Partition, list[TableFile]] = {}
    for file in snapshot.files.values():
        groups.setdefault(file.partition, []).append(file)
    merges = []
    for partition in sorted(groups, key=lambda one: (one.month, one.kind, one.app, one.level), reverse=True):
        files = groups[partition]
        chosen = _out_of_order(files) if everything else _chosen(files, closed=partition.month < month)
        if chosen:
            merges.append(Merge(partition, tuple(chosen)))
    return merges


def runs(files: Iterable[TableFile]) -> list[list[TableFile]]:
    """Divide files of one partition into sets in which no two overlap, those with most rows first.

    Reading one series opens a file of each set.
    """
    return [run.files for run in _runs(files)]


def _runs(files: Iterable[TableFile]) -> list[_Run]:
    found: list[_Run] = []
    for file in sorted(files, key=lambda file: (-file.rows, file.low, file.path)):
        # Beyond some, how many there are no longer matters, and looking through all would take long.
        if not any(run.takes(file) for run in found[:_TRACKED_RUNS]):
            run = _Run()
            run.takes(file)
            found.append(run)
    return sorted(found, key=lambda run: -run.rows)


def _out_of_order(files: Sequence[TableFile]) -> list[TableFile]:
    spare = len(files) - _parts(sum(file.rows for file in files))
    # A part ends where a vehicle does, so that there may be one or the other more than the rows ask for.
    return list(files) if len(_runs(files)) > 1 or spare > max(1, len(files) // 4) else []


def _chosen(files: Sequence[TableFile], *, closed: bool) -> list[TableFile]:
    found = _runs(files)
    loose = sum(run.rows for run in found[1:])
    if closed and loose >= _CLOSED_LOOSE * (found[0].rows + loose) and len(found) > 1:
        return list(files)
    if len(found) >= (_CLOSED_RUNS if closed else _OPEN_RUNS):
        return [file for run in _alike(found) for file in run.files]
    small = [file for file in files if file.rows < PART_ROWS // 2]
    spare = len(small) - _parts(sum(file.rows for file in small))
    return small if spare >= _SPARE_FILES else []


def _alike(found: Sequence[_Run]) -> Sequence[_Run]:
    """The largest set of runs none of which outweighs all smaller ones together by far; all where there is none."""
    smaller = [0]
    for run in reversed(found):
        smaller.append(smaller[-1] + run.rows)
    smaller.reverse()
    for number in range(len(found) - 1):
        if found[number].rows <= _GROWTH * smaller[number + 1]:
            return found[number:]
    return found


def _parts(rows: int) -> int:
    return max(1, -(-rows // PART_ROWS))


def compact(table: Table, merges: Sequence[Merge], ctx: JobContext) -> CompactResult:
    """Rewrite files as planned. Each merge is committed by itself; one whose files others have replaced is left out.

    The files that were rewritten stay on disk for those who still read them.

    Raises:
        JobCancelled: what was committed stays; no other file is left.
        DiskFull: likewise; nothing is lost.
        ArchiveError: some of the files cannot be read; the others were rewritten nevertheless.
    """
    result = CompactResult()
    failure: ArchiveError | None = None
    total, done = sum(merge.rows for merge in merges), 0
    for merge in merges:
        ctx.progress(done, total, f"Compacting {merge.partition.month}, {done:,} of {total:,} rows")
        try:
            written = _merge(table, merge, ctx)
        except ArchiveError as error:
            if not _all_named(table.snapshot(), merge.files):
                continue
            _log.info("Compacting %s: %s", merge.partition.folder(), error.report())
            failure = failure or error
            continue
        done += merge.rows
        if written:
            old_bytes, new_bytes = (sum(file.size for file in files) for files in (merge.files, written))
            result = result.plus(CompactResult(len(merge.files), len(written), merge.rows, old_bytes, new_bytes))
    if failure is not None:
        raise failure
    return result


def _merge(table: Table, merge: Merge, ctx: JobContext) -> list[WrittenFile]:
    """Rewrite and commit one merge; no file where others have replaced what it is about."""
    written: list[WrittenFile] = []
    try:
        with rewriting(ctx, table.folder) as connection:
            for query in _part_queries(connection, table, merge):
                file = write_file(connection, query, table.folder, merge.partition)
                if file is not None:
                    written.append(file)
                ctx.check()
        if sum(file.rows for file in written) != merge.rows:
            raise ArchiveError(
                "Files of the archive do not hold as many rows as are recorded of them",
                subject=str(table.folder / merge.partition.folder()),
                hint="The command archive SOURCE verify finds what is damaged; with --repair it can be loaded again.",
            )
        if _replace(table, merge.files, written, ctx):
            return written
    except BaseException:
        table.discard(written)
        raise
    table.discard(written)
    return []


def _replace(table: Table, old: Sequence[TableFile], new: Sequence[WrittenFile], ctx: JobContext) -> bool:
    """Commit files with the same rows in place of others, as long as these are in the table."""
    for _ in range(_ATTEMPTS):
        ctx.check()
        snapshot = table.snapshot()
        if not _all_named(snapshot, old):
            return False
        # Whoever appends meanwhile does not touch these files; then the next version is as good.
        with contextlib.suppress(Conflict):
            table.commit(snapshot, new, old, new_data=False)
            return True
        ctx.wait(_PAUSE_SECONDS)
    return False


def _all_named(snapshot: Snapshot, files: Iterable[TableFile]) -> bool:
    return all(file.path in snapshot.files for file in files)


def _part_queries(connection: duckdb.DuckDBPyConnection, table: Table, merge: Merge) -> Iterator[str]:
    """A query for the rows of each file to write, by ranges of vehicles."""
    if merge.partition.kind != "sample" or merge.rows <= PART_ROWS:
        yield f"FROM {read(table.folder, merge.files)}"
        return
    counts = connection.execute(
        f"SELECT vin, count(*) FROM {read(table.folder, merge.files)} GROUP BY vin ORDER BY vin"
    ).fetchall()
    for low, high in _ranges(counts):
        files = [file for file in merge.files if file.low <= high and low <= file.high]
        yield f"FROM {read(table.folder, files)} WHERE vin BETWEEN {literal(low)} AND {literal(high)}"


def _ranges(counts: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """First and last vehicle of parts that are about equally large."""
    total = sum(count for _, count in counts)
    size = total / _parts(total)
    low, rows, ends = "", 0, size
    started = False
    for index, (vin, count) in enumerate(counts):
        if not started:
            low, started = vin, True
        rows += count
        if rows >= ends or index == len(counts) - 1:
            yield low, vin
            started = False
            while ends <= rows:
                ends += size
