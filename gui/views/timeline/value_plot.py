"""A plot of step curves that share a unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont

from core.autoapi.display import DisplayKind, marked, unknown_unit
from gui.views.timeline.clock_ticks import axis_ticks
from gui.views.timeline.crowd import Crowd, is_crowd
from gui.views.timeline.frame import Frame, Look, Row, ValueScale, device_rect, paint_plot_ground
from gui.views.timeline.markers import REACH, paint_failures, paint_unit_changes, texts_near
from gui.views.timeline.naming import full_name, plot_title, unit_name
from gui.views.timeline.reduction import reduce_columns
from gui.views.timeline.step_curve import POINT_DISTANCE, StepShape, paint_shape, step_shape
from gui.views.timeline.untimed import UNTIMED, marks_in_sight, near_column, paint_untimed
from gui.views.timeline.value_ticks import count_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from PySide6.QtGui import QFontMetrics, QPainter

    from core.fleet.series import SeriesKey
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.reduction import Columns
    from gui.views.timeline.trace import LineTrace

# Room above and below the values, as a share of their span.
_PADDING = 0.07
# What is shown around a single moment (a day) or time of day (an hour).
_AROUND = {DisplayKind.MOMENT: 86_400.0, DisplayKind.TIME_OF_DAY: 1.0}
_TICK_GAP = 6
# Failures stand this far above the lower edge, in logical pixels.
_FAILURE_HEIGHT = 8


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is painted at once: a line, or all lines of a crowd that look alike.

    Attributes:
        look: how it is shown.
        shape: its strokes.
        extremes: the smallest and the largest value in sight.
    """

    look: Look
    shape: StepShape
    extremes: tuple[float, float] | None


