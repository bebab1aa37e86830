"""The wide layout: a row a time, a column a series.

Samples meet in one row only where their times are exactly equal; nothing is interpolated or carried on. A series with
several samples of one time (several trouble codes, say) takes as many rows of that time, so that none is lost. Failures
have no value and are left out; the long layout has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from core.export import cells
from core.export.units import numbers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.export.units import ShownUnits
    from core.fleet.series import Series, SeriesKey

# Most cells of a sparse table are empty; this many are built at once.
_BLOCK_CELLS = 5_000_000


class Tally:
    """Collects what must be known of a whole export before its first row, piece by piece.

    Args:
        keys: the series in the order of the columns.
        shown: what numbers are converted by, which learns here what was sent; None where they stay as they were sent.

    Attributes:
        failures: how many samples are left out because they are failures.
    """

    def __init__(self, keys: Sequence[SeriesKey], shown: ShownUnits | None = None) -> None:
        self._keys = keys
        self._shown = shown
        # As they were sent: those of numbers, and those of texts, which are never converted.
        self._numbers: list[set[str]] = [set() for _ in keys]
        self._texts: list[set[str]] = [set() for _ in keys]
        self.failures = 0

    def add(self, piece: Iterable[Series]) -> None:
        """Take in one stretch of time, its series in the order of the keys."""
        for series, of_numbers, of_texts in zip(piece, self._numbers, self._texts, strict=True):
            numbers = numbers_of(series)
            of_numbers.update(_units(series, numbers))
            of_texts.update(_units(series, _shown(series) & ~numbers))
            self.failures += int(np.count_nonzero(series.failure.present()))
            if self._shown is not None:
                self._shown.add(series)

    def changes(self) -> list[bool]:
        """For each series whether its unit changes, so that it needs a column for the unit."""
        return [len(units) > 1 for units in self._written()]

    def _written(self) -> Iterator[set[str]]:
        """For each series the units that stand in the file."""
        for key, numbers, texts in zip(self._keys, self._numbers, self._texts, strict=True):
            yield texts | (numbers if self._shown is None else {self._shown.written(key, unit) for unit in numbers})

    def header(self) -> list[str]:
        """The names of all columns: ``time``, then ``VIN capability.property.component [unit]`` for each series."""
        names = ["time"]
        for key, units in zip(self._keys, self._written(), strict=True):
            name = f"{key.vin} {key.path}"
            if len(units) > 1:
                names += [name, f"{name} unit"]
            else:
                unit = next(iter(units), "")
                names.append(f"{name} [{unit}]" if unit else name)
        return names


def row_count(piece: Sequence[Series]) -> int:
    """How many rows a stretch of time takes."""
    _, counts = _times([series.time[_shown(series)] for series in piece])
    return int(counts.sum())


def rows(piece: Sequence[Series], with_unit: Sequence[bool], tz: tzinfo) -> Iterator[tuple[pa.Buffer, int]]:
    """The rows of a stretch of time, some at once.

    Args:
        piece: the series of the stretch, in the order of the columns.
        with_unit: for each series whether its unit has a column.
        tz: the zone of the time column.

    Yields:
        Bytes and how many rows they are.
    """
    shown = [np.flatnonzero(_shown(series)) for series in piece]
    times = [series.time[samples] for series, samples in zip(piece, shown, strict=True)]
    distinct, counts = _times(times)
    row_times = np.repeat(distinct, counts)
    starts = np.cumsum(counts) - counts
    columns: list[_Column] = []
    for series, samples, time, unit in zip(piece, shown, times, with_unit, strict=True):
        place = starts[np.searchsorted(distinct, time)] + _rank(time)
        columns.append(_Column(cells.value_column(series).take(pa.array(samples)), place))
        if unit:
            columns.append(_Column(cells.label_column(series.unit).take(pa.array(samples)), place))
    step = max(_BLOCK_CELLS // (len(columns) + 1), 1)
    for first in range(0, len(row_times), step):
        part = row_times[first : first + step]
        texts = [column.between(first, first + len(part)) for column in columns]
        yield cells.rows([cells.time_column(part, tz), *texts], len(part)), len(part)


@dataclass(frozen=True, slots=True)
class _Column:
    """The cells of one column and the row of each, ascending."""

    texts: pa.Array
    place: NDArray[np.int64]

    def between(self, first: int, last: int) -> pa.Array:
        """The cells of the rows from first to before last, null where there is none."""
        low, high = np.searchsorted(self.place, (first, last)).tolist()
        taken = np.full(last - first, -1, np.int64)
        taken[self.place[low:high] - first] = np.arange(low, high)
        return self.texts.take(pa.array(taken, mask=taken < 0))


def _shown(series: Series) -> NDArray[np.bool_]:
    return (~np.isnan(series.value) | series.text.present()) & ~series.failure.present()


def _units(series: Series, chosen: NDArray[np.bool_]) -> set[str]:
    codes = np.unique(series.unit.codes[chosen])
    return {"" if code < 0 else series.unit.names[code] for code in codes.tolist()}


def _rank(time: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of some ascending times how many equal ones stand before it."""
    return np.arange(len(time)) - np.searchsorted(time, time, "left")


def _times(times: Sequence[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct times of all series, ascending, and how many rows each takes."""
    distinct = np.unique(np.concatenate(times)) if times else np.zeros(0, np.int64)
    counts = np.ones(len(distinct), np.int64)
    for time in times:
        np.maximum.at(counts, np.searchsorted(distinct, time), _rank(time) + 1)
    return distinct, counts
