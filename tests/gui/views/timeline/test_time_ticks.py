"""Ticks on round local times, also where the clocks change."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.views.timeline.time_ticks import (
    DAY,
    EARLIEST,
    HOUR,
    LATEST,
    MINUTE,
    SECOND,
    STEPS,
    Step,
    choose_step,
    context_texts,
    local,
    minor_step,
    moment_text,
    offset_changes,
    offsets_text,
    ticks,
)

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: str = "UTC") -> int:
    """Microseconds of a local moment."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


def labels(start: int, end: int, step: Step, tz: ZoneInfo) -> list[str]:
    return [tick.label for tick in ticks(start, end, step, tz)]


def test_the_hour_that_is_missing_has_no_ticks() -> None:
    start, end = at("2026-03-29T00:00", "Europe/Berlin"), at("2026-03-29T05:00", "Europe/Berlin")
    assert (end - start) == 4 * HOUR
    assert labels(start, end, Step("clock", HOUR), BERLIN) == ["00:00", "01:00", "03:00", "04:00", "05:00"]


def test_the_hour_that_is_twice_there_has_its_ticks_twice() -> None:
    start, end = at("2026-10-25T01:00", "Europe/Berlin"), at("2026-10-25T04:00", "Europe/Berlin")
    half_hours = ticks(start, end, Step("clock", 30 * MINUTE), BERLIN)
    assert [tick.label for tick in half_hours] == [
        "01:00", "01:30", "02:00", "02:30", "02:00", "02:30", "03:00", "03:30", "04:00",
    ]  # fmt: skip
    assert [tick.time - start for tick in half_hours] == [30 * MINUTE * n for n in range(9)]


def test_steps_of_hours_stay_on_round_local_times_across_a_change() -> None:
    start, end = at("2026-10-24T18:00", "Europe/Berlin"), at("2026-10-25T18:00", "Europe/Berlin")
    assert labels(start, end, Step("clock", 6 * HOUR), BERLIN) == ["18:00", "00:00", "06:00", "12:00", "18:00"]
    assert labels(start, end, Step("clock", 2 * HOUR), BERLIN).count("02:00") == 1


def test_days_begin_at_local_midnight_whatever_the_offset() -> None:
    found = ticks(at("2026-10-24T12:00"), at("2026-10-27T12:00"), Step("day", 1), BERLIN)
    assert [tick.time for tick in found] == [
        at("2026-10-25T00:00", "Europe/Berlin"),
        at("2026-10-26T00:00", "Europe/Berlin"),
        at("2026-10-27T00:00", "Europe/Berlin"),
    ]
    assert [tick.label for tick in found] == ["Sun 25", "Mon 26", "Tue 27"]
    assert found[1].time - found[0].time == 25 * HOUR


def test_a_day_without_midnight_begins_at_its_first_moment() -> None:
    # Beirut's clocks go from 24:00 to 01:00 on the last Sunday of March.
    beirut = ZoneInfo("Asia/Beirut")
    found = ticks(at("2026-03-28T12:00"), at("2026-03-29T12:00"), Step("day", 1), beirut)
    assert [(local(tick.time, beirut).isoformat(), tick.label) for tick in found] == [
        ("2026-03-29T01:00:00+03:00", "Sun 29")
    ]


def test_half_hour_offsets_and_half_hour_changes() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")  # back by half an hour at 02:00 on the first Sunday of April
    start = at("2026-04-05T00:00", "Australia/Lord_Howe")
    found = ticks(start, start + 4 * HOUR, Step("clock", HOUR), lord_howe)
    assert [tick.label for tick in found] == ["00:00", "01:00", "02:00", "03:00"]
    assert found[2].time - found[1].time == 90 * MINUTE
    assert offsets_text(start, start + 4 * HOUR, lord_howe) == "UTC+11:00/+10:30"
    assert labels(at("2026-01-01T00:00"), at("2026-01-01T02:00"), Step("clock", HOUR), ZoneInfo("Asia/Kolkata")) == [
        "06:00",
        "07:00",
    ]


def test_the_date_is_told_where_it_changes() -> None:
    found = ticks(at("2026-06-12T20:00"), at("2026-06-13T04:00"), Step("clock", 2 * HOUR), ZoneInfo("UTC"))
    assert [(tick.label, tick.begins) for tick in found] == [
        ("20:00", False), ("22:00", False), ("00:00", True), ("02:00", False), ("04:00", False),
    ]  # fmt: skip
    assert context_texts(found[2].time, Step("clock", HOUR), UTC) == ("Sat, 13 Jun 2026", "13 Jun 2026", "13 Jun")
    assert context_texts(found[2].time, Step("day", 1), UTC) == ("June 2026", "Jun 2026", "Jun")
    assert context_texts(found[2].time, Step("month", 1), UTC) == ("2026",)
    assert context_texts(found[2].time, Step("year", 1), UTC) == ()


