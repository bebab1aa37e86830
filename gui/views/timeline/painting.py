"""Many rectangles at once.

Step curves consist of horizontal and vertical strokes only. As rectangles in device pixels they are sharp on every
screen, and Qt fills 1,800 of them in 0.4 ms; a polyline of as many points two pixels wide takes over a second.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QRect, Qt
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QBrush, QColor, QPainter

# Members of enumerations are looked up slowly, and this is called for every colour in every frame.
_NO_PEN = Qt.PenStyle.NoPen


class _Rects(threading.local):
    """The memory of an array of QRect (left, top, right, bottom as 32-bit numbers), kept: to wrap it takes long."""

    def __init__(self) -> None:
        self._make(256)

    def _make(self, count: int) -> None:
        self.memory = np.empty((count, 4), np.int32)
        self.first = cast("QRect", Shiboken.wrapInstance(self.memory.ctypes.data, QRect))

    def of(self, count: int) -> NDArray[np.int32]:
        """Room for so many rectangles, from the first one on."""
        if count > len(self.memory):
            self._make(1 << count.bit_length())
        return self.memory[:count]


_RECTS = _Rects()


def fill_rects(
    painter: QPainter,
    left: NDArray[np.int64],
    top: NDArray[np.int64] | NDArray[np.float64],
    right: NDArray[np.int64],
    bottom: NDArray[np.int64] | NDArray[np.float64],
    color: QColor | QBrush,
    before: int = 0,
    after: int = 0,
) -> None:
    """Fills rectangles, whose edges belong to them, in the painter's whole coordinates, which fit into 32 bits.

    Args:
        before: by how much they are larger than that at the left and above.
        after: by how much at the right and below.
    """
    count = len(left)
    if count == 0:
        return
    rects = _RECTS.of(count)
    rects[:, 0] = left
    rects[:, 1] = top
    rects[:, 2] = right
    rects[:, 3] = bottom
    if before:
        rects[:, :2] -= before
    if after:
        rects[:, 2:] += after
    painter.setPen(_NO_PEN)
    painter.setBrush(color)
    painter.drawRects(_RECTS.first, count)
