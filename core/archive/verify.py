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


# By batch, what is recorded and what there is; messages are those that have samples.
_COMPARED = """
CREATE OR REPLACE TEMP TABLE compared AS
SELECT batch, coalesce(records, 0) AS records, coalesce(samples, 0) AS samples, coalesce(wanted_samples, 0) AS
    wanted_samples, coalesce(messages, 0) AS messages, coalesce(wanted_messages, 0) AS wanted_messages,
    coalesce(rejects, 0) AS rejects, coalesce(wanted_rejects, 0) AS wanted_rejects
FROM (SELECT batch, count(*) AS records, max(samples) AS wanted_samples, max(read) AS wanted_messages,
        max(rejects) AS wanted_rejects FROM {batch} GROUP BY batch)
FULL JOIN (SELECT batch, count(*) AS samples, count(DISTINCT ordinal) AS messages FROM {sample} GROUP BY batch)
    USING (batch)
FULL JOIN (SELECT batch, count(*) AS rejects FROM {reject} GROUP BY batch) USING (batch)
"""
_NOTHING = "(SELECT '' AS batch, 0 AS ordinal, 0 AS samples, 0 AS read, 0 AS rejects WHERE false)"
_TOTALS = """
SELECT coalesce(sum(records), 0)::BIGINT, coalesce(sum(samples), 0)::BIGINT, coalesce(sum(rejects), 0)::BIGINT
FROM compared
"""
# Those of which all is well are only counted: there may be millions in a month.
_DIFFERENT = """
FROM compared
WHERE records <> 1 OR samples <> wanted_samples OR messages <> wanted_messages OR rejects <> wanted_rejects
"""


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
                self._compare(connection, whole)
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

    def _compare(self, connection: duckdb.DuckDBPyConnection, files: dict[Kind, list[TableFile]]) -> None:
        """Add what is recorded and what there is in some files of one app, level and month."""
        kinds: tuple[Kind, ...] = ("batch", "sample", "reject")
        found = {kind: read(self._folder, files[kind]) if files.get(kind) else _NOTHING for kind in kinds}
        connection.execute(_COMPARED.format(**found))
        totals = connection.execute(_TOTALS).fetchone()
        assert totals is not None
        self._batches, self._samples, self._rejects = (
            old + more for old, more in zip((self._batches, self._samples, self._rejects), totals, strict=True)
        )
        for batch, records, *counts in connection.execute(_DIFFERENT).fetchall():
            self._differences.append(Difference(batch, _reason(records, *counts)))


def _reason(records: int, *counts: int) -> str:
    """What is wrong with a batch, given how often it is recorded, and pairs of what there is and what is recorded."""
    if not records:
        return "Not recorded, but there are samples or rejects of it"
    names = ("samples", "messages with samples", "rejects")
    reasons = [
        f"{there:,} {name} in place of {wanted:,}"
        for name, there, wanted in zip(names, counts[::2], counts[1::2], strict=True)
        if there != wanted
    ]
    if records > 1:
        reasons.append(f"recorded {records:,} times")
    text = ", ".join(reasons)
    return text[0].upper() + text[1:]
