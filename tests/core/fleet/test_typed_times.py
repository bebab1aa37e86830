"""Times as people type them, against the moments that are meant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from core.errors import UsageError
from core.fleet.timezones import format_iso, from_datetime, zone
from core.fleet.typed_times import TimeReading, read_times

BERLIN = zone("Europe/Berlin")
DAY = date(2026, 7, 1)
NOW = from_datetime(datetime(2026, 11, 23, 7, tzinfo=UTC))


def iso(reading: TimeReading) -> tuple[str, ...]:
    return tuple(format_iso(moment, BERLIN)[:16] for moment in (reading.start, reading.end) if moment is not None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("14:05", ("2026-07-01T14:05",)),
        ("9:05", ("2026-07-01T09:05",)),
        ("14:00 to 15:30", ("2026-07-01T14:00", "2026-07-01T15:30")),
        ("31.10.2026", ("2026-10-31T00:00", "2026-11-01T00:00")),
        ("31.10.2026 14:05", ("2026-10-31T14:05",)),
        ("3.4.2026 - 5.4.2026", ("2026-04-03T00:00", "2026-04-06T00:00")),
        ("yesterday 14:05", ("2026-11-22T14:05",)),
        ("Yesterday", ("2026-11-22T00:00", "2026-11-23T00:00")),
        ("today 8:00 to 9:30", ("2026-11-23T08:00", "2026-11-23T09:30")),
        ("now", ("2026-11-23T08:00",)),
        ("13/04/2026", ("2026-04-13T00:00", "2026-04-14T00:00")),
        ("04/13/2026", ("2026-04-13T00:00", "2026-04-14T00:00")),
        ("04/04/2026", ("2026-04-04T00:00", "2026-04-05T00:00")),
        ("2026/04/13 7:00", ("2026-04-13T07:00",)),
        ("Mon, 1 Jun 2026, 14:11:23", ("2026-06-01T14:11",)),
        ("30 June 2026", ("2026-06-30T00:00", "2026-07-01T00:00")),
        ("Jun 1, 2026 3:00", ("2026-06-01T03:00",)),
        ("2026-06-30 14:00 to 15:30", ("2026-06-30T14:00", "2026-06-30T15:30")),
        ("2026-06-30T14:05+02:00", ("2026-06-30T14:05",)),
        ("2026-06-01/2026-06-07", ("2026-06-01T00:00", "2026-06-08T00:00")),
        ("2026-10-25T02:30:00+01:00", ("2026-10-25T02:30",)),
    ],
)
def test_one_time_is_meant(typed: str, expected: tuple[str, ...]) -> None:
    (reading,) = read_times(typed, BERLIN, DAY, NOW)
    assert iso(reading) == expected
    assert reading.note == ""


def test_the_order_of_day_and_month_is_asked_for_both_ends_alike() -> None:
    days, months = read_times("03/04/2026 10:00 to 05/04/2026", BERLIN, DAY, NOW)
    assert (iso(days), days.note) == (("2026-04-03T10:00", "2026-04-06T00:00"), "day before month")
    assert (iso(months), months.note) == (("2026-03-04T10:00", "2026-05-05T00:00"), "month before day")
    # Where only one order is a range, that one is meant.
    (one,) = read_times("05/06/2026 to 04/07/2026", BERLIN, DAY, NOW)
    assert iso(one) == ("2026-06-05T00:00", "2026-07-05T00:00")


def test_an_hour_that_comes_twice_is_asked_and_one_that_is_missing_is_said() -> None:
    first, second = read_times("25.10.2026 2:30", BERLIN, DAY, NOW)
    assert second.start - first.start == 3_600_000_000
    assert (first.note[:9], second.note[:10]) == ("the first", "the second")
    (missing,) = read_times("2026-03-29 02:30", BERLIN, DAY, NOW)
    assert iso(missing) == ("2026-03-29T03:30",)
    assert "set forward" in missing.note


@pytest.mark.parametrize("typed", ["", "99:99", "31.02.2026", "31/31/2026", "Monday", "03/04/2026 and", "soon 14:05"])
def test_what_is_no_time_is_said_as_it_was_typed(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_times(typed, BERLIN, DAY, NOW)
    assert raised.value.subject == typed
    assert raised.value.hint
