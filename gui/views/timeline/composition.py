"""What is on the timeline: series with their samples, joined with the layout to the rows in which they are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import DisplayUnits, unit_path
from core.workspaces.layout import Alignment, TimelineLayout, arranged, by_unit, with_keys, without_keys
from gui.views.timeline.entry import Entry
from gui.views.timeline.frame import Look, Row
from gui.views.timeline.lanes import Lane, LanesPlot, StateColors
from gui.views.timeline.naming import state_order
from gui.views.timeline.shifting import first_samples, shifted
from gui.views.timeline.unit_menu import UnitChoice, leaves_with_unit
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from core.fleet.series import Series, SeriesKey
    from core.workspaces.layout import PlotLayout
    from gui.views.timeline.prepared import PreparedSeries


class Composition:
    """The series in their order, their places and looks, and the rows.

    An axis keeps its value range as long as it has a line.
    """

    def __init__(self, colors: int) -> None:
        self._colors = colors
        self._units = DisplayUnits()
        self._layout = TimelineLayout()
        self._entries: dict[SeriesKey, Entry] = {}
        self._plots: dict[int, ValuePlot] = {}
        self._lanes: dict[int, LanesPlot] = {}
        self._state_colors: dict[tuple[str, str, str], StateColors] = {}
        self._selected: frozenset[SeriesKey] = frozenset()
        # What steps back behind the selected ones: what comes later is to be seen until others are selected.
        self._beside: frozenset[SeriesKey] = frozenset()
        # The plot that has all the room.
        self.filling: int | None = None
        # So many samples are shifted where they are needed; more wait for take_shifted(). Without it none do.
        self.most_at_once: int | None = None
        # The moments from which each vehicle's times are counted, None where they are not.
        self.shifts: dict[str, int] | None = None

    # The layout

    @property
    def layout(self) -> TimelineLayout:
        """What is where and how it looks, with the ranges of axes as they are now."""
        return replace(self._layout, plots=tuple(map(self._with_ranges, self._layout.plots)))

    def set_layout(self, layout: TimelineLayout) -> None:
        """Takes over places and looks; series that are not there yet have no samples until they come."""
        self._layout = layout
        self._entries = {key: self._entries.get(key) or Entry(key, announced=True) for key in layout.looks}
        self._arrange()

    def restore(self, layout: TimelineLayout) -> None:
        """Takes over a layout of another time, with the ranges of its axes."""
        self._plots.clear()
        self._lanes.clear()
        self.set_layout(layout)

    def arranged_by_unit(self) -> TimelineLayout:
        """The layout as it would be if nobody had moved anything."""
        return by_unit(self._layout, self._names())

    def _with_ranges(self, plot: PlotLayout) -> PlotLayout:
        shown = self._plots.get(plot.id)
        axes = shown.axes if shown else []
        known = {axis.name for axis in axes}
        now = [(axis.name, *axis.manual) for axis in axes if axis.manual is not None]
        return replace(plot, ranges=(*now, *(kept for kept in plot.ranges if kept[0] not in known)))

    # Series

    def entries(self) -> list[Entry]:
        """All entries in order."""
        return list(self._entries.values())

    def entry(self, key: SeriesKey) -> Entry | None:
        """The entry of a series."""
        return self._entries.get(key)

    def put(self, series: Iterable[Series | PreparedSeries]) -> None:
        """Adds series, or replaces the samples of those that are there."""
        series = list(series)
        self._add([one.key for one in series])
        for one in series:
            self._entries[one.key].take(one, self._units)
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
            if entry is not None and one.as_sent.series is entry.sent:
                entry.prepared = one
        for entry in self._entries.values():
            entry.show_in(units)
        self._arrange()

    @property
    def alignment(self) -> Alignment:
        """What times are counted from."""
        return self._layout.alignment

    def unshifted(self) -> list[PreparedSeries]:
        """The series that are not shown until another thread has shifted them."""
        return [entry.prepared for entry in self._entries.values() if entry.is_unshifted and entry.prepared is not None]

    def take_shifted(self, prepared: Iterable[PreparedSeries]) -> None:
        """Shows series that another thread has shifted, as far as they are still to be shown so."""
        for one in prepared:
            entry = self._entries.get(one.key)
            if entry is not None and entry.prepared is not None and entry.prepared.as_sent is one.as_sent:
                entry.replace_with(one)
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
        leaves = [leaf for line in lines for leaf in leaves_with_unit(line.key, line.unit)]
        if not leaves:
            return None
        paths = tuple(dict.fromkeys(unit_path(*leaf) for leaf in leaves))
        usual = DisplayUnits(self._units.system).unit_for(*leaves[0], lines[0].sent)
        is_own = any(self._units.overrides.get(path) == lines[0].unit for path in paths)
        return UnitChoice(paths, lines[0].unit, usual, is_own)

    def keep(self, keys: Collection[SeriesKey]) -> None:
        """Removes all but these."""
        self._entries = {key: entry for key, entry in self._entries.items() if key in keys}
        self._layout = without_keys(self._layout, [key for key in self._layout.looks if key not in keys])
        self._arrange()

    def set_loading(self, keys: Collection[SeriesKey]) -> None:
        """These are on their way, no others are; what was announced and never came goes."""
        self._add(keys)
        for key, entry in self._entries.items():
            entry.announced = key in keys
        self.keep({key for key, entry in self._entries.items() if entry.loading or entry.series is not None})

    def select(self, keys: Collection[SeriesKey]) -> None:
        """These stand out."""
        self._selected = frozenset(keys)
        self._beside = frozenset(self._entries) - self._selected
        self._show_looks()

    def selected_keys(self) -> list[SeriesKey]:
        """The series that stand out, in order."""
        return [key for key in self._entries if key in self._selected]

    def is_visible(self, key: SeriesKey) -> bool:
        """Whether a series is drawn."""
        return self._entries[key].visible

    # Rows

    def rows(self) -> list[Row]:
        """The rows from top to bottom; hidden series need none."""
        rows: list[Row] = []
        for plot in self._layout.plots:
            for row in (self._plots.get(plot.id), self._lanes.get(plot.id)):
                if row is not None and any(map(self.is_visible, row.keys())):
                    row.plot_id, row.weight = plot.id, plot.weight
                    rows.append(row)
        # One that has nothing to show any more leaves the room to the others.
        return [row for row in rows if row.plot_id == self.filling] or rows

    def plots(self) -> dict[int, ValuePlot]:
        """The plots that have numbers, by the ids of the layout's plots."""
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
        return min(int(series.time[0]) for series in full), max(series.reach() for series in full)

    def data_end(self) -> int:
        """The moment of the last sample of all visible series (microseconds), 0 where there is none."""
        shifts = self.shifts or {}
        full = [entry.series for entry in self._entries.values() if entry.visible and entry.has_samples]
        ends = [one.reach() + shifts.get(one.key.vin, 0) for one in full if one is not None]
        return max(ends, default=0)

    def extent_until(self, limit: int) -> tuple[tuple[int, int] | None, int]:
        """The extent of the visible samples up to a moment (microseconds), and how many are later."""
        full = [entry.series for entry in self._entries.values() if entry.visible and entry.series]
        shifts = self.shifts or {}
        ends = [int(np.searchsorted(one.time, limit - shifts.get(one.key.vin, 0), "right")) for one in full]
        near = [(int(series.time[0]), series.reach(end)) for series, end in zip(full, ends, strict=True) if end]
        later = sum(len(series) - end for series, end in zip(full, ends, strict=True))
        return (min(first for first, _ in near), max(last for _, last in near)) if near else None, later

    # Inside

    def _add(self, keys: Iterable[SeriesKey]) -> None:
        for key in keys:
            self._entries.setdefault(key, Entry(key))
        self._layout = with_keys(self._layout, self._entries)

    def _names(self) -> dict[SeriesKey, str]:
        return {key: name for key, entry in self._entries.items() if (name := entry.place_name()) is not None}

    def _arrange(self) -> None:
        """Gives every line its plot and every lane its place."""
        self._align()
        self._layout = arranged(self._layout, self._names())
        plots, lanes = self._plots, self._lanes
        self._plots, self._lanes = {}, {}
        for plot in self._layout.plots:
            entries = [self._entries[key] for key in plot.keys]
            if any(entry.lines for entry in entries):
                self._plots[plot.id] = self._filled(plots.get(plot.id) or ValuePlot(), plot, entries)
            if found := self._lanes_of(entries):
                self._lanes[plot.id] = lanes.get(plot.id) or LanesPlot()
                self._lanes[plot.id].set_content(found)
        self._layout = replace(self._layout, plots=tuple(map(self._with_ranges, self._layout.plots)))
        self._choose_colors()
        self._show_looks()

    def _align(self) -> None:
        """Gives every series the times that it is to be shown with."""
        is_counted = self._layout.alignment is Alignment.FIRST_SAMPLE
        sent = ((key.vin, entry.sent) for key, entry in self._entries.items() if entry.sent is not None)
        self.shifts = first_samples(sent) if is_counted else None
        for key, entry in self._entries.items():
            entry.set_shift(self.shifts.get(key.vin, 0) if self.shifts else 0)
        late = [entry for entry in self._entries.values() if entry.is_unshifted]
        work = sum(len(entry.sent) for entry in late if entry.sent is not None)
        for entry in late:
            if entry.prepared is not None and (self.most_at_once is None or work <= self.most_at_once):
                entry.replace_with(shifted(entry.prepared, entry.shift))

    def _filled(self, shown: ValuePlot, plot: PlotLayout, entries: Iterable[Entry]) -> ValuePlot:
        """A plot with the lines of its series; axes that it did not have take over the ranges that were kept."""
        with_lines = [entry for entry in entries if entry.lines]
        before = {axis.name for axis in shown.axes}
        failures = {entry.key: entry.failures for entry in with_lines if entry.failures is not None}
        shown.set_content([line for entry in with_lines for line in entry.lines], failures)
        kept = {name: (low, high) for name, low, high in plot.ranges}
        for axis in shown.axes:
            if axis.name not in before:
                axis.manual = kept.get(axis.name)
        return shown

    def _lanes_of(self, entries: Iterable[Entry]) -> list[Lane]:
        lanes: list[Lane] = []
        for entry in entries:
            if entry.states is not None and entry.failures is not None:
                group = (entry.key.capability, entry.key.property, entry.key.component.rpartition(".")[2])
                colors = self._state_colors.setdefault(group, StateColors(state_order(entry.key)))
                lanes.append(LanesPlot.lane(entry.states, entry.failures, colors))
        return lanes

    def _choose_colors(self) -> None:
        """Gives every series a colour that nobody has chosen, so that the curves of a plot differ.

        It is for good once samples have come: before, nothing is known that a colour could be chosen for.
        """
        looks = dict(self._layout.looks)
        homes = {key: plot.id for plot in self._layout.plots for key in plot.keys}
        taken: dict[int | None, set[int]] = {}
        settled: list[Entry] = []

        def settle(entry: Entry) -> None:
            settled.append(entry)
            if entry.lines:
                taken.setdefault(homes.get(entry.key), set()).add(entry.color)

        # A person's choice goes first, then what was chosen earlier, unless it came to a plot that has it already.
        for entry in sorted(self._entries.values(), key=lambda entry: not looks[entry.key].color_chosen):
            look, beside = looks[entry.key], taken.get(homes.get(entry.key), set())
            is_double = entry.lines and look.color in beside and len(beside) < self._colors and not look.color_chosen
            if look.color is not None and not is_double:
                entry.color = look.color
                settle(entry)
        known = set(map(id, settled))
        for entry in self._entries.values():
            if id(entry) not in known:
                beside = taken.get(homes.get(entry.key), set()) if entry.lines else set()
                entry.color = self._free_color(entry, settled, beside)
                settle(entry)
                if entry.has_samples:
                    looks[entry.key] = replace(looks[entry.key], color=entry.color)
        self._layout = replace(self._layout, looks=looks)

    def _free_color(self, entry: Entry, others: list[Entry], taken: set[int]) -> int:
        """A colour that no other curve of its plot has; of several vehicles the vehicle's own."""
        if len({other.key.vin for other in self._entries.values()}) > 1:
            own = [other.color for other in others if other.key.vin == entry.key.vin and other.color not in taken]
            if own:
                return own[0]
        used = [other.color for other in others]
        return min(range(self._colors), key=lambda color: (color in taken, used.count(color), color))

    def _show_looks(self) -> None:
        for key, entry in self._entries.items():
            entry.look = self._layout.looks[key]
        some = any(key in self._entries for key in self._selected)
        looks = {
            key: Look(
                entry.color,
                entry.visible,
                key in self._selected,
                some and key in self._beside,
                entry.look.width,
                entry.look.shape,
            )
            for key, entry in self._entries.items()
        }
        for row in (*self._plots.values(), *self._lanes.values()):
            row.set_looks(looks)
