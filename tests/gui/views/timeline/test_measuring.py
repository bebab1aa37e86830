"""What series come to between two moments, against values computed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gui.views.timeline.measured_texts import computed_text, line_text, measured_tip, states_text
from gui.views.timeline.measuring import measure
from gui.views.timeline.prepared import prepare
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series

if TYPE_CHECKING:
    from gui.views.timeline.measuring import MeasuredLine


def at(*hours: float) -> list[int]:
    return [JUNE + round(hour * HOUR) for hour in hours]


def integral(line: MeasuredLine) -> tuple[float, str]:
    assert line.integral is not None
    return round(line.integral[0], 9), line.integral[1]


def test_numbers_count_from_their_samples_on_and_not_over_gaps() -> None:
    # Power every half hour, and once more after a day of silence.
    times = [*range(JUNE, JUNE + 40 * MINUTE * 30, 30 * MINUTE), JUNE + 40 * HOUR]
    values = np.arange(41, dtype=float)
    some = prepare(make_series(key("charging.power"), times, values, unit="kilowatts"))
    assert some.lines[0].gaps.tolist() == [39]
    found = measure(some, JUNE + 15 * MINUTE, JUNE + 75 * MINUTE)
    line = found.main_line
    assert line is not None
    assert line.found is not None
    # From 00:15 0 kW for a quarter, from 00:30 1 kW for half an hour, from 01:00 2 kW for a quarter.
    assert integral(line) == (0.25 * 0 + 0.5 * 1 + 0.25 * 2, "kilowatt_hours")
    assert (line.found.samples, line.found.minimum, line.found.maximum) == (2, 0.0, 2.0)
    assert line.found.mean_over_time == pytest.approx(1.0)
    assert line.found.change == 2.0
    # From 00:15, where the first one is known, to 01:00, where the last one came.
    assert line.found.rate == pytest.approx(2 / 0.75)
    over_gap = measure(some, times[39], times[40])
    assert over_gap.main_line is not None
    assert over_gap.main_line.found is not None
    assert over_gap.main_line.found.known == 0
    assert over_gap.main_line.integral is None
    assert (over_gap.main_line.gaps, over_gap.samples) == (1, 2)


def test_values_are_in_the_units_that_are_shown() -> None:
    times = at(0, 1, 2)
    series = make_series(key("diagnostics.odometer"), times, [100.0, 200.0, 300.0], unit="miles")
    line = measure(prepare(series), times[0], times[2]).main_line
    assert line is not None
    assert line.unit == "kilometers"
    assert line_text(line, "change", times[2] - times[0], UTC) == "+321.8688"
    assert line_text(line, "rate", times[2] - times[0], UTC) == "160.934"
    assert line_text(line, "rate", 50 * HOUR, UTC) == "3,862.43"


def test_computed_values_count_up_to_their_ends_and_their_ends_are_no_samples() -> None:
    computed = make_series(key("derived.x"), at(0, 1, 3), [1.0, 3.0, 5.0], unit="kilometers_per_hour")
    computed = replace(computed, until=np.array(at(1, 2, 4)))
    line = measure(prepare(computed), *at(0, 4)).main_line
    assert line is not None
    assert line.found is not None
    assert (line.found.samples, line.found.mean, line.gaps) == (3, 3.0, 1)
    assert line.found.known == 3 * HOUR
    assert integral(line) == (9.0, "kilometers")
    assert line.found.change == 4.0
    assert line.found.rate == pytest.approx(4 / 3)
    assert (line.first, line.last) == tuple(at(0, 3))


def test_a_computed_value_that_is_held_into_the_range_is_the_first_also_where_it_ends_before_the_next() -> None:
    computed = make_series(key("derived.x"), at(1, 10), [10.0, 30.0])
    some = prepare(replace(computed, until=np.array(at(2, 10))))

    def found(start: float, end: float) -> tuple[object, ...]:
        line = measure(some, *at(start, end)).main_line
        assert line is not None
        assert line.found is not None
        return line.found.samples, line.found.mean, line.found.change, line.found.rate

    assert found(1.5, 10) == (1, 30.0, 20.0, pytest.approx(20 / 8.5))
    assert found(1, 10) == (2, 20.0, 20.0, pytest.approx(20 / 9))
    # Its end is no sample: neither the first one nor the last one.
    assert found(2, 10) == (1, 30.0, 0.0, None)
    assert found(1.5, 9) == (0, None, 0.0, None)
    assert found(1, 9) == (1, 10.0, 0.0, None)


def test_time_in_states_and_events() -> None:
    lock = key("doors.locks_state")
    series = make_series(lock, at(0, 1, 3, 4), text=["locked", "unlocked", "locked", "locked"])
    found = measure(prepare(series), *at(0.5, 4))
    assert found.states is not None
    times = {found.states.names[one.code]: (one.time, one.entries, one.samples) for one in found.states.found}
    assert times == {"unlocked": (2 * HOUR, 1, 1), "locked": (90 * MINUTE, 1, 2)}
    assert states_text(found) == "Unlocked 2 h 0 min, Locked 1 h 30 min"
    assert "Unlocked: 2 h (57.1%), began once, 1 sample" in measured_tip(found, UTC)
    assert found.states.ends == ((at(1)[0], at(1)[0]), tuple(at(3, 4)))


def test_failures_are_samples_and_end_no_value() -> None:
    series = make_series(key("x.y"), at(0, 1, 2), [1.0, np.nan, 3.0], unit="watts", failure=[None, "oem_error", None])
    found = measure(prepare(series), *at(0, 2))
    assert (found.samples, found.failures) == (3, 1)
    assert found.main_line is not None
    assert integral(found.main_line) == (2.0, "watt_hours")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (1 / 12, "0.0833333"), (12_345.678, "12,345.7"), (1_234_567.8, "1,234,568"), (-2.5, "-2.5")],
)
def test_computed_numbers_have_six_digits(value: float, text: str) -> None:
    assert computed_text(value) == text
