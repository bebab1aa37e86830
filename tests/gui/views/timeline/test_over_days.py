"""What series come to over days: at a time of day, and between two."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.fleet.day_passes import day_passes
from gui.views.timeline.measured_texts import measured_tip
from gui.views.timeline.over_days import measure_days, values_at
from gui.views.timeline.prepared import prepare
from tests.gui.views.timeline.make_series import HOUR, key, make_series

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def test_values_at_a_time_of_day_are_those_that_are_known() -> None:
    passes, _ = day_passes(at("2026-06-01T00:00"), at("2026-06-04T12:00"), BERLIN, 100)
    # Every half hour on 1 June; once on 3 June, behind a gap; last on 4 June at 10:00 by the clock.
    often = [at("2026-05-31T22:00") + number * HOUR // 2 for number in range(48)]
    series = prepare(make_series(key(), [*often, at("2026-06-03T04:00"), at("2026-06-04T08:00")], [*range(48), 100, 7]))
    found = values_at(series, 6 * HOUR, passes)
    line = found.main_line
    assert line is not None
    assert line.found is not None
    # 06:00: the 13th half hour on 1 June, nothing on 2 June, the sample itself on 3 June, a gap on 4 June.
    assert found.days == 4
    assert (line.found.samples, line.found.minimum, line.found.maximum) == (2, 12, 100)
    assert line.found.mean_over_time == 56
    assert "At 06:00: known on 2 of 4 days" in measured_tip(found, BERLIN)
    # Behind the last sample nothing is known.
    late = values_at(series, 11 * HOUR, passes).main_line
    assert late is not None
    assert late.found is not None
    assert late.found.samples == 1


@pytest.mark.parametrize(
    ("start", "times"),
    [
        # 02:30 is not there on 29 March, and twice on 25 October.
        ("2026-03-29T00:00", []),
        ("2026-10-25T00:00", ["2026-10-25T00:30", "2026-10-25T01:30"]),
    ],
)
def test_a_time_counts_as_often_as_the_day_has_it(start: str, times: list[str]) -> None:
    passes, _ = day_passes(at(start), at(start) + 12 * HOUR, BERLIN, 100)
    series = prepare(make_series(key(), [at(start) - HOUR + number * HOUR // 4 for number in range(60)], range(60)))
    line = values_at(series, 5 * HOUR // 2, passes).main_line
    assert line is not None
    values = [(at(text) - at(start) + HOUR) * 4 // HOUR for text in times]
    assert (line.found.samples if line.found else 0) == len(values)
    if line.found:
        assert (line.found.minimum, line.found.maximum) == (min(values), max(values)) == (6, 10)


def test_a_stretch_of_the_day_comes_to_what_it_does_on_all_days() -> None:
    passes, _ = day_passes(at("2026-06-01T00:00"), at("2026-06-02T12:00"), BERLIN, 100)
    # 60 km/h from 06:00 to 07:00 by the clock on the first day and 90 on the second; else 0.
    drives = {4: 60.0, 5: 0.0, 28: 90.0, 29: 0.0}
    moments = [at("2026-06-01T00:00") + hour * HOUR for hour in range(36)]
    value = 0.0
    values = [value := drives.get(hour, value) for hour in range(36)]
    speed = prepare(make_series(key("diagnostics.speed"), moments, values, unit="kilometers_per_hour"))
    door = prepare(
        make_series(
            key("doors.locks_state"),
            moments,
            text=["locked" if hour in (5, 29, 30) else "unlocked" for hour in range(36)],
        )
    )
    speeds, doors = measure_days([speed, door], 6 * HOUR, 10 * HOUR, passes)
    line = speeds.main_line
    assert line is not None
    assert line.found is not None
    assert (speeds.days, speeds.length, speeds.samples) == (2, 8 * HOUR, 10)
    assert (line.found.minimum, line.found.maximum, line.found.known) == (0, 90, 8 * HOUR)
    assert line.found.mean_over_time == 150 / 8
    # From 60 and from 90 down to 0.
    assert line.found.change == -150
    assert line.integral is not None
    assert line.integral[0] == pytest.approx(150)
    assert (line.first, line.last) == (at("2026-06-01T04:00"), at("2026-06-02T08:00"))
    assert doors.states is not None
    assert [(doors.states.names[state.code], state.time // HOUR, state.entries) for state in doors.states.found] == [
        ("unlocked", 5, 2),
        ("locked", 3, 2),
    ]
    assert doors.states.found[1].share == 3 / 8
    tip = measured_tip(speeds, BERLIN)
    assert "From 06:00 to 10:00 of 2 days:" in tip
    assert "Known for 8 h (100.0%)" in tip
    # Whole days follow on each other: what lies at midnight counts once.
    whole, _ = measure_days([speed, door], 0, 24 * HOUR, passes)
    assert whole.samples == 36


def test_a_stretch_with_the_hour_that_is_missing_is_shorter() -> None:
    passes, _ = day_passes(at("2026-03-28T12:00"), at("2026-03-29T12:00"), BERLIN, 100)
    moments = [at("2026-03-27T23:00") + number * HOUR for number in range(48)]
    (found,) = measure_days([prepare(make_series(key(), moments, [5] * 48))], HOUR, 4 * HOUR, passes)
    assert found.length == 5 * HOUR
    passes, _ = day_passes(at("2026-10-25T00:00"), at("2026-10-25T12:00"), BERLIN, 100)
    moments = [at("2026-10-24T22:00") + number * HOUR for number in range(48)]
    (found,) = measure_days([prepare(make_series(key(), moments, [5] * 48))], HOUR, 4 * HOUR, passes)
    assert found.length == 4 * HOUR
    assert found.main_line is not None
    assert found.main_line.found is not None
    assert found.main_line.found.known == 4 * HOUR
