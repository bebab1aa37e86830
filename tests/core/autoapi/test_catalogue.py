from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.autoapi.catalogue import Catalogue, Member, PropertyInfo, catalogue, readable

RESOURCES = Path(__file__).resolve().parents[3] / "resources" / "auto_api"


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


def described(facts: Catalogue) -> list[PropertyInfo]:
    infos = [
        facts.info(capability, name) for capability in facts.capabilities() for name in facts.properties(capability)
    ]
    return [info for info in infos if info is not None]


def test_all_of_level_13_is_there(facts: Catalogue) -> None:
    infos = described(facts)
    assert facts.level == 13
    assert len(facts.capabilities()) == 59
    assert len(infos) == 534
    assert sum(info.multiple for info in infos) == 70
    assert sum(info.deprecated for info in infos) == 20
    assert sum(info.type == "enum" for info in infos) == 87
    assert sum(info.type.startswith("unit.") for info in infos) == 159
    assert sum(info.type.startswith("types.") for info in infos) == 214
    assert sum(len(units) for units in facts.unit_factors().values()) == 108


def test_the_file_is_small_canonical_and_has_no_sentences() -> None:
    content = (RESOURCES / "level13.json").read_text("utf-8")
    parsed = json.loads(content)
    assert len(content.encode()) < 300_000
    assert content == json.dumps(parsed, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert "description" not in {key for node in parsed["types"].values() for key in node}
    for capability in parsed["capabilities"].values():
        for node in capability["properties"].values():
            assert set(node) <= {"name", "type", "values", "multiple", "new_name"}
            assert len(node["name"]) < 60
            assert not node["name"].endswith(".")


def test_names(facts: Catalogue) -> None:
    assert facts.capability_name("vehicle_location") == "Vehicle Location"
    assert facts.property_name("diagnostics", "odometer") == "Odometer"
    assert facts.property_name("charging", "battery_current_ac") == "Battery current (AC)"
    assert facts.property_name("diagnostics", "brand") == "Brand"


@pytest.mark.parametrize(
    ("capability", "name", "component", "shown"),
    [
        ("diagnostics", "odometer", "", ""),
        ("diagnostics", "tire_pressures", "front_left.pressure", "Front left · Pressure"),
        ("diagnostics", "tire_pressures", "pressure", "Pressure"),
        ("vehicle_location", "coordinates", "latitude", "Latitude"),
        ("usage", "trip_meters", "1.distance", "ID 1 · Distance"),
        ("tachograph", "drivers_working_states", "2.working_state", "Driver number 2 · Working state"),
        ("race", "accelerator_durations", "0.5.duration", "Pedal position threshold 0.5 · Duration"),
        ("usage", "acceleration_durations", "lateral.regular.duration", "Lateral · Regular · Duration"),
        ("home_charger", "price_tariffs", "per_kwh.price", "Per kWh · Price"),
        ("diagnostics", "trouble_codes", "C1116FA.RDU_212FR.status", "C1116FA · RDU_212FR · Status"),
        ("diagnostics", "oem_trouble_code_values", "1B3C.key_value.Err.value", "1B3C · Key value · Err · Value"),
        ("dashboard_lights", "dashboard_lights", "airbag.state", "Airbag · State"),
        ("historical", "states", "doors.positions.all.position", "Doors · Positions · All · Position"),
        ("diagnostics", "odometer", "availability.rate_limit", "Availability · Rate limit"),
        ("race", "accelerator_durations", "0%2E5.duration", "Pedal position threshold 0.5 · Duration"),
        ("diagnostics", "trouble_codes", "C1%2E1%7E%25.RDU.status~2", "C1.1~% · RDU · Status (2)"),
        ("diagnostics", "odometer", "~3", "(3)"),
        ("doors", "positions", "front_left", "Front left"),
        ("doors", "positions", "new_member", "New member"),
        ("usage", "trip_meters", "2", "ID 2"),
        (
            *("capabilities", "capabilities", "32.supported_property_ids.0"),
            "Capability ID 32 · Supported property IDs · 0",
        ),
        ("failure_message", "failed_property_ids", "1", "1"),
        ("historical", "states", "crash.impact_zone.2", "Crash · Impact zone · 2"),
        ("diagnostics", "tire_pressures", "front_left.some_new_thing", "Front left · Some new thing"),
        ("new_capability", "new_property", "front_left.AB_c", "Front left · AB_c"),
    ],
)
def test_component_names(facts: Catalogue, capability: str, name: str, component: str, shown: str) -> None:
    assert facts.component_name(capability, name, component) == shown


def test_values_have_labels_and_an_order(facts: Catalogue) -> None:
    assert facts.enum_values("doors", "locks", "front_left.lock_state") == ("unlocked", "locked")
    assert facts.value_label("doors", "locks", "front_left.lock_state", "locked") == "Locked"
    assert facts.enum_values("ignition", "state") == ("lock", "off", "accessory", "on", "start")
    assert facts.value_label("charging", "plug_type", "", "type_1") == "Connector type SAE J1772"
    assert facts.value_label("charging", "plug_type", "", "some_new_plug") == "Some new plug"
    assert facts.value_label("vehicle_information", "model_name", "", "type_x") == "type_x"
    assert facts.value_label("new_capability", "new_property", "", "some_text") == "some_text"
    assert facts.enum_values("diagnostics", "odometer") == ()
    assert facts.enum_values("capabilities", "webhooks", "ping.event")[:2] == ("ping", "trip_started")


def test_types(facts: Catalogue) -> None:
    pressures = facts.info("diagnostics", "tire_pressures")
    assert pressures is not None
    assert (pressures.kind, pressures.type, pressures.multiple) == ("object", "types.tire_pressure", True)
    assert [(member.identifier, member.selects, member.kind) for member in pressures.members] == [
        ("location", True, "enum"),
        ("pressure", False, "measurement"),
    ]
    kinds = {
        ("diagnostics", "odometer", ""): "measurement",
        ("charging", "battery_level", ""): "percentage",
        ("charging", "preconditioning_scheduled_time", ""): "time",
        ("charging", "departure_times", "time"): "time",
        ("charging", "timers", "departure_date.date"): "timestamp",
        ("diagnostics", "engine_rpm", ""): "measurement",
        ("vehicle_information", "number_of_doors", ""): "integer",
        ("vehicle_location", "coordinates", "longitude"): "number",
        ("vehicle_status", "states", ""): "state",
        ("vehicle_status", "states", "charging.battery_level"): "percentage",
        ("doors", "positions", "all.position"): "enum",
        ("diagnostics", "odometer", "availability.rate_limit"): "measurement",
        ("capabilities", "capabilities", "32.supported_property_ids"): "bytes",
        ("vehicle_information", "model_name", ""): "text",
    }
    found = {key: leaf.kind for key in kinds if (leaf := facts.leaf(*key)) is not None}
    assert found == kinds
    odometer = facts.leaf("diagnostics", "odometer")
    assert odometer is not None
    assert odometer.dimension == "length"


def test_percentages(facts: Catalogue) -> None:
    assert facts.is_percentage("charging", "battery_level")
    assert facts.is_percentage("windows", "open_percentages", "hatch.open_percentage")
    assert not facts.is_percentage("diagnostics", "odometer")
    assert not facts.is_percentage("new_capability", "new_property")


def test_deprecated_properties_lead_to_current_ones(facts: Catalogue) -> None:
    assert facts.renamed("diagnostics", "mileage") == "odometer"
    assert facts.renamed("diagnostics", "odometer") == ""
    assert facts.former_names("diagnostics", "odometer") == ("mileage", "mileage_meters")
    for info in described(facts):
        if info.deprecated:
            current = facts.info(info.capability, info.new_name)
            assert current is not None
            assert not current.deprecated
            assert info.property in facts.former_names(info.capability, info.new_name)
            assert current.dimension == info.dimension or not info.dimension


def test_failures(facts: Catalogue) -> None:
    assert [reason.identifier for reason in facts.failure_reasons()] == [
        "rate_limit",
        "execution_timeout",
        "format_error",
        "unauthorised",
        "unknown",
        "pending",
        "oem_error",
        "privacy_mode_active",
    ]
    assert facts.failure_label("oem_error") == "OEM error"
    assert facts.failure_label("brand_new_reason") == "Brand new reason"


def test_what_is_unknown_is_made_readable(facts: Catalogue) -> None:
    assert facts.capability_name("some_new_thing") == "Some new thing"
    assert facts.property_name("diagnostics", "some_new_thing") == "Some new thing"
    assert facts.info("diagnostics", "some_new_thing") is None
    assert facts.leaf("some_new_thing", "x", "y") is None
    assert facts.properties("some_new_thing") == ()
    assert facts.renamed("some_new_thing", "x") == ""
    assert facts.is_known("diagnostics")
    assert facts.is_known("diagnostics", "odometer")
    assert facts.is_known("diagnostics", "vin")
    assert not facts.is_known("diagnostics", "some_new_thing")
    assert not facts.is_known("some_new_thing")
    assert not facts.is_known("some_new_thing", "odometer")


@pytest.mark.parametrize(
    ("identifier", "shown"),
    [
        ("some_new_thing", "Some new thing"),
        ("oem_id", "OEM ID"),
        ("adblue_level", "AdBlue level"),
        ("charging_rate_kw", "Charging rate kW"),
        ("x", "X"),
        ("", ""),
        ("C1116FA", "C1116FA"),
        ("__", "__"),
        ("Straße 7", "Straße 7"),
    ],
)
def test_readable(identifier: str, shown: str) -> None:
    assert readable(identifier) == shown


@settings(max_examples=30)
@given(st.text(), st.text(), st.text(), st.text())
def test_no_text_whatever_raises(capability: str, name: str, component: str, text: str) -> None:
    facts = catalogue()
    for owner, property in (
        (capability, name),
        ("diagnostics", name),
        ("diagnostics", "oem_trouble_code_values"),
        ("historical", "states"),
    ):
        assert isinstance(facts.property_name(owner, property), str)
        assert isinstance(facts.capability_name(owner), str)
        for path in (component, f"{component}.key_value.{text}.value", f"availability.{component}", f"doors.{text}"):
            assert bool(facts.component_name(owner, property, path)) or path == ""
            assert isinstance(facts.value_label(owner, property, path, text), str)


def test_every_component_of_every_property_is_found_again(facts: Catalogue) -> None:
    def components(info: PropertyInfo | Member) -> list[tuple[str, Member]]:
        before = "".join(f"selected_{member.identifier}." for member in info.members if member.selects)
        found: list[tuple[str, Member]] = []
        for member in info.members:
            if member.members:
                found += [(f"{before}{member.identifier}.{path}", leaf) for path, leaf in components(member)]
            elif not member.selects:
                found.append((before + member.identifier, member))
        return found

    checked = 0
    for info in described(facts):
        for component, leaf in components(info):
            assert facts.leaf(info.capability, info.property, component) == leaf
            assert facts.component_name(info.capability, info.property, component).endswith(f"{leaf.name}")
            checked += 1
    assert checked > 100
