"""What is on the timeline: series with their colours, and the rows in which they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import DisplayKind, DisplayUnits, unit_path
from gui.views.timeline.frame import Look, Row
from gui.views.timeline.lanes import Lane, LanesPlot, StateColors
from gui.views.timeline.naming import state_order
from gui.views.timeline.prepared import PreparedSeries, prepare
from gui.views.timeline.unit_menu import UnitChoice
from gui.views.timeline.value_axis import axis_name
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from core.fleet.series import Series, SeriesKey
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.trace import LineTrace, StateTrace


@dataclass(slots=True)
class Entry:
    """One series on the timeline.

    Attributes:
        key: which series.
        color: index into the theme's colours.
        series: its samples, None until they have come.
        visible: whether it is drawn.
        loading: whether samples are on their way.
        lines: its numbers.
        states: its texts, None where it has none.
        failures: where failures came instead of values.
        kind: as what it is shown.
        shown_units: the unit that was sent, '' for none, to the one in which its values are shown.
        prepared: all that, as it was made ready; None until it has come.
    """

    key: SeriesKey
    color: int
    series: Series | None = None
    visible: bool = True
    loading: bool = False
    lines: list[LineTrace] = field(default_factory=list)
    states: StateTrace | None = None
    failures: Marks | None = None
    kind: DisplayKind = DisplayKind.NUMBER
    shown_units: dict[str, str] = field(default_factory=dict)
    prepared: PreparedSeries | None = None

    @property
    def unit_changes(self) -> list[Marks]:
        """Where the unit that is sent changes, line by line; one that leads from one line to another is in both."""
        return [line.unit_changes for line in self.lines if len(line.unit_changes)]

    @property
    def has_samples(self) -> bool:
        """Whether any sample has come."""
        return self.series is not None and len(self.series) > 0

    def plot_names(self) -> set[str]:
        """The plots its lines belong to."""
        return {axis_name(line) for line in self.lines}

    def take(self, series: Series | PreparedSeries, units: DisplayUnits) -> None:
        """Replaces the samples."""
        self.loading = False
        if isinstance(series, PreparedSeries):
            if series.series is not self.series:
                self._show(series, units)
        elif series is not self.series:
            self._show(prepare(series, units), units)

    def show_in(self, units: DisplayUnits) -> None:
        """Shows the numbers in other units."""
        if self.prepared is not None:
            self._show(self.prepared, units)

    def _show(self, prepared: PreparedSeries, units: DisplayUnits) -> None:
        self.prepared = prepared = prepared.shown_in(units)
        self.series = prepared.series
        self.lines = prepared.lines
        self.states = prepared.states
        self.failures = prepared.failures
        self.kind = prepared.kind
        self.shown_units = {sent: line.unit for line in self.lines for sent in line.sent}


class Composition:
    """The series in their order, their colours, and the rows.

    A plot keeps its value range as long as it has a line.
    """

    def __init__(self, colors: int) -> None:
        self._colors = colors
        self._units = DisplayUnits()
        self._entries: dict[SeriesKey, Entry] = {}
        self._plots: dict[str, ValuePlot] = {}
        self._lanes = LanesPlot()
        self._state_colors: dict[tuple[str, str, str], StateColors] = {}
        self._selected: frozenset[SeriesKey] = frozenset()
        self._preferred: dict[SeriesKey, int] = {}

    def prefer_colors(self, colors: Mapping[SeriesKey, int]) -> None:
        """Series that come from now on have these colours, unless other curves of their plots have them already."""
        self._preferred = {key: color for key, color in colors.items() if 0 <= color < self._colors}

    def entries(self) -> list[Entry]:
        """All entries in order."""
        return list(self._entries.values())

    def entry(self, key: SeriesKey) -> Entry | None:
        """The entry of a series."""
        return self._entries.get(key)

    def put(self, series: Iterable[Series | PreparedSeries]) -> None:
        """Adds series, or replaces the samples of those that are there."""
        series = list(series)
        # Of what has no samples yet nothing is known that a colour could be chosen for.
        fresh = [entry for one in series if not (entry := self._entry(one.key)).has_samples]
        for one in series:
            self._entries[one.key].take(one, self._units)
        for entry in fresh:
            self._choose_color(entry, fresh)
        self._arrange()

    def set_units(self, units: DisplayUnits, converted: Iterable[PreparedSeries] = ()) -> None:
        """Shows all numbers in other units.

        Args:
            converted: what is in these units already.
        """
        self._units = units
        for one in converted:
            entry = self._entries.get(one.key)
            # Samples may have been replaced in the meantime.
            if entry is not None and one.series is entry.series:
                entry.prepared = one
        for entry in self._entries.values():
            entry.show_in(units)
        self._arrange()

    def unit_choice(self, keys: Collection[SeriesKey], unit: str | None = None) -> UnitChoice | None:
        """Which unit some series could have instead.

        Args:
            unit: only of their lines in this unit; without it of those in the first one's.
        """
        every = [line for key in keys if (entry := self._entries.get(key)) for line in entry.lines if line.unit]
        lines = [line for line in every if line.unit == (every[0].unit if unit is None else unit)]
        if not lines:
            return None
        leaves = [(line.key.capability, line.key.property, line.key.component) for line in lines]
        paths = tuple(dict.fromkeys(unit_path(*leaf) for leaf in leaves))
        usual = DisplayUnits(self._units.system).unit_for(*leaves[0], lines[0].sent)
        is_own = any(self._units.overrides.get(path) == lines[0].unit for path in paths)
        return UnitChoice(paths, lines[0].unit, usual, is_own)

    def keep(self, keys: Collection[SeriesKey]) -> None:
        """Removes all but these."""
        self._entries = {key: entry for key, entry in self._entries.items() if key in keys}
        self._arrange()

    def set_loading(self, keys: Collection[SeriesKey]) -> None:
        """These are on their way, no others are; what was announced and never came goes."""
        for key in keys:
            self._entry(key)
        for key, entry in list(self._entries.items()):
            entry.loading = key in keys
            if not entry.loading and entry.series is None:
                del self._entries[key]
        self._arrange()

    def set_visible(self, key: SeriesKey, visible: bool) -> None:
        """Shows or hides a series."""
        self._entries[key].visible = visible
        self._show_looks()

    def select(self, keys: Collection[SeriesKey]) -> None:
        """These stand out."""
        self._selected = frozenset(keys)
        self._show_looks()

    def rows(self) -> list[Row]:
        """The rows from top to bottom; hidden series need none."""
        plots: list[Row] = list(self._plots.values())
        rows = [*plots, self._lanes] if self._lanes.keys() else plots
        return [row for row in rows if any(map(self.is_visible, row.keys()))]

    def is_visible(self, key: SeriesKey) -> bool:
        """Whether a series is drawn."""
        return self._entries[key].visible

    def plots(self) -> dict[str, ValuePlot]:
        """The plots of numbers by what their lines share."""
        return self._plots

    def series(self) -> list[Series]:
        """The samples that have come, in order."""
        return [entry.series for entry in self._entries.values() if entry.series is not None]

    def extent(self) -> tuple[int, int] | None:
        """Time of the first and the last sample of all visible series, None where there is none."""
        full = [entry.series for entry in self._entries.values() if entry.visible and entry.series]
        full = [series for series in full if len(series)]
        if not full:
            return None
        return min(int(series.time[0]) for series in full), max(int(series.time[-1]) for series in full)

    def extent_until(self, limit: int) -> tuple[tuple[int, int] | None, int]:
        """The extent of the visible samples up to a moment (microseconds), and how many are later."""
        times = [entry.series.time for entry in self._entries.values() if entry.visible and entry.series]
        ends = [int(np.searchsorted(time, limit, "right")) for time in times]
        near = [(int(time[0]), int(time[end - 1])) for time, end in zip(times, ends, strict=True) if end]
        later = sum(len(time) - end for time, end in zip(times, ends, strict=True))
        return (min(first for first, _ in near), max(last for _, last in near)) if near else None, later

    def _entry(self, key: SeriesKey) -> Entry:
        if key not in self._entries:
            self._entries[key] = Entry(key, 0)
            self._choose_color(self._entries[key], [self._entries[key]])
        return self._entries[key]

    def _choose_color(self, entry: Entry, fresh: Collection[Entry]) -> None:
        """A colour that no other curve of its plots has: the preferred one, else of several vehicles the vehicle's own.

        Args:
            fresh: entries whose colours are not chosen for good; those before the entry are.
        """
        fresh = list(fresh)
        pending = {id(other) for other in fresh[fresh.index(entry) :]}
        others = [other for other in self._entries.values() if id(other) not in pending]
        plots = entry.plot_names()
        taken = {other.color for other in others if plots & other.plot_names()}
        preferred = self._preferred.get(entry.key)
        if preferred is not None and preferred not in taken:
            entry.color = preferred
            return
        if len({other.key.vin for other in self._entries.values()}) > 1:
            own = [other.color for other in others if other.key.vin == entry.key.vin and other.color not in taken]
            if own:
                entry.color = own[0]
                return
        used = [other.color for other in others]
        entry.color = min(range(self._colors), key=lambda color: (color in taken, used.count(color), color))

    def _arrange(self) -> None:
        """Gives every line its plot and every lane its place."""
        lines: dict[str, list[LineTrace]] = {}
        failures: dict[str, dict[SeriesKey, Marks]] = {}
        for entry in self._entries.values():
            for number, line in enumerate(entry.lines):
                name = axis_name(line)
                lines.setdefault(name, []).append(line)
                if number == 0 and entry.failures is not None:
                    failures.setdefault(name, {})[entry.key] = entry.failures
        self._plots = {name: self._plots.get(name) or ValuePlot() for name in lines}
        for name, plot in self._plots.items():
            plot.set_content(lines[name], failures.get(name, {}))
        self._lanes.set_content(self._lanes_of(self._entries.values()))
        self._show_looks()

    def _lanes_of(self, entries: Iterable[Entry]) -> list[Lane]:
        lanes: list[Lane] = []
        for entry in entries:
            if entry.states is not None and entry.failures is not None:
                group = (entry.key.capability, entry.key.property, entry.key.component.rpartition(".")[2])
                colors = self._state_colors.setdefault(group, StateColors(state_order(entry.key)))
                lanes.append(LanesPlot.lane(entry.states, entry.failures, colors))
        return lanes

    def _show_looks(self) -> None:
        some = any(key in self._entries for key in self._selected)
        looks = {
            key: Look(entry.color, entry.visible, key in self._selected, some and key not in self._selected)
            for key, entry in self._entries.items()
        }
        for row in (*self._plots.values(), self._lanes):
            row.set_looks(looks)