class ValuePlot(Row):
    """Step curves of one unit over one value axis.

    The axis follows what is in sight until its range is set.

    Attributes:
        unit: in which the values of all lines are shown, '' where there is none.
        kind: of all lines: numbers, moments or times of day.
        manual: the value range that was set, None while it follows the data.
        scale: values to device rows, as of the last prepare.
    """

    def __init__(self, unit: str, kind: DisplayKind = DisplayKind.NUMBER) -> None:
        super().__init__()
        self.unit = unit
        self.kind = kind
        self._tz: tzinfo = UTC
        self.manual: tuple[float, float] | None = None
        self.scale = ValueScale(0.0, 1.0, 1)
        self._lines: list[LineTrace] = []
        self._failures: dict[SeriesKey, Marks] = {}
        self._looks: dict[SeriesKey, Look] = {}
        self._visible: list[LineTrace] = []
        self._crowd: Crowd | None = None
        self._drawn: list[_Drawn] = []
        self._samples = 0
        self._hides_samples = False

    def set_content(self, lines: list[LineTrace], failures: dict[SeriesKey, Marks]) -> None:
        """Replaces the lines and the failures of their series."""
        self._lines = lines
        self._failures = failures
        self._crowd = None

    @property
    def lines(self) -> list[LineTrace]:
        """The lines, also hidden ones."""
        return self._lines

    def keys(self) -> list[SeriesKey]:
        return list(dict.fromkeys(line.key for line in self._lines))

    def set_looks(self, looks: dict[SeriesKey, Look]) -> None:
        self._looks = looks

    def look(self, key: SeriesKey) -> Look:
        """How a series is shown."""
        return self._looks.get(key) or Look(0)

    def preferred_height(self, metrics: QFontMetrics) -> int | None:
        return None

    def axis_width(self, metrics: QFontMetrics) -> int:
        widths = [metrics.horizontalAdvance(text) for _, text in self._ticks(metrics)]
        return max(widths, default=0) + 2 * _TICK_GAP

    def prepare(self, frame: Frame) -> None:
        self._tz = frame.tz
        self._visible = [line for line in self._lines if self._is_visible(line.key)]
        drawn = self._crowded(frame) if is_crowd(self._visible) else self._each(frame)
        # Selected curves come last and so lie on top.
        self._drawn = sorted(drawn, key=lambda one: one.look.selected)
        height = max(device_rect(self.rect, frame.scale).height(), 2)
        low, high = self.manual or self._range_in_sight()
        self.scale = ValueScale(low, high, height)

    def _each(self, frame: Frame) -> list[_Drawn]:
        """The lines one by one."""
        distance = round(POINT_DISTANCE * frame.scale)
        self._samples, self._hides_samples = 0, False
        drawn = []
        for line in self._visible:
            columns = reduce_columns(line.time, line.pyramid, line.buckets, frame.grid)
            shape = step_shape(line, columns, frame.grid, frame.data_end, distance)
            drawn.append(_Drawn(self.look(line.key), shape, shape.extremes()))
            self._samples += columns.samples
            self._hides_samples = self._hides_samples or _hides_samples(line, columns)
        return drawn

    def _crowded(self, frame: Frame) -> list[_Drawn]:
        """All lines of one look together: there are too many to be told apart by what lies on top, or by points."""
        if self._crowd is None or list(map(id, self._crowd.lines)) != list(map(id, self._visible)):
            self._crowd = Crowd(self._visible)
        crowd = self._crowd.shape(frame.grid, frame.data_end)
        self._samples, self._hides_samples = crowd.samples, crowd.is_reduced
        looks = [self.look(line.key) for line in self._visible]
        shapes = {look: crowd.of_lines(np.array([one == look for one in looks])) for look in dict.fromkeys(looks)}
        return [_Drawn(look, shape, shape.extremes()) for look, shape in shapes.items()]

    def _range_in_sight(self) -> tuple[float, float]:
        ranges = [drawn.extremes for drawn in self._drawn if drawn.extremes]
        if not ranges:
            return 0.0, 1.0
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        if high <= low:
            margin = _AROUND.get(self.kind) or abs(low) * 0.05 or 1.0
            return low - margin, high + margin
        padding = (high - low) * _PADDING
        # Quantities that are never negative do not pretend to be.
        return (-padding / 3 if 0 <= low < padding else low - padding), high + padding

    def zoom_values(self, factor: float, share: float) -> None:
        """Changes the value range by a factor around a place.

        Args:
            share: 0 at the upper edge, 1 at the lower one; this value stays where it is.
        """
        low, high = self.scale.low, self.scale.high
        fixed = high - (high - low) * share
        new_low, new_high = fixed - (fixed - low) * factor, fixed + (high - fixed) * factor
        # Below this, neighbouring numbers cannot be told apart; above, spans overflow.
        if max(abs(new_low), abs(new_high)) * 1e-12 < new_high - new_low < 1e300:
            self.manual = new_low, new_high

    def pan_values(self, share: float) -> None:
        """Moves the value range up by a share of the plot's height."""
        shift = (self.scale.high - self.scale.low) * share
        self.manual = self.scale.low + shift, self.scale.high + shift

    def y_of(self, value: float) -> float:
        """The logical pixel of a value in the widget."""
        return self.rect.y() + self.scale.row(value) * self.rect.height() / self.scale.height

    def reduced_text(self) -> str:
        """Says so where some column hides samples, else ''."""
        if not self._hides_samples:
            return ""
        columns = sum(len(drawn.shape.x) for drawn in self._drawn)
        what = "column" if columns == 1 else "columns"
        return f"{count_text(self._samples)} samples drawn as {count_text(columns)} {what} (min/max)"

    def paint(self, painter: QPainter, frame: Frame) -> None:
        ticks = [(self.scale.row(value), text) for value, text in self._ticks(painter.fontMetrics())]
        self._paint_header(painter, frame)
        self._paint_axis(painter, frame, ticks)
        plot = device_rect(self.rect, frame.scale)
        painter.save()
        painter.scale(1 / frame.scale, 1 / frame.scale)
        paint_plot_ground(painter, plot, frame, [row for row, _ in ticks])
        painter.setClipRect(plot, Qt.ClipOperation.IntersectClip)
        painter.translate(plot.topLeft())
        crowded = sum(len(drawn.shape.x) for drawn in self._drawn) > 4 * frame.grid.count
        for drawn in self._drawn:
            self._paint_shape(painter, drawn.look, drawn.shape, frame, crowded)
        self._paint_marks(painter, frame, plot.height())
        painter.restore()
        painter.setPen(frame.colors.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect.adjusted(-1, -1, 0, 0))

    def _paint_shape(self, painter: QPainter, look: Look, shape: StepShape, frame: Frame, crowded: bool) -> None:
        color = frame.colors.curve(look.color)
        if look.pale:
            color = frame.colors.faint(color, 0.45)
        dense = crowded or len(shape.x) * 2 > frame.grid.count
        paint_shape(painter, shape, self.scale, frame, color, (1.0 if dense else 2.0) + look.selected)

    def _paint_marks(self, painter: QPainter, frame: Frame, height: int) -> None:
        for line in self._visible:
            if len(line.unit_changes):
                paint_unit_changes(painter, line.unit_changes, frame, height, frame.colors.warning)
        self._paint_untimed(painter, frame)
        row = height - _FAILURE_HEIGHT * frame.scale
        for key, marks in self._failures.items():
            if self._is_visible(key):
                paint_failures(painter, marks, frame, row, frame.colors.error)

    def _paint_untimed(self, painter: QPainter, frame: Frame) -> None:
        marked_lines = [line for line in self._visible if len(line.untimed)]
        for line in marked_lines:
            time = line.time[line.untimed]
            chosen = marks_in_sight(time, frame, len(marked_lines))
            look = self.look(line.key)
            color = frame.colors.curve(look.color)
            color = frame.colors.faint(color, 0.45) if look.pale else color
            rows = self.scale.rows(line.value[line.untimed[chosen]])
            paint_untimed(painter, frame.grid.column_of(time[chosen]), rows, frame, color)

    def _paint_header(self, painter: QPainter, frame: Frame) -> None:
        painter.save()
        font = QFont(frame.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(frame.colors.text)
        title = plot_title([key for key in self.keys() if self._is_visible(key)] or self.keys())
        notice = self.reduced_text()
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        bold = painter.fontMetrics()
        # The notice takes what is left beside the title and the unit.
        shown = bold.elidedText(title, Qt.TextElideMode.ElideRight, self.header.width() * (2 if notice else 3) // 4)
        painter.drawText(self.header, left, shown)
        beside = self.header.adjusted(bold.horizontalAdvance(shown) + 8, 0, 0, 0)
        painter.setFont(frame.font)
        painter.setPen(frame.colors.muted)
        metrics = painter.fontMetrics()
        if self.unit:
            unit = marked(unit_name(self.unit), unknown_unit(self.unit))
            painter.drawText(beside, left, unit)
            beside.adjust(metrics.horizontalAdvance(unit) + 16, 0, 0, 0)
        painter.drawText(beside, right, metrics.elidedText(notice, Qt.TextElideMode.ElideRight, beside.width()))
        painter.restore()

    def _paint_axis(self, painter: QPainter, frame: Frame, ticks: list[tuple[int, str]]) -> None:
        painter.setPen(frame.colors.muted)
        height = painter.fontMetrics().height()
        for row, text in ticks:
            y = round(self.rect.y() + row / frame.scale)
            room = QRect(0, y - height // 2, self.rect.x() - _TICK_GAP, height)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _ticks(self, metrics: QFontMetrics) -> list[tuple[float, str]]:
        if self.manual is None and not any(drawn.extremes for drawn in self._drawn):
            return []
        most = max(2, self.rect.height() // (metrics.height() * 3 // 2 + 4))
        return axis_ticks(self.kind, self.scale.low, self.scale.high, most, self._tz)

    def tip_at(self, x: int, y: int, frame: Frame) -> str:
        if not self.rect.contains(QPoint(x, y)):
            return ""
        column = round((x - self.rect.x()) * frame.scale)
        lines: list[str] = []
        if self.rect.bottom() - y <= _FAILURE_HEIGHT + REACH:
            for key, marks in self._failures.items():
                if self._is_visible(key) and (texts := texts_near(marks, column, frame)):
                    lines += [f"{full_name(key)}: no value, {text}" for text in texts]
        if y - self.rect.top() <= 3 * REACH:
            for line in self._visible:
                texts = texts_near(line.unit_changes, column, frame)
                lines += [f"{full_name(line.key)}: unit changes, {text}" for text in texts]
        for line in self._visible:
            chosen = line.untimed[near_column(line.time[line.untimed], column, frame)]
            if any(abs(self.y_of(value) - y) <= REACH for value in line.value[chosen].tolist()):
                lines.append(f"{full_name(line.key)}: {UNTIMED}")
        return "\n".join(lines)

    def _is_visible(self, key: SeriesKey) -> bool:
        return self.look(key).visible


def _hides_samples(line: LineTrace, columns: Columns) -> bool:
    """Whether a sample lies inside a column's stroke; of three with two values all are at its ends."""
    if not columns.is_reduced:
        return False
    more, wide = columns.last - columns.first > 2, columns.low < columns.high
    if bool(np.any(more & wide)):
        return True
    three = (columns.last - columns.first == 2) & wide
    middle = line.value[columns.first[three] + 1]
    return bool(np.any((columns.low[three] < middle) & (middle < columns.high[three])))
