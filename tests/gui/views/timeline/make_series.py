"""Series for tests, built from plain lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.fleet.series import Labels, Redeliveries, Series, SeriesKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# 2026-06-01 00:00 UTC, a Monday.
JUNE = 1_780_272_000 * SECOND


def labels(texts: Sequence[str | None]) -> Labels:
    """A column of texts."""
    names = tuple(dict.fromkeys(text for text in texts if text is not None))
    codes = {name: code for code, name in enumerate(names)}
    return Labels(np.array([-1 if text is None else codes[text] for text in texts], np.int32), names)


def key(path: str = "diagnostics.odometer", vin: str = "VIN1") -> SeriesKey:
    """A key from a path of two or more parts."""
    capability, name, *component = path.split(".", 2)
    return SeriesKey(vin, capability, name, component[0] if component else "")


def make_series(
    key: SeriesKey,
    time: ArrayLike,
    value: ArrayLike | None = None,
    *,
    text: Sequence[str | None] | None = None,
    unit: str | Sequence[str | None] | None = None,
    failure: Sequence[str | None] | None = None,
    time_from_batch: Sequence[bool] | None = None,
    redelivered: Sequence[tuple[int, str]] = (),
) -> Series:
    """A series; a unit that is one text is that of all samples; samples that came again, each with its batch."""
    times = np.asarray(time, np.int64)
    count = len(times)
    if isinstance(unit, str):
        units = Labels(np.zeros(count, np.int32), (unit,))
    else:
        units = labels(unit) if unit is not None else Labels.empty(count)
    return Series(
        key,
        times,
        np.full(count, np.nan) if value is None else np.asarray(value, np.float64),
        labels(text) if text is not None else Labels.empty(count),
        units,
        labels(failure) if failure is not None else Labels.empty(count),
        Labels(np.zeros(count, np.int32), ("batch",)) if count else Labels.empty(),
        np.arange(count, dtype=np.int32),
        np.zeros(count, np.bool_) if time_from_batch is None else np.asarray(time_from_batch, np.bool_),
        redelivered=Redeliveries(
            np.array([sample for sample, _ in redelivered]), labels([batch for _, batch in redelivered])
        )
        if redelivered
        else None,
    )


def _redeliveries(again: Sequence[tuple[int, str]]) -> Redeliveries:
    return Redeliveries(np.array([sample for sample, _ in again], np.int64), labels([batch for _, batch in again]))
