"""What the timeline counts times from, in the window: the commands, and jobs for series that are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.workspaces.layout import Alignment

if TYPE_CHECKING:
    from gui.action_set import ActionSet
    from gui.job_runner import JobRunner
    from gui.messages import MessageCenter
    from gui.views.timeline.view import TimelineView

_ACTIONS = {
    Alignment.ABSOLUTE: "align_absolute",
    Alignment.FIRST_SAMPLE: "align_first_sample",
    Alignment.TIME_OF_DAY: "align_time_of_day",
}


def why_only_all(timeline: TimelineView) -> str:
    """Why what is in sight is no range of moments that could be exported; empty where it is one."""
    if timeline.aligning.shows_hours:
        return "Of each day only some hours are in sight: show whole days first"
    if timeline.aligning.alignment.shows_moments:
        return ""
    return "What is in sight lies at another time for each vehicle: align on time first"


class AlignmentSwitch(QObject):
    """Aligns the timeline as a person chooses, and shows which choice holds."""

    def __init__(
        self, actions: ActionSet, timeline: TimelineView, jobs: JobRunner, messages: MessageCenter, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        timeline.aligning.set_jobs(jobs)
        timeline.aligning.failed.connect(messages.show_error)
        timeline.aligning.changed.connect(self._show)
        for alignment, id in _ACTIONS.items():
            actions.connect(id, lambda _on=False, alignment=alignment: timeline.editing.align(alignment))

    @Slot(object)
    def _show(self, alignment: Alignment) -> None:
        self._actions.action(_ACTIONS[alignment]).setChecked(True)
