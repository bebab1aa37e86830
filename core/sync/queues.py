"""What the stages of a run hand to each other."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.jobs import JobContext

_T = TypeVar("_T")
_LOOK = 0.1  # seconds between two looks whether the job was cancelled


class Stream(Generic[_T]):
    """A bounded queue from one thread to others. Thread-safe.

    Whoever puts waits while it is full; whoever takes waits while it is empty. An error with which the giving side has
    ended is raised after the last item was taken.

    Args:
        limit: how much it holds; one item is let in however heavy it is.
        weigh: what an item counts.
    """

    def __init__(self, limit: int, weigh: Callable[[_T], int] = lambda _item: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._changed = threading.Condition()
        self._items: deque[_T] = deque()
        self._weight = 0
        self._ended = False
        self._error: BaseException | None = None

    def put(self, item: _T, ctx: JobContext) -> None:
        """Append an item. Raises JobCancelled."""
        weight = self._weigh(item)
        with self._changed:
            while self._items and self._weight + weight > self._limit:
                self._changed.wait(_LOOK)
                ctx.check()
            self._items.append(item)
            self._weight += weight
            self._changed.notify_all()

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more comes."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def take_some(self, most: int, most_weight: int, seconds: float) -> list[_T]:
        """Items up to a number and a weight, one at least, unless none has come within this time."""
        with self._changed:
            if not self._items and not self._ended:
                self._changed.wait(seconds)
            taken: list[_T] = []
            weight = 0
            while self._items and len(taken) < most:
                next_weight = self._weigh(self._items[0])
                if taken and weight + next_weight > most_weight:
                    break
                taken.append(self._items.popleft())
                weight += next_weight
            self._weight -= weight
            self._changed.notify_all()
            return taken

    def is_over(self) -> bool:
        """Whether nothing is left and nothing more comes. Raises the error with which it ended."""
        with self._changed:
            if self._items or not self._ended:
                return False
            if self._error is not None:
                raise self._error
            return True

    def items(self, ctx: JobContext) -> Iterator[_T]:
        """Every item as it comes. Raises JobCancelled; the error with which it ended is left to :meth:`is_over`."""
        while True:
            ctx.rest()
            some = self.take_some(1, self._limit, _LOOK)
            yield from some
            if not some:
                with self._changed:
                    if self._ended and not self._items:
                        return
