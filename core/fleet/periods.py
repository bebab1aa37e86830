"""Calendar days, weeks and months as ranges of time, in any zone, and what a person types to go to one."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.fleet.timezones import from_datetime, parse_moment, to_datetime

if TYPE_CHECKING:
    from datetime import tzinfo

HINT = (
    "Write a time (2026-06-30 14:05), a day (2026-06-30), a week (2026-W27), a month (2026-06), a year (2026), "
    "or two of them with 'to' between."
)
"""What can be typed to go to a time."""

_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"\d{4}")
_BETWEEN = re.compile(r"\s+to\s+|\s*(?:\.\.+|…|/)\s*|\s+[-–]\s+")


class Period(StrEnum):
    """What a calendar has."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def period_around(moment: int, period: Period, tz: tzinfo) -> tuple[int, int]:
    """The day, week (from Monday on), month or year that a moment is in.

    Args:
        moment: microseconds since the epoch, UTC.
        tz: whose days these are; those in which the clock is changed have 23 or 25 hours.

    Returns:
        Its start and the start of the next one, microseconds.

    Raises:
        UsageError: it ends behind the last year of the calendar.
    """
    first = _first(to_datetime(moment, tz).date(), period)
    try:
        return _midnight(first, tz), _midnight(_following(first, period), tz)
    except (ValueError, OverflowError):
        raise UsageError("The calendar ends there", subject=str(first), hint=HINT) from None


def period_of(start: int, end: int, tz: tzinfo) -> Period | None:
    """Which kind of period a range of time is exactly, None where it is none."""
    for period in Period:
        try:
            if period_around(start, period, tz) == (start, end):
                return period
        except UsageError:
            continue
    return None


def parse_span(text: str, tz: tzinfo) -> tuple[int, int | None]:
    """Read what a person typed to go to: a moment, a period, or from one to another.

    Args:
        text: as the hint of the error says.
        tz: the zone of what has no offset.

    Returns:
        Start and end in microseconds since the epoch, UTC; no end for a moment.

    Raises:
        UsageError: it is none of these, or ends before it starts.
    """
    parts = _BETWEEN.split(text.strip())
    if len(parts) > 2:
        raise unreadable(text)
    start, end = _one(parts[0], text, tz)
    if len(parts) == 1:
        return start, end
    last, behind = _one(parts[1], text, tz)
    behind = last if behind is None else behind
    if behind <= start:
        raise UsageError("The end is not after the start", subject=text, hint="Write the earlier one first.")
    return start, behind


def _one(part: str, text: str, tz: tzinfo) -> tuple[int, int | None]:
    part = part.strip()
    try:
        if week := _WEEK.fullmatch(part):
            return _whole(date.fromisocalendar(int(week[1]), int(week[2]), 1), Period.WEEK, tz)
        if month := _MONTH.fullmatch(part):
            return _whole(date(int(month[1]), int(month[2]), 1), Period.MONTH, tz)
        if _YEAR.fullmatch(part):
            return _whole(date(int(part), 1, 1), Period.YEAR, tz)
        if len(part) == len("2026-06-30"):
            return _whole(date.fromisoformat(part), Period.DAY, tz)
        return parse_moment(part, tz), None
    except (ValueError, OverflowError, UsageError):
        raise unreadable(text) from None


def unreadable(text: str) -> UsageError:
    """Says that a text is no time, and what would be one."""
    return UsageError("This is no date or time", subject=text, hint=HINT)


def _whole(first: date, period: Period, tz: tzinfo) -> tuple[int, int]:
    return _midnight(first, tz), _midnight(_following(first, period), tz)


def _first(day: date, period: Period) -> date:
    match period:
        case Period.DAY:
            return day
        case Period.WEEK:
            return day - timedelta(days=day.weekday())
        case Period.MONTH:
            return day.replace(day=1)
        case Period.YEAR:
            return day.replace(month=1, day=1)


def _following(first: date, period: Period) -> date:
    match period:
        case Period.DAY:
            return first + timedelta(days=1)
        case Period.WEEK:
            return first + timedelta(days=7)
        case Period.MONTH:
            return (first + timedelta(days=31)).replace(day=1)
        case Period.YEAR:
            return first.replace(year=first.year + 1)


def _midnight(day: date, tz: tzinfo) -> int:
    """Where the clock is changed at midnight, the day's first moment there is."""
    return from_datetime(datetime.combine(day, time(), tz))
