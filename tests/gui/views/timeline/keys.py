"""A timeline that hears the keys of its commands, as it does in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.action_set import ActionSet
from gui.actions import NEEDS
from gui.views.timeline.commands import connect_commands

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from gui.views.timeline.view import TimelineView


def give_keys(view: TimelineView, qtbot: QtBot) -> ActionSet:
    """Lets the commands act on a timeline that is shown, all of them enabled."""
    actions = ActionSet(view)
    connect_commands(actions, view)
    actions.set_state(NEEDS)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return actions
