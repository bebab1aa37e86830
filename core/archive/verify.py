"""Compares what the archive's files hold with what is recorded of each batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import duckdb

from core.archive.engine import rewriting
from core.archive.files import COLUMNS
from core.archive.sql import read

if TYPE_CHECKING:
    from pathlib import Path

    from core.archive.files import Kind
    from core.archive.table import Snapshot, Table, TableFile
    from core.jobs import JobContext

_Place: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class LostFile:
    """A file of the table that cannot be read.

    Attributes:
        path: relative to the archive's folder.
        reason: why, for a person.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A batch of which the files do not hold what is recorded.

    Attributes:
        batch: its key.
        reason: what differs, for a person.
    """

    batch: str
    reason: str


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What a verification found.

    Attributes:
        files, batches, samples, rejects: how many were looked at.
        lost: files that cannot be read, by path.
        differences: batches by key.
    """

    files: int
    batches: int
    samples: int
    rejects: int
    lost: tuple[LostFile, ...]
    differences: tuple[Difference, ...]

    @property
    def sound(self) -> bool:
        """Whether everything is as it is recorded."""
        return not self.lost and not self.differences


@dataclass(slots=True)
class _Counts:
    """Of one batch: what its records say, and what the files hold. Messages are those that have samples."""

    records: int = 0
    recorded_samples: int = 0
    recorded_rejects: int = 0
    recorded_messages: int = 0
    samples: int = 0
    rejects: int = 0
    messages: int = 0


def verify(table: Table, ctx: JobContext) -> VerifyResult:
    """Read every file of the archive as it is now, and count each batch's samples and rejects again.

    Raises:
        JobCancelled: nothing was changed; nothing ever is.
        ArchiveError: the folder or the log cannot be read.
    """
    while True:
        snapshot = table.snapshot()
        result = _Verification(table.folder, snapshot, ctx).run()
        # A file that others have compacted and removed meanwhile is not lost.
        if all(file.path in table.snapshot().files for file in result.lost):
            return result


class _Verification:
    def __init__(self, folder: Path, snapshot: Snapshot, ctx: JobContext) -> None:
        self._folder = folder
        self._ctx = ctx
        self._lost: list[LostFile] = []
        self._differences: list[Difference] = []
        self._batches = 0
        self._samples = 0
        self._rejects = 0
        self._files = len(snapshot.files)
        self._seen = 0
        self._places: dict[_Place, dict[Kind, list[TableFile]]] = {}
        for file in snapshot.files.values():
            partition = file.partition
            kinds = self._places.setdefault((partition.app, partition.level, partition.month), {})
            kinds.setdefault(partition.kind, []).append(file)

    def run(self) -> VerifyResult:
        with rewriting(self._ctx, self._folder) as connection:
            for place in sorted(self._places, reverse=True):
                kinds = self._places[place]
                whole = {
                    kind: [file for file in files if self._is_whole(connection, file)] for kind, files in kinds.items()
                }
                self._compare(self._counts(connection, whole))
        return VerifyResult(
            self._files,
            self._batches,
            self._samples,
            self._rejects,
            tuple(sorted(self._lost, key=lambda file: file.path)),
            tuple(sorted(self._differences, key=lambda difference: difference.batch)),
        )

    def _is_whole(self, connection: duckdb.DuckDBPyConnection, file: TableFile) -> bool:
        """Whether every row of a file can be read."""
        self._ctx.check()
        self._ctx.progress(self._seen, self._files, f"{self._seen:,} of {self._files:,} files verified")
        self._seen += 1
        reason = self._damage(connection, file)
        if reason:
            self._lost.append(LostFile(file.path, reason))
        return not reason

    def _damage(self, connection: duckdb.DuckDBPyConnection, file: TableFile) -> str:
        path = self._folder / file.path
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return "The file is missing"
        if size != file.size:
            return f"The file has {size:,} bytes in place of {file.size:,}"
        # What may not be read, or what there is too little memory for, is not damaged.
        with path.open("rb"):
            pass
        try:
            # Only what is used is read, and a hash of everything uses everything.
            row = connection.execute(
                f"SELECT count(*), bit_xor(hash({', '.join(COLUMNS[file.partition.kind])})) "
                f"FROM {read(self._folder, [file])}"
            ).fetchone()
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            raise
        except duckdb.Error as error:
            return f"The file is damaged: {str(error).splitlines()[0]}"
        rows = row[0] if row else 0
        return "" if rows == file.rows else f"The file has {rows:,} rows in place of {file.rows:,}"

    def _counts(self, connection: duckdb.DuckDBPyConnection, files: dict[Kind, list[TableFile]]) -> dict[str, _Counts]:
        """By batch, what is recorded and what there is."""
        counts: dict[str, _Counts] = {}

        def rows(kind: Kind, query: str) -> list[tuple[str, int, int, int]]:
            chosen = files.get(kind)
            return connection.execute(query.format(files=read(self._folder, chosen))).fetchall() if chosen else []

        for batch, samples, messages, rejects in rows("batch", "SELECT batch, samples, read, rejects FROM {files}"):
            found = counts.setdefault(batch, _Counts())
            found.records += 1
            found.recorded_samples, found.recorded_messages, found.recorded_rejects = samples, messages, rejects
            self._batches += 1
        for batch, samples, messages, _ in rows(
            "sample", "SELECT batch, count(*), count(DISTINCT ordinal), 0 FROM {files} GROUP BY batch"
        ):
            found = counts.setdefault(batch, _Counts())
            found.samples, found.messages = samples, messages
            self._samples += samples
        for batch, rejects, _, _ in rows("reject", "SELECT batch, count(*), 0, 0 FROM {files} GROUP BY batch"):
            counts.setdefault(batch, _Counts()).rejects = rejects
            self._rejects += rejects
        return counts

    def _compare(self, counts: dict[str, _Counts]) -> None:
        for batch, found in counts.items():
            reasons = [
                f"{there:,} {name} in place of {recorded:,}"
                for name, there, recorded in (
                    ("samples", found.samples, found.recorded_samples),
                    ("messages with samples", found.messages, found.recorded_messages),
                    ("rejects", found.rejects, found.recorded_rejects),
                )
                if there != recorded
            ]
            if not found.records:
                reasons = ["Not recorded, but there are samples or rejects of it"]
            elif found.records > 1:
                reasons.append(f"recorded {found.records:,} times")
            if reasons:
                text = ", ".join(reasons)
                self._differences.append(Difference(batch, text[0].upper() + text[1:]))
