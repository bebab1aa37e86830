"""Messages and batches that could not be read, of all that is in the archive."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from core.storage.keys import parse_key
from gui.models.row_table import RowTableModel
from gui.models.texts import count_text, full_time_text, short_text, time_text, tip_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.archive.archive import Reject
    from gui.models.tree import AnyIndex

BATCH, ORDINAL, REASON, RAW = range(4)
HEADERS = ("Batch", "#", "Reason", "Raw text")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RejectsModel(RowTableModel):
    """Rejects, newest batch first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(HEADERS, parent)
        self._rejects: list[Reject] = []
        self._times: list[int] = []
        self._zone: tzinfo = UTC

    def set_rejects(self, rejects: Sequence[Reject]) -> None:
        """Show these rejects."""
        self._rejects = list(rejects)
        keys = (parse_key(reject.batch) for reject in self._rejects)
        self._times = [key.time if key is not None else 0 for key in keys]
        self._rows_changed()

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self._zone = zone
        if self.rowCount():
            self.dataChanged.emit(self.index(0, BATCH), self.index(self.rowCount() - 1, BATCH), [])

    def reject_at(self, row: int) -> Reject:
        """The reject that a row shows."""
        return self._rejects[int(self.shown[row])]

    def batches(self) -> int:
        """How many of them are whole batches."""
        return sum(1 for reject in self._rejects if reject.ordinal < 0)

    def total(self) -> int:
        return len(self._rejects)

    def _search_texts(self) -> list[str]:
        return [f"{reject.batch}\n{reject.reason}\n{reject.raw}".lower() for reject in self._rejects]

    def _sort_values(self, column: int) -> NDArray[Any]:
        if column == BATCH:
            return np.array(self._times, np.int64)
        if column == ORDINAL:
            return np.array([reject.ordinal for reject in self._rejects], np.int64)
        texts = [reject.reason if column == REASON else reject.raw for reject in self._rejects]
        ranks = {text: rank for rank, text in enumerate(sorted(set(texts)))}
        return np.array([ranks[text] for text in texts], np.int64)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return _RIGHT if section == ORDINAL else _LEFT
        return super().headerData(section, orientation, role)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        place = int(self.shown[index.row()])
        reject, column = self._rejects[place], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == BATCH:
                return time_text(self._times[place], self._zone)
            if column == ORDINAL:
                return count_text(reject.ordinal) if reject.ordinal >= 0 else "all"
            return short_text(reject.reason if column == REASON else reject.raw)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == ORDINAL else None
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == BATCH:
                return tip_text(
                    visible_text(f"{reject.batch}\n{full_time_text(self._times[place], self._zone)}", lines=True)
                )
            return tip_text(short_text(reject.reason)) if column == REASON else None
        return None
