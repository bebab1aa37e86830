"""How the panels are arranged: kept soon after each change, and with room for plots in a low window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMainWindow

    from gui.main_window.layout import Panels

# A change is kept after so long, also while more of them come: a window that is killed has lost no more.
_KEEP_MS = 1000
# A window that is lower than this has no room for all panels beside the plots; the panels at the left are as wide.
_LOW = 740
_NARROW_LEFT = 330
_LOW_LEFT_HEIGHTS = (240, 300)
_CHANGES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange)
_OVERVIEW = "overview"


class ArrangementKeeper(QObject):
    """Keeps geometry, panels, splitters and whether the overview is shown.

    Args:
        state: where they are kept.
        docks: how the panels are arranged now, also while they are hidden for the welcome page.
        overview: the command that shows and hides the overview.
        keeps: whether anything is kept and comes back.
    """

    def __init__(
        self,
        panels: Panels,
        state: Callable[[], QSettings],
        docks: Callable[[], QByteArray],
        overview: QAction,
        window: QMainWindow,
        *,
        keeps: bool,
    ) -> None:
        super().__init__(window)
        self._panels = panels
        self._state = state
        self._docks = docks
        self._overview = overview
        self._window = window
        self._keeps = keeps
        self._is_usual = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_MS)
        self._timer.timeout.connect(self.keep_now)
        overview.toggled.connect(panels.timeline.show_overview)
        overview.toggled.connect(self._touch)
        window.installEventFilter(self)
        for dock in panels.docks.values():
            dock.installEventFilter(self)
            for changed in (dock.visibilityChanged, dock.topLevelChanged, dock.dockLocationChanged):
                changed.connect(self._touch)
        for splitter in self._splitters():
            splitter.splitterMoved.connect(self._touch)

    def restore(self) -> None:
        """Arrange the window as it was kept."""
        if not self._keeps:
            return
        kept = self._state()
        for name, restore in (("geometry", self._window.restoreGeometry), ("docks", self._window.restoreState)):
            value = kept.value(name)
            if isinstance(value, QByteArray):
                restore(value)
                self._is_usual = self._is_usual and name != "docks"
        for splitter in self._splitters():
            value = kept.value(splitter.objectName())
            if isinstance(value, QByteArray):
                splitter.restoreState(value)
        self._overview.setChecked(kept.value(_OVERVIEW, "shown") != "hidden")

    def make_room(self) -> None:
        """Once, where nothing was kept and the window is low: fewer panels at a time, so that plots have room."""
        was_usual, self._is_usual = self._is_usual, False
        if not was_usual or self._window.height() >= _LOW:
            return
        docks = self._panels.docks
        batches, vehicles, properties = (docks[f"show_{name}"] for name in ("batches", "vehicles", "properties"))
        self._window.tabifyDockWidget(batches, vehicles)
        vehicles.raise_()
        for name in ("show_messages", "show_rejects", "show_statistics"):
            docks[name].hide()
        self._window.resizeDocks([vehicles, properties], list(_LOW_LEFT_HEIGHTS), Qt.Orientation.Vertical)
        self._window.resizeDocks([vehicles], [_NARROW_LEFT], Qt.Orientation.Horizontal)

    @Slot()
    def keep_now(self) -> None:
        """Keep how the window is arranged."""
        self._timer.stop()
        if not self._keeps:
            return
        kept = self._state()
        kept.setValue("geometry", self._window.saveGeometry())
        kept.setValue("docks", self._docks())
        for splitter in self._splitters():
            if splitter.property("moved"):
                kept.setValue(splitter.objectName(), splitter.saveState())
        kept.setValue(_OVERVIEW, "shown" if self._overview.isChecked() else "hidden")
        # Written as a whole, beside what was there before.
        kept.sync()

    @Slot()
    def _touch(self) -> None:
        sender = self.sender()
        if isinstance(sender, QSplitter):
            sender.setProperty("moved", True)
        if self._keeps and self._window.isVisible() and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES:
            self._touch()
        return False

    def _splitters(self) -> list[QSplitter]:
        """Those that a person moves, by whose names they are kept."""
        return [one for one in self._window.findChildren(QSplitter) if one.objectName()]
