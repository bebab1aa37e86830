"""The one switch for gaps: how long a series may be silent before its last value no longer counts as known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.settings import Settings
    from gui.action_set import ActionSet
    from gui.main_window.layout import Panels
    from gui.session.session import Session

_FACTORS = (1.5, 2.5, 5.0, 10.0, 0.0)


class GapSwitch(QObject):
    """Finds gaps as a person has chosen, or as a workspace says, and keeps the choice.

    Args:
        session: finds gaps by jobs.
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
        self._timeline = panels.timeline
        self._session = session
        self._settings = settings
        self._save = save
        self._actions = {factor: actions.action(f"gaps_{factor:g}") for factor in _FACTORS}
        for factor, action in self._actions.items():
            action.triggered.connect(lambda _on=False, factor=factor: panels.timeline.reading.set_gap_factor(factor))
        panels.timeline.reading.gap_factor_changed.connect(self._show)
        panels.timeline.reading.set_gap_factor(settings.gap_factor)

    @Slot(float)
    def _show(self, factor: float) -> None:
        # A workspace may have a factor that is none of these.
        for other, action in self._actions.items():
            group = action.actionGroup()
            group.setExclusive(False)
            action.setChecked(other == factor)
            group.setExclusive(True)
        if factor != self._settings.gap_factor:
            self._settings.gap_factor = factor
            self._save()
        self._session.set_gap_factor(factor, self._timeline.prepared_series())
