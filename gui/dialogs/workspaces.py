"""Workspaces under names: a list to open, rename, delete, import and export them, and a question for a name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import OdographError
from core.settings import write_whole
from core.workspaces.file import SUFFIX, workspace_text
from core.workspaces.store import LONGEST_NAME, checked_name
from gui.views.saving import ask_for_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.workspaces.store import WorkspaceStore

_SIZE = (460, 360)
_FILES = f"Workspaces (*{SUFFIX})"


class NameDialog(QDialog):
    """Asks for the name of a workspace.

    Signals:
        chosen(str): this is it.
    """

    chosen = Signal(str)

    def __init__(self, name: str, taken: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Save workspace")
        self._taken = set(taken)
        self.field = QLineEdit(name)
        self.field.setAccessibleName("Name of the workspace")
        self.field.setMaxLength(LONGEST_NAME)
        self.field.selectAll()
        self._hint = QLabel()
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setWordWrap(True)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setDefault(True)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        label = QLabel("&Name")
        label.setBuddy(self.field)
        layout = QVBoxLayout(self)
        for part in (label, self.field, self._hint, self._buttons):
            layout.addWidget(part)
        self.field.textChanged.connect(self._check)
        self._check(name)
        self.resize(_SIZE[0], self.sizeHint().height())

    @Slot(str)
    def _check(self, text: str) -> None:
        hint, usable = "", True
        try:
            if checked_name(text) in self._taken:
                hint = "The workspace of this name will be replaced."
        except OdographError as error:
            hint, usable = (error.hint or error.title) if text.strip() else "", False
        self._hint.setText(hint)
        self._buttons.button(QDialogButtonBox.StandardButton.Save).setEnabled(usable)

    def accept(self) -> None:
        name = checked_name(self.field.text())
        super().accept()
        self.chosen.emit(name)


class WorkspacesDialog(QDialog):
    """All workspaces.

    Signals:
        opened(str): this one is to be opened with its own source.
        applied(str): this one is to be shown in the source that is open.
        renamed(str name, str to): a workspace has another name.
        damaged(list of str, str name): what could not be read of one that was imported.
    """

    opened = Signal(str)
    applied = Signal(str)
    renamed = Signal(str, str)
    damaged = Signal(list, str)

    def __init__(self, store: WorkspaceStore, source_open: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Workspaces")
        self._store = store
        self._source_open = source_open
        self._names: list[str] = []
        self._deleted = ""
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Workspaces")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.list.doubleClicked.connect(self._open)
        self._model.dataChanged.connect(self._rename)
        self.list.selectionModel().currentChanged.connect(self._update_buttons)
        self.error = QLabel()
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.error.setWordWrap(True)
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout()
        for text, slot in {
            "&Open": self._open,
            "Open in &this source": self._apply,
            "&Rename": self._edit,
            "&Delete": self._delete,
            "&Bring back": self._bring_back,
            "&Import…": self._import,
            "&Export…": self._export,
            "&Close": self.reject,
        }.items():
            button = QPushButton(text)
            button.setAutoDefault(text == "&Open")
            button.clicked.connect(slot)
            self._buttons[text.replace("&", "").rstrip("…")] = button
            if text == "&Close":
                column.addStretch(1)
            column.addWidget(button)
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(column)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.error)
        self.resize(*_SIZE)
        self._fill("")

    def button(self, text: str) -> QPushButton:
        """A button by its text.

        Raises:
            KeyError: there is none.
        """
        return self._buttons[text]

    def _fill(self, current: str) -> None:
        self._names = self._store.names()
        self._model.setStringList(self._names)
        if self._names:
            row = self._names.index(current) if current in self._names else 0
            self.list.setCurrentIndex(self._model.index(row))
        self._update_buttons()

    @Slot()
    def _update_buttons(self) -> None:
        chosen = bool(self._chosen())
        for text in ("Open", "Rename", "Delete", "Export"):
            self._buttons[text].setEnabled(chosen)
        self._buttons["Open in this source"].setEnabled(chosen and self._source_open)
        self._buttons["Bring back"].setEnabled(bool(self._deleted))

    def _chosen(self) -> str:
        row = self.list.currentIndex().row()
        return self._names[row] if 0 <= row < len(self._names) else ""

    @Slot()
    def _open(self) -> None:
        if name := self._chosen():
            self.accept()
            self.opened.emit(name)

    @Slot()
    def _apply(self) -> None:
        if name := self._chosen():
            self.accept()
            self.applied.emit(name)

    @Slot()
    def _edit(self) -> None:
        self.list.edit(self.list.currentIndex())

    @Slot(QModelIndex)
    def _rename(self, index: QModelIndex) -> None:
        name, to = self._names[index.row()], str(index.data())
        if to == name:
            return
        self._say(None)
        try:
            to = checked_name(to)
            self._store.rename(name, to)
        except OdographError as error:
            self._say(error)
            to = name
        else:
            self.renamed.emit(name, to)
        self._fill(to)

    @Slot()
    def _delete(self) -> None:
        self._say(None)
        name = self._chosen()
        try:
            self._store.delete(name)
        except OdographError as error:
            self._say(error)
        else:
            self._deleted = name
            self.error.setText(f"{name} was deleted.")
        self._fill("")

    @Slot()
    def _bring_back(self) -> None:
        """Takes the last deletion back."""
        self._say(None)
        name, self._deleted = self._deleted, ""
        try:
            self._store.bring_back(name)
        except OdographError as error:
            self._say(error)
        self._fill(name)

    @Slot()
    def _import(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Import a workspace", "", _FILES)
        if file:
            self.take_in(Path(file))

    def take_in(self, file: Path) -> None:
        """Import a file."""
        self._say(None)
        try:
            name, problems = self._store.take_in(file)
        except OdographError as error:
            self._say(error)
            return
        self.damaged.emit(problems, name)
        self._fill(name)

    @Slot()
    def _export(self) -> None:
        name = self._chosen()
        file = ask_for_file(self, "Export the workspace", f"{name}{SUFFIX}", _FILES, SUFFIX)
        if file is not None:
            self.export(file)

    def export(self, file: Path) -> None:
        """Write the chosen workspace into a file."""
        self._say(None)
        try:
            workspace, problems = self._store.read(self._chosen())
            write_whole(file, workspace_text(workspace), "The workspace")
        except OdographError as error:
            self._say(error)
        else:
            self.damaged.emit(problems, workspace.name)

    def _say(self, error: OdographError | None) -> None:
        self.error.setText(" ".join(filter(None, (f"{error.title}: {error.subject}.", error.hint))) if error else "")
