"""Round numbers on a value axis, and how values are written."""

from __future__ import annotations

import math


def value_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """At most so many round numbers between low and high, each with its text."""
    span = high - low
    if not (math.isfinite(span) and span > 0 and most > 0):
        return []
    step = _round_step(span / most)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 2 * most:
        return []
    # Adding 0 turns a negative zero into zero.
    values = [round(number * step, places) + 0.0 for number in range(first, last + 1)]
    wide = max(abs(low), abs(high)) >= 1e10 or places > 9
    return [(value, f"{value:.6g}" if wide else f"{value:,.{places}f}") for value in values]


def _round_step(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * base for base in (1, 2, 5, 10) if power * base >= least * (1 - 1e-9))


def value_text(value: float) -> str:
    """A value as it was sent, with thousands apart: ``12,345.678``."""
    return f"{value:,.12g}" if abs(value) < 1e12 else f"{value:g}"


def count_text(count: int) -> str:
    """A number of samples, short: ``1,800``, ``12.3 k``, ``1.2 M``."""
    if count < 10_000:
        return f"{count:,}"
    for limit, divisor, sign in ((1_000_000, 1_000, "k"), (1_000_000_000, 1_000_000, "M")):
        # Numbers that would round up to a thousand of the smaller sign take the larger one.
        if count < limit * 0.9995:
            return f"{count / divisor:.3g} {sign}"
    return f"{count / 1_000_000_000:.3g} G"


def age_text(microseconds: int) -> str:
    """How long ago, in the two largest units: ``2 h 5 min``."""
    seconds = microseconds // 1_000_000
    if seconds < 1:
        return f"{microseconds / 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min {seconds % 60} s"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{hours // 24} d {hours % 24} h"
