"""The time zone and the units that a workspace is saved with, and which the window takes when it is opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gui.main_window.units import chosen_units
from gui.models.texts import plural
from gui.models.zones import zone_text

if TYPE_CHECKING:
    from core.autoapi.display import DisplayUnits
    from core.settings import Settings
    from core.workspaces.file import Workspace
    from gui.main_window.units import UnitSwitch
    from gui.main_window.zone_menu import ZoneMenu
    from gui.messages import MessageCenter

_SYSTEMS = {"metric": "metric units", "imperial": "imperial units", "as sent": "the units that were sent"}


class Viewing(QObject):
    """In which zone and units the window tells times and values.

    Args:
        settings: say so.
        zones, units: change them.
    """

    def __init__(
        self, settings: Settings, zones: ZoneMenu, units: UnitSwitch, messages: MessageCenter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._zones = zones
        self._units = units
        self._messages = messages

    def added_to(self, workspace: Workspace) -> Workspace:
        """A workspace with the zone and the units of the window."""
        return replace(workspace, zone=self._settings.time_zone, units=chosen_units(self._settings))

    def take(self, workspace: Workspace) -> None:
        """Show times and values as a workspace has them, and say what is shown otherwise than before."""
        told = []
        if workspace.zone not in (None, self._settings.time_zone):
            self._zones.choose(str(workspace.zone))
            told.append(f"times in {zone_text(str(workspace.zone))}")
        if workspace.units not in (None, chosen_units(self._settings)) and workspace.units is not None:
            self._units.take(workspace.units)
            told.append(f"values in {_units_text(workspace.units)}")
        if told:
            title = f"The workspace shows {' and '.join(told)}"
            self._messages.show_info(title, subject=workspace.name, replace_id="workspace viewing")


def _units_text(units: DisplayUnits) -> str:
    own = len(units.overrides)
    return _SYSTEMS[units.system] + (f", {plural(own, 'property', 'properties')} in others" if own else "")
