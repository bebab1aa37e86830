"""Makes small series for tests of the export."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from core.fleet.series import Labels, Series, SeriesKey

if TYPE_CHECKING:
    from collections.abc import Sequence


def us(text: str) -> int:
    """Microseconds since the epoch of an ISO text."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def labels(texts: Sequence[str | None]) -> Labels:
    """A column of texts, None where there is none."""
    names = tuple(dict.fromkeys(text for text in texts if text is not None))
    return Labels(np.array([-1 if text is None else names.index(text) for text in texts], np.int32), names)


def make_series(
    path: str,
    times: Sequence[str],
    values: Sequence[float | str | bool | None],
    units: Sequence[str | None] | str | None = None,
    failures: Sequence[str | None] | None = None,
    vin: str = "VIN1",
    batch: str = "a/b.json",
) -> Series:
    """A series whose values are numbers, texts, booleans or nothing, as the archive gives them."""
    capability, name, component = (*path.split(".", 2), "")[:3]
    count = len(times)
    texts = [str(v).lower() if isinstance(v, bool) else v if isinstance(v, str) else None for v in values]
    numbers = [float("nan") if v is None or isinstance(v, str) else float(v) for v in values]
    per_sample = [units] * count if units is None or isinstance(units, str) else units
    return Series(
        SeriesKey(vin, capability, name, component),
        np.array([us(time) for time in times], np.int64),
        np.array(numbers, np.float64),
        labels(texts),
        labels(per_sample),
        labels(failures or [None] * count),
        labels([batch] * count),
        np.arange(count, dtype=np.int32),
        np.zeros(count, np.bool_),
    )
