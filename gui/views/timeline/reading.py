"""Reading values: the region and what series come to in it, and jumps from one thing worth a look to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.fleet.gaps import GAP_FACTOR
from gui.models.texts import plural, time_text
from gui.views.timeline.actogram import short_date
from gui.views.timeline.day_clock import hours_text
from gui.views.timeline.elapsed import SINCE_FIRST, elapsed_text
from gui.views.timeline.jumps import Goal, moment_of
from gui.views.timeline.measure_job import MeasureJob
from gui.views.timeline.over_days import values_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from core.fleet.day_passes import DayPasses
    from core.fleet.series import Series, SeriesKey
    from gui.job_runner import JobRunner
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.legend_model import LegendModel
    from gui.views.timeline.measuring import Measured
    from gui.views.timeline.navigation import Navigation
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.region import Region
    from gui.views.timeline.time_range import Range


class Reading(QObject):
    """What a person reads from the plots beside the cursor.

    Signals:
        region_changed(object): another region, or None.
        region_came(bool): whether there is a region now, where there was none before, or the other way round.
        series_changed(): other series, or other samples of them.
        not_found(str): why a jump did not lead anywhere, in words; '' once one did.
        failed(Exception): values could not be read.
        gap_factor_changed(float): other gaps are to be shown, as a layout or the owner says; the owner finds them.
    """

    region_changed = Signal(object)
    region_came = Signal(bool)
    series_changed = Signal()
    not_found = Signal(str)
    failed = Signal(object)
    gap_factor_changed = Signal(float)

    def __init__(
        self, area: PlotArea, composition: Composition, navigation: Navigation, legend: LegendModel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._area = area
        self._composition = composition
        self._navigation = navigation
        self._legend = legend
        self._had_region = False
        self._passes: DayPasses | None = None
        self._gap_factor = GAP_FACTOR
        self._measuring = MeasureJob(self)
        self._measuring.measured.connect(self._show)
        self._measuring.failed.connect(self.failed)
        area.region.changed.connect(self._on_region)
        area.cursor_changed.connect(self._show_days)
        area.view_changed.connect(self.follow_days)

    def use_jobs(self, jobs: JobRunner) -> None:
        """Reads many samples by jobs from now on."""
        self._measuring.jobs = jobs

    # The region

    @property
    def region(self) -> Region:
        """The range of time that is marked, if there is one."""
        return self._area.region

    @property
    def view(self) -> Range | None:
        """What is in sight, as the axis counts; None where nothing is on the timeline."""
        return self._area.axis_range

    @property
    def passes(self) -> DayPasses | None:
        """The days that lie over each other, whose times the region and the view are; None where these are moments."""
        return self._area.passes

    def told(self, start: int, end: int, zone: tzinfo, passes: DayPasses | None = None) -> str:
        """A range of time for reading: ``2026-06-01 02:00:00 to …``, or as times are counted.

        Args:
            passes: of the days where these are times of day.
        """
        if passes is not None:
            return f"{hours_text(start, end)} of {plural(passes.days, 'day')}"
        if self._area.counts_moments:
            return f"{time_text(start, zone)} to {time_text(end, zone)}"
        return f"{elapsed_text(start)} to {elapsed_text(end)} {SINCE_FIRST}"

    def toggle_region(self) -> None:
        """Begins a region at the cursor, ends it there, or takes it away."""
        area = self._area
        if area.region.toggle(area.axis_cursor, area.axis_range):
            # The cursor goes on, and with it the second edge.
            area.pin_cursor(False)

    def remove_region(self) -> None:
        """Takes the region away."""
        self._area.region.set_range(None)

    def zoom_to_region(self) -> None:
        """Shows the time of the region."""
        found = self._area.region.range
        if found is not None:
            self._area.region.close()
            self._area.set_axis_range(found)

    def refresh(self) -> None:
        """The series are others, or their samples or units are."""
        if self._area.time_range is None:
            self._area.region.set_range(None)
        self._measure()
        self._show_days()
        self.series_changed.emit()

    @Slot()
    def _on_region(self) -> None:
        found = self._area.region.range
        self._measure()
        self._show_days()
        self.region_changed.emit(found)
        if (found is not None) != self._had_region:
            self._had_region = found is not None
            self.region_came.emit(self._had_region)

    def _measure(self) -> None:
        found = self._area.region.range
        if found is None:
            self._measuring.forget()
            self._legend.set_region(None)
        elif not self._measuring.ask(self.prepared(), *found, self._area.passes):
            self._legend.set_region(found, None)

    @Slot()
    def follow_days(self) -> None:
        """Reads anew where other days are in sight, or the days are those of another zone."""
        passes = self._area.passes
        if passes is not self._passes:
            self._passes = passes
            self._measure()
            self._show_days()

    @Slot()
    def _show_days(self) -> None:
        """The values at the cursor's time of day on all days that lie over each other."""
        passes, at, cursor = self._area.passes, self._area.axis_cursor, self._area.cursor_time
        if passes is None or at is None or cursor is None:
            self._legend.set_over_days("", None)
            return
        found = None if self.region.range else [values_at(one, at, passes) for one in self.prepared()]
        self._legend.set_over_days(short_date(cursor, self._area.zone[0]), found)

    @Slot(object)
    def _show(self, measured: Sequence[Measured]) -> None:
        self._legend.set_region(self._area.region.range, measured)

    # Series

    def prepared(self, keys: Sequence[SeriesKey] | None = None, *, visible: bool = False) -> list[PreparedSeries]:
        """The series as they are drawn, those that have come.

        Args:
            keys: these only.
            visible: only those that are drawn.
        """
        return [
            entry.shown
            for entry in self._composition.entries()
            if entry.shown is not None and (keys is None or entry.key in keys) and (entry.visible or not visible)
        ]

    def stepped(self) -> list[PreparedSeries]:
        """The series that the cursor stops at: the selected ones, without a selection all that are drawn."""
        return self.prepared(self._composition.selected_keys(), visible=True) or self.prepared(visible=True)

    def stepped_series(self) -> list[Series]:
        """The samples of these series."""
        return [one.series for one in self.stepped()]

    # Jumps

    def jump(self, goal: Goal, forward: bool) -> None:
        """Moves the cursor to what comes next, or came before, in the series that the cursor stops at."""
        view, cursor = self._area.sight, self._area.cursor_time
        if view is None:
            return
        series = self.stepped()
        begin = (view[0] - 1 if forward else view[1] + 1) if cursor is None else cursor
        time = moment_of(goal, series, begin, forward)
        if time is not None:
            self._navigation.set_cursor(time)
            self.not_found.emit("")
        else:
            chosen = set(self._composition.selected_keys()) & {one.key for one in series}
            where = "in the selected series" if chosen else "on the timeline"
            self.not_found.emit(f"No {'later' if forward else 'earlier'} {goal} {where}")

    # The layout

    def restore(self, region: Range | None, gap_factor: float) -> None:
        """Shows a region of another time, with the gaps of then."""
        self._area.region.set_range(region)
        self.set_gap_factor(gap_factor)

    @property
    def gap_factor(self) -> float:
        """A gap is longer than so many times the usual interval."""
        return self._gap_factor

    def set_gap_factor(self, factor: float) -> None:
        """Asks for other gaps."""
        if factor != self._gap_factor:
            self._gap_factor = factor
            self.gap_factor_changed.emit(factor)
