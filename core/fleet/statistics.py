"""What the values of a series come to between two moments: extremes, means, changes, and the time spent in states.

A value counts as known from its sample to the next one; after its own moment no longer where a gap follows, and of the
last sample not at all. What is not known is left out, never interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.gaps import GAP_FACTOR, gaps_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Held:
    """Some samples that count between two moments, and how long each of them is known there.

    Attributes:
        first: index of the first one; it may lie before the range, and be held into it.
        inside: index of the first one that lies in the range, at or after first.
        last: index behind the last one.
        spans: int64 microseconds, one for each from first to before last.
    """

    first: int
    inside: int
    last: int
    spans: Ints

    @property
    def known(self) -> int:
        """Microseconds of the range in which a value is known."""
        return int(self.spans.sum())


@dataclass(frozen=True, slots=True)
class NumberStatistics:
    """What numbers come to between two moments.

    Attributes:
        samples: how many lie in the range, both ends included.
        minimum, maximum: of the values that are known in the range, one that is held into it included.
        mean: of the samples in the range, each counted once; None without any.
        mean_over_time: of the values, each weighted by the time for which it is known; None where that is none.
        integral: value times hours, over the time for which it is known; None where that is none.
        change: the last value less the first; a value that is held into the range is the first.
        rate: the change by the hours between the moments of these two in the range; None where there are none.
        known: microseconds of the range in which a value is known.
    """

    samples: int
    minimum: float
    maximum: float
    mean: float | None
    mean_over_time: float | None
    integral: float | None
    change: float
    rate: float | None
    known: int


@dataclass(frozen=True, slots=True)
class StateStatistics:
    """How long and how often one state was there between two moments.

    Attributes:
        code: the state.
        time: microseconds for which it is known.
        share: of the time for which any state is known; 0 where none is.
        entries: how often it began in the range.
        samples: how many samples in the range say it.
    """

    code: int
    time: int
    share: float
    entries: int
    samples: int


def held(time: Ints, start: int, end: int, gaps: Ints | None = None) -> Held:
    """The samples that count from one moment to another, and for how long each is known.

    Args:
        time: int64 microseconds, ascending.
        start: microseconds.
        end: microseconds, not before start.
        gaps: indices of the samples after which comes a gap, ascending; found with the usual factor without it.
    """
    gaps = gaps_of(time, GAP_FACTOR) if gaps is None else gaps
    inside, last = (int(place) for place in (np.searchsorted(time, start, "left"), np.searchsorted(time, end, "right")))
    before = inside - 1
    at = int(np.searchsorted(gaps, before))
    # What is replaced at the very start is not held into the range.
    is_held = 0 <= before < len(time) - 1 and int(time[inside]) > start and not (at < len(gaps) and gaps[at] == before)
    first = before if is_held else inside
    spans = np.zeros(max(last - first, 0), np.int64)
    if len(spans):
        # What lies behind the last one of all is not known; elsewhere the next sample ends it, or the range.
        until = np.minimum(time[first + 1 : last + 1], end)
        spans[: len(until)] = until - np.maximum(time[first : first + len(until)], start)
        begin, behind = np.searchsorted(gaps, (first, last)).tolist()
        spans[gaps[begin:behind] - first] = 0
    return Held(first, inside, last, spans)


def of_numbers(time: Ints, value: Floats, start: int, end: int, gaps: Ints | None = None) -> NumberStatistics | None:
    """What numbers come to from one moment to another; None where nothing is known there.

    Args:
        time: int64 microseconds, ascending.
        value: one a time, finite.
        start, end, gaps: as for held.
    """
    some = held(time, start, end, gaps)
    if some.last <= some.first:
        return None
    values, inside = value[some.first : some.last], value[some.inside : some.last]
    known = some.known
    hours = (int(time[some.last - 1]) - max(int(time[some.first]), start)) / HOUR
    change = float(values[-1] - values[0])
    with np.errstate(over="ignore", invalid="ignore"):
        integral = float(values @ (some.spans / HOUR)) if known else None
        mean = float(inside.mean()) if len(inside) else None
    return NumberStatistics(
        len(inside),
        float(values.min()),
        float(values.max()),
        mean,
        None if integral is None else integral / (known / HOUR),
        integral,
        change,
        change / hours if hours > 0 else None,
        known,
    )


def of_states(
    time: Ints, code: NDArray[np.int32], start: int, end: int, gaps: Ints | None = None
) -> list[StateStatistics]:
    """How long and how often each state was there from one moment to another, the longest first.

    Args:
        time: int64 microseconds, ascending.
        code: the state of each sample, not negative.
        start, end, gaps: as for held.
    """
    some = held(time, start, end, gaps)
    if some.last <= some.first:
        return []
    states = code[some.first : some.last].astype(np.int64)
    # As floats these sums are exact for nearly three centuries.
    times = np.bincount(states, some.spans)
    inside = states[some.inside - some.first :]
    samples = np.bincount(inside, minlength=len(times))
    # A state begins where the sample before it, also one before the range, says another one.
    changed = np.diff(code[max(some.inside - 1, 0) : some.last].astype(np.int64)) != 0
    begins = inside[changed] if some.inside else inside[np.concatenate(([True], changed))[: len(inside)]]
    entries = np.bincount(begins, minlength=len(times))
    known = some.known
    found = [
        StateStatistics(number, int(times[number]), float(times[number]) / known if known else 0.0, *counts)
        for number in np.flatnonzero((times > 0) | (samples > 0)).tolist()
        for counts in [(int(entries[number]), int(samples[number]))]
    ]
    return sorted(found, key=lambda state: (-state.time, -state.samples, state.code))
