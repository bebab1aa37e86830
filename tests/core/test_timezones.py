from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import tzlocal
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.fleet import timezones
from core.fleet.timezones import format_iso, format_offset, offsets, parse_moment, zone, zone_names

if TYPE_CHECKING:
    from collections.abc import Iterator

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3_600_000_000


def us(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.fixture
def computer_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    tzlocal.reload_localzone()


@pytest.mark.parametrize(
    ("moment", "name", "written"),
    [
        ("2023-04-28T09:32:11.804Z", "UTC", "2023-04-28T09:32:11.804+00:00"),
        ("2023-04-28T09:32:11.804Z", "Europe/Berlin", "2023-04-28T11:32:11.804+02:00"),
        ("2023-04-28T09:32:11.804001Z", "Europe/Berlin", "2023-04-28T11:32:11.804001+02:00"),
        ("2023-04-28T09:32:11Z", "Asia/Kathmandu", "2023-04-28T15:17:11.000+05:45"),
        ("2023-01-15T00:00:00Z", "Australia/Lord_Howe", "2023-01-15T11:00:00.000+11:00"),
        ("2023-07-15T00:00:00Z", "Australia/Lord_Howe", "2023-07-15T10:30:00.000+10:30"),
        ("2023-07-15T00:00:00Z", "America/St_Johns", "2023-07-14T21:30:00.000-02:30"),
        ("1969-12-31T23:59:59.999Z", "UTC", "1969-12-31T23:59:59.999+00:00"),
        ("1960-06-01T12:00:00Z", "Europe/Berlin", "1960-06-01T13:00:00.000+01:00"),
        ("1890-06-01T12:00:00Z", "Europe/Berlin", "1890-06-01T12:53:28.000+00:53:28"),
    ],
)
def test_times_carry_the_offset_of_their_own_day(moment: str, name: str, written: str) -> None:
    assert format_iso(us(moment), zone(name)) == written
    assert us(written) == us(moment)


def test_the_hour_that_comes_twice_stays_two_hours() -> None:
    first, second = us("2026-10-25T00:30:00Z"), us("2026-10-25T01:30:00Z")
    assert format_iso(first, BERLIN) == "2026-10-25T02:30:00.000+02:00"
    assert format_iso(second, BERLIN) == "2026-10-25T02:30:00.000+01:00"


def test_the_missing_hour_is_never_written() -> None:
    before, after = us("2026-03-29T00:59:59.999Z"), us("2026-03-29T01:00:00Z")
    assert format_iso(before, BERLIN) == "2026-03-29T01:59:59.999+01:00"
    assert format_iso(after, BERLIN) == "2026-03-29T03:00:00.000+02:00"


def test_times_outside_the_calendar_become_the_nearest_that_can_be_written() -> None:
    assert format_iso(2**62, BERLIN) == "9999-12-31T23:59:59.999999+00:00"
    assert format_iso(-(2**62), UTC) == "0001-01-01T00:00:00.000+00:00"
    assert offsets(np.array([2**62, -(2**62)], np.int64), UTC).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("time", "name", "written"),
    [
        ("9999-12-31T23:59:59Z", "UTC", "9999-12-31T23:59:59.000+00:00"),
        ("9999-12-31T22:59:59Z", "Europe/Berlin", "9999-12-31T23:59:59.000+01:00"),
        ("9999-12-31T23:00:00Z", "Europe/Berlin", "9999-12-31T23:00:00.000+00:00"),
        ("9999-12-31T23:59:59.999999Z", "America/New_York", "9999-12-31T18:59:59.999999-05:00"),
        ("0001-01-01T00:00:00Z", "UTC", "0001-01-01T00:00:00.000+00:00"),
        ("0001-01-01T00:00:00Z", "Europe/Berlin", "0001-01-01T00:53:28.000+00:53:28"),
        ("0001-01-01T04:56:01.999Z", "America/New_York", "0001-01-01T04:56:01.999+00:00"),
        ("0001-01-01T04:56:02Z", "America/New_York", "0001-01-01T00:00:00.000-04:56:02"),
    ],
)
def test_the_ends_of_the_calendar_are_written_as_they_are(time: str, name: str, written: str) -> None:
    assert format_iso(us(time), zone(name)) == written


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(us("1880-01-01T00:00:00Z"), us("2100-01-01T00:00:00Z")), min_size=1, max_size=30),
    st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Monrovia", "Asia/Gaza"]),
)
def test_offsets_of_many_agree_with_those_of_each(times: list[int], name: str) -> None:
    tz = zone(name)
    expected = [timezones.to_datetime(time, tz).utcoffset() for time in times]
    assert [timedelta(seconds=value) for value in offsets(np.array(times, np.int64), tz).tolist()] == expected


