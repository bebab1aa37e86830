"""The property panel as a person uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from core.fleet.series import SeriesKey
from core.fleet.timezones import zone
from gui.models.properties import LAST_SEEN, NAME
from gui.models.series_mime import decode_series_keys
from gui.views.properties_panel import PropertiesPanel
from tests.gui.models.builders import find, summary, texts
from tests.waiting import wait_for_rest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

PROPERTIES = [
    summary("diagnostics.odometer", 82_343.4, "kilometers"),
    summary("diagnostics.speed", 50.0, "kilometers_per_hour"),
    summary("diagnostics.tire_pressures.front_left.pressure", 2.3, "bars"),
    summary("diagnostics.tire_pressures.rear_left.pressure", 2.4, "bars"),
    summary("charging.plugged_in", last_text="plugged_in"),
    *(summary(f"charging.departure_timers.timer{number}.state", float(number)) for number in range(9)),
]
TIRES = [
    ("diagnostics", "tire_pressures", "front_left.pressure"),
    ("diagnostics", "tire_pressures", "rear_left.pressure"),
]


@pytest.fixture
def panel(qtbot: QtBot) -> PropertiesPanel:
    panel = PropertiesPanel()
    qtbot.addWidget(panel)
    panel.resize(500, 500)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def filled(panel: PropertiesPanel) -> PropertiesPanel:
    panel.set_vehicles(["VIN1", "VIN2"])
    panel.set_properties(PROPERTIES)
    return panel


def row(panel: PropertiesPanel, *names: str) -> QModelIndex:
    return find(panel.shown, *names)


def double_click(panel: PropertiesPanel, index: QModelIndex) -> None:
    panel.tree.scrollTo(index)
    place = panel.tree.visualRect(index).center()
    viewport = panel.tree.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_says_what_to_do_while_there_is_nothing(panel: PropertiesPanel) -> None:
    assert panel.stack.text.startswith("No vehicle selected\nSelect vehicles in the Vehicles panel")
    assert "Ctrl+2" in panel.stack.text
    panel.set_vehicles(["VIN1"])
    assert panel.stack.text == "Reading…\nReading the properties of 1 vehicle…"
    panel.set_properties([])
    assert panel.stack.text.startswith("No samples yet")
    panel.set_loading(True)
    assert panel.stack.text == "Loading…\nProperties appear as batches are read."
    panel.set_loading(False)
    panel.set_properties(PROPERTIES)
    assert panel.stack.text == ""
    assert panel.status.text() == "5 properties of 1 vehicle"
    panel.filter.setText("zzz")
    panel.filter.apply()
    assert panel.stack.text.startswith("No property matches the filter")
    assert panel.status.text() == "0 of 5 properties of 1 vehicle"


def test_counts_what_the_filter_shows(filled: PropertiesPanel) -> None:
    QTest.keyClicks(filled.filter, "pressure")
    QTest.keyClick(filled.filter, Qt.Key.Key_Return)
    assert filled.status.text() == "1 of 5 properties of 2 vehicles"
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert filled.status.text() == "5 properties of 2 vehicles"


def test_what_is_listed_is_greyed_while_other_vehicles_are_read(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.set_vehicles([f"VIN{number}" for number in range(300)])
    # Until it is greyed the list says whose values it has.
    assert filled.status.text() == "5 properties of 2 vehicles"
    qtbot.waitUntil(lambda: not filled.tree.isEnabled())
    assert filled.status.text() == "Reading the properties of 300 vehicles…"
    filled.set_properties(PROPERTIES[:2])
    assert filled.tree.isEnabled()
    assert filled.status.text() == "2 properties of 300 vehicles"
    filled.set_vehicles(["VIN1"])
    qtbot.waitUntil(lambda: not filled.tree.isEnabled())
    filled.stop_reading()
    assert filled.tree.isEnabled()
    assert filled.status.text() == "2 properties of 300 vehicles"


def test_what_is_read_at_once_does_not_flicker(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.set_vehicles(["VIN3"])
    filled.set_properties(PROPERTIES)
    wait_for_rest(qtbot, filled)
    assert filled.tree.isEnabled()
    assert filled.status.text() == "5 properties of 1 vehicle"
    # The same vehicles again are no reason to wait.
    filled.set_vehicles(["VIN3"])
    wait_for_rest(qtbot, filled)
    assert filled.tree.isEnabled()


def test_down_and_enter_add_what_the_filter_found(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.filter.setFocus()
    QTest.keyClicks(filled.filter, "speed")
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.tree.hasFocus()
    with qtbot.waitSignal(filled.series_activated) as activated:
        QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert activated.args == [[("diagnostics", "speed", "")]]


def test_enter_means_the_current_row_where_none_is_selected(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.tree.setFocus()
    odometer = row(filled, "Diagnostics", "Odometer")
    filled.tree.selectionModel().setCurrentIndex(odometer, QItemSelectionModel.SelectionFlag.NoUpdate)
    assert filled.selected_leaves() == []
    with qtbot.waitSignal(filled.series_activated) as activated:
        QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert activated.args == [[("diagnostics", "odometer", "")]]


def test_down_keeps_what_is_selected_and_passes_a_folder_by(filled: PropertiesPanel) -> None:
    speed = row(filled, "Diagnostics", "Speed")
    filled.tree.setCurrentIndex(speed)
    filled.filter.setFocus()
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.tree.currentIndex() == speed
    filled.tree.setCurrentIndex(row(filled, "Diagnostics"))
    filled.filter.setFocus()
    QTest.keyClicks(filled.filter, "odometer")
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.selected_leaves() == [("diagnostics", "odometer", "")]


def test_diagnostics_is_open_at_first(filled: PropertiesPanel) -> None:
    assert filled.tree.isExpanded(row(filled, "Diagnostics"))
    assert not filled.tree.isExpanded(row(filled, "Charging"))


def test_a_double_click_activates_a_series(filled: PropertiesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.series_activated) as activated:
        double_click(filled, row(filled, "Diagnostics", "Odometer"))
    assert activated.args == [[("diagnostics", "odometer", "")]]


def test_enter_activates_all_components_of_a_property(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(row(filled, "Diagnostics", "Tire pressures"))
    with qtbot.waitSignal(filled.series_activated) as activated:
        QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert activated.args == [TIRES]
    assert not filled.tree.isExpanded(row(filled, "Diagnostics", "Tire pressures"))


def test_many_components_and_capabilities_are_opened_instead(filled: PropertiesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(filled.series_activated):
        double_click(filled, row(filled, "Charging"))
        assert filled.tree.isExpanded(row(filled, "Charging"))
        double_click(filled, row(filled, "Charging", "Departure timers"))
        assert filled.tree.isExpanded(row(filled, "Charging", "Departure timers"))
        double_click(filled, row(filled, "Charging"))
        assert not filled.tree.isExpanded(row(filled, "Charging"))


def test_enter_activates_everything_selected(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(row(filled, "Diagnostics", "Odometer"))
    for _ in range(2):
        QTest.keyClick(filled.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert filled.status.text() == "5 properties of 2 vehicles · 4 selected"
    with qtbot.waitSignal(filled.series_activated) as activated:
        QTest.keyClick(filled.tree, Qt.Key.Key_Enter)
    assert activated.args == [[("diagnostics", "odometer", ""), ("diagnostics", "speed", ""), *TIRES]]


def test_menu_adds_and_copies(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.tree.setCurrentIndex(row(filled, "Diagnostics", "Tire pressures"))
    filled.tree.customContextMenuRequested.emit(filled.tree.rect().center())
    (menu,) = filled.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Add to timeline", "Copy path", "Expand all", "Collapse all"]
    with qtbot.waitSignal(filled.series_activated) as activated:
        actions["Add to timeline"].trigger()
    assert activated.args == [TIRES]
    actions["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == "diagnostics.tire_pressures"
    actions["Expand all"].trigger()
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(row(filled, "Diagnostics", "Tire pressures", "Rear left · Pressure"))
    QTest.keyClick(filled.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "diagnostics.tire_pressures.rear_left.pressure"
    menu.close()


def test_a_filter_opens_what_it_finds_and_gives_back_what_was_open(filled: PropertiesPanel, qtbot: QtBot) -> None:
    filled.filter.setFocus()
    with qtbot.waitSignal(filled.filter.filter_changed):
        QTest.keyClicks(filled.filter, "timer7 state")
    assert texts(filled.shown) == ["Charging"]
    (name,) = texts(filled.shown, row(filled, "Charging", "Departure timers"))
    assert "7" in name
    assert filled.tree.isExpanded(row(filled, "Charging", "Departure timers"))
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert texts(filled.shown) == ["Charging", "Diagnostics"]
    assert not filled.tree.isExpanded(row(filled, "Charging"))
    assert filled.tree.isExpanded(row(filled, "Diagnostics"))
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.tree.hasFocus()
    assert filled.tree.currentIndex().data() == "Charging"


def test_a_refresh_keeps_expansion_and_selection(filled: PropertiesPanel) -> None:
    filled.tree.expand(row(filled, "Diagnostics", "Tire pressures"))
    filled.tree.collapse(row(filled, "Charging"))
    chosen = row(filled, "Diagnostics", "Tire pressures", "Rear left · Pressure")
    filled.tree.setCurrentIndex(chosen)
    odometer, doors = summary("diagnostics.odometer", 82_350.0, "kilometers"), summary("doors.locks_state.x", 1.0)
    later = [odometer, *PROPERTIES[1:], doors]
    filled.set_properties(later)
    assert filled.tree.isExpanded(row(filled, "Diagnostics", "Tire pressures"))
    assert filled.selected_leaves() == [TIRES[1]]
    # Another vehicle has none of these; what was open is open again when they come back.
    filled.set_properties([summary("doors.locks_state.x", 1.0)])
    filled.set_properties(later)
    assert filled.tree.isExpanded(row(filled, "Diagnostics", "Tire pressures"))
    assert not filled.tree.isExpanded(row(filled, "Charging"))


def test_a_drag_carries_the_selected_series_of_all_vehicles(filled: PropertiesPanel) -> None:
    filled.tree.setCurrentIndex(row(filled, "Diagnostics", "Odometer"))
    mime = filled.shown.mimeData(filled.tree.selectionModel().selectedIndexes())
    assert decode_series_keys(mime) == [SeriesKey(vin, "diagnostics", "odometer") for vin in ("VIN1", "VIN2")]
    assert filled.tree.dragEnabled()


def test_times_follow_the_zone(filled: PropertiesPanel) -> None:
    filled.set_zone(zone("Asia/Kolkata"))
    assert row(filled, "Diagnostics", "Odometer").siblingAtColumn(LAST_SEEN).data() == "06-30 17:30"


@pytest.mark.parametrize(
    "units", [["kilometers"], ["kilometers_per_hour", "kilowatt_hours", "leagues\u202e", "x" * 99]]
)
def test_every_column_is_in_sight_at_the_default_width(panel: PropertiesPanel, units: list[str]) -> None:
    panel.resize(440, 300)
    panel.set_vehicles(["VIN1"])
    panel.set_properties(
        [
            summary("diagnostics.odometer", 82_343.4, "kilometers", samples=123_456),
            *(summary(f"diagnostics.p{number}", 1.0, unit) for number, unit in enumerate(units)),
        ]
    )
    panel.tree.expandAll()
    panel.grab()
    assert panel.tree.horizontalScrollBar().maximum() == 0
    header, metrics = panel.tree.header(), panel.tree.fontMetrics()
    seen = row(panel, "Diagnostics", "Odometer").siblingAtColumn(LAST_SEEN)
    assert metrics.horizontalAdvance(str(seen.data())) + 6 <= header.sectionSize(LAST_SEEN)
    assert header.sectionSize(NAME) >= metrics.horizontalAdvance("Front left")
