"""The properties of the chosen vehicles as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTreeView, QVBoxLayout, QWidget

from gui import theme
from gui.models.properties import NAME, UNIT, PropertiesFilter, PropertiesModel
from gui.models.texts import plural
from gui.views.filter_field import FilterField
from gui.views.panel_parts import (
    Columns,
    ListKeys,
    ListOrText,
    copy_text,
    enter_list,
    muted_label,
    panel_key,
    prepare_tree,
    select_current,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from core.autoapi.display import DisplayUnits
    from core.fleet.series import PropertySummary
    from gui.models.properties import Leaf, Path

ADDED_AT_ONCE = 8
"""A property with more components than this is opened, not put on the timeline as a whole."""
OPEN_AT_FIRST = "diagnostics"
# Properties that are read sooner than this replace the old ones without a flicker.
_GREY_AFTER_MS = 150
_UNIT = "km/h"


class PropertiesPanel(QWidget):
    """Capability, property and component with their last values, to be put on the timeline.

    Signals:
        series_activated(list of (capability, property, component)): put these on the timeline.
    """

    series_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._vins: list[str] = []
        self._shown_vins: list[str] = []
        self._reading = False
        self._loading = False
        self._expanded: set[Path] = {(OPEN_AT_FIRST,)}
        self._expanding = False
        self.model = PropertiesModel(self)
        self.shown = PropertiesFilter(self.model, self)
        self.filter = FilterField("Filter properties")
        self.tree = QTreeView()
        self.tree.setModel(self.shown)
        prepare_tree(self.tree)
        self.tree.setAccessibleName("Properties")
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # Names take what is left; they are narrow rather than that the last column is out of sight.
        self._columns = Columns(self.tree, NAME, ("Front left", "000,000.0", _UNIT, "000,000", "00-00 00:00"))
        self.stack = ListOrText(self.tree)
        self.status = muted_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.filter)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.status)
        keys = ListKeys(self.tree)
        keys.filter_wanted.connect(self.filter.setFocus)
        keys.copied.connect(self.copy_paths)
        keys.entered.connect(self._on_entered)
        self.filter.filter_changed.connect(self._on_filter_changed)
        self.filter.list_wanted.connect(self._go_to_list)
        self.tree.doubleClicked.connect(self._on_double_clicked)
        self.tree.expanded.connect(self._on_expanded)
        self.tree.collapsed.connect(self._on_collapsed)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.selectionModel().selectionChanged.connect(self._show_status)
        self._grey = QTimer(self)
        self._grey.setSingleShot(True)
        self._grey.setInterval(_GREY_AFTER_MS)
        self._grey.timeout.connect(self._show_state)
        self._show_state()

    # What comes in

    def set_vehicles(self, vins: Sequence[str]) -> None:
        """Say whose properties are being read, and whose series are dragged; answer with set_properties."""
        self._vins = list(vins)
        self.model.set_vehicles(self._vins)
        self._reading = bool(self._vins) and (self._reading or self._vins != self._shown_vins)
        if self._reading and self.model.rowCount():
            self._grey.start()
        else:
            self._show_state()

    def set_properties(self, properties: Sequence[PropertySummary]) -> None:
        """Show the vehicles' properties; what was expanded and selected stays so, also when it comes back later."""
        self._shown_vins = self._vins
        self.stop_reading()
        self.model.set_properties(properties)
        self._fit_units()
        self._restore_expansion()
        self._show_state()

    def stop_reading(self) -> None:
        """Say that no properties are on their way, as when they could not be read."""
        self._reading = False
        self._grey.stop()
        self._show_state()

    def set_loading(self, active: bool) -> None:
        """Say whether batches are being loaded, which decides what an empty panel says."""
        self._loading = active
        self._show_state()

    def set_units(self, units: DisplayUnits) -> None:
        """Show last values in these units."""
        self.model.set_units(units)
        self._fit_units()

    def _fit_units(self) -> None:
        self._columns.set_samples(UNIT, [_UNIT, *self.model.unit_samples()])

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self.model.set_zone(zone)

    def selected_leaves(self) -> list[Leaf]:
        """(capability, property, component) of each selected row or of what is below it, in the tree's order."""
        leaves: dict[Leaf, None] = {}
        for index in self._selected_rows():
            leaves.update(dict.fromkeys(self.model.leaves_at(index)))
        return list(leaves)

    # What a person does

    @Slot()
    def activate_selected(self) -> None:
        """Put everything selected on the timeline."""
        leaves = self.selected_leaves()
        if leaves:
            self.series_activated.emit(leaves)

    @Slot()
    def copy_paths(self) -> None:
        """Put the identifiers of the selected rows on the clipboard, ``capability.property.component``, one a line."""
        paths = [".".join(self.model.path_at(index)) for index in self._selected_rows()]
        if paths:
            copy_text("\n".join(paths))

    @Slot()
    def _on_entered(self) -> None:
        select_current(self.tree)
        rows = self._selected_rows()
        if len(rows) > 1:
            self.activate_selected()
        elif rows:
            self._activate_or_open(rows[0])

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        self._activate_or_open(self.shown.mapToSource(index).siblingAtColumn(NAME))

    def _activate_or_open(self, index: QModelIndex) -> None:
        leaves = self.model.leaves_at(index)
        is_capability = len(self.model.path_at(index)) == 1
        if leaves and not is_capability and len(leaves) <= ADDED_AT_ONCE:
            self.series_activated.emit(leaves)
            return
        row = self.shown.mapFromSource(index)
        self.tree.setExpanded(row, not self.tree.isExpanded(row))

    @Slot()
    def _go_to_list(self) -> None:
        enter_list(self.tree, to_leaf=bool(self.shown.fragments))

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        chosen = self._selected_rows()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add = menu.addAction(theme.icon("chart"), "Add to timeline")
        add.setEnabled(bool(chosen))
        add.triggered.connect(self.activate_selected)
        copy = menu.addAction(theme.icon("copy"), "Copy path" if len(chosen) < 2 else "Copy paths")
        copy.setEnabled(bool(chosen))
        copy.triggered.connect(self.copy_paths)
        menu.addSeparator()
        menu.addAction(theme.icon("expand"), "Expand all").triggered.connect(self.tree.expandAll)
        menu.addAction(theme.icon("collapse"), "Collapse all").triggered.connect(self.tree.collapseAll)
        menu.popup(self.tree.viewport().mapToGlobal(position))

    @Slot(str)
    def _on_filter_changed(self, text: str) -> None:
        self.shown.set_filter(text)
        self._restore_expansion()
        self._show_state()

    # Expansion

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        self._remember(index, True)

    @Slot(QModelIndex)
    def _on_collapsed(self, index: QModelIndex) -> None:
        self._remember(index, False)

    def _remember(self, index: QModelIndex, expanded: bool) -> None:
        # What is open while a filter is set is the filter's doing, not a person's wish.
        if self._expanding or self.shown.fragments:
            return
        path = self.model.path_at(self.shown.mapToSource(index))
        (self._expanded.add if expanded else self._expanded.discard)(path)

    def _restore_expansion(self) -> None:
        self._expanding = True
        if self.shown.fragments:
            self.tree.expandAll()
        else:
            self._expand_below(QModelIndex())
        self._expanding = False

    def _expand_below(self, parent: QModelIndex) -> None:
        for row in range(self.shown.rowCount(parent)):
            index = self.shown.index(row, NAME, parent)
            if self.shown.hasChildren(index):
                self.tree.setExpanded(index, self.model.path_at(self.shown.mapToSource(index)) in self._expanded)
                self._expand_below(index)

    # What is shown

    def _selected_rows(self) -> list[QModelIndex]:
        rows = self.tree.selectionModel().selectedRows(NAME)
        return [self.shown.mapToSource(index) for index in _in_order(rows)]

    @Slot()
    def _show_state(self) -> None:
        greyed = self._reading and not self._grey.isActive()
        self.tree.setEnabled(not greyed)
        if self.shown.rowCount():
            self.stack.show_list()
        elif self.model.rowCount():
            self.stack.show_text("No property matches the filter", "Escape in the filter shows all again.", "filter")
        elif self._reading:
            self.stack.show_text("Reading…", self._reading_text(), "property")
        elif self._vins and self._loading:
            self.stack.show_text("Loading…", "Properties appear as batches are read.", "property")
        elif self._vins:
            advice = f"Load days in the Batches panel that bring data of these vehicles. {panel_key('show_batches')}"
            self.stack.show_text("No samples yet", advice, "property")
        else:
            advice = f"Select vehicles in the Vehicles panel to see their properties. {panel_key('show_vehicles')}"
            self.stack.show_text("No vehicle selected", advice, "property")
        self._show_status()

    def _reading_text(self) -> str:
        return f"Reading the properties of {plural(len(self._vins), 'vehicle')}…"

    @Slot()
    def _show_status(self) -> None:
        if not self.tree.isEnabled():
            self.status.setText(self._reading_text())
            return
        total = self.model.property_count()
        if not total:
            self.status.setText("")
            return
        text = plural(total, "property", "properties")
        if self.shown.fragments:
            text = f"{self._shown_count():,} of {text}"
        # What is listed is theirs until the properties of others are there.
        if self._shown_vins:
            text += f" of {plural(len(self._shown_vins), 'vehicle')}"
        chosen = len(self.selected_leaves())
        if chosen:
            text += f" · {chosen:,} selected"
        self.status.setText(text)

    def _shown_count(self) -> int:
        """How many properties match the filter."""
        return sum(self.shown.rowCount(self.shown.index(row, NAME)) for row in range(self.shown.rowCount()))


def _in_order(rows: Iterable[QModelIndex]) -> list[QModelIndex]:
    def place(index: QModelIndex) -> tuple[int, ...]:
        above: tuple[int, ...] = ()
        while index.isValid():
            above = (index.row(), *above)
            index = index.parent()
        return above

    return sorted(rows, key=place)
