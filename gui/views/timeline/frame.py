"""What every row of the timeline needs to know to paint itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QBrush, QImage

from core.workspaces.layout import Shape
from gui.views.timeline.day_clock import DAY_CLOCK
from gui.views.timeline.elapsed import ELAPSED, elapsed_text
from gui.views.timeline.paint_cache import PaintCache, is_raster
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.time_ticks import moment_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray
    from PySide6.QtGui import QFont, QFontMetrics, QPainter

    from core.fleet.series import SeriesKey
    from gui.views.timeline.folding import Folds
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.reduction import ColumnGrid


# Rows of a plot's ground that are painted at once.
_ROWS = 80
# Values that are looked at together: what stays in the processor's cache.
_CHUNK = 1 << 15
# Rows lie up to twice the height and 64 beyond the first one.
MOST_SMALL_ROWS = 16_000
# Spans of values between these can be divided and divided by.
_SHORTEST, _LONGEST = 1e-290, 1e300


@dataclass(frozen=True, slots=True)
class Frame:
    """One view of time.

    Attributes:
        grid: one column a device pixel of the plots' width.
        scale: device pixels in a logical one.
        colors: of the theme.
        data_end: microseconds; the moment of the last sample of all series, also where times are no moments.
        grid_lines: int64 columns of fine vertical lines.
        day_lines: int64 columns of the lines where the date (or month, or year) changes.
        font: for labels.
        metrics: of the font.
        tz: the zone in which times are told.
        cache: of what is painted alike again and again.
        shifts: microseconds by which each vehicle's times are earlier than they were sent, by VIN; None where times are
            moments.
        folds: the days that lie over each other, of which the grid has the times of day; None where they do not.
        moves: whether the view moves: what takes too long for that may be painted in coarser columns.
    """

    grid: ColumnGrid
    scale: float
    colors: TimelineColors
    data_end: int
    grid_lines: NDArray[np.int64]
    day_lines: NDArray[np.int64]
    font: QFont
    metrics: QFontMetrics
    tz: tzinfo
    cache: PaintCache = field(default_factory=PaintCache)
    shifts: Mapping[str, int] | None = None
    folds: Folds | None = None
    moves: bool = False

    def columns_of(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of each time, by its time of day where days lie over each other; as of ColumnGrid.column_of."""
        return self.grid.column_of(times) if self.folds is None else self.folds.columns_of(times)

    def folded(self, marks: Marks) -> Marks:
        """Marks at times as the grid has them: where days lie over each other, at their times of day."""
        return marks if self.folds is None else self.folds.marks(marks)

    def column_of(self, time: int) -> int:
        """The column of one time."""
        return int(self.columns_of(np.array([time]))[0])

    @property
    def clock_tz(self) -> tzinfo:
        """As what the ticks tell times: as axis_tz, or as times of day."""
        return self.axis_tz if self.folds is None else DAY_CLOCK

    @property
    def axis_tz(self) -> tzinfo:
        """As what times are told: in the zone, or as counted from the first sample."""
        return self.tz if self.shifts is None else ELAPSED

    def data_end_of(self, vin: str) -> int:
        """The moment of the last sample of all series as one vehicle's times are told: nothing was known after it."""
        return self.data_end if self.shifts is None else self.data_end - self.shifts.get(vin, 0)

    def told(self, vin: str, time: int) -> str:
        """A time of one vehicle for reading: the moment, after what is counted where it is counted."""
        if self.shifts is None:
            return moment_text(time, self.tz)
        moment = moment_text(time + self.shifts.get(vin, 0), self.tz, with_offset=True)
        return f"{elapsed_text(time)} ({moment})"


