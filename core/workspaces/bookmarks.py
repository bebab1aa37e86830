"""Bookmarks of the timeline: moments and ranges of time with a text, in the order of time.

Times are microseconds since the epoch, UTC, whatever the timeline counts times from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

LONGEST_TEXT = 500
# More than these nobody has set by hand.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment or a range of time that a person wants to find again.

    Attributes:
        start: when it is, or begins.
        end: when it ends, later than the start; None for a moment.
        text: in one line; empty where its time is all there is to say.
    """

    start: int
    end: int | None = None
    text: str = ""

    @property
    def last(self) -> int:
        """When it is over: its end, or its moment."""
        return self.start if self.end is None else self.end


def bookmark(start: int, end: int | None, text: str) -> Bookmark:
    """A bookmark of what a person marks and writes: edges in any order, a range without length as a moment."""
    if end is not None and end < start:
        start, end = end, start
    return Bookmark(start, None if end == start else end, one_line(text))


def one_line(text: str) -> str:
    """A text as a bookmark has it: single blanks for white space, no longer than it may be, and such as files hold."""
    return " ".join(text.split())[:LONGEST_TEXT].rstrip().encode("utf-8", "replace").decode()


def in_order(bookmarks: Iterable[Bookmark]) -> tuple[Bookmark, ...]:
    """Each once, by when they begin, then by when they are over, then by their texts; the first ones of too many."""
    found = dict.fromkeys(bookmarks)
    return tuple(sorted(found, key=lambda one: (one.start, one.last, one.text)))[:MOST]


def with_bookmark(bookmarks: Sequence[Bookmark], fresh: Bookmark) -> tuple[Bookmark, ...]:
    """Adds one; what is there already stays as it is."""
    return in_order((*bookmarks, fresh))


def without(bookmarks: Sequence[Bookmark], gone: Collection[Bookmark]) -> tuple[Bookmark, ...]:
    """Takes some away."""
    return tuple(one for one in bookmarks if one not in gone)


def renamed(bookmarks: Sequence[Bookmark], old: Bookmark, text: str) -> tuple[tuple[Bookmark, ...], Bookmark]:
    """Gives one another text.

    Returns:
        All of them, and what the one has become.
    """
    fresh = Bookmark(old.start, old.end, one_line(text))
    return in_order(fresh if one == old else one for one in bookmarks), fresh


def beside(bookmarks: Sequence[Bookmark], moment: int, forward: bool) -> Bookmark | None:
    """The first one that begins after a moment, or the last one that begins before it; None where there is none."""
    if forward:
        return next((one for one in bookmarks if one.start > moment), None)
    before = [one.start for one in bookmarks if one.start < moment]
    # Of those that begin together the first one, as on the way forward.
    return next((one for one in bookmarks if before and one.start == before[-1]), None)
