"""Round numbers, and how values, counts and ages are written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.views.timeline.frame import ValueScale
from gui.views.timeline.value_ticks import age_text, count_text, decimals_of, value_text, value_ticks


def test_ticks_are_round_and_say_no_more_digits_than_needed() -> None:
    assert value_ticks(0, 10, 5) == [(0, "0"), (2, "2"), (4, "4"), (6, "6"), (8, "8"), (10, "10")]
    assert [text for _, text in value_ticks(12_000, 17_000, 5)] == [
        "12,000", "13,000", "14,000", "15,000", "16,000", "17,000",
    ]  # fmt: skip
    assert [text for _, text in value_ticks(0.79, 0.91, 3)] == ["0.80", "0.85", "0.90"]
    assert [text for _, text in value_ticks(-1, 1, 2)] == ["-1", "0", "1"]


def test_nothing_round_can_be_said_of_no_range() -> None:
    assert value_ticks(1, 1, 5) == []
    assert value_ticks(math.nan, 1, 5) == []
    assert value_ticks(0, math.inf, 5) == []
    assert value_ticks(0, 1, 0) == []
    assert value_ticks(0, 5e-324, 5) == []
    assert value_ticks(-1.7e308, 1.7e308, 5) == []


@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.integers(1, 20))
def test_any_numbers_have_ticks_or_none(low: float, high: float, most: int) -> None:
    assert all(math.isfinite(value) and text for value, text in value_ticks(low, high, most))


@pytest.mark.parametrize(
    ("low", "high"), [(-1.7e308, 1.7e308), (0.0, 5e-324), (0.0, 1e-300), (-1e-295, 1e-295), (1e308, 1.7e308)]
)
def test_the_ends_of_what_numbers_are_have_their_rows(low: float, high: float) -> None:
    scale = ValueScale(low, high, 101)
    values = np.array([high, low, 1.79e308, -1.79e308])
    rows = scale.rows(values).tolist()
    assert rows[:2] == [0, 100]
    assert rows[2] <= 0 <= 100 <= rows[3]
    assert [scale.row(value) for value in values.tolist()] == rows
    assert scale.places(values)[:2].tolist() == pytest.approx([0.5, 100.5])


@given(st.floats(-1e15, 1e15), st.floats(1e-6, 1e15), st.integers(1, 20))
def test_ticks_are_few_and_in_sight(low: float, span: float, most: int) -> None:
    high = low + span
    found = value_ticks(low, high, most)
    assert len(found) <= max(most + 1, 3)
    margin = (high - low) * 1e-6 + abs(low) * 1e-12
    assert all(low - margin <= value <= high + margin for value, _ in found)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e9), st.integers(1, 20))
def test_no_axis_has_a_single_tick(low: float, span: float, most: int) -> None:
    found = value_ticks(low, low + span, most)
    assert len(found) >= 2
    assert len({text for _, text in found}) == len(found)


def test_where_one_tick_would_be_left_they_come_closer() -> None:
    assert value_ticks(9, 94, 2) == [(25, "25"), (50, "50"), (75, "75")]
    assert value_ticks(30, 70, 2) == [(40, "40"), (60, "60")]
    assert [text for _, text in value_ticks(0.9, 9.4, 2)] == ["2.5", "5.0", "7.5"]


def test_values_of_a_column_have_the_same_decimals() -> None:
    values = np.array([93_188.5, 79_355.0, 12.0, np.nan])
    assert decimals_of(values) == 1
    assert [value_text(value, 1) for value in values[:3]] == ["93,188.5", "79,355.0", "12.0"]
    assert decimals_of(np.array([900.0, 12.0])) == 0
    assert decimals_of(np.array([])) == 0
    # What is finer than the rest is not rounded, and what is finer than anyone writes decides nothing.
    assert value_text(13.404954, 1) == "13.404954"
    assert decimals_of(np.array([13.40495412, 2.0])) == 0
    assert decimals_of(np.array([0.1 + 0.2, 1.25])) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345.678, "12,345.678"),
        (0.1, "0.1"),
        (900, "900"),
        (-3.5, "-3.5"),
        (1e15, "1e+15"),
        (13.404954, "13.404954"),
    ],
)
def test_values_are_written_as_sent(value: float, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (7, "7"),
        (1_800, "1,800"),
        (12_345, "12.3 k"),
        (999_999, "1 M"),
        (1_234_567, "1.23 M"),
        (50_000_000, "50 M"),
        (2 * 10**9, "2 G"),
    ],
)
def test_counts_are_short(count: int, text: str) -> None:
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.25, "250 ms"),
        (59, "59 s"),
        (61, "1 min 1 s"),
        (2 * 3600 + 300, "2 h 5 min"),
        (86400 * 3 + 3600, "3 d 1 h"),
    ],
)
def test_ages_have_their_two_largest_units(seconds: float, text: str) -> None:
    assert age_text(round(seconds * 1_000_000)) == text
