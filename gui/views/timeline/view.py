"""The timeline: plots above, legend below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QStackedLayout, QVBoxLayout, QWidget

from core.workspaces.layout import Alignment, aligned
from gui import theme
from gui.models.texts import plural, time_text
from gui.views.timeline import notice
from gui.views.timeline.aligning import Aligning
from gui.views.timeline.bookmarks import Bookmarks
from gui.views.timeline.composition import Composition
from gui.views.timeline.cursor import sample_before
from gui.views.timeline.day_clock import hours_text
from gui.views.timeline.drop import SeriesDrop
from gui.views.timeline.editing import Editing
from gui.views.timeline.elapsed import ELAPSED, SINCE_FIRST, elapsed_text
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import LegendModel
from gui.views.timeline.legend_splitter import LegendSplitter
from gui.views.timeline.navigation import Navigation
from gui.views.timeline.overview import Overview
from gui.views.timeline.palette import TimelineColors, theme_colors
from gui.views.timeline.picking import sample_near
from gui.views.timeline.picture import Picture, PictureOptions, Sight
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.plot_edits import connect_handles
from gui.views.timeline.reading import Reading
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.view_menus import ViewMenus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import tzinfo

    from PySide6.QtCore import QEvent

    from core.autoapi.display import DisplayUnits
    from core.fleet.series import Series, SeriesKey
    from core.workspaces.layout import TimelineLayout
    from gui.views.timeline.plot_places import Target
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.time_range import Range


class TimelineView(QWidget):
    """Series over time: one plot a unit, lanes for states, a legend with the values at the cursor.

    Times are microseconds since the epoch, UTC; what is drawn may count those of a vehicle from its first sample. The
    time range follows the data until it is zoomed or panned, and each value axis until it is zoomed itself.

    Signals:
        range_changed(object start, object end): another range of time is in sight, told once it rests.
        series_dropped(list of SeriesKey): a drag from the property tree ended here.
        series_wanted(list of SeriesKey): these are on the timeline again, and their samples are to come.
        remove_requested(list of SeriesKey): these are to go; the timeline leaves it to the owner.
        sample_activated(object SeriesKey, int): Enter or a double-click on a sample; its index in the series.
        cursor_moved(object): the moment under the cursor, None where times are no moments from now on.
        samples_left_out(str): what a fit does not show, in words.
        keys_selected(list of SeriesKey): the selection in the legend.
        unit_chosen(list of str, str): properties, as core.autoapi.display.unit_path writes them, are to be shown in a
            unit; an empty one is that of the program's setting. The timeline leaves it to the owner.
        derive_requested(list of SeriesKey): something is to be computed from these.
    """

    # Python's integers: an int of Qt's has 32 bits, too few for microseconds.
    range_changed = Signal(object, object)
    series_dropped = Signal(list)
    series_wanted = Signal(list)
    remove_requested = Signal(list)
    sample_activated = Signal(object, int)
    cursor_moved = Signal(object)
    samples_left_out = Signal(str)
    keys_selected = Signal(list)
    unit_chosen = Signal(list, str)
    derive_requested = Signal(list)

    def __init__(self, parent: QWidget | None = None, *, colors: TimelineColors | None = None) -> None:
        super().__init__(parent)
        self._fixed_colors = colors
        colors = colors or theme_colors()
        self._composition = Composition(len(colors.series))
        # The sample to be shown once its series is here.
        self._awaited: tuple[SeriesKey, int] | None = None
        self._revealed: SeriesKey | None = None

        self._area = PlotArea(colors)
        self._notice = notice.Notice(colors)
        self._model = LegendModel(colors, self)
        self._legend = Legend(self._model)
        self._overview = Overview(colors)
        plots, top = QWidget(), QWidget()
        stack = QStackedLayout(plots)
        stack.setStackingMode(QStackedLayout.StackingMode.StackAll)
        stack.addWidget(self._notice)
        stack.addWidget(self._area)
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(plots, 1)
        column.addWidget(self._overview)
        self._splitter = LegendSplitter(top, self._legend)
        self._drop = SeriesDrop(colors, self, self._area)
        self._editing = Editing(self._composition, len(colors.series), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

        self._navigation = Navigation(self._area, self._composition, self)
        self._bookmarks = Bookmarks(
            self._area, self._composition, self._editing, self._navigation, self._overview, self
        )
        self._menus = ViewMenus(self._area, self._composition, self._editing, self._bookmarks, self)
        self._aligning = Aligning(self._area, self._composition, self._navigation, self._overview, self)
        self._aligning.changed.connect(lambda _alignment: self.cursor_moved.emit(None))
        self._aligning.shifted.connect(self._show)
        self._reading = Reading(self._area, self._composition, self._navigation, self._model, self)
        self._navigation.settled.connect(self._settled)
        self._navigation.left_out.connect(self._tell_left_out)
        self._overview.range_chosen.connect(self._navigation.show_range)
        self._overview.fit_requested.connect(self.fit)
        self._area.edges_changed.connect(self._overview.set_edges)
        self._area.view_changed.connect(self._show_view)
        self._area.cursor_changed.connect(self._cursor_changed)
        self._area.fit_requested.connect(self.fit)
        self._area.place_activated.connect(self._activate_place)
        self._model.visibility_changed.connect(lambda key, visible: self._editing.set_visible([key], visible))
        self._legend.keys_selected.connect(self._select)
        self._legend.toggle_requested.connect(self._editing.toggle)
        self._legend.remove_requested.connect(self._editing.remove)
        self._legend.menu_requested.connect(self._menus.add_to_legend)
        self._editing.changed.connect(self._show_edited)
        self._editing.unwanted.connect(self.remove_requested)
        self._editing.wanted.connect(self.series_wanted)
        self._area.menu_requested.connect(self._menus.show_at)
        self._menus.unit_chosen.connect(self.unit_chosen)
        self._menus.derive_requested.connect(self.derive_requested)
        connect_handles(self._area, self._legend, self._editing, self._composition)
        theme.notifier.theme_changed.connect(self.apply_theme)
        self._drop.dropped.connect(self._take_dropped)
        self.setFocusProxy(self._area)
        self.setAccessibleName("Timeline")
        self._show()

    @property
    def legend(self) -> Legend:
        """The table of the series."""
        return self._legend

    @property
    def navigation(self) -> Navigation:
        """What moves through time."""
        return self._navigation

    @property
    def editing(self) -> Editing:
        """What changes the composition, and takes changes back."""
        return self._editing

    @property
    def reading(self) -> Reading:
        """The region, what series come to in it, and jumps."""
        return self._reading

    @property
    def bookmarks(self) -> Bookmarks:
        """What a person marks to find it again."""
        return self._bookmarks

    @property
    def aligning(self) -> Aligning:
        """What times are counted from."""
        return self._aligning

    # Series

    def set_series(self, series: Sequence[Series | PreparedSeries]) -> None:
        """Shows these and no others; zoom, order and colours of those that stay are kept."""
        self._composition.keep({one.key for one in series})
        self.add_series(series)

    def add_series(self, series: Iterable[Series | PreparedSeries]) -> None:
        """Adds series, or replaces the samples of those that are there.

        A series of a million samples takes tens of milliseconds, one that was prepared in another thread none.
        """
        self._composition.put(series)
        self._show()

    def remove_series(self, keys: Iterable[SeriesKey]) -> None:
        """Takes series away."""
        gone = set(keys)
        if self._awaited and self._awaited[0] in gone:
            self._awaited = None
        if self._revealed in gone:
            self._revealed = None
        self._composition.keep({entry.key for entry in self._composition.entries()} - gone)
        self._show()

    def clear(self) -> None:
        """Takes everything away, for good."""
        self._awaited = self._revealed = None
        self._composition.set_layout(replace(aligned(self._composition.layout, Alignment.ABSOLUTE), bookmarks=()))
        self._aligning.forget()
        self._composition.keep(())
        self._editing.forget()
        self._show()

    def set_loading(self, keys: Collection[SeriesKey]) -> None:
        """Marks exactly these as on their way; what is not there yet gets a place in the legend."""
        before = self._composition.entry(self._awaited[0]) if self._awaited else None
        with self._editing.adding(keys):
            self._composition.set_loading(keys)
        # A series that was announced and does not come is not waited for any longer.
        if before and self._composition.entry(before.key) is None:
            self._awaited = None
        self._show()

    def keys(self) -> list[SeriesKey]:
        """The series in order, with those that are on their way."""
        return [entry.key for entry in self._composition.entries()]

    def series(self, key: SeriesKey) -> Series | None:
        """The samples of a series with the times as they were sent, None where there are none yet."""
        entry = self._composition.entry(key)
        return entry.shown.as_sent.series if entry and entry.shown else None

    def selected_keys(self) -> list[SeriesKey]:
        """The series selected in the legend."""
        return self._legend.selected_keys()

    def select_keys(self, keys: Iterable[SeriesKey]) -> None:
        """Selects series in the legend."""
        self._legend.select_keys(keys)

    # Layout

    def timeline_layout(self) -> TimelineLayout:
        """What is shown, where and how; the range of time only where it was chosen, the cursor only where pinned."""
        cursor = self._area.cursor_time if self._area.is_cursor_pinned else None
        view = None if self._navigation.follows else self._area.time_range
        region, gap_factor = self._reading.region.range, self._reading.gap_factor
        layout, hours = self._composition.layout, self._area.days.hours if self._aligning.shows_hours else None
        return replace(layout, time_range=view, cursor=cursor, region=region, gap_factor=gap_factor, hours=hours)

    def open_layout(self, layout: TimelineLayout, label: str = "open workspace") -> list[SeriesKey]:
        """Shows a layout; series that it does not have are asked to go.

        Args:
            label: what undo calls it.

        Returns:
            The series that are to come, for which the owner is not asked.
        """
        with self._editing.recording(label):
            fresh = self._editing.open(layout)
        self._aligning.forget()
        if layout.time_range is not None:
            self._area.set_time_range(layout.time_range)
        else:
            self._navigation.fit()
        if layout.hours is not None and self._area.days.is_on:
            self._area.set_axis_range(layout.hours)
        if layout.cursor is not None:
            self._area.set_cursor_time(layout.cursor)
            self._area.pin_cursor(True)
        self._reading.restore(layout.region, layout.gap_factor)
        return fresh

    # View

    def visible_range(self) -> Range | None:
        """The range of time in sight: start, end; None where nothing is on the timeline, or times are no moments.

        Of days that lie over each other it is from the first one's begin to the last one's end.
        """
        return self._area.sight if self._area.counts_moments else None

    def show_overview(self, shown: bool) -> None:
        """Shows or hides the strip of the whole range."""
        self._overview.set_wanted(shown)

    def set_visible_range(self, start: int, end: int) -> None:
        """Shows a range of time; nothing where times are no moments."""
        self._navigation.go_to(start, end)

    def fit(self) -> None:
        """Shows all samples: the whole range of time, the values as they are."""
        self._navigation.fit()

    def fit_values(self) -> None:
        """Lets all value axes follow what is in sight again."""
        self._navigation.fit_values()

    def zoom_time(self, factor: float) -> None:
        """Shows a range that is longer by a factor, around the cursor where it is in sight, else the middle."""
        self._navigation.zoom(factor)

    def pan(self, fraction: float) -> None:
        """Moves by a fraction of the width, to later moments where it is positive."""
        self._area.pan_time(fraction)

    def zoom_back(self) -> None:
        """The view before this one."""
        self._navigation.back()

    def zoom_forward(self) -> None:
        """The view from which zoom_back came."""
        self._navigation.forward()

    def can_zoom_back(self) -> bool:
        """Whether there is a view before this one."""
        return self._navigation.can_go_back

    def can_zoom_forward(self) -> bool:
        """Whether zoom_back came from another view."""
        return self._navigation.can_go_forward

    def set_time_zone(self, tz: tzinfo, name: str) -> None:
        """Tells times in another zone."""
        self._area.set_time_zone(tz, name)
        self._overview.set_time_zone(self._area.axis_tz)
        self._model.set_time_zone(tz)
        self._bookmarks.follow()
        self._reading.follow_days()
        self._describe()

    def set_units(self, units: DisplayUnits, converted: Iterable[PreparedSeries] = ()) -> None:
        """Shows values in other units.

        Args:
            converted: series of the timeline that another thread has converted; the others are converted here.
        """
        self._composition.set_units(units, converted)
        self._show()

    def prepared_series(self) -> list[PreparedSeries]:
        """The series as they are drawn, those that have come."""
        return [entry.prepared for entry in self._composition.entries() if entry.prepared is not None]

    def context_menu(self, place: QPoint) -> QMenu:
        """What can be done at a place of the plots."""
        return self._menus.at(place)

    def picture(self, options: PictureOptions, made: int) -> Picture | None:
        """What is in sight as a picture, None where nothing is.

        Args:
            made: when it is made, microseconds since the epoch.
        """
        area, view = self._area, self._area.time_range
        if view is None or not area.rows:
            return None
        tz, name = area.zone
        region = self._reading.region.range
        sight = Sight(view, area.cursor_time, tz, name, area.size(), area.font(), area.colors, region, area.days)
        return Picture(self._composition, sight, options, made)

    def cursor_time(self) -> int | None:
        """The moment under the cursor; None without a cursor, or where times are no moments."""
        return self._area.cursor_time if self._area.counts_moments else None

    def set_cursor_time(self, time: int | None) -> None:
        """Moves the cursor, and the view where it would be out of sight; not to moments where times are none."""
        if time is None or self._area.counts_moments:
            self._navigation.set_cursor(time)

    def reveal(self, key: SeriesKey) -> None:
        """Scrolls plots and legend to a series as soon as it is here."""
        self._revealed = key
        self._show_revealed()

    def show_sample(self, key: SeriesKey, time: int) -> None:
        """Brings a moment of a series into sight and pins the cursor there, as soon as the series is here.

        The width of the range stays; the series is shown, selected and scrolled to.

        Args:
            time: microseconds.
        """
        self._awaited = key, time
        self._show_awaited()

    def release_cursor(self) -> None:
        """Takes back one thing: a drag, else a region under way, else the cursor's pin, else the region."""
        self._area.let_go()

    def show_message(self) -> None:
        """Asks for the message of the sample at the cursor; from the legend also without one: of the value it shows."""
        extent, cursor = self._composition.extent(), self._area.cursor_time
        if cursor is None and extent is not None and self._legend.hasFocus():
            cursor = extent[1]
        if cursor is not None:
            self._activate_before(cursor)

    def remove_selected(self) -> None:
        """Asks for the series selected in the legend to go."""
        self._editing.remove(self.selected_keys())

    def toggle_selected(self) -> None:
        """Hides the series selected in the legend, or shows them where all are hidden."""
        self._legend.toggle_selected()

    @Slot()
    def apply_theme(self) -> None:
        """Takes over the theme's colours and paints anew."""
        colors = self._fixed_colors or theme_colors()
        self._area.set_colors(colors)
        self._overview.set_colors(colors)
        self._notice.set_colors(colors)
        self._model.set_colors(colors)
        self._drop.set_colors(colors)

    def set_colors(self, colors: TimelineColors | None) -> None:
        """Paints in these colours instead of the theme's; None goes back to those."""
        self._fixed_colors = colors
        self.apply_theme()

    # Inside

    def _show(self) -> None:
        """Brings what is drawn in line with the composition."""
        self._aligning.follow()
        entries = self._composition.entries()
        self._model.set_entries(entries)
        self._legend.setVisible(bool(entries))
        self._splitter.fit_legend()
        if not entries:
            self._navigation.forget()
        self._navigation.follow()
        self._show_rows()
        self._show_awaited()
        self._show_revealed()

    def _show_rows(self) -> None:
        extent = self._composition.extent()
        order = [plot.id for plot in self._composition.layout.plots]
        self._area.set_rows(self._composition.rows() if extent else (), self._composition.data_end(), order)
        self._overview.set_content(self._composition.entries(), self._navigation.whole())
        self._bookmarks.follow()
        self._show_view()
        self._describe()
        self._reading.refresh()

    @Slot()
    def _show_view(self) -> None:
        """Another range of time, or of values, is in sight."""
        self._overview.set_view(self._area.time_range)
        self._say()

    def _say(self) -> None:
        """The words in the middle, where there is nothing to see."""
        entries = self._composition.entries()
        words = notice.words_for(entries, self._area.sight)
        self._notice.setVisible(words is not None)
        if words is not None:
            self._notice.say(*words, framed=not entries)
            self._notice.raise_()

    def _describe(self) -> None:
        self._overview.describe()
        view, count = self._area.sight, len(self._composition.entries())
        if view is None or self._area.frame is None:
            self._area.setAccessibleDescription("Empty")
            return
        start, end = (moment_text(time, self._area.axis_tz) for time in view)
        counted = "" if self._area.counts_moments else f", {SINCE_FIRST}"
        if self._area.days.is_on:
            counted = f", by time of day, {hours_text(*self._area.days.hours)}"
        marked = f", {plural(len(self._bookmarks.all), 'bookmark')}" if self._bookmarks.all else ""
        self._area.setAccessibleDescription(f"{count} series from {start} to {end}{counted}{marked}")

    @Slot(object, object)
    def _settled(self, start: int, end: int) -> None:
        self._describe()
        self.range_changed.emit(start, end)

    @Slot(int, object)
    def _tell_left_out(self, samples: int, last: int) -> None:
        where, tz = "lies at" if samples == 1 else "lie up to", self._area.axis_tz
        until = elapsed_text(last) if tz is ELAPSED else time_text(last, tz)[:10]
        self.samples_left_out.emit(f"{plural(samples, 'sample')} {where} {until}: not in view")

    @Slot(object)
    def _cursor_changed(self, time: int | None) -> None:
        self._model.set_cursor(time)
        if time is not None and self._area.counts_moments:
            self.cursor_moved.emit(time)

    @Slot()
    def _show_edited(self) -> None:
        """Places and looks are others; what is in sight stays."""
        self._aligning.follow()
        self._model.set_entries(self._composition.entries())
        self._legend.setVisible(self._model.rowCount() > 0)
        self._splitter.fit_legend()
        self._show_rows()

    @Slot(list, object)
    def _take_dropped(self, keys: list[SeriesKey], target: Target | None) -> None:
        shown = [key for key in keys if self._composition.entry(key)]
        with self._editing.recording("move series" if len(shown) == len(keys) else "add series"):
            if target is not None:
                self._editing.place(keys, target)
                self._menus.take_unit_of(target, shown)
            self.series_dropped.emit(keys)

    @Slot(list)
    def _select(self, keys: list[SeriesKey]) -> None:
        self._composition.select(keys)
        self._area.refresh()
        self.keys_selected.emit(keys)

    def _show_awaited(self) -> None:
        if self._awaited is None:
            return
        key, time = self._awaited
        entry = self._composition.entry(key)
        if entry is None or entry.series is None:
            return
        self._awaited = None
        if not entry.visible:
            self._editing.set_visible([key], True)
        self._legend.show_key(key)
        self._navigation.set_cursor(time - entry.shift)
        self._area.pin_cursor(True)
        self._area.show_row(key)

    def _show_revealed(self) -> None:
        entry = self._composition.entry(self._revealed) if self._revealed else None
        if entry is not None:
            self._legend.scroll_to_key(entry.key)
        if entry is not None and entry.has_samples:
            self._revealed = None
            self._area.show_row(entry.key)

    def _activate_before(self, cursor: int) -> None:
        """The sample at the cursor: the latest one of those that are stepped through."""
        found = [
            (one, index) for one in self._reading.stepped_series() if (index := sample_before(one, cursor)) is not None
        ]
        if found:
            series, index = max(found, key=lambda pair: int(pair[0].time[pair[1]]))
            self.sample_activated.emit(series.key, index)

    @Slot(QPoint)
    def _activate_place(self, place: QPoint) -> None:
        """The sample near a place; where none is near, all is shown."""
        found = sample_near(self._area, place)
        if found is None:
            self.fit()
        else:
            self.sample_activated.emit(*found)

    # Events

    def leaveEvent(self, event: QEvent) -> None:
        """Takes the cursor along, unless it is pinned; over the legend it stays, which tells its values."""
        if not self._area.is_cursor_pinned:
            self._area.set_cursor_time(None)
        super().leaveEvent(event)
