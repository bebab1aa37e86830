from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.autoapi.catalogue import catalogue
from core.autoapi.units import convert, dimension, dimensions, preferred, symbol, units_of

UNITS = [factor.unit for factors in catalogue().unit_factors().values() for factor in factors]
PAIRS = [pair for name in dimensions() for pair in permutations(units_of(name), 2)]
TABLE = json.loads((Path(__file__).resolve().parents[3] / "resources" / "auto_api" / "units.json").read_bytes())


def one(value: float, unit: str, to: str) -> float:
    return float(convert(np.array([value]), unit, to)[0])


def around_zero(unit: str) -> float:
    """Around a shifted zero a temperature is as exact as the shift."""
    return 1e-12 * 460 if dimension(unit) == "temperature" else 0.0


def test_every_unit_has_a_symbol_of_its_own() -> None:
    assert set(TABLE["symbols"]) == set(UNITS)
    assert len(UNITS) == 108
    for name in dimensions():
        symbols = [symbol(unit) for unit in units_of(name)]
        assert all(symbols)
        assert len(set(symbols)) == len(symbols)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("kilometers", "km"),
        ("miles", "mi"),
        ("celsius", "°C"),
        ("kilopascals", "kPa"),
        ("bars", "bar"),
        ("liters_per_100_kilometers", "l/100 km"),
        ("miles_per_gallon", "mpg"),
        ("parsecs", "parsecs"),
        ("", ""),
    ],
)
def test_symbols(unit: str, text: str) -> None:
    assert symbol(unit) == text


def test_dimensions() -> None:
    assert dimension("kilometers") == "length"
    assert dimension("ampere_hours") == "electric_charge"
    assert dimension("parsecs") == ""
    assert units_of("temperature") == ("kelvin", "celsius", "fahrenheit")
    assert units_of("parsecs") == ()
    assert sorted(unit for name in dimensions() for unit in units_of(name)) == sorted(UNITS)


@pytest.mark.parametrize(
    ("value", "unit", "expected", "to"),
    [
        (0.0, "celsius", 32.0, "fahrenheit"),
        (0.0, "celsius", 273.15, "kelvin"),
        (-40.0, "fahrenheit", -40.0, "celsius"),
        (212.0, "fahrenheit", 373.15, "kelvin"),
        (5.0, "liters_per_100_kilometers", 20.0, "kilometers_per_liter"),
        (5.0, "liters_per_100_kilometers", 47.0429166666, "miles_per_gallon"),
        (20.0, "kilometers_per_liter", 56.4961872664, "miles_per_imperial_gallon"),
        (20.0, "kwh_per_100_kilometers", 5.0, "kilometers_per_kwh"),
        (20.0, "kwh_per_100_kilometers", 3.10685596118, "miles_per_kwh"),
        (20.0, "kwh_per_100_kilometers", 104.71658015, "miles_per_gallon_equivalent"),
        (1.0, "miles", 1.609344, "kilometers"),
        (36.0, "kilometers_per_hour", 10.0, "meters_per_second"),
        (1.0, "knots", 1.852, "kilometers_per_hour"),
        (2.31, "bars", 231.0, "kilopascals"),
        (32.0, "pounds_force_per_square_inch", 2.2063223338, "bars"),
        (1.0, "kilowatt_hours", 3_600_000.0, "joules"),
        (1.0, "gallons", 3.785411784, "liters"),
        (90.0, "minutes", 1.5, "hours"),
        (1.0, "revolutions", 360.0, "degrees"),
        (180.0, "degrees", 3.14159265359, "radians"),
        (60.0, "revolutions_per_minute", 6.28318530718, "radians_per_second"),
        # The specification has the next ones upside down.
        (60.0, "times_per_minute", 1.0, "hertz"),
        (1.0, "hertz", 86_400.0, "times_per_day"),
        (2.0, "times_per_minute", 120.0, "times_per_hour"),
        (1.0, "newton_meters", 0.737562149277, "pound_feet"),
        (11.0, "stones", 154.0, "pounds"),
    ],
)
def test_hand_computed_values(value: float, unit: str, expected: float, to: str) -> None:
    assert one(value, unit, to) == pytest.approx(expected, rel=1e-11)
    assert one(expected, to, unit) == pytest.approx(value, rel=1e-11, abs=1e-11)


def test_freezing_point_is_exact() -> None:
    assert one(0.0, "celsius", "fahrenheit") == 32.0
    assert one(0.0, "celsius", "kelvin") == 273.15


