"""One run: a thread lists, others fetch, the caller's flattens, and one more commits."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import CredentialsMissing, CredentialsRejected, OdographError
from core.storage.keys import parse_key
from core.sync.committing import Chunk, Committer
from core.sync.heaps import return_large_blocks
from core.sync.listing import Listing
from core.sync.marks import Marks
from core.sync.plan import missing, no_batches, wanted
from core.sync.queues import Stream
from core.sync.result import Pace, SyncProgress, SyncResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from core.archive.archive import AppendResult, Archive
    from core.errors import SourceError
    from core.jobs import JobContext
    from core.storage.index import DayCount
    from core.storage.source import Fetched, Source, SourceObject
    from core.sync.plan import Day, Wanted

# Flattening and committing one chunk: large enough that the commit is a small part of it and that the archive does not
# fall into crumbs, small enough for the memory.
CHUNK_BATCHES = 1000
CHUNK_BYTES = 24_000_000
# A small first chunk brings the first result soon.
FIRST_CHUNK_BATCHES = 50
# Where batches come slowly, what has come is appended after this time.
CHUNK_SECONDS = 5.0
# Names of batches that wait to be fetched: 20 MB at most.
_LISTED_AHEAD = 50_000
_TICK = 0.1
_PROGRESS_SECONDS = 0.5

_log = logging.getLogger("odograph.sync")


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
    *,
    incremental: bool = False,
    interrupted: Callable[[SourceError, SyncResult], None] | None = None,
) -> SyncResult:
    """Record the batches of some days that are not recorded yet, newest days first.

    A batch that cannot be fetched is named in the result and the others go on, and so is a folder that may not be read;
    an unreadable batch is recorded with its reason. A chunk is flattened while the one before is committed and the next
    ones are listed and fetched; memory holds two chunks and what is under way, however many batches there are. While
    the context is paused, nothing new is begun.

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
        incremental: list only what is new since earlier runs where keys sort by time, and leave out days so old that
            nothing comes any more; a batch that was replaced since is then not noticed.
        interrupted: told of credentials that are missing, rejected or expired, with what was done so far, once nothing
            is under way any more. When it returns, what is left is listed and recorded; None raises the error.

    Raises:
        SourceError: the source cannot be listed, or its server cannot be used at all (credentials, region, network).
        ArchiveError, DiskFull: the archive cannot be written.
        JobCancelled: what was appended stays.
    """
    return_large_blocks()
    chosen = wanted(first_day, last_day, app, level, keys, days)
    failed = no_batches(keys) if keys is not None else []
    before = SyncResult()
    while True:
        run = _Run(source, archive, ctx, chosen, before, incremental=incremental and chosen.is_all)
        try:
            result = run.to_the_end(failed)
            break
        except (CredentialsMissing, CredentialsRejected) as error:
            if interrupted is None:
                raise
            before = run.so_far()
            _log.info("%s: interrupted after %d batches. %s", source.address, before.ingested, error.report())
            interrupted(error, before)
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


@dataclass(frozen=True, slots=True)
class _Found:
    """What the listing has found so far."""

    listed: int = 0
    todo: int = 0
    todo_bytes: int = 0
    finished: bool = False


class _Run:
    def __init__(
        self,
        source: Source,
        archive: Archive,
        ctx: JobContext,
        chosen: Wanted,
        before: SyncResult,
        *,
        incremental: bool,
    ) -> None:
        self._source = source
        # What was recorded before an interruption; it is found recorded when everything is listed again.
        self._before = before
        self._archive = archive
        self._ctx = ctx
        self._chosen = chosen
        self._marks = Marks(archive.folder)
        self._incremental = incremental
        self._inner = ctx.quiet_child()
        # Each one is replaced by the thread that lists, so that others see its parts fit each other.
        self._found = _Found()
        self._found_keys: set[str] = set()
        self._days: dict[str, DayCount] = {}
        self._listed: Stream[SourceObject] = Stream(_LISTED_AHEAD)
        # One chunk waits while another one is flattened: half of it here, and the other half in the fetching itself.
        self._fetched: Stream[Fetched] = Stream(CHUNK_BYTES // 2, lambda item: len(item.content or b"") + 1)
        self._committer = Committer(archive, ctx.quiet_child())
        self._result = before
        self._outrun = 0
        self._done, self._done_bytes = before.ingested, before.bytes
        self._pace = Pace()
        self._began = time.monotonic()
        self._told = 0.0

    def to_the_end(self, failed: Sequence[OdographError]) -> SyncResult:
        """Run all stages."""
        self._ctx.check()
        left_out_before = self._source.left_out()
        self._result = replace(self._result, failed=tuple(failed))
        self._tell()
        threads = [
            threading.Thread(target=self._stage, args=(self._list, self._listed), name="sync-list"),
            threading.Thread(target=self._stage, args=(self._fetch, self._fetched), name="sync-fetch"),
        ]
        for thread in threads:
            thread.start()
        try:
            with self._committer:
                self._append()
        finally:
            # Whatever ended this, nobody wants what is still being listed and fetched.
            self._inner.cancel()
            for thread in threads:
                thread.join()
            self._marks.save()
        self._result = replace(self._result, duplicates=self._result.duplicates + self._committer.count_repeated())
        left_out = tuple(error for error in self._source.left_out() if error not in left_out_before)
        self._result = replace(self._result, failed=self._result.failed + left_out)
        if self._chosen.keys is not None:
            gone = missing(self._chosen.keys - self._found_keys)
            self._result = replace(self._result, failed=self._result.failed + tuple(gone))
        self._say(self._result)
        return self._result

    def so_far(self) -> SyncResult:
        """What was done by a run that was interrupted; nothing of it is under way any more."""
        return replace(self._result, duplicates=self._result.duplicates + self._committer.count_repeated())

    def _stage(self, work: Callable[[], None], output: Stream[SourceObject] | Stream[Fetched]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised by whoever takes what this stage gives
            output.end(error)
        else:
            output.end()

    def _list(self) -> None:
        if self._chosen.days is None or self._chosen.days:
            listing = Listing(self._source, self._archive, self._chosen, self._marks, incremental=self._incremental)
            for day in listing.days(self._inner):
                old = self._found
                size = sum(item.size for item in day.todo)
                self._found = _Found(old.listed + day.batches, old.todo + len(day.todo), old.todo_bytes + size)
                self._found_keys |= day.found
                if day.count is not None:
                    self._days[day.folder] = day.count
                for item in day.todo:
                    self._listed.put(item, self._inner)
        self._found = replace(self._found, finished=True)

    def _fetch(self) -> None:
        coming = self._source.fetch_many(self._listed.items(self._inner), self._inner)
        try:
            for fetched in coming:
                self._inner.rest()
                self._fetched.put(fetched, self._inner)
        finally:
            # Its threads end here and not when nobody remembers it any more.
            if isinstance(coming, Generator):
                coming.close()
        # An error of the listing comes after everything that was listed before it.
        self._listed.is_over()

    def _append(self) -> None:
        limit = FIRST_CHUNK_BATCHES
        try:
            while self._append_chunk(limit):
                if limit != CHUNK_BATCHES:
                    # The first result is to come soon, and not after one more chunk was flattened.
                    self._tell_committed(wait=True)
                limit = CHUNK_BATCHES
        except OdographError:
            # What was flattened before stays.
            self._tell_committed(wait=True)
            raise
        self._tell_committed(wait=True)

    def _append_chunk(self, limit: int) -> bool:
        """Flatten the next chunk while the one before is committed, then begin to commit it; False if none is left."""
        fetched = self._chunk(limit)
        if not fetched:
            return False
        contents = [
            (key, item.object, item.content)
            for item in fetched
            if item.content is not None and (key := parse_key(item.object.key)) is not None
        ]
        chunk = Chunk(
            tuple(item for _, item, _ in contents),
            tuple(item.error for item in fetched if item.error is not None),
            len(fetched),
            sum(item.object.size for item in fetched),
        )
        append = self._archive.flatten(contents, self._ctx.quiet_child()) if contents else None
        try:
            self._tell_committed(wait=True)
        except BaseException:
            if append is not None:
                append.discard()
            raise
        self._committer.begin(chunk, append)
        return True

    def _tell_committed(self, *, wait: bool) -> None:
        """Hand over the result with the chunk that was committed last, if that was not done yet."""
        committed = self._committer.take(wait=wait)
        if committed is None:
            return
        chunk, added = committed.chunk, committed.added
        result = replace(
            self._result,
            failed=self._result.failed + chunk.errors,
            duplicates=self._result.duplicates + committed.repeated,
        )
        if added is not None:
            result = self._added(result, added, chunk)
        self._done += chunk.batches
        self._done_bytes += chunk.bytes
        self._pace.add(time.monotonic() - self._began, self._done_bytes - self._before.bytes)
        self._say(result)

    def _chunk(self, limit: int) -> list[Fetched]:
        """What is fetched next, as soon as it is enough; nothing once all is done."""
        chunk: list[Fetched] = []
        size = 0
        first = 0.0
        while not self._is_over(chunk):
            self._rest()
            some = self._fetched.take_some(limit - len(chunk), CHUNK_BYTES - size, _TICK)
            now = time.monotonic()
            if some and not chunk:
                first = now
            chunk += some
            size += sum(len(fetched.content or b"") for fetched in some)
            if len(chunk) >= limit or size > 0.9 * CHUNK_BYTES or (chunk and now - first > CHUNK_SECONDS):
                break
            self._tell_committed(wait=False)
            if now - self._told > _PROGRESS_SECONDS:
                self._tell()
        return chunk

    def _is_over(self, chunk: list[Fetched]) -> bool:
        try:
            return self._fetched.is_over()
        except OdographError:
            # First what is there is appended; then it is raised again.
            if chunk:
                return True
            raise

    def _rest(self) -> None:
        if self._ctx.paused:
            self._tell_committed(wait=True)
            paused = time.monotonic()
            try:
                self._ctx.rest()
            finally:
                self._began += time.monotonic() - paused
        self._ctx.check()

    def _added(self, result: SyncResult, added: AppendResult, chunk: Chunk) -> SyncResult:
        # Another process may have recorded some of them in the meantime.
        self._outrun += len(chunk.objects) - added.batches
        return replace(
            result,
            ingested=result.ingested + added.batches,
            messages=result.messages + added.messages,
            samples=result.samples + added.samples,
            rejects=result.rejects + added.rejects - added.unreadable,
            unreadable=result.unreadable + added.unreadable,
            bytes=result.bytes + sum(item.size for item in chunk.objects),
        )

    def _say(self, result: SyncResult) -> None:
        """Hand over the result so far."""
        found = self._found
        self._result = replace(
            result,
            listed=found.listed,
            skipped=max(0, found.listed - found.todo + self._outrun - self._before.ingested),
            progress=self._progress(),
            days=dict(self._days) if found.finished else {},
        )
        self._ctx.partial(self._result)
        self._tell()

    def _progress(self) -> SyncProgress:
        found = self._found
        if not found.finished:
            return SyncProgress(self._done, None, self._done_bytes, None, None)
        # An object that was replaced after it was listed may have another size.
        left = max(0, self._before.bytes + found.todo_bytes - self._done_bytes)
        return SyncProgress(
            self._done,
            self._before.ingested + found.todo,
            self._done_bytes,
            self._done_bytes + left,
            self._pace.seconds_left(left),
        )

    def _tell(self) -> None:
        self._told = time.monotonic()
        progress = self._progress()
        self._ctx.progress(progress.done, progress.total, progress.text(self._before.ingested + self._found.todo))
