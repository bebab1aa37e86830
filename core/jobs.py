"""The contract between work that takes time and whoever runs it.

A job is a plain function that takes a :class:`JobContext`. It reports progress and partial results through it and
asks it, between two steps, whether to go on. It knows nothing of threads or windows.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


_LOOK = 0.05  # seconds between two looks whether a pause is over


class JobCancelled(Exception):
    """Raised inside a job at the first check after it was cancelled."""


class JobContext:
    """Progress, partial results and cancelling for one run of a job. Thread-safe.

    Args:
        on_progress: called with (done, total, text); total is None while unknown. Done may go back.
        on_partial: called with each partial result. A result handed over is never changed afterwards.

    Both are called in whatever thread the job runs in.
    """

    def __init__(
        self,
        on_progress: Callable[[int, int | None, str], None] | None = None,
        on_partial: Callable[[object], None] | None = None,
    ) -> None:
        self._on_progress = on_progress
        self._on_partial = on_partial
        self._cancelled = threading.Event()
        self._paused = threading.Event()

    @property
    def paused(self) -> bool:
        """Whether the job was asked to pause."""
        return self._paused.is_set()

    def pause(self) -> None:
        """Ask the job to pause. Returns at once; the job pauses the next time it may, if it is one that can."""
        self._paused.set()

    def resume(self) -> None:
        """Let the job go on."""
        self._paused.clear()

    def rest(self) -> None:
        """Wait here as long as the job is paused. Only where it holds nothing that others wait for.

        Raises:
            JobCancelled: it was asked to stop.
        """
        self.check()
        while self.paused:
            self.wait(_LOOK)

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the job to stop. Returns at once; the job ends at its next check."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise JobCancelled when the job was asked to stop."""
        if self._cancelled.is_set():
            raise JobCancelled

    def wait(self, seconds: float) -> None:
        """Sleep, but wake up and raise JobCancelled when the job is asked to stop."""
        if self._cancelled.wait(seconds):
            raise JobCancelled

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Say how far the job is. Silent after cancelling."""
        if self._on_progress is not None and not self.cancelled:
            self._on_progress(done, total, text)

    def partial(self, result: object) -> None:
        """Hand over a part of the result. Silent after cancelling."""
        if self._on_partial is not None and not self.cancelled:
            self._on_partial(result)

    def quiet_child(self) -> JobContext:
        """A context for a step of this job: cancelled with it, can be cancelled alone, and reports nothing."""
        return _QuietChild(self)


class _QuietChild(JobContext):
    def __init__(self, parent: JobContext) -> None:
        super().__init__()
        self._parent = parent

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set() or self._parent.cancelled

    @property
    def paused(self) -> bool:
        return self._paused.is_set() or self._parent.paused

    def check(self) -> None:
        if self.cancelled:
            raise JobCancelled

    def wait(self, seconds: float) -> None:
        # Two events cannot be waited for at once; a child asks its parent a few times a second.
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._cancelled.wait(min(left, 0.1))
            self.check()
        self.check()
