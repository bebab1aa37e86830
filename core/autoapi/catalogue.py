"""The Auto API's facts: what properties there are, how they and their parts are called and which members select.

What the catalogue does not know never raises: identifiers are made readable, and types are unknown.
"""

from __future__ import annotations

import builtins
import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal[
    "bytes", "enum", "integer", "measurement", "number", "object", "percentage", "state", "text", "time", "timestamp"
]
"""How a type is read: ``measurement`` comes with a unit, ``time`` is a time of day, ``percentage`` is 0.0 to 1.0 and
``state`` is the state of a whole capability, nested."""

_RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "auto_api"
_PLAIN: dict[str, Kind] = {
    "bytes": "bytes",
    "custom": "object",
    "double": "number",
    "enum": "enum",
    "integer": "integer",
    "string": "text",
    "timestamp": "timestamp",
    "uinteger": "integer",
}
_NAMED: dict[str, Kind] = {"capability_state": "state", "percentage": "percentage", "time": "time"}
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
# How these are written where they stand as a word of an identifier.
_WORDS = (
    "ABS",
    "AC",
    "ACC",
    "AdBlue",
    "ADAS",
    "CCM",
    "CNG",
    "CO2",
    "DC",
    "DSG",
    "ECU",
    "EPB",
    "ESC",
    "ESP",
    "EV",
    "GPS",
    "HV",
    "HVAC",
    "ID",
    "IDs",
    "kW",
    "kWh",
    "LED",
    "LPG",
    "OEM",
    "PHEV",
    "PIN",
    "RPM",
    "SSID",
    "URL",
    "USB",
    "VIN",
)
_SPELLINGS = {word.lower(): word for word in _WORDS}
_SEPARATOR = " · "


class EnumValue(NamedTuple):
    """One value of an enum: as it is sent, and as it is shown."""

    identifier: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeInfo:
    """What a type is.

    Attributes:
        type: as the specification writes it, for example ``types.tire_pressure``, ``unit.length`` or ``enum``.
        kind: how it is read.
        dimension: of a measurement, for example ``length``; else empty.
        values: of an enum, in the specification's order; else empty.
        members: of an object, in the specification's order; else empty. A time of day is no object but a leaf.
    """

    type: str
    kind: Kind
    dimension: str = ""
    values: tuple[EnumValue, ...] = ()
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(TypeInfo):
    """One member of an object type.

    Attributes:
        identifier: as it is sent.
        name: as it is shown.
        selects: whether it says which instance the object is about, instead of being a value of it.
    """

    identifier: str
    name: str
    selects: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyInfo(TypeInfo):
    """One property.

    Attributes:
        capability: identifier.
        property: identifier.
        name: as it is shown.
        multiple: whether it comes as an array of items.
        new_name: what a deprecated property of this capability is called today; else empty.
    """

    capability: str
    property: str
    name: str
    multiple: bool
    new_name: str

    @builtins.property  # the field above hides the plain name
    def deprecated(self) -> bool:
        """Whether another property took its place."""
        return bool(self.new_name)


class UnitFactor(NamedTuple):
    """How the specification relates a unit to its dimension's reference unit.

    Attributes:
        unit: identifier, for example ``kilometers``.
        linear: reference = linear × value + constant; None where the relation is inverse.
        constant: see linear.
        inverse: reference = inverse / value; None where the relation is linear.
    """

    unit: str
    linear: float | None
    constant: float
    inverse: float | None


def readable(identifier: str) -> str:
    """``some_new_thing`` as ``Some new thing``; what is no identifier of lower case words stays as it is."""
    if not _IDENTIFIER.fullmatch(identifier):
        return identifier
    text = " ".join(_SPELLINGS.get(word, word) for word in identifier.split("_"))
    first = text.split(" ", 1)[0]
    return text if first != first.lower() else text[0].upper() + text[1:]


