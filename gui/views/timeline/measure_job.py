"""Measures series: at once where nobody notices, else by a job, of which the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.views.timeline.measuring import measure_all, samples_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.job_runner import Job, JobRunner
    from gui.views.timeline.measuring import Measured
    from gui.views.timeline.prepared import PreparedSeries

# So many samples, counted with what each series costs beside them, are measured within 20 ms.
_AT_ONCE = 500_000
_SERIES = 4_000


class MeasureJob(QObject):
    """Answers the latest request.

    Attributes:
        jobs: runs what takes longer; without it everything is done at once.

    Signals:
        measured(list of Measured): what was asked for last.
        failed(Exception): it could not be done.
    """

    measured = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.jobs: JobRunner | None = None
        self._job: Job | None = None

    def ask(self, series: Sequence[PreparedSeries], start: int, end: int) -> bool:
        """Asks what series come to from one moment to another.

        Returns:
            Whether the answer was there at once.
        """
        self.forget()
        work = sum(_SERIES + samples_between(one, start, end) for one in series)
        if self.jobs is None or work <= _AT_ONCE:
            self.measured.emit(measure_all(series, start, end))
            return True
        self._job = self.jobs.submit("Reading values", lambda ctx: measure_all(series, start, end, ctx), quiet=True)
        self._job.succeeded.connect(self._take)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._on_finished)
        return False

    def forget(self) -> None:
        """Nothing is asked for any more."""
        if self._job is not None:
            self._job.silence()
            self._job = None

    @Slot(object)
    def _take(self, found: list[Measured]) -> None:
        self.measured.emit(found)

    @Slot()
    def _on_finished(self) -> None:
        # The answer may have led to another request.
        if self._job is not None and not self._job.active:
            self._job = None
