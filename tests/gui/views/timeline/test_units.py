"""Units, moments, events and marks of what is unknown, on the timeline and in its legend."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.autoapi.display import AS_SENT, PERCENT, DisplayKind, DisplayUnits
from gui.views.timeline.event_flags import events_near, flag_columns
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import Column
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.trace import events_of, kind_of_series, lines_of, states_of
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER, RANGE = key("diagnostics.odometer"), key("charging.estimated_range")
BATTERY, SERVICE = key("charging.battery_level"), key("maintenance.last_service_date")
ALARM, TEXT = key("charging.preconditioning_scheduled_time"), key("messaging.text")
STATUS, UNKNOWN = key("charging.status"), key("shiny.new_thing")
TIMES = JUNE + np.arange(4) * HOUR
MIXED = make_series(ODOMETER, TIMES, [100.0, 200.0, 150.0, 160.0], unit=["kilometers", "kilometers", "miles", "miles"])


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1100, 800)
    view.set_time_zone(ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    view.show()
    return view


def plots(view: TimelineView) -> dict[str, ValuePlot]:
    view.grab()
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    return {row.axes[0].unit: row for row in area.rows if isinstance(row, ValuePlot)}


def legend(view: TimelineView) -> Legend:
    found = view.findChild(Legend)
    assert isinstance(found, Legend)
    return found


def cell(view: TimelineView, row: int, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    return legend(view).model().index(row, column).data(role)


def test_a_line_is_converted_into_the_shown_unit_and_tells_what_was_sent() -> None:
    (line,) = lines_of(MIXED, DisplayUnits("imperial"))
    assert (line.unit, line.sent) == ("miles", ("miles", "kilometers"))
    assert line.value.tolist() == pytest.approx([62.1371192, 124.2742384, 150.0, 160.0])
    assert (line.unit_changes.time.tolist(), line.unit_changes.text(0)) == ([TIMES[2]], "km → mi")
    (line,) = lines_of(MIXED, AS_SENT)
    # The unit of the last sample, which is what the properties panel shows too.
    assert line.unit == "miles"
    assert line.value.tolist() == pytest.approx([62.1371192, 124.2742384, 150.0, 160.0])


def test_what_becomes_infinite_in_another_unit_is_left_out() -> None:
    used = make_series(
        key("trips.average_fuel_consumption"), TIMES, [10.0, 0.0, 20.0, 5.0], unit="kilometers_per_liter"
    )
    units = DisplayUnits(overrides={"trips.average_fuel_consumption": "liters_per_100_kilometers"})
    (line,) = lines_of(used, units)
    assert line.value.tolist() == pytest.approx([10.0, 5.0, 20.0])
    assert [line.sample_at(index) for index in range(3)] == [0, 2, 3]
    nothing = make_series(ODOMETER, [JUNE], [np.inf], unit="miles")
    assert lines_of(nothing) == []


def test_the_system_changes_axes_and_legend_at_once(view: TimelineView) -> None:
    view.set_series([MIXED, make_series(BATTERY, TIMES, [0.5, 0.57, 0.125, 0.82])])
    assert list(plots(view)) == ["kilometers", PERCENT]
    assert plots(view)[PERCENT].lines[0].value.tolist() == pytest.approx([50, 57, 12.5, 82])
    assert (cell(view, 0, Column.VALUE), cell(view, 0, Column.UNIT)) == ("257", "km ← mi")
    assert (cell(view, 1, Column.VALUE), cell(view, 1, Column.UNIT)) == ("82.0", "%")
    tip = str(cell(view, 0, Column.VALUE, Qt.ItemDataRole.ToolTipRole))
    assert "257 km (sent as 160 mi)" in tip
    assert "82.0 % (sent as 0.82)" in str(cell(view, 1, Column.VALUE, Qt.ItemDataRole.ToolTipRole))
    view.set_units(DisplayUnits("imperial"))
    assert list(plots(view)) == ["miles", PERCENT]
    assert (cell(view, 0, Column.VALUE), cell(view, 0, Column.UNIT)) == ("160", "mi")
    view.set_cursor_time(JUNE + MINUTE)
    assert (cell(view, 0, Column.VALUE), cell(view, 0, Column.UNIT)) == ("62.1", "mi ← km")


def test_series_of_one_shown_unit_share_a_plot(view: TimelineView) -> None:
    reach = make_series(RANGE, TIMES, [50.0, 40.0, 30.0, 20.0], unit="miles")
    view.set_series([make_series(ODOMETER, TIMES, [1.0, 2.0, 3.0, 4.0], unit="kilometers"), reach])
    assert [line.key for line in plots(view)["kilometers"].lines] == [ODOMETER, RANGE]
    view.set_units(AS_SENT)
    assert list(plots(view)) == ["kilometers", "miles"]
    view.set_units(DisplayUnits("metric", {"charging.estimated_range": "meters"}))
    assert plots(view)["meters"].lines[0].value[0] == pytest.approx(80_467.2)


def unit_actions(menu: QMenu) -> dict[str, bool]:
    (units,) = [action.menu() for action in menu.actions() if action.text() == "Unit"]
    assert isinstance(units, QMenu)
    return {str(action.data()): action.isChecked() for action in units.actions() if not action.isSeparator()}


def choose(menu: QMenu, unit: str) -> None:
    (units,) = [action.menu() for action in menu.actions() if action.text() == "Unit"]
    assert isinstance(units, QMenu)
    next(action for action in units.actions() if action.data() == unit).trigger()


def test_the_menu_of_an_axis_chooses_its_unit_and_gives_it_back(view: TimelineView, qtbot: QtBot) -> None:
    view.set_series([MIXED, make_series(STATUS, TIMES, text=["charging"] * 4)])
    plot = plots(view)["kilometers"]
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    for place in (plot.header.center(), plot.rect.center(), QPoint(5, plot.rect.center().y())):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, area.mapToGlobal(place))
        QApplication.sendEvent(area, event)
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        assert unit_actions(popup)[""]
        assert {"kilometers", "miles", "meters"} <= set(unit_actions(popup))
        popup.close()
    with qtbot.waitSignal(view.unit_chosen) as told:
        choose(view.context_menu(plot.rect.center()), "miles")
    assert told.args == [["diagnostics.odometer"], "miles"]
    view.set_units(DisplayUnits("metric", {"diagnostics.odometer": "miles"}))
    plot = plots(view)["miles"]
    actions = unit_actions(view.context_menu(plot.header.center()))
    assert [unit for unit, checked in actions.items() if checked] == ["miles"]
    with qtbot.waitSignal(view.unit_chosen) as told:
        choose(view.context_menu(plot.header.center()), "")
    assert told.args == [["diagnostics.odometer"], ""]


def test_the_legend_chooses_units_by_keyboard_too(view: TimelineView, qtbot: QtBot) -> None:
    view.set_series([MIXED, make_series(STATUS, TIMES, text=["charging"] * 4)])
    view.select_keys([STATUS])
    assert "Unit" not in [action.text() for action in legend(view).context_menu().actions()]
    view.select_keys([ODOMETER, STATUS])
    with qtbot.waitSignal(view.unit_chosen) as told:
        choose(legend(view).context_menu(), "meters")
    assert told.args == [["diagnostics.odometer"], "meters"]


def test_an_axis_without_another_unit_and_lanes_have_none_to_choose(view: TimelineView) -> None:
    parsecs = make_series(UNKNOWN, TIMES, [1.0, 2.0, 3.0, 4.0], unit="parsecs")
    view.set_series([parsecs, make_series(STATUS, TIMES, text=["charging"] * 4)])
    plot = plots(view)["parsecs"]
    texts = [action.text() for action in view.context_menu(plot.rect.center()).actions()]
    assert "Unit" not in texts
    plot.axes[0].manual = (0.0, 100.0)
    next(
        action for action in view.context_menu(plot.rect.center()).actions() if action.text() == "Fit values"
    ).trigger()
    assert plots(view)["parsecs"].axes[0].manual is None
    texts = [action.text() for action in view.context_menu(plot.rect.bottomLeft() + QPoint(50, 30)).actions()]
    assert "One plot a unit" in texts
    assert {"Unit", "Fit values"}.isdisjoint(texts)


def test_moments_are_a_line_over_an_axis_of_dates_in_the_zone(view: TimelineView) -> None:
    # 00:30 UTC on the day of the change to winter time, and the day after: 02:30 +02:00 and 01:30 +01:00 in Berlin.
    stamps = [1_792_888_200.0, 1_792_888_200.0 + 86_400]
    isos = ["2026-10-25T00:30:00Z", "2026-10-26T00:30:00Z"]
    view.set_series([make_series(SERVICE, [JUNE, JUNE + DAY], stamps, text=isos)])
    (plot,) = plots(view).values()
    assert (plot.axes[0].kind, plot.axes[0].unit) == (DisplayKind.MOMENT, "")
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    assert [type(row) for row in area.rows] == [ValuePlot]
    assert cell(view, 0, Column.VALUE) == "2026-10-26 01:30:00"
    view.set_cursor_time(JUNE + HOUR)
    assert cell(view, 0, Column.VALUE) == "2026-10-25 02:30:00"
    assert "(sent as 2026-10-25T00:30:00Z)" in str(cell(view, 0, Column.VALUE, Qt.ItemDataRole.ToolTipRole))
    view.set_time_zone(ZoneInfo("Asia/Kathmandu"), "Asia/Kathmandu")
    assert cell(view, 0, Column.VALUE) == "2026-10-25 06:15:00"


def test_times_of_day_are_a_line_over_hours(view: TimelineView) -> None:
    view.set_series([make_series(ALARM, [JUNE, JUNE + DAY], [7.5, 18.0], text=["07:30", "18:00"])])
    (plot,) = plots(view).values()
    assert plot.axes[0].kind == DisplayKind.TIME_OF_DAY
    assert plot.lines[0].value.tolist() == [7.5, 18.0]
    assert cell(view, 0, Column.VALUE) == "18:00"


def test_a_moment_that_cannot_be_read_is_a_state_beside_the_line() -> None:
    series = make_series(
        SERVICE, TIMES, [1.0, np.nan, 2.0, 3.0], text=["2026-06-01T00:00:00Z", "soon", *["2026-06-02T00:00:00Z"] * 2]
    )
    assert kind_of_series(series) is DisplayKind.MOMENT
    assert lines_of(series)[0].value.tolist() == [1.0, 2.0, 3.0]
    states = states_of(series, with_numbers=False)
    assert [states.names[code] for code in states.code] == ["soon"]


def test_texts_that_differ_each_time_are_events_each_for_itself(view: TimelineView, qtbot: QtBot) -> None:
    long = "x" * 1_000_000
    series = make_series(TEXT, [JUNE, JUNE + 1, JUNE + DAY], text=["Hello\nthere", "Hello\nthere", long])
    events = events_of(series)
    assert events.is_events
    assert events.time.tolist() == events.until.tolist() == [JUNE, JUNE + 1, JUNE + DAY]
    columns, last = flag_columns(events, ColumnGrid(JUNE - HOUR, JUNE + 2 * DAY, 50))
    assert (columns.tolist(), last.tolist()) == ([1, 25], [1, 2])
    view.set_series([series])
    view.grab()
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    assert area.frame is not None
    tips = events_near(events, int(area.frame.grid.column_of(np.array([JUNE]))[0]), 5, area.frame)
    assert tips == ["Mon, 1 Jun 2026, 02:00:00: Hello there"] * 2
    row = area.rows[0]
    tip = row.tip_at(round(area.x_of(JUNE + DAY)), row.rect.center().y(), area.frame)
    assert "Tue, 2 Jun 2026, 02:00:00: xxx" in tip
    assert len(tip) < 600
    assert len(str(cell(view, 0, Column.VALUE))) < 400


def test_many_events_at_one_place_name_the_last_ones(view: TimelineView) -> None:
    series = make_series(TEXT, JUNE + np.arange(40), text=[f"text {number}" for number in range(40)])
    view.set_series([series, make_series(ODOMETER, [JUNE, JUNE + DAY], [1.0, 2.0])])
    view.grab()
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    assert area.frame is not None
    tips = events_near(events_of(series), int(area.frame.grid.column_of(np.array([JUNE]))[0]), 5, area.frame)
    assert tips[0] == "34 earlier ones"
    assert [tip.rpartition(": ")[2] for tip in tips[1:]] == [f"text {number}" for number in range(34, 40)]


def test_what_the_catalogue_does_not_know_is_marked(view: TimelineView) -> None:
    view.set_series(
        [
            make_series(UNKNOWN, TIMES, [1.0, 2.0, 3.0, 4.0], unit="parsecs"),
            make_series(STATUS, TIMES, text=["charging", "warp_charging", "charging", "warp_charging"]),
            make_series(key("diagnostics.tire_pressures.front_left.glow"), TIMES, [1.0] * 4),
            make_series(ODOMETER, TIMES, [1.0] * 4, unit="miles"),
        ]
    )
    marked = {
        (row, column)
        for row in range(4)
        for column in Column
        if (font := cell(view, row, column, Qt.ItemDataRole.FontRole)) is not None and font.italic()  # type: ignore[attr-defined]
    }
    assert marked == {(0, Column.PROPERTY), (0, Column.UNIT), (1, Column.VALUE), (2, Column.COMPONENT)}
    assert cell(view, 1, Column.VALUE) == "Warp charging"
    assert not cell(view, 0, Column.UNIT, Qt.ItemDataRole.DecorationRole).isNull()  # type: ignore[attr-defined]
    assert cell(view, 3, Column.PROPERTY, Qt.ItemDataRole.DecorationRole) is None
    tips = [str(cell(view, row, Column.VALUE, Qt.ItemDataRole.ToolTipRole)) for row in range(4)]
    assert "Capability shiny: not in the Auto API catalogue (level 13)" in tips[0]
    assert "Unit parsecs: not in the Auto API catalogue (level 13)" in tips[0]
    assert "Value warp_charging: not in" in tips[1]
    assert "Component front_left.glow: not in" in tips[2]
    assert "catalogue" not in tips[3]
    area = view.findChild(PlotArea)
    assert isinstance(area, PlotArea)
    view.grab()
    assert area.frame is not None
    lanes = area.rows[-1]
    lane_tip = lanes.tip_at(round(area.x_of(JUNE + HOUR + 30 * MINUTE)), lanes.rect.center().y(), area.frame)
    assert "Warp charging ? since Mon, 1 Jun 2026, 03:00:00" in lane_tip
    assert "Value warp_charging: not in the Auto API catalogue (level 13)" in lane_tip
