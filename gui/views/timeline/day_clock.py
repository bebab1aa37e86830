"""Times of day: how they are told where days lie over each other, and what stands at their ticks.

They go the same ways as moments, with a zone that says what they are: as if each day were that of the epoch.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.fleet.day_passes import DAY

_SECOND, _MINUTE, _HOUR = 1_000_000, 60_000_000, 3_600_000_000


class _DayClock(tzinfo):
    """Stands where a zone would: clocks that are set are a matter of the days, and not of their times."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return "time of day"

    def __str__(self) -> str:
        return "time of day"


DAY_CLOCK: tzinfo = _DayClock()


def day_clock_text(time: int, precision: int = _SECOND) -> str:
    """``06:30``, with seconds and parts of them where there are any, as fine as the precision (microseconds).

    The end of the day is ``24:00``.
    """
    time = min(max(time, 0), DAY)
    rest = time % _MINUTE // precision * precision
    clock = f"{time // _HOUR:02}:{time // _MINUTE % 60:02}"
    if not rest:
        return clock
    clock = f"{clock}:{rest // _SECOND:02}"
    return f"{clock}.{rest % _SECOND:06}".rstrip("0") if rest % _SECOND else clock


def hours_text(first: int, last: int) -> str:
    """A stretch of the day: ``06:00 to 10:00``."""
    return f"{day_clock_text(first)} to {day_clock_text(last)}"
