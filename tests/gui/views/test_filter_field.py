"""The filter field's keys and its patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.views.filter_field import FilterField

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def field(qtbot: QtBot) -> FilterField:
    field = FilterField("Filter things")
    qtbot.addWidget(field)
    field.show()
    return field


def test_says_it_once_after_the_last_key(field: FilterField, qtbot: QtBot) -> None:
    said: list[str] = []
    field.filter_changed.connect(said.append)
    QTest.keyClicks(field, "odometer")
    assert said == []
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["odometer"]
    assert field.applied_text == "odometer"


def test_enter_says_it_at_once_and_not_again(field: FilterField, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "odo")
    with qtbot.waitSignal(field.filter_changed, timeout=50):
        QTest.keyClick(field, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(field.filter_changed, wait=250):
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_escape_clears_and_down_leaves(field: FilterField, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "odo")
    with qtbot.waitSignals([field.filter_changed, field.list_wanted], timeout=50):
        QTest.keyClick(field, Qt.Key.Key_Down)
    with qtbot.waitSignal(field.filter_changed, timeout=50) as changed:
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert changed.args == [""]
    assert field.text() == ""
    assert field.placeholderText() == "Filter things"


def test_enter_with_a_command_key_is_left_to_the_window(field: FilterField, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "odo")
    with qtbot.assertNotEmitted(field.filter_changed, wait=50):
        QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
