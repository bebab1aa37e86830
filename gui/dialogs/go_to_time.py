"""Asks for a moment or a range of time to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import UsageError
from core.fleet.typed_times import EXAMPLES, TYPED_HINT, read_times
from gui.models.texts import full_time_text
from gui.models.zones import zone_text

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from core.fleet.typed_times import TimeReading

_WIDTH = 700
# What a text can mean: two orders of day and month, and an hour that is there twice.
_MOST_READINGS = 4
# So many have room from the beginning, so that the dialog keeps its size while one types.
_ROOM_FOR = 2


class GoToTimeDialog(QDialog):
    """One line that says at once how it is understood. It stays open until what was typed is a time.

    What can mean two times is asked.

    Args:
        tz: the zone of what is typed without an offset.
        day: on which a time is meant that is typed without a date.
        now: microseconds since the epoch, UTC; what words such as ``yesterday`` are counted from.

    Signals:
        chosen(object start, object end): microseconds since the epoch, UTC; end is None for a moment.
    """

    chosen = Signal(object, object)

    def __init__(self, tz: tzinfo, day: date, now: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Go to a time")
        self.setMinimumWidth(_WIDTH)
        self._tz, self._day, self._now = tz, day, now
        self._readings: list[TimeReading] = []
        self.field = QLineEdit()
        self.field.setAccessibleName("Time")
        self.field.setPlaceholderText(EXAMPLES)
        label = QLabel(f"&Time, in {zone_text(str(tz))} unless an offset is written:")
        label.setBuddy(self.field)
        self.answer = QLabel()
        self.answer.setTextFormat(Qt.TextFormat.PlainText)
        self.answer.setWordWrap(True)
        self.answer.setMinimumHeight(self.answer.fontMetrics().lineSpacing() * 3)
        self.choices = [QRadioButton() for _ in range(_MOST_READINGS)]
        self._group = QButtonGroup(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("Go")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (label, self.field, self.answer):
            layout.addWidget(part)
        for number, choice in enumerate(self.choices):
            self._group.addButton(choice, number)
            policy = choice.sizePolicy()
            policy.setRetainSizeWhenHidden(number < _ROOM_FOR)
            choice.setSizePolicy(policy)
            layout.addWidget(choice)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.field.textChanged.connect(self._read)
        self._read()

    @Slot()
    def _read(self) -> None:
        """Say how the text is understood."""
        typed = self.field.text().strip()
        try:
            self._readings = read_times(typed, self._tz, self._day, self._now)[:_MOST_READINGS] if typed else []
            self._say()
        except UsageError as error:
            self._readings = []
            self.answer.setText(f"{error.title}. {error.hint}")
        if not typed:
            self.answer.setText(TYPED_HINT)
        self._ok.setEnabled(bool(self._readings))
        several = len(self._readings) > 1
        for number, choice in enumerate(self.choices):
            is_one = several and number < len(self._readings)
            choice.setVisible(is_one)
            choice.setText(self._told(self._readings[number]) if is_one else "")
        self.choices[0].setChecked(True)

    def _say(self) -> None:
        if len(self._readings) != 1:
            self.answer.setText("This can mean two times. Which one?" if len(self._readings) == 2 else "Which one?")
            return
        told = self._told(self._readings[0])
        self.answer.setText(told if self._readings[0].end is not None else f"The cursor goes to {told}")

    def _told(self, reading: TimeReading) -> str:
        texts = [full_time_text(moment, self._tz) for moment in (reading.start, reading.end) if moment is not None]
        told = " to ".join(texts)
        return f"{told}: {reading.note}" if reading.note else told

    def accept(self) -> None:
        """Go there; nothing happens while no time is typed."""
        if self._readings:
            reading = self._readings[max(self._group.checkedId(), 0)]
            self.chosen.emit(reading.start, reading.end)
            super().accept()
