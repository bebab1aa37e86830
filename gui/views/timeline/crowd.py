"""Many short lines of one plot, reduced all at once: line by line, the calls alone would take too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.step_curve import NO_COLUMNS, NO_VALUES, StepShape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gui.views.timeline.reduction import ColumnGrid
    from gui.views.timeline.trace import LineTrace

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]

# Fewer lines are quick enough one by one; so are long ones, whose samples need not be touched.
_LINES = 24
_SAMPLES = 4_000_000


def is_crowd(lines: Sequence[LineTrace]) -> bool:
    """Whether lines are better reduced together."""
    return len(lines) > _LINES and sum(map(len, lines)) <= _SAMPLES


@dataclass(frozen=True, slots=True)
class CrowdShape:
    """The strokes of a crowd's lines.

    Attributes:
        shape: of all lines, line after line, without points.
        stroke_line: int64, which line each vertical stroke belongs to, ascending.
        hold_line: int64, which line each hold belongs to.
        samples: in sight.
        is_reduced: whether some column of some line hides a sample.
    """

    shape: StepShape
    stroke_line: Ints
    hold_line: Ints
    samples: int
    is_reduced: bool

    def of_lines(self, chosen: Truths) -> StepShape:
        """The strokes of some lines: one truth value a line."""
        shape, strokes, holds = self.shape, chosen[self.stroke_line], chosen[self.hold_line]
        return StepShape(
            shape.x[strokes],
            shape.low[strokes],
            shape.high[strokes],
            shape.left[holds],
            shape.right[holds],
            shape.level[holds],
            shape.stale[holds],
            NO_COLUMNS,
            NO_VALUES,
        )


class Crowd:
    """The samples of many lines, one line after the other."""

    def __init__(self, lines: Sequence[LineTrace]) -> None:
        self.lines = list(lines)
        self._time = np.concatenate([line.time for line in lines])
        self._value = np.concatenate([line.value for line in lines])
        self._begin = np.concatenate(([0], np.cumsum([len(line) for line in lines])))
        # Whether a gap follows, as it does after the last sample of all.
        self._gap = np.zeros(len(self._time), np.bool_)
        for line, begin in zip(lines, self._begin.tolist(), strict=False):
            self._gap[line.gaps + begin] = True
        self._gap[self._begin[1:] - 1] = True
        self._known_until = np.array([line.known_until for line in lines], np.int64)

    def shape(self, grid: ColumnGrid, data_end: int) -> CrowdShape:
        """What step_shape gives for each line, without points.

        Args:
            data_end: microseconds; how far the last known value is held.
        """
        begin, end = self._begin[:-1], self._begin[1:]
        first, last = (self._lower_bounds(moment) for moment in grid.edges[[0, -1]].tolist())
        counts = last - first
        line = np.repeat(np.arange(len(counts)), counts)
        index = np.arange(len(line)) + np.repeat(first - np.cumsum(counts) + counts, counts)
        column = _columns(self._time[index], grid)
        # Neighbours of one line in one column belong together.
        starts = np.flatnonzero(np.concatenate(([True], (np.diff(column) != 0) | (np.diff(line) != 0)))[: len(line)])
        x, of_line = column[starts], line[starts]
        earliest, latest = index[starts], index[np.append(starts[1:], len(index))[: len(starts)] - 1]
        value = self._value[index]
        low = np.minimum.reduceat(value, starts) if len(starts) else value
        high = np.maximum.reduceat(value, starts) if len(starts) else value
        is_reduced = bool(np.any((latest - earliest > 1) & (low < high)))

        joined = (earliest > begin[of_line]) & ~self._gap[earliest - 1]
        held = self._value[earliest - 1]
        low = np.where(joined, np.minimum(low, held), low)
        high = np.where(joined, np.maximum(high, held), high)

        # What was known before the first column, then what each column leaves behind.
        before = np.flatnonzero(first > begin)
        sample = np.concatenate((first[before] - 1, latest))
        hold_line = np.concatenate((before, of_line))
        left = np.concatenate((np.zeros(len(before), np.int64), x))
        # Up to the line's next column; the last one is held to the edge, and the last sample of all to the data's end.
        following = np.searchsorted(of_line, before, "left")
        ends = np.append(x, -1)
        ends_line = np.append(of_line, -1)
        following = np.concatenate((following, np.arange(1, len(x) + 1)))
        right = np.where(ends_line[following] == hold_line, ends[following], grid.count - 1)
        known_until = np.minimum(self._known_until, data_end)[hold_line]
        ends_here = (sample == end[hold_line] - 1) & (known_until < grid.end)
        right = np.where(ends_here, np.maximum(grid.column_of(known_until), 0), right)
        stale = self._gap[sample]
        least = np.where(stale, 0, 1)
        least[: len(before)] = 0
        drawn = right - left > least
        shape = StepShape(
            x,
            low,
            high,
            left[drawn],
            right[drawn],
            self._value[sample[drawn]],
            stale[drawn],
            NO_COLUMNS,
            NO_VALUES,
        )
        return CrowdShape(shape, of_line, hold_line[drawn], len(index), is_reduced)

    def _lower_bounds(self, moment: int) -> Ints:
        """For each line the place of the first sample that is not earlier than a moment."""
        low, high = self._begin[:-1].copy(), self._begin[1:].copy()
        while (open_ := low < high).any():
            middle = (low + high) // 2
            earlier = open_ & (self._time[np.minimum(middle, len(self._time) - 1)] < moment)
            low = np.where(earlier, middle + 1, low)
            high = np.where(open_ & ~earlier, middle, high)
        return low


def _columns(time: Ints, grid: ColumnGrid) -> Ints:
    """The columns of moments in sight."""
    first = int(grid.edges[0]) >> grid.shift
    buckets = (int(grid.edges[-1]) >> grid.shift) - first
    if buckets > 16 * grid.count:
        return grid.column_of(time)
    # Borders are borders of buckets: a table tells each bucket's column.
    table = np.searchsorted((grid.edges >> grid.shift) - first, np.arange(buckets), "right") - 1
    columns: Ints = table[(time >> grid.shift) - first]
    return columns
