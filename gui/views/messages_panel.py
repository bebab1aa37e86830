"""The messages of the selected batch, and the raw JSON of the selected message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.storage.keys import parse_key
from gui import theme
from gui.models.messages_table import CAPABILITY, ORDINAL, TIME, VALUE, VIN, MessagesModel
from gui.models.texts import clock_text, count_text, messages_text, size_text, visible_text
from gui.views.filter_field import FilterField
from gui.views.json_view import JsonView
from gui.views.panel_parts import (
    Columns,
    ListKeys,
    ListOrText,
    copy_text,
    enter_list,
    muted_label,
    panel_key,
    prepare_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from core.archive.archive import BatchRecord
    from core.archive.messages import Message
    from core.errors import OdographError

_GAP = 6
_SAMPLES = ("000", "00:00:00", "WBAZZZ00000000000", "tire_pressures", "00,000.0 km", "vehicle_location")


class MessagesPanel(QWidget):
    """A table of messages on the left, JSON on the right.

    Signals:
        message_activated(Message): double-click or Enter on a readable message; leads to its series.
    """

    message_activated = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self._wanted: int | None = None
        self._ordinal: int | None = None
        self._problem: OdographError | None = None
        self._loading = False
        self._progress = ""
        self._stopped = False
        self._record: BatchRecord | None = None
        self.model = MessagesModel(self)
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.filter = FilterField("Filter messages by VIN, property, value")
        self.problems_button = QToolButton()
        self.problems_button.setText("Problems only")
        self.problems_button.setIcon(theme.icon("warning"))
        self.problems_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.problems_button.setCheckable(True)
        self.problems_button.setToolTip("Show only messages that could not be read")
        self.status = muted_label()
        self.table = QTableView()
        self.table.setModel(self.model)
        prepare_table(self.table)
        # Properties of one capability often begin alike.
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(ORDINAL, Qt.SortOrder.AscendingOrder)
        self.table.setAccessibleName("Messages")
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._columns = Columns(self.table, VALUE, _SAMPLES)
        self.stack = ListOrText(self.table)
        self.json = JsonView()
        self.json.setContentsMargins(_GAP, 0, 0, 0)
        left = QWidget()
        top = QHBoxLayout()
        top.addWidget(self.filter, 1)
        top.addWidget(self.problems_button)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, _GAP, 0)
        column.addLayout(top)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("messages splitter")
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.json)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([600, 400])
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.splitter)

    def _connect(self) -> None:
        keys = ListKeys(self.table)
        keys.filter_wanted.connect(self.filter.setFocus)
        keys.copied.connect(self.copy_selected)
        keys.entered.connect(self._on_entered)
        self.filter.filter_changed.connect(self.model.set_filter)
        self.filter.list_wanted.connect(self._go_to_list)
        self.problems_button.toggled.connect(self.model.set_problems_only)
        self.model.modelReset.connect(self._on_reset)
        self.table.doubleClicked.connect(self._on_double_clicked)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.table.customContextMenuRequested.connect(self._show_menu)

    # What comes in

    def clear(self) -> None:
        """Show no batch."""
        self._take("", [], None)

    def set_loading(self, key: str) -> None:
        """Say that a batch's messages are on their way."""
        same = key == self._key
        self._take(key, [], None, loading=True, keep_ordinal=same)

    @Slot(str, object, object, str)
    def set_progress(self, key: str, done: int, total: int, text: str) -> None:
        """Say how much of a batch has been read, where its messages are on their way.

        Args:
            done, total: in bytes.
            text: what has been found so far.
        """
        if self._loading and key == self._key:
            self._progress = f"{size_text(done)} of {size_text(total)} · {text}"
            self._show_state()

    def set_messages(self, key: str, messages: Sequence[Message]) -> None:
        """Show a batch's messages, unless another batch is awaited by now."""
        if key == self._key or not self._loading:
            self._take(key, messages, None, keep_ordinal=True)

    def set_error(self, key: str, error: OdographError) -> None:
        """Say why a batch's messages cannot be shown, unless another batch is awaited by now."""
        if key == self._key or not self._loading:
            self._take(key, [], error)

    @Slot(str, object)
    def set_record(self, key: str, record: BatchRecord | None) -> None:
        """Say what the archive holds of a batch, to be compared with its messages; None where it holds nothing."""
        if key == self._key:
            self._record = record
            self._show_state()

    @Slot(str)
    def set_stopped(self, key: str) -> None:
        """Say that a batch's messages do not come after all, unless another batch is awaited by now."""
        if self._loading and key == self._key:
            self._take(key, [], None)
            self._stopped = True
            self._show_state()

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self.model.set_zone(zone)

    def select_message(self, ordinal: int) -> None:
        """Select the message at this place in the batch, as soon as the batch's messages are here."""
        if self._loading:
            self._wanted = ordinal
            return
        if self.model.row_of(ordinal) is None:
            # A filter must not hide what is asked for.
            self.problems_button.setChecked(False)
            self.filter.clear()
        self._select(ordinal)

    def current_message(self) -> Message | None:
        """The selected message."""
        index = self.table.currentIndex()
        return self.model.message_at(index.row()) if index.isValid() else None

    def _take(
        self,
        key: str,
        messages: Sequence[Message],
        problem: OdographError | None,
        *,
        loading: bool = False,
        keep_ordinal: bool = False,
    ) -> None:
        before, self._key = self._key, key
        self._problem = problem
        self._loading = loading
        self._progress = ""
        self._stopped = False
        if key != before or loading:
            self._record = None
        if not keep_ordinal:
            self._wanted = self._ordinal = None
        self.model.set_messages(messages)
        for column in (ORDINAL, TIME, VIN):
            self._columns.set_samples(column, [_SAMPLES[column], *self.model.longest_texts(column)])
        if not loading and self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            self.select_message(wanted)

    # What a person does

    @Slot()
    def copy_selected(self) -> None:
        """Put the selected messages on the clipboard as they were sent, one a line."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        if rows:
            copy_text("\n".join(self.model.message_at(row).raw for row in rows))

    @Slot()
    def _on_entered(self) -> None:
        message = self.current_message()
        if message is not None and not message.reason:
            self.message_activated.emit(message)

    @Slot(QModelIndex)
    def _on_double_clicked(self, _index: QModelIndex) -> None:
        self._on_entered()

    @Slot()
    def _go_to_list(self) -> None:
        enter_list(self.table)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        message = self.current_message()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        show = menu.addAction(theme.icon("chart"), "Show on timeline")
        show.setEnabled(message is not None and not message.reason)
        show.triggered.connect(self._on_entered)
        menu.addSeparator()
        copy = menu.addAction(theme.icon("copy"), "Copy as JSON")
        copy.setEnabled(message is not None)
        copy.triggered.connect(self.copy_selected)
        menu.popup(self.table.viewport().mapToGlobal(position))

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            message = self.model.message_at(current.row())
            self._ordinal = message.ordinal
            self.json.set_raw(message.raw, message.reason)

    # What is shown

    @Slot()
    def _on_reset(self) -> None:
        """Select the message that was selected, else the first one."""
        if self.model.rowCount():
            row = self.model.row_of(self._ordinal) if self._ordinal is not None else None
            self._select_row(row if row is not None else 0)
        else:
            self.json.clear()
        self._show_state()

    def _select(self, ordinal: int) -> None:
        row = self.model.row_of(ordinal)
        if row is not None:
            self._select_row(row)

    def _select_row(self, row: int) -> None:
        index = self.model.index(row, ORDINAL)
        command = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.table.selectionModel().setCurrentIndex(index, command)
        self.table.scrollTo(index)

    def _show_state(self) -> None:
        shown, total = self.model.rowCount(), self.model.total()
        name = self._key.rsplit("/", 1)[-1]
        if shown:
            self.stack.show_list()
        elif self._problem is not None:
            what = (self._problem.subject, self._problem.hint)
            self.stack.show_text(self._problem.title, "\n".join(each for each in what if each), "error")
        elif self._loading:
            self.stack.show_text("Reading the batch…", "\n".join(filter(None, (name, self._progress))), "batch")
        elif self._stopped:
            self.stack.show_text("Reading was cancelled", f"{name}\nSelect the batch again to read it.", "batch")
        elif total:
            self.stack.show_text("No message matches the filter", "Escape in the filter shows all again.", "filter")
        elif self._key:
            self.stack.show_text("No messages", "This batch is empty.", "message")
        else:
            advice = f"Select a batch in the Batches panel to see its messages. {panel_key('show_batches')}"
            self.stack.show_text("No batch selected", advice, "message")
        self.json.setVisible(total > 0)
        self._span_reasons()
        self.problems_button.setEnabled(self.model.problems() > 0 or self.problems_button.isChecked())
        problem = self._difference() if total else ""
        self.status.setText(f"{self._summary(shown, total, name)}{problem}")
        self.status.setProperty("role", "error" if problem else "muted")
        # A style takes notice of a property only when it is asked to.
        self.status.style().polish(self.status)

    def _span_reasons(self) -> None:
        """Give the reasons of unreadable messages the room of all columns that say less."""
        self.table.clearSpans()
        if not self.model.problems():
            return
        for row in range(self.model.rowCount()):
            if self.model.message_at(row).reason:
                first = self.model.reason_column(row)
                self.table.setSpan(row, first, 1, CAPABILITY - first + 1)

    def _summary(self, shown: int, total: int, name: str) -> str:
        if not total:
            return ""
        key = parse_key(self._key)
        parts = [f"Batch of {key.day} {clock_text(key.time)} UTC" if key is not None else visible_text(name)]
        parts.append(messages_text(self.model.messages(), self.model.readable(), self.model.problems()))
        if shown != total:
            parts.append(f"{count_text(shown)} shown")
        return " · ".join(parts)

    def _difference(self) -> str:
        """Says so where the archive does not hold what the batch's messages are; else empty."""
        record = self._record
        if record is None:
            return ""
        counts = (self.model.messages(), self.model.readable(), self.model.problems())
        if not record.lost and counts == (record.messages, record.read, record.rejects):
            return ""
        held = messages_text(record.messages, record.read, record.rejects, record.lost)
        return f" · The archive holds something else: {held}. Has the batch changed since it was loaded?"
