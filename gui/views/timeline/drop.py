"""Takes series that are dragged onto a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.models.series_mime import decode_series_keys, has_series_keys

if TYPE_CHECKING:
    from gui.views.timeline.palette import TimelineColors


class SeriesDrop(QWidget):
    """A frame over a widget that shows while series are dragged over it.

    Signals:
        dropped(list of SeriesKey): they were let go.
    """

    dropped = Signal(list)

    def __init__(self, colors: TimelineColors, target: QWidget) -> None:
        super().__init__(target)
        self._colors = colors
        self._target = target
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent):  # entering and moving are kinds of it
            if not has_series_keys(event.mimeData()):
                return False
            event.acceptProposedAction()
            if not isinstance(event, QDragMoveEvent):
                self._take(event)
            elif self.isHidden():
                self.setGeometry(self._target.rect())
                self.raise_()
                self.show()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.hide()
            return True
        return False

    def _take(self, event: QDropEvent) -> None:
        self.hide()
        if keys := decode_series_keys(event.mimeData()):
            self.dropped.emit(keys)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors.accent, 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)
        painter.end()
