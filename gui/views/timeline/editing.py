"""Changes of the composition by a person: where series stand, how they look, and taking that back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.workspaces import layout as layouts
from core.workspaces.history import History
from core.workspaces.layout import Alignment, Shape
from gui.models.texts import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from core.fleet.series import SeriesKey
    from core.workspaces.bookmarks import Bookmark
    from core.workspaces.layout import SeriesLook, TimelineLayout
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.plot_places import Target

# What a person chooses from, in logical pixels; 0 leaves the choice to the program.
WIDTHS = (0.0, 1.0, 2.0, 3.0, 5.0)

_ALIGNED = {
    Alignment.ABSOLUTE: "align on time",
    Alignment.FIRST_SAMPLE: "align on first sample",
    Alignment.TIME_OF_DAY: "align on time of day",
}


class Editing(QObject):
    """Changes a composition and remembers how it was.

    Signals:
        changed(): the layout is another one.
        wanted(list of SeriesKey): these are on the timeline again; their samples are to be asked for.
        unwanted(list of SeriesKey): these are to go; the owner of the samples says when they have.
        history_changed(): undo or redo do something else than before.
    """

    changed = Signal()
    wanted = Signal(list)
    unwanted = Signal(list)
    history_changed = Signal()

    def __init__(self, composition: Composition, colors: int, parent: QObject) -> None:
        super().__init__(parent)
        self._composition = composition
        self._colors = colors
        self._history = History()
        self._is_recording = False
        # The plot that was touched last: what commands are about where no series is selected.
        self.current_plot: int | None = None

    @property
    def layout(self) -> TimelineLayout:
        """What is where and how it looks."""
        return self._composition.layout

    # Taking back

    @property
    def undo_label(self) -> str:
        """What undo would take back, '' where there is nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        """What redo would make again, '' where there is nothing."""
        return self._history.redo_label

    @contextmanager
    def recording(self, label: str) -> Iterator[None]:
        """Remembers what changes inside as one change; one inside of another belongs to that."""
        if self._is_recording:
            yield
            return
        before = self._composition.layout
        with self.unrecorded():
            yield
        if not self._composition.layout.has_composition_of(before):
            self._history.record(label, before)
            self.history_changed.emit()

    @contextmanager
    def unrecorded(self) -> Iterator[None]:
        """Remembers nothing of what changes inside."""
        before, self._is_recording = self._is_recording, True
        try:
            yield
        finally:
            self._is_recording = before

    def adding(self, keys: Iterable[SeriesKey]) -> AbstractContextManager[None]:
        """Remembers what changes inside as an addition, if any of these series is not on the timeline yet."""
        fresh = [key for key in keys if self._composition.entry(key) is None]
        return self.recording("add series") if fresh else self.unrecorded()

    def undo(self) -> None:
        """Takes the last change back."""
        self._go_to(self._history.undo(self._composition.layout))

    def redo(self) -> None:
        """Makes the change again that was taken back last."""
        self._go_to(self._history.redo(self._composition.layout))

    def forget(self) -> None:
        """Nothing of before can be taken back any more."""
        self._history.clear()
        self.history_changed.emit()

    def take(self, layout: TimelineLayout) -> None:
        """Shows a layout, and lets the owner of the samples know of series that come and go with it."""
        with self.unrecorded():
            if fresh := self._exchange(layout, self._composition.set_layout):
                self.wanted.emit(fresh)

    def open(self, layout: TimelineLayout) -> list[SeriesKey]:
        """Shows a layout of another time with the ranges of its axes, and asks for what it does not have to go.

        Returns:
            The series that are to come.
        """
        with self.unrecorded():
            return self._exchange(layout, self._composition.restore)

    def rename(self, names: Mapping[SeriesKey, SeriesKey]) -> None:
        """Keeps places and looks for other series, whose samples are to come from elsewhere.

        Args:
            names: as for :func:`core.workspaces.layout.with_names`.
        """
        self._composition.set_layout(layouts.with_names(self._composition.layout, names))
        self.changed.emit()

    def _exchange(self, layout: TimelineLayout, show: Callable[[TimelineLayout], None]) -> list[SeriesKey]:
        before = self._composition.layout.looks
        gone = [key for key in before if key not in layout.looks]
        show(layout)
        self.changed.emit()
        if gone:
            self.unwanted.emit(gone)
        return [key for key in layout.looks if key not in before]

    def _go_to(self, layout: TimelineLayout | None) -> None:
        if layout is not None:
            self.take(layout)
            self.history_changed.emit()

    # Series

    def remove(self, keys: Sequence[SeriesKey], label: str = "remove series") -> None:
        """Asks for series to go."""
        if keys:
            with self.recording(label):
                self.unwanted.emit(list(keys))

    def place(self, keys: Sequence[SeriesKey], target: Target) -> None:
        """Places series, which need not be on the timeline yet, in a plot or between two."""
        layout = self._composition.layout
        if target.plot is None:
            moved = layouts.moved_to_new(layout, keys, target.place)
        else:
            moved = layouts.moved_into(layout, keys, target.plot)
        self._change("move series", moved)

    def move_to_new(self, keys: Sequence[SeriesKey] | None = None) -> None:
        """Moves series, by default the selected ones, into a plot of their own below the one they were in."""
        layout, keys = self._composition.layout, keys or self.selected()
        home = layout.plot_of(keys[0]) if keys else None
        if home is not None and not (len(home.keys) == len(keys) and set(home.keys) == set(keys)):
            self._change("move series", layouts.moved_to_new(layout, keys, layout.place_of(home.id) + 1))

    def move_beside(self, step: int, keys: Sequence[SeriesKey] | None = None) -> None:
        """Moves series, by default the selected ones, into the plot above (-1) or below (1)."""
        layout, keys = self._composition.layout, keys or self.selected()
        home = layout.plot_of(keys[0]) if keys else None
        if home is not None and 0 <= (place := layout.place_of(home.id) + step) < len(layout.plots):
            self._change("move series", layouts.moved_into(layout, keys, layout.plots[place].id))

    # Plots

    def plot(self) -> int | None:
        """The plot that commands are about: that of the selected series, else the one that was touched last."""
        layout = self._composition.layout
        for key in self.selected():
            if (home := layout.plot_of(key)) is not None:
                return home.id
        if self.current_plot is not None and layout.plot(self.current_plot):
            return self.current_plot
        return layout.plots[0].id if layout.plots else None

    def step_plot(self, step: int, id: int | None = None) -> None:
        """Moves a plot, by default the one that commands are about, up (-1) or down (1)."""
        id = self.plot() if id is None else id
        if id is not None:
            self.move_plot(id, self._composition.layout.place_of(id) + step)

    def move_plot(self, id: int, place: int) -> None:
        """Moves a plot to where so many of the others stand above it."""
        self._change("move plot", layouts.plot_moved(self._composition.layout, id, place))

    def merge(self) -> None:
        """Puts everything into one plot."""
        self._change("merge plots", layouts.merged(self._composition.layout))

    def by_unit(self) -> None:
        """Gives each unit a plot, and the states one below."""
        self._change("one plot a unit", self._composition.arranged_by_unit())

    def fill(self, id: int | None = None) -> None:
        """Gives one plot all the room, by default the one that commands are about; the same again takes it away."""
        id = self.plot() if id is None else id
        self._composition.filling = None if self._composition.filling is not None else id
        self.changed.emit()

    def resize(self, weights: Mapping[int, float]) -> None:
        """Gives plots other shares of the height, by their ids."""
        self._change("resize plots", layouts.weighted(self._composition.layout, weights))

    def equal_heights(self) -> None:
        """Gives all plots the same share of the height."""
        self._change("resize plots", layouts.equal_heights(self._composition.layout))

    # Looks

    def selected(self) -> list[SeriesKey]:
        """The selected series in the legend's order."""
        return self._composition.selected_keys()

    def set_visible(self, keys: Collection[SeriesKey], visible: bool) -> None:
        """Shows or hides series."""
        label = f"{'show' if visible else 'hide'} {plural(len(keys), 'series', 'series')}"
        self._restyle(label, keys, lambda look: replace(look, visible=visible))

    def toggle(self, keys: Collection[SeriesKey]) -> None:
        """Hides series, or shows them where all are hidden."""
        self.set_visible(keys, not any(map(self._composition.is_visible, keys)))

    def set_color(self, keys: Collection[SeriesKey], color: int | None) -> None:
        """Gives series one of the theme's colours; None leaves the choice to the program."""
        self._restyle("change colour", keys, partial(replace, color=color, color_chosen=color is not None))

    def set_width(self, keys: Collection[SeriesKey], width: float) -> None:
        """Draws lines so wide, in logical pixels; 0 leaves the choice to the program."""
        self._restyle("change width", keys, lambda look: replace(look, width=width))

    def set_shape(self, keys: Collection[SeriesKey], shape: Shape) -> None:
        """Draws lines as steps, straight from sample to sample, or as points."""
        self._restyle("change style", keys, lambda look: replace(look, shape=shape))

    def align(self, alignment: Alignment) -> None:
        """Counts times from something else."""
        self._change(_ALIGNED[alignment], layouts.aligned(self._composition.layout, alignment))

    def set_bookmarks(self, label: str, bookmarks: tuple[Bookmark, ...]) -> None:
        """Has other bookmarks.

        Args:
            label: what undo calls it.
        """
        self._change(label, replace(self._composition.layout, bookmarks=bookmarks))

    def next_color(self) -> None:
        """Gives each selected series the next one of the theme's colours."""
        entries = {key: entry.color for key in self.selected() if (entry := self._composition.entry(key))}
        layout = self._composition.layout
        for key, color in entries.items():
            following = partial(replace, color=(color + 1) % self._colors, color_chosen=True)
            layout = layouts.with_look(layout, [key], following)
        self._change("change colour", layout)

    def next_width(self) -> None:
        """Draws the selected series in the next width, after the widest one as the program chooses."""
        if looks := self._selected_looks():
            later = [width for width in WIDTHS if width > looks[0].width]
            self.set_width(self.selected(), later[0] if later else WIDTHS[0])

    def next_shape(self) -> None:
        """Draws the selected series in the next style."""
        if looks := self._selected_looks():
            shapes = list(Shape)
            self.set_shape(self.selected(), shapes[(shapes.index(looks[0].shape) + 1) % len(shapes)])

    def _selected_looks(self) -> list[SeriesLook]:
        return [self._composition.layout.looks[key] for key in self.selected()]

    def _restyle(self, label: str, keys: Collection[SeriesKey], change: Callable[[SeriesLook], SeriesLook]) -> None:
        self._change(label, layouts.with_look(self._composition.layout, keys, change))

    def _change(self, label: str, layout: TimelineLayout) -> None:
        if layout.has_composition_of(self._composition.layout):
            return
        with self.recording(label):
            self._composition.set_layout(layout)
            self.changed.emit()
