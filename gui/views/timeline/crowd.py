"""Many short lines of one plot, reduced all at once: line by line, the calls alone would take too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.workspaces.layout import Shape
from gui.views.timeline.crowd_blocks import Blocks, blocks_of
from gui.views.timeline.step_curve import NO_COLUMNS, NO_VALUES, StepShape, no_holds
from gui.views.timeline.straight_line import Groups, line_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gui.views.timeline.reduction import ColumnGrid
    from gui.views.timeline.trace import LineTrace

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Fewer lines are quick enough one by one; so are long ones, whose samples need not be touched.
_LINES = 24
_SAMPLES = 4_000_000
# Up to so many samples in a column they are compared with each other, all at once.
_LONGEST = 16


def is_crowd(lines: Sequence[LineTrace]) -> bool:
    """Whether lines are better reduced together."""
    return len(lines) > _LINES and sum(map(len, lines)) <= _SAMPLES


@dataclass(frozen=True, slots=True)
class CrowdShape:
    """The strokes of a crowd's lines.

    Attributes:
        shape: of all lines, line after line.
        stroke_line: int64, which line each vertical stroke belongs to, ascending.
        hold_line: int64, which line each hold belongs to, ascending.
        point_line: int64, which line each point belongs to, ascending.
        samples: in sight.
        is_reduced: whether some column of some line hides a sample.
    """

    shape: StepShape
    stroke_line: Ints
    hold_line: Ints
    point_line: Ints
    samples: int
    is_reduced: bool

    def of_lines(self, first: int, end: int) -> StepShape:
        """The strokes of neighbouring lines: from the first one to the one before the end."""
        shape = self.shape
        strokes, holds, points = (
            slice(*np.searchsorted(lines, (first, end)).tolist())
            for lines in (self.stroke_line, self.hold_line, self.point_line)
        )
        return StepShape(
            shape.x[strokes],
            shape.low[strokes],
            shape.high[strokes],
            shape.left[holds],
            shape.right[holds],
            shape.level[holds],
            shape.stale[holds],
            shape.point_x[points],
            shape.point_value[points],
        )


@dataclass(frozen=True, slots=True)
class _Sight:
    """What a crowd has in sight: its samples, and the groups of those of one line in one column.

    Attributes:
        first: int64, of each line the first sample in sight.
        counts: int64, of each line how many are.
        column: int64, of each sample in sight.
        value: of each sample in sight.
        key: int64, of each group: its line times the number of columns, and its column.
        x: int64, of each group.
        earliest: int64, the first sample of each group.
        latest: int64, its last one.
        low: its smallest value.
        high: its largest.
    """

    first: Ints
    counts: Ints
    column: Ints
    value: Floats
    key: Ints
    x: Ints
    earliest: Ints
    latest: Ints
    low: Floats
    high: Floats

    @property
    def is_reduced(self) -> bool:
        """Whether some group hides a sample: it has more than two, which are not all the same."""
        return bool(np.any((self.latest - self.earliest > 1) & (self.low < self.high)))


class Crowd:
    """The samples of many lines, one line after the other.

    Args:
        before: a crowd whose blocks are taken over where it had all of these lines.

    Attributes:
        lines: of whose samples it consists.
        time: int64 microseconds of all samples.
        value: of all samples.
        begin: int64, where each line begins, and the end of the last one.
        gap: of each sample whether a gap follows, as it does after the last one of each line.
        known_until: int64 microseconds of each line.
        lasts: of each line whether its last known value is held.
    """

    def __init__(self, lines: Sequence[LineTrace], before: Crowd | None = None) -> None:
        self.lines = list(lines)
        self.time = np.concatenate([line.time for line in lines])
        self.value = np.concatenate([line.value for line in lines])
        self.begin = np.concatenate(([0], np.cumsum([len(line) for line in lines])))
        # So that no line is joined to another one.
        self.gap = np.zeros(len(self.time), np.bool_)
        for line, begin in zip(lines, self.begin.tolist(), strict=False):
            self.gap[line.gaps + begin] = True
        self.gap[self.begin[1:] - 1] = True
        self.known_until = np.array([line.known_until for line in lines], np.int64)
        self.lasts = np.array([line.lasts for line in lines], np.bool_)
        self._blocks: dict[int, Blocks] = {} if before is None else before._blocks_of(self)

    def blocks(self, size: int) -> Blocks:
        """So many samples of each line together, fewer before gaps."""
        if size not in self._blocks:
            self._blocks[size] = blocks_of(self.time, self.value, self.gap, self.begin, size)
        return self._blocks[size]

    def _blocks_of(self, other: Crowd) -> dict[int, Blocks]:
        """What is known of the blocks of another crowd, some or all of whose lines are these."""
        places = {id(line): number for number, line in enumerate(self.lines)}
        numbers = [places.get(id(line), -1) for line in other.lines]
        known = {size: blocks for size, blocks in self._blocks.items() if size > 1 and -1 not in numbers}
        return {size: blocks.of_lines(numbers, self.begin, other.begin) for size, blocks in known.items()}

    def shape(self, grid: ColumnGrid, data_end: int | Ints, shape: Shape = Shape.STEPS) -> CrowdShape:
        """What each line has alone, steps and straight lines without points that are marked.

        Args:
            data_end: microseconds; how far the last known value is held, of all lines or of each.
        """
        sight = self._sight(grid)
        if shape is Shape.POINTS:
            lines = np.repeat(np.arange(len(sight.counts)), sight.counts)
            found = no_holds(sight.column, sight.value)
            return CrowdShape(found, NO_COLUMNS, NO_COLUMNS, lines, len(lines), is_reduced=False)
        if shape is Shape.LINE:
            return self._straight(sight, grid)
        return self._steps(sight, grid, data_end)

    def _sight(self, grid: ColumnGrid) -> _Sight:
        first, last = self.in_sight(grid)
        counts = last - first
        time, value, index = self.time, self.value, None
        if int(counts.sum()) < len(time):
            index = np.arange(int(counts.sum())) + np.repeat(first - np.cumsum(counts) + counts, counts)
            time, value = time[index], value[index]
        column = _columns(time, grid)
        keys = column + np.repeat(np.arange(len(counts)) * grid.count, counts)
        # Neighbours of one line in one column belong together.
        begins = np.ones(len(keys), np.bool_)
        np.not_equal(keys[1:], keys[:-1], out=begins[1:])
        starts = np.flatnonzero(begins)
        ends = np.append(starts[1:], len(keys))[: len(starts)]
        low, high = _extremes(value, starts, ends)
        earliest, latest = (starts, ends - 1) if index is None else (index[starts], index[ends - 1])
        return _Sight(first, counts, column, value, keys[starts], column[starts], earliest, latest, low, high)

    def _steps(self, sight: _Sight, grid: ColumnGrid, data_end: int | Ints) -> CrowdShape:
        first, x, key = sight.first, sight.x, sight.key
        low, high = sight.low.copy(), sight.high.copy()
        joined = ~self.gap[sight.earliest - 1]
        held = self.value[sight.earliest - 1]
        np.minimum(low, held, out=low, where=joined)
        np.maximum(high, held, out=high, where=joined)

        # What was known before the first column, and what columns leave behind that are not followed at once.
        before = np.flatnonzero(first > self.begin[:-1])
        lonely = self.gap[sight.latest]
        lonely[:-1] |= key[1:] != key[:-1] + 1
        lonely[-1:] = True
        leaves = np.flatnonzero(lonely)
        sample = np.concatenate((first[before] - 1, sight.latest[leaves]))
        hold_line = np.concatenate((before, key[leaves] // grid.count))
        left = np.concatenate((np.zeros(len(before), np.int64), x[leaves]))
        # Up to the line's next column; the last one is held to the edge, and the last sample of all to the data's end.
        following = np.concatenate((np.searchsorted(key, before * grid.count), leaves + 1))
        ends = np.append(key, len(first) * grid.count)[following] - hold_line * grid.count
        right = np.where(ends < grid.count, ends, grid.count - 1)
        known_until = np.minimum(self.known_until, data_end)[hold_line]
        ends_here = (sample == self.begin[hold_line + 1] - 1) & (known_until < grid.end)
        right = np.where(ends_here, np.maximum(grid.column_of(known_until), 0), right)
        stale = self.gap[sample]
        least = np.where(stale, 0, 1)
        least[: len(before)] = 0
        drawn = np.flatnonzero((right - left > least) & (self.lasts[hold_line] | ~stale))
        drawn = drawn[np.argsort(hold_line[drawn], kind="stable")]
        shape = StepShape(
            x, low, high, left[drawn], right[drawn], self.value[sample[drawn]], stale[drawn], NO_COLUMNS, NO_VALUES
        )
        samples = int(sight.counts.sum())
        return CrowdShape(shape, key // grid.count, hold_line[drawn], NO_COLUMNS, samples, sight.is_reduced)

    def _straight(self, sight: _Sight, grid: ColumnGrid) -> CrowdShape:
        joined, following = ~self.gap[sight.earliest - 1], ~self.gap[sight.latest]
        groups = Groups(sight.x, sight.earliest, sight.latest, sight.low, sight.high, joined, following)
        inside = (sight.counts == 0) & (sight.first > self.begin[:-1]) & (sight.first < self.begin[1:])
        passing = np.flatnonzero(inside & ~self.gap[sight.first - 1])
        spans = line_spans(self.time, self.value, groups, sight.first[passing] - 1, grid)
        lines = np.append(sight.key // grid.count, passing)[spans.origin]
        order = np.argsort(lines, kind="stable")
        shape = no_holds(NO_COLUMNS, NO_VALUES, x=spans.column[order], low=spans.low[order], high=spans.high[order])
        return CrowdShape(shape, lines[order], NO_COLUMNS, NO_COLUMNS, int(sight.counts.sum()), sight.is_reduced)

    def in_sight(self, grid: ColumnGrid) -> tuple[Ints, Ints]:
        """For each line the place of the first sample in sight, and of the first one after those."""
        edges = grid.edges[[0, -1]]
        places = np.array([line.time.searchsorted(edges) for line in self.lines]) + self.begin[:-1, None]
        return places[:, 0], places[:, 1]


def _extremes(value: Floats, starts: Ints, ends: Ints) -> tuple[Floats, Floats]:
    """The smallest and the largest of value[start:end] for each pair; none is empty."""
    if len(starts) == 0:
        return value, value
    length = ends - starts
    longest = int(length.max())
    if longest > _LONGEST or len(value) > _LONGEST // 2 * len(starts):
        return np.minimum.reduceat(value, starts), np.maximum.reduceat(value, starts)
    # Short ranges are two that overlap, of a length that is a power of two: that is quicker than a call a range.
    low, high = value[starts], value[starts]
    lows = highs = value
    size = 1
    while 2 * size <= longest:
        lows, highs = np.minimum(lows[:-size], lows[size:]), np.maximum(highs[:-size], highs[size:])
        size *= 2
        mine = np.flatnonzero((length >= size) & (length < 2 * size))
        one, other = starts[mine], ends[mine] - size
        low[mine] = np.minimum(lows[one], lows[other])
        high[mine] = np.maximum(highs[one], highs[other])
    return low, high


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
