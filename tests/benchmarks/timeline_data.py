"""Series and ranges of time for the timeline's benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.fleet.series import Labels, Series, SeriesKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_START = 1_700_000_000_000_000
_SECOND = 1_000_000
_STATES = ("locked", "unlocked", "open", "closed")
# How much of the whole time is in sight while panning.
_PANNED_SHARES = (1.0, 0.3, 0.03, 0.001)
_PAN_STEP = 0.013
_NARROWEST = 1e-4
# Frames of panning and of zooming for each step.
FRAMES_A_STEP = 10


def line(number: int, count: int) -> Series:
    """A vehicle's random walk with a sample every second on average, all in one unit."""
    random = np.random.default_rng(number)
    time = _START + np.cumsum(random.integers(_SECOND // 2, 3 * _SECOND // 2, count))
    value = np.cumsum(random.normal(size=count))
    key = SeriesKey(f"VIN{number:04}", "diagnostics", "odometer")
    return _series(key, time, value, Labels.empty(count), "kilometers")


def lane(number: int, count: int) -> Series:
    """A vehicle's states, which change with every other sample on average."""
    random = np.random.default_rng(number)
    time = _START + np.cumsum(random.integers(_SECOND // 2, 3 * _SECOND // 2, count))
    text = Labels(random.integers(0, len(_STATES), count).astype(np.int32), _STATES)
    key = SeriesKey(f"VIN{number:04}", "doors", "locks_state")
    return _series(key, time, np.full(count, np.nan), text, "")


def _series(key: SeriesKey, time: NDArray[np.int64], value: NDArray[np.float64], text: Labels, unit: str) -> Series:
    count = len(time)
    same = np.zeros(count, np.int32)
    return Series(
        key,
        time,
        value,
        text,
        Labels(same, (unit,)) if unit else Labels.empty(count),
        Labels.empty(count),
        Labels(same.copy(), ("batch",)),
        np.arange(count, dtype=np.int32),
        np.zeros(count, np.bool_),
    )


def size(series: Series) -> int:
    """Bytes of a series' arrays."""
    columns = (series.text, series.unit, series.failure, series.batch)
    arrays = (series.time, series.value, series.ordinal, series.time_from_batch)
    return sum(column.codes.nbytes for column in columns) + sum(array.nbytes for array in arrays)


def extent(series: Sequence[Series]) -> tuple[int, int]:
    """Time of the first and of the last sample."""
    return min(int(one.time[0]) for one in series), max(int(one.time[-1]) for one in series)


def views(whole: tuple[int, int], steps: int) -> dict[str, list[tuple[int, int]]]:
    """Ranges of time in the order in which they are shown, by kind of movement.

    Args:
        whole: time of the first and the last sample.
        steps: frames of panning for each share in sight; zooming in and out has three times as many each way.
    """
    start, end = whole
    pan: list[tuple[int, int]] = []
    for share in _PANNED_SHARES:
        width = int((end - start) * share)
        first = start + int((end - start - width) * 0.37)
        # Whole pixels, as a hand on the mouse moves.
        pan += [(first + int(width * _PAN_STEP * n), first + int(width * _PAN_STEP * n) + width) for n in range(steps)]
    zoom: list[tuple[int, int]] = []
    factor = _NARROWEST ** (1 / (3 * steps))
    exponents = [*range(3 * steps), *reversed(range(3 * steps))]
    for exponent in exponents:
        width = int((end - start) * factor**exponent)
        first = start + int((end - start - width) * 0.37)
        zoom.append((first, first + width))
    return {"pan": pan, "zoom": zoom}
