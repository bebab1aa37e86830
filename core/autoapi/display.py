"""How a series is shown: as what, in which unit, and whether the catalogue knows it.

Samples keep what was sent. Everything here is for reading: charts, tables and their tips.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.catalogue import catalogue
from core.autoapi.units import convert, dimension, dimensions, preferred, symbol, units_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from core.autoapi.catalogue import TypeInfo
    from core.autoapi.units import System

PERCENT = "percent"
"""The unit in which values of 0.0 to 1.0 are shown."""

ENVELOPE = "envelope"
"""The capability under which the archive keeps additional members of messages, each as a property."""

DERIVED = "derived"
"""The capability of series that are computed from others; their properties are formulas."""

# Texts that are this few are states even if none has come twice yet, those that are this many are events.
_FEW = 3
_MANY = 24
# Some texts tell what all are: senders do not change the format of one property.
_LOOKED_AT = 50
# A converted value shows at least so many digits, so that half a mile is not just 0.8 km.
_LEAST_DIGITS = 3
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*")
_TIME_OF_DAY = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?")
_REPEATED = re.compile(r"~\d+$")
# What an item has beside its data: no part of any property's type.
_BESIDE_DATA = ("failure", "timestamp")


class DisplayKind(StrEnum):
    """As what a leaf is shown."""

    NUMBER = "number"
    PERCENTAGE = "percentage"
    STATE = "state"
    MOMENT = "moment"
    TIME_OF_DAY = "time of day"
    EVENT = "event"


def kind_of(
    capability: str, property: str, component: str, texts: Collection[str] = (), samples: int = 0, numbers: bool = True
) -> DisplayKind:
    """As what a series is shown: by its type in the catalogue, and by its texts where that does not say.

    Args:
        texts: the distinct texts that are values; empty for plain numbers.
        samples: how many samples have a text.
        numbers: whether numbers come with the texts, as they do with moments and times of day.
    """
    leaf = _leaf(capability, property, component)
    known = leaf.kind if leaf else ""
    if not texts:
        return DisplayKind.PERCENTAGE if known == "percentage" else DisplayKind.NUMBER
    if known == "enum":
        return DisplayKind.STATE
    if known in ("text", "bytes"):
        return DisplayKind.EVENT
    some = list(islice(texts, _LOOKED_AT))
    clock = _clock_of(some, known) if numbers else None
    return clock or _kind_of_texts(texts, samples)


def _clock_of(some: list[str], known: str) -> DisplayKind | None:
    """Moments or times of day where the texts are such; of a known one some may be anything else."""
    moments, times = (sum(map(bool, map(pattern.fullmatch, some))) for pattern in (_MOMENT, _TIME_OF_DAY))
    # A sender may write a whole moment where a time of day is due: their numbers are no hours then.
    if moments and not times and (known == "timestamp" or moments == len(some)):
        return DisplayKind.MOMENT
    if times and not moments and (known == "time" or times == len(some)):
        return DisplayKind.TIME_OF_DAY
    return None


def _kind_of_texts(texts: Collection[str], samples: int) -> DisplayKind:
    repeated = samples >= 2 * len(texts)
    return DisplayKind.STATE if len(texts) <= _FEW or (repeated and len(texts) <= _MANY) else DisplayKind.EVENT


@functools.lru_cache(maxsize=4096)
def _usual_unit(capability: str, property: str, component: str) -> str:
    return catalogue().usual_unit(capability, property, component)


@functools.lru_cache(maxsize=4096)
def _leaf(capability: str, property: str, component: str) -> TypeInfo | None:
    return catalogue().leaf(capability, property, _REPEATED.sub("", component))


# Units


def unit_path(capability: str, property: str, component: str) -> str:
    """What can have a unit of its own: ``capability.property`` or ``capability.property.member``, without selectors."""
    member = _REPEATED.sub("", component.rpartition(".")[2])
    return f"{capability}.{property}.{member}" if member else f"{capability}.{property}"


@dataclass(frozen=True, slots=True)
class UnitGroup:
    """Units that are sent by turns and shown as one.

    Attributes:
        shown: the unit in which values are shown; empty where there is none.
        sent: the units that were sent, the last one first; empty where none was sent.
    """

    shown: str
    sent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DisplayUnits:
    """In which units values are shown.

    Metric and imperial start from a property's usual unit in the catalogue, so that it reads the same whichever unit
    a vehicle sends. Where the catalogue knows none, or what is sent measures something else, they start from the unit
    that was sent.

    Attributes:
        system: for everything.
        overrides: :func:`unit_path` to the unit that was chosen for it. One that does not measure what is sent
            changes nothing.
    """

    system: System = "metric"
    overrides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def unit_for(self, capability: str, property: str, component: str, sent: Sequence[str]) -> str:
        """The unit in which values are shown.

        Args:
            sent: units of one dimension, the last one first, as that decides where the catalogue does not; empty texts
                and none at all mean no unit.
        """
        first = sent[0] if sent else ""
        if capability == DERIVED:
            # Computed from values as they are shown. A difference of temperatures could not be converted afterwards.
            return first
        if not first:
            return PERCENT if is_share(capability, property, component) else ""
        chosen = self.overrides.get(unit_path(capability, property, component), "")
        if dimension(chosen) and dimension(chosen) == dimension(first):
            return chosen
        if self.system == "as sent":
            return first
        usual = _usual_unit(capability, property, component)
        return preferred(usual if usual and dimension(usual) == dimension(first) else first, self.system)

    def groups(self, capability: str, property: str, component: str, sent: Iterable[str]) -> list[UnitGroup]:
        """Which of the units that a series was sent in are shown together, those of the last value first.

        Args:
            sent: units, or an empty text for none, the last one first.
        """
        alike: dict[str, list[str]] = defaultdict(list)
        for unit in sent:
            alike[dimension(unit) or f"={unit}"].append(unit)
        return [
            UnitGroup(self.unit_for(capability, property, component, units), tuple(units)) for units in alike.values()
        ]


AS_SENT = DisplayUnits("as sent")


def is_share(capability: str, property: str, component: str) -> bool:
    """Whether values without a unit are 0.0 to 1.0 and shown as 0 to 100 %."""
    leaf = _leaf(capability, property, component)
    return leaf is not None and leaf.kind == "percentage"


def unit_text(unit: str) -> str:
    """How a shown unit is written: ``km``, ``%``; a unit that is unknown comes back as it is."""
    return "%" if unit == PERCENT else symbol(unit)


def unit_choices(unit: str) -> tuple[str, ...]:
    """The units in which values of a unit can be shown; none where there is no other."""
    choices = units_of(dimension(unit)) if dimension(unit) else ()
    return choices if len(choices) > 1 else ()


def to_shown(values: NDArray[np.float64], sent: str, shown: str) -> NDArray[np.float64]:
    """Values of a sent unit in the unit in which they are shown; the values themselves where it is the same.

    Raises:
        ValueError: the units do not measure the same.
    """
    if not sent and shown == PERCENT:
        with np.errstate(over="ignore"):
            return values * 100.0
    return convert(values, sent, shown)


def shown_value(value: float, sent: str, shown: str) -> float:
    """One value as it is read: converted, with no more digits than were sent but at least three.

    Raises:
        ValueError: the units do not measure the same.
    """
    if sent == shown:
        return value
    converted = float(to_shown(np.array([value]), sent, shown)[0])
    if not np.isfinite(converted) or converted == 0:
        return converted
    digits = max(_LEAST_DIGITS, _digits(value))
    # Digits before the decimal point are never rounded away.
    return round(converted, max(0, digits - 1 - int(np.floor(np.log10(abs(converted))))))


def _digits(value: float) -> int:
    """How many digits a number was written with."""
    return len(f"{abs(value):.12g}".partition("e")[0].replace(".", "").lstrip("0"))


# What the catalogue does not know


def unknown_name(capability: str, property: str = "", component: str = "") -> str:
    """Says so where the catalogue does not know a capability, a property or, of a known one, a component; else ''.

    What came beside the data and what is derived is no capability of any vehicle, so no catalogue could know it.
    """
    names = catalogue()
    if capability in (ENVELOPE, DERIVED):
        return ""
    if not names.is_known(capability):
        return _unknown("Capability", capability)
    if property and not names.is_known(capability, property):
        return _unknown("Property", property)
    if component and component.partition(".")[0] not in _BESIDE_DATA and _leaf(capability, property, component) is None:
        return _unknown("Component", component)
    return ""


def unknown_value(capability: str, property: str, component: str, text: str) -> str:
    """Says so where a text is none of the values of its enum; else ''."""
    leaf = _leaf(capability, property, component)
    if leaf is None or leaf.kind != "enum" or any(value.identifier == text for value in leaf.values):
        return ""
    return _unknown("Value", text)


def unknown_unit(unit: str) -> str:
    """Says so where a unit is unknown; else ''. One that is composed of known ones, such as ``km/day``, is known."""
    known = not unit or unit == PERCENT or bool(dimension(unit)) or _is_composed(unit)
    return "" if known else _unknown("Unit", unit)


def _is_composed(unit: str) -> bool:
    parts = _parts_of_unit(unit)
    return len(parts) > 1 and parts <= _known_parts()


@functools.cache
def _known_parts() -> frozenset[str]:
    units = [symbol(unit) for measure in dimensions() for unit in units_of(measure)]
    return frozenset(("1", "%", "day")).union(*map(_parts_of_unit, units))


def _parts_of_unit(unit: str) -> frozenset[str]:
    return frozenset(filter(None, re.split(r"[/·()]", unit)))


def marked(text: str, unknown: str) -> str:
    """A name or value with the mark of what the catalogue does not know; unknown says why, or is empty."""
    return f"{text} ?" if unknown else text


def _unknown(what: str, name: str) -> str:
    return f"{what} {name}: not in the Auto API catalogue (level {catalogue().level})"
