"""The main job: open a source, see the batches by day, chart a vehicle's odometer, export it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QMenu, QToolBar, QToolButton

from core import settings
from core.connections import Connection
from core.fleet.series import SeriesKey
from core.settings import Settings
from core.workspaces.file import Workspace, workspace_text
from gui.dialogs.export import ExportDialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QAbstractItemModel
    from pytestqt.qtbot import QtBot

    from tests.e2e.conftest import Desk, Fleet


def texts(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[str]:
    """The first column below an index."""
    parent = parent or QModelIndex()
    return [str(model.index(row, 0, parent).data()) for row in range(model.rowCount(parent))]


def find(model: QAbstractItemModel, *path: str) -> QModelIndex:
    """The index at a path of texts in the first column."""
    parent = QModelIndex()
    for text in path:
        rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
        match = [index for index in rows if str(index.data()).startswith(text)]
        assert match, f"{text} is not among {texts(model, parent)}"
        parent = match[0]
    return parent


def select_vehicle(desk: Desk, row: int = 0) -> str:
    """Click a vehicle and wait for its properties."""
    panel = desk.panels.vehicles
    index = panel.table.model().index(row, 0)
    place = panel.table.visualRect(index).center()
    desk.qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.wait(lambda: desk.panels.properties.shown.rowCount())
    return str(index.data())


def chart_odometer(desk: Desk, row: int = 0) -> SeriesKey:
    """Put a vehicle's odometer onto the timeline with the keyboard."""
    vin = select_vehicle(desk, row)
    panel = desk.panels.properties
    panel.filter.setFocus()
    desk.qtbot.keyClicks(panel.filter, "odometer")
    desk.wait(lambda: panel.shown.rowCount() == 1)
    panel.tree.expandAll()
    panel.tree.setCurrentIndex(find(panel.shown, "Diagnostics", "Odometer"))
    desk.qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    key = SeriesKey(vin, "diagnostics", "odometer")
    desk.wait(lambda: desk.panels.timeline.series(key) is not None)
    return key


