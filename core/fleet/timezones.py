"""Time zones: names, offsets, and times as people read and write them.

Times are microseconds since the epoch, UTC, everywhere else; only what a person reads or types has a zone. An offset
always comes from the zone's rules at that very time, never from today's.
"""

from __future__ import annotations

import difflib
import logging
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
import tzlocal

from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LOCAL = "local"

_log = logging.getLogger("odograph.timezones")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000

# All that can be written.
FIRST_TIME = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
LAST_TIME = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def zone(name: str) -> tzinfo:
    """The zone of a name.

    Args:
        name: ``UTC``, ``local`` (the computer's zone with all its rules) or an IANA name such as ``Europe/Berlin``.

    Raises:
        UsageError: there is no such zone; the hint names close ones.
    """
    if name == LOCAL:
        return _local_zone()
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError("There is no such time zone", subject=name, hint=_suggestion(name)) from None


def zone_names() -> list[str]:
    """Every name that can be chosen, ``UTC`` and ``local`` first, then the IANA places in order."""
    places = sorted(name for name in _iana_names() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return ["UTC", LOCAL, *places]


def local_name() -> str:
    """The IANA name of the computer's zone, or an empty text where it has none."""
    return getattr(_local_zone(), "key", "")


def _local_zone() -> tzinfo:
    try:
        return tzlocal.get_localzone()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        # A broken set-up of the computer must not keep anyone from working; its present offset is the best there is.
        _log.warning("the computer's time zone is unknown, its present offset is used: %s", error)
        return datetime.now().astimezone().tzinfo or UTC


@lru_cache(maxsize=1)
def _iana_names() -> frozenset[str]:
    return frozenset(available_timezones())


def _suggestion(name: str) -> str:
    by_folded = {known.casefold(): known for known in _iana_names()}
    by_city = {known.rsplit("/", 1)[-1].casefold(): known for known in sorted(_iana_names()) if "/" in known}
    folded = name.strip().replace(" ", "_").casefold()
    if folded in by_folded:
        return f"Did you mean {by_folded[folded]}?"
    close = [by_city[folded]] if folded in by_city else []
    close += [by_folded[match] for match in difflib.get_close_matches(folded, by_folded, 3, 0.7)]
    close += [by_city[match] for match in difflib.get_close_matches(folded, by_city, 3, 0.75)]
    names = list(dict.fromkeys(close))[:3]
    if names:
        return f"Did you mean {' or '.join(names)}?"
    return "Use UTC, local or an IANA name such as Europe/Berlin."


def to_datetime(time_us: int, tz: tzinfo) -> datetime:
    """A moment in a zone, or in UTC where its local time would lie outside the years 1 to 9999.

    Times outside these years in UTC become the nearest that can be written.
    """
    moment = _EPOCH + timedelta(microseconds=min(max(time_us, FIRST_TIME), LAST_TIME))
    try:
        return moment.astimezone(tz)
    except OverflowError:
        return moment


def from_datetime(moment: datetime) -> int:
    """Microseconds since the epoch, UTC, of a moment that has a zone."""
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def format_iso(time_us: int, tz: tzinfo) -> str:
    """A time as ``2023-04-28T11:32:11.804+02:00``: milliseconds where they suffice, else microseconds; never ``Z``.

    A time whose local time would lie outside the years 1 to 9999 is written in UTC, with ``+00:00``. Times outside
    these years in UTC are written as the nearest that can be.
    """
    moment = to_datetime(time_us, tz)
    return moment.isoformat(timespec="microseconds" if moment.microsecond % 1000 else "milliseconds")


def format_offset(seconds: int) -> str:
    """An offset as ``+05:45``, with seconds only where it has some (before zones were agreed on)."""
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{rest:02d}" if rest else text


def offsets(times: NDArray[np.int64], tz: tzinfo) -> NDArray[np.int64]:
    """Seconds east of UTC for each time, as quick for millions as for hundreds.

    Args:
        times: microseconds since the epoch, UTC, in any order.
        tz: the zone.

    Returns:
        int64 seconds, one for each time; 0 for the few that are written in UTC, as :func:`format_iso` says.
    """
    if len(times) == 0:
        return np.zeros(0, np.int64)
    clamped = np.clip(times, FIRST_TIME, LAST_TIME)
    starts, seconds = _intervals(np.unique(clamped // _DAY), tz)
    return seconds[np.searchsorted(starts, clamped, "right") - 1]


def offset_stretches(start: int, end: int, tz: tzinfo) -> list[tuple[int, int, int]]:
    """The stretches of a range of time that have one offset each: start, end, microseconds east of UTC.

    Args:
        start: microseconds since the epoch, UTC.
        end: not included, after start.
        tz: the zone.
    """
    low, high = min(max(start, FIRST_TIME), LAST_TIME), min(max(end - 1, FIRST_TIME), LAST_TIME)
    starts, seconds = _intervals(np.arange(low // _DAY, high // _DAY + 1), tz)
    first = int(np.searchsorted(starts, low, "right")) - 1
    begins = [start, *starts[first + 1 :][starts[first + 1 :] < end].tolist()]
    found = zip(begins, [*begins[1:], end], seconds[first:].tolist(), strict=False)
    return [(begin, behind, offset * 1_000_000) for begin, behind, offset in found]


def _intervals(days: NDArray[np.int64], tz: tzinfo) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts of the intervals of one offset that the days touch, and those offsets.

    No zone has ever changed its offset twice within a day, so a day with one offset at both ends has no other.
    """
    starts: list[int] = []
    seconds: list[int] = []
    for day in days.tolist():
        for start, offset in _day_offsets(day * _DAY, tz):
            if not seconds or seconds[-1] != offset:
                starts.append(start)
                seconds.append(offset)
    return np.array(starts, np.int64), np.array(seconds, np.int64)


def _day_offsets(start: int, tz: tzinfo) -> Iterator[tuple[int, int]]:
    first, last = _offset(start, tz), _offset(start + _DAY - 1, tz)
    yield start, first
    if first == last:
        return
    before, after = start // 1_000_000, (start + _DAY) // 1_000_000
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(middle * 1_000_000, tz) == first:
            before = middle
        else:
            after = middle
    yield after * 1_000_000, last


def _offset(time_us: int, tz: tzinfo) -> int:
    offset = to_datetime(time_us, tz).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def parse_moment(text: str, tz: tzinfo, end: bool = False) -> int:
    """Read a date or a moment that a person typed.

    Args:
        text: ``2023-04-28``, ``2023-04-28T10:00``, ``2023-04-28 10:00:30.5``, with or without an offset or ``Z``.
        tz: the zone of texts without an offset. Of an hour that comes twice the first is meant as a start and the
            second as an end; an hour that is left out counts as if the clock had not been changed yet.
        end: a date alone means the end of that day, which is the start of the next.

    Returns:
        Microseconds since the epoch, UTC.

    Raises:
        UsageError: it is neither a date nor a moment.
    """
    cleaned = text.strip()
    try:
        day = date.fromisoformat(cleaned)
    except ValueError:
        day = None
    try:
        if day is not None:
            moment = datetime.combine(day + timedelta(days=1) if end else day, time(), tz)
        else:
            moment = datetime.fromisoformat(cleaned)
            if moment.tzinfo is None:
                moment = _in_zone(moment, tz, end)
        return from_datetime(moment)
    except (ValueError, OverflowError):
        raise UsageError(
            "This is no date or time",
            subject=text,
            hint="Write a date such as 2026-06-30, or a time such as 2026-06-30T14:05 or 2026-06-30T14:05:00+02:00.",
        ) from None


def _in_zone(wall: datetime, tz: tzinfo, end: bool) -> datetime:
    first, second = wall.replace(tzinfo=tz, fold=0), wall.replace(tzinfo=tz, fold=1)
    twice = (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())
    return second if end and twice else first
