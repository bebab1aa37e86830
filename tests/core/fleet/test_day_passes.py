"""Days over each other, through both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.fleet.day_passes import DAY, DayPasses, day_passes, local_day

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000_000
# The clock in Berlin is put forward at 01:00 UTC on 29 March 2026 and back at 01:00 UTC on 25 October 2026.


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def told(passes: DayPasses) -> list[tuple[str, float, float, int]]:
    """The date of each pass, from which hour to which its clock runs, and its row."""
    return [
        (str(date.fromordinal(date(1970, 1, 1).toordinal() + day)), (start - base) / HOUR, (end - base) / HOUR, row)
        for day, start, end, base, row in zip(
            *(part.tolist() for part in (passes.day, passes.start, passes.end, passes.base, passes.row)), strict=True
        )
    ]


def test_a_usual_day_is_one_pass_from_midnight_to_midnight() -> None:
    passes, touched = day_passes(at("2026-06-01T21:59"), at("2026-06-01T22:01"), BERLIN, 100)
    assert touched == 2
    assert told(passes) == [("2026-06-01", 0, 24, 0), ("2026-06-02", 0, 24, 1)]
    assert passes.start.tolist() == [at("2026-05-31T22:00"), at("2026-06-01T22:00")]
    assert passes.end.tolist() == [at("2026-06-01T22:00"), at("2026-06-02T22:00")]
    # The end of a range is not in it.
    assert day_passes(at("2026-05-31T22:00"), at("2026-06-01T22:00"), BERLIN, 100)[0].days == 1


def test_the_missing_hour_lies_between_two_passes_of_one_row() -> None:
    passes, _ = day_passes(at("2026-03-28T12:00"), at("2026-03-30T12:00"), BERLIN, 100)
    assert told(passes) == [
        ("2026-03-28", 0, 24, 0), ("2026-03-29", 0, 2, 1), ("2026-03-29", 3, 24, 1), ("2026-03-30", 0, 24, 2),
    ]  # fmt: skip
    day = int(passes.day[1])
    assert passes.time_of_day(at("2026-03-29T00:59")) == 119 * HOUR // 60
    assert passes.time_of_day(at("2026-03-29T01:00")) == 3 * HOUR
    assert passes.moment(day, 90 * HOUR // 60) == at("2026-03-29T00:30")
    assert passes.moment(day, 4 * HOUR) == at("2026-03-29T02:00")
    # 02:30 is not there: the clock is put past it.
    assert passes.moment(day, 150 * HOUR // 60) == at("2026-03-29T01:00")
    assert passes.moments(150 * HOUR // 60).tolist() == [at("2026-03-28T01:30"), at("2026-03-30T00:30")]
    # From 01:00 to 04:00 by the clock are two hours on that day.
    windows = passes.windows(HOUR, 4 * HOUR)
    assert windows == [
        (at("2026-03-28T00:00"), at("2026-03-28T03:00")),
        (at("2026-03-29T00:00"), at("2026-03-29T01:00")),
        (at("2026-03-29T01:00"), at("2026-03-29T02:00")),
        (at("2026-03-29T23:00"), at("2026-03-30T02:00")),
    ]


def test_the_hour_that_is_twice_there_has_a_second_pass_in_a_row_of_its_own() -> None:
    passes, _ = day_passes(at("2026-10-24T22:00"), at("2026-10-25T23:00"), BERLIN, 100)
    assert told(passes) == [("2026-10-25", 0, 3, 0), ("2026-10-25", 2, 24, 1)]
    day = int(passes.day[0])
    half_past_two = 150 * HOUR // 60
    assert passes.time_of_day(at("2026-10-25T00:30")) == passes.time_of_day(at("2026-10-25T01:30")) == half_past_two
    assert passes.moments(half_past_two).tolist() == [at("2026-10-25T00:30"), at("2026-10-25T01:30")]
    assert passes.moment(day, half_past_two) == at("2026-10-25T00:30")
    assert passes.moment(day, half_past_two, near=1) == at("2026-10-25T01:30")
    assert passes.moment(day, 12 * HOUR) == at("2026-10-25T11:00")
    assert passes.place(at("2026-10-25T00:59:59")) == 0
    assert passes.place(at("2026-10-25T01:00")) == 1
    assert passes.place(at("2026-10-25T23:00")) is None
    times = np.array([at(f"2026-10-{text}") for text in ("24T21:59", "25T00:30", "25T01:30", "25T22:00", "25T23:00")])
    index, which, time = passes.folded(times)
    assert index.tolist() == [1, 2, 3]
    assert which.tolist() == [0, 1, 1]
    assert time.tolist() == [half_past_two, half_past_two, 23 * HOUR]


def test_only_the_last_days_are_taken_where_they_are_too_many() -> None:
    passes, touched = day_passes(at("2025-06-01"), at("2026-06-01"), UTC, 30)
    assert touched == 365
    assert passes.days == passes.rows == 30
    assert passes.start[0] == at("2026-05-02")
    assert passes.end[-1] == at("2026-06-01")


@pytest.mark.parametrize(
    ("zone", "days", "expected"),
    [
        # The clock is put from midnight to one: the day begins at one.
        ("America/Sao_Paulo", "2018-11-04", [("2018-11-04", 1, 24, 0)]),
        # And from one minute past midnight back into the day before.
        (
            "America/St_Johns", "2006-10-29",
            [("2006-10-29", 0, 1 / 60, 0), ("2006-10-29", 0, 24, 1)],
        ),
        # The day before has its last hour twice.
        (
            "America/St_Johns", "2006-10-28",
            [("2006-10-28", 0, 24, 0), ("2006-10-28", 23 + 1 / 60, 24, 1)],
        ),
        ("Asia/Kathmandu", "2026-01-01", [("2026-01-01", 0, 24, 0)]),
    ],
)  # fmt: skip
def test_days_of_zones_that_change_elsewhere(
    zone: str, days: str, expected: list[tuple[str, float, float, int]]
) -> None:
    tz = ZoneInfo(zone)
    noon = round(datetime.fromisoformat(f"{days}T12:00").replace(tzinfo=tz).timestamp() * 1_000_000)
    passes, _ = day_passes(noon, noon + 1, tz, 100)
    assert told(passes) == [pytest.approx(one) for one in expected]


def test_a_day_that_a_place_left_out_has_no_pass() -> None:
    apia = ZoneInfo("Pacific/Apia")
    passes, touched = day_passes(at("2011-12-29T12:00"), at("2012-01-01T00:00"), apia, 100)
    assert [name for name, *_ in told(passes)] == ["2011-12-29", "2011-12-31", "2012-01-01"]
    assert touched == 4
    assert passes.days == 3


def test_the_edges_of_the_calendar() -> None:
    assert local_day(-(10**18), UTC) < 0
    passes, _ = day_passes(0, 1, UTC, 1)
    assert (passes.start.tolist(), passes.end.tolist()) == ([0], [DAY])