@dataclass(frozen=True, slots=True)
class ValueScale:
    """Values to device rows and back.

    Attributes:
        low: the value at the lower edge.
        high: the value at the upper edge, greater than low.
        height: device rows.
    """

    low: float
    high: float
    height: int

    def rows(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row of each value, 0 at the top; values out of sight lie outside, but not far."""
        return self.whole_rows(values).astype(np.int64)

    def small_rows(self, values: NDArray[np.float64]) -> NDArray[np.int16]:
        """As rows, in a quarter of the memory; the height must be MOST_SMALL_ROWS at most."""
        rows = np.empty(len(values), np.int16)
        for start in range(0, len(values), _CHUNK):
            part = slice(start, start + _CHUNK)
            rows[part] = self.whole_rows(values[part])
        return rows

    def whole_rows(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """As rows, whole numbers all the same."""
        # In place: these arrays are as long as the plot is wide, for each line in each frame.
        unit, factor = self._steps()
        with np.errstate(over="ignore"):
            rows = values - self.high if unit == 1.0 else values * unit - self.high * unit
            rows *= factor
        np.maximum(rows, -self.height - 64.0, out=rows)
        np.minimum(rows, 2.0 * self.height + 64.0, out=rows)
        return np.rint(rows, out=rows)

    def places(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """As rows, to parts of a row: the middle of the first one is at 0.5."""
        unit, factor = self._steps()
        with np.errstate(over="ignore"):
            places = (values * unit - self.high * unit) * factor + 0.5
        return np.clip(places, -self.height - 64.0, 2.0 * self.height + 64.0)

    def row(self, value: float) -> int:
        """The row of one value."""
        unit, factor = self._steps()
        row = (value * unit - self.high * unit) * factor
        return round(min(max(row, -self.height - 64.0), 2.0 * self.height + 64.0))

    def value(self, row: float) -> float:
        """The value at a row."""
        return self.high - (self.high - self.low) * row / max(self.height - 1, 1)

    def _steps(self) -> tuple[float, float]:
        """A power of two in which differences of values are counted, and the rows of one."""
        span = self.high - self.low
        if _SHORTEST < span < _LONGEST:
            return 1.0, (self.height - 1) / -span
        # What lies in sight must neither overflow nor be lost.
        unit = 0.25 if span >= _LONGEST else 2.0**500
        return unit, (self.height - 1) / (self.low * unit - self.high * unit)


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is shown.

    Attributes:
        color: index into the theme's colours.
        visible: whether it is drawn.
        selected: whether it is selected in the legend.
        pale: whether others are selected.
        width: of strokes in logical pixels; 0 leaves it to the plot.
        shape: how a line goes from one sample to the next.
    """

    color: int
    visible: bool = True
    selected: bool = False
    pale: bool = False
    width: float = 0.0
    shape: Shape = Shape.STEPS


class Row(ABC):
    """One plot of the timeline, with the room at its left where its axis or names stand.

    Attributes:
        rect: the plot in logical pixels.
        header: the strip above the plot.
        plot_id: of the layout's plot that it belongs to.
        weight: its share of the height that rows without a preferred one have together.
        day_rows: how many rows of days there are, where days lie over each other; 0 where they do not.
        is_low: whether it takes as little height as it can, because all rows together do not fit.
        is_coarse: whether it was painted in coarser columns because the view moved.
    """

    def __init__(self) -> None:
        self.rect = QRect()
        self.header = QRect()
        self.plot_id = 0
        self.weight = 1.0
        self.is_low = False
        self.is_coarse = False
        self.day_rows = 0

    @abstractmethod
    def keys(self) -> list[SeriesKey]:
        """The series it shows."""

    @abstractmethod
    def preferred_height(self, metrics: QFontMetrics) -> int | None:
        """The plot's height in logical pixels; None where it takes what is left."""

    @abstractmethod
    def axis_width(self, metrics: QFontMetrics) -> int:
        """The room it wants at the left, in logical pixels."""

    @abstractmethod
    def set_looks(self, looks: dict[SeriesKey, Look]) -> None:
        """Takes over how the series are shown."""

    def rect_of(self, key: SeriesKey, metrics: QFontMetrics) -> QRect:
        """Where one of its series is, with the header."""
        return self.header.united(self.rect)

    @abstractmethod
    def prepare(self, frame: Frame) -> None:
        """Reduces what is in sight; comes before axis_width and paint."""

    @abstractmethod
    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paints header, axis and plot."""

    @abstractmethod
    def paint_day(self, painter: QPainter, passes: Sequence[int], frame: Frame) -> None:
        """Lets one of the days that lie over each other stand out over what paint() has painted."""

    @abstractmethod
    def tip_at(self, x: int, y: int, frame: Frame) -> str:
        """What is to be said about a place in the widget, '' for nothing."""


def device_rect(rect: QRect, scale: float) -> QRect:
    """A rectangle in device pixels."""
    left, top = round(rect.x() * scale), round(rect.y() * scale)
    return QRect(
        left, top, round((rect.x() + rect.width()) * scale) - left, round((rect.y() + rect.height()) * scale) - top
    )


def ground_row(width: int, frame: Frame) -> NDArray[np.uint32]:
    """The pixels of one row of a plot's ground with the vertical lines."""
    colors, thin = frame.colors, max(1, round(frame.scale))
    row = np.full(max(width, 1), colors.plot.rgb(), np.uint32)
    for columns, color in ((frame.grid_lines, colors.grid), (frame.day_lines, colors.border)):
        for column in columns.tolist():
            row[max(column, 0) : max(column + thin, 0)] = color.rgb()
    return row


def paint_plot_ground(painter: QPainter, rect: QRect, frame: Frame, levels: Iterable[int] = ()) -> None:
    """Background and lines of a plot, the painter scaled to device pixels.

    Args:
        rect: in device pixels.
        levels: rows of horizontal lines, from the plot's top.
    """
    colors, thin = frame.colors, max(1, round(frame.scale))
    verticals = ((frame.grid_lines, colors.grid), (frame.day_lines, colors.border))
    if is_raster(painter):
        # One row of all vertical lines, repeated downwards: single lines would touch each row of the picture anew.
        row = ground_row(rect.width(), frame)
        pixels = row.tobytes()
        painter.setBrushOrigin(rect.topLeft())
        brush = QBrush(QImage(pixels, len(row), 1, QImage.Format.Format_RGB32))
        # Of more rows at once Qt would share the work among threads, which takes longer than the work.
        for down in range(0, rect.height(), _ROWS):
            painter.fillRect(rect.x(), rect.y() + down, rect.width(), min(_ROWS, rect.height() - down), brush)
        painter.setBrushOrigin(0, 0)
    else:
        painter.fillRect(rect, colors.plot)
        for columns, color in verticals:
            x, top = columns + rect.x(), np.full(len(columns), rect.y())
            fill_rects(painter, x, top, x + thin - 1, top + rect.height() - 1, color)
    across = np.array(list(levels), np.int64) + rect.y()
    edge = np.full(len(across), rect.x())
    fill_rects(painter, edge, across, edge + rect.width() - 1, across + thin - 1, colors.grid)
