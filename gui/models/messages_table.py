"""The messages of one batch."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont

from core.autoapi.catalogue import catalogue
from core.autoapi.display import unknown_name
from gui import theme
from gui.models.row_table import RowTableModel
from gui.models.texts import count_text, full_time_text, short_text, time_text, tip_text, visible_text
from gui.models.tree import NAME_ROLE, SORT_ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.archive.messages import Message
    from gui.models.tree import AnyIndex

ORDINAL, TIME, VIN, PROPERTY, VALUE, CAPABILITY = range(6)
HEADERS = ("#", "Time", "VIN", "Property", "Value", "Capability")
# A batch has 1,000 messages, but a file of another origin may have any number.
_LOOKED_AT = 2_000
_NO_TIME = np.iinfo(np.int64).min
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class MessagesModel(RowTableModel):
    """Messages in the order of their batch; what could not be read is shown with its reason in place of a value."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADERS, parent)
        self._messages: list[Message] = []
        self._problems_only = False
        self._zone: tzinfo = UTC
        self._day = ""

    def set_messages(self, messages: Sequence[Message]) -> None:
        """Show these messages."""
        self._messages = list(messages)
        self._day = self._most_common_day()
        self._rows_changed()

    def set_problems_only(self, only: bool) -> None:
        """Show unreadable messages only."""
        if only != self._problems_only:
            self._problems_only = only
            self._rebuild()

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self._zone = zone
        self._day = self._most_common_day()
        if self.rowCount():
            self.dataChanged.emit(self.index(0, TIME), self.index(self.rowCount() - 1, TIME), [])

    @property
    def is_filtered(self) -> bool:
        return self._problems_only or super().is_filtered

    def messages(self) -> int:
        """How many messages the batch has, readable or not; none where the file is no list of messages."""
        return sum(1 for message in self._messages if message.ordinal >= 0)

    def readable(self) -> int:
        """How many messages could be read."""
        return sum(1 for message in self._messages if not message.reason)

    def problems(self) -> int:
        """How many messages could not be read."""
        return sum(1 for message in self._messages if message.reason)

    def longest_texts(self, column: int) -> set[str]:
        """Texts of a column of which one is the widest: of ordinals and times samples, else all."""
        if column == ORDINAL:
            return {count_text(max((message.ordinal for message in self._messages), default=0))}
        if column == TIME:
            return {self._time_text(message.time) for message in self._some() if message.time is not None}
        return {_text(message, column) for message in self._some() if not message.reason}

    def reason_column(self, row: int) -> int:
        """Of an unreadable message, the column from which on its reason stands in place of everything else."""
        return PROPERTY if self.message_at(row).vin else VIN

    def message_at(self, row: int) -> Message:
        """The message that a row shows."""
        return self._messages[int(self.shown[row])]

    def row_of(self, ordinal: int) -> int | None:
        """The row that shows the message with this place in the batch; None where it is hidden or not there."""
        for row, place in enumerate(self.shown.tolist()):
            if self._messages[place].ordinal == ordinal:
                return row
        return None

    def total(self) -> int:
        return len(self._messages)

    def _accepts(self) -> NDArray[np.bool_] | None:
        if not self._problems_only:
            return None
        return np.array([bool(message.reason) for message in self._messages], np.bool_)

    def _search_texts(self) -> list[str]:
        names = catalogue()

        def text(message: Message) -> str:
            parts = [message.vin, message.capability, message.property, message.summary, message.reason]
            if message.capability:
                parts.append(names.capability_name(message.capability))
            if message.property:
                parts.append(names.property_name(message.capability, message.property))
            parts.append(message.message_id)
            return "\n".join(parts).lower()

        return [text(message) for message in self._messages]

    def _sort_values(self, column: int) -> NDArray[Any]:
        messages = self._messages
        if column == ORDINAL:
            return np.array([message.ordinal for message in messages], np.int64)
        if column == TIME:
            return np.array([_NO_TIME if message.time is None else message.time for message in messages], np.int64)
        texts = [_text(message, column).lower() for message in messages]
        ranks = {each: rank for rank, each in enumerate(sorted(set(texts)))}
        return np.array([ranks[each] for each in texts], np.int64)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return _RIGHT if section == ORDINAL else _LEFT
        return super().headerData(section, orientation, role)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        message = self.message_at(index.row())
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == ORDINAL:
                return count_text(message.ordinal) if message.ordinal >= 0 else "all"
            if column == TIME:
                return "" if message.time is None else self._time_text(message.time)
            if message.reason and column == self.reason_column(index.row()):
                return " · ".join(part for part in (_text(message, VALUE), _text(message, PROPERTY)) if part)
            return _text(message, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == ORDINAL else None
        if role == Qt.ItemDataRole.ForegroundRole:
            if message.reason:
                return QColor(theme.colors().error)
            return QColor(theme.colors().muted) if column == TIME and message.time_from_batch else None
        if role == Qt.ItemDataRole.FontRole and column == TIME and message.time_from_batch:
            return _italic()
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(message, column)
        if role in (Qt.ItemDataRole.FontRole, Qt.ItemDataRole.DecorationRole) and _unknown(message, column):
            return theme.icon("help") if role == Qt.ItemDataRole.DecorationRole else _italic()
        if role == NAME_ROLE:
            return message.ordinal
        if role == SORT_ROLE:
            return (message.ordinal, message.time)[column] if column <= TIME else _text(message, column)
        return None

    def _some(self) -> list[Message]:
        """Messages from all over the batch, few enough to be put into words at once."""
        return self._messages[:: 1 + len(self._messages) // _LOOKED_AT]

    def _most_common_day(self) -> str:
        days = Counter(time_text(each.time, self._zone)[:10] for each in self._some() if each.time is not None)
        return max(days, key=days.__getitem__, default="")

    def _time_text(self, time: int) -> str:
        """The time of day; of another day than most messages, the day too."""
        text = time_text(time, self._zone)
        return text[11:] if text.startswith(self._day) else text[5:16]

    def _tip(self, message: Message, column: int) -> str | None:
        if column == TIME and message.time is not None:
            whose = "\nThe message has no time of its own: this is its batch's" if message.time_from_batch else ""
            return full_time_text(message.time, self._zone) + whose
        if column == CAPABILITY and message.capability:
            name = visible_text(catalogue().capability_name(message.capability))
            return tip_text(f"{name}\n{visible_text(_unknown(message, column))}".strip())
        if column == PROPERTY and message.property:
            name = visible_text(catalogue().property_name(message.capability, message.property))
            path = f"{_text(message, CAPABILITY)}.{_text(message, PROPERTY)}"
            return tip_text(f"{name}\n{path}\n{visible_text(_unknown(message, column))}".strip())
        return tip_text(_text(message, VALUE if message.reason else column)) if column > TIME else None


def _text(message: Message, column: int) -> str:
    texts = (message.vin, message.property, message.reason or message.summary, message.capability)
    return short_text(texts[column - VIN])


def _unknown(message: Message, column: int) -> str:
    """Why a capability or a property is marked as unknown; empty where the catalogue knows it."""
    if column == CAPABILITY and message.capability:
        return unknown_name(message.capability)
    return unknown_name(message.capability, message.property) if column == PROPERTY and message.property else ""


def _italic() -> QFont:
    font = QFont()
    font.setItalic(True)
    return font
