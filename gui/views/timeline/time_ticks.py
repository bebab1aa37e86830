"""Where the ticks of a time axis stand and what they say, in any zone and across DST changes.

Ticks lie on round local times. Steps up to half a day are counted inside each stretch of constant offset, so the
hour that is twice there has its ticks twice and the missing one none; longer steps follow the calendar.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.day_clock import DAY_CLOCK, day_clock_text
from gui.views.timeline.elapsed import ELAPSED, day_texts, elapsed_text, tick_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# What any calendar can say; a view never goes beyond.
EARLIEST = -62_135_596_800 * SECOND + 2 * DAY
LATEST = 253_402_300_800 * SECOND - 366 * DAY

# Not strftime: Qt sets the process's locale, and the window speaks English.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_STEPS = (
    [base * 10**power for power in range(6) for base in (1, 2, 5)]
    + [SECOND * n for n in (1, 2, 5, 10, 15, 30)]
    + [MINUTE * n for n in (1, 2, 5, 10, 15, 30)]
    + [HOUR * n for n in (1, 2, 3, 6, 12)]
)
_DAY_STEPS = (1, 2, 7, 14)
_MONTH_STEPS = (1, 3, 6)
_YEAR_STEPS = tuple(base * 10**power for power in range(4) for base in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Step:
    """The distance of ticks.

    Attributes:
        kind: ``clock`` (microseconds), ``day``, ``month`` or ``year``.
        count: how many of them.
    """

    kind: str
    count: int

    @property
    def length(self) -> int:
        """Its usual length in microseconds."""
        return self.count * {"clock": 1, "day": DAY, "month": 30 * DAY, "year": 365 * DAY}[self.kind]


STEPS = (
    *(Step("clock", n) for n in _CLOCK_STEPS),
    *(Step("day", n) for n in _DAY_STEPS),
    *(Step("month", n) for n in _MONTH_STEPS),
    *(Step("year", n) for n in _YEAR_STEPS),
)
_LENGTHS = [step.length for step in STEPS]


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick.

    Attributes:
        time: microseconds since the epoch, UTC.
        label: what stands below it.
        begins: whether a day, month or year begins here that the label leaves out.
    """

    time: int
    label: str
    begins: bool = False


def local(time: int, tz: tzinfo) -> datetime:
    """A moment in a zone."""
    return (_EPOCH + timedelta(microseconds=min(max(time, EARLIEST), LATEST))).astimezone(tz)


