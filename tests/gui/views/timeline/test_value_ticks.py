"""Round numbers, and how values, counts and ages are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.views.timeline.value_ticks import age_text, count_text, value_text, value_ticks


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


@given(st.floats(-1e15, 1e15), st.floats(1e-6, 1e15), st.integers(1, 20))
def test_ticks_are_few_and_in_sight(low: float, span: float, most: int) -> None:
    high = low + span
    found = value_ticks(low, high, most)
    assert len(found) <= most + 1
    margin = (high - low) * 1e-6 + abs(low) * 1e-12
    assert all(low - margin <= value <= high + margin for value, _ in found)


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
