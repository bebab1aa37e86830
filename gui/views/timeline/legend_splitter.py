"""Plots above, legend below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget


class LegendSplitter(QSplitter):
    """Gives the legend the height of its rows, a quarter at most, until the splitter has been moved by hand."""

    def __init__(self, plots: QWidget, legend: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._legend = legend
        self._moved = False
        self.addWidget(plots)
        self.addWidget(legend)
        self.setStretchFactor(0, 1)
        self.setCollapsible(0, False)
        self.splitterMoved.connect(self._keep)

    def fit_legend(self) -> None:
        """The legend has other rows."""
        if not self._moved:
            least = self._legend.minimumSizeHint().height()
            height = min(self._legend.sizeHint().height(), max(self.height() // 4, least))
            self.setSizes([max(self.height() - height, height), height])

    @Slot(int, int)
    def _keep(self, _position: int, _index: int) -> None:
        self._moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_legend()
