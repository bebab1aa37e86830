"""The batches of the open source as a tree, and loading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from core.storage.permissions import Permissions
from core.storage.source import SourceObject
from gui import theme
from gui.models.batch_columns import NAME, STATE
from gui.models.batch_looks import BatchFilter
from gui.models.batch_nodes import Kind
from gui.models.batch_tree import BatchTreeModel
from gui.models.texts import plural, size_text
from gui.views.batch_search import find_key
from gui.views.day_range import DayRange
from gui.views.filter_field import FilterField
from gui.views.panel_parts import (
    Columns,
    ListKeys,
    ListOrText,
    copy_text,
    enter_list,
    muted_label,
    prepare_tree,
    select_current,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import tzinfo

    from core.archive.archive import BatchRecord, DayState
    from core.errors import OdographError
    from core.storage.index import SourceIndex
    from core.storage.keys import BatchKey
    from core.storage.source import Source
    from gui.models.batch_nodes import Day, Listed

# Long enough that a held arrow key does not fetch every batch on its way.
_SETTLE_MS = 120
# Rows below the visible ones from which on more of a long day are shown.
_AHEAD = 50
_DAY_DEPTH = 4
_ADD_ROW = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
_ROW_ALONE = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
_LEAST_STATE = "not loaded"
_OPENED_MATCHES = 2_000
_FOLDERS_OF_FOLDERS = (Kind.APP, Kind.LEVEL, Kind.YEAR, Kind.MONTH)


class BatchesPanel(QWidget):
    """The batch tree with its filter, and what loads days into the archive.

    Signals:
        load_requested(list of (app, level, day)): load these days, newest first.
        range_requested(str first_day, str last_day): load the days of a range, YYYY-MM-DD, both inclusive.
        batch_selected(BatchKey or None, SourceObject): a batch was selected; None for an object that is no batch.
        children_requested(str app, str level, str day): list the batches of a day and answer with add_batches.
        loadable_changed(bool): whether load_selected() has anything to ask for.
    """

    load_requested = Signal(object)
    range_requested = Signal(str, str)
    batch_selected = Signal(object, object)
    children_requested = Signal(str, str, str)
    loadable_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root_address = ""
        self._is_open = False
        self._listing = False
        self._trouble: OdographError | None = None
        self._permissions = Permissions()
        self._others = 0
        self._told_key = ""
        self._wanted: BatchKey | None = None
        self._tells_wanted = True
        self._waits_for_first = True
        self._expanded: list[QPersistentModelIndex] = []
        self._hidden: list[QPersistentModelIndex] = []
        self.model = BatchTreeModel(self)
        self.shown = BatchFilter(self.model, self)
        self._build()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell_batch)
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.filter = FilterField("Filter batches, or paste a key")
        self.load_button = QToolButton()
        self.load_button.setText("Load")
        self.load_button.setIcon(theme.icon("load"))
        self.load_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.load_button.setEnabled(False)
        self.tree = QTreeView()
        self.tree.setModel(self.shown)
        prepare_tree(self.tree)
        self.tree.setAccessibleName("Batches")
        # The ends of an app's identifier tell it from others.
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._columns = Columns(self.tree, NAME, ("2000-00 May 000000", "00,000", "999 MB", _LEAST_STATE))
        self.stack = ListOrText(self.tree)
        self.range = DayRange()
        self.range_button = QPushButton("Load range")
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedSize(60, 6)
        self.status: QLabel = muted_label()
        top, below, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.filter, 1)
        top.addWidget(self.load_button)
        below.addWidget(self.range, 1)
        below.addWidget(self.range_button)
        bottom.addWidget(self.status, 1)
        bottom.addWidget(self.busy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)
        layout.addLayout(below)
        layout.addLayout(bottom)

    def _connect(self) -> None:
        keys = ListKeys(self.tree)
        keys.filter_wanted.connect(self.filter.setFocus)
        keys.copied.connect(self.copy_keys)
        keys.entered.connect(self._on_entered)
        self.filter.filter_changed.connect(self._on_filter_changed)
        self.filter.list_wanted.connect(self._go_to_list)
        self.load_button.clicked.connect(self.load_selected)
        self.range_button.clicked.connect(self._on_load_range)
        self.model.children_requested.connect(self.children_requested)
        self.model.closing.connect(lambda day: self.tree.collapse(self.shown.mapFromSource(day)))
        self.tree.expanded.connect(self._on_expanded)
        self.tree.doubleClicked.connect(self._on_double_clicked)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.verticalScrollBar().valueChanged.connect(self._show_more)
        self.tree.selectionModel().selectionChanged.connect(self._on_selection_changed)

    # What comes in

    def set_source(self, source: Source | None) -> None:
        """Say which source is open, or that none is. Forgets what was listed."""
        self.model.clear()
        self.filter.clear()
        self._is_open = source is not None
        self._trouble = None
        self._root_address = ""
        if source is not None:
            self._root_address = source.address.removesuffix(source.scope).rstrip("/")
        self._others = 0
        self._told_key = ""
        self._wanted = None
        self._hidden = []
        self._waits_for_first = True
        self._show_state()

    def set_permissions(self, permissions: Permissions) -> None:
        """Say what the credentials may do at the source; what needs more is disabled and says why."""
        self._permissions = permissions
        self._show_state()

    def set_listing(self, active: bool) -> None:
        """Say whether the source is being listed."""
        self._listing = active
        self._show_state()

    def set_trouble(self, error: OdographError | None) -> None:
        """Say why the source cannot be listed at present, or that it can."""
        self._trouble = error
        self._show_state()

    def set_index(self, index: SourceIndex, *, complete: bool = False) -> None:
        """Show what was listed so far; complete says that days which are not in it are gone."""
        self._others = index.others
        self.model.set_index(index, complete=complete)
        self._after_index()

    def set_others(self, objects: Sequence[SourceObject]) -> None:
        """Show objects that are no batches."""
        self.model.set_others(objects)
        self._others = max(self._others, len(objects))
        self._show_state()

    def set_states(self, states: Mapping[Day, DayState]) -> None:
        """Show how far each day is in the archive."""
        self.model.set_states(states)
        self._fit_states()
        self._show_status()

    def set_recorded(self, recorded: Mapping[str, BatchRecord]) -> None:
        """Show how far batches are in the archive, by key."""
        self.model.set_recorded(recorded)
        self._show_status()

    def set_zone(self, zone: tzinfo) -> None:
        """Say in which zone tips name times. The tree itself is in UTC, as the keys are."""
        self.model.set_zone(zone)

    def add_batches(self, app: str, level: str, day: str, batches: Sequence[Listed], finished: bool) -> None:
        """Show a page of the batches of a day that was asked for."""
        self.model.add_batches(app, level, day, batches, finished)
        wanted = self._wanted
        if wanted is not None and (wanted.app, wanted.level, wanted.day) == (app, level, day):
            self._select_wanted()
            if finished:
                self._wanted = None

    def select_batch(self, key: BatchKey, *, tell: bool = True) -> bool:
        """Select a batch and show its row, as soon as its day is listed.

        Args:
            tell: whether batch_selected says so; whoever opens the batch by other means does not want it opened twice.

        Returns:
            Whether the tree has the batch's day.
        """
        self._wanted, self._tells_wanted = key, tell
        if self._select_wanted():
            return True
        day = self.model.day_node((key.app, key.level, key.day))
        if day is None:
            self._wanted = None
            return False
        if self.model.canFetchMore(day):
            self.model.fetchMore(day)
        return True

    def selected_days(self) -> list[Day]:
        """The days of all selected rows, newest first."""
        days: dict[Day, None] = {}
        for index in self._selected_rows():
            days.update(dict.fromkeys(self.model.days_at(index)))
        return sorted(days, key=lambda day: (day[2], day[0], day[1]), reverse=True)

    def days_to_load(self) -> list[Day]:
        """The days of all selected rows that are not loaded as a whole, newest first."""
        return [day for day in self.selected_days() if not self.model.is_loaded(day)]

    # What a person does

    @Slot()
    def load_selected(self) -> None:
        """Ask to load what is not loaded of the days of all selected rows."""
        days = self.days_to_load()
        if days:
            self.load_requested.emit(days)

    @Slot()
    def copy_keys(self) -> None:
        """Put the keys of the selected rows on the clipboard, one a line."""
        self._copy(lambda path: path)

    @Slot()
    def copy_addresses(self) -> None:
        """Put the full addresses of the selected rows on the clipboard, one a line."""
        self._copy(lambda path: f"{self._root_address}/{path}")

    def _copy(self, text: Callable[[str], str]) -> None:
        rows = self._selected_rows()
        if rows:
            copy_text("\n".join(text(self.model.path_at(index)) for index in rows))

    @Slot()
    def _on_load_range(self) -> None:
        first, last = self.range.days()
        self.range_requested.emit(first, last)

    @Slot()
    def _on_entered(self) -> None:
        select_current(self.tree)
        index = self.tree.currentIndex()
        if self.shown.hasChildren(index.siblingAtColumn(NAME)):
            row = index.siblingAtColumn(NAME)
            self.tree.setExpanded(row, not self.tree.isExpanded(row))
        else:
            self._tell_batch(again=True)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        if self.model.batch_at(self.shown.mapToSource(index)) is not None:
            self._tell_batch(again=True)

    @Slot(QModelIndex)
    def _on_expanded(self, index: QModelIndex) -> None:
        if self.shown.canFetchMore(index) and not self.shown.rowCount(index):
            self.shown.fetchMore(index)

    @Slot()
    def _show_more(self) -> None:
        """Show more of a long day when its end comes into sight."""
        viewport = self.tree.viewport()
        last = self.tree.indexAt(QPoint(1, viewport.height() - 1))
        parent = last.parent()
        if parent.isValid() and last.row() + _AHEAD >= self.shown.rowCount(parent) and self.shown.canFetchMore(parent):
            self.shown.fetchMore(parent)

    @Slot(str)
    def _on_filter_changed(self, text: str) -> None:
        if not self.shown.fragments:
            self._remember_expansion()
        self._remember_selection()
        key = find_key(text)
        if key is not None and self.model.day_node((key.app, key.level, key.day)) is not None:
            self.shown.set_filter(f"{key.app}/{key.level}/{key.day.replace('-', '/')}")
            self.select_batch(key)
        else:
            self.shown.set_filter(text)
            if key is not None and self._permissions.list.denied and key.text != self._told_key:
                # It may be read all the same.
                self._told_key = key.text
                self.batch_selected.emit(key, SourceObject(key.text, 0, "", 0))
        if self.shown.fragments:
            # Many matches are read month by month anyway, and opening all of them takes a while.
            few = self.shown.match_count() <= _OPENED_MATCHES
            self.tree.expandToDepth(_DAY_DEPTH - 1 if few else _DAY_DEPTH - 2)
            self._open_matching_days()
        else:
            self._restore_expansion()
        self._restore_selection()
        self._show_state()

    def _open_matching_days(self) -> None:
        """Open the listed days that are shown for some of their batches."""
        fragments = self.shown.fragments
        for node in self.model.listed_days():
            row = self.shown.mapFromSource(self.model.index_of(node))
            if row.isValid() and not all(fragment in node.text for fragment in fragments):
                while not self.shown.rowCount(row) and self.shown.canFetchMore(row):
                    self.shown.fetchMore(row)
                self.tree.expand(row)

    @Slot()
    def _go_to_list(self) -> None:
        enter_list(self.tree, to_leaf=bool(self.shown.fragments))

    @Slot()
    def _on_selection_changed(self) -> None:
        self._show_status()
        self._settle.start()

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        rows = self._selected_rows()
        days = self.selected_days()
        kinds = {self.model.kind_at(index) for index in rows}
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        to_load = self.days_to_load()
        what = f"Load {plural(len(to_load), 'day')}" if to_load else _loaded_text(days) or "Load"
        load = menu.addAction(theme.icon("load"), what)
        load.setEnabled(bool(to_load) and not self._permissions.read.denied)
        load.setToolTip(self._permissions.read.reason)
        load.setStatusTip(self._permissions.read.reason)
        menu.setToolTipsVisible(self._permissions.read.denied)
        load.triggered.connect(self.load_selected)
        menu.addSeparator()
        copy = menu.addAction(theme.icon("copy"), "Copy key" if kinds == {None} else "Copy path")
        copy.triggered.connect(self.copy_keys)
        address = menu.addAction("Copy address")
        address.triggered.connect(self.copy_addresses)
        for action in (copy, address):
            action.setEnabled(bool(rows))
        menu.addSeparator()
        menu.addAction(theme.icon("expand"), "Expand to days").triggered.connect(self._expand_selected)
        menu.addAction(theme.icon("collapse"), "Collapse all").triggered.connect(self.tree.collapseAll)
        menu.popup(self.tree.viewport().mapToGlobal(position))

    @Slot()
    def _expand_selected(self) -> None:
        rows = [index.siblingAtColumn(NAME) for index in self.tree.selectionModel().selectedRows(NAME)]
        if not rows:
            self.tree.expandToDepth(_DAY_DEPTH - 1)
        for row in rows:
            self._expand_folders(row)

    # Expansion

    def _expand_folders(self, parent: QModelIndex) -> None:
        """Open everything below a row down to the days; opening a day would list it."""
        if self.model.kind_at(self.shown.mapToSource(parent)) in _FOLDERS_OF_FOLDERS:
            self.tree.expand(parent)
            for row in range(self.shown.rowCount(parent)):
                self._expand_folders(self.shown.index(row, NAME, parent))

    def _remember_expansion(self) -> None:
        self._expanded = []
        pending = [QModelIndex()]
        while pending:
            parent = pending.pop()
            for row in range(self.shown.rowCount(parent)):
                index = self.shown.index(row, NAME, parent)
                if self.tree.isExpanded(index):
                    self._expanded.append(QPersistentModelIndex(self.shown.mapToSource(index)))
                    pending.append(index)

    def _restore_expansion(self) -> None:
        self.tree.collapseAll()
        for kept in self._expanded:
            index = kept.sibling(kept.row(), NAME)
            if index.isValid():
                self.tree.expand(self.shown.mapFromSource(index))
        self._expanded = []

    def _remember_selection(self) -> None:
        """Before the filter changes: what is selected may be hidden by it."""
        selected = self._selected_rows()
        if selected or not self.shown.fragments:
            self._hidden = [QPersistentModelIndex(index) for index in selected]

    def _restore_selection(self) -> None:
        """After the filter changed: select again what it does not hide any more, and keep it in sight."""
        chosen = self.tree.selectionModel()
        if not chosen.hasSelection():
            there = (kept.sibling(kept.row(), NAME) for kept in self._hidden if kept.isValid())
            rows = [row for row in map(self.shown.mapFromSource, there) if row.isValid()]
            for row in rows:
                chosen.select(row, _ADD_ROW)
            if rows:
                chosen.setCurrentIndex(rows[0], QItemSelectionModel.SelectionFlag.NoUpdate)
        selected = chosen.selectedRows(NAME)
        if selected:
            # This also opens what is above it.
            self.tree.scrollTo(selected[0], QTreeView.ScrollHint.PositionAtCenter)

    def _open_newest(self) -> None:
        """Open the way to the newest days where there is but one app."""
        index = QModelIndex()
        for only_child in (True, True, False, False):
            folders = self.shown.rowCount(index)
            if not folders or (only_child and self._folder_count(index) > 1):
                return
            index = self.shown.index(0, NAME, index)
            self.tree.expand(index)

    def _folder_count(self, parent: QModelIndex) -> int:
        rows = (self.shown.index(row, NAME, parent) for row in range(self.shown.rowCount(parent)))
        return sum(1 for row in rows if self.model.kind_at(self.shown.mapToSource(row)) is not Kind.OTHERS)

    # Batches

    @Slot()
    def _tell_batch(self, again: bool = False) -> None:
        """Say which batch is selected, if it is the only row."""
        self._settle.stop()
        rows = self._selected_rows()
        found = self.model.batch_at(rows[0]) if len(rows) == 1 else None
        if found is not None and (again or found[1].key != self._told_key):
            self._told_key = found[1].key
            self.batch_selected.emit(*found)

    def _select_wanted(self) -> bool:
        index = self.model.index_of_batch(self._wanted) if self._wanted is not None else None
        if index is None:
            return False
        self._wanted = None
        row = self.shown.mapFromSource(index)
        if not row.isValid():
            # The filter hides it; whoever asks for a batch wants to see it.
            self.filter.clear()
            row = self.shown.mapFromSource(index)
        found = self.model.batch_at(index)
        if found is not None and not self._tells_wanted:
            self._told_key = found[1].key
        # Not the tree's own way, which adds to the selection while Ctrl is held, as it is for pasting.
        self.tree.selectionModel().setCurrentIndex(row, _ROW_ALONE)
        self.tree.scrollTo(row, QTreeView.ScrollHint.PositionAtCenter)
        return True

    def _selected_rows(self) -> list[QModelIndex]:
        return [self.shown.mapToSource(index) for index in self.tree.selectionModel().selectedRows(NAME)]

    # What is shown

    def _fit_states(self) -> None:
        self._columns.set_samples(STATE, self.model.state_texts() | {_LEAST_STATE})

    def _after_index(self) -> None:
        if self._waits_for_first and self.model.rowCount():
            self._waits_for_first = False
            self._open_newest()
        span = self.model.day_span()
        if span is not None:
            self.range.set_known(*span)
        self._fit_states()
        self._show_state()

    def _show_state(self) -> None:
        if self.shown.rowCount():
            self.stack.show_list()
        elif self.model.rowCount():
            self.stack.show_text(*self._no_match(), "filter")
        elif self._permissions.list.denied:
            found = "What was loaded before can be looked at, and a pasted key reads its batch."
            self.stack.show_text("Not to be listed", f"{self._permissions.list.reason}. {found}", "bucket")
        elif self._listing:
            self.stack.show_text("Listing…", "Days appear here as they are found.", "batch")
        elif self._is_open and self._trouble is not None:
            error = self._trouble
            why = f"{error.title}: {error.subject}" if error.subject else error.title
            self.stack.show_text("Not reached", f"{why}. {error.hint}".strip(), "warning")
        elif self._is_open:
            self.stack.show_text(
                "No batches found",
                "Batches lie under app/level/year/month/day. Check the address, or reload later.",
                "batch",
            )
        else:
            self.stack.show_text("Nothing is open", "Open a bucket or a folder to see its batches by day.", "bucket")
        has_days = bool(self.model.root.batches)
        self.range.setVisible(has_days)
        self.range_button.setVisible(has_days)
        denied = self._permissions.list.reason or self._permissions.read.reason
        self.range_button.setEnabled(not denied)
        tip = "Load all days from the first to the last, in UTC, into the archive"
        self.range_button.setToolTip(f"{tip}\n{denied}" if denied else tip)
        self.range_button.setStatusTip(denied)
        self.busy.setVisible(self._listing)
        self._show_status()

    def _no_match(self) -> tuple[str, str]:
        again = "Escape in the filter shows all again."
        if find_key(self.filter.applied_text) is not None:
            return "No such batch", f"The source has no batch of this key's day. {again}"
        if self.model.are_listed():
            return "No batch matches the filter", again
        unlisted = "Batches are searched in days that were opened; a pasted key finds a single batch in any day."
        return "No day matches the filter", f"{unlisted} {again}"

    def _show_status(self) -> None:
        root = self.model.root
        batches = plural(root.batches, "batch", "batches")
        if self._listing:
            text = f"Listing… {batches}"
        elif not root.batches:
            text = ""
        else:
            text = f"{batches} · {size_text(root.size)}"
            if self._others:
                text += f" · {plural(self._others, 'other object')}"
        days = self.selected_days()
        if text and days:
            text += f" · {self._selected_text(days)} selected"
        self.status.setText(text)
        self._show_loadable(days)

    def _selected_text(self, days: list[Day]) -> str:
        rows = self._selected_rows()
        if all(self.model.kind_at(index) is None for index in rows):
            return plural(len(rows), "batch", "batches")
        return plural(len(days), "day")

    def _show_loadable(self, days: list[Day]) -> None:
        loadable = not all(self.model.is_loaded(day) for day in days)
        denied = self._permissions.read.reason
        tip = "Load the selected days into the archive" if loadable else _loaded_text(days)
        tip = tip or "Select days, months or levels to load them into the archive"
        self.load_button.setToolTip(f"{tip}\n{denied}" if denied else tip)
        self.load_button.setStatusTip(denied)
        loadable = loadable and not denied
        if loadable != self.load_button.isEnabled():
            self.load_button.setEnabled(loadable)
            self.loadable_changed.emit(loadable)


def _loaded_text(days: list[Day]) -> str:
    if not days:
        return ""
    return f"Everything of {days[0][2] if len(days) == 1 else f'these {len(days):,} days'} is loaded"
