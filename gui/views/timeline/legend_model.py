"""The series of the timeline as a table: vehicle, property, component, value at the cursor, unit, age, samples."""

from __future__ import annotations

from datetime import UTC
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont

from core.autoapi.catalogue import readable
from core.autoapi.display import marked
from gui import theme
from gui.models.series_mime import SERIES_MIME_TYPE, encode_series_keys
from gui.views.timeline.cursor import known_before
from gui.views.timeline.legend_icons import change_mark, swatch
from gui.views.timeline.measured_texts import is_per_day, line_text, measured_tip, states_text
from gui.views.timeline.naming import (
    component_name,
    property_name,
    unit_name,
    unknown_component,
    unknown_property,
    vehicle_name,
)
from gui.views.timeline.staleness import stale_text
from gui.views.timeline.value_reading import (
    decimals_in,
    tip_of,
    unit_at,
    unit_changes_text,
    units_at,
    unknown_at,
    value_at,
)
from gui.views.timeline.value_ticks import age_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from core.fleet.series import Series, SeriesKey
    from gui.views.timeline.entry import Entry
    from gui.views.timeline.measuring import Measured
    from gui.views.timeline.palette import TimelineColors
    from gui.views.timeline.time_range import Range

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from left to right."""

    VEHICLE = 0
    PROPERTY = 1
    COMPONENT = 2
    VALUE = 3
    UNIT = 4
    AGE = 5
    SAMPLES = 6
    CHANGE = 7
    RATE = 8
    MINIMUM = 9
    MAXIMUM = 10
    MEAN = 11
    INTEGRAL = 12
    STATES = 13
    IN_REGION = 14


# What a region of time brings along: of numbers, and of states.
OF_NUMBERS = (Column.CHANGE, Column.RATE, Column.MINIMUM, Column.MAXIMUM, Column.MEAN, Column.INTEGRAL)
OF_REGION = (*OF_NUMBERS, Column.STATES, Column.IN_REGION)
_MEASURES = {
    Column.CHANGE: "change",
    Column.RATE: "rate",
    Column.MINIMUM: "minimum",
    Column.MAXIMUM: "maximum",
    Column.MEAN: "mean_over_time",
    Column.INTEGRAL: "integral",
}


_HEADERS = {
    Column.VEHICLE: ("Vehicle", "The VIN as it was sent"),
    Column.PROPERTY: ("Property", "What the Auto API calls it"),
    Column.COMPONENT: ("Component", "The part of the property, such as a door or a tyre"),
    Column.VALUE: ("Value", "The last known value at the cursor"),
    Column.UNIT: (
        "Unit",
        "The unit in which the value is shown; where another one was sent, that one follows the arrow.\n"
        "A triangle says that the unit changes, as it does in the plot.",
    ),
    Column.AGE: ("Age", "How old the value is at the cursor"),
    Column.SAMPLES: ("Samples", "How many samples the series has"),
    Column.CHANGE: ("Δ Value", "The last value in the region less the first one, which may be known from before it"),
    Column.RATE: (
        "Δ per hour",
        "The change by the time between these two values; per day in a region of over two days",
    ),
    Column.MINIMUM: ("Min", "The least value that is known in the region"),
    Column.MAXIMUM: ("Max", "The greatest value that is known in the region"),
    Column.MEAN: ("Mean", "The mean over the time for which values are known in the region"),
    Column.INTEGRAL: (
        "Integral",
        "The sum over the time for which values are known: of power the energy, of speed the distance, of current the "
        "charge",
    ),
    Column.STATES: ("Time in state", "How long each state is known in the region, the longest first"),
    Column.IN_REGION: ("In region", "How many samples lie in the region, failures included"),
}
_OVER_DAYS = {
    Column.MINIMUM: "The least value at this time of day on all days in sight",
    Column.MAXIMUM: "The greatest value at this time of day on all days in sight",
    Column.MEAN: "The mean of the values at this time of day on all days in sight on which one is known",
}
_REGION_OF_DAYS = {
    Column.CHANGE: "The sum of what the value changes by in the region on each day",
    Column.RATE: "The change by the time for which values are known in the region on all days",
    Column.MINIMUM: "The least value that is known in the region on any day",
    Column.MAXIMUM: "The greatest value that is known in the region on any day",
    Column.MEAN: "The mean over the time for which values are known in the region on all days",
    Column.STATES: "How long each state is known in the region on all days together, the longest first",
    Column.IN_REGION: "How many samples lie in the region on all days together, failures included",
}
_AT_CURSOR = (Column.VALUE, Column.UNIT, Column.AGE)
_RIGHT = (Column.VALUE, Column.AGE, Column.SAMPLES, *OF_NUMBERS, Column.IN_REGION)


# What changes with a series' look, which is no text.
_LOOKS = (Qt.ItemDataRole.CheckStateRole, Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ForegroundRole)


def _shown_of(entry: Entry) -> tuple[object, ...]:
    """What the texts of a row follow from, besides its key."""
    return entry.series, entry.lines, entry.states, entry.announced


class LegendModel(QAbstractTableModel):
    """One row a series.

    Signals:
        visibility_changed(object SeriesKey, bool): a series was ticked or unticked.
        columns_changed(): other columns have something to say.
    """

    visibility_changed = Signal(object, bool)
    columns_changed = Signal()

    def __init__(self, colors: TimelineColors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._colors = colors
        self._entries: list[Entry] = []
        self._cursor: int | None = None
        self._tz: tzinfo = UTC
        self._same: set[Column] = set()
        # By leaf, sent and shown unit; found when they are first needed.
        self._decimals: dict[tuple[str, ...], int] = {}
        self._region: Range | None = None
        self._measured: dict[SeriesKey, Measured] = {}
        self._shown: list[tuple[object, ...]] = []
        # Where days lie over each other: the date of the one whose values are shown, and whether others' are too.
        self._day = ""
        self._is_over_days = False

    def set_entries(self, entries: list[Entry]) -> None:
        """Replaces the rows; rows of keys that stay in place are told to have changed only."""
        old, new = [entry.key for entry in self._entries], [entry.key for entry in entries]
        if old == new and self._says_the_same(entries):
            self._tell(0, len(Column) - 1, _LOOKS)
        elif old == new:
            self._take(entries)
            self._tell(0, len(Column) - 1)
        elif old == new[: len(old)]:
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self._take(entries)
            self.endInsertRows()
            self._tell(0, len(Column) - 1)
        else:
            self._remove_others(set(new))
            if [entry.key for entry in self._entries] != new:
                self.beginResetModel()
                self._take(entries)
                self.endResetModel()
            else:
                self._take(entries)
                self._tell(0, len(Column) - 1)

    def _says_the_same(self, entries: list[Entry]) -> bool:
        """Whether entries have the samples that they had: then their looks alone can be others."""
        pairs = zip(self._shown, map(_shown_of, entries), strict=True)
        return all(before is now for old, new in pairs for before, now in zip(old, new, strict=True))

    def _remove_others(self, keys: set[SeriesKey]) -> None:
        for row in range(len(self._entries) - 1, -1, -1):
            if self._entries[row].key not in keys:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._entries[row], self._shown[row]
                self.endRemoveRows()

    def _take(self, entries: list[Entry]) -> None:
        self._entries = list(entries)
        self._shown = [_shown_of(entry) for entry in entries]
        self._decimals.clear()
        texts = {
            column: {self._name(entry, column) for entry in entries} for column in (Column.VEHICLE, Column.PROPERTY)
        }
        # What is the same in all rows steps back, so that what tells them apart stands out.
        self._same = {column for column, names in texts.items() if len(names) == 1} if len(entries) > 1 else set()

    def set_colors(self, colors: TimelineColors) -> None:
        """Takes over the colours of another theme."""
        self._colors = colors
        self._tell(0, len(Column) - 1)

    def set_cursor(self, time: int | None) -> None:
        """Values and ages at another moment (microseconds); without one those of the last samples."""
        self._cursor = time
        self._tell(Column.VALUE, Column.AGE)

    def set_time_zone(self, tz: tzinfo) -> None:
        """Tells moments in another zone."""
        self._tz = tz
        self._tell(Column.VALUE, Column.VALUE)

    def set_region(self, region: Range | None, measured: Iterable[Measured] | None = ()) -> None:
        """Tells what series come to in a region of time, None for no region.

        Args:
            measured: what is known by now; the others are on their way. None keeps what is known of the same region.
        """
        before = self.columns()
        if measured is not None or region != self._region:
            self._measured = {one.key: one for one in measured or ()}
        self._region = region
        if self.columns() != before:
            self.columns_changed.emit()
        self._tell(OF_REGION[0], OF_REGION[-1])
        if self._entries or region is None:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.RATE, Column.RATE)

    def set_over_days(self, day: str, measured: Iterable[Measured] | None) -> None:
        """Tells of which day values are, and what they are on all days at the same time of day; not beside a region.

        Args:
            day: its date, '' where days do not lie over each other.
            measured: None where there is no time of day.
        """
        before = self.columns()
        self._is_over_days = measured is not None
        if self._region is None:
            self._measured = {one.key: one for one in measured or ()}
        if self.columns() != before:
            self.columns_changed.emit()
        if self._region is None and self._is_over_days:
            self._tell(OF_REGION[0], OF_REGION[-1])
        if day != self._day:
            self._day = day
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.VALUE, Column.VALUE)

    def columns(self) -> list[Column]:
        """The columns that have something to say."""
        known = self._measured.values()
        left_out: set[Column] = set(OF_REGION) if self._region is None else set()
        if self._region is None and self._is_over_days:
            left_out -= {Column.MINIMUM, Column.MAXIMUM, Column.MEAN}
        if not any(entry.key.component for entry in self._entries):
            left_out.add(Column.COMPONENT)
        if not any(entry.lines for entry in self._entries):
            left_out.update(OF_NUMBERS)
        if not any(line.integral for one in known for line in one.lines):
            left_out.add(Column.INTEGRAL)
        with_states = [entry for entry in self._entries if entry.states is not None]
        if not any(entry.lines for entry in with_states) and (not with_states or Column.CHANGE not in left_out):
            # Where numbers have columns, states that come without any are told across these.
            left_out.add(Column.STATES)
        return [column for column in Column if column not in left_out]

    def has_states_alone(self, row: int) -> bool:
        """Whether a row has states and no numbers, so that its times in state are told where numbers would be."""
        return self._tells_states(self._entries[row])

    @staticmethod
    def _tells_states(entry: Entry) -> bool:
        return entry.states is not None and not entry.lines

    @property
    def same(self) -> frozenset[Column]:
        """The columns of names that say the same in all rows."""
        return frozenset(self._same)

    def key(self, row: int) -> SeriesKey:
        """The series of a row."""
        return self._entries[row].key

    def row(self, key: SeriesKey) -> int | None:
        """The row of a series."""
        return next((row for row, entry in enumerate(self._entries) if entry.key == key), None)

    def _tell(self, first: int, last: int, roles: Sequence[int] = ()) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._entries) - 1, last), list(roles))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            if section == Column.RATE and self._region is not None and is_per_day(self._region[1] - self._region[0]):
                return "Δ per day"
            if section == Column.VALUE and self._day:
                return f"Value, {self._day}"
            return _HEADERS[Column(section)][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            if (tip := self._tip_over_days(Column(section))) is not None:
                return tip
            return _HEADERS[Column(section)][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return None

    def _tip_over_days(self, column: Column) -> str | None:
        """What a column says where days lie over each other, None where it says what it says elsewhere."""
        if self._region is None:
            return _OVER_DAYS.get(column) if self._is_over_days else None
        return _REGION_OF_DAYS.get(column) if any(one.days for one in self._measured.values()) else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid():
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == Column.VEHICLE else flags

    def mimeTypes(self) -> list[str]:
        return [SERIES_MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return encode_series_keys(self.key(row) for row in sorted({index.row() for index in indexes}))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry, column = self._entries[index.row()], Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(entry, column)
            case Qt.ItemDataRole.ToolTipRole if column in OF_REGION:
                measured = self._measured.get(entry.key)
                return None if measured is None else measured_tip(measured, self._tz)
            case Qt.ItemDataRole.ToolTipRole:
                index_at_cursor = None if entry.series is None else self._known_at_cursor(entry.series)
                tip = tip_of(entry, index_at_cursor, self._tz)
                stale = self._stale(entry)
                return f"{tip}\n{stale}" if stale else tip
            case Qt.ItemDataRole.FontRole if self._unknown(entry, column):
                font = QFont()
                font.setItalic(True)
                return font
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column.STATES if column in OF_NUMBERS and self._tells_states(entry) else column)
            case Qt.ItemDataRole.CheckStateRole if column == Column.VEHICLE:
                return Qt.CheckState.Checked if entry.visible else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if column == Column.VEHICLE:
                return swatch(self._colors.curve(entry.color))
            case Qt.ItemDataRole.DecorationRole if column == Column.UNIT and entry.unit_changes:
                return change_mark(self._colors.warning)
            case Qt.ItemDataRole.DecorationRole if self._unknown(entry, column):
                return theme.icon("help")
            case Qt.ItemDataRole.ForegroundRole if not entry.visible or column in self._same or entry.series is None:
                return self._colors.muted
            case Qt.ItemDataRole.ForegroundRole if column in (Column.VALUE, Column.AGE) and self._stale(entry):
                return self._colors.muted
            case Qt.ItemDataRole.AccessibleTextRole if column == Column.VALUE:
                return f"{self._text(entry, column)} {self._text(entry, Column.UNIT)}".strip()
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                changes = unit_changes_text(entry, self._tz) if column == Column.UNIT else ""
                changes = self._stale(entry) if column in (Column.VALUE, Column.AGE) else changes
                return "\n".join(filter(None, (changes, self._unknown(entry, column)))) or None
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or role != Qt.ItemDataRole.CheckStateRole or index.column() != Column.VEHICLE:
            return False
        visible = Qt.CheckState(value) == Qt.CheckState.Checked
        self.visibility_changed.emit(self._entries[index.row()].key, visible)
        self._tell(0, len(Column) - 1, _LOOKS)
        return True

    @staticmethod
    def _name(entry: Entry, column: Column) -> str:
        return vehicle_name(entry.key) if column == Column.VEHICLE else property_name(entry.key)

    def _text(self, entry: Entry, column: Column) -> str:
        if column in (Column.VEHICLE, Column.PROPERTY):
            return self._name(entry, column)
        if column == Column.COMPONENT:
            return component_name(entry.key)
        if entry.loading and column == Column.VALUE:
            return "Loading …"
        if entry.series is None:
            return ""
        if column == Column.SAMPLES:
            return f"{len(entry.series):,}"
        if column in OF_REGION:
            tells_states = column == Column.CHANGE and self._tells_states(entry)
            return self._in_region(entry.key, Column.STATES if tells_states else column)
        return self._at_cursor(entry, entry.series, column)

    def _stale(self, entry: Entry) -> str:
        """Why the value at the cursor does not count as known there any more."""
        return "" if self._cursor is None else stale_text(entry, self._cursor)

    def _in_region(self, key: SeriesKey, column: Column) -> str:
        measured = self._measured.get(key)
        if measured is None:
            return "" if self._region is None else "…"
        if column == Column.IN_REGION:
            return f"{measured.samples:,}"
        if column == Column.STATES:
            return states_text(measured)
        line = measured.main_line
        if line is None:
            return ""
        text = line_text(line, _MEASURES[column], measured.end - measured.start, self._tz)
        # Where a series has lines of several units, the unit at the cursor may be that of another one.
        tells_unit = text and len(measured.lines) > 1 and column != Column.INTEGRAL
        return f"{text} {unit_name(line.unit)}" if tells_unit else text

    def _known_at_cursor(self, series: Series) -> int | None:
        """The sample whose value is shown."""
        if len(series) == 0:
            return None
        return known_before(series, int(series.time[-1]) if self._cursor is None else self._cursor)

    def _at_cursor(self, entry: Entry, series: Series, column: Column) -> str:
        if len(series) == 0:
            return "No samples" if column == Column.VALUE else ""
        time = int(series.time[-1]) if self._cursor is None else self._cursor
        index = known_before(series, time)
        if index is None:
            reason = series.failure[0] if column == Column.VALUE and time >= int(series.time[0]) else None
            return f"No value ({readable(reason).lower()})" if reason else ""
        if column == Column.AGE:
            return "" if self._cursor is None else age_text(time - int(series.time[index]))
        if column == Column.UNIT:
            # Where the icon is taken by the mark of a change, the mark of the unknown is a letter.
            unknown = self._unknown(entry, column) if entry.unit_changes else ""
            return marked(unit_at(entry, series, index), unknown)
        return value_at(entry, series, index, self._tz, self._decimals_beside(entry, series, index))

    def _decimals_beside(self, entry: Entry, series: Series, index: int) -> int:
        """With how many decimals all vehicles' values of one property and unit are written alike."""
        unit = units_at(entry, series, index)
        leaf = (*_leaf(entry), *unit)
        if leaf not in self._decimals:
            others = [one for one in self._entries if _leaf(one) == _leaf(entry) and one.series is not None]
            alike = [one.series for one in others if one.series is not None and unit[0] in (*one.series.unit.names, "")]
            self._decimals[leaf] = max(decimals_in(one, *unit) for one in (series, *alike))
        return self._decimals[leaf]

    def _unknown(self, entry: Entry, column: Column) -> str:
        """Why what a column shows is marked as unknown; '' where it is known."""
        key = entry.key
        if column == Column.PROPERTY:
            return unknown_property(key)
        if column == Column.COMPONENT:
            return unknown_component(key)
        if column in (Column.VALUE, Column.UNIT) and entry.series is not None:
            index = self._known_at_cursor(entry.series)
            return unknown_at(entry, index)[column == Column.UNIT] if index is not None else ""
        return ""


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _leaf(entry: Entry) -> tuple[str, str, str]:
    return entry.key.capability, entry.key.property, entry.key.component
