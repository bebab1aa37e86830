"""What the series of the timeline come to between two moments. Needs no Qt, so that any thread may do it.

Values are in the units in which they are shown. Each counts as the curves and the bands show it: from its sample to
the next one, but not over a gap, and not behind the last one; a failure between two values is no gap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.integrals import integral_unit
from core.fleet.statistics import HOUR, NumberStatistics, StateStatistics, held, of_numbers, of_states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from core.autoapi.display import DisplayKind
    from core.fleet.series import Series, SeriesKey
    from core.jobs import JobContext
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.trace import LineTrace, StateTrace

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """What the numbers of a series in one unit come to.

    Attributes:
        unit: in which they are shown.
        kind: as what they are shown.
        found: what they come to; None where nothing is known in the range.
        first, last: the moments of the first and the last sample in the range, None without any.
        gaps: how many gaps reach into the range.
    """

    unit: str
    kind: DisplayKind
    found: NumberStatistics | None
    first: int | None
    last: int | None
    gaps: int

    @property
    def integral(self) -> tuple[float, str] | None:
        """What they come to over time, and in which unit; None where that has no meaning, or nothing is known."""
        unit = integral_unit(self.unit)
        if unit is None or self.found is None or self.found.integral is None:
            return None
        return self.found.integral * unit[1], unit[0]


@dataclass(frozen=True, slots=True)
class MeasuredStates:
    """What the states of a series come to.

    Attributes:
        found: the longest first.
        names: the states' texts by their codes.
        is_events: whether these are events, of which none lasts.
        first, last, gaps: as of a line.
        ends: the moments of the first and the last sample of each state of found, None without any.
    """

    found: tuple[StateStatistics, ...]
    names: tuple[str, ...]
    is_events: bool
    first: int | None
    last: int | None
    gaps: int
    ends: tuple[tuple[int, int] | None, ...]

    @property
    def known(self) -> int:
        """Microseconds for which any state is known."""
        return sum(state.time for state in self.found)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one series comes to between two moments.

    Attributes:
        key: which series.
        start, end: microseconds.
        lines: its numbers, a line each unit that does not convert into another.
        states: its states, None where it has none.
        samples: how many lie in the range, failures included, both ends included.
        failures: how many of them are failures.
        redelivered: how many of them were delivered again.
        days: from start to end of so many days, where these are times of day; 0 where they are moments.
        length_of_days: microseconds of these together.
    """

    key: SeriesKey
    start: int
    end: int
    lines: tuple[MeasuredLine, ...]
    states: MeasuredStates | None
    samples: int
    failures: int
    redelivered: int = 0
    days: int = 0
    length_of_days: int = 0

    @property
    def length(self) -> int:
        """How long what was measured is, microseconds."""
        return self.length_of_days if self.days else self.end - self.start

    @property
    def main_line(self) -> MeasuredLine | None:
        """The line of most samples in the range, of those that have any the first; None without lines."""
        return max(self.lines, key=lambda line: line.found.samples if line.found else -1, default=None)


def measure_all(
    series: Iterable[PreparedSeries], start: int, end: int, ctx: JobContext | None = None
) -> list[Measured]:
    """What each of some series comes to from one moment to another, both included.

    Args:
        ctx: of the job in which it is done.
    """
    found = []
    for one in series:
        if ctx is not None:
            ctx.check()
        found.append(measure(one, start, end))
    return found


def measure(prepared: PreparedSeries, start: int, end: int) -> Measured:
    """What a series comes to from one moment to another, both included."""
    lines = tuple(_measured_line(prepared, line, start, end) for line in prepared.lines)
    states = None if prepared.states is None else _measured_states(prepared, prepared.states, start, end)
    failures = _count(prepared.failures.time, start, end)
    samples, again = _count(prepared.series.time, start, end), _redelivered(prepared.series, start, end)
    return Measured(prepared.key, start, end, lines, states, samples, failures, again)


def samples_between(prepared: PreparedSeries, start: int, end: int) -> int:
    """How many samples lie between two moments."""
    return _count(prepared.series.time, start, end)


