"""Bookmarks in the whole window: by keys, in the menu, the list and the palette, and kept with the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from core.fleet.series import SeriesKey
from core.settings import Settings
from core.workspaces.bookmarks import Bookmark
from gui.actions import NEEDS
from gui.dialogs.bookmarks import BookmarksDialog
from gui.models.bookmarks import Column
from tests.gui.views.timeline.areas import area

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Desk, Fleet

pytestmark = pytest.mark.usefixtures("recorded")

CONTROL = Qt.KeyboardModifier.ControlModifier
HOUR = 3_600_000_000


def show(desk: Desk, fleet: Fleet) -> int:
    """An odometer; gives a moment in the middle of it."""
    desk.open(str(fleet.folder))
    key = SeriesKey(fleet.truth.vins[0], "diagnostics", "odometer")
    desk.session.add_series([key])
    desk.wait(lambda: desk.panels.timeline.series(key) is not None)
    desk.window.grab()
    start, end = desk.panels.timeline.visible_range() or (0, 0)
    return (start + end) // 2 // HOUR * HOUR


def add(desk: Desk, moment: int, text: str) -> None:
    timeline = desk.panels.timeline
    area(timeline).setFocus()
    timeline.set_cursor_time(moment)
    QTest.keyClick(area(timeline), Qt.Key.Key_I, CONTROL)
    QTest.keyClicks(timeline.bookmarks.field.line, text)
    QTest.keyClick(timeline.bookmarks.field.line, Qt.Key.Key_Return)


def listed(desk: Desk) -> list[tuple[str, bool]]:
    """The bookmarks in the menu, and whether each can be chosen."""
    menu = desk.window.actions_.menu("timeline/bookmarks")
    menu.aboutToShow.emit()
    found = (action for action in menu.actions() if action.objectName() == "one" and not action.isSeparator())
    return [(action.text(), action.isEnabled()) for action in found]


def test_they_are_listed_and_come_back_with_the_source(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    desk = open_desk(Settings(time_zone="UTC"))
    actions, timeline = desk.window.actions_, desk.panels.timeline
    assert actions.missing("add_bookmark") == NEEDS["series"]
    middle = show(desk, fleet)
    assert actions.missing("bookmarks") == NEEDS["bookmarks"]
    add(desk, middle + HOUR, "later & more")
    add(desk, middle, "=1+2")
    kept = (Bookmark(middle, None, "=1+2"), Bookmark(middle + HOUR, None, "later & more"))
    assert timeline.bookmarks.all == kept
    (first, _), (last, can_go) = listed(desk)
    assert first.endswith(" · =1+2 (added last)")
    assert last.endswith(" · later && more")
    assert can_go
    desk.trigger("copy_bookmarks")
    assert "\t\t'=1+2\n" in QGuiApplication.clipboard().text()
    assert desk.window.statusBar().currentMessage() == "2 bookmarks copied"
    desk.trigger("next_bookmark")
    assert desk.window.statusBar().currentMessage().endswith("later & more")

    desk.trigger("palette")
    palette = desk.window.command_palette
    QTest.keyClicks(palette.field, "bookmark =1")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert timeline.cursor_time() == middle

    desk.trigger("align_first_sample")
    assert {actions.missing(id) for id in ("add_bookmark", "next_bookmark")} == {NEEDS["moments"]}
    assert [can_go for _, can_go in listed(desk)] == [False, False]
    desk.trigger("align_absolute")
    desk.window.close()

    again = open_desk(Settings(time_zone="UTC"))
    again.open(str(fleet.folder))
    assert again.panels.timeline.bookmarks.all == kept
    again.session.close()
    assert len(again.panels.timeline.bookmarks.all) == 0


def test_the_list_goes_there_writes_anew_and_removes_by_keys(desk: Desk, fleet: Fleet) -> None:
    middle = show(desk, fleet)
    for hours, text in ((0, "first"), (1, "second"), (2, "third")):
        add(desk, middle + hours * HOUR, text)
    timeline = desk.panels.timeline
    desk.trigger("bookmarks")
    dialog = desk.dialog(BookmarksDialog)
    desk.wait(dialog.isActiveWindow)
    table = dialog.table
    assert dialog.model.index(2, Column.TIME).data().endswith("(added last)")
    assert table.currentIndex().row() == 2
    QTest.keyClick(table, Qt.Key.Key_Up)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert timeline.cursor_time() == middle + HOUR
    QTest.keyClick(table, Qt.Key.Key_F2)
    field = table.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "other")
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: timeline.bookmarks.all[1].text == "other")
    assert table.currentIndex().row() == 1
    QTest.keyClick(table, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text().splitlines()[1:][0].endswith("\t\tother")
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert [one.text for one in timeline.bookmarks.all] == ["first", "third"]
    assert table.currentIndex().row() == 1
    timeline.editing.undo()
    assert dialog.model.rowCount() == 3
    QTest.keyClick(table, Qt.Key.Key_A, CONTROL)
    assert not dialog.buttons["go"].isEnabled()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    assert timeline.bookmarks.all == ()
    assert timeline.editing.undo_label == "remove 3 bookmarks"
    assert not any(button.isEnabled() for button in dialog.buttons.values())
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
