"""The vehicle panel as a person uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from core.fleet.timezones import zone
from gui.models.vehicles import LAST_SEEN, SAMPLES, VIN
from gui.views.vehicles_panel import VehiclesPanel
from tests.gui.models.builders import NOON, texts, vehicle

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CONTROL = Qt.KeyboardModifier.ControlModifier
VINS = [f"WVW{number:03d}" for number in range(20)]
FLEET = [vehicle(vin, NOON - number, 100 - number) for number, vin in enumerate(VINS)]


@pytest.fixture
def panel(qtbot: QtBot) -> VehiclesPanel:
    panel = VehiclesPanel()
    qtbot.addWidget(panel)
    panel.resize(380, 500)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def filled(panel: VehiclesPanel) -> VehiclesPanel:
    panel.set_source_open(True)
    panel.set_vehicles(FLEET)
    return panel


def click(panel: VehiclesPanel, vin: str, modifier: Qt.KeyboardModifier | None = None) -> None:
    (row,) = panel.model.rows_of([vin]).tolist()
    QTest.mouseClick(
        panel.table.viewport(),
        Qt.MouseButton.LeftButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        panel.table.visualRect(panel.model.index(row, VIN)).center(),
    )


def highlighted(panel: VehiclesPanel) -> list[str]:
    rows = sorted(index.row() for index in panel.table.selectionModel().selectedRows())
    return panel.model.vins_at(rows)


def test_says_what_to_do_while_there_is_nothing(panel: VehiclesPanel) -> None:
    assert panel.stack.text.startswith("No vehicles\nOpen a bucket")
    panel.set_source_open(True)
    assert panel.stack.text.startswith("No vehicles yet\nLoad days in the Batches panel")
    assert "Ctrl+1" in panel.stack.text
    panel.set_listing(True)
    assert panel.stack.text == "Listing…\nVehicles appear as soon as batches are loaded."
    panel.set_loading(True)
    assert panel.stack.text == "Loading…\nVehicles appear as batches are read."
    panel.set_listing(False)
    panel.set_loading(False)
    assert panel.stack.text.startswith("No vehicles yet\n")
    panel.set_vehicles(FLEET)
    assert panel.stack.text == ""
    assert panel.status.text() == "20 vehicles"
    panel.set_source_open(False)
    assert panel.stack.text.startswith("No vehicles\n")
    assert panel.status.text() == ""


def test_a_click_selects_and_control_adds(filled: VehiclesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW003")
    assert changed.args == [["WVW003"]]
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW001", CONTROL)
    assert changed.args == [["WVW001", "WVW003"]]
    assert filled.status.text() == "20 vehicles · 2 selected"


def test_arrow_keys_tell_the_last_one_only(filled: VehiclesPanel, qtbot: QtBot) -> None:
    told: list[list[str]] = []
    filled.selection_changed.connect(told.append)
    filled.filter.setFocus()
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.table.hasFocus()
    for _ in range(5):
        QTest.keyClick(filled.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [["WVW005"]]


def test_select_all_is_what_is_shown(filled: VehiclesPanel, qtbot: QtBot) -> None:
    click(filled, "WVW019")
    filled.filter.setText("00")
    filled.filter.apply()
    filled.table.setFocus()
    with qtbot.waitSignal(filled.selection_changed) as changed:
        QTest.keyClick(filled.table, Qt.Key.Key_A, CONTROL)
    assert changed.args == [VINS[:10]]


def type_filter(panel: VehiclesPanel, text: str) -> None:
    QTest.mouseClick(panel.filter, Qt.MouseButton.LeftButton)
    QTest.keyClicks(panel.filter, text)
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)


def select_three(panel: VehiclesPanel, qtbot: QtBot) -> list[str]:
    click(panel, "WVW003")
    click(panel, "WVW005", CONTROL)
    with qtbot.waitSignal(panel.selection_changed) as changed:
        click(panel, "WVW012", CONTROL)
    assert changed.args == [["WVW003", "WVW005", "WVW012"]]
    return ["WVW003", "WVW005", "WVW012"]


def test_filtering_and_escape_keep_several_selected(filled: VehiclesPanel, qtbot: QtBot) -> None:
    chosen = select_three(filled, qtbot)
    with qtbot.assertNotEmitted(filled.selection_changed, wait=150):
        type_filter(filled, "012")
        assert filled.status.text() == "1 of 20 vehicles · 3 selected, 2 hidden"
        assert filled.selected_vins() == chosen
        # Whoever asks a view what a click would do selects nothing.
        filled.table.selectionCommand(filled.model.index(0, VIN))
        type_filter(filled, "5")
        assert filled.selected_vins() == chosen
        QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert filled.selected_vins() == chosen
    assert highlighted(filled) == chosen
    assert filled.status.text() == "20 vehicles · 3 selected"


def test_shift_and_control_add_to_what_is_hidden(filled: VehiclesPanel, qtbot: QtBot) -> None:
    select_three(filled, qtbot)
    type_filter(filled, "WVW01")
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW014", Qt.KeyboardModifier.ShiftModifier)
    assert changed.args == [["WVW003", "WVW005", "WVW012", "WVW013", "WVW014"]]
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW013", CONTROL)
    assert changed.args == [["WVW003", "WVW005", "WVW012", "WVW014"]]


def test_a_click_on_the_one_that_is_seen_drops_the_hidden(filled: VehiclesPanel, qtbot: QtBot) -> None:
    select_three(filled, qtbot)
    type_filter(filled, "012")
    # The rows that are selected in the table stay the same, the selection does not.
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW012")
    assert changed.args == [["WVW012"]]
    assert filled.status.text() == "1 of 20 vehicles · 1 selected"


def test_select_all_by_key_drops_the_hidden_and_escape_shows_it(filled: VehiclesPanel, qtbot: QtBot) -> None:
    select_three(filled, qtbot)
    type_filter(filled, "WVW01")
    filled.table.setFocus()
    with qtbot.waitSignal(filled.selection_changed) as changed:
        QTest.keyClick(filled.table, Qt.Key.Key_A, CONTROL)
    assert changed.args == [VINS[10:]]
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert filled.selected_vins() == VINS[10:]


def test_down_from_the_filter_selects_what_it_found(filled: VehiclesPanel, qtbot: QtBot) -> None:
    QTest.keyClicks(filled.filter, "WVW01")
    with qtbot.waitSignal(filled.selection_changed) as changed:
        QTest.keyClick(filled.filter, Qt.Key.Key_Down)
        QTest.keyClick(filled.table, Qt.Key.Key_Return)
    assert changed.args == [["WVW010"]]
    assert highlighted(filled) == ["WVW010"]
    # What is selected stays when the list is entered again.
    QTest.keyClick(filled.table, Qt.Key.Key_Down)
    filled.filter.setFocus()
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.table.hasFocus()
    assert filled.selected_vins() == ["WVW011"]


def test_what_the_filter_hides_stays_selected(filled: VehiclesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.selection_changed):
        click(filled, "WVW003")
    QTest.keyClicks(filled.filter, "WVW 01")
    with qtbot.assertNotEmitted(filled.selection_changed, wait=150):
        QTest.keyClick(filled.filter, Qt.Key.Key_Return)
    assert filled.status.text() == "11 of 20 vehicles · 1 selected, 1 hidden"
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW012", CONTROL)
    assert changed.args == [["WVW003", "WVW012"]]
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert highlighted(filled) == ["WVW003", "WVW012"]
    filled.filter.setText("01")
    filled.filter.apply()
    with qtbot.waitSignal(filled.selection_changed) as changed:
        click(filled, "WVW011")
    assert changed.args == [["WVW011"]]


def test_a_filter_without_a_match_says_so(filled: VehiclesPanel) -> None:
    filled.filter.setText("zzz")
    filled.filter.apply()
    assert filled.stack.text.startswith("No vehicle matches the filter")
    assert filled.status.text() == "0 of 20 vehicles"


def test_the_selection_survives_a_refresh_and_sorting(filled: VehiclesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.selection_changed):
        filled.select_vins(["WVW002", "WVW005", "unknown"])
    with qtbot.assertNotEmitted(filled.selection_changed, wait=150):
        filled.set_vehicles([vehicle("AAA"), *FLEET])
        filled.table.sortByColumn(LAST_SEEN, Qt.SortOrder.AscendingOrder)
    assert highlighted(filled) == ["WVW005", "WVW002"]
    with qtbot.waitSignal(filled.selection_changed) as changed:
        filled.set_vehicles([vehicle("AAA"), *FLEET[:4]])
    assert changed.args == [["WVW002"]]
    assert filled.selected_vins() == ["WVW002"]


def test_a_click_on_a_heading_sorts(filled: VehiclesPanel) -> None:
    header = filled.table.horizontalHeader()
    place = header.sectionViewportPosition(SAMPLES) + 20
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 5))
    assert texts(filled.model)[0] == "WVW019"
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 5))
    assert texts(filled.model)[0] == "WVW000"


def test_copies_vins_by_key_and_menu(filled: VehiclesPanel, qtbot: QtBot) -> None:
    click(filled, "WVW003")
    click(filled, "WVW001", CONTROL)
    filled.table.setFocus()
    QTest.keyClick(filled.table, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "WVW001\nWVW003"
    filled.table.customContextMenuRequested.emit(filled.table.rect().center())
    (menu,) = filled.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions()}
    with qtbot.waitSignal(filled.selection_changed):
        actions["Select all"].trigger()
    actions["Copy VINs"].trigger()
    assert len(QGuiApplication.clipboard().text().split("\n")) == 20
    with qtbot.waitSignal(filled.selection_changed) as changed:
        actions["Select none"].trigger()
    assert changed.args == [[]]
    menu.close()


def test_times_follow_the_zone(filled: VehiclesPanel) -> None:
    filled.set_zone(zone("Asia/Kolkata"))
    assert filled.model.index(0, LAST_SEEN).data() == "2026-06-30 17:30"


def test_a_hundred_thousand_vehicles(panel: VehiclesPanel, qtbot: QtBot) -> None:
    panel.set_source_open(True)
    vins = [f"WVWZZZ1KZAW{number * 7919 % 1_000_000:06d}" for number in range(100_000)]
    panel.set_vehicles([vehicle(vin, NOON - number) for number, vin in enumerate(vins)])
    panel.table.setFocus()
    with qtbot.waitSignal(panel.selection_changed) as changed:
        QTest.keyClick(panel.table, Qt.Key.Key_A, CONTROL)
    assert len((changed.args or [[]])[0]) == 100_000
    panel.filter.setText("12 7")
    panel.filter.apply()
    panel.repaint()
    assert 0 < panel.model.rowCount() < 100_000
