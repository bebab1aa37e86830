"""The bands of states: what is in sight of them, and all lanes' bands painted together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QBrush, QImage

from gui.views.timeline.frame import ground_row
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.pixel_canvas import paints_pixels, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.reduction import ColumnGrid
    from gui.views.timeline.trace import StateTrace

    Ints = NDArray[np.int64]

# A state as short as this is still seen.
_NARROWEST = 2


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands in sight, one a column at most, from left to right; columns are those of the grid.

    Attributes:
        run: int64, index of the run in its trace.
        left: int64, first column.
        right: int64, last column where the state is known; left of left where that was before the view.
        until: int64, last column where it is the last known one, at least left and right.
        mixed: int64, columns in which several runs begin.
    """

    run: Ints
    left: Ints
    right: Ints
    until: Ints
    mixed: Ints


def reduce_bands(trace: StateTrace, grid: ColumnGrid, data_end: int) -> Bands:
    """The runs that are the last to begin in their column, and the columns where others began too."""
    # What is in sight alone is searched through.
    first, last = trace.start.searchsorted(grid.edges[[0, -1]]).tolist()
    bounds = trace.start[first:last].searchsorted(grid.edges) + first
    begun = bounds[1:] - bounds[:-1]
    filled = np.flatnonzero(begun)
    run = bounds[1:][filled] - 1
    left = filled.astype(np.int64)
    mixed = filled[begun[filled] > 1]
    if bounds[0] > 0:
        # The run that has begun before the view; the first column is its own unless another begins right there.
        run, left = np.append(bounds[0] - 1, run), np.append(0, left)
    following = np.append(left[1:], grid.count) - 1
    last_column = min(int(grid.column_of(np.array([data_end]))[0]), grid.count - 1)
    right = following.copy()
    # Where no gap comes after a run it ends where the next one begins.
    ends = np.flatnonzero(trace.end[run] != trace.until[run])
    right[ends] = np.minimum(grid.column_of(trace.end[run[ends]]), following[ends])
    until = np.maximum(np.where(trace.until[run] > data_end, np.minimum(last_column, following), following), right)
    seen = until >= left
    return Bands(run[seen], left[seen], right[seen], until[seen], mixed)


class PaintedBands(NamedTuple):
    """The bands of one lane, and how they are painted.

    Attributes:
        bands: those in sight.
        number: int64, of each band the number of its state.
        room: the bands' place in device pixels.
        pale: whether others are selected.
    """

    bands: Bands
    number: Ints
    room: QRect
    pale: bool


def paint_bands(painter: QPainter, lanes: Sequence[PaintedBands], frame: Frame) -> None:
    """Paints the bands of lanes in device pixels, one colour after the other: much quicker than lane by lane."""
    if not lanes:
        return
    narrowest = round(_NARROWEST * frame.scale) - 1
    counts = [len(lane.number) for lane in lanes]
    left, right, until, seen = (
        np.concatenate(parts)
        for parts in zip(*((b.left, b.right, b.until, _seen(b, narrowest, frame)) for b, *_ in lanes), strict=True)
    )
    # Two numbers a state: pale and not.
    look = np.concatenate([2 * lane.number + lane.pale for lane in lanes])
    # A fine line where one band ends and the next begins tells equal colours apart.
    lines = np.flatnonzero((left > 0) & (until - left > 3))
    widened = np.maximum(right, left + narrowest)
    held, known = seen & (until > right), seen & (right >= left)
    stretches = [_stretches(lane.bands.mixed, narrowest) for lane in lanes]
    target = (_RowsOfPixels if paints_pixels(painter) else _Rectangles)(
        painter, [room for _, _, room, _ in lanes], frame
    )
    lane = np.repeat(np.arange(len(lanes)), counts)
    colors = {number: _color(number, frame) for number in np.flatnonzero(np.bincount(look)).tolist()}
    for number, color in colors.items():
        mine = np.flatnonzero(held & (look == number))
        target.fill(lane[mine], left[mine], until[mine], frame.colors.faint(color, 0.38))
    for number, color in colors.items():
        mine = np.flatnonzero(known & (look == number))
        target.fill(lane[mine], left[mine], widened[mine], color)
    begin, end = (np.concatenate(ends) for ends in zip(*stretches, strict=True))
    mixed = np.repeat(np.arange(len(lanes)), [len(ends) for ends, _ in stretches])
    target.fill(mixed, begin, end, frame.colors.muted)
    target.fill(lane[lines], left[lines], left[lines], frame.colors.plot)
    target.finish()


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
        self._pixels = np.tile(ground_row(self._width, frame), len(rooms))

    def fill(self, lane: Ints, left: Ints, right: Ints, color: QColor) -> None:
        """Fills columns of lanes."""
        right = np.minimum(right, self._width - 1)
        self._pixels[spread(lane * self._width + left, np.maximum(right - left + 1, 0), 1)] = color.rgb()

    def finish(self) -> None:
        """Paints the rows."""
        for number, room in enumerate(self._rooms):
            pixels = self._pixels[number * self._width : (number + 1) * self._width].tobytes()
            self._painter.setBrushOrigin(room.topLeft())
            brush = QBrush(QImage(pixels, self._width, 1, QImage.Format.Format_RGB32))
            self._painter.fillRect(QRect(room.x(), room.y(), self._width, room.height()), brush)
        self._painter.setBrushOrigin(0, 0)


def _seen(bands: Bands, narrowest: int, frame: Frame) -> NDArray[np.bool_]:
    """Which bands are more than what columns of several runs cover."""
    several = np.zeros(frame.grid.count, np.bool_)
    several[bands.mixed] = True
    seen: NDArray[np.bool_] = ~several[bands.left] | (bands.until > bands.left + narrowest)
    return seen


def _stretches(columns: Ints, wider: int) -> tuple[Ints, Ints]:
    """Ascending columns, each so much wider to the right, as stretches without holes."""
    breaks = np.flatnonzero(columns[1:] - columns[:-1] > wider + 1)
    ends = np.append(breaks, len(columns) - 1)[: len(breaks) + min(len(columns), 1)]
    return columns[np.append(0, breaks + 1)[: len(ends)]], columns[ends] + wider


def _color(look: int, frame: Frame) -> QColor:
    color = frame.colors.band(look // 2)
    return frame.colors.faint(color, 0.5) if look % 2 else color
