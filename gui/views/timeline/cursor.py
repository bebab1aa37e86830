"""The cursor: where samples lie before and after it, and how it is painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPen

from gui.views.timeline.time_ticks import moment_text, offset_changes
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QColor, QPainter

    from core.fleet.series import Series
    from gui.views.timeline.frame import Frame, Row
    from gui.views.timeline.trace import LineTrace

# Room for the pin left of the moment.
_PIN_WIDTH = 14


def sample_before(series: Series, time: int) -> int | None:
    """The index of the last sample at or before a moment."""
    index = int(np.searchsorted(series.time, time, "right")) - 1
    return index if index >= 0 else None


def known_before(series: Series, time: int) -> int | None:
    """The index of the last sample at or before a moment that is no failure; of a derived one if it still counts."""
    index = sample_before(series, time)
    if index is not None and series.until is not None:
        return index if time == int(series.time[index]) or time < int(series.until[index]) else None
    if index is None or series.failure.codes[index] < 0:
        return index
    known = np.flatnonzero(series.failure.codes[:index] < 0)
    return int(known[-1]) if len(known) else None


def is_behind_gap(line: LineTrace, index: int, time: int) -> bool:
    """Whether a moment lies in the gap after a value, or behind the last one."""
    if time == int(line.time[index]):
        return False
    place = int(np.searchsorted(line.gaps, index))
    return index == len(line) - 1 or (place < len(line.gaps) and int(line.gaps[place]) == index)


def next_sample(series: Iterable[Series], time: int) -> int | None:
    """The time of the first sample after a moment."""
    places = ((one, int(np.searchsorted(one.time, time, "right"))) for one in series)
    times = [int(one.time[index]) for one, index in places if index < len(one)]
    return min(times, default=None)


def previous_sample(series: Iterable[Series], time: int) -> int | None:
    """The time of the last sample before a moment."""
    places = ((one, int(np.searchsorted(one.time, time, "left"))) for one in series)
    times = [int(one.time[index - 1]) for one, index in places if index > 0]
    return max(times, default=None)


def paint_cursor(
    painter: QPainter, time: int, rows: Sequence[Row], axis: QRect, frame: Frame, pinned: bool = False
) -> None:
    """A line through all plots, the values on it, and the moment below, with a pin where it is pinned."""
    if not rows:
        return
    column = frame.column_of(time)
    if not 0 <= column < frame.grid.count:
        return
    x = axis.x() + column / frame.scale
    colors = frame.colors
    painter.setRenderHint(painter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(x, rows[0].rect.top(), 1, axis.top() - rows[0].rect.top()), colors.accent)
    for row in rows:
        if isinstance(row, ValuePlot):
            _paint_values(painter, time, row, x + 0.5 / frame.scale, axis.top(), frame)
    start, end, tz = frame.grid.start, frame.grid.end, frame.axis_tz
    text = moment_text(time, tz, (end - start) // frame.grid.count, offset_changes(start, end, tz))
    beside = _PIN_WIDTH if pinned else 0
    width, height = frame.metrics.horizontalAdvance(text) + 14 + beside, frame.metrics.height() + 4
    left = min(max(round(x) - width // 2, 0), axis.right() + 1 - width)
    pill = QRect(left, axis.top() + 2, width, height)
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colors.accent)
    painter.drawRoundedRect(pill, 4, 4)
    painter.setPen(colors.plot)
    painter.drawText(pill.adjusted(beside, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, text)
    if pinned:
        _paint_pin(painter, QPointF(pill.left() + 11, pill.center().y() + 0.5), colors.plot)


def _paint_pin(painter: QPainter, center: QPointF, color: QColor) -> None:
    """A drawing pin as seen from the side: a head, a collar and a needle."""
    x, y = center.x(), center.y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(QRectF(x - 3, y - 6, 6, 2), 1, 1)
    painter.drawRect(QRectF(x - 2, y - 5, 4, 5))
    painter.drawRoundedRect(QRectF(x - 4, y - 0.5, 8, 2), 1, 1)
    painter.drawRect(QRectF(x - 0.6, y + 1, 1.2, 5))


def _paint_values(painter: QPainter, time: int, plot: ValuePlot, x: float, bottom: int, frame: Frame) -> None:
    """A ring at every value that is known at the cursor; plots that are scrolled reach below the bottom."""
    painter.save()
    visible = plot.rect.intersected(QRect(0, 0, plot.rect.right() + 1, bottom))
    painter.setClipRect(visible, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    for axis, line in plot.visible_lines():
        index = int(np.searchsorted(line.time, time, "right")) - 1
        is_folded = frame.shifts is not None or frame.folds is not None
        if is_folded and time > frame.data_end_of(line.key.vin):
            continue
        if index < 0 or time >= line.known_until or (not line.lasts and is_behind_gap(line, index, time)):
            continue
        y = plot.rect.y() + (axis.scale.row(float(line.value[index])) + 0.5) / frame.scale
        painter.setPen(QPen(frame.colors.curve(plot.look(line.key).color), 2))
        painter.setBrush(frame.colors.plot)
        painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
    painter.restore()
