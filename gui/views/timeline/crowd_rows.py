"""The steps of many lines as rows of pixels, where so much is in sight that each pass over its samples counts.

Rows of samples are small numbers that can be compared many at once, and the row of the smallest value is the lowest
row: what is painted is what Crowd.shape would give, pixel by pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from gui.views.timeline.pixel_canvas import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor

    from gui.views.timeline.crowd import Crowd
    from gui.views.timeline.frame import Frame, ValueScale
    from gui.views.timeline.pixel_canvas import PixelCanvas
    from gui.views.timeline.reduction import ColumnGrid

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Rows = NDArray[np.int16]

_Number = TypeVar("_Number", np.int64, np.float64, np.bool_)

# Up to so many samples in a column they are compared as two runs that overlap, all columns at once.
_LONGEST = 16
# Floor of the binary logarithm of numbers up to that.
_LOGARITHM = np.array([max(number.bit_length() - 1, 0) for number in range(_LONGEST + 1)], np.int64)


# While the view moves so many strokes are painted at most, and neighbours together where there are more.
_MOST_STROKES = 45_000
_MOST_BLOCKS = 150_000
# Blocks of neighbouring groups that are painted together.
_TOGETHER = 200_000
# Samples that are looked at together to find the smallest and the largest one of long ranges.
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Stroked:
    """What was painted.

    Attributes:
        columns: columns of lines with samples.
        is_reduced: whether some column of some line hides a sample.
    """

    columns: int
    is_reduced: bool


@dataclass(frozen=True, slots=True)
class _Groups:
    """The blocks of lines that share a column, line after line.

    Attributes:
        start: int64, the place of the first block of each.
        end: int64, the place after the last one.
        column: int64, which column; -1 for the block before the view.
        line: int64, which line.
        lasts: int64, the last group of each line.
    """

    start: Ints
    end: Ints
    column: Ints
    line: Ints
    lasts: Ints


@dataclass(frozen=True, slots=True)
class _Holds:
    """Where values of lines are held beyond their columns.

    Attributes:
        line: int64, which line, ascending.
        left: int64, the first column.
        right: int64, the last one.
        level: int64, the row.
        stale: whether a gap follows the value.
    """

    line: Ints
    left: Ints
    right: Ints
    level: Ints
    stale: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring lines of a crowd that look alike.

    Attributes:
        first: the first one.
        end: the one after the last.
        color: of their strokes.
        device: how wide strokes are, in device pixels.
    """

    first: int
    end: int
    color: QColor
    device: int

    def paint_holds(self, canvas: PixelCanvas, holds: _Holds, frame: Frame) -> None:
        """Paints those of its lines."""
        mine = slice(*np.searchsorted(holds.line, (self.first, self.end)).tolist())
        left, right, level, stale = holds.left[mine], holds.right[mine], holds.level[mine], holds.stale[mine]
        if stale.any():
            thin = max(1, round(frame.scale))
            low = level[stale]
            canvas.fill(left[stale], low, right[stale], low + thin - 1, frame.colors.faint(self.color, 0.45))
            left, right, level = left[~stale], right[~stale], level[~stale]
        before, after = (self.device - 1) // 2, self.device // 2
        canvas.fill(left - before, level - before, right + after, level + after, self.color)


