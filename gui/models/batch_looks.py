"""How the rows of the batch tree look, and in which order and as far as which filter they are shown."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from gui import theme
from gui.models.batch_columns import STATE
from gui.models.batch_nodes import Kind, state_text
from gui.models.texts import count_text, full_time_text, messages_text, size_text, tip_text, visible_text
from gui.models.tree import SORT_ROLE, FragmentFilter

if TYPE_CHECKING:
    from datetime import tzinfo

    from core.archive.archive import BatchRecord
    from core.storage.keys import BatchKey
    from core.storage.source import SourceObject
    from gui.models.batch_nodes import BatchNode
    from gui.models.batch_tree import BatchTreeModel


class BatchFilter(FragmentFilter):
    """The batch tree as far as names, dates and keys contain every fragment."""

    def __init__(self, source: BatchTreeModel, parent: QObject | None = None) -> None:
        super().__init__(source, parent)
        self.setSortRole(SORT_ROLE)


def batch_tip(key: BatchKey, obj: SourceObject, record: BatchRecord | None, zone: tzinfo) -> str:
    """A batch's key, its time in UTC and in a zone, and what became of its messages."""
    lines = [obj.key, f"{full_time_text(key.time, UTC)} (UTC)", full_time_text(key.time, zone)]
    if record is not None:
        lines.append(messages_text(record.messages, record.read, record.rejects, record.lost))
    return tip_text("\n".join(map(visible_text, lines)))


def node_data(node: BatchNode, column: int, role: int, zone: tzinfo) -> Any:
    """What a row of a folder or day shows in a column."""
    if role == Qt.ItemDataRole.ToolTipRole:
        return node.tip(zone)
    if role == SORT_ROLE:
        return (node.label(), node.batches, node.size, node.recorded)[column]
    if column == STATE:
        if node.kind is Kind.OTHERS:
            return None
        state = folder_state(node)
        if role == Qt.ItemDataRole.ForegroundRole:
            return state_color(state)
        return state if role == Qt.ItemDataRole.DisplayRole else None
    if role == Qt.ItemDataRole.DisplayRole:
        return (node.label(), count_text(node.batches), size_text(node.size))[column]
    if role == Qt.ItemDataRole.ForegroundRole and node.kind is Kind.OTHERS:
        return QColor(theme.colors().muted)
    return None


def folder_state(node: BatchNode) -> str:
    """How far what lies in a folder is in the archive."""
    return state_text(node.batches, node.recorded, node.rejected, node.failed, node.lost, short=True)


def state_color(state: str) -> QColor | None:
    """The colour of a state; None where it has that of any text."""
    colors = theme.colors()
    if "failed" in state or "lost" in state:
        return QColor(colors.error)
    if "reject" in state or state == "changed since":
        return QColor(colors.warning)
    return QColor(colors.ok) if state == "loaded" else QColor(colors.muted)
