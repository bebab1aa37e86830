"""One value axis of a plot: the lines that share it, its range, and its strip beside the plot."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt

from core.autoapi.display import DisplayKind, marked, unknown_unit
from gui.views.timeline.clock_ticks import axis_ticks
from gui.views.timeline.frame import ValueScale
from gui.views.timeline.naming import plot_title, unit_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from PySide6.QtGui import QColor, QFontMetrics, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.trace import LineTrace

# Room above and below the values, as a share of their span.
_PADDING = 0.07
# Half of the largest number: the span of an axis is one, too.
_LARGEST = 8e307
# What is shown around a single moment (a day) or time of day (an hour).
_AROUND = {DisplayKind.MOMENT: 86_400.0, DisplayKind.TIME_OF_DAY: 1.0}
TICK_GAP = 6
# Beside others an axis has a title, for which it takes so much room at most, and a line with its ticks.
_WIDEST_TITLE = 72
_MARK = 4
# The width follows the labels, but does not tremble with every digit: the axes further left would with it.
_SLACK = 10


def axis_name(line: LineTrace) -> str:
    """What the lines of an axis share: the unit, or without one the property and the member; times of day share one.

    Dates of different properties may lie years apart, where one axis would show none of them move.
    """
    if line.kind == DisplayKind.TIME_OF_DAY:
        return f"={line.kind}"
    if line.unit:
        return line.unit
    key = line.key
    return f"{key.capability}.{key.property}.{key.component.rpartition('.')[2]}"


class ValueAxis:
    """The axis of lines with one name. It follows what is in sight until its range is set.

    Attributes:
        name: as axis_name gives it for each of its lines.
        unit: in which the values are shown, '' where there is none.
        kind: of all lines: numbers, moments or times of day.
        manual: the value range that was set, None while it follows the data.
        scale: values to device rows, as of the last prepare.
        lines: in their order, also hidden ones.
        rect: its strip at the left of the plot, in logical pixels; empty where there is no room for it.
    """

    def __init__(self, name: str, unit: str, kind: DisplayKind) -> None:
        self.name = name
        self.unit = unit
        self.kind = kind
        self.manual: tuple[float, float] | None = None
        self.scale = ValueScale(0.0, 1.0, 1)
        self.lines: list[LineTrace] = []
        self.rect = QRect()
        self._tz: tzinfo = UTC
        self._is_empty = True
        self._width = 0
        self._ticks: tuple[tuple[object, ...], list[tuple[float, str]]] = (), []

    def prepare(self, ranges: Iterable[tuple[float, float]], height: int, tz: tzinfo) -> None:
        """Takes over what is in sight.

        Args:
            ranges: the smallest and the largest value in sight of each line that has any.
            height: device rows.
            tz: the zone in which moments are told.
        """
        ranges = list(ranges)
        self._is_empty = not ranges
        self._tz = tz
        low, high = self.manual or self._fitting(ranges)
        # Margins do not go beyond what numbers are.
        self.scale = ValueScale(
            min(max(low, -_LARGEST), 0.99 * _LARGEST), max(min(high, _LARGEST), -0.99 * _LARGEST), height
        )

    def _fitting(self, ranges: list[tuple[float, float]]) -> tuple[float, float]:
        if not ranges:
            return 0.0, 1.0
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        if high <= low:
            margin = _AROUND.get(self.kind) or abs(low) * 0.05 or 1.0
            return low - margin, high + margin
        padding = (high - low) * _PADDING
        # Quantities that are never negative do not pretend to be.
        return (-padding / 3 if 0 <= low < padding else low - padding), high + padding

    def zoom(self, factor: float, share: float) -> None:
        """Changes the value range by a factor around a place.

        Args:
            share: 0 at the upper edge, 1 at the lower one; this value stays where it is.
        """
        low, high = self.scale.low, self.scale.high
        fixed = high - (high - low) * share
        self.set_range(fixed - (fixed - low) * factor, fixed + (high - fixed) * factor)

    def set_range(self, low: float, high: float) -> None:
        """Sets the value range; one that is too narrow or too wide for numbers changes nothing."""
        # Below this, neighbouring numbers cannot be told apart; above, spans overflow.
        if max(abs(low), abs(high)) * 1e-12 < high - low < 1e300:
            self.manual = low, high

    def y_of(self, value: float) -> float:
        """The logical pixel of a value in the widget."""
        return self.rect.y() + self.scale.row(value) * self.rect.height() / self.scale.height

    def value_at(self, y: float) -> float:
        """The value at a logical pixel in the widget."""
        share = (y - self.rect.y()) / max(self.rect.height() - 1, 1)
        return self.scale.high - (self.scale.high - self.scale.low) * share

    def title(self) -> str:
        """What it measures: the unit, or without one the property."""
        if self.unit:
            return marked(unit_name(self.unit), unknown_unit(self.unit))
        return plot_title(line.key for line in self.lines)

    def ticks(self, metrics: QFontMetrics) -> list[tuple[float, str]]:
        """Round values with their texts; none where nothing is in sight and no range was set."""
        if self.manual is None and self._is_empty:
            return []
        line, height = metrics.height() * 3 // 2 + 4, self.rect.height()
        # High plots need not be full of them.
        most = max(2, min(height // line, 6 + height // (3 * line)))
        asked = (self.scale.low, self.scale.high, most, self._tz)
        if self._ticks[0] != asked:
            self._ticks = asked, axis_ticks(self.kind, self.scale.low, self.scale.high, most, self._tz)
        return self._ticks[1]

    def place(self, plot: QRect, right: int, frame: Frame, is_alone: bool) -> int:
        """Places its strip and tells its width, in logical pixels.

        Args:
            right: where the plot or the axis at its right begins.
        """
        # The ticks follow from the height.
        self.rect = QRect(right, plot.y(), 0, plot.height())
        metrics = frame.metrics
        widths = (frame.cache.width(text, metrics) for _, text in self.ticks(metrics))
        needed = max(widths, default=0) + 2 * TICK_GAP
        if not is_alone:
            title = min(metrics.horizontalAdvance(self.title()), _WIDEST_TITLE) + TICK_GAP
            needed = max(needed + _MARK, title + TICK_GAP)
        if not self._width - _SLACK <= needed <= self._width:
            self._width = needed
        self.rect = QRect(right - self._width, plot.y(), self._width, plot.height())
        return self._width

    def paint(self, painter: QPainter, frame: Frame, color: QColor) -> None:
        """Paints the labels of the ticks."""
        painter.setPen(color)
        metrics, right = frame.metrics, self.rect.right() + 1 - TICK_GAP
        up = metrics.height() // 2
        for y, text in self._places(frame):
            frame.cache.draw_before(painter, right, y - up, text, metrics)

    def _places(self, frame: Frame) -> list[tuple[int, str]]:
        """The logical pixel of each tick in the widget, and its text."""
        ticks, top = self.ticks(frame.metrics), self.rect.y()
        return [(round(top + self.scale.row(value) / frame.scale), text) for value, text in ticks]

    def paint_beside(self, painter: QPainter, frame: Frame, header: QRect, curve: QColor, color: QColor) -> None:
        """Paints it as one of several: with a title above it, and a line in its curve's colour."""
        right = self.rect.right() + 1
        painter.fillRect(QRect(right - 2, self.rect.y(), 2, self.rect.height()), curve)
        metrics = painter.fontMetrics()
        for y, _ in self._places(frame):
            painter.fillRect(QRect(right - 2 - _MARK, y, _MARK, 1), curve)
        room = QRect(self.rect.x(), header.y(), self.rect.width() - TICK_GAP, header.height())
        painter.setPen(color)
        title = metrics.elidedText(self.title(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, title)
        painter.save()
        painter.translate(-_MARK, 0)
        self.paint(painter, frame, color)
        painter.restore()
