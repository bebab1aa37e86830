"""Takes the examples from an Auto API specification, for the tests: what is sent, and of which property.

:mod:`core.autoapi.build` runs it. Values only, as they stand in messages; no sentence of the specification is taken
over, also where it is a value.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from core.autoapi.specification import capability_files, load
from core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from core.autoapi.specification import Node


def examples(folder: Path, catalogue: Node) -> list[list[Any]]:
    """The examples of all properties, in the specification's order.

    Args:
        folder: the specification.
        catalogue: what was built from it.

    Returns:
        [capability, property, data of an item] for each example.

    Raises:
        UsageError: the folder is no specification, or an example is no value of any kind.
    """
    reader = _Reader(catalogue)
    return [
        [capability["name"], entry["name"], reader.data(entry["type"], _value(entry["name"], example))]
        for capability in map(load, capability_files(folder))
        for entry in capability.get("properties") or []
        for example in entry.get("examples") or []
    ]


def _value(name: str, example: Node) -> Any:
    for member in ("value", "values"):
        if member in example:
            return example[member]
    raise UsageError("An example of the specification has no value", subject=name)


# Texts of more words are prose: they stay as long as they are, but do not say it any more.
_WORDS = 2
_PROSE = re.compile(r"[^\W\d_]")


class _Reader:
    """Writes values by their types as they are sent; what does not keep to its type stays as it is."""

    def __init__(self, catalogue: Node) -> None:
        self._catalogue = catalogue
        self._units = {unit for units in catalogue["units"].values() for unit, _ in units}

    def data(self, written: str, value: Any) -> Any:
        """A value of a type as the specification writes it."""
        space, _, name = written.rpartition(".")
        if space == "types":
            return self._defined(name, value)
        if isinstance(value, list):
            return [self.data("uinteger" if written == "bytes" else written, element) for element in value]
        if isinstance(value, dict):
            return self._measured(value)
        if written in ("double", "integer", "uinteger"):
            return _number(value)
        return _PROSE.sub("x", value) if written == "string" and len(value.split()) > _WORDS else value

    def _defined(self, name: str, value: Any) -> Any:
        """A value of a type that the specification defines."""
        shape = self._catalogue["types"][name]
        if name == "capability_state" and isinstance(value, dict):
            return {capability: self._state(capability, node) for capability, node in value.items()}
        if shape["type"] != "custom" or not isinstance(value, dict):
            return self.data(shape["type"], value)
        members = {member["id"]: member["type"] for member in shape["members"]}
        return {name: self.data(members.get(name, ""), node) for name, node in value.items()}

    def _state(self, capability: str, properties: Node) -> Node:
        known = {**self._catalogue["universal"], **self._catalogue["capabilities"][capability]["properties"]}
        return {
            name: [self.data(written, one) for one in node] if isinstance(node, list) else self.data(written, node)
            for name, node in properties.items()
            for written in [known[name]["type"] if name in known else ""]
        }

    def _measured(self, value: Node) -> Node:
        """A value and its unit: the specification writes the unit as a name."""
        if len(value) == 1:
            [(unit, number)] = value.items()
            if unit in self._units:
                return {"unit": unit, "value": _number(number)}
        return value


def _number(text: str) -> Any:
    """A number as the specification writes it; a text that is none stays a text."""
    with contextlib.suppress(ValueError):
        return int(text, 0)
    with contextlib.suppress(ValueError):
        return json.loads(text)
    return text
