"""The message bar as a person meets it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QVBoxLayout, QWidget

from core.errors import AccessDenied
from gui import theme
from gui.messages import MessageCenter
from gui.views.message_bar import MessageBar, NoticeRow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

KEY = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture
def center(qtbot: QtBot) -> MessageCenter:
    return MessageCenter()


class Shown:
    """A window with a message bar on top."""

    def __init__(self, qtbot: QtBot, center: MessageCenter, width: int = 900, info_seconds: float = 6) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.bar = MessageBar(center, info_seconds=info_seconds)
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.bar)
        layout.addWidget(QWidget(), 1)
        self.window.resize(width, 300)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def rows(self) -> list[NoticeRow]:
        return self.bar.rows

    @property
    def titles(self) -> list[str]:
        return [row.notice.title for row in self.rows]


def button(row: QWidget, text: str) -> QAbstractButton:
    (found,) = [b for b in row.findChildren(QAbstractButton) if text in (b.text(), b.accessibleName())]
    return found


def test_hidden_while_there_is_nothing(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    assert not shown.bar.isVisible()
    notice = center.show_warning("Something")
    assert shown.bar.isVisible()
    center.dismiss(notice)
    assert not shown.bar.isVisible()


def test_what_came_before_the_bar_is_shown(center: MessageCenter, qtbot: QtBot) -> None:
    center.show_error(AccessDenied("No permission to list", subject="s3://fleet"))
    shown = Shown(qtbot, center)
    assert shown.titles == ["No permission to list"]


def test_three_are_shown_and_the_rest_counted(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    for number in range(5):
        center.show_warning(f"Warning {number}")
    assert shown.titles == ["Warning 4", "Warning 3", "Warning 2"]
    assert [label.text() for label in shown.bar.findChildren(QLabel) if label.text().startswith("and")] == [
        "and 2 more"
    ]
    QTest.mouseClick(button(shown.rows[0], "Dismiss"), Qt.MouseButton.LeftButton)
    assert shown.titles == ["Warning 3", "Warning 2", "Warning 1"]
    QTest.mouseClick(button(shown.bar, "Dismiss all"), Qt.MouseButton.LeftButton)
    assert center.notices == ()


def test_escape_dismisses_the_focused_one(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    center.show_warning("First")
    center.show_warning("Second")
    row = shown.rows[1]
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_A)
    assert shown.titles == ["Second", "First"]
    QTest.keyClick(row, Qt.Key.Key_Escape)
    assert shown.titles == ["Second"]
    close = button(shown.rows[0], "Dismiss")
    close.setFocus()
    QTest.keyClick(close, Qt.Key.Key_Escape)
    assert shown.titles == []


def test_details_are_copied(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    error = AccessDenied("No permission to list", subject="s3://fleet", hint="Ask", detail="403 Forbidden")
    center.show_error(error)
    copy = button(shown.rows[0], "Copy details")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == error.report()
    assert copy.text() == "Copied"
    qtbot.waitUntil(lambda: copy.text() == "Copy details")


def test_the_button_of_a_notice_acts_and_dismisses(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    again: list[str] = []

    def retry() -> None:
        again.append("again")
        center.show_info("Trying")

    center.show_warning("No network", action="Retry", callback=retry)
    QTest.mouseClick(button(shown.rows[0], "Retry"), Qt.MouseButton.LeftButton)
    assert again == ["again"]
    assert shown.titles == ["Trying"]


def test_news_pass_and_errors_stay(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center, info_seconds=0.05)
    center.show_error(AccessDenied("No permission"))
    center.show_info("Exported 3 rows")
    assert shown.titles == ["Exported 3 rows", "No permission"]
    qtbot.waitUntil(lambda: shown.titles == ["No permission"])


def test_a_long_key_loses_its_middle_and_never_widens_the_window(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center, width=520)
    center.show_warning("3 messages could not be read", subject=KEY, hint="Select the batch to see the reasons")
    qtbot.waitUntil(lambda: shown.rows[0].width() > 400)
    assert shown.window.width() == 520
    (subject,) = [label for label in shown.rows[0].findChildren(QLabel) if label.accessibleName() == KEY]
    assert "…" in subject.text()
    assert subject.text().endswith("json")
    assert subject.toolTip() == KEY
    shown.window.resize(1600, 300)
    qtbot.waitUntil(lambda: subject.text() == KEY)
    assert subject.toolTip() == ""


def test_what_a_screen_reader_says(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    center.show_error(AccessDenied("No permission", subject="s3://fleet", hint="Ask"))
    center.show_info("Done")
    assert [row.accessibleName() for row in shown.rows] == ["Note: Done", "Error: No permission: s3://fleet. Ask"]


def test_rows_follow_the_theme(center: MessageCenter, qtbot: QtBot) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    row = NoticeRow(center.show_warning("Something"))
    qtbot.addWidget(row)
    theme.apply_theme(app, "light")
    assert theme.LIGHT.warning_fill in row.styleSheet()
    theme.apply_theme(app, "dark")
    assert theme.DARK.warning_fill in row.styleSheet()
    theme.apply_theme(app, "light")


def test_a_notice_takes_no_activity_from_the_window(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center)
    center.show_warning("2 batches could not be read", hint="Everything else was loaded.", action="Show rejects")
    QTest.qWait(50)
    assert shown.rows
    assert shown.window.isActiveWindow()


def is_wrapped(label: QLabel) -> bool:
    return label.height() > 1.5 * label.fontMetrics().height()


def test_a_long_title_is_wrapped_and_both_buttons_act(center: MessageCenter, qtbot: QtBot) -> None:
    shown = Shown(qtbot, center, width=520)
    pressed: list[str] = []
    title = "The credentials are not allowed to list the batches of this bucket"
    for text in ("Try again", "Edit connection…"):
        center.show_error(
            AccessDenied(title, subject="s3://fleet"),
            connection="Fleet",
            action="Try again",
            callback=lambda: pressed.append("first"),
            other="Edit connection…",
            other_callback=lambda: pressed.append("other"),
        )
        (row,) = shown.rows
        (label,) = [each for each in row.findChildren(QLabel) if each.text() == title]
        qtbot.waitUntil(partial(is_wrapped, label))
        assert row.notice.subject == "Fleet, s3://fleet"
        button(row, text).click()
    assert pressed == ["first", "other"]