class Catalogue:
    """The facts of one level. Thread-safe; descriptions of properties are built when they are asked for.

    Args:
        facts: what :mod:`core.autoapi.build` writes.
        selection: which members of which object types select, chosen type by type.

    Attributes:
        level: the Auto API level, for example 13.
        default_selectors: names of members that select in objects that the catalogue does not know.
    """

    def __init__(self, facts: Mapping[str, Any], selection: Mapping[str, Any]) -> None:
        self.level: int = facts["level"]
        self.default_selectors: frozenset[str] = frozenset(selection["default"])
        self._capabilities: Mapping[str, Any] = facts["capabilities"]
        self._universal: Mapping[str, Any] = facts["universal"]
        self._types: Mapping[str, Any] = facts["types"]
        self._events: Mapping[str, Any] = facts["events"]
        self._units: Mapping[str, Any] = facts["units"]
        self._usual: Mapping[str, Mapping[str, str]] = facts["usual"]
        self._selecting: Mapping[str, list[str]] = selection["types"]
        self._shapes: dict[str, TypeInfo] = {}
        self._infos: dict[tuple[str, str], PropertyInfo | None] = {}
        self._selectors: Mapping[tuple[str, str, str], tuple[str, ...]] | None = None

    def capabilities(self) -> tuple[str, ...]:
        """Identifiers of all capabilities."""
        return tuple(self._capabilities)

    def properties(self, capability: str) -> tuple[str, ...]:
        """Identifiers of a capability's own properties; none where it is unknown."""
        return tuple(self._own(capability))

    def is_known(self, capability: str, property: str = "") -> bool:
        """Whether the level has this capability or, where one is given, this property."""
        return self._node(capability, property) is not None if property else capability in self._capabilities

    def capability_name(self, capability: str) -> str:
        """Display name, for example ``Vehicle Location``."""
        node = self._capabilities.get(capability)
        return str(node["name"]) if node else readable(capability)

    def property_name(self, capability: str, property: str) -> str:
        """Display name, for example ``Odometer``."""
        node = self._node(capability, property)
        return str(node["name"]) if node else readable(property)

    def info(self, capability: str, property: str) -> PropertyInfo | None:
        """What is known of a property; None where it is unknown."""
        key = (capability, property)
        if key not in self._infos:
            node = self._node(capability, property)
            self._infos[key] = None if node is None else self._info(capability, property, node)
        return self._infos[key]

    def renamed(self, capability: str, property: str) -> str:
        """What a deprecated property is called today; empty where it is not deprecated."""
        node = self._own(capability).get(property)
        return str(node.get("new_name", "")) if node else ""

    def former_names(self, capability: str, property: str) -> tuple[str, ...]:
        """The deprecated properties that became this one."""
        return tuple(name for name, node in self._own(capability).items() if node.get("new_name") == property)

    def selectors(self) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
        """Which members select, for every object that the catalogue knows.

        Returns:
            (capability, property, path of the object inside the item's data) to the names of the members that select,
            in the order in which they stand in a component. The path is empty for the data itself. An object whose
            members are all values has an empty tuple; one that is not in the mapping is unknown, and there the
            members of default_selectors select.
        """
        if self._selectors is None:
            found: dict[tuple[str, str, str], tuple[str, ...]] = {}
            for capability in self._capabilities:
                for property, node in self._own(capability).items():
                    for path, names in self._selecting_paths(node["type"]):
                        found[capability, property, path] = names
            self._selectors = MappingProxyType(found)
        return self._selectors

    def leaf(self, capability: str, property: str, component: str = "") -> TypeInfo | None:
        """What type a component has; None where it is unknown.

        Args:
            component: as in a series' key, with or without its selectors; ``availability.…`` is known for any property.
        """
        return self._resolve(capability, property, _parts(component)[0])[1]

    def component_name(self, capability: str, property: str, component: str) -> str:
        """Display name, for example ``Front left · Pressure``; empty for plain values."""
        parts, times = _parts(component)
        names = self._resolve(capability, property, parts)[0]
        return f"{_SEPARATOR.join(names)} ({times})".lstrip() if times else _SEPARATOR.join(names)

    def enum_values(self, capability: str, property: str, component: str = "") -> tuple[str, ...]:
        """Identifiers of an enum's values in the specification's order; none where it is no known enum."""
        leaf = self.leaf(capability, property, component)
        return tuple(value.identifier for value in leaf.values) if leaf else ()

    def value_label(self, capability: str, property: str, component: str, text: str) -> str:
        """How a sample's text is shown: the label of an enum's value, any other text as it is."""
        leaf = self.leaf(capability, property, component)
        return _label(leaf, text) if leaf else text

    def is_percentage(self, capability: str, property: str, component: str = "") -> bool:
        """Whether a component's values are 0.0 to 1.0 and shown as 0 to 100 %."""
        leaf = self.leaf(capability, property, component)
        return leaf is not None and leaf.kind == "percentage"

    def usual_unit(self, capability: str, property: str, component: str = "") -> str:
        """The unit that a component usually comes in; empty where it is not measured, unknown or of the availability.

        Vehicles may send any other unit of the same dimension.
        """
        return self._usual_unit(capability, property, _parts(component)[0])

    def failure_reasons(self) -> tuple[EnumValue, ...]:
        """Why a failure can come instead of a value."""
        members = self._shape({"type": "types.failure"}).members
        return next(member.values for member in members if member.identifier == "reason")

    def failure_label(self, reason: str) -> str:
        """How a failure's reason is shown."""
        labels = {value.identifier: value.label for value in self.failure_reasons()}
        return labels.get(reason) or readable(reason)

    def unit_factors(self) -> dict[str, tuple[UnitFactor, ...]]:
        """Dimension to its units, in the specification's order and with its own factors."""
        return {
            dimension: tuple(
                UnitFactor(name, factor.get("linear"), factor.get("constant", 0.0), factor.get("inverse"))
                for name, factor in units
            )
            for dimension, units in self._units.items()
        }

    def _own(self, capability: str) -> Mapping[str, Any]:
        node = self._capabilities.get(capability)
        return node["properties"] if node else {}

    def _node(self, capability: str, property: str) -> Mapping[str, Any] | None:
        """A capability's own property, or one that every capability may have."""
        node: Mapping[str, Any] | None = self._own(capability).get(property) or self._universal.get(property)
        return node

    def _info(self, capability: str, property: str, node: Mapping[str, Any]) -> PropertyInfo:
        shape = self._shape(node)
        return PropertyInfo(
            capability=capability,
            property=property,
            name=node["name"],
            multiple=node.get("multiple", False),
            new_name=node.get("new_name", ""),
            type=node["type"],
            kind=shape.kind,
            dimension=shape.dimension,
            values=shape.values,
            members=shape.members,
        )

    def _shape(self, node: Mapping[str, Any], name: str = "") -> TypeInfo:
        """The type that a node of the facts has; name is the custom type that it defines, if it does."""
        written: str = node["type"]
        space, _, named = written.rpartition(".")
        if space == "unit":
            return TypeInfo(type=written, kind="measurement", dimension=named)
        if space:
            if written not in self._shapes:
                defined = self._events if space == "events" else self._types
                self._shapes[written] = self._shape(defined[named], named)
            return self._shapes[written]
        kind = _NAMED.get(name) or _PLAIN[written]
        values = tuple(_enum_value(value) for value in node.get("values", ()))
        if kind != "object":
            return TypeInfo(type=f"types.{name}" if name else written, kind=kind, values=values)
        selecting = self._selecting.get(name, [])
        members = tuple(self._member(member, member["id"] in selecting) for member in node["members"])
        return TypeInfo(type=f"types.{name}", kind=kind, members=members)

    def _member(self, node: Mapping[str, Any], selects: bool) -> Member:
        shape = self._shape(node)
        return Member(
            identifier=node["id"],
            name=node.get("name") or readable(node["id"]),
            selects=selects,
            type=node["type"],
            kind=shape.kind,
            dimension=shape.dimension,
            values=shape.values,
            members=shape.members,
        )

    def _selecting_paths(self, written: str, path: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        """The objects of a type and of its members, from the facts alone: describing every type would take longer."""
        space, _, name = written.rpartition(".")
        if _NAMED.get(name) == "state":
            # States do not nest, and a capability's properties are values whatever they are called.
            for capability in () if path else self._capabilities:
                yield capability, ()
                for property, node in self._own(capability).items():
                    yield from self._selecting_paths(node["type"], f"{capability}.{property}")
        elif space == "types" and name not in _NAMED and self._types[name]["type"] == "custom":
            yield path, tuple(self._selecting.get(name, ()))
            for member in self._types[name]["members"]:
                yield from self._selecting_paths(member["type"], f"{path}.{member['id']}".removeprefix("."))

    def _usual_unit(self, capability: str, property: str, parts: list[str]) -> str:
        info, leaf = self.info(capability, property), self._resolve(capability, property, parts)[1]
        if info is None or leaf is None or leaf.kind != "measurement" or _is_availability(info, parts):
            return ""
        if info.kind == "state":
            return self._usual_unit(parts[0], parts[1], parts[2:])
        path = f"{capability}.{property}.{leaf.identifier}" if isinstance(leaf, Member) else f"{capability}.{property}"
        return self._usual["leaves"].get(path) or self._usual["dimensions"][leaf.dimension]

    def _resolve(self, capability: str, property: str, parts: list[str]) -> tuple[list[str], TypeInfo | None]:
        """A component's parts as they are shown, and its type where it is known."""
        info = self.info(capability, property)
        if not parts:
            return [], info
        if _is_availability(info, parts):
            names, leaf = _match(self._shape({"type": "types.availability"}), parts[1:])
            return [readable(parts[0]), *names], leaf
        if info is not None and info.kind == "state" and len(parts) > 1:
            names, leaf = self._resolve(parts[0], parts[1], parts[2:])
            return [self.capability_name(parts[0]), self.property_name(parts[0], parts[1]), *names], leaf
        return _match(info, parts)


def _parts(component: str) -> tuple[list[str], str]:
    """A component's parts as they were before they were written, and which of several equal ones it is; else empty."""
    written, _, times = component.partition("~")
    return [unquote(part) for part in written.split(".")] if written else [], times


def _is_availability(info: PropertyInfo | None, parts: list[str]) -> bool:
    """Whether a component is of the availability, which any property may have, and no member of its own."""
    if not parts or parts[0] != "availability":
        return False
    return info is None or all(member.identifier != parts[0] for member in info.members)


def _enum_value(value: str | list[str]) -> EnumValue:
    return EnumValue(value, readable(value)) if isinstance(value, str) else EnumValue(*value)


def _label(leaf: TypeInfo, text: str) -> str:
    if leaf.kind != "enum":
        return text
    return next((value.label for value in leaf.values if value.identifier == text), readable(text))


def _match(shape: TypeInfo | None, parts: list[str]) -> tuple[list[str], TypeInfo | None]:
    """Find the leaf that a component names.

    Texts of selectors stand between the names of members, so the path is matched from its end; what is no part of
    the path is the selectors' text. Of several leaves with the same last name the one with the longest path is meant.
    """
    best: list[str] | None = None
    leaf: TypeInfo | None = None
    longest = 0
    for path in _leaves(shape.members) if shape else ():
        places = _places(path, parts)
        if shape is not None and places is not None and len(path) > longest:
            best, leaf, longest = _shown(shape, path, places, parts), path[-1], len(path)
    if best is None and shape is not None and parts:
        return _unnamed(shape, parts)
    return ([readable(part) for part in parts] if best is None else best), leaf


def _unnamed(shape: TypeInfo, parts: list[str]) -> tuple[list[str], TypeInfo | None]:
    """What ends with no member's name: an object that says no more than which one it is, or an element of a list."""
    left = list(parts)
    selecting = [member for member in shape.members if member.selects]
    for member in selecting:
        if left and _may_be(member, left[0]):
            del left[0]
    if selecting and not left:
        return _selected(selecting, parts), shape
    if parts[-1].isdecimal():
        names, leaf = _match(shape, parts[:-1]) if len(parts) > 1 else ([], shape)
        if leaf is not None and (leaf.kind == "bytes" or len(parts) == 1):
            return [*names, parts[-1]], leaf
    return [readable(part) for part in parts], None


def _may_be(member: Member, text: str) -> bool:
    """Whether a text is for certain what a member says; any text may be the name of a member that is unknown."""
    if member.kind == "enum":
        return any(value.identifier == text for value in member.values)
    return member.kind in ("integer", "percentage") and _NUMBER.fullmatch(text) is not None


def _leaves(members: tuple[Member, ...], before: tuple[Member, ...] = ()) -> Iterator[tuple[Member, ...]]:
    """The path to every member, also to those of inner objects."""
    for member in members:
        path = (*before, member)
        yield path
        yield from _leaves(member.members, path)


def _places(path: tuple[Member, ...], parts: list[str]) -> list[int] | None:
    """Where the path's names stand among the parts, the last one at the end; None where they do not."""
    if not parts or parts[-1] != path[-1].identifier:
        return None
    places: list[int] = []
    place = len(parts)
    for member in reversed(path):
        place -= 1
        while place >= 0 and parts[place] != member.identifier:
            place -= 1
        if place < 0:
            return None
        places.append(place)
    return places[::-1]


def _shown(shape: TypeInfo, path: tuple[Member, ...], places: list[int], parts: list[str]) -> list[str]:
    names: list[str] = []
    start = 0
    for member, place in zip(path, places, strict=True):
        names += _selected([inner for inner in shape.members if inner.selects], parts[start:place])
        names.append(member.name)
        shape, start = member, place + 1
    return names


def _selected(selecting: list[Member], parts: list[str]) -> list[str]:
    """The selectors' text, shown; without their names where the text speaks for itself."""
    if parts and len(selecting) == 1:
        parts = [".".join(parts)]
    if len(parts) != len(selecting):
        return [readable(part) for part in parts]
    return [
        f"{member.name} {text}" if member.kind in ("integer", "percentage") else _label(member, text)
        for member, text in zip(selecting, parts, strict=True)
    ]


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue of the current level, read once."""
    facts = json.loads((_RESOURCES / "level13.json").read_bytes())
    return Catalogue(facts, json.loads((_RESOURCES / "selectors.json").read_bytes()))
