"""The menu that chooses the unit of a value axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup

from core.autoapi.catalogue import catalogue
from core.autoapi.display import unit_choices, unit_text
from core.autoapi.units import dimension
from core.fleet.formula import inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from core.fleet.series import SeriesKey


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """What can be chosen for some properties that are shown in one unit.

    Attributes:
        paths: of the properties, as :func:`core.autoapi.display.unit_path` writes them.
        shown: the unit of now.
        usual: the unit that the program's setting gives them.
        is_own: whether the unit of now was chosen for them.
    """

    paths: tuple[str, ...]
    shown: str
    usual: str
    is_own: bool


def leaves_with_unit(key: SeriesKey, unit: str) -> list[tuple[str, str, str]]:
    """The capability, property and component whose unit decides in which one a series is shown.

    A recorded series decides itself. Derived ones have the unit of what they are computed from, where they measure the
    same: there it is changed for both.
    """
    sources = inputs_of(key)
    leaves = [(one.capability, one.property, one.component) for one in sources or (key,)]
    if not sources:
        return leaves
    return [leaf for leaf in leaves if dimension(catalogue().usual_unit(*leaf)) == dimension(unit)]


def unit_menu(choice: UnitChoice, parent: QMenu, choose: Callable[[str], None], title: str = "Unit") -> QMenu | None:
    """A menu of the units of the same dimension, added to another one; None where there is no other unit.

    Args:
        choose: told the unit, or an empty text for that of the program's setting.
    """
    units = unit_choices(choice.shown)
    if not units:
        return None
    menu = parent.addMenu(title)
    group = QActionGroup(menu)
    for unit in units:
        name = unit.replace("_", " ")
        action = menu.addAction(f"{unit_text(unit)}\t{name}" if unit_text(unit) != name else name)
        action.setData(unit)
        action.setCheckable(True)
        action.setChecked(choice.is_own and unit == choice.shown)
        action.triggered.connect(lambda _on=False, unit=unit: choose(unit))
        group.addAction(action)
    menu.addSeparator()
    usual = menu.addAction(f"As the program's setting ({unit_text(choice.usual)})")
    usual.setData("")
    usual.setCheckable(True)
    usual.setChecked(not choice.is_own)
    usual.triggered.connect(lambda: choose(""))
    group.addAction(usual)
    return menu
