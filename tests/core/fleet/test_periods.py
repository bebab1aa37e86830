"""Calendar periods in zones, and what a person types to go to one."""

from __future__ import annotations

import pytest

from core.errors import UsageError
from core.fleet.periods import Period, parse_span, period_around, period_of
from core.fleet.timezones import format_iso, zone

HOUR = 3_600_000_000
BERLIN = zone("Europe/Berlin")
UTC = zone("UTC")


def iso(span: tuple[int, int | None], name: str = "UTC") -> list[str]:
    return [format_iso(moment, zone(name))[:16] for moment in span if moment is not None]


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ("2026-06-30", "2026-06-30T00:00", "2026-07-01T00:00"),
        ("2026-06", "2026-06-01T00:00", "2026-07-01T00:00"),
        ("2026-12", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("2026-W27", "2026-06-29T00:00", "2026-07-06T00:00"),
        ("2024", "2024-01-01T00:00", "2025-01-01T00:00"),
        (" 2026-06-30 to 2026-07-02 ", "2026-06-30T00:00", "2026-07-03T00:00"),
        ("2026-06-30..2026-07", "2026-06-30T00:00", "2026-08-01T00:00"),
        ("2026-06-30 14:00 / 2026-06-30 15:30", "2026-06-30T14:00", "2026-06-30T15:30"),
        ("2026-06-30 10:00 - 2026-06-30T10:05", "2026-06-30T10:00", "2026-06-30T10:05"),
        ("2026-06-30T14:05:00+02:00 to 2026-06-30", "2026-06-30T12:05", "2026-07-01T00:00"),
    ],
)
def test_periods_and_spans_are_read(typed: str, start: str, end: str) -> None:
    assert iso(parse_span(typed, UTC)) == [start, end]


def test_a_moment_has_no_end_and_is_meant_in_the_zone() -> None:
    start, end = parse_span("2026-06-30 14:05", BERLIN)
    assert (iso((start, None)), end) == (["2026-06-30T12:05"], None)


@pytest.mark.parametrize(
    "typed",
    ["", "yesterday", "2026-13", "2026-W60", "0000", "2026-06-30 to", "2026-07 to 2026-06", "1 to 2 to 3", "9999"],
)
def test_what_is_no_time_is_said_with_a_hint(typed: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_span(typed, UTC)
    assert raised.value.hint


def test_days_of_clock_changes_have_23_and_25_hours() -> None:
    for day, length in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)):
        start, end = parse_span(day, BERLIN)
        assert end is not None
        assert (end - start) // HOUR == length
        assert period_around(start + 5 * HOUR, Period.DAY, BERLIN) == (start, end)
        assert period_around(end - 1, Period.DAY, BERLIN) == (start, end)
        assert period_of(start, end, BERLIN) == Period.DAY
        assert period_of(start, end - HOUR, BERLIN) is None


def test_weeks_begin_on_monday() -> None:
    start, end = parse_span("2026-06-29 to 2026-07-05", BERLIN)
    assert end is not None
    assert period_of(start, end, BERLIN) == Period.WEEK
    assert period_of(start, end, UTC) is None


def test_the_end_of_the_calendar_is_said() -> None:
    last, _ = parse_span("9999-12-30 12:00", UTC)
    with pytest.raises(UsageError):
        period_around(last, Period.YEAR, UTC)
