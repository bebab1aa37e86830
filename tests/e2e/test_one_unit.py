"""Vehicles that send one property in different units, in the whole window: one axis and one unit."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QRadioButton

from core import settings
from core.fleet.series import SeriesKey
from gui.dialogs.export import ExportDialog
from gui.models.properties import UNIT, VALUE
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import Column
from tests.e2e.test_units import axes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk

DAY = "9FBBEDED80595912588FF4FF/level13/2026/06/12"
# 2.4 bar each; the third changes its mind at half past ten.
SENT = {"PASCAL": (240_000.0, "pascals"), "KILO": (240.0, "kilopascals"), "MIXED": (2.4, "bars")}
# The second of the minute at which each of them sends.
SECONDS = {vin: second for second, vin in enumerate(SENT)}
PSI = (34.81, "pounds_force_per_square_inch")


def message(vin: str, minute: int, value: float, unit: str) -> dict[str, Any]:
    data = {"location": "front_left", "pressure": {"value": value, "unit": unit}}
    item = {"data": data, "timestamp": f"2026-06-12T10:{minute:02}:{SECONDS[vin]:02}Z"}
    body = {"diagnostics": {"tire_pressures": [item]}}
    envelope = {"vin": vin, "message_id": f"{vin}{minute}", "version": 1, "data": body}
    return {**envelope, "capability": "diagnostics", "property": "tire_pressures"}


def key(vin: str) -> SeriesKey:
    return SeriesKey(vin, "diagnostics", "tire_pressures", "front_left.pressure")


@pytest.fixture
def pressures(desk: Desk, tmp_path: Path) -> list[SeriesKey]:
    """The window with the pressures of three vehicles on its timeline."""
    day = tmp_path / "fleet" / DAY
    day.mkdir(parents=True)
    messages = [
        message(vin, minute, *(PSI if vin == "MIXED" and minute >= 30 else sent))
        for vin, sent in SENT.items()
        for minute in range(0, 60, 5)
    ]
    (day / "11-00-00-000000000-aa.json").write_text(json.dumps(messages))
    desk.open(str(tmp_path / "fleet"))
    keys = [key(vin) for vin in SENT]
    desk.session.add_series(keys)
    desk.wait(lambda: all(desk.panels.timeline.series(one) is not None for one in keys))
    desk.wait_until_settled()
    return keys


def drawn(desk: Desk) -> dict[str, set[str]]:
    """The vehicles on each axis, by its unit; every value is 2.4 bar."""
    bars = {"bars": 1.0, "pounds_force_per_square_inch": 14.503774, "kilopascals": 100.0, "pascals": 100_000.0}
    found = {}
    for unit, row in axes(desk).items():
        for line in row.lines:
            assert line.value.tolist() == pytest.approx([2.4 * bars[unit]] * 12, rel=1e-4)
        found[unit] = {line.key.vin for line in row.lines}
    return found


def in_legend(desk: Desk) -> list[str]:
    """Value and unit of each vehicle in the legend."""
    legend = desk.panels.timeline.findChild(Legend)
    assert isinstance(legend, Legend)
    model = legend.model()
    rows = range(model.rowCount())
    return [f"{model.index(row, Column.VALUE).data()} {model.index(row, Column.UNIT).data()}" for row in rows]


def in_panel(desk: Desk, vin: str, said: str) -> bool:
    """Whether the properties panel comes to say this of one vehicle."""
    table, properties = desk.panels.vehicles.table, desk.panels.properties.model
    table.selectRow(next(row for row in range(len(SENT)) if table.model().index(row, 0).data() == vin))

    def text() -> str:
        found = properties.find(("diagnostics", "tire_pressures", "front_left.pressure"))
        if found is None or f"10:55:{SECONDS[vin]:02}" not in str(found.data(Qt.ItemDataRole.ToolTipRole)):
            return ""
        return " ".join(str(found.model().sibling(found.row(), column, found).data()) for column in (VALUE, UNIT))

    desk.wait(text)
    desk.wait_until_settled()
    return text() == said


def test_one_axis_has_every_vehicle_whichever_unit_it_sends(desk: Desk, pressures: list[SeriesKey]) -> None:
    everyone = set(SENT)
    assert drawn(desk) == {"bars": everyone}
    assert in_legend(desk) == ["2.4 bar ← Pa", "2.4 bar ← kPa", "2.400 bar ← psi"]
    assert all(in_panel(desk, vin, "2.4 bar") for vin in SENT)
    desk.trigger("units_imperial")
    assert drawn(desk) == {"pounds_force_per_square_inch": everyone}
    assert in_legend(desk) == ["34.8091 psi ← Pa", "34.8 psi ← kPa", "34.81 psi"]
    assert all(map(in_panel, [desk] * 3, SENT, ("34.8091 psi", "34.8 psi", "34.81 psi")))
    desk.trigger("units_as_sent")
    assert drawn(desk) == {"pascals": {"PASCAL"}, "kilopascals": {"KILO"}, PSI[1]: {"MIXED"}}
    assert all(map(in_panel, [desk] * 3, SENT, ("240,000 Pa", "240 kPa", "34.81 psi")))
    desk.trigger("units_metric")
    assert drawn(desk) == {"bars": everyone}
    assert len(pressures) == 3


def test_the_unit_that_was_chosen_for_the_axis_wins_in_every_system(desk: Desk, pressures: list[SeriesKey]) -> None:
    plot = axes(desk)["bars"]
    menu = desk.panels.timeline.context_menu(plot.header.center())
    units = next(action.menu() for action in menu.actions() if action.text() == "Unit")
    next(action for action in units.actions() if action.data() == "kilopascals").trigger()  # type: ignore[attr-defined]
    assert settings.load().unit_overrides == {"diagnostics.tire_pressures.pressure": "kilopascals"}
    for command in ("units_imperial", "units_as_sent", "units_metric"):
        assert drawn(desk) == {"kilopascals": set(SENT)}
        assert in_panel(desk, "PASCAL", "240 kPa")
        desk.trigger(command)
    assert {one.vin for one in pressures} == drawn(desk)["kilopascals"]


def exported(desk: Desk, dialog: ExportDialog, target: Path) -> list[dict[str, str]]:
    """The rows of the file that the dialog writes."""
    field = next(one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Target file")
    field.selectAll()
    desk.qtbot.keyClicks(field, str(target))
    buttons = dialog.findChild(QDialogButtonBox)
    assert isinstance(buttons, QDialogButtonBox)
    button = next(one for one in buttons.buttons() if one.text() == "Export")
    desk.wait(button.isEnabled)
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    desk.wait(target.exists)
    desk.wait_until_settled()
    return list(csv.DictReader(target.read_text("utf-8").splitlines()))


def test_the_mark_of_a_change_says_what_was_sent_and_the_export_keeps_it(
    desk: Desk, pressures: list[SeriesKey], tmp_path: Path
) -> None:
    (plot,) = axes(desk).values()
    changes = {line.key.vin: line.unit_changes for line in plot.lines}
    assert [len(changes[vin]) for vin in SENT] == [0, 0, 1]
    assert changes["MIXED"].text(0) == "bar → psi"
    target = tmp_path / "pressures.csv"
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    rows = exported(desk, dialog, target)
    assert {(row["vin"], float(row["value"]), row["unit"]) for row in rows} == {
        *((vin, *sent) for vin, sent in SENT.items()),
        ("MIXED", *PSI),
    }
    assert len(rows) == 12 * len(pressures)


def test_an_export_as_shown_has_the_unit_of_the_window(desk: Desk, pressures: list[SeriesKey], tmp_path: Path) -> None:
    desk.trigger("units_imperial")
    target = tmp_path / "shown.csv"
    desk.trigger("export_csv")
    dialog = desk.dialog(ExportDialog)
    next(one for one in dialog.findChildren(QRadioButton) if one.text() == "As shown: imperial").click()
    rows = exported(desk, dialog, target)
    assert {row["unit"] for row in rows} == {"pounds_force_per_square_inch"}
    assert len(rows) == 12 * len(pressures)
