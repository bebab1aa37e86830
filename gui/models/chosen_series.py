"""A list of series, each of which can be ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from core.autoapi.catalogue import catalogue
from core.autoapi.renames import names_of
from core.fleet.formula import formula_of
from gui.models.formula_text import formula_text
from gui.models.texts import NO_VIN, tip_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.fleet.nodes import Input
    from core.fleet.series import SeriesKey

_Index = QModelIndex | QPersistentModelIndex


class ChosenSeriesModel(QAbstractListModel):
    """Series in a fixed order, all ticked at first."""

    def __init__(self, keys: Sequence[SeriesKey], *, joined: bool = False) -> None:
        """Args:
        joined: whether the series of renamed properties are joined, which their tips say.
        """
        super().__init__()
        self._keys = tuple(keys)
        self._joined = joined
        self._ticked = [True] * len(self._keys)

    def chosen(self) -> tuple[SeriesKey, ...]:
        """The ticked series in their order."""
        return tuple(key for key, ticked in zip(self._keys, self._ticked, strict=True) if ticked)

    def tick_all(self, ticked: bool) -> None:
        """Tick all, or none."""
        self._ticked = [ticked] * len(self._keys)
        if self._keys:
            self.dataChanged.emit(self.index(0), self.index(len(self._keys) - 1), [Qt.ItemDataRole.CheckStateRole])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._keys)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        key = self._keys[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return series_text(key)
        if role == Qt.ItemDataRole.ToolTipRole:
            former = names_of(key.capability, key.property)[1:] if self._joined else ()
            line = f"\nWith what was sent as {' or '.join(former)}" if former else ""
            return tip_text(visible_text(f"{key.vin or NO_VIN} {key.path}") + line)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self._ticked[index.row()] else Qt.CheckState.Unchecked
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self._ticked[index.row()] = Qt.CheckState(value) == Qt.CheckState.Checked
        self.dataChanged.emit(index, index, [role])
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable


def series_text(key: SeriesKey) -> str:
    """A series as a person reads it: vehicle, property and, where there is one, component."""
    formula = formula_of(key)
    name = _name(key) if formula is None else formula_text(formula, lambda one: _input_name(one, key.vin))
    return visible_text(f"{key.vin or NO_VIN} · {name}")


def _input_name(one: Input, vin: str) -> str:
    name = _name(one.key(vin))
    return f"{name} of {one.vin or NO_VIN}" if one.vin is not None and one.vin != vin else name


def _name(key: SeriesKey) -> str:
    facts = catalogue()
    name = facts.property_name(key.capability, key.property)
    return f"{name} · {facts.component_name(key.capability, key.property, key.component)}" if key.component else name
