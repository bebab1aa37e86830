"""Shortcuts that are changed in the sheet, in the whole window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core import settings
from core.settings import Settings
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.keys import bindings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Desk, Fleet


def test_another_key_acts_at_once_and_after_the_next_start(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    desk = open_desk(Settings(time_zone="UTC"))
    desk.open(str(fleet.folder))
    desk.window.show_series_when_loaded(fleet.truth.vins[:1], ())
    desk.session.reload()
    desk.wait_until_settled()
    timeline = desk.panels.timeline
    desk.wait(timeline.visible_range)
    timeline.setFocus()
    QTest.keyClick(timeline, Qt.Key.Key_F1)
    sheet: ShortcutsDialog = desk.dialog(ShortcutsDialog)
    QTest.keyClicks(sheet.filter, "zoom in")
    QTest.keyClick(sheet.filter, Qt.Key.Key_Down)
    QTest.keyClick(sheet.table, Qt.Key.Key_F2)
    QTest.keyClick(sheet.edit, Qt.Key.Key_Y)
    desk.wait(sheet.set_button.hasFocus)
    QTest.keyClick(sheet.set_button, Qt.Key.Key_Space)
    sheet.reject()
    desk.wait(lambda: not desk.window.findChildren(ShortcutsDialog))
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow)
    timeline.setFocus()
    focus = QApplication.focusWidget()
    assert focus is not None
    whole = timeline.visible_range()
    QTest.keyClick(focus, Qt.Key.Key_I)
    assert timeline.visible_range() == whole
    QTest.keyClick(focus, Qt.Key.Key_Y)
    assert timeline.visible_range() != whole
    assert settings.load().shortcuts == {"zoom_in": ["Y"]}
    desk.window.close()
    bindings.reset_all()
    open_desk(settings.load())
    assert bindings.of("zoom_in") == ("Y",)
    bindings.reset_all()
