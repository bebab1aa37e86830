"""The plots: rows from top to bottom over one time axis.

Rows are reduced when the view changes; what they paint is kept as a picture while it does not, so that a cursor that
moves costs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from gui.views.timeline.bookmark_mouse import BookmarkMouse
from gui.views.timeline.cursor import paint_cursor
from gui.views.timeline.day_clock import DAY_CLOCK
from gui.views.timeline.day_picking import pointed_moment
from gui.views.timeline.folding import Folds
from gui.views.timeline.frame import Frame, Row
from gui.views.timeline.mouse import Mouse
from gui.views.timeline.paint_cache import PaintCache
from gui.views.timeline.plot_handles import PlotHandles
from gui.views.timeline.plot_places import Target, paint_target, target_at
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.region_mouse import RegionMouse
from gui.views.timeline.row_heights import shared_heights
from gui.views.timeline.time_axis import TimeAxis
from gui.views.timeline.timed_widget import TimedWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent

    from core.fleet.series import SeriesKey
    from core.workspaces.bookmarks import Bookmark
    from gui.views.timeline.palette import TimelineColors

_RIGHT = 16
_TOP = 4
_HEADER = 24
_SPACE = 10
_LOWEST_PLOT = 84
# As low as a plot gets so that others are not out of sight.
_LOW_PLOT = 56
_LEAST_AXIS = 52
# The axes' width follows the labels, but does not tremble with every digit.
_AXIS_SLACK = 16
# A view that was not changed for so long does not move any more.
_SETTLED_MS = 120


class PlotArea(TimedWidget):
    """Paints rows and lets the mouse move the view.

    Signals:
        edges_changed(int left, int right): the plots begin and end at other pixels.
        fit_requested(): a double-click on an empty place.
        place_activated(QPoint): a double-click on a plot.
        menu_requested(QPoint): a right-click, or the menu key.
        plot_clicked(int id), name_clicked(object SeriesKey): a click on a plot's header, on the name of a lane.
        plot_moved(int id, int place): a plot was dragged to where so many of the others stand above it.
        series_moved(object SeriesKey, object Target): a series was dragged to another place.
        weights_chosen(object): the plots' shares of the height by their ids, after a border was dragged.
        equal_heights_requested(): a double-click on a border.
        fill_requested(int id): a double-click on a plot's header.
        bookmark_activated(object Bookmark): a double-click on a flag at the time axis.
    """

    edges_changed = Signal(int, int)
    fit_requested = Signal()
    place_activated = Signal(QPoint)
    menu_requested = Signal(QPoint)
    plot_clicked = Signal(int)
    name_clicked = Signal(object)
    plot_moved = Signal(int, int)
    series_moved = Signal(object, object)
    weights_chosen = Signal(object)
    equal_heights_requested = Signal()
    fill_requested = Signal(int)
    bookmark_activated = Signal(object)

    def __init__(self, colors: TimelineColors, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()
        # The ids of the layout's plots, also of those that have nothing to show.
        self.order: Sequence[int] = ()
        self.axis = TimeAxis()
        self.frame: Frame | None = None
        self._colors = colors
        self._data_end = 0
        self._band: QRect | None = None
        self._target: Target | None = None
        self._axis_width = _LEAST_AXIS
        self._edges = (0, 0)
        self._cache = PaintCache()
        # What was painted last, kept from the second time on: while the view moves, copying would be half the work.
        self._canvas = QPixmap()
        self._is_frame_old = True
        self._is_canvas_old = True
        self._moves = False
        self._settle_soon = QTimer(self)
        self._settle_soon.setSingleShot(True)
        self._settle_soon.setInterval(_SETTLED_MS)
        self._settle_soon.timeout.connect(self.settle)
        self.view_changed.connect(self._move)
        self._mouse = Mouse(self)
        self._handles = PlotHandles(self)
        self._bookmark_mouse = BookmarkMouse(self)
        self._region_mouse = RegionMouse(self, self._mouse.click)
        self._scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll_bar.setAccessibleName("Scroll the plots")
        self._scroll_bar.valueChanged.connect(self._scrolled)
        self._scroll_bar.hide()
        # For what its range was set last: it is asked for in each frame.
        self._scrollable: tuple[int, QSize, int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Timeline plots")

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    # What is shown

    def set_rows(self, rows: Sequence[Row], data_end: int, order: Sequence[int] = ()) -> None:
        """Replaces the rows.

        Args:
            data_end: time of the last sample of all, microseconds.
            order: the ids of the layout's plots, also of those that have nothing to show.
        """
        self.rows = rows
        self.order = order
        self._data_end = data_end
        # What takes long is painted once nothing more changes.
        self._move()
        self.refresh()

    @property
    def data_end(self) -> int:
        """Time of the last sample of all, microseconds."""
        return self._data_end

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors
        self.refresh()

    @property
    def colors(self) -> TimelineColors:
        """The colours it paints with."""
        return self._colors

    def set_bookmarks(self, bookmarks: Sequence[Bookmark]) -> None:
        """Shows these at the time axis, which has a row for them as long as there are any."""
        if bookmarks != self.axis.flags.bookmarks:
            self.axis.flags.set_bookmarks(bookmarks)
            self._scrollable = None
            self.refresh()

    def bookmarks_at(self, position: QPoint) -> list[Bookmark]:
        """The bookmarks at a place of the time axis."""
        if self.frame is None or not self.axis.rect.contains(position):
            return []
        return self.axis.flags.at(position, self.axis.flags_rect(self.frame.metrics), self.frame)

    def show_row(self, key: SeriesKey) -> None:
        """Scrolls to the row of a series."""
        self._lay_out()
        row = next((row for row in self.rows if key in set(row.keys())), None)
        if row is None:
            return
        plots, place = self.plots_rect(), row.rect_of(key, self.fontMetrics())
        # Where it is higher than what is in sight, its top counts.
        down = max(0, place.bottom() - plots.bottom())
        move = min(down, place.top() - plots.top()) if down else min(0, place.top() - plots.top())
        self._scroll_bar.setValue(self._scroll_bar.value() + move)

    def set_band(self, band: QRect | None) -> None:
        """Shows a rubber band."""
        self._band = band
        self.update()

    def set_target(self, target: Target | None) -> None:
        """Marks where something that is dragged would go."""
        if target != self._target:
            self._target = target
            self.update()

    def target_at(self, position: QPoint) -> Target | None:
        """Where series that are let go at a position would go, None where nothing is shown."""
        return target_at(self.rows, self.width(), self.order, position) if self.frame else None

    def set_cursor_shape(self, shape: Qt.CursorShape | None) -> None:
        """Shows the pointer in a shape, or as usual."""
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)

    @property
    def lowest_plot(self) -> int:
        """How low a plot may be, pixels."""
        return _LOWEST_PLOT

    def refresh(self) -> None:
        """Paints anew before long."""
        self._is_frame_old = True
        self.update()

    @Slot()
    def _move(self) -> None:
        self._moves = True
        self._settle_soon.start()

    @Slot()
    def settle(self) -> None:
        """The view moves no more: what was painted in coarser columns is painted in those of the screen."""
        self._settle_soon.stop()
        self._moves = False
        if any(row.is_coarse for row in self.rows):
            self.refresh()

    # Where things are

    def plots_rect(self) -> QRect:
        """From the top of the first row to the time axis, without the room at the left."""
        right = _RIGHT + (self._scroll_bar.width() if self._scroll_bar.isVisible() else 0)
        bottom = self.height() - self.axis.height(self.fontMetrics())
        return QRect(self._axis_width, _TOP, max(self.width() - self._axis_width - right, 1), max(bottom - _TOP, 1))

    def row_at(self, position: QPoint) -> Row | None:
        """The row at a height, with its axis at the left."""
        if position.y() >= self.axis.rect.top():
            return None
        return next((row for row in self.rows if row.rect.top() <= position.y() <= row.rect.bottom()), None)

    def row_or_header_at(self, position: QPoint) -> Row | None:
        """The row at a height, whose title belongs to it."""
        if position.y() >= self.axis.rect.top():
            return None
        return next((row for row in self.rows if row.header.top() <= position.y() <= row.rect.bottom()), None)

    def moment_at(self, position: QPoint) -> int | None:
        """The moment at a place of the plots: as time_at, where days lie over each other that of the nearest one."""
        return pointed_moment(self, position) if self.days.is_on else self.time_at(position.x())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        if self.frame is not None and self.frame.scale != scale:
            self._cache = PaintCache()
            self._is_frame_old = True
        is_new, self._is_frame_old = self._is_frame_old, False
        if is_new:
            self.frame = self._prepare(scale, self._moves) if self._range is not None and self.rows else None
            self._is_canvas_old = True
            self._tell_edges()
        painter = QPainter(self)
        if is_new and painter.deviceTransform().m11() == scale:
            painter.save()
            self._render(painter, self.frame)
            painter.restore()
        else:
            self._paint_canvas(scale)
            painter.drawPixmap(0, 0, self._canvas)
        self._paint_day(painter)
        self._region_mouse.paint(painter)
        if self._cursor is not None and self.frame is not None:
            painter.save()
            painter.setClipRect(QRect(0, _TOP, self.width(), self.height()))
            paint_cursor(painter, self._cursor, self.rows, self.axis.rect, self.frame, self._pinned)
            painter.restore()
        if self._band is not None:
            fill = self._colors.accent
            painter.setPen(QPen(fill, 1))
            fill.setAlpha(40)
            painter.fillRect(self._band, fill)
            fill.setAlpha(255)
            painter.drawRect(self._band)
        if self._target is not None:
            visible = QRect(0, 0, self.width(), self.axis.rect.top())
            words = "" if self._target.axis else "New plot" if self._target.plot is None else ""
            paint_target(painter, self._target.rect.intersected(visible), words, self._colors)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._colors.accent, 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_day(self, painter: QPainter) -> None:
        """Of days that lie over each other one stands out; which one changes with the cursor."""
        frame, day = self.frame, self.day
        if frame is None or frame.folds is None or day is None:
            return
        passes = frame.folds.passes.passes_of(day)
        painter.save()
        painter.setFont(frame.font)
        painter.setClipRect(QRect(0, 0, self.width(), self.axis.rect.top()))
        for row in self.rows:
            row.paint_day(painter, passes, frame)
        painter.restore()

    def _tell_edges(self) -> None:
        plots = self.plots_rect()
        edges = plots.left(), plots.right() + 1
        if edges != self._edges:
            self._edges = edges
            self.edges_changed.emit(*edges)

    def _paint_canvas(self, scale: float) -> None:
        """Keeps what is in sight as a picture, so that a cursor that moves costs no painting of rows."""
        size = QSize(round(self.width() * scale), round(self.height() * scale))
        if self._canvas.size() != size or self._canvas.devicePixelRatioF() != scale:
            self._canvas = QPixmap(size)
            self._canvas.setDevicePixelRatio(scale)
            self._is_canvas_old = True
        if self._is_canvas_old:
            painter = QPainter(self._canvas)
            self._render(painter, self.frame)
            painter.end()
            self._is_canvas_old = False

    def _render(self, painter: QPainter, frame: Frame | None) -> None:
        clip = QRect(0, 0, self.width(), self.axis.rect.top()) if frame else QRect()
        # Plots have a ground of their own; half a pixel more, for their edges may lie inside of one.
        ground = QRegion(self.rect())
        for row in self.rows if frame else ():
            ground -= QRegion(row.rect.intersected(clip).adjusted(1, 1, -1, -1))
        painter.setClipRegion(ground)
        painter.fillRect(self.rect(), self._colors.background)
        painter.setClipping(False)
        if frame is not None:
            painter.setFont(frame.font)
            for row in self.rows:
                if row.rect.intersects(clip) or row.header.intersects(clip):
                    painter.save()
                    painter.setClipRect(clip)
                    row.paint(painter, frame)
                    painter.restore()
            self.axis.paint(painter, frame)

    def whole_height(self) -> int:
        """How high all rows and the axis are, also where they are scrolled."""
        self._lay_out()
        return self.axis.rect.bottom() + 1 + self._scroll_bar.maximum()

    def paint_whole(self, painter: QPainter, scale: float, cursor: int | None = None) -> None:
        """Paints the rows and the axis on any device, without focus and what is dragged.

        Args:
            scale: pixels in a logical one; shapes are placed as finely as that.
            cursor: the moment of a cursor, None for none.
        """
        if self._range is None or not self.rows:
            return
        self.frame = frame = self._prepare(scale)
        self._render(painter, frame)
        self._paint_day(painter)
        self._region_mouse.paint(painter)
        if cursor is not None:
            paint_cursor(painter, cursor, self.rows, self.axis.rect, frame)

    def _prepare(self, scale: float, moves: bool = False) -> Frame:
        """Reduces every row to what is in sight; the room at the left follows from it."""
        frame = self._frame(scale, moves)
        needed = max(_LEAST_AXIS, *(row.axis_width(frame.metrics) for row in self.rows))
        if not self._axis_width - _AXIS_SLACK <= needed <= self._axis_width:
            self._axis_width = needed
            frame = self._frame(scale, moves)
        return frame

    def _frame(self, scale: float, moves: bool) -> Frame:
        self._lay_out()
        start, end = self.axis_range or (0, 1)
        plots, passes = self.plots_rect(), self.passes
        metrics = QFontMetrics(self.font())
        count = round((plots.x() + plots.width()) * scale) - round(plots.x() * scale)
        grid = ColumnGrid.snapped(start, end, max(count, 1))
        clock, zone = self.axis_tz if passes is None else DAY_CLOCK, self.days.text(self._range, *self.zone)
        self.axis.update(start, end, metrics, clock, zone, self._cache)
        lines, days = self.axis.lines(grid)
        font, tz, cache, shifts = self.font(), self._tz, self._cache, self._shifts
        folds = None if passes is None else Folds(passes, grid)
        ends, colors = self._data_end, self._colors
        frame = Frame(grid, scale, colors, ends, lines, days, font, metrics, tz, cache, shifts, folds, moves)
        for row in self.rows:
            row.prepare(frame)
        return frame

    def _lay_out(self) -> None:
        """Places the rows: lanes take what they need, plots share the rest, and scroll where it is too little."""
        metrics, passes = self.fontMetrics(), self.passes
        for row in self.rows:
            row.day_rows = 0 if passes is None else passes.rows
            row.is_low = False
        heights = [row.preferred_height(metrics) for row in self.rows]
        heads = [_HEADER if height is None else _SPACE for height in heights]
        lowest, room = _LOWEST_PLOT, self.plots_rect().height()
        if sum(heads) + sum(_LOWEST_PLOT if height is None else height for height in heights) > room:
            # Before anything is out of sight.
            for row in self.rows:
                row.is_low = True
            heights, lowest = [row.preferred_height(metrics) for row in self.rows], _LOW_PLOT
        free = room - sum(heads) - sum(height or 0 for height in heights)
        flexible = heights.count(None)
        weights = [row.weight for row, height in zip(self.rows, heights, strict=True) if height is None]
        shares = iter(shared_heights(weights, free, lowest))
        given = [next(shares) if height is None else height for height in heights]
        total = sum(heads) + sum(given)
        self._set_scroll_range(max(0, total - self.plots_rect().height()))
        plots = self.plots_rect()
        self.axis.rect = QRect(plots.x(), plots.bottom() + 1, plots.width(), self.height() - plots.bottom() - 1)
        top = plots.top() - self._scroll_bar.value()
        # A few lanes alone do not stick to the top of a high window with the axis far below.
        for row, height, head in zip(self.rows, given, heads, strict=True):
            row.header = QRect(plots.x(), top, plots.width(), head)
            row.rect = QRect(plots.x(), top + head, plots.width(), height)
            top = row.rect.bottom() + 1
        if not flexible and top < plots.bottom():
            self.axis.rect.moveTop(top)
            self.axis.rect.setHeight(self.axis.height(metrics))

    def _set_scroll_range(self, most: int) -> None:
        bar = self._scroll_bar
        asked = most, self.size(), self.plots_rect().height(), self.fontMetrics().height()
        if asked == self._scrollable:
            return
        self._scrollable = asked
        width = bar.sizeHint().width()
        bar.blockSignals(True)  # the layout that asks is the one that would be told
        bar.setRange(0, most)
        bar.blockSignals(False)
        bar.setPageStep(self.plots_rect().height())
        bar.setSingleStep(40)
        bar.setGeometry(self.width() - width, 0, width, self.height() - self.axis.height(self.fontMetrics()))
        bar.setVisible(most > 0)

    @Slot(int)
    def _scrolled(self, _value: int) -> None:
        self.refresh()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._cache = PaintCache()
            self._scrollable = None
            self.refresh()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        is_left = event.button() == Qt.MouseButton.LeftButton and self._range is not None
        modifiers = event.modifiers()
        if is_left and (
            self._bookmark_mouse.press(position, modifiers)
            or self._region_mouse.press(position, modifiers)
            or self._handles.press(position)
        ):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        held = bool(event.buttons())
        if not (
            self._bookmark_mouse.move(position, held)
            or self._region_mouse.move(position, held)
            or self._handles.move(position)
        ):
            self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if not (
            self._bookmark_mouse.release() or self._region_mouse.release(position) or self._handles.release(position)
        ):
            self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if not (self._bookmark_mouse.double_click(position) or self._handles.double_click(position)):
            self._mouse.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.pos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._mouse.wheel(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._mouse.hold(event.key()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._mouse.hold(None)
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # Nobody tells here that the key is released.
        self._mouse.hold(None)
        super().focusOutEvent(event)

    def cancel_drag(self) -> bool:
        """Ends a drag without effect; False where there is none."""
        return self._region_mouse.cancel() or self._handles.cancel() or self._mouse.cancel()

    def let_go(self) -> None:
        """Takes back one thing: a drag, else a region that is not finished, else the cursor's pin, else the region."""
        if self.cancel_drag():
            return
        if self._pinned and not self.region.is_open:
            self.pin_cursor(False)
        else:
            self.region.set_range(None)
