"""What the commands of the timeline do: keys reach it through the table of commands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.action_set import ActionSet
    from gui.views.timeline.view import TimelineView

_ZOOM_STEP = 0.5
_PAN_STEP = 0.25


def connect_commands(actions: ActionSet, timeline: TimelineView) -> None:
    """Let the commands of the timeline and of its legend act, and let their keys apply there."""
    for id, slot in {
        "remove_series": timeline.remove_selected,
        "clear_timeline": lambda: timeline.remove_requested.emit(timeline.keys()),
        "fit": timeline.fit,
        "fit_values": timeline.fit_values,
        "zoom_in": lambda: timeline.zoom_time(_ZOOM_STEP),
        "zoom_out": lambda: timeline.zoom_time(1 / _ZOOM_STEP),
        "zoom_back": timeline.zoom_back,
        "zoom_forward": timeline.zoom_forward,
        "previous_sample": timeline.previous_sample,
        "next_sample": timeline.next_sample,
        "pan_earlier": lambda: timeline.pan(-_PAN_STEP),
        "pan_later": lambda: timeline.pan(_PAN_STEP),
        "show_message": timeline.show_message,
        "release_cursor": timeline.release_cursor,
        "toggle_series": timeline.toggle_selected,
    }.items():
        actions.connect(id, slot)
    actions.attach("timeline", timeline)
    actions.attach("legend", timeline.legend)
