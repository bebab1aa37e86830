"""A table that filters and sorts its rows by arrays of row numbers, so that 100,000 rows stay quick."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from gui.models.tree import split_fragments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.models.tree import AnyIndex


class RowTableModel(QAbstractTableModel):
    """Rows in a list; what is shown is an array of places in it.

    Changing the rows, the filter or the order resets the model, which costs Qt nothing per row. Whoever shows it keeps
    the selection by what the rows stand for.
    """

    def __init__(self, headers: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headers = headers
        self._texts: list[str] | None = None
        self._fragments: tuple[str, ...] = ()
        self._sort_column = 0
        self._sort_order = Qt.SortOrder.AscendingOrder
        self._shown: NDArray[np.intp] = np.empty(0, np.intp)

    # What a subclass says

    @abstractmethod
    def total(self) -> int:
        """How many rows there are, shown or not."""

    @abstractmethod
    def _search_texts(self) -> list[str]:
        """For each row what a filter looks at, in lower case. Asked once after the rows changed."""

    @abstractmethod
    def _sort_values(self, column: int) -> NDArray[Any]:
        """For each row what a column sorts by; equal ones keep the order of the rows."""

    def _accepts(self) -> NDArray[np.bool_] | None:
        """For each row whether it may be shown at all; None means all."""
        return None

    # What is shown

    @property
    def is_filtered(self) -> bool:
        """Whether rows may be hidden."""
        return bool(self._fragments)

    @property
    def shown(self) -> NDArray[np.intp]:
        """The places of the shown rows in the list, in the order in which they are shown."""
        return self._shown

    def set_filter(self, text: str) -> None:
        """Show the rows that contain every one of the fragments that spaces separate."""
        fragments = split_fragments(text)
        if fragments != self._fragments:
            self._fragments = fragments
            self._rebuild()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self._headers) and (column, order) != (self._sort_column, self._sort_order):
            self._sort_column = column
            self._sort_order = order
            self._rebuild()

    def _rows_changed(self) -> None:
        """To be called after the rows changed."""
        self._texts = None
        self._rebuild()

    def _rebuild(self) -> None:
        self.beginResetModel()
        rows = np.arange(self.total(), dtype=np.intp)
        accepted = self._accepts()
        if accepted is not None:
            rows = rows[accepted]
        if self._fragments:
            if self._texts is None:
                self._texts = self._search_texts()
            texts = self._texts
            kept = rows.tolist()
            for fragment in self._fragments:
                kept = [row for row in kept if fragment in texts[row]]
            rows = np.array(kept, np.intp)
        values = self._sort_values(self._sort_column)[rows]
        if self._sort_order is Qt.SortOrder.AscendingOrder:
            self._shown = rows[np.argsort(values, kind="stable")]
        else:
            # Backwards twice, so that equal rows stay in the order of the list.
            self._shown = rows[::-1][np.argsort(values[::-1], kind="stable")][::-1]
        self.endResetModel()

    # What Qt asks for

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._headers):
            return None
        return self._headers[section] if role == Qt.ItemDataRole.DisplayRole else None
