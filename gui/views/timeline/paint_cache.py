"""What one frame after another paints alike: words, and discs for points."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPaintEngine, QPainter, QPen, QPixmap, QStaticText, QTransform
from shiboken6 import Shiboken

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColor

_RASTER = QPaintEngine.Type.Raster
_SCALED = QTransform.TransformationType.TxScale.value
# Words and discs that are kept; beyond that all begin anew.
_MOST = 2_000


def is_raster(painter: QPainter) -> bool:
    """Whether it paints pixels; otherwise shapes, for which small pictures would be no gain."""
    return painter.paintEngine().type() == _RASTER


def has_whole_pixels(painter: QPainter, scale: float) -> bool:
    """Whether it paints pixels, so many in each logical one, and none of them lies on the edge of a logical one."""
    transform = painter.deviceTransform()
    return (
        is_raster(painter)
        and transform.type().value <= _SCALED
        and scale == int(scale)
        and transform.m11() == transform.m22() == scale
        and transform.dx() == int(transform.dx())
        and transform.dy() == int(transform.dy())
    )


class PaintCache:
    """Words of one font with their widths, laid out once, and discs painted once.

    Whoever paints in another font or on another screen needs another one.
    """

    def __init__(self) -> None:
        self._words: dict[str, tuple[QStaticText, int]] = {}
        self._bold: tuple[QFont, QFontMetrics, PaintCache] | None = None
        self._discs: dict[tuple[int, int, float, float], QPixmap] = {}

    def width(self, text: str, metrics: QFontMetrics) -> int:
        """The width of a text in logical pixels."""
        return self._text(text, metrics)[1]

    def draw(self, painter: QPainter, left: int, top: int, text: str) -> None:
        """Writes a text, its upper left corner given, in the painter's font and pen."""
        painter.drawStaticText(left, top, self._text(text, painter.fontMetrics())[0])

    def bold(self, font: QFont) -> tuple[QFont, QFontMetrics, PaintCache]:
        """The font of titles beside a font, its metrics, and the cache of what is written in it."""
        if self._bold is None:
            bold = QFont(font)
            bold.setWeight(QFont.Weight.DemiBold)
            self._bold = bold, QFontMetrics(bold), PaintCache()
        return self._bold

    def draw_before(self, painter: QPainter, right: int, top: int, text: str, metrics: QFontMetrics) -> None:
        """Writes a text, its upper right corner given, in the painter's font and pen."""
        words, width = self._text(text, metrics)
        painter.drawStaticText(right - width, top, words)

    def _text(self, text: str, metrics: QFontMetrics) -> tuple[QStaticText, int]:
        found = self._words.get(text)
        if found is None:
            if len(self._words) >= _MOST:
                self._words.clear()
            laid_out = QStaticText(text)
            laid_out.setTextFormat(Qt.TextFormat.PlainText)
            found = self._words[text] = laid_out, metrics.horizontalAdvance(text)
        return found

    def draw_discs(
        self,
        painter: QPainter,
        x: NDArray[np.int64],
        y: NDArray[np.int64],
        radius: float,
        color: QColor,
        edge: QColor,
        edge_width: float,
    ) -> None:
        """Paints discs with an edge around the middles of pixels, all in the painter's device pixels."""
        if not is_raster(painter):
            painter.setPen(QPen(edge, edge_width))
            painter.setBrush(color)
            for column, row in zip(x.tolist(), y.tolist(), strict=True):
                painter.drawEllipse(QPointF(column + 0.5, row + 0.5), radius, radius)
            return
        disc = self._disc(radius, color, edge, edge_width)
        # The memory of an array of QPainter.PixmapFragment: place, part of the picture, scales, rotation, opacity.
        fragments = np.zeros((len(x), 10))
        fragments[:, 0], fragments[:, 1] = x + 0.5, y + 0.5
        fragments[:, 4:6] = disc.width()
        fragments[:, (6, 7, 9)] = 1.0
        first = cast("QPainter.PixmapFragment", Shiboken.wrapInstance(fragments.ctypes.data, QPainter.PixmapFragment))
        painter.drawPixmapFragments(first, len(x), disc)

    def _disc(self, radius: float, color: QColor, edge: QColor, edge_width: float) -> QPixmap:
        name = color.rgba(), edge.rgba(), radius, edge_width
        disc = self._discs.get(name)
        if disc is None:
            if len(self._discs) >= _MOST:
                self._discs.clear()
            # Odd, so that the middle of the picture is that of a pixel.
            side = 2 * int(radius + edge_width + 1) + 1
            disc = self._discs[name] = QPixmap(side, side)
            disc.fill(Qt.GlobalColor.transparent)
            painter = QPainter(disc)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(edge, edge_width))
            painter.setBrush(color)
            painter.drawEllipse(QPointF(side / 2, side / 2), radius, radius)
            painter.end()
        return disc
