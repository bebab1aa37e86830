"""The window's shortcuts while the keyboard is in a field of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.keys import window_sequences

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

# What a field does with a key of its own, on every platform.
_EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.SelectAll,
)


class WindowKeys(QObject):
    """Leaves the window's shortcuts to the window.

    On X11 a text field takes Ctrl+E, Ctrl+K, Ctrl+U and others for moving and deleting as Emacs does, before any
    shortcut is looked for.
    """

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_window_key(event):
            event.ignore()
            return True
        return False


def is_window_key(event: QKeyEvent) -> bool:
    """Whether a key is a shortcut of the whole window that no text can mean: neither typing nor editing."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    writes = not modifiers & ~Qt.KeyboardModifier.ShiftModifier and event.text().isprintable() and event.text()
    if writes or any(event.matches(key) for key in _EDITING):
        return False
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))) in window_sequences()
