"""The timeline: plots above, legend below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from gui.models.series_mime import decode_series_keys, has_series_keys
from gui.views.timeline import notice
from gui.views.timeline.composition import Composition
from gui.views.timeline.cursor import next_sample, previous_sample, sample_before
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import LegendModel
from gui.views.timeline.palette import TimelineColors, theme_colors
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.time_range import Range, fitting
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.zoom_history import ZoomHistory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import tzinfo

    from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QResizeEvent

    from core.fleet.series import Series, SeriesKey

# A view that stays for this long is one to come back to; the same pause comes before others hear of it.
SETTLED_MS = 250
_ZOOM_STEP = 0.5
_PAN_STEP = 0.25
# How near a double-click must be to a sample, in logical pixels.
_NEAR = 7

_View = tuple[Range, tuple[tuple[str, tuple[float, float]], ...]]


class TimelineView(QWidget):
    """Series over time: one plot a unit, lanes for states, a legend with the values at the cursor.

    Times are microseconds since the epoch, UTC. The time range follows the data until it is zoomed or panned, and each
    value axis until it is zoomed itself.

    Signals:
        range_changed(object start, object end): another range of time is in sight, told once it rests.
        series_dropped(list of SeriesKey): a drag from the property tree ended here.
        remove_requested(list of SeriesKey): these are to go; the timeline leaves it to the owner.
        sample_activated(object SeriesKey, int): Enter or a double-click on a sample; its index in the series.
        cursor_moved(object): the moment under the cursor.
        keys_selected(list of SeriesKey): the selection in the legend.
    """

    # Python's integers: an int of Qt's has 32 bits, too few for microseconds.
    range_changed = Signal(object, object)
    series_dropped = Signal(list)
    remove_requested = Signal(list)
    sample_activated = Signal(object, int)
    cursor_moved = Signal(object)
    keys_selected = Signal(list)

    def __init__(self, parent: QWidget | None = None, *, colors: TimelineColors | None = None) -> None:
        super().__init__(parent)
        self._fixed_colors = colors
        colors = colors or theme_colors()
        self._composition = Composition(len(colors.series))
        self._history: ZoomHistory[_View] = ZoomHistory()
        self._follows = True
        self._told: Range | None = None
        self._legend_sized = False

        self._area = PlotArea(colors)
        self._notice = notice.Notice(colors)
        self._model = LegendModel(colors, self)
        self._legend = Legend(self._model)
        top = QWidget()
        stack = QStackedLayout(top)
        stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        stack.addWidget(self._notice)
        stack.addWidget(self._area)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.addWidget(top)
        self._splitter.addWidget(self._legend)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setCollapsible(0, False)
        self._splitter.splitterMoved.connect(self._splitter_moved)
        self._drop_frame = _DropFrame(colors, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLED_MS)
        self._settle.timeout.connect(self._settled)
        self._area.view_changed.connect(self._view_changed)
        self._area.cursor_changed.connect(self._cursor_changed)
        self._area.fit_requested.connect(self.fit)
        self._area.place_activated.connect(self._activate_place)
        self._model.visibility_changed.connect(self._set_visible)
        self._legend.keys_selected.connect(self._select)
        self._legend.remove_requested.connect(self.remove_requested)
        self.setAcceptDrops(True)
        self.setFocusProxy(self._area)
        self.setAccessibleName("Timeline")
        self._show()

    # Series

    def set_series(self, series: Sequence[Series]) -> None:
        """Shows these and no others; zoom, order and colours of those that stay are kept."""
        self._composition.keep({one.key for one in series})
        self.add_series(series)

    def add_series(self, series: Iterable[Series]) -> None:
        """Adds series, or replaces the samples of those that are there."""
        self._composition.put(series)
        self._show()

    def remove_series(self, keys: Iterable[SeriesKey]) -> None:
        """Takes series away."""
        gone = set(keys)
        self._composition.keep({entry.key for entry in self._composition.entries()} - gone)
        self._show()

    def clear(self) -> None:
        """Takes everything away."""
        self._composition.keep(())
        self._show()

    def set_loading(self, keys: Collection[SeriesKey]) -> None:
        """Marks exactly these as on their way; what is not there yet gets a place in the legend."""
        self._composition.set_loading(keys)
        self._show()

    def keys(self) -> list[SeriesKey]:
        """The series in order, with those that are on their way."""
        return [entry.key for entry in self._composition.entries()]

    def series(self, key: SeriesKey) -> Series | None:
        """The samples of a series, None where there are none yet."""
        entry = self._composition.entry(key)
        return entry.series if entry else None

    def selected_keys(self) -> list[SeriesKey]:
        """The series selected in the legend."""
        return self._legend.selected_keys()

    def select_keys(self, keys: Iterable[SeriesKey]) -> None:
        """Selects series in the legend."""
        self._legend.select_keys(keys)

    # View

    def visible_range(self) -> Range | None:
        """The range of time in sight: start, end; None where nothing is on the timeline."""
        return self._area.time_range

    def set_visible_range(self, start: int, end: int) -> None:
        """Shows a range of time."""
        self._area.set_time_range((start, end))

    def fit(self) -> None:
        """Shows all samples: the whole range of time, the values as they are."""
        for plot in self._composition.plots().values():
            plot.manual = None
        self._fit_time()
        self._area.changed()
        self._follows = True

    def fit_values(self) -> None:
        """Lets all value axes follow what is in sight again."""
        for plot in self._composition.plots().values():
            plot.manual = None
        follows = self._follows
        self._area.changed()
        self._follows = follows

    def zoom_time(self, factor: float) -> None:
        """Shows a range that is longer by a factor, around the cursor where it is in sight, else the middle."""
        cursor, view = self._area.cursor_time, self._area.time_range
        inside = view is not None and cursor is not None and view[0] <= cursor <= view[1]
        share = (cursor - view[0]) / (view[1] - view[0]) if inside and view and cursor is not None else 0.5
        self._area.zoom_time(factor, share)

    def zoom_in(self) -> None:
        """Shows half as much time."""
        self.zoom_time(_ZOOM_STEP)

    def zoom_out(self) -> None:
        """Shows twice as much time."""
        self.zoom_time(1 / _ZOOM_STEP)

    def pan(self, fraction: float) -> None:
        """Moves by a fraction of the width, to later moments where it is positive."""
        self._area.pan_time(fraction)

    def zoom_back(self) -> None:
        """The view before this one."""
        self._commit()
        self._go_to(self._history.back())

    def zoom_forward(self) -> None:
        """The view from which zoom_back came."""
        self._commit()
        self._go_to(self._history.forward())

    def set_time_zone(self, tz: tzinfo, name: str) -> None:
        """Tells times in another zone."""
        self._area.set_time_zone(tz, name)
        self._describe()

    def cursor_time(self) -> int | None:
        """The moment under the cursor."""
        return self._area.cursor_time

    def set_cursor_time(self, time: int | None) -> None:
        """Moves the cursor, and the view where it would be out of sight."""
        self._area.set_cursor_time(time)
        view = self._area.time_range
        if time is not None and view is not None and not view[0] <= time <= view[1]:
            half = (view[1] - view[0]) // 2
            self._area.set_time_range((time - half, time - half + view[1] - view[0]))

    def next_sample(self) -> None:
        """Moves the cursor to the next sample of the selected series, of any where none is selected."""
        self._step_to(next_sample(self._stepped(), self._cursor_or_edge(0)))

    def previous_sample(self) -> None:
        """Moves the cursor to the previous sample of the selected series, of any where none is selected."""
        self._step_to(previous_sample(self._stepped(), self._cursor_or_edge(1)))

    @Slot()
    def apply_theme(self) -> None:
        """Takes over the theme's colours and paints anew."""
        colors = self._fixed_colors or theme_colors()
        self._area.set_colors(colors)
        self._notice.set_colors(colors)
        self._model.set_colors(colors)
        self._drop_frame.set_colors(colors)

    def set_colors(self, colors: TimelineColors | None) -> None:
        """Paints in these colours instead of the theme's; None goes back to those."""
        self._fixed_colors = colors
        self.apply_theme()

    # Inside

    def _show(self) -> None:
        """Brings what is drawn in line with the composition."""
        entries = self._composition.entries()
        self._model.set_entries(entries)
        self._legend.setVisible(bool(entries))
        self._fit_legend()
        extent = self._composition.extent()
        if extent is None and not any(entry.series for entry in entries):
            self._area.set_time_range(None)
            self._area.set_cursor_time(None)
            self._history.clear()
            self._follows = True
        elif self._follows:
            self._fit_time()
        self._show_rows()

    def _fit_legend(self) -> None:
        """Gives the legend the height of its rows, until the splitter has been moved by hand."""
        if not self._legend_sized:
            height = self._legend.sizeHint().height()
            self._splitter.setSizes([max(self._splitter.height() - height, height), height])

    @Slot(int, int)
    def _splitter_moved(self, _position: int, _index: int) -> None:
        self._legend_sized = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_time(self) -> None:
        extent = self._composition.extent()
        if extent is not None:
            self._area.set_time_range(fitting(extent))
            self._follows = True

    def _show_rows(self) -> None:
        extent = self._composition.extent()
        self._area.set_rows(self._composition.rows() if extent else (), extent[1] if extent else 0)
        self._say()
        self._describe()

    def _say(self) -> None:
        """The words in the middle, where there is nothing to see."""
        entries = self._composition.entries()
        words: tuple[str, str] | None = None
        if not entries:
            words = notice.EMPTY
        elif not any(entry.series for entry in entries):
            loading = any(entry.loading for entry in entries)
            words = notice.LOADING if loading else notice.NO_SAMPLES
        elif not self._in_sight():
            words = notice.OUT_OF_SIGHT
        self._notice.setVisible(words is not None)
        if words is not None:
            self._notice.say(*words, framed=not entries)
            self._notice.raise_()

    def _in_sight(self) -> bool:
        """Whether any visible series has a sample in the range, or a value that is held into it."""
        view = self._area.time_range
        if view is None:
            return False
        shown = [entry.series for entry in self._composition.entries() if entry.visible and entry.series]
        return any(len(series) and series.time[0] <= view[1] and series.time[-1] >= view[0] for series in shown)

    def _describe(self) -> None:
        view, count = self._area.time_range, len(self._composition.entries())
        frame = self._area.frame
        if view is None or frame is None:
            self._area.setAccessibleDescription("Empty")
            return
        start, end = (moment_text(time, frame.tz) for time in view)
        self._area.setAccessibleDescription(f"{count} series from {start} to {end}")

    def _view(self) -> _View | None:
        view = self._area.time_range
        if view is None:
            return None
        manual = ((name, plot.manual) for name, plot in self._composition.plots().items())
        return view, tuple((name, values) for name, values in manual if values is not None)

    def _commit(self) -> None:
        if (view := self._view()) is not None:
            self._history.commit(view)

    def _go_to(self, view: _View | None) -> None:
        if view is None:
            return
        values = dict(view[1])
        for name, plot in self._composition.plots().items():
            plot.manual = values.get(name)
        self._area.set_time_range(view[0])
        self._area.changed()

    @Slot()
    def _view_changed(self) -> None:
        self._follows = False
        self._say()
        self._settle.start()

    @Slot()
    def _settled(self) -> None:
        self._commit()
        self._describe()
        view = self._area.time_range
        if view is not None and view != self._told:
            self._told = view
            self.range_changed.emit(*view)

    @Slot(object)
    def _cursor_changed(self, time: int | None) -> None:
        self._model.set_cursor(time)
        if time is not None:
            self.cursor_moved.emit(time)

    @Slot(object, bool)
    def _set_visible(self, key: SeriesKey, visible: bool) -> None:
        self._composition.set_visible(key, visible)
        self._show_rows()

    @Slot(list)
    def _select(self, keys: list[SeriesKey]) -> None:
        self._composition.select(keys)
        self._area.refresh()
        self.keys_selected.emit(keys)

    def _stepped(self) -> list[Series]:
        """The series whose samples the cursor stops at."""
        selected = set(self.selected_keys())
        shown = [entry for entry in self._composition.entries() if entry.visible and entry.series is not None]
        chosen = [entry for entry in shown if entry.key in selected] or shown
        return [entry.series for entry in chosen if entry.series is not None]

    def _cursor_or_edge(self, edge: int) -> int:
        view, cursor = self._area.time_range or (0, 0), self._area.cursor_time
        return cursor if cursor is not None else view[edge] + (1 if edge else -1)

    def _step_to(self, time: int | None) -> None:
        if time is not None:
            self.set_cursor_time(time)

    def _activate_at_cursor(self) -> None:
        """The sample at the cursor: the latest one of those that are stepped through."""
        cursor = self._area.cursor_time
        if cursor is None:
            return
        found = [(one, index) for one in self._stepped() if (index := sample_before(one, cursor)) is not None]
        if found:
            series, index = max(found, key=lambda pair: int(pair[0].time[pair[1]]))
            self.sample_activated.emit(series.key, index)

    @Slot(QPoint)
    def _activate_place(self, place: QPoint) -> None:
        """The sample near a place; where none is near, all is shown."""
        found = self._sample_near(place)
        if found is None:
            self.fit()
        else:
            self.sample_activated.emit(*found)

    def _sample_near(self, place: QPoint) -> tuple[SeriesKey, int] | None:
        row, time = self._area.row_at(place), self._area.time_at(place.x())
        if row is None or time is None:
            return None
        nearest: tuple[float, SeriesKey, int] | None = None
        if isinstance(row, ValuePlot):
            for line in row.lines:
                if not row.look(line.key).visible:
                    continue
                after = int(np.searchsorted(line.time, time, "right"))
                for index in range(max(after - 1, 0), min(after + 1, len(line))):
                    x = self._area.x_of(int(line.time[index]))
                    y = row.y_of(float(line.value[index]))
                    distance = max(abs(x - place.x()), abs(y - place.y()))
                    if distance <= _NEAR and (nearest is None or distance < nearest[0]):
                        nearest = distance, line.key, line.sample_at(index)
        return nearest[1:] if nearest else None

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        match event.key():
            case Qt.Key.Key_F:
                self.fit_values() if shift else self.fit()
            case Qt.Key.Key_I | Qt.Key.Key_Plus:
                self.zoom_in()
            case Qt.Key.Key_O | Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_Left:
                self.pan(-_PAN_STEP) if control else self.previous_sample()
            case Qt.Key.Key_Right:
                self.pan(_PAN_STEP) if control else self.next_sample()
            case Qt.Key.Key_Backspace:
                self.zoom_forward() if shift else self.zoom_back()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._activate_at_cursor()
            case Qt.Key.Key_Delete if keys := self.selected_keys():
                self.remove_requested.emit(keys)
            case Qt.Key.Key_Escape if self._area.cancel_drag():
                pass
            case _:
                super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_series_keys(event.mimeData()):
            event.acceptProposedAction()
            self._drop_frame.cover(self)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop_frame.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop_frame.hide()
        keys = decode_series_keys(event.mimeData())
        if keys:
            event.acceptProposedAction()
            self.series_dropped.emit(keys)


class _DropFrame(QWidget):
    """Says that what is dragged may be dropped here."""

    def __init__(self, colors: TimelineColors, parent: QWidget) -> None:
        super().__init__(parent)
        self._colors = colors
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_colors(self, colors: TimelineColors) -> None:
        self._colors = colors

    def cover(self, widget: QWidget) -> None:
        self.setGeometry(widget.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors.accent, 3))
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -2, -2), 6, 6)
        painter.end()
