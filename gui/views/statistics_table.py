"""What the series of the timeline come to between two moments as a table: a row a series, or one each state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt

from core.autoapi.display import DisplayKind
from core.export.escaping import cell
from gui.models.row_table import RowTableModel
from gui.models.texts import full_time_text, short_text, time_text, tip_text, visible_text
from gui.views.timeline.measured_texts import is_per_day, line_text, line_values
from gui.views.timeline.naming import component_name, marked_label, property_name, unit_name, vehicle_name
from gui.views.timeline.region import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.fleet.series import SeriesKey
    from gui.models.tree import AnyIndex
    from gui.views.timeline.measuring import Measured, MeasuredLine, MeasuredStates

_LONGEST_STATE = 80


class Column(IntEnum):
    """The columns, from left to right."""

    VEHICLE = 0
    PROPERTY = 1
    COMPONENT = 2
    STATE = 3
    UNIT = 4
    SAMPLES = 5
    MINIMUM = 6
    MAXIMUM = 7
    MEAN_OVER_TIME = 8
    MEAN = 9
    CHANGE = 10
    RATE = 11
    INTEGRAL = 12
    TIME = 13
    SHARE = 14
    ENTRIES = 15
    FIRST = 16
    LAST = 17
    GAPS = 18
    FAILURES = 19
    REDELIVERED = 20


NAMES = (Column.VEHICLE, Column.PROPERTY, Column.COMPONENT, Column.STATE, Column.UNIT)
_TITLES = {
    Column.VEHICLE: ("Vehicle", "The VIN as it was sent"),
    Column.PROPERTY: ("Property", "What the Auto API calls it"),
    Column.COMPONENT: ("Component", "The part of the property, such as a door or a tyre"),
    Column.STATE: ("State", "Of series of states: a row each"),
    Column.UNIT: ("Unit", "The unit in which values are shown"),
    Column.SAMPLES: ("Samples", "How many samples lie in the range, failures included; of states those that say it"),
    Column.MINIMUM: ("Min", "The least value that is known in the range"),
    Column.MAXIMUM: ("Max", "The greatest value that is known in the range"),
    Column.MEAN_OVER_TIME: ("Mean over time", "Each value weighted by the time for which it is known in the range"),
    Column.MEAN: ("Mean of samples", "Each sample in the range counted once"),
    Column.CHANGE: ("Δ Value", "The last value in the range less the first one, which may be known from before it"),
    Column.RATE: ("Δ per hour", "The change by the time between these two values; per day in a range of over two days"),
    Column.INTEGRAL: (
        "Integral",
        "The sum over the time for which values are known: of power the energy, of speed the distance, of current the "
        "charge",
    ),
    Column.TIME: ("Known for", "The time for which a value, or this state, is known in the range"),
    Column.SHARE: ("Share", "Of numbers: of the range. Of states: of the time for which any state is known"),
    Column.ENTRIES: ("Entries", "How often the state began in the range"),
    Column.FIRST: ("First sample", "The first sample in the range"),
    Column.LAST: ("Last sample", "The last sample in the range"),
    Column.GAPS: ("Gaps", "How many gaps reach into the range"),
    Column.FAILURES: ("Failures", "How many samples in the range are failures"),
    Column.REDELIVERED: ("Delivered again", "How many samples in the range came again; each counts once"),
}
_MEASURES = {
    Column.MINIMUM: "minimum",
    Column.MAXIMUM: "maximum",
    Column.MEAN_OVER_TIME: "mean_over_time",
    Column.MEAN: "mean",
    Column.CHANGE: "change",
    Column.RATE: "rate",
    Column.INTEGRAL: "integral",
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(slots=True)
class _Row:
    """A row: what it shows, and the numbers by which it is sorted and that are copied.

    Attributes:
        key: which series.
        names: the texts of NAMES.
        line: the numbers that it tells, if it does.
        values: numbers by their columns; times in microseconds, shares from 0 to 1.
    """

    key: SeriesKey
    names: tuple[str, ...]
    line: MeasuredLine | None = None
    values: dict[Column, float] = field(default_factory=dict)


class StatisticsModel(RowTableModel):
    """The rows of the series in their order, until they are sorted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(tuple(title for title, _ in _TITLES.values()), parent)
        self._rows: list[_Row] = []
        self._length = 0
        self._zone: tzinfo = UTC
        # Without a column to sort by, the order is that of the legend.
        self._sort_column = -1

    def set_measured(self, measured: Sequence[Measured]) -> None:
        """Show what series come to."""
        self._length = measured[0].end - measured[0].start if measured else 0
        self._rows = [row for one in measured for row in _rows_of(one)]
        self._rows_changed()

    def set_zone(self, zone: tzinfo) -> None:
        """Tell times in this zone."""
        self._zone = zone
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(Column) - 1), [])

    def total(self) -> int:
        return len(self._rows)

    def columns(self) -> list[Column]:
        """The columns that have something to say in any row."""
        told = {column for row in self._rows for column in row.values}
        told.update(column for row in self._rows for column in NAMES if row.names[column])
        return [column for column in Column if column in told]

    def tsv(self, rows: Iterable[int]) -> str:
        """Rows as they are shown, as text with tabs between columns and a line of titles above.

        Numbers have all their digits and no unit, times their offset, spans of time are seconds, shares 0 to 1.
        Texts that a spreadsheet would run as formulas are made harmless.
        """
        columns = self.columns()
        titles = [self._title(column) for column in columns]
        lines = [
            "\t".join(
                f"{title} [s]" if column == Column.TIME else title
                for column, title in zip(columns, titles, strict=True)
            )
        ]
        for row in rows:
            found = self._rows[int(self.shown[row])]
            lines.append("\t".join(self._copied(found, column) for column in columns))
        return "\n".join(lines) + "\n"

    def _copied(self, row: _Row, column: Column) -> str:
        if column in NAMES:
            return cell(row.names[column])
        value = row.values.get(column)
        if value is None:
            return ""
        if column in (Column.FIRST, Column.LAST):
            return full_time_text(int(value), self._zone)
        if column == Column.TIME:
            return f"{value / 1e6:.12g}"
        is_clock = row.line is not None and row.line.kind in (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY)
        if column == Column.INTEGRAL or (is_clock and column in (Column.MINIMUM, Column.MAXIMUM)):
            return self._text(row, column) if is_clock else f"{value:.15g} {self._text(row, column).rpartition(' ')[2]}"
        return f"{value:.15g}"

    def _title(self, column: Column) -> str:
        return "Δ per day" if column == Column.RATE and is_per_day(self._length) else _TITLES[column][0]

    def _search_texts(self) -> list[str]:
        return ["\n".join(row.names).lower() for row in self._rows]

    def _sort_values(self, column: int) -> NDArray[Any]:
        if column < 0:
            return np.arange(len(self._rows))
        if column in NAMES:
            ranks = {text: rank for rank, text in enumerate(sorted({row.names[column].lower() for row in self._rows}))}
            return np.array([ranks[row.names[column].lower()] for row in self._rows], np.int64)
        return np.array([row.values.get(Column(column), np.nan) for row in self._rows], np.float64)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(Column):
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if section in NAMES else _RIGHT
            if role == Qt.ItemDataRole.ToolTipRole:
                return _TITLES[Column(section)][1]
            if role == Qt.ItemDataRole.DisplayRole:
                return self._title(Column(section))
        return super().headerData(section, orientation, role)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        row, column = self._rows[int(self.shown[index.row()])], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return None if column in NAMES else _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            if column in (Column.FIRST, Column.LAST) and column in row.values:
                return full_time_text(int(row.values[column]), self._zone)
            return tip_text(f"{vehicle_name(row.key)}\n{visible_text(row.key.path)}")
        return None

    def _text(self, row: _Row, column: Column) -> str:
        if column in NAMES:
            return row.names[column]
        value = row.values.get(column)
        if value is None:
            return ""
        if column in _MEASURES and row.line is not None:
            return line_text(row.line, _MEASURES[column], self._length, self._zone)
        if column in (Column.FIRST, Column.LAST):
            return time_text(int(value), self._zone)
        if column == Column.TIME:
            return duration_text(int(value))
        return f"{value:.1%}" if column == Column.SHARE else f"{int(value):,}"


