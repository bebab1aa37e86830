"""Series under other names, so that what is made of them says nothing of whose vehicles they are."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from string import ascii_uppercase
from typing import TYPE_CHECKING

from core.fleet.formula import formula_of, inputs_of
from core.fleet.nodes import text_of, with_inputs
from core.fleet.series import Labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.fleet.nodes import Input
    from core.fleet.series import Series, SeriesKey
    from core.workspaces.layout import TimelineLayout
    from gui.views.timeline.prepared import PreparedSeries

_KEPT = 4


class Masking(StrEnum):
    """How vehicles are named."""

    NONE = "none"
    LAST = "last"
    NAMES = "names"


class Mask:
    """Other names for the vehicles of some series, each vehicle with one of its own.

    Args:
        keys: of series; the vehicles that their formulas take something from count too.
        masking: by the last characters of the VIN, at most four and no more than half of it, or by letters.
    """

    def __init__(self, keys: Iterable[SeriesKey], masking: Masking) -> None:
        vins = dict.fromkeys(vin for key in keys for vin in (key.vin, *(one.vin for one in inputs_of(key))) if vin)
        self._names: dict[str, str] = {}
        for number, vin in enumerate(vins if masking is not Masking.NONE else ()):
            name = f"Vehicle {_letters(number)}" if masking is Masking.NAMES else f"…{_end(vin)}"
            count = sum(other.partition(" (")[0] == name for other in self._names.values())
            self._names[vin] = f"{name} ({count + 1})" if count else name
        # The longest first: a VIN may be a part of another.
        longest = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE) if longest else None

    def text(self, text: str) -> str:
        """A text with the other names in place of the VINs."""
        if self._pattern is None:
            return text
        upper = {vin.upper(): name for vin, name in self._names.items()}
        return self._pattern.sub(lambda found: upper[found[0].upper()], text)

    def key(self, key: SeriesKey) -> SeriesKey:
        """The key that a series has instead."""
        node = formula_of(key)
        # Not as a text: in a formula quotes and signs of a VIN are written otherwise than they are, and so may the
        # other name have to be.
        name = self.text(key.property) if node is None else text_of(with_inputs(node, self._input))
        return replace(key, vin=self._names.get(key.vin, key.vin), property=name)

    def _input(self, one: Input) -> Input:
        vin = None if one.vin is None else self._names.get(one.vin, one.vin)
        return replace(one, vin=vin, property=self.text(one.property), component=self.text(one.component))

    def layout(self, layout: TimelineLayout) -> TimelineLayout:
        """The same layout of the series with their other keys."""
        plots = tuple(replace(plot, keys=tuple(map(self.key, plot.keys))) for plot in layout.plots)
        looks = {self.key(key): look for key, look in layout.looks.items()}
        bookmarks = tuple(replace(one, text=self.text(one.text)) for one in layout.bookmarks)
        placed = frozenset(map(self.key, layout.placed))
        return replace(layout, plots=plots, looks=looks, placed=placed, bookmarks=bookmarks)

    def prepared(self, one: PreparedSeries) -> PreparedSeries:
        """A series with its other key, also in the texts that were sent."""
        key, states = self.key(one.key), one.states
        if states is not None:
            states = replace(states, key=key, names=tuple(map(self.text, states.names)))
        lines = [replace(line, key=key) for line in one.lines]
        unshifted = None if one.unshifted is None else self.prepared(one.unshifted)
        series = self._series(one.series, key)
        return replace(one, series=series, lines=lines, states=states, unshifted=unshifted)

    def _series(self, series: Series, key: SeriesKey) -> Series:
        text = Labels(series.text.codes, tuple(map(self.text, series.text.names)))
        return replace(series, key=key, text=text)


def _letters(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        text = ascii_uppercase[rest] + text
    return text


def _end(vin: str) -> str:
    return vin[-min(_KEPT, len(vin) // 2) :] if len(vin) > 1 else ""
