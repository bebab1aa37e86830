"""Which loads run in which order: what a person asked for goes before what is loaded unasked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.sync import Day
    from gui.job_runner import Job


@dataclass(frozen=True, slots=True, eq=False)
class LoadRequest:
    """Batches to be loaded: those of some days, or of a range of days.

    Attributes:
        days: exactly these days; None means the range.
        first_day, last_day: YYYY-MM-DD, inclusive; None leaves a side open.
        wanted: whether a person asked for it.
    """

    title: str
    days: tuple[Day, ...] | None = None
    first_day: str | None = None
    last_day: str | None = None
    wanted: bool = True


class _Load(NamedTuple):
    request: LoadRequest
    job: Job


class LoadQueue:
    """One load at a time.

    A wanted load overtakes an unwanted one, which pauses and goes on afterwards. Cancelling a load drops everything
    that waits behind it.

    Args:
        start: starts the job of a request; the owner calls :meth:`ended` when that job has finished.
    """

    def __init__(self, start: Callable[[LoadRequest], Job]) -> None:
        self._start = start
        self._waiting: deque[LoadRequest] = deque()
        self._running: _Load | None = None
        self._overtaken: list[_Load] = []

    def __len__(self) -> int:
        return len(self._waiting) + len(self._overtaken) + (self._running is not None)

    def add(self, request: LoadRequest) -> None:
        """Take a request; it starts now or after those before it."""
        if not request.wanted:
            self._waiting.append(request)
        else:
            unwanted = next((i for i, one in enumerate(self._waiting) if not one.wanted), len(self._waiting))
            self._waiting.insert(unwanted, request)
            if self._running is not None and not self._running.request.wanted:
                self._running.job.pause()
                self._overtaken.append(self._running)
                self._running = None
        self._start_next()

    def ended(self, request: LoadRequest, *, cancelled: bool) -> None:
        """The job of a request has finished."""
        if self._running is not None and self._running.request is request:
            self._running = None
        self._overtaken = [load for load in self._overtaken if load.request is not request]
        if cancelled:
            self._waiting.clear()
        self._start_next()

    def resume(self, request: LoadRequest) -> None:
        """Let the load of a request go on that has paused itself, unless others go before it."""
        if self._running is not None and self._running.request is request:
            self._running.job.resume()

    def clear(self) -> None:
        """Forget everything, what has begun included; its jobs are the owner's to cancel."""
        self._waiting.clear()
        self._overtaken.clear()
        self._running = None

    def _start_next(self) -> None:
        if self._running is not None:
            return
        if self._overtaken and not (self._waiting and self._waiting[0].wanted):
            self._running = self._overtaken.pop()
            self._running.job.resume()
        elif self._waiting:
            request = self._waiting.popleft()
            self._running = _Load(request, self._start(request))
