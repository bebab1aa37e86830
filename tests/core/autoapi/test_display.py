"""How a series is shown: its kind, its unit, and the marks of what is unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.autoapi.display import (
    AS_SENT,
    PERCENT,
    DisplayKind,
    DisplayUnits,
    UnitGroup,
    kind_of,
    marked,
    shown_value,
    to_shown,
    unit_choices,
    unit_path,
    unit_text,
    unknown_name,
    unknown_unit,
    unknown_value,
)

ODOMETER = ("diagnostics", "odometer", "")
PRESSURE = ("diagnostics", "tire_pressures", "front_left.pressure")
BATTERY = ("charging", "battery_level", "")
UNKNOWN = ("shiny", "new_thing", "")
METRIC, IMPERIAL = DisplayUnits("metric"), DisplayUnits("imperial")


@pytest.mark.parametrize(
    ("leaf", "texts", "samples", "numbers", "kind"),
    [
        (ODOMETER, (), 0, True, DisplayKind.NUMBER),
        (BATTERY, (), 0, True, DisplayKind.PERCENTAGE),
        (("vehicle_location", "coordinates", "latitude"), (), 0, True, DisplayKind.NUMBER),
        (("charging", "status", ""), ("charging",), 1, False, DisplayKind.STATE),
        (("charging", "status", ""), [f"s{n}" for n in range(99)], 99, False, DisplayKind.STATE),
        (("maintenance", "last_service_date", ""), ("2026-06-12T10:00:00Z",), 1, True, DisplayKind.MOMENT),
        (("maintenance", "last_service_date", ""), ("soon",), 1, False, DisplayKind.STATE),
        (("vehicle_time", "vehicle_time", ""), ("07:30",), 1, True, DisplayKind.TIME_OF_DAY),
        (("charging", "preconditioning_scheduled_time", ""), ("07:30",), 1, True, DisplayKind.TIME_OF_DAY),
        (("messaging", "text", ""), ("hello",), 50, False, DisplayKind.EVENT),
        (("trips", "id", ""), ("a", "b"), 2, False, DisplayKind.EVENT),
        (("vehicle_time", "vehicle_time", ""), ("2026-06-12T10:00:00Z",), 1, True, DisplayKind.MOMENT),
        (("maintenance", "last_service_date", ""), ("07:30",), 1, True, DisplayKind.TIME_OF_DAY),
        (("maintenance", "last_service_date", ""), ("2026-06-12T10:00:00Z", "07:30"), 2, True, DisplayKind.STATE),
        (UNKNOWN, ("true", "false"), 2, True, DisplayKind.STATE),
        (UNKNOWN, ("2026-06-12T10:00:00Z",), 1, True, DisplayKind.MOMENT),
        (UNKNOWN, ("2026-06-12T10:00:00Z", "yesterday"), 2, True, DisplayKind.STATE),
        (UNKNOWN, ("07:30", "18:05"), 2, True, DisplayKind.TIME_OF_DAY),
        (UNKNOWN, ("a", "b", "c"), 3, False, DisplayKind.STATE),
        (UNKNOWN, ("a", "b", "c", "d"), 4, False, DisplayKind.EVENT),
        (UNKNOWN, ("a", "b", "c", "d"), 8, False, DisplayKind.STATE),
        (UNKNOWN, [str(n) for n in range(25)], 1000, False, DisplayKind.EVENT),
        (UNKNOWN, (), 0, True, DisplayKind.NUMBER),
    ],
)
def test_the_catalogues_type_decides_and_the_texts_where_it_does_not(
    leaf: tuple[str, str, str], texts: list[str], samples: int, numbers: bool, kind: DisplayKind
) -> None:
    assert kind_of(*leaf, texts, samples, numbers) is kind


def test_units_follow_the_system() -> None:
    assert METRIC.unit_for(*ODOMETER, ["miles"]) == "kilometers"
    assert IMPERIAL.unit_for(*ODOMETER, ["kilometers"]) == "miles"
    assert AS_SENT.unit_for(*ODOMETER, ["miles", "kilometers"]) == "miles"
    assert METRIC.unit_for(*UNKNOWN, ["parsecs"]) == "parsecs"
    assert METRIC.unit_for(*UNKNOWN, []) == METRIC.unit_for(*UNKNOWN, [""]) == ""


def test_shares_without_a_unit_are_percentages_in_every_system() -> None:
    for units in (METRIC, IMPERIAL, AS_SENT):
        assert units.unit_for(*BATTERY, [""]) == PERCENT
        assert units.unit_for(*ODOMETER, [""]) == ""
    assert to_shown(np.array([0.0, 0.82, 1.0]), "", PERCENT).tolist() == pytest.approx([0, 82, 100])
    assert shown_value(0.07, "", PERCENT) == 7.0
    assert unit_text(PERCENT) == "%"


def test_an_override_is_for_every_instance_of_a_member_and_only_where_it_measures_the_same() -> None:
    assert unit_path(*PRESSURE) == unit_path("diagnostics", "tire_pressures", "rear_left.pressure~2")
    assert unit_path(*ODOMETER) == "diagnostics.odometer"
    units = DisplayUnits("metric", {unit_path(*PRESSURE): "bars", unit_path(*ODOMETER): "bars"})
    assert units.unit_for("diagnostics", "tire_pressures", "rear_right.pressure", ["kilopascals"]) == "bars"
    assert units.unit_for(*ODOMETER, ["miles"]) == "kilometers"


def test_units_of_one_dimension_are_shown_together_in_that_of_the_last_one() -> None:
    assert AS_SENT.groups(*ODOMETER, ["seconds", "kilometers", "", "miles", "parsecs"]) == [
        UnitGroup("seconds", ("seconds",)),
        UnitGroup("kilometers", ("kilometers", "miles")),
        UnitGroup("", ("",)),
        UnitGroup("parsecs", ("parsecs",)),
    ]
    assert IMPERIAL.groups(*ODOMETER, ["kilometers"]) == [UnitGroup("miles", ("kilometers",))]
    assert METRIC.groups(*ODOMETER, []) == []


@pytest.mark.parametrize(
    ("value", "sent", "shown", "read"),
    [
        (49_309.0, "miles", "kilometers", 79_355.0),
        (49_309.3, "miles", "kilometers", 79_355.6),
        (20.0, "celsius", "fahrenheit", 68.0),
        (21.5, "celsius", "fahrenheit", 70.7),
        (-40.0, "fahrenheit", "celsius", -40.0),
        (2.0, "bars", "pounds_force_per_square_inch", 29.0),
        (0.5, "miles", "kilometers", 0.805),
        (9_999.0, "miles", "kilometers", 16_092.0),
        (0.0, "miles", "kilometers", 0.0),
        (12.0, "kilometers_per_liter", "liters_per_100_kilometers", 8.33),
        (0.00002, "miles", "kilometers", 0.0000322),
        (5.25, "kilometers", "kilometers", 5.25),
    ],
)
def test_a_converted_value_has_as_many_digits_as_were_sent(value: float, sent: str, shown: str, read: float) -> None:
    assert shown_value(value, sent, shown) == pytest.approx(read, rel=1e-12)


def test_what_has_no_finite_value_stays_without_one() -> None:
    assert shown_value(0.0, "kilometers_per_liter", "liters_per_100_kilometers") == math.inf
    assert math.isnan(shown_value(math.nan, "miles", "kilometers"))
    with pytest.raises(ValueError, match="cannot be converted"):
        shown_value(1.0, "miles", "seconds")


def test_a_unit_can_be_changed_into_those_of_its_dimension() -> None:
    assert {"kilometers", "miles", "meters"} <= set(unit_choices("miles"))
    assert unit_choices("parsecs") == unit_choices(PERCENT) == unit_choices("") == ()


def test_what_is_unknown_says_so() -> None:
    assert unknown_name("shiny", "new_thing") == "Capability shiny: not in the Auto API catalogue (level 13)"
    assert unknown_name("diagnostics", "new_thing").startswith("Property new_thing: not in")
    assert unknown_name("diagnostics", "tire_pressures", "front_left.glow").startswith(
        "Component front_left.glow: not in"
    )
    for known in (
        ODOMETER,
        PRESSURE,
        ("diagnostics", "odometer", "failure"),
        ("doors", "locks", "front_left.lock_state~2"),
        ("envelope", "trace", "hop"),
    ):
        assert unknown_name(*known) == ""
    assert unknown_value("charging", "status", "", "warp").startswith("Value warp: not in")
    assert unknown_value("charging", "status", "", "charging_complete") == ""
    assert unknown_value(*UNKNOWN, "anything") == unknown_value(*ODOMETER, "anything") == ""
    assert unknown_unit("parsecs").startswith("Unit parsecs: not in")
    assert unknown_unit("kilometers") == unknown_unit("") == unknown_unit(PERCENT) == ""
    assert marked("Warp", "why") == "Warp ?"
    assert marked("Warp", "") == "Warp"
