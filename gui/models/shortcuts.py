"""Every command with its keys, and what the mouse does, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont

from gui import theme
from gui.actions import ACTIONS, GESTURES, SCOPES, menu_path
from gui.keys import bindings, native, place_of

if TYPE_CHECKING:
    from gui.models.tree import AnyIndex

_HEADERS = ("Command", "Keys", "Where")


class KeyColumn(IntEnum):
    """The columns, from left to right."""

    COMMAND = 0
    KEYS = 1
    WHERE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet.

    Attributes:
        id: of the command; empty for what cannot be changed.
        name: what it is called.
        tip: what it does.
        where: where its keys apply.
        fixed: the keys or the gesture of what cannot be changed.
    """

    id: str
    name: str
    tip: str
    where: str
    fixed: str = ""

    @property
    def keys(self) -> str:
        """The keys that it has now, as this platform writes them."""
        return ", ".join(native(keys) for keys in bindings.of(self.id)) if self.id else self.fixed

    @property
    def lost(self) -> str:
        """Which of its usual keys other commands have now, and which ones; empty where it has them all."""
        lost = bindings.lost(self.id) if self.id else []
        return ", ".join(f"{native(keys)} belongs to {takers[0].full_name}" for keys, takers in lost)

    @property
    def is_changed(self) -> bool:
        """Whether its keys are others than usual."""
        return bool(self.id) and bindings.is_changed(self.id)


def lines() -> list[Line]:
    """Every command and gesture, place by place."""
    found = [
        Line(each.id, each.full_name, f"{menu_path(each)}: {each.tip}", place_of(each))
        for scope in SCOPES
        for each in ACTIONS
        if each.scope == scope
    ]
    return found + [Line("", does, f"{does}. This cannot be changed", place, keys) for place, keys, does in GESTURES]


class ShortcutsModel(QAbstractTableModel):
    """The lines that contain each word of a filter in their name, keys, place or tip."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines = lines()
        self._shown = list(self._lines)
        self._in_conflict: frozenset[str] = frozenset()
        bindings.changed.connect(self._on_changed)

    def set_conflict(self, ids: frozenset[str]) -> None:
        """Mark the commands that would have the same keys."""
        if ids != self._in_conflict:
            self._in_conflict = ids
            self._on_changed()

    def set_filter(self, text: str) -> None:
        """Show what contains each of the words that spaces separate."""
        words = text.lower().split()
        self.beginResetModel()
        self._shown = [
            line
            for line in self._lines
            if all(word in f"{line.name} {line.keys} {line.where} {line.tip}".lower() for word in words)
        ]
        self.endResetModel()

    def line(self, row: int) -> Line:
        """What a row shows."""
        return self._shown[row]

    @Slot()
    def _on_changed(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, KeyColumn.WHERE))

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_HEADERS):
            return None
        return _HEADERS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        line, column = self._shown[index.row()], KeyColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            keys = line.keys or line.lost
            return {KeyColumn.COMMAND: line.name, KeyColumn.KEYS: keys, KeyColumn.WHERE: line.where}[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (line.tip, line.lost)))
        if role == Qt.ItemDataRole.FontRole and column == KeyColumn.KEYS and line.is_changed:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and line.id in self._in_conflict and column != KeyColumn.WHERE:
            return QColor(theme.colors().warning)
        if role == Qt.ItemDataRole.ForegroundRole and (
            not line.id or column == KeyColumn.WHERE or (column == KeyColumn.KEYS and not line.keys)
        ):
            return QColor(theme.colors().muted)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return ". ".join(filter(None, (line.tip, "Changed" if line.is_changed else "", line.lost)))
        return None
