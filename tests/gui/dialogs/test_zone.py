"""Choosing a time zone by typing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from core.fleet.timezones import from_datetime, zone_names
from gui.dialogs.zone import ZoneDialog, matching_zones, offset_text
from gui.main_window.zone_menu import ZoneMenu

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Opened:
    """An open dialog and what it has handed over."""

    def __init__(self, qtbot: QtBot, current: str) -> None:
        self.dialog = ZoneDialog(current)
        qtbot.addWidget(self.dialog)
        self.chosen: list[str] = []
        self.dialog.chosen.connect(self.chosen.append)
        self.dialog.open()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.field.hasFocus)

    @property
    def current(self) -> str:
        return str(self.dialog.list.currentIndex().data())

    def type(self, text: str) -> None:
        QTest.keyClicks(self.dialog.field, text)

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.dialog.field, key)


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    return Opened(qtbot, "Europe/Berlin")


def test_one_enter_takes_the_best_match(opened: Opened) -> None:
    opened.type("berl")
    assert opened.current == "Europe/Berlin"
    opened.press(Qt.Key.Key_Return)
    assert opened.chosen == ["Europe/Berlin"]
    assert not opened.dialog.isVisible()


def test_the_zone_in_use_is_selected_at_first(opened: Opened) -> None:
    dialog = opened.dialog
    assert opened.current == "Europe/Berlin"
    assert dialog.list.viewport().rect().contains(dialog.list.visualRect(dialog.list.currentIndex()))
    assert dialog.model.rowCount() == len(zone_names())


def test_arrows_move_in_the_list_while_one_types(opened: Opened) -> None:
    opened.type("america new")
    opened.press(Qt.Key.Key_Down)
    second = opened.current
    opened.press(Qt.Key.Key_Up)
    assert opened.current == "America/New_York" != second
    opened.press(Qt.Key.Key_Return)
    assert opened.chosen == ["America/New_York"]


def test_what_matches_nothing_is_told_in_the_dialog_which_stays_open(opened: Opened) -> None:
    opened.type("berlxyz")
    assert opened.dialog.problem == "No time zone matches “berlxyz”."
    opened.press(Qt.Key.Key_Return)
    opened.dialog.accept()
    assert opened.dialog.isVisible()
    assert opened.chosen == []
    for _ in "xyz":
        opened.press(Qt.Key.Key_Backspace)
    assert opened.dialog.problem == ""
    opened.press(Qt.Key.Key_Return)
    assert opened.chosen == ["Europe/Berlin"]


def test_a_double_click_takes_a_zone(opened: Opened) -> None:
    opened.type("asia/kath")
    view = opened.dialog.list
    place = view.visualRect(opened.dialog.model.index(0, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(opened.chosen) == 1
    assert opened.chosen[0].startswith("Asia/Kath")


def test_names_that_are_not_listed_can_be_typed(opened: Opened) -> None:
    assert "CET" not in zone_names()
    opened.type("CET")
    opened.press(Qt.Key.Key_Return)
    assert opened.chosen == ["CET"]


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        ("berl", "Europe/Berlin"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("new_y", "America/New_York"),
        ("EUROPE/PARIS", "Europe/Paris"),
        ("utc", "UTC"),
        ("local", "local"),
        ("york new", "America/New_York"),
    ],
)
def test_the_best_match_comes_first(typed: str, best: str) -> None:
    assert matching_zones(zone_names(), typed)[0] == best


def test_every_zone_has_its_offset_of_now(opened: Opened) -> None:
    model = opened.dialog.model
    texts = [model.index(row, 1).data() for row in range(model.rowCount())]
    assert all(len(text) == len("UTC+01:00") for text in texts)
    assert model.index(model.names.index("Asia/Kathmandu"), 1).data() == "UTC+05:45"
    summer = from_datetime(datetime(2026, 7, 1, tzinfo=UTC))
    winter = from_datetime(datetime(2026, 12, 1, tzinfo=UTC))
    assert [offset_text("Europe/Berlin", at) for at in (summer, winter)] == ["UTC+02:00", "UTC+01:00"]
    assert offset_text("No/Such", summer) == ""


def test_the_menu_opens_the_dialog_and_keeps_what_was_chosen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    menu = QMenu(window)
    zones = ZoneMenu(menu, "local", window)
    chosen: list[str] = []
    zones.chosen.connect(chosen.append)
    next(action for action in menu.actions() if action.text() == "Other zone…").trigger()
    dialog = window.findChild(ZoneDialog)
    assert isinstance(dialog, ZoneDialog)
    QTest.keyClicks(dialog.field, "kathm")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert chosen == ["Asia/Kathmandu"]
    ticked = [action.text() for action in menu.actions() if action.isChecked()]
    assert ticked == ["Asia/Kathmandu"]
    assert len(menu.actions()) == 5
    menu.actions()[1].trigger()
    assert chosen == ["Asia/Kathmandu", "UTC"]
