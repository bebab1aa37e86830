"""Workspaces in the whole window: kept while one works, saved under names, opened elsewhere, shown for others."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core import paths
from core.fleet.series import SeriesKey
from core.settings import Settings
from core.workspaces.file import parse_workspace, read_workspace, workspace_text
from core.workspaces.layout import Shape, TimelineLayout, with_keys
from core.workspaces.store import WorkspaceStore
from gui.dialogs.workspaces import NameDialog, WorkspacesDialog
from gui.views.timeline.value_plot import ValuePlot
from tests.gui.views.timeline.areas import area

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet

pytestmark = pytest.mark.usefixtures("recorded")


def odometer(vin: str) -> SeriesKey:
    return SeriesKey(vin, "diagnostics", "odometer")


def speed(vin: str) -> SeriesKey:
    return SeriesKey(vin, "diagnostics", "speed")


def compose(desk: Desk, fleet: Fleet, vin: int = 0) -> TimelineLayout:
    """Two series in one plot, one of them as points, over a range of its own."""
    desk.open(str(fleet.folder))
    keys = [odometer(fleet.truth.vins[vin]), speed(fleet.truth.vins[vin])]
    desk.session.add_series(keys)
    desk.wait_until_settled()
    timeline = desk.panels.timeline
    desk.wait(lambda: all(timeline.series(key) for key in keys))
    timeline.editing.merge()
    timeline.editing.set_shape(keys[1:], Shape.POINTS)
    desk.panels.vehicles.select_vins([keys[0].vin])
    start, end = timeline.visible_range() or (0, 1)
    timeline.set_visible_range(start, (start + end) // 2)
    timeline.show_sample(keys[0], (2 * start + end) // 3)
    timeline.select_keys([])
    desk.window.grab()
    (plot,) = area(timeline).rows
    assert isinstance(plot, ValuePlot)
    plot.axes[0].set_range(0.0, 123456.0)
    return timeline.timeline_layout()


def latest() -> list[Path]:
    return list((paths.settings_folder() / "workspaces" / "latest").glob("*.json"))


def save_as(desk: Desk, name: str) -> None:
    desk.trigger("workspace_save_as")
    dialog = desk.dialog(NameDialog)
    # Keys of a dialog that is not active yet are heard by the window.
    desk.wait(dialog.isActiveWindow)
    dialog.field.setText(name)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert name in WorkspaceStore().names()


def test_a_killed_window_comes_back_as_it_was(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    first = open_desk(Settings(time_zone="UTC"))
    kept = compose(first, fleet)
    first.wait(lambda: latest() and read_workspace(latest()[0])[0].layout.time_range == kept.time_range)
    first.panels.timeline.editing.set_width(kept.keys[:1], 3.0)
    kept = first.panels.timeline.timeline_layout()
    first.wait(lambda: read_workspace(latest()[0])[0].layout == kept)
    # Nobody closes the first one: what it has written is all there is.
    second = open_desk(Settings(time_zone="UTC"))
    second.open(str(fleet.folder))
    timeline = second.panels.timeline
    second.wait(lambda: all(timeline.series(key) for key in kept.keys))
    second.window.grab()
    assert timeline.timeline_layout() == kept
    assert second.panels.vehicles.selected_vins() == [kept.keys[0].vin]
    assert second.messages.notices == ()


def test_what_changed_last_is_kept_when_another_source_is_opened(desk: Desk, fleet: Fleet, tmp_path: Path) -> None:
    kept = compose(desk, fleet)
    opened = desk.session.source
    assert opened is not None
    desk.panels.timeline.editing.set_width(kept.keys[:1], 3.0)
    kept = desk.panels.timeline.timeline_layout()
    found: list[TimelineLayout] = []

    def look() -> None:
        workspace = WorkspaceStore().latest(opened.identity)
        assert workspace is not None
        found.append(workspace[0].layout)

    desk.session.closed.connect(look)
    other = tmp_path / "other"
    other.mkdir()
    desk.open(str(other))
    assert found == [kept]


def test_what_is_open_is_kept_while_it_changes(desk: Desk, fleet: Fleet) -> None:
    kept = compose(desk, fleet)
    widths = itertools.cycle((1.0, 2.0, 3.0))

    def is_kept_after_one_more_change() -> bool:
        desk.panels.timeline.editing.set_width(kept.keys[:1], next(widths))
        return bool(latest())

    for file in latest():
        file.unlink()
    desk.wait(is_kept_after_one_more_change)


def test_workspaces_are_saved_opened_and_undone(desk: Desk, fleet: Fleet) -> None:
    kept = compose(desk, fleet)
    save_as(desk, "Brakes")
    timeline, before = desk.panels.timeline, desk.panels.zone_text.text()
    desk.trigger("units_imperial")
    next(one for one in desk.window.actions_.menu("view/zone").actions() if one.data() == "UTC").trigger()
    assert desk.panels.zone_text.text() == "UTC"
    desk.trigger("clear_timeline")
    other = odometer(fleet.truth.vins[1])
    desk.session.add_series([other])
    desk.wait_until_settled()
    desk.window.actions_.menu("file/workspace").aboutToShow.emit()
    entries = [action for action in desk.window.actions_.menu("file/workspace").actions() if action.data() == "Brakes"]
    assert len(entries) == 1
    entries[0].trigger()
    desk.wait(lambda: all(timeline.series(key) for key in kept.keys))
    assert timeline.timeline_layout() == kept
    assert desk.session.series_keys == kept.keys
    # Times and values are told as they were when it was saved.
    assert desk.panels.zone_text.text() == before
    assert desk.window.actions_.action("units_metric").isChecked()
    assert {one.units.system for one in timeline.prepared_series()} == {"metric"}
    assert "values in metric units" in desk.messages.notices[0].title
    desk.trigger("undo")
    desk.wait(lambda: timeline.series(other))
    assert timeline.keys() == [other]
    desk.trigger("redo")
    desk.wait(lambda: all(timeline.series(key) for key in kept.keys))
    # Saved again without a question.
    timeline.editing.by_unit()
    desk.trigger("workspace_save")
    assert WorkspaceStore().read("Brakes")[0].layout == timeline.timeline_layout()


def test_other_vehicles_take_the_places(desk: Desk, fleet: Fleet) -> None:
    kept = compose(desk, fleet)
    timeline, vin = desk.panels.timeline, fleet.truth.vins[2]
    desk.panels.vehicles.select_vins([vin])
    desk.wait(desk.window.actions_.action("workspace_vehicles").isEnabled)
    desk.trigger("workspace_vehicles")
    assert timeline.timeline_layout().time_range == kept.time_range
    desk.wait(lambda: timeline.series(odometer(vin)) and timeline.series(speed(vin)))
    shown = timeline.timeline_layout()
    assert shown.keys == (odometer(vin), speed(vin))
    assert [plot.keys for plot in shown.plots] == [shown.keys]
    assert list(shown.looks.values()) == list(kept.looks.values())
    desk.trigger("undo")
    desk.wait(lambda: all(timeline.series(key) for key in kept.keys))
    assert timeline.timeline_layout().has_composition_of(kept)


def test_a_file_is_opened_with_its_source_and_what_has_no_samples_is_told(
    desk: Desk, fleet: Fleet, tmp_path: Path
) -> None:
    kept = compose(desk, fleet)
    workspace = desk.window.workspaces.workspace()
    nowhere = SeriesKey("NOWHERE", "diagnostics", "odometer")
    file = tmp_path / "shared.json"
    text = workspace_text(parse_workspace(workspace_text(workspace))[0])
    file.write_text(text.replace('"region": null', '"region": "soon"'), encoding="utf-8")
    broken, _ = read_workspace(file)
    assert broken.layout.keys == kept.keys
    desk.trigger("close_source")
    desk.window.workspaces.open_named(str(file))
    desk.wait(lambda: desk.session.source)
    desk.wait_until_settled()
    assert desk.panels.timeline.timeline_layout().keys == kept.keys
    assert desk.messages.notices[0].title == "Parts of the workspace could not be read"
    store = WorkspaceStore()
    store.take_in(file)
    (name,) = store.names()
    more = store.read(name)[0]
    store.save(type(more)(name, more.source, more.vehicles, more.joined, with_keys(more.layout, [nowhere])))
    desk.trigger("close_source")
    desk.window.workspaces.open_named(name)
    desk.wait(lambda: any("NOWHERE" in notice.subject for notice in desk.messages.notices))
    desk.wait_until_settled()
    assert desk.panels.timeline.timeline_layout().keys == kept.keys
    told = desk.window.workspaces.open_named("no such")
    assert told is not None
    assert desk.messages.notices[0].title == "There is no such workspace"
    assert desk.messages.notices[0].hint == f"There are: {name}."


def test_the_list_renames_deletes_imports_and_exports(desk: Desk, fleet: Fleet, tmp_path: Path) -> None:
    compose(desk, fleet)
    save_as(desk, "Brakes")
    desk.trigger("workspaces")
    dialog = desk.dialog(WorkspacesDialog)
    file = tmp_path / "brakes.json"
    dialog.export(file)
    dialog.take_in(file)
    assert WorkspaceStore().names() == ["Brakes", "Brakes 2"]
    index = dialog.list.currentIndex()
    assert index.data() == "Brakes 2"
    dialog.list.model().setData(index, "Brakes", Qt.ItemDataRole.EditRole)
    assert dialog.error.text() == "There is a workspace with this name already: Brakes."
    dialog.list.model().setData(dialog.list.currentIndex(), "Doors", Qt.ItemDataRole.EditRole)
    assert WorkspaceStore().names() == ["Brakes", "Doors"]
    file.write_text("{}", encoding="utf-8")
    dialog.take_in(file)
    assert "no workspace of Odograph" in dialog.error.text()
    dialog.button("Delete").click()
    assert WorkspaceStore().names() == ["Brakes"]
    dialog.button("Bring back").click()
    assert WorkspaceStore().names() == ["Brakes", "Doors"]
    assert dialog.list.currentIndex().data() == "Doors"
    assert not dialog.button("Bring back").isEnabled()
    desk.trigger("clear_timeline")
    dialog.button("Open in this source").click()
    desk.wait(lambda: len(desk.session.series_keys) == 2)


def test_series_of_days_that_are_not_loaded_yet_are_waited_for(
    open_desk: Callable[[Settings], Desk], fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_desk(Settings(time_zone="UTC"))
    kept = compose(first, fleet)
    file = tmp_path / "shared.json"
    file.write_text(workspace_text(first.window.workspaces.workspace()), encoding="utf-8")
    first.window.close()
    # Another computer, which has no archive of the source.
    monkeypatch.setenv("ODOGRAPH_HOME", str(tmp_path / "other"))
    second = open_desk(Settings(time_zone="UTC"))
    second.window.workspaces.open_named(str(file))
    timeline = second.panels.timeline
    second.wait(lambda: all(timeline.series(key) for key in kept.keys))
    second.wait_until_settled()
    second.window.grab()
    assert timeline.timeline_layout() == kept
    assert "Left out, as there is no sample" not in [notice.title for notice in second.messages.notices]
