"""The legend below the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from gui.views.timeline.legend_model import Column, LegendModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from core.fleet.series import SeriesKey

_WIDTHS = {
    Column.VEHICLE: 210,
    Column.PROPERTY: 190,
    Column.COMPONENT: 160,
    Column.VALUE: 130,
    Column.UNIT: 70,
    Column.AGE: 110,
    Column.SAMPLES: 90,
}


class Legend(QTableView):
    """The table of the series; what is selected in it stands out in the plots.

    Signals:
        keys_selected(list of SeriesKey): the selection is another one.
        remove_requested(list of SeriesKey): Delete, or the context menu.
    """

    keys_selected = Signal(list)
    remove_requested = Signal(list)

    def __init__(self, model: LegendModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setAccessibleName("Legend: the series on the timeline")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAlternatingRowColors(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        model.modelReset.connect(self._tell_no_selection)

    def sizeHint(self) -> QSize:
        rows = min(max(self._model.rowCount(), 3), 8)
        height = rows * self.verticalHeader().defaultSectionSize() + self.horizontalHeader().sizeHint().height() + 4
        return QSize(600, height)

    def selected_keys(self) -> list[SeriesKey]:
        """The selected series from top to bottom."""
        return [self._model.key(row) for row in sorted(index.row() for index in self.selectionModel().selectedRows())]

    def select_keys(self, keys: Iterable[SeriesKey]) -> None:
        """Selects these series only."""
        selection = QItemSelection()
        for key in keys:
            if (row := self._model.row(key)) is not None:
                selection.select(self._model.index(row, 0), self._model.index(row, len(Column) - 1))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot(QItemSelection, QItemSelection)
    def _tell_selection(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self.keys_selected.emit(self.selected_keys())

    @Slot()
    def _tell_no_selection(self) -> None:
        self.keys_selected.emit([])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Delete):
            if keys := self.selected_keys():
                self.remove_requested.emit(keys)
        elif event.key() == Qt.Key.Key_Space:
            self._toggle_selected()
        else:
            super().keyPressEvent(event)

    def _toggle_selected(self) -> None:
        """Hides the selected series, or shows them where all are hidden."""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        checks = [self._model.index(row, Column.VEHICLE) for row in rows]
        role = Qt.ItemDataRole.CheckStateRole
        hide = any(index.data(role) == Qt.CheckState.Checked for index in checks)
        for index in checks:
            self._model.setData(index, Qt.CheckState.Unchecked if hide else Qt.CheckState.Checked, role)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        menu = self.context_menu()
        if not menu.isEmpty():
            menu.popup(self.viewport().mapToGlobal(position))

    def context_menu(self) -> QMenu:
        """What can be done with the selected series."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        keys = self.selected_keys()
        if keys:
            toggle = menu.addAction("Show or hide")
            toggle.setShortcut(QKeySequence(Qt.Key.Key_Space))
            toggle.triggered.connect(self._toggle_selected)
            remove = menu.addAction("Remove from timeline")
            remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
            remove.triggered.connect(lambda: self.remove_requested.emit(keys))
        return menu
