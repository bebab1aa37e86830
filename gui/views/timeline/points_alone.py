"""Samples as points without lines: each in its pixel, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.step_curve import StepShape, no_holds

if TYPE_CHECKING:
    from gui.views.timeline.reduction import ColumnGrid, Columns
    from gui.views.timeline.trace import LineTrace


# So many samples are looked at one by one.
_MOST = 400_000


def point_shape(trace: LineTrace, columns: Columns, grid: ColumnGrid) -> tuple[StepShape, bool]:
    """The samples in sight as points, and whether there are so many that the smallest and largest of buckets do.

    A column usually has four buckets at least: what is left out lies between two points of its bucket.
    """
    level = trace.buckets.level(grid.shift)
    if level is None and columns.samples > _MOST:
        # Most samples lie in a small part of the time, for which there are no buckets.
        ends = np.concatenate((columns.low, columns.high))
        return no_holds(np.concatenate((columns.column, columns.column)), ends), True
    if level is None:
        first = columns.before + 1
        sight = slice(first, first + columns.samples)
        return no_holds(grid.column_of(trace.time[sight]), trace.value[sight]), False
    border = np.clip((grid.edges >> grid.shift) - level.first, 0, len(level.low))
    column = np.repeat(np.arange(grid.count), np.diff(border))
    low, high = level.low[border[0] : border[-1]], level.high[border[0] : border[-1]]
    filled = np.flatnonzero(low <= high)
    column, low, high = column[filled], low[filled], high[filled]
    wide = low < high
    return no_holds(np.concatenate((column, column[wide])), np.concatenate((low, high[wide]))), True