@pytest.mark.parametrize("name", ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana"])
def test_offsets_change_at_the_very_microsecond(name: str) -> None:
    tz = zone(name)
    hours = np.arange(us("2020-01-01T00:00:00Z"), us("2024-01-01T00:00:00Z"), HOUR // 2)
    seconds = offsets(hours, tz)
    changes = hours[1:][np.diff(seconds) != 0]
    assert len(changes) >= 8
    edges = np.sort(np.concatenate([changes - 1, changes]))
    expected = [timezones.to_datetime(edge, tz).utcoffset() for edge in edges.tolist()]
    assert [timedelta(seconds=value) for value in offsets(edges, tz).tolist()] == expected


def test_offsets_of_nothing_are_nothing() -> None:
    assert offsets(np.zeros(0, np.int64), BERLIN).tolist() == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "+00:00"), (20_700, "+05:45"), (-9_000, "-02:30"), (3_208, "+00:53:28"), (-1, "-00:00:01")],
)
def test_offset_text(seconds: int, text: str) -> None:
    assert format_offset(seconds) == text


def test_local_is_the_computers_zone_with_its_rules(computer_in: pytest.MonkeyPatch) -> None:
    computer_in.setenv("TZ", "America/New_York")
    tzlocal.reload_localzone()
    assert format_iso(us("2026-01-15T12:00:00Z"), zone("local")) == "2026-01-15T07:00:00.000-05:00"
    assert format_iso(us("2026-07-15T12:00:00Z"), zone("local")) == "2026-07-15T08:00:00.000-04:00"
    assert timezones.local_name() == "America/New_York"


@pytest.mark.expects_log("odograph.timezones")
def test_a_computer_without_a_known_zone_still_works(
    computer_in: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    computer_in.setattr(tzlocal, "get_localzone", _unknown)
    assert us(format_iso(0, zone("local"))) == 0
    assert "time zone is unknown" in caplog.text


def _unknown() -> ZoneInfo:
    return ZoneInfo("Nowhere/At_All")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Berlin", "Europe/Berlin"),
        ("europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("xx", "Use UTC, local"),
        ("", "Use UTC, local"),
        ("../etc/passwd", "Use UTC, local"),
        ("Europe", "Europe/"),
    ],
)
def test_unknown_names_bring_close_ones(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        zone(name)
    assert caught.value.subject == name
    assert hint in caught.value.hint


def test_zone_names_are_all_usable() -> None:
    names = zone_names()
    assert names[:2] == ["UTC", "local"]
    assert {"Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"} <= set(names)
    for name in names:
        zone(name)


@pytest.mark.parametrize(
    ("text", "end", "moment"),
    [
        ("2026-06-30", False, "2026-06-29T22:00:00Z"),
        ("2026-06-30", True, "2026-06-30T22:00:00Z"),
        ("2026-03-29", True, "2026-03-29T22:00:00Z"),
        (" 2026-06-30T10:00 ", False, "2026-06-30T08:00:00Z"),
        ("2026-06-30 10:00:30.5", True, "2026-06-30T08:00:30.5Z"),
        ("2026-06-30T10:00Z", False, "2026-06-30T10:00:00Z"),
        ("2026-06-30T10:00+05:45", False, "2026-06-30T04:15:00Z"),
        ("2026-10-25T02:30", False, "2026-10-25T00:30:00Z"),
        ("2026-10-25T02:30", True, "2026-10-25T01:30:00Z"),
        ("2026-03-29T02:30", False, "2026-03-29T01:30:00Z"),
        ("2026-03-29T02:30", True, "2026-03-29T01:30:00Z"),
        ("1969-12-31", False, "1969-12-30T23:00:00Z"),
    ],
)
def test_moments_that_people_type(text: str, end: bool, moment: str) -> None:
    assert parse_moment(text, BERLIN, end) == us(moment)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "2026-06-30T25:00", "30.06.2026", "9999-12-31"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(text, BERLIN, end=True)
    assert caught.value.subject == text
    assert "2026-06-30T14:05" in caught.value.hint
