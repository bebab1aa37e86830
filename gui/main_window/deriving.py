"""The command that derives series: what it starts from, and where its result goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from shiboken6 import Shiboken

from core.autoapi.renames import names_of
from core.fleet.series import SeriesKey
from gui.dialogs.derive import DeriveDialog
from gui.dialogs.derive_choices import DeriveChoices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from core.fleet.series import PropertySummary
    from core.settings import Settings
    from gui.action_set import ActionSet
    from gui.main_window.layout import Panels
    from gui.session.session import Session


def has_numbers(summary: PropertySummary) -> bool:
    """Whether a property may have numbers, as far as its last values tell."""
    return summary.numeric or summary.last_value is not None or summary.last_text is None


class DeriveSwitch(QObject):
    """Opens the dialog for the series on the timeline, and puts what comes of it there too.

    Args:
        session: computes series.
        settings: name the time zone.
    """

    def __init__(
        self, actions: ActionSet, panels: Panels, session: Session, settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._panels = panels
        self._session = session
        self._settings = settings
        self._window = window
        actions.connect("derive", lambda: self.ask(panels.timeline.selected_keys()))
        panels.timeline.derive_requested.connect(self.ask)

    @Slot(list)
    def ask(self, selected: Sequence[SeriesKey]) -> None:
        """Open the dialog.

        Args:
            selected: the series that are preset.
        """
        dialog = DeriveDialog(self.choices(selected), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.derive_requested.connect(self._derive)
        dialog.open()
        vins = self.choices(selected).vins
        if vins:
            # The list may be long in coming; until then a formula may name anything.
            self._session.find_properties(vins, lambda found: self._take(dialog, found))

    @staticmethod
    def _take(dialog: DeriveDialog, found: Sequence[PropertySummary]) -> None:
        if Shiboken.isValid(dialog):
            dialog.set_known(
                {
                    SeriesKey("", one.capability, name, one.component).path: has_numbers(one)
                    for one in found
                    for name in names_of(one.capability, one.property)
                }
            )

    def choices(self, selected: Sequence[SeriesKey]) -> DeriveChoices:
        """What can be derived now."""
        keys = self._session.series_keys
        shown = self._panels.timeline.prepared_series()
        return DeriveChoices(
            keys,
            selected,
            tuple(dict.fromkeys([*(key.vin for key in keys), *self._panels.vehicles.selected_vins()])),
            {one.key: one.lines[0].unit for one in shown if one.lines},
            {one.key for one in shown if not one.lines and one.states is not None},
            self._settings.time_zone,
        )

    @Slot(list)
    def _derive(self, keys: Sequence[SeriesKey]) -> None:
        self._session.add_series(keys)
        self._panels.timeline.reveal(keys[0])
