"""Puts samples in order and shows each once, however often its message was delivered.

DuckDB can do both, but its preparations alone take longer than all the rest of reading one series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Odd numbers, which lose nothing of what they are multiplied with.
_FACTORS = tuple(np.uint64(one) for one in (0x9E3779B97F4A7C15, 1, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))

_NONE = np.empty(0, np.int64)


def each_once(table: pa.Table) -> tuple[pa.Table, pa.Table | None]:
    """The samples of series by time, each as the delivery with the earliest time brought it, and what came again.

    Args:
        table: number of the series, place of the name under which it was sent, time (int64), batch, ordinal, item and
            message of each sample. What has the same number, place, message and item is the same sample.

    Returns:
        the rows that stay, by number, time, batch, ordinal and item; the first names come last. And the other rows,
        each with the place of the one that stays for it (kept, int64) by which they ascend; None where all stay.
    """
    if not len(table):
        return table, None
    found = table.take(_in_order(table))
    again, first = _again(found)
    if not len(again):
        return found, None
    stays = np.ones(len(found), np.bool_)
    stays[again] = False
    kept = (np.cumsum(stays) - 1)[first]
    order = np.lexsort((again, kept))
    return found.filter(stays), found.take(again[order]).append_column("kept", pa.array(kept[order]))


def without(gone: NDArray[np.bool_], table: pa.Table, again: pa.Table | None) -> tuple[pa.Table, pa.Table | None]:
    """What each_once says without some of the rows that stay.

    Args:
        gone: a boolean a row.
    """
    if again is not None:
        kept = _array(again, "kept")
        kept = (np.cumsum(~gone) - 1)[kept[~gone[kept]]]
        again = again.filter(~gone[_array(again, "kept")]).drop_columns("kept").append_column("kept", pa.array(kept))
    return table.filter(~gone), again


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


def _again(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows that say what an earlier one says, and the first one that says it."""
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
        same = np.append(False, np.logical_and.reduce([np.diff(column[rows]) == 0 for column in columns]))
        first = np.maximum.accumulate(np.where(same, 0, np.arange(len(rows))))
        return rows[same], rows[first[same]]
    return _NONE, _NONE


def _array(table: pa.Table, name: str) -> NDArray[np.int64]:
    found: NDArray[np.int64] = table.column(name).to_numpy()
    return found
