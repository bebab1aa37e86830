"""Derived series in the whole window: they are computed, follow their inputs and the units, and are remembered."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from core.archive.deriving import read_series
from core.autoapi.display import DisplayUnits
from core.export.csv_export import ExportRequest
from core.fleet.formula import derived_key, parse
from core.fleet.series import SeriesKey
from core.jobs import JobContext
from core.settings import Settings
from gui.dialogs.derive import DeriveDialog
from gui.dialogs.export import ExportDialog
from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from core.fleet.series import Series
    from tests.e2e.conftest import Desk, Fleet

DAILY = "per_day(diagnostics.odometer, 'Europe/Berlin')"


def named(fleet: Fleet, formula: str, vehicle: int = 0) -> SeriesKey:
    return derived_key(fleet.truth.vins[vehicle], parse(formula))


def computed(desk: Desk, key: SeriesKey, system: str = "metric") -> Series:
    """What the archive's samples give."""
    assert desk.session.archive is not None
    units = DisplayUnits("imperial" if system == "imperial" else "metric")
    return read_series(desk.session.archive, [key], JobContext(), units=units, joined=True)[0]


def shown(desk: Desk, key: SeriesKey) -> Series:
    """What the timeline has of a series, once it has come."""
    desk.wait(lambda: desk.panels.timeline.series(key) is not None)
    found = desk.panels.timeline.series(key)
    assert found is not None
    return found


def units(desk: Desk) -> list[str]:
    """The units of the plots from top to bottom."""
    desk.window.grab()
    rows = desk.panels.timeline._area.rows
    return [axis.unit for row in rows if isinstance(row, ValuePlot) for axis in row.axes]


