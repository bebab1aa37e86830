"""Brings what shows times in line with what they are counted from, and shifts series that are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.workspaces.layout import Alignment
from gui.views.timeline.shifting import shift_all, shifted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.job_runner import Job, JobRunner
    from gui.views.timeline.composition import Composition
    from gui.views.timeline.navigation import Navigation
    from gui.views.timeline.overview import Overview
    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.prepared import PreparedSeries
    from gui.views.timeline.time_range import Range

# So many samples are shifted while nobody notices; more are shifted by a job.
_AT_ONCE = 300_000


class Aligning(QObject):
    """Follows the alignment of a composition.

    Signals:
        changed(Alignment): times are counted from something else.
        shifted(): series were shifted by a job, and can be shown.
        failed(Exception): they could not be.
    """

    changed = Signal(object)
    shifted = Signal()
    failed = Signal(object)

    def __init__(
        self, area: PlotArea, composition: Composition, navigation: Navigation, overview: Overview, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._area = area
        self._composition = composition
        self._navigation = navigation
        self._overview = overview
        self._alignment = Alignment.ABSOLUTE
        # What was in sight when times were last moments, and when they were none; None where it followed the samples.
        self._views: dict[bool, Range | None] = {}
        self._jobs: JobRunner | None = None
        self._job: Job | None = None
        # The series that a job shifts, and by how much; they stay as long as their addresses stand for them.
        self._asked: list[tuple[int, int]] = []

    def set_jobs(self, jobs: JobRunner) -> None:
        """Lets these shift what takes long; without them everything is shifted at once."""
        self._jobs = jobs
        self._composition.most_at_once = _AT_ONCE

    @property
    def alignment(self) -> Alignment:
        """What is shown."""
        return self._alignment

    @property
    def shows_hours(self) -> bool:
        """Whether of days that lie over each other only some hours are in sight."""
        return self._area.days.is_on and not self._area.days.is_whole

    def forget(self) -> None:
        """What was in sight under another alignment is nothing to come back to."""
        self._views.clear()

    def follow(self) -> None:
        """The composition is another one."""
        alignment, before = self._composition.alignment, self._alignment
        self._area.set_shifts(self._composition.shifts)
        self._area.fold(alignment is Alignment.TIME_OF_DAY, self._navigation.extent())
        if alignment is not before:
            self._alignment = alignment
            self._area.region.set_range(None)
            if alignment.shows_moments != before.shows_moments:
                self._views[before.shows_moments] = None if self._navigation.follows else self._area.time_range
                self._overview.set_time_zone(self._area.axis_tz)
                self._area.set_cursor_time(None)
                self._navigation.begin(self._views.get(alignment.shows_moments))
            self.changed.emit(alignment)
        self._shift()

    def _shift(self) -> None:
        """Asks for what is still to be shifted, unless exactly that is on its way."""
        late, shifts = self._composition.unshifted(), self._composition.shifts or {}
        asked = [(id(one), shifts.get(one.key.vin, 0)) for one in late]
        if asked == self._asked:
            return
        if self._job is not None:
            self._job.silence()
        self._job, self._asked = None, asked
        if late and self._jobs is not None:
            self._job = self._jobs.submit("Aligning series", lambda ctx: shift_all(late, shifts, ctx), quiet=True)
            self._job.succeeded.connect(self._take)
            self._job.cancelled.connect(self._shift_here)
            self._job.failed.connect(self.failed)

    @Slot(object)
    def _take(self, found: Sequence[PreparedSeries]) -> None:
        self._job, self._asked = None, []
        self._composition.take_shifted(found)
        self.shifted.emit()

    @Slot()
    def _shift_here(self) -> None:
        """The job was cancelled with all others, which is no reason to show nothing."""
        shifts = self._composition.shifts or {}
        self._take([shifted(one, shifts.get(one.key.vin, 0)) for one in self._composition.unshifted()])
