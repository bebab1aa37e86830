"""Runs jobs in threads and brings what they say back to the window's thread.

A job is a function that takes a :class:`core.jobs.JobContext`. It runs in one of at most four plain Python threads,
which end when there is nothing left to run. What it reports is collected and fetched by the window's thread, so a
function that reports a million times a second does not flood the window.

Rules that callers may rely on:

* Every signal comes from the event loop of the runner's thread, never from inside submit() or cancel().
* A job ends with exactly one of succeeded, failed or cancelled, then finished. Nothing comes after finished.
* After cancel() nothing but cancelled and finished comes, though the function may run on to its next check.
* A job that a newer one with the same key replaces, and every job at shutdown, is cancelled and says nothing more.
* Progress comes at most twenty times a second, the last one before the end always.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from core.errors import OdographError
from core.jobs import JobCancelled, JobContext
from core.logs import redact

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("odograph.jobs")

MAX_THREADS = 4
PROGRESS_INTERVAL_MS = 50


class JobState(StrEnum):
    """How far a job is, as the window's thread knows it."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class _Run:
    """One run of a job's function, and what it has said that the window has not fetched yet. Thread-safe.

    Threads hold this and never the Job, so that a QObject is never destroyed outside the window's thread.
    """

    def __init__(self, title: str, function: Callable[[JobContext], object], wake: Callable[[], None]) -> None:
        self.title = title
        self.context = JobContext(self._on_progress, self._on_partial)
        self._function: Callable[[JobContext], object] | None = function
        self._wake = wake
        self._lock = threading.Lock()
        self._closed = False
        self._waking = False
        self._held_back = False
        self._progress: tuple[int, int | None, str] | None = None
        self._partials: list[object] = []
        self._outcome: tuple[JobState, object] | None = None

    def execute(self) -> None:
        """Run the function to its end. Called once, in any thread."""
        function, self._function = self._function, None
        if function is None or self.context.cancelled:
            return
        outcome = self._outcome_of(function)
        with self._lock:
            self._outcome = outcome
            self._wake_window()

    def _outcome_of(self, function: Callable[[JobContext], object]) -> tuple[JobState, object]:
        try:
            return JobState.SUCCEEDED, function(self.context)
        except JobCancelled:
            return JobState.CANCELLED, None
        except OdographError as error:
            return JobState.FAILED, error
        except BaseException as error:  # noqa: BLE001 - whatever happens, the job must end and say so
            _log.error("A fault in the job %r", self.title, exc_info=error)
            return JobState.FAILED, OdographError(
                "A fault in Odograph ended this job",
                subject=self.title,
                hint="Copy the details and report them to the people who make Odograph",
                # People copy it and send it away.
                detail=redact("".join(traceback.format_exception(error)).strip()),
            )

    def _on_progress(self, done: int, total: int | None, text: str) -> None:
        with self._lock:
            if self._closed:
                return
            self._progress = (done, total, text)
            if not self._held_back:
                self._wake_window()

    def _on_partial(self, result: object) -> None:
        with self._lock:
            if self._closed:
                return
            self._partials.append(result)
            self._wake_window()

    def _wake_window(self) -> None:
        # The lock is held, so that close() cannot come between the question and the signal: after close() returned,
        # the objects that the signal needs may be destroyed.
        if not self._closed and not self._waking:
            self._waking = True
            self._wake()

    def take(self) -> tuple[tuple[int, int | None, str] | None, list[object], tuple[JobState, object] | None]:
        """Fetch what has come: the latest progress, the partial results, the outcome. Progress may be held back."""
        with self._lock:
            self._waking = False
            progress = None
            if not self._held_back or self._outcome is not None:
                progress, self._progress = self._progress, None
            partials, self._partials = self._partials, []
            outcome, self._outcome = self._outcome, None
            return progress, partials, outcome

    def hold_back(self, value: bool) -> None:
        """Whether progress waits instead of waking the window."""
        with self._lock:
            self._held_back = value

    def close(self) -> None:
        """Ask the function to stop and never wake the window again."""
        self.context.cancel()
        with self._lock:
            self._closed = True
            self._progress, self._partials, self._outcome = None, [], None


