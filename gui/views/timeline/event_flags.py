"""Events: texts of which each stands for itself, as flags on a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPolygonF

from gui.models.texts import short_text
from gui.views.timeline.painting import fill_rects

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.reduction import ColumnGrid
    from gui.views.timeline.trace import Ints, StateTrace

# A flag's size in logical pixels, and the narrowest text worth painting.
_FLAG_WIDTH = 7
_FLAG_HEIGHT = 8
_GAP = 4
_LEAST_TEXT = 44
# Characters of a text beside a flag and in a tip.
_LONGEST_LABEL = 120
_LONGEST_TIP = 400
_MOST_IN_TIP = 6


def flag_columns(trace: StateTrace, grid: ColumnGrid) -> tuple[Ints, Ints]:
    """The columns with events in sight, ascending, and the last event of each."""
    first, last = np.searchsorted(trace.time, [grid.start, grid.end])
    columns = grid.column_of(trace.time[first:last])
    ends = np.flatnonzero(np.append(np.diff(columns) != 0, np.ones(min(len(columns), 1), np.bool_)))
    return columns[ends], first + ends


def paint_flags(painter: QPainter, trace: StateTrace, room: QRect, frame: Frame, color: QColor, text: QColor) -> None:
    """A staff with a flag at every event, and beside it its text where there is room before the next.

    Args:
        room: the lane in logical pixels; its left edge is the plot's.
        color: of flags.
        text: of texts.
    """
    columns, events = flag_columns(trace, frame.grid)
    if len(columns) == 0:
        return
    scale, height = frame.scale, room.height()
    thin = max(1, round(scale))
    painter.save()
    painter.scale(1 / scale, 1 / scale)
    painter.translate(round(room.x() * scale), round(room.y() * scale))
    top = np.zeros(len(columns), np.int64)
    fill_rects(painter, columns, top, columns + thin - 1, top + round(height * scale) - 1, color)
    painter.restore()
    lefts = room.x() + columns / scale
    ends = np.append(lefts[1:], room.x() + room.width())
    metrics = painter.fontMetrics()
    wide = np.flatnonzero(ends - lefts >= _FLAG_WIDTH + 2)
    for index in wide.tolist():
        left = float(lefts[index])
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        tip = QPointF(left + _FLAG_WIDTH, room.y() + _FLAG_HEIGHT / 2)
        painter.drawPolygon(QPolygonF([QPointF(left, room.y()), tip, QPointF(left, room.y() + _FLAG_HEIGHT)]))
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        place = QRect(round(left) + _FLAG_WIDTH + _GAP, room.y(), 0, height)
        place.setWidth(int(ends[index] - left) - _FLAG_WIDTH - 2 * _GAP)
        if place.width() >= _LEAST_TEXT:
            label = short_text(trace.names[int(trace.code[events[index]])], _LONGEST_LABEL)
            painter.setPen(text)
            shown = metrics.elidedText(label, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)


def events_near(trace: StateTrace, column: int, reach: int, frame: Frame) -> list[str]:
    """The events within some columns of one, each with its moment; the last ones where they are many."""
    edges, count = frame.grid.edges, frame.grid.count
    low = edges[min(max(column - reach, 0), count)]
    high = edges[min(max(column + reach + 1, 0), count)]
    first, last = (int(place) for place in np.searchsorted(trace.time, [low, high]))
    shown = range(max(first, last - _MOST_IN_TIP), last)
    lines = [f"{shown.start - first:,} earlier ones"] if shown.start > first else []
    for index in shown:
        text = short_text(trace.names[int(trace.code[index])], _LONGEST_TIP)
        lines.append(f"{frame.told(trace.key.vin, int(trace.time[index]))}: {text}")
    return lines