class CrowdRows:
    """What a crowd has in sight.

    Args:
        data_end: microseconds; how far the last known value is held, of all lines or of each.
    """

    def __init__(self, crowd: Crowd, grid: ColumnGrid, data_end: int | Ints) -> None:
        self._crowd, self._grid = crowd, grid
        self._first, self._end = crowd.in_sight(grid)
        self.samples = int((self._end - self._first).sum())
        self._known_until = np.minimum(crowd.known_until, data_end)
        self._last_column = self._last_columns(grid)

    def _last_columns(self, grid: ColumnGrid) -> Ints:
        """Of each line the column up to which the last value in sight is held."""
        ends = (self._end == self._crowd.begin[1:]) & (self._known_until < grid.end)
        columns: Ints = np.where(ends, np.maximum(grid.column_of(self._known_until), 0), grid.count - 1)
        return columns

    @property
    def step(self) -> int:
        """How many columns are to be painted as one while the view moves: a power of two."""
        least = -(-len(self._crowd.lines) * self._grid.count // _MOST_STROKES)
        return 1 << (least - 1).bit_length()

    def painted(self, step: int) -> CrowdStrokes:
        """What is painted, so many columns as one; of more than one with neighbouring samples together."""
        if step == 1:
            for size in _sizes(len(self._crowd.time)):
                # While the view moves there is no time for that.
                self._crowd.blocks(size)
            return CrowdStrokes(self._crowd, self._grid, 1, self._last_column, self._first, self._end)
        *_, size = _sizes(self.samples)
        grid = self._grid.merged(step)
        return CrowdStrokes(self._crowd, grid, size, self._last_columns(grid), self._first, self._end)

    def extremes(self, first: int, end: int) -> tuple[float, float] | None:
        """The smallest and the largest value that is drawn of neighbouring lines, None where there is none."""
        crowd, lines = self._crowd, slice(first, end)
        start, until = self._first[lines].copy(), self._end[lines]
        before = np.flatnonzero(start > crowd.begin[:-1][lines])
        # What was known before the view is drawn unless it belongs to the past, or the next one comes at once.
        left = start[before] - 1
        following = np.where(
            start[before] < until[before],
            self._grid.column_of(crowd.time[np.minimum(start[before], len(crowd.time) - 1)]),
            self._last_column[lines][before],
        )
        held = (following > 0) & (crowd.lasts[lines][before] | ~crowd.gap[left])
        drawn = held | (~crowd.gap[left] & (start[before] < until[before]))
        start[before[drawn]] -= 1
        if not bool((start < until).any()):
            return None
        blocks = crowd.blocks(_BLOCK)
        inner = np.searchsorted(blocks.first, start), np.searchsorted(blocks.first, until, "right") - 1
        # The first block that begins inside, and where the last one begins: those between them are inside as a whole.
        edge = np.minimum(blocks.first[np.minimum(inner[0], len(blocks.first) - 1)], until)
        edge = np.where(inner[0] < inner[1], edge, until)
        rest = np.where(inner[0] < inner[1], blocks.first[inner[1]], until)
        found = [
            *_each(crowd.value, crowd.value, start, edge),
            *_each(blocks.low, blocks.high, *inner),
            *_each(crowd.value, crowd.value, rest, until),
        ]
        return min(low for low, _ in found), max(high for _, high in found)


def _sizes(samples: int) -> list[int]:
    """How many samples are taken together, up to what leaves few enough."""
    sizes = [1]
    while samples > sizes[-1] * _MOST_BLOCKS:
        sizes.append(4 * sizes[-1])
    return sizes


def _each(lows: Floats, highs: Floats, start: Ints, end: Ints) -> list[tuple[float, float]]:
    """The smallest and the largest value from all starts to their ends, none where all are empty."""
    chosen = spread(start, np.maximum(end - start, 0), 1)
    return [(float(lows.take(chosen).min()), float(highs.take(chosen).max()))] if len(chosen) else []


class CrowdStrokes:
    """What a crowd has in sight, in columns.

    Args:
        blocks: of its samples.
        size: how many samples a block has at most.
        last_column: int64, of each line the column up to which the last value in sight is held.
        first: int64, of each line the place of the first sample in sight.
        end: int64, of each line the place after the last one.
    """

    def __init__(self, crowd: Crowd, grid: ColumnGrid, size: int, last_column: Ints, first: Ints, end: Ints) -> None:
        self._crowd, self._grid = crowd, grid
        self._blocks = crowd.blocks(size)
        self._last_column = last_column
        self._is_exact = size == 1
        # From the block with the sample before the view on.
        begin = np.maximum(first - 1, crowd.begin[:-1])
        self._begin, self._end, self._inside = begin, end, np.empty(0, np.int64)
        if not self._is_exact:
            places = self._blocks.first
            self._begin = np.searchsorted(places, begin, "right") - 1
            self._end = np.searchsorted(places, end)
            following = np.append(places, len(crowd.time))[self._begin + 1]
            # Blocks that reach into the view stand at its edge.
            self._inside = np.flatnonzero((self._begin < self._end) & (following > first))
        self._table = grid.column_table()

    def paint(self, canvas: PixelCanvas, groups: Sequence[Group], scale: ValueScale, frame: Frame) -> Stroked:
        """Paints the steps of lines, as step_curve.paint_shape does, group after group."""
        counts = np.maximum(self._end - self._begin, 0)
        columns, is_reduced, together = 0, False, list[Group]()
        for group in groups:
            # Neighbours together: the calls alone would take long for each. Not too many, which no cache would hold.
            if together and (
                together[-1].end != group.first or int(counts[together[0].first : group.end].sum()) > _TOGETHER
            ):
                stroked = self._paint_neighbours(canvas, together, scale, frame)
                columns, is_reduced, together = columns + stroked.columns, is_reduced or stroked.is_reduced, []
            together.append(group)
        stroked = self._paint_neighbours(canvas, together, scale, frame)
        return Stroked(columns + stroked.columns, is_reduced or stroked.is_reduced)

    def _paint_neighbours(
        self, canvas: PixelCanvas, together: Sequence[Group], scale: ValueScale, frame: Frame
    ) -> Stroked:
        first, end = together[0].first, together[-1].end
        begin, until = self._begin[first:end], self._end[first:end]
        counts = np.maximum(until - begin, 0)
        spans = [(one, two) for one, two in zip(begin.tolist(), until.tolist(), strict=True) if one < two]
        if not spans:
            return Stroked(0, is_reduced=False)
        blocks = self._blocks
        column = self._grid.columns_in_sight(_joined(blocks.time, spans), self._table)
        starts = np.cumsum(counts) - counts
        inside = self._inside[(self._inside >= first) & (self._inside < end)] - first
        column[starts[inside]] = np.maximum(column[starts[inside]], 0)
        gap = _joined(blocks.gap, spans)
        groups = _groups(column, counts)
        value = _joined(blocks.last, spans)
        rows = top = bottom = scale.small_rows(value)
        if not self._is_exact:
            top, bottom = scale.small_rows(_joined(blocks.high, spans)), scale.small_rows(_joined(blocks.low, spans))
        tops, bottoms = _with_the_one_before(rows, top, bottom, gap, starts[counts > 0])
        strokes = np.flatnonzero(groups.column >= 0)
        start, stop = groups.start[strokes], groups.end[strokes]
        upper, lower = _extremes(tops, bottoms, start, stop)
        x, line = groups.column[strokes], groups.line[strokes] + first
        holds = self._holds(groups, first, rows, gap)
        is_inside = len(x) > 0 and int(upper.min()) >= 0 and int(lower.max()) < scale.height
        for group in together:
            group.paint_holds(canvas, holds, frame)
            mine = slice(*np.searchsorted(line, (group.first, group.end)).tolist())
            before, after = (group.device - 1) // 2, group.device // 2
            if group.device == 1 and is_inside:
                canvas.fill_columns(x[mine], upper[mine], lower[mine], group.color)
            elif self._is_exact:
                canvas.fill(x[mine] - before, upper[mine] - before, x[mine] + after, lower[mine] + after, group.color)
            else:
                # Columns are wider than any stroke.
                canvas.fill(x[mine], upper[mine] - before, x[mine], lower[mine] + after, group.color)
        return Stroked(len(strokes), not self._is_exact or _hides(value, start, stop))

    def _holds(self, groups: _Groups, first: int, rows: Rows, gap: NDArray[np.bool_]) -> _Holds:
        """Where values are held beyond their columns."""
        latest = groups.end - 1
        stale = gap[latest]
        # Only where the line's next column is not the next one there may be a hold.
        apart = np.ones(len(latest), np.bool_)
        np.not_equal(groups.column[1:] - groups.column[:-1], 1, out=apart[:-1])
        apart[groups.lasts] = True
        apart |= stale
        chosen = np.flatnonzero(apart)
        line = groups.line[chosen] + first
        following = np.minimum(chosen + 1, len(latest) - 1)
        is_last = (following == chosen) | (groups.line[following] + first != line)
        right = np.where(is_last, self._last_column[line], groups.column[following])
        left, stale = groups.column[chosen], stale[chosen]
        least = np.where(stale | (left < 0), 0, 1)
        left = np.maximum(left, 0)
        drawn = np.flatnonzero((right - left > least) & (self._crowd.lasts[line] | ~stale))
        level = rows[latest[chosen[drawn]]].astype(np.int64)
        return _Holds(line[drawn], left[drawn], right[drawn], level, stale[drawn])


def _joined(values: NDArray[_Number], spans: Sequence[tuple[int, int]]) -> NDArray[_Number]:
    """Some parts of an array, one after the other; that itself where they follow on each other."""
    if all(one[1] == other[0] for one, other in pairwise(spans)):
        return values[spans[0][0] : spans[-1][1]]
    return np.concatenate([values[first:end] for first, end in spans])


def _groups(column: NDArray[np.int16] | Ints, counts: Ints) -> _Groups:
    """Neighbours of one line in one column; counts are the samples of each line."""
    ends = np.cumsum(counts)
    begins = np.empty(len(column), np.bool_)
    begins[0] = True
    np.not_equal(column[1:], column[:-1], out=begins[1:])
    begins[(ends - counts)[counts > 0]] = True
    start = np.flatnonzero(begins)
    # Of each line: its groups lie between two places.
    places = np.searchsorted(start, ends)
    line = np.repeat(np.arange(len(counts)), np.diff(places, prepend=0))
    lasts = places[counts > 0] - 1
    return _Groups(start, np.append(start[1:], len(column)), column.take(start).astype(np.int64), line, lasts)


def _with_the_one_before(
    rows: Rows, top: Rows, bottom: Rows, gap: NDArray[np.bool_], starts: Ints
) -> tuple[Rows, Rows]:
    """Of each block the upper and the lower row, that of the value that was held until then among them.

    Args:
        rows: of the last value of each.
        gap: whether a gap follows.
        starts: where lines begin.
    """
    tops, bottoms = top.copy(), bottom.copy()
    np.minimum(top[1:], rows[:-1], out=tops[1:])
    np.maximum(bottom[1:], rows[:-1], out=bottoms[1:])
    for places in (np.flatnonzero(gap[:-1]) + 1, starts):
        tops[places], bottoms[places] = top[places], bottom[places]
    return tops, bottoms


def _extremes(top: Rows, bottom: Rows, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The uppermost and the lowest row from each start to its end; none is empty."""
    length = end - start
    longest = int(length.max(initial=1))
    if longest > _LONGEST:
        borders = np.stack((start, end), axis=1).reshape(-1)
        top, bottom = np.append(top, top[-1:]), np.append(bottom, bottom[-1:])
        upper = np.minimum.reduceat(top, borders)[::2]
        return upper.astype(np.int64), np.maximum.reduceat(bottom, borders)[::2].astype(np.int64)
    size = len(top)
    tops = np.empty((int(_LOGARITHM[longest]) + 1, size), np.int16)
    bottoms = np.empty_like(tops)
    tops[0], bottoms[0] = top, bottom
    for level in range(1, len(tops)):
        half = 1 << (level - 1)
        kept = size - 2 * half + 1
        np.minimum(tops[level - 1, :kept], tops[level - 1, half : half + kept], out=tops[level, :kept])
        np.maximum(bottoms[level - 1, :kept], bottoms[level - 1, half : half + kept], out=bottoms[level, :kept])
    one = _LOGARITHM.take(length)
    run = np.left_shift(1, one)
    one *= size
    other = one + end
    other -= run
    one += start
    every_top, every_bottom = tops.reshape(-1), bottoms.reshape(-1)
    upper = np.minimum(every_top.take(one), every_top.take(other))
    lower = np.maximum(every_bottom.take(one), every_bottom.take(other))
    return upper.astype(np.int64), lower.astype(np.int64)


def _hides(value: Floats, start: Ints, end: Ints) -> bool:
    """Whether some group has more than two samples that are not all the same."""
    more = np.flatnonzero(end - start > 2)
    for part in (more[:64], more):
        if len(part):
            borders = np.stack((start[part], end[part]), axis=1).reshape(-1)
            ended = value[: int(borders[-1])]
            if np.any(np.maximum.reduceat(ended, borders[:-1])[::2] > np.minimum.reduceat(ended, borders[:-1])[::2]):
                return True
    return False
