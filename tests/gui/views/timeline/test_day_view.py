"""Which days lie over each other, and how times of day are told."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.fleet.day_passes import DAY
from gui.views.timeline.day_clock import DAY_CLOCK, day_clock_text, hours_text
from gui.views.timeline.day_view import MOST_DAYS, DayView, days_later, hours_within
from gui.views.timeline.time_ticks import Step, context_texts, moment_text, ticks
from tests.gui.views.timeline.make_series import HOUR, MINUTE, SECOND

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def test_the_days_are_those_that_the_range_touches_as_far_as_there_are_samples() -> None:
    view = DayView()
    assert view.passes((0, DAY), UTC) is None
    assert view.sight((1, 2), UTC) == (1, 2)
    assert view.text((0, DAY), UTC, "UTC") == "UTC"
    view.is_on, view.extent = True, (at("2026-06-02T12:00"), at("2026-06-05T00:00"))
    wide = at("2026-05-01T00:00"), at("2026-07-01T00:00")
    # The last sample is the first moment of its day.
    assert view.sight(wide, UTC) == (at("2026-06-02T00:00"), at("2026-06-06T00:00"))
    assert view.text(wide, UTC, "UTC") == "UTC: 4 days, Tue, 2 Jun 2026 to Fri, 5 Jun 2026"
    # The same days stay the same, so that what was found for them does.
    passes = view.passes(wide, UTC)
    assert view.passes((wide[0] + HOUR, wide[1]), UTC) is passes
    assert view.passes(wide, BERLIN) is not passes
    # Where there are no samples at all the days are empty ones.
    assert view.sight((at("2026-08-01T03:00"), at("2026-08-01T04:00")), UTC) == (
        at("2026-08-01T00:00"), at("2026-08-02T00:00"),
    )  # fmt: skip
    assert view.text((at("2026-08-01T03:00"), at("2026-08-01T04:00")), UTC, "UTC") == "UTC: Sat, 1 Aug 2026"


def test_of_very_many_days_the_last_ones_are_drawn_and_it_is_said() -> None:
    view = DayView()
    view.is_on = True
    year = at("2025-06-01T00:00"), at("2026-06-01T00:00")
    passes = view.passes(year, UTC)
    assert passes is not None
    assert passes.days == MOST_DAYS == 100
    assert view.text(year, UTC, "UTC") == "UTC: the last 100 of 365 days, Sat, 21 Feb 2026 to Sun, 31 May 2026"


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, ("2026-03-28T23:00", "2026-03-30T22:00")), (-1, ("2026-03-26T23:00", "2026-03-28T23:00"))],
)
def test_days_are_moved_by_whole_ones_also_over_changes_of_the_clock(days: int, expected: tuple[str, str]) -> None:
    # 28 and 29 March in Berlin, the second of which has 23 hours.
    view = at("2026-03-28T09:00"), at("2026-03-29T09:00")
    assert days_later(view, BERLIN, days) == tuple(map(at, expected))


def test_hours_stay_in_the_day() -> None:
    assert hours_within(-HOUR, 3 * HOUR) == (0, 4 * HOUR)
    assert hours_within(22 * HOUR, 26 * HOUR) == (20 * HOUR, DAY)
    assert hours_within(-DAY, 5 * DAY) == (0, DAY)


def test_times_of_day_are_told_as_clocks_do() -> None:
    assert day_clock_text(0) == "00:00"
    assert day_clock_text(DAY) == "24:00"
    assert day_clock_text(6 * HOUR + 5 * MINUTE + 9 * SECOND) == "06:05:09"
    assert day_clock_text(1_500_000, 1_000) == "00:00:01.5"
    assert day_clock_text(1_500_000) == "00:00:01"
    assert hours_text(6 * HOUR, DAY) == "06:00 to 24:00"
    assert moment_text(6 * HOUR, DAY_CLOCK) == "06:00"
    labels = [(tick.time, tick.label) for tick in ticks(0, DAY, Step("clock", 6 * HOUR), DAY_CLOCK)]
    assert labels == [(0, "00:00"), (6 * HOUR, "06:00"), (12 * HOUR, "12:00"), (18 * HOUR, "18:00"), (DAY, "24:00")]
    assert context_texts(0, Step("clock", HOUR), DAY_CLOCK) == ()
