"""Other names for vehicles: consistent, told apart, and nothing of the VINs left."""

from __future__ import annotations

import pytest

from core.autoapi.display import DisplayUnits
from core.fleet.formula import derived_key, inputs_of
from core.fleet.nodes import Arithmetic, Input, PerDay
from core.fleet.series import SeriesKey
from core.workspaces.layout import PlotLayout, SeriesLook, TimelineLayout
from gui.views.timeline.masking import Mask, Masking
from gui.views.timeline.naming import property_name
from gui.views.timeline.prepared import prepare
from tests.gui.views.timeline.make_series import HOUR, JUNE, key, make_series

FIRST, SECOND, THIRD = "WBA8E1C50HA000817", "VF1RFB00X65000817", "KMHDEMKM8T0107929"


def names(vins: list[str], masking: Masking) -> list[str]:
    mask = Mask([key(vin=vin) for vin in vins], masking)
    return [mask.key(key(vin=vin)).vin for vin in vins]


@pytest.mark.parametrize(
    ("vins", "masking", "found"),
    [
        ([FIRST, THIRD, FIRST], Masking.NONE, [FIRST, THIRD, FIRST]),
        ([FIRST, THIRD, FIRST], Masking.LAST, ["…0817", "…7929", "…0817"]),
        ([FIRST, SECOND], Masking.LAST, ["…0817", "…0817 (2)"]),
        (["VIN1", "A", ""], Masking.LAST, ["…N1", "…", ""]),
        ([THIRD, FIRST, THIRD, ""], Masking.NAMES, ["Vehicle A", "Vehicle B", "Vehicle A", ""]),
    ],
)
def test_every_vehicle_has_one_name(vins: list[str], masking: Masking, found: list[str]) -> None:
    assert names(vins, masking) == found


def test_letters_go_on_after_z() -> None:
    vins = [f"VIN{number:05d}" for number in range(704)]
    found = names(vins, Masking.NAMES)
    assert [found[place] for place in (0, 25, 26, 51, 701, 702)] == [
        "Vehicle A", "Vehicle Z", "Vehicle AA", "Vehicle AZ", "Vehicle ZZ", "Vehicle AAA",
    ]  # fmt: skip
    assert len(set(found)) == 704


def test_texts_formulas_and_other_vehicles_in_them_are_masked() -> None:
    derived = SeriesKey(FIRST, "derived", f"diagnostics.odometer - series('{SECOND}', 'diagnostics.odometer')")
    mask = Mask([derived], Masking.NAMES)
    assert mask.text(f"{FIRST} beside {SECOND.lower()}, not {THIRD}") == f"Vehicle A beside Vehicle B, not {THIRD}"
    assert mask.key(derived).property == "diagnostics.odometer - series('Vehicle B', 'diagnostics.odometer')"


@pytest.mark.parametrize(
    "other", ["IT'S\"A\"VIN'0'817", "back\\slash'N'", "tab\tand\nline", "\u202e-reversed", "odometer"]
)
@pytest.mark.parametrize("masking", [Masking.LAST, Masking.NAMES])
def test_vehicles_in_formulas_are_masked_whatever_their_vins_consist_of(other: str, masking: Masking) -> None:
    two = Arithmetic("-", PerDay(Input("x", "y")), PerDay(Input("x", "y", "", other)))
    derived = derived_key(FIRST, two)
    mask = Mask([derived], masking)
    found = mask.key(derived)
    assert [one.vin for one in inputs_of(found)] == [mask.key(key(vin=vin)).vin for vin in (FIRST, other)]
    assert other not in found.property
    assert repr(other)[1:-1] not in found.property
    if masking is Masking.NAMES:
        assert property_name(found).endswith(" of Vehicle B per day (UTC)")


def test_a_layout_keeps_its_places_and_looks() -> None:
    one, other = key(vin=FIRST), key("doors.locks_state", THIRD)
    layout = TimelineLayout(
        plots=(PlotLayout(3, (one, other), 2.0, (("km", 0.0, 1.0),)),),
        looks={one: SeriesLook(color=4), other: SeriesLook(visible=False)},
        placed=frozenset({other}),
    )
    mask = Mask(layout.looks, Masking.NAMES)
    found = mask.layout(layout)
    first, second = mask.key(one), mask.key(other)
    assert found.plots == (PlotLayout(3, (first, second), 2.0, (("km", 0.0, 1.0),)),)
    assert found.looks == {first: SeriesLook(color=4), second: SeriesLook(visible=False)}
    assert found.placed == {second}
    assert FIRST not in repr(found)


def test_samples_stay_and_texts_do_not_tell() -> None:
    lock = key("vehicle_information.note", FIRST)
    states = prepare(make_series(lock, [JUNE, JUNE + HOUR], text=[f"seen {FIRST}", "parked"]), DisplayUnits())
    mask = Mask([lock], Masking.LAST)
    found = mask.prepared(states)
    assert found.states is not None
    assert found.states.names == ("seen …0817", "parked")
    assert found.series.text[0] == "seen …0817"
    assert found.key == found.states.key == found.series.key == mask.key(lock)
    line = mask.prepared(prepare(make_series(key(vin=FIRST), [JUNE], [1.0]), DisplayUnits()))
    assert [one.key.vin for one in line.lines] == ["…0817"]
    assert line.lines[0].value.tolist() == [1.0]
