"""Value axes of moments and of times of day."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from core.autoapi.display import DisplayKind
from gui.views.timeline.clock_ticks import axis_ticks, clock_text
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, SECOND

BERLIN = ZoneInfo("Europe/Berlin")
MOMENT, TIME_OF_DAY = DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY
# 2026-10-25 00:00 UTC: the day on which Berlin goes from +02:00 to +01:00.
OCTOBER = 1_792_886_400


def texts(kind: DisplayKind, low: float, high: float, most: int, zone: ZoneInfo = BERLIN) -> list[str]:
    return [text for _, text in axis_ticks(kind, low, high, most, zone)]


def test_moments_stand_on_round_local_dates_across_a_change_of_the_clock() -> None:
    day = DAY // SECOND
    found = axis_ticks(MOMENT, OCTOBER - day, OCTOBER + 2 * day, 4, BERLIN)
    assert [text for _, text in found] == ["2026-10-25", "2026-10-26", "2026-10-27"]
    midnights = {text: value for value, text in found}
    assert midnights["2026-10-25"] == OCTOBER - 2 * 3600
    assert midnights["2026-10-26"] == OCTOBER + day - 3600


def test_moments_are_as_fine_as_the_axis() -> None:
    june = JUNE // SECOND
    assert texts(MOMENT, june, june + 5 * HOUR // SECOND, 5)[0] == "2026-06-01 02:00"
    assert texts(MOMENT, june, june + 20, 5) == [f"2026-06-01 02:00:{second:02}" for second in (0, 5, 10, 15, 20)]
    assert texts(MOMENT, june, june + 200 * 86_400, 4)[:2] == ["2026-07", "2026-10"]
    assert texts(MOMENT, 0, 60 * 365.25 * 86_400, 4) == ["1980", "2000", "2020"]
    # What no calendar can say is a number.
    assert texts(MOMENT, 0, 1e15, 4)[-1] == "1e+15"


def test_there_are_two_dates_at_least() -> None:
    june = JUNE // SECOND
    for days in range(1, 400):
        assert len(texts(MOMENT, june + 3 * 3600, june + days * 86_400, 2)) >= 2, days


def test_times_of_day_stand_on_round_hours_and_stay_in_the_day() -> None:
    assert texts(TIME_OF_DAY, 5.9, 9.1, 5) == ["06:00", "07:00", "08:00", "09:00"]
    assert texts(TIME_OF_DAY, -2.0, 26.0, 6) == ["00:00", "06:00", "12:00", "18:00", "24:00"]
    assert axis_ticks(TIME_OF_DAY, 7.4, 7.6, 4, UTC) == [(7.5 + k / 60 * 5, f"07:{30 + 5 * k}") for k in (-1, 0, 1)]


def test_values_are_told_as_clocks_tell_them() -> None:
    assert clock_text(TIME_OF_DAY, 7.5, BERLIN) == "07:30"
    assert clock_text(TIME_OF_DAY, 7.5 + 5 / 3600, BERLIN) == "07:30:05"
    assert clock_text(MOMENT, OCTOBER, BERLIN) == "2026-10-25 02:00:00"
    assert clock_text(MOMENT, OCTOBER + 7200, BERLIN) == "2026-10-25 03:00:00"
    assert clock_text(MOMENT, 1e300, BERLIN).startswith("9999-12-31")
