"""Measures series: at once where nobody notices, else by a job, of which the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gui.views.timeline.measuring import measure_all, samples_between
from gui.views.timeline.over_days import measure_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.fleet.day_passes import DayPasses
    from core.jobs import JobContext
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

    def ask(self, series: Sequence[PreparedSeries], start: int, end: int, passes: DayPasses | None = None) -> bool:
        """Asks what series come to from one moment to another.

        Args:
            passes: of the days where these are times of day.

        Returns:
            Whether the answer was there at once.
        """
        self.forget()
        windows = [(start, end)] if passes is None else passes.windows(start, end)
        work = sum(_SERIES + samples_between(one, *window) for one in series for window in windows)

        def measured(ctx: JobContext | None = None) -> list[Measured]:
            if passes is None:
                return measure_all(series, start, end, ctx)
            return measure_days(series, start, end, passes, ctx)

        if self.jobs is None or work <= _AT_ONCE:
            self.measured.emit(measured())
            return True
        self._job = self.jobs.submit("Reading values", measured, quiet=True)
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
