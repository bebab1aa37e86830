"""Formulas as people read them."""

from __future__ import annotations

import pytest

from core.fleet.formula import derived_key, parse
from gui.models.chosen_series import series_text
from gui.models.formula_text import formula_text
from gui.views.timeline.naming import full_name, plot_title, property_name


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("per_day(diagnostics.odometer, 'Europe/Berlin')", "Odometer per day (Europe/Berlin)"),
        ("rate(diagnostics.odometer, 'min')", "Odometer, rate per min"),
        ("moving_average(charging.battery_level, '7day')", "Charging battery level, average of 7 days"),
        ("resample(charging.battery_level, '15min', 'mean')", "Charging battery level, mean per 15 min"),
        ("resample(diagnostics.odometer, '1day')", "Odometer, last per day"),
        ("moving_average(per_day(diagnostics.odometer), '1day')", "Odometer per day (UTC), average of 1 day"),
        ("diagnostics.odometer - 10", "Odometer − 10"),
        ("-2 * diagnostics.odometer", "−2 × Odometer"),
        ("rate(diagnostics.odometer - 5)", "(Odometer − 5), rate per h"),
        ("diagnostics.odometer / (charging.battery_level + 1)", "Odometer ÷ (Charging battery level + 1)"),
        ("(charging.battery_level + 1) * diagnostics.odometer", "(Charging battery level + 1) × Odometer"),
        ("1 - (charging.battery_level - 2)", "1 − (Charging battery level − 2)"),
        ("charging.status * 1", "Charging status × 1"),
        ("doors.positions.front_left.position * 1", "Doors positions · Front left · Position × 1"),
        (
            "diagnostics.odometer - series('VF000000000012345', 'diagnostics.odometer')",
            "Odometer − Odometer of …012345",
        ),
    ],
)
def test_words(formula: str, text: str) -> None:
    key = derived_key("VIN1", parse(formula))
    assert property_name(key) == text
    assert full_name(key) == f"VIN1 · {text}"
    assert plot_title([key]) == text


def test_lists_of_series_have_the_same_words() -> None:
    key = derived_key("VIN1", parse("diagnostics.odometer - series('VIN2', 'doors.positions.front_left.position')"))
    assert series_text(key) == "VIN1 · Odometer − Positions · Front left · Position of VIN2"
    assert formula_text(parse("rate(a.b)"), lambda one: one.property) == "b, rate per h"
