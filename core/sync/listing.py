"""Lists batches, newest days first, and picks those that are not recorded."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from core.storage.index import DayCount, day_folders, months_between
from core.storage.keys import BatchKey, parse_key
from core.sync.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.archive.archive import Archive
    from core.jobs import JobContext
    from core.storage.source import Source, SourceObject
    from core.sync.marks import Marks
    from core.sync.plan import Day, Wanted

# A month with fewer is listed in one go, which takes fewer requests than day by day.
_SMALL_MONTH = 20_000
# A batch may be stored later than another one with a later time.
_OVERLAP = timedelta(hours=1)
_LAG = 3_600_000_000
# After so long nothing is added to a day any more.
_SETTLED = 2 * 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Listed(NamedTuple):
    """A batch with its key."""

    key: BatchKey
    object: SourceObject


@dataclass(frozen=True, slots=True)
class ListedDay:
    """One folder of a day, or a part of it.

    Attributes:
        folder: the day's.
        batches: how many are there, those left out by an incremental listing included.
        todo: those that are not recorded with their present ETag, in order of time.
        found: keys of those that were listed, where only some keys are wanted.
        count: what lies in it; None where the folder was not looked through.
    """

    folder: str
    batches: int
    todo: list[SourceObject]
    found: frozenset[str]
    count: DayCount | None


class Listing:
    """Goes through the days of a source.

    Args:
        wanted: what was asked for.
        marks: what earlier runs listed.
        incremental: list only what is new since then, where keys sort by time.
    """

    def __init__(self, source: Source, archive: Archive, wanted: Wanted, marks: Marks, *, incremental: bool) -> None:
        self._source = source
        self._archive = archive
        self._wanted = wanted
        self._marks = marks
        self._incremental = incremental
        self._now = time.time_ns() // 1000
        # How many batches are recorded by day; and for small months, of which they are all read at once, their ETags
        # by day's folder and key.
        self._recorded: dict[Day, int] = {}
        self._known: dict[str, dict[str, dict[str, str]] | None] = {}

    def days(self, ctx: JobContext) -> Iterator[ListedDay]:
        """Newest first, those of one day in different apps and levels in order of their names.

        Raises:
            SourceError, ArchiveError, JobCancelled.
        """
        for _, months in months_between(self._source, ctx, self._wanted.folder):
            ctx.rest()
            found: list[tuple[int, str, list[SourceObject] | None]] = []
            for month in months:
                found += [(-_number(day), day, objects) for day, objects in self._folders(month, ctx)]
            self._recorded = {day: state.batches for day, state in self._archive.day_states().items()}
            self._known = {}
            found.sort(key=lambda item: item[:2])
            while found:
                _, day, objects = found.pop(0)
                ctx.rest()
                yield self._day(day, objects, ctx)

    def _folders(self, month: str, ctx: JobContext) -> list[tuple[str, list[SourceObject] | None]]:
        """A month's days, with their objects where they are few enough."""
        if not self._incremental and self._wanted.days is None:
            days: dict[str, list[SourceObject]] = {}
            count = 0
            for page in self._source.list_objects(month, ctx):
                ctx.rest()
                for item in page:
                    days.setdefault(item.key.rpartition("/")[0], []).append(item)
                count += len(page)
                if count > _SMALL_MONTH:
                    break
            else:
                # Other objects may lie in folders that are none of a day.
                return [(day, objects) for day, objects in days.items() if _is_day(day, month)]
        return [(day, None) for day in day_folders(self._source, ctx, month, self._wanted.folder)]

    def _day(self, day: str, objects: list[SourceObject] | None, ctx: JobContext) -> ListedDay:
        mark = self._marks.get(day)
        if self._incremental and mark is not None and mark.fits(self._recorded.get(_name(day), 0)):
            if mark.settled:
                return ListedDay(day, mark.count.batches, [], frozenset(), mark.count)
            if mark.live:
                return self._news(day, mark, ctx)
        items = self._parsed([objects] if objects is not None else self._source.list_objects(day, ctx), ctx)
        count = _count(items)
        chosen = [item for item in items if self._wanted.batch(item.key)]
        known = self._etags(day)
        if count is not None and all(item.key.padded for item in items):
            gone = len(known) - sum(item.key.text in known for item in items)
            self._marks.set(day, self._mark(count, gone, items))
        found = frozenset(item.key.text for item in chosen) if self._wanted.keys is not None else frozenset()
        return ListedDay(day, len(chosen), _todo(chosen, known), found, count)

    def _news(self, day: str, mark: Mark, ctx: JobContext) -> ListedDay:
        """What has come since a day was listed; everything listed then is recorded."""
        since = _EPOCH + timedelta(microseconds=mark.count.last) - _OVERLAP
        after = f"{day}/{since:%H-%M-%S}" if since.date().isoformat() == mark.count.day else ""
        items = self._parsed(self._source.list_objects(day, ctx, after), ctx)
        known = self._etags(day)
        new = [item for item in items if item.key.text not in known]
        count = mark.count
        if new:
            more = _count(new)
            assert more is not None
            count = count.together(more)
        if all(item.key.padded for item in new):
            self._marks.set(day, self._mark(count, mark.gone, items))
        return ListedDay(day, count.batches, _todo(items, known), frozenset(), count)

    def _parsed(self, pages: Iterable[list[SourceObject]], ctx: JobContext) -> list[Listed]:
        items: list[Listed] = []
        for page in pages:
            ctx.rest()
            keys = ((parse_key(item.key), item) for item in page)
            items += [Listed(key, item) for key, item in keys if key is not None]
        items.sort(key=lambda item: item.key.time)
        return items

    def _etags(self, day: str) -> dict[str, str]:
        """With which ETags the batches of a day's folder are recorded, by key."""
        app, level, date = _name(day)
        if not self._recorded.get((app, level, date)):
            return {}
        month = day.rpartition("/")[0]
        if month not in self._known:
            others = (name for name in self._recorded if name[:2] == (app, level) and name[2][:7] == date[:7])
            small = sum(self._recorded[name] for name in others) <= _SMALL_MONTH
            self._known[month] = _by_day(self._archive.recorded_etags(f"{month}/")) if small else None
        days = self._known[month]
        return self._archive.recorded_etags(f"{day}/") if days is None else days.get(day, {})

    def _mark(self, count: DayCount, gone: int, items: Sequence[Listed]) -> Mark:
        """What to remember of a day of which these are the newest batches."""
        lags = [item.object.modified - item.key.time for item in items]
        stored = max((item.object.modified for item in items), default=count.last)
        live = all(-_LAG < lag < _LAG for lag in lags)
        return Mark(count, gone, live, self._now - max(stored, count.last) > _SETTLED)


def _count(items: list[Listed]) -> DayCount | None:
    if not items:
        return None
    first = items[0].key
    size = sum(item.object.size for item in items)
    return DayCount(first.app, first.level, first.day, len(items), size, first.time, items[-1].key.time)


def _todo(items: Iterable[Listed], known: Mapping[str, str]) -> list[SourceObject]:
    return [item.object for item in items if known.get(item.key.text) != item.object.etag]


def _by_day(etags: Mapping[str, str]) -> dict[str, dict[str, str]]:
    days: dict[str, dict[str, str]] = {}
    for key, etag in etags.items():
        days.setdefault(key.rpartition("/")[0], {})[key] = etag
    return days


def _name(day: str) -> Day:
    """A day's app, level and date, given its folder."""
    app, level, *date = day.split("/")
    return app, level, "-".join((date[0], *(part.zfill(2) for part in date[1:])))


def _number(day: str) -> int:
    return int(day.rpartition("/")[2])


def _is_day(folder: str, month: str) -> bool:
    above, _, name = folder.rpartition("/")
    return above == month and name.isascii() and name.isdecimal()
