"""Which loads run in which order: what a person asked for goes before what is loaded unasked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.sync import Day
    from gui.job_runner import Job


@dataclass(frozen=True, slots=True)
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


class LoadQueue:
    """One load at a time.

    A wanted load interrupts an unwanted one, which goes on afterwards: what it recorded stays recorded, so nothing is
    done twice. Cancelling a load drops everything that waits behind it.

    Args:
        start: starts the job of a request; the owner calls :meth:`ended` when that job has finished.
    """

    def __init__(self, start: Callable[[LoadRequest], Job]) -> None:
        self._start = start
        self._waiting: deque[LoadRequest] = deque()
        self._running: LoadRequest | None = None
        self._job: Job | None = None
        self._interrupted = False

    def __len__(self) -> int:
        return len(self._waiting) + (self._job is not None)

    def add(self, request: LoadRequest) -> None:
        """Take a request; it starts now or after those before it."""
        if not request.wanted:
            self._waiting.append(request)
        else:
            unwanted = next((i for i, one in enumerate(self._waiting) if not one.wanted), len(self._waiting))
            self._waiting.insert(unwanted, request)
            if self._job is not None and self._running is not None and not self._running.wanted:
                self._interrupted = True
                self._job.cancel()
        self._start_next()

    def ended(self, *, cancelled: bool) -> None:
        """The running job has finished."""
        if self._interrupted and cancelled and self._running is not None:
            self._waiting.append(self._running)
        elif cancelled:
            self._waiting.clear()
        self._running = self._job = None
        self._interrupted = False
        self._start_next()

    def clear(self) -> None:
        """Forget everything, the running load included; its job is the owner's to cancel."""
        self._waiting.clear()
        self._running = self._job = None
        self._interrupted = False

    def _start_next(self) -> None:
        if self._job is None and self._running is None and self._waiting:
            self._running = self._waiting.popleft()
            self._job = self._start(self._running)
