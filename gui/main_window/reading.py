"""What is read from the timeline in the window: values by jobs, and words where a jump leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from gui.job_runner import JobRunner
    from gui.main_window.layout import Panels
    from gui.messages import MessageCenter
    from gui.views.timeline.time_range import Range
    from gui.views.timeline.view import TimelineView

# So long a word in the status bar stays.
_SAID_MS = 6_000


def region_to_export(timeline: TimelineView) -> Range | None:
    """The marked range of moments with both its ends, as an export takes it; None where none is marked.

    What lies at both ends of a region is counted and measured, so that it is exported too.
    """
    edges = timeline.reading.region.range
    is_of_moments = timeline.visible_range() is not None and timeline.reading.passes is None
    return (edges[0], edges[1] + 1) if edges is not None and edges[0] != edges[1] and is_of_moments else None


def why_no_region(timeline: TimelineView) -> str:
    """Why there is no region that could be exported, in words."""
    if timeline.reading.passes is not None:
        return "A region of days that lie over each other is a part of each of them: align on time first"
    return "Mark a range of time on the timeline first"


class ReadingSwitch(QObject):
    """Gives the timeline jobs to read values with, and says what it does not find."""

    def __init__(self, panels: Panels, jobs: JobRunner, messages: MessageCenter, window: QMainWindow) -> None:
        super().__init__(window)
        self._bar = window.statusBar()
        reading = panels.timeline.reading
        reading.use_jobs(jobs)
        reading.not_found.connect(self._say)
        reading.failed.connect(messages.show_error)

    @Slot(str)
    def _say(self, text: str) -> None:
        if text:
            self._bar.showMessage(text, _SAID_MS)
        else:
            self._bar.clearMessage()
