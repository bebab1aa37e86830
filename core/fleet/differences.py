"""Differences of numbers as people compute them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Digits behind this one, counted from the first digit of the larger number, are none that were sent.
_DIGITS = 14
_LARGEST_POWER = 22


def tidy_difference(values: Floats, others: Floats) -> Floats:
    """Values less others without the digits that computing with doubles adds: 0.3 less 0.1 is 0.2.

    Args:
        values: float64.
        others: as many, or one for all of them.
    """
    with np.errstate(all="ignore"):
        found = values - others
        decimals = np.floor(_DIGITS - np.log10(np.maximum(np.abs(values), np.abs(others))))
        # Powers of ten up to this one are exact doubles.
        scale = np.power(10.0, np.clip(decimals, 0, _LARGEST_POWER))
        tidy = np.rint(found * scale) / scale
    return np.where((decimals >= 0) & (decimals <= _LARGEST_POWER) & np.isfinite(tidy), tidy, found)