def _moment(local_time: datetime) -> int:
    return (local_time.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


# A frame asks for the offsets at its edges, and at the days in sight, again and again.
@functools.lru_cache(maxsize=1000)
def offset_at(time: int, tz: tzinfo) -> int:
    """The zone's offset from UTC in microseconds."""
    return (local(time, tz).utcoffset() or timedelta()) // timedelta(microseconds=1)


def offset_text(offset: int) -> str:
    """``UTC+02:00``."""
    minutes = abs(offset) // MINUTE
    return f"UTC{'-' if offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"


# A cursor that moves asks for the same range again and again.
@functools.lru_cache(maxsize=8)
def _offsets(start: int, end: int, tz: tzinfo) -> tuple[str, ...]:
    """The texts of the different offsets in a range of time, in the order in which they come."""
    return tuple(dict.fromkeys(offset_text(offset) for _, _, offset in _stretches(start, end, tz)))


def offsets_text(start: int, end: int, tz: tzinfo) -> str:
    """The offsets of a range of time: ``UTC+01:00``, or ``UTC+01:00/+02:00`` where they change."""
    first, *others = _offsets(start, end, tz)
    return "/".join([first, *(text.removeprefix("UTC") for text in others)])


def offset_changes(start: int, end: int, tz: tzinfo) -> bool:
    """Whether a range of time has more than one offset."""
    return len(_offsets(start, end, tz)) > 1


def choose_step(start: int, end: int, most: int) -> Step:
    """The shortest step that gives at most so many ticks."""
    span = max(end - start, 1)
    return STEPS[min(bisect_left(_LENGTHS, -(-span // most)), len(STEPS) - 1)]


# Each frame asks for that of its step.
@functools.lru_cache(maxsize=len(STEPS))
def minor_step(step: Step) -> Step | None:
    """The step of the small ticks between, None where there are none."""
    place = STEPS.index(step)
    for finer in reversed(STEPS[:place]):
        ratio = step.length / finer.length
        if ratio >= 4 or (step.kind != finer.kind and ratio >= 2):
            fits = finer.kind != step.kind or step.count % finer.count == 0
            return finer if fits and ratio <= 31 else None
    return None


def ticks(start: int, end: int, step: Step, tz: tzinfo) -> list[Tick]:
    """The ticks of a range of time, ascending."""
    return [_labelled(time, step, tz) for time in tick_times(start, end, step, tz)]


def tick_times(start: int, end: int, step: Step, tz: tzinfo) -> Iterator[int]:
    """Where the ticks of a range of time are, ascending."""
    start, end = max(start, EARLIEST), min(end, LATEST)
    if tz is ELAPSED or tz is DAY_CLOCK:
        return iter(range(-(-start // step.length) * step.length, end + 1, step.length))
    return _clock_ticks(start, end, step.count, tz) if step.kind == "clock" else _calendar_ticks(start, end, step, tz)


def tick_array(start: int, end: int, step: Step, tz: tzinfo) -> NDArray[np.int64]:
    """As tick_times, all at once."""
    if step.kind == "clock" and len(parts := list(_stretches(start, end, tz))) == 1 and start >= EARLIEST:
        offset = parts[0][2]
        first = -(-(start + offset) // step.count) * step.count - offset
        return np.arange(first, min(end, LATEST) + 1, step.count)
    return np.fromiter(tick_times(start, end, step, tz), np.int64)


def context_texts(time: int, step: Step, tz: tzinfo) -> tuple[str, ...]:
    """What the ticks' labels leave out, the longest wording first: the day, the month or the year."""
    if tz is ELAPSED:
        return day_texts(time, step.length)
    if tz is DAY_CLOCK:
        return ()
    at = local(time, tz)
    month = _MONTHS[at.month - 1]
    if step.kind == "clock":
        return _day_text(at), f"{at.day} {month[:3]} {at.year}", f"{at.day} {month[:3]}"
    if step.kind == "day":
        return f"{month} {at.year}", f"{month[:3]} {at.year}", month[:3]
    return (str(at.year),) if step.kind == "month" else ()


def moment_text(time: int, tz: tzinfo, precision: int = SECOND, with_offset: bool = False) -> str:
    """A moment for reading: ``Fri, 12 Jun 2026, 10:03:11``, as fine as the precision (microseconds).

    Its offset follows where it is asked for, and always on days on which the offset changes: there an hour may be
    twice.
    """
    if tz is ELAPSED:
        return elapsed_text(time, precision)
    if tz is DAY_CLOCK:
        return day_clock_text(time, precision)
    at = local(time, tz)
    clock = f"{at:%H:%M:%S}"
    if precision < 1_000:
        clock += f".{at.microsecond:06}"
    elif precision < SECOND:
        clock += f".{at.microsecond // 1_000:03}"
    if with_offset or _offset_changes_on_day(at):
        clock += f" {offset_text(offset_at(time, tz)).removeprefix('UTC')}"
    return f"{_day_text(at)}, {clock}"


def _offset_changes_on_day(at: datetime) -> bool:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return day.utcoffset() != (day + timedelta(days=1)).utcoffset()


def _day_text(at: datetime) -> str:
    return f"{_WEEKDAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1][:3]} {at.year}"


# While the view moves, most ticks stay.
@functools.lru_cache(maxsize=1_000)
def _labelled(time: int, step: Step, tz: tzinfo) -> Tick:
    if tz is ELAPSED:
        return Tick(time, *tick_label(time, step.length))
    if tz is DAY_CLOCK:
        return Tick(time, day_clock_text(time, 1))
    at = local(time, tz)
    if step.kind == "clock":
        midnight = (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
        return Tick(time, _clock_label(at, step.count), midnight)
    if step.kind == "day":
        name = _MONTHS[at.month - 1][:3] if step.count >= 7 else _WEEKDAYS[at.weekday()]
        label = f"{at.day} {name}" if step.count >= 7 else f"{name} {at.day}"
        return Tick(time, label, at.day == 1)
    if step.kind == "month":
        return Tick(time, _MONTHS[at.month - 1][:3], at.month == 1)
    return Tick(time, str(at.year))


def _clock_label(at: datetime, step: int) -> str:
    # Formats such as %H take five times as long.
    clock = f"{at.hour:02}:{at.minute:02}"
    if step >= MINUTE:
        return clock
    if step >= SECOND:
        return f"{clock}:{at.second:02}"
    digits = next(digits for digits in range(1, 7) if step % 10 ** (6 - digits) == 0)
    return f"{clock}:{at.second:02}.{at.microsecond // 10 ** (6 - digits):0{digits}}"


def _clock_ticks(start: int, end: int, step: int, tz: tzinfo) -> Iterator[int]:
    previous: int | None = None
    for first, last, offset in _stretches(start, end, tz):
        time = -(-(first + offset) // step) * step - offset
        while time < last or (time == last == end):
            # Around a DST change two round local times can come closer than a step.
            if previous is None or step <= HOUR or time - previous > step // 2:
                yield time
                previous = time
            time += step


def _stretches(start: int, end: int, tz: tzinfo) -> Iterator[tuple[int, int, int]]:
    """The parts of a range of time with one offset each: start, end, offset."""
    here, offset = start, offset_at(start, tz)
    # No zone changes its offset twice within a week; very long ranges look at every month.
    stride = max(7 * DAY, (end - start) // 400)
    probe = start
    while probe < end:
        following = min(probe + stride, end)
        if offset_at(following, tz) != offset:
            change = _change(probe, following, offset, tz)
            yield here, change, offset
            here, offset = change, offset_at(change, tz)
            probe = change
        else:
            probe = following
    yield here, end, offset


def _change(low: int, high: int, offset: int, tz: tzinfo) -> int:
    """The first moment after low with another offset, to the second."""
    low, high = low // SECOND, -(-high // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle * SECOND, tz) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


def _calendar_ticks(start: int, end: int, step: Step, tz: tzinfo) -> Iterator[int]:
    day = local(start, tz).date()
    if step.kind == "day":
        dates = _days(day, step.count)
    else:
        dates = _months(day, step.count * (12 if step.kind == "year" else 1))
    for when in dates:
        # Where a day has no midnight, this is its first moment; where it has two, the earlier one.
        time = _moment(datetime(when.year, when.month, when.day, tzinfo=tz))
        if time > end:
            return
        if time >= start:
            yield time


def _days(day: date, step: int) -> Iterator[date]:
    """Days of the month that are a step apart: 1, 3, 5 … or 1, 8, 15, 22, each month anew."""
    day = day.replace(day=1)
    while day.year < 9999:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        length = (following - day).days
        for number in range(1, length + 1, step):
            # The last one of a month would stand too close to the next month's first.
            if 2 * (length + 1 - number) > step:
                yield day.replace(day=number)
        day = following


def _months(day: date, step: int) -> Iterator[date]:
    month = (day.year * 12 + day.month - 1) // step * step
    while month < 9999 * 12:
        if month >= 12:
            yield date(month // 12, month % 12 + 1, 1)
        month += step
