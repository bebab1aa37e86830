"""Which day is meant by a place of the plots, where days lie over each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.step_curve import before_gap
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from gui.views.timeline.plot_area import PlotArea

# A curve this near is meant, in logical pixels; elsewhere the day stays the one that it was.
_NEAR = 12


def day_moment_at(area: PlotArea, place: QPoint) -> int | None:
    """The moment of the curve nearest to a place, or of the row of a day; None where neither is near."""
    at, passes, row = area.axis_time_at(place.x()), area.passes, area.row_at(place)
    if at is None or passes is None:
        return None
    # Behind the last sample of all nothing is drawn.
    moments = passes.moments(at)
    moments = moments[moments <= area.data_end]
    if isinstance(row, LanesPlot):
        number = row.day_row_at(place.y(), area.fontMetrics())
        mine = [moment for moment in moments.tolist() if passes.row[passes.place(moment) or 0] == number]
        return mine[0] if mine else None
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
