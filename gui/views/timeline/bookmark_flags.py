"""Bookmarks at the time axis: a flag with its text for each, and a band for a range, in a row of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPolygonF

from gui.models.bookmarks import bookmark_name
from gui.models.texts import plural, short_text
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.palette import blend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QColor, QFontMetrics, QPainter

    from core.workspaces.bookmarks import Bookmark
    from gui.views.timeline.frame import Frame
    from gui.views.timeline.palette import TimelineColors

    Ints = NDArray[np.int64]

# A flag's size in logical pixels, how far beside it is still meant, and the narrowest text worth painting.
FLAG = QSize(7, 8)
_WIDTH = FLAG.width()
_REACH = 3
_GAP = 4
_LEAST_TEXT = 24
# Strokes at the plots' edge, longer and wider than those of ticks.
_STROKE = 7
_STROKE_WIDTH = 2
_LONGEST_TEXT = 80
# Bands are so strong.
_BAND = 0.22


@dataclass(slots=True)
class Flag:
    """Bookmarks that begin at places too near each other to be told apart.

    Attributes:
        x: of the first one's beginning, logical pixels; the edge where it began before what is in sight.
        begins: whether it begins there.
        bookmarks: in order.
        room: the flag, and its text where it has one.
        text: that stands beside it, empty where there is no room.
    """

    x: int
    begins: bool
    bookmarks: list[Bookmark]
    room: QRect
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What of bookmarks is in sight, from left to right: of days that lie over each other a part for each.

    Attributes:
        which: bookmark.
        left: where it begins, logical pixels.
        right: where it ends.
        begins: whether it does begin there.
    """

    which: Ints
    left: Ints
    right: Ints
    begins: NDArray[np.bool_]


def band_color(colors: TimelineColors) -> QColor:
    """The ground of a range."""
    return blend(colors.accent, colors.background, _BAND)


def flag_shape(left: float, top: float) -> QPolygonF:
    """A flag beside its staff."""
    tip = QPointF(left + FLAG.width(), top + FLAG.height() / 2)
    return QPolygonF([QPointF(left, top), tip, QPointF(left, top + FLAG.height())])


