"""Bookmarks at the time axis: a flag with its text for each, and a band for a range, in a row of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPolygonF

from gui.models.bookmarks import bookmark_name
from gui.models.texts import plural, short_text
from gui.views.timeline.palette import blend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QColor, QFontMetrics, QPainter

    from core.workspaces.bookmarks import Bookmark
    from gui.views.timeline.frame import Frame
    from gui.views.timeline.palette import TimelineColors

# A flag's size in logical pixels, how far beside it is still meant, and the narrowest text worth painting.
FLAG = QSize(7, 8)
_WIDTH = FLAG.width()
_REACH = 3
_GAP = 4
_LEAST_TEXT = 24
# Strokes at the plots' edge, longer and wider than those of ticks.
_STROKE = 7
_STROKE_WIDTH = 2
_LONGEST_TEXT = 120
# Bands are so strong.
_BAND = 0.22


@dataclass(slots=True)
class Flag:
    """Bookmarks that begin at places too near each other to be told apart.

    Attributes:
        x: of the first one's beginning, logical pixels; the edge where it began before what is in sight.
        begins: whether it begins there.
        bookmarks: in order.
        room: the flag and its text.
    """

    x: int
    begins: bool
    bookmarks: list[Bookmark]
    room: QRect


def band_color(colors: TimelineColors) -> QColor:
    """The ground of a range."""
    return blend(colors.accent, colors.background, _BAND)


def flag_shape(left: float, top: float) -> QPolygonF:
    """A flag beside its staff."""
    tip = QPointF(left + FLAG.width(), top + FLAG.height() / 2)
    return QPolygonF([QPointF(left, top), tip, QPointF(left, top + FLAG.height())])


class BookmarkFlags:
    """The row of flags of one time axis.

    Attributes:
        bookmarks: those that are shown, in order.
    """

    def __init__(self) -> None:
        self.bookmarks: Sequence[Bookmark] = ()
        # What was placed last, and for what: frames are told apart by what they are, not by what is in them.
        self._frame: Frame | None = None
        self._asked: tuple[QRect, Sequence[Bookmark]] | None = None
        self._flags: list[Flag] = []
        self._bands: list[tuple[QRect, Bookmark]] = []

    def height(self, metrics: QFontMetrics) -> int:
        """The row's height in logical pixels: none without bookmarks."""
        return metrics.height() + 3 if self.bookmarks else 0

    def flags(self, room: QRect, frame: Frame) -> list[Flag]:
        """What is in sight, from left to right.

        Args:
            room: the row in logical pixels; its left and right edges are the plots'.
        """
        self._place(room, frame)
        return self._flags

    def bands(self, room: QRect, frame: Frame) -> list[tuple[QRect, Bookmark]]:
        """The parts of the row in sight that ranges take."""
        self._place(room, frame)
        return self._bands

    def at(self, position: QPoint, room: QRect, frame: Frame) -> list[Bookmark]:
        """The bookmarks whose flag, text or band is at a place of the row; none elsewhere."""
        if not room.adjusted(-_REACH, 0, _STROKE, 0).contains(position):
            return []
        flags = [flag for flag in self.flags(room, frame) if flag.room.adjusted(-_REACH, 0, 0, 0).contains(position)]
        if flags:
            return min(flags, key=lambda flag: abs(flag.x - position.x())).bookmarks
        return [one for band, one in self.bands(room, frame) if band.contains(position)]

    def paint(self, painter: QPainter, room: QRect, edge: int, frame: Frame) -> None:
        """Paints the row.

        Args:
            edge: where the plots end, at which each flag has a stroke.
        """
        colors = frame.colors
        for band, _ in self.bands(room, frame):
            painter.fillRect(band, band_color(colors))
        for flag in self.flags(room, frame):
            if flag.begins:
                self._paint_flag(painter, flag.x, room, edge, colors)
            text_left = flag.x + (_WIDTH if flag.begins else 0) + _GAP
            place = QRect(text_left, room.y(), flag.room.right() + 1 - text_left, room.height())
            if place.width() >= _LEAST_TEXT:
                text = frame.metrics.elidedText(_text(flag, frame), Qt.TextElideMode.ElideRight, place.width())
                painter.setPen(colors.text)
                line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
                painter.drawText(place, line, text)

    @staticmethod
    def _paint_flag(painter: QPainter, x: int, room: QRect, edge: int, colors: TimelineColors) -> None:
        painter.fillRect(QRectF(x - _STROKE_WIDTH / 2 + 0.5, edge, _STROKE_WIDTH, _STROKE), colors.accent)
        painter.fillRect(QRect(x, room.y() + 1, 1, room.height() - 2), colors.accent)
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.accent)
        painter.drawPolygon(flag_shape(x + 1, room.y() + 1))
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)

    # Where they are

    def _place(self, room: QRect, frame: Frame) -> None:
        if self._frame is frame and self._asked == (room, self.bookmarks):
            return
        self._frame, self._asked = frame, (QRect(room), self.bookmarks)
        grid = frame.grid
        found: list[tuple[int, bool, Bookmark]] = []
        bands = []
        for one in self.bookmarks:
            for start, end in _shown(one, frame):
                if end < grid.start or start > grid.end:
                    continue
                x = [self._x(min(max(time, grid.start), grid.end), room, frame) for time in (start, end)]
                found.append((x[0], start >= grid.start and start == _time(one, frame), one))
                if one.end is not None:
                    bands.append((QRect(x[0], room.y(), max(x[1] - x[0], 1), room.height()), one))
        found.sort(key=lambda place: place[0])
        flags: list[Flag] = []
        for left, begins, one in found:
            if flags and left - flags[-1].x < _WIDTH + 1:
                flags[-1].bookmarks += [one] if one not in flags[-1].bookmarks else []
                flags[-1].begins = flags[-1].begins or begins
            else:
                flags.append(Flag(left, begins, [one], QRect()))
        ends = [*(flag.x - _GAP for flag in flags[1:]), room.right() + 1]
        for place, flag in enumerate(flags):
            free = max(ends[place] - flag.x, _WIDTH + _GAP)
            width = _WIDTH + 2 * _GAP + frame.cache.width(_text(flag, frame), frame.metrics)
            if free < _WIDTH + _GAP + _LEAST_TEXT:
                width = _WIDTH + _GAP
            flag.room = QRect(flag.x, room.y(), min(width, free), room.height())
        self._flags, self._bands = flags, bands

    @staticmethod
    def _x(time: int, room: QRect, frame: Frame) -> int:
        share = (time - frame.grid.start) / (frame.grid.end - frame.grid.start)
        return room.x() + round(share * room.width())


def _text(flag: Flag, frame: Frame) -> str:
    """What stands beside a flag."""
    if len(flag.bookmarks) > 1:
        return plural(len(flag.bookmarks), "bookmark")
    return short_text(bookmark_name(flag.bookmarks[0], frame.tz), _LONGEST_TEXT)


def _time(one: Bookmark, frame: Frame) -> int | None:
    """Where on the axis it begins, None where its day is not shown."""
    return one.start if frame.folds is None else frame.folds.passes.time_of_day(one.start)


def _shown(one: Bookmark, frame: Frame) -> Iterator[tuple[int, int]]:
    """Where on the axis it lies: of days that lie over each other its part of each."""
    if frame.folds is None:
        yield one.start, one.last
        return
    passes = frame.folds.passes
    first = int(np.searchsorted(passes.end, one.start, "right"))
    behind = int(np.searchsorted(passes.start, max(one.last, one.start + 1), "left"))
    for place in range(first, behind):
        base = int(passes.base[place])
        yield max(one.start, int(passes.start[place])) - base, min(one.last, int(passes.end[place])) - base
