"""Round numbers on a value axis, and how values are written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# How many values tell the number of decimals, and how many decimals align; finer values stand as they are.
_LOOKED_AT = 1_000
_MOST_DECIMALS = 4
# From here on values are written with an exponent.
_LARGE = 1e12
_SHORTEST, _LONGEST = 1e-300, 1e300


def value_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    """Round numbers between low and high, each with its text.

    At most so many, but at least two where numbers are fine enough: a single one tells no scale. None where powers of
    ten for steps would be no numbers.
    """
    span = high - low
    if not (_SHORTEST < span < _LONGEST and most > 0):
        return []
    found: list[tuple[float, str]] = []
    for power, base in _round_steps(span / most):
        found = _multiples(low, high, power, base, 2 * most)
        if len(found) >= 2:
            break
    return found


def _multiples(low: float, high: float, power: int, base: float, most: int) -> list[tuple[float, str]]:
    step = base * 10.0**power
    places = max(0, -power + (base == 2.5))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > most:
        return []
    # Adding 0 turns a negative zero into zero.
    values = [round(number * step, places) + 0.0 for number in range(first, last + 1)]
    wide = max(abs(low), abs(high)) >= 1e10 or places > 9
    return [(value, f"{value:.6g}" if wide else f"{value:,.{places}f}") for value in values]


def _round_steps(least: float) -> Iterator[tuple[int, float]]:
    """The shortest of 1, 2, 5, 10 … that is long enough, then shorter ones, each as a power of ten and a factor."""
    power = math.floor(math.log10(least))
    start = next((base for base in (1, 2, 5) if 10.0**power * base >= least * (1 - 1e-9)), 10)
    for base in (10, 5, 2.5, 2, 1, 0.5, 0.25):
        if base <= start:
            shift = (base >= 10) - (base < 1)
            yield power + shift, base / 10**shift


def value_text(value: float, decimals: int = 0) -> str:
    """A value as it was sent, with thousands apart and at least so many decimals: ``12,345.678``."""
    if abs(value) >= _LARGE:
        return f"{value:g}"
    text = f"{value:,.12g}"
    enough = len(text.partition(".")[2]) >= decimals or not math.isfinite(value) or "e" in text
    return text if enough else f"{value:,.{decimals}f}"


def decimals_of(values: NDArray[np.float64]) -> int:
    """The number of decimals with which all of some values can be written alike, for a column where they align.

    Looks at some of them, so that every cell in sight can ask; 0 where they have more than anyone would write.
    """
    some = values[:: 1 + len(values) // _LOOKED_AT]
    some = some[np.isfinite(some) & (np.abs(some) < _LARGE)]
    for digits in range(_MOST_DECIMALS + 1):
        if bool(np.all(np.abs(np.round(some, digits) - some) <= np.abs(some) * 1e-12)):
            return digits
    return 0


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
