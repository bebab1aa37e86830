"""Units are switched by the menu and overridden by an axis, in the whole window, and are remembered."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from core import settings
from core.fleet.series import SeriesKey
from gui.main_window import units
from gui.models.properties import UNIT, VALUE
from gui.session import preparation, timeline_series
from gui.session.preparation import convert_all
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.prepared import prepare
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import Settings
    from tests.e2e.conftest import Desk, Fleet


def chart(desk: Desk, fleet: Fleet) -> SeriesKey:
    """The odometer of the first vehicle on the timeline, the vehicle's properties in their panel."""
    desk.open(str(fleet.folder))
    vehicles = desk.panels.vehicles
    index = vehicles.table.model().index(0, 0)
    vehicles.table.selectionModel().select(
        index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
    )
    key = SeriesKey(str(index.data()), "diagnostics", "odometer")
    desk.session.add_series([key])
    desk.wait(lambda: desk.panels.timeline.series(key) is not None)
    desk.wait(lambda: desk.panels.properties.model.find(("diagnostics", "odometer")))
    return key


def axes(desk: Desk) -> dict[str, ValuePlot]:
    """The value axes by their unit."""
    desk.window.grab()
    return {row.axes[0].unit: row for row in area(desk).rows if isinstance(row, ValuePlot)}


def area(desk: Desk) -> PlotArea:
    found = desk.panels.timeline.findChild(PlotArea)
    assert isinstance(found, PlotArea)
    return found


def last_value(desk: Desk) -> tuple[float, str]:
    """What the properties panel says of the odometer."""
    index = desk.panels.properties.model.find(("diagnostics", "odometer"))
    assert index is not None
    value, unit = (index.model().sibling(index.row(), column, index).data() for column in (VALUE, UNIT))
    return float(str(value).replace(",", "")), str(unit)


def press_in_menu(desk: Desk, *keys: Qt.Key) -> None:
    """Press keys in the menu that is open."""
    for key in keys:
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        desk.qtbot.keyClick(popup, key)


def switch_by_keys(desk: Desk, mnemonic: Qt.Key) -> None:
    """View > Units > …, by mnemonics."""
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    press_in_menu(desk, Qt.Key.Key_U, mnemonic)
    desk.wait(lambda: QApplication.activePopupWidget() is None)


@pytest.mark.usefixtures("recorded")
def test_the_menu_switches_axis_legend_and_panel_at_once(desk: Desk, fleet: Fleet) -> None:
    chart(desk, fleet)
    assert list(axes(desk)) == ["kilometers"]
    kilometers, unit = last_value(desk)
    assert unit == "km"
    switch_by_keys(desk, Qt.Key.Key_I)
    assert list(axes(desk)) == ["miles"]
    miles, unit = last_value(desk)
    assert unit == "mi"
    assert abs(miles * 1.609344 - kilometers) < 0.2
    assert json.loads(settings.settings_file().read_text("utf-8"))["units"] == "imperial"
    assert desk.window.actions_.action("units_imperial").isChecked()
    switch_by_keys(desk, Qt.Key.Key_M)
    assert last_value(desk) == (kilometers, "km")
    assert "units" not in json.loads(settings.settings_file().read_text("utf-8"))


@pytest.mark.usefixtures("recorded")
def test_the_unit_of_an_axis_is_remembered(desk: Desk, fleet: Fleet, open_desk: Callable[[Settings], Desk]) -> None:
    chart(desk, fleet)
    title = axes(desk)["kilometers"].header.center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, title, area(desk).mapToGlobal(title))
    QApplication.sendEvent(area(desk), event)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    (units,) = [action.menu() for action in popup.actions() if action.text() == "Unit"]
    assert isinstance(units, QMenu)
    meters = next(action for action in units.actions() if action.data() == "meters")
    units.popup(area(desk).mapToGlobal(title))
    desk.qtbot.mouseClick(units, Qt.MouseButton.LeftButton, pos=units.actionGeometry(meters).center())
    assert list(axes(desk)) == ["meters"]
    assert last_value(desk)[1] == "m"
    again = open_desk(settings.load())
    chart(again, fleet)
    assert list(axes(again)) == ["meters"]
    assert last_value(again)[1] == "m"
    again.panels.timeline.unit_chosen.emit(["diagnostics.odometer"], "")
    assert list(axes(again)) == ["kilometers"]
    assert settings.load().unit_overrides == {}


@pytest.mark.usefixtures("recorded")
def test_long_series_are_prepared_and_converted_by_jobs(
    desk: Desk, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, set[int]] = {"prepared": set(), "converted": set()}

    def noting(what: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            threads[what].add(threading.get_ident())
            return work(*args)

        return run

    monkeypatch.setattr(preparation, "prepare", noting("prepared", prepare))
    monkeypatch.setattr(timeline_series, "convert_all", noting("converted", convert_all))
    monkeypatch.setattr(units, "_AT_ONCE", 10)
    key = chart(desk, fleet)
    (prepared,) = desk.panels.timeline.prepared_series()
    assert prepared.key == key
    switch_by_keys(desk, Qt.Key.Key_I)
    desk.wait(lambda: list(axes(desk)) == ["miles"])
    assert last_value(desk)[1] == "mi"
    window = threading.get_ident()
    assert threads["prepared"]
    assert threads["converted"]
    assert window not in threads["prepared"] | threads["converted"]


@pytest.mark.usefixtures("recorded")
def test_units_that_were_chosen_while_series_were_converted_hold_after_closing_and_cancelling(
    desk: Desk, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(units, "_AT_ONCE", 10)
    chart(desk, fleet)
    desk.window.actions_.action("units_imperial").trigger()
    desk.session.cancel_all()
    desk.wait(lambda: list(axes(desk)) == ["miles"])
    desk.window.actions_.action("units_metric").trigger()
    desk.session.close()
    chart(desk, fleet)
    assert list(axes(desk)) == ["kilometers"]
