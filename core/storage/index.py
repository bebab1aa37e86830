"""How many batches a source has on which day, and the batches of a range of days."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from core.errors import AccessDenied
from core.storage.keys import BatchKey, parse_key
from core.storage.layout import MONTH_DEPTH, belongs, depth_of, join, parts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.jobs import JobContext
    from core.storage.source import Source, SourceObject

_log = logging.getLogger("odograph.storage")
_PARTIAL_EVERY = 0.2  # seconds
_OTHERS_NAMED = 1000


@dataclass(frozen=True, slots=True)
class DayCount:
    """The batches of one day of an app and level.

    Attributes:
        day: ``YYYY-MM-DD``, UTC.
        batches: how many there are.
        bytes: their sizes together.
        first: time of the first one, microseconds since the epoch, UTC.
        last: time of the last one.
    """

    app: str
    level: str
    day: str
    batches: int
    bytes: int
    first: int
    last: int

    def together(self, other: DayCount) -> DayCount:
        """This count and another one of the same day."""
        return DayCount(
            *(self.app, self.level, self.day),
            self.batches + other.batches,
            self.bytes + other.bytes,
            min(self.first, other.first),
            max(self.last, other.last),
        )


@dataclass(frozen=True, slots=True)
class SourceIndex:
    """What lies in a source, by day. Never changed once it was handed over.

    Attributes:
        days: by (app, level, day).
        others: how many objects are no batches.
        other_objects: the first thousand of them.
        batches: how many batches there are.
        bytes: the batches' sizes together.
    """

    days: dict[tuple[str, str, str], DayCount]
    others: int
    batches: int
    bytes: int
    other_objects: tuple[SourceObject, ...] = ()


class _Counter:
    """Counts pages of objects and tells of it five times a second."""

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx
        self._days: dict[tuple[str, str, str], DayCount] = {}
        self._others = self._batches = self._bytes = 0
        self._other_objects: list[SourceObject] = []
        self._told = time.monotonic()

    def add(self, objects: Sequence[SourceObject]) -> None:
        for item in objects:
            key = parse_key(item.key)
            if key is None:
                self._others += 1
                if len(self._other_objects) < _OTHERS_NAMED:
                    self._other_objects.append(item)
                continue
            self._batches += 1
            self._bytes += item.size
            name = (key.app, key.level, key.day)
            old = self._days.get(name)
            one = DayCount(*name, 1, item.size, key.time, key.time)
            self._days[name] = one if old is None else old.together(one)
        self._ctx.check()
        now = time.monotonic()
        if now - self._told >= _PARTIAL_EVERY:
            self._told = now
            self._ctx.partial(self.result())
            self._ctx.progress(self._batches, None, f"{self._batches:,} batches found")

    def result(self) -> SourceIndex:
        return SourceIndex(dict(self._days), self._others, self._batches, self._bytes, tuple(self._other_objects))


def index_source(source: Source, ctx: JobContext, folder: str = "") -> SourceIndex:
    """Count a source's batches by day, without reading any.

    The newest months are listed first and objects outside the layout last, so that partial results, five a second,
    show recent days soon.

    Args:
        source: where to look.
        folder: only what lies below this folder, relative to the layout's root.

    Raises:
        SourceError, JobCancelled. Folders outside the layout that may not be listed are left out.
    """
    counter = _Counter(ctx)
    months, rest = _months(source, ctx, folder, lambda parts: True, counter.add)
    for month in sorted(months, key=_age):
        for page in source.list_objects(month, ctx):
            counter.add(page)
    for other in rest:
        try:
            for page in source.list_objects(other, ctx):
                counter.add(page)
        except AccessDenied as exc:
            _log.info("Not counted: %s", exc)
    result = counter.result()
    ctx.partial(result)
    ctx.progress(result.batches, result.batches, f"{result.batches:,} batches found")
    return result


def batches_between(
    source: Source, ctx: JobContext, first_day: str | None, last_day: str | None, app: str = "", level: str = ""
) -> Iterator[list[tuple[BatchKey, SourceObject]]]:
    """The batches of some days, page by page; only the folders of these days are listed.

    Args:
        source: where to look.
        first_day: ``YYYY-MM-DD``, UTC; None for all up to the last day.
        last_day: ``YYYY-MM-DD``, UTC, included; None for all from the first day.
        app: only this app-id, as written; empty for all.
        level: only this Auto API level; empty for all.

    Returns:
        Pages, oldest month first; in each month apps and levels follow each other, and their keys are in order.

    Raises:
        SourceError, JobCancelled.
    """
    first, last = first_day or "0000-00-00", last_day or "9999-99-99"

    def wanted(parts: list[str]) -> bool:
        name, depth = parts[-1], len(parts)
        if depth == 1:
            return not app or name == app
        if depth == 2:
            return not level or name == level
        start, end = span_of(parts)
        return start <= last and end >= first

    months, _ = _months(source, ctx, "", wanted, lambda objects: None)
    for month in sorted(months, key=_age, reverse=True):
        start, end = span_of(parts_of(month))
        whole = first <= start and end <= last
        pages = source.list_objects(month, ctx) if whole else _days_of(source, ctx, month, wanted)
        for page in pages:
            keys = ((parse_key(item.key), item) for item in page)
            found = [(key, item) for key, item in keys if key is not None and first <= key.day <= last]
            if found:
                yield found


def months_between(
    source: Source, ctx: JobContext, wanted: Callable[[list[str]], bool]
) -> Iterator[tuple[tuple[int, int], list[str]]]:
    """The folders of months, newest first, those of one month in different apps and levels together.

    Args:
        wanted: whether a folder of the layout, given by its parts (app, level, year, …), is to be looked into.

    Returns:
        Year and month, and the folders.

    Raises:
        SourceError, JobCancelled.
    """
    found: dict[tuple[int, int], list[str]] = {}
    for month in sorted(_months(source, ctx, "", wanted, lambda objects: None)[0], key=_age):
        year, number, _ = _age(month)
        found.setdefault((-year, -number), []).append(month)
    yield from found.items()


def day_folders(source: Source, ctx: JobContext, month: str, wanted: Callable[[list[str]], bool]) -> list[str]:
    """The folders of a month's days, newest first. Raises SourceError, JobCancelled."""
    folders = chain.from_iterable(page.folders for page in source.list_level(month, ctx))
    days = [join(month, name) for name in folders if belongs(MONTH_DEPTH, name)]
    return sorted((day for day in days if wanted(parts_of(day))), key=lambda path: -int(parts_of(path)[-1]))


