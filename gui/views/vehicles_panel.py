"""The vehicles of the archive: filter, sort, choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QVBoxLayout, QWidget

from gui import theme
from gui.models.texts import count_text, plural
from gui.models.vehicles import SAMPLES, VIN, VehiclesModel
from gui.views.filter_field import FilterField
from gui.views.panel_parts import (
    Columns,
    ListKeys,
    ListOrText,
    copy_text,
    enter_list,
    muted_label,
    panel_key,
    prepare_table,
    select_current,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from core.fleet.series import Vehicle
    from core.storage.permissions import Permissions
    from gui.models.tree import AnyIndex

# Long enough that a held arrow key does not ask for every vehicle on its way.
_SETTLE_MS = 80


class VehicleSelection(QItemSelectionModel):
    """A selection that tells when it is replaced, which also drops what a filter hides.

    A view is asked for its selection command in passing too, so only what is really done to the selection counts.

    Signals:
        replaced(): what was selected before is not any more, also in hidden rows.
    """

    replaced = Signal()

    @overload
    def select(self, selection: QItemSelection, command: QItemSelectionModel.SelectionFlag, /) -> None: ...
    @overload
    def select(self, index: AnyIndex, command: QItemSelectionModel.SelectionFlag, /) -> None: ...
    def select(self, chosen: AnyIndex | QItemSelection, command: QItemSelectionModel.SelectionFlag, /) -> None:
        if command & QItemSelectionModel.SelectionFlag.Clear:
            self.replaced.emit()
        if isinstance(chosen, QItemSelection):
            super().select(chosen, command)
        else:
            super().select(chosen, command)


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
        self._is_open = False
        self._listing = False
        self._denied = ""
        self._loading = False
        self.model = VehiclesModel(self)
        self.filter = FilterField("Filter vehicles by VIN")
        self.table = QTableView()
        self.table.setModel(self.model)
        self.chosen = VehicleSelection(self.model, self.table)
        self.table.setSelectionModel(self.chosen)
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
        keys.entered.connect(self._on_entered)
        self.filter.filter_changed.connect(self.model.set_filter)
        self.filter.list_wanted.connect(self._go_to_list)
        self.model.modelAboutToBeReset.connect(self._on_about_to_be_reset)
        self.model.modelReset.connect(self._on_reset)
        self.chosen.replaced.connect(self._on_replaced)
        self.chosen.selectionChanged.connect(self._on_selection_changed)
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
        self._is_open = is_open
        if not is_open:
            self._listing = self._loading = False
            self.filter.clear()
            self.set_vehicles([])
            # Of the same vehicles selected again no change would be told otherwise.
            self._tell()
        self._show_state()

    def set_listing(self, active: bool) -> None:
        """Say whether the source is being listed, which decides what an empty panel says."""
        self._listing = active
        self._show_state()

    def set_permissions(self, permissions: Permissions) -> None:
        """Say what the credentials may do at the source: without reading batches no vehicles come."""
        self._denied = permissions.read.reason
        self._show_state()

    def set_loading(self, active: bool) -> None:
        """Say whether batches are being loaded, which decides what an empty panel says."""
        self._loading = active
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
        enter_list(self.table)

    @Slot()
    def _on_entered(self) -> None:
        select_current(self.table)
        self._tell()

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
    def _on_replaced(self) -> None:
        """What the filter hides belongs to the old selection."""
        if not self._restoring and self.model.is_filtered:
            self._selected = set(self.model.vins_at(self.model.rows_of(self._selected).tolist()))
            self._after_change()

    @Slot()
    def _on_selection_changed(self) -> None:
        if self._restoring:
            return
        visible: set[str] = set()
        for part in self.chosen.selection().toList():
            visible.update(self.model.vins_at(range(part.top(), part.bottom() + 1)))
        if self.model.is_filtered:
            was_visible = self.model.vins_at(self.model.rows_of(self._selected).tolist())
            visible |= self._selected.difference(was_visible)
        self._selected = visible
        self._after_change()

    @Slot()
    def _on_about_to_be_reset(self) -> None:
        # A reset empties the table's selection, which is nobody's wish.
        self._restoring = True

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
        self.chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if len(rows) and not self.chosen.currentIndex().isValid():
            first = self.model.index(int(rows[0]), VIN)
            self.chosen.setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
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
        elif self._loading:
            self.stack.show_text("Loading…", "Vehicles appear as batches are read.", "vehicles")
        elif self._listing:
            self.stack.show_text("Listing…", "Vehicles appear as soon as batches are loaded.", "vehicles")
        elif self._is_open and self._denied:
            self.stack.show_text("No vehicles", f"Batches cannot be loaded: {self._denied}.", "vehicles")
        elif self._is_open:
            advice = f"Load days in the Batches panel to see whose data they bring. {panel_key('show_batches')}"
            self.stack.show_text("No vehicles yet", advice, "vehicles")
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