def test_replaced_factors_agree_with_the_specification() -> None:
    """An exact factor only sharpens a rounded one; a corrected one is the reciprocal of what is written."""
    written = {
        factor.unit: factor.linear or factor.inverse or 0.0
        for factors in catalogue().unit_factors().values()
        for factor in factors
    }
    for unit, exact in TABLE["exact"].items():
        above, _, below = exact.partition("/")
        assert float(above) / float(below or 1) == pytest.approx(written[unit], rel=1e-5), unit
    for unit, (correct, reason) in TABLE["corrected"].items():
        above, _, below = correct.partition("/")
        assert float(above) / float(below or 1) == pytest.approx(1 / written[unit], rel=1e-5), unit
        assert "upside down" in reason


@given(
    st.sampled_from(PAIRS),
    st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), max_size=20).map(lambda values: np.array(values, np.float64)),
)
def test_there_and_back(pair: tuple[str, str], values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    unit, to = pair
    values = values[(np.abs(values) > 1e-9) | (values == 0)]
    back = convert(convert(values, unit, to), to, unit)
    np.testing.assert_allclose(back, values, rtol=1e-12, atol=around_zero(unit))


def test_every_pair_of_units_converts_there_and_back() -> None:
    values = np.array([[-12.5, -0.001], [0.25, 98_765.4321]])
    for unit, to in PAIRS:
        converted = convert(values, unit, to)
        assert converted.shape == values.shape
        assert converted.dtype == np.float64
        np.testing.assert_allclose(convert(converted, to, unit), values, rtol=1e-12, atol=around_zero(unit))


def test_nan_stays_and_zero_turns_into_infinity_without_a_warning() -> None:
    values = np.array([np.nan, 0.0, np.inf, 1e308])
    converted = convert(values, "kilometers_per_liter", "liters_per_100_kilometers")
    np.testing.assert_array_equal(converted[:3], [np.nan, np.inf, 0.0])
    np.testing.assert_array_equal(convert(values, "megameters", "millimeters")[[0, 3]], [np.nan, np.inf])
    np.testing.assert_array_equal(np.isnan(values), [True, False, False, False])
    assert len(convert(np.array([]), "celsius", "kelvin")) == 0


def test_the_values_given_are_never_changed() -> None:
    values = np.array([1.0, 2.0])
    values.flags.writeable = False
    assert convert(values, "celsius", "celsius") is values
    assert convert(values, "parsecs", "parsecs") is values
    np.testing.assert_array_equal(convert(values, "celsius", "kelvin"), [274.15, 275.15])
    np.testing.assert_array_equal(values, [1.0, 2.0])


@pytest.mark.parametrize(
    ("unit", "to"),
    [("kilometers", "celsius"), ("parsecs", "meters"), ("meters", "parsecs"), ("ampere_hours", "kilowatt_hours")],
)
def test_units_that_do_not_fit(unit: str, to: str) -> None:
    with pytest.raises(ValueError, match="cannot be converted"):
        convert(np.array([1.0]), unit, to)


@pytest.mark.parametrize(
    ("unit", "metric", "imperial"),
    [
        ("kilometers", "kilometers", "miles"),
        ("miles", "kilometers", "miles"),
        ("millimeters", "millimeters", "inches"),
        ("fahrenheit", "celsius", "fahrenheit"),
        ("kelvin", "celsius", "fahrenheit"),
        ("bars", "bars", "pounds_force_per_square_inch"),
        ("pounds_force_per_square_inch", "kilopascals", "pounds_force_per_square_inch"),
        ("liters_per_100_kilometers", "liters_per_100_kilometers", "miles_per_gallon"),
        ("kilometers_per_liter", "kilometers_per_liter", "miles_per_gallon"),
        ("miles_per_imperial_gallon", "liters_per_100_kilometers", "miles_per_imperial_gallon"),
        ("kilometers_per_hour", "kilometers_per_hour", "miles_per_hour"),
        ("kilowatt_hours", "kilowatt_hours", "kilowatt_hours"),
        ("parsecs", "parsecs", "parsecs"),
    ],
)
def test_preferred_units(unit: str, metric: str, imperial: str) -> None:
    assert preferred(unit, "metric") == metric
    assert preferred(unit, "imperial") == imperial
    assert preferred(unit, "as sent") == unit


def test_preferences_keep_the_dimension_and_are_settled() -> None:
    for unit in UNITS:
        for system in ("metric", "imperial"):
            chosen = preferred(unit, system)
            assert dimension(chosen) == dimension(unit), unit
            assert preferred(chosen, system) == chosen, unit
