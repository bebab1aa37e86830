"""The jobs of one open source, whose results count only while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.job_runner import JobState

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobs import JobContext
    from gui.job_runner import Job, JobRunner


class OwnJobs:
    """Submits jobs and forgets them with their source.

    Args:
        jobs: runs them.
        failed: told of errors that a job has no slot of its own for.
        rested: called when a job has ended; asks whether others are left.
    """

    def __init__(self, jobs: JobRunner, failed: Callable[[object], None], rested: Callable[[], None]) -> None:
        self._jobs = jobs
        self._failed = failed
        self._rested = rested
        self._running: set[Job] = set()
        self._keyed: dict[str, Job] = {}
        # Counts sources opened and closed: what a job of an earlier one delivers is not shown any more.
        self._generation = 0

    def __len__(self) -> int:
        return len(self._running)

    def cancel_all(self) -> None:
        """Cancel every job; each says so."""
        for job in list(self._running):
            job.cancel()

    def forget(self) -> None:
        """Cancel every job, and take nothing from any of them any more."""
        self._generation += 1
        self.cancel_all()

    def submit(
        self,
        title: str,
        work: Callable[[JobContext], object],
        done: Callable[..., None] | None = None,
        *,
        partial: Callable[..., None] | None = None,
        failed: Callable[..., None] | None = None,
        ended: Callable[[bool], None] | None = None,
        key: str = "",
        quiet: bool = False,
        can_pause: bool = False,
    ) -> Job:
        """Run work as a job.

        Args:
            title: what it does, for people.
            work: takes the context, touches no QObject.
            done: takes the result.
            partial: takes each partial result.
            failed: takes the error in place of the common slot.
            ended: called after the others with whether it was cancelled.
            key: a running job of the same key is replaced and says nothing more.
            quiet: leave it out of lists of jobs.
            can_pause: whether the work looks for pauses.
        """
        job = self._jobs.submit(title, work, key=f"session {key}" if key else "", quiet=quiet, can_pause=can_pause)
        generation = self._generation

        def current(slot: Callable[..., None]) -> Callable[..., None]:
            def call(*args: object) -> None:
                if generation == self._generation:
                    slot(*args)

            return call

        if key:
            replaced = self._keyed.get(key)
            if replaced is not None:
                self._running.discard(replaced)
            self._keyed[key] = job
        self._running.add(job)
        if done is not None:
            job.succeeded.connect(current(done))
        if partial is not None:
            job.partial.connect(current(partial))
        job.failed.connect(current(failed or self._failed))
        end = current(ended) if ended is not None else None

        def on_finished() -> None:
            self._running.discard(job)
            if end is not None:
                end(job.state is JobState.CANCELLED)
            current(self._rested)()

        job.finished.connect(on_finished)
        return job
