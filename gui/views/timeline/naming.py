"""Names of series that tell apart what differs and leave out what is the same."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from core.autoapi.catalogue import catalogue
from core.autoapi.display import ENVELOPE, marked, unit_text, unknown_name, unknown_value
from core.fleet.formula import formula_of
from gui.models.formula_text import formula_text
from gui.models.texts import NAMELESS, NO_VIN, short_text, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.fleet.nodes import Input
    from core.fleet.series import SeriesKey


_LONGEST_UNIT = 40
# Names that only one capability has, but that say nothing without it.
_VAGUE = {
    "Angle", "Clear", "Connection", "Description", "Dimming", "Distance", "Drive", "Duration", "Engaged", "Event",
    "Handle", "ID", "Incidents", "Limiter", "Name", "Power", "Restriction", "Screen", "Series", "Severity", "State",
    "Thresholds", "Timers",
}  # fmt: skip


@functools.cache
def _shared_names() -> frozenset[str]:
    """Names that properties of several capabilities have, such as Status."""
    names = Counter(
        catalogue().property_name(capability, name)
        for capability in catalogue().capabilities()
        for name in catalogue().properties(capability)
    )
    return frozenset(name for name, count in names.items() if count > 1)


def property_name(key: SeriesKey) -> str:
    """The property as a person calls it, with its capability where the name alone says too little; a formula in words.

    What a formula takes from another vehicle is named with the end of its VIN.
    """
    formula = formula_of(key)
    if formula is not None:
        return formula_text(formula, lambda one: _input_name(one, key.vin))
    name = visible_text(catalogue().property_name(key.capability, key.property)) or NAMELESS
    # Of several odometers and speeds, the one of the diagnostics is what the plain word means.
    is_clear = (name not in _shared_names() and name not in _VAGUE) or key.capability == "diagnostics"
    if is_clear and key.capability != ENVELOPE:
        return name
    return f"{visible_text(catalogue().capability_name(key.capability))} {name[0].lower()}{name[1:]}"


def _input_name(one: Input, vin: str) -> str:
    key = one.key(vin)
    name = " · ".join(part for part in (property_name(key), component_name(key)) if part)
    return name if key.vin == vin else f"{name} of {short_vin(key.vin)}"


def component_name(key: SeriesKey) -> str:
    """``Front left · Pressure``; empty for plain values."""
    return visible_text(catalogue().component_name(key.capability, key.property, key.component))


def vehicle_name(key: SeriesKey) -> str:
    """The VIN as it was sent, as far as it can be seen."""
    return visible_text(key.vin) or NO_VIN


def full_name(key: SeriesKey) -> str:
    """Vehicle, property and component."""
    return " · ".join(part for part in (vehicle_name(key), property_name(key), component_name(key)) if part)


def short_vin(vin: str) -> str:
    """The end of a VIN, where the vehicles of a fleet differ."""
    # No VIN has a blank; what has one is a name that stands in for it.
    return visible_text(vin) or NO_VIN if len(vin) <= 8 or " " in vin else f"…{visible_text(vin[-6:])}"


def unit_name(unit: str) -> str:
    """How a unit is written: ``km``; an unknown one as it was sent, in one line."""
    return short_text(unit_text(unit), _LONGEST_UNIT)


def unknown_property(key: SeriesKey) -> str:
    """Why a series' property is marked as unknown; empty where the catalogue knows it."""
    return visible_text(unknown_name(key.capability, key.property))


def unknown_component(key: SeriesKey) -> str:
    """Why a series' component is marked as unknown; empty where it is known, or its property is marked already."""
    if not key.component or unknown_property(key):
        return ""
    return visible_text(unknown_name(key.capability, key.property, key.component))


def marked_names(key: SeriesKey) -> tuple[str, str]:
    """Component and property, each with a mark where the catalogue does not know it."""
    return (
        marked(component_name(key), unknown_component(key)),
        marked(property_name(key), unknown_property(key)),
    )


def state_label(key: SeriesKey, text: str) -> str:
    """What an enum's value is called; other texts stay as they were sent."""
    return catalogue().value_label(key.capability, key.property, key.component, text)


def marked_label(key: SeriesKey, text: str) -> str:
    """A state's label in one line, with a mark where the catalogue does not know it."""
    return marked(short_text(state_label(key, text)), unknown_value(key.capability, key.property, key.component, text))


def state_order(key: SeriesKey) -> tuple[str, ...]:
    """The values of an enum in the catalogue's order; empty for other properties."""
    leaf = catalogue().leaf(key.capability, key.property, key.component)
    return tuple(value.identifier for value in leaf.values) if leaf else ()


def two_lines(keys: Iterable[SeriesKey]) -> dict[SeriesKey, tuple[str, str]]:
    """A name and a second line for each series that stand side by side.

    The vehicle is left out where all are of one, the property moves to the second line where all show the same.
    """
    keys = list(keys)
    one_vehicle = len({key.vin for key in keys}) <= 1
    one_property = len({(key.capability, key.property) for key in keys}) <= 1
    names: dict[SeriesKey, tuple[str, str]] = {}
    for key in keys:
        part, name = marked_names(key)
        what = f"{name} · {part}" if part else name
        if one_vehicle:
            names[key] = (part, name) if one_property and part and len(keys) > 1 else (what, "")
        else:
            names[key] = (short_vin(key.vin), what) if one_property else (what, short_vin(key.vin))
    return names


def plot_title(keys: Iterable[SeriesKey]) -> str:
    """What a plot shows: its properties, each once; the vehicle too where there is only one."""
    keys = list(keys)
    marked_keys = [marked_names(key) for key in keys]
    names = list(dict.fromkeys(name for _, name in marked_keys))
    parts = {part for part, _ in marked_keys}
    title = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    if len(parts) == 1 and (part := parts.pop()):
        title = f"{title} · {part}"
    return title
