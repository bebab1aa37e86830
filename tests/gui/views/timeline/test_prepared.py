"""Series that another thread has made ready."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.autoapi.display import DisplayKind, DisplayUnits
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.prepared import prepare
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

ODOMETER, LOCK = key("diagnostics.odometer"), key("doors.locks_state")
IMPERIAL = DisplayUnits("imperial")


def some_series() -> list[Series]:
    times = JUNE + np.arange(0, 241) * MINUTE
    return [
        make_series(ODOMETER, times, np.linspace(1_000, 1_240, 241), unit="kilometers"),
        make_series(LOCK, JUNE + np.arange(0, 5) * HOUR, text=["locked", "unlocked"] * 2 + ["locked"]),
    ]


def test_a_prepared_series_has_what_is_drawn() -> None:
    odometer, lock = (prepare(series) for series in some_series())
    assert (odometer.key, odometer.kind, odometer.states) == (ODOMETER, DisplayKind.NUMBER, None)
    assert [line.unit for line in odometer.lines] == ["kilometers"]
    assert (lock.kind, lock.lines) == (DisplayKind.STATE, [])
    assert lock.states is not None
    assert len(lock.states.start) == 5


def test_other_units_change_the_lines_alone() -> None:
    metric = prepare(some_series()[0])
    imperial = metric.shown_in(IMPERIAL)
    assert metric.shown_in(DisplayUnits()) is metric
    assert [line.unit for line in imperial.lines] == ["miles"]
    assert imperial.lines[0].value[0] == pytest.approx(621.371, abs=0.001)
    assert metric.lines[0].value[0] == 1_000


def test_the_timeline_shows_prepared_series_like_others(qtbot: QtBot) -> None:
    view, other = TimelineView(colors=COLORS), TimelineView(colors=COLORS)
    for one in (view, other):
        qtbot.addWidget(one)
        one.resize(800, 500)
        one.show()
    series = some_series()
    with ThreadPoolExecutor(1) as pool:
        view.add_series(list(pool.map(prepare, series)))
    other.add_series(series)
    assert view.keys() == other.keys()
    assert view.series(ODOMETER) is series[0]
    assert view.grab().toImage() == other.grab().toImage()


def test_series_prepared_in_other_units_are_converted_again(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.add_series([prepare(some_series()[0], IMPERIAL)])
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    (row,) = area.rows
    assert isinstance(row, ValuePlot)
    assert [(line.unit, line.value[0]) for line in row.lines] == [("kilometers", 1_000)]
