"""The command palette: everything that can be done, found by typing a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import Shiboken

from gui import theme
from gui.models.palette import ENTRY_ROLE, PaletteEntry, PaletteModel
from gui.models.texts import count_text
from gui.views.window_keys import WindowKeys

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

_WIDTH = 680
_ROWS = 9
_MARGIN = 10
_ICON = 18
_TOP = 48
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_HINT = "Enter runs what is marked, Esc closes. Vehicles are found by any part of their VIN."


class _Rows(QStyledItemDelegate):
    """Two lines an entry: its name with its keys, and where it stands or what is missing."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, PaletteEntry):
            return
        colors = theme.colors()
        room: QRect = option.rect
        painter.save()
        if option.state & option.state.State_Selected:
            painter.fillRect(room, QColor(colors.selection))
            painter.fillRect(room.x(), room.y(), 3, room.height(), QColor(colors.accent))
        mode = QIcon.Mode.Disabled if entry.missing else QIcon.Mode.Normal
        if entry.icon:
            place = QRect(room.x() + _MARGIN, room.y() + (room.height() - _ICON) // 2, _ICON, _ICON)
            theme.icon(entry.icon).paint(painter, place, mode=mode)
        inner = room.adjusted(2 * _MARGIN + _ICON, 5, -_MARGIN, -5)
        upper = QRect(inner.x(), inner.y(), inner.width(), inner.height() // 2)
        lower = upper.translated(0, upper.height())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        metrics = QFontMetrics(option.font)
        painter.setFont(option.font)
        painter.setPen(QColor(colors.muted))
        side = entry.keys or ("" if entry.kind == "Command" else str(entry.kind))
        painter.drawText(upper, right, side)
        painter.drawText(lower, left, metrics.elidedText(entry.missing or entry.beside, elide, lower.width()))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        # What cannot be used now is still read; its icon and the line below say that it cannot.
        painter.setPen(QColor(colors.muted if entry.missing else colors.text))
        room_of_name = upper.width() - metrics.horizontalAdvance(side) - 2 * _MARGIN
        painter.drawText(upper, left, QFontMetrics(font).elidedText(entry.name, elide, room_of_name))
        painter.restore()


class CommandPalette(QFrame):
    """A field and a list over the window it belongs to; when it closes, the focus goes back to where it was.

    Signals:
        chosen(object PaletteEntry): Enter or a click on what can be used; the palette has closed before.
    """

    chosen = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Commands")
        self._window = window
        self._before: QWidget | None = None
        self.model = PaletteModel(self)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a part of a command, property, bookmark, source or VIN")
        self.field.setAccessibleName("Find a command, property, bookmark, source or vehicle")
        self.field.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.field.textChanged.connect(self._on_text)
        self.field.installEventFilter(self)
        WindowKeys(self.field)
        # A table with rows of one fixed height asks nothing of each row; a list would, of a hundred thousand vehicles.
        self.list = QTableView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Rows(self.list))
        self.list.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.list.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.list.setShowGrid(False)
        self.list.horizontalHeader().hide()
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.list.verticalHeader().hide()
        self.list.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._row_height = 2 * self.list.fontMetrics().height() + 12
        self.list.verticalHeader().setDefaultSectionSize(self._row_height)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The keys of the field move through it, so that typing can go on at any time.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("What matches")
        self.list.clicked.connect(self._choose)
        self.list.selectionModel().currentChanged.connect(self._describe)
        self.status = QLabel()
        self.status.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.status)
        window.installEventFilter(self)
        self.hide()

    def open(self, entries: Sequence[PaletteEntry], vins: Sequence[str] = (), lately: Sequence[Hashable] = ()) -> None:
        """Show these with an empty field; see PaletteModel.set_entries."""
        self._before = QApplication.focusWidget()
        self.field.clear()
        self.model.set_entries(entries, vins, lately)
        self._place()
        self.show()
        self.raise_()
        self._mark_first()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)

    def dismiss(self, *, give_back: bool = True) -> None:
        """Close it.

        Args:
            give_back: whether the focus goes back to where it was.
        """
        if self.isHidden():
            return
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._on_focus)
        before, self._before = self._before, None
        if give_back and before is not None and Shiboken.isValid(before):
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def current(self) -> PaletteEntry | None:
        """What is marked."""
        index = self.list.currentIndex()
        return self.model.entry(index.row()) if index.isValid() else None

    @Slot(str)
    def _on_text(self, text: str) -> None:
        self.model.set_query(text)
        self._mark_first()

    def _mark_first(self) -> None:
        self.list.setCurrentIndex(self.model.index(0))
        self.list.scrollToTop()
        shown, total = self.model.rowCount(), self.model.total()
        self.status.setText(f"{count_text(shown)} of {count_text(total)}. {_HINT}" if shown else "Nothing matches.")
        if not shown:
            self.field.setAccessibleDescription("Nothing matches")

    @Slot(QModelIndex, QModelIndex)
    def _describe(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.field.setAccessibleDescription(str(current.data(Qt.ItemDataRole.AccessibleTextRole) or ""))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        entry = self.model.entry(index.row())
        # What is missing stands below its name.
        if not entry.missing:
            self.dismiss()
            self.chosen.emit(entry)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
            return False
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in _MOVES:
            self._move(event)
        elif event.key() in _ENTER:
            if self.list.currentIndex().isValid():
                self._choose(self.list.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() not in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        return True

    def _move(self, event: QKeyEvent) -> None:
        """Up and down through the list, round at its ends."""
        rows, row = self.model.rowCount(), self.list.currentIndex().row()
        if not rows:
            return
        page = max(self.list.viewport().height() // self._row_height, 1)
        last = rows - 1
        match event.key():
            case Qt.Key.Key_Up:
                row = last if row <= 0 else row - 1
            case Qt.Key.Key_Down:
                row = 0 if row >= last else row + 1
            case Qt.Key.Key_PageUp:
                row = max(row - page, 0)
            case _:
                row = min(row + page, last)
        self.list.setCurrentIndex(self.model.index(row))

    @Slot(QWidget, QWidget)
    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new is not self and not self.isAncestorOf(new):
            self.dismiss(give_back=False)

    def _place(self) -> None:
        window = self._window
        height = self.field.sizeHint().height() + self.status.sizeHint().height() + 40
        height += _ROWS * self._row_height
        width = min(_WIDTH, window.width() - 2 * _MARGIN)
        self.setGeometry((window.width() - width) // 2, _TOP, width, min(height, window.height() - _TOP - _MARGIN))
