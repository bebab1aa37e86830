from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.autoapi.build import build, main, write
from core.autoapi.catalogue import Catalogue
from core.autoapi.examples import examples
from core.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

CAPABILITY = """
name: doors
name_pretty: Doors
properties:
  - id: 0x02
    name: old_locks
    name_pretty: Old locks
    deprecated:
      new_name: locks
      reason: Somebody found a better word.
    type: types.lock
    description: The state of the old locks.
  - id: 0x03
    name: locks
    name_pretty: Locks
    type: types.lock
    multiple: true
    examples:
      - data_component: '0001'
        values:
          location: front_left
          distance:
            kilometers: 1.5
          event: ping
        description: The bolt is far away.
  - id: 0x04
    name: lights
    name_pretty: Lights
    type: enum
    enum_values:
      - name: off
      - name: on
        name_pretty: Switched on
        description: The lights are on.
    examples:
      - value: off
        description: The lights are off.
      - value: 'on'
"""
TYPES = """
types:
  - name: lock
    name_pretty: Lock
    type: custom
    items:
      - name: location
        type: enum
        enum_values:
          - name: front_left
          - name: front_right
      - name: distance
        name_pretty: Way of the bolt
        type: unit.length
      - name: event
        type: events.event
"""
UNITS = """
measurement_types:
  - name: length
    unit_types:
      - name: meters
        conversion_linear: 1.0
      - name: kilometers
        conversion_linear: 1.0e+3
  - name: temperature
    unit_types:
      - name: celsius
        conversion_linear: 1.0
        conversion_constant: 273.15
"""
EVENTS = """
events:
  - name: event
    name_pretty: Event
    type: enum
    enum_values:
      - name: ping
        description: Sent now and then.
"""
UNIVERSAL = """
universal_properties:
  - name: vin
    name_pretty: VIN
    type: string
"""


