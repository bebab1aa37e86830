"""What values come to between two moments, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fleet.statistics import HOUR, held, of_numbers, of_states

TIME = np.array([0, 1, 2, 10, 11], np.int64) * HOUR
VALUE = np.array([1.0, 3.0, 5.0, 7.0, 9.0])
# Nothing came for eight hours after the third sample.
GAPS = np.array([2], np.int64)
CODE = np.array([0, 0, 1, 0, 1], np.int32)


def hours(start: float, end: float) -> tuple[int, int]:
    return round(start * HOUR), round(end * HOUR)


def test_the_time_of_a_gap_and_after_the_last_sample_is_not_known() -> None:
    found = of_numbers(TIME, VALUE, *hours(0, 20), GAPS)
    assert found is not None
    assert (found.samples, found.minimum, found.maximum, found.mean) == (5, 1.0, 9.0, 5.0)
    assert found.known == 3 * HOUR
    assert found.integral == pytest.approx(1 + 3 + 7)
    assert found.mean_over_time == pytest.approx(11 / 3)
    assert found.change == 8.0
    assert found.rate == pytest.approx(8 / 11)


def test_a_value_that_is_held_into_the_range_counts() -> None:
    found = of_numbers(TIME, VALUE, *hours(0.5, 1.5), GAPS)
    assert found is not None
    assert (found.samples, found.minimum, found.maximum, found.mean, found.change) == (1, 1.0, 3.0, 3.0, 2.0)
    assert found.mean_over_time == pytest.approx(2.0)
    # From half past, where the first value is held into the range, to the full hour of the second one.
    assert found.rate == pytest.approx(2 / 0.5)


def test_a_value_that_is_replaced_at_the_start_of_the_range_does_not_count() -> None:
    found = of_numbers(TIME, VALUE, *hours(1, 2), GAPS)
    assert found is not None
    assert (found.samples, found.minimum, found.change) == (2, 3.0, 2.0)
    assert found.rate == pytest.approx(2.0)
    (first, second) = of_states(TIME, CODE, *hours(1, 2), GAPS)
    assert (first.code, first.time, first.entries, second.code, second.time) == (0, HOUR, 0, 1, 0)


def test_a_range_between_two_samples_knows_the_one_before() -> None:
    found = of_numbers(TIME, VALUE, *hours(0.25, 0.75), GAPS)
    assert found is not None
    assert (found.samples, found.mean, found.minimum, found.mean_over_time, found.rate) == (0, None, 1.0, 1.0, None)
    assert found.known == HOUR // 2


@pytest.mark.parametrize("bounds", [(3, 9), (-5, -1), (11.5, 40)])
def test_nothing_is_known_in_a_gap_before_the_first_and_after_the_last(bounds: tuple[float, float]) -> None:
    assert of_numbers(TIME, VALUE, *hours(*bounds), GAPS) is None
    assert of_states(TIME, CODE, *hours(*bounds), GAPS) == []


def test_one_sample_has_no_rate_and_no_integral() -> None:
    found = of_numbers(TIME[:1], VALUE[:1], *hours(0, 5))
    assert found is not None
    assert (found.samples, found.change, found.rate, found.integral, found.mean_over_time) == (1, 0.0, None, None, None)
    assert of_numbers(TIME[:0], VALUE[:0], *hours(0, 5)) is None


def test_samples_of_one_moment_are_all_counted_and_only_the_last_is_held() -> None:
    time = np.array([0, 0, 1], np.int64) * HOUR
    found = of_numbers(time, np.array([100.0, 2.0, 3.0]), *hours(0, 1))
    assert found is not None
    assert (found.maximum, found.samples, found.integral) == (100.0, 3, 2.0)


def test_huge_values_overflow_without_a_word_on_the_console() -> None:
    found = of_numbers(np.array([0, HOUR]), np.array([1e308, 1e308]), *hours(0, 1))
    assert found is not None
    assert found.mean == np.inf


def test_time_in_states_with_how_often_they_began() -> None:
    first, second = of_states(TIME, CODE, *hours(0, 20), GAPS)
    assert (first.code, first.time, first.share, first.entries, first.samples) == (0, 3 * HOUR, 1.0, 2, 3)
    assert (second.code, second.time, second.entries, second.samples) == (1, 0, 2, 2)
    (only,) = of_states(TIME, CODE, *hours(0.5, 1.5), GAPS)
    assert (only.code, only.time, only.entries, only.samples) == (0, HOUR, 0, 1)


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=30).map(sorted),
    st.integers(-10, 210),
    st.integers(0, 220),
    st.sets(st.integers(0, 28)),
)
def test_spans_agree_with_looking_at_every_moment(times: list[int], start: int, length: int, gaps: set[int]) -> None:
    time, end = np.array(times, np.int64), start + length
    gap_after = np.array(sorted(gap for gap in gaps if gap < len(times) - 1), np.int64)
    found = held(time, start, end, gap_after)
    known = dict.fromkeys(range(found.first, found.last), 0)
    for moment in range(start, end):
        index = int(np.searchsorted(time, moment, "right")) - 1
        if 0 <= index < len(times) - 1 and index not in gap_after:
            known[index] = known.get(index, 0) + 1
    assert dict(zip(range(found.first, found.last), found.spans.tolist(), strict=True)) == known
    assert found.known == sum(known.values())
