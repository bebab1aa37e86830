"""The archive of one source: batches go in once, vehicles, properties and series come out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from core.archive import joining, query
from core.archive.append import Append, AppendResult
from core.archive.ledger import BatchRecord, DayState, Ledger, Reject, record_files
from core.archive.redelivery import count_repeated, month_before
from core.archive.summaries import Summaries
from core.archive.table import Table
from core.archive.upkeep import Upkeep
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Sequence
    from pathlib import Path

    from core.archive.flatten.components import Selection
    from core.fleet.series import PropertySummary, Series, SeriesKey, Vehicle
    from core.jobs import JobContext
    from core.storage.keys import BatchKey
    from core.storage.source import SourceObject

T = TypeVar("T")
_ANSWERS = 64

__all__ = ["AppendResult", "Archive", "BatchRecord", "DayState", "Reject"]


class Archive:
    """Samples of one source in a Delta table. Thread-safe; several processes may use the same folder.

    Every method sees the commits of other processes. All of them raise ArchiveError with the path where the archive
    cannot be read, and those that take a context raise JobCancelled soon after it was cancelled.

    Attributes:
        folder: the table's.
        upkeep: compacts, verifies and removes.
    """

    def __init__(self, folder: Path, selection: Selection | None = None) -> None:
        self.folder = folder
        self._selection = selection
        self._table = Table(folder)
        self._ledger = Ledger(folder)
        self.upkeep = Upkeep(self._table, self._ledger)
        self._summaries = Summaries(folder)
        self._lock = threading.Lock()
        self._answers: dict[Hashable, list[Any]] = {}
        self._answers_version = -1

    @classmethod
    def open(cls, folder: Path) -> Archive:
        """Open an archive; an empty one is created where there is none.

        Raises:
            ArchiveError, DiskFull: with the path.
        """
        return cls(folder)

    def version(self) -> int:
        """A number that changes with every commit."""
        return self._table.snapshot().version

    def recorded(self, folder: str = "") -> dict[str, BatchRecord]:
        """The records of the batches whose keys start with a folder, by key; they are read anew each time.

        There may be millions in all, of half a kilobyte each: whoever has many batches asks for a day at a time.
        """
        return self._ledger.in_folder(self._table.snapshot(), folder)

    def recorded_etags(self, folder: str) -> dict[str, str]:
        """The ETags with which the batches are recorded whose keys start with a folder, by key."""
        return self._ledger.etags(self._table.snapshot(), folder)

    def record_files(self, folder: str) -> frozenset[str]:
        """Names of the files from which the records of a folder come: as long as they are the same, so are these."""
        return frozenset(file.path for file in record_files(self._table.snapshot(), folder))

    def day_states(self) -> dict[tuple[str, str, str], DayState]:
        """What is recorded of each (app, level, YYYY-MM-DD)."""
        return dict(self._ledger.day_states(self._table.snapshot()))

    def append(self, batches: Sequence[tuple[BatchKey, SourceObject, bytes]], ctx: JobContext) -> AppendResult:
        """Flatten batches and record them, in one step that happens wholly or not at all.

        A batch that is recorded with the same etag is left out; one that is recorded with another etag is replaced.

        Raises:
            JobCancelled: nothing was added.
            ArchiveBusy: others kept committing first; nothing was added.
            DiskFull, ArchiveError: nothing was added.
        """
        return self.flatten(batches, ctx).commit()

    def flatten(self, batches: Sequence[tuple[BatchKey, SourceObject, bytes]], ctx: JobContext) -> Append:
        """The first step of an append alone: nothing is added before its commit, which the caller does or discards.

        Raises:
            JobCancelled, DiskFull, ArchiveError: there is nothing to commit or to discard.
        """
        append = Append(self._table, self._ledger, ctx, self._selection)
        append.flatten(batches)
        return append

    def repeated(self, keys: Collection[str], ctx: JobContext) -> int:
        """How many messages of these batches had been delivered before, by others or by the same.

        Only months are compared that the batches lie in, and those before them.
        """
        snapshot = self._table.snapshot()
        groups: dict[tuple[str, str, str], list[BatchRecord]] = {}
        for text, record in self._ledger.lookup(keys, ctx).records(snapshot).items():
            key = parse_key(text)
            if key is not None:
                groups.setdefault((key.app, key.level, key.month), []).append(record)
        total = 0
        for (app, level, month), members in groups.items():
            months = (month, month_before(month))
            files = [
                file
                for file in snapshot.of_kind("sample")
                if (file.partition.app, file.partition.level) == (app, level) and file.partition.month in months
            ]
            total += count_repeated(self.folder, files, members, ctx)
        return total

    def vehicles(self, ctx: JobContext) -> list[Vehicle]:
        """All vehicles, sorted by vin."""
        ctx.check()
        snapshot = self._table.snapshot()
        files = snapshot.of_kind("sample")

        def answer() -> list[Vehicle]:
            known = self._summaries.vehicles(snapshot, ctx)
            return query.vehicles(self.folder, files, ctx) if known is None else known

        return self._remembered(snapshot.version, None, answer)

    def properties(self, vins: Sequence[str], ctx: JobContext, *, joined: bool = False) -> list[PropertySummary]:
        """What the archive has of some vehicles (of all where none is named), sorted by names.

        Args:
            joined: list a renamed property once, under its present name.
        """
        ctx.check()
        snapshot = self._table.snapshot()
        files, question = snapshot.of_kind("sample"), frozenset(vins)

        def answer() -> list[PropertySummary]:
            known = self._summaries.properties(snapshot, vins, ctx)
            return query.properties(self.folder, files, vins, ctx) if known is None else known

        as_sent = self._remembered(snapshot.version, question, answer)
        if not joined:
            return as_sent
        return self._remembered(
            snapshot.version,
            ("joined", question),
            lambda: joining.joined_properties(self.folder, files, vins, as_sent, ctx),
        )

    def series(
        self,
        keys: Sequence[SeriesKey],
        ctx: JobContext,
        start: int | None = None,
        end: int | None = None,
        *,
        joined: bool = False,
    ) -> list[Series]:
        """The samples of each key with start <= time < end (microseconds, UTC), in the order of the keys.

        A key of which there is nothing gives an empty series.

        Args:
            joined: bring the samples of all names of a renamed property in one series, which has the present name
                whichever the key has; what was sent under two names counts once, as :mod:`core.archive.joining` says.
        """
        files = self._table.snapshot().of_kind("sample")
        return query.series(self.folder, files, keys, ctx, start, end, joined=joined)

    def find_series(
        self, vins: Sequence[str], paths: Sequence[str], ctx: JobContext, *, joined: bool = False
    ) -> list[SeriesKey]:
        """The series of some vehicles (of all where none is named) under some paths, sorted.

        Args:
            paths: ``capability.property`` finds all its components, ``capability.property.component`` that one; none
                finds everything.
            joined: a path names a renamed property by any of its names, and its series has the present one.
        """
        snapshot = self._table.snapshot()
        every = [name for path in paths for name in joining.paths_as_sent(path)] if joined else paths
        found = self._summaries.find_series(snapshot, vins, every, ctx)
        if found is None:
            found = query.find_series(self.folder, snapshot.of_kind("sample"), vins, every, ctx)
        return sorted({joining.joined_key(key) for key in found}) if joined else found

    def rejects(self, ctx: JobContext, batch: str = "", limit: int = 100_000) -> list[Reject]:
        """The messages that could not be read, by batch and ordinal; of one batch where its key is given."""
        files = self._table.snapshot().of_kind("reject")
        chosen = [file for file in files if not batch or file.low <= batch <= file.high]
        return query.rejects(self.folder, chosen, batch, limit, ctx)

    def _remembered(self, version: int, question: Hashable, answer: Callable[[], list[T]]) -> list[T]:
        """An answer that was given to the same question before, as long as nothing was committed since."""
        with self._lock:
            if self._answers_version != version:
                self._answers.clear()
                self._answers_version = version
            known = self._answers.get(question)
        if known is None:
            known = answer()
            with self._lock:
                if self._answers_version == version and len(self._answers) < _ANSWERS:
                    self._answers[question] = known
        return list(known)
