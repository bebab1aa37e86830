"""What is on the timeline and how it is shown, without samples.

A layout is never changed: each function here gives another one. Every series has at most one place. What a person has
placed stays; the rest goes to the plot that shows the same unit, and states go to a plot of lanes below.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from core.fleet.series import SeriesKey
    from core.workspaces.bookmarks import Bookmark

# What the names of series in arranged() say of one that has states and no numbers.
LANES = ""
LEAST_WEIGHT = 0.05
MOST_WEIGHT = 1_000.0
GAP_FACTOR = 2.5


class Shape(StrEnum):
    """How a line goes from one sample to the next."""

    STEPS = "steps"
    LINE = "line"
    POINTS = "points"


class Alignment(StrEnum):
    """What the times on the timeline are counted from."""

    ABSOLUTE = "absolute"
    FIRST_SAMPLE = "first sample"
    TIME_OF_DAY = "time of day"

    @property
    def shows_moments(self) -> bool:
        """Whether what is in sight is a range of moments: of each day the whole, or of all vehicles the same time."""
        return self is not Alignment.FIRST_SAMPLE


@dataclass(frozen=True, slots=True)
class SeriesLook:
    """How one series is shown.

    Attributes:
        color: index into the theme's colours; None leaves the choice to the program.
        visible: whether it is drawn.
        width: of its line in logical pixels; 0 leaves the choice to the program.
        shape: of its line.
        color_chosen: whether a person has chosen the colour, which then stays whatever stands beside it.
    """

    color: int | None = None
    visible: bool = True
    width: float = 0.0
    shape: Shape = Shape.STEPS
    color_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PlotLayout:
    """One plot: numbers over its value axes, and lanes of states below them.

    Attributes:
        id: tells it from the others; it stays while the plot moves.
        keys: its series, each in no other plot.
        weight: its share of the height, in relation to the other plots'.
        ranges: value axes whose range was set by hand: the axis' name, low, high.
    """

    id: int
    keys: tuple[SeriesKey, ...]
    weight: float = 1.0
    ranges: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TimelineLayout:
    """Everything that a person sees and sets on the timeline.

    Times are microseconds since the epoch, UTC, or since each vehicle's first sample where they are aligned on it. The
    region is from one time of day to another where days lie over each other, in microseconds since midnight.

    Attributes:
        plots: from top to bottom.
        looks: every series on the timeline in the legend's order, also those that have no plot yet.
        placed: the series whose plot a person has chosen; the others follow their unit.
        time_range: what is in sight, None where it follows the samples; its days where these lie over each other.
        cursor: where the cursor is pinned.
        region: from one moment to another.
        alignment: what the times of several vehicles are counted from.
        hours: what is in sight of days that lie over each other, microseconds since midnight; None for whole days.
        gap_factor: a gap is longer than so many times the usual interval; 0 where nothing is one.
        bookmarks: in the order of core.workspaces.bookmarks; their times are moments under each alignment.
    """

    plots: tuple[PlotLayout, ...] = ()
    looks: Mapping[SeriesKey, SeriesLook] = field(default_factory=dict)
    placed: frozenset[SeriesKey] = frozenset()
    time_range: tuple[int, int] | None = None
    cursor: int | None = None
    region: tuple[int, int] | None = None
    alignment: Alignment = Alignment.ABSOLUTE
    hours: tuple[int, int] | None = None
    gap_factor: float = GAP_FACTOR
    bookmarks: tuple[Bookmark, ...] = ()

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """Every series, in the legend's order."""
        return tuple(self.looks)

    def plot(self, id: int) -> PlotLayout | None:
        """The plot with an id."""
        return next((plot for plot in self.plots if plot.id == id), None)

    def plot_of(self, key: SeriesKey) -> PlotLayout | None:
        """The plot in which a series is."""
        return next((plot for plot in self.plots if key in plot.keys), None)

    def place_of(self, id: int) -> int:
        """How many plots are above a plot.

        Raises:
            ValueError: there is no such plot.
        """
        return [plot.id for plot in self.plots].index(id)

    def has_composition_of(self, other: TimelineLayout) -> bool:
        """Whether the same series are shown in the same way with the same bookmarks; what is in sight may differ."""
        return (
            [(plot.id, plot.keys, plot.weight) for plot in self.plots]
            == [(plot.id, plot.keys, plot.weight) for plot in other.plots]
            and list(self.looks.items()) == list(other.looks.items())
            and self.placed == other.placed
            and self.alignment == other.alignment
            and self.bookmarks == other.bookmarks
        )


# Which series there are


def with_keys(layout: TimelineLayout, keys: Iterable[SeriesKey]) -> TimelineLayout:
    """Adds series at the end of the legend; those that are there stay as they are."""
    return replace(layout, looks={**layout.looks, **{key: SeriesLook() for key in keys if key not in layout.looks}})


