"""The message panel and its JSON as a person uses them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from core.archive.archive import BatchRecord
from core.errors import AccessDenied
from core.fleet.timezones import zone
from gui.models.messages_table import ORDINAL, TIME, VALUE, VIN
from gui.views.messages_panel import MessagesPanel
from tests.gui.models.builders import APP, message, texts

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

KEY = f"{APP}/level13/2026/06/30/14-11-23-699000000-c0d010d5.json"
MESSAGES = [
    message(0, "VIN1"),
    message(1, "VIN2", "charging.status"),
    message(2, reason="it has no VIN"),
    message(3, "VIN1", "diagnostics.speed"),
]


@pytest.fixture
def panel(qtbot: QtBot) -> MessagesPanel:
    panel = MessagesPanel()
    qtbot.addWidget(panel)
    panel.resize(1200, 300)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def filled(panel: MessagesPanel) -> MessagesPanel:
    panel.set_loading(KEY)
    panel.set_messages(KEY, MESSAGES)
    return panel


def ordinal(panel: MessagesPanel) -> int | None:
    current = panel.current_message()
    return None if current is None else current.ordinal


def test_says_what_to_do_and_what_it_does(panel: MessagesPanel) -> None:
    assert panel.stack.text.startswith("No batch selected\nSelect a batch in the Batches panel")
    assert "Ctrl+1" in panel.stack.text
    assert not panel.json.isVisible()
    panel.set_loading(KEY)
    assert panel.stack.text == "Reading the batch…\n14-11-23-699000000-c0d010d5.json"
    panel.set_messages(KEY, [])
    assert panel.stack.text.startswith("No messages\n")
    panel.set_loading(KEY)
    panel.set_error(KEY, AccessDenied("You may not read this batch", subject=KEY, hint="Ask for s3:GetObject."))
    assert panel.stack.text == f"You may not read this batch\n{KEY}\nAsk for s3:GetObject."
    panel.clear()
    assert panel.stack.text.startswith("No batch selected")


def test_shows_messages_and_the_first_ones_json(filled: MessagesPanel) -> None:
    assert filled.stack.text == ""
    assert filled.status.text() == "Batch of 2026-06-30 14:11:23 UTC · 4 messages: 3 with samples, 1 reject"
    assert ordinal(filled) == 0
    assert '"odometer": 900.10' in filled.json.edit.toPlainText()
    assert not filled.json.notice.isVisible()


def test_problems_only_is_there_for_problems_only(filled: MessagesPanel) -> None:
    assert filled.problems_button.isEnabled()
    filled.set_messages(KEY, MESSAGES[:2])
    assert not filled.problems_button.isEnabled()


def seen(panel: MessagesPanel, row: int, column: int) -> QRect:
    viewport = panel.table.viewport().rect()
    return panel.table.visualRect(panel.model.index(row, column)).intersected(viewport)


def test_in_a_narrow_window_values_and_reasons_are_seen(filled: MessagesPanel, qtbot: QtBot) -> None:
    filled.resize(838, 210)
    qtbot.waitUntil(lambda: filled.splitter.width() < 838)
    share = filled.json.width() / filled.splitter.width()
    assert 0.37 < share < 0.43
    metrics = filled.table.fontMetrics()
    assert seen(filled, 0, VALUE).width() > metrics.horizontalAdvance("900 km")
    reason = "The message has no vehicle identification number"
    filled.set_messages(KEY, [message(0), message(1, reason=reason), message(100_000)])
    assert filled.model.index(1, VIN).data() == reason
    assert seen(filled, 1, VIN).width() > metrics.horizontalAdvance(reason)
    assert filled.table.columnWidth(ORDINAL) > metrics.horizontalAdvance("100,000") + 12
    filled.filter.setText("number")
    filled.filter.apply()
    assert filled.table.columnSpan(0, VIN) > 1
    filled.filter.setText("odometer")
    filled.filter.apply()
    assert filled.table.columnSpan(0, VIN) == 1


def test_the_find_field_is_whole_in_a_narrow_window(filled: MessagesPanel, qtbot: QtBot) -> None:
    filled.resize(838, 210)
    filled.json.search.setText("odometer")
    qtbot.waitUntil(lambda: filled.json.count.text() == "1 of 1")
    qtbot.waitUntil(lambda: filled.json.copy_button.geometry().right() < filled.json.width())
    hint = filled.json.search.fontMetrics().horizontalAdvance(filled.json.search.placeholderText())
    assert filled.json.search.width() > hint


def test_arrow_keys_show_the_next_message(filled: MessagesPanel) -> None:
    filled.filter.setFocus()
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.table.hasFocus()
    QTest.keyClick(filled.table, Qt.Key.Key_Down)
    QTest.keyClick(filled.table, Qt.Key.Key_Down)
    assert ordinal(filled) == 2
    QTest.keyClick(filled.table, Qt.Key.Key_Down)
    QTest.keyClick(filled.table, Qt.Key.Key_Up)
    assert ordinal(filled) == 2
    assert filled.json.edit.toPlainText() == "{broken"
    assert filled.json.notice.text() == (
        "This message could not be read: it has no VIN. It is no JSON and stands as it was sent."
    )


def test_enter_and_double_click_lead_to_the_series(filled: MessagesPanel, qtbot: QtBot) -> None:
    filled.table.setFocus()
    with qtbot.waitSignal(filled.message_activated) as activated:
        QTest.keyClick(filled.table, Qt.Key.Key_Return)
    assert activated.args == [MESSAGES[0]]
    place = filled.table.visualRect(filled.model.index(3, ORDINAL)).center()
    viewport = filled.table.viewport()
    with qtbot.waitSignal(filled.message_activated) as activated:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert activated.args == [MESSAGES[3]]
    filled.select_message(2)
    with qtbot.assertNotEmitted(filled.message_activated):
        QTest.keyClick(filled.table, Qt.Key.Key_Return)


def test_filters_and_problems_only(filled: MessagesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.filter.filter_changed):
        QTest.keyClicks(filled.filter, "vin1 speed")
    assert texts(filled.model) == ["3"]
    assert ordinal(filled) == 3
    assert "4 messages: 3 with samples, 1 reject · 1 shown" in filled.status.text()
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    # The message that was selected still is.
    assert ordinal(filled) == 3
    QTest.mouseClick(filled.problems_button, Qt.MouseButton.LeftButton)
    assert texts(filled.model) == ["2"]
    filled.filter.setText("vin1")
    filled.filter.apply()
    assert filled.stack.text.startswith("No message matches the filter")


def test_select_message_waits_for_its_batch_and_beats_the_filter(panel: MessagesPanel) -> None:
    panel.set_loading(KEY)
    panel.select_message(3)
    panel.set_messages(KEY, MESSAGES)
    assert ordinal(panel) == 3
    panel.filter.setText("vin1")
    panel.filter.apply()
    panel.problems_button.setChecked(True)
    panel.select_message(1)
    assert ordinal(panel) == 1
    assert panel.filter.text() == ""
    assert not panel.problems_button.isChecked()


def test_an_answer_for_another_batch_is_ignored(panel: MessagesPanel) -> None:
    panel.set_loading("older.json")
    panel.set_loading(KEY)
    panel.set_messages("older.json", MESSAGES)
    assert panel.model.total() == 0
    panel.set_error("older.json", AccessDenied("You may not read this batch"))
    assert panel.stack.text.startswith("Reading the batch…")
    panel.set_messages(KEY, MESSAGES)
    assert panel.model.total() == 4


def test_a_new_batch_starts_at_its_first_message(filled: MessagesPanel) -> None:
    filled.select_message(3)
    filled.set_loading("next.json")
    filled.set_messages("next.json", [message(5), message(3)])
    assert ordinal(filled) == 3
    assert filled.table.currentIndex().row() == 0
    assert filled.status.text() == "next.json · 2 messages: 2 with samples, 0 rejects"


def test_copies_messages_as_they_were_sent(filled: MessagesPanel, qtbot: QtBot) -> None:
    filled.table.setFocus()
    QTest.keyClick(filled.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(filled.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"{MESSAGES[0].raw}\n{MESSAGES[1].raw}"
    filled.table.customContextMenuRequested.emit(filled.table.rect().center())
    (menu,) = filled.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    with qtbot.waitSignal(filled.message_activated):
        actions["Show on timeline"].trigger()
    actions["Copy as JSON"].trigger()
    assert QGuiApplication.clipboard().text().startswith(MESSAGES[0].raw)
    menu.close()


def test_times_follow_the_zone(filled: MessagesPanel) -> None:
    filled.set_zone(zone("Asia/Kolkata"))
    assert filled.model.index(0, TIME).data() == "17:30:00"


def test_a_batch_that_is_none_shows_as_a_whole(panel: MessagesPanel) -> None:
    panel.set_loading(KEY)
    panel.set_messages(KEY, [message(-1, reason="the file is empty")])
    assert texts(panel.model) == ["all"]
    assert panel.json.notice.text().startswith("This message could not be read: the file is empty.")


def test_a_long_batch_says_how_far_it_is_and_that_it_was_cancelled(panel: MessagesPanel) -> None:
    panel.set_loading(KEY)
    panel.set_progress(KEY, 24_000_000, 48_000_000, "500 messages")
    assert panel.stack.text == f"Reading the batch…\n{KEY.rsplit('/', 1)[-1]}\n24 MB of 48 MB · 500 messages"
    panel.set_progress("another", 1_000_000, 2_000_000, "1 message")
    panel.set_stopped("another")
    assert "24 MB of 48 MB" in panel.stack.text
    panel.set_stopped(KEY)
    assert panel.stack.text.startswith("Reading was cancelled\n")
    panel.set_progress(KEY, 1, 2, "late")
    panel.set_loading(KEY)
    assert panel.stack.text == f"Reading the batch…\n{KEY.rsplit('/', 1)[-1]}"
    panel.set_messages(KEY, MESSAGES)
    assert panel.stack.text == ""


def test_endless_texts_are_shown_by_their_beginning(panel: MessagesPanel) -> None:
    endless = "line\n\u202e" * 1_000_000
    raw = json.dumps({"vin": "VIN1", "data": {"messaging": {"text": {"data": endless}}}})
    long = replace(message(0, "VIN1", "messaging.text"), summary=endless, raw=raw, vin="V" * 1_000_000)
    panel.set_loading(KEY)
    panel.set_messages(KEY, [long])
    for column in (VIN, VALUE):
        index = panel.model.index(0, column)
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            assert 300 < len(str(index.data(role))) < 3_000
    assert str(panel.model.index(0, VALUE).data()).startswith("line \\u202eline \\u202e")
    assert "Only its beginning is shown" in panel.json.notice.text()
    assert f"{len(raw):,} characters" in panel.json.notice.text()
    assert len(panel.json.edit.toPlainText()) < 100_000
    panel.json.copy_button.click()
    assert QGuiApplication.clipboard().text() == raw


def test_a_file_of_many_messages_has_the_width_and_the_day_of_most(panel: MessagesPanel) -> None:
    many = [replace(MESSAGES[0], ordinal=number, vin=f"VIN{number:020}") for number in range(9_000)]
    panel.set_loading(KEY)
    panel.set_messages(KEY, many)
    assert len(panel.model.longest_texts(VIN)) <= 2_000
    assert panel.model.longest_texts(ORDINAL) == {"8,999"}
    assert len(str(panel.model.index(0, TIME).data())) == len("00:00:00")


def test_what_the_archive_holds_otherwise_is_a_problem(panel: MessagesPanel) -> None:
    def show(record: BatchRecord | None) -> tuple[str, str]:
        panel.set_loading(KEY)
        panel.set_record("another", None)
        panel.set_record(KEY, record)
        panel.set_messages(KEY, MESSAGES)
        return panel.status.text(), str(panel.status.property("role"))

    alike = BatchRecord(KEY, "etag", 1, 4, 3, 3, 1, None, None)
    plain = "Batch of 2026-06-30 14:11:23 UTC · 4 messages: 3 with samples, 1 reject"
    assert show(alike) == (plain, "muted")
    assert show(None) == (plain, "muted")
    said, role = show(replace(alike, read=2))
    assert role == "error"
    assert "The archive holds something else: 4 messages: 2 with samples, 1 reject, 1 lost" in said
    said, role = show(replace(alike, messages=9, read=8))
    assert (role, "9 messages: 8 with samples, 1 reject. Has the batch changed" in said) == ("error", True)
    panel.set_loading(KEY.replace("14-11", "14-12"))
    panel.set_messages(KEY.replace("14-11", "14-12"), MESSAGES)
    assert panel.status.property("role") == "muted"
