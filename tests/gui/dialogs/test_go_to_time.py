"""Typing a time to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.fleet.timezones import format_iso, zone
from gui.dialogs.go_to_time import GoToTimeDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def dialog(qtbot: QtBot) -> GoToTimeDialog:
    dialog = GoToTimeDialog(zone("Europe/Berlin"))
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.field.hasFocus)
    return dialog


def test_a_moment_is_understood_in_the_zone_and_chosen_with_enter(dialog: GoToTimeDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(dialog.field, "2026-06-30 14:05")
    assert "2026-06-30 14:05:00.000 +02:00" in dialog.answer.text()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    start, end = chosen.args
    assert (format_iso(start, zone("UTC"))[:16], end) == ("2026-06-30T12:05", None)
    assert not dialog.isVisible()


def test_a_range_is_shown_before_it_is_chosen(dialog: GoToTimeDialog, qtbot: QtBot) -> None:
    QTest.keyClicks(dialog.field, "2026-03-28 to 2026-03-29")
    assert dialog.answer.text() == "2026-03-28 00:00:00.000 +01:00 to 2026-03-30 00:00:00.000 +02:00"
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert (chosen.args[1] - chosen.args[0]) / 3_600_000_000 == 47


def test_what_is_no_time_is_not_chosen_and_the_dialog_stays(dialog: GoToTimeDialog, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialog.chosen):
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
        QTest.keyClicks(dialog.field, "last tuesday")
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "no date or time" in dialog.answer.text()
    assert "2026-W27" in dialog.answer.text()
