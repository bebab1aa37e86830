"""Series in the units in which they are shown, for exports that are not to have those that were sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import PERCENT, DisplayUnits, to_shown
from core.fleet.series import Labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from core.fleet.series import Series, SeriesKey

# So many decimals of percentages are those that were sent, where they read back as the same value.
_DECIMALS = 12


class ShownUnits:
    """Converts series so that each has one unit, whichever ones it was sent in.

    Where the catalogue does not say in which unit a series is shown, the unit that was sent last decides, so all of a
    series must have been seen before any of it is converted. Units that do not convert stay as they were sent.

    Args:
        units: those that a person chose.
    """

    def __init__(self, units: DisplayUnits) -> None:
        self._units = units
        # The units of each series, the last one first.
        self._sent: dict[SeriesKey, list[str]] = {}

    def add(self, series: Series) -> None:
        """Take in a series, or the next part of it by time."""
        unit = series.unit
        codes, back = np.unique(unit.codes[numbers_of(series)][::-1], return_index=True)
        found = _names(unit, codes[np.argsort(back)])
        self._sent[series.key] = list(dict.fromkeys([*found, *self._sent.get(series.key, ())]))

    def written(self, key: SeriesKey, sent: str) -> str:
        """How the unit is written in which numbers of a series that were sent in another one are exported."""
        shown = self._shown(key, sent)
        return "%" if shown == PERCENT else shown

    def converted(self, series: Series) -> Series:
        """The series, or a part of it, with its numbers and their units as they are shown, at full precision."""
        numbers = numbers_of(series)
        codes = np.unique(series.unit.codes[numbers])
        sent_units = _names(series.unit, codes)
        pairs = [(code, sent, self._shown(series.key, sent)) for code, sent in zip(codes, sent_units, strict=True)]
        if all(sent == shown for _, sent, shown in pairs):
            return series
        values, units, names = series.value.copy(), series.unit.codes.copy(), list(series.unit.names)
        for code, sent, shown in pairs:
            chosen = numbers & (series.unit.codes == code)
            values[chosen] = _percentages(values[chosen]) if shown == PERCENT else to_shown(values[chosen], sent, shown)
            written = self.written(series.key, sent)
            if sent != written:
                if written not in names:
                    names.append(written)
                units[chosen] = names.index(written)
        return replace(series, value=values, unit=Labels(units, tuple(names)))

    def _shown(self, key: SeriesKey, sent: str) -> str:
        units = dict.fromkeys([*self._sent.get(key, ()), sent])
        groups = self._units.groups(key.capability, key.property, key.component, units)
        return next(group.shown for group in groups if sent in group.sent)


def numbers_of(series: Series) -> NDArray[np.bool_]:
    """Which samples are exported as numbers; what stands in a text or came with a failure is left as it was sent."""
    return ~np.isnan(series.value) & ~series.text.present() & ~series.failure.present()


def _names(unit: Labels, codes: Iterable[np.int32]) -> list[str]:
    return ["" if code < 0 else unit.names[code] for code in codes]


def _percentages(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """0.07 as 7 and not as 7.000000000000001; no digit that was sent is lost."""
    exact = to_shown(values, "", PERCENT)
    with np.errstate(over="ignore"):
        short = np.round(exact, _DECIMALS)
    return np.where(short / 100.0 == values, short, exact)
