"""Times that are counted from a vehicle's first sample: how they are told, and where their ticks are.

They go the same ways as moments, with a zone that says what they are: as if the first sample had come at the epoch.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_SECOND, _MINUTE, _HOUR, _DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000
_MINUS = "\u2212"
SINCE_FIRST = "since each vehicle's first sample"


class _Elapsed(tzinfo):
    """Stands where a zone would, without being one: nothing is shifted, no clock is changed."""

    def utcoffset(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, dt: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, dt: datetime | None) -> str:
        return SINCE_FIRST

    def __str__(self) -> str:
        return SINCE_FIRST


ELAPSED: tzinfo = _Elapsed()


def elapsed_text(time: int, precision: int = _SECOND) -> str:
    """``+3 d 04:00:12``, as fine as the precision (microseconds)."""
    days, rest = divmod(abs(time), _DAY)
    sign = _MINUS if time < 0 else "+"
    return f"{sign}{days:,} d {_clock(rest, precision)}" if days else f"{sign}{_clock(rest, precision)}"


def _clock(rest: int, precision: int) -> str:
    clock = f"{rest // _HOUR:02}:{rest // _MINUTE % 60:02}:{rest // _SECOND % 60:02}"
    if precision < 1_000:
        return f"{clock}.{rest % _SECOND:06}"
    return f"{clock}.{rest % _SECOND // 1_000:03}" if precision < _SECOND else clock


def tick_label(time: int, step: int) -> tuple[str, bool]:
    """What stands at a tick, and whether a day begins there that the labels after it leave out.

    Args:
        step: the distance of ticks, microseconds.
    """
    days, rest = divmod(abs(time), _DAY)
    sign = _MINUS if time < 0 else ""
    if time == 0:
        return "0", step < _DAY
    if rest == 0:
        return f"{sign}{days:,} d", step < _DAY
    if step >= _HOUR:
        return f"{sign}{rest // _HOUR} h", False
    if step >= _MINUTE:
        return f"{sign}{rest // _HOUR:02}:{rest // _MINUTE % 60:02}", False
    clock = f"{sign}{rest // _HOUR:02}:{rest // _MINUTE % 60:02}:{rest // _SECOND % 60:02}"
    if step >= _SECOND:
        return clock, False
    digits = next(digits for digits in range(1, 7) if step % 10 ** (6 - digits) == 0)
    return f"{clock}.{rest % _SECOND // 10 ** (6 - digits):0{digits}}", False


def day_texts(time: int, step: int) -> tuple[str, ...]:
    """What the ticks' labels leave out, the longest wording first; nothing where they tell days.

    Args:
        step: the distance of ticks, microseconds.
    """
    if step >= _DAY:
        return ()
    return ("before the first sample", "before") if time < 0 else (f"+{time // _DAY:,} d",) * 2
