"""What a counter such as the odometer comes to each day, right at the days' edges.

The value at the edge between two days is read from the samples around it. Where these lie at most :data:`LONGEST`
apart, it is interpolated between them in a straight line: what was driven from ten in the evening to two in the morning
counts to both days. Where they lie further apart it is the last known one: what was driven in days of silence counts to
the day on which it was first seen.

So the days of a series always come to its last value less its first, which is the last one of its moment where several
samples came at once. A day is there if it has a sample, if the samples around it are no further apart than a day, or if
they say the same: a vehicle that was parked for a week was driven 0 a day, however silent it was (for at most
:data:`LONGEST_STAND` days). Other days without a sample are left out, as nobody knows what was driven on them. The
first day counts from the first sample, the last one to the last. A counter that decreases, as after a change of the
instrument cluster, gives a negative difference; it is not hidden.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.differences import tidy_difference
from core.fleet.timezones import FIRST_TIME, LAST_TIME, from_datetime, offsets

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

LONGEST = 25 * 3_600_000_000
"""As long as the longest day, in microseconds: between samples no further apart values at edges are interpolated."""
LONGEST_STAND = 366
"""So many days without a sample get 0 where the samples before and after them say the same."""

_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)


def differences_of_days(time: Ints, value: Floats, tz: tzinfo) -> tuple[Ints, Floats, Ints]:
    """The difference of each day.

    Args:
        time: int64 microseconds, ascending, no two the same.
        value: float64, finite.
        tz: whose days; those at changes of the clocks have 23 or 25 hours.

    Returns:
        Start, difference and end of each day; none where there are fewer than two samples.
    """
    if len(time) < 2:
        return time[:0], value[:0], time[:0]
    days = _days(time, tz)
    starts, ends = _edges(days, tz), _edges(days + 1, tz)
    # A day that a place left out, as Samoa did in 2011, has no length.
    real = (starts < ends) & (starts <= time[-1]) & (ends > time[0])
    starts, ends = starts[real], ends[real]
    low, high = np.searchsorted(time, starts), np.searchsorted(time, ends)
    before = np.clip(low - 1, 0, len(time) - 2)
    is_known = (high > low) | (value[before] == value[before + 1]) | (time[before + 1] - time[before] <= LONGEST)
    starts, ends = starts[is_known], ends[is_known]
    return starts, tidy_difference(_at(ends, time, value), _at(starts, time, value)), ends


def _days(time: Ints, tz: tzinfo) -> Ints:
    """The days, counted from 1970, on which there are samples, and those between them that are not too many."""
    local = np.clip(time, FIRST_TIME + 2 * _DAY, LAST_TIME - 2 * _DAY)
    seen = np.unique((local + offsets(local, tz) * 1_000_000) // _DAY)
    silent = np.diff(seen) - 1
    silent[silent > LONGEST_STAND] = 0
    count = np.append(silent, 0) + 1
    place = np.repeat(np.arange(len(seen)), count)
    days: Ints = seen[place] + np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    return days


def _edges(days: Ints, tz: tzinfo) -> Ints:
    """When each day begins. Where the clock skips midnight, it begins as the clock is changed."""
    return np.array([_midnight(day, tz) for day in days.tolist()], np.int64)


def _midnight(day: int, tz: tzinfo) -> int:
    # Python reads a time that the clock skips by the offset before: exactly when the clock is changed.
    return from_datetime(datetime.combine(_EPOCH + timedelta(days=day), datetime.min.time(), tz))


def _at(edges: Ints, time: Ints, value: Floats) -> Floats:
    """The value at each edge: that of a sample there, else in between or the last known; before the first the first.

    What a sample at the edge itself brings after a longer silence was seen on the day that begins.
    """
    index = np.searchsorted(time, edges, "right") - 1
    before = np.clip(index, 0, len(time) - 1)
    after = np.minimum(before + 1, len(time) - 1)
    low, high = value[before], value[after]
    span = time[after] - time[before]
    inside = (index >= 0) & (span > 0) & (span <= LONGEST) & (low != high)
    share = np.where(inside, (edges - time[before]) / np.where(inside, span, 1), 0.0)
    # Not low + (high - low) × share, which could overflow; the ends come out as they were sent.
    found = np.where(share > 0, low * (1.0 - share) + high * share, low)
    first = np.searchsorted(time, edges)
    last_known = np.maximum(first - 1, 0)
    here = time[np.minimum(first, len(time) - 1)] == edges
    is_new = here & (edges - time[last_known] > LONGEST)
    return np.where(is_new, value[last_known], found)
