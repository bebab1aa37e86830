"""The strokes of curves, and those of steps: a value holds until the next one comes, and not across gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPen

from gui.views.timeline.painting import fill_rects

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame, ValueScale
    from gui.views.timeline.reduction import ColumnGrid, Columns
    from gui.views.timeline.trace import LineTrace

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# Samples are marked as points where they stand at least this many logical pixels from their neighbours.
POINT_DISTANCE = 9
# More points than this tell less than the strokes alone.
_MOST_POINTS = 400
NO_COLUMNS = np.empty(0, np.int64)
NO_VALUES = np.empty(0)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Straight lines: where each begins and ends, in columns and in values."""

    from_x: Floats
    from_value: Floats
    to_x: Floats
    to_value: Floats


NO_SLOPES = Slopes(NO_VALUES, NO_VALUES, NO_VALUES, NO_VALUES)


# Not frozen: there is one for every line in every frame, and freezing makes them five times as slow to make.
@dataclass(slots=True, eq=False)
class StepShape:
    """Strokes of a curve. Columns are those of the grid, values those of the line.

    Attributes:
        x: int64, columns with a vertical stroke.
        low: its lower end.
        high: its upper end.
        left: int64, columns where a hold begins.
        right: int64, columns where it ends.
        level: its value.
        stale: bool, whether the hold spans a gap: the last known value, drawn faintly.
        point_x: int64, columns of samples to be marked as points.
        point_value: their values.
        slopes: lines that are neither horizontal nor vertical.
    """

    x: Ints
    low: Floats
    high: Floats
    left: Ints
    right: Ints
    level: Floats
    stale: NDArray[np.bool_]
    point_x: Ints
    point_value: Floats
    slopes: Slopes = field(default=NO_SLOPES)

    def extremes(self) -> tuple[float, float] | None:
        """The smallest and largest value in sight, None where there is none."""
        shared = (self.level, self.point_value, self.slopes.from_value, self.slopes.to_value)
        lows = [float(values.min()) for values in (self.low, *shared) if len(values)]
        highs = [float(values.max()) for values in (self.high, *shared) if len(values)]
        return (min(lows), max(highs)) if lows else None


def no_holds(
    point_x: Ints,
    point_value: Floats,
    *,
    x: Ints = NO_COLUMNS,
    low: Floats = NO_VALUES,
    high: Floats = NO_VALUES,
    slopes: Slopes = NO_SLOPES,
) -> StepShape:
    """The strokes of a curve whose values do not hold."""
    return StepShape(x, low, high, NO_COLUMNS, NO_COLUMNS, NO_VALUES, NO_COLUMNS > 0, point_x, point_value, slopes)


def step_shape(
    trace: LineTrace, columns: Columns, grid: ColumnGrid, data_end: int, point_distance: int | None
) -> StepShape:
    """The strokes that a line's columns need.

    Args:
        data_end: microseconds; how far the last known value is held.
        point_distance: in columns; see POINT_DISTANCE. Without one no samples are marked.
    """
    data_end = min(data_end, trace.known_until)
    x = columns.column
    value = trace.value
    if len(x) == grid.count > 1 != point_distance and columns.before >= 0 and not _has_gap(columns, trace):
        # Strokes side by side from edge to edge leave no room for holds and points.
        held = value[columns.first - 1]
        low, high = np.minimum(columns.low, held), np.maximum(columns.high, held)
        return StepShape(x, low, high, NO_COLUMNS, NO_COLUMNS, NO_VALUES, NO_COLUMNS > 0, NO_COLUMNS, NO_VALUES)
    # The sample that is held when a column begins; -1 where nothing is known yet.
    entering = _joined(columns.before, columns.last)
    held = value.take(entering, mode="clip") if len(value) else np.zeros(len(entering))
    stale = before_gap(entering, trace)
    is_joined = ~stale[:-1]
    if columns.before < 0:
        is_joined[:1] = False
    low, high = np.minimum(columns.low, held[:-1]), np.maximum(columns.high, held[:-1])
    if not is_joined.all():
        alone = np.flatnonzero(~is_joined)
        low[alone], high[alone] = columns.low[alone], columns.high[alone]

    left = _joined(0, x)
    right = np.empty_like(left)
    right[:-1], right[-1] = x, _end_of_hold(int(entering[-1]), trace, grid, data_end)
    # Neighbouring columns touch: the next one's stroke reaches down to the value that is held.
    length = right - left
    drawn = length > 1
    drawn |= stale & (length > 0)
    drawn[0] = columns.before >= 0 and length[0] > 0
    if not trace.lasts:
        drawn &= ~stale
    holds = np.flatnonzero(drawn)

    points = NO_COLUMNS if point_distance is None else marked_points(columns, is_joined, stale, point_distance)
    points = points[~np.isin(columns.last[points], trace.ends)] if len(trace.ends) else points
    return StepShape(
        x, low, high, left[holds], right[holds], held[holds], stale[holds], x[points], value[columns.last[points]]
    )


