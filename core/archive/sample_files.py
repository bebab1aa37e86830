"""Writes samples and rejects that were just read into files, sorted as the archive wants them."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.archive.engine import translated
from core.archive.files import ROW_GROUP, Partition, WrittenFile, statistics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.archive.samples import SampleNames, Samples


class Reject(NamedTuple):
    """A message that could not be read, by its batch's place in the call."""

    batch: int
    ordinal: int
    reason: str
    raw: str


_TIME = pa.timestamp("us", "UTC")
_TEXTS = ("vin", "capability", "property", "component", "text", "unit", "failure", "batch")


def write_samples(
    samples: Samples, names: SampleNames, batches: Sequence[str], folder: Path, partition: Partition
) -> WrittenFile:
    """Write samples, at least one, into a new file.

    Args:
        samples: in the order of their batches' keys, messages and items.
        batches: keys by their numbers.

    Raises:
        DiskFull, ArchiveError: nothing is left of the file then.
    """
    vins, series = names.vin.all(), names.series.all()
    key = _ranks(vins)[samples.vin].astype(np.int64) * len(series) + _ranks(series)[samples.series]
    found = samples.take(np.lexsort((samples.time, key)))
    columns = [pa.array([one[part] for one in series], pa.string()) for part in range(3)]
    table = pa.table(
        {
            "vin": _texts(found.vin, pa.array(vins, pa.string())),
            **{
                name: _texts(found.series, column)
                for name, column in zip(("capability", "property", "component"), columns, strict=True)
            },
            "time": pa.array(found.time).cast(_TIME),
            "time_from_batch": pa.array(found.time_from_batch),
            "value": pa.array(found.value, mask=np.isnan(found.value)),
            "text": _texts(found.text, pa.array(names.text.all(), pa.string())),
            "unit": _texts(found.unit, pa.array(names.unit.all(), pa.string())),
            "failure": _texts(found.failure, pa.array(names.failure.all(), pa.string())),
            "batch": _texts(found.batch, pa.array(batches, pa.string())),
            "ordinal": pa.array(found.ordinal),
            "item": pa.array(found.item),
            "message": pa.array(found.message),
        }
    )
    used = np.unique(found.vin).tolist()
    bounds = min(vins[one] for one in used), max(vins[one] for one in used)
    return _write(table, folder, partition, *bounds, int(found.time.min()), int(found.time.max()))


def write_rejects(
    rejects: Sequence[Reject], batches: Sequence[str], times: Sequence[int], folder: Path, partition: Partition
) -> WrittenFile:
    """Write rejects, at least one, into a new file.

    Args:
        batches: keys by their numbers.
        times: of the batches, microseconds since the epoch, UTC.

    Raises:
        DiskFull, ArchiveError: nothing is left of the file then.
    """
    found = sorted(rejects, key=lambda reject: (batches[reject.batch], reject.ordinal))
    keys = [batches[reject.batch] for reject in found]
    moments = [times[reject.batch] for reject in found]
    table = pa.table(
        {
            "batch": pa.array(keys, pa.string()),
            "time": pa.array(moments, pa.int64()).cast(_TIME),
            "ordinal": pa.array([reject.ordinal for reject in found], pa.int32()),
            "reason": pa.array([reject.reason for reject in found], pa.string()),
            "raw": pa.array([reject.raw for reject in found], pa.string()),
        }
    )
    return _write(table, folder, partition, keys[0], keys[-1], min(moments), max(moments))


def _ranks(names: Sequence[str] | Sequence[tuple[str, str, str]]) -> NDArray[np.int32]:
    """The place of each in sorted order."""
    ranks = np.empty(len(names), np.int32)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks


def _texts(codes: NDArray[np.int32], names: pa.StringArray) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), names)


def _write(
    table: pa.Table, folder: Path, partition: Partition, low: str, high: str, begin: int, end: int
) -> WrittenFile:
    path = f"{partition.folder()}/{uuid.uuid4().hex}.parquet"
    target = folder / path
    try:
        with translated(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as handle:
                pq.write_table(
                    table,
                    handle,
                    compression="zstd",
                    compression_level=1,
                    row_group_size=ROW_GROUP,
                    use_dictionary=[*_TEXTS, "value"],
                    store_schema=False,
                )
                # The commit that names this file must not survive a power cut that the file does not.
                handle.flush()
                os.fsync(handle.fileno())
            size = target.stat().st_size
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    rows = table.num_rows
    return WrittenFile(path, partition, size, rows, statistics(partition.kind, rows, low, high, begin, end))
