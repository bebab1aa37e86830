"""Undo and redo go through the same states in both directions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.workspaces.history import LIMIT, History
from core.workspaces.layout import TimelineLayout


def state(number: int) -> TimelineLayout:
    return TimelineLayout(cursor=number)


def test_a_change_is_taken_back_and_made_again() -> None:
    history = History()
    assert (history.undo(state(0)), history.redo(state(0)), history.undo_label) == (None, None, "")
    history.record("add series", state(0))
    history.record("move plot", state(1))
    assert (history.undo_label, history.redo_label) == ("move plot", "")
    assert history.undo(state(2)) == state(1)
    assert (history.undo_label, history.redo_label) == ("add series", "move plot")
    assert history.redo(state(1)) == state(2)
    assert history.undo(state(2)) == state(1)
    # What was made on other ground cannot be made again.
    history.record("resize plots", state(1))
    assert history.redo_label == ""
    history.clear()
    assert history.undo_label == ""


@given(st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=300))
@settings(max_examples=40, deadline=None)
def test_it_agrees_with_a_plain_list_of_states(steps: list[str]) -> None:
    history, now, fresh = History(), 0, 0
    states, place = [0], 0
    for step in steps:
        if step == "change":
            history.record("change", state(now))
            now = fresh = fresh + 1
            states = [*states[: place + 1], now][-LIMIT - 1 :]
            place = len(states) - 1
        else:
            found = (history.undo if step == "undo" else history.redo)(state(now))
            place = max(place - 1, 0) if step == "undo" else min(place + 1, len(states) - 1)
            if found is not None and found.cursor is not None:
                now = found.cursor
        assert now == states[place]
        assert bool(history.undo_label) == (place > 0)
        assert bool(history.redo_label) == (place < len(states) - 1)
