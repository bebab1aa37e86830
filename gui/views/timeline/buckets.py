"""Minimum and maximum of samples per bucket of time, kept for every power of two.

Where the borders of columns are borders of buckets, a column is some buckets: nothing is searched for, and no sample
is touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# A bucket stands for so many samples on average at least; with fewer the samples themselves are as fast.
_SAMPLES_A_BUCKET = 16
# Samples that are looked at together while buckets are made: what stays in the processor's cache.
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class BucketLevel:
    """Neighbouring buckets of 2**shift microseconds each; bucket b holds the times with time >> shift == b.

    Attributes:
        first: the number of the first one.
        offset: index of the first sample of each bucket, and of the end of the last one.
        low: the smallest value in each, infinity where there is none.
        high: the largest, minus infinity where there is none.
    """

    first: int
    offset: NDArray[np.int32] | Ints
    low: Floats
    high: Floats

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.offset.nbytes + self.low.nbytes + self.high.nbytes

    def halved(self) -> BucketLevel:
        """Buckets twice as long."""
        # Pairs begin with an even number, and need a partner.
        before, count = self.first & 1, len(self.low) + (self.first & 1)
        after = count & 1
        low = np.pad(self.low, (before, after), constant_values=np.inf)
        high = np.pad(self.high, (before, after), constant_values=-np.inf)
        last = len(self.offset) - 1
        offset = self.offset.take(np.arange(-before, last + after + 1, 2).clip(0, last))
        return BucketLevel(self.first >> 1, offset, np.minimum(low[::2], low[1::2]), np.maximum(high[::2], high[1::2]))


class Buckets:
    """The buckets of a line's samples. Levels are made when first needed.

    Args:
        time: int64 microseconds, ascending.
        value: one a time, none of them NaN.
    """

    def __init__(self, time: Ints, value: Floats) -> None:
        self._time, self._value = time, value
        self._levels: dict[int, BucketLevel] = {}
        self._finest = 0
        if len(time):
            most = max(len(time) // _SAMPLES_A_BUCKET, 1)
            self._finest = max((int(time[-1]) - int(time[0])) // most, 1).bit_length()

    @property
    def nbytes(self) -> int:
        """Memory of the levels made so far."""
        return sum(level.nbytes for level in self._levels.values())

    def make(self) -> None:
        """Makes the finest level, from which all others follow quickly."""
        if len(self._time) >= _CHUNK:
            self.level(self._finest)

    def level(self, shift: int) -> BucketLevel | None:
        """The buckets of 2**shift microseconds; None where they would be too many for the samples."""
        if shift < self._finest or len(self._time) == 0:
            return None
        made = max((one for one in self._levels if one <= shift), default=None)
        if made is None:
            made = self._finest
            self._levels[made] = _made(self._time, self._value, made)
        for one in range(made, shift):
            self._levels[one + 1] = self._levels[one].halved()
        return self._levels[shift]


def _made(time: Ints, value: Floats, shift: int) -> BucketLevel:
    first, last = int(time[0]) >> shift, int(time[-1]) >> shift
    counts = np.zeros(last - first + 1, np.int64)
    for start in range(0, len(time), _CHUNK):
        number = (time[start : start + _CHUNK] >> shift) - first
        here = int(number[0])
        part = np.bincount(number - here)
        counts[here : here + len(part)] += part
    offset = np.concatenate(([0], np.cumsum(counts)))
    filled = np.flatnonzero(counts)
    starts = offset[filled]
    low, high = np.full(len(counts), np.inf), np.full(len(counts), -np.inf)
    low[filled] = np.minimum.reduceat(value, starts)
    high[filled] = np.maximum.reduceat(value, starts)
    # Half the memory, unless there are thousands of millions of samples.
    return BucketLevel(first, offset.astype(np.int32) if len(time) < 2**31 else offset, low, high)
