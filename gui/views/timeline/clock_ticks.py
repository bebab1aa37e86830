"""Value axes of moments (epoch seconds) and of times of day (hours)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.autoapi.display import DisplayKind
from gui.models.texts import time_text
from gui.views.timeline.time_ticks import EARLIEST, LATEST, MINUTE, SECOND, STEPS, Step, local, ticks
from gui.views.timeline.value_ticks import value_ticks

if TYPE_CHECKING:
    from datetime import tzinfo

# Minutes between ticks of a time of day.
_DAY_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)


def axis_ticks(kind: DisplayKind, low: float, high: float, most: int, tz: tzinfo) -> list[tuple[float, str]]:
    """Round values between low and high, each with its text; about so many at most.

    Args:
        tz: the zone in which moments are told; times of day are those of the vehicle's clock.
    """
    if kind == DisplayKind.MOMENT and low * SECOND >= EARLIEST and high * SECOND <= LATEST:
        return _moment_ticks(low, high, most, tz)
    if kind == DisplayKind.TIME_OF_DAY:
        return _day_ticks(low, high, most)
    return value_ticks(low, high, most)


def clock_text(kind: DisplayKind, value: float, tz: tzinfo) -> str:
    """A moment as ``2026-06-12 10:03:11`` in a zone, a time of day as ``07:30``."""
    if kind == DisplayKind.TIME_OF_DAY:
        return _day_text(value)
    # Beyond the calendar its ends stand in.
    return time_text(round(min(max(value * SECOND, -1e18), 1e18)), tz)


def _moment_ticks(low: float, high: float, most: int, tz: tzinfo) -> list[tuple[float, str]]:
    start, end = math.ceil(low * SECOND), math.floor(high * SECOND)
    # A date tells no part of a second, and double precision no part of a microsecond.
    steps = [step for step in STEPS if step.kind != "clock" or step.count >= SECOND]
    finer: list[tuple[float, str]] = []
    for step in steps:
        if (end - start) / step.length > 8 * most:
            continue
        found = [(tick.time / SECOND, _moment_label(tick.time, step, tz)) for tick in ticks(start, end, step, tz)]
        if len(found) <= most:
            # A single tick tells no scale: some of the finer ones do.
            return found if len(found) > 1 else finer[:: -(-len(finer) // most)] or found
        finer = found
    return []


def _moment_label(time: int, step: Step, tz: tzinfo) -> str:
    text = time_text(time, tz)
    if step.kind == "clock":
        return text if step.count < MINUTE else text[:16]
    if step.kind == "day":
        return text[:10]
    return text[:7] if step.kind == "month" else str(local(time, tz).year)


def _day_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    first, last = max(low, 0.0) * 60, min(high, 24.0) * 60
    for step in _DAY_STEPS:
        if (last - first) / step <= most:
            numbers = range(math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9) + 1)
            return [(number * step / 60, _day_text(number * step / 60)) for number in numbers]
    return []


def _day_text(hours: float) -> str:
    seconds = round(hours * 3600)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return text if seconds % 60 == 0 else f"{text}:{seconds % 60:02}"
