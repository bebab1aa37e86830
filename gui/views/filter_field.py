"""The field above a list that filters it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from gui import theme
from gui.views.window_keys import WindowKeys

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

DEBOUNCE_MS = 200
_COMMANDS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class FilterField(QLineEdit):
    """Says what to look for a moment after the last key; Enter says it at once, Escape clears, Down goes to the list.

    Signals:
        filter_changed(str): look for this from now on.
        list_wanted(): the cursor should go into the list.
    """

    filter_changed = Signal(str)
    list_wanted = Signal()

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._applied = ""
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self.setAccessibleName(hint)
        self.addAction(theme.icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self.apply)
        self.textChanged.connect(self._on_text_changed)
        WindowKeys(self)

    @property
    def applied_text(self) -> str:
        """What was said last."""
        return self._applied

    @Slot()
    def apply(self) -> None:
        """Say now what to look for, if it differs from what was said last."""
        self._timer.stop()
        text = self.text()
        if text != self._applied:
            self._applied = text
            self.filter_changed.emit(text)

    @Slot(str)
    def _on_text_changed(self, text: str) -> None:
        if text:
            self._timer.start()
        else:
            self.apply()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _COMMANDS:
            self.apply()
        elif key == Qt.Key.Key_Down:
            self.apply()
            self.list_wanted.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
