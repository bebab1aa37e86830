"""What can be derived from the series on the timeline, and what a formula would give, before anything is computed."""

from __future__ import annotations

import difflib
import operator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from core.errors import UsageError
from core.fleet.derived import unit_of
from core.fleet.formula import as_node, derived_key, formula_of, parse
from core.fleet.nodes import Arithmetic, Input, MovingAverage, Number, PerDay, Rate, Resample, inputs, text_of
from gui.models.texts import visible_text
from gui.views.timeline.naming import component_name, property_name, short_vin, unit_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from core.fleet.nodes import Node
    from core.fleet.series import SeriesKey

_LOOKED_AT = 100
# How much of a name is right where it was meant.
_NEAR = 0.6
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_NUMBERS = "Only series of numbers can be computed with."


@dataclass(frozen=True, slots=True)
class DeriveChoices:
    """The series on the timeline and what is known of them.

    Attributes:
        keys: the series.
        selected: those of them that are selected.
        vins: the vehicles for which something can be derived; those of the series come first.
        units: in which unit numbers are shown; a series without an entry is not here yet.
        wordy: the series that have no numbers.
        zone_name: the zone of the window: ``UTC``, ``local`` or an IANA name.
        known: what all vehicles that are meant have: path to whether it has numbers; None where that is not known yet.
    """

    keys: Sequence[SeriesKey] = ()
    selected: Sequence[SeriesKey] = ()
    vins: Sequence[str] = ()
    units: Mapping[SeriesKey, str] = field(default_factory=dict)
    wordy: Collection[SeriesKey] = ()
    zone_name: str = "UTC"
    known: Mapping[str, bool] | None = None

    def sources(self) -> dict[str, str]:
        """What can be computed with for each vehicle: formula to name."""
        return {text_of(as_node(key, key.vin)): _name(key) for key in self.keys if key not in self.wordy}

    def of_vehicles(self) -> dict[str, str]:
        """The series of single vehicles, to compare others with: formula to name."""
        if len({key.vin for key in self.keys}) < 2:
            return {}
        # No vehicle has no VIN at all, so that each series is written with its own.
        return {
            text_of(_named(key)): f"{_name(key)} of {short_vin(key.vin)}" for key in self.keys if key not in self.wordy
        }

    def chosen_vins(self) -> set[str]:
        """The vehicles that are meant at first: those of the selected series, without a selection all."""
        return {key.vin for key in self.selected} or set(self.vins)

    def chosen_sources(self) -> list[str]:
        """The formulas of the selected series: of two vehicles the second one with its VIN."""
        selected = [key for key in self.selected if key not in self.wordy]
        texts = list(dict.fromkeys(text_of(as_node(key, key.vin)) for key in selected))
        if len(texts) == 1 and len(selected) == 2:
            texts.append(text_of(_named(selected[1])))
        return texts

    def unit_text(self, node: Node, vins: Collection[str]) -> str | None:
        """In which unit a formula's values would come, as it is written; None where that is not known yet.

        Args:
            vins: the vehicles for which it is computed.

        Raises:
            UsageError: what it adds or subtracts does not measure the same, or what it names has no numbers.
        """
        # Those on the timeline come first; of thousands of others nothing is known here.
        for vin in islice(vins, _LOOKED_AT):
            found = unit_of(node, lambda one, vin=vin: self._unit(one, vin))  # type: ignore[misc]
            if found is not None:
                return unit_name(found)
        return None

    def check(self, node: Node) -> None:
        """Looks whether a formula can have values at all.

        Raises:
            UsageError: it names what no vehicle has or what has no numbers, or divides by 0.
        """
        _check_divisors(node)
        if self.known is None:
            return
        for one in inputs(node):
            path = one.key("").path
            if one.vin is not None or formula_of(one.key("")) is not None:
                continue
            if path not in self.known:
                near = difflib.get_close_matches(path, self.known, 3, _NEAR)
                hint = f"Did you mean {' or '.join(near)}?" if near else "The properties panel shows what there is."
                raise UsageError(f"No vehicle here has {visible_text(path)}", hint=hint)
            if not self.known[path]:
                raise UsageError(f"{_name(one.key(''))} has no numbers", hint=_NUMBERS)

    def _unit(self, one: Input, vin: str) -> str | None:
        key = one.key(vin)
        if key in self.wordy:
            raise UsageError(f"{_name(key)} has no numbers", hint=_NUMBERS)
        return self.units.get(key)


def read_operand(text: str) -> Node:
    """A formula, or a number.

    Raises:
        UsageError: it is neither.
    """
    try:
        number = Number(float(text.replace("−", "-")) + 0.0)
    except ValueError:
        return parse(text)
    # What is no finite number is refused like any other wrong text.
    return number if abs(number.value) < float("inf") else parse(text)


def _check_divisors(node: Node) -> None:
    for one in _arithmetic(node):
        if one.sign == "/" and _constant(one.right) == 0:
            raise UsageError("It divides by 0", hint="Nothing can be computed with it.")


def _arithmetic(node: Node) -> Iterator[Arithmetic]:
    match node:
        case Arithmetic(_, left, right):
            yield node
            yield from _arithmetic(left)
            yield from _arithmetic(right)
        case PerDay() | Rate() | MovingAverage() | Resample():
            yield from _arithmetic(node.of)
        case _:
            return


def _constant(node: Node) -> float | None:
    """What numbers alone come to; None where a series is among them, or nothing comes of them."""
    if isinstance(node, Number):
        return node.value
    if not isinstance(node, Arithmetic):
        return None
    left, right = _constant(node.left), _constant(node.right)
    if left is None or right is None or (node.sign == "/" and right == 0):
        return None
    return _OPERATORS[node.sign](left, right)


def derived_keys(node: Node, vins: Sequence[str]) -> list[SeriesKey]:
    """The series that a formula gives for each vehicle; one alone where it names none of the vehicle's own.

    Raises:
        UsageError: the formula is no more than the name of a series.
    """
    if all(one.vin is not None for one in inputs(node)):
        vins = [next(one.vin for one in inputs(node) if one.vin is not None)]
    key = derived_key("", node)
    return [replace(key, vin=vin) for vin in vins]


def _named(key: SeriesKey) -> Node:
    """How a series is written in a formula of any other vehicle."""
    return as_node(key, f"{key.vin} other")


def _name(key: SeriesKey) -> str:
    return " · ".join(part for part in (property_name(key), component_name(key)) if part)
