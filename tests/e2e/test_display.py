"""What a person sees of messages that are out of the ordinary, in the whole window, by keys and clicks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.autoapi.display import unknown_name
from gui.models.properties import UNIT, VALUE
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import Column
from gui.views.timeline.value_plot import ValuePlot
from tests.e2e.test_main_job import find
from tests.e2e.test_units import area, switch_by_keys

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk

DAY = "9FBBEDED80595912588FF4FF/level13/2026/06/12"
VIN = "EVIL\u202eNIV\n<b>"
SHOWN_VIN = "EVIL\\u202eNIV\\u000a<b>"


def message(minute: int, property: str, data: object, capability: str = "diagnostics", **more: Any) -> dict[str, Any]:
    item = {"data": data, "timestamp": f"2026-06-12T10:{minute:02}:00Z"}
    body = {"vin": VIN, "message_id": f"{property}{minute}", "version": 1, "data": {capability: {property: item}}}
    return {**body, "capability": capability, "property": property, **more}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One vehicle: a unit that changes, one that does not convert, unknown things, damaged messages."""
    day = tmp_path / "fleet" / DAY
    day.mkdir(parents=True)
    messages: list[Any] = []
    for minute in range(40):
        late = minute >= 20
        messages += [
            message(minute, "odometer", {"value": 100.0 + minute, "unit": "miles" if late else "kilometers"}),
            message(minute, "fuel_volume", {"value": 40.0 - minute, "unit": "leagues" if late else "liters"}),
            message(minute, "state", "warp" if late else "on", "ignition"),
            message(minute, "charge", 0.5, "flux_capacitor", trace={"hop": minute}),
        ]
    (day / "10-45-00-000000000-aa.json").write_text(json.dumps([*messages, 5, {"vin": VIN}]))
    (day / "10-50-00-000000000-ab.json").write_text("no list")
    (day / "10-55-00-000000000-ac.json").write_text(json.dumps([message(41, "text", "long " * 2_000_000, "messaging")]))
    return tmp_path / "fleet"


def open_vehicle(desk: Desk, folder: Path) -> None:
    """Open the folder and select its vehicle with the keyboard."""
    desk.open(str(folder))
    table = desk.panels.vehicles.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: desk.panels.properties.model.find(("diagnostics", "odometer")))
    desk.wait_until_settled()


def add_by_keys(desk: Desk, *path: str) -> None:
    """Filter the properties, go to the list and press Enter on the first match."""
    panel, before = desk.panels.properties, len(desk.panels.timeline.keys())
    panel.filter.setFocus()
    panel.filter.setText(" ".join(path))
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    QTest.keyClick(panel.tree, Qt.Key.Key_Return)
    desk.wait(lambda: len(desk.panels.timeline.keys()) > before)
    desk.wait_until_settled()


