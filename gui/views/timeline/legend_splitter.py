"""Plots above, legend below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from PySide6.QtCore import QByteArray
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

# Logical pixels of a header and three rows.
_FEW_ROWS = 108


class LegendSplitter(QSplitter):
    """Gives the legend the height of its rows until the splitter has been moved by hand.

    That is a quarter at most, a third where a quarter would be too little for a few rows.
    """

    def __init__(self, plots: QWidget, legend: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._legend = legend
        self._moved = False
        self.addWidget(plots)
        self.addWidget(legend)
        self.setStretchFactor(0, 1)
        self.setCollapsible(0, False)
        self.splitterMoved.connect(self._keep)
        self.setObjectName("legend splitter")

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:  # noqa: N802 - Qt's name
        """Takes a height of the legend that was chosen by hand before."""
        self._moved = super().restoreState(state) or self._moved
        return self._moved

    def fit_legend(self) -> None:
        """The legend has other rows."""
        if not self._moved:
            least = self._legend.minimumSizeHint().height()
            most = max(self.height() // 4, min(self.height() // 3, _FEW_ROWS), least)
            height = min(self._legend.sizeHint().height(), most)
            self.setSizes([max(self.height() - height, height), height])

    @Slot(int, int)
    def _keep(self, _position: int, _index: int) -> None:
        self._moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_legend()
