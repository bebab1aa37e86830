"""Days over each other: which days, which of their hours, and whether it is so at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import UsageError
from core.fleet.day_passes import DAY, DayPasses, day_passes
from core.fleet.periods import Period, period_around
from gui.models.texts import plural
from gui.views.timeline.time_range import SHORTEST, Range
from gui.views.timeline.time_ticks import moment_text

if TYPE_CHECKING:
    from datetime import tzinfo

# More days than these would neither be told apart nor be drawn while the view moves.
MOST_DAYS = 100
WHOLE_DAY: Range = (0, DAY)


class DayView:
    """What an area shows of days that lie over each other.

    Attributes:
        is_on: whether they do.
        extent: from the first to the last sample; days outside of it are left out. None where there is none.
        hours: what is in sight of each day, microseconds since midnight.
    """

    def __init__(self) -> None:
        self.is_on = False
        self.extent: Range | None = None
        self.hours: Range = WHOLE_DAY
        self._known: tuple[tuple[object, ...], DayPasses, int] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all hours are in sight."""
        return self.hours == WHOLE_DAY

    def passes(self, view: Range | None, tz: tzinfo) -> DayPasses | None:
        """The days that a range of time touches, as far as there are samples; None where days are not over each other.

        Args:
            tz: whose days these are.
        """
        return self._found(view, tz)[0] if self.is_on and view is not None else None

    def sight(self, view: Range | None, tz: tzinfo) -> Range | None:
        """What of the time is in sight, as moments: the range, or its days from the first one's begin to the end."""
        passes = self.passes(view, tz)
        return view if passes is None else (int(passes.start[0]), int(passes.end[-1]))

    def text(self, view: Range | None, tz: tzinfo, zone_name: str) -> str:
        """What is drawn: ``Europe/Berlin, 31 days, Fri, 1 May 2026 to Sun, 31 May 2026``."""
        if not self.is_on or view is None:
            return zone_name
        passes, touched = self._found(view, tz)
        first, last = (day_text(int(moment), tz) for moment in (passes.start[0], passes.end[-1] - 1))
        count = plural(passes.days, "day") if touched <= MOST_DAYS else f"the last {MOST_DAYS} of {touched:,} days"
        return f"{zone_name}: {count}, {first} to {last}" if first != last else f"{zone_name}: {first}"

    def _found(self, view: Range, tz: tzinfo) -> tuple[DayPasses, int]:
        start, end = view
        if self.extent is not None and start <= self.extent[1] and end > self.extent[0]:
            # The last sample itself belongs to what is shown.
            start, end = max(start, self.extent[0]), min(end, self.extent[1] + 1)
        name = (start, end, tz)
        if self._known is None or self._known[0] != name:
            passes, touched = day_passes(start, end, tz, MOST_DAYS)
            if self._known is not None and passes.has_days_of(self._known[1]):
                # What was made of the same days stays.
                passes = self._known[1]
            self._known = name, passes, touched
        return self._known[1:]


def day_text(moment: int, tz: tzinfo) -> str:
    """The local date of a moment: ``Sun, 31 May 2026``."""
    return moment_text(moment, tz).rpartition(", ")[0]


def days_later(view: Range, tz: tzinfo, days: int) -> Range:
    """The days that a range of time touches, moved by so many; the range itself where the calendar ends."""
    noon = DAY // 2
    try:
        first = period_around(view[0], Period.DAY, tz)[0] + noon + days * DAY
        last = period_around(view[1] - 1, Period.DAY, tz)[0] + noon + days * DAY
        return period_around(first, Period.DAY, tz)[0], period_around(last, Period.DAY, tz)[1]
    except UsageError:
        return view


def hours_within(first: int, last: int) -> Range:
    """A stretch of the day, made long enough and moved into the day."""
    length = min(max(last - first, SHORTEST), DAY)
    first = min(max(first, 0), DAY - length)
    return first, first + length
