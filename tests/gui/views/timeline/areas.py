"""Where a timeline's plots are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gui.models.series_mime import encode_series_keys
from gui.views.timeline.plot_area import PlotArea

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.fleet.series import SeriesKey
    from gui.views.timeline.view import TimelineView


def area(view: TimelineView) -> PlotArea:
    """The part of a timeline that holds the plots."""
    found = view.findChild(PlotArea)
    assert isinstance(found, PlotArea)
    return found


def drop(view: TimelineView, keys: Sequence[SeriesKey], place: QPoint) -> None:
    """Lets series go over the plots that were dragged from elsewhere."""
    mime, position = encode_series_keys(keys), area(view).mapTo(view, place)
    copy, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QDragEnterEvent(position, copy, mime, button, none))
    view.grab()
    QApplication.sendEvent(view, QDropEvent(QPointF(position), copy, mime, button, none))
    view.grab()
