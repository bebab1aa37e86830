"""What could not be read: messages and batches with their reasons, and their raw text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QSplitter, QTableView, QVBoxLayout, QWidget

from gui.models.rejects_table import BATCH, RAW, RejectsModel
from gui.models.texts import plural
from gui.views.filter_field import FilterField
from gui.views.json_view import JsonView
from gui.views.panel_parts import Columns, ListKeys, ListOrText, copy_text, muted_label, prepare_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from core.archive.archive import Reject


class RejectsPanel(QWidget):
    """A table of rejects on the left, the raw text of the selected one on the right.

    Signals:
        reject_activated(str key, int ordinal): double-click or Enter; leads to the batch's messages.
    """

    reject_activated = Signal(str, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = RejectsModel(self)
        self.filter = FilterField("Filter rejects by reason, key or text")
        self.table = QTableView()
        self.table.setModel(self.model)
        prepare_table(self.table)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(BATCH, Qt.SortOrder.DescendingOrder)
        self.table.setAccessibleName("Rejects")
        self._columns = Columns(
            self.table, RAW, ("0000-00-00 00:00:00", "00,000", "The message is no JSON object.", "")
        )
        self.stack = ListOrText(self.table)
        self.status = muted_label()
        self.json = JsonView()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self.filter)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setObjectName("rejects splitter")
        splitter.addWidget(left)
        splitter.addWidget(self.json)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(splitter)
        keys = ListKeys(self.table)
        keys.filter_wanted.connect(self.filter.setFocus)
        keys.copied.connect(self.copy_selected)
        keys.entered.connect(self._activate)
        self.filter.filter_changed.connect(self.model.set_filter)
        self.filter.list_wanted.connect(self.table.setFocus)
        self.table.doubleClicked.connect(self._activate)
        self.table.selectionModel().currentRowChanged.connect(self._show_raw)
        self.model.modelReset.connect(self._show_state)
        self._show_state()

    def set_rejects(self, rejects: Sequence[Reject]) -> None:
        """Show these rejects."""
        self.model.set_rejects(rejects)

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self.model.set_zone(zone)

    @Slot()
    def copy_selected(self) -> None:
        """Put the raw texts of the selected rejects on the clipboard, one after the other."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        if rows:
            copy_text("\n".join(self.model.reject_at(row).raw for row in rows))

    @Slot()
    def _activate(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            reject = self.model.reject_at(index.row())
            self.reject_activated.emit(reject.batch, reject.ordinal)

    @Slot(QModelIndex)
    def _show_raw(self, index: QModelIndex) -> None:
        if index.isValid():
            reject = self.model.reject_at(index.row())
            self.json.set_raw(reject.raw, reject.reason)
        else:
            self.json.clear()

    @Slot()
    def _show_state(self) -> None:
        model = self.model
        if model.rowCount():
            self.stack.show_list()
        elif model.total():
            self.stack.show_text("No reject matches", "Change the filter above.", "search")
        else:
            self.stack.show_text("Everything could be read", "Messages that cannot be read appear here.", "ok")
        batches = model.batches()
        messages = model.total() - batches
        parts = [plural(messages, "message")] if messages else []
        parts += [plural(batches, "batch", "batches")] if batches else []
        hidden = f" · {model.rowCount():,} shown" if model.rowCount() != model.total() else ""
        self.status.setText(f"{' and '.join(parts)} could not be read{hidden}" if model.total() else "")
        if not self.table.currentIndex().isValid():
            self.json.clear()
