"""Brings batches from a source into its archive: list, leave out what is recorded, fetch, append.

Whatever was appended stays, however a run ends; the next one goes on from there.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from core.errors import BatchUnreadable, ObjectNotFound, OdographError
from core.storage.index import batches_between
from core.storage.keys import BatchKey, parse_key
from core.storage.source import SourceObject

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Mapping, Sequence

    from core.archive.archive import AppendResult, Archive, DayState
    from core.jobs import JobContext
    from core.storage.index import SourceIndex
    from core.storage.source import Source

CHUNK_BATCHES = 500
CHUNK_BYTES = 64_000_000
# A small first chunk brings the first result soon.
FIRST_CHUNK_BATCHES = 50

# What is loaded unasked: enough to see something at once, little enough for a laptop's line and disk.
RECENT_DAYS = 31
RECENT_BYTES = 500_000_000

_log = logging.getLogger("odograph.sync")

# (app, level, YYYY-MM-DD) as in SourceIndex.days and Archive.day_states.
Day: TypeAlias = tuple[str, str, str]

_Listed: TypeAlias = tuple[BatchKey, SourceObject]
_Content: TypeAlias = tuple[BatchKey, SourceObject, bytes]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a run did, or has done so far.

    Attributes:
        listed: batches that were asked for and found.
        skipped: of these, recorded before.
        ingested: recorded by this run, unreadable ones among them.
        messages: messages in them.
        samples: samples that were appended.
        rejects: messages that could not be read.
        unreadable: batches that could not be read as a whole, so that nobody knows how many messages they have; none
            of them counts among rejects. They are recorded, so they are not fetched again.
        failed: one error for each batch that could not be fetched.
    """

    listed: int = 0
    skipped: int = 0
    ingested: int = 0
    messages: int = 0
    samples: int = 0
    rejects: int = 0
    unreadable: int = 0
    failed: tuple[OdographError, ...] = ()


def sync(
    source: Source,
    archive: Archive,
    ctx: JobContext,
    first_day: str | None = None,
    last_day: str | None = None,
    app: str = "",
    level: str = "",
    keys: Collection[str] | None = None,
    days: Collection[Day] | None = None,
) -> SyncResult:
    """Record the batches of some days that are not recorded yet, newest days first.

    A batch that cannot be fetched is named in the result and the others go on; an unreadable one is recorded with its
    reason. The next batches are fetched while these are appended, so at most two chunks are in memory.

    Args:
        source: where the batches lie.
        archive: the archive of this source.
        ctx: told the batches done, and a SyncResult so far after each commit.
        first_day: ``YYYY-MM-DD``, UTC; None for the oldest.
        last_day: ``YYYY-MM-DD``, UTC, included; None for the newest.
        app: only this app-id; empty for all.
        level: only this Auto API level; empty for all.
        keys: only these batches; None for all.
        days: only these days of their apps and levels; None for all.

    Raises:
        SourceError: the source cannot be listed, or its server cannot be used at all (credentials, region, network).
        ArchiveError, DiskFull: the archive cannot be written.
        JobCancelled: what was appended stays.
    """
    ctx.progress(0, None, "Listing batches")
    failed: list[OdographError] = []
    if keys is not None:
        failed += _no_batches(keys)
        days = _days_of(keys)
    spans = [_Span(first_day, last_day, app, level)] if days is None else _spans(days)
    listed = _list(source, spans, ctx)
    if days is not None:
        wanted = frozenset(days)
        listed = [item for item in listed if _day_of(item[0]) in wanted]
    if keys is not None:
        listed = [item for item in listed if item[0].text in keys]
        failed += _missing(keys, listed)
    recorded = {key: record.etag for key, record in archive.recorded().items()}
    todo = [item for item in listed if recorded.get(item[0].text) != item[1].etag]
    result = SyncResult(listed=len(listed), skipped=len(listed) - len(todo), failed=tuple(failed))
    done = 0
    ctx.progress(done, len(todo), _progress_text(done, len(todo)))
    with closing(_fetched_chunks(source, todo, ctx)) as chunks:
        for contents, errors in chunks:
            result = replace(result, failed=result.failed + tuple(errors))
            if contents:
                added = archive.append(contents, ctx.quiet_child())
                result = _added(result, added, len(contents), _unreadable(archive, added, contents))
            ctx.partial(result)
            done += len(contents) + len(errors)
            ctx.progress(done, len(todo), _progress_text(done, len(todo)))
    _log.info(
        "%s: %d batches ingested, %d were recorded, %d failed; %d batches and %d messages could not be read",
        source.address,
        result.ingested,
        result.skipped,
        len(result.failed),
        result.unreadable,
        result.rejects,
    )
    return result


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
    for number, date in enumerate(sorted(by_date, reverse=True)[:RECENT_DAYS]):
        size += sum(index.days[name].bytes for name in by_date[date])
        if number and size > RECENT_BYTES:
            break
        chosen += sorted(by_date[date])
    return [name for name in chosen if name not in states or states[name].batches < index.days[name].batches]


