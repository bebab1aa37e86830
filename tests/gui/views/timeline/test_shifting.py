"""Series whose times are counted from a first sample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import DisplayUnits
from core.jobs import JobContext
from gui.views.timeline.prepared import prepare
from gui.views.timeline.shifting import first_samples, shift_all, shifted
from gui.views.timeline.trace import FOREVER
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series

if TYPE_CHECKING:
    from core.fleet.series import Series
    from gui.views.timeline.prepared import PreparedSeries

ODOMETER, LOCK = key("diagnostics.odometer"), key("doors.locks_state")


def mixed() -> Series:
    """Kilometers, a failure, one without a time of its own, miles."""
    times = [JUNE + number * MINUTE for number in range(5)] + [JUNE + 2 * DAY]
    return make_series(
        ODOMETER, times, [1, 2, np.nan, 2, 3, 4],
        unit=["kilometers", "kilometers", None, "kilometers", "miles", "miles"],
        failure=[None, None, "rate_limit", None, None, None],
        time_from_batch=[False, True, False, False, False, False],
    )  # fmt: skip


def moments(one: PreparedSeries) -> list[list[int]]:
    found = [one.series.time, one.failures.time]
    for line in one.lines:
        found += [line.time, line.unit_changes.time]
    if one.states is not None:
        found += [one.states.time, one.states.start, one.states.end]
    return [times.tolist() for times in found]


def test_all_times_are_earlier_and_all_else_is_the_same() -> None:
    whole = prepare(mixed())
    earlier = shifted(whole, JUNE)
    assert moments(earlier) == [[time - JUNE for time in times] for times in moments(whole)]
    assert earlier.series.time.tolist() == [0, MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE, 2 * DAY]
    (line,), (before,) = earlier.lines, whole.lines
    assert line.value is before.value
    assert line.pyramid is before.pyramid
    assert line.gaps is before.gaps
    assert line.untimed is before.untimed
    assert line.known_until == FOREVER
    assert len(line.unit_changes) == 1
    assert line.unit_changes.time.tolist() == [4 * MINUTE]
    assert earlier.shift == JUNE


def test_the_way_back_leads_to_what_was_there() -> None:
    whole = prepare(mixed())
    earlier = shifted(whole, JUNE)
    assert shifted(earlier, 0) is whole
    assert shifted(earlier, JUNE) is earlier
    assert shifted(earlier, JUNE - HOUR).series.time[0] == HOUR


def test_states_last_as_long_as_before() -> None:
    times = [JUNE, JUNE + HOUR, JUNE + 2 * HOUR]
    whole = prepare(make_series(LOCK, times, text=["locked", "unlocked", "unlocked"]))
    states = shifted(whole, JUNE).states
    assert states is not None
    assert states.start.tolist() == [0, HOUR]
    assert states.end.tolist() == [HOUR, 2 * HOUR]
    assert states.until.tolist() == [HOUR, FOREVER]


def test_other_units_and_gaps_are_those_of_the_times_that_were_sent() -> None:
    earlier = shifted(prepare(mixed()), JUNE)
    miles = earlier.shown_in(DisplayUnits("imperial"))
    assert miles.shift == JUNE
    assert miles.series.time.tolist() == earlier.series.time.tolist()
    assert miles.lines[0].unit == "miles"
    assert miles.as_sent.units == DisplayUnits("imperial")
    assert earlier.shown_in(earlier.units) is earlier


def test_other_gaps_are_found_among_the_same_times() -> None:
    times = [*(JUNE + number * MINUTE for number in range(60)), JUNE + 2 * DAY]
    earlier = shifted(prepare(make_series(ODOMETER, times, range(61))), JUNE)
    assert earlier.lines[0].gaps.tolist() == [59]
    wider = earlier.shown_in(earlier.units, 10_000.0)
    assert (wider.gap_factor, wider.shift) == (10_000.0, JUNE)
    assert wider.lines[0].gaps.tolist() == []
    assert wider.lines[0].time.tolist() == [time - JUNE for time in times]


def test_arrays_of_times_are_copied_once() -> None:
    count = 200_000
    whole = prepare(make_series(ODOMETER, JUNE + np.arange(count) * MINUTE, np.arange(count), unit="kilometers"))
    earlier = shifted(whole, JUNE)
    assert earlier.series.time is earlier.lines[0].time
    assert earlier.series.value is whole.series.value
    # Made in the thread that shifts, so that the first picture does not wait for them.
    assert earlier.lines[0].buckets.nbytes > 0


def test_a_vehicle_begins_with_the_first_recorded_sample_of_all_its_series() -> None:
    first = make_series(key(vin="A"), [JUNE + HOUR, JUNE + DAY], [1, 2])
    earlier = make_series(key("diagnostics.speed", "A"), [JUNE + MINUTE], [1])
    empty = make_series(key("charging.status", "A"), [])
    other = make_series(key(vin="B"), [JUNE - DAY], [1])
    alone = make_series(key(vin="C"), [])
    found = first_samples((one.key.vin, one) for one in (first, earlier, empty, other, alone))
    assert found == {"A": JUNE + MINUTE, "B": JUNE - DAY}


def test_what_is_computed_counts_only_where_nothing_was_recorded() -> None:
    recorded = make_series(key(vin="A"), [JUNE + HOUR], [1])
    times = np.array([JUNE])
    computed = make_series(key("derived.x", "A"), times, [1])
    with_end = replace(computed, until=times + DAY)
    assert first_samples([("A", recorded), ("A", with_end), ("B", with_end)]) == {"A": JUNE + HOUR, "B": JUNE}
    earlier = shifted(prepare(with_end), JUNE)
    assert earlier.series.until is not None
    assert earlier.series.until.tolist() == [DAY]


def test_a_job_shifts_each_vehicle_by_its_own() -> None:
    one, two = (make_series(key(vin=vin), [JUNE, JUNE + HOUR], [1, 2]) for vin in "AB")
    found = shift_all([prepare(one), prepare(two)], {"A": JUNE}, JobContext())
    assert [each.series.time[0] for each in found] == [0, JUNE]
