"""Times that are counted from a vehicle's first sample, as they are told."""

from __future__ import annotations

import pytest

from gui.views.timeline.elapsed import ELAPSED, elapsed_text
from gui.views.timeline.time_ticks import (
    STEPS,
    Step,
    context_texts,
    moment_text,
    offset_changes,
    tick_array,
    ticks,
)
from tests.gui.views.timeline.make_series import DAY, HOUR, MINUTE, SECOND


@pytest.mark.parametrize(
    ("time", "precision", "text"),
    [
        (0, SECOND, "+00:00:00"),
        (4 * HOUR + 12 * SECOND, SECOND, "+04:00:12"),
        (3 * DAY + 4 * HOUR, SECOND, "+3 d 04:00:00"),
        (1_234 * DAY + 250_125, 10_000, "+1,234 d 00:00:00.250"),
        (250_125, 10, "+00:00:00.250125"),
        (-(DAY + MINUTE), SECOND, "\u22121 d 00:01:00"),
    ],
)
def test_a_time_is_told_by_days_and_the_clock(time: int, precision: int, text: str) -> None:
    assert elapsed_text(time, precision) == text
    assert moment_text(time, ELAPSED, precision) == text


@pytest.mark.parametrize(
    ("start", "end", "step", "labels"),
    [
        (-6 * HOUR, 30 * HOUR, Step("clock", 6 * HOUR), ["\u22126 h", "0", "6 h", "12 h", "18 h", "1 d", "6 h"]),
        (23 * HOUR + 50 * MINUTE, 24 * HOUR + 10 * MINUTE, Step("clock", 10 * MINUTE), ["23:50", "1 d", "00:10"]),
        (0, SECOND, Step("clock", SECOND // 2), ["0", "00:00:00.5", "00:00:01.0"]),
        (-DAY, 3 * DAY, Step("day", 1), ["\u22121 d", "0", "1 d", "2 d", "3 d"]),
        (1, 70 * DAY, Step("month", 1), ["30 d", "60 d"]),
        (1, 731 * DAY, Step("year", 1), ["365 d", "730 d"]),
    ],
)
def test_ticks_are_whole_steps_from_the_first_sample(start: int, end: int, step: Step, labels: list[str]) -> None:
    assert [tick.label for tick in ticks(start, end, step, ELAPSED)] == labels


def test_every_step_has_the_same_ticks_in_an_array() -> None:
    # Seven of the longest ones reach beyond the calendar.
    for step in (step for step in STEPS if step.length <= 365 * DAY):
        end = 7 * step.length + step.length // 2
        assert tick_array(-step.length, end, step, ELAPSED).tolist() == [step.length * n for n in range(-1, 8)]


def test_days_stand_below_ticks_of_hours_and_no_zone_anywhere() -> None:
    hours = Step("clock", HOUR)
    assert context_texts(2 * DAY + HOUR, hours, ELAPSED) == ("+2 d", "+2 d")
    assert context_texts(-HOUR, hours, ELAPSED) == ("before the first sample", "before")
    assert context_texts(2 * DAY, Step("day", 1), ELAPSED) == ()
    assert not offset_changes(-400 * DAY, 400 * DAY, ELAPSED)
