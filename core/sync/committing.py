"""Commits one chunk in a thread of its own while the next one is flattened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType

    from core.archive.append import Append
    from core.archive.archive import AppendResult, Archive
    from core.errors import OdographError
    from core.jobs import JobContext
    from core.storage.source import SourceObject

# Messages whose earlier deliveries are looked for in one go: for fewer, the same files would be read more often.
_FRESH = 500_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """What was fetched together.

    Attributes:
        objects: those that came.
        errors: one for each that did not.
        batches, bytes: all of them, as they were listed.
    """

    objects: tuple[SourceObject, ...]
    errors: tuple[OdographError, ...]
    batches: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Committed:
    """A chunk that is in the archive.

    Attributes:
        added: None where there was nothing to add.
        repeated: messages of this chunk, and of earlier ones that were not counted yet, that had been delivered before.
    """

    chunk: Chunk
    added: AppendResult | None
    repeated: int


class Committer:
    """Takes flattened chunks one after the other: one at most is not committed yet. Not thread-safe.

    Leaving it waits for the last commit, which ends soon after the job was cancelled.
    """

    def __init__(self, archive: Archive, ctx: JobContext) -> None:
        self._archive = archive
        self._ctx = ctx
        self._pool = ThreadPoolExecutor(1, "sync-commit")
        self._running: Future[Committed] | None = None
        # Keys of batches of which nobody has looked yet whether their messages had been delivered before.
        self._fresh: list[str] = []
        self._fresh_messages = 0

    def __enter__(self) -> Committer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def begin(self, chunk: Chunk, append: Append | None) -> None:
        """Commit a chunk, while the caller goes on. The one before was taken."""
        self._running = self._pool.submit(self._commit, chunk, append)

    def take(self, *, wait: bool) -> Committed | None:
        """The chunk that was committed last, once; None where there is none.

        Args:
            wait: until it is committed; otherwise there is none before.

        Raises:
            ArchiveError, DiskFull, JobCancelled: it could not be committed or counted.
        """
        running = self._running
        if running is None or not (wait or running.done()):
            return None
        self._running = None
        return running.result()

    def count_repeated(self) -> int:
        """How many messages had been delivered before, of chunks that were not counted yet and are committed."""
        keys, self._fresh, self._fresh_messages = self._fresh, [], 0
        return self._archive.repeated(keys, self._ctx)

    def _commit(self, chunk: Chunk, append: Append | None) -> Committed:
        if append is None:
            return Committed(chunk, None, 0)
        added = append.commit()
        self._fresh += [item.key for item in chunk.objects]
        self._fresh_messages += added.messages
        return Committed(chunk, added, self.count_repeated() if self._fresh_messages > _FRESH else 0)