def _rows_of(measured: Measured) -> Iterator[_Row]:
    key = measured.key
    names = (vehicle_name(key), property_name(key), component_name(key))
    counts = {Column.FAILURES: float(measured.failures)}
    if measured.redelivered:
        counts[Column.REDELIVERED] = float(measured.redelivered)
    for line in measured.lines:
        yield _row_of_line(measured, line, names, counts)
    if measured.states is not None:
        yield from _rows_of_states(key, measured.states, names, counts)
    if not measured.lines and (measured.states is None or not measured.states.found):
        yield _Row(key, (*names, "", ""), None, {Column.SAMPLES: measured.samples, **counts})


def _row_of_line(measured: Measured, line: MeasuredLine, names: tuple[str, ...], counts: dict[Column, float]) -> _Row:
    length = measured.end - measured.start
    found = line_values(line, length)
    values: dict[Column, float] = {column: found[name] for column, name in _MEASURES.items() if name in found}
    samples = measured.samples if len(measured.lines) == 1 and measured.states is None else None
    if samples is None:
        samples = line.found.samples if line.found else 0
    values |= {Column.SAMPLES: samples, Column.GAPS: line.gaps, **counts}
    if line.found is not None:
        values[Column.TIME] = line.found.known
        values[Column.SHARE] = line.found.known / length if length else 0.0
    if line.first is not None and line.last is not None:
        values |= {Column.FIRST: line.first, Column.LAST: line.last}
    unit = "" if line.kind in (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY) else unit_name(line.unit)
    return _Row(measured.key, (*names, "", unit), line, values)


def _rows_of_states(
    key: SeriesKey, states: MeasuredStates, names: tuple[str, ...], counts: dict[Column, float]
) -> Iterator[_Row]:
    for state, ends in zip(states.found, states.ends, strict=True):
        values: dict[Column, float] = {Column.SAMPLES: state.samples, **counts}
        if not states.is_events:
            values |= {
                Column.TIME: state.time,
                Column.SHARE: state.share,
                Column.ENTRIES: state.entries,
                Column.GAPS: states.gaps,
            }
        if ends is not None:
            values |= {Column.FIRST: ends[0], Column.LAST: ends[1]}
        label = short_text(marked_label(key, states.names[state.code]), _LONGEST_STATE)
        yield _Row(key, (*names, label, ""), None, values)