def _redelivered(series: Series, start: int, end: int) -> int:
    if series.redelivered is None:
        return 0
    first, last = np.searchsorted(series.time, start, "left"), np.searchsorted(series.time, end, "right")
    inside = series.redelivered.part(int(first), int(last))
    return 0 if inside is None else len(inside.samples())


def _count(time: Ints, start: int, end: int) -> int:
    return max(int(np.searchsorted(time, end, "right")) - int(np.searchsorted(time, start, "left")), 0)


def _measured_line(prepared: PreparedSeries, line: LineTrace, start: int, end: int) -> MeasuredLine:
    found = of_numbers(line.time, line.value, start, end, line.gaps)
    time, gaps = line.time, line.gaps
    if prepared.series.until is not None:
        # The ends of computed values are places of the line, but no samples.
        sample = np.arange(len(line)) if line.sample is None else line.sample
        own = np.append(True, np.diff(sample) != 0)[: len(sample)]
        time = line.time[own]
        is_left = np.zeros(len(line), np.bool_)
        is_left[line.gaps] = True
        gaps = np.flatnonzero(np.append(is_left[1:] & ~own[1:], False)[own] | is_left[own])
        if found is not None:
            found = _at_samples(found, line, own, start, end)
    return MeasuredLine(line.unit, line.kind, found, *_ends(prepared, time, start, end), _gaps(time, gaps, start, end))


def _at_samples(
    found: NumberStatistics, line: LineTrace, own: NDArray[np.bool_], start: int, end: int
) -> NumberStatistics:
    """What a line comes to, with what is of its samples alone: their number, their mean, the change and its rate.

    Args:
        found: of all its places.
        own: which of these are samples.
    """
    some = held(line.time, start, end, line.gaps)
    places = np.flatnonzero(own[some.first : some.last]) + some.first
    if len(places) == 0:
        return replace(found, samples=0, mean=None, change=0.0, rate=None)
    inside = line.value[places[places >= some.inside]]
    first, last = places[0], places[-1]
    hours = (int(line.time[last]) - max(int(line.time[first]), start)) / HOUR
    change = float(line.value[last] - line.value[first])
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(inside.mean()) if len(inside) else None
    return replace(found, samples=len(inside), mean=mean, change=change, rate=change / hours if hours > 0 else None)


def _measured_states(prepared: PreparedSeries, trace: StateTrace, start: int, end: int) -> MeasuredStates:
    code = prepared.series.text.codes[trace.sample]
    # An event is that of a moment: nothing is known after it.
    gaps = np.arange(max(len(trace.time) - 1, 0)) if trace.is_events else trace.gaps
    found = tuple(of_states(trace.time, code, start, end, gaps))
    first, last = int(np.searchsorted(trace.time, start, "left")), int(np.searchsorted(trace.time, end, "right"))
    inside, times = code[first:last], trace.time[first:last]
    shift = prepared.shift
    ends = []
    for state in found:
        places = np.flatnonzero(inside == state.code) if state.samples else np.empty(0, np.int64)
        ends.append((int(times[places[0]]) + shift, int(times[places[-1]]) + shift) if len(places) else None)
    count = 0 if trace.is_events else _gaps(trace.time, gaps, start, end)
    names = prepared.series.text.names
    return MeasuredStates(found, names, trace.is_events, *_ends(prepared, trace.time, start, end), count, tuple(ends))


def _ends(prepared: PreparedSeries, time: Ints, start: int, end: int) -> tuple[int | None, int | None]:
    """The moments of the first and the last sample, also where times are counted from another one."""
    first, last = int(np.searchsorted(time, start, "left")), int(np.searchsorted(time, end, "right"))
    if last <= first:
        return None, None
    return int(time[first]) + prepared.shift, int(time[last - 1]) + prepared.shift


def _gaps(time: Ints, gaps: Ints, start: int, end: int) -> int:
    """How many gaps, each from a sample to the next one, reach into a range."""
    gaps = gaps[gaps < len(time) - 1]
    return int(np.count_nonzero((time[gaps] < end) & (time[gaps + 1] > start)))
