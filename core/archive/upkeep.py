"""What keeps an archive small, fast and sound: compaction, vacuum, verification, removal."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.archive.compact import CompactResult, compact, runs, worth_compacting
from core.archive.engine import translated
from core.archive.removal import forget
from core.archive.vacuum import VacuumResult, vacuum
from core.archive.verify import VerifyResult, verify

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.archive.ledger import Ledger, Recorded
    from core.archive.table import Table, TableFile
    from core.jobs import JobContext

__all__ = ["ArchiveStatus", "CompactResult", "MonthStatus", "Upkeep", "VacuumResult", "VerifyResult"]

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class MonthStatus:
    """What the archive holds of one app, level and month.

    Attributes:
        month: ``YYYY-MM`` of the batches, UTC.
        batches, samples, rejects: how many; samples of a message that was delivered twice count twice.
        files, bytes: on disk.
        depth: how many files of samples reading one series opens at most; 1 where the month is clustered.
    """

    app: str
    level: str
    month: str
    batches: int
    samples: int
    rejects: int
    files: int
    bytes: int
    depth: int

    @property
    def clustered(self) -> bool:
        """Whether the samples lie sorted by series as a whole."""
        return self.depth <= 1


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """What the archive holds and takes up.

    Attributes:
        months: newest first.
        first, last: times of the oldest and newest sample, microseconds since the epoch, UTC; None without samples.
        spare_files, spare_bytes: on disk, but no longer or not yet in the table.
    """

    months: tuple[MonthStatus, ...]
    first: int | None
    last: int | None
    spare_files: int
    spare_bytes: int


class Upkeep:
    """Looks after one archive. Thread-safe; others may read and append meanwhile.

    Args:
        table: the archive's.
        ledger: the archive's.
    """

    def __init__(self, table: Table, ledger: Ledger) -> None:
        self._table = table
        self._ledger = ledger

    def status(self, ctx: JobContext) -> ArchiveStatus:
        """What there is, by month.

        Raises:
            ArchiveError: it cannot be read.
        """
        ctx.check()
        snapshot = self._table.snapshot()
        groups: dict[tuple[str, str, str], list[TableFile]] = {}
        for file in snapshot.files.values():
            partition = file.partition
            groups.setdefault((partition.app, partition.level, partition.month), []).append(file)
        samples = snapshot.of_kind("sample")
        on_disk = {}
        with translated(self._table.folder):
            for path in self._table.folder.glob("kind=*/**/*.parquet"):
                on_disk[path.name] = path.stat().st_size
        for name in snapshot.files:
            on_disk.pop(name.rpartition("/")[2], None)
        return ArchiveStatus(
            tuple(
                _month(place, groups[place])
                for place in sorted(groups, key=lambda place: (place[2], place), reverse=True)
            ),
            min((file.begin for file in samples), default=None),
            max((file.end for file in samples), default=None),
            len(on_disk),
            sum(on_disk.values()),
        )

    def worth_compacting(self) -> bool:
        """Whether reading would gain from a compaction. Takes milliseconds."""
        return bool(worth_compacting(self._table.snapshot(), _now()))

    def compact(self, ctx: JobContext, *, everything: bool = False) -> CompactResult:
        """Merge small files and cluster closed months, then remove files that nobody needs any more.

        Args:
            ctx: cancels it; what was compacted by then stays so.
            everything: put all months in order, however little reading gains.

        Raises:
            DiskFull, JobCancelled: nothing is lost.
            ArchiveError: some files cannot be read; the others were compacted nevertheless.
        """
        total = CompactResult()
        # A month that others have changed meanwhile is looked at again.
        for _ in range(_ROUNDS):
            merges = worth_compacting(self._table.snapshot(), _now(), everything=everything)
            if not merges:
                break
            total = total.plus(compact(self._table, merges, ctx))
        vacuum(self._table, ctx, time.time())
        return total

    def vacuum(self, ctx: JobContext) -> VacuumResult:
        """Remove files that left the table an hour ago or more, and what killed processes left a day ago or more.

        Raises:
            ArchiveError: the folder cannot be read.
        """
        return vacuum(self._table, ctx, time.time())

    def verify(self, ctx: JobContext) -> VerifyResult:
        """Read everything, and compare it with what is recorded of each batch.

        Raises:
            ArchiveError: the log cannot be read.
        """
        return verify(self._table, ctx)

    def repair(self, found: VerifyResult, ctx: JobContext) -> None:
        """Forget the batches that differ and the files that are lost; the next sync loads these batches again.

        Raises:
            ArchiveError, DiskFull, JobCancelled: everything is as it was.
        """
        keys = [difference.batch for difference in found.differences]
        forget(self._table, keys, ctx, [file.path for file in found.lost])

    def recorded_between(self, first_day: str, last_day: str, app: str = "", level: str = "") -> Recorded:
        """What is recorded of some days (``YYYY-MM-DD``, both included), of one app or level where it is named."""
        return self._ledger.between(self._table.snapshot(), first_day, last_day, app, level)

    def remove(self, keys: Collection[str], ctx: JobContext) -> None:
        """Take batches out of the archive, in one step; the source keeps them, and the next sync loads them again.

        Raises:
            ArchiveError, DiskFull, JobCancelled: everything is as it was.
        """
        forget(self._table, keys, ctx)


def _month(place: tuple[str, str, str], files: list[TableFile]) -> MonthStatus:
    def of(kind: str) -> list[TableFile]:
        return [file for file in files if file.partition.kind == kind]

    samples = of("sample")
    return MonthStatus(
        *place,
        batches=sum(file.rows for file in of("batch")),
        samples=sum(file.rows for file in samples),
        rejects=sum(file.rows for file in of("reject")),
        files=len(files),
        bytes=sum(file.size for file in files),
        depth=len(runs(samples)),
    )


def _now() -> int:
    return time.time_ns() // 1000
