"""Units of measurement: their symbols, which of them a person prefers, and conversion.

Units are named by the identifiers that are sent, for example ``kilometers``. The specification's factors hold, except
where resources/auto_api/units.json replaces a rounded factor by the definition's exact one or corrects a wrong one.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from core.autoapi.catalogue import catalogue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.autoapi.catalogue import UnitFactor

System = Literal["metric", "imperial", "as sent"]
"""Which units are shown. Imperial means those of the United States: gallons and miles per gallon are not British."""

_FILE = Path(__file__).resolve().parents[2] / "resources" / "auto_api" / "units.json"


@dataclass(frozen=True, slots=True)
class _Unit:
    """Reference = factor × value + constant or, where inverse, reference = factor / value."""

    dimension: str
    factor: Fraction
    constant: Fraction
    inverse: bool


def symbol(unit: str) -> str:
    """How a unit is written, for example ``km``; a unit that is unknown comes back as it is."""
    text: str = _table()["symbols"].get(unit, unit)
    return text


def dimension(unit: str) -> str:
    """What a unit measures, for example ``length``; empty where the unit is unknown."""
    known = _units().get(unit)
    return known.dimension if known else ""


def dimensions() -> tuple[str, ...]:
    """Everything that can be measured."""
    return tuple(dict.fromkeys(unit.dimension for unit in _units().values()))


def units_of(dimension: str) -> tuple[str, ...]:
    """The units of a dimension in the specification's order; none where the dimension is unknown."""
    return tuple(name for name, unit in _units().items() if unit.dimension == dimension)


def preferred(unit: str, system: System) -> str:
    """The unit that a person who thinks in a system reads a value in.

    Returns:
        A unit of the same dimension and of about the same size. The unit itself where it belongs to the system
        already, where both systems share it, or where it is unknown.
    """
    return unit if system == "as sent" else _preferences()[system].get(unit, unit)


def convert(values: NDArray[np.float64], unit: str, to: str) -> NDArray[np.float64]:
    """Convert values from one unit to another of the same dimension.

    Args:
        values: any shape; never written to. NaN stays NaN.
        unit: the unit that they are in.
        to: the unit that is wanted.

    Returns:
        The values themselves where the units are equal, else a new array of the same shape. Inverse units (kilometres
        per litre to litres per 100 km) turn 0 into infinity.

    Raises:
        ValueError: a unit is unknown, or they do not measure the same.
    """
    if unit == to:
        return values
    source, target = _units().get(unit), _units().get(to)
    if source is None or target is None or source.dimension != target.dimension:
        raise ValueError(f"{unit} cannot be converted to {to}")
    # Fractions make each coefficient the nearest double: 0 °C is exactly 32 °F.
    with np.errstate(all="ignore"):
        if source.inverse != target.inverse:
            inverse = source.factor / target.factor if source.inverse else target.factor / source.factor
            return np.divide(float(inverse), values)
        if source.inverse:
            return np.multiply(values, float(target.factor / source.factor))
        converted = np.multiply(values, float(source.factor / target.factor))
        if source.constant != target.constant:
            converted += float((source.constant - target.constant) / target.factor)
        return converted


@functools.cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(_FILE.read_bytes())
    return table


@functools.cache
def _preferences() -> dict[str, dict[str, str]]:
    """System to unit to the unit that is preferred instead."""
    return {
        system: {other: unit for unit, others in _table()[system].items() for other in others}
        for system in ("metric", "imperial")
    }


@functools.cache
def _units() -> dict[str, _Unit]:
    moved = _table()["moved"]
    return {
        factor.unit: _unit(moved[factor.unit][0] if factor.unit in moved else name, factor)
        for name, factors in catalogue().unit_factors().items()
        for factor in factors
    }


def _unit(dimension: str, factor: UnitFactor) -> _Unit:
    table = _table()
    exact = table["corrected"].get(factor.unit, [None])[0] or table["exact"].get(factor.unit)
    written = factor.inverse if factor.linear is None else factor.linear
    # The reference unit of an inverse dimension is written as inverse with the factor 1, but is the reference itself.
    inverse = factor.linear is None and factor.inverse != 1.0
    return _Unit(
        dimension,
        _fraction(exact or str(written)),
        _fraction(table["constants"].get(factor.unit) or str(factor.constant)),
        inverse,
    )


def _fraction(text: str) -> Fraction:
    """``1.5`` or ``378.5411784/1.609344``, exactly."""
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or 1)
