"""Columns of days that lie over each other: each line is cut at midnights after its strokes are found.

The columns of all passes stand side by side in one long grid, so that samples are reduced, held and cut off at gaps as
they are everywhere else, in one go. What has been found is then cut at the passes' edges and laid over each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.marks import Marks
from gui.views.timeline.reduction import ColumnGrid, Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.fleet.day_passes import DayPasses
    from gui.views.timeline.trace import LineTrace

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of strokes, each inside one pass, pass after pass.

    Attributes:
        source: int64, of which stroke.
        which: int64, in which pass, ascending.
        left: int64, first column in sight.
        right: int64, last one.
    """

    source: Ints
    which: Ints
    left: Ints
    right: Ints


class Folds:
    """The passes in sight in columns.

    Args:
        passes: of the days.
        grid: columns of times of day, microseconds since midnight.

    Attributes:
        passes: of the days.
        long: the columns of all passes; between those of two passes is one for what is out of sight.
    """

    def __init__(self, passes: DayPasses, grid: ColumnGrid) -> None:
        self.passes = passes
        self._grid = grid
        edges = np.clip(passes.base[:, None] + grid.edges, passes.start[:, None], passes.end[:, None]).reshape(-1)
        # Zero-width columns hold nothing: times of day that a pass does not have.
        self.long = ColumnGrid(int(edges[0]), max(int(edges[-1]), int(edges[0]) + 1), len(edges) - 1)
        self.long.edges = edges
        self._stride = grid.count + 1
        self._first = np.maximum(grid.column_of(passes.start - passes.base), 0)
        self._last = np.minimum(grid.column_of(passes.end - passes.base - 1), grid.count - 1)

    def cut(self, left: Ints, right: Ints) -> Pieces:
        """Ascending strokes from one long column to another, laid over each other."""
        first = left // self._stride
        count = right // self._stride - first + 1
        source = np.repeat(np.arange(len(left)), count)
        which = np.arange(len(source)) - np.repeat(np.cumsum(count) - count - first, count)
        origin = which * self._stride
        left = np.maximum(left[source] - origin, self._first[which])
        right = np.minimum(right[source] - origin, self._last[which])
        seen = np.flatnonzero(left <= right)
        return Pieces(source[seen], which[seen], left[seen], right[seen])

    def placed(self, columns: Ints) -> Pieces:
        """As cut, of strokes in one long column each."""
        which = columns // self._stride
        column = columns - which * self._stride
        seen = np.flatnonzero((column >= self._first[which]) & (column <= self._last[which]))
        if len(seen) < len(column):
            which, column = which[seen], column[seen]
        if np.any(which[1:] < which[:-1]):
            # Straight lines come sample after sample, not column after column.
            order = np.argsort(which, kind="stable")
            seen, which, column = seen[order], which[order], column[order]
        return Pieces(seen, which, column, column)

    def merged(self, step: int) -> Folds:
        """The same in columns of which each is so many."""
        return self if step == 1 else Folds(self.passes, self._grid.merged(step))

    def strokes(self, line: LineTrace) -> int:
        """How many strokes a line may have in all passes, upright and lying ones."""
        first, last = np.searchsorted(line.time, self.long.edges[[0, -1]])
        return min(2 * int(last - first), self.long.count)

    def reduce(self, line: LineTrace) -> Columns:
        """The long columns that hold a sample of a line."""
        edges, time = self.long.edges, line.time
        first, last = np.searchsorted(time, edges[[0, -1]]).tolist()
        if 2 * (last - first) > len(edges):
            bounds = time[first:last].searchsorted(edges) + first
            starts, ends = bounds[:-1], bounds[1:]
            filled = np.flatnonzero(ends > starts)
            starts, ends = starts[filled], ends[filled]
        elif last > first:
            column = self.long.column_of(time[first:last])
            begins = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
            filled, starts = column[begins], begins + first
            ends = np.append(starts[1:], last)
        else:
            filled = starts = ends = np.empty(0, np.int64)
        low, high = line.pyramid.extremes(starts, ends, neighbours=True)
        return Columns(filled, starts, ends - 1, low, high, last - first, first - 1)

    def columns_of(self, times: Ints) -> Ints:
        """The column of each moment by its time of day, -1 of those in none of the days."""
        which = self.passes.places(times)
        return np.where(which >= 0, self._grid.column_of(times - self.passes.base[which]), -1)

    def marks(self, marks: Marks) -> Marks:
        """Moments as times of day, ascending."""
        index, _, time = self.passes.folded(marks.time)
        order = np.argsort(time, kind="stable")
        index = index[order]
        return Marks(time[order], marks.sample[index], marks.code[index], marks.names)

    def shown(self, time: Ints, places: Ints, first: int, end: int) -> Ints:
        """Those of some places whose times of day are from one to before another, by time of day.

        Args:
            time: int64 microseconds, ascending.
            places: indices into time, ascending.
        """
        index, _, at = self.passes.folded(time[places])
        order = np.argsort(at, kind="stable")
        begin, behind = np.searchsorted(at[order], (first, end)).tolist()
        found: Ints = places[index[order[begin:behind]]]
        return found
