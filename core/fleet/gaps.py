"""Gaps: where a series was silent for so long that its last value no longer counts as known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

GAP_FACTOR = 2.5
"""A gap is an interval longer than this many times the usual one."""
NO_GAPS = 0.0
"""The factor with which nothing is a gap."""

# The usual interval is this percentile: trips send every few seconds, and the pauses between them are rarer.
_PERCENTILE = 95.0
# A value that is a little older than usual is no gap: below this nothing is one.
_SHORTEST = 3_600_000_000
_CHUNK = 1 << 16
_LOOKED_AT = 50_000


def gap_limit(time: Ints, factor: float = GAP_FACTOR) -> int:
    """The longest interval, in microseconds, over which a value counts as still known.

    Beyond it the last known value is drawn faintly and is not joined to the next one.

    Args:
        time: int64 microseconds, ascending.
        factor: so many times the 95th percentile of the intervals, but at least one hour; NO_GAPS for no limit.
    """
    if factor == NO_GAPS:
        return int(np.iinfo(np.int64).max)
    if len(time) < 2:
        return _SHORTEST
    # Some ten thousand intervals tell the percentile as well as all of them.
    step = 1 + (len(time) - 1) // _LOOKED_AT
    intervals = time[1::step] - time[:-1:step]
    usual = float(np.percentile(intervals, _PERCENTILE))
    return max(int(factor * usual), _SHORTEST)


def gaps_of(time: Ints, factor: float = GAP_FACTOR) -> Ints:
    """The samples after which comes a gap: their indices, int64, ascending.

    Args:
        time: int64 microseconds, ascending.
        factor: as for gap_limit.
    """
    if factor == NO_GAPS:
        return np.empty(0, np.int64)
    limit = gap_limit(time, factor)
    # Some thousand at a time stay in the processor's cache; all at once would be new memory of the samples' size.
    found = [
        np.flatnonzero(np.diff(time[start : start + _CHUNK + 1]) > limit) + start
        for start in range(0, len(time), _CHUNK)
    ]
    return np.concatenate(found) if found else np.empty(0, np.int64)
