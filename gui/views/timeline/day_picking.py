"""Which day and which sample is meant by a place of the plots, where days lie over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import DisplayKind
from gui.views.timeline.clock_ticks import clock_text
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.naming import full_name, unit_name
from gui.views.timeline.step_curve import before_gap
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.value_ticks import value_text

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPoint

    from core.fleet.day_passes import DayPasses
    from core.fleet.series import SeriesKey
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.trace import LineTrace

    Ints = NDArray[np.int64]

# A curve this near is meant, in logical pixels; elsewhere the day stays the one that it was.
_NEAR = 12
# How near is near to a sample, in logical pixels.
NEAR_SAMPLE = 7


@dataclass(frozen=True, slots=True)
class DayValue:
    """A value on the curve of a day.

    Attributes:
        moment: at which it is read.
        line: the curve.
        value: as the curve shows it.
    """

    moment: int
    line: LineTrace
    value: float


def day_value_at(area: PlotArea, place: QPoint) -> DayValue | None:
    """What the curve nearest to a place says there, of all days; None where none is near."""
    at, passes, row = area.axis_time_at(place.x()), area.passes, area.row_at(place)
    if at is None or passes is None or not isinstance(row, ValuePlot):
        return None
    moments = _drawn(passes.moments(at), area)
    nearest: tuple[float, DayValue] | None = None
    for axis, line in row.visible_lines():
        index = np.searchsorted(line.time, moments, "right") - 1
        known = ~before_gap(index, line) | (line.time[index] == moments)
        chosen = np.flatnonzero((index >= 0) & (moments < line.known_until) & (known | line.lasts))
        if len(chosen) == 0:
            continue
        values = line.value[index[chosen]]
        rows = axis.scale.rows(values) * (axis.rect.height() / axis.scale.height)
        # What is only the last known value gives way to what is known.
        distance = np.abs(rows + axis.rect.y() - place.y()) + np.where(known[chosen], 0, _NEAR // 2)
        # Of days that lie at the same place the last one is meant: it lies on top.
        best = len(distance) - 1 - int(np.argmin(distance[::-1]))
        if nearest is None or distance[best] < nearest[0]:
            nearest = float(distance[best]), DayValue(int(moments[chosen[best]]), line, float(values[best]))
    return nearest[1] if nearest is not None and nearest[0] <= _NEAR else None


def day_moment_at(area: PlotArea, place: QPoint) -> int | None:
    """The moment of the curve nearest to a place, or of the row of a day; None where neither is near."""
    row, at, passes = area.row_at(place), area.axis_time_at(place.x()), area.passes
    if isinstance(row, LanesPlot) and at is not None and passes is not None:
        mine = _of_row(_drawn(passes.moments(at), area), row, place, area)
        return int(mine[0]) if len(mine) else None
    found = day_value_at(area, place)
    return None if found is None else found.moment


def pointed_moment(area: PlotArea, place: QPoint) -> int | None:
    """The moment at a place: of the day that is near, else of the day in front; None outside the plots."""
    found = day_moment_at(area, place)
    moment = area.time_at(place.x()) if found is None else found
    at, passes = area.axis_time_at(place.x()), area.passes
    if moment is None or at is None or passes is None or moment <= area.data_end:
        return moment
    # The day in front has not come that far: the one before it has.
    earlier = _drawn(passes.moments(at), area)
    return int(earlier[-1]) if len(earlier) else moment


def day_tip(area: PlotArea, place: QPoint) -> str:
    """The date and the value of the curve nearest to a place, '' where none is near."""
    found = day_value_at(area, place)
    if found is None:
        return ""
    line, tz = found.line, area.zone[0]
    is_clock = line.kind in (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY)
    value = clock_text(line.kind, found.value, tz) if is_clock else value_text(found.value)
    said = f"{value} {unit_name(line.unit)}".rstrip()
    return f"{moment_text(found.moment, tz)}\n{full_name(line.key)}: {said}"


def _drawn(moments: Ints, area: PlotArea) -> Ints:
    """Behind the last sample of all nothing is drawn."""
    return moments[moments <= area.data_end]


def day_sample_near(area: PlotArea, place: QPoint) -> tuple[SeriesKey, int] | None:
    """The visible sample of any day nearest to a place, with its index in its series; None where none is near."""
    at, passes, row = area.axis_time_at(place.x()), area.passes, area.row_at(place)
    if at is None or passes is None:
        return None
    moments = passes.moments(at)
    found: list[tuple[float, SeriesKey, int]] = []
    if isinstance(row, ValuePlot):
        for axis, line in row.visible_lines():
            index = _beside(line.time, moments, passes)
            x = np.array([area.x_of(time) for time in line.time[index].tolist()])
            y = np.array([axis.y_of(value) for value in line.value[index].tolist()])
            if len(index):
                distance = np.maximum(np.abs(x - place.x()), np.abs(y - place.y()))
                best = int(np.argmin(distance))
                found.append((float(distance[best]), line.key, line.sample_at(int(index[best]))))
    elif isinstance(row, LanesPlot) and (lane := row.lane_at(place.y(), area.fontMetrics())) is not None:
        trace = lane.trace
        for index in _beside(trace.time, _of_row(moments, row, place, area), passes).tolist():
            distance = abs(area.x_of(int(trace.time[index])) - place.x())
            found.append((distance, trace.key, int(trace.sample[index])))
    near = [one for one in found if one[0] <= NEAR_SAMPLE]
    return min(near, key=lambda one: one[0])[1:] if near else None


def _of_row(moments: Ints, row: LanesPlot, place: QPoint, area: PlotArea) -> Ints:
    """Those of some moments whose day is in the row at a place."""
    number, passes = row.day_row_at(place.y(), area.fontMetrics()), area.passes
    if number is None or passes is None:
        return moments[:0]
    found: Ints = moments[passes.row[passes.places(moments)] == number]
    return found


def _beside(times: Ints, moments: Ints, passes: DayPasses) -> Ints:
    """The samples right before and after moments that lie in the same passes as these."""
    after = np.searchsorted(times, moments, "right")
    both, of = np.concatenate((after - 1, after)), np.concatenate((moments, moments))
    inside = (both >= 0) & (both < len(times))
    both, of = both[inside], of[inside]
    found: Ints = both[passes.places(times[both]) == passes.places(of)]
    return found
