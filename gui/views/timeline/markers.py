"""Small marks at moments: failures and changes of unit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen, QPolygonF

from gui.models.texts import short_text

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.reduction import ColumnGrid

# Half a mark's size and half the width in which marks count as one, in logical pixels.
SIZE = 3.5
REACH = 5
# Changes of unit that are further apart than this have a line each.
_ALONE = 60


def mark_columns(marks: Marks, grid: ColumnGrid, apart: int) -> list[int]:
    """The columns where marks are drawn: the first of each group that is closer than so many columns."""
    first, last = np.searchsorted(marks.time, [grid.start, grid.end])
    columns = grid.column_of(marks.time[first:last])
    _, chosen = np.unique(columns // max(apart, 1), return_index=True)
    return [int(column) for column in columns[chosen]]


def paint_failures(painter: QPainter, marks: Marks, frame: Frame, row: float, color: QColor) -> None:
    """Crosses at a device row."""
    if len(marks) == 0:
        return
    size = SIZE * frame.scale
    pens = (QPen(frame.colors.plot, 3.6 * frame.scale), QPen(color, 1.7 * frame.scale))
    painter.setRenderHint(painter.RenderHint.Antialiasing, True)
    columns = mark_columns(frame.folded(marks), frame.grid, round(SIZE * frame.scale))
    for pen in pens:
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for column in columns:
            x = column + 0.5
            painter.drawLine(QPointF(x - size, row - size), QPointF(x + size, row + size))
            painter.drawLine(QPointF(x - size, row + size), QPointF(x + size, row - size))
    painter.setRenderHint(painter.RenderHint.Antialiasing, False)


def paint_unit_changes(painter: QPainter, marks: Marks, frame: Frame, height: int, color: QColor) -> None:
    """A triangle on top, and where it stands alone a thin line below it: many of them would hide the curve."""
    size = (SIZE + 1) * frame.scale
    columns = mark_columns(frame.folded(marks), frame.grid, round(2 * size))
    apart = np.diff(columns) >= _ALONE * frame.scale
    alone = np.append(True, apart) & np.append(apart, True) if columns else ()
    for column, is_alone in zip(columns, alone, strict=True):
        if is_alone:
            painter.fillRect(column, 0, max(1, round(frame.scale)), height, frame.colors.faint(color, 0.45))
        x = column + 0.5
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF([QPointF(x - size, 0), QPointF(x + size, 0), QPointF(x, size * 1.4)]))
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)


def texts_near(marks: Marks, column: int, frame: Frame) -> list[str]:
    """The texts of the marks near a column, each once, with a number where there are several."""
    reach, marks = round(REACH * frame.scale), frame.folded(marks)
    edges = frame.grid.edges
    low = edges[min(max(column - reach, 0), frame.grid.count)]
    high = edges[min(max(column + reach + 1, 0), frame.grid.count)]
    first, last = np.searchsorted(marks.time, [low, high])
    counts = Counter(marks.code[first:last].tolist())
    names = {code: short_text(marks.names[code]) for code in counts}
    return [f"{names[code]} ({count} times)" if count > 1 else names[code] for code, count in counts.items()]
