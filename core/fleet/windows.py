"""Means over moving windows, and what is left of values in intervals of one length. All without a loop over samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_INTERVALS = 5_000_000
"""A series is not resampled into more intervals than this."""

_SECOND = 1_000_000


def means_before(time: Ints, value: Floats, until: Ints, window: int) -> Floats:
    """For each value the mean over the time of a window that ends where the value ends.

    Each value weighs as long as it is known in the window. Where nothing is known in it for any time, the mean is the
    value itself.

    Args:
        time: int64 microseconds, ascending, no two the same.
        value: float64, finite.
        until: int64 microseconds, up to when each value is known.
        window: microseconds.
    """
    if len(time) == 0:
        return value
    # Sums are of what differs from the middle, so that a value that never changes is its own mean to the last digit.
    middle = float(np.median(value))
    span = until - time
    begin = until - window
    with np.errstate(over="ignore", invalid="ignore"):
        above = value - middle
        first = np.searchsorted(time, begin, "right") - 1
        inner = np.maximum(first, 0)
        # The value that is held into the window counts with what of it lies inside.
        held = np.where(first >= 0, np.maximum(until[inner] - begin, 0), 0)
        held = np.minimum(held, span[inner])
        last = np.arange(1, len(time) + 1)
        sums = _sums(above * (span / _SECOND), first + 1, last) + above[inner] * (held / _SECOND)
        known = np.concatenate(([0], np.cumsum(span)))
        seconds = (known[last] - known[first + 1] + held) / _SECOND
        return np.where(seconds > 0, middle + sums / np.where(seconds > 0, seconds, 1.0), value)


def _sums(values: Floats, first: Ints, last: Ints) -> Floats:
    """The sum from each first to before each last.

    Not differences of one running sum: after a single huge value those would have lost all digits of the others. A tree
    of sums adds what lies inside and nothing else.
    """
    found = np.zeros(len(first))
    which = np.flatnonzero(first < last)
    level, low, high = values, first[which], last[which]
    while len(which):
        odd_low, odd_high = (low & 1).astype(np.bool_), (high & 1).astype(np.bool_)
        found[which[odd_low]] += level[low[odd_low]]
        found[which[odd_high]] += level[high[odd_high] - 1]
        low, high = (low + 1) >> 1, high >> 1
        going = low < high
        which, low, high = which[going], low[going], high[going]
        pairs = level[: len(level) // 2 * 2].reshape(-1, 2)
        level = pairs[:, 0] + pairs[:, 1]
    return found


def of_intervals(time: Ints, value: Floats, until: Ints, step: int, pick: str) -> tuple[Ints, Floats, Ints]:
    """One value for each interval in which anything is known.

    Intervals are counted from 1970 in UTC, so that those of a day begin at midnight of UTC and those of a week on a
    Thursday. A value that is held into an interval counts in it.

    Args:
        time: int64 microseconds, ascending, no two the same.
        value: float64, finite.
        until: int64 microseconds, up to when each value is known.
        step: an interval's length in microseconds.
        pick: ``last`` for the last value known in it, ``min`` or ``max``, or ``mean`` for the mean over the time for
            which values are known in it; where they are known for no time, the mean of the samples.

    Returns:
        Start, value and end of each interval.

    Raises:
        UsageError: there would be more than MOST_INTERVALS.
    """
    if len(time) == 0:
        return time, value, until
    first = time // step
    last = np.maximum(until - 1, time) // step
    count = last - first + 1
    if float(count.sum(dtype=np.float64)) > len(time) + MOST_INTERVALS:
        raise UsageError(
            "The intervals are too many", hint=f"Choose longer ones; {MOST_INTERVALS:,} intervals are the most."
        )
    # Each value once for each interval that it reaches into.
    place = np.repeat(np.arange(len(time)), count)
    number = first[place] + np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
    begins = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
    interval = number[begins]
    values = value[place]
    if pick == "last":
        found = values[np.append(begins[1:], len(values)) - 1]
    elif pick == "min":
        found = np.minimum.reduceat(values, begins)
    elif pick == "max":
        found = np.maximum.reduceat(values, begins)
    else:
        spans = np.minimum(until[place], (number + 1) * step) - np.maximum(time[place], number * step)
        found = _means(values, np.maximum(spans, 0), begins)
    return interval * step, found, (interval + 1) * step


def _means(values: Floats, spans: Ints, begins: Ints) -> Floats:
    sizes = np.diff(np.append(begins, len(values)))
    with np.errstate(over="ignore", invalid="ignore"):
        base = values[begins]
        above = values - np.repeat(base, sizes)
        known = np.add.reduceat(spans, begins)
        weighted = np.add.reduceat(above * (spans / _SECOND), begins) / np.where(known > 0, known / _SECOND, 1.0)
        plain = np.add.reduceat(above, begins) / sizes
        return base + np.where(known > 0, weighted, plain)
