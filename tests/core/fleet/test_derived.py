"""Derived series against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.autoapi.display import DisplayUnits
from core.errors import UsageError
from core.fleet.derived import derive, unit_of
from core.fleet.formula import derived_key, inputs_of, parse
from core.fleet.series import Labels, Series, SeriesKey
from core.fleet.timezones import format_iso, zone
from tests.core.export.series import make_series, us

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.fleet.nodes import Input

METRIC, IMPERIAL = DisplayUnits(), DisplayUnits("imperial")
HOUR = 3_600_000_000
DAY = 24 * HOUR


def computed(formula: str, *recorded: Series, units: DisplayUnits | None = None, vin: str = "VIN1") -> Series:
    """The derived series of a vehicle, from these."""
    key = derived_key(vin, parse(formula))
    found = derive(key, {one.key: one for one in recorded}, units)
    check(found)
    return found


def check(series: Series) -> None:
    """What holds of every derived series."""
    assert series.until is not None
    assert np.all(np.diff(series.time) > 0)
    assert np.all(series.until >= series.time)
    assert np.all(series.until[:-1] <= series.time[1:])
    assert np.isfinite(series.value).all()
    assert {len(column) for column in (series.value, series.text, series.unit, series.batch, series.ordinal)} == {
        len(series)
    }


def rows(series: Series, zone_name: str = "UTC") -> list[tuple[str, float, str]]:
    """Start, value and end of each sample, without the seconds."""
    tz = zone(zone_name)
    assert series.until is not None
    return [
        (format_iso(start, tz)[:16], value, format_iso(end, tz)[:16])
        for start, value, end in zip(series.time.tolist(), series.value.tolist(), series.until.tolist(), strict=True)
    ]


def odometer(times: Sequence[str], values: Sequence[float | None], unit: str = "kilometers", **more: object) -> Series:
    return make_series("diagnostics.odometer", [f"{time}+00:00" for time in times], values, unit, **more)  # type: ignore[arg-type]


def hourly(values: Sequence[float], path: str = "a.b", unit: str | None = None, vin: str = "VIN1") -> Series:
    times = [f"2024-05-01T{hour:02d}:00+00:00" for hour in range(len(values))]
    return make_series(path, times, values, unit, vin=vin)


def after_a_dense_day(series: Series) -> Series:
    """The same behind 200 samples of two days before, a minute apart, so that more than an hour is a gap."""
    first = int(series.time[0]) // DAY * DAY - 2 * DAY
    count = 200 + len(series)

    def longer(labels: Labels) -> Labels:
        return Labels(np.concatenate((np.repeat(labels.codes[:1], 200), labels.codes)), labels.names)

    return Series(
        series.key,
        np.concatenate((first + np.arange(200) * 60_000_000, series.time)),
        np.concatenate((np.repeat(series.value[:1], 200), series.value)),
        longer(series.text),
        longer(series.unit),
        longer(series.failure),
        longer(series.batch),
        np.arange(count, dtype=np.int32),
        np.zeros(count, np.bool_),
    )


# Differences of days


def test_a_day_is_what_lies_between_its_edges_which_are_interpolated() -> None:
    # From 22:00 to 02:00 the car drove 40 km: 20 on either day.
    driven = odometer(
        ["2024-05-01T08:00", "2024-05-01T22:00", "2024-05-02T02:00", "2024-05-02T20:00"], [1000, 1100, 1140, 1200]
    )
    found = computed("per_day(diagnostics.odometer)", driven)
    assert rows(found) == [
        ("2024-05-01T00:00", 120.0, "2024-05-02T00:00"),
        ("2024-05-02T00:00", 80.0, "2024-05-03T00:00"),
    ]
    assert found.unit[0] == "km/day"
    assert found.batch[0] is None
    assert found.ordinal.tolist() == [-1, -1]


def test_days_are_those_of_the_zone_with_23_and_25_hours() -> None:
    # 1 km an hour, a sample each hour: on the days on which the clocks change 23 and 25 of them.
    for first, expected in (("2024-03-30T00:00", [23.0, 24.0]), ("2024-10-26T00:00", [25.0, 24.0])):
        start = us(f"{first}+00:00")
        count = 4 * 24
        steady = replace(
            make_series("diagnostics.odometer", ["2024-01-01T00:00+00:00"] * count, range(count), "kilometers"),
            time=start + np.arange(count) * HOUR,
        )
        found = computed("per_day(diagnostics.odometer, 'Europe/Berlin')", steady)
        assert found.value[1:3].tolist() == expected
        lengths = (found.until - found.time) // HOUR if found.until is not None else None
        assert lengths is not None
        assert lengths[1:3].tolist() == expected
        assert found.value.sum() == count - 1


def test_a_parked_day_is_0_and_a_silent_one_is_known_only_where_nothing_changed() -> None:
    parked = odometer(["2024-05-01T12:00", "2024-05-02T12:00", "2024-05-03T12:00"], [500, 500, 500])
    assert computed("per_day(diagnostics.odometer)", parked).value.tolist() == [0, 0, 0]
    silent = odometer(["2024-05-01T12:00", "2024-05-01T18:00", "2024-05-05T18:00"], [500, 540, 540])
    assert computed("per_day(diagnostics.odometer)", silent).value.tolist() == [40, 0, 0, 0, 0]


def test_what_was_driven_in_silence_counts_to_the_day_on_which_it_was_seen() -> None:
    driven = odometer(
        ["2024-05-01T12:00", "2024-05-01T18:00", "2024-05-05T18:00", "2024-05-05T20:00"], [0, 40, 340, 350]
    )
    assert rows(computed("per_day(diagnostics.odometer)", driven)) == [
        ("2024-05-01T00:00", 40.0, "2024-05-02T00:00"),
        # Of the three days between nothing is known.
        ("2024-05-05T00:00", 310.0, "2024-05-06T00:00"),
    ]


def test_a_vehicle_that_sends_once_a_day_has_its_kilometers_on_the_days_on_which_it_drove_them() -> None:
    driven = odometer(["2024-05-01T06:00", "2024-05-02T06:00", "2024-05-03T07:00"], [0, 24, 74])
    # A quarter of 24 km belongs to the second day; 25 hours are the longest time over which this is assumed.
    found = computed("per_day(diagnostics.odometer)", driven)
    assert found.value.tolist() == [18.0, 6.0 + 36.0, 14.0]
    later = odometer(["2024-05-01T06:00", "2024-05-02T07:01"], [0, 25])
    assert computed("per_day(diagnostics.odometer)", later).value.tolist() == [0.0, 25.0]


def test_a_counter_that_decreases_is_not_hidden() -> None:
    replaced = odometer(
        ["2024-05-01T01:00", "2024-05-01T23:00", "2024-05-03T23:00", "2024-05-03T23:30"], [90, 100, 5, 7]
    )
    assert computed("per_day(diagnostics.odometer)", replaced).value.tolist() == [10.0, -93.0]


def test_failures_and_foreign_units_do_not_count_and_units_are_converted() -> None:
    mixed = odometer(
        ["2024-05-01T06:00", "2024-05-01T08:00", "2024-05-01T10:00", "2024-05-01T12:00"],
        [100, None, 5, 110],
        failures=[None, "rate_limit", None, None],
    )
    mixed = replace(
        mixed,
        unit=make_series("a.b", ["2024-05-01T06:00+00:00"] * 4, [1] * 4, ["miles", None, "celsius", "kilometers"]).unit,
    )
    found = computed("per_day(diagnostics.odometer)", mixed)
    assert found.value.tolist() == [pytest.approx(110 - 160.9344)]
    assert found.unit[0] == "km/day"
    shown = computed("per_day(diagnostics.odometer)", mixed, units=IMPERIAL)
    assert shown.value.tolist() == [pytest.approx(110 / 1.609344 - 100)]
    assert shown.unit[0] == "mi/day"


def test_digits_that_only_the_computer_adds_are_left_away() -> None:
    driven = odometer(["2024-05-01T06:00", "2024-05-01T08:00"], [10210.1, 10234.5])
    assert computed("per_day(diagnostics.odometer)", driven).value.tolist() == [24.4]


def test_days_at_places_that_left_out_midnight_or_a_day() -> None:
    # In Lebanon the clock went from 00:00 to 01:00 on 31 March 2024; Samoa had no 30 December 2011.
    beirut = odometer(["2024-03-30T12:00", "2024-03-30T21:00", "2024-03-31T03:00", "2024-03-31T12:00"], [0, 9, 15, 24])
    found = computed("per_day(diagnostics.odometer, 'Asia/Beirut')", beirut)
    assert rows(found, "UTC") == [
        ("2024-03-29T22:00", 10.0, "2024-03-30T22:00"),
        ("2024-03-30T22:00", 14.0, "2024-03-31T21:00"),
    ]
    apia = odometer(["2011-12-29T12:00", "2011-12-30T02:00", "2011-12-30T12:00", "2011-12-31T02:00"], [0, 14, 24, 38])
    found = computed("per_day(diagnostics.odometer, 'Pacific/Apia')", apia)
    assert [row[:2] for row in rows(found, "Pacific/Apia")] == [("2011-12-29T00:00", 22.0), ("2011-12-31T00:00", 16.0)]


# Any moment, and full hours: midnight is among them.
_MOMENTS = st.integers(0, 60 * DAY) | st.integers(0, 60 * 24).map(lambda hours: hours * HOUR)


def test_what_comes_right_at_midnight_after_a_silence_counts_to_the_day_that_begins() -> None:
    late = odometer(["2024-05-01T06:00", "2024-05-01T08:00", "2024-05-04T00:00"], [1, 2, 30])
    assert [row[:2] for row in rows(computed("per_day(diagnostics.odometer, 'UTC')", late), "UTC")] == [
        ("2024-05-01T00:00", 1.0),
        ("2024-05-04T00:00", 28.0),
    ]
    soon = odometer(["2024-05-01T06:00", "2024-05-02T00:00", "2024-05-02T06:00"], [1, 2, 30])
    assert [row[1] for row in rows(computed("per_day(diagnostics.odometer, 'UTC')", soon), "UTC")] == [1.0, 28.0]


@settings(max_examples=50)
@given(
    st.lists(st.tuples(_MOMENTS, st.integers(-(10**7), 10**7)), max_size=40),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_the_days_come_to_the_last_value_less_the_first(samples: list[tuple[int, int]], zone_name: str) -> None:
    samples.sort()
    start = us("2024-03-01T00:00+00:00")
    one = make_series("a.b", ["2024-01-01T00:00+00:00"] * len(samples), [value / 10 for _, value in samples])
    one = replace(one, time=np.array([start + time for time, _ in samples], np.int64))
    found = computed(f"per_day(a.b, '{zone_name}')", one)
    # Of samples at the same moment the last one counts.
    counting = list(dict(samples).values())
    if len(counting) < 2:
        assert len(found) == 0
    else:
        assert found.value.sum() == pytest.approx((counting[-1] - counting[0]) / 10, abs=1e-6)


def test_clocks_that_are_thousands_of_years_off_cost_nothing() -> None:
    wrong = odometer(["2024-05-01T06:00", "2024-05-01T08:00", "9999-12-31T23:00"], [1, 2, 2])
    assert computed("per_day(diagnostics.odometer, 'Europe/Berlin')", wrong).value[0] == 1.0


# Rates


def test_a_rate_stands_from_one_sample_to_the_next_and_not_over_gaps_or_failures() -> None:
    driven = odometer(
        [
            "2024-05-01T08:00",
            "2024-05-01T08:30",
            "2024-05-01T09:00",
            "2024-05-01T09:15",
            "2024-05-01T09:30",
            "2024-05-01T23:00",
            "2024-05-01T23:30",
        ],
        [0, 30, 40, None, 60, 100, 90],
        failures=[None, None, None, "privacy_mode_active", None, None, None],
    )
    driven = after_a_dense_day(driven)
    found = computed("rate(diagnostics.odometer)", driven)
    assert rows(found)[199:] == [
        ("2024-05-01T08:00", 60.0, "2024-05-01T08:30"),
        ("2024-05-01T08:30", 20.0, "2024-05-01T09:00"),
        ("2024-05-01T23:00", -20.0, "2024-05-01T23:30"),
    ]
    # It is a speed like any other.
    assert found.unit[0] == "kilometers_per_hour"
    assert computed("rate(diagnostics.odometer, 'min')", driven).value[199] == 1.0
    assert computed("rate(diagnostics.odometer, 'day')", driven).unit[0] == "km/day"
    assert computed("rate(diagnostics.odometer)", driven, units=IMPERIAL).unit[0] == "miles_per_hour"


def test_a_rate_has_no_time_between_equal_times() -> None:
    twice = odometer(["2024-05-01T08:00", "2024-05-01T09:00", "2024-05-01T09:00", "2024-05-01T10:00"], [0, 10, 20, 50])
    assert computed("rate(diagnostics.odometer)", twice).value.tolist() == [20.0, 30.0]


# Samples at the same moment


@pytest.mark.parametrize(
    ("formula", "values", "expected"),
    [
        ("a.b * 2", [100, 2, 3], [4.0, 6.0]),
        ("a.b + a.b", [100, 2, 3], [4.0, 6.0]),
        ("resample(a.b, '1h', 'max')", [100, 2, 3], [2.0, 3.0]),
        ("resample(a.b, '1h', 'mean')", [100, 2, 3], [2.0, 3.0]),
        ("moving_average(a.b, '24h')", [100, 2, 3], [2.0, 2.0]),
        ("per_day(a.b)", [100, 2, 3], [1.0]),
        # A failure is the last one too: at its moment nothing is known.
        ("a.b * 2", [100, None, 3], [6.0]),
        ("resample(a.b, '1h', 'max')", [100, None, 3], [3.0]),
        ("per_day(a.b)", [100, None, 3], []),
        ("a.b * 2", [None, 100, 3], [200.0, 6.0]),
    ],
)
def test_of_samples_at_the_same_moment_the_last_one_counts(
    formula: str, values: list[float | None], expected: list[float]
) -> None:
    times = [f"2024-05-01T{hour}:00+00:00" for hour in (10, 10, 11)]
    failures = [None if value is not None else "rate_limit" for value in values]
    assert computed(formula, make_series("a.b", times, values, failures=failures)).value.tolist() == expected


def test_nothing_is_computed_where_every_number_has_a_failure_at_its_moment() -> None:
    times = ["2024-05-01T10:00+00:00"] * 2
    assert len(computed("a.b * 2", make_series("a.b", times, [1, None], failures=[None, "rate_limit"]))) == 0


# Moving averages


def test_a_moving_average_weighs_each_value_by_its_time_in_the_window() -> None:
    found = computed("moving_average(a.b, '2h')", hourly([10, 20, 40, 0]))
    # Each ends where its value ends; the last value is known at its moment alone, so that the two hours before count.
    assert found.value.tolist() == [10.0, 15.0, 30.0, 30.0]
    ninety = computed("moving_average(a.b, '90min')", hourly([10, 20, 40, 0]))
    assert ninety.value.tolist() == [10.0, pytest.approx(50 / 3), pytest.approx(100 / 3), pytest.approx(100 / 3)]


def test_a_moving_average_of_days_has_whole_days() -> None:
    days = odometer([f"2024-05-0{day}T12:00" for day in range(1, 6)], [0, 10, 30, 60, 100])
    assert computed("per_day(diagnostics.odometer)", days).value.tolist() == [5.0, 15.0, 25.0, 35.0, 20.0]
    found = computed("moving_average(per_day(diagnostics.odometer), '2day')", days)
    assert found.value.tolist() == [5.0, 10.0, 20.0, 30.0, 27.5]
    assert rows(found)[-1][2] == "2024-05-06T00:00"
    assert found.unit[0] == "km/day"


def test_the_time_of_a_gap_does_not_count_in_a_moving_average() -> None:
    gap = make_series(
        "a.b",
        [f"2024-05-01T{time}+00:00" for time in ("00:00", "00:30", "10:00", "10:30", "11:00")],
        [4, 8, 20, 30, 0],
    )
    # Known: 4 for half an hour; then 20, and 30, for half an hour each.
    found = computed("moving_average(a.b, '24h')", after_a_dense_day(gap))
    assert found.value[200:].tolist() == [4.0, 4.0, 12.0, 18.0, 18.0]


def test_one_huge_value_does_not_take_the_digits_of_others() -> None:
    values = [50.25] * 20
    values[5] = 1e300
    found = computed("moving_average(a.b, '2h')", hourly(values))
    assert found.value[:5].tolist() == [50.25] * 5
    assert found.value[5:7] == pytest.approx([5e299, 5e299])
    assert found.value[7:].tolist() == [50.25] * 13


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(-50, 50)), min_size=1, max_size=60), st.integers(1, 400))
def test_a_moving_average_is_what_counting_minute_by_minute_gives(samples: list[tuple[int, int]], window: int) -> None:
    samples.sort()
    one = make_series("a.b", ["2024-01-01T00:00+00:00"] * len(samples), [float(value) for _, value in samples])
    one = replace(one, time=np.array([minute * 60_000_000 for minute, _ in samples], np.int64))
    found = computed(f"moving_average(a.b, '{window}min')", one)
    assert found.until is not None
    ends = found.until // 60_000_000
    # Of samples at the same moment the last one counts.
    counting = list(dict(samples).items())
    known = {
        minute: value
        for (start, value), end in zip(counting, ends.tolist(), strict=True)
        for minute in range(start, end)
    }
    for (_, own), end, mean in zip(counting, ends.tolist(), found.value.tolist(), strict=True):
        inside = [known[minute] for minute in range(end - window, end) if minute in known]
        assert mean == pytest.approx(sum(inside) / len(inside) if inside else own)


# Intervals


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        ("last", [20.0, 0.0, 7.0]),
        ("min", [10.0, 0.0, 7.0]),
        ("max", [20.0, 40.0, 7.0]),
        ("mean", [15.0, 40.0, 7.0]),
    ],
)
def test_intervals(pick: str, expected: list[float]) -> None:
    one = make_series(
        "a.b",
        [f"2024-05-01T{time}+00:00" for time in ("00:00", "01:00", "02:00", "03:00", "20:00")],
        [10, 20, 40, 0, 7],
    )
    found = computed(f"resample(a.b, '2h', '{pick}')", after_a_dense_day(one))
    # From 03:00 on nothing is known until 20:00: 40 counts for an hour, and 0 for no time.
    assert rows(found)[-3:] == [
        ("2024-05-01T00:00", expected[0], "2024-05-01T02:00"),
        ("2024-05-01T02:00", expected[1], "2024-05-01T04:00"),
        ("2024-05-01T20:00", expected[2], "2024-05-01T22:00"),
    ]


def test_a_value_that_is_held_counts_in_every_interval_it_reaches_into() -> None:
    found = computed("resample(a.b, '15min', 'mean')", hourly([1, 2]))
    assert found.value.tolist() == [1, 1, 1, 1, 2]
    assert computed("resample(a.b, '15min')", hourly([1, 2])).value.tolist() == [1, 1, 1, 1, 2]


def test_of_equal_times_the_last_one_counts_for_every_pick() -> None:
    twice = make_series("a.b", ["2024-05-01T00:00+00:00"] * 3 + ["2024-05-01T00:30+00:00"], [5, 99, 1, 3])
    values = {pick: computed(f"resample(a.b, '1h', '{pick}')", twice).value.tolist() for pick in ("min", "max", "mean")}
    assert values == {"min": [1.0], "max": [3.0], "mean": [1.0]}


def test_too_many_intervals_are_refused_before_they_fill_the_memory() -> None:
    years = replace(hourly([1, 2]), time=np.array([0, 20 * 365 * DAY], np.int64))
    with pytest.raises(UsageError, match="too many"):
        computed("resample(a.b, '1s')", years)
    assert len(computed("resample(a.b, '1day')", years)) == 20 * 365 + 1


# Arithmetic


def test_two_series_meet_at_the_moments_of_both_where_both_are_known() -> None:
    left = hourly([10, 20, 30])
    right = make_series(
        "c.d", [f"2024-05-01T{time}+00:00" for time in ("00:30", "01:00", "01:30", "05:00")], [1, 2, 3, 4]
    )
    right = after_a_dense_day(right)
    assert rows(computed("a.b - c.d", left, right)) == [
        ("2024-05-01T00:30", 9.0, "2024-05-01T01:00"),
        ("2024-05-01T01:00", 18.0, "2024-05-01T01:30"),
        # From half past one to five nothing of c.d comes: its value is known at its own moment alone.
        ("2024-05-01T01:30", 17.0, "2024-05-01T01:30"),
    ]


def test_a_failure_of_either_ends_what_is_known() -> None:
    left = hourly([10, 20, 30, 40])
    right = make_series(
        "c.d",
        [f"2024-05-01T0{hour}:00+00:00" for hour in range(4)],
        [1, None, 3, 4],
        failures=[None, "unauthorised", None, None],
    )
    found = computed("a.b + c.d", left, right)
    assert rows(found) == [
        ("2024-05-01T00:00", 11.0, "2024-05-01T01:00"),
        ("2024-05-01T02:00", 33.0, "2024-05-01T03:00"),
        ("2024-05-01T03:00", 44.0, "2024-05-01T03:00"),
    ]


def test_the_second_is_converted_into_the_unit_of_the_first() -> None:
    left, right = hourly([10], unit="kilometers"), hourly([1], "c.d", "miles")
    assert computed("a.b + c.d", left, right).value.tolist() == [11.609344]
    assert computed("a.b + c.d", left, right).unit[0] == "kilometers"
    assert computed("a.b / c.d", left, right).value.tolist() == [pytest.approx(10 / 1.609344)]
    assert computed("a.b / c.d", left, right).unit[0] is None
    warm, cold = hourly([20], unit="celsius"), hourly([41], "c.d", "fahrenheit")
    assert computed("a.b - c.d", warm, cold).value.tolist() == [pytest.approx(15.0)]
    with pytest.raises(UsageError, match="Series in km and in °C cannot be added"):
        computed("a.b + c.d", left, hourly([1], "c.d", "celsius"))
    with pytest.raises(UsageError, match="Series in km and in no unit cannot be subtracted"):
        computed("a.b - c.d", left, hourly([1], "c.d"))


def test_products_and_quotients_have_combined_units() -> None:
    distance, energy = hourly([100], unit="kilometers"), hourly([20], "c.d", "kilowatt_hours")
    assert computed("a.b / c.d", distance, energy).unit[0] == "kilometers_per_kwh"
    assert computed("c.d / a.b", distance, energy).unit[0] == "kWh/km"
    assert computed("a.b * c.d", distance, energy).unit[0] == "km·kWh"
    assert computed("100 * c.d / a.b", distance, energy).value.tolist() == [20.0]
    assert computed("1 / a.b", distance).unit[0] == "1/km"
    assert computed("(a.b * c.d) / (c.d * c.d)", distance, energy).unit[0] == "kilometers_per_kwh"


def test_a_percentage_is_a_share_in_products_and_shown_as_it_is_elsewhere() -> None:
    level = hourly([0.5, 0.8], "charging.battery_level")
    range_ = hourly([200, 300], "charging.estimated_range", "kilometers")
    full = computed("charging.estimated_range / charging.battery_level", level, range_, units=METRIC)
    assert (full.value.tolist(), full.unit[0]) == ([400.0, 375.0], "kilometers")
    assert computed("charging.estimated_range / charging.battery_level", level, range_).value.tolist() == [400.0, 375.0]
    assert computed("moving_average(charging.battery_level, '1h')", level, units=METRIC).value.tolist() == [50.0, 50.0]
    assert computed("moving_average(charging.battery_level, '1h')", level).value.tolist() == [0.5, 0.5]
    change = computed("rate(charging.battery_level)", level, units=METRIC)
    assert (change.value.tolist(), change.unit[0]) == ([30.0], "%/h")
    assert computed("charging.battery_level + 5", level, units=METRIC).value.tolist() == [55.0, 85.0]


def test_a_number_keeps_the_message_of_the_value_that_it_is_added_to() -> None:
    one = odometer(
        ["2024-05-01T08:00", "2024-05-01T08:30", "2024-05-01T09:00"], [1, None, 3], failures=[None, "x", None]
    )
    found = computed("2 * (diagnostics.odometer + 1)", one)
    assert found.value.tolist() == [4.0, 8.0]
    assert [found.batch[index] for index in range(2)] == ["a/b.json"] * 2
    assert found.ordinal.tolist() == [0, 2]


def test_what_is_divided_by_0_is_left_out() -> None:
    assert rows(computed("a.b / c.d", hourly([1, 2, 3]), hourly([1, 0, 3], "c.d"))) == [
        ("2024-05-01T00:00", 1.0, "2024-05-01T01:00"),
        ("2024-05-01T02:00", 1.0, "2024-05-01T02:00"),
    ]


def test_two_vehicles() -> None:
    mine, other = hourly([10, 20]), hourly([1, 2], vin="VIN2")
    found = computed("a.b - series('VIN2', 'a.b')", mine, other)
    assert found.value.tolist() == [9.0, 18.0]
    assert inputs_of(found.key) == (SeriesKey("VIN1", "a", "b"), SeriesKey("VIN2", "a", "b"))
    assert computed("a.b - series('VIN1', 'a.b')", mine, other, vin="VIN2").value.tolist() == [-9.0, -18.0]


# Whatever comes

EVERY = (
    "per_day(a.b)",
    "rate(a.b)",
    "moving_average(a.b, '24h')",
    "resample(a.b, '1h', 'mean')",
    "a.b + a.b",
    "2 - a.b",
)


@pytest.mark.parametrize("formula", EVERY)
def test_of_nothing_comes_nothing(formula: str) -> None:
    assert len(computed(formula)) == 0
    assert len(computed(formula, hourly([]))) == 0
    failed = make_series("a.b", ["2024-05-01T00:00+00:00"], [None], failures=["unauthorised"])
    assert len(computed(formula, failed)) == 0
    infinite = hourly([float("inf"), float("-inf")])
    assert len(computed(formula, infinite)) == 0


@pytest.mark.parametrize("formula", EVERY)
def test_of_texts_nothing_can_be_computed(formula: str) -> None:
    with pytest.raises(UsageError, match="has no numbers"):
        computed(formula, make_series("a.b", ["2024-05-01T00:00+00:00"], ["closed"]))


def test_one_sample() -> None:
    counts = {formula: len(computed(formula, hourly([5]))) for formula in EVERY}
    assert counts == {EVERY[0]: 0, EVERY[1]: 0, EVERY[2]: 1, EVERY[3]: 1, EVERY[4]: 1, EVERY[5]: 1}


@pytest.mark.parametrize("formula", EVERY)
def test_values_too_large_to_compute_with_are_left_out(formula: str) -> None:
    computed(formula, hourly([1e308, -1e308, 1e308, 5, 6]))
    assert computed("rate(a.b)", hourly([1e308, -1e308, 5, 6])).value.tolist()[-1] == 1.0


@pytest.mark.parametrize("formula", EVERY)
@settings(max_examples=25)
@given(data=st.data())
def test_every_computation_holds_what_it_promises(formula: str, data: st.DataObject) -> None:
    samples = data.draw(
        st.lists(st.tuples(st.integers(0, 10 * DAY), st.floats(-1e6, 1e6) | st.none() | st.floats()), max_size=25)
    )
    samples.sort(key=lambda sample: sample[0])
    one = make_series(
        "a.b",
        ["2024-01-01T00:00+00:00"] * len(samples),
        [value for _, value in samples],
        failures=["x" if value is None else None for _, value in samples],
    )
    computed(formula, replace(one, time=np.array([time for time, _ in samples], np.int64)))


def test_the_unit_is_known_before_anything_is_computed() -> None:
    def shown(one: Input) -> str | None:
        return {"odometer": "kilometers", "level": "percent", "count": ""}.get(one.property)

    assert unit_of(parse("per_day(d.odometer)"), shown) == "km/day"
    assert unit_of(parse("d.odometer / d.level"), shown) == "kilometers"
    assert unit_of(parse("rate(d.count)"), shown) == "times_per_hour"
    assert unit_of(parse("d.odometer - d.other"), shown) is None
    with pytest.raises(UsageError):
        unit_of(parse("d.odometer - d.level"), shown)


def test_only_derived_series_are_computed() -> None:
    with pytest.raises(ValueError, match="no derived series"):
        derive(SeriesKey("VIN1", "a", "b"), {})
