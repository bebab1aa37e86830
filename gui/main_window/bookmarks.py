"""Bookmarks in the window: their menu, their list, and words where a jump leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from gui import theme
from gui.dialogs.bookmarks import BookmarksDialog
from gui.models.bookmarks import NEWEST, bookmark_told
from gui.models.texts import plural, short_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QMainWindow

    from core.workspaces.bookmarks import Bookmark
    from gui.action_set import ActionSet
    from gui.views.timeline.view import TimelineView

_MENU = "timeline/bookmarks"
# More have their list.
_MOST_IN_MENU = 25
_LONGEST_NAME = 80
# So long a word in the status bar stays.
_SAID_MS = 6_000


class BookmarkSwitch(QObject):
    """Lists the bookmarks of a timeline in a menu and a dialog, and copies them."""

    def __init__(self, actions: ActionSet, timeline: TimelineView, window: QMainWindow) -> None:
        super().__init__(window)
        self._actions = actions
        self._timeline = timeline
        self._bookmarks = timeline.bookmarks
        self._window = window
        self._dialog: BookmarksDialog | None = None
        actions.connect("bookmarks", self.manage)
        actions.connect("copy_bookmarks", lambda: self._copy(self._bookmarks.all))
        actions.menu(_MENU).aboutToShow.connect(self._fill_menu)
        self._bookmarks.told.connect(self._say)
        self._bookmarks.changed.connect(self._fill_dialog)

    @Slot()
    def manage(self) -> None:
        """Show all bookmarks in a list."""
        if self._dialog is None:
            dialog = self._dialog = BookmarksDialog(self._window)
            dialog.chosen.connect(self._bookmarks.go_to)
            dialog.text_written.connect(self._bookmarks.rename)
            dialog.remove_requested.connect(self._bookmarks.remove)
            dialog.copy_requested.connect(self._copy)
            dialog.finished.connect(self._forget)
            self._fill_dialog()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        self._dialog.table.setFocus()

    @Slot()
    def _forget(self) -> None:
        self._dialog = None

    @Slot()
    def _fill_dialog(self) -> None:
        if self._dialog is not None:
            marks = self._bookmarks
            self._dialog.set_bookmarks(marks.all, marks.newest, marks.zone, can_go=marks.can_go)

    @Slot(list)
    def _copy(self, chosen: Sequence[Bookmark]) -> None:
        QGuiApplication.clipboard().setText(self._bookmarks.lines(chosen))
        self._say(f"{plural(len(chosen), 'bookmark')} copied")

    @Slot()
    def _fill_menu(self) -> None:
        """List those around what is in sight, in the order of time."""
        menu, marks = self._actions.menu(_MENU), self._bookmarks
        for action in menu.actions():
            if action.objectName() == "one":
                menu.removeAction(action)
                action.deleteLater()
        for number, one in enumerate(marks.near(_MOST_IN_MENU)):
            if number == 0:
                menu.addSeparator().setObjectName("one")
            name = short_text(bookmark_told(one, marks.zone), _LONGEST_NAME).replace("&", "&&")
            action = menu.addAction(theme.icon("bookmark"), f"{name} ({NEWEST})" if one == marks.newest else name)
            action.setObjectName("one")
            action.setEnabled(marks.can_go)
            action.triggered.connect(lambda _on=False, one=one: marks.go_to(one))

    @Slot(str)
    def _say(self, text: str) -> None:
        self._window.statusBar().showMessage(text, _SAID_MS)