@pytest.mark.usefixtures("recorded")
def test_a_derived_series_stands_by_its_unit_and_is_computed_anew_in_other_ones(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    daily, speed = named(fleet, DAILY), named(fleet, "rate(diagnostics.odometer)")
    smooth = named(fleet, "moving_average(diagnostics.odometer, '2h')")
    odometer = SeriesKey(fleet.truth.vins[0], "diagnostics", "odometer")
    # What it is computed from need not be on the timeline.
    desk.session.add_series([daily, speed])
    assert shown(desk, daily).value.tolist() == computed(desk, daily).value.tolist()
    assert sorted(units(desk)) == ["kilometers_per_hour", "km/day"]
    desk.session.add_series([odometer, smooth])
    shown(desk, odometer), shown(desk, smooth)
    assert sorted(units(desk)) == ["kilometers", "kilometers_per_hour", "km/day"]
    before = shown(desk, daily)
    desk.trigger("units_imperial")
    desk.wait(lambda: shown(desk, daily) is not before and not desk.session.is_busy)
    assert shown(desk, daily).value.tolist() == computed(desk, daily, "imperial").value.tolist()
    assert sorted(units(desk)) == ["mi/day", "miles", "miles_per_hour"]
    assert shown(desk, daily).value == pytest.approx(before.value / 1.609344)


@pytest.mark.usefixtures("recorded")
def test_the_unit_of_an_average_is_that_of_what_it_is_made_of(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    smooth = named(fleet, "moving_average(diagnostics.odometer, '2h')")
    desk.session.add_series([smooth])
    before = shown(desk, smooth)
    choice = desk.panels.timeline._composition.unit_choice([smooth])
    assert choice is not None
    assert (choice.paths, choice.shown, choice.usual) == (("diagnostics.odometer",), "kilometers", "kilometers")
    desk.panels.timeline.unit_chosen.emit(list(choice.paths), "miles")
    desk.wait(lambda: shown(desk, smooth) is not before and not desk.session.is_busy)
    assert shown(desk, smooth).value == pytest.approx(before.value / 1.609344)
    assert units(desk) == ["miles"]
    assert desk.panels.timeline._composition.unit_choice([named(fleet, DAILY)]) is None


def test_a_derived_series_follows_while_its_samples_come(desk: Desk, fleet: Fleet) -> None:
    daily = named(fleet, DAILY)
    desk.window.show_series_when_loaded(fleet.truth.vins[:1], [DAILY])
    desk.open(str(fleet.folder))
    days = len(shown(desk, daily))
    assert days >= 2
    desk.trigger("load_all")
    desk.wait_until_settled()
    assert shown(desk, daily).value.tolist() == computed(desk, daily).value.tolist()
    odometer = SeriesKey(fleet.truth.vins[0], "diagnostics", "odometer")
    assert desk.session.archive is not None
    sent = desk.session.archive.series([odometer], JobContext())[0].value
    known = sent[np.isfinite(sent)]
    assert shown(desk, daily).value.sum() == pytest.approx(known[-1] - known[0])


@pytest.mark.usefixtures("recorded")
def test_derived_series_are_there_again_when_the_source_is_opened_next(
    open_desk: Callable[[Settings], Desk], fleet: Fleet
) -> None:
    first = open_desk(Settings())
    first.open(str(fleet.folder))
    daily = named(fleet, DAILY)
    first.session.add_series([daily])
    before = shown(first, daily)
    first.window.close()
    second = open_desk(Settings())
    second.open(str(fleet.folder))
    assert shown(second, daily).value.tolist() == before.value.tolist()
    assert second.panels.timeline.keys() == [daily]


@pytest.mark.usefixtures("recorded")
def test_what_cannot_be_computed_is_said_and_leaves_the_timeline(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    wrong = named(fleet, "diagnostics.odometer - charging.battery_level")
    desk.session.add_series([wrong, named(fleet, DAILY)])
    shown(desk, named(fleet, DAILY))
    desk.wait(lambda: wrong not in desk.session.series_keys)
    assert any("cannot be subtracted" in notice.title for notice in desk.messages.notices)


@pytest.mark.usefixtures("recorded")
def test_a_computed_value_of_one_message_leads_to_it_and_others_lead_nowhere(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    double, daily = named(fleet, "2 * diagnostics.odometer"), named(fleet, DAILY)
    desk.session.add_series([double, daily])
    index = len(shown(desk, double)) - 1
    desk.panels.timeline.sample_activated.emit(daily, len(shown(desk, daily)) - 1)
    assert not desk.session.is_busy
    desk.panels.timeline.sample_activated.emit(double, index)
    desk.wait(lambda: desk.panels.messages.current_message() is not None)


@pytest.mark.usefixtures("recorded")
def test_derived_by_keys_for_two_vehicles_and_exported(desk: Desk, fleet: Fleet, tmp_path: Path) -> None:
    desk.open(str(fleet.folder))
    odometers = [SeriesKey(vin, "diagnostics", "odometer") for vin in fleet.truth.vins[:2]]
    desk.session.add_series(odometers)
    shown(desk, odometers[1])
    timeline = desk.panels.timeline
    timeline.setFocus()
    desk.qtbot.keyClick(timeline.focusProxy(), Qt.Key.Key_Insert)
    dialog = desk.dialog(DeriveDialog)
    desk.wait(dialog.kind.hasFocus)
    # The second kind is the rate; Alt+P goes to what it is per, where h stands already.
    desk.qtbot.keyClick(dialog.kind, Qt.Key.Key_Down)
    assert dialog.formula.text() == "rate(diagnostics.odometer, 'h')"
    desk.qtbot.keyClick(dialog, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert dialog.period.hasFocus()
    desk.qtbot.keyClick(dialog.period, Qt.Key.Key_Down)
    assert dialog.preview == "Odometer, rate per day, in km/day"
    desk.qtbot.keyClick(dialog.period, Qt.Key.Key_Return)
    keys = [named(fleet, "rate(diagnostics.odometer, 'day')", vehicle) for vehicle in (0, 1)]
    for key in keys:
        assert shown(desk, key).value.tolist() == computed(desk, key).value.tolist()
    assert timeline.keys() == [*odometers, *keys]

    desk.trigger("export_csv")
    export = desk.dialog(ExportDialog)
    desk.wait(lambda: export.request().keys == tuple(timeline.keys()))
    target = tmp_path / "out.csv"
    desk.session.export(ExportRequest(tuple(keys)), target)
    desk.wait_until_settled()
    export.reject()
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["capability"], row["property"], row["batch"]) for row in rows} == {
        ("derived", "rate(diagnostics.odometer, 'day')", "")
    }
    assert len(rows) == sum(len(shown(desk, key)) for key in keys)


@pytest.mark.usefixtures("recorded")
def test_the_menus_of_legend_and_plot_derive_from_what_they_stand_for(desk: Desk, fleet: Fleet) -> None:
    desk.open(str(fleet.folder))
    vin = fleet.truth.vins[0]
    odometer, level = SeriesKey(vin, "diagnostics", "odometer"), SeriesKey(vin, "charging", "battery_level")
    desk.session.add_series([odometer, level])
    shown(desk, level), shown(desk, odometer)
    timeline = desk.panels.timeline
    timeline.select_keys([level])
    choose_derive(timeline.legend.context_menu())
    dialog = desk.dialog(DeriveDialog)
    assert dialog.formula.text() == "per_day(charging.battery_level, 'UTC')"
    dialog.reject()
    desk.wait(lambda: not [one for one in desk.window.findChildren(DeriveDialog) if one.isVisible()])
    timeline.select_keys([])
    desk.window.grab()
    plot = next(row for row in timeline._area.rows if isinstance(row, ValuePlot) and odometer in row.keys())  # noqa: SIM118
    choose_derive(timeline.context_menu(plot.rect.center()))
    assert desk.dialog(DeriveDialog).formula.text() == "per_day(diagnostics.odometer, 'UTC')"
    desk.dialog(DeriveDialog).reject()


def choose_derive(menu: QMenu) -> None:
    """Choose the entry of a context menu; the shortcut that it shows is the command's."""
    action = next(action for action in menu.actions() if action.text() == "Derive series…")
    assert action.shortcut() == QKeySequence("Ins")
    action.trigger()
    menu.close()
