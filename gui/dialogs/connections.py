"""The saved connections: a list to open, edit, copy, remove, import and export them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QStringListModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.connections import export_text
from core.errors import OdographError
from core.settings import write_whole
from core.storage.importing import LARGEST_FILE, import_text
from gui.models.texts import plural, visible_text
from gui.views.saving import ask_for_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.connections import Connection

SUFFIX = ".odograph-connections.json"
_SIZE = (560, 380)
_FILES = f"Connections (*{SUFFIX});;All files (*)"
_MOST_TOLD = 5
# What some system takes for something else in a file's name.
_NOT_IN_FILES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


class ConnectionsDialog(QDialog):
    """All saved connections. What it asks for is done by others, which then tell it the list anew.

    Signals:
        opened(Connection), edited(Connection): to open it, or to edit it.
        created(): a new one.
        duplicated(Connection), removed(list of Connection): to copy or to remove.
        imported(list of Connection): came out of a file and are to be saved.
    """

    opened = Signal(object)
    edited = Signal(object)
    created = Signal()
    duplicated = Signal(object)
    removed = Signal(object)
    imported = Signal(object)

    def __init__(self, connections: Sequence[Connection], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Connections")
        self._connections: list[Connection] = []
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setAccessibleName("Connections")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.doubleClicked.connect(self._open)
        self.list.selectionModel().selectionChanged.connect(self._update)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons: dict[str, QPushButton] = {}
        column = QVBoxLayout()
        for text, slot in {
            "&Open": self._open,
            "&New…": self.created.emit,
            "&Edit…": self._edit,
            "&Duplicate": self._duplicate,
            "&Remove": self._remove,
            "&Import…": self._import,
            "E&xport…": self._export,
            "&Close": self.reject,
        }.items():
            button = QPushButton(text)
            button.setAutoDefault(text == "&Open")
            button.clicked.connect(slot)
            self._buttons[text.replace("&", "").rstrip("…")] = button
            if text == "&Close":
                column.addStretch(1)
            column.addWidget(button)
        self._buttons["Export"].setToolTip("Write the selected connections into a file, without any access keys")
        row = QHBoxLayout()
        row.addWidget(self.list, 1)
        row.addLayout(column)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.told)
        self.resize(*_SIZE)
        self.set_connections(connections)

    def button(self, text: str) -> QPushButton:
        """A button by its text.

        Raises:
            KeyError: there is none.
        """
        return self._buttons[text]

    def set_connections(self, connections: Sequence[Connection], current: str = "") -> None:
        """Show these, and select the one of a name, or of the row that was selected.

        After a removal nothing is selected, so that Enter does not open what happens to stand in its place.
        """
        fewer = len(connections) < len(self._connections)
        row = max(0, self.list.currentIndex().row())
        self._connections = list(connections)
        self._model.setStringList([visible_text(f"{each.name}   {each.address}") for each in self._connections])
        names = [each.name for each in self._connections]
        if names:
            row = names.index(current) if current in names else min(row, len(names) - 1)
            flag = QItemSelectionModel.SelectionFlag
            flags = flag.Clear if fewer and current not in names else flag.ClearAndSelect
            self.list.selectionModel().setCurrentIndex(self._model.index(row), flags)
        self._update()

    def take_focus(self) -> None:
        """Come to the front, with the keyboard in the list."""
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    def selected(self) -> list[Connection]:
        """What is selected, in the order of the list."""
        return [self._connections[index.row()] for index in sorted(self.list.selectedIndexes())]

    @Slot()
    def _update(self) -> None:
        count = len(self.list.selectedIndexes())
        for text in ("Open", "Edit", "Duplicate"):
            self._buttons[text].setEnabled(count == 1)
        self._buttons["Remove"].setEnabled(count > 0)
        self._buttons["Export"].setEnabled(bool(self._connections))
        self._buttons["Export"].setText("E&xport all…" if not count else "E&xport…")

    @Slot()
    def _open(self) -> None:
        for connection in self.selected()[:1]:
            self.accept()
            self.opened.emit(connection)

    @Slot()
    def _edit(self) -> None:
        for connection in self.selected()[:1]:
            self.edited.emit(connection)

    @Slot()
    def _duplicate(self) -> None:
        for connection in self.selected()[:1]:
            self.duplicated.emit(connection)

    @Slot()
    def _remove(self) -> None:
        if found := self.selected():
            self.removed.emit(found)
            self.list.setFocus()

    @Slot()
    def _import(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Import connections", "", _FILES)
        if file:
            self.take_in(Path(file))

    def take_in(self, file: Path) -> None:
        """Import a file."""
        try:
            found, problems = read_connections(file, self._connections)
        except OdographError as error:
            self.tell(error)
            return
        if found:
            self.imported.emit(found)
        text = f"{plural(len(found), 'connection')} imported" if found else "The file has nothing that is not here yet"
        keys = any(each.options.keys for each in found)
        asked = "Access keys are not in the file: they are asked for." if keys else ""
        servers = list(dict.fromkeys(each.options.endpoint_url for each in found if each.options.endpoint_url))
        named = f"They name servers of their own: {_some(servers)}." if servers else ""
        told = visible_text(_some(problems))
        self.told.setText(" ".join(part for part in (f"{text}.", asked, visible_text(named), told) if part))

    @Slot()
    def _export(self) -> None:
        names = [each.name for each in self.selected()]
        usual = file_name(names[0]) if len(names) == 1 else "connections"
        file = ask_for_file(self, "Export connections", usual + SUFFIX, _FILES, SUFFIX)
        if file is not None:
            self.export(file)

    def export(self, file: Path) -> None:
        """Write the selected connections, or all where none is selected, into a file."""
        found = self.selected() or self._connections
        try:
            write_whole(file, export_text(found), "The connections")
        except OdographError as error:
            self.tell(error)
        else:
            self.told.setText(f"{plural(len(found), 'connection')} exported to {file.name}, without access keys.")

    def tell(self, error: OdographError) -> None:
        """Say what went wrong."""
        self.told.setText(str(error))


def read_connections(file: Path, known: Sequence[Connection]) -> tuple[list[Connection], list[str]]:
    """Read a file of connections, as :func:`core.storage.importing.import_text` does.

    Raises:
        OdographError: it cannot be read, or is no such file.
    """
    try:
        text = file.read_text(encoding="utf-8") if file.stat().st_size <= LARGEST_FILE else ""
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise OdographError("The file cannot be read", subject=str(file), detail=str(error)) from error
    return import_text(text, known)


def file_name(name: str) -> str:
    """A connection's name as any system takes it as the name of a file."""
    return _NOT_IN_FILES.sub("-", name).strip(" .-") or "connection"


def _some(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - _MOST_TOLD:,} more" if len(texts) > _MOST_TOLD else ""
    return ", ".join(texts[:_MOST_TOLD]) + more
