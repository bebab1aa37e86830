"""Takes from an Auto API specification in which unit each measured leaf usually comes.

:mod:`core.autoapi.build` runs it. A leaf is a property or a member of an object: ``capability.property[.member]``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from core.autoapi.specification import Node

# From here on a number is easier to read in the larger unit that others of its dimension come in.
_LARGE = 1000.0
# Leaves whose example is in a unit that says nothing of how large their values are, and why.
_ASIDE = {
    "usage.fuel_consumption_volume": "its example is 100 mm³, a drop; fuel by the litre would read in millions",
}


def usual_units(catalogue: Node, examples: Sequence[Sequence[Any]]) -> Node:
    """The usual unit of each dimension, and of the leaves that have another one.

    A leaf's usual unit is the one that most of its examples have; that of its dimension is the one that most leaves
    have. The latter takes the former's place where that makes examples of thousands smaller numbers, but not below 1,
    where one is the inverse of the other, so that what is more in one is less in the other, and where a leaf has no
    example or one that says nothing of its values. A deprecated property has the unit of what it is called today.

    Args:
        catalogue: what was built from the specification so far.
        examples: as :func:`core.autoapi.examples.examples` gives them.

    Returns:
        ``dimensions``, dimension to unit, and ``leaves``, path to unit.
    """
    leaves = dict(_leaves(catalogue))
    shown: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for capability, property, data in examples:
        for path, unit, number in _measured(f"{capability}.{property}", data):
            known = catalogue["units"].get(leaves.get(path, ""), ())
            if path not in _ASIDE and any(unit == name for name, _ in known):
                shown[path].append((unit, number))
    own = {path: _most(unit for unit, _ in numbers) for path, numbers in shown.items()}
    dimensions = {
        name: _most((own[path] for path, dimension in leaves.items() if dimension == name and path in own), units[0][0])
        for name, units in catalogue["units"].items()
    }
    for path, unit in own.items():
        common = dimensions[leaves[path]]
        most = max(abs(number) for sent, number in shown[path] if sent == unit)
        ratio = _ratio(catalogue["units"][leaves[path]], unit, common)
        if ratio is None or (most >= _LARGE and ratio < 1 <= most * ratio):
            own[path] = common
    usual = {path: own.get(path, dimensions[dimension]) for path, dimension in leaves.items()}
    for path, present in _present_paths(catalogue, usual):
        usual[path] = usual[present]
    return {
        "dimensions": dimensions,
        "leaves": {path: unit for path, unit in usual.items() if unit != dimensions[leaves[path]]},
    }


def _leaves(catalogue: Node) -> Iterator[tuple[str, str]]:
    """Path and dimension of every measured leaf."""
    for capability, node in catalogue["capabilities"].items():
        for property, entry in node["properties"].items():
            for member, dimension in _measured_members(catalogue, entry):
                yield f"{capability}.{property}{member}", dimension


def _measured_members(catalogue: Node, node: Node) -> Iterator[tuple[str, str]]:
    """``.member`` and dimension of what is measured in a type, however deep; without a member for the type itself."""
    space, _, name = node["type"].rpartition(".")
    if space == "unit":
        yield "", name
    elif space == "types":
        yield from _measured_members(catalogue, catalogue["types"][name])
    for member in node.get("members", ()):
        for inner, dimension in _measured_members(catalogue, member):
            yield inner or f".{member['id']}", dimension


def _measured(path: str, data: Any, member: str = "") -> Iterator[tuple[str, str, float]]:
    """Path, unit and number of every measured value in an item's data."""
    if isinstance(data, list):
        for one in data:
            yield from _measured(path, one, member)
    elif isinstance(data, dict):
        if set(data) == {"unit", "value"} and isinstance(data["value"], int | float):
            yield f"{path}{member}", data["unit"], float(data["value"])
        for name, one in data.items():
            yield from _measured(path, one, f".{name}")


def _most(units: Iterator[str], otherwise: str = "") -> str:
    """The most frequent one; the first of several."""
    counts = Counter(units).most_common(1)
    return counts[0][0] if counts else otherwise


def _ratio(units: Iterable[tuple[str, Node]], unit: str, to: str) -> float | None:
    """By what a number changes from one unit to another; None where they are inverse, 1 where it is no plain factor."""
    factors = dict(units)
    one, other = factors[unit], factors[to]
    if _is_inverse(one) != _is_inverse(other):
        return None
    if "linear" not in one or "linear" not in other or one.get("constant") != other.get("constant"):
        return 1.0
    return float(one["linear"] / other["linear"])


def _is_inverse(factor: Node) -> bool:
    """Whether a unit is the inverse of its dimension's reference, which itself may be written with an inverse of 1."""
    return "linear" not in factor and factor["inverse"] != 1.0


def _present_paths(catalogue: Node, paths: Node) -> Iterator[tuple[str, str]]:
    """The leaves of deprecated properties, with those of what they are called today."""
    for path in paths:
        capability, property, *member = path.split(".")
        new_name = catalogue["capabilities"][capability]["properties"][property].get("new_name")
        present = ".".join((capability, new_name or "", *member))
        if present in paths:
            yield path, present
