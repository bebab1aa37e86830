"""Brings what a person does to the plots with the mouse to what changes the composition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.picking import sample_near
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from core.fleet.series import SeriesKey
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.editing import Editing
    from gui.views.timeline.frame import Row
    from gui.views.timeline.legend import Legend
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.plot_places import Target


def connect_handles(area: PlotArea, legend: Legend, editing: Editing, composition: Composition) -> None:
    """Let the headers, borders and names of an area change the composition."""

    def select_plot(id: int) -> None:
        editing.current_plot = id
        plot = composition.layout.plot(id)
        if plot is not None:
            legend.select_keys(plot.keys)

    def move_series(key: SeriesKey, target: Target) -> None:
        selected = editing.selected()
        editing.place(selected if key in selected else [key], target)

    area.plot_clicked.connect(select_plot)
    area.name_clicked.connect(legend.show_key)
    area.plot_moved.connect(editing.move_plot)
    area.series_moved.connect(move_series)
    area.weights_chosen.connect(editing.resize)
    area.equal_heights_requested.connect(editing.equal_heights)
    area.fill_requested.connect(editing.fill)


def key_at(area: PlotArea, row: Row, place: QPoint) -> SeriesKey | None:
    """The series at a place: of a lane, of the curve near it, of an axis that has one alone."""
    if isinstance(row, LanesPlot):
        lane = row.lane_at(place.y(), area.fontMetrics())
        return lane.trace.key if lane else None
    if isinstance(row, ValuePlot) and (axis := row.axis_at(place.x())) is not None:
        keys = {line.key for line in axis.lines}
        return keys.pop() if len(keys) == 1 else None
    found = sample_near(area, place)
    return found[0] if found else None