def test_long_steps_follow_the_calendar() -> None:
    start, end = at("2025-11-20T00:00"), at("2026-03-10T00:00")
    weeks = [tick.label for tick in ticks(start, at("2026-01-02T00:00"), Step("day", 7), UTC)]
    assert weeks == ["22 Nov", "1 Dec", "8 Dec", "15 Dec", "22 Dec", "1 Jan"]
    months = ticks(start, end, Step("month", 1), UTC)
    assert [(tick.label, tick.begins) for tick in months] == [
        ("Dec", False), ("Jan", True), ("Feb", False), ("Mar", False),
    ]  # fmt: skip
    years = ticks(at("1999-06-01T00:00"), at("2026-01-01T00:00"), Step("year", 5), UTC)
    assert [tick.label for tick in years] == ["2000", "2005", "2010", "2015", "2020", "2025"]


def test_fractions_of_a_second_have_as_many_digits_as_the_step_needs() -> None:
    start = at("2026-06-12T10:00")
    assert labels(start, start + 20_000, Step("clock", 10_000), BERLIN) == ["12:00:00.00", "12:00:00.01", "12:00:00.02"]
    assert labels(start, start + 1, Step("clock", 1), BERLIN) == ["12:00:00.000000", "12:00:00.000001"]
    assert labels(start, start + 500_000, Step("clock", 500_000), BERLIN) == ["12:00:00.0", "12:00:00.5"]


def test_moments_are_told_as_finely_as_asked() -> None:
    moment = at("2026-06-12T10:03:11") + 250_125
    assert moment_text(moment, BERLIN) == "Fri, 12 Jun 2026, 12:03:11"
    assert moment_text(moment, BERLIN, 10_000) == "Fri, 12 Jun 2026, 12:03:11.250"
    assert moment_text(moment, BERLIN, 10) == "Fri, 12 Jun 2026, 12:03:11.250125"


def test_where_the_clocks_change_moments_tell_their_offset() -> None:
    twice = [at("2026-10-25T00:12:12"), at("2026-10-25T01:12:12")]
    assert [moment_text(moment, BERLIN) for moment in twice] == [
        "Sun, 25 Oct 2026, 02:12:12 +02:00",
        "Sun, 25 Oct 2026, 02:12:12 +01:00",
    ]
    assert moment_text(at("2026-10-24T12:00"), BERLIN) == "Sat, 24 Oct 2026, 14:00:00"
    assert moment_text(at("2026-10-24T12:00"), BERLIN, with_offset=True) == "Sat, 24 Oct 2026, 14:00:00 +02:00"
    # Here the first hour of the day is twice.
    havana = ZoneInfo("America/Havana")
    assert moment_text(at("2026-11-01T04:30"), havana).endswith("00:30:00 -04:00")
    assert moment_text(at("2026-11-01T05:30"), havana).endswith("00:30:00 -05:00")
    assert offset_changes(at("2026-10-01T00:00"), at("2026-11-01T00:00"), BERLIN)
    assert not offset_changes(at("2026-10-01T00:00"), at("2026-10-02T00:00"), BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ("2026-06-01T00:00", "2026-06-30T00:00", "UTC+02:00"),
        ("2026-01-01T00:00", "2026-01-02T00:00", "UTC+01:00"),
        ("2026-01-01T00:00", "2026-12-31T00:00", "UTC+01:00/+02:00"),
        ("2016-01-01T00:00", "2026-12-31T00:00", "UTC+01:00/+02:00"),
    ],
)
def test_all_offsets_in_sight_are_told(start: str, end: str, text: str) -> None:
    assert offsets_text(at(start), at(end), BERLIN) == text


@settings(max_examples=150, deadline=None)
@given(
    st.integers(at("1950-01-01T00:00"), at("2090-01-01T00:00")),
    st.integers(3, 51),
    st.integers(2, 25),
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "America/Havana"]),
)
def test_ticks_ascend_inside_the_range_and_are_not_too_many(start: int, power: int, most: int, zone: str) -> None:
    tz = ZoneInfo(zone)
    end = start + 2**power
    step = choose_step(start, end, most)
    found = [tick.time for tick in ticks(start, end, step, tz)]
    assert all(start <= time <= end for time in found)
    assert all(first < second for first, second in itertools.pairwise(found))
    # Calendar steps are a little uneven, and a DST change can add one.
    assert len(found) <= most * 1.3 + 3
    finer = minor_step(step)
    if finer:
        small = {tick.time for tick in ticks(start, end, finer, tz)}
        assert step.length > finer.length
        assert len(small) >= len(found) - 1


def test_the_calendars_ends_are_no_trouble() -> None:
    assert ticks(EARLIEST - DAY, EARLIEST + DAY, Step("clock", 12 * HOUR), UTC)
    assert ticks(LATEST - 40 * DAY, LATEST + DAY, Step("day", 7), UTC)
    assert ticks(EARLIEST, LATEST, STEPS[-1], UTC)
    assert choose_step(EARLIEST, LATEST, 1) == STEPS[-1]
