"""Every object type of the specification is decided: its members select, or it is said why none does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.autoapi.catalogue import catalogue

RESOURCES = Path(__file__).resolve().parents[3] / "resources" / "auto_api"


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    types = json.loads((RESOURCES / "level13.json").read_bytes())["types"]
    return {name: node for name, node in types.items() if node["type"] == "custom"}


@pytest.fixture(scope="module")
def selection() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RESOURCES / "selectors.json").read_bytes())
    return content


def test_every_object_type_is_decided_once(objects: dict[str, Any], selection: dict[str, Any]) -> None:
    assert len(objects) == 64
    assert set(selection["types"]) | set(selection["none"]) == set(objects)
    assert not set(selection["types"]) & set(selection["none"])
    assert set(selection["none"].values()) == set(selection["reasons"])


def test_selectors_are_members_and_leave_a_value(objects: dict[str, Any], selection: dict[str, Any]) -> None:
    for name, selectors in selection["types"].items():
        members = [member["id"] for member in objects[name]["members"]]
        assert selectors, name
        assert len(set(selectors)) == len(selectors), name
        assert set(selectors) < set(members), name


def test_members_that_share_an_enum_of_places_always_select(objects: dict[str, Any], selection: dict[str, Any]) -> None:
    places = {"types.axle", "types.location", "types.location_longitudinal", "types.location_wheel"}
    places |= {"types.seat_location", "types.window_location", "types.weekday", "types.driving_mode", "events.event"}
    for name, node in objects.items():
        for member in node["members"]:
            if member["type"] in places:
                assert member["id"] in selection["types"][name], name


def test_every_property_with_an_object_is_in_the_mapping(objects: dict[str, Any], selection: dict[str, Any]) -> None:
    facts = catalogue()
    selectors = facts.selectors()
    for capability in facts.capabilities():
        for name in facts.properties(capability):
            info = facts.info(capability, name)
            assert info is not None
            type_name = info.type.removeprefix("types.")
            if type_name in objects and selection["none"].get(type_name) != "leaf":
                chosen = selectors[capability, name, ""]
                assert chosen == tuple(selection["types"].get(type_name, ()))
                assert set(chosen) == {member.identifier for member in info.members if member.selects}
            else:
                assert (capability, name, "") not in selectors
    assert sum(path == "" for _, _, path in selectors) == 80
    assert selectors["diagnostics", "oem_trouble_code_values", "key_value"] == ("key",)
    # In the state of a capability its properties do not select, and its objects do as they do outside of it.
    assert selectors["vehicle_status", "states", "vehicle_information"] == ()
    assert selectors["vehicle_status", "states", "doors.positions"] == ("location",)
    inner = {path for _, name, path in selectors if name not in ("states", "multi_states", "multi_commands")}
    assert inner == {"", "key_value"}
    assert len(selectors) == 81 + 4 * (len(facts.capabilities()) + 81)


@pytest.mark.parametrize(
    ("capability", "name", "selectors"),
    [
        ("diagnostics", "tire_pressures", ("location",)),
        ("diagnostics", "trouble_codes", ("id", "ecu_id")),
        ("diagnostics", "oem_trouble_code_values", ("id",)),
        ("dashboard_lights", "dashboard_lights", ("name",)),
        ("maintenance", "brakes_service_statuses", ("axle",)),
        ("tachograph", "drivers_cards_present", ("driver_number",)),
        ("charging", "timers", ("timer_type",)),
        ("charging", "battery_temperature_extremes", ("extreme",)),
        ("charging", "departure_times", ()),
        ("charging_session", "public_charging_points", ()),
        ("climate", "hvac_weekday_starting_times", ("weekday",)),
        ("vehicle_location", "coordinates", ()),
        ("usage", "energy_consumption_last_trip", ("category",)),
        ("usage", "driving_modes_energy_consumptions", ("driving_mode",)),
    ],
)
def test_chosen_selectors(capability: str, name: str, selectors: tuple[str, ...]) -> None:
    assert catalogue().selectors()[capability, name, ""] == selectors


def test_unknown_objects_have_selectors_too(selection: dict[str, Any]) -> None:
    default = catalogue().default_selectors
    assert {"location", "axle", "driver_number", "category", "timer_type", "id", "name", "weekday"} <= default
    # Thresholds are numbers: outside of the one type where they name an interval they are values.
    chosen = {name for names in selection["types"].values() for name in names} - {"pedal_position_threshold"}
    assert chosen <= default
    assert not default & {"value", "state", "status", "unit", "timestamp", "data", "text", "description"}
