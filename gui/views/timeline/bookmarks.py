"""Bookmarks of a timeline: added, written, removed, shown, and gone to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot

from core.workspaces import bookmarks as marks
from core.workspaces.bookmarks import Bookmark
from gui.models.bookmarks import bookmark_lines, bookmark_name, bookmark_time, bookmark_told
from gui.models.texts import plural, short_text
from gui.views.timeline.bookmark_field import BookmarkField
from gui.views.timeline.time_range import fitting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import tzinfo

    from PySide6.QtWidgets import QMenu

    from gui.views.timeline.composition import Composition
    from gui.views.timeline.editing import Editing
    from gui.views.timeline.navigation import Navigation
    from gui.views.timeline.overview import Overview
    from gui.views.timeline.plot_area import PlotArea

_LONGEST_NAME = 60
# More at one place have a menu too long to choose from.
_MOST_IN_MENU = 12


class Bookmarks(QObject):
    """What a person marks on the timeline to find it again.

    Signals:
        changed(): they are others, or told otherwise.
        told(str): where a jump has led, or why nowhere.
    """

    changed = Signal()
    told = Signal(str)

    def __init__(
        self,
        area: PlotArea,
        composition: Composition,
        editing: Editing,
        navigation: Navigation,
        overview: Overview,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._area = area
        self._composition = composition
        self._editing = editing
        self._navigation = navigation
        self._overview = overview
        self._added: Bookmark | None = None
        self._shown: tuple[object, ...] = ()
        # What the field asks for: a bookmark that is not there yet, or one that gets another text.
        self._asked: Bookmark | None = None
        self._is_new = False
        self.field = BookmarkField(area)
        self.field.written.connect(self._write)
        area.bookmark_activated.connect(self.go_to)
        area.view_changed.connect(self._place_field)
        area.edges_changed.connect(self._place_field)

    @property
    def all(self) -> tuple[Bookmark, ...]:
        """All of them, in the order of time."""
        return self._composition.layout.bookmarks

    @property
    def newest(self) -> Bookmark | None:
        """The one that was added last, as long as it is there."""
        return self._added if self._added in self.all else None

    @property
    def can_go(self) -> bool:
        """Whether there is a timeline of moments to go to."""
        return self._area.counts_moments and self._area.time_range is not None

    def near(self, most: int) -> tuple[Bookmark, ...]:
        """The bookmarks around what is in sight, in the order of time."""
        view = self._area.sight
        middle = 0 if view is None else (view[0] + view[1]) // 2
        before = sum(one.start < middle for one in self.all)
        first = max(min(before - most // 2, len(self.all) - most), 0)
        return self.all[first : first + most]

    @property
    def zone(self) -> tzinfo:
        """In which times are told."""
        return self._area.zone[0]

    def follow(self) -> None:
        """The composition is another one, or times are told in another zone."""
        shown = self.all if self._area.counts_moments else ()
        self._area.set_bookmarks(shown)
        self._overview.set_bookmarks(shown)
        if not self.can_go:
            self.field.close_quietly()
        state = self.all, self.newest, str(self.zone), self.can_go
        if state != self._shown:
            self._shown = state
            self.changed.emit()

    # Adding and changing

    def add(self) -> None:
        """Asks for the text of a bookmark of the region, without one at the cursor, else amid what is in sight."""
        area = self._area
        if self.field.isVisible():
            self.field.line.setFocus()
            return
        area.region.close()
        # Of days that lie over each other a region is a part of each.
        edges = None if area.days.is_on else area.region.range
        if edges is not None:
            self._ask(marks.bookmark(*edges, ""), is_new=True)
            return
        cursor = area.cursor_time
        self.add_at(area.time_at(area.plots_rect().center().x()) if cursor is None else cursor)

    def add_at(self, moment: int | None) -> None:
        """Asks for the text of a bookmark at a moment."""
        if moment is not None and self.can_go:
            self._ask(Bookmark(moment), is_new=True)

    def edit(self, one: Bookmark) -> None:
        """Asks for another text of a bookmark, at the axis where it is in sight."""
        self._ask(one, is_new=False)

    def rename(self, one: Bookmark, text: str) -> None:
        """Gives a bookmark another text."""
        found, fresh = marks.renamed(self.all, one, text)
        if one in self.all:
            self._added = fresh if one == self._added else self._added
            self._editing.set_bookmarks("edit bookmark", found)

    def remove(self, gone: Collection[Bookmark]) -> None:
        """Takes bookmarks away."""
        label = "remove bookmark" if len(gone) == 1 else f"remove {plural(len(gone), 'bookmark')}"
        self._editing.set_bookmarks(label, marks.without(self.all, gone))

    def lines(self, chosen: Sequence[Bookmark] | None = None) -> str:
        """Bookmarks, by default all, as lines for a spreadsheet."""
        return bookmark_lines(self.all if chosen is None else chosen, self.zone)

    def _ask(self, one: Bookmark, *, is_new: bool) -> None:
        self._asked, self._is_new = one, is_new
        self.field.ask(bookmark_time(one, self.zone), one.text)
        self._place_field()

    @Slot()
    def _place_field(self) -> None:
        if self._asked is not None and self._area.time_range is not None:
            x = min(max(self._area.x_of(self._asked.start), 0.0), float(self._area.width()))
            self.field.place(round(x), self._area.axis.rect)

    @Slot(str)
    def _write(self, text: str) -> None:
        asked, self._asked = self._asked, None
        if asked is None:
            return
        if not self._is_new:
            self.rename(asked, text)
            return
        self._added = marks.bookmark(asked.start, asked.end, text)
        self._editing.set_bookmarks("add bookmark", marks.with_bookmark(self.all, self._added))

    # Going there

    @Slot(object)
    def go_to(self, one: Bookmark) -> None:
        """Brings a moment amid what is in sight, with the cursor on it, or shows a range as a whole."""
        area = self._area
        if not area.counts_moments or area.time_range is None:
            return
        if one.end is not None:
            self._navigation.show_range(*fitting((one.start, one.end)))
        elif not area.days.is_on:
            start, end = area.time_range
            first = one.start - (end - start) // 2
            self._navigation.show_range(first, first + end - start)
        if one.end is None:
            self._navigation.go_to(one.start, None)
        self.told.emit(self._told(one))

    def jump(self, forward: bool) -> None:
        """Moves the cursor to where the next bookmark begins, or the one before."""
        view, cursor = self._area.sight, self._area.cursor_time
        if view is None or not self._area.counts_moments:
            return
        begin = (view[0] - 1 if forward else view[1] + 1) if cursor is None else cursor
        one = marks.beside(self.all, begin, forward)
        if one is None:
            self.told.emit(f"No {'later' if forward else 'earlier'} bookmark on the timeline")
            return
        self._navigation.set_cursor(one.start)
        self.told.emit(self._told(one))

    def _told(self, one: Bookmark) -> str:
        return f"Bookmark: {short_text(bookmark_told(one, self.zone), 2 * _LONGEST_NAME)}"

    # The menu

    def add_to_menu(self, menu: QMenu, place: QPoint) -> None:
        """Adds what can be done with the bookmarks at a place, and on the time axis what adds one there."""
        found = self._area.bookmarks_at(place)
        for one in found[:_MOST_IN_MENU]:
            name = short_text(bookmark_name(one, self.zone), _LONGEST_NAME).replace("&", "&&")
            part = menu if len(found) == 1 else menu.addMenu(name)
            for text, act in (
                ("Go to bookmark", partial(self.go_to, one)),
                ("Edit bookmark…", partial(self.edit, one)),
                ("Remove bookmark", partial(self.remove, [one])),
            ):
                part.addAction(text).triggered.connect(lambda _on=False, act=act: act())
        moment = self._area.time_at(place.x())
        if moment is not None and self._area.axis.rect.contains(place) and self._area.counts_moments:
            if found:
                menu.addSeparator()
            add = menu.addAction("Add bookmark here…")
            add.triggered.connect(lambda: self.add_at(moment))
