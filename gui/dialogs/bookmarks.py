"""All bookmarks in a list: to go to, to write anew, to copy and to remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.models.bookmarks import BookmarksTable, Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from core.workspaces.bookmarks import Bookmark

_SIZE = (760, 380)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class BookmarksDialog(QDialog):
    """Stays open beside the timeline. Enter goes to a bookmark, F2 writes its text anew, Del removes it.

    Signals:
        chosen(object Bookmark): to go to.
        text_written(object Bookmark, str): it is to have another text.
        remove_requested(list of Bookmark): they are to go.
        copy_requested(list of Bookmark): they are to be on the clipboard.
    """

    chosen = Signal(object)
    text_written = Signal(object, str)
    remove_requested = Signal(list)
    copy_requested = Signal(list)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Bookmarks")
        self._can_go = False
        self.model = BookmarksTable(self)
        self.model.text_written.connect(self.text_written)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Bookmarks")
        self.table.setAccessibleDescription("Enter goes to a bookmark, F2 writes its text anew, Del removes it.")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.doubleClicked.connect(self._go)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.table.installEventFilter(self)
        self.buttons: dict[str, QPushButton] = {}
        beside = QVBoxLayout()
        for name, text, slot in (
            ("go", "&Go there", self._go),
            ("edit", "&Edit text", self._edit),
            ("copy", "&Copy", self._copy),
            ("remove", "&Remove", self._remove),
        ):
            button = self.buttons[name] = QPushButton(text)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            beside.addWidget(button)
        beside.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.table, 1)
        row.addLayout(beside)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(close)
        self.resize(*_SIZE)
        self._enable()

    def set_bookmarks(
        self, bookmarks: Sequence[Bookmark], newest: Bookmark | None, zone: tzinfo, *, can_go: bool
    ) -> None:
        """Show these; the row that was current stays so, or the one that comes in its place.

        Args:
            newest: that was added last, None where that is not known.
            zone: in which times are told.
            can_go: whether there is a timeline of moments to go to.
        """
        current = self.table.currentIndex()
        at = current.row() if current.isValid() else 0
        column = Column(current.column()) if current.isValid() else Column.TEXT
        before = self.model.bookmark(at) if current.isValid() else newest
        self._can_go = can_go
        self.model.set_bookmarks(bookmarks, newest, zone)
        found = self.model.row_of(before)
        if bookmarks:
            row = min(at, len(bookmarks) - 1) if found is None else found
            self.table.setCurrentIndex(self.model.index(row, column))
        self.table.resizeColumnToContents(Column.TIME)
        self._enable()

    def selected(self) -> list[Bookmark]:
        """What is selected, in order."""
        return [self.model.bookmark(row) for row in sorted({one.row() for one in self.table.selectedIndexes()})]

    @Slot()
    def _enable(self) -> None:
        count = len(self.selected())
        for name, enabled in (
            ("go", count == 1 and self._can_go), ("edit", count == 1), ("copy", count > 0), ("remove", count > 0),
        ):  # fmt: skip
            self.buttons[name].setEnabled(enabled)

    @Slot()
    @Slot(QModelIndex)
    def _go(self, _index: object = None) -> None:
        chosen = self.selected()
        if len(chosen) == 1 and self._can_go:
            self.chosen.emit(chosen[0])

    @Slot()
    def _edit(self) -> None:
        if self.table.currentIndex().isValid():
            self.table.setFocus()
            self.table.edit(self.table.currentIndex().siblingAtColumn(Column.TEXT))

    @Slot()
    def _copy(self) -> None:
        self.copy_requested.emit(self.selected())

    @Slot()
    def _remove(self) -> None:
        self.remove_requested.emit(self.selected())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() == Qt.Key.Key_Delete and self.selected():
            self._remove()
        elif event.key() in _ENTER:
            self._go()
        elif event.key() == Qt.Key.Key_F2:
            self._edit()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.selected():
            self._copy()
        else:
            return False
        return True
