"""The context menus of the timeline: what can be done at a place of the plots, and with what the legend selects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu

from core.autoapi.display import unit_choices
from gui.keys import first_key
from gui.views.timeline.menus import add_plot_actions, add_series_actions
from gui.views.timeline.naming import full_name
from gui.views.timeline.plot_edits import key_at
from gui.views.timeline.unit_menu import unit_menu
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtWidgets import QWidget

    from core.fleet.series import SeriesKey
    from gui.views.timeline.bookmarks import Bookmarks
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.editing import Editing
    from gui.views.timeline.frame import Row
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.plot_places import Target
    from gui.views.timeline.unit_menu import UnitChoice
    from gui.views.timeline.value_axis import ValueAxis


class ViewMenus(QObject):
    """Makes the menus of one timeline.

    Signals:
        unit_chosen(list of str, str): properties are to be shown in a unit, see TimelineView.
        derive_requested(list of SeriesKey): something is to be computed from these.
    """

    unit_chosen = Signal(list, str)
    derive_requested = Signal(list)

    def __init__(
        self, area: PlotArea, composition: Composition, editing: Editing, bookmarks: Bookmarks, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._area = area
        self._composition = composition
        self._editing = editing
        self._bookmarks = bookmarks
        self._parent = parent

    def at(self, place: QPoint) -> QMenu:
        """What can be done at a place of the plots."""
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self._area.row_or_header_at(place)
        if isinstance(row, ValuePlot):
            self._add_values(menu, row, place)
        if row is not None:
            self._add_edits(menu, row, place)
        self._bookmarks.add_to_menu(menu, place)
        return menu

    @Slot(QPoint)
    def show_at(self, place: QPoint) -> None:
        """Opens the menu of a place, if there is anything to do."""
        menu = self.at(place)
        if not menu.isEmpty():
            menu.popup(self._area.mapToGlobal(place))

    @Slot(object)
    def add_to_legend(self, menu: QMenu) -> None:
        """Adds the unit, the look and the place of the series selected in the legend."""
        keys = self._composition.selected_keys()
        self._add_units(menu, self._composition.unit_choice(keys))
        self._add_derive(menu, keys)
        add_series_actions(menu, self._editing, self._composition.layout, keys, self._area.colors)

    def take_unit_of(self, target: Target, keys: Iterable[SeriesKey]) -> None:
        """Shows series in the unit of the axis on which they were let go, as far as they convert into it."""
        plot = self._composition.plots().get(target.plot) if target.plot is not None and target.axis else None
        axis = next((axis for axis in plot.axes if axis.name == target.axis), None) if plot else None
        for key in keys if axis is not None and axis.unit else ():
            choice = self._composition.unit_choice([key])
            if axis and choice and choice.shown != axis.unit and axis.unit in unit_choices(choice.shown):
                self.unit_chosen.emit(list(choice.paths), axis.unit)

    def _add_values(self, menu: QMenu, plot: ValuePlot, place: QPoint) -> None:
        """The units and ranges of the axis at a place, of all axes elsewhere in the plot."""
        shown = [key for key in plot.keys() if self._composition.is_visible(key)]  # noqa: SIM118 (no mapping)
        only = plot.axis_at(place.x())
        axes = [only] if only else plot.shown_axes()
        for axis in axes:
            choice = self._composition.unit_choice(shown, axis.unit) if axis.unit else None
            self._add_units(menu, choice, "Unit" if len(axes) == 1 else f"Unit of {axis.title()}")
        if only and len(plot.shown_axes()) > 1:
            menu.addAction("Fit this axis").triggered.connect(lambda: self._fit([only]))
        menu.addAction("Fit values").triggered.connect(lambda: self._fit(plot.axes))
        self._add_derive(menu, [key for key in self._composition.selected_keys() if key in shown] or shown)

    def _add_edits(self, menu: QMenu, row: Row, place: QPoint) -> None:
        """The look and the place of the series at a place of the plots, and what can be done with the plot."""
        layout = self._composition.layout
        if (key := key_at(self._area, row, place)) is not None:
            part = menu if menu.isEmpty() else menu.addMenu(full_name(key))
            add_series_actions(part, self._editing, layout, [key], self._area.colors)
        add_plot_actions(menu, self._editing, layout, row.plot_id, self._composition.filling)

    def _add_derive(self, menu: QMenu, keys: Sequence[SeriesKey]) -> None:
        derive = menu.addAction("Derive series…")
        derive.setShortcut(first_key("derive"))
        derive.triggered.connect(lambda: self.derive_requested.emit(list(keys)))

    def _add_units(self, menu: QMenu, choice: UnitChoice | None, title: str = "Unit") -> None:
        if choice is not None:
            unit_menu(choice, menu, lambda unit: self.unit_chosen.emit(list(choice.paths), unit), title)

    def _fit(self, axes: Iterable[ValueAxis]) -> None:
        for axis in axes:
            axis.manual = None
        self._area.changed()
