"""The bands of states: what is in sight of them, and all lanes' bands painted together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QBrush, QImage

from gui.views.timeline.frame import ground_row
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.pixel_canvas import ByteRuns, paints_pixels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.reduction import ColumnGrid
    from gui.views.timeline.trace import StateTrace

    Ints = NDArray[np.int64]

# A state as short as this is still seen.
_NARROWEST = 2
# Bands that reach further than so many columns have a line where they begin.
_LEAST_LINED = 3


NO_CODES, NO_MOMENTS = np.empty(0, np.int32), np.empty(0, np.int64)
# Of a lane with more runs in sight than so many a column those are looked for that are the last ones of their columns.
_MANY = 4


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of lanes in sight, lane after lane, in each one a column at most, from left to right.

    Attributes:
        lane: int64, the number of the lane of each.
        run: int64, index of the run in its trace.
        code: int32, index of the state in its trace's names.
        left: int64, first column of the grid.
        right: int64, last column where the state is known; left of left where that was before the view.
        until: int64, last column where it is the last known one, at least left and right.
        several: whether others began in the same column.
        mixed: int64, columns in which several runs begin.
        mixed_lane: int64, the lane of each of those, ascending.
    """

    lane: Ints
    run: Ints
    code: NDArray[np.int32]
    left: Ints
    right: Ints
    until: Ints
    several: NDArray[np.bool_]
    mixed: Ints
    mixed_lane: Ints

    def chosen(self, which: NDArray[np.bool_]) -> Bands:
        """Some of the bands, and all columns in which several runs begin."""
        ends = self.left[which], self.right[which], self.until[which]
        states = self.lane[which], self.run[which], self.code[which]
        return Bands(*states, *ends, self.several[which], self.mixed, self.mixed_lane)


def covered_columns(frame: Frame) -> int:
    """How far bands may reach that columns of several runs cover; see reduce_lanes."""
    # Others get a line where they begin.
    return min(round(_NARROWEST * frame.scale) - 1, _LEAST_LINED)


def reduce_bands(trace: StateTrace, grid: ColumnGrid, data_end: int) -> Bands:
    """The runs of one lane that are the last to begin in their column, and the columns where others began too."""
    return reduce_lanes([trace], grid, [data_end])


