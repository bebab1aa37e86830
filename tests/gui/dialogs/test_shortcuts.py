"""The sheet of shortcuts holds every command, and changes keys by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.actions import ACTIONS, GESTURES, SCOPES
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.keys import bindings
from gui.models.shortcuts import KeyColumn, ShortcutsModel, lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(autouse=True)
def _usual_keys(qapp: object) -> Iterator[None]:
    bindings.reset_all()
    yield
    bindings.reset_all()


@pytest.fixture
def dialog(qtbot: QtBot) -> ShortcutsDialog:
    dialog = ShortcutsDialog()
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def shown(dialog: ShortcutsDialog) -> list[tuple[str, str]]:
    return [(line.name, line.keys) for line in map(dialog.model.line, range(dialog.model.rowCount()))]


def in_warning(dialog: ShortcutsDialog) -> list[str]:
    """The commands that are marked as having the same keys."""
    model, warning = dialog.model, QColor(theme.colors().warning)
    indices = [model.index(row, KeyColumn.KEYS) for row in range(model.rowCount())]
    role = Qt.ItemDataRole.ForegroundRole
    return [model.line(index.row()).name for index in indices if index.data(role) == warning]


def select(dialog: ShortcutsDialog, words: str) -> None:
    """By keys: filter, then Down into the table, Enter into the field for new keys."""
    dialog.filter.setFocus()
    dialog.filter.clear()
    QTest.keyClicks(dialog.filter, words)
    QTest.keyClick(dialog.filter, Qt.Key.Key_Down)
    assert dialog.table.hasFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Return)


def test_every_command_and_gesture_is_in_the_sheet(qapp: object) -> None:
    found = lines()
    assert sorted(line.id for line in found if line.id) == sorted(definition.id for definition in ACTIONS)
    assert len(found) == len(ACTIONS) + len(GESTURES)
    assert {line.where for line in found} == {*SCOPES.values(), *(place for place, _, _ in GESTURES)}
    by_id = {line.id: line for line in found}
    assert by_id["export_csv"].keys == "Ctrl+E"
    assert by_id["reload"].keys == "F5, Ctrl+R"
    assert by_id["show_vehicles"].name == "Show or hide the vehicles"
    assert by_id["export_csv"].name == "Export to CSV"


def test_the_model_is_sound(qtmodeltester: ModelTester) -> None:
    model = ShortcutsModel()
    qtmodeltester.check(model, force_py=True)


def test_the_filter_finds_names_and_keys(dialog: ShortcutsDialog) -> None:
    QTest.keyClicks(dialog.filter, "csv export")
    assert shown(dialog) == [("Export to CSV", "Ctrl+E")]
    dialog.filter.setText("shift+backspace")
    assert shown(dialog) == [("Zoom forward", "Shift+Backspace")]
    dialog.filter.setText("no such thing")
    assert shown(dialog) == []
    assert not dialog.edit.isEnabled()
    QTest.keyClick(dialog.filter, Qt.Key.Key_Escape)
    assert len(shown(dialog)) == len(lines())
    assert dialog.isVisible()


def test_new_keys_are_set_by_keys_alone(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    select(dialog, "export csv")
    assert dialog.edit.hasFocus()
    QTest.keyClick(dialog.edit, Qt.Key.Key_X, CONTROL | SHIFT)
    qtbot.waitUntil(dialog.set_button.hasFocus)
    assert "free" in dialog.hint.text()
    with qtbot.waitSignal(dialog.keys_changed):
        QTest.keyClick(dialog.set_button, Qt.Key.Key_Space)
    assert bindings.of("export_csv") == ("Ctrl+Shift+X",)
    assert dialog.table.hasFocus()
    assert dialog.usual_button.isEnabled()
    QTest.mouseClick(dialog.usual_button, Qt.MouseButton.LeftButton)
    assert bindings.changes() == {}
    assert not dialog.usual_button.isEnabled()


def test_a_conflict_is_named_and_resolved(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    select(dialog, "fit values")
    QTest.keyClick(dialog.edit, Qt.Key.Key_F)
    qtbot.waitUntil(dialog.set_button.hasFocus)
    assert dialog.hint.text() == "F belongs to: Fit everything. Set and Add take it away there."
    assert in_warning(dialog) == ["Fit values"]
    dialog.model.set_filter("fit")
    assert in_warning(dialog) == ["Fit everything", "Fit values"]
    select(dialog, "fit values")
    QTest.keyClick(dialog.edit, Qt.Key.Key_F)
    qtbot.waitUntil(dialog.set_button.hasFocus)
    QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
    assert bindings.of("fit_values") == ("Shift+F", "F")
    assert bindings.of("fit") == ()
    # The command that has lost it says so too.
    select(dialog, "fit everything")
    assert "F belongs to Fit values" in dialog.hint.text()
    assert dialog.model.index(0, KeyColumn.KEYS).data() == "F belongs to Fit values"
    QTest.mouseClick(dialog.all_button, Qt.MouseButton.LeftButton)
    assert "those of 2 commands" in dialog.hint.text()
    assert len(bindings.changes()) == 2
    QTest.mouseClick(dialog.all_button, Qt.MouseButton.LeftButton)
    assert bindings.changes() == {}
    assert bindings.of("fit") == ("F",)


def test_keys_that_would_be_typed_are_refused(dialog: ShortcutsDialog, qtbot: QtBot) -> None:
    select(dialog, "export csv")
    QTest.keyClick(dialog.edit, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: "typed" in dialog.hint.text())
    assert not dialog.set_button.isEnabled()
    assert not dialog.add_button.isEnabled()
    QTest.mouseClick(dialog.clear_button, Qt.MouseButton.LeftButton)
    assert bindings.of("export_csv") == ()
    assert shown(dialog) == [("Export to CSV", "")]


def test_what_the_mouse_does_cannot_be_changed(dialog: ShortcutsDialog) -> None:
    select(dialog, "shift+wheel")
    assert not dialog.edit.isEnabled()
    assert "cannot be changed" in dialog.hint.text()
    assert QApplication.focusWidget() is dialog.table
