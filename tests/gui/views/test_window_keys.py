"""The window's shortcuts while the keyboard is in a field of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from gui.action_set import ActionSet
from gui.actions import ACTIONS, NEEDS
from gui.views.batches_panel import BatchesPanel
from gui.views.messages_panel import MessagesPanel
from gui.views.properties_panel import PropertiesPanel
from gui.views.vehicles_panel import VehiclesPanel
from tests.gui.models.builders import day_count, index_of, message, summary, vehicle
from tests.gui.views.test_batches_panel import OPENED

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

# What somebody who writes into a field means by it.
WRITES = ("/", "?")
# In a field these take back what was written, or paste into it.
EDITS = ("undo", "redo", "paste_address")
HEARD = [each for each in ACTIONS if each.scope == "window" and each.id not in EDITS]
KEYS = [(each.id, keys) for each in HEARD for keys in each.shortcuts if keys not in WRITES]


class Window(QWidget):
    """All panels and all commands."""

    def __init__(self) -> None:
        super().__init__()
        self.panels = (BatchesPanel(), VehiclesPanel(), PropertiesPanel(), MessagesPanel())
        layout = QVBoxLayout(self)
        for panel in self.panels:
            layout.addWidget(panel)
        batches, vehicles, properties, messages = self.panels
        batches.set_source(OPENED)
        batches.set_index(index_of(day_count("2026-06-30")))
        vehicles.set_source_open(True)
        vehicles.set_vehicles([vehicle("VIN1")])
        properties.set_vehicles(["VIN1"])
        properties.set_properties([summary("diagnostics.odometer", 1.0)])
        messages.set_messages("a.json", [message(0)])
        self.actions_ = ActionSet(self)
        self.actions_.set_state(NEEDS)
        self.done: list[str] = []
        for definition in ACTIONS:
            self.actions_.connect(definition.id, lambda _on=False, id=definition.id: self.done.append(id))

    def fields(self) -> list[QWidget]:
        """Every field into which something can be written."""
        batches, _, _, messages = self.panels
        filters = [panel.filter for panel in self.panels]
        return [*filters, batches.range.first, batches.range.last, messages.json.search, messages.json.edit]


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.resize(900, 900)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def combination(keys: str | QKeySequence.StandardKey) -> QKeyCombination:
    first: QKeyCombination = QKeySequence(keys)[0]  # type: ignore[index] # the stubs do not know that it is a sequence
    return first


def press(window: Window, field: QWidget, keys: str) -> None:
    field.setFocus()
    assert QApplication.focusWidget() is field
    pressed = combination(keys)
    QTest.keyClick(window.windowHandle(), pressed.key(), pressed.keyboardModifiers())


def test_every_shortcut_of_the_window_works_in_every_field(window: Window) -> None:
    for field in window.fields():
        for id, keys in KEYS:
            # The text of a message searches itself.
            if field is window.panels[3].json.edit and id == "focus_filter":
                continue
            window.done.clear()
            press(window, field, keys)
            assert window.done == [id], f"{keys} in {field.accessibleName()}"


def test_no_field_takes_a_shortcut_before_the_window(window: Window) -> None:
    # Which keys a field takes depends on the platform. An event that comes as if it were taken already tells for all.
    for field in window.fields():
        for id, keys in KEYS:
            if field is window.panels[3].json.edit and id == "focus_filter":
                continue
            pressed = combination(keys)
            event = QKeyEvent(QEvent.Type.ShortcutOverride, pressed.key(), pressed.keyboardModifiers(), "\x05")
            QApplication.sendEvent(field, event)
            assert not event.isAccepted(), f"{keys} in {field.accessibleName()}"


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Slash, "/"), (Qt.Key.Key_Question, "?")])
def test_what_is_written_is_no_shortcut(window: Window, key: Qt.Key, text: str) -> None:
    filters = [panel.filter for panel in window.panels]
    for field in (*filters, window.panels[3].json.search):
        field.setFocus()
        QTest.keyClick(window.windowHandle(), key)
        assert field.text() == text
    assert window.done == []


@pytest.mark.parametrize(
    "key",
    [
        QKeySequence.StandardKey.Copy,
        QKeySequence.StandardKey.Cut,
        QKeySequence.StandardKey.Paste,
        QKeySequence.StandardKey.Undo,
        QKeySequence.StandardKey.SelectAll,
    ],
)
def test_editing_stays_with_the_field(window: Window, key: QKeySequence.StandardKey) -> None:
    pressed = combination(key)
    field = window.panels[1].filter
    field.setText("VIN")
    event = QKeyEvent(QEvent.Type.ShortcutOverride, pressed.key(), pressed.keyboardModifiers())
    event.ignore()
    QApplication.sendEvent(field, event)
    assert event.isAccepted()


def test_control_return_in_a_filter_shows_the_properties(window: Window) -> None:
    field = window.panels[2].filter
    field.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.done == ["show_series"]