def without_keys(layout: TimelineLayout, keys: Collection[SeriesKey]) -> TimelineLayout:
    """Takes series away, and plots that have none left."""
    gone = frozenset(keys) & layout.looks.keys()
    if not gone:
        return layout
    looks = {key: look for key, look in layout.looks.items() if key not in gone}
    return replace(_taken_out(layout, gone), looks=looks, placed=layout.placed - gone)


def with_look(
    layout: TimelineLayout, keys: Iterable[SeriesKey], change: Callable[[SeriesLook], SeriesLook]
) -> TimelineLayout:
    """Shows some series otherwise."""
    changed = {key: change(layout.looks[key]) for key in keys if key in layout.looks}
    return replace(layout, looks={**layout.looks, **changed})


def aligned(layout: TimelineLayout, alignment: Alignment) -> TimelineLayout:
    """Counts times from something else; what was in sight stays where it still means the same."""
    if alignment == layout.alignment:
        return layout
    if alignment.shows_moments and layout.alignment.shows_moments:
        return replace(layout, alignment=alignment, region=None, hours=None)
    return replace(layout, alignment=alignment, time_range=None, cursor=None, region=None, hours=None)


def with_vehicles(layout: TimelineLayout, vins: Sequence[str]) -> TimelineLayout:
    """Shows other vehicles in the same way: the first one given takes the place of the first one shown, and so on.

    A vehicle for which none is given is left out; one more than there are is not used. Two that become the same series
    are one.
    """
    others = dict(zip(vehicles_of(layout), vins, strict=False))
    others_keys = {key: replace(key, vin=others[key.vin]) for key in layout.looks if key.vin in others}
    layout = with_names(layout, others_keys)
    # Other vehicles have other values.
    return replace(layout, plots=tuple(replace(plot, ranges=()) for plot in layout.plots))


def with_names(layout: TimelineLayout, names: Mapping[SeriesKey, SeriesKey]) -> TimelineLayout:
    """Shows other series in the places of those that are shown.

    Args:
        names: the series of now to those that are shown instead; one that is not among them is left out. Two that
            become the same are one, in the place of the first.
    """
    looks: dict[SeriesKey, SeriesLook] = {}
    for old, look in layout.looks.items():
        if old in names:
            looks.setdefault(names[old], look)
    left = dict.fromkeys(looks)
    plots = []
    for plot in layout.plots:
        keys = tuple(key for key in dict.fromkeys(names[old] for old in plot.keys if old in names) if key in left)
        for key in keys:
            del left[key]
        if keys:
            plots.append(replace(plot, keys=keys))
    placed = frozenset(names[old] for old in layout.placed if old in names)
    return replace(layout, plots=tuple(plots), looks=looks, placed=placed)


def vehicles_of(layout: TimelineLayout) -> tuple[str, ...]:
    """The VINs on the timeline, in the legend's order."""
    return tuple(dict.fromkeys(key.vin for key in layout.looks))


# Where they are


def moved_into(
    layout: TimelineLayout, keys: Iterable[SeriesKey], id: int, before: SeriesKey | None = None
) -> TimelineLayout:
    """Places series in a plot.

    Args:
        id: of the plot.
        before: one of its series above which they stand; None puts them at the end.
    """
    layout, moved = _taken(layout, keys)
    plots = []
    for plot in layout.plots:
        if plot.id == id:
            stay = [key for key in plot.keys if key not in moved]
            at = stay.index(before) if before in stay else len(stay)
            plots.append(replace(plot, keys=(*stay[:at], *moved, *stay[at:])))
        else:
            plots.append(replace(plot, keys=tuple(key for key in plot.keys if key not in moved)))
    return _by_hand(replace(layout, plots=tuple(plot for plot in plots if plot.keys)))


def moved_to_new(layout: TimelineLayout, keys: Iterable[SeriesKey], place: int) -> TimelineLayout:
    """Places series in a plot of their own.

    Args:
        place: how many of the plots of now stand above it.
    """
    layout, moved = _taken(layout, keys)
    if not moved:
        return layout
    fresh = PlotLayout(_fresh_id(layout), tuple(moved))
    plots = (*layout.plots[:place], fresh, *layout.plots[place:])
    stay = [
        plot if plot is fresh else replace(plot, keys=tuple(key for key in plot.keys if key not in moved))
        for plot in plots
    ]
    return _by_hand(replace(layout, plots=tuple(plot for plot in stay if plot.keys)))


def plot_moved(layout: TimelineLayout, id: int, place: int) -> TimelineLayout:
    """Moves a plot up or down.

    Args:
        place: how many of the other plots stand above it.
    """
    plot = layout.plot(id)
    if plot is None:
        return layout
    others = [other for other in layout.plots if other.id != id]
    place = min(max(place, 0), len(others))
    plots = (*others[:place], plot, *others[place:])
    return layout if plots == layout.plots else _by_hand(replace(layout, plots=plots))


