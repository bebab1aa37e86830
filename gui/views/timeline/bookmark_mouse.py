"""What the mouse does with the flags of bookmarks: it tells them, pins the cursor at one, and goes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip

from gui.models.bookmarks import bookmarks_tip
from gui.models.texts import tip_text

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from core.workspaces.bookmarks import Bookmark
    from gui.views.timeline.plot_area import PlotArea


class BookmarkMouse:
    """Takes the mouse over the flags of an area; what is elsewhere is left to others."""

    def __init__(self, area: PlotArea) -> None:
        self._area = area
        self._pressed: Bookmark | None = None
        self._has_pointer = False

    def press(self, position: QPoint, modifiers: Qt.KeyboardModifier) -> bool:
        """Begins a click on a flag; False where there is none."""
        found = self._area.bookmarks_at(position)
        self._pressed = found[0] if found and modifiers == Qt.KeyboardModifier.NoModifier else None
        return self._pressed is not None

    def move(self, position: QPoint, held: bool) -> bool:
        """Tells what is under the pointer; the cursor goes along the axis, but not over flags.

        Args:
            held: whether a button is down.
        """
        if held:
            return self._pressed is not None
        self._pressed = None
        area, found = self._area, self._area.bookmarks_at(position)
        if found:
            area.set_cursor_shape(Qt.CursorShape.PointingHandCursor)
            tip = tip_text(bookmarks_tip(found, area.zone[0]))
            QToolTip.showText(area.mapToGlobal(position), tip, area)
        elif self._has_pointer:
            # Only what was shown here is taken back here.
            area.set_cursor_shape(None)
        self._has_pointer = bool(found)
        return bool(found)

    def release(self) -> bool:
        """Ends a click, which pins the cursor where the bookmark begins; False where there is none."""
        one, self._pressed = self._pressed, None
        if one is None:
            return False
        if self._area.is_in_sight(one.start):
            self._area.set_cursor_time(one.start)
            self._area.pin_cursor(True)
        return True

    def double_click(self, position: QPoint) -> bool:
        """Goes to a bookmark; False where there is none."""
        found = self._area.bookmarks_at(position)
        if found:
            self._area.bookmark_activated.emit(found[0])
        return bool(found)
