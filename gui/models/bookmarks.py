"""Bookmarks as they are read: their names and times, the lines that are copied, and a table of them."""

from __future__ import annotations

from datetime import UTC
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from core.export.escaping import cell
from gui.models.texts import full_time_text, short_text, time_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from core.workspaces.bookmarks import Bookmark
    from gui.models.tree import AnyIndex

NEWEST = "added last"
_TITLES = ("From", "To", "Bookmark")
MOST_IN_TIP = 8
_LONGEST_IN_TIP = 200


def bookmark_time(one: Bookmark, tz: tzinfo) -> str:
    """When it is: ``2026-06-01 14:05:00``, of a range ``2026-06-01 14:05:00 to 15:00:00``."""
    start = time_text(one.start, tz)
    if one.end is None:
        return start
    end = time_text(one.end, tz)
    return f"{start} to {end[11:] if end[:10] == start[:10] else end}"


def bookmark_name(one: Bookmark, tz: tzinfo) -> str:
    """Its text as it may be shown, without one its time."""
    return visible_text(one.text) or bookmark_time(one, tz)


def bookmark_told(one: Bookmark, tz: tzinfo) -> str:
    """Its time and its text: ``2026-06-01 14:05:00 · Brakes``."""
    return " · ".join(filter(None, (bookmark_time(one, tz), visible_text(one.text))))


def bookmarks_tip(bookmarks: Sequence[Bookmark], tz: tzinfo, most: int = MOST_IN_TIP) -> str:
    """Some bookmarks, a line each; the first ones of many."""
    lines = [short_text(bookmark_told(one, tz), _LONGEST_IN_TIP) for one in bookmarks[:most]]
    more = len(bookmarks) - len(lines)
    return "\n".join([*lines, f"and {more:,} more"] if more else lines)


def bookmark_lines(bookmarks: Iterable[Bookmark], tz: tzinfo) -> str:
    """Bookmarks as text with tabs between columns and a line of titles above.

    Times have their offset. Texts that a spreadsheet would run as formulas are made harmless.
    """
    lines = [_TITLES]
    for one in bookmarks:
        end = "" if one.end is None else full_time_text(one.end, tz)
        lines.append((full_time_text(one.start, tz), end, cell(one.text)))
    return "\n".join("\t".join(line) for line in lines) + "\n"


class Column(IntEnum):
    """What a table tells of each."""

    TIME = 0
    TEXT = 1


class BookmarksTable(QAbstractTableModel):
    """Bookmarks, a row each, in the order in which they are given; their texts can be written anew.

    Signals:
        text_written(object Bookmark, str): one is to have another text.
    """

    text_written = Signal(object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bookmarks: Sequence[Bookmark] = ()
        self._newest: Bookmark | None = None
        self._zone: tzinfo = UTC

    def set_bookmarks(self, bookmarks: Sequence[Bookmark], newest: Bookmark | None, zone: tzinfo) -> None:
        """Show these.

        Args:
            newest: that was added last, None where that is not known.
            zone: in which times are told.
        """
        self.beginResetModel()
        self._bookmarks, self._newest, self._zone = bookmarks, newest, zone
        self.endResetModel()

    def bookmark(self, row: int) -> Bookmark:
        """What a row shows."""
        return self._bookmarks[row]

    def row_of(self, one: Bookmark | None) -> int | None:
        """Where one is shown, None where it is not."""
        return self._bookmarks.index(one) if one in self._bookmarks else None

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._bookmarks)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Time", "Text")[section]
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() == Column.TEXT else usual

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one = self._bookmarks[index.row()]
        if index.column() == Column.TIME:
            if role == Qt.ItemDataRole.DisplayRole:
                return bookmark_time(one, self._zone) + (f" ({NEWEST})" if one == self._newest else "")
        elif role == Qt.ItemDataRole.DisplayRole:
            return visible_text(one.text)
        elif role == Qt.ItemDataRole.EditRole:
            return one.text
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != Column.TEXT:
            return False
        self.text_written.emit(self._bookmarks[index.row()], str(value))
        return True
