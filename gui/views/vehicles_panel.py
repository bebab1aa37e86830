"""The vehicles of the archive: filter, sort, choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QVBoxLayout, QWidget

from gui import theme
from gui.models.texts import count_text, plural
from gui.models.vehicles import SAMPLES, VIN, VehiclesModel
from gui.views.filter_field import FilterField
from gui.views.panel_parts import Columns, ListKeys, ListOrText, copy_text, muted_label, prepare_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from core.fleet.series import Vehicle
    from gui.models.tree import AnyIndex

# Long enough that a held arrow key does not ask for every vehicle on its way.
_SETTLE_MS = 80


class VehicleTable(QTableView):
    """A table that tells when a selection begins anew, which also drops what a filter hides.

    Signals:
        selection_restarted(): the next selection replaces the one before, also hidden rows.
    """

    selection_restarted = Signal()

    def selectionCommand(  # noqa: N802 - Qt's name
        self, index: AnyIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        command = super().selectionCommand(index, event)
        if command & QItemSelectionModel.SelectionFlag.Clear:
            self.selection_restarted.emit()
        return command

    def selectAll(self) -> None:  # noqa: N802 - Qt's name
        self.selection_restarted.emit()
        super().selectAll()


class VehiclesPanel(QWidget):
    """Vehicles with a filter; several can be selected, and a selected one stays so while the filter hides it.

    Signals:
        selection_changed(list of str): the selected VINs, in alphabetical order.
    """

    selection_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selected: set[str] = set()
        self._told: list[str] = []
        self._restoring = False
        self._loaded = False
        self.model = VehiclesModel(self)
        self.filter = FilterField("Filter vehicles by VIN")
        self.table = VehicleTable()
        self.table.setModel(self.model)
        prepare_table(self.table)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(VIN, Qt.SortOrder.AscendingOrder)
        self.table.setAccessibleName("Vehicles")
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        Columns(self.table, VIN, ("WBAZZZ00000000000", "0000-00-00 00:00", "000,000"))
        self.stack = ListOrText(self.table)
        self.status = muted_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.filter)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.status)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        keys = ListKeys(self.table)
        keys.filter_wanted.connect(self.filter.setFocus)
        keys.copied.connect(self.copy_vins)
        keys.entered.connect(self._tell)
        self.filter.filter_changed.connect(self.model.set_filter)
        self.filter.list_wanted.connect(self._go_to_list)
        self.model.modelReset.connect(self._on_reset)
        self.table.selection_restarted.connect(self._on_restarted)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._show_state()

    # What comes in

    def set_vehicles(self, vehicles: Sequence[Vehicle]) -> None:
        """Show these vehicles; those selected stay selected if they are still there."""
        self.model.set_vehicles(vehicles)
        self._selected = self.model.known(self._selected)
        self._after_change()

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self.model.set_zone(zone)

    def set_source_open(self, is_open: bool) -> None:
        """Say whether a source is open, which decides what an empty panel advises. Closing empties it."""
        self._loaded = is_open
        if not is_open:
            self.filter.clear()
            self.set_vehicles([])
        self._show_state()

    def selected_vins(self) -> list[str]:
        """The selected vehicles in alphabetical order, also those that the filter hides."""
        return sorted(self._selected)

    def select_vins(self, vins: Iterable[str]) -> None:
        """Select exactly these vehicles, as far as they are known."""
        self._selected = self.model.known(vins)
        self._restore()
        self._after_change()

    # What a person does

    @Slot()
    def copy_vins(self) -> None:
        """Put the selected VINs on the clipboard, one a line."""
        if self._selected:
            copy_text("\n".join(self.selected_vins()))

    @Slot()
    def _go_to_list(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()
            if not self.table.currentIndex().isValid():
                self.table.setCurrentIndex(self.model.index(0, VIN))

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(theme.icon("copy"), "Copy VIN" if len(self._selected) < 2 else "Copy VINs")
        copy.triggered.connect(self.copy_vins)
        copy.setEnabled(bool(self._selected))
        everything = menu.addAction("Select all")
        everything.triggered.connect(self.table.selectAll)
        nothing = menu.addAction("Select none")
        nothing.triggered.connect(lambda: self.select_vins(()))
        nothing.setEnabled(bool(self._selected))
        menu.popup(self.table.viewport().mapToGlobal(position))

    @Slot()
    def _on_restarted(self) -> None:
        """What the filter hides belongs to the old selection."""
        if self.model.is_filtered:
            self._selected = set(self.model.vins_at(self.model.rows_of(self._selected).tolist()))

    @Slot()
    def _on_selection_changed(self) -> None:
        if self._restoring:
            return
        visible: set[str] = set()
        for part in self.table.selectionModel().selection().toList():
            visible.update(self.model.vins_at(range(part.top(), part.bottom() + 1)))
        if self.model.is_filtered:
            was_visible = self.model.vins_at(self.model.rows_of(self._selected).tolist())
            visible |= self._selected.difference(was_visible)
        self._selected = visible
        self._after_change()

    @Slot()
    def _on_reset(self) -> None:
        self._restore()
        self._show_state()

    def _restore(self) -> None:
        """Select in the table what is selected, run by run."""
        rows = self.model.rows_of(self._selected)
        selection = QItemSelection()
        if len(rows):
            breaks = np.flatnonzero(np.diff(rows) != 1)
            starts = rows[np.concatenate(([0], breaks + 1))].tolist()
            ends = rows[np.concatenate((breaks, [len(rows) - 1]))].tolist()
            for start, end in zip(starts, ends, strict=True):
                selection.select(self.model.index(start, VIN), self.model.index(end, SAMPLES))
        self._restoring = True
        chosen = self.table.selectionModel()
        chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if len(rows) and not chosen.currentIndex().isValid():
            first = self.model.index(int(rows[0]), VIN)
            chosen.setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.table.scrollTo(first)
        self._restoring = False

    # What is shown and told

    def _after_change(self) -> None:
        self._show_state()
        self._settle.start()

    @Slot()
    def _tell(self) -> None:
        self._settle.stop()
        vins = self.selected_vins()
        if vins != self._told:
            self._told = vins
            self.selection_changed.emit(vins)

    def _show_state(self) -> None:
        total, shown = self.model.total(), self.model.rowCount()
        if shown:
            self.stack.show_list()
        elif total:
            self.stack.show_text("No vehicle matches the filter", "Escape in the filter shows all again.", "filter")
        elif self._loaded:
            self.stack.show_text(
                "No vehicles yet", "Load days in the batch tree to see whose data they bring.", "vehicles"
            )
        else:
            self.stack.show_text("No vehicles", "Open a bucket or a folder first.", "vehicles")
        if not total:
            self.status.setText("")
            return
        text = plural(total, "vehicle") if shown == total else f"{count_text(shown)} of {plural(total, 'vehicle')}"
        if self._selected:
            text += f" · {count_text(len(self._selected))} selected"
            hidden = len(self._selected) - len(self.model.rows_of(self._selected)) if self.model.is_filtered else 0
            text += f", {count_text(hidden)} hidden" if hidden else ""
        self.status.setText(text)
