"""What the context menus of plots, axes, curves and the legend offer besides units."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup

from core.workspaces.layout import Shape
from gui.keys import first_key
from gui.views.timeline.editing import WIDTHS
from gui.views.timeline.legend_icons import swatch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu

    from core.fleet.series import SeriesKey
    from core.workspaces.layout import TimelineLayout
    from gui.views.timeline.editing import Editing
    from gui.views.timeline.palette import TimelineColors

_SHAPES = {Shape.STEPS: "Steps", Shape.LINE: "Line", Shape.POINTS: "Points"}


def add_series_actions(
    menu: QMenu, editing: Editing, layout: TimelineLayout, keys: Sequence[SeriesKey], colors: TimelineColors
) -> None:
    """Adds what can be done with some series: how they look, and where they stand."""
    looks = [layout.looks[key] for key in keys if key in layout.looks]
    if not looks:
        return
    look = looks[0]
    color = menu.addMenu("Colour")
    for number, shade in enumerate(colors.series):
        chosen = look.color == number
        action = _add(color, f"Colour {number + 1}", partial(editing.set_color, keys, number), checked=chosen)
        action.setIcon(swatch(shade))
        action.setIconVisibleInMenu(True)
    color.addSeparator()
    _add(color, "Automatic", lambda: editing.set_color(keys, None))
    width = menu.addMenu("Width")
    for value in WIDTHS:
        text = f"{value:g} pixel{'' if value == 1 else 's'}" if value else "Automatic"
        _add(width, text, partial(editing.set_width, keys, value), checked=look.width == value)
    style = menu.addMenu("Style")
    for shape, text in _SHAPES.items():
        _add(style, text, partial(editing.set_shape, keys, shape), checked=look.shape == shape)
    home = layout.plot_of(keys[0])
    if home is None:
        return
    place = layout.place_of(home.id)
    move = menu.addMenu("Move to")
    new = _add(move, "New plot", lambda: editing.move_to_new(keys), key="to_new_plot")
    new.setEnabled(set(home.keys) != set(keys))
    above = _add(move, "Plot above", lambda: editing.move_beside(-1, keys), key="to_plot_above")
    above.setEnabled(place > 0)
    below = _add(move, "Plot below", lambda: editing.move_beside(1, keys), key="to_plot_below")
    below.setEnabled(place + 1 < len(layout.plots))


def add_plot_actions(menu: QMenu, editing: Editing, layout: TimelineLayout, id: int, filling: int | None) -> None:
    """Adds what can be done with a plot, and with all of them."""
    plot = layout.plot(id)
    if plot is None:
        return
    several, place = len(layout.plots) > 1, layout.place_of(id)
    if not menu.isEmpty():
        menu.addSeparator()
    if several:
        fill = "Show all plots" if filling == id else "Fill the timeline"
        _add(menu, fill, lambda: editing.fill(id), key="fill_plot")
        up = _add(menu, "Move plot up", lambda: editing.step_plot(-1, id), key="plot_up")
        up.setEnabled(place > 0)
        down = _add(menu, "Move plot down", lambda: editing.step_plot(1, id), key="plot_down")
        down.setEnabled(place + 1 < len(layout.plots))
        _add(menu, "Equal heights", editing.equal_heights, key="equal_heights")
        _add(menu, "Merge all into one plot", editing.merge, key="merge_plots")
    _add(menu, "One plot a unit", editing.by_unit, key="plots_by_unit")
    menu.addSeparator()
    _add(menu, "Remove plot", lambda: editing.remove(plot.keys, "remove plot"))


def _add(menu: QMenu, text: str, slot: Callable[[], object], *, key: str = "", checked: bool | None = None) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda _on=False: slot())
    if key:
        action.setShortcut(first_key(key))
    if checked is not None:
        group = menu.findChild(QActionGroup) or QActionGroup(menu)
        group.addAction(action)
        action.setCheckable(True)
        action.setChecked(checked)
    return action
