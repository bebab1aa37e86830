"""Which batches a run is about: what was asked for, and what is worth loading unasked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from core.errors import BatchUnreadable, ObjectNotFound, OdographError
from core.storage.index import span_of
from core.storage.keys import BatchKey, parse_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from core.archive.archive import DayState
    from core.storage.index import DayCount, SourceIndex

# What is loaded unasked: enough to see something at once, little enough for a laptop's line and disk.
RECENT_DAYS = 31
RECENT_BYTES = 500_000_000

# (app, level, YYYY-MM-DD) as in SourceIndex.days and Archive.day_states.
Day: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        first_day, last_day: ``YYYY-MM-DD``, UTC, included; None leaves a side open.
        app, level: only this one; empty for all.
        days: only these days of their apps and levels; None for all.
        keys: only these batches; None for all.
    """

    first_day: str | None = None
    last_day: str | None = None
    app: str = ""
    level: str = ""
    days: frozenset[Day] | None = None
    keys: frozenset[str] | None = None

    @property
    def is_all(self) -> bool:
        """Whether whole days are wanted and not some batches of theirs."""
        return self.keys is None

    def folder(self, parts: list[str]) -> bool:
        """Whether there may be anything wanted in a folder of the layout, given by its parts."""
        app, level = parts[0], parts[1] if len(parts) > 1 else ""
        if (self.app and app != self.app) or (self.level and level and level != self.level):
            return False
        start, end = span_of(parts) if len(parts) > 2 else ("0000-00-00", "9999-99-99")
        if self.days is not None:
            return any(day[0] == app and (not level or day[1] == level) and start <= day[2] <= end for day in self.days)
        return start <= (self.last_day or "9999-99-99") and end >= (self.first_day or "0000-00-00")

    def batch(self, key: BatchKey) -> bool:
        """Whether a batch in such a folder is wanted."""
        if self.keys is not None:
            return key.text in self.keys
        if self.days is not None:
            return (key.app, key.level, key.day) in self.days
        return (self.first_day or "0000-00-00") <= key.day <= (self.last_day or "9999-99-99")


def wanted(
    first_day: str | None,
    last_day: str | None,
    app: str,
    level: str,
    keys: Collection[str] | None,
    days: Collection[Day] | None,
) -> Wanted:
    """What :func:`core.sync.engine.sync` was asked for."""
    if keys is not None:
        parsed = [key for key in map(parse_key, keys) if key is not None]
        return Wanted(days=frozenset((key.app, key.level, key.day) for key in parsed), keys=frozenset(keys))
    return Wanted(first_day, last_day, app, level, None if days is None else frozenset(days))


def no_batches(keys: Iterable[str]) -> list[OdographError]:
    """An error for each key that is none of a batch."""
    hint = "Only objects in the layout of the bucket delivery can be loaded."
    others = sorted(text for text in keys if parse_key(text) is None)
    return [BatchUnreadable("This is no batch", subject=text, hint=hint) for text in others]


def missing(keys: Iterable[str]) -> list[OdographError]:
    """An error for each batch that was asked for and not found."""
    hint = "It was deleted or moved. Refresh the list of batches."
    gone = sorted(text for text in keys if parse_key(text) is not None)
    return [ObjectNotFound("The batch is gone", subject=text, hint=hint) for text in gone]


def days_to_load(index: SourceIndex, states: Mapping[Day, DayState]) -> list[Day]:
    """The days that are worth loading unasked: recent and not recorded whole.

    Recent are the newest 31 dates of the source that have batches, as long as they are at most 500 MB together; the
    newest always is.

    Args:
        index: what lies in the source.
        states: what the archive has recorded, by day.

    Returns:
        Newest first; nothing where all of them are recorded.
    """
    by_date: dict[str, list[Day]] = {}
    for name in index.days:
        by_date.setdefault(name[2], []).append(name)
    chosen: list[Day] = []
    size = 0
    for number, day in enumerate(sorted(by_date, reverse=True)[:RECENT_DAYS]):
        size += sum(index.days[name].bytes for name in by_date[day])
        if number and size > RECENT_BYTES:
            break
        chosen += sorted(by_date[day])
    return [name for name in chosen if name not in states or states[name].batches < index.days[name].batches]


def first_day_to_watch(index: SourceIndex) -> str | None:
    """The day from which on new batches are looked for: the one before the newest, ``YYYY-MM-DD``; None for all.

    A day to come, as a wrong clock may write it, hides nothing.
    """
    newest = max((day for _, _, day in index.days), default=None)
    if newest is None:
        return None
    day = min(date.fromisoformat(newest), datetime.now(UTC).date())
    return (day - timedelta(days=1) if day > date.min else day).isoformat()


def with_days(index: SourceIndex, counts: Iterable[DayCount]) -> SourceIndex:
    """An index in which some days are counted anew.

    Args:
        counts: all that lies in these days; folders of the same day are added up.
    """
    new: dict[Day, DayCount] = {}
    for count in counts:
        name = (count.app, count.level, count.day)
        old = new.get(name)
        new[name] = count if old is None else old.together(count)
    days = index.days | new
    return replace(
        index,
        days=days,
        batches=sum(count.batches for count in days.values()),
        bytes=sum(count.bytes for count in days.values()),
    )
