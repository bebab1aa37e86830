"""Series whose times are counted from something else than the epoch. Needs no Qt, so that any thread may do it.

The series as it was prepared stays, so that the way back costs nothing. Values, pyramids and all that tells samples by
their number are shared; times are copies, one of each array however often it is used: eight bytes a sample.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gui.views.timeline.buckets import Buckets
from gui.views.timeline.trace import FOREVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from core.fleet.series import Series
    from core.jobs import JobContext
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.trace import LineTrace, StateTrace

    Ints = NDArray[np.int64]


def first_samples(series: Iterable[tuple[str, Series]]) -> dict[str, int]:
    """The moment of each vehicle's first sample (microseconds), by VIN; vehicles without samples are left out.

    Computed values count only where a vehicle has no recorded ones: a day's difference stands where the day begins.

    Args:
        series: with the vehicle's VIN.
    """
    recorded: dict[str, int] = {}
    computed: dict[str, int] = {}
    for vin, one in series:
        if len(one):
            found = recorded if one.until is None else computed
            found[vin] = min(found.get(vin, FOREVER), int(one.time[0]))
    return computed | recorded


def shifted(prepared: PreparedSeries, shift: int) -> PreparedSeries:
    """A series with all its times earlier by so many microseconds than they were sent."""
    as_sent = prepared.as_sent
    if shift == prepared.shift:
        return prepared
    if shift == 0:
        return as_sent
    times = _Times(shift)
    series = as_sent.series
    until = None if series.until is None else times.shifted(series.until)
    states, failures = as_sent.states, as_sent.failures
    return replace(
        as_sent,
        series=replace(series, time=times.shifted(series.time), until=until),
        lines=[_line(line, times) for line in as_sent.lines],
        states=None if states is None else _states(states, times),
        failures=_marks(failures, times),
        shift=shift,
        unshifted=as_sent,
    )


def shift_all(prepared: Iterable[PreparedSeries], shifts: Mapping[str, int], ctx: JobContext) -> list[PreparedSeries]:
    """Series with the times of each vehicle shifted; a series of a million samples takes about 20 ms."""
    found = []
    for one in prepared:
        ctx.check()
        found.append(shifted(one, shifts.get(one.key.vin, 0)))
    return found


class _Times:
    """Shifts arrays of times, each once."""

    def __init__(self, shift: int) -> None:
        self._shift = shift
        # The arrays of before are kept as long as their addresses are used for names.
        self._known: dict[int, tuple[Ints, Ints]] = {}

    def shifted(self, times: Ints) -> Ints:
        """The same array earlier; what lasts forever still does."""
        known = self._known.get(id(times))
        if known is None:
            earlier = times - self._shift
            if len(times) and times[-1] == FOREVER:
                earlier[times == FOREVER] = FOREVER
            known = self._known[id(times)] = times, earlier
        return known[1]

    def moment(self, time: int) -> int:
        return time if time == FOREVER else time - self._shift


def _line(line: LineTrace, times: _Times) -> LineTrace:
    time = times.shifted(line.time)
    buckets = Buckets(time, line.value)
    buckets.make()
    return replace(
        line,
        time=time,
        buckets=buckets,
        unit_changes=_marks(line.unit_changes, times),
        known_until=times.moment(line.known_until),
    )


def _states(states: StateTrace, times: _Times) -> StateTrace:
    return replace(
        states,
        start=times.shifted(states.start),
        end=times.shifted(states.end),
        until=times.shifted(states.until),
        time=times.shifted(states.time),
    )


def _marks(marks: Marks, times: _Times) -> Marks:
    return replace(marks, time=times.shifted(marks.time)) if len(marks) else marks
