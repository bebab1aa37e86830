"""The one switch for units, and the units that were chosen for single axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Slot

from core.autoapi.display import DisplayUnits
from core.settings import UNIT_SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.autoapi.units import System
    from core.settings import Settings
    from gui.action_set import ActionSet
    from gui.main_window.layout import Panels
    from gui.session.session import Session
    from gui.views.timeline.prepared import PreparedSeries

# So many samples are converted while nobody notices; more are converted by a job.
_AT_ONCE = 300_000


def chosen_units(settings: Settings) -> DisplayUnits:
    """In which units a person has chosen to see values."""
    return DisplayUnits(cast("System", settings.units), dict(settings.unit_overrides))


class UnitSwitch(QObject):
    """Shows values in the units of the settings, and keeps what a person chooses.

    Args:
        session: prepares series for the units.
        save: keeps the settings.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        session: Session,
        settings: Settings,
        save: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._panels = panels
        self._settings = settings
        self._save = save
        self._session = session
        self._units = DisplayUnits()
        for system in UNIT_SYSTEMS:
            action = actions.action(f"units_{system.replace(' ', '_')}")
            action.setChecked(system == settings.units)
            action.triggered.connect(lambda _on=False, system=system: self._set_system(system))
        panels.timeline.unit_chosen.connect(self._set_units)
        session.series_converted.connect(self._on_converted)
        session.closed.connect(self._on_closed)
        self._show()

    def take(self, units: DisplayUnits) -> None:
        """Show values in these units from now on."""
        self._actions.action(f"units_{units.system.replace(' ', '_')}").setChecked(True)
        self._settings.unit_overrides = dict(units.overrides)
        self._settings.units = units.system
        self._save()
        self._show()

    def _set_system(self, system: str) -> None:
        if system != self._settings.units:
            self._settings.units = system
            self._save()
            self._show()

    @Slot(list, str)
    def _set_units(self, paths: Sequence[str], unit: str) -> None:
        kept = {path: own for path, own in self._settings.unit_overrides.items() if path not in paths}
        self._settings.unit_overrides = kept | (dict.fromkeys(paths, unit) if unit else {})
        self._save()
        self._show()

    def _show(self) -> None:
        units = chosen_units(self._settings)
        self._units = units
        self._session.set_units(units)
        self._panels.properties.set_units(units)
        shown = self._panels.timeline.prepared_series()
        if sum(len(one.series) for one in shown) < _AT_ONCE:
            self._panels.timeline.set_units(units)
        else:
            self._session.convert_series(shown, units)

    @Slot()
    def _on_closed(self) -> None:
        # What was being converted is gone with its source, and the next one's series come in the new units.
        self._panels.timeline.set_units(self._units)

    @Slot(object, object)
    def _on_converted(self, units: DisplayUnits, series: Sequence[PreparedSeries]) -> None:
        if units == self._units:
            self._panels.timeline.set_units(units, series)
