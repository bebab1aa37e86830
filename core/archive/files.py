"""Parquet files of the archive: their columns, names and statistics."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import Field, Schema
from deltalake.schema import PrimitiveType

from core.archive.engine import translated
from core.archive.sql import literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import duckdb

    from core.storage.keys import BatchKey

# Arrow's own pools keep what they were given for good, beside what the system's keeps: 30 MB in a sync.
pa.set_memory_pool(pa.system_memory_pool())

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

TIME = pa.timestamp("us", "UTC")
"""The type of times in files."""

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
# What queries look for; other bounds would only cost time.
_SOUGHT = ["vin", "capability", "property", "component", "time"]
_REPEATED = ["vin", "capability", "property", "component", "text", "unit", "failure", "batch"]
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


def write_table(table: pa.Table, folder: Path, partition: Partition) -> WrittenFile:
    """Write rows, at least one, into a new file.

    Args:
        table: has the columns of the kind and the kind's order.
        folder: the archive's.

    Raises:
        DiskFull, ArchiveError: nothing is left of the file then.
    """
    with _new_file(folder, partition) as (path, target):
        pq.write_table(
            table,
            target,
            compression="zstd",
            compression_level=1,
            row_group_size=ROW_GROUP,
            use_dictionary=_REPEATED,
            write_statistics=_SOUGHT,
            store_schema=False,
        )
        size = _synced(target)
    first = table.column(_first_column(partition.kind))
    times = pc.min_max(table.column("time").cast(pa.int64())).as_py()
    low, high = first[0].as_py(), first[-1].as_py()
    stats = _statistics(partition.kind, table.num_rows, low, high, times["min"], times["max"])
    return WrittenFile(path, partition, size, table.num_rows, stats)


def write_file(
    connection: duckdb.DuckDBPyConnection, query: str, folder: Path, partition: Partition
) -> WrittenFile | None:
    """Write a query's rows into a new file, sorted as its kind wants; None where it has no rows.

    Args:
        query: gives the columns of the kind.
        folder: the archive's.

    Raises:
        DiskFull, ArchiveError: nothing is left of the file then.
    """
    with _new_file(folder, partition) as (path, target):
        text = literal(str(target))
        connection.execute(
            f"COPY (SELECT {', '.join(COLUMNS[partition.kind])} FROM ({query}) ORDER BY {ORDER[partition.kind]}) "
            f"TO {text} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        first = _first_column(partition.kind)
        row = connection.execute(
            f"SELECT count(*), min({first}), max({first}), epoch_us(min(time)), epoch_us(max(time)) "
            f"FROM read_parquet({text}, hive_partitioning = false)"
        ).fetchone()
        if row is None or row[0] == 0:
            target.unlink()
            return None
        size = _synced(target)
    return WrittenFile(path, partition, size, row[0], _statistics(partition.kind, *row))


@contextlib.contextmanager
def _new_file(folder: Path, partition: Partition) -> Iterator[tuple[str, Path]]:
    """A name that nobody else uses; where writing fails nothing is left under it."""
    path = f"{partition.folder()}/{uuid.uuid4().hex}.parquet"
    target = folder / path
    try:
        with translated(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            yield path, target
    except BaseException:
        # On a disk that can only be read not even this is allowed, and what failed before says so.
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise


def _synced(target: Path) -> int:
    """The size of a file that is on disk: a commit that names it must not survive a power cut that it does not."""
    with target.open("rb+") as handle:
        os.fsync(handle.fileno())
    return target.stat().st_size


def _first_column(kind: Kind) -> str:
    return "vin" if kind == "sample" else "batch"


def _statistics(kind: Kind, rows: int, low: str, high: str, begin: int, end: int) -> str:
    """A file's number of rows and bounds as the table's log wants them; low and high of its vins or keys."""
    name = _first_column(kind)
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