class BookmarkFlags:
    """The row of flags of one time axis."""

    def __init__(self) -> None:
        self._bookmarks: Sequence[Bookmark] = ()
        self._times = np.empty((0, 2), np.int64)
        # What was placed last, and for what: frames are told apart by what they are, not by what is in them.
        self._frame: Frame | None = None
        self._room = QRect()
        self._flags: list[Flag] = []
        # Left and right edges of ranges, and whose they are.
        self._bands = np.empty((0, 3), np.int64)

    @property
    def bookmarks(self) -> Sequence[Bookmark]:
        """Those that are shown, in order."""
        return self._bookmarks

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Shows these."""
        self._bookmarks, self._frame = bookmarks, None
        self._times = np.array([(one.start, one.last) for one in bookmarks], np.int64).reshape(-1, 2)

    def height(self, metrics: QFontMetrics) -> int:
        """The row's height in logical pixels: none without bookmarks."""
        return metrics.height() + 3 if self._bookmarks else 0

    def flags(self, room: QRect, frame: Frame) -> list[Flag]:
        """What is in sight, from left to right.

        Args:
            room: the row in logical pixels; its left and right edges are the plots'.
        """
        if self._frame is not frame or self._room != room:
            self._frame, self._room = frame, QRect(room)
            parts = self._parts(room, frame)
            is_range = self._times[parts.which, 1] > self._times[parts.which, 0]
            self._bands = np.column_stack((parts.left, parts.right, parts.which))[is_range]
            self._flags = self._grouped(parts, room)
            self._give_room(room, frame)
        return self._flags

    def at(self, position: QPoint, room: QRect, frame: Frame) -> list[Bookmark]:
        """The bookmarks whose flag, text or band is at a place of the row; none elsewhere."""
        if not room.adjusted(-_REACH, 0, _WIDTH, 0).contains(position):
            return []
        flags = [flag for flag in self.flags(room, frame) if flag.room.adjusted(-_REACH, 0, 0, 0).contains(position)]
        if flags:
            return min(flags, key=lambda flag: abs(flag.x - position.x())).bookmarks
        bands = self._bands[(self._bands[:, 0] <= position.x()) & (position.x() <= self._bands[:, 1])]
        return [self._bookmarks[which] for which in np.unique(bands[:, 2]).tolist()]

    def paint(self, painter: QPainter, room: QRect, edge: int, frame: Frame) -> None:
        """Paints the row.

        Args:
            edge: where the plots end, at which each flag has a stroke.
        """
        if not self._bookmarks:
            return
        colors, flags = frame.colors, self.flags(room, frame)
        left, right = self._bands[:, 0], np.maximum(self._bands[:, 1] - 1, self._bands[:, 0])
        top = np.full(len(left), room.top())
        fill_rects(painter, left, top, right, top + room.height() - 1, band_color(colors))
        x = np.array([flag.x for flag in flags if flag.begins], np.int64)
        for first, last, wide in ((edge, edge + _STROKE - 1, _STROKE_WIDTH), (room.top() + 1, room.bottom() - 1, 1)):
            fill_rects(painter, x, np.full(len(x), first), x + wide - 1, np.full(len(x), last), colors.accent)
        _paint_shapes(painter, x + 1, room.y() + 1, colors.accent, frame.scale)
        painter.setPen(colors.text)
        down = room.y() + (room.height() - frame.metrics.height()) // 2
        for flag in flags:
            if flag.text:
                begin = self._text_left(flag)
                width, text = flag.room.right() + 1 - begin, flag.text
                if frame.cache.width(text, frame.metrics) > width:
                    text = frame.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
                frame.cache.draw(painter, begin, down, text)

    # Where they are

    def _parts(self, room: QRect, frame: Frame) -> _Parts:
        grid, (start, last) = frame.grid, self._times.T
        which = np.arange(len(start))
        begins = np.ones(len(start), np.bool_)
        if frame.folds is not None:
            passes = frame.folds.passes
            first = np.searchsorted(passes.end, start, "right")
            count = np.maximum(np.searchsorted(passes.start, np.maximum(last, start + 1), "left") - first, 0)
            which = np.repeat(which, count)
            place = np.arange(len(which)) + np.repeat(first - np.cumsum(count) + count, count)
            begins = start[which] >= passes.start[place]
            start = np.maximum(start[which], passes.start[place]) - passes.base[place]
            last = np.minimum(last[which], passes.end[place]) - passes.base[place]
        seen = np.flatnonzero((last >= grid.start) & (start <= grid.end))
        left, right = (
            room.x()
            + np.rint(
                (np.clip(times[seen], grid.start, grid.end) - grid.start) / (grid.end - grid.start) * room.width()
            )
            for times in (start, last)
        )
        order = np.argsort(left, kind="stable")
        begins = begins[seen] & (start[seen] >= grid.start)
        return _Parts(which[seen][order], left[order].astype(np.int64), right[order].astype(np.int64), begins[order])

    def _grouped(self, parts: _Parts, room: QRect) -> list[Flag]:
        """Flags with what is too near each of them."""
        flags: list[Flag] = []
        whose: list[set[int]] = []
        for left, which, begins in zip(parts.left.tolist(), parts.which.tolist(), parts.begins.tolist(), strict=True):
            if flags and left - flags[-1].x <= _WIDTH:
                whose[-1].add(which)
                flags[-1].begins = flags[-1].begins or begins
            else:
                flags.append(Flag(left, begins, [], QRect(left, room.y(), _WIDTH + _GAP, room.height())))
                whose.append({which})
        for flag, group in zip(flags, whose, strict=True):
            flag.bookmarks = [self._bookmarks[which] for which in sorted(group)]
        return flags

    def _give_room(self, room: QRect, frame: Frame) -> None:
        """Lets each flag have its text as far as there is room before the next one."""
        ends = [*(flag.x - _GAP for flag in self._flags[1:]), room.right() + 1]
        for place, flag in enumerate(self._flags):
            begin = self._text_left(flag)
            if ends[place] - begin >= _LEAST_TEXT:
                flag.text = _text(flag, frame)
                flag.room.setRight(min(begin + frame.cache.width(flag.text, frame.metrics), ends[place]) - 1)

    @staticmethod
    def _text_left(flag: Flag) -> int:
        return flag.x + (_WIDTH if flag.begins else 0) + _GAP


def _paint_shapes(painter: QPainter, lefts: Ints, top: int, color: QColor, scale: float) -> None:
    """Flags as rows of device pixels: of a path of so many small shapes each frame would take ten times as long."""
    rows = round(FLAG.height() * scale)
    painter.save()
    painter.scale(1 / scale, 1 / scale)
    share = 1 - np.abs(2 * np.arange(rows) + 1 - rows) / rows
    wide = np.maximum(np.rint(share * FLAG.width() * scale).astype(np.int64), 1)
    left = np.repeat(np.rint(lefts * scale).astype(np.int64), rows)
    down = np.tile(np.arange(rows) + round(top * scale), len(lefts))
    fill_rects(painter, left, down, left + np.tile(wide, len(lefts)) - 1, down, color)
    painter.restore()


def _text(flag: Flag, frame: Frame) -> str:
    """What stands beside a flag."""
    if len(flag.bookmarks) > 1:
        return plural(len(flag.bookmarks), "bookmark")
    return short_text(bookmark_name(flag.bookmarks[0], frame.tz), _LONGEST_TEXT)
