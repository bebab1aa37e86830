"""What is seen while nothing is open: three ways to begin, the saved connections, and the sources opened before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.views.source_list import ROW_HEIGHT, SourceDelegate, SourcesModel, source_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    from core.connections import Connection

_WIDTH = 780
_CHOICE_WIDTH = 230
_CHOICE_LEAST = 150
_ROWS, _ROWS_OF_TWO = 6, 4
_LEAST_HEIGHT = 240


class Choice(QPushButton):
    """A large button with an icon, a title and a line that explains it."""

    def __init__(self, icon: str, title: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("choice")
        self.setAccessibleName(title.replace("…", ""))
        self.setAccessibleDescription(explanation)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._icon_name = icon
        self._icon = QLabel()
        self._title = QLabel(title)
        self._title.setFont(theme.scaled_font(1.15, bold=True))
        self._title.setWordWrap(True)
        self._explanation = QLabel(explanation)
        self._explanation.setProperty("role", "muted")
        self._explanation.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 16)
        layout.setSpacing(6)
        for label in (self._icon, self._title, self._explanation):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        layout.addStretch(1)
        self._paint()
        theme.notifier.theme_changed.connect(self._paint)

    def sizeHint(self) -> QSize:
        return QSize(_CHOICE_WIDTH, self.heightForWidth(_CHOICE_WIDTH))

    def minimumSizeHint(self) -> QSize:
        return QSize(_CHOICE_LEAST, self.heightForWidth(_CHOICE_WIDTH))

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's spelling
        layout = self.layout()
        return 0 if layout is None else layout.totalHeightForWidth(width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Outside dialogs Qt presses a button on Space alone.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        self._icon.setPixmap(theme.icon(self._icon_name, "accent").pixmap(30, 30))
        self.setStyleSheet(
            f"#choice {{ background: {colors.surface}; border: 1px solid {colors.outline}; border-radius: 8px;"
            f" padding: 0; text-align: left; }}"
            f"#choice:hover {{ background: {colors.selection}; }}"
            f"#choice:focus {{ border: 2px solid {colors.accent}; padding: 0; }}"
        )


class WelcomePage(QWidget):
    """Begins the work: connect to a bucket, open a folder, try the demo fleet, or open what is known.

    Signals:
        connect_requested(), folder_requested(), demo_requested(): one of the three choices.
        setup_requested(): set a bucket up for delivery.
        folder_dropped(str): a folder was dropped on the page.
        recent_requested(Connection): open it, whether it is saved or was opened before.
        recent_removed(Connection): take it off the list of what was opened before.
        edit_requested(Connection): edit a saved one, or save one that was opened before.
        duplicate_requested(Connection), remove_requested(Connection): copy or remove a saved one.
    """

    connect_requested = Signal()
    folder_requested = Signal()
    demo_requested = Signal()
    setup_requested = Signal()
    folder_dropped = Signal(str)
    recent_requested = Signal(object)
    recent_removed = Signal(object)
    edit_requested = Signal(object)
    duplicate_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setAccessibleName("Welcome")
        self.model, self.saved_model = SourcesModel(self), SourcesModel(self)
        self._recent_title, self._saved_title = QLabel("Recent sources"), QLabel("Connections")
        for title in (self._recent_title, self._saved_title):
            title.setFont(theme.scaled_font(1, bold=True))
            title.setContentsMargins(0, 28, 0, 8)
        self.recent = self._make_list("recent", "Recent sources", self.model)
        self.saved = self._make_list("saved", "Connections", self.saved_model)
        column = QFrame()
        column.setMaximumWidth(_WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(0)
        layout.addLayout(self._make_head())
        layout.addSpacing(24)
        layout.addLayout(self._make_choices())
        layout.addSpacing(10)
        layout.addWidget(self._make_setup(), 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self._saved_title, self.saved, self._recent_title, self.recent):
            layout.addWidget(part)
        # A small window scrolls; what stands in it must not be pressed together.
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content = QWidget()
        area.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(2)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(column, 20)
        line.addStretch(1)
        outer.addLayout(line)
        outer.addStretch(3)
        self.set_connections(())
        self.set_recent(())

    def minimumSizeHint(self) -> QSize:
        """As wide as what stands in it; it scrolls up and down alone."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(self._content.minimumSizeHint().width() + bar, _LEAST_HEIGHT)

    def _make_head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(theme.application_icon().pixmap(56, 56))
        title = QLabel("Odograph")
        title.setFont(theme.scaled_font(2.2, bold=True))
        text = QLabel("Browse, chart and export the vehicle data that High Mobility delivers into your bucket.")
        text.setProperty("role", "muted")
        text.setFont(theme.scaled_font(1.1))
        text.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(text)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(picture)
        head.addLayout(words, 1)
        return head

    def _make_choices(self) -> QHBoxLayout:
        bucket = Choice("bucket", "Connect to a bucket…", "An S3 bucket or prefix, with an AWS profile or access keys.")
        folder = Choice("open-folder", "Open a folder…", "A copy of a bucket on this computer. Or drop it here.")
        demo = Choice("demo", "Try the demo fleet", "12 simulated vehicles over 30 days. Nothing to set up.")
        bucket.clicked.connect(self.connect_requested)
        folder.clicked.connect(self.folder_requested)
        demo.clicked.connect(self.demo_requested)
        choices = QHBoxLayout()
        choices.setSpacing(14)
        for choice in (bucket, folder, demo):
            choices.addWidget(choice, 1)
        return choices

    def _make_setup(self) -> QToolButton:
        setup = QToolButton()
        setup.setText("No bucket yet? Set one up for delivery…")
        setup.setIcon(theme.icon("settings"))
        setup.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        setup.setToolTip("Plan a bucket that High Mobility may deliver into; nothing is done before you have seen it")
        setup.clicked.connect(self.setup_requested)
        return setup

    def _make_list(self, id: str, name: str, model: SourcesModel) -> QListView:
        view = QListView()
        view.setObjectName(id)
        view.setAccessibleName(name)
        view.setModel(model)
        view.setItemDelegate(SourceDelegate(view))
        view.setUniformItemSizes(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(lambda where: self._show_menu(view, where))
        view.doubleClicked.connect(self._open)
        view.installEventFilter(self)
        return view

    def set_recent(self, sources: Sequence[Connection]) -> None:
        """Show the sources opened before, newest first."""
        self._fill(self.recent, self.model, self._recent_title, sources)

    def set_connections(self, connections: Sequence[Connection]) -> None:
        """Show the saved connections."""
        self._fill(self.saved, self.saved_model, self._saved_title, connections)

    def _fill(self, view: QListView, model: SourcesModel, title: QLabel, sources: Sequence[Connection]) -> None:
        row = view.currentIndex().row()
        model.set_sources(sources)
        for widget in (title, view):
            widget.setVisible(bool(sources))
        if sources:
            view.setCurrentIndex(model.index(max(0, min(row, len(sources) - 1))))
        counts = {self.saved: self.saved_model.rowCount(), self.recent: self.model.rowCount()}
        # Both lists together are not much longer than one alone.
        most = _ROWS if not all(counts.values()) else _ROWS_OF_TWO
        for each, count in counts.items():
            each.setFixedHeight(ROW_HEIGHT * min(count, most) + 2 * each.frameWidth())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        source = source_of(index)
        if source is not None:
            self.recent_requested.emit(source)

    def _remove(self, index: QModelIndex) -> None:
        source = source_of(index)
        if source is not None:
            (self.remove_requested if index.model() is self.saved_model else self.recent_removed).emit(source)

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and isinstance(watched, QListView):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._open(watched.currentIndex())
                return True
            if event.key() == Qt.Key.Key_Delete:
                self._remove(watched.currentIndex())
                return True
            if event.key() == Qt.Key.Key_F2:
                self._edit(watched.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _edit(self, index: QModelIndex) -> None:
        source = source_of(index)
        if source is not None and source.address.startswith("s3://"):
            self.edit_requested.emit(source)

    def _show_menu(self, view: QListView, where: QPoint) -> None:
        index = view.indexAt(where)
        source = source_of(index)
        if source is not None:
            self.make_menu(index, source).popup(view.viewport().mapToGlobal(where))

    def make_menu(self, index: QModelIndex, source: Connection) -> QMenu:
        """The menu of a source; it deletes itself."""
        saved = index.model() is self.saved_model
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(theme.icon("open-folder"), "Open").triggered.connect(lambda: self._open(index))
        copy = menu.addAction(theme.icon("copy"), "Copy address")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(source.address))
        if source.address.startswith("s3://"):
            edit = menu.addAction(theme.icon("settings"), "Edit…" if saved else "Save as a connection…")
            edit.triggered.connect(lambda: self.edit_requested.emit(source))
        if saved:
            menu.addAction("Duplicate").triggered.connect(lambda: self.duplicate_requested.emit(source))
        menu.addSeparator()
        remove = menu.addAction(theme.icon("remove"), "Remove" if saved else "Remove from this list")
        remove.triggered.connect(lambda: self._remove(index))
        return menu

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _folder_of(event) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        folder = _folder_of(event)
        if folder is not None:
            event.accept()
            self.folder_dropped.emit(folder)


def _folder_of(event: QDropEvent) -> str | None:
    urls = event.mimeData().urls()
    if len(urls) == 1 and urls[0].isLocalFile() and Path(urls[0].toLocalFile()).is_dir():
        return str(Path(urls[0].toLocalFile()))
    return None
