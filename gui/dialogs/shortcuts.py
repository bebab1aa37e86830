"""The sheet of shortcuts, made from the table of commands, in which they can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.actions import ACTIONS
from gui.keys import bindings, native, problem
from gui.models.shortcuts import KeyColumn, Line, ShortcutsModel
from gui.models.texts import plural
from gui.views.panel_parts import muted_label, prepare_table

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZE = (860, 640)
_ALL = "Usual keys of a&ll"
_KEYS_WIDTH = 210
_WHERE_WIDTH = 130
_EDIT_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2)


class ShortcutsDialog(QDialog):
    """Shows every command with its keys, and gives the selected one others. It deletes itself when it is closed.

    Signals:
        keys_changed(): commands have other keys than before.
    """

    keys_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._asks_all = False
        self._definitions = {definition.id: definition for definition in ACTIONS}
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name or keys")
        self.filter.setAccessibleName("Filter shortcuts")
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter.textChanged.connect(self._on_filter)
        self.filter.installEventFilter(self)

        self.model = ShortcutsModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        prepare_table(self.table)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setAccessibleName("Commands with their keys")
        self.table.installEventFilter(self)
        self.table.doubleClicked.connect(self._go_to_edit)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(KeyColumn.COMMAND, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(KeyColumn.KEYS, _KEYS_WIDTH)
        self.table.setColumnWidth(KeyColumn.WHERE, _WHERE_WIDTH)

        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(theme.scaled_font(1.0, bold=True))
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New keys")
        self.edit.setAccessibleDescription("Press the keys that the selected command shall have")
        self.edit.keySequenceChanged.connect(self._show_state)
        self.edit.editingFinished.connect(self._on_edited)
        self.set_button = self._button("&Set", "Give the command these keys and no others", self._set)
        self.add_button = self._button("&Add", "Give the command these keys beside those that it has", self._add)
        self.clear_button = self._button("&No keys", "Take all keys away from the command", self._clear)
        self.usual_button = self._button("&Usual keys", "Give the command the keys it had at first", self._reset)
        self.all_button = self._button(_ALL, "Give every command the keys it had at first", self._all)
        self.hint = muted_label()
        self.hint.setWordWrap(True)
        self.hint.setMinimumHeight(2 * self.hint.fontMetrics().height())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.all_button, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.edit, 1)
        for button in (self.set_button, self.add_button, self.clear_button, self.usual_button):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(10)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.title)
        layout.addLayout(row)
        layout.addWidget(self.hint)
        layout.addWidget(buttons)
        bindings.changed.connect(self._show_state)
        self._show_state()
        self.filter.setFocus()

    def _button(self, text: str, tip: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.clicked.connect(slot)
        return button

    # What is selected

    def line(self) -> Line | None:
        """The selected line."""
        index = self.table.currentIndex()
        return self.model.line(index.row()) if index.isValid() else None

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        self.model.set_filter(text)
        if text:
            self.table.selectRow(0)
        self._show_state()

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self.edit.clear()
        self._show_state()

    @Slot()
    def _go_to_edit(self) -> None:
        if self.edit.isEnabled():
            self.edit.setFocus()

    @Slot()
    def _on_edited(self) -> None:
        if self.set_button.isEnabled():
            self.set_button.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.table and event.key() in _EDIT_KEYS:
                self._go_to_edit()
                return True
            if watched is self.filter and event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
            if watched is self.filter and event.key() in (Qt.Key.Key_Down, *_EDIT_KEYS):
                if not self.table.currentIndex().isValid():
                    self.table.selectRow(0)
                self.table.setFocus()
                return True
        return False

    # What can be done

    def _pressed(self) -> str:
        return self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    @Slot()
    def _show_state(self) -> None:
        line, pressed = self.line(), self._pressed()
        can_change = line is not None and bool(line.id)
        why, others = "", ""
        in_conflict: frozenset[str] = frozenset()
        self._asks_all = False
        self.all_button.setText(_ALL)
        if line is not None and line.id and pressed:
            why = problem(self._definitions[line.id], pressed)
            taken = [] if why else bindings.taken(line.id, [pressed])
            others = ", ".join(other.full_name for other in taken)
            in_conflict = frozenset([line.id, *(other.id for other in taken)] if taken else ())
        self.model.set_conflict(in_conflict)
        for widget in (self.edit, self.clear_button, self.usual_button):
            widget.setEnabled(can_change)
        for button in (self.set_button, self.add_button):
            button.setEnabled(can_change and bool(pressed) and not why)
        self.usual_button.setEnabled(line is not None and line.is_changed)
        self.clear_button.setEnabled(line is not None and bool(line.id) and bool(line.keys))
        self.all_button.setEnabled(bool(bindings.changes()))
        self.title.setText(line.name if line else "No command is selected")
        if line is None:
            text = "Select a command, then press new keys for it."
        elif not line.id:
            text = "This belongs to the mouse and to lists; it cannot be changed."
        elif why:
            text = f"{why}."
        elif others:
            text = f"{native(pressed)} belongs to: {others}. Set and Add take it away there."
        elif pressed:
            text = f"{native(pressed)} is free."
        elif line.lost:
            text = f"Of its usual keys {line.lost}. Usual keys takes them back."
        else:
            usual = ", ".join(map(native, self._definitions[line.id].shortcuts)) or "none"
            text = f"Enter on the command, then press new keys for it. Usual keys: {usual}."
        self._tell(text, why=bool(why))

    def _tell(self, text: str, *, why: bool = False) -> None:
        self.hint.setText(text)
        role = "error" if why else "muted"
        if self.hint.property("role") != role:
            self.hint.setProperty("role", role)
            self.hint.style().unpolish(self.hint)
            self.hint.style().polish(self.hint)

    def _bind(self, keys: list[str]) -> None:
        line = self.line()
        if line is not None and line.id:
            bindings.bind(line.id, keys)
            self._done()

    def _done(self) -> None:
        self.edit.clear()
        self.table.setFocus()
        self._show_state()
        self.keys_changed.emit()

    @Slot()
    def _set(self) -> None:
        self._bind([self._pressed()])

    @Slot()
    def _add(self) -> None:
        line = self.line()
        if line is not None:
            self._bind(list(dict.fromkeys([*bindings.of(line.id), self._pressed()])))

    @Slot()
    def _clear(self) -> None:
        self._bind([])

    @Slot()
    def _reset(self) -> None:
        line = self.line()
        if line is not None:
            bindings.reset(line.id)
            self._done()

    @Slot()
    def _all(self) -> None:
        if not self._asks_all:
            count = len(bindings.changes())
            self._tell(
                f"Keys that you have changed are lost: those of {plural(count, 'command')}. Press again to go on."
            )
            self.all_button.setText("&Lose changed keys")
            self._asks_all = True
            return
        bindings.reset_all()
        self._done()
