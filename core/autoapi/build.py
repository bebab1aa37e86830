"""Makes the catalogue from an Auto API specification, and the tests' table of its examples.

    uv run python -m core.autoapi.build SPEC_FOLDER [--level 13] [-o resources/auto_api/level13.json]
        [--examples tests/data/examples.json]

Facts only: identifiers, display names, types, units and their factors, in which of them each property usually comes,
enum values in order, members of object types, which properties come several at a time, and what a deprecated property
is called today. No sentence of the
specification is taken over. The same specification always gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.autoapi.examples import examples
from core.autoapi.specification import capability_files, load
from core.autoapi.usual import usual_units
from core.errors import OdographError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.autoapi.specification import Node


def build(folder: Path) -> Node:
    """Read a specification.

    Args:
        folder: holds ``capabilities/*.yml`` and ``misc/*.yml``.

    Returns:
        What the catalogue's file contains, made of dicts, lists, strings and numbers.

    Raises:
        UsageError: the folder is no specification, or contains something that the catalogue does not provide for.
    """
    files = capability_files(folder)
    types = {node["name"]: _type(node) for node in load(folder / "misc" / "custom_types.yml")["types"]}
    events = {node["name"]: _type(node) for node in load(folder / "misc" / "events.yml")["events"]}
    catalogue: Node = {
        "level": int(load(folder / "misc" / "version.yml")["version"], 0),
        "capabilities": {node["name"]: _capability(node) for node in map(load, files)},
        "types": types,
        "events": events,
        "units": {
            node["name"]: [[unit["name"], _factor(unit)] for unit in node["unit_types"]]
            for node in load(folder / "misc" / "unit_types.yml")["measurement_types"]
        },
        "universal": {
            node["name"]: _property(node)
            for node in load(folder / "misc" / "universal_properties.yml")["universal_properties"]
        },
    }
    _check_references(catalogue)
    catalogue["usual"] = usual_units(catalogue, examples(folder, catalogue))
    return catalogue


def write(facts: Node | list[Any], target: Path) -> int:
    """Write the file of a catalogue or of examples and return its size in bytes."""
    content = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    data = content.encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return len(data)


def _capability(node: Node) -> Node:
    return {
        "name": node["name_pretty"],
        "properties": {entry["name"]: _property(entry) for entry in node.get("properties") or []},
    }


def _property(node: Node) -> Node:
    result: Node = {"name": node["name_pretty"], **_shape(node)}
    if node.get("multiple") == "true":
        result["multiple"] = True
    if "deprecated" in node:
        result["new_name"] = node["deprecated"]["new_name"]
    return result


def _type(node: Node) -> Node:
    return {"name": node["name_pretty"], **_shape(node)}


def _member(node: Node) -> Node:
    label = {"name": node["name_pretty"]} if "name_pretty" in node else {}
    return {"id": node["name"], **label, **_shape(node)}


def _shape(node: Node) -> Node:
    """The type, with an enum's values or an object's members."""
    shape: Node = {"type": node["type"]}
    if node["type"] == "enum":
        shape["values"] = [
            [value["name"], value["name_pretty"]] if "name_pretty" in value else value["name"]
            for value in node["enum_values"]
        ]
    elif node["type"] == "custom":
        shape["members"] = [_member(item) for item in node["items"]]
    return shape


def _factor(unit: Node) -> Node:
    return {
        name: float(unit[f"conversion_{name}"])
        for name in ("linear", "constant", "inverse")
        if f"conversion_{name}" in unit
    }


_PLAIN = {"bytes", "custom", "double", "enum", "integer", "string", "timestamp", "uinteger"}


def _check_references(catalogue: Node) -> None:
    """Fail on a type that nothing defines: a later level may bring something new."""
    spaces = (("types", "types"), ("events", "events"), ("unit", "units"))
    known = _PLAIN | {f"{space}.{name}" for space, names in spaces for name in catalogue[names]}
    shapes = [*catalogue["types"].values(), *catalogue["events"].values(), *catalogue["universal"].values()]
    for capability in catalogue["capabilities"].values():
        shapes += capability["properties"].values()
        for name, entry in capability["properties"].items():
            if entry.get("new_name", name) not in capability["properties"]:
                raise UsageError("A deprecated property's new name is not defined", subject=f"{name}")
    while shapes:
        shape = shapes.pop()
        if shape["type"] not in known:
            raise UsageError("The specification uses a type that it does not define", subject=shape["type"])
        shapes += shape.get("members", [])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m core.autoapi.build", description="Make the catalogue's file.")
    parser.add_argument("folder", type=Path, metavar="SPEC_FOLDER", help="the specification, a checkout of auto-api")
    parser.add_argument("--level", type=int, help="the level that the specification must have")
    parser.add_argument("-o", "--output", type=Path, help="default: resources/auto_api/level<level>.json")
    parser.add_argument(
        "--examples",
        type=Path,
        default=Path("tests", "data", "examples.json"),
        help="file for the specification's examples, which the tests read; default: %(default)s",
    )
    options = parser.parse_args(arguments)
    try:
        catalogue = build(options.folder)
        level = catalogue["level"]
        if options.level not in (None, level):
            raise UsageError(f"The specification has level {level}, not {options.level}", subject=str(options.folder))
        shown = examples(options.folder, catalogue)
    except OdographError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    target = options.output or Path("resources", "auto_api", f"level{level}.json")
    size = write(catalogue, target)
    size_of_examples = write(shown, options.examples)
    properties = sum(len(node["properties"]) for node in catalogue["capabilities"].values())
    sys.stderr.write(
        f"{target}: level {level}, {len(catalogue['capabilities'])} capabilities, {properties} properties, "
        f"{len(catalogue['types'])} types, {size:,} bytes\n"
        f"{options.examples}: {len(shown)} examples, {size_of_examples:,} bytes\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