def test_batches_are_listed_by_day_and_loaded(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    model = desk.panels.batches.model
    app = find(model, fleet.truth.plan.app)
    year = find(model, fleet.truth.plan.app, "level13", "2026")
    assert texts(model, year), "no months"
    month = model.index(0, 0, year)
    assert model.rowCount(month) == len(fleet.truth.days)
    batches = app.siblingAtColumn(1).data()
    assert str(batches).replace(",", "") == str(fleet.truth.batches)
    archive = desk.session.archive
    assert archive is not None
    assert len(archive.recorded()) == fleet.truth.batches
    vehicles = desk.panels.vehicles.model
    assert {vehicles.vin_at(row) for row in range(vehicles.rowCount())} == set(fleet.truth.vins)


@pytest.mark.usefixtures("recorded")
def test_the_odometer_of_a_vehicle_is_charted_by_keys_and_is_what_was_driven(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    key = chart_odometer(desk)
    series = desk.panels.timeline.series(key)
    assert series is not None
    truth = sorted(fleet.truth.odometer[key.vin])
    factor = {"kilometers": 1.0, "miles": 1.609344}
    seen = [
        (int(time), value * factor[str(series.unit[i])])
        for i, (time, value) in enumerate(zip(series.time, series.value, strict=True))
        if value == value
    ]
    assert [time for time, _ in seen] == [time for time, _ in truth]
    assert [value for _, value in seen] == pytest.approx([value for _, value in truth], abs=0.01)


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("how", ["key", "menu", "button"])
def test_export_writes_what_is_on_the_timeline(desk: Desk, fleet: Fleet, tmp_path: Path, how: str) -> None:
    desk.open(str(fleet.folder))
    key = chart_odometer(desk)
    desk.wait_until_settled()
    start_export(desk, how)
    dialog = desk.dialog(ExportDialog)
    target = tmp_path / "odometer.csv"
    field = next(one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Target file")
    field.selectAll()
    desk.qtbot.keyClicks(field, str(target))
    button = dialog.findChild(QDialogButtonBox).buttons()
    export = next(one for one in button if one.text() == "Export")
    desk.wait(export.isEnabled)
    desk.qtbot.mouseClick(export, Qt.MouseButton.LeftButton)
    desk.wait(target.exists)
    with target.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["time", "vin", "capability", "property", "component", "value", "unit", "failure", "batch"]
    series = desk.panels.timeline.series(key)
    assert series is not None
    assert len(rows) - 1 == len(series)
    assert {row[1] for row in rows[1:]} == {key.vin}


def start_export(desk: Desk, how: str) -> None:
    """Ask for the export dialog by key, menu or button."""
    action = desk.window.actions_.action("export_csv")
    if how == "key":
        desk.qtbot.keyClick(desk.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    elif how == "menu":
        menu = next(menu for menu in desk.window.findChildren(QMenu) if action in menu.actions())
        next(entry for entry in menu.actions() if entry.text() == action.text()).trigger()
    else:
        bar = desk.window.findChild(QToolBar)
        assert isinstance(bar, QToolBar)
        button = bar.widgetForAction(action)
        assert isinstance(button, QToolButton)
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.usefixtures("recorded")
def test_a_batch_shows_its_messages_and_their_json(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    panel = desk.panels.batches
    model = panel.model
    month = model.index(0, 0, find(model, fleet.truth.plan.app, "level13", "2026"))
    day = model.index(0, 0, month)
    model.fetchMore(day)
    desk.wait(lambda: model.rowCount(day) > 0)
    batch = panel.shown.mapFromSource(model.index(0, 0, day))
    panel.tree.scrollTo(batch)
    panel.tree.setCurrentIndex(batch)
    messages = desk.panels.messages
    desk.wait(lambda: messages.model.rowCount() > 0)
    messages.select_message(0)
    desk.wait(lambda: messages.current_message() is not None)
    message = messages.current_message()
    assert message is not None
    assert message.vin in messages.json.edit.toPlainText()


@pytest.mark.usefixtures("recorded")
def test_a_sample_leads_to_its_message(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    key = chart_odometer(desk)
    series = desk.panels.timeline.series(key)
    assert series is not None
    index = int(np.flatnonzero(series.ordinal > 0)[-1])
    desk.panels.timeline.set_cursor_time(int(series.time[index]))
    desk.panels.timeline.select_keys([key])
    opened: list[str] = []
    desk.session.batch_loading.connect(opened.append)
    desk.panels.timeline.setFocus()
    QTest.keyClick(desk.panels.timeline, Qt.Key.Key_Return)
    messages, batches = desk.panels.messages, desk.panels.batches
    desk.wait(lambda: messages.current_message() is not None)
    # The tree lists the batch's day meanwhile and selects the batch, which must not be opened anew for that.
    desk.wait(lambda: batches.model.batch_at(batches.shown.mapToSource(batches.tree.currentIndex())) is not None)
    desk.wait(lambda: not any(timer.isActive() for timer in batches.findChildren(QTimer)))
    desk.wait_until_settled()
    message = messages.current_message()
    assert message is not None
    assert (message.vin, message.property) == (key.vin, "odometer")
    assert message.ordinal == series.ordinal[index] > 0
    assert opened == [series.batch[index]]


@pytest.mark.usefixtures("recorded")
def test_the_open_source_is_remembered(open_desk: Callable[[Settings], Desk], fleet: Fleet, qtbot: QtBot) -> None:
    first = open_desk(settings.load())
    first.open(str(fleet.folder))
    first.window.close()
    remembered = settings.load()
    assert remembered.last_source == Connection(str(fleet.folder))
    second = open_desk(remembered)
    assert remembered.last_source is not None
    second.window.open_source(remembered.last_source)
    second.wait_until_settled()
    archive = second.session.archive
    assert archive is not None
    assert len(archive.recorded()) == fleet.truth.batches


def test_what_is_recorded_is_not_loaded_again(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    archive = desk.session.archive
    assert archive is not None
    version = archive.version()
    desk.trigger("load_all")
    desk.wait_until_settled()
    assert archive.version() == version


@pytest.mark.usefixtures("recorded")
def test_series_come_back_with_their_source(open_desk: Callable[[Settings], Desk], fleet: Fleet) -> None:
    first = open_desk(Settings(time_zone="UTC"))
    first.open(str(fleet.folder))
    key = chart_odometer(first)
    others = [SeriesKey(vin, "diagnostics", "speed") for vin in fleet.truth.vins]
    for other in others:
        first.session.add_series([other])
        first.wait_until_settled()
    timeline = first.panels.timeline
    timeline.select_keys(others[:1])
    timeline.setFocus()
    QTest.keyClick(timeline, Qt.Key.Key_Delete)
    assert timeline.series(others[0]) is None
    first.session.add_series([SeriesKey(others[0].vin, "diagnostics", "odometer"), others[0]])
    first.wait_until_settled()
    timeline.editing.move_to_new([key])
    kept = timeline.timeline_layout()
    assert len({kept.looks[other].color for other in others}) == len(others)
    first.window.close()
    second = open_desk(Settings(time_zone="UTC"))
    second.open(str(fleet.folder))
    second.wait(lambda: second.panels.timeline.series(others[0]))
    second.wait_until_settled()
    shown = second.panels.timeline.timeline_layout()
    assert workspace_text(Workspace(layout=shown)) == workspace_text(Workspace(layout=kept))
    assert second.panels.timeline.editing.undo_label == ""
    assert key.vin in second.panels.vehicles.selected_vins()


@pytest.mark.usefixtures("recorded")
def test_series_without_samples_are_left_out_and_said_so(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    desk.session.add_series([SeriesKey(fleet.truth.vins[0], "diagnostics", "no_such_property")])
    desk.wait_until_settled()
    assert desk.panels.timeline.keys() == []
    assert "no_such_property" in desk.messages.notices[0].subject


@pytest.mark.usefixtures("recorded")
def test_a_reject_leads_to_its_message(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    panel = desk.panels.rejects
    desk.wait(panel.model.rowCount)
    assert {
        (reject.batch, reject.ordinal) for reject in map(panel.model.reject_at, range(panel.model.rowCount()))
    } == set(fleet.truth.rejects)
    panel.table.selectRow(0)
    chosen = panel.model.reject_at(0)
    desk.qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    desk.wait(desk.panels.messages.current_message)
    message = desk.panels.messages.current_message()
    assert message is not None
    assert (message.ordinal, bool(message.reason)) == (chosen.ordinal, True)


def test_the_window_fits_its_screen(desk: Desk) -> None:
    room = desk.window.screen().availableSize()
    assert desk.window.width() <= room.width()
    assert desk.window.height() <= room.height()


def test_a_size_that_is_asked_for_counts_more_than_the_one_of_last_time(
    open_desk: Callable[[Settings], Desk], qtbot: QtBot
) -> None:
    first = open_desk(Settings())
    first.window.showMaximized()
    first.window.close()
    second = open_desk(Settings()).window
    second.hide()
    assert second.isMaximized()
    second.take_size(900, 600)
    second.show()
    assert not second.isMaximized()
    assert (second.width(), second.height()) == (900, 600)
