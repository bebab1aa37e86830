"""What series come to over days that lie over each other: at a time of day, and between two of them.

Needs no Qt, so that any thread may do it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.statistics import HOUR, NumberStatistics, StateStatistics
from gui.views.timeline.measuring import Measured, MeasuredLine, MeasuredStates, measure
from gui.views.timeline.step_curve import before_gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from core.fleet.day_passes import DayPasses
    from core.jobs import JobContext
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.trace import LineTrace

    Ints = NDArray[np.int64]


def values_at(prepared: PreparedSeries, time_of_day: int, passes: DayPasses) -> Measured:
    """What the numbers of a series are at a time of day: the least, the greatest and the mean of the days.

    A value counts where it is known: at or after its sample, but neither behind a gap nor behind the last sample. A day
    that has the time twice counts twice.

    Args:
        time_of_day: microseconds since midnight.
        passes: of the days.
    """
    moments = passes.moments(time_of_day)
    lines = tuple(MeasuredLine(line.unit, line.kind, _at(line, moments), None, None, 0) for line in prepared.lines)
    return Measured(prepared.key, time_of_day, time_of_day, lines, None, 0, 0, days=len(moments))


def _at(line: LineTrace, moments: Ints) -> NumberStatistics | None:
    index = np.searchsorted(line.time, moments, "right") - 1
    known = (index >= 0) & (moments < line.known_until) & (~before_gap(index, line) | (line.time[index] == moments))
    values = line.value[index[known]]
    if len(values) == 0:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
    low, high = float(values.min()), float(values.max())
    return NumberStatistics(len(values), low, high, None, mean, None, 0.0, None, 0)


def measure_days(
    series: Iterable[PreparedSeries], first: int, last: int, passes: DayPasses, ctx: JobContext | None = None
) -> list[Measured]:
    """What each of some series comes to between two times of day, over all days together.

    Args:
        first, last: microseconds since midnight.
        passes: of the days.
        ctx: of the job in which it is done.
    """
    windows = _joined(passes.windows(first, last))
    found = []
    for one in series:
        parts = []
        for start, end in windows:
            if ctx is not None:
                ctx.check()
            parts.append(measure(one, start, end))
        if parts:
            found.append(_together(one, first, last, parts, passes, sum(end - start for start, end in windows)))
    return found


def _joined(windows: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches of time of which none ends where the next one begins: what lies there counts once."""
    found: list[tuple[int, int]] = []
    for start, end in windows:
        if found and found[-1][1] == start:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _together(
    prepared: PreparedSeries, first: int, last: int, parts: Sequence[Measured], passes: DayPasses, length: int
) -> Measured:
    lines = tuple(
        _line([part.lines[number] for part in parts], MeasuredLine(line.unit, line.kind, None, None, None, 0))
        for number, line in enumerate(prepared.lines)
    )
    states = [part.states for part in parts if part.states is not None]
    return Measured(
        prepared.key,
        first,
        last,
        lines,
        _states(states) if states else None,
        sum(part.samples for part in parts),
        sum(part.failures for part in parts),
        sum(part.redelivered for part in parts),
        days=passes.days,
        length_of_days=length,
    )


def _line(parts: Sequence[MeasuredLine], empty: MeasuredLine) -> MeasuredLine:
    some = [part.found for part in parts if part.found is not None]
    firsts, lasts = [part.first for part in parts], [part.last for part in parts]
    found = _numbers(some) if some else None
    return replace(
        empty,
        found=found,
        first=min((one for one in firsts if one is not None), default=None),
        last=max((one for one in lasts if one is not None), default=None),
        gaps=sum(part.gaps for part in parts),
    )


def _numbers(parts: Sequence[NumberStatistics]) -> NumberStatistics:
    samples, known = sum(part.samples for part in parts), sum(part.known for part in parts)
    sums = [part.mean * part.samples for part in parts if part.mean is not None]
    integrals = [part.integral for part in parts if part.integral is not None]
    change, integral = sum(part.change for part in parts), sum(integrals)
    return NumberStatistics(
        samples,
        min(part.minimum for part in parts),
        max(part.maximum for part in parts),
        sum(sums) / samples if samples else None,
        integral / (known / HOUR) if known else None,
        integral if integrals else None,
        change,
        change / (known / HOUR) if known else None,
        known,
    )


def _states(parts: Sequence[MeasuredStates]) -> MeasuredStates:
    known = sum(part.known for part in parts)
    sums: dict[int, StateStatistics] = {}
    ends: dict[int, tuple[int, int] | None] = {}
    for part in parts:
        for one, reach in zip(part.found, part.ends, strict=True):
            so_far = sums.get(one.code, StateStatistics(one.code, 0, 0.0, 0, 0))
            time, entries = so_far.time + one.time, so_far.entries + one.entries
            share = time / known if known else 0.0
            sums[one.code] = StateStatistics(one.code, time, share, entries, so_far.samples + one.samples)
            before = ends.get(one.code)
            ends[one.code] = before if reach is None else (before[0], reach[1]) if before is not None else reach
    order = sorted(sums.values(), key=lambda state: (-state.time, -state.samples, state.code))
    firsts, lasts = [part.first for part in parts], [part.last for part in parts]
    return replace(
        parts[0],
        found=tuple(order),
        first=min((one for one in firsts if one is not None), default=None),
        last=max((one for one in lasts if one is not None), default=None),
        gaps=sum(part.gaps for part in parts),
        ends=tuple(ends[state.code] for state in order),
    )
