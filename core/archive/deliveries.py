"""Puts samples in order and shows each once, however often its message was delivered.

DuckDB can do both, but its preparations alone take longer than all the rest of reading one series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

# Odd numbers, which lose nothing of what they are multiplied with.
_FACTORS = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 1, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))


def each_once(table: pa.Table) -> pa.Table:
    """The samples of series by time, each as the delivery with the earliest time brought it.

    Args:
        table: number of the series, place of the name under which it was sent, time (int64), batch, ordinal, item and
            message of each sample. What has the same number, place, message and item is the same sample.

    Returns:
        the rows that stay, by number, time, batch, ordinal and item; the first names come last.
    """
    if not len(table):
        return table
    found = table.take(_in_order(table))
    again = _again(found)
    return found.filter(~again) if again.any() else found


def _in_order(table: pa.Table) -> NDArray[np.int64]:
    number, time = _array(table, "number"), _array(table, "time")
    order = np.lexsort((time, number))
    if np.any((np.diff(number[order]) == 0) & (np.diff(time[order]) == 0)):
        batches = table.column("batch").combine_chunks().dictionary_encode()
        names = batches.dictionary
        ranks = np.empty(len(names), np.int32)
        ranks[pc.sort_indices(names).to_numpy()] = np.arange(len(names))
        batch = ranks[batches.indices.to_numpy()]
        order = np.lexsort(
            (-_array(table, "place"), _array(table, "item"), _array(table, "ordinal"), batch, time, number)
        )
    return order


def _again(table: pa.Table) -> NDArray[np.bool_]:
    """Which rows say what an earlier one says."""
    again = np.zeros(len(table), np.bool_)
    columns = [_array(table, name) for name in ("item", "message", "place", "number")]
    # The same in all columns gives the same sum; the few others that do are told apart below.
    mixed = np.zeros(len(table), np.uint64)
    for column, factor in zip(columns, _FACTORS, strict=True):
        mixed += column.astype(np.uint64) * factor
    ascending = np.sort(mixed)
    several = ascending[1:][ascending[1:] == ascending[:-1]]
    if len(several):
        rows = np.flatnonzero(np.isin(mixed, several))
        # What stood earlier stays earlier among equals.
        rows = rows[np.lexsort([column[rows] for column in columns])]
        again[rows[1:][np.logical_and.reduce([np.diff(column[rows]) == 0 for column in columns])]] = True
    return again


def _array(table: pa.Table, name: str) -> NDArray[np.int64]:
    found: NDArray[np.int64] = table.column(name).to_numpy()
    return found
