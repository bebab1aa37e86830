"""Asks for a time zone: a list of all places with their present offset, filtered as one types."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.errors import UsageError
from core.fleet.timezones import format_offset, offsets, zone, zone_names
from gui import theme
from gui.models.zones import zone_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZE = (420, 460)
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)

_Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


def offset_text(name: str, moment: int) -> str:
    """How far a zone is from UTC at a moment (microseconds since the epoch, UTC): ``UTC+01:00``.

    Empty where the computer knows no rules for the zone.
    """
    try:
        return "UTC" + format_offset(int(offsets(np.array([moment], np.int64), zone(name))[0]))
    except UsageError:
        return ""


def matching_zones(names: Sequence[str], typed: str) -> list[str]:
    """The zones that a typed text means, best first.

    Args:
        names: of all zones, in the order in which equally good ones are to stand.
        typed: words, all of which must occur. A place that is called so comes first, then those that begin so.
    """
    words = _plain(typed).split()
    text = " ".join(words)

    def rank(name: str) -> int:
        plain = _plain(name)
        place = plain.rpartition("/")[2]
        if text in (plain, place):
            return 0
        if place.startswith(text):
            return 1
        return 2 if any(part.startswith(text) for part in plain.split("/")) else 3

    def matches(name: str) -> bool:
        plain = _plain(f"{name} {zone_text(name)}")
        return all(word in plain for word in words)

    return sorted(filter(matches, names), key=rank)


def _plain(text: str) -> str:
    return text.casefold().replace("_", " ").strip()


class _ZoneModel(QAbstractTableModel):
    """Zones and their offset now. The rules of a zone are read when its row is first painted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.names: list[str] = []
        self._now = time.time_ns() // 1000

    def set_names(self, names: Sequence[str]) -> None:
        """Show these zones."""
        self.beginResetModel()
        self.names = list(names)
        self.endResetModel()

    def rowCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.names)

    def columnCount(self, parent: _Index = _TOP) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        name = self.names[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return offset_text(name, self._now) if index.column() else zone_text(name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{zone_text(name)}, {offset_text(name, self._now)}"
        if role == Qt.ItemDataRole.FontRole and index.column():
            return theme.tabular_font()
        return None


class ZoneDialog(QDialog):
    """A field that filters, a list of zones, and what is wrong where nothing matches. Enter takes the best match.

    Args:
        current: the zone in use, selected at first.

    Signals:
        chosen(str): ``local``, ``UTC`` or an IANA name.
    """

    chosen = Signal(str)

    def __init__(self, current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Time zone")
        self.resize(*_SIZE)
        self._names = zone_names()
        self._current = current
        self.field = QLineEdit()
        self.field.setPlaceholderText("City or region, for example Berlin")
        self.field.setAccessibleName("Filter zones")
        self.field.setClearButtonEnabled(True)
        self.field.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.model = _ZoneModel(self)
        self.list = QTreeView()
        self.list.setModel(self.model)
        self.list.setAccessibleName("Time zones")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setHeaderHidden(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, self.fontMetrics().horizontalAdvance("UTC+00:00") + 24)
        self._problem = QLabel()
        self._problem.setProperty("role", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._use = buttons.addButton("Use zone", QDialogButtonBox.ButtonRole.AcceptRole)
        self._use.setDefault(True)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(10)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        layout.addWidget(self._problem)
        layout.addWidget(buttons)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.doubleClicked.connect(self.accept)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        # Rows are measured once; before the style is known they would be too low.
        self.list.ensurePolished()
        self._filter("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.list.scrollTo(self.list.currentIndex(), QTreeView.ScrollHint.PositionAtCenter)

    @property
    def problem(self) -> str:
        """What the dialog says is wrong; empty where nothing is."""
        return "" if self._problem.isHidden() else self._problem.text()

    @Slot(str)
    def _filter(self, typed: str) -> None:
        names = matching_zones(self._names, typed) if typed.strip() else self._names
        if not names and offset_text(typed.strip(), 0):
            # Names that are not worth a row, such as CET, can be typed all the same.
            names = [typed.strip()]
        self.model.set_names(names)
        row = names.index(self._current) if not typed.strip() and self._current in names else 0
        self.list.setCurrentIndex(self.model.index(row, 0))
        self.list.scrollTo(self.list.currentIndex())
        self._tell("" if names else f"No time zone matches “{typed.strip()}”.")
        self._use.setEnabled(bool(names))

    def _tell(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that move in a list do so while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _LIST_KEYS:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Hand over the selected zone, unless there is none or the computer does not know its rules."""
        index = self.list.currentIndex()
        if not index.isValid():
            return
        name = self.model.names[index.row()]
        try:
            zone(name)
        except UsageError as error:
            self._tell(str(error))
            return
        self.chosen.emit(name)
        super().accept()
