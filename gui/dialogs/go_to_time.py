"""Asks for a moment or a range of time to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.errors import UsageError
from core.fleet.periods import parse_span
from gui.models.texts import full_time_text
from gui.models.zones import zone_text

if TYPE_CHECKING:
    from datetime import tzinfo

_WIDTH = 460


class GoToTimeDialog(QDialog):
    """One line that says at once how it is understood. It stays open until what was typed is a time.

    Args:
        tz: the zone of what is typed without an offset.

    Signals:
        chosen(object start, object end): microseconds since the epoch, UTC; end is None for a moment.
    """

    chosen = Signal(object, object)

    def __init__(self, tz: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go to a time")
        self.setMinimumWidth(_WIDTH)
        self._tz = tz
        self.field = QLineEdit()
        self.field.setAccessibleName("Time")
        self.field.setPlaceholderText("2026-06-30 14:05, 2026-06-30, 2026-W27, 2026-06, 2026-06-01 to 2026-06-07")
        label = QLabel(f"&Time, in {zone_text(str(tz))} unless an offset is written:")
        label.setBuddy(self.field)
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setMinimumHeight(self.answer.fontMetrics().lineSpacing() * 3)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("Go")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (label, self.field, self.answer, buttons):
            layout.addWidget(part)
        self.field.textChanged.connect(self._read)
        self._read()

    @Slot()
    def _read(self) -> None:
        """Say how the text is understood."""
        typed = self.field.text().strip()
        try:
            start, end = parse_span(typed, self._tz)
        except UsageError as error:
            self._ok.setEnabled(False)
            self.answer.setText(f"{error.title}. {error.hint}" if typed else error.hint)
            return
        self._ok.setEnabled(True)
        texts = [full_time_text(moment, self._tz) for moment in (start, end) if moment is not None]
        self.answer.setText(" to ".join(texts) if end is not None else f"The cursor goes to {texts[0]}")

    def accept(self) -> None:
        """Go there; nothing happens while no time is typed."""
        if self._ok.isEnabled():
            self.chosen.emit(*parse_span(self.field.text(), self._tz))
            super().accept()
