"""What shows series in the timeline's benchmark: Odograph's timeline and pyqtgraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyqtgraph
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.prepared import PreparedSeries
from gui.views.timeline.view import TimelineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.fleet.series import Series

SIZE = QSize(1800, 1000)
_LEGEND = 300
_MICRO = 1e-6


class Contender(Protocol):
    """Shows series."""

    def add(self, series: Sequence[Series | PreparedSeries]) -> None:
        """Takes more series."""

    def show(self, start: int, end: int) -> None:
        """Paints one range of time, microseconds."""

    def picture(self) -> QImage:
        """What was painted last."""

    def close(self) -> None:
        """Ends; nothing is shown any more."""


class Odograph:
    """The timeline's plots.

    Args:
        rests: whether each frame is painted as when the view moves no more.
    """

    def __init__(self, series: Sequence[Series | PreparedSeries], *, rests: bool = False) -> None:
        self._rests = rests
        self._image = _image()
        self._view = TimelineView()
        self._view.show()
        area = self._view.findChild(PlotArea)
        assert isinstance(area, PlotArea)
        self._area = area
        self._view.resize(SIZE.width(), SIZE.height() + _LEGEND)
        # The legend takes what it wants; the plots are to have the size that is measured.
        self._area.setFixedSize(SIZE)
        QApplication.processEvents()
        self.add(series)

    def add(self, series: Sequence[Series | PreparedSeries]) -> None:
        self._view.add_series(series)

    def show(self, start: int, end: int) -> None:
        self._view.set_visible_range(start, end)
        if self._rests:
            self._area.settle()
        self._area.render(self._image)

    def picture(self) -> QImage:
        return self._image

    def close(self) -> None:
        _end(self._view)


class Pyqtgraph:
    """A PlotWidget with one PlotDataItem a series, as its documentation advises for many samples."""

    def __init__(self, series: Sequence[Series], width: int) -> None:
        self._image = _image()
        self._width = width
        self._origin = 0
        self._count = 0
        self._widget = pyqtgraph.PlotWidget()
        self._widget.resize(SIZE)
        self._widget.disableAutoRange()
        self._widget.show()
        QApplication.processEvents()
        self.add(series)

    def add(self, series: Sequence[Series | PreparedSeries]) -> None:
        plain = [one.series if isinstance(one, PreparedSeries) else one for one in series]
        if not plain:
            return
        # Seconds since the first sample: since the epoch they would lose digits.
        self._origin = self._origin or int(plain[0].time[0])
        for one in plain:
            item = pyqtgraph.PlotDataItem(pen=pyqtgraph.mkPen(pyqtgraph.intColor(self._count), width=self._width))
            self._count += 1
            # Adding an item overrides its options, and options set before fail without a view.
            self._widget.addItem(item)
            item.setClipToView(True)
            item.setDownsampling(auto=True, method="peak")
            item.setData((one.time - self._origin) * _MICRO, one.value, skipFiniteCheck=True)
        low = min(float(np.min(one.value)) for one in plain)
        high = max(float(np.max(one.value)) for one in plain)
        self._widget.setYRange(low, high)

    def show(self, start: int, end: int) -> None:
        self._widget.setXRange((start - self._origin) * _MICRO, (end - self._origin) * _MICRO, padding=0)
        # A graphics view's own render paints its scene alone.
        QWidget.render(self._widget, self._image)

    def picture(self) -> QImage:
        return self._image

    def close(self) -> None:
        _end(self._widget)


def _image() -> QImage:
    return QImage(SIZE, QImage.Format.Format_RGB32)


def _end(widget: QWidget) -> None:
    widget.close()
    widget.deleteLater()
    QApplication.processEvents()
