"""The plots: rows from top to bottom over one time axis.

Rows are reduced when the view changes; what they paint is kept as a picture while it does not, so that a cursor that
moves costs neither.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QSizePolicy, QWidget

from gui.views.timeline.cursor import paint_cursor
from gui.views.timeline.elapsed import ELAPSED
from gui.views.timeline.frame import Frame, Row
from gui.views.timeline.mouse import Mouse
from gui.views.timeline.paint_cache import PaintCache
from gui.views.timeline.plot_handles import PlotHandles
from gui.views.timeline.plot_places import Target, paint_target, target_at
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.region import Region
from gui.views.timeline.region_mouse import RegionMouse
from gui.views.timeline.row_heights import shared_heights
from gui.views.timeline.time_axis import TimeAxis
from gui.views.timeline.time_range import Range, bounded, panned, zoomed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent

    from core.fleet.series import SeriesKey
    from gui.views.timeline.palette import TimelineColors

_RIGHT = 16
_TOP = 4
_HEADER = 24
_SPACE = 10
_LOWEST_PLOT = 84
_LEAST_AXIS = 52
# The axes' width follows the labels, but does not tremble with every digit.
_AXIS_SLACK = 16


class PlotArea(QWidget):
    """Paints rows and lets the mouse move the view.

    Signals:
        view_changed(): the range of time or of values is another one.
        edges_changed(int left, int right): the plots begin and end at other pixels.
        cursor_changed(object): the moment under the cursor in microseconds.
        fit_requested(): a double-click on an empty place.
        place_activated(QPoint): a double-click on a plot.
        menu_requested(QPoint): a right-click, or the menu key.
        plot_clicked(int id), name_clicked(object SeriesKey): a click on a plot's header, on the name of a lane.
        plot_moved(int id, int place): a plot was dragged to where so many of the others stand above it.
        series_moved(object SeriesKey, object Target): a series was dragged to another place.
        weights_chosen(object): the plots' shares of the height by their ids, after a border was dragged.
        equal_heights_requested(): a double-click on a border.
        fill_requested(int id): a double-click on a plot's header.
    """

    view_changed = Signal()
    edges_changed = Signal(int, int)
    cursor_changed = Signal(object)
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

    def __init__(self, colors: TimelineColors, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()
        # The ids of the layout's plots, also of those that have nothing to show.
        self.order: Sequence[int] = ()
        self.axis = TimeAxis()
        self.frame: Frame | None = None
        self._colors = colors
        self._tz: tzinfo = UTC
        self._zone_name = "UTC"
        self._shifts: Mapping[str, int] | None = None
        self._range: Range | None = None
        self._data_end = 0
        self._cursor: int | None = None
        self._pinned = False
        self._band: QRect | None = None
        self._target: Target | None = None
        self._axis_width = _LEAST_AXIS
        self._edges = (0, 0)
        self._cache = PaintCache()
        # What was painted last, kept from the second time on: while the view moves, copying would be half the work.
        self._canvas = QPixmap()
        self._is_frame_old = True
        self._is_canvas_old = True
        self._mouse = Mouse(self)
        self._handles = PlotHandles(self)
        self.region = Region(self)
        self._region_mouse = RegionMouse(self, self._mouse.click)
        self.region.changed.connect(self.update)
        self.cursor_changed.connect(self.region.follow)
        self._scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._scroll_bar.setAccessibleName("Scroll the plots")
        self._scroll_bar.valueChanged.connect(self._scrolled)
        self._scroll_bar.hide()
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
        self.refresh()

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors
        self.refresh()

    @property
    def colors(self) -> TimelineColors:
        """The colours it paints with."""
        return self._colors

    def set_time_zone(self, tz: tzinfo, name: str) -> None:
        """Ticks and times in another zone."""
        self._tz, self._zone_name = tz, name
        self.refresh()

    @property
    def zone(self) -> tuple[tzinfo, str]:
        """In which zone times are told, and its name."""
        return self._tz, self._zone_name

    def set_shifts(self, shifts: Mapping[str, int] | None) -> None:
        """Takes times for counted from another moment for each vehicle, by VIN; for moments where there is none."""
        if shifts != self._shifts:
            self._shifts = shifts
            self.refresh()

    @property
    def counts_moments(self) -> bool:
        """Whether times are moments, and not counted from one that is another for each vehicle."""
        return self._shifts is None

    @property
    def axis_tz(self) -> tzinfo:
        """As what the time axis tells times: in the zone, or as counted from the first sample."""
        return self._tz if self._shifts is None else ELAPSED

    @property
    def time_range(self) -> Range | None:
        """What is in sight, microseconds."""
        return self._range

    def set_time_range(self, view: Range | None) -> None:
        """Shows another range of time."""
        view = None if view is None else bounded(*view)
        if view != self._range:
            self._range = view
            self.changed()

    def zoom_time(self, factor: float, share: float = 0.5) -> None:
        """Shows a range that is longer by a factor, around a share of the width."""
        if self._range:
            self.set_time_range(zoomed(self._range, factor, share))

    def pan_time(self, fraction: float) -> None:
        """Moves by a fraction of the width."""
        if self._range:
            self.set_time_range(panned(self._range, fraction))

    @property
    def cursor_time(self) -> int | None:
        """The moment under the cursor, microseconds."""
        return self._cursor

    def set_cursor_time(self, time: int | None) -> None:
        """Moves the cursor."""
        if time is None:
            self.pin_cursor(False)
        if time != self._cursor:
            self._cursor = time
            self.update()
            self.cursor_changed.emit(time)

    @property
    def is_cursor_pinned(self) -> bool:
        """Whether the cursor stays where it is while the mouse moves."""
        return self._pinned

    def pin_cursor(self, pinned: bool) -> None:
        """Lets the cursor stay where it is, or follow the mouse again."""
        self._pinned = pinned and self._cursor is not None
        if self._pinned:
            self.region.close()
        self.update()

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

    def changed(self) -> None:
        """The view is another one."""
        self.refresh()
        self.view_changed.emit()

    def refresh(self) -> None:
        """Paints anew before long."""
        self._is_frame_old = True
        self.update()

    # Where things are

    def plots_rect(self) -> QRect:
        """From the top of the first row to the time axis, without the room at the left."""
        right = _RIGHT + (self._scroll_bar.width() if self._scroll_bar.isVisible() else 0)
        bottom = self.height() - TimeAxis.height(self.fontMetrics())
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

    def time_at(self, x: int) -> int | None:
        """The moment at a pixel, None outside the plots."""
        plots = self.plots_rect()
        if self._range is None or not plots.left() <= x <= plots.right():
            return None
        start, end = self._range
        return start + round((x - plots.left()) / plots.width() * (end - start))

    def x_of(self, time: int) -> float:
        """The pixel of a moment."""
        plots = self.plots_rect()
        start, end = self._range or (0, 1)
        return plots.left() + (time - start) / (end - start) * plots.width()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        if self.frame is not None and self.frame.scale != scale:
            self._cache = PaintCache()
            self._is_frame_old = True
        is_new, self._is_frame_old = self._is_frame_old, False
        if is_new:
            self.frame = self._prepare(scale) if self._range is not None and self.rows else None
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
        self._region_mouse.paint(painter)
        if cursor is not None:
            paint_cursor(painter, cursor, self.rows, self.axis.rect, frame)

    def _prepare(self, scale: float) -> Frame:
        """Reduces every row to what is in sight; the room at the left follows from it."""
        frame = self._frame(scale)
        needed = max(_LEAST_AXIS, *(row.axis_width(frame.metrics) for row in self.rows))
        if not self._axis_width - _AXIS_SLACK <= needed <= self._axis_width:
            self._axis_width = needed
            frame = self._frame(scale)
        return frame

    def _frame(self, scale: float) -> Frame:
        self._lay_out()
        start, end = self._range or (0, 1)
        plots = self.plots_rect()
        metrics = QFontMetrics(self.font())
        count = round((plots.x() + plots.width()) * scale) - round(plots.x() * scale)
        grid = ColumnGrid.snapped(start, end, max(count, 1))
        self.axis.update(start, end, metrics, self.axis_tz, self._zone_name, self._cache)
        lines, days = self.axis.lines(grid)
        font, tz, cache = self.font(), self._tz, self._cache
        frame = Frame(grid, scale, self._colors, self._data_end, lines, days, font, metrics, tz, cache, self._shifts)
        for row in self.rows:
            row.prepare(frame)
        return frame

    def _lay_out(self) -> None:
        """Places the rows: lanes take what they need, plots share the rest, and scroll where it is too little."""
        metrics = self.fontMetrics()
        heights = [row.preferred_height(metrics) for row in self.rows]
        heads = [_HEADER if height is None else _SPACE for height in heights]
        free = self.plots_rect().height() - sum(heads) - sum(height or 0 for height in heights)
        flexible = heights.count(None)
        weights = [row.weight for row, height in zip(self.rows, heights, strict=True) if height is None]
        shares = iter(shared_heights(weights, free, _LOWEST_PLOT))
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
            self.axis.rect.setHeight(TimeAxis.height(metrics))

    def _set_scroll_range(self, most: int) -> None:
        bar = self._scroll_bar
        width = bar.sizeHint().width()
        bar.blockSignals(True)  # the layout that asks is the one that would be told
        bar.setRange(0, most)
        bar.blockSignals(False)
        bar.setPageStep(self.plots_rect().height())
        bar.setSingleStep(40)
        bar.setGeometry(self.width() - width, 0, width, self.height() - TimeAxis.height(self.fontMetrics()))
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
            self.refresh()
        super().changeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        is_left = event.button() == Qt.MouseButton.LeftButton and self._range is not None
        if is_left and (self._region_mouse.press(position, event.modifiers()) or self._handles.press(position)):
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        else:
            self._mouse.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if not (self._region_mouse.move(position, bool(event.buttons())) or self._handles.move(position)):
            self._mouse.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if not (self._region_mouse.release(position) or self._handles.release(position)):
            self._mouse.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if not self._handles.double_click(event.position().toPoint()):
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
