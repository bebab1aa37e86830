"""What quantities come to over time."""

from __future__ import annotations

import pytest

from core.autoapi.units import dimension, dimensions, units_of
from core.fleet.integrals import integral_unit


@pytest.mark.parametrize(
    ("unit", "total", "per_hour"),
    [
        ("kilowatts", "kilowatt_hours", 1.0),
        ("megawatts", "kilowatt_hours", 1_000.0),
        ("milliwatts", "watt_hours", 0.001),
        ("kilometers_per_hour", "kilometers", 1.0),
        ("miles_per_hour", "miles", 1.0),
        ("knots", "nautical_miles", 1.0),
        ("meters_per_second", "meters", 3_600.0),
        ("milliamperes", "ampere_hours", 0.001),
    ],
)
def test_what_has_a_meaning_is_summed_up_over_hours(unit: str, total: str, per_hour: float) -> None:
    found = integral_unit(unit)
    assert found is not None
    assert found[0] == total
    assert found[1] == pytest.approx(per_hour)


def test_nothing_else_is() -> None:
    summed = {"power", "speed", "electric_current"}
    for measure in dimensions():
        for unit in units_of(measure):
            assert (integral_unit(unit) is not None) == (measure in summed), unit
    assert integral_unit("") is None
    assert not dimension("furlongs_per_fortnight")
    assert integral_unit("furlongs_per_fortnight") is None
