"""Writes samples and rejects that were just read into files, sorted as the archive wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive.files import TIME, write_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.archive.files import Partition, WrittenFile
    from core.archive.flatten.samples import SampleNames, Samples


class Reject(NamedTuple):
    """A message that could not be read, by its batch's place in the call."""

    batch: int
    ordinal: int
    reason: str
    raw: str


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
            "time": pa.array(found.time).cast(TIME),
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
    return write_table(table, folder, partition)


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
            "time": pa.array(moments, pa.int64()).cast(TIME),
            "ordinal": pa.array([reject.ordinal for reject in found], pa.int32()),
            "reason": pa.array([reject.reason for reject in found], pa.string()),
            "raw": pa.array([reject.raw for reject in found], pa.string()),
        }
    )
    return write_table(table, folder, partition)


def _ranks(names: pa.Table) -> NDArray[np.int32]:
    """The place of each row in sorted order."""
    order = pc.sort_indices(names, [(name, "ascending") for name in names.column_names])
    ranks = np.empty(len(names), np.int32)
    ranks[order.to_numpy()] = np.arange(len(names))
    return ranks


def _texts(codes: NDArray[np.int32], names: pa.Array | pa.ChunkedArray) -> pa.DictionaryArray:
    texts = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), texts)