def _progress_text(done: int, total: int) -> str:
    return f"{done:,} of {total:,} batches"


def _unreadable(archive: Archive, added: AppendResult, contents: Sequence[_Content]) -> int:
    if not added.rejects:
        return 0
    records = archive.recorded()
    found = [records[key.text] for key, _, _ in contents if key.text in records]
    # A batch as a whole counts as one reject.
    return min(sum(record.rejects > 0 and record.messages == 0 for record in found), added.rejects)


def _added(result: SyncResult, added: AppendResult, offered: int, unreadable: int) -> SyncResult:
    return replace(
        result,
        # Another process may have recorded some of them in the meantime.
        skipped=result.skipped + offered - added.batches,
        ingested=result.ingested + added.batches,
        messages=result.messages + added.messages,
        samples=result.samples + added.samples,
        rejects=result.rejects + added.rejects - unreadable,
        unreadable=result.unreadable + unreadable,
    )


class _Span(NamedTuple):
    """What one listing goes through, as :func:`core.storage.index.batches_between` takes it."""

    first_day: str | None
    last_day: str | None
    app: str
    level: str


def _spans(days: Collection[Day]) -> list[_Span]:
    """Spans that cover the days without listing the months between them."""
    months: dict[Day, list[str]] = {}
    for app, level, day in days:
        months.setdefault((app, level, day[:7]), []).append(day)
    return [_Span(min(found), max(found), app, level) for (app, level, _), found in sorted(months.items())]


def _day_of(key: BatchKey) -> Day:
    return key.app, key.level, key.day


def _days_of(keys: Collection[str]) -> set[Day]:
    return {_day_of(key) for key in map(parse_key, keys) if key is not None}


def _no_batches(keys: Collection[str]) -> list[OdographError]:
    hint = "Only objects in the layout of the bucket delivery can be loaded."
    others = sorted(text for text in keys if parse_key(text) is None)
    return [BatchUnreadable("This is no batch", subject=text, hint=hint) for text in others]


def _list(source: Source, spans: Sequence[_Span], ctx: JobContext) -> list[_Listed]:
    """The batches of the spans, newest days first, each day in order of time."""
    listed: list[_Listed] = []
    for span in spans:
        for page in batches_between(source, ctx, *span):
            ctx.check()
            listed += page
            ctx.progress(0, None, f"{len(listed):,} batches found")
    listed.sort(key=lambda item: item[0].time)
    listed.sort(key=lambda item: item[0].day, reverse=True)
    return listed


def _missing(keys: Collection[str], listed: Sequence[_Listed]) -> list[OdographError]:
    found = {key.text for key, _ in listed}
    hint = "It was deleted or moved. Refresh the list of batches."
    gone = sorted(text for text in keys if text not in found and parse_key(text) is not None)
    return [ObjectNotFound("The batch is gone", subject=text, hint=hint) for text in gone]


def _chunks(items: Sequence[_Listed]) -> Iterator[list[_Listed]]:
    chunk: list[_Listed] = []
    size, limit = 0, FIRST_CHUNK_BATCHES
    for item in items:
        if chunk and (len(chunk) >= limit or size + item[1].size > CHUNK_BYTES):
            yield chunk
            chunk, size, limit = [], 0, CHUNK_BATCHES
        chunk.append(item)
        size += item[1].size
    if chunk:
        yield chunk


def _fetched_chunks(
    source: Source, items: Sequence[_Listed], ctx: JobContext
) -> Generator[tuple[list[_Content], list[OdographError]], None, None]:
    """Chunks of contents, each fetched while the one before is being used."""
    fetching = ctx.quiet_child()
    chunks = _chunks(items)
    with ThreadPoolExecutor(1, "sync-fetch") as pool:
        try:
            chunk = next(chunks, None)
            coming = pool.submit(_fetch, source, chunk, fetching) if chunk else None
            while coming is not None:
                ready = coming.result()
                ctx.check()
                chunk = next(chunks, None)
                coming = pool.submit(_fetch, source, chunk, fetching) if chunk else None
                yield ready
        finally:
            # Whatever ended this, nobody wants what is still being fetched.
            fetching.cancel()


def _fetch(source: Source, chunk: Sequence[_Listed], ctx: JobContext) -> tuple[list[_Content], list[OdographError]]:
    keys = {item.key: key for key, item in chunk}
    contents: list[_Content] = []
    errors: list[OdographError] = []
    for fetched in source.fetch_many([item for _, item in chunk], ctx):
        if fetched.content is not None:
            contents.append((keys[fetched.object.key], fetched.object, fetched.content))
        elif fetched.error is not None:
            errors.append(fetched.error)
    return contents, errors
