"""Numbers, sizes and times as tables show them."""

from __future__ import annotations

import math

import pytest

from core.fleet.timezones import zone
from gui.models.texts import (
    age_text,
    clock_text,
    day_text,
    full_time_text,
    line_text,
    messages_text,
    minute_text,
    month_text,
    number_text,
    plural,
    size_text,
    time_text,
    tip_text,
    visible_text,
)
from gui.views.timeline.value_ticks import value_text

MOMENT = 1_682_674_331_804_250  # 2023-04-28T09:32:11.804250Z


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_960, "10 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (3_200_000_000, "3.2 GB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (82_343.0, "82,343"),
        (82_343.4, "82,343.4"),
        (0.1 + 0.2, "0.3"),
        (-0.5, "-0.5"),
        (52.520008, "52.520008"),
        (1e20, "1e+20"),
        (math.nan, ""),
        (math.inf, "inf"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("value", [250_004.0, 764.287, 13.40495412345, 0.1 + 0.2, -1234.5, 1e-7, 8.33, 123456789.123])
def test_a_number_has_the_digits_that_the_legend_writes_of_it(value: float) -> None:
    assert number_text(value) == value_text(value)


def test_times_in_a_zone() -> None:
    berlin = zone("Europe/Berlin")
    assert time_text(MOMENT, berlin) == "2023-04-28 11:32:11"
    assert time_text(MOMENT, berlin, fraction=True) == "2023-04-28 11:32:11.804"
    assert minute_text(MOMENT, zone("UTC")) == "2023-04-28 09:32"
    assert full_time_text(MOMENT, berlin) == "2023-04-28 11:32:11.804 +02:00"
    assert clock_text(MOMENT) == "09:32:11"


def test_a_sender_with_a_wild_clock_is_no_error() -> None:
    assert time_text(2**62, zone("Europe/Berlin")) == "9999-12-31 23:59:59"
    assert time_text(-(2**62), zone("UTC")) == "0001-01-01 00:00:00"


def test_days_months_and_ages() -> None:
    assert day_text("2022-11-18") == "11-18 Fri"
    assert month_text("2022-11") == "2022-11 Nov"
    assert age_text(6 * 86_400_000_000 + 5) == "6 d"
    assert age_text(12 * 60_000_000) == "12 min"
    assert age_text(-5) == "0 s"
    assert plural(1, "batch", "batches") == "1 batch"
    assert plural(12_345, "vehicle") == "12,345 vehicles"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("WBA\u202e123", "WBA\\u202e123"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("a\x00b\n", "a\\u0000b\\u000a"),
        ("\ufefftag \U000e0041", "\\ufefftag \\udb40\\udc41"),
        ("half \ud800", "half \\ud800"),
        ("Straße 漢字 \U0001f468\u200d\U0001f469", "Straße 漢字 \U0001f468\u200d\U0001f469"),
    ],
)
def test_what_would_not_be_seen_is_written(text: str, shown: str) -> None:
    assert visible_text(text) == shown


def test_lines_stay_where_they_are_wanted() -> None:
    assert visible_text("{\r\n\t\u202e}", lines=True) == "{\r\n\t\\u202e}"
    assert line_text(" a \n\t b\x07") == "a b\\u0007"


def test_a_tip_shows_markup_as_it_is() -> None:
    assert tip_text("a < b\nc") == "a < b\nc"
    assert tip_text("<b>VIN</b>\nlate") == "<p style='white-space:pre'>&lt;b&gt;VIN&lt;/b&gt;\nlate</p>"


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ((1000, 998, 2), "1,000 messages: 998 with samples, 2 rejects"),
        ((1, 1, 0), "1 message: 1 with samples, 0 rejects"),
        ((0, 0, 0), "0 messages: 0 with samples, 0 rejects"),
        ((0, 0, 1), "1 batch that is no list of messages"),
        (
            (2318, 2304, 16),
            "2,318 messages: 2,304 with samples, 14 rejects and 2 batches that are no lists of messages",
        ),
        (
            (1000, 990, 7, 3),
            "1,000 messages: 990 with samples, 7 rejects, 3 lost, which is a fault of the program or the archive",
        ),
    ],
)
def test_messages_in_are_messages_with_samples_and_rejects(counts: tuple[int, ...], text: str) -> None:
    assert messages_text(*counts) == text