def _joined(first: int, others: Ints) -> Ints:
    """One number before others."""
    joined = np.empty(len(others) + 1, np.int64)
    joined[0], joined[1:] = first, others
    return joined


def before_gap(samples: Ints, trace: LineTrace) -> NDArray[np.bool_]:
    """Which samples are followed by a gap; the last sample of all is."""
    last = np.equal(samples, len(trace) - 1)
    if len(trace.gaps) == 0:
        return last
    place = np.minimum(np.searchsorted(trace.gaps, samples), len(trace.gaps) - 1)
    return np.logical_or(last, np.equal(trace.gaps[place], samples))


def _has_gap(columns: Columns, trace: LineTrace) -> bool:
    """Whether a gap comes after the sample before the view, or after one of those in sight but the last."""
    first, end = np.searchsorted(trace.gaps, (columns.before, columns.last[-1])).tolist()
    return bool(first < end)


def _end_of_hold(sample: int, trace: LineTrace, grid: ColumnGrid, data_end: int) -> int:
    if sample == len(trace) - 1 and data_end < grid.end:
        return max(int(grid.column_of(np.array([data_end]))[0]), 0)
    return grid.count - 1


def marked_points(columns: Columns, is_joined: NDArray[np.bool_], stale: NDArray[np.bool_], distance: int) -> Ints:
    """Which columns are marked: samples with room around them, and lone ones between two gaps."""
    room = columns.column[1:] - columns.column[:-1] >= distance
    spaced = np.ones(len(columns.column), np.bool_)
    spaced[1:] = room
    spaced[:-1] &= room
    single = columns.first == columns.last
    lone = single & ~is_joined & stale[1:]
    for chosen in (np.flatnonzero(single & (spaced | lone)), np.flatnonzero(lone)):
        if len(chosen) <= _MOST_POINTS:
            return chosen
    return NO_COLUMNS


def paint_shape(
    painter: QPainter, shape: StepShape, scale: ValueScale, frame: Frame, color: QColor, width: float
) -> None:
    """Paints strokes in device pixels; the painter's origin is the plot's top left corner.

    Args:
        width: of strokes, in logical pixels.
    """
    device = max(1, round(width * frame.scale))
    before, after = (device - 1) // 2, device // 2
    if len(shape.left):
        thin = max(1, round(frame.scale))
        level = scale.rows(shape.level)
        stale = shape.stale
        faint = frame.colors.faint(color, 0.45)
        fill_rects(painter, shape.left[stale], level[stale], shape.right[stale], level[stale] + thin - 1, faint)
        left, right, level = shape.left[~stale], shape.right[~stale], level[~stale]
        fill_rects(painter, left, level, right, level, color, before, after)
    if len(shape.x):
        rows = scale.whole_rows(np.concatenate((shape.high, shape.low)))
        top, bottom = rows[: len(shape.x)], rows[len(shape.x) :]
        fill_rects(painter, shape.x, top, shape.x, bottom, color, before, after)
    if len(shape.slopes.from_x):
        _paint_slopes(painter, shape.slopes, scale, frame, color, width)
    if len(shape.point_x) == 0:
        return
    if len(shape.point_x) <= _MOST_POINTS:
        _paint_points(painter, shape, scale, frame, color, width)
    else:
        _paint_many_points(painter, shape, scale, frame, color, width)


def _paint_slopes(
    painter: QPainter, slopes: Slopes, scale: ValueScale, frame: Frame, color: QColor, width: float
) -> None:
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    painter.setPen(QPen(color, width * frame.scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    ends = (slopes.from_x, scale.places(slopes.from_value), slopes.to_x, scale.places(slopes.to_value))
    painter.drawLines([QLineF(*line) for line in zip(*(end.tolist() for end in ends), strict=True)])
    painter.setRenderHint(painter.RenderHint.Antialiasing, False)


def _paint_points(
    painter: QPainter, shape: StepShape, scale: ValueScale, frame: Frame, color: QColor, width: float
) -> None:
    radius, rows = (2.4 + width / 2) * frame.scale, scale.rows(shape.point_value)
    frame.cache.draw_discs(painter, shape.point_x, rows, radius, color, frame.colors.plot, frame.scale)


def _paint_many_points(
    painter: QPainter, shape: StepShape, scale: ValueScale, frame: Frame, color: QColor, width: float
) -> None:
    """Points as squares; of those in one pixel one is enough."""
    rows = scale.rows(shape.point_value)
    seen = (rows >= 0) & (rows < scale.height)
    cell = shape.point_x[seen] * scale.height + rows[seen]
    taken = np.zeros(frame.grid.count * scale.height, np.bool_)
    taken[cell] = True
    column, row = np.divmod(np.flatnonzero(taken), scale.height)
    device = max(1, round(width * frame.scale))
    before, after = (device - 1) // 2, device // 2
    fill_rects(painter, column - before, row - before, column + after, row + after, color)
