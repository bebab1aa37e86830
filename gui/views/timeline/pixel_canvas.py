"""A plot as pixels, for so many strokes that Qt would take longer than a frame for them.

Qt fills an upright stroke row by row, each of which lies far from the next one in memory. Here a pixel is one byte, and
those of a column are neighbours: 360,000 strokes take a tenth of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage, QTransform

from gui.views.timeline.paint_cache import is_raster

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.frame import Frame

    Ints = NDArray[np.int64]

_TRANSLATED = QTransform.TransformationType.TxTranslate.value
_BYTES = QImage.Format.Format_Indexed8
_PIXELS = QImage.Format.Format_RGB32
# Up to so many pixels are written one by one; longer strokes as two runs that overlap.
_SHORT = 4
# As which numbers so many equal bytes are written at once.
_REPEATED = {2: np.uint16, 4: np.uint32, 8: np.uint64}


def paints_pixels(painter: QPainter) -> bool:
    """Whether a painter takes pixels as they are: neither shapes, nor pixels that are turned or scaled."""
    return is_raster(painter) and painter.deviceTransform().type().value <= _TRANSLATED


class ByteRuns:
    """Numbers of one byte each, 0 at first, of which neighbours are filled together.

    Attributes:
        values: uint8, all of them.

    Args:
        count: how many.
    """

    def __init__(self, count: int) -> None:
        self.values = np.zeros(count, np.uint8)

    def fill(self, start: Ints, length: Ints, number: int) -> None:
        """Fills neighbours: so many pixels from each place on."""
        long = np.flatnonzero(length > _SHORT)
        if len(long):
            self._fill_long(start.take(long), length.take(long), number)
            short = np.flatnonzero(length <= _SHORT)
            start, length = start.take(short), length.take(short)
        self.values[start] = number
        for more in range(1, _SHORT):
            longer = np.flatnonzero(length > more)
            if len(longer) == 0:
                return
            start, length = start.take(longer), length.take(longer)
            self.values[start + more] = number

    def _fill_long(self, start: Ints, length: Ints, number: int) -> None:
        size = _SHORT
        while len(start):
            mine, rest = np.flatnonzero(length <= 2 * size), np.flatnonzero(length > 2 * size)
            # So many bytes at each place as one value, which takes no longer than one byte.
            runs = np.ndarray((len(self.values) - size + 1,), f"V{size}", self.values, 0, (1,))
            run = np.frombuffer(bytes((number,)) * size, runs.dtype)
            places = start.take(mine)
            runs[places] = run
            runs[places + length.take(mine) - size] = run
            start, length = start.take(rest), length.take(rest)
            size *= 2


class PixelCanvas:
    """Strokes in columns of equal width from the left edge of a plot on, in device pixels from its upper edge.

    It takes 256 colours at most, the ground's among them.

    Args:
        columns: how many columns.
        height: pixels.
    """

    def __init__(self, columns: int, height: int, frame: Frame) -> None:
        self._width, self._height = columns, height
        self._runs = ByteRuns(columns * height)
        self._pixels = self._runs.values
        self._frame = frame
        self._colors: dict[int, int] = {}
        self._number(frame.colors.plot)

    def fill(self, left: Ints, top: Ints, right: Ints, bottom: Ints, color: QColor) -> None:
        """Fills rectangles, whose edges belong to them."""
        left, right = np.maximum(left, 0), np.minimum(right, self._width - 1)
        top, bottom = np.maximum(top, 0), np.minimum(bottom, self._height - 1)
        wide, high = right - left + 1, bottom - top + 1
        seen = np.flatnonzero((wide > 0) & (high > 0))
        if len(seen) == 0:
            return
        number = self._number(color)
        wide, high = wide[seen], high[seen]
        start = left[seen] * self._height + top[seen]
        if int(high.max()) * int(wide.sum()) <= int(high.sum()):
            # Lying strokes, one row of pixels after the other.
            for row in range(int(high.max())):
                mine = np.flatnonzero(high > row)
                self._pixels[spread(start[mine] + row, wide[mine], self._height)] = number
            return
        if int(wide.max()) > 1:
            start, high = spread(start, wide, self._height), np.repeat(high, wide)
        self._runs.fill(start, high, number)

    def fill_columns(self, column: Ints, top: Ints, bottom: Ints, color: QColor) -> None:
        """As fill, quicker: strokes one pixel wide that are in sight as a whole."""
        self._runs.fill(column * self._height + top, bottom - top + 1, self._number(color))

    def _number(self, color: QColor) -> int:
        return self._colors.setdefault(color.rgb(), len(self._colors))

    def paint(self, painter: QPainter, plot: QRect, levels: Iterable[int], step: int) -> None:
        """Paints ground and strokes.

        Args:
            plot: where, in device pixels.
            levels: rows of the ground's horizontal lines, from the plot's top.
            step: how many pixels wide a column is.
        """
        width = plot.width()
        # Rows of pictures begin at multiples of four bytes.
        rows = np.empty((self._height, -(-self._width * step // 4) * 4), np.uint8)
        columns = self._pixels.reshape(self._width, self._height).T
        if step in _REPEATED:
            # So many bytes as one number, which is much quicker than one after the other.
            whole = rows[:, : self._width * step].view(_REPEATED[step])
            np.multiply(columns, sum(1 << 8 * byte for byte in range(step)), out=whole, dtype=_REPEATED[step])
        else:
            rows[:, : self._width * step] = np.repeat(columns, step, axis=1)
        self._add_ground(rows[:, :width], levels)
        image = QImage(rows.data, width, self._height, rows.shape[1], _BYTES)
        image.setColorTable(list(self._colors))
        painter.drawImage(plot.topLeft(), image.convertToFormat(_PIXELS))

    def _add_ground(self, pixels: NDArray[np.uint8], levels: Iterable[int]) -> None:
        """Lines where nothing is filled."""
        frame, thin = self._frame, max(1, round(self._frame.scale))
        for row in levels:
            _fill_empty(pixels[max(row, 0) : max(row + thin, 0)], self._number(frame.colors.grid))
        for places, color in ((frame.day_lines, frame.colors.border), (frame.grid_lines, frame.colors.grid)):
            number = self._number(color)
            for place in places.tolist():
                _fill_empty(pixels[:, max(place, 0) : max(place + thin, 0)], number)


def _fill_empty(pixels: NDArray[np.uint8], number: int) -> None:
    np.copyto(pixels, np.uint8(number), where=pixels == 0)


def spread(start: Ints, count: Ints, step: int) -> Ints:
    """So many numbers from each one on, a step apart."""
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    spread: Ints = np.repeat(start, count) + nth * step
    return spread
