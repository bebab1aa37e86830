"""Trying again what may pass by itself: how often, after which pause, and when to give up."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING, TypeVar

from core.errors import SourceBusy, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobs import JobContext

_T = TypeVar("_T")

TRIES = 5
"""How often one thing is tried."""
GIVE_UP = 60.0
"""Seconds after which one thing, or a server that helps nobody, is given up."""
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0


class Patience:
    """Shared by all threads that ask one server. Thread-safe.

    A server that asks to slow down is left alone by all of them, for longer each time, until it serves somebody. Other
    failures hold up only the thread that met them.

    Args:
        ctx: wakes everybody who waits when it is cancelled.
    """

    def __init__(self, ctx: JobContext) -> None:
        self._ctx = ctx
        self._lock = threading.Lock()
        self._served = time.monotonic()
        self._closed_until = 0.0
        self._refused = 0

    def persist(self, function: Callable[[], _T]) -> _T:
        """Call a function until it succeeds, or until trying again is no use.

        Raises:
            JobCancelled; what the function raises at the last try.
        """
        attempts = Attempts(self)
        while True:
            self._await_turn()
            begun = time.monotonic()
            try:
                result = function()
            except SourceError as error:
                attempts.failed(error, begun)
            else:
                self.succeeded()
                return result

    def succeeded(self) -> None:
        """The server has served somebody."""
        with self._lock:
            self._served = time.monotonic()
            self._refused = 0

    def served_since(self, moment: float) -> bool:
        """Whether the server has served anybody since."""
        return self._served > moment

    def refuse(self, begun: float) -> None:
        """Let everybody wait, because the server asked for it in answer to a request begun at this moment."""
        with self._lock:
            now = time.monotonic()
            if begun >= self._closed_until:  # not one of many that were refused at once
                self._closed_until = now + pause_after(self._refused)
                self._refused += 1

    def pause(self, seconds: float) -> None:
        """Wait, unless it is cancelled."""
        self._ctx.wait(seconds)

    def _await_turn(self) -> None:
        self._ctx.check()
        while (left := self._closed_until - time.monotonic()) > 0:
            # Not all at the same moment.
            self._ctx.wait(left + random.uniform(0, _FIRST_PAUSE))


class Attempts:
    """The attempts at one thing.

    Args:
        patience: of the server that is asked.
    """

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._first = time.monotonic()
        self._count = 0

    def failed(self, error: SourceError, begun: float) -> None:
        """Wait before the next attempt, or raise the error where there should be none.

        Args:
            begun: when the attempt began, of :func:`time.monotonic`.
        """
        if not error.passing:
            raise error
        busy = isinstance(error, SourceBusy)
        if busy and not self._patience.served_since(self._first):
            # Nobody is served: the server is loaded, which says nothing about this one thing.
            self._count = min(self._count, TRIES - 2)
        self._count += 1
        if self._count >= TRIES or time.monotonic() - self._first > GIVE_UP:
            raise error
        if busy:
            self._patience.refuse(begun)
        else:
            self._patience.pause(pause_after(self._count - 1))


def pause_after(failures: int) -> float:
    """Seconds to wait after so many failures before, with some chance in it."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(failures, 16)) * random.uniform(0.75, 1.25)