def reduce_lanes(traces: Sequence[StateTrace], grid: ColumnGrid, data_ends: Sequence[int], covered: int = -1) -> Bands:
    """As reduce_bands, of many lanes at once: lane by lane, the calls alone would take too long.

    Args:
        data_ends: microseconds; of each lane how far its last known state is held.
        covered: bands that begin in columns of several runs are left out where they reach this many columns at most
            further.
    """
    edges = grid.edges[[0, -1]]
    # From the run on that has begun before the view.
    spans = [
        (max(first - 1, 0), last) for first, last in (trace.start.searchsorted(edges).tolist() for trace in traces)
    ]
    chosen: list[slice | Ints] = [slice(*span) for span in spans]
    shift, many = [first for first, _ in spans], []
    for number, (first, last) in enumerate(spans):
        if last - first > _MANY * grid.count:
            chosen[number], shift[number] = _last_ones(traces[number].start, first, last, grid), 0
            many.append(number)
    starts = [trace.start[mine] for trace, mine in zip(traces, chosen, strict=True)]
    counts = np.array([len(mine) for mine in starts], np.int64)
    offset = np.cumsum(counts) - counts
    column = _columns(starts, int(counts.sum()), grid)
    # The last one of each lane in each column, and whether it is the only one.
    is_last = np.ones(len(column), np.bool_)
    np.not_equal(column[1:], column[:-1], out=is_last[:-1])
    is_last[offset[1:][offset[1:] > 0] - 1] = True
    place = np.flatnonzero(is_last)
    lane_ends = np.searchsorted(place, offset + counts)
    several = np.diff(place, prepend=-1) > 1
    lane = np.repeat(np.arange(len(traces)), np.diff(lane_ends, prepend=0))
    mixed = np.flatnonzero(several)
    mixed_lane, mixed = lane.take(mixed), column.take(place.take(mixed)).astype(np.int64)
    # The first column belongs to the run before the view unless another one begins right there.
    first = np.maximum(column.take(place), 0)
    following = np.append(first[1:], first[:1]) - 1
    following[lane_ends[lane_ends > 0] - 1] = grid.count - 1
    reach = following - first
    kept = np.flatnonzero((reach >= 0) & ~(several & (reach <= covered)))
    place, lane, several = place.take(kept), lane.take(kept), several.take(kept)
    left = first.take(kept).astype(np.int64)
    following = left + reach.take(kept)
    run = place + (np.array(shift, np.int64) - offset).take(lane)
    for number in many:
        mine, ones = lane == number, chosen[number]
        assert not isinstance(ones, slice)
        run[mine] = ones[run[mine]]
    of_lane = np.searchsorted(lane, np.arange(len(traces) + 1)).tolist()
    parts = [(trace, run[first:end]) for trace, (first, end) in zip(traces, pairwise(of_lane), strict=True)]
    code = np.concatenate([NO_CODES, *(trace.code.take(mine) for trace, mine in parts)])
    end = np.concatenate([NO_MOMENTS, *(trace.end.take(mine) for trace, mine in parts)])
    ends_at = np.concatenate([NO_MOMENTS, *(trace.until.take(mine) for trace, mine in parts)])
    # Where no gap comes after a run it ends where the next one begins.
    right = following.copy()
    ends = np.flatnonzero(end != ends_at)
    right[ends] = np.minimum(grid.column_of(end[ends]), following[ends])
    # Only the last ones reach beyond the end of data.
    until = following.copy()
    data_end = np.array(data_ends, np.int64)
    held = np.flatnonzero(ends_at > data_end.take(lane))
    last_column = np.minimum(grid.column_of(data_end), grid.count - 1)
    until[held] = np.maximum(np.minimum(last_column.take(lane[held]), following[held]), right[held])
    bands = Bands(lane, run, code, left, right, until, several, mixed, mixed_lane)
    seen = until >= left
    return bands if seen.all() else bands.chosen(seen)


def _columns(times: Sequence[Ints], count: int, grid: ColumnGrid) -> NDArray[np.int32]:
    """The columns of times of lanes, lane after lane: what is worked on stays in the processor's cache."""
    columns, first = np.empty(count, np.int32), 0
    table = grid.column_table() if count > 2 * grid.count else None
    for mine in times:
        columns[first : first + len(mine)] = grid.columns_in_sight(mine, table)
        first += len(mine)
    return columns


def _last_ones(start: Ints, first: int, last: int, grid: ColumnGrid) -> Ints:
    """Of the runs from the first one to the one before the last those that tell what columns show.

    These are the run before the view, the last one of each column, and another one of columns that have several.
    """
    bounds = start[first:last].searchsorted(grid.edges) + first
    begun = np.diff(bounds)
    ends = bounds[1:][begun > 0] - 1
    before = bounds[:1] - 1
    return np.sort(np.concatenate((before[before >= 0], ends, bounds[1:][begun > 1] - 2)))


def paint_bands(
    painter: QPainter, bands: Bands, number: Ints, rooms: Sequence[QRect], pale: Sequence[bool], frame: Frame
) -> None:
    """Paints the bands of lanes in device pixels, one colour after the other: much quicker than lane by lane.

    Args:
        number: int64, of each band the number of its state.
        rooms: of each lane its bands' place in device pixels.
        pale: of each lane whether others are selected.
    """
    if not rooms:
        return
    narrowest = round(_NARROWEST * frame.scale) - 1
    lane, left, right, until = bands.lane, bands.left, bands.right, bands.until
    # The others are covered by what columns of several runs look like.
    seen = ~bands.several | (until > left + narrowest)
    # Two numbers a state: pale and not.
    look = 2 * number + np.array(pale, np.int64).take(lane)
    held, known = np.flatnonzero(seen & (until > right)), np.flatnonzero(seen & (right >= left))
    target = (_RowsOfPixels if paints_pixels(painter) else _Rectangles)(painter, rooms, frame)
    for color, mine in _by_color(held, look, frame):
        target.fill(lane.take(mine), left.take(mine), until.take(mine), frame.colors.faint(color, 0.38))
    for color, mine in _by_color(known, look, frame):
        begin = left.take(mine)
        target.fill(lane.take(mine), begin, np.maximum(right.take(mine), begin + narrowest), color)
    target.fill(*_stretches(bands, narrowest), frame.colors.muted)
    # A fine line where one band ends and the next begins tells equal colours apart.
    lines = np.flatnonzero((left > 0) & (until - left > _LEAST_LINED))
    target.fill(lane[lines], left[lines], left[lines], frame.colors.plot)
    target.finish()


