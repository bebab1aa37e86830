from __future__ import annotations

from core.autoapi.catalogue import catalogue
from core.autoapi.renames import apart_because, names_of, present_name


def test_fifteen_of_twenty_deprecated_names_are_the_same_quantity() -> None:
    facts = catalogue()
    renamed = {
        f"{capability}.{name}": (present, present_name(capability, name), bool(apart_because(capability, name)))
        for capability in facts.capabilities()
        for name in facts.properties(capability)
        if (present := facts.renamed(capability, name))
    }
    assert len(renamed) == 20
    assert {path for path, (_, _, apart) in renamed.items() if apart} == {
        "ignition.accessories_status",
        "charging.battery_current_ac",
        "charging.battery_current_dc",
        "charging.charger_voltage_ac",
        "charging.charger_voltage_dc",
    }
    assert present_name("ignition", "accessories_status") == "accessories_status"
    assert all(present == joined for present, joined, apart in renamed.values() if not apart)


def test_what_is_joined_has_the_same_type_and_the_same_components() -> None:
    facts = catalogue()
    for capability in facts.capabilities():
        for name in facts.properties(capability):
            infos = [facts.info(capability, each) for each in names_of(capability, name)]
            assert len({(info.type, info.dimension, info.multiple) for info in infos if info is not None}) == 1
            assert None not in infos


def test_names_of_one_quantity() -> None:
    every = ("odometer", "mileage", "mileage_meters")
    for name in every:
        assert names_of("diagnostics", name) == every
        assert present_name("diagnostics", name) == "odometer"
    assert names_of("ignition", "state") == ("state", "status")
    assert names_of("diagnostics", "speed") == ("speed",)
    assert names_of("new_thing", "mileage") == ("mileage",)
    assert present_name("new_thing", "mileage") == "mileage"
    assert apart_because("diagnostics", "mileage") == apart_because("diagnostics", "speed") == ""


def test_alternating_and_direct_current_are_never_one_series() -> None:
    for name in ("battery_current", "charger_voltage"):
        assert names_of("charging", name) == (name,)
        for kind, other in (("ac", "direct"), ("dc", "alternating")):
            assert names_of("charging", f"{name}_{kind}") == (f"{name}_{kind}",)
            assert f"counterpart for {other} current" in apart_because("charging", f"{name}_{kind}")


def test_only_what_is_named_here_is_joined_under_several_former_names() -> None:
    facts = catalogue()
    several = {
        names_of(capability, name)
        for capability in facts.capabilities()
        for name in facts.properties(capability)
        if len(names_of(capability, name)) > 2
    }
    assert several == {("odometer", "mileage", "mileage_meters")}
