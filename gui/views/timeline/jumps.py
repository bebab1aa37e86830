"""Where the cursor can jump to: the next or the previous sample, change of value, gap, failure or change of unit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.cursor import next_sample, previous_sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from gui.views.timeline.prepared import PreparedSeries

    Ints = NDArray[np.int64]

# So many samples are compared at first; twice as many each time that nothing is found.
_FIRST = 4_096


class Goal(StrEnum):
    """What is jumped to, as it is called."""

    SAMPLE = "sample"
    CHANGE = "change of value"
    GAP = "gap"
    FAILURE = "failure"
    UNIT = "change of unit"


def moment_of(goal: Goal, series: Iterable[PreparedSeries], time: int, forward: bool) -> int | None:
    """When the next or the previous one comes after or before a moment, None where there is none.

    A gap stands at the last sample before it, a change at the sample that says something else than the one before.
    """
    if goal is Goal.SAMPLE:
        samples = [one.series for one in series]
        return next_sample(samples, time) if forward else previous_sample(samples, time)
    if goal is Goal.CHANGE:
        found = [at for one in series if (at := _change(one, time, forward)) is not None]
    else:
        places = (times for one in series for times in _moments(goal, one))
        found = [at for times in places if (at := _beside(times, time, forward)) is not None]
    return (min if forward else max)(found, default=None)


def _moments(goal: Goal, one: PreparedSeries) -> Iterator[Ints]:
    """Ascending moments of a kind."""
    if goal is Goal.FAILURE:
        yield one.failures.time
    for line in one.lines:
        yield from (line.time[line.gaps],) if goal is Goal.GAP else ()
        yield from (line.unit_changes.time,) if goal is Goal.UNIT else ()
    if goal is Goal.GAP and one.states is not None and not one.states.is_events:
        yield one.states.time[one.states.gaps]


def _beside(times: Ints, time: int, forward: bool) -> int | None:
    at = int(np.searchsorted(times, time, "right")) if forward else int(np.searchsorted(times, time, "left")) - 1
    return int(times[at]) if 0 <= at < len(times) else None


def _change(one: PreparedSeries, time: int, forward: bool) -> int | None:
    found = [_change_in(line.time, line.value, time, forward) for line in one.lines]
    if one.states is not None and one.states.is_events:
        found.append(_beside(one.states.time, time, forward))
    elif one.states is not None:
        codes = one.series.text.codes
        found.append(_change_in(one.states.time, codes[one.states.sample], time, forward))
    return (min if forward else max)((at for at in found if at is not None), default=None)


def _change_in(times: Ints, values: NDArray[np.float64] | NDArray[np.int32], time: int, forward: bool) -> int | None:
    """The nearest sample that says something else than the one before it.

    What is near is compared first: most changes are, and of millions of samples few need to be looked at.
    """
    count = _FIRST
    if forward:
        start = max(int(np.searchsorted(times, time, "right")), 1)
        while start < len(times):
            end = min(start + count, len(times))
            changed = np.flatnonzero(values[start:end] != values[start - 1 : end - 1])
            if len(changed):
                return int(times[start + int(changed[0])])
            start, count = end, 2 * count
        return None
    end = int(np.searchsorted(times, time, "left"))
    while end > 1:
        start = max(end - count, 1)
        changed = np.flatnonzero(values[start:end] != values[start - 1 : end - 1])
        if len(changed):
            return int(times[start + int(changed[-1])])
        end, count = start, 2 * count
    return None
