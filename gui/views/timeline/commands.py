"""What the commands of the timeline do: keys reach it through the table of commands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.fleet.periods import Period
from gui.views.timeline.jumps import Goal

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.action_set import ActionSet
    from gui.views.timeline.reading import Reading
    from gui.views.timeline.view import TimelineView

_ZOOM_STEP = 0.5
_PAN_STEP = 0.25
_GOALS = {
    "sample": Goal.SAMPLE,
    "change": Goal.CHANGE,
    "gap": Goal.GAP,
    "failure": Goal.FAILURE,
    "unit_change": Goal.UNIT,
}


def connect_commands(actions: ActionSet, timeline: TimelineView) -> None:
    """Let the commands of the timeline and of its legend act, and let their keys apply there."""
    editing = timeline.editing
    for id, slot in {
        "remove_series": timeline.remove_selected,
        "clear_timeline": lambda: timeline.editing.remove(timeline.keys(), "clear timeline"),
        "fit": timeline.fit,
        "fit_values": timeline.fit_values,
        "zoom_in": lambda: timeline.zoom_time(_ZOOM_STEP),
        "zoom_out": lambda: timeline.zoom_time(1 / _ZOOM_STEP),
        "zoom_back": timeline.zoom_back,
        "zoom_forward": timeline.zoom_forward,
        "pan_earlier": lambda: timeline.pan(-_PAN_STEP),
        "pan_later": lambda: timeline.pan(_PAN_STEP),
        "range_day": lambda: timeline.navigation.show_period(Period.DAY),
        "range_week": lambda: timeline.navigation.show_period(Period.WEEK),
        "range_month": lambda: timeline.navigation.show_period(Period.MONTH),
        "range_whole": timeline.navigation.show_whole,
        "page_earlier": lambda: timeline.navigation.page(-1),
        "page_later": lambda: timeline.navigation.page(1),
        "mark_region": timeline.reading.toggle_region,
        "remove_region": timeline.reading.remove_region,
        "zoom_to_region": timeline.reading.zoom_to_region,
        **{
            f"{way}_{name}": _jump(timeline.reading, goal, way == "next")
            for name, goal in _GOALS.items()
            for way in ("previous", "next")
        },
        "add_bookmark": timeline.bookmarks.add,
        "previous_bookmark": lambda: timeline.bookmarks.jump(False),
        "next_bookmark": lambda: timeline.bookmarks.jump(True),
        "show_message": timeline.show_message,
        "release_cursor": timeline.release_cursor,
        "toggle_series": timeline.toggle_selected,
        "undo": editing.undo,
        "redo": editing.redo,
        "plot_up": lambda: editing.step_plot(-1),
        "plot_down": lambda: editing.step_plot(1),
        "fill_plot": lambda: editing.fill(),
        "equal_heights": editing.equal_heights,
        "merge_plots": editing.merge,
        "plots_by_unit": editing.by_unit,
        "to_new_plot": lambda: editing.move_to_new(),
        "to_plot_above": lambda: editing.move_beside(-1),
        "to_plot_below": lambda: editing.move_beside(1),
        "next_color": editing.next_color,
        "next_width": editing.next_width,
        "next_shape": editing.next_shape,
    }.items():
        actions.connect(id, slot)

    def tell_steps() -> None:
        """The menu says what undo and redo would do."""
        for id, label in (("undo", editing.undo_label), ("redo", editing.redo_label)):
            action = actions.action(id)
            action.setText(f"{actions.text(id)} {label}" if label else actions.text(id))

    editing.history_changed.connect(tell_steps)
    actions.attach("timeline", timeline)
    actions.attach("legend", timeline.legend)


def _jump(reading: Reading, goal: Goal, forward: bool) -> Callable[[], None]:
    return lambda: reading.jump(goal, forward)
