"""Reads times as people type them: in the orders of several countries, with words, and without what is plain anyway.

What can mean two times gives both, so that a person chooses: ``03/04/2026`` is a day of April or of March, and an hour
comes twice where clocks are set back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.fleet.periods import HINT, parse_span, unreadable
from core.fleet.timezones import from_datetime, to_datetime

if TYPE_CHECKING:
    from datetime import tzinfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = f"({'|'.join(_MONTHS)})[a-z]*"
_WEEKDAY = re.compile(r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?,?\s*", re.IGNORECASE)
_DAY_NAME = re.compile(rf"\b(\d{{1,2}})\.?\s+{_NAME}\.?,?\s+(\d{{4}})\b", re.IGNORECASE)
_NAME_DAY = re.compile(rf"\b{_NAME}\.?\s+(\d{{1,2}}),?\s+(\d{{4}})\b", re.IGNORECASE)
_DOTS = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHES = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<![\d/])(\d{4})/(\d{1,2})/(\d{1,2})(?![\d/])")
_WORD = re.compile(r"\b(yesterday|today|tomorrow|now)\b", re.IGNORECASE)
_WORDS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_COMMA = re.compile(r"(?<=\d),\s+(?=\d)")
_SHORT_HOUR = re.compile(r"(?<![\d:.+-])(\d):(\d{2})(?!\d)")
_TIME = re.compile(r"(?<![-\dT:] )(?<![-\dT:+.])\b\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?![\d:])")
_ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_OFFSET = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2})$")


@dataclass(frozen=True, slots=True)
class TimeReading:
    """What a text may mean.

    Attributes:
        start: microseconds since the epoch, UTC.
        end: of a range; None for a moment.
        note: why it is this one, or what is odd about it; may be empty.
    """

    start: int
    end: int | None
    note: str = ""


def read_times(text: str, tz: tzinfo, day: date, now: int) -> list[TimeReading]:
    """What a person may have meant, the likeliest first; one at least.

    Args:
        text: as the hint of the error says.
        tz: the zone of what has no offset.
        day: on which a time without a date is meant.
        now: microseconds since the epoch, UTC; what ``today`` and ``yesterday`` are counted from.

    Raises:
        UsageError: it is no time, or a range that ends before it starts.
    """
    told = _plain(text.strip(), tz, now)
    orders = [(True, ""), (False, "")]
    found: dict[str, str] = {}
    if any(_is_open(match) for match in _SLASHES.finditer(told)):
        orders = [(True, "day before month"), (False, "month before day")]
    for day_first, note in orders:
        iso = _SLASHES.sub(lambda match, day_first=day_first: _slashed(match, day_first=day_first), told)  # type: ignore[misc]
        found.setdefault(_with_days(iso, day), note)
    readings: list[TimeReading] = []
    failed: UsageError | None = None
    for iso, note in found.items():
        try:
            readings += _read(iso, text, tz, note)
        except UsageError as error:
            failed = failed or error
    if not readings:
        raise failed or unreadable(text)
    return readings


def _plain(text: str, tz: tzinfo, now: int) -> str:
    """A text whose dates are written as ISO does, but for those with slashes."""
    told = _WEEKDAY.sub("", text)
    told = _DAY_NAME.sub(lambda match: _iso(match[3], _month(match[2]), match[1]), told)
    told = _NAME_DAY.sub(lambda match: _iso(match[3], _month(match[1]), match[2]), told)
    told = _DOTS.sub(lambda match: _iso(match[3], match[2], match[1]), told)
    told = _YEAR_FIRST.sub(lambda match: _iso(match[1], match[2], match[3]), told)

    def word(match: re.Match[str]) -> str:
        moment = to_datetime(now, tz)
        name = match[1].lower()
        if name == "now":
            return moment.isoformat(timespec="seconds")
        return (moment.date() + timedelta(days=_WORDS[name])).isoformat()

    told = _WORD.sub(word, told)
    return _SHORT_HOUR.sub(r"0\1:\2", _COMMA.sub(" ", told))


def _iso(year: str, month: str | int, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()[:3]) + 1


def _is_open(match: re.Match[str]) -> bool:
    """Whether either number may be the month."""
    first, second = int(match[1]), int(match[2])
    return first != second and max(first, second) <= len(_MONTHS)


def _slashed(match: re.Match[str], *, day_first: bool) -> str:
    first, second = match[1], match[2]
    if not _is_open(match):
        day_first = int(second) <= len(_MONTHS)
    return _iso(match[3], second, first) if day_first else _iso(match[3], first, second)


def _with_days(text: str, day: date) -> str:
    """Times without a date get one: that of the one before them, the given one at first."""
    places = [(match.start(), match[0]) for match in _ISO_DAY.finditer(text)]

    def with_day(match: re.Match[str]) -> str:
        before = [told for place, told in places if place < match.start()]
        return f"{before[-1] if before else day.isoformat()} {match[0]}"

    return _TIME.sub(with_day, text)


def _read(iso: str, text: str, tz: tzinfo, note: str) -> list[TimeReading]:
    try:
        start, end = parse_span(iso, tz)
    except UsageError as error:
        raise UsageError(error.title, subject=text, hint=error.hint) from None
    if end is not None:
        return [TimeReading(start, end, note)]
    wall = None if _OFFSET.search(iso) else _wall(iso)
    if wall is None:
        return [TimeReading(start, None, note)]
    first, second = (from_datetime(wall.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    if first < second:
        notes = ("the first time that the clock shows it", "the second time, after clocks were set back")
        return [
            TimeReading(moment, None, ", ".join(filter(None, (note, why))))
            for moment, why in zip((first, second), notes, strict=True)
        ]
    odd = "clocks were set forward over the time that you typed" if second < first else ""
    return [TimeReading(start, None, ", ".join(filter(None, (note, odd))))]


def _wall(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None


EXAMPLES = "2026-06-30 14:05, 30.6.2026, 14:05, yesterday 9:30, 2026-W27, 2026-06, 2026-06-01 to 2026-06-07"
"""What can be typed, for a field's placeholder."""

TYPED_HINT = f"{HINT} 30.6.2026, 30 Jun 2026, today, yesterday 9:30 and 14:05 alone are understood, too."
"""What can be typed, in words."""
