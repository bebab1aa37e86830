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
    message = _array(table, "message")
    if len(np.unique(message)) < len(message):
        columns = [_array(table, "item"), message, _array(table, "place"), _array(table, "number")]
        # What stood earlier stays earlier among equals.
        order = np.lexsort(columns)
        same = np.logical_and.reduce([np.diff(column[order]) == 0 for column in columns])
        again[order[1:][same]] = True
    return again


def _array(table: pa.Table, name: str) -> NDArray[np.int64]:
    found: NDArray[np.int64] = table.column(name).to_numpy()
    return found
