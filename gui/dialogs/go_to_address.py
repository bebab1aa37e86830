"""Asks for an address or a batch's key to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.errors import UsageError
from gui.models.texts import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDTH = 560
_EXAMPLES = "s3://bucket/prefix, an address of the AWS console, a folder, or a batch’s key"


class GoToAddressDialog(QDialog):
    """One line that says at once where it leads. It stays open until it leads somewhere.

    Args:
        explain: says where a text leads, or raises a UsageError.
        text: what the field begins with.

    Signals:
        chosen(str): go there.
    """

    chosen = Signal(str)

    def __init__(self, explain: Callable[[str], str], text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Go to an address")
        self.setMinimumWidth(_WIDTH)
        self._explain = explain
        self._leads = False
        self.field = QLineEdit(text)
        self.field.setAccessibleName("Address")
        self.field.setPlaceholderText(_EXAMPLES)
        self.field.selectAll()
        label = QLabel("&Address")
        label.setBuddy(self.field)
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setMinimumHeight(self.answer.fontMetrics().lineSpacing() * 3)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._go = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._go.setText("Go")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (label, self.field, self.answer):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.field.textChanged.connect(self._read)
        self._read()

    @Slot()
    def _read(self) -> None:
        typed = self.field.text().strip()
        self._leads = False
        try:
            told = self._explain(typed) if typed else _EXAMPLES[:1].upper() + _EXAMPLES[1:]
            self._leads = bool(typed)
        except UsageError as error:
            told = f"{error.title}. {error.hint}" if error.hint else error.title
        self.answer.setText(visible_text(told))
        self._go.setEnabled(self._leads)

    def accept(self) -> None:
        """Go there; nothing happens while the text leads nowhere."""
        if self._leads:
            self.chosen.emit(self.field.text().strip())
            super().accept()
