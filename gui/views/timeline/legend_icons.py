"""Small pictures in the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPolygonF

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

# They are painted so many times as large as they are shown, to be sharp on every screen.
_SCALE = 3
_SIZE = 14


def swatch(color: QColor) -> QIcon:
    """A curve's colour as a short stroke."""
    pixmap, painter = _paper(color)
    painter.drawRoundedRect(0, 4, 14, 6, 2, 2)
    return _icon(pixmap, painter)


def change_mark(color: QColor) -> QIcon:
    """What stands in a plot where a unit changes: a triangle on a thin line."""
    pixmap, painter = _paper(color)
    painter.drawPolygon(QPolygonF([QPointF(1.5, 1), QPointF(12.5, 1), QPointF(7, 8.5)]))
    painter.drawRect(6, 8, 2, 5)
    return _icon(pixmap, painter)


def _paper(color: QColor) -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(_SIZE * _SCALE, _SIZE * _SCALE)
    pixmap.setDevicePixelRatio(_SCALE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    return pixmap, painter


def _icon(pixmap: QPixmap, painter: QPainter) -> QIcon:
    painter.end()
    icon = QIcon(pixmap)
    # Styles would tint it in selected rows, and the colour is what it is about.
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon
