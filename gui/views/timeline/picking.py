"""Which sample lies near a place on the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.day_picking import NEAR_SAMPLE, day_sample_near
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QPoint

    from core.fleet.series import SeriesKey
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.trace import Ints

# Distance in pixels, the series, the sample's index in it.
_Found = tuple[float, "SeriesKey", int]


def sample_near(area: PlotArea, place: QPoint) -> tuple[SeriesKey, int] | None:
    """The visible sample nearest to a place, with its index in its series; None where none is near."""
    time = area.time_at(place.x())
    if time is None:
        return None
    if area.days.is_on:
        return day_sample_near(area, place)
    row = area.row_at(place)
    found: list[_Found] = []
    if isinstance(row, ValuePlot):
        found = list(_values_near(area, row, place, time))
    elif isinstance(row, LanesPlot) and (lane := row.lane_at(place.y(), area.fontMetrics())) is not None:
        trace = lane.trace
        found = [
            (abs(area.x_of(int(trace.time[index])) - place.x()), trace.key, int(trace.sample[index]))
            for index in _neighbours(trace.time, time)
        ]
    near = [one for one in found if one[0] <= NEAR_SAMPLE]
    return min(near, key=lambda one: one[0])[1:] if near else None


def _values_near(area: PlotArea, plot: ValuePlot, place: QPoint, time: int) -> Iterator[_Found]:
    for axis, line in plot.visible_lines():
        for index in _neighbours(line.time, time):
            x, y = area.x_of(int(line.time[index])), axis.y_of(float(line.value[index]))
            yield max(abs(x - place.x()), abs(y - place.y())), line.key, line.sample_at(index)


def _neighbours(times: Ints, time: int) -> range:
    """The samples right before and after a moment."""
    after = int(np.searchsorted(times, time, "right"))
    return range(max(after - 1, 0), min(after + 1, len(times)))
