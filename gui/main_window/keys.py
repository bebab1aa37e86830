"""The keys that a person has given to commands: taken from the settings, and kept in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.dialogs.shortcuts import ShortcutsDialog
from gui.keys import bindings

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from core.settings import Settings
    from gui.action_set import ActionSet


class KeySwitch(QObject):
    """Gives commands the keys of the settings, and shows the sheet in which they can be changed.

    Args:
        save: keeps the settings.
    """

    def __init__(self, actions: ActionSet, settings: Settings, save: Callable[[], None], window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._save = save
        self._window = window
        bindings.set_changes(settings.shortcuts)
        actions.connect("shortcuts", self.show_sheet)

    @Slot()
    def show_sheet(self) -> None:
        """Open the sheet of shortcuts."""
        dialog = ShortcutsDialog(self._window)
        dialog.keys_changed.connect(self._keep)
        dialog.open()

    @Slot()
    def _keep(self) -> None:
        self._settings.shortcuts = bindings.changes()
        self._save()
