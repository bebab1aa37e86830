"""The command palette in the whole window, by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core import settings
from core.connections import Connection
from core.fleet.series import SeriesKey
from gui.actions import ACTIONS, NEEDS
from gui.models.palette import EntryKind

if TYPE_CHECKING:
    from tests.e2e.conftest import Desk, Fleet

CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(desk: Desk, text: str = "") -> list[str]:
    """Opens the palette by its key, types, and gives the names that are found."""
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, Qt.Key.Key_K, CONTROL)
    palette = desk.window.command_palette
    assert palette.isVisible()
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, text)
    return [palette.model.entry(row).name for row in range(palette.model.rowCount())]


def test_commands_say_what_is_missing_and_cannot_be_run(desk: Desk) -> None:
    welcome = desk.panels.welcome
    welcome.setFocus()
    before = QApplication.focusWidget()
    names = opened(desk)
    assert {definition.name for definition in ACTIONS if definition.id != "palette"} <= set(names)
    palette = desk.window.command_palette
    QTest.keyClicks(palette.field, "fit every")
    entry = palette.current()
    assert entry is not None
    assert (entry.value, entry.missing) == ("fit", NEEDS["series"])
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert NEEDS["series"] in palette.field.accessibleDescription()
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert QApplication.focusWidget() is before


def test_enter_runs_a_command_where_the_focus_was(desk: Desk) -> None:
    field = desk.panels.welcome
    field.setFocus()
    before = QApplication.focusWidget()
    opened(desk, "dark theme")
    QTest.keyClick(desk.window.command_palette.field, Qt.Key.Key_Return)
    assert not desk.window.command_palette.isVisible()
    assert QApplication.focusWidget() is before
    assert desk.settings.theme == "dark"
    assert settings.load().recent_commands == ["theme_dark"]
    assert opened(desk)[0] == "Dark"
    QTest.keyClick(desk.window.command_palette.field, Qt.Key.Key_K, CONTROL)
    assert not desk.window.command_palette.isVisible()
    desk.trigger("theme_light")
    assert opened(desk, "kathmandu") == ["Asia/Kathmandu"]
    QTest.keyClick(desk.window.command_palette.field, Qt.Key.Key_Return)
    assert desk.panels.zone_text.text() == desk.settings.time_zone == "Asia/Kathmandu"


def test_arrows_go_round_and_a_click_elsewhere_closes(desk: Desk) -> None:
    desk.panels.welcome.setFocus()
    names = opened(desk, "theme")
    palette = desk.window.command_palette
    assert len(names) >= 3
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == len(names) - 1
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0
    QTest.keyClick(palette.field, Qt.Key.Key_PageDown)
    QTest.keyClick(palette.field, Qt.Key.Key_PageUp)
    assert palette.list.currentIndex().row() == 0
    QTest.keyClicks(palette.field, " nothing of the kind")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.current() is None
    desk.window.menuBar().setFocus()
    assert not palette.isVisible()


@pytest.mark.usefixtures("recorded")
def test_vehicles_properties_and_sources_are_found(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    vin = fleet.truth.vins[1]
    desk.panels.timeline.setFocus()
    before = QApplication.focusWidget()
    opened(desk, vin[-5:].lower())
    palette = desk.window.command_palette
    entry = palette.current()
    assert entry is not None
    assert (entry.kind, entry.value) == (EntryKind.VEHICLE, vin)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.panels.vehicles.selected_vins() == [vin]
    desk.wait(lambda: desk.panels.properties.model.property_count())
    opened(desk, "property odometer")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    key = SeriesKey(vin, "diagnostics", "odometer")
    desk.wait(lambda: desk.panels.timeline.series(key))
    assert QApplication.focusWidget() is before
    # A command of the timeline's own scope acts, as the focus is there again.
    desk.panels.timeline.zoom_time(0.5)
    zoomed = desk.panels.timeline.visible_range()
    opened(desk, "fit everything")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.panels.timeline.visible_range() != zoomed
    desk.trigger("close_source")
    opened(desk, "open this source")
    entry = palette.current()
    assert entry is not None
    assert entry.value == Connection(str(fleet.folder))
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    desk.wait(lambda: desk.session.source)
    desk.wait_until_settled()
