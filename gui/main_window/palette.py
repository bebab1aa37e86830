"""What the command palette of a window offers, and what becomes of a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Slot

from core.fleet.series import SeriesKey
from core.fleet.timezones import LOCAL, zone_names
from core.sandbox.simulate import display_name
from core.settings import MAX_RECENT_COMMANDS
from gui.actions import ACTIONS, menu_path
from gui.dialogs.palette import CommandPalette
from gui.keys import shortcut_text
from gui.models.bookmarks import NEWEST, bookmark_name, bookmark_time
from gui.models.palette import EntryKind, PaletteEntry
from gui.models.texts import plural, visible_text
from gui.models.zones import zone_text
from gui.views.timeline.naming import component_name, property_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from core.connections import Connection
    from core.fleet.series import PropertySummary, Vehicle
    from core.settings import Settings
    from core.workspaces.bookmarks import Bookmark
    from gui.action_set import ActionSet
    from gui.main_window.layout import Panels
    from gui.session.session import Session


class PaletteSwitch(QObject):
    """Opens the palette and does what is chosen in it.

    Args:
        settings: remembers which commands were chosen lately.
        save: keeps the settings.
        open_source: opens a source that was chosen.
        choose_zone: shows times in a zone that was chosen.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        session: Session,
        settings: Settings,
        save: Callable[[], None],
        open_source: Callable[[Connection], None],
        choose_zone: Callable[[str], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._panels = panels
        self._settings = settings
        self._save = save
        self._open_source = open_source
        self._choose_zone = choose_zone
        self._zones: list[PaletteEntry] = []
        self._vins: list[str] = []
        self._properties: Sequence[PropertySummary] = ()
        self.palette = CommandPalette(window)
        self.palette.chosen.connect(self._do)
        actions.connect("palette", self.toggle)
        session.vehicles_changed.connect(self._take_vehicles)
        session.properties_changed.connect(self._take_properties)
        session.closed.connect(self._forget)

    @Slot()
    def toggle(self) -> None:
        """Open the palette, or close it where it is open."""
        if self.palette.isVisible():
            self.palette.dismiss()
        else:
            found = (self._commands(), self._bookmarks(), self._sources(), self._leaves(), self._time_zones())
            entries = [entry for some in found for entry in some]
            self.palette.open(entries, self._vins, self._settings.recent_commands)

    def _commands(self) -> list[PaletteEntry]:
        return [
            PaletteEntry(
                EntryKind.COMMAND,
                definition.id,
                definition.name,
                f"{menu_path(definition)} · {definition.tip}",
                shortcut_text(definition),
                definition.icon,
                self._actions.missing(definition.id),
            )
            for definition in ACTIONS
            if definition.id != "palette"
        ]

    def _bookmarks(self) -> list[PaletteEntry]:
        marks = self._panels.timeline.bookmarks
        missing = "" if marks.can_go else self._actions.missing("add_bookmark")
        return [
            PaletteEntry(
                EntryKind.BOOKMARK,
                one,
                bookmark_name(one, marks.zone),
                f"Go to this bookmark · {bookmark_time(one, marks.zone)}"
                + (f" · {NEWEST}" if one == marks.newest else ""),
                icon="bookmark",
                missing=missing,
            )
            for one in marks.all
        ]

    def _sources(self) -> list[PaletteEntry]:
        return [
            *(
                PaletteEntry(EntryKind.SOURCE, each, each.name, f"Open this connection · {each.address}", icon="bucket")
                for each in self._settings.connections
            ),
            *(
                PaletteEntry(EntryKind.SOURCE, each, display_name(each.address), "Open this source", icon="recent")
                for each in self._settings.unsaved_sources
            ),
        ]

    def _time_zones(self) -> list[PaletteEntry]:
        if not self._zones:
            names = dict.fromkeys(("UTC", LOCAL, *zone_names()))
            beside = "Show all times in this time zone"
            self._zones = [PaletteEntry(EntryKind.ZONE, name, zone_text(name), beside, icon="clock") for name in names]
        return self._zones

    def _leaves(self) -> list[PaletteEntry]:
        vins = self._panels.vehicles.selected_vins()
        if not vins:
            return []
        whose = visible_text(vins[0]) if len(vins) == 1 else plural(len(vins), "selected vehicle")
        found = []
        for summary in self._properties:
            key = SeriesKey("", summary.capability, summary.property, summary.component)
            name = " · ".join(filter(None, (property_name(key), component_name(key))))
            beside = f"Show on the timeline for {whose} · {visible_text(key.path)}"
            leaf = (key.capability, key.property, key.component)
            found.append(PaletteEntry(EntryKind.PROPERTY, leaf, name, beside, icon="property"))
        return found

    @Slot(object)
    def _do(self, entry: PaletteEntry) -> None:
        if entry.kind is EntryKind.COMMAND:
            id = str(entry.value)
            others = [each for each in self._settings.recent_commands if each != id]
            self._settings.recent_commands = [id, *others][:MAX_RECENT_COMMANDS]
            self._save()
            self._actions.action(id).trigger()
        elif entry.kind is EntryKind.PROPERTY:
            self._panels.properties.series_activated.emit([entry.value])
        elif entry.kind is EntryKind.BOOKMARK:
            self._panels.timeline.bookmarks.go_to(cast("Bookmark", entry.value))
        elif entry.kind is EntryKind.SOURCE:
            self._open_source(cast("Connection", entry.value))
        elif entry.kind is EntryKind.ZONE:
            self._choose_zone(str(entry.value))
        else:
            self._panels.docks["show_vehicles"].show()
            self._panels.vehicles.select_vins([str(entry.value)])

    @Slot(object)
    def _take_vehicles(self, vehicles: Sequence[Vehicle]) -> None:
        self._vins = [vehicle.vin for vehicle in vehicles]

    @Slot(object)
    def _take_properties(self, properties: Sequence[PropertySummary]) -> None:
        self._properties = properties

    @Slot()
    def _forget(self) -> None:
        self._vins, self._properties = [], ()