class Job(QObject):
    """A job that was submitted, as the window's thread sees it.

    Signals:
        progressed: done (int), total (int or None while unknown), text.
        partial: a partial result, each one in order.
        succeeded: the function's result.
        failed: an OdographError; what was not foreseen comes as one that says so and carries the traceback.
        cancelled: it was cancelled.
        paused_changed: whether it is to pause from now on.
        finished: after one of the three above.

    Its signals end with it: connect them right after submit(). title and state stay readable.

    Attributes:
        title: what it does, for people.
        quiet: whether lists of jobs leave it out.
        can_pause: whether it looks from time to time whether it is to pause.
        state: how far it is.
    """

    progressed = Signal(object, object, str)
    partial = Signal(object)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    paused_changed = Signal(bool)
    finished = Signal()

    _cancelling = Signal()

    def __init__(self, run: _Run, quiet: bool, can_pause: bool, ended: Callable[[Job], None]) -> None:
        super().__init__()
        self.title = run.title
        self.quiet = quiet
        self.can_pause = can_pause
        self.state = JobState.RUNNING
        self._run = run
        self._ended = ended
        self._silent = False
        self._delivering = False
        self._timer = QTimer(self, singleShot=True, interval=PROGRESS_INTERVAL_MS)
        self._timer.timeout.connect(self._on_timer)
        self._cancelling.connect(self._on_cancelling, Qt.ConnectionType.QueuedConnection)

    @property
    def active(self) -> bool:
        """Whether it can still succeed."""
        return self.state is JobState.RUNNING

    @property
    def paused(self) -> bool:
        """Whether it is to pause."""
        return self._run.context.paused

    def pause(self) -> None:
        """Ask it to pause, which takes until its next look. The window's thread only."""
        if self.active and not self.paused:
            self._run.context.pause()
            self.paused_changed.emit(True)

    def resume(self) -> None:
        """Let it go on. The window's thread only."""
        if self.active and self.paused:
            self._run.context.resume()
            self.paused_changed.emit(False)

    def tell_paused(self) -> None:
        """Say that it pauses, after it did so by itself. The window's thread only."""
        if self.active and self.paused:
            self.paused_changed.emit(True)

    def cancel(self) -> None:
        """Ask it to stop. The window's thread only; an ended job stays as it is."""
        if self.active:
            self._stop()
            self._cancelling.emit()

    def silence(self) -> None:
        """Cancel it and let it say nothing more, not even that it was cancelled."""
        self._silent = True
        if self.active:
            self._stop()
        self._ended(self)

    def _stop(self) -> None:
        self.state = JobState.CANCELLED
        self._timer.stop()
        self._run.close()

    def deliver(self) -> None:
        """Emit what has come from the function. Called by the runner."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while self.active:
                progress, partials, outcome = self._run.take()
                if progress is None and not partials and outcome is None:
                    break
                self._emit(progress, partials, outcome)
        finally:
            self._delivering = False

    def _emit(
        self,
        progress: tuple[int, int | None, str] | None,
        partials: list[object],
        outcome: tuple[JobState, object] | None,
    ) -> None:
        # A slot may cancel or replace the job, so every step asks again.
        for result in partials:
            if self.active:
                self.partial.emit(result)
        if progress is not None and self.active:
            self._run.hold_back(True)
            self._timer.start()
            self.progressed.emit(*progress)
        if outcome is not None and self.active:
            self._timer.stop()
            self.state, result = outcome
            self._finish(result)

    def _finish(self, result: object) -> None:
        if self._silent:
            return
        if self.state is JobState.SUCCEEDED:
            self.succeeded.emit(result)
        elif self.state is JobState.FAILED:
            self.failed.emit(result)
        else:
            self.cancelled.emit()
        self.finished.emit()
        self._ended(self)

    @Slot()
    def _on_timer(self) -> None:
        self._run.hold_back(False)
        self.deliver()

    @Slot()
    def _on_cancelling(self) -> None:
        self._finish(None)


class JobRunner(QObject):
    """Runs jobs in at most four threads.

    Args:
        parent: owns the runner.
        inline: run each function inside submit(), in the caller's thread; its signals come from the event loop
            all the same, in the same order.

    Signals:
        job_added: a Job was submitted.
        job_removed: a Job has ended, whether it said so or not.
    """

    job_added = Signal(object)
    job_removed = Signal(object)

    _woken = Signal(int)

    def __init__(self, parent: QObject | None = None, inline: bool = False) -> None:
        super().__init__(parent)
        self._inline = inline
        self._jobs: dict[int, Job] = {}
        self._keys: dict[str, Job] = {}
        self._number = 0
        self._lock = threading.Lock()
        self._queue: deque[_Run] = deque()
        self._threads: set[threading.Thread] = set()
        self._shut = False
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> list[Job]:
        """The jobs that have not ended, oldest first."""
        return list(self._jobs.values())

    def submit(
        self,
        title: str,
        function: Callable[[JobContext], object],
        *,
        key: str = "",
        quiet: bool = False,
        can_pause: bool = False,
    ) -> Job:
        """Run a function in a thread.

        Args:
            title: what it does, for people, for example ``Export 3 series``.
            function: takes the context; what it returns comes with succeeded. It must touch no QObject.
            key: a job that is still running with the same key is replaced: cancelled and silenced.
            quiet: leave it out of lists of jobs.
            can_pause: whether the function looks for pauses, see :meth:`core.jobs.JobContext.rest`.

        After shutdown() the job that comes back is cancelled and never runs.
        """
        if key and key in self._keys:
            self._keys[key].silence()
        self._number += 1
        number = self._number
        run = _Run(title, function, lambda: self._woken.emit(number))
        job = Job(run, quiet, can_pause, self._remove)
        if self._shut:
            job.silence()
            return job
        self._jobs[number] = job
        if key:
            self._keys[key] = job
        self.job_added.emit(job)
        if self._inline:
            run.execute()
        else:
            self._enqueue(run)
        return job

    def cancel_all(self) -> None:
        """Cancel every job; each says so."""
        for job in self.jobs:
            job.cancel()

    def shutdown(self, timeout: float = 5) -> bool:
        """Cancel and silence every job and wait for the threads to end.

        Args:
            timeout: seconds to wait, for all threads together.

        Returns:
            Whether all of them have ended. A thread that has not still keeps the process alive.
        """
        self._shut = True
        for job in self.jobs:
            job.silence()
        with self._lock:
            self._queue.clear()
            threads = list(self._threads)
        deadline = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        running = [thread for thread in threads if thread.is_alive()]
        if running:
            _log.warning("%d jobs did not stop within %g s", len(running), timeout)
        return not running

    @Slot(int)
    def _on_woken(self, number: int) -> None:
        job = self._jobs.get(number)
        if job is not None:
            job.deliver()

    def _remove(self, job: Job) -> None:
        for number, known in list(self._jobs.items()):
            if known is job:
                del self._jobs[number]
                self._keys = {key: other for key, other in self._keys.items() if other is not job}
                self.job_removed.emit(job)
                # Frees what is connected to it; otherwise a slot that holds the job would keep both for ever.
                job.deleteLater()

    def _enqueue(self, run: _Run) -> None:
        with self._lock:
            self._queue.append(run)
            if len(self._threads) < MAX_THREADS:
                thread = threading.Thread(target=self._work, name=f"odograph-job-{len(self._threads) + 1}")
                self._threads.add(thread)
                thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._queue:
                    # Under the lock, so that a job that comes now finds this thread gone and starts another.
                    self._threads.discard(threading.current_thread())
                    return
                run = self._queue.popleft()
            run.execute()
            del run
