"""Neighbouring samples of a crowd's lines together, for pictures that are shown while the view moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Blocks of samples, line after line; none lies on both sides of a gap. Samples alone are blocks of one.

    Attributes:
        begin: int64, where each line begins, and the end of the last one.
        first: int64, the place of the first sample of each; empty where each sample is a block.
        time: int64 microseconds of the first sample of each.
        low: the smallest value in each.
        high: the largest.
        last: the last one.
        gap: whether a gap follows.
    """

    begin: Ints
    first: Ints
    time: Ints
    low: Floats
    high: Floats
    last: Floats
    gap: NDArray[np.bool_]

    def of_lines(self, lines: Sequence[int], before: Ints, begin: Ints) -> Blocks:
        """The blocks of some lines, in this order.

        Args:
            before: int64, the place of the first sample of each of all lines.
            begin: int64, the places to which the first samples of these lines go, and the end of the last one.
        """
        chosen = np.array(lines, np.int64)
        spans = list(zip(self.begin[chosen].tolist(), self.begin[chosen + 1].tolist(), strict=True))
        counts = self.begin[chosen + 1] - self.begin[chosen]
        moved = np.repeat(begin[:-1] - before[chosen], counts)
        return Blocks(
            np.append(0, np.cumsum(counts)),
            np.concatenate([self.first[first:end] for first, end in spans]) + moved,
            np.concatenate([self.time[first:end] for first, end in spans]),
            np.concatenate([self.low[first:end] for first, end in spans]),
            np.concatenate([self.high[first:end] for first, end in spans]),
            np.concatenate([self.last[first:end] for first, end in spans]),
            np.concatenate([self.gap[first:end] for first, end in spans]),
        )


def blocks_of(time: Ints, value: Floats, gap: NDArray[np.bool_], begin: Ints, size: int) -> Blocks:
    """So many samples of lines together, fewer before gaps.

    Args:
        time: int64 microseconds of all samples, line after line.
        value: of all samples.
        gap: of each sample whether a gap follows, as it does after the last one of each line.
        begin: int64, where each line begins, and the end of the last one.
    """
    if size == 1:
        return Blocks(begin, np.empty(0, np.int64), time, value, value, value, gap)
    # Counted from the start of each stretch without gaps.
    ends = np.flatnonzero(gap) + 1
    stretch = np.append(0, ends[:-1])
    counts = -(-(ends - stretch) // size)
    nth = np.arange(int(counts.sum())) - np.repeat(counts.cumsum() - counts, counts)
    first = np.repeat(stretch, counts) + size * nth
    last = np.append(first[1:], len(time)) - 1
    low, high = np.minimum.reduceat(value, first), np.maximum.reduceat(value, first)
    return Blocks(np.searchsorted(first, begin), first, time[first], low, high, value[last], gap[last])
