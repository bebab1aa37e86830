"""Units of computed values: what kilometers per day are, and which of two can be added to each other."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.autoapi.display import PERCENT, unit_text
from core.autoapi.units import convert, dimension, dimensions, symbol, units_of
from core.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PER = {"s": "seconds", "min": "minutes", "h": "hours", "day": "days"}
"""What a rate is per, as the unit that it is divided by."""

# Written differently by people who mean the same.
_WRITTEN = {"mi/h": "miles_per_hour"}
_DAY = "day"


@dataclass(frozen=True, slots=True)
class Unit:
    """Units that are multiplied with each other over others; neither of them for a plain number.

    Attributes:
        above: identifiers such as ``kilometers``, or what was sent instead.
        below: likewise.
    """

    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As a series has it: an identifier where there is one for all of it, else signs such as ``km/day``."""
        if not self.below and len(self.above) <= 1:
            return "".join(self.above)
        above = "·".join(map(_sign, self.above)) or "1"
        below = "·".join(map(_sign, self.below))
        text = f"{above}/({below})" if len(self.below) > 1 else f"{above}/{below}" if below else above
        return _WRITTEN.get(text) or _by_sign().get(text, text)

    @property
    def is_share(self) -> bool:
        """Whether these are percentages."""
        return self == Unit((PERCENT,))


NO_UNIT = Unit()


def unit_named(name: str) -> Unit:
    """The unit of a series that was sent or is shown with a name; empty for none."""
    return Unit((name,)) if name else NO_UNIT


def per(unit: Unit, period: str) -> Unit:
    """A unit per one of PER."""
    return _simple(Counter(unit.above), Counter([*unit.below, PER[period]]))


def times(first: Unit, second: Unit) -> Unit:
    """The unit of a product."""
    return _simple(Counter(first.above + second.above), Counter(first.below + second.below))


def over(first: Unit, second: Unit) -> Unit:
    """The unit of a quotient."""
    return _simple(Counter(first.above + second.below), Counter(first.below + second.above))


def converts(unit: Unit, to: Unit) -> bool:
    """Whether values of a unit can be had in another one, each of which is no composition."""
    if unit == to:
        return True
    kinds = [dimension(one.above[0]) if len(one.above) == 1 and not one.below else "" for one in (unit, to)]
    return bool(kinds[0]) and kinds[0] == kinds[1]


def converted(values: NDArray[np.float64], unit: Unit, to: Unit) -> NDArray[np.float64]:
    """Values of a unit in another one that it converts into."""
    return values if unit == to else convert(values, unit.above[0], to.above[0])


def same_unit(sign: str, first: Unit, second: Unit) -> None:
    """Refuse to add or subtract what measures something else.

    Raises:
        UsageError: the second does not convert into the first.
    """
    if converts(second, first):
        return
    names = [unit_text(unit.name) or "no unit" for unit in (first, second)]
    raise UsageError(
        f"Series in {names[0]} and in {names[1]} cannot be {'added' if sign == '+' else 'subtracted'}",
        hint="Both must measure the same; with * and / they need not.",
    )


def _simple(above: Counter[str], below: Counter[str]) -> Unit:
    common = above & below
    unit = Unit(tuple((above - common).elements()), tuple((below - common).elements()))
    known = unit.name
    return unit_named(known) if dimension(known) or not known else unit


def _sign(unit: str) -> str:
    return _DAY if unit == PER["day"] else unit_text(unit)


@functools.cache
def _by_sign() -> dict[str, str]:
    return {symbol(unit): unit for measure in dimensions() for unit in units_of(measure)}
