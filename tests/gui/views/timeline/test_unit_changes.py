"""A series whose unit changes midway draws right and says so: in its plots, in the legend and in their tips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.autoapi.display import AS_SENT, DisplayUnits
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import Column
from gui.views.timeline.trace import FOREVER, lines_of
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER = key("diagnostics.odometer")
TIMES = JUNE + np.arange(6) * 10 * MINUTE
NUMBERS = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
MODES = (DisplayUnits("metric"), DisplayUnits("imperial"), AS_SENT)


def changing(*units: str | None) -> Series:
    return make_series(ODOMETER, TIMES, NUMBERS, unit=units)


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1100, 800)
    view.show()
    return view


def plots(view: TimelineView) -> dict[str, ValuePlot]:
    """The plots by the units of their axes."""
    view.grab()
    return {axis.unit: row for row in area(view).rows if isinstance(row, ValuePlot) for axis in row.axes}


def tip(view: TimelineView, unit: str, time: int) -> str:
    """What is said at the top of a plot at a moment."""
    plot, frame = plots(view)[unit], area(view).frame
    assert frame is not None
    return plot.tip_at(round(area(view).x_of(time)), plot.rect.top() + 2, frame)


def unit_cell(view: TimelineView, role: Qt.ItemDataRole) -> object:
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)
    return legend.model().index(0, Column.UNIT).data(role)


def test_a_unit_that_converts_changes_inside_one_line() -> None:
    series = changing("kilometers", "kilometers", "miles", "miles", "meters", "miles")
    for mode, unit, values in (
        (MODES[0], "kilometers", [1, 2, 4.828032, 6.437376, 0.005, 9.656064]),
        (MODES[1], "miles", [0.6213712, 1.2427424, 3, 4, 0.0031069, 6]),
        (AS_SENT, "miles", [0.6213712, 1.2427424, 3, 4, 0.0031069, 6]),
    ):
        (line,) = lines_of(series, mode)
        assert line.unit == unit
        assert line.value.tolist() == pytest.approx(values, rel=1e-4)
        assert line.unit_changes.sample.tolist() == [2, 4, 5]
        assert [line.unit_changes.text(place) for place in range(3)] == ["km → mi", "mi → m", "m → mi"]
        assert (line.gaps.tolist(), line.known_until) == ([], FOREVER)


@pytest.mark.parametrize("other", ["seconds", "leagues", None])
def test_a_unit_that_does_not_convert_goes_on_in_a_line_of_its_own(other: str | None) -> None:
    series = changing("kilometers", "kilometers", other, other, "kilometers", other)
    for mode in MODES:
        apart, kept = lines_of(series, mode)
        assert (apart.unit, [apart.sample_at(place) for place in range(3)]) == (other or "", [2, 3, 5])
        assert [kept.sample_at(place) for place in range(3)] == [0, 1, 4]
        # Each is known until the other one takes over.
        assert (kept.gaps.tolist(), kept.known_until) == ([1], TIMES[5])
        assert (apart.gaps.tolist(), apart.known_until) == ([1], FOREVER)
        for line in (apart, kept):
            assert line.unit_changes.sample.tolist() == [2, 4, 5]
            assert line.unit_changes.text(0).endswith(", which does not convert: shown apart")


def test_samples_without_a_number_lie_between_units_without_harm() -> None:
    numbers = [1.0, np.nan, 3.0, np.nan, 5.0, 6.0]
    units = ["kilometers", None, "kilometers", None, "seconds", "kilometers"]
    first, second = lines_of(make_series(ODOMETER, TIMES, numbers, unit=units))
    assert (first.unit, first.gaps.tolist(), first.known_until) == ("kilometers", [1], FOREVER)
    assert (second.unit, second.known_until) == ("seconds", TIMES[5])
    assert first.unit_changes.sample.tolist() == second.unit_changes.sample.tolist() == [4, 5]


@pytest.mark.parametrize("mode", MODES)
def test_plot_and_legend_say_where_the_unit_changes(view: TimelineView, mode: DisplayUnits) -> None:
    view.set_units(mode)
    view.set_series([changing("kilometers", "kilometers", "kilometers", "miles", "miles", "miles")])
    (unit,) = plots(view)
    assert tip(view, unit, int(TIMES[3])) == "VIN1 · Odometer: unit changes, km → mi"
    assert tip(view, unit, int(TIMES[1])) == ""
    assert unit_cell(view, Qt.ItemDataRole.DecorationRole) is not None
    said = "The unit changes at 2026-06-01 00:30:00: km → mi"
    assert said in str(unit_cell(view, Qt.ItemDataRole.ToolTipRole))
    assert said in str(unit_cell(view, Qt.ItemDataRole.AccessibleDescriptionRole))
    plot, picture = plots(view)[unit], view.grab().toImage()
    place = area(view).mapTo(view, plot.rect.topLeft())
    x = round(area(view).x_of(int(TIMES[3])))
    colors = {QColor(picture.pixel(x + shift, place.y() + 3)).name() for shift in (-1, 0, 1)}
    assert COLORS.warning.name() in colors
    view.set_series([changing(*["miles"] * 6)])
    assert unit_cell(view, Qt.ItemDataRole.DecorationRole) is None
    assert "changes" not in str(unit_cell(view, Qt.ItemDataRole.ToolTipRole))


@pytest.mark.parametrize("mode", MODES)
def test_a_unit_of_another_dimension_and_an_unknown_one_have_axes_of_their_own_and_are_told(
    view: TimelineView, mode: DisplayUnits
) -> None:
    view.set_units(mode)
    view.set_series(
        [changing("kilometers", "kilometers", "kilometers", "lea\u202egues", "kilometers", "lea\u202egues")]
    )
    kilometers = "miles" if mode.system == "imperial" else "kilometers"
    assert set(plots(view)) == {kilometers, "lea\u202egues"}
    assert len(area(view).rows) == 1
    for unit in plots(view):
        assert "km → lea\\u202egues, which does not convert: shown apart" in tip(view, unit, int(TIMES[3]))
    said = str(unit_cell(view, Qt.ItemDataRole.ToolTipRole))
    assert "The unit changes 3 times, at last at 2026-06-01 00:50:00: km → lea\\u202egues" in said
    assert "Unit lea\\u202egues: not in the Auto API catalogue (level 13)" in said
    assert unit_cell(view, Qt.ItemDataRole.DisplayRole) == "lea\\u202egues ?"


def test_the_mark_of_what_is_known_no_longer_has_no_ring_and_no_strokes(view: TimelineView) -> None:
    later = make_series(key("diagnostics.speed"), JUNE + np.arange(9) * HOUR, np.arange(9.0))
    view.set_series([changing("kilometers", "kilometers", "kilometers", "seconds", "seconds", "seconds"), later])
    axes = {axis.unit: axis for axis in plots(view)["kilometers"].axes}
    assert axes["kilometers"].lines[0].known_until == TIMES[3]
    axes["seconds"].set_range(1_000.0, 2_000.0)  # out of sight
    area(view).refresh()
    plot, picture = plots(view)["kilometers"], view.grab().toImage()
    place = area(view).mapTo(view, plot.rect.topLeft())

    def is_drawn_at(time: int) -> bool:
        x = round(area(view).x_of(time))
        column = {picture.pixel(x, place.y() + y) for y in range(2, plot.rect.height() - 2)}
        return len(column) > 1

    free = JUNE + 5 * HOUR + 17 * MINUTE
    assert not is_drawn_at(free)
    speed = plots(view)[""]
    place = area(view).mapTo(view, speed.rect.topLeft())
    assert is_drawn_at(free)
