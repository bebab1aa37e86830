"""The one switch for the time zone: local time, UTC, or any IANA zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup

from gui.dialogs.zone import ZoneDialog
from gui.models.zones import zone_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu, QWidget

_ALWAYS = ("local", "UTC")


class ZoneMenu(QObject):
    """Fills a menu with zones and keeps the chosen one ticked.

    Signals:
        chosen(str): the name of the zone that was chosen.
    """

    chosen = Signal(str)

    def __init__(self, menu: QMenu, current: str, window: QWidget) -> None:
        super().__init__(menu)
        self._menu = menu
        self._window = window
        self._group = QActionGroup(self)
        self._current = current
        self._names = list(dict.fromkeys((*_ALWAYS, current)))
        self._fill()

    def _fill(self) -> None:
        for action in self._menu.actions():
            self._menu.removeAction(action)
            action.deleteLater()
        for name in self._names:
            action = QAction(zone_text(name), self._menu, checkable=True)
            action.setData(name)
            action.setChecked(name == self._current)
            action.triggered.connect(self._on_triggered)
            self._group.addAction(action)
            self._menu.addAction(action)
        self._menu.addSeparator()
        other = QAction("Other zone…", self._menu)
        other.triggered.connect(self._ask)
        self._menu.addAction(other)

    @Slot()
    def _on_triggered(self) -> None:
        action = self._group.checkedAction()
        if action is not None:
            self._choose(str(action.data()))

    @Slot()
    def _ask(self) -> None:
        dialog = ZoneDialog(self._current, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.choose)
        dialog.open()

    @Slot(str)
    def choose(self, name: str) -> None:
        """Choose a zone, as if a person did."""
        if name not in self._names:
            self._names = [*_ALWAYS, name]
        self._choose(name)

    def _choose(self, name: str) -> None:
        self._current = name
        self._fill()
        self.chosen.emit(name)
