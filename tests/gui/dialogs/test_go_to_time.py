"""Typing a time to go to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.fleet.timezones import format_iso, from_datetime, zone
from gui.dialogs.go_to_time import GoToTimeDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def dialog(qtbot: QtBot) -> GoToTimeDialog:
    now = from_datetime(datetime(2026, 11, 23, 7, tzinfo=UTC))
    dialog = GoToTimeDialog(zone("Europe/Berlin"), date(2026, 7, 1), now)
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


@pytest.mark.parametrize(
    ("typed", "first", "second"),
    [
        ("2026-10-25 02:30", "2026-10-25T02:30:00.000+02:00", "2026-10-25T02:30:00.000+01:00"),
        ("03/04/2026", "2026-04-03T00:00:00.000+02:00", "2026-03-04T00:00:00.000+01:00"),
    ],
)
def test_what_can_mean_two_times_is_asked(
    dialog: GoToTimeDialog, qtbot: QtBot, typed: str, first: str, second: str
) -> None:
    size = dialog.size()
    QTest.keyClicks(dialog.field, typed)
    assert dialog.answer.text() == "This can mean two times. Which one?"
    shown = [choice for choice in dialog.choices if choice.isVisible()]
    assert [choice.text()[:10] for choice in shown] == [first[:10], second[:10]]
    assert shown[0].isChecked()
    assert dialog.size() == size
    shown[1].click()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.accept()
    assert format_iso(chosen.args[0], zone("Europe/Berlin")) == second


def test_a_time_alone_is_meant_on_the_day_of_the_cursor(dialog: GoToTimeDialog) -> None:
    QTest.keyClicks(dialog.field, "14:05")
    assert "2026-07-01 14:05:00.000 +02:00" in dialog.answer.text()
    assert not any(choice.isVisible() for choice in dialog.choices)
