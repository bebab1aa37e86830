"""Vehicles compared from their first samples on, in the whole window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QRadioButton

from core.autoapi.display import DisplayUnits
from core.fleet.series import SeriesKey
from core.settings import Settings
from core.workspaces.layout import Alignment
from core.workspaces.store import WorkspaceStore
from gui.dialogs.export import ExportDialog
from gui.views.statistics_panel import Extent
from gui.views.statistics_table import Column
from gui.views.timeline.value_plot import ValuePlot
from tests.gui.views.timeline.areas import area

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Desk, Fleet


def begin(desk: Desk, fleet: Fleet) -> list[SeriesKey]:
    """Odometers of two vehicles on the timeline."""
    desk.open(str(fleet.folder))
    keys = [SeriesKey(vin, "diagnostics", "odometer") for vin in fleet.truth.vins[:2]]
    desk.session.add_series(keys)
    desk.wait(lambda: all(desk.panels.timeline.series(key) for key in keys))
    desk.wait_until_settled()
    desk.window.grab()
    return keys


def first_drawn(desk: Desk) -> dict[str, int]:
    """When the first sample of each vehicle is drawn."""
    rows = [row for row in area(desk.panels.timeline).rows if isinstance(row, ValuePlot)]
    return {line.key.vin: int(line.time[0]) for row in rows for line in row.lines}


def test_a_key_aligns_and_what_needs_a_calendar_says_why_it_waits(desk: Desk, fleet: Fleet, recorded: None) -> None:
    keys = begin(desk, fleet)
    timeline, actions = desk.panels.timeline, desk.window.actions_
    before = timeline.visible_range()
    timeline.setFocus()
    QTest.keyClick(area(timeline), Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    desk.window.grab()
    assert first_drawn(desk) == {key.vin: 0 for key in keys}
    assert actions.action("align_first_sample").isChecked()
    for id in ("go_to_time", "range_day", "range_week", "range_month"):
        assert not actions.action(id).isEnabled()
        assert "Align on time first" in actions.action(id).toolTip()
    assert actions.action("range_whole").isEnabled()
    desk.trigger("undo")
    assert actions.action("align_absolute").isChecked()
    assert actions.action("go_to_time").isEnabled()
    assert timeline.visible_range() == before
    desk.trigger("redo")
    assert actions.action("align_first_sample").isChecked()
    QTest.keyClick(area(timeline), Qt.Key.Key_T)
    assert timeline.visible_range() == before


def test_an_export_offers_all_samples_and_says_why(desk: Desk, fleet: Fleet, recorded: None) -> None:
    begin(desk, fleet)
    desk.trigger("align_first_sample")
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    visible = next(one for one in dialog.findChildren(QRadioButton) if one.text() == "Visible range")
    assert not visible.isEnabled()
    assert any("lies at another time for each vehicle" in label.text() for label in dialog.findChildren(QLabel))
    request = dialog.request()
    assert (request.start, request.end) == (None, None)
    dialog.reject()
    desk.trigger("align_absolute")
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    assert dialog.request().start is not None
    assert not any("another time for each" in label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()


def test_units_and_statistics_are_those_of_what_is_drawn(desk: Desk, fleet: Fleet, recorded: None) -> None:
    keys = begin(desk, fleet)
    timeline, panel = desk.panels.timeline, desk.panels.statistics
    desk.trigger("align_first_sample")
    desk.trigger("units_imperial")
    assert first_drawn(desk) == {key.vin: 0 for key in keys}
    assert all(one.units == DisplayUnits("imperial") for one in timeline.prepared_series())
    panel.measure()
    assert "since each vehicle's first sample" in panel.status.full_text
    first = panel.model.index(0, Column.FIRST)
    series = timeline.series(keys[0])
    assert series is not None
    assert str(first.data(Qt.ItemDataRole.ToolTipRole))[:4] == "2026"
    desk.trigger("units_metric")
    desk.trigger("align_absolute")


def test_the_alignment_comes_back_with_a_workspace(
    open_desk: Callable[[Settings], Desk], fleet: Fleet, recorded: None
) -> None:
    desk = open_desk(Settings(time_zone="UTC"))
    keys = begin(desk, fleet)
    desk.trigger("align_first_sample")
    area(desk.panels.timeline).set_time_range((0, 7_200_000_000))
    kept = desk.window.workspaces.workspace()
    WorkspaceStore().save(replace(kept, name="Both"))
    desk.trigger("close_source")
    desk.wait(lambda: desk.session.source is None)
    assert desk.panels.timeline.timeline_layout().alignment is Alignment.ABSOLUTE
    assert desk.window.actions_.action("align_absolute").isChecked()
    desk.window.workspaces.open_named("Both")
    desk.wait(lambda: all(desk.panels.timeline.series(key) for key in keys))
    desk.wait_until_settled()
    desk.window.grab()
    assert desk.panels.timeline.timeline_layout().alignment is Alignment.FIRST_SAMPLE
    assert area(desk.panels.timeline).time_range == (0, 7_200_000_000)
    assert first_drawn(desk) == {key.vin: 0 for key in keys}


def test_days_lie_over_each_other_and_what_is_not_all_of_them_says_so(desk: Desk, fleet: Fleet, recorded: None) -> None:
    begin(desk, fleet)
    timeline, actions, panel = desk.panels.timeline, desk.window.actions_, desk.panels.statistics
    timeline.setFocus()
    QTest.keyClick(area(timeline), Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    desk.window.grab()
    assert actions.action("align_time_of_day").isChecked()
    days = timeline.visible_range()
    assert days is not None
    assert area(timeline).passes is not None
    # Days are moments: the calendar still leads to them, and they can be exported.
    assert actions.action("range_day").isEnabled()
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    request = dialog.request()
    assert (request.start, request.end) == days
    dialog.reject()
    # A region is a part of each day, and no range of moments.
    timeline.reading.region.set_range((0, 3_600_000_000))
    desk.trigger("export_csv")
    region = next(one for one in desk.dialog(ExportDialog).findChildren(QRadioButton) if one.text() == "Region")
    assert not region.isEnabled()
    assert "align on time first" in region.toolTip()
    desk.dialog(ExportDialog).reject()
    desk.trigger("zoom_in")
    assert timeline.visible_range() == days
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    assert any("only some hours are in sight" in label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()
    desk.trigger("show_statistics")
    panel.choose(Extent.VIEW)
    desk.wait(lambda: panel.model.total() > 0)
    assert panel.status.full_text.startswith("06:00 to 18:00 of ")
    desk.trigger("fit")
    desk.wait(lambda: panel.status.full_text.startswith("00:00 to 24:00 of "))
    desk.trigger("align_absolute")
    assert area(timeline).passes is None
