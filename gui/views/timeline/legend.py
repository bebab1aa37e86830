"""The legend below the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyledItemDelegate, QTableView

from gui.keys import first_key
from gui.views.timeline.legend_model import OF_NUMBERS, OF_REGION, Column, LegendModel
from gui.views.timeline.legend_widths import WIDEST, fitted_widths, wanted_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QPersistentModelIndex
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

    from core.fleet.series import SeriesKey

# Texts that changed rest for so long before their columns are fitted to them.
_FIT_MS = 100


class _VehicleDelegate(QStyledItemDelegate):
    """The vehicles of a fleet differ at the end of their VINs: what has no room is left out before it."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class Legend(QTableView):
    """The table of the series; what is selected in it stands out in the plots.

    Signals:
        keys_selected(list of SeriesKey): the selection is another one.
        toggle_requested(list of SeriesKey): these are to be hidden, or shown where all are hidden.
        remove_requested(list of SeriesKey): the context menu asks for it.
        menu_requested(object QMenu): the context menu is about to be shown; others may add to it.
    """

    keys_selected = Signal(list)
    toggle_requested = Signal(list)
    remove_requested = Signal(list)
    menu_requested = Signal(object)

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
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegateForColumn(Column.VEHICLE, _VehicleDelegate(self))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(30)
        # What a person has chosen.
        self._chosen: dict[Column, int] = {}
        self._fitting = False
        self._fit_soon = QTimer(self)
        self._fit_soon.setSingleShot(True)
        self._fit_soon.setInterval(_FIT_MS)
        self._fit_soon.timeout.connect(self._fit_columns)
        header.sectionResized.connect(self._keep_width)
        for changed in (model.modelReset, model.rowsInserted, model.rowsRemoved):
            changed.connect(self._fit_columns)
        model.dataChanged.connect(self._fit_to_change)
        model.columns_changed.connect(self._fit_columns)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        model.modelReset.connect(self._tell_no_selection)

    def sizeHint(self) -> QSize:
        rows = min(max(self._model.rowCount(), 3), 8)
        height = rows * self.verticalHeader().defaultSectionSize() + self.horizontalHeader().sizeHint().height() + 4
        return QSize(600, height)

    def minimumSizeHint(self) -> QSize:
        height = self.verticalHeader().defaultSectionSize() + self.horizontalHeader().sizeHint().height() + 4
        return QSize(200, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @Slot(QModelIndex, QModelIndex, list)
    def _fit_to_change(self, first: QModelIndex, _last: QModelIndex, roles: Sequence[int]) -> None:
        if roles and Qt.ItemDataRole.DisplayRole not in roles:
            return
        # Values at the cursor change all the time, and keep the widths of their columns.
        if first.column() == 0:
            self._fit_columns()
        elif first.column() == OF_REGION[0]:
            # While an edge is dragged this comes with every move.
            self._fit_soon.start()

    @Slot()
    def _fit_columns(self) -> None:
        """Gives the columns that have something to say what room there is."""
        model, metrics = self._model, self.fontMetrics()
        wanted = {
            column: self._chosen.get(column) or wanted_width(model, column, metrics) for column in model.columns()
        }
        room = self.viewport().width()
        widths = fitted_widths(room, wanted, model.same - self._chosen.keys())
        if not self._chosen:
            # Names are read first, then texts of states, which may be of any length; vehicles have all they need.
            for column in (Column.PROPERTY, Column.COMPONENT, Column.VALUE):
                spare = max(room - sum(widths.values()), 0)
                if column in widths:
                    missing = max(WIDEST[column] - widths[column], 0)
                    widths[column] += spare if column == Column.VALUE else min(spare, missing)
        self._fitting = True
        for column in Column:
            self.setColumnHidden(column, column not in widths)
            if column in widths and self.columnWidth(column) != widths[column]:
                self.setColumnWidth(column, widths[column])
        self._fitting = False
        self._span_states(Column.CHANGE in widths)

    def _span_states(self, has_numbers: bool) -> None:
        """Tells the time in states across the columns of numbers, which such a row has none of."""
        self.clearSpans()
        for row in range(self._model.rowCount()) if has_numbers else ():
            if self._model.has_states_alone(row):
                self.setSpan(row, OF_NUMBERS[0], 1, len(OF_NUMBERS))

    @Slot(int, int, int)
    def _keep_width(self, column: int, _old: int, new: int) -> None:
        """A column that was moved by hand keeps its width as long as there is room."""
        if not self._fitting and new > 0:
            self._chosen[Column(column)] = new

    def scroll_to_key(self, key: SeriesKey) -> None:
        """Scrolls to one series and leaves the selection as it is."""
        if (row := self._model.row(key)) is not None:
            self.scrollTo(self._model.index(row, Column.VEHICLE))

    def show_key(self, key: SeriesKey) -> None:
        """Selects one series and scrolls to it."""
        if (row := self._model.row(key)) is not None:
            self.setCurrentIndex(self._model.index(row, Column.PROPERTY))
            self.select_keys([key])
            self.scroll_to_key(key)

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

    def toggle_selected(self) -> None:
        """Asks for the selected series to be hidden, or shown where all are hidden."""
        if keys := self.selected_keys():
            self.toggle_requested.emit(keys)

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
            toggle.setShortcut(first_key("toggle_series"))
            toggle.triggered.connect(self.toggle_selected)
            self.menu_requested.emit(menu)
            remove = menu.addAction("Remove from timeline")
            remove.setShortcut(first_key("remove_series"))
            remove.triggered.connect(lambda: self.remove_requested.emit(keys))
        return menu
