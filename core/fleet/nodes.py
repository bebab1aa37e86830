"""What formulas consist of, and how they are written."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.fleet.series import SeriesKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PERIODS = {"s": 1_000_000, "min": 60_000_000, "h": 3_600_000_000, "day": 86_400_000_000}
"""What a rate can be per, and what spans of time are counted in, in microseconds."""
PICKS = ("last", "mean", "min", "max")
"""What a resampled interval can be made of."""
SIGNS = ("+", "-", "*", "/")

_RANKS = {"+": 1, "-": 1, "*": 2, "/": 2}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a formula."""

    value: float


@dataclass(frozen=True, slots=True)
class Input:
    """A recorded series.

    Attributes:
        vin: of another vehicle; None for the vehicle whose formula it is.
    """

    capability: str
    property: str
    component: str = ""
    vin: str | None = None

    def key(self, vin: str) -> SeriesKey:
        """The series that is meant in a formula of a vehicle."""
        return SeriesKey(vin if self.vin is None else self.vin, self.capability, self.property, self.component)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time as it is written, such as ``24h``."""

    count: int
    unit: str

    @property
    def microseconds(self) -> int:
        """How long it is."""
        return self.count * PERIODS[self.unit]

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


@dataclass(frozen=True, slots=True)
class PerDay:
    """The difference of each day in a zone."""

    of: Node
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Rate:
    """The change per one of PERIODS."""

    of: Node
    per: str = "h"


@dataclass(frozen=True, slots=True)
class MovingAverage:
    """The mean over time of a window."""

    of: Node
    window: Span


@dataclass(frozen=True, slots=True)
class Resample:
    """One of PICKS for each interval."""

    of: Node
    interval: Span
    pick: str = "last"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two series, or a series and a number, with one of SIGNS between them."""

    sign: str
    left: Node
    right: Node


Node = Number | Input | PerDay | Rate | MovingAverage | Resample | Arithmetic


def text_of(node: Node) -> str:
    """A formula as it is always written: with single blanks, every option, and no bracket too many."""
    match node:
        case Number(value):
            # Whole numbers are read back the same without a fraction as long as doubles have all of them.
            return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
        case Input():
            return _input_text(node)
        case PerDay(of, name):
            return f"per_day({text_of(of)}, {name!r})"
        case Rate(of, per):
            return f"rate({text_of(of)}, '{per}')"
        case MovingAverage(of, window):
            return f"moving_average({text_of(of)}, '{window}')"
        case Resample(of, interval, pick):
            return f"resample({text_of(of)}, '{interval}', '{pick}')"
        case Arithmetic(sign, left, right):
            rank = _RANKS[sign]
            first, second = text_of(left), text_of(right)
            first = f"({first})" if _rank(left) < rank else first
            return f"{first} {sign} " + (f"({second})" if _rank(right) <= rank else second)


def inputs(node: Node) -> Iterator[Input]:
    """The series that a formula names, from left to right, each as often as it stands there."""
    match node:
        case Input():
            yield node
        case Arithmetic(_, left, right):
            yield from inputs(left)
            yield from inputs(right)
        case PerDay(of) | Rate(of) | MovingAverage(of) | Resample(of):
            yield from inputs(of)


def with_inputs(node: Node, change: Callable[[Input], Input]) -> Node:
    """The same formula of other series.

    Args:
        change: gives the series that stands in place of another one.
    """
    match node:
        case Number():
            return node
        case Input():
            return change(node)
        case PerDay(of) | Rate(of) | MovingAverage(of) | Resample(of):
            return replace(node, of=with_inputs(of, change))
        case Arithmetic(_, left, right):
            return replace(node, left=with_inputs(left, change), right=with_inputs(right, change))


def _rank(node: Node) -> int:
    return _RANKS[node.sign] if isinstance(node, Arithmetic) else 3


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and not keyword.iskeyword(text)


def _input_text(one: Input) -> str:
    names = [one.capability, one.property, *(one.component.split(".") if one.component else ())]
    path = ".".join(names)
    if one.vin is None and all(map(_is_plain, names)):
        return path
    if not one.capability or not one.property or "." in one.capability + one.property:
        parts = [repr(one.vin), *map(repr, (one.capability, one.property, one.component))]
        return f"series({', '.join(parts)})"
    return f"series({path!r})" if one.vin is None else f"series({one.vin!r}, {path!r})"
