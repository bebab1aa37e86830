"""Two fields for the first and the last day of a range."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QSignalBlocker, Slot
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QLabel, QLineEdit, QWidget

from gui.views.panel_parts import muted_label
from gui.views.window_keys import WindowKeys

_FORMAT = "yyyy-MM-dd"
_DEFAULT_DAYS = 7


class DayRange(QWidget):
    """From and to, both inclusive; the last day never lies before the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._touched = False
        self.first = self._field("First day, UTC")
        self.last = self._field("Last day, UTC")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.first, 1)
        layout.addWidget(QLabel("to"))
        layout.addWidget(self.last, 1)
        layout.addWidget(muted_label("UTC"))
        self.first.dateChanged.connect(self._on_first_changed)
        self.last.dateChanged.connect(self._on_last_changed)

    def days(self) -> tuple[str, str]:
        """The first and the last day, YYYY-MM-DD."""
        return self.first.date().toString(_FORMAT), self.last.date().toString(_FORMAT)

    def set_days(self, first: str, last: str) -> None:
        """Set both days, YYYY-MM-DD, first not after last."""
        with QSignalBlocker(self.first), QSignalBlocker(self.last):
            self.first.setDate(QDate.fromString(first, _FORMAT))
            self.last.setDate(QDate.fromString(last, _FORMAT))

    def set_known(self, oldest: str, newest: str) -> None:
        """Say between which days there are batches: the last week of them is proposed until a person chooses."""
        if not self._touched:
            week_ago = QDate.fromString(newest, _FORMAT).addDays(1 - _DEFAULT_DAYS).toString(_FORMAT)
            self.set_days(max(oldest, week_ago), newest)

    @Slot(QDate)
    def _on_first_changed(self, day: QDate) -> None:
        self._touched = True
        if day > self.last.date():
            self.last.setDate(day)

    @Slot(QDate)
    def _on_last_changed(self, day: QDate) -> None:
        self._touched = True
        if day < self.first.date():
            self.first.setDate(day)

    @staticmethod
    def _field(name: str) -> QDateEdit:
        field = QDateEdit()
        # The calendar speaks the language of the rest of the window.
        field.setLocale(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
        field.setDisplayFormat(_FORMAT)
        field.setCalendarPopup(True)
        field.setToolTip(name)
        field.setAccessibleName(name)
        inner = field.findChild(QLineEdit)
        if isinstance(inner, QLineEdit):
            inner.setAccessibleName(name)
        WindowKeys(field)
        return field