@pytest.fixture
def specification(tmp_path: Path) -> Path:
    folder = tmp_path / "specification"
    files = {
        "capabilities/doors.yml": CAPABILITY,
        "capabilities/empty.yml": "name: empty\nname_pretty: Empty\nproperties:\n",
        "misc/custom_types.yml": TYPES,
        "misc/unit_types.yml": UNITS,
        "misc/events.yml": EVENTS,
        "misc/universal_properties.yml": UNIVERSAL,
        "misc/version.yml": "version: 0x0e\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_facts_are_taken_over_and_sentences_are_not(specification: Path) -> None:
    lock = {"type": "types.lock"}
    assert build(specification) == {
        "level": 14,
        "capabilities": {
            "doors": {
                "name": "Doors",
                "properties": {
                    "old_locks": {"name": "Old locks", "new_name": "locks", **lock},
                    "locks": {"name": "Locks", "multiple": True, **lock},
                    "lights": {"name": "Lights", "type": "enum", "values": ["off", ["on", "Switched on"]]},
                },
            },
            "empty": {"name": "Empty", "properties": {}},
        },
        "types": {
            "lock": {
                "name": "Lock",
                "type": "custom",
                "members": [
                    {"id": "location", "type": "enum", "values": ["front_left", "front_right"]},
                    {"id": "distance", "name": "Way of the bolt", "type": "unit.length"},
                    {"id": "event", "type": "events.event"},
                ],
            },
        },
        "events": {"event": {"name": "Event", "type": "enum", "values": ["ping"]}},
        "units": {
            "length": [["meters", {"linear": 1.0}], ["kilometers", {"linear": 1000.0}]],
            "temperature": [["celsius", {"linear": 1.0, "constant": 273.15}]],
        },
        "universal": {"vin": {"name": "VIN", "type": "string"}},
        "usual": {"dimensions": {"length": "kilometers", "temperature": "celsius"}, "leaves": {}},
    }


def test_the_script_writes_what_the_catalogue_reads(specification: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "made" / "first.json", tmp_path / "second.json"
    shown = tmp_path / "examples" / "examples.json"
    assert main([str(specification), "--level", "14", "-o", str(first), "--examples", str(shown)]) == 0
    assert json.loads(shown.read_bytes()) == examples(specification, build(specification))
    assert write(build(specification), second) == second.stat().st_size
    assert first.read_bytes() == second.read_bytes()
    catalogue = Catalogue(json.loads(first.read_bytes()), {"default": ["id"], "types": {"lock": ["location"]}})
    assert catalogue.level == 14
    assert catalogue.component_name("doors", "locks", "front_left.distance") == "Front left · Way of the bolt"
    assert catalogue.value_label("doors", "locks", "front_left.event", "ping") == "Ping"
    assert catalogue.value_label("doors", "lights", "", "on") == "Switched on"
    assert catalogue.enum_values("doors", "lights") == ("off", "on")
    assert catalogue.renamed("doors", "old_locks") == "locks"
    assert catalogue.selectors() == {
        ("doors", "old_locks", ""): ("location",),
        ("doors", "locks", ""): ("location",),
    }


def test_the_level_must_be_the_one_that_was_asked_for(
    specification: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "level.json"
    shown = tmp_path / "examples.json"
    assert main([str(specification), "--level", "13", "-o", str(target), "--examples", str(shown)]) == 2
    assert "has level 14, not 13" in capsys.readouterr().err
    assert not target.exists()
    assert not shown.exists()


_SHAPES = """
  - id: 0x05
    name: shape
    name_pretty: Shape
    type: TYPE
    examples:
      - value: VALUE
"""


@pytest.mark.parametrize(
    ("type", "written", "data"),
    [
        ("unit.length", "{kilometers: 150000.0}", {"unit": "kilometers", "value": 150000.0}),
        ("unit.length", "{kilometers: 400}", {"unit": "kilometers", "value": 400}),
        ("unit.length", "{leagues: 1}", {"leagues": "1"}),
        ("uinteger", "0x20", 32),
        ("integer", "-4", -4),
        ("double", "1.5", 1.5),
        ("double", "much", "much"),
        ("bytes", "[0x01, 0xff]", [1, 255]),
        ("string", "'0x20'", "0x20"),
        ("string", "Two words", "Two words"),
        ("string", "Words that say something, 42.", "xxxxx xxxx xxx xxxxxxxxx, 42."),
        ("timestamp", "2019-09-30T15:34:10.000Z", "2019-09-30T15:34:10.000Z"),
        ("types.lock", "{location: front_left, unknown: 1}", {"location": "front_left", "unknown": "1"}),
        (
            "types.capability_state",
            "{doors: {lights: on, locks: [{distance: {meters: 1}}], vin: ABC}}",
            {"doors": {"lights": "on", "locks": [{"distance": {"unit": "meters", "value": 1}}], "vin": "ABC"}},
        ),
    ],
)
def test_examples_are_written_as_they_are_sent(specification: Path, type: str, written: str, data: Any) -> None:
    shape = _SHAPES.replace("TYPE", type).replace("VALUE", written)
    (specification / "capabilities" / "doors.yml").write_text(CAPABILITY + shape, "utf-8")
    states = "\n  - name: capability_state\n    name_pretty: State\n    type: bytes\n"
    (specification / "misc" / "custom_types.yml").write_text(TYPES + states, "utf-8")
    lock = {"location": "front_left", "distance": {"unit": "kilometers", "value": 1.5}, "event": "ping"}
    assert examples(specification, build(specification)) == [
        ["doors", "locks", lock],
        ["doors", "lights", "off"],
        ["doors", "lights", "on"],
        ["doors", "shape", data],
    ]


def test_an_example_without_a_value(specification: Path) -> None:
    text = CAPABILITY.replace("value: off", "nothing: off")
    (specification / "capabilities" / "doors.yml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match="has no value"):
        examples(specification, build(specification))


def test_a_folder_that_is_no_specification(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Auto API specification"):
        build(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("misc/unit_types.yml", None, "is missing"),
        ("misc/version.yml", "version: [", "is no YAML"),
        ("misc/events.yml", "", "is empty"),
        ("misc/events.yml", "events: []", "type that it does not define"),
        ("capabilities/doors.yml", CAPABILITY.replace("new_name: locks", "new_name: bolts"), "new name is not defined"),
    ],
)
def test_a_damaged_specification(specification: Path, file: str, text: str | None, message: str) -> None:
    if text is None:
        (specification / file).unlink()
    else:
        (specification / file).write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        build(specification)
