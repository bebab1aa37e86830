"""Waiting for slow calls without losing the chance to cancel, and many of them at once within bounds."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from core.errors import (
    CredentialsMissing,
    CredentialsRejected,
    OdographError,
    SourceBusy,
    SourceUnreachable,
    WrongRegion,
)
from core.jobs import JobCancelled
from core.storage.patience import Patience
from core.storage.source import Fetched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from core.jobs import JobContext
    from core.storage.source import SourceObject

_T = TypeVar("_T")
_LOOK = 0.05  # seconds between two looks whether the job was cancelled
_GOODBYE = 0.3  # seconds a cancelled fetch waits for its threads, which end with their request
_MOST_WAITING = 64
_MOST_BYTES = 16 * 1024 * 1024
_ENDING = (CredentialsMissing, CredentialsRejected, WrongRegion)
_LOST = (SourceUnreachable, SourceBusy)


def call(function: Callable[[], _T], ctx: JobContext | None, seconds: float | None = None) -> _T:
    """Run a blocking function, but leave as soon as the job is cancelled.

    Args:
        function: runs in a thread of its own, which is left behind when it does not end in time.
        ctx: None where nothing can cancel.
        seconds: raise TimeoutError after this time; None waits for ever.

    Raises:
        JobCancelled, TimeoutError, and whatever the function raises.
    """
    answers: queue.SimpleQueue[tuple[_T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((function(), None))
        except BaseException as exc:  # noqa: BLE001 - handed over to the waiting thread, which raises it
            answers.put((None, exc))

    if ctx is not None:
        ctx.check()
    threading.Thread(target=run, name="storage-call", daemon=True).start()
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        try:
            result, error = answers.get(timeout=_LOOK)
        except queue.Empty:
            if ctx is not None:
                ctx.check()
            if end is not None and time.monotonic() > end:
                raise TimeoutError(f"no answer within {seconds:g} s") from None
            continue
        if error is not None:
            raise error
        return result  # type: ignore[return-value] # set whenever there is no error


class _Window:
    """How much may be under way or waiting to be taken: a number of objects and of bytes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._objects = 0
        self._bytes = 0
        self._closed = False

    def enter(self, size: int) -> bool:
        """Wait for room; False when the window was closed. One object is let in however big it is."""

        def room() -> bool:
            fits = self._objects < _MOST_WAITING and self._bytes + size <= _MOST_BYTES
            return self._closed or fits or self._objects == 0

        with self._changed:
            self._changed.wait_for(room)
            if self._closed:
                return False
            self._objects += 1
            self._bytes += size
            return True

    def leave(self, size: int) -> None:
        with self._changed:
            self._objects -= 1
            self._bytes -= size
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Ended(NamedTuple):
    """A thread has nothing left to fetch, or met a fault of the program."""

    fault: BaseException | None


def fetch_parallel(
    objects: Iterable[SourceObject],
    ctx: JobContext,
    get: Callable[[SourceObject, JobContext], Fetched],
    workers: int,
) -> Iterator[Fetched]:
    """Fetch many objects in threads; at most 64 of them, or 16 MB, are under way or waiting at any time.

    What may pass by itself is tried again, see :mod:`core.storage.patience`.

    Args:
        objects: what to fetch, which may come bit by bit; results come in the order in which they are there. The
            iterator is asked in the threads, one at a time.
        get: fetches one object, raises an OdographError. Its context ends as soon as nobody wants the result.
        workers: number of threads.

    Raises:
        JobCancelled; credentials that are missing or rejected; SourceUnreachable or SourceBusy once as many objects in
        a row as there are workers could not be reached.
    """
    ctx.check()
    fetching = ctx.quiet_child()
    window, results, todo, lock, patience = (
        _Window(),
        queue.SimpleQueue[tuple[int, Fetched] | _Ended](),
        iter(objects),
        threading.Lock(),
        Patience(fetching),
    )

    def fetched(item: SourceObject) -> Fetched:
        try:
            return patience.persist(lambda: get(item, fetching))
        except OdographError as exc:
            return Fetched(item, None, exc)

    def work() -> None:
        fault: BaseException | None = None
        try:
            while True:
                # Where there is no room one of them waits for it, and the others behind it: a place that becomes free
                # wakes one thread and not all.
                with lock:
                    item = next(todo, None)
                    if item is None or not window.enter(item.size):
                        break
                results.put((item.size, fetched(item)))
        except JobCancelled:
            pass
        except BaseException as exc:  # noqa: BLE001 - a fault of the program, raised where the results are taken
            fault = exc
        results.put(_Ended(fault))

    threads = [threading.Thread(target=work, name=f"storage-fetch-{number}", daemon=True) for number in range(workers)]
    for thread in threads:
        thread.start()
    running, lost = workers, 0
    try:
        while running:
            taken = _take(results, ctx)
            if isinstance(taken, _Ended):
                running -= 1
                if taken.fault is not None:
                    raise taken.fault
                continue
            size, result = taken
            window.leave(size)
            if isinstance(result.error, _ENDING):
                raise result.error
            lost = lost + 1 if isinstance(result.error, _LOST) else 0
            if result.error is not None and lost >= workers:
                raise result.error
            yield result
        ctx.check()
    finally:
        fetching.cancel()
        window.close()
        end = time.monotonic() + _GOODBYE
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


def _take(results: queue.SimpleQueue[tuple[int, Fetched] | _Ended], ctx: JobContext) -> tuple[int, Fetched] | _Ended:
    while True:
        ctx.check()
        try:
            return results.get(timeout=_LOOK)
        except queue.Empty:
            continue
