"""Minimum and maximum per pixel column, exact, whatever the number of samples.

A column of the screen covers many samples when a long time is shown. Drawing the minimum and the maximum of each
column shows every spike; a pyramid of block minima and maxima keeps the cost of a frame near the number of columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.views.timeline.buckets import BucketLevel, Buckets

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

# A column has so many buckets at least.
_BUCKETS = 4
# Samples in a block of the next level. 32 keeps the pyramid at 2 × 1/31 of the values' size, and the parts of blocks
# at the columns' edges few.
BLOCK = 32
# Below this number of samples per column the next level does not pay: a sample costs 1 ns, the parts 0.2 µs a column.
_WORTH = 8 * BLOCK


class Pyramid:
    """Block minima and maxima of an array without NaN, for exact minima and maxima of index ranges.

    Levels are built when first needed.
    """

    def __init__(self, values: Floats) -> None:
        self._lows: list[Floats] = [values]
        self._highs: list[Floats] = [values]

    @property
    def nbytes(self) -> int:
        """Memory of the levels above the values."""
        return sum(level.nbytes for level in self._lows[1:] + self._highs[1:])

    def extremes(self, starts: Ints, ends: Ints, *, neighbours: bool = False) -> tuple[Floats, Floats]:
        """Minimum and maximum of values[start:end] for each pair.

        Args:
            starts: ascending.
            ends: each greater than its start and not greater than the next start.
            neighbours: whether each end is the next start.
        """
        if neighbours and len(starts) > 0 and int(ends[-1] - starts[0]) <= _WORTH * len(starts):
            values = self._lows[0][: int(ends[-1])]
            return np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
        return self._reduce(0, starts, ends)

    def _reduce(self, level: int, starts: Ints, ends: Ints) -> tuple[Floats, Floats]:
        if len(starts) == 0:
            return np.empty(0), np.empty(0)
        covered = int(ends[-1] - starts[0])
        if covered <= _WORTH * len(starts):
            return self._direct(level, starts, ends)
        return self._through_blocks(level, starts, ends)

    def _direct(self, level: int, starts: Ints, ends: Ints) -> tuple[Floats, Floats]:
        lows, highs = self._lows[level], self._highs[level]
        return _each(np.minimum, lows, starts, ends), _each(np.maximum, highs, starts, ends)

    def _through_blocks(self, level: int, starts: Ints, ends: Ints) -> tuple[Floats, Floats]:
        """Whole blocks from the level above, the parts of blocks at both ends from this one."""
        self._build(level + 1)
        first_block = -(-starts // BLOCK)
        last_block = ends // BLOCK
        low = np.full(len(starts), np.inf)
        high = np.full(len(starts), -np.inf)
        whole = np.flatnonzero(first_block < last_block)
        if len(whole):
            low[whole], high[whole] = self._reduce(level + 1, first_block[whole], last_block[whole])
        self._add_parts(level, starts, np.minimum(first_block * BLOCK, ends), low, high)
        self._add_parts(level, np.maximum(last_block * BLOCK, starts), ends, low, high)
        return low, high

    def _add_parts(self, level: int, starts: Ints, ends: Ints, low: Floats, high: Floats) -> None:
        """Takes ranges that lie in one block each into low and high, in place; empty ones change nothing."""
        complete = len(self._lows[level]) // BLOCK
        block = starts // BLOCK
        inside = starts < ends
        # Whole blocks are copied out first: 32 neighbours cost little more than one.
        parts = np.flatnonzero(inside & (block < complete))
        rest = np.flatnonzero(inside & (block >= complete))
        if len(parts):
            shift = (np.arange(len(parts)) - block[parts]) * BLOCK
            lows = self._lows[level][: complete * BLOCK].reshape(-1, BLOCK)[block[parts]].reshape(-1)
            highs = lows
            if level:
                highs = self._highs[level][: complete * BLOCK].reshape(-1, BLOCK)[block[parts]].reshape(-1)
            first, last = starts[parts] + shift, ends[parts] + shift
            low[parts] = np.minimum(low[parts], _each(np.minimum, lows, first, last))
            high[parts] = np.maximum(high[parts], _each(np.maximum, highs, first, last))
        if len(rest):
            tail = self._direct(level, starts[rest], ends[rest])
            low[rest] = np.minimum(low[rest], tail[0])
            high[rest] = np.maximum(high[rest], tail[1])

    def _build(self, level: int) -> None:
        while len(self._lows) <= level:
            self._lows.append(_blocks(self._lows[-1], np.minimum))
            self._highs.append(_blocks(self._highs[-1], np.maximum))


def _each(reduce: np.ufunc, values: Floats, starts: Ints, ends: Ints) -> Floats:
    """Reduces values[start:end] for each pair; starts ascend, and no range is empty or reaches into the next."""
    if bool((starts[1:] == ends[:-1]).all()):
        joined: Floats = reduce.reduceat(values[: int(ends[-1])], starts)
        return joined
    # reduceat takes [start, end), then the unwanted [end, next start): every other result counts. No index may be
    # the array's length, so the last range ends with an array that is cut there.
    borders = np.empty(2 * len(starts), np.int64)
    borders[0::2] = starts
    borders[1::2] = ends
    every: Floats = reduce.reduceat(values[: int(ends[-1])], borders[:-1])
    return every[0::2]


def _blocks(values: Floats, reduce: np.ufunc) -> Floats:
    blocks: Floats = reduce.reduceat(values, np.arange(0, len(values), BLOCK))
    return blocks


# Not frozen: there is one for every line in every frame, and freezing makes them five times as slow to make.
@dataclass(slots=True, eq=False)
class Columns:
    """The pixel columns that hold at least one sample, from left to right.

    Attributes:
        column: int64, which column.
        first: int64, index of the column's first sample.
        last: int64, index of its last sample.
        low: the smallest value of the samples in the column.
        high: the largest.
        samples: number of samples in all columns together.
        before: index of the last sample before the first column, -1 where there is none.
    """

    column: Ints
    first: Ints
    last: Ints
    low: Floats
    high: Floats
    samples: int
    before: int

    @property
    def is_reduced(self) -> bool:
        """Whether some column hides a sample: it has more than two, which are not all the same."""
        return bool(np.any((self.last - self.first > 1) & (self.low < self.high)))


@dataclass(slots=True)
class ColumnGrid:
    """Columns of equal width over a range of time.

    Attributes:
        start: left edge, microseconds.
        end: right edge, microseconds, greater than start.
        count: number of columns, at least 1.
        shift: borders are multiples of 2**shift microseconds; see snapped.
        edges: int64, count + 1 borders; column c holds the times with edges[c] <= time < edges[c + 1].
    """

    start: int
    end: int
    count: int
    shift: int = 0
    edges: Ints = field(init=False)

    def __post_init__(self) -> None:
        steps = np.arange(self.count + 1) * ((self.end - self.start) / self.count)
        self.edges = self.start + np.rint(steps).astype(np.int64)
        if self.shift:
            self.edges = (self.edges + (1 << (self.shift - 1))) >> self.shift << self.shift

    @staticmethod
    def snapped(start: int, end: int, count: int) -> ColumnGrid:
        """Columns whose borders are an eighth of a column at most from where they would be, to be reduced quickly."""
        return ColumnGrid(start, end, count, max((end - start) // count // _BUCKETS, 1).bit_length() - 1)

    def merged(self, step: int) -> ColumnGrid:
        """So many columns together as one, from the left; the last one may have fewer."""
        merged = replace(self, count=-(-self.count // step))
        merged.edges = np.append(self.edges[:-1:step], self.edges[-1])
        return merged

    def column_of(self, times: Ints) -> Ints:
        """The column of each time; -1 left of the first one, count right of the last one."""
        return np.searchsorted(self.edges, times, "right") - 1

    def column_table(self) -> NDArray[np.int16] | None:
        """The column of each bucket of time in sight, after one that lies before; None where they are too many."""
        first = int(self.edges[0]) >> self.shift
        buckets = (int(self.edges[-1]) >> self.shift) - first
        if buckets > 16 * self.count or self.count >= 2**15 or int(self.edges[0]) != first << self.shift:
            return None
        columns = np.searchsorted((self.edges >> self.shift) - first, np.arange(buckets), "right") - 1
        return np.concatenate(([-1], columns)).astype(np.int16)

    def columns_in_sight(self, times: Ints, table: NDArray[np.int16] | None = None) -> NDArray[np.int16] | Ints:
        """As column_of, quicker for many times, none of which lies behind the last column.

        Args:
            table: column_table, where that is known.
        """
        if table is None and len(times) > 2 * self.count:
            table = self.column_table()
        if table is None:
            return self.column_of(times)
        bucket = times - int(self.edges[0])
        bucket >>= self.shift
        bucket += 1
        # Before the view is what lies in the table's first place.
        columns: NDArray[np.int16] = table.take(bucket, mode="clip")
        return columns


def reduce_columns(time: Ints, pyramid: Pyramid, buckets: Buckets, grid: ColumnGrid) -> Columns:
    """Reduces samples to the columns of a grid, exactly.

    Args:
        time: int64 microseconds, ascending; one element a value of the pyramid.
        pyramid: of the values.
        buckets: of the same samples.
    """
    if (level := buckets.level(grid.shift)) is not None:
        return _reduce_buckets(level, grid)
    bounds = _bounds(time, grid)
    starts, ends = bounds[:-1], bounds[1:]
    filled = np.flatnonzero(ends > starts)
    if len(filled) < grid.count:
        starts, ends = starts[filled], ends[filled]
    low, high = pyramid.extremes(starts, ends, neighbours=True)
    return Columns(filled, starts, ends - 1, low, high, int(bounds[-1] - bounds[0]), int(bounds[0]) - 1)


def _bounds(time: Ints, grid: ColumnGrid) -> Ints:
    """The index of the first sample at or after each border. What is in sight alone is searched through."""
    first, last = time.searchsorted(grid.edges[[0, -1]]).tolist()
    inside: Ints = time[first:last].searchsorted(grid.edges)
    inside += first
    return inside


def _reduce_buckets(level: BucketLevel, grid: ColumnGrid) -> Columns:
    """Each border of columns is one of buckets."""
    border = (grid.edges >> grid.shift) - level.first
    # Much quicker than np.clip.
    np.minimum(np.maximum(border, 0, out=border), len(level.low), out=border)
    bounds = level.offset.take(border).astype(np.int64)
    starts, ends = bounds[:-1], bounds[1:]
    filled = np.flatnonzero(ends > starts)
    before, samples = int(bounds[0]) - 1, int(bounds[-1] - bounds[0])
    if len(filled) == 0:
        return Columns(filled, filled, filled, np.empty(0), np.empty(0), samples, before)
    end = int(border[filled[-1] + 1])
    if len(filled) < grid.count:
        starts, ends = starts[filled], ends[filled]
    begin = border[filled]
    low, high = _of_buckets(level, begin, border[1:][filled], end)
    return Columns(filled, starts, ends - 1, low, high, samples, before)


def _of_buckets(level: BucketLevel, begin: Ints, end: Ints, last: int) -> tuple[Floats, Floats]:
    """The smallest and the largest value of buckets begin to end for each pair, which ascend.

    Args:
        last: the end of the last pair.
    """
    count = end - begin
    if int(count.min()) < _BUCKETS or int(count.max()) > 2 * _BUCKETS:
        # Buckets between the pairs are empty, and change nothing for the pair before them.
        return np.minimum.reduceat(level.low[:last], begin), np.maximum.reduceat(level.high[:last], begin)
    # Two runs of four that overlap are all buckets of a column: quicker than a call for each.
    first = int(begin[0])
    begin, end = begin - first, end - (first + _BUCKETS)
    lows, highs = level.low[first:last], level.high[first:last]
    for size in (1, 2):
        lows, highs = np.minimum(lows[:-size], lows[size:]), np.maximum(highs[:-size], highs[size:])
    return np.minimum(lows[begin], lows[end]), np.maximum(highs[begin], highs[end])
