"""A widget over a range of time: which one, how its times are counted, and where the cursor is in it."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from gui.views.timeline.day_view import WHOLE_DAY, DayView, days_later, hours_within
from gui.views.timeline.elapsed import ELAPSED
from gui.views.timeline.region import Region
from gui.views.timeline.time_range import Range, bounded, panned, zoomed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.fleet.day_passes import DayPasses

# Where no pixel is near: the place of what is not shown.
_FAR = -1e6


class TimedWidget(QWidget):
    """Shows a range of time between two edges.

    The time axis counts moments, times since each vehicle's first sample, or times of day where days lie over each
    other; all but the axis and the region on it are moments then as well.

    Attributes:
        days: which days lie over each other, if they do.
        region: that is marked, as the axis counts.

    Signals:
        view_changed(): the range of time or of values is another one.
        cursor_changed(object): the moment under the cursor in microseconds.
    """

    view_changed = Signal()
    cursor_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.days = DayView()
        self.region = Region(self)
        self._range: Range | None = None
        self._tz: tzinfo = UTC
        self._zone_name = "UTC"
        self._shifts: Mapping[str, int] | None = None
        self._cursor: int | None = None
        self._pinned = False
        self.region.changed.connect(self.update)
        self.cursor_changed.connect(lambda _time: self.region.follow(self.axis_cursor))

    def plots_rect(self) -> QRect:
        """Between which edges the time is shown."""
        return self.rect()

    def refresh(self) -> None:
        """Paints anew before long."""
        self.update()

    def changed(self) -> None:
        """The view is another one."""
        self.refresh()
        self.view_changed.emit()

    # Which time, and how it is counted

    def set_time_zone(self, tz: tzinfo, name: str) -> None:
        """Ticks and times in another zone."""
        self._tz, self._zone_name = tz, name
        self.refresh()

    @property
    def zone(self) -> tuple[tzinfo, str]:
        """In which zone times are told, and its name."""
        return self._tz, self._zone_name

    def fold(self, is_on: bool, extent: Range | None) -> None:
        """Lays days over each other, or one behind the other; an extent as of DayView."""
        if (is_on, extent) != (self.days.is_on, self.days.extent):
            if is_on != self.days.is_on:
                self.days.hours = WHOLE_DAY
            self.days.is_on, self.days.extent = is_on, extent
            self.refresh()

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

    @property
    def passes(self) -> DayPasses | None:
        """The days that lie over each other; None where they do not, or nothing is shown."""
        return self.days.passes(self._range, self._tz)

    @property
    def sight(self) -> Range | None:
        """What of the time is in sight, microseconds: of days that lie over each other from the first to the last."""
        return self.days.sight(self._range, self._tz)

    @property
    def axis_range(self) -> Range | None:
        """What the time axis shows: the range of time, or of days that lie over each other the hours."""
        return self.days.hours if self.days.is_on and self._range else self._range

    def set_axis_range(self, view: Range) -> None:
        """Lets the time axis show another range."""
        if not self.days.is_on:
            self.set_time_range(view)
        elif (hours := hours_within(*view)) != self.days.hours:
            self.days.hours = hours
            self.changed()

    def zoom_time(self, factor: float, share: float = 0.5) -> None:
        """Shows a range that is longer by a factor, around a share of the width."""
        if view := self.axis_range:
            self.set_axis_range(zoomed(view, factor, share))

    def pan_time(self, fraction: float) -> None:
        """Moves by a fraction of the width; where whole days lie over each other, to other days."""
        passes = self.passes
        if passes is not None and self.days.is_whole and self._range:
            days = max(round(abs(fraction) * passes.days), 1)
            self.set_time_range(days_later(self._range, self._tz, days if fraction > 0 else -days))
        elif view := self.axis_range:
            self.set_axis_range(panned(view, fraction))

    def is_in_sight(self, time: int) -> bool:
        """Whether a moment is in sight."""
        at, view = self.axis_time(time), self.axis_range
        return at is not None and view is not None and view[0] <= at <= view[1]

    def axis_time(self, time: int) -> int | None:
        """Where on the time axis a moment is: itself, or its time of day; None where its day is not shown."""
        passes = self.passes
        return time if passes is None else passes.time_of_day(time)

    @property
    def axis_cursor(self) -> int | None:
        """Where on the time axis the cursor is."""
        return None if self._cursor is None else self.axis_time(self._cursor)

    @property
    def day(self) -> int | None:
        """Of days that lie over each other the one that stands out: the cursor's, without one the last."""
        passes = self.passes
        if passes is None:
            return None
        place = None if self._cursor is None else passes.place(self._cursor)
        return int(passes.day[-1 if place is None else place])

    # The cursor

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

    # Where moments are

    def time_at(self, x: int) -> int | None:
        """The moment at a pixel, None outside the plots; where days lie over each other that of the one in front."""
        at, passes, day = self.axis_time_at(x), self.passes, self.day
        if at is None or passes is None or day is None:
            return at
        return passes.moment(day, at, None if self._cursor is None else passes.place(self._cursor))

    def axis_time_at(self, x: int) -> int | None:
        """The time at a pixel as the axis counts it, None outside the plots."""
        plots, view = self.plots_rect(), self.axis_range
        if view is None or not plots.left() <= x <= plots.right():
            return None
        return view[0] + round((x - plots.left()) / plots.width() * (view[1] - view[0]))

    def x_of(self, time: int) -> float:
        """The pixel of a moment; far outside where its day is not shown."""
        at = self.axis_time(time)
        return _FAR if at is None else self.x_at(at)

    def x_at(self, time: int) -> float:
        """The pixel of a time as the axis counts it."""
        plots, (start, end) = self.plots_rect(), self.axis_range or (0, 1)
        return plots.left() + (time - start) / (end - start) * plots.width()