def _days_of(
    source: Source, ctx: JobContext, month: str, wanted: Callable[[list[str]], bool]
) -> Iterator[list[SourceObject]]:
    for day in reversed(day_folders(source, ctx, month, wanted)):
        yield from source.list_objects(day, ctx)


def _months(
    source: Source,
    ctx: JobContext,
    folder: str,
    wanted: Callable[[list[str]], bool],
    add: Callable[[Sequence[SourceObject]], None],
) -> tuple[list[str], list[str]]:
    """Walk down to the months of the layout.

    Returns:
        The month folders (or the folder itself where it lies deeper), and the folders outside the layout. Objects met
        on the way are given to ``add``.
    """
    months: list[str] = []
    rest: list[str] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        depth = depth_of(here)
        if depth is None:
            rest.append(here)
            continue
        if depth >= MONTH_DEPTH:
            months.append(here)
            continue
        for page in source.list_level(here, ctx):
            add(page.objects)
            for name in page.folders:
                child = join(here, name)
                if not belongs(depth, name):
                    rest.append(child)
                elif wanted(parts_of(child)):
                    waiting.append(child)
    return months, rest


def _age(month: str) -> tuple[int, int, str]:
    """Sorts the newest month first; months of the same age by their path."""
    parts = parts_of(month)
    return -int(parts[2]), -int(parts[3]), month


def span_of(parts: list[str]) -> tuple[str, str]:
    """The first and the last day that a year's, month's or day's folder may hold."""
    year, *finer = (int(part) for part in parts[2:])
    month_day = [f"{part:02d}" for part in finer]
    start, end = [*month_day, "00", "00"], [*month_day, "99", "99"]
    return f"{year:04d}-{start[0]}-{start[1]}", f"{year:04d}-{end[0]}-{end[1]}"
