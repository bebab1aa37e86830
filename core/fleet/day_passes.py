"""Days over each other: which stretches of time have which local days, and moments as times of day and back.

A **pass** is a stretch of time in which the local clock runs through one day without being set. A usual day is one
pass of 24 hours. Where the clock is put forward a day has two, and between them a time of day that it does not have;
where it is put back the second pass begins at a time of day that the first one has had already, so that some times of
day are there twice. What lies at a time of day is so always where the clock on the wall showed it; nothing is moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.timezones import FIRST_TIME, LAST_TIME, offset_stretches

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

DAY = 86_400_000_000
"""The clock's day in microseconds: times of day lie in it, whatever the length of the day that has them."""


@dataclass(frozen=True, slots=True, eq=False)
class DayPasses:
    """The passes of some days, ascending in time; none overlaps another.

    Attributes:
        day: int64, the local date of each as days from 1970.
        start: int64 microseconds since the epoch, UTC.
        end: int64, not included.
        base: int64, the moment that each one's clock would count from: a moment less it is the time of day.
        row: int64, from 0: passes that share a row do not overlap by the clock; a day that has a time twice has two.
    """

    day: Ints
    start: Ints
    end: Ints
    base: Ints
    row: Ints

    def __len__(self) -> int:
        return len(self.day)

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(np.unique(self.day))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.row[-1]) + 1 if len(self) else 0

    def has_days_of(self, other: DayPasses) -> bool:
        """Whether these are the same days of the same zone."""
        return np.array_equal(self.start, other.start) and np.array_equal(self.base, other.base)

    def place(self, moment: int) -> int | None:
        """Which pass a moment is in, None where it is in none of these."""
        found = int(np.searchsorted(self.start, moment, "right")) - 1
        return found if found >= 0 and moment < self.end[found] else None

    def places(self, moments: Ints) -> Ints:
        """Which pass each of some moments is in, -1 of those that are in none."""
        found = np.searchsorted(self.start, moments, "right") - 1
        return np.where((found >= 0) & (moments < self.end[found]), found, -1)

    def time_of_day(self, moment: int) -> int | None:
        """What the clock shows at a moment, in microseconds; None where it is in none of these days."""
        found = self.place(moment)
        return None if found is None else moment - int(self.base[found])

    def passes_of(self, day: int) -> list[int]:
        """The passes of a day, none where it is none of these."""
        return np.flatnonzero(self.day == day).tolist()

    def moment(self, day: int, time_of_day: int, near: int | None = None) -> int | None:
        """When the clock of a day shows a time.

        Args:
            near: a pass of the day that is meant where the time is there twice; the first one without it.

        Returns:
            The moment; where the day does not have that time, the one when the clock is put past it, or the last one
            of the day. None where the day is none of these.
        """
        mine = self.passes_of(day)
        order = [near, *mine] if near is not None and near in mine else mine
        for one in order:
            at = int(self.base[one]) + time_of_day
            if self.start[one] <= at < self.end[one]:
                return at
        later = [one for one in mine if self.base[one] + time_of_day < self.start[one]]
        return int(self.start[later[0]]) if later else int(self.end[mine[-1]]) - 1 if mine else None

    def moments(self, time_of_day: int) -> Ints:
        """When the clocks of these days show a time: int64, ascending, two of a day that has it twice."""
        at = self.base + time_of_day
        found: Ints = at[(at >= self.start) & (at < self.end)]
        return found

    def windows(self, first: int, last: int) -> list[tuple[int, int]]:
        """The stretches of time in which the clock shows a time from the first one to the last one."""
        starts, ends = np.maximum(self.start, self.base + first), np.minimum(self.end, self.base + last)
        return [(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True) if start < end]

    def folded(self, times: Ints) -> tuple[Ints, Ints, Ints]:
        """Moments as times of day.

        Args:
            times: int64, ascending.

        Returns:
            Of those that lie in these days: the index, the pass and the time of day.
        """
        bounds = np.searchsorted(times, self.start), np.searchsorted(times, self.end)
        counts = bounds[1] - bounds[0]
        which = np.repeat(np.arange(len(self)), counts)
        index = np.arange(len(which)) + np.repeat(bounds[0] - np.cumsum(counts) + counts, counts)
        return index, which, times[index] - self.base[which]


def local_day(moment: int, tz: tzinfo) -> int:
    """The local date of a moment as days from 1970."""
    start, _, offset = offset_stretches(moment, moment + 1, tz)[0]
    return (max(moment, start) + offset) // DAY


def day_passes(start: int, end: int, tz: tzinfo, most: int) -> tuple[DayPasses, int]:
    """The passes of all local days that a range of time touches.

    Args:
        start: microseconds since the epoch, UTC.
        end: not included.
        most: so many days at most, the last ones.

    Returns:
        The passes, and how many days the range touches.
    """
    first, last = local_day(start, tz), local_day(max(end - 1, start), tz)
    touched, first = last - first + 1, max(first, last - most + 1)
    # Wherever a day begins and ends, it does within a day and a half of where it does in UTC.
    low, high = max(first * DAY - 3 * DAY // 2, FIRST_TIME), min((last + 1) * DAY + 3 * DAY // 2, LAST_TIME)
    found: list[tuple[int, int, int, int]] = []
    for begin, behind, offset in offset_stretches(low, high, tz):
        for day in range(max((begin + offset) // DAY, first), min((behind - 1 + offset) // DAY, last) + 1):
            base = day * DAY - offset
            found.append((day, max(base, begin), min(base + DAY, behind), base))
    days, starts, ends, bases = (np.array(part, np.int64) for part in zip(*found, strict=True))
    rows = np.zeros(len(days), np.int64)
    for one in range(1, len(days)):
        is_later = starts[one] - bases[one] >= ends[one - 1] - bases[one - 1]
        rows[one] = rows[one - 1] + (days[one] != days[one - 1] or not is_later)
    return DayPasses(days, starts, ends, bases, rows), touched
