"""Values that are read from the timeline, in the whole window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.fleet.formula import derived_key, parse
from core.fleet.series import SeriesKey
from core.settings import Settings
from gui.views.statistics_panel import Extent
from gui.views.statistics_table import Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from gui.views.timeline.trace import LineTrace
    from tests.e2e.conftest import Desk, Fleet


def odometer(fleet: Fleet) -> SeriesKey:
    return SeriesKey(fleet.truth.vins[0], "diagnostics", "odometer")


def show(desk: Desk, *keys: SeriesKey) -> None:
    """Puts series on the timeline and waits for them."""
    desk.session.add_series(keys)
    desk.wait(lambda: all(desk.panels.timeline.series(key) is not None for key in keys))
    desk.window.grab()


def line(desk: Desk, key: SeriesKey) -> LineTrace:
    (found,) = desk.panels.timeline.reading.prepared([key])
    return found.lines[0]


@pytest.mark.usefixtures("recorded")
def test_a_region_is_kept_with_the_source_and_measured_in_the_panel(
    open_desk: Callable[[Settings], Desk], fleet: Fleet
) -> None:
    desk = open_desk(Settings(time_zone="UTC"))
    desk.open(str(fleet.folder))
    show(desk, odometer(fleet))
    action = desk.window.actions_.action("zoom_to_region")
    assert not action.isEnabled()
    timeline, panel = desk.panels.timeline, desk.panels.statistics
    values = line(desk, odometer(fleet))
    first, last = 10, len(values) // 2
    area = timeline._area
    area.setFocus()
    timeline.set_cursor_time(int(values.time[first]))
    QTest.keyClick(area, Qt.Key.Key_R)
    timeline.set_cursor_time(int(values.time[last]))
    QTest.keyClick(area, Qt.Key.Key_R)
    region = int(values.time[first]), int(values.time[last])
    assert timeline.reading.region.range == region
    assert action.isEnabled()
    dock = desk.panels.docks["show_statistics"]
    assert dock.visibleRegion().isEmpty(), "another panel lies over it"
    desk.trigger("show_statistics")
    assert not dock.visibleRegion().isEmpty()
    panel.choose(Extent.REGION)
    desk.wait(lambda: panel.model.rowCount() == 1)
    cells = {column: str(panel.model.index(0, column).data()) for column in Column}
    change = values.value[last] - values.value[first]
    assert cells[Column.CHANGE] == f"+{change:,.12g}"
    inside = (values.time >= region[0]) & (values.time <= region[1])
    assert cells[Column.SAMPLES] == f"{np.count_nonzero(inside):,}"
    desk.trigger("show_statistics")
    assert dock.isHidden()
    desk.trigger("show_statistics")
    assert not dock.visibleRegion().isEmpty()
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_X)
    assert timeline.visible_range() == region
    desk.window.close()
    again = open_desk(Settings(time_zone="UTC"))
    again.open(str(fleet.folder))
    assert again.panels.timeline.reading.region.range == region


@pytest.mark.usefixtures("recorded")
def test_gaps_are_found_as_chosen_and_everything_follows(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    desk = open_desk(Settings(time_zone="UTC"))
    desk.open(str(fleet.folder))
    key, rate = odometer(fleet), derived_key(fleet.truth.vins[0], parse("rate(diagnostics.odometer)"))
    show(desk, key, rate)
    assert desk.window.actions_.action("gaps_2.5").isChecked()
    assert len(line(desk, key).gaps) > 0
    computed = desk.panels.timeline.series(rate)
    assert computed is not None
    desk.trigger("gaps_0")
    desk.wait(lambda: len(line(desk, key).gaps) == 0 and desk.panels.timeline.series(rate) is not computed)
    every = desk.panels.timeline.series(rate)
    assert every is not None
    assert len(every) > len(computed)
    panel = desk.panels.statistics
    desk.panels.docks["show_statistics"].raise_()
    panel.choose(Extent.ALL)
    shares = {str(panel.model.index(row, Column.SHARE).data()) for row in range(panel.model.rowCount())}
    assert shares == {"100.0%"}
    assert desk.settings.gap_factor == 0
    assert desk.panels.timeline.timeline_layout().gap_factor == 0
    desk.wait_until_settled()
    desk.window.close()
    # The workspace of the source says it, whatever the settings say by now.
    again = open_desk(Settings(time_zone="UTC"))
    again.open(str(fleet.folder))
    again.wait(lambda: again.panels.timeline.series(key) is not None)
    again.wait(lambda: len(line(again, key).gaps) == 0)
    assert again.window.actions_.action("gaps_0").isChecked()


@pytest.mark.usefixtures("recorded")
def test_a_jump_that_leads_nowhere_is_told_in_the_status_bar(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    show(desk, odometer(fleet))
    area = desk.panels.timeline._area
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_K)
    assert desk.window.statusBar().currentMessage() == "No later change of unit on the timeline"
    QTest.keyClick(area, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert desk.window.statusBar().currentMessage() == ""
    assert desk.panels.timeline.cursor_time() is not None
