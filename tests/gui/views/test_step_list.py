"""A list of steps as a person meets it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton, QVBoxLayout, QWidget

from core.steps import Step, StepState
from gui import theme
from gui.views.step_list import StepList

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

HINT = "The credentials need the permission s3:ListBucket on arn:aws:s3:::fleet. " * 3


def steps(count: int = 4) -> list[Step]:
    return [Step(f"step{place}", f"Step {place}") for place in range(count)]


class Shown:
    """A window with a field, a list and another field."""

    def __init__(self, qtbot: QtBot, most_height: int = 300) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.before, self.after = QLineEdit(), QLineEdit()
        self.list = StepList("Connection test", most_height=most_height)
        layout = QVBoxLayout(self.window)
        for widget in (self.before, self.list, self.after):
            layout.addWidget(widget)
        self.window.resize(480, 100)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def visible_copies(shown: Shown) -> list[str]:
    return [button.accessibleName() for button in shown.list.findChildren(QToolButton) if button.isVisible()]


def test_rows_say_state_title_result_time_and_hint(shown: Shown) -> None:
    shown.list.set_steps(steps(2))
    assert [row.accessibleName() for row in shown.list.rows] == ["Waiting: Step 0", "Waiting: Step 1"]
    shown.list.update_step(Step("step1", "Step 1", StepState.FAILED, "Access denied", "Ask.", "403", 0.012))
    assert shown.list.rows[1].accessibleName() == "Failed: Step 1. Access denied. 12 ms. Ask."
    assert visible_copies(shown) == ["Copy details of Step 1"]
    shown.list.update_step(Step("other", "Another one", StepState.OK))
    assert [step.id for step in shown.list.steps] == ["step0", "step1", "other"]


def test_grows_with_what_it_shows_and_scrolls_beyond_its_limit(shown: Shown) -> None:
    shown.list.set_steps(steps(2))
    QApplication.processEvents()
    low = shown.list.height()
    shown.list.update_step(replace(steps()[1], state=StepState.FAILED, hint=HINT))
    QApplication.processEvents()
    assert low < shown.list.height() < 300
    assert shown.list.verticalScrollBar().maximum() == 0
    shown.list.set_steps(steps(40))
    QApplication.processEvents()
    assert shown.list.minimumHeight() == 300
    assert shown.list.verticalScrollBar().maximum() > 0
    shown.list.update_step(replace(steps(40)[39], state=StepState.RUNNING))
    assert shown.list.verticalScrollBar().value() == shown.list.verticalScrollBar().maximum()
    shown.list.clear()
    assert shown.list.minimumHeight() == 0


def test_no_text_is_wider_than_the_list(shown: Shown) -> None:
    shown.list.set_steps([Step("a", "T" * 200, StepState.FAILED, "r" * 300, "h" * 400, seconds=100)])
    QApplication.processEvents()
    assert shown.list.rows[0].width() == shown.list.viewport().width()


def test_keys(shown: Shown) -> None:
    shown.list.set_steps(steps())
    shown.before.setFocus()
    QTest.keyClick(shown.before, Qt.Key.Key_Tab)
    first, second, _, last = shown.list.rows
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_End)
    QTest.keyClick(last, Qt.Key.Key_Down)
    assert last.hasFocus()
    QTest.keyClick(last, Qt.Key.Key_Home)
    QTest.keyClick(first, Qt.Key.Key_Up)
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    QTest.keyClick(second, Qt.Key.Key_Tab)
    assert shown.after.hasFocus()
    QTest.keyClick(shown.after, Qt.Key.Key_Backtab)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Backtab)
    assert shown.before.hasFocus()


def test_copies_all_by_key_and_one_by_its_button(shown: Shown) -> None:
    shown.list.set_steps([Step("a", "First", StepState.OK), Step("b", "Second", StepState.FAILED, "no", "do", "why")])
    shown.list.rows[0].setFocus()
    QTest.keyClick(shown.list.rows[0], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    assert clipboard.text().splitlines() == [
        "First: ok",
        "Second: failed: no",
        "    What to do: do",
        "    Detail: why",
    ]
    (button,) = [button for button in shown.list.findChildren(QToolButton) if button.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert clipboard.text().startswith("Second: failed")


def test_rows_keep_the_focus_where_steps_change(shown: Shown) -> None:
    shown.list.set_steps(steps())
    shown.list.rows[2].setFocus()
    shown.list.set_steps([replace(step, state=StepState.OK) for step in reversed(steps())])
    assert [step.id for step in shown.list.steps] == ["step3", "step2", "step1", "step0"]
    assert shown.list.rows[1].hasFocus()
    with pytest.raises(ValueError, match="same id"):
        shown.list.set_steps([*steps(1), *steps(1)])


def test_colours_follow_the_theme(shown: Shown, qapp: QApplication) -> None:
    shown.list.set_steps([Step("a", "First", StepState.FAILED, "no")])

    def painted() -> set[str]:
        image = shown.list.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}

    try:
        for name, colors in (("light", theme.LIGHT), ("dark", theme.DARK)):
            theme.apply_theme(qapp, name)
            assert colors.error in painted()
    finally:
        theme.apply_theme(qapp, "light")
