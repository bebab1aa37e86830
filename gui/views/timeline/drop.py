"""Takes series that are dragged onto the timeline, and shows where they would go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.models.series_mime import decode_series_keys, has_series_keys

if TYPE_CHECKING:
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.plot_places import Target


class SeriesDrop(QWidget):
    """A frame over a widget that shows while series are dragged over it; over the plots a mark shows the place.

    Signals:
        dropped(list of SeriesKey, object Target or None): they were let go; without a target they follow their units.
    """

    dropped = Signal(list, object)

    def __init__(self, colors: TimelineColors, target: QWidget, area: PlotArea) -> None:
        super().__init__(target)
        self._colors = colors
        self._target = target
        self._area = area
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
            place = self._place(event.position().toPoint())
            if isinstance(event, QDragMoveEvent):
                self._show(place)
            else:
                self._show_nothing()
                if keys := decode_series_keys(event.mimeData()):
                    self.dropped.emit(keys, place)
            return True
        if event.type() == QEvent.Type.DragLeave:
            self._show_nothing()
            return True
        return False

    def _place(self, position: QPoint) -> Target | None:
        inside = self._area.mapFrom(self._target, position)
        return self._area.target_at(inside) if self._area.rect().contains(inside) else None

    def _show(self, place: Target | None) -> None:
        self._area.set_target(place)
        self.setVisible(place is None)
        if place is None:
            self.setGeometry(self._target.rect())
            self.raise_()

    def _show_nothing(self) -> None:
        self._area.set_target(None)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors.accent, 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)
        painter.end()
