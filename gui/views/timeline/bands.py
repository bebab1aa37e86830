"""The bands of states: what is in sight of them, and all lanes' bands painted together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gui.views.timeline.painting import fill_rects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
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
    bounds = np.searchsorted(trace.start, grid.edges, "left")
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
    right = np.minimum(grid.column_of(trace.end[run]), following)
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
    shift = np.repeat([lane.room.left() for lane in lanes], counts)
    top = np.repeat([lane.room.top() for lane in lanes], counts)
    bottom = np.repeat([lane.room.bottom() for lane in lanes], counts)
    # A fine line where one band ends and the next begins tells equal colours apart.
    lines = np.flatnonzero((left > 0) & (until - left > 3))
    left, right, until = left + shift, right + shift, until + shift
    widened = np.maximum(right, left + narrowest)
    held, known = seen & (until > right), seen & (right >= left)
    colors = {number: _color(number, frame) for number in np.flatnonzero(np.bincount(look)).tolist()}
    for number, color in colors.items():
        mine = np.flatnonzero(held & (look == number))
        fill_rects(painter, left[mine], top[mine], until[mine], bottom[mine], frame.colors.faint(color, 0.38))
    for number, color in colors.items():
        mine = np.flatnonzero(known & (look == number))
        fill_rects(painter, left[mine], top[mine], widened[mine], bottom[mine], color)
    for bands, _, room, _ in lanes:
        begin, end = _stretches(bands.mixed, narrowest)
        ends = np.full(len(begin), room.top()), np.full(len(begin), room.bottom())
        fill_rects(painter, begin + room.left(), ends[0], end + room.left(), ends[1], frame.colors.muted)
    fill_rects(painter, left[lines], top[lines], left[lines], bottom[lines], frame.colors.plot)


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
