"""Which day and which sample is meant by a place of the plots, where days lie over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.step_curve import before_gap
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QPoint

    from core.fleet.day_passes import DayPasses
    from core.fleet.series import SeriesKey
    from gui.views.timeline.plot_area import PlotArea

    Ints = NDArray[np.int64]

# A curve this near is meant, in logical pixels; elsewhere the day stays the one that it was.
_NEAR = 12
# How near is near to a sample, in logical pixels.
NEAR_SAMPLE = 7


def day_moment_at(area: PlotArea, place: QPoint) -> int | None:
    """The moment of the curve nearest to a place, or of the row of a day; None where neither is near."""
    at, passes, row = area.axis_time_at(place.x()), area.passes, area.row_at(place)
    if at is None or passes is None:
        return None
    # Behind the last sample of all nothing is drawn.
    moments = passes.moments(at)
    moments = moments[moments <= area.data_end]
    if isinstance(row, LanesPlot):
        mine = _of_row(moments, row, place, area)
        return int(mine[0]) if len(mine) else None
    if not isinstance(row, ValuePlot):
        return None
    nearest: tuple[float, int] | None = None
    for axis, line in row.visible_lines():
        index = np.searchsorted(line.time, moments, "right") - 1
        known = (index >= 0) & (moments < line.known_until)
        if not line.lasts:
            known &= ~before_gap(index, line) | (line.time[index] == moments)
        chosen = np.flatnonzero(known)
        if len(chosen) == 0:
            continue
        rows = axis.scale.rows(line.value[index[chosen]]) * (axis.rect.height() / axis.scale.height)
        distance = np.abs(rows + axis.rect.y() - place.y())
        # Of days that lie at the same place the last one is meant: it lies on top.
        best = len(distance) - 1 - int(np.argmin(distance[::-1]))
        if nearest is None or distance[best] < nearest[0]:
            nearest = float(distance[best]), int(moments[chosen[best]])
    return nearest[1] if nearest is not None and nearest[0] <= _NEAR else None


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
