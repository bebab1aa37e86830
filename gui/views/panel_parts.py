"""What the panels have in common: keys of a list, a text in place of an empty list, remembered expansion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QStyleOptionHeader,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.actions import ACTIONS
from gui.keys import shortcut_text
from gui.models.texts import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtCore import QModelIndex

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SELECT_ROW = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
_ICON_SIZE = 32
# What styles put around a text in a table's and in a tree's cell.
_TABLE_PADDING = 19
_TREE_PADDING = 13
_TITLE_PADDING = 13
_ARROW = 16
# Characters that a column is given unasked at most.
_WIDEST = 30
_ARROW_SPACE = "\u2003"


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


def enter_list(view: QAbstractItemView, *, to_leaf: bool = False) -> None:
    """Give the keyboard to a list with a row selected that Enter can act on.

    A selected row stays what it is. Otherwise the first row becomes selected, so that what a filter found first is one
    key away.

    Args:
        view: of rows.
        to_leaf: in a tree, prefer the first row that is not open: what is open only leads there.
    """
    chosen = view.selectionModel()
    current = view.currentIndex()
    kept = current if current.isValid() and chosen.isSelected(current) else next(iter(chosen.selectedRows()), None)
    tree = view if to_leaf and isinstance(view, QTreeView) else None
    if kept is None or (tree is not None and _is_open(tree, kept.siblingAtColumn(0))):
        kept = view.model().index(0, 0)
        while tree is not None and _is_open(tree, kept):
            kept = tree.indexBelow(kept)
    if kept.isValid():
        kept = kept.siblingAtColumn(0)
        if chosen.isSelected(kept):
            chosen.setCurrentIndex(kept, QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            chosen.setCurrentIndex(kept, _SELECT_ROW)
        view.scrollTo(kept)
        view.setFocus()


def _is_open(tree: QTreeView, row: QModelIndex) -> bool:
    # Qt calls leaves expanded too once everything was.
    return tree.isExpanded(row) and tree.model().hasChildren(row)


def select_current(view: QAbstractItemView) -> None:
    """Select the current row where nothing is selected: Enter means the row on which the cursor is seen."""
    chosen = view.selectionModel()
    if view.currentIndex().isValid() and not chosen.hasSelection():
        chosen.setCurrentIndex(view.currentIndex(), _SELECT_ROW)


def panel_key(command: str) -> str:
    """A sentence with the shortcut that shows a panel."""
    definition = next(each for each in ACTIONS if each.id == command)
    keys = shortcut_text(definition)
    return f"{keys} shows or hides it." if keys else ""


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
            # Keys and names are shown as they are, whatever they look like.
            label.setTextFormat(Qt.TextFormat.PlainText)
            # A long key in a text must not keep the panel from being narrow.
            label.setMinimumWidth(1)
            layout.addWidget(label)
        layout.addStretch(2)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A long text scrolls in a low panel, and does not keep the panel from being low.
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self._page)
        area.viewport().setAutoFillBackground(False)
        self._page.setAutoFillBackground(False)
        self.addWidget(view)
        self.addWidget(area)

    @property
    def text(self) -> str:
        """What stands in place of the list; empty while the list is shown."""
        return "" if self.currentIndex() == 0 else f"{self._title.text()}\n{self._text.text()}".strip()

    def show_list(self) -> None:
        """Show the list."""
        self.setCurrentIndex(0)

    def show_text(self, title: str, text: str = "", icon: str = "") -> None:
        """Show a title, what to do, and an icon of the theme."""
        self._title.setText(visible_text(title))
        self._text.setText(visible_text(text, lines=True))
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
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "muted")
    return label


class SortHeader(QHeaderView):
    """A heading that keeps the arrow of a sorted column off its title where that ends at the right."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, column: int) -> None:  # noqa: N802 - Qt's name
        super().initStyleOptionForIndex(option, column)
        sorted_by = self.isSortIndicatorShown() and self.sortIndicatorSection() == column
        if sorted_by and option.textAlignment & Qt.AlignmentFlag.AlignRight:
            option.text += _ARROW_SPACE


class Columns(QObject):
    """Gives columns the width of a sample text each, and what is left to one of them.

    Asking each row for its width would visit all rows. Where there is too little room the list scrolls sideways, as a
    column that shows nothing helps nobody.
    """

    def __init__(self, view: QTableView | QTreeView, stretched: int, samples: Sequence[str]) -> None:
        super().__init__(view)
        self._view = view
        self._header = view.horizontalHeader() if isinstance(view, QTableView) else view.header()
        self._stretched = stretched
        self._fitting = False
        self._chosen: set[int] = set()
        self._header.setStretchLastSection(False)
        for column, sample in enumerate(samples):
            self._header.resizeSection(column, self._room(column, sample))
        self._least = self._header.sectionSize(stretched)
        view.viewport().installEventFilter(self)
        self._header.sectionResized.connect(self._on_resized)
        self.fit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False

    def set_samples(self, column: int, samples: Iterable[str]) -> None:
        """Give a column the width of the widest of other texts, up to a limit, unless a person has chosen its width."""
        if column not in self._chosen:
            metrics = QFontMetrics(self._view.font())
            widest = max(samples, key=metrics.horizontalAdvance)
            limit = metrics.averageCharWidth() * _WIDEST
            self._fitting = True
            self._header.resizeSection(column, min(self._room(column, widest), limit))
            self.fit()

    def _room(self, column: int, sample: str) -> int:
        view = self._view
        metrics = QFontMetrics(view.font())
        title = str(view.model().headerData(column, Qt.Orientation.Horizontal))
        title_room = metrics.horizontalAdvance(title) + _TITLE_PADDING
        if self._header.isSortIndicatorShown():
            title_room += _ARROW
        padding = _TABLE_PADDING if isinstance(view, QTableView) else _TREE_PADDING
        return max(metrics.horizontalAdvance(sample) + padding, title_room)

    def fit(self) -> None:
        """Give the room that is left to the one column."""
        header = self._header
        others = header.length() - header.sectionSize(self._stretched)
        self._fitting = True
        header.resizeSection(self._stretched, max(self._view.viewport().width() - others, self._least))
        self._fitting = False

    @Slot(int, int, int)
    def _on_resized(self, column: int, _old: int, new: int) -> None:
        if self._fitting:
            return
        self._chosen.add(column)
        if column == self._stretched:
            # A person made it smaller or larger: that is its least width from now on.
            self._least = new
        else:
            self.fit()


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


def prepare_table(table: QTableView) -> None:
    """Make a table, which has its model, read like a list: whole rows, no grid, rows of one fixed height."""
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
    header = SortHeader(table)
    table.setHorizontalHeader(header)
    # To paint a heading Qt asks of every row whether the whole column is selected; nothing is selected in here.
    header.setSelectionModel(QItemSelectionModel(table.model(), header))


def prepare_tree(tree: QTreeView) -> None:
    """Make a tree quick and calm: rows of one height, narrow steps, several rows selectable."""
    tree.setUniformRowHeights(True)
    tree.setIndentation(10)
    tree.setAlternatingRowColors(True)
    tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setAnimated(False)
    tree.setAllColumnsShowFocus(True)
    tree.setFont(theme.tabular_font())
    tree.header().setHighlightSections(False)
    tree.header().setSectionsMovable(False)
