"""The vehicles of the archive."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from gui import theme
from gui.models.row_table import RowTableModel
from gui.models.texts import (
    NO_VIN,
    age_text,
    count_text,
    full_time_text,
    minute_text,
    plural,
    tip_text,
    visible_text,
)
from gui.models.tree import NAME_ROLE, SORT_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.fleet.series import Vehicle
    from gui.models.tree import AnyIndex

VIN, LAST_SEEN, SAMPLES = range(3)
_SILENT = 86_400_000_000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class VehiclesModel(RowTableModel):
    """VIN, last seen and number of samples of each vehicle; a silent vehicle is greyed.

    A vehicle is silent when its last sample is more than a day older than the newest of all: a fleet in the archive may
    be a year old as a whole.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(("VIN", "Last seen", "Samples"), parent)
        self._vehicles: list[Vehicle] = []
        self._places: dict[str, int] = {}
        self._columns: dict[int, NDArray[Any]] = {}
        self._newest = 0
        self._zone: tzinfo = UTC

    def set_vehicles(self, vehicles: Sequence[Vehicle]) -> None:
        """Show these vehicles."""
        self._vehicles = list(vehicles)
        self._places = {vehicle.vin: place for place, vehicle in enumerate(self._vehicles)}
        self._columns = {}
        self._newest = max((vehicle.last_seen for vehicle in self._vehicles), default=0)
        self._rows_changed()

    def set_zone(self, zone: tzinfo) -> None:
        """Show times in this zone."""
        self._zone = zone
        if self.rowCount():
            self.dataChanged.emit(self.index(0, LAST_SEEN), self.index(self.rowCount() - 1, LAST_SEEN), [])

    def vin_at(self, row: int) -> str:
        """The vehicle that a row shows."""
        return self._vehicles[int(self.shown[row])].vin

    def vins_at(self, rows: Iterable[int]) -> list[str]:
        """The vehicles that these rows show."""
        vehicles, shown = self._vehicles, self.shown.tolist()
        return [vehicles[shown[row]].vin for row in rows]

    def rows_of(self, vins: Iterable[str]) -> NDArray[np.intp]:
        """The rows that show these vehicles, ascending; hidden ones have none."""
        places = [self._places[vin] for vin in self.known(vins)]
        wanted = np.zeros(len(self._vehicles), np.bool_)
        wanted[places] = True
        return np.flatnonzero(wanted[self.shown])

    def known(self, vins: Iterable[str]) -> set[str]:
        """Those of the vehicles that are there, shown or not."""
        return self._places.keys() & vins

    def total(self) -> int:
        return len(self._vehicles)

    def _search_texts(self) -> list[str]:
        return [(vehicle.vin or NO_VIN).lower() for vehicle in self._vehicles]

    def _sort_values(self, column: int) -> NDArray[Any]:
        values = self._columns.get(column)
        if values is None:
            if column == VIN:
                # Ranks sort a hundred times faster than texts, and the texts do not change while they are shown.
                order = sorted(range(len(self._vehicles)), key=lambda place: self._vehicles[place].vin)
                values = np.empty(len(order), np.int64)
                values[order] = np.arange(len(order))
            elif column == LAST_SEEN:
                values = np.array([vehicle.last_seen for vehicle in self._vehicles], np.int64)
            else:
                values = np.array([vehicle.samples for vehicle in self._vehicles], np.int64)
            self._columns[column] = values
        return values

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Horizontal:
            return _RIGHT if section == SAMPLES else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        vehicle = self._vehicles[int(self.shown[index.row()])]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == LAST_SEEN:
                return minute_text(vehicle.last_seen, self._zone)
            return (visible_text(vehicle.vin) or NO_VIN) if column == VIN else count_text(vehicle.samples)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column == SAMPLES else None
        if role == Qt.ItemDataRole.ForegroundRole:
            silent = column == LAST_SEEN and self._newest - vehicle.last_seen > _SILENT
            return QColor(theme.colors().muted) if silent else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(vehicle)
        if role == NAME_ROLE:
            return vehicle.vin
        if role == SORT_ROLE:
            return (vehicle.vin, vehicle.last_seen, vehicle.samples)[column]
        return None

    def _tip(self, vehicle: Vehicle) -> str:
        behind = self._newest - vehicle.last_seen
        late = f"\n{age_text(behind)} behind the newest sample of all vehicles" if behind > 0 else ""
        return tip_text(
            f"{visible_text(vehicle.vin) or NO_VIN}\n"
            f"First seen {full_time_text(vehicle.first_seen, self._zone)}\n"
            f"Last seen {full_time_text(vehicle.last_seen, self._zone)}{late}\n"
            f"{plural(vehicle.samples, 'sample')}"
        )
