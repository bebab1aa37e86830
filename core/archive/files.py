"""Parquet files of the archive: their columns, names and statistics."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from deltalake import Field, Schema
from deltalake.schema import PrimitiveType

from core.archive.engine import translated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import duckdb

    from core.storage.keys import BatchKey

Kind = Literal["sample", "batch", "reject"]

PARTITIONS = ("kind", "app", "level", "month")
_TYPES = {
    "kind": "string",
    "app": "string",
    "level": "string",
    "month": "string",
    "vin": "string",
    "capability": "string",
    "property": "string",
    "component": "string",
    "time": "timestamp",
    "time_from_batch": "boolean",
    "value": "double",
    "text": "string",
    "unit": "string",
    "failure": "string",
    "batch": "string",
    "ordinal": "integer",
    "item": "integer",
    "message": "long",
    "etag": "string",
    "size": "long",
    "messages": "long",
    "read": "long",
    "samples": "long",
    "rejects": "long",
    "first": "timestamp",
    "last": "timestamp",
    "reason": "string",
    "raw": "string",
}
SCHEMA = Schema([Field(name, PrimitiveType(type_), nullable=True) for name, type_ in _TYPES.items()])
"""Every kind's columns; a file has those of its kind, the others are null in it."""

COLUMNS: dict[Kind, tuple[str, ...]] = {
    "sample": (
        *("vin", "capability", "property", "component", "time", "time_from_batch", "value", "text", "unit", "failure"),
        *("batch", "ordinal", "item", "message"),
    ),
    "batch": ("batch", "time", "etag", "size", "messages", "read", "samples", "rejects", "first", "last"),
    "reject": ("batch", "time", "ordinal", "reason", "raw"),
}

ORDER: dict[Kind, str] = {
    "sample": "vin, capability, property, component, time, batch, ordinal, item",
    "batch": "batch",
    "reject": "batch, ordinal",
}

# Small enough that one series is a small part of a file, large enough that a file's own index stays small and that a
# batch's key comes often enough in it to be written once.
ROW_GROUP = 32_768
_EPOCH = datetime(1970, 1, 1)  # UTC


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What one batch brought.

    Attributes:
        messages: how many it has.
        read: how many of them gave samples, counted in the samples.
        samples: how many leaves they gave.
        rejects: how many could not be read; a batch that is none at all counts as one.
        first, last: the samples' times, microseconds since the epoch, UTC.
    """

    key: BatchKey
    messages: int
    read: int
    samples: int
    rejects: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Partition:
    """Where a file belongs."""

    kind: Kind
    app: str
    level: str
    month: str

    def folder(self) -> str:
        """Relative to the archive's folder."""
        return f"kind={self.kind}/app={self.app}/level={self.level}/month={self.month}"

    def values(self) -> dict[str, str | None]:
        """As the table's log wants them."""
        return {"kind": self.kind, "app": self.app, "level": self.level, "month": self.month}


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that is complete on disk.

    Attributes:
        path: relative to the archive's folder, parts joined by ``/``.
        stats: as the table's log wants them: number of rows, smallest and largest values.
    """

    path: str
    partition: Partition
    size: int
    rows: int
    stats: str


def write_file(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    folder: Path,
    partition: Partition,
    order: str = "",
    bounds: str = "",
) -> WrittenFile | None:
    """Write a query's rows into a new file, sorted as its kind wants; None where it has no rows.

    Args:
        query: gives the columns of the kind.
        folder: the archive's.
        order: gives the same order as ORDER does, in columns of the query that are compared faster.
        bounds: gives the same rows in any order, if that is faster than reading two columns of the file.

    Raises:
        DiskFull, ArchiveError: nothing is left of the file then.
    """
    path = f"{partition.folder()}/{uuid.uuid4().hex}.parquet"
    target = folder / path
    text = str(target).replace("'", "''")
    written = f"FROM read_parquet('{text}', hive_partitioning = false)"
    try:
        with translated(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT {', '.join(COLUMNS[partition.kind])} FROM ({query}) "
                f"ORDER BY {order or ORDER[partition.kind]}) "
                f"TO '{text}' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP})"
            )
            first = "vin" if partition.kind == "sample" else "batch"
            row = connection.execute(
                f"SELECT count(*), min({first}), max({first}), epoch_us(min(time)), epoch_us(max(time)) "
                f"FROM ({bounds or written})"
            ).fetchone()
            if row is None or row[0] == 0:
                target.unlink()
                return None
            # The commit that names this file must not survive a power cut that the file does not.
            with target.open("rb+") as handle:
                os.fsync(handle.fileno())
            size = target.stat().st_size
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return WrittenFile(path, partition, size, row[0], statistics(partition.kind, *row))


def statistics(kind: Kind, rows: int, low: str, high: str, begin: int, end: int) -> str:
    """A file's number of rows and bounds as the table's log wants them; low and high of its vins or keys."""
    name = "vin" if kind == "sample" else "batch"
    return json.dumps(
        {
            "numRecords": rows,
            "minValues": {name: low, "time": _iso(begin)},
            "maxValues": {name: high, "time": _iso(end)},
            "nullCount": {name: 0, "time": 0},
        }
    )


def remove_files(folder: Path, files: Iterable[WrittenFile]) -> None:
    """Remove files that no commit names. What cannot be removed stays and does no harm."""
    for file in files:
        with contextlib.suppress(OSError):
            (folder / file.path).unlink()


def _iso(micros: int) -> str:
    return f"{(_EPOCH + timedelta(microseconds=micros)).isoformat(timespec='microseconds')}Z"
