"""Writes samples and rejects that were just read into files, sorted as the archive wants them."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.engine import translated
from core.archive.files import ROW_GROUP, Partition, WrittenFile, statistics

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.archive.flatten.samples import SampleNames, Samples


class Reject(NamedTuple):
    """A message that could not be read, by its batch's place in the call."""

    batch: int
    ordinal: int
    reason: str
    raw: str


_TIME = pa.timestamp("us", "UTC")
# What queries look for; other bounds would only cost time.
_SOUGHT = ["vin", "capability", "property", "component", "time"]
_TEXTS = ["vin", "capability", "property", "component", "text", "unit", "failure", "batch"]


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
    vins = pa.table({"vin": pa.array(names.vin.all(), pa.string())})
    series = pa.table(list(zip(*names.series.all(), strict=True)), ["capability", "property", "component"])
    key = _ranks(vins)[samples.vin].astype(np.int64) * len(series) + _ranks(series)[samples.series]
    found = samples.take(np.lexsort((samples.time, key)))
    table = pa.table(
        {
            "vin": _texts(found.vin, vins["vin"]),
            **{name: _texts(found.series, series[name]) for name in series.column_names},
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
    low, high = (vins["vin"][int(found.vin[place])].as_py() for place in (0, -1))
    return _write(table, folder, partition, low, high, int(found.time.min()), int(found.time.max()))


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


def _ranks(names: pa.Table) -> NDArray[np.int32]:
    """The place of each row in sorted order."""
    order = pc.sort_indices(names, [(name, "ascending") for name in names.column_names])
    ranks = np.empty(len(names), np.int32)
    ranks[order.to_numpy()] = np.arange(len(names))
    return ranks


def _texts(codes: NDArray[np.int32], names: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    texts = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)


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
                    use_dictionary=_TEXTS,
                    write_statistics=_SOUGHT,
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
