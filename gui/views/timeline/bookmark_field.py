"""A field at the time axis for the text of a bookmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from core.workspaces.bookmarks import LONGEST_TEXT
from gui.views.window_keys import WindowKeys

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

_WIDTH = 300
_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
# The keyboard is elsewhere for a moment only.
_PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.MenuBarFocusReason)


class _Line(QLineEdit):
    """A line whose Enter and Esc are its own, and no commands of what it lies in.

    Signals:
        left(bool): the focus went elsewhere for good; True where that was Esc.
    """

    left = Signal(bool)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit(True)
        else:
            super().keyPressEvent(event)
            # Enter is no double-click or command of what lies behind.
            event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in _PASSING:
            self.left.emit(False)


class BookmarkField(QFrame):
    """Asks for a text: Enter takes it, Esc leaves everything as it was. Nothing else waits for it.

    Signals:
        written(str): Enter.
    """

    written = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._time = QLabel()
        self._time.setProperty("role", "muted")
        self.line = _Line()
        self.line.setMaxLength(LONGEST_TEXT)
        self.line.setPlaceholderText("Text, or none for the time")
        self.line.returnPressed.connect(self._take)
        self.line.left.connect(self._leave)
        WindowKeys(self.line)
        self._begun_with, self._parent = "", parent
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 4, 4)
        layout.addWidget(self._time)
        layout.addWidget(self.line, 1)
        self.hide()

    def ask(self, time: str, text: str) -> None:
        """Begins with a text.

        Args:
            time: of the bookmark, for reading.
        """
        self._begun_with = text
        self._time.setText(time)
        self.line.setText(text)
        self.line.selectAll()
        self.line.setAccessibleName("Text of the bookmark")
        self.line.setAccessibleDescription(f"Bookmark at {time}. Enter keeps it, Esc leaves everything as it was.")
        self.show()
        self.raise_()
        self._parent.installEventFilter(self)
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place(self, x: int, room: QRect) -> None:
        """Goes to a place.

        Args:
            x: where the bookmark begins.
            room: of the time axis, in the parent's pixels, at whose foot it lies.
        """
        width = min(self._time.sizeHint().width() + _WIDTH, room.width())
        height = self.sizeHint().height()
        left = min(max(x, room.left()), room.right() + 1 - width)
        self.setGeometry(left, room.bottom() + 1 - height, width, height)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stays at the foot of the parent where that becomes higher or lower."""
        if event.type() == QEvent.Type.Resize and isinstance(event, QResizeEvent):
            self.move(self.x(), self.y() + event.size().height() - event.oldSize().height())
        return False

    def close_quietly(self) -> None:
        """What it asks for is gone."""
        self._end()

    @Slot()
    def _take(self) -> None:
        text = self.line.text()
        self._end()
        self.written.emit(text)

    @Slot(bool)
    def _leave(self, on_purpose: bool) -> None:
        # What somebody has begun to write stays.
        if on_purpose or self.line.text() == self._begun_with:
            self._end()

    def _end(self) -> None:
        if self.isVisible():
            had_focus = self.line.hasFocus()
            self.hide()
            self._parent.removeEventFilter(self)
            if had_focus:
                self._parent.setFocus(Qt.FocusReason.OtherFocusReason)
