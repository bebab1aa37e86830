"""Series made ready to be drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.fleet.gaps import gap_limit
from gui.views.timeline.trace import FOREVER, failures_of, lines_of, states_of
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series


def test_values_in_units_of_one_dimension_become_one_line_in_the_last_unit() -> None:
    series = make_series(
        key(), [0, 1, 2, 3], [10.0, 11.0, 12.0, 10.0], unit=["kilometers", "kilometers", "kilometers", "miles"]
    )
    (line,) = lines_of(series)
    assert line.unit == "miles"
    assert line.value.tolist() == pytest.approx([6.2137119, 6.8350831, 7.4564543, 10.0])
    assert series.value[3] == 10.0
    assert line.unit_changes.time.tolist() == [3]
    assert line.unit_changes.text(0) == "km → mi"


def test_units_that_cannot_be_converted_become_lines_of_their_own() -> None:
    series = make_series(key(), [0, 1, 2], [1.0, 2.0, 3.0], unit=["kilometers", "seconds", None])
    assert [(line.unit, line.value.tolist(), [line.sample_at(0)]) for line in lines_of(series)] == [
        ("", [3.0], [2]),
        ("seconds", [2.0], [1]),
        ("kilometers", [1.0], [0]),
    ]


def test_samples_without_a_number_are_left_out_and_the_others_keep_their_place() -> None:
    failing = make_series(key(), [0, 1, 2], [1.0, np.nan, 3.0], failure=[None, "rate_limit", None])
    (line,) = lines_of(failing)
    assert (line.value.tolist(), line.sample_at(1)) == ([1.0, 3.0], 2)
    marks = failures_of(failing)
    assert (marks.time.tolist(), marks.text(0)) == ([1], "rate limit")
    assert lines_of(make_series(key(), [])) == []
    assert lines_of(make_series(key(), [1], [np.nan])) == []


def test_the_words_of_a_failure_are_no_state() -> None:
    series = make_series(
        key("doors.lock"),
        [0, 1, 2, 3],
        text=["locked", "Too many requests", None, "Too many requests"],
        failure=[None, "rate_limit", "rate_limit", "rate_limit"],
    )
    runs = states_of(series)
    assert [runs.names[code] for code in runs.code] == ["locked"]
    marks = failures_of(series)
    assert [marks.text(index) for index in range(3)] == [
        "rate limit: Too many requests",
        "rate limit",
        "rate limit: Too many requests",
    ]


def test_a_series_without_holes_is_not_copied() -> None:
    series = make_series(key(), [0, 1, 2], [1.0, 2.0, 3.0])
    (line,) = lines_of(series)
    assert line.time is series.time
    assert line.value is series.value


def test_a_gap_is_much_longer_than_the_usual_interval_and_than_an_hour() -> None:
    minutes = np.arange(100) * MINUTE
    assert gap_limit(minutes) == HOUR
    hours = np.arange(100) * 2 * HOUR
    assert gap_limit(hours) == 5 * HOUR
    assert gap_limit(np.array([5])) == HOUR
    assert gap_limit(np.arange(1_000_000) * 2 * HOUR) == 5 * HOUR
    series = make_series(key(), np.append(minutes, minutes[-1] + [HOUR, 2 * HOUR + 1]), np.arange(102))
    (line,) = lines_of(series)
    assert line.gaps.tolist() == [100]


def test_equal_states_become_one_run_that_ends_where_the_next_begins() -> None:
    series = make_series(key("doors.lock"), [0, 1, 2, 3, 4], text=["a", "a", "b", None, "a"])
    runs = states_of(series)
    assert [runs.names[code] for code in runs.code] == ["a", "b", "a"]
    assert (runs.start.tolist(), runs.end.tolist(), runs.until.tolist()) == ([0, 2, 4], [2, 4, 4], [2, 4, FOREVER])
    assert runs.sample.tolist() == [0, 1, 2, 4]


def test_a_run_is_known_until_its_last_sample_before_a_gap() -> None:
    times = [JUNE, JUNE + MINUTE, JUNE + 2 * MINUTE, JUNE + 9 * HOUR, JUNE + 9 * HOUR + MINUTE]
    times += [JUNE + 9 * HOUR + MINUTE * n for n in range(2, 60)]
    runs = states_of(make_series(key("doors.lock"), times, text=["on"] * len(times)))
    assert runs.start.tolist() == [times[0], times[3]]
    assert runs.end.tolist() == [times[2], times[-1]]
    assert runs.until.tolist() == [times[3], FOREVER]


def test_no_texts_give_no_runs() -> None:
    runs = states_of(make_series(key("doors.lock"), [1, 2]))
    assert len(runs.start) == 0


def test_the_description_of_a_failure_is_no_state() -> None:
    failing = make_series(
        key(), [0, 1, 2], [np.nan] * 3, text=["locked", "try later", "locked"], failure=[None, "rate_limit", None]
    )
    states = states_of(failing)
    assert [states.names[code] for code in states.code] == ["locked"]
    assert states.time.tolist() == [0, 2]


def test_computed_values_are_drawn_up_to_their_ends_and_nothing_between() -> None:
    computed = replace(
        make_series(key(), [0, 10, 30, 40, 60], [1.0, 2.0, 3.0, 4.0, 5.0]),
        # The second ends before the next one comes, the fourth counts at its moment alone, and the last one ends too.
        until=np.array([10, 20, 40, 40, 70]),
    )
    (line,) = lines_of(computed)
    assert line.time.tolist() == [0, 10, 20, 30, 40, 60, 70]
    assert line.value.tolist() == [1.0, 2.0, 2.0, 3.0, 4.0, 5.0, 5.0]
    assert line.gaps.tolist() == [2, 4]
    assert [line.sample_at(index) for index in range(7)] == [0, 1, 1, 2, 3, 4, 4]
    assert line.ends.tolist() == [2, 6]
    assert not line.lasts
    assert (computed.reach(), computed.reach(2)) == (70, 20)
    (whole,) = lines_of(replace(computed, until=np.array([10, 30, 40, 60, 60])))
    assert (whole.time.tolist(), whole.gaps.tolist(), whole.sample) == ([0, 10, 30, 40, 60], [], None)
