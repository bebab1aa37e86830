"""The unit in which each property is shown, whichever unit a vehicle sends."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from core.autoapi.catalogue import catalogue
from core.autoapi.display import AS_SENT, DisplayUnits, shown_value, unit_path
from core.autoapi.renames import names_of
from core.autoapi.units import dimension, dimensions, units_of
from core.autoapi.usual import usual_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.autoapi.catalogue import TypeInfo

Leaf = tuple[str, str, str]
METRIC, IMPERIAL = DisplayUnits("metric"), DisplayUnits("imperial")
EXAMPLES = json.loads((Path(__file__).parents[2] / "data" / "examples.json").read_bytes())
# Every usual unit there is: what it is shown in where a person thinks in one system or the other.
SHOWN = {
    "gravity": ("gravity", "gravity"),
    "degrees": ("degrees", "degrees"),
    "revolutions_per_minute": ("revolutions_per_minute", "revolutions_per_minute"),
    "degrees_per_second": ("degrees_per_second", "degrees_per_second"),
    "milliseconds": ("milliseconds", "milliseconds"),
    "seconds": ("seconds", "seconds"),
    "minutes": ("minutes", "minutes"),
    "hours": ("hours", "hours"),
    "days": ("days", "days"),
    "weeks": ("weeks", "weeks"),
    "months": ("months", "months"),
    "amperes": ("amperes", "amperes"),
    "volts": ("volts", "volts"),
    "kilowatt_hours": ("kilowatt_hours", "kilowatt_hours"),
    "kwh_per_100_kilometers": ("kwh_per_100_kilometers", "miles_per_kwh"),
    "times_per_minute": ("times_per_minute", "times_per_minute"),
    "liters_per_100_kilometers": ("liters_per_100_kilometers", "miles_per_gallon"),
    "lux": ("lux", "lux"),
    "millimeters": ("millimeters", "inches"),
    "meters": ("meters", "feet"),
    "kilometers": ("kilometers", "miles"),
    "kilograms": ("kilograms", "pounds"),
    "kilowatts": ("kilowatts", "kilowatts"),
    "bars": ("bars", "pounds_force_per_square_inch"),
    "kilometers_per_hour": ("kilometers_per_hour", "miles_per_hour"),
    "celsius": ("celsius", "fahrenheit"),
    "newton_meters": ("newton_meters", "pound_feet"),
    "newton_millimeters": ("newton_millimeters", "pound_feet"),
    "liters": ("liters", "gallons"),
}


def inner(shape: TypeInfo, path: str = "") -> Iterator[tuple[str, TypeInfo]]:
    """What is measured in a type: component and type."""
    if shape.kind == "measurement":
        yield path, shape
    for member in shape.members:
        yield from inner(member, f"{path}.{member.identifier}".removeprefix("."))


def measured() -> dict[Leaf, str]:
    """Everything that the catalogue says is measured, with its dimension."""
    facts = catalogue()
    found = {}
    for capability in facts.capabilities():
        for name in facts.properties(capability):
            info = facts.info(capability, name)
            assert info is not None
            for component, shape in inner(info):
                found[capability, name, component] = shape.dimension
    return found


LEAVES = measured()


def numbers(data: Any, component: str = "") -> Iterator[tuple[str, str, float]]:
    """Component, unit and number of what is measured in an example."""
    if isinstance(data, list):
        for one in data:
            yield from numbers(one, component)
    elif isinstance(data, dict) and set(data) == {"unit", "value"}:
        yield component, data["unit"], data["value"]
    elif isinstance(data, dict):
        for name, one in data.items():
            yield from numbers(one, f"{component}.{name}".removeprefix("."))


def test_every_measured_leaf_has_a_usual_unit_of_its_dimension() -> None:
    usual = {leaf: catalogue().usual_unit(*leaf) for leaf in LEAVES}
    assert len(usual) == 183
    assert set(LEAVES.values()) | {"electric_charge"} == set(dimensions())
    assert {leaf: dimension(unit) for leaf, unit in usual.items()} == LEAVES
    assert set(usual.values()) == set(SHOWN)
    # What is shown in another unit than the specification's examples have: in a larger or not in the inverse one.
    sent = {(capability, name, part): unit for capability, name, data in EXAMPLES for part, unit, _ in numbers(data)}
    moved = Counter((sent[leaf], unit) for leaf, unit in usual.items() if sent[leaf] != unit)
    assert moved == {
        ("meters", "kilometers"): 4,
        ("watt_hours", "kilowatt_hours"): 3,
        ("seconds", "minutes"): 2,
        ("watts", "kilowatts"): 1,
        ("cubic_millimeters", "liters"): 1,
        ("kilometers_per_kwh", "kwh_per_100_kilometers"): 1,
    }


def test_whichever_unit_is_sent_a_leaf_is_shown_in_one_unit_of_the_system() -> None:
    for leaf, name in LEAVES.items():
        capability, property, component = leaf
        usual = catalogue().usual_unit(*leaf)
        metric, imperial = SHOWN[usual]
        assert dimension(metric) == dimension(imperial) == name
        sent_units = [unit for unit in units_of(name) if dimension(unit) == name]
        for sent in sent_units:
            # Selectors before the member, and a second one of its kind, change nothing.
            for written in (component, f"{component}~2", f"one.{component}" if component else ""):
                assert METRIC.unit_for(capability, property, written, [sent]) == metric, leaf
                assert IMPERIAL.unit_for(capability, property, written, [sent]) == imperial, leaf
            assert AS_SENT.unit_for(*leaf, [sent]) == sent
            assert METRIC.groups(*leaf, [sent, *sent_units])[0].shown == metric
            assert len(METRIC.groups(*leaf, dict.fromkeys((sent, *sent_units)))) == 1
        for sent in sent_units[-1:]:
            chosen = DisplayUnits("imperial", {unit_path(*leaf): sent_units[0]})
            assert chosen.unit_for(*leaf, [sent]) == sent_units[0]


@pytest.mark.parametrize("units", [METRIC, IMPERIAL])
def test_what_the_specification_shows_is_readable_in_either_system(units: DisplayUnits) -> None:
    seen = 0
    for capability, name, data in EXAMPLES:
        for component, sent, number in numbers(data):
            if (capability, name, component) not in LEAVES:
                continue
            if name == "fuel_consumption_volume":
                # The example is a drop; what is sent is litres.
                number, sent = 45.5, "liters"
            shown = shown_value(number, sent, units.unit_for(capability, name, component, [sent]))
            # Odometers, light and a warning's time left are the largest.
            assert shown == 0 or 0.005 < abs(shown) < 160_000, (capability, name, component, shown)
            seen += 1
    assert seen == 230


@pytest.mark.parametrize(
    ("leaf", "sent", "metric", "imperial"),
    [
        # Unknown: by what was sent.
        (("shiny", "new_thing", ""), "feet", "meters", "feet"),
        (("diagnostics", "new_thing", ""), "pascals", "pascals", "pounds_force_per_square_inch"),
        (("diagnostics", "tire_pressures", "front_left.glow"), "pascals", "pascals", "pounds_force_per_square_inch"),
        # Another dimension than the catalogue says, and none at all.
        (("charging", "battery_capacity", ""), "ampere_hours", "ampere_hours", "ampere_hours"),
        (("diagnostics", "odometer", ""), "celsius", "celsius", "fahrenheit"),
        (("diagnostics", "odometer", ""), "leagues", "leagues", "leagues"),
        (("diagnostics", "odometer", ""), "", "", ""),
        (("diagnostics", "brand", ""), "miles", "kilometers", "miles"),
        # A limit may be some a second or some a day, whatever it is a limit of.
        (("diagnostics", "odometer", "availability.rate_limit"), "times_per_day", "times_per_day", "times_per_day"),
        (("heart_rate", "heart_rate", "availability.rate_limit"), "hertz", "hertz", "hertz"),
        # The state of a whole capability has its properties' units.
        (("historical", "states", "vehicle_location.altitude"), "kilometers", "meters", "feet"),
        (("historical", "states", "diagnostics.tire_pressures.front_left.pressure"), "pascals", "bars", "pounds_force"),
        (("historical", "states", "shiny.new_thing"), "feet", "meters", "feet"),
    ],
)
def test_what_has_no_usual_unit_and_what_has_another_ones(leaf: Leaf, sent: str, metric: str, imperial: str) -> None:
    assert METRIC.unit_for(*leaf, [sent]) == metric
    assert IMPERIAL.unit_for(*leaf, [sent]).startswith(imperial)
    assert AS_SENT.unit_for(*leaf, [sent]) == sent


def test_renamed_properties_are_shown_in_the_unit_of_their_present_names() -> None:
    for capability, name, component in LEAVES:
        assert len({catalogue().usual_unit(capability, each, component) for each in names_of(capability, name)}) == 1


def test_nothing_else_has_a_usual_unit() -> None:
    facts = catalogue()
    for leaf in (("diagnostics", "brand", ""), ("shiny", "thing", ""), ("diagnostics", "tire_pressures", "location")):
        assert facts.usual_unit(*leaf) == ""
    plain = {(capability, name, "") for capability in facts.capabilities() for name in facts.properties(capability)}
    assert {leaf for leaf in plain if facts.usual_unit(*leaf)} == {leaf for leaf in LEAVES if not leaf[2]}


def small_catalogue(**properties: str) -> dict[str, Any]:
    """Facts of one capability, its properties by their types; old_way is way today."""
    nodes: dict[str, dict[str, Any]] = {name: {"name": name, "type": type} for name, type in properties.items()}
    if "old_way" in nodes:
        nodes["old_way"]["new_name"] = "way"
    members = [{"id": "depth", "type": "unit.length"}, {"id": "side", "type": "string"}]
    return {
        "capabilities": {"car": {"name": "Car", "properties": nodes}},
        "types": {"dent": {"name": "Dent", "type": "custom", "members": members}},
        "units": {
            "length": [
                ["meters", {"linear": 1.0}],
                ["kilometers", {"linear": 1000.0}],
                ["millimeters", {"linear": 0.001}],
            ],
            "temperature": [["kelvin", {"linear": 1.0}], ["celsius", {"linear": 1.0, "constant": 273.15}]],
            "economy": [["per_100", {"inverse": 1.0}], ["per_liter", {"inverse": 100.0}]],
        },
    }


def sent(name: str, unit: str, *values: float) -> list[list[Any]]:
    return [["car", name, {"unit": unit, "value": value}] for value in values]


def test_the_usual_unit_is_the_one_that_most_examples_have() -> None:
    facts = small_catalogue(way="unit.length", trip="unit.length", dents="types.dent", rest="unit.length")
    dents = [["car", "dents", [{"side": "left", "depth": {"unit": "millimeters", "value": value}} for value in (3, 4)]]]
    shown = sent("way", "kilometers", 7, 8) + sent("way", "millimeters", 5) + sent("trip", "kilometers", 3) + dents
    assert usual_units(facts, shown) == {
        "dimensions": {"length": "kilometers", "temperature": "kelvin", "economy": "per_100"},
        "leaves": {"car.dents.depth": "millimeters"},
    }
    # Of unknown units, of other dimensions and of what the capability has not, nothing is taken.
    strange = sent("rest", "leagues", 1) + sent("rest", "celsius", 1, 2) + sent("unknown", "meters", 1, 2, 3)
    assert usual_units(facts, shown + strange) == usual_units(facts, shown)


@pytest.mark.parametrize(
    ("value", "unit", "usual"),
    [
        (999.0, "meters", "meters"),
        (1000.0, "meters", "kilometers"),
        (-2300.0, "meters", "kilometers"),
        (5000.0, "millimeters", "millimeters"),
        (2_000_000.0, "millimeters", "kilometers"),
    ],
)
def test_thousands_are_shown_in_the_larger_unit_of_the_others(value: float, unit: str, usual: str) -> None:
    facts = small_catalogue(way="unit.length", trip="unit.length", mine="unit.length")
    shown = sent("way", "kilometers", 1) + sent("trip", "kilometers", 1) + sent("mine", unit, 2, value)
    assert usual_units(facts, shown)["leaves"].get("car.mine", "kilometers") == usual


def test_fuel_is_litres_though_its_example_is_a_drop() -> None:
    volume = [["liters", {"linear": 1.0}], ["cubic_millimeters", {"linear": 0.000001}]]
    names = {
        "tank": "liters",
        "can": "liters",
        "oil": "cubic_millimeters",
        "fuel_consumption_volume": "cubic_millimeters",
    }
    leaves = {name: {"type": "unit.volume"} for name in names}
    facts = {"capabilities": {"usage": {"properties": leaves}}, "types": {}, "units": {"volume": volume}}
    examples = [["usage", name, {"unit": unit, "value": 100}] for name, unit in names.items()]
    assert usual_units(facts, examples) == {
        "dimensions": {"volume": "liters"},
        "leaves": {"usage.oil": "cubic_millimeters"},
    }
    for sent, value in (("liters", 45.5), ("cubic_millimeters", 45.5e6)):
        assert METRIC.unit_for("usage", "fuel_consumption_volume", "", [sent]) == "liters"
        assert shown_value(value, sent, "liters") == 45.5


def test_temperatures_have_no_larger_unit() -> None:
    facts = small_catalogue(**dict.fromkeys(("hot", "cold", "warm"), "unit.temperature"))
    shown = sent("hot", "celsius", 5) + sent("cold", "celsius", 5) + sent("warm", "kelvin", 5000)
    assert usual_units(facts, shown)["leaves"] == {"car.warm": "kelvin"}


def test_what_is_more_in_one_is_not_less_in_the_other() -> None:
    facts = small_catalogue(**dict.fromkeys(("used", "saved", "lost"), "unit.economy"))
    shown = sent("used", "per_100", 5) + sent("saved", "per_100", 5) + sent("lost", "per_liter", 5)
    usual = usual_units(facts, shown)
    assert (usual["dimensions"]["economy"], usual["leaves"]) == ("per_100", {})


def test_a_former_name_has_the_unit_of_the_present_one() -> None:
    facts = small_catalogue(way="unit.length", old_way="unit.length", trip="unit.length", tour="unit.length")
    shown = sent("way", "kilometers", 7) + sent("old_way", "meters", 7)
    shown += sent("trip", "meters", 7) + sent("tour", "meters", 7)
    assert usual_units(facts, shown)["leaves"] == {"car.way": "kilometers", "car.old_way": "kilometers"}
