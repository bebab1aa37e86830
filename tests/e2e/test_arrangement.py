"""How the window is arranged comes back, also after it was killed, and leaves plots room where it is low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings

from core import paths
from core.settings import Settings
from gui.main_window.arrangement import ArrangementKeeper
from gui.views.timeline.legend_splitter import LegendSplitter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Desk, Fleet


def kept(name: str) -> object:
    return QSettings(str(paths.settings_folder() / "window.ini"), QSettings.Format.IniFormat).value(name)


def splitter(desk: Desk) -> LegendSplitter:
    found = desk.panels.timeline.findChild(LegendSplitter)
    assert isinstance(found, LegendSplitter)
    return found


def test_what_was_arranged_is_there_after_the_window_was_killed(
    open_desk: Callable[[Settings], Desk], fleet: Fleet, recorded: None
) -> None:
    desk = open_desk(Settings())
    desk.open(str(fleet.folder))
    desk.trigger("show_vehicles")
    desk.trigger("show_overview")
    timeline = splitter(desk)
    timeline.moveSplitter(120, 1)
    sizes = timeline.sizes()
    desk.wait(lambda: kept("overview") == "hidden" and kept("legend splitter") is not None)
    # The first window has not been closed: nothing was kept at its end.
    again = open_desk(Settings())
    again.open(str(fleet.folder))
    assert again.panels.docks["show_vehicles"].isHidden()
    assert not again.window.actions_.action("show_overview").isChecked()
    assert again.window.actions_.action("show_batches").isChecked()
    share = sizes[0] / sum(sizes)
    found = splitter(again).sizes()
    assert abs(found[0] / sum(found) - share) < 0.05


def test_a_low_window_shows_fewer_panels_at_a_time_until_they_are_wanted(
    open_desk: Callable[[Settings], Desk], fleet: Fleet, recorded: None
) -> None:
    desk = open_desk(Settings())
    desk.window.take_size(1000, 640)
    desk.open(str(fleet.folder))
    docks = desk.panels.docks
    assert docks["show_messages"].isHidden()
    assert docks["show_batches"] in desk.window.tabifiedDockWidgets(docks["show_vehicles"])
    assert not docks["show_vehicles"].visibleRegion().isEmpty()
    desk.trigger("show_messages")
    assert not docks["show_messages"].isHidden()
    keeper = desk.window.findChild(ArrangementKeeper)
    assert isinstance(keeper, ArrangementKeeper)
    keeper.make_room()
    assert not docks["show_messages"].isHidden()
