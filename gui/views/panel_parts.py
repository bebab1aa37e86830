"""What the panels have in common: keys of a list, a text in place of an empty list, remembered expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_ICON_SIZE = 32


class ListKeys(QObject):
    """The keys that every list understands beside Qt's own.

    It takes them before the window's shortcuts, so that copying in a list copies from that list.

    Signals:
        entered(): Enter on the current row.
        copied(): copy what is selected.
        filter_wanted(): ``/`` or Ctrl+F: the cursor should go into the filter.
    """

    entered = Signal()
    copied = Signal()
    filter_wanted = Signal()

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        view.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        if event.matches(QKeySequence.StandardKey.Copy):
            signal = self.copied
        elif event.matches(QKeySequence.StandardKey.Find) or event.text() == "/":
            signal = self.filter_wanted
        elif event.key() in _ENTER and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            signal = self.entered
        else:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            signal.emit()
        return True


class ListOrText(QStackedWidget):
    """A list, or in its place what to do so that there is one."""

    def __init__(self, view: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = QWidget()
        self._icon_name = ""
        self._icon = QLabel()
        self._title = QLabel()
        self._text = QLabel()
        font = self._title.font()
        font.setBold(True)
        self._title.setFont(font)
        self._text.setProperty("role", "muted")
        layout = QVBoxLayout(self._page)
        layout.addStretch(1)
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(label is not self._icon)
            layout.addWidget(label)
        layout.addStretch(2)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.addWidget(view)
        self.addWidget(self._page)

    @property
    def text(self) -> str:
        """What stands in place of the list; empty while the list is shown."""
        return "" if self.currentIndex() == 0 else f"{self._title.text()}\n{self._text.text()}".strip()

    def show_list(self) -> None:
        """Show the list."""
        self.setCurrentIndex(0)

    def show_text(self, title: str, text: str = "", icon: str = "") -> None:
        """Show a title, what to do, and an icon of the theme."""
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._icon_name = icon
        self._paint_icon()
        self.setCurrentIndex(1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_icon()

    def _paint_icon(self) -> None:
        self._icon.setVisible(bool(self._icon_name))
        if self._icon_name:
            icon = theme.icon(self._icon_name, "muted")
            self._icon.setPixmap(icon.pixmap(_ICON_SIZE, _ICON_SIZE))


def muted_label(text: str = "") -> QLabel:
    """A label for what stands beside the matter."""
    label = QLabel(text)
    label.setProperty("role", "muted")
    return label


def set_columns(header: QHeaderView, stretched: int, samples: Sequence[str | None]) -> None:
    """Give columns the width of a sample text each; one takes what is left, None leaves a column as it is.

    Asking each row for its width would visit all rows.
    """
    metrics = QFontMetrics(header.font())
    header.setStretchLastSection(False)
    header.setMinimumSectionSize(metrics.horizontalAdvance("0000"))
    for column, sample in enumerate(samples):
        if sample is not None:
            header.resizeSection(column, metrics.horizontalAdvance(sample) + metrics.horizontalAdvance("00") + 6)
    header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def prepare_table(table: QTableView) -> None:
    """Make a table read like a list: whole rows, no grid, rows of one fixed height."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setAlternatingRowColors(True)
    table.setTabKeyNavigation(False)
    table.setFont(theme.tabular_font())
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(QFontMetrics(table.font()).height() + 8)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def prepare_tree(tree: QTreeView) -> None:
    """Make a tree quick and calm: rows of one height, narrow steps, several rows selectable."""
    tree.setUniformRowHeights(True)
    tree.setIndentation(14)
    tree.setAlternatingRowColors(True)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setAnimated(False)
    tree.setAllColumnsShowFocus(True)
    tree.setFont(theme.tabular_font())
    tree.header().setHighlightSections(False)
    tree.header().setSectionsMovable(False)
