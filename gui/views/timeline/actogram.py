"""Lanes of days that lie over each other: one thin row a day, the oldest at the top, and what the colours mean.

A day that has a time twice has two rows: one up to when its clock is put back, one from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt

from gui.views.timeline.bands import reduce_bands
from gui.views.timeline.frame import device_rect
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.time_ticks import Step, context_texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from gui.views.timeline.folding import Folds, Pieces
    from gui.views.timeline.frame import Frame
    from gui.views.timeline.trace import StateTrace

    Ints = NDArray[np.int64]

# Up to so many rows each is so high, in logical pixels.
_THICKNESS = ((7, 12), (14, 8), (33, 4), (62, 3))
_THINNEST = 2
# Rows of this height stand apart.
_APART = 8
# A state or an event as short as this is still seen, in logical pixels.
_NARROWEST = 2
_SWATCH = 9
_BESIDE = 5
_BETWEEN = 16


def thickness(rows: int) -> int:
    """The height of one of so many rows, in logical pixels."""
    return next((height for most, height in _THICKNESS if rows <= most), _THINNEST)


class DayRows:
    """The rows of one lane.

    Args:
        room: of all rows, in logical pixels.
        frame: the view, with the days.
        folds: of the frame.
    """

    def __init__(self, room: QRect, frame: Frame, folds: Folds) -> None:
        self._room, self._frame, self._folds = room, frame, folds
        self._device = device_rect(room, frame.scale)
        count = max(folds.passes.rows, 1)
        edges = np.rint(np.arange(count + 1) * (self._device.height() / count)).astype(np.int64)
        apart = round(frame.scale) if thickness(count) >= _APART else 0
        self._top, self._bottom = edges[:-1], np.maximum(edges[1:] - 1 - apart, edges[:-1])

    def paint_states(self, painter: QPainter, trace: StateTrace, numbers: Ints, pale: bool) -> list[int]:
        """Paints the states: solid as long as they are known, pale where they are only the last known ones.

        Args:
            numbers: of the states' colours, by their codes.
            pale: whether other series are selected.

        Returns:
            The codes of those in sight, ascending.
        """
        frame, folds = self._frame, self._folds
        bands = reduce_bands(trace, folds.long, frame.data_end)
        number = numbers[trace.code[bands.run]] if len(bands.run) else bands.run
        known = np.flatnonzero(bands.right >= bands.left)
        solid = folds.cut(bands.left[known], bands.right[known])
        held = folds.cut(bands.left, bands.until)
        mixed = folds.cut(bands.mixed, bands.mixed)
        painter.save()
        self._to_device(painter)
        for faint, pieces, of in ((True, held, number[held.source]), (False, solid, number[known[solid.source]])):
            for one in np.flatnonzero(np.bincount(of)).tolist():
                color = frame.colors.band(one)
                color = frame.colors.faint(color, 0.5) if pale else color
                chosen = np.flatnonzero(of == one)
                self._fill(
                    painter, pieces, chosen, frame.colors.faint(color, 0.38) if faint else color, widen=not faint
                )
        self._fill(painter, mixed, np.arange(len(mixed.which)), frame.colors.muted, widen=True)
        painter.restore()
        return np.flatnonzero(np.bincount(trace.code[bands.run[held.source]])).tolist()

    def paint_moments(self, painter: QPainter, times: Ints, color: QColor) -> None:
        """Paints a stroke at each of some ascending moments."""
        _, which, at = self._folds.passes.folded(times)
        columns = self._frame.grid.column_of(at)
        inside = np.flatnonzero((columns >= 0) & (columns < self._frame.grid.count))
        wider = round(_NARROWEST * self._frame.scale) - 1
        left, row = columns[inside], self._folds.passes.row[which[inside]]
        painter.save()
        self._to_device(painter)
        fill_rects(painter, left, self._top[row], left + wider, self._bottom[row], color)
        painter.restore()

    def paint_frame(self, painter: QPainter, passes: Sequence[int], color: QColor) -> None:
        """Paints a frame around the rows of a day."""
        rows = sorted({int(self._folds.passes.row[one]) for one in passes})
        if not rows:
            return
        scale = self._frame.scale
        top = self._room.y() + int(self._top[rows[0]]) / scale
        height = (int(self._bottom[rows[-1]]) + 1 - int(self._top[rows[0]])) / scale
        for y in (top - 1, top + height):
            painter.fillRect(self._room.x(), round(y), self._room.width(), 1, color)

    def paint_dates(self, painter: QPainter, right: int, tz: tzinfo) -> None:
        """Paints the date beside every row that has room for it, the first one first.

        Args:
            right: where they end, in logical pixels.
        """
        frame, passes = self._frame, self._folds.passes
        height, free = frame.metrics.height(), self._room.y() - 2
        painter.setPen(frame.colors.muted)
        first = np.flatnonzero(np.append(True, passes.day[1:] != passes.day[:-1])).tolist()
        for one in first:
            row = int(passes.row[one])
            middle = (int(self._top[row]) + int(self._bottom[row]) + 1) / 2 / frame.scale
            top = round(self._room.y() + middle - height / 2)
            if top >= free:
                text = short_date(int(passes.start[one]), tz)
                frame.cache.draw_before(painter, right, top, text, frame.metrics)
                free = top + height

    def _to_device(self, painter: QPainter) -> None:
        painter.scale(1 / self._frame.scale, 1 / self._frame.scale)
        painter.setClipRect(self._device, Qt.ClipOperation.IntersectClip)
        painter.translate(self._device.topLeft())

    def _fill(self, painter: QPainter, pieces: Pieces, chosen: Ints, color: QColor, *, widen: bool) -> None:
        row = self._folds.passes.row[pieces.which[chosen]]
        left, right = pieces.left[chosen], pieces.right[chosen]
        if widen:
            right = np.maximum(right, left + round(_NARROWEST * self._frame.scale) - 1)
        fill_rects(painter, left, self._top[row], right, self._bottom[row], color)


def row_at(y: int, top: int, rows: int) -> int | None:
    """The row at a height of the widget, None above and below.

    Args:
        top: of the first row, logical pixels.
    """
    found = (y - top) // thickness(rows)
    return found if y >= top and found < rows else None


def short_date(moment: int, tz: tzinfo) -> str:
    """``31 May``"""
    return context_texts(moment, Step("clock", 1), tz)[-1]


def paint_key(painter: QPainter, room: QRect, states: Sequence[tuple[QColor, str]], frame: Frame, text: QColor) -> None:
    """What the colours of rows mean, as far as there is room: a swatch and a name each.

    Args:
        room: in logical pixels.
    """
    left, metrics = room.x() + _BESIDE, frame.metrics
    top = room.y() + (room.height() - metrics.height()) // 2
    for color, label in states:
        width = frame.cache.width(label, metrics)
        if left + _SWATCH + _BESIDE + width > room.right():
            frame.cache.draw(painter, left, top, "…")
            return
        painter.fillRect(left, room.y() + (room.height() - _SWATCH) // 2, _SWATCH, _SWATCH, color)
        painter.setPen(text)
        frame.cache.draw(painter, left + _SWATCH + _BESIDE, top, label)
        left += _SWATCH + _BESIDE + width + _BETWEEN
