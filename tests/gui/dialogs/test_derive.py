"""The dialog that derives series, by its widgets and by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from core.fleet.formula import derived_key, parse
from core.fleet.nodes import text_of
from core.fleet.series import SeriesKey
from gui.dialogs import derive
from gui.dialogs.derive import ARITHMETIC, AVERAGE, FORMULA, RATE, RESAMPLE, DeriveDialog
from gui.dialogs.derive_choices import DeriveChoices, read_operand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytestqt.qtbot import QtBot

ONE, TWO = "VF00000000000000A", "VF00000000000000B"
ODOMETER, OTHERS = (SeriesKey(vin, "diagnostics", "odometer") for vin in (ONE, TWO))
LEVEL = SeriesKey(ONE, "charging", "battery_level")
STATUS = SeriesKey(ONE, "charging", "status")
UNITS = {ODOMETER: "kilometers", OTHERS: "kilometers", LEVEL: "percent"}


def choices(
    keys: Sequence[SeriesKey] = (ODOMETER, LEVEL, STATUS), selected: Sequence[SeriesKey] = (), zone: str = "UTC"
) -> DeriveChoices:
    vins = tuple(dict.fromkeys(key.vin for key in keys))
    return DeriveChoices(keys, selected, vins, UNITS, {STATUS}, zone)


@pytest.fixture
def dialog(qtbot: QtBot) -> DeriveDialog:
    return shown(qtbot, choices())


def shown(qtbot: QtBot, what: DeriveChoices) -> DeriveDialog:
    dialog = DeriveDialog(what)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def choose(dialog: DeriveDialog, kind: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))


def requested(dialog: DeriveDialog, qtbot: QtBot) -> list[SeriesKey]:
    with qtbot.waitSignal(dialog.derive_requested) as told:
        dialog.accept()
    assert told.args is not None
    found: list[SeriesKey] = told.args[0]
    return found


def test_each_kind_writes_its_formula_and_says_what_comes(dialog: DeriveDialog) -> None:
    assert dialog.formula.text() == "per_day(diagnostics.odometer, 'UTC')"
    assert dialog.preview == "Odometer per day (UTC), in km/day"
    dialog.source.setCurrentIndex(1)
    choose(dialog, RATE)
    dialog.period.setCurrentIndex(3)
    assert dialog.formula.text() == "rate(charging.battery_level, 'day')"
    assert dialog.preview == "Charging battery level, rate per day, in %/day"
    choose(dialog, AVERAGE)
    dialog.window_.setCurrentText("90 min")
    assert dialog.formula.text() == "moving_average(charging.battery_level, '90min')"
    choose(dialog, RESAMPLE)
    dialog.pick.setCurrentIndex(1)
    assert dialog.formula.text() == "resample(charging.battery_level, '1h', 'mean')"
    choose(dialog, ARITHMETIC)
    dialog.sign.setCurrentIndex(dialog.sign.findData("/"))
    dialog.other.setCurrentText("4")
    assert dialog.formula.text() == "charging.battery_level / 4"
    assert dialog.preview == "Charging battery level ÷ 4, in %"
    dialog.source.setCurrentIndex(0)
    dialog.other.setCurrentText("Charging battery level")
    assert dialog.formula.text() == "diagnostics.odometer / charging.battery_level"
    assert dialog.preview.endswith("in km")


def test_only_what_the_kind_needs_is_asked_for(dialog: DeriveDialog) -> None:
    parts = (dialog.zone, dialog.period, dialog.window_, dialog.interval, dialog.pick, dialog.sign, dialog.other)
    seen = {}
    for index in range(dialog.kind.count()):
        dialog.kind.setCurrentIndex(index)
        seen[dialog.kind.itemData(index)] = [part.isVisible() and part.isEnabled() for part in parts]
        assert dialog.source.isEnabled() == (dialog.kind.currentData() != FORMULA)
    assert [sum(visible) for visible in seen.values()] == [1, 1, 1, 2, 2, 0]
    # Series of texts cannot be computed with, and are not offered.
    assert [dialog.source.itemText(row) for row in range(dialog.source.count())] == [
        "Odometer",
        "Charging battery level",
    ]


def test_what_is_wrong_is_said_while_one_types_and_nothing_can_be_added(dialog: DeriveDialog, qtbot: QtBot) -> None:
    dialog.formula.setFocus()
    dialog.formula.selectAll()
    qtbot.keyClicks(dialog.formula, "per_day(diagnostics.odometer, 'Berlin'")
    assert dialog.kind.currentData() == FORMULA
    assert "cannot be read" in dialog.problem
    qtbot.keyClicks(dialog.formula, ")")
    assert "Did you mean Europe/Berlin? (at character 31)" in dialog.problem
    assert (dialog.preview, dialog.chosen_keys()) == ("", [])
    qtbot.keyClick(dialog.formula, Qt.Key.Key_Return)
    assert dialog.isVisible()
    for typed, problem in (
        ("diagnostics.odometer - charging.battery_level", "Series in km and in % cannot be subtracted"),
        ("rate(charging.status)", "Charging status has no numbers"),
        ("diagnostics.odometer", "A series alone is no formula"),
    ):
        dialog.formula.selectAll()
        qtbot.keyClicks(dialog.formula, typed)
        assert problem in dialog.problem
    dialog.formula.selectAll()
    qtbot.keyClicks(dialog.formula, "rate(no.such)")
    assert (dialog.problem, dialog.preview) == ("", "Such, rate per h, the unit follows from its samples")
    with qtbot.waitSignal(dialog.derive_requested) as told:
        qtbot.keyClick(dialog.formula, Qt.Key.Key_Return)
    assert told.args == [[derived_key(ONE, parse("rate(no.such)"))]]


def test_what_no_vehicle_has_and_what_divides_by_0_is_said_at_once(qtbot: QtBot) -> None:
    dialog = shown(qtbot, replace(choices(), known={"diagnostics.odometer": True, "doors.locks_state": False}))
    for typed, problem in (
        ("rate(diagnostics.odometre)", "No vehicle here has diagnostics.odometre. Did you mean diagnostics.odometer?"),
        ("rate(no.such)", "No vehicle here has no.such. The properties panel shows what there is."),
        ("rate(doors.locks_state)", "Locks state has no numbers"),
        ("diagnostics.odometer / 0", "It divides by 0"),
        ("rate(diagnostics.odometer / (2 - 2))", "It divides by 0"),
        ("diagnostics.odometer / 2", ""),
        (f"rate(series('{TWO}', 'no.such'))", ""),
    ):
        dialog.formula.selectAll()
        qtbot.keyClicks(dialog.formula, typed)
        assert dialog.problem.startswith(problem), typed
        assert bool(dialog.chosen_keys()) == (not problem)
    # What there is may come while a formula is typed already.
    late = shown(qtbot, choices())
    late.formula.selectAll()
    qtbot.keyClicks(late.formula, "rate(no.such)")
    assert late.problem == ""
    late.set_known({"diagnostics.odometer": True})
    assert "No vehicle here has no.such" in late.problem


def test_nothing_moves_while_one_types(qtbot: QtBot) -> None:
    dialog = shown(qtbot, choices((ODOMETER, OTHERS, LEVEL)))
    dialog.formula.setFocus()
    dialog.formula.selectAll()
    layout = dialog.layout()
    assert layout is not None
    before = dialog.size(), dialog.formula.geometry(), dialog.list.geometry()
    for typed in "rate(diagnostics.odometer / 0) ":
        qtbot.keyClicks(dialog.formula, typed)
        QCoreApplication.sendPostedEvents()
        layout.activate()
        assert (dialog.size(), dialog.formula.geometry(), dialog.list.geometry()) == before


def test_a_wrong_span_or_number_is_said_too(dialog: DeriveDialog) -> None:
    choose(dialog, AVERAGE)
    dialog.window_.setCurrentText("soon")
    assert "This is no span of time" in dialog.problem
    assert dialog.chosen_keys() == []
    choose(dialog, ARITHMETIC)
    dialog.other.setCurrentText("1e999")
    assert "too large" in dialog.problem
    dialog.other.setCurrentText("-2.5")
    assert (dialog.problem, dialog.formula.text()) == ("", "diagnostics.odometer - -2.5")


def test_several_vehicles_at_once_those_of_the_selection_ticked(qtbot: QtBot) -> None:
    dialog = shown(qtbot, choices((ODOMETER, OTHERS, LEVEL)))
    assert [key.vin for key in dialog.chosen_keys()] == [ONE, TWO]
    selected = shown(qtbot, choices((ODOMETER, OTHERS, LEVEL), [OTHERS]))
    assert selected.chosen_keys() == [derived_key(TWO, parse("per_day(diagnostics.odometer)"))]
    index = selected.list.model().index(0, 0)
    selected.list.model().setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    choose(selected, RATE)
    # Who is ticked stays so while the formula changes, also while it is wrong.
    selected.formula.setText("rate(")
    selected._check()
    assert selected.chosen_keys() == []
    choose(selected, AVERAGE)
    assert [key.vin for key in requested(selected, qtbot)] == [ONE, TWO]


def test_two_selected_series_are_subtracted(qtbot: QtBot) -> None:
    same = shown(qtbot, choices((ODOMETER, LEVEL), [ODOMETER, LEVEL]))
    assert same.kind.currentData() == ARITHMETIC
    assert same.formula.text() == "diagnostics.odometer - charging.battery_level"
    two = shown(qtbot, choices((ODOMETER, OTHERS), [ODOMETER, OTHERS]))
    assert two.formula.text() == f"diagnostics.odometer - series('{TWO}', 'diagnostics.odometer')"


def test_derived_series_can_be_computed_with(qtbot: QtBot) -> None:
    daily = derived_key(ONE, parse("per_day(diagnostics.odometer)"))
    dialog = shown(qtbot, choices((ODOMETER, daily), [daily]))
    choose(dialog, AVERAGE)
    assert dialog.formula.text() == "moving_average(per_day(diagnostics.odometer, 'UTC'), '24h')"
    assert dialog.preview == "Odometer per day (UTC), average of 24 h, in km/day"


def test_without_a_series_a_formula_can_be_typed_for_selected_vehicles(qtbot: QtBot) -> None:
    dialog = shown(qtbot, DeriveChoices(vins=(ONE,)))
    assert [dialog.kind.itemData(row) for row in range(dialog.kind.count())] == [FORMULA]
    assert "There is no formula" in dialog.problem
    qtbot.keyClicks(dialog.formula, "per_day(diagnostics.odometer)")
    assert requested(dialog, qtbot) == [derived_key(ONE, parse("per_day(diagnostics.odometer)"))]
    nobody = shown(qtbot, DeriveChoices())
    qtbot.keyClicks(nobody.formula, "per_day(diagnostics.odometer)")
    assert nobody.problem == "Select a vehicle first."
    nobody.formula.selectAll()
    qtbot.keyClicks(nobody.formula, f"rate(series('{TWO}', 'diagnostics.odometer'))")
    assert [key.vin for key in nobody.chosen_keys()] == [TWO]


def test_the_zone_of_the_window_comes_first_and_the_computers_by_its_name(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derive, "local_name", lambda: "Asia/Tokyo")
    for zone, first in (("Europe/Paris", "Europe/Paris"), ("local", "Asia/Tokyo"), ("UTC", "UTC")):
        assert shown(qtbot, choices(zone=zone)).zone.itemData(0) == first


def test_operands() -> None:
    assert [text_of(read_operand(text)) for text in ("2", "−0.5", "a.b", "rate(a.b)")] == [
        "2", "-0.5", "a.b", "rate(a.b, 'h')",
    ]  # fmt: skip
