"""The window without a mouse and without eyes: names, the way of Tab, a focus that is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QTabBar, QWidget

from core.fleet.series import SeriesKey
from gui import theme

if TYPE_CHECKING:
    from tests.e2e.conftest import Desk, Fleet

pytestmark = pytest.mark.usefixtures("recorded")

DIALOGS = (
    "shortcuts",
    "about",
    "open_bucket",
    "export_csv",
    "picture_save",
    "derive",
    "go_to_time",
    "workspace_save_as",
)


def name_of(widget: QWidget) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found else ""


def controls(root: QWidget) -> list[QWidget]:
    """What Tab can reach in a window and is seen."""
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.window() is root.window()
        and not widget.visibleRegion().isEmpty()
    ]


def way_of_tab(root: QWidget) -> list[QWidget]:
    """The controls in the order in which Tab comes to them, from the one that has the focus until it is there again."""
    first = QApplication.focusWidget()
    assert first is not None
    way = [first]
    while True:
        QTest.keyClick(way[-1], Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        assert now is not None
        assert len(way) < 200
        if now is first:
            return list(dict.fromkeys(way))
        way.append(now)


def check(desk: Desk, root: QWidget) -> None:
    """Every control has a name, is on the way of Tab, and looks otherwise while it has the focus."""
    root.activateWindow()
    desk.wait(root.isActiveWindow)
    every = controls(root)
    assert [widget for widget in every if not name_of(widget)] == []
    every[0].setFocus(Qt.FocusReason.TabFocusReason)
    way = way_of_tab(root)
    assert [widget for widget in way if widget.visibleRegion().isEmpty()] == []
    missed = [widget for widget in every if widget not in way and not any(one.isAncestorOf(widget) for one in way)]
    # The buttons of a group are one stop; arrows go from one to the next.
    assert [name_of(widget) for widget in missed if not widget.property("autoExclusive")] == []
    for widget, other in zip(way, [*way[1:], way[0]], strict=True):
        other.setFocus(Qt.FocusReason.TabFocusReason)
        without = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.grab().toImage() != without, name_of(widget)


def opened(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    vin = fleet.truth.vins[0]
    desk.panels.vehicles.select_vins([vin])
    desk.session.add_series([SeriesKey(vin, "diagnostics", "odometer")])
    desk.wait_until_settled()
    desk.wait(lambda: desk.panels.properties.model.property_count() and desk.panels.timeline.visible_range())


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_window_is_used_by_keys_and_names(desk: Desk, fleet: Fleet, qapp: QApplication, name: str) -> None:
    theme.apply_theme(qapp, name)
    check(desk, desk.window)
    opened(desk, fleet)
    check(desk, desk.window)
    assert all(tabs.accessibleName() for tabs in desk.window.findChildren(QTabBar))


def test_tab_goes_back_the_same_way(desk: Desk, fleet: Fleet) -> None:
    opened(desk, fleet)
    desk.panels.batches.filter.setFocus()
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key)
    assert QApplication.focusWidget() is desk.panels.batches.filter


def test_dialogs_are_used_by_keys_and_names(desk: Desk, fleet: Fleet) -> None:
    opened(desk, fleet)
    for id in DIALOGS:
        desk.trigger(id)
        desk.wait_until_settled()
        dialog = next(one for one in desk.window.findChildren(QDialog) if one.isVisible())
        assert dialog.windowTitle()
        check(desk, dialog)
        dialog.reject()
        desk.wait(lambda: not any(one.isVisible() for one in desk.window.findChildren(QDialog)))
