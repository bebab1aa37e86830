"""Brings batches from a source into its archive: list, leave out what is recorded, fetch, append.

Whatever was appended stays, however a run ends; the next one goes on from there.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from core.errors import BatchUnreadable, ObjectNotFound, OdographError
from core.storage.index import batches_between
from core.storage.keys import BatchKey, parse_key
from core.storage.source import SourceObject

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator, Sequence

    from core.archive.archive import AppendResult, Archive
    from core.jobs import JobContext
    from core.storage.source import Source

CHUNK_BATCHES = 500
CHUNK_BYTES = 64_000_000
# A small first chunk brings the first result soon.
FIRST_CHUNK_BATCHES = 50

_log = logging.getLogger("odograph.sync")

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
        rejects: messages and batches that could not be read.
        failed: one error for each batch that could not be fetched.
    """

    listed: int = 0
    skipped: int = 0
    ingested: int = 0
    messages: int = 0
    samples: int = 0
    rejects: int = 0
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

    Raises:
        SourceError: the source cannot be listed, or its server cannot be used at all (credentials, region, network).
        ArchiveError, DiskFull: the archive cannot be written.
        JobCancelled: what was appended stays.
    """
    ctx.progress(0, None, "Listing batches")
    failed: list[OdographError] = []
    if keys is not None:
        first_day, last_day = _days_of(keys, failed)
    listed = [] if keys is not None and first_day is None else _list(source, ctx, first_day, last_day, app, level, keys)
    if keys is not None:
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
                result = _added(result, archive.append(contents, ctx.quiet_child()), len(contents))
            ctx.partial(result)
            done += len(contents) + len(errors)
            ctx.progress(done, len(todo), _progress_text(done, len(todo)))
    _log.info(
        "%s: %d batches ingested, %d were recorded, %d failed",
        source.address,
        result.ingested,
        result.skipped,
        len(result.failed),
    )
    return result


def _progress_text(done: int, total: int) -> str:
    return f"Loading {done:,} of {total:,} batches"


def _added(result: SyncResult, added: AppendResult, offered: int) -> SyncResult:
    return replace(
        result,
        # Another process may have recorded some of them in the meantime.
        skipped=result.skipped + offered - added.batches,
        ingested=result.ingested + added.batches,
        messages=result.messages + added.messages,
        samples=result.samples + added.samples,
        rejects=result.rejects + added.rejects,
    )


def _days_of(keys: Collection[str], failed: list[OdographError]) -> tuple[str | None, str | None]:
    days = []
    for text in sorted(keys):
        key = parse_key(text)
        if key is None:
            hint = "Only objects in the layout of the bucket delivery can be loaded."
            failed.append(BatchUnreadable("This is no batch", subject=text, hint=hint))
        else:
            days.append(key.day)
    return (min(days), max(days)) if days else (None, None)


def _list(
    source: Source,
    ctx: JobContext,
    first_day: str | None,
    last_day: str | None,
    app: str,
    level: str,
    keys: Collection[str] | None,
) -> list[_Listed]:
    wanted = None if keys is None else frozenset(keys)
    listed: list[_Listed] = []
    for page in batches_between(source, ctx, first_day, last_day, app, level):
        ctx.check()
        listed += page if wanted is None else [item for item in page if item[0].text in wanted]
        ctx.progress(0, None, f"Listing batches, {len(listed):,} found")
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