def legend_cell(desk: Desk, property: str, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
    legend = desk.panels.timeline.findChild(Legend)
    assert isinstance(legend, Legend)
    row = next(row for row, key in enumerate(desk.panels.timeline.keys()) if key.property == property)
    return legend.model().index(row, column).data(role)


def cells(desk: Desk, *path: str) -> tuple[str, str]:
    index = desk.panels.properties.model.find(path)
    assert index is not None
    value, unit = (str(index.model().sibling(index.row(), column, index).data()) for column in (VALUE, UNIT))
    return value, unit


def units(desk: Desk) -> set[str]:
    desk.window.grab()
    return {axis.unit for row in area(desk).rows if isinstance(row, ValuePlot) for axis in row.axes}


def test_panel_legend_and_plots_agree_on_units_and_say_where_they_change(desk: Desk, folder: Path) -> None:
    open_vehicle(desk, folder)
    add_by_keys(desk, "odometer")
    add_by_keys(desk, "fuel volume")
    for mnemonic, system_unit, shown in (
        (Qt.Key.Key_M, "kilometers", ("224", "km")),
        (Qt.Key.Key_I, "miles", ("139", "mi")),
        (Qt.Key.Key_A, "miles", ("139", "mi")),
    ):
        switch_by_keys(desk, mnemonic)
        assert {system_unit, "leagues"} < units(desk)
        assert cells(desk, "diagnostics", "odometer") == shown
        assert str(legend_cell(desk, "odometer", Column.UNIT)).startswith(shown[1])
        assert cells(desk, "diagnostics", "fuel_volume") == ("1", "leagues")
    tip = legend_cell(desk, "fuel_volume", Column.VALUE, Qt.ItemDataRole.ToolTipRole)
    assert "l → leagues, which does not convert: shown apart" in tip
    assert "Unit leagues: not in the Auto API catalogue (level 13)" in tip
    assert SHOWN_VIN.replace("<b>", "&lt;b&gt;") in tip
    assert legend_cell(desk, "odometer", Column.VEHICLE) == SHOWN_VIN


def test_unknown_things_are_marked_alike_and_members_beside_the_data_are_not(desk: Desk, folder: Path) -> None:
    open_vehicle(desk, folder)
    add_by_keys(desk, "ignition", "state")
    add_by_keys(desk, "flux", "charge")
    said = "not in the Auto API catalogue (level 13)"
    icon, tip = Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.ToolTipRole
    for path, column in ((("ignition", "state"), VALUE), (("flux_capacitor", "charge"), 0)):
        index = desk.panels.properties.model.find(path)
        assert index is not None
        assert index.model().sibling(index.row(), column, index).data(icon) is not None
        assert said in str(index.data(tip))
    for name, at in (("state", Column.VALUE), ("charge", Column.PROPERTY)):
        assert legend_cell(desk, name, at, icon) is not None
        assert said in legend_cell(desk, name, at, tip)
    desk.window.grab()
    lane, frame = area(desk).rows[-1], area(desk).frame
    assert frame is not None
    place = round(area(desk).x_of(1_781_260_500_000_000)), lane.rect.center().y()
    assert "Warp ? since" in (lane_tip := lane.tip_at(*place, frame))
    assert f"Value warp: {said}" in lane_tip
    envelope = desk.panels.properties.model.find(("envelope",))
    assert envelope is not None
    assert (envelope.data(), envelope.data(icon), unknown_name("envelope", "trace")) == ("Envelope", None, "")


def test_what_became_of_messages_is_said_and_endless_texts_are_shown_quickly(desk: Desk, folder: Path) -> None:
    open_vehicle(desk, folder)
    messages = desk.panels.messages
    top = find(desk.panels.batches.model, DAY.split("/")[0])
    assert "163 messages: 161 with samples, 2 rejects and 1 batch that is no list of messages" in str(
        top.data(Qt.ItemDataRole.ToolTipRole)
    )
    assert top.siblingAtColumn(3).data() == "loaded · 1 failed · 2 rejects"
    for name, said in (
        ("10-45-00-000000000-aa", "162 messages: 160 with samples, 2 rejects"),
        ("10-50-00-000000000-ab", "1 batch that is no list of messages"),
        ("10-55-00-000000000-ac", "1 message: 1 with samples, 0 rejects"),
    ):
        desk.session.open_batch(f"{DAY}/{name}.json")
        desk.wait_until_settled()
        assert said in messages.status.text()
        assert messages.status.property("role") == "muted"
    assert "Only its beginning is shown" in messages.json.notice.text()
    desk.session.open_batch(f"{DAY}/10-55-00-000000000-ac.json")
    desk.session.open_batch(f"{DAY}/10-45-00-000000000-aa.json")
    desk.wait_until_settled()
    assert "162 messages" in messages.status.text()


def test_a_series_that_is_added_by_a_double_click_comes_into_sight(desk: Desk, folder: Path) -> None:
    desk.window.resize(900, 640)
    open_vehicle(desk, folder)
    desk.trigger("show_messages")
    for path in (("fuel", "volume"), ("ignition", "state"), ("flux", "charge")):
        add_by_keys(desk, *path)
    panel, timeline = desk.panels.properties, desk.panels.timeline
    panel.filter.setText("odometer")
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    place = panel.tree.visualRect(panel.tree.currentIndex()).center()
    viewport = panel.tree.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    desk.wait(lambda: timeline.keys()[-1].property == "odometer")
    desk.wait_until_settled()
    desk.window.grab()
    row = next(row for row in area(desk).rows if timeline.keys()[-1] in set(row.keys()))
    assert area(desk).rows[0].header.top() < 0, "the plots were to be too many for the window"
    assert area(desk).plots_rect().contains(row.header.united(row.rect))
