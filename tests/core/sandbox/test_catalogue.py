"""Everything the fleet says is something that the Auto API knows."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from core.autoapi.catalogue import PropertyInfo, TypeInfo, catalogue

if TYPE_CHECKING:
    from tests.core.sandbox.conftest import Simulated


@functools.cache
def _info(path: str) -> PropertyInfo | None:
    return catalogue().info(*path.split("."))


@functools.cache
def _units() -> dict[str, set[str]]:
    return {name: {factor.unit for factor in factors} for name, factors in catalogue().unit_factors().items()}


def _fault(info: TypeInfo, data: Any) -> str:
    """What is wrong with data of a type; empty if nothing is."""
    fits: bool
    match info.kind:
        case "measurement":
            known = data["unit"] in _units()[info.dimension]
            fits = list(data) == ["unit", "value"] and known and isinstance(data["value"], (int, float))
        case "enum":
            fits = data in {value.identifier for value in info.values}
        case "object":
            members = {member.identifier: member for member in info.members}
            if list(data) != list(members):
                return f"members {list(data)} instead of {list(members)}"
            return next((fault for name, member in members.items() if (fault := _fault(member, data[name]))), "")
        case "percentage":
            fits = isinstance(data, float) and 0.0 <= data <= 1.0
        case "integer":
            fits = isinstance(data, int)
        case "number":
            fits = isinstance(data, float)
        case "text":
            fits = isinstance(data, str)
        case "time":
            fits = list(data) == ["hour", "minute"] and 0 <= data["hour"] < 24 and 0 <= data["minute"] < 60
        case "timestamp":
            fits = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data) is not None
        case _:
            fits = False
    return "" if fits else f"{data!r} is no {info.type}"


def test_every_item_is_of_a_known_property_and_of_its_type(simulated: Simulated) -> None:
    faults = set()
    for item in simulated.items:
        info = _info(item.path)
        if info is None:
            faults.add(f"{item.path} is unknown")
        elif info.deprecated:
            faults.add(f"{item.path} is deprecated")
        elif item.failure is None and (fault := _fault(info, item.data)):
            faults.add(f"{item.path}: {fault}")
    assert faults == set()


def test_properties_that_come_in_several_items_are_arrays(simulated: Simulated) -> None:
    for key, place, message in simulated.messages:
        if (key, place) in simulated.result.rejects:
            continue
        info = _info(f"{message['capability']}.{message['property']}")
        assert info is not None
        content = message["data"][message["capability"]][message["property"]]
        assert isinstance(content, list) == info.multiple


def test_failures_have_reasons_of_the_auto_api(simulated: Simulated) -> None:
    reasons = {value.identifier for value in catalogue().failure_reasons()}
    assert {item.failure for item in simulated.items if item.failure} <= reasons


def test_the_fleet_says_many_things(simulated: Simulated) -> None:
    assert len({item.path for item in simulated.items}) >= 50
