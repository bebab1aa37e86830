"""Moving through time: fit, zoom, pan, back and forth between views, from sample to sample."""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import UsageError
from core.fleet.periods import period_around, period_of
from gui.views.timeline.day_view import WHOLE_DAY
from gui.views.timeline.time_range import Range, fitting
from gui.views.timeline.zoom_history import ZoomHistory

if TYPE_CHECKING:
    from core.fleet.periods import Period
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.plot_area import PlotArea

# A view that stays for this long is one to come back to; the same pause comes before others hear of it.
SETTLED_MS = 250

# A year: what is further ahead of now cannot have been measured then.
_AHEAD_S = 366 * 86_400

# The range of time, the hours of days that lie over each other, and of each axis that was set: its plot's name and its
# own, and its values.
_View = tuple[Range, Range, tuple[tuple[Hashable, str, tuple[float, float]], ...]]


def _limit() -> int:
    """The latest moment that a fit shows: a single sample of a sender's wrong clock would take the view from all."""
    return round((time.time() + _AHEAD_S) * 1_000_000)


class Navigation(QObject):
    """Moves a plot area over a composition.

    Signals:
        settled(object start, object end): the view rests, at another range of time than last told.
        left_out(int samples, object last): so many samples are not shown by a fit, the last at that moment.
    """

    settled = Signal(object, object)
    left_out = Signal(int, object)

    def __init__(self, area: PlotArea, composition: Composition, parent: QObject) -> None:
        super().__init__(parent)
        self._area = area
        self._composition = composition
        self._history: ZoomHistory[_View] = ZoomHistory()
        self._follows = True
        # Whether the view is another one only because the samples are.
        self._moved_by_data = False
        self._told: tuple[Range, Range] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLED_MS)
        self._timer.timeout.connect(self._settle)
        area.view_changed.connect(self._changed)

    def forget(self) -> None:
        """Nothing is on the timeline any more: begins anew."""
        self._area.set_time_range(None)
        self._area.set_cursor_time(None)
        self._timer.stop()
        self._history.clear()
        self._told = None
        self._follows = True

    def begin(self, view: Range | None) -> None:
        """Times are counted from something else: no view of before means anything.

        Args:
            view: what is in sight first; all samples without it.
        """
        self._history.clear()
        # Without samples there is nothing to see yet.
        self._area.set_time_range(view or self.whole())
        self._follows = view is None
        self._moved_by_data = False
        self._commit()

    @property
    def follows(self) -> bool:
        """Whether the range of time is that of the samples, and not one that was chosen."""
        return self._follows

    def follow(self) -> None:
        """The samples are others: shows all of them, unless the range was chosen by hand."""
        if self._follows:
            # What was chosen just before is a view to come back to.
            self._commit()
            self._fit_time()
            self._moved_by_data = True

    def fit(self) -> None:
        """Shows all samples but those of clocks that are years ahead, and lets the values follow."""
        self._free_values()
        self._fit_time()
        if self._area.days.is_on:
            self._area.set_axis_range(WHOLE_DAY)
        self._area.changed()
        self._follows = True
        whole, (near, later) = self._composition.extent(), self._composition.extent_until(_limit())
        if whole is not None and near is not None and later:
            self.left_out.emit(later, whole[1])

    def fit_values(self) -> None:
        """Lets all value axes follow what is in sight again."""
        follows = self._follows
        self._free_values()
        self._area.changed()
        self._follows = follows

    def zoom(self, factor: float) -> None:
        """Shows a range that is longer by a factor, around the cursor where it is in sight, else the middle."""
        cursor, view = self._area.axis_cursor, self._area.axis_range
        share = 0.5
        if view is not None and cursor is not None and view[0] <= cursor <= view[1]:
            share = (cursor - view[0]) / (view[1] - view[0])
        self._area.zoom_time(factor, share)

    def extent(self) -> Range | None:
        """From the first to the last sample but those of clocks that are years ahead."""
        near, _ = self._composition.extent_until(_limit())
        return near or self._composition.extent()

    def whole(self) -> Range | None:
        """A range that holds all samples but those of clocks that are years ahead."""
        extent = self.extent()
        return None if extent is None else fitting(extent)

    def show_range(self, start: int, end: int) -> None:
        """Shows a range of time."""
        self._area.set_time_range((start, end))

    def go_to(self, start: int, end: int | None) -> None:
        """Shows a range of time; without an end brings a moment into sight and pins the cursor there.

        Nothing where times are no moments, nor do the calendar's periods.
        """
        if not self._area.counts_moments:
            return
        if end is not None:
            self.show_range(start, end)
            return
        self.set_cursor(start)
        self._area.pin_cursor(True)

    def show_whole(self) -> None:
        """Shows the whole range of time; the value axes stay as they are."""
        self._fit_time()

    def show_period(self, period: Period) -> None:
        """Shows the calendar's period around the cursor; without one in sight, that of the newest samples in sight."""
        view, whole, cursor = self._area.time_range, self._composition.extent(), self._area.cursor_time
        if view is None or whole is None or not self._area.counts_moments:
            return
        around = cursor if cursor is not None and view[0] <= cursor <= view[1] else min(view[1] - 1, whole[1])
        self._show_period(max(around, view[0]), period)

    def page(self, direction: int) -> None:
        """Moves by what is in sight, to later moments where the direction is 1: of a calendar's period to the next."""
        view = self._area.time_range
        if view is None:
            return
        period = period_of(*view, self._area.zone[0]) if self._area.counts_moments else None
        if period is None:
            self._area.pan_time(direction)
        else:
            self._show_period(view[1] if direction > 0 else view[0] - 1, period)

    def _show_period(self, moment: int, period: Period) -> None:
        try:
            self._area.set_time_range(period_around(moment, period, self._area.zone[0]))
        except UsageError:
            # The calendar ends here, and so does the way through it.
            return

    def back(self) -> None:
        """The view before this one."""
        self._commit()
        self._go_to(self._history.back())

    def forward(self) -> None:
        """The view from which back came."""
        self._commit()
        self._go_to(self._history.forward())

    @property
    def can_go_back(self) -> bool:
        """Whether there is a view before this one."""
        return self._history.can_go_back

    @property
    def can_go_forward(self) -> bool:
        """Whether back came from another view."""
        return self._history.can_go_forward

    def set_cursor(self, time: int | None) -> None:
        """Moves the cursor, and the view where it would be out of sight."""
        self._area.set_cursor_time(time)
        view = self._area.time_range
        if time is None or view is None or self._area.is_in_sight(time):
            return
        if self._area.axis_time(time) is None or not self._area.days.is_on:
            start = time - (view[1] - view[0]) // 2
            self._area.set_time_range((start, start + view[1] - view[0]))
        if not self._area.is_in_sight(time) and (at := self._area.axis_time(time)) is not None:
            first, last = self._area.days.hours
            self._area.set_axis_range((at - (last - first) // 2, at - (last - first) // 2 + last - first))

    def _free_values(self) -> None:
        for plot in self._composition.plots().values():
            plot.fit_values()

    def _fit_time(self) -> None:
        whole = self.whole()
        if whole is not None:
            self._area.set_time_range(whole)
            self._follows = True

    def _view(self) -> _View | None:
        view = self._area.time_range
        if view is None:
            return None
        plots = self._composition.plots().items()
        manual = ((name, axis.name, axis.manual) for name, plot in plots for axis in plot.axes)
        return (
            view,
            self._area.days.hours,
            tuple((name, axis, values) for name, axis, values in manual if values is not None),
        )

    def _commit(self) -> None:
        view = self._view()
        if view is not None and self._moved_by_data:
            self._history.replace(view)
        elif view is not None:
            self._history.commit(view)

    def _go_to(self, view: _View | None) -> None:
        if view is None:
            return
        values = {(name, axis): manual for name, axis, manual in view[2]}
        for name, plot in self._composition.plots().items():
            for axis in plot.axes:
                axis.manual = values.get((name, axis.name))
        self._area.set_time_range(view[0])
        if self._area.days.is_on:
            self._area.set_axis_range(view[1])
        self._area.changed()

    @Slot()
    def _changed(self) -> None:
        self._follows = False
        self._moved_by_data = False
        self._timer.start()

    @Slot()
    def _settle(self) -> None:
        self._commit()
        view = self._area.time_range
        if view is not None and (view, self._area.days.hours) != self._told:
            self._told = view, self._area.days.hours
            self.settled.emit(*view)
