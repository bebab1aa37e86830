"""The whole range of time in a strip, with a brush over what is in sight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.models.texts import tip_text
from gui.views.timeline.elapsed import ELAPSED, elapsed_text
from gui.views.timeline.frame import ValueScale, device_rect
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.reduction import ColumnGrid, reduce_columns
from gui.views.timeline.time_range import Range, bounded, zoomed
from gui.views.timeline.time_ticks import DAY, Step, Tick, choose_step, local, moment_text, ticks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.workspaces.bookmarks import Bookmark
    from gui.views.timeline.entry import Entry
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.trace import LineTrace

_HEIGHT = 46
# In less nothing could be told.
_LEAST = 16
# More curves than these would hide each other.
_MOST_LINES = 24
_REACH = 5
_HANDLE = 3
_DRAG_DISTANCE = 4
_WHEEL_FACTOR = 0.8
# The row of ticks at the foot that says where there are samples at all.
_FOOT = 4
_LABEL_ROOM = 100
# Bookmarks are ticks at the top so high, drawn back so far.
_BOOKMARK = 7
_FAINT = 0.7


@dataclass(slots=True)
class _Drag:
    """A drag from its press on.

    Attributes:
        part: ``start`` or ``end`` (an edge of the brush), ``brush`` or ``new``.
        origin: where it began, logical pixels.
        view: what was in sight then.
    """

    part: str
    origin: int
    view: Range
    moving: bool = False


class Overview(QWidget):
    """Shows all samples of all visible series; each curve takes the strip's height for its own values.

    Signals:
        range_chosen(object start, object end): this range of time is to be shown, microseconds.
        fit_requested(): a double-click.
    """

    range_chosen = Signal(object, object)
    fit_requested = Signal()

    def __init__(self, colors: TimelineColors, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colors = colors
        self._tz: tzinfo = UTC
        self._entries: Sequence[Entry] = ()
        self._whole: Range | None = None
        self._bookmarks: Sequence[Bookmark] = ()
        self._view: Range | None = None
        self._edges = (0, 0)
        self._picture: QPixmap | None = None
        self._drag: _Drag | None = None
        self.setMouseTracking(True)
        # Where there is little room the plots have it.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Overview of the whole time")
        self._has_content, self._is_wanted = False, True
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)

    def set_wanted(self, wanted: bool) -> None:
        """Whether it is shown where there is something to show."""
        self._is_wanted = wanted
        self.setVisible(self._has_content and wanted)

    def set_content(self, entries: Sequence[Entry], whole: Range | None) -> None:
        """Shows other samples over a range of time that holds all of them; without a range there is nothing to see."""
        self._entries = entries
        self._whole = whole
        self._has_content = whole is not None
        self.setVisible(self._has_content and self._is_wanted)
        self._refresh()

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Marks where these begin."""
        if bookmarks != self._bookmarks:
            self._bookmarks = bookmarks
            self._refresh()

    def set_view(self, view: Range | None) -> None:
        """Tells what is in sight."""
        self._view = view
        self.update()

    @Slot(int, int)
    def set_edges(self, left: int, right: int) -> None:
        """Tells between which pixels of the widget the plots lie, so that the same time is at the same place."""
        self._edges = left, right
        self._refresh()

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors
        self._refresh()

    def set_time_zone(self, tz: tzinfo) -> None:
        """Tells dates in another zone, or as counted from the first sample."""
        self._tz = tz
        self._refresh()

    def _refresh(self) -> None:
        self._picture = None
        self.update()

    # Where things are

    def strip(self) -> QRect:
        """Where the samples are, logical pixels."""
        left, right = self._edges
        return QRect(left, 2, max(right - left, 1), self.height() - 4)

    def brush(self) -> QRect:
        """Where the brush is; beyond the strip where more is in sight than there is."""
        strip = self.strip()
        if self._whole is None or self._view is None:
            return QRect()
        left, right = (round(self._x(moment)) for moment in self._view)
        # The shortest range still has a brush that can be taken.
        if right - left < 2 * _HANDLE:
            left = (left + right) // 2 - _HANDLE
            right = left + 2 * _HANDLE
        return QRect(left, strip.top(), right - left, strip.height())

    def _x(self, moment: int) -> float:
        strip, (start, end) = self.strip(), self._whole or (0, 1)
        share = (moment - start) / (end - start)
        return strip.left() + min(max(share, -1.0), 2.0) * strip.width()

    def _moment(self, x: int) -> int:
        strip, (start, end) = self.strip(), self._whole or (0, 1)
        return start + round((x - strip.left()) / strip.width() * (end - start))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._colors.background)
        if self._whole is None or self.height() < _LEAST:
            return
        scale = self.devicePixelRatioF()
        strip = self.strip()
        if self._picture is None or self._picture.devicePixelRatioF() != scale:
            self._picture = self._paint_picture(scale)
        painter.drawPixmap(strip.topLeft(), self._picture)
        brush = self.brush().intersected(strip)
        veil = QColor(self._colors.background)
        veil.setAlpha(150)
        if brush.isEmpty():
            painter.fillRect(strip, veil)
            return
        painter.fillRect(QRect(strip.topLeft(), QPoint(brush.left() - 1, strip.bottom())), veil)
        painter.fillRect(QRect(QPoint(brush.right() + 1, strip.top()), strip.bottomRight()), veil)
        painter.setPen(QPen(self._colors.accent, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(brush.adjusted(0, 0, -1, -1))
        top, height = strip.top() + strip.height() // 4, strip.height() // 2
        for x in (brush.left(), brush.right() - _HANDLE + 1):
            painter.fillRect(QRect(x, top, _HANDLE, height), self._colors.accent)

    def _paint_picture(self, scale: float) -> QPixmap:
        strip = self.strip()
        device = device_rect(QRect(0, 0, strip.width(), strip.height()), scale)
        picture = QPixmap(max(device.width(), 1), max(device.height(), 1))
        picture.fill(self._colors.plot)
        start, end = self._whole or (0, 1)
        grid = ColumnGrid.snapped(start, end, picture.width())
        painter = QPainter(picture)
        shown = [entry for entry in self._entries if entry.visible]
        lines = [(line, entry.color) for entry in shown for line in entry.lines][:_MOST_LINES]
        foot = round(_FOOT * scale)
        for line, color in lines:
            self._paint_line(painter, line, grid, picture.height() - foot, scale, self._colors.curve(color))
        self._paint_foot(painter, shown, grid, QRect(0, picture.height() - foot, picture.width(), foot))
        painter.end()
        picture.setDevicePixelRatio(scale)
        self._paint_dates(picture, strip.size())
        self._paint_bookmarks(picture, strip.width())
        return picture

    def _paint_line(
        self, painter: QPainter, line: LineTrace, grid: ColumnGrid, height: int, scale: float, color: QColor
    ) -> None:
        columns = reduce_columns(line.time, line.pyramid, line.buckets, grid)
        if len(columns.column) == 0:
            return
        low, high = float(columns.low.min()), float(columns.high.max())
        margin = round(3 * scale)
        # To large numbers adding 1 changes nothing.
        above = high if high > low else max(low + 1.0, math.nextafter(low, math.inf))
        values = ValueScale(low, above, max(height - 2 * margin, 2))
        top, bottom = values.rows(columns.high) + margin, values.rows(columns.low) + margin
        thick = max(round(scale), 1) - 1
        fill_rects(painter, columns.column, top, columns.column, bottom + thick, color)
        held = ~np.isin(columns.last[:-1], line.gaps)
        level = values.rows(line.value[columns.last[:-1]][held]) + margin
        fill_rects(painter, columns.column[:-1][held], level, columns.column[1:][held], level + thick, color)

    def _paint_foot(self, painter: QPainter, shown: Sequence[Entry], grid: ColumnGrid, room: QRect) -> None:
        """Where any series has samples, also those whose values are no curve."""
        filled = np.zeros(grid.count, np.bool_)
        for entry in shown:
            if entry.series is not None:
                filled |= np.diff(np.searchsorted(entry.series.time, grid.edges)) > 0
        columns: NDArray[np.int64] = np.flatnonzero(filled)
        top, bottom = np.full(len(columns), room.top()), np.full(len(columns), room.bottom())
        fill_rects(painter, columns, top, columns, bottom, self._colors.muted)

    def _paint_dates(self, picture: QPixmap, size: QSize) -> None:
        start, end = self._whole or (0, 1)
        step = choose_step(start, end, max(size.width() // _LABEL_ROOM, 1))
        painter = QPainter(picture)
        painter.setFont(self.font())
        free, said = 0, ""
        for tick in ticks(start, end, step, self._tz):
            x = round((tick.time - start) / (end - start) * size.width())
            text, day = date_text(tick, step, self._tz, said)
            width = painter.fontMetrics().horizontalAdvance(text)
            painter.fillRect(x, 0, 1, size.height(), self._colors.grid)
            if x >= free and x + 4 + width <= size.width():
                place = QRect(x + 3, 1, width + 2, painter.fontMetrics().height())
                ground = QColor(self._colors.plot)
                ground.setAlpha(230)
                painter.fillRect(place, ground)
                painter.setPen(self._colors.text)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
                free, said = x + width + 12, day
        painter.end()

    def _paint_bookmarks(self, picture: QPixmap, width: int) -> None:
        start, end = self._whole or (0, 1)
        places = {
            round((one.start - start) / (end - start) * width) for one in self._bookmarks if start <= one.start <= end
        }
        painter = QPainter(picture)
        for x in places:
            painter.fillRect(x, 0, 2, _BOOKMARK, self._colors.faint(self._colors.accent, _FAINT))
        painter.end()

    def describe(self) -> None:
        """Puts into words what is in sight; each frame of a view that moves would be too many."""
        if self._view is not None:
            start, end = (moment_text(moment, self._tz) for moment in self._view)
            self.setAccessibleDescription(f"In sight: {start} to {end}")

    # The mouse

    def _part(self, x: int) -> str:
        brush = self.brush()
        for part, edge in (("start", brush.left()), ("end", brush.right())):
            if abs(x - edge) <= _REACH:
                return part
        return "brush" if brush.left() < x < brush.right() else "new"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._whole is None or self._view is None:
            event.ignore()
            return
        x = event.position().toPoint().x()
        part = self._part(x)
        if part == "brush" and self._view[0] <= self._whole[0] and self._view[1] >= self._whole[1]:
            # Where all is in sight there is nothing to move to.
            part = "new"
        self._drag = _Drag(part, x, self._view)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().toPoint().x()
        drag = self._drag
        if drag is None or not event.buttons():
            self._drag = None
            self._hover(x)
            return
        if not drag.moving and abs(x - drag.origin) < _DRAG_DISTANCE:
            return
        drag.moving = True
        shift = self._moment(x) - self._moment(drag.origin)
        start, end = drag.view
        match drag.part:
            case "start":
                start = min(start + shift, end)
            case "end":
                end = max(end + shift, start)
            case "brush":
                start, end = start + shift, end + shift
            case _:
                start, end = sorted((self._moment(drag.origin), self._moment(x)))
        self.range_chosen.emit(*bounded(start, end))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and not drag.moving and drag.part == "new":
            # A click shows what is there, as much of it as is in sight now.
            length = drag.view[1] - drag.view[0]
            start = self._moment(drag.origin) - length // 2
            self.range_chosen.emit(*bounded(start, start + length))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.fit_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if self._view is None or not event.angleDelta().y():
            return
        moment = self._moment(event.position().toPoint().x())
        start, end = self._view
        share = min(max((moment - start) / (end - start), 0.0), 1.0)
        self.range_chosen.emit(*zoomed(self._view, _WHEEL_FACTOR ** (event.angleDelta().y() / 120), share))

    def _hover(self, x: int) -> None:
        shapes = {
            "start": Qt.CursorShape.SizeHorCursor,
            "end": Qt.CursorShape.SizeHorCursor,
            "brush": Qt.CursorShape.OpenHandCursor,
            "new": Qt.CursorShape.CrossCursor,
        }
        self.setCursor(shapes[self._part(x)])
        self.setToolTip(tip_text(f"{moment_text(self._moment(x), self._tz)}\nDrag to choose what is in sight"))

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._refresh()
        super().changeEvent(event)


def date_text(tick: Tick, step: Step, tz: tzinfo, said: str) -> tuple[str, str]:
    """What stands at a tick, and of which day it is; the day stands once where several ticks are of it.

    Args:
        said: the day of the text before.
    """
    if tz is ELAPSED:
        whole = step.length >= DAY or tick.begins
        return (tick.label if whole else elapsed_text(tick.time).removesuffix(":00")), ""
    at = local(tick.time, tz)
    day = f"{at:%Y-%m-%d}"
    if step.length >= DAY:
        return day, day
    return (tick.label if day == said else f"{day} {tick.label}"), day