def merged(layout: TimelineLayout) -> TimelineLayout:
    """Puts every series that has a plot into the first one."""
    if len(layout.plots) < 2:
        return layout
    keys = tuple(key for plot in layout.plots for key in plot.keys)
    return _by_hand(replace(layout, plots=(replace(layout.plots[0], keys=keys, weight=1.0),)))


def by_unit(layout: TimelineLayout, names: Mapping[SeriesKey, str]) -> TimelineLayout:
    """Lets every series follow its unit again.

    Args:
        names: as for :func:`arranged`.
    """
    return arranged(replace(layout, plots=(), placed=frozenset()), names)


def weighted(layout: TimelineLayout, weights: Mapping[int, float]) -> TimelineLayout:
    """Gives plots other shares of the height.

    Args:
        weights: by the plots' ids.
    """
    chosen = ((plot, weights.get(plot.id, plot.weight)) for plot in layout.plots)
    plots = (replace(plot, weight=min(max(weight, LEAST_WEIGHT), MOST_WEIGHT)) for plot, weight in chosen)
    return replace(layout, plots=tuple(plots))


def equal_heights(layout: TimelineLayout) -> TimelineLayout:
    """Gives all plots the same share of the height."""
    return weighted(layout, {plot.id: 1.0 for plot in layout.plots})


def arranged(layout: TimelineLayout, names: Mapping[SeriesKey, str]) -> TimelineLayout:
    """Brings every series that nobody has placed to where its name belongs.

    Args:
        names: what the numbers of a series share with those of others, such as their unit, LANES where it has states
            only. A series without a name stays where it is.
    """
    plots: dict[int, list[SeriesKey]] = {}
    shown: dict[int, set[str]] = {}
    homeless: dict[SeriesKey, None] = dict.fromkeys(layout.looks)
    for plot in layout.plots:
        fixed = [key for key in plot.keys if key in layout.placed]
        own = {names[key] for key in fixed if key in names}
        first = next((names[key] for key in plot.keys if key in names), None)
        if not fixed and first is not None and not any(first in others for others in shown.values()):
            own = {first}
        stay = [key for key in plot.keys if key in layout.placed or key not in names or names[key] in own]
        plots[plot.id], shown[plot.id] = stay, own
        for key in stay:
            homeless.pop(key, None)
    order = [plot.id for plot in layout.plots]
    fresh_id = _fresh_id(layout)
    for key in homeless:
        if key not in names:
            continue
        home = _home(names[key], order, shown)
        if home is None:
            home, fresh_id = fresh_id, fresh_id + 1
            plots[home], shown[home] = [], {names[key]}
            lanes = next((place for place in range(len(order), 0, -1) if shown[order[place - 1]] != {LANES}), 0)
            order.insert(len(order) if names[key] == LANES else lanes, home)
        plots[home].append(key)
    return _with_plots(layout, order, plots, shown)


def _home(name: str, order: Sequence[int], shown: Mapping[int, set[str]]) -> int | None:
    """The first plot that shows a name; of states the last one that shows nothing else."""
    if name == LANES:
        return next((id for id in reversed(order) if shown[id] == {LANES}), None)
    return next((id for id in order if name in shown[id]), None)


def _with_plots(
    layout: TimelineLayout, order: Sequence[int], keys: Mapping[int, list[SeriesKey]], shown: Mapping[int, set[str]]
) -> TimelineLayout:
    legend = {key: number for number, key in enumerate(layout.looks)}
    known = {plot.id: plot for plot in layout.plots}
    plots = []
    for id in order:
        # Where nobody has placed any, they stand in the legend's order.
        own = keys[id] if layout.placed.intersection(keys[id]) else sorted(keys[id], key=legend.__getitem__)
        if own:
            plots.append(replace(known.get(id) or PlotLayout(id, ()), keys=tuple(own)))
    if not layout.placed:
        plots.sort(key=lambda plot: (shown[plot.id] == {LANES}, min(legend[key] for key in plot.keys)))
    return replace(layout, plots=tuple(plots))


def _taken(layout: TimelineLayout, keys: Iterable[SeriesKey]) -> tuple[TimelineLayout, list[SeriesKey]]:
    """The layout with all of these series, and them, each once."""
    moved = list(dict.fromkeys(keys))
    return with_keys(layout, moved), moved


def _taken_out(layout: TimelineLayout, keys: Collection[SeriesKey]) -> TimelineLayout:
    plots = (replace(plot, keys=tuple(key for key in plot.keys if key not in keys)) for plot in layout.plots)
    return replace(layout, plots=tuple(plot for plot in plots if plot.keys))


def _by_hand(layout: TimelineLayout) -> TimelineLayout:
    """Lets everything stay where it is: whoever has moved something has looked at the rest too."""
    return replace(layout, placed=frozenset(key for plot in layout.plots for key in plot.keys))


def _fresh_id(layout: TimelineLayout) -> int:
    return max((plot.id for plot in layout.plots), default=0) + 1
