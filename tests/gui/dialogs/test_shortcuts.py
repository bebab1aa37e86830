"""The sheet of shortcuts holds every shortcut there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from gui.actions import ACTIONS, SCOPES
from gui.dialogs.shortcuts import ShortcutsDialog, sheet

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def texts(dialog: ShortcutsDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel) if not label.isHidden()]


def test_every_shortcut_stands_in_its_place(qapp: object) -> None:
    sections = sheet()
    for definition in ACTIONS:
        tips = [line.tip for line in sections[SCOPES[definition.scope]]]
        assert (definition.tip in tips) == bool(definition.shortcuts), definition.id
    assert "In lists" in sections


def test_the_sheet_shows_names_and_keys(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    shown = texts(dialog)
    assert {"Everywhere", "In the timeline", "In lists", "Ctrl+E", "Export to CSV", "F5, Ctrl+R"} <= set(shown)
    assert "Show or hide the vehicles" in shown


def test_the_filter_finds_names_and_keys(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    QTest.keyClicks(dialog.filter, "csv export")
    assert texts(dialog) == ["Everywhere", "Ctrl+E", "Export to CSV"]
    dialog.filter.setText("shift+backspace")
    assert texts(dialog) == ["In the timeline", "Shift+Backspace", "Zoom forward"]
    dialog.filter.setText("no such thing")
    assert texts(dialog) == []
    dialog.filter.clear()
    assert "Ctrl+E" in texts(dialog)
