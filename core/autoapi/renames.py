"""Which deprecated properties are the same quantity as what they are called today, so that both read as one series.

The catalogue says of 20 properties what took their place. All of them have the type of the present one, and fifteen
are the same quantity under another name: a corrected word or spelling, or a unit that is no longer part of the name.
Five are not. ``ignition.accessories_status`` says whether the accessories have power; what took its place says in which
position the ignition is, and the accessories' ``on`` read as the ignition's would be wrong. The currents and voltages
of charging were two each, for AC and for DC, and the present property is either, as another one says. A vehicle could
send both at once, so one series of the two would jump between quantities: former names of one present name are joined
with it only where they mean the same as each other.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from core.autoapi.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

_AC = "it is that of alternating current alone, and its counterpart for direct current has the same present name"
_DC = "it is that of direct current alone, and its counterpart for alternating current has the same present name"
_APART: Mapping[tuple[str, str], str] = {
    ("charging", "battery_current_ac"): _AC,
    ("charging", "battery_current_dc"): _DC,
    ("charging", "charger_voltage_ac"): _AC,
    ("charging", "charger_voltage_dc"): _DC,
    ("ignition", "accessories_status"): "it says whether the accessories have power, not how the ignition is",
}


def present_name(capability: str, property: str) -> str:
    """The property whose series a property's samples belong to: itself, or what it is called today."""
    return _present_names().get((capability, property), property)


def names_of(capability: str, property: str) -> tuple[str, ...]:
    """All names of the quantity that a property is: the present one first, then the former ones."""
    present = present_name(capability, property)
    return (present, *_former_names().get((capability, present), ()))


def apart_because(capability: str, property: str) -> str:
    """Why a deprecated property is not joined with what took its place; empty where it is, or is not deprecated."""
    return _APART.get((capability, property), "")


@functools.cache
def _present_names() -> dict[tuple[str, str], str]:
    """(capability, former name) to the present name, of those that are joined."""
    facts = catalogue()
    return {
        (capability, name): present
        for capability in facts.capabilities()
        for name in facts.properties(capability)
        if (present := facts.renamed(capability, name)) and (capability, name) not in _APART
    }


@functools.cache
def _former_names() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for (capability, name), present in _present_names().items():
        found[capability, present] = (*found.get((capability, present), ()), name)
    return found
