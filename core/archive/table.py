"""The archive's Delta table: which files belong to it, what they hold, and atomic commits."""

from __future__ import annotations

import contextlib
import re
import threading
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from core.archive.engine import archive_error
from core.archive.files import PARTITIONS, SCHEMA, Partition, remove_files
from core.errors import ArchiveBusy, ArchiveError, DiskFull, OdographError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from core.archive.files import WrittenFile

# Under this name each commit says which one it is.
_MARK = "odograph"
_ERRORS = (DeltaError, OSError, ValueError, RuntimeError)
# What Delta says where its log is at fault and not the disk below it.
_LOG_WORDS = (
    "json error",
    "parquet error",
    "invalid checkpoint",
    "no table metadata or protocol",
    "no files in log segment",
)
# Delta takes these for single characters in one place and not in the next, however they are written.
_CODED = re.compile("%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of the table.

    Attributes:
        path: relative to the table's folder.
        low, high: the smallest and largest vin of a file of samples, the smallest and largest key of any other.
        begin, end: the smallest and largest time, microseconds since the epoch, UTC.
    """

    path: str
    partition: Partition
    size: int
    rows: int
    low: str
    high: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The table at one version."""

    version: int
    files: dict[str, TableFile]

    def of_kind(self, kind: str) -> list[TableFile]:
        """The files of one kind."""
        return [file for file in self.files.values() if file.partition.kind == kind]


class Conflict(Exception):
    """Somebody else has committed since the snapshot was taken."""


class Table:
    """A Delta table in a local folder. Thread-safe; other processes may commit at any time.

    Args:
        folder: holds the table; it is created where it is missing.

    Raises:
        ArchiveError, DiskFull: with the folder.
    """

    def __init__(self, folder: Path) -> None:
        if _CODED.search(str(folder)):
            raise ArchiveError(
                "An archive cannot lie in a folder whose path has codes such as %20",
                subject=str(folder),
                hint="Rename the folder, or set ODOGRAPH_HOME to one without a percent sign in its path.",
            )
        self.folder = folder
        self._lock = threading.Lock()
        try:
            self._delta = self._open()
        except _ERRORS as error:
            raise _error(error, folder) from error
        self._snapshot: Snapshot | None = None
        self._known: dict[str, TableFile] = {}

    def _open(self) -> DeltaTable:
        try:
            return DeltaTable(self.folder)
        except TableNotFoundError:
            if self.folder.is_dir() and any(self.folder.glob("_delta_log/*")):
                raise
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            DeltaTable.create(self.folder, SCHEMA, mode="ignore", partition_by=list(PARTITIONS), name="odograph")
        except CommitFailedError:
            # Another process has just created it.
            return DeltaTable(self.folder)
        return DeltaTable(self.folder)

    def snapshot(self) -> Snapshot:
        """The table as it is now, with the commits of other processes."""
        with self._lock:
            try:
                self._delta.update_incremental()
                version = self._delta.version()
                if self._snapshot is None or self._snapshot.version != version:
                    self._snapshot = Snapshot(version, self._files())
            except _ERRORS as error:
                raise _error(error, self.folder) from error
            return self._snapshot

    def commit(
        self, at: Snapshot, add: Sequence[WrittenFile], remove: Iterable[TableFile], *, new_data: bool = True
    ) -> None:
        """Add and remove files in one step that is done wholly or not at all.

        Args:
            at: what the caller has looked at when it decided.
            add: must lie on disk.
            remove: must belong to the table at that moment. They stay on disk.
            new_data: False where the same rows only lie in other files now.

        Raises:
            Conflict: there is a newer version; look again.
            ArchiveError, DiskFull: nothing was committed.
        """
        now = int(time.time() * 1000)
        remove = list(remove)
        self._check_on_disk(add)
        actions: list[AddAction | RemoveAction] = [
            AddAction(file.path, file.size, file.partition.values(), now, new_data, file.stats) for file in add
        ]
        actions += [RemoveAction(file.path, new_data, now, file.size, dict(file.partition.values())) for file in remove]
        mark = uuid.uuid4().hex
        with self._lock:
            # Others of this process share the table object, which may have gone on since.
            if self._delta.version() != at.version:
                raise Conflict
            try:
                self._delta.create_write_transaction(
                    actions,
                    "append",
                    SCHEMA,
                    list(PARTITIONS),
                    # Delta would let two appends pass; here the second one has to look which batches the first brought.
                    commit_properties=CommitProperties({_MARK: mark}, max_commit_retries=0),
                )
                return
            except _ERRORS as error:
                failure = error
        # What fails after the commit, such as a checkpoint, must not make the caller remove files of the table.
        snapshot = self.snapshot()
        if self._is_done(mark, snapshot.version - at.version):
            return
        if snapshot.version != at.version:
            raise Conflict from failure
        raise _error(failure, self.folder) from failure

    def _is_done(self, mark: str, versions: int) -> bool:
        """Whether one of the last versions is the commit with this mark."""
        with self._lock:
            try:
                return versions > 0 and any(entry.get(_MARK) == mark for entry in self._delta.history(versions))
            except _ERRORS as error:
                raise _error(error, self.folder) from error

    def _check_on_disk(self, files: Iterable[WrittenFile]) -> None:
        """Refuse to name files that are gone: a computer may sleep for days between writing and committing."""
        for file in files:
            path = self.folder / file.path
            try:
                whole = path.stat().st_size == file.size
            except FileNotFoundError:
                whole = False
            except OSError as error:
                raise archive_error(error, path) from error
            if not whole:
                raise ArchiveError(
                    "A file that was just written is gone",
                    subject=str(path),
                    hint="Another program has removed it. Try again; nothing that was loaded before is lost.",
                )

    def discard(self, files: Iterable[WrittenFile]) -> None:
        """Remove those of some files that no commit names; should that be unknown they stay and do no harm."""
        with contextlib.suppress(OdographError):
            named = self.snapshot().files
            remove_files(self.folder, [file for file in files if file.path not in named])

    def _files(self) -> dict[str, TableFile]:
        actions = pa.table(self._delta.get_add_actions(flatten=True))
        paths: list[str] = actions.column("path").to_pylist()
        new = [index for index, path in enumerate(paths) if path not in self._known]
        known = self._known | {file.path: file for file in _table_files(actions.take(pa.array(new, pa.int64())))}
        self._known = {path: known[path] for path in paths}
        return self._known


def _table_files(actions: pa.Table) -> Iterator[TableFile]:
    """The files that the log's entries describe."""
    names = set(actions.column_names)

    def column(name: str) -> list[Any]:
        return actions.column(name).to_pylist() if name in names else [None] * actions.num_rows

    def micros(name: str) -> list[Any]:
        return actions.column(name).cast(pa.int64()).to_pylist() if name in names else [None] * actions.num_rows

    rows = zip(
        *(column(f"partition.{name}") for name in PARTITIONS),
        *(
            column(name)
            for name in ("path", "size_bytes", "num_records", "min.vin", "max.vin", "min.batch", "max.batch")
        ),
        micros("min.time"),
        micros("max.time"),
        strict=True,
    )
    for kind, app, level, month, path, size, records, low, high, low_key, high_key, begin, end in rows:
        partition = Partition(kind, app, level, month)
        sample = kind == "sample"
        yield TableFile(
            path, partition, size, records, low if sample else low_key, high if sample else high_key, begin, end
        )


def _error(error: Exception, folder: Path) -> ArchiveError | DiskFull:
    """The program's error for one of Delta or the system."""
    found, text = archive_error(error, folder), str(error)
    damaged = isinstance(error, DeltaError) and any(word in text.lower() for word in _LOG_WORDS)
    if isinstance(found, DiskFull) or not damaged:
        return found
    return ArchiveError(
        "The archive's log is damaged, so that nobody knows which of its files count",
        subject=str(folder),
        hint="Move this folder away, then open the source again: its batches are loaded anew, and the source is not "
        "touched.",
        detail=text.partition("\n")[0],
    )


def busy(folder: Path) -> ArchiveBusy:
    """The error for an append that others always outran."""
    return ArchiveBusy(
        "Another program keeps writing to this archive",
        subject=str(folder),
        hint="Wait until it has finished loading, then load again; nothing is lost.",
    )