def _by_color(bands: Ints, look: Ints, frame: Frame) -> Iterator[tuple[QColor, Ints]]:
    """The bands of each look, with its colour."""
    looks = look.take(bands)
    for number in np.flatnonzero(np.bincount(looks)).tolist():
        yield _color(number, frame), bands[looks == number]


class _Rectangles:
    """Bands as shapes."""

    def __init__(self, painter: QPainter, rooms: Sequence[QRect], frame: Frame) -> None:
        self._painter = painter
        self._left, self._top, self._bottom = (
            np.array([edge(room) for room in rooms], np.int64) for edge in (QRect.left, QRect.top, QRect.bottom)
        )

    def fill(self, lane: Ints, left: Ints, right: Ints, color: QColor) -> None:
        """Fills columns of lanes."""
        shift = self._left[lane]
        fill_rects(self._painter, left + shift, self._top[lane], right + shift, self._bottom[lane], color)

    def finish(self) -> None:
        """Nothing: all is painted."""


class _RowsOfPixels:
    """Bands as rows of pixels, one a lane, that are repeated downwards: much quicker than a call for each band."""

    def __init__(self, painter: QPainter, rooms: Sequence[QRect], frame: Frame) -> None:
        self._painter, self._rooms = painter, rooms
        self._width = frame.grid.count
        self._ground = ground_row(self._width, frame)
        # One byte a pixel: the number of its colour, 0 for the ground.
        self._pixels = ByteRuns(self._width * len(rooms))
        self._colors = [0]

    def fill(self, lane: Ints, left: Ints, right: Ints, color: QColor) -> None:
        """Fills columns of lanes."""
        if len(lane):
            self._colors.append(color.rgb())
            length = np.minimum(right, self._width - 1) - left + 1
            self._pixels.fill(lane * self._width + left, length, len(self._colors) - 1)

    def finish(self) -> None:
        """Paints the rows."""
        numbers = self._pixels.values.reshape(len(self._rooms), self._width)
        rows = np.array(self._colors, np.uint32).take(numbers)
        np.copyto(rows, self._ground, where=numbers == 0)
        for row, room in zip(rows, self._rooms, strict=True):
            self._painter.setBrushOrigin(room.topLeft())
            pixels = row.tobytes()
            brush = QBrush(QImage(pixels, self._width, 1, QImage.Format.Format_RGB32))
            self._painter.fillRect(room.x(), room.y(), self._width, room.height(), brush)
        self._painter.setBrushOrigin(0, 0)


def _stretches(bands: Bands, wider: int) -> tuple[Ints, Ints, Ints]:
    """Columns of several runs, each so much wider to the right, as stretches without holes: lane, first, last one."""
    columns, lanes = bands.mixed, bands.mixed_lane
    apart = (columns[1:] - columns[:-1] > wider + 1) | (lanes[1:] != lanes[:-1])
    breaks = np.flatnonzero(apart)
    ends = np.append(breaks, len(columns) - 1)[: len(breaks) + min(len(columns), 1)]
    return lanes[ends], columns[np.append(0, breaks + 1)[: len(ends)]], columns[ends] + wider


def _color(look: int, frame: Frame) -> QColor:
    color = frame.colors.band(look // 2)
    return frame.colors.faint(color, 0.5) if look % 2 else color
