"""The tree of properties."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from core.autoapi.display import AS_SENT, DisplayUnits
from core.fleet.series import PropertySummary, SeriesKey
from core.fleet.timezones import zone
from gui.models.properties import LAST_SEEN, NAME, SAMPLES, UNIT, VALUE, PropertiesFilter, PropertiesModel
from gui.models.series_mime import decode_series_keys
from gui.models.tree import NAME_ROLE, SORT_ROLE, FragmentFilter
from tests.gui.models.builders import NOON, check_model, find, summary, texts

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

PROPERTIES = [
    summary("diagnostics.odometer", 82_343.4, "kilometers", samples=1234),
    summary("diagnostics.speed", 0.0, "kilometers_per_hour"),
    summary("diagnostics.battery_level", 0.82),
    summary("diagnostics.engine_rpm", last_failure="rate_limit"),
    summary("diagnostics.tire_pressures.front_left.pressure", 2.31, "bars"),
    summary("diagnostics.tire_pressures.rear_left.pressure", 2.3, "bars", last_seen=NOON + 60_000_000),
    summary("charging.plugged_in", last_text="plugged_in"),
    summary("shiny.new_thing", 1.5, "parsecs"),
]


@pytest.fixture
def model(qtbot: QtBot, qtmodeltester: ModelTester) -> PropertiesModel:
    model = PropertiesModel()
    check_model(qtmodeltester, model)
    model.set_properties(PROPERTIES)
    return model


def row(model: PropertiesModel, *names: str) -> list[str]:
    index = find(model, *names)
    return [str(index.siblingAtColumn(column).data()) for column in (VALUE, UNIT, SAMPLES)]


def test_passes_the_model_tester(model: PropertiesModel, qtmodeltester: ModelTester) -> None:
    check_model(qtmodeltester, model, python=True)
    shown = FragmentFilter(model)
    shown.set_filter("tire")
    check_model(qtmodeltester, shown, python=True)


def test_groups_count_what_is_shown_of_them(model: PropertiesModel) -> None:
    shown = PropertiesFilter(model)
    diagnostics = shown.mapFromSource(find(model, "Diagnostics"))
    assert diagnostics.siblingAtColumn(SAMPLES).data() == find(model, "Diagnostics").siblingAtColumn(SAMPLES).data()
    shown.set_filter("tire front")
    diagnostics = shown.mapFromSource(find(model, "Diagnostics"))
    tires = shown.mapFromSource(find(model, "Diagnostics", "Tire pressures"))
    front = find(model, "Diagnostics", "Tire pressures", "Front left · Pressure").siblingAtColumn(SAMPLES).data()
    assert diagnostics.siblingAtColumn(SAMPLES).data() == tires.siblingAtColumn(SAMPLES).data() == front


def test_names_come_from_the_catalogue_in_alphabetical_order(model: PropertiesModel) -> None:
    assert texts(model) == ["Charging", "Diagnostics", "Shiny"]
    diagnostics = find(model, "Diagnostics")
    assert texts(model, diagnostics) == ["Battery level", "Engine RPM", "Odometer", "Speed", "Tire pressures"]
    tires = find(model, "Diagnostics", "Tire pressures")
    assert texts(model, tires) == ["Front left · Pressure", "Rear left · Pressure"]
    assert find(model, "Diagnostics", "Odometer").data(Qt.ItemDataRole.ToolTipRole).startswith("diagnostics.odometer\n")
    assert model.property_count() == 7


def test_last_values_read(model: PropertiesModel) -> None:
    assert row(model, "Diagnostics", "Odometer") == ["82,343.4", "km", "1,234"]
    assert row(model, "Diagnostics", "Battery level")[:2] == ["82", "%"]
    assert row(model, "Charging", "Plugged in")[:2] == ["Plugged in", ""]
    assert row(model, "Shiny", "New thing")[:2] == ["1.5", "parsecs"]
    assert row(model, "Diagnostics", "Tire pressures") == ["", "", "10"]


def test_last_values_follow_the_units_at_once(model: PropertiesModel, qtbot: QtBot) -> None:
    def tip(*names: str) -> str:
        return str(find(model, *names).data(Qt.ItemDataRole.ToolTipRole))

    with qtbot.waitSignal(model.dataChanged):
        model.set_units(DisplayUnits("imperial", {"diagnostics.tire_pressures.pressure": "kilopascals"}))
    assert row(model, "Diagnostics", "Odometer")[:2] == ["51,165.8", "mi"]
    assert "51,165.8 mi (sent as 82,343.4 km)" in tip("Diagnostics", "Odometer")
    assert row(model, "Diagnostics", "Tire pressures", "Front left · Pressure")[:2] == ["231", "kPa"]
    assert row(model, "Diagnostics", "Battery level")[:2] == ["82", "%"]
    assert "82 % (sent as 0.82)" in tip("Diagnostics", "Battery level")
    assert row(model, "Shiny", "New thing")[:2] == ["1.5", "parsecs"]
    model.set_units(AS_SENT)
    assert row(model, "Diagnostics", "Odometer")[:2] == ["82,343.4", "km"]
    assert "sent as" not in tip("Diagnostics", "Odometer")


def test_last_moments_are_told_in_the_zone(model: PropertiesModel) -> None:
    # The last second before and the first after Berlin went from winter to summer time.
    model.set_properties(
        [
            summary("maintenance.last_service_date", 1_774_745_999.0, last_text="2026-03-29T00:59:59Z"),
            summary("maintenance.next_inspection_date", 1_774_746_000.0, last_text="2026-03-29T01:00:00Z"),
            summary("charging.preconditioning_scheduled_time", 7.5, last_text="07:30"),
        ]
    )
    model.set_zone(zone("Europe/Berlin"))
    assert row(model, "Maintenance", "Last service date")[:2] == ["2026-03-29 01:59:59", ""]
    assert row(model, "Maintenance", "Next inspection date")[:2] == ["2026-03-29 03:00:00", ""]
    assert row(model, "Charging", "Preconditioning scheduled time")[:2] == ["07:30", ""]
    tip = find(model, "Maintenance", "Last service date").data(Qt.ItemDataRole.ToolTipRole)
    assert "2026-03-29 01:59:59 (sent as 2026-03-29T00:59:59Z)" in tip


def test_what_the_catalogue_does_not_know_is_marked(model: PropertiesModel) -> None:
    model.set_properties(
        [
            *PROPERTIES,
            summary("charging.status", last_text="warp_charging"),
            summary("diagnostics.tire_pressures.front_left.glow", 1.0),
        ]
    )

    def marks(*names: str) -> list[int]:
        index = find(model, *names)
        cells = [index.siblingAtColumn(column) for column in (NAME, VALUE, UNIT)]
        italic = [cell.column() for cell in cells if (font := cell.data(Qt.ItemDataRole.FontRole)) and font.italic()]
        assert italic == [cell.column() for cell in cells if cell.data(Qt.ItemDataRole.DecorationRole)]
        return italic

    assert marks("Shiny") == [NAME]
    assert marks("Shiny", "New thing") == [NAME, UNIT]
    assert marks("Charging", "Status") == [VALUE]
    assert marks("Diagnostics", "Tire pressures", "Front left · Glow") == [NAME]
    assert marks("Diagnostics", "Tire pressures", "Front left · Pressure") == []
    assert row(model, "Charging", "Status")[0] == "Warp charging"
    tip = find(model, "Charging", "Status").data(Qt.ItemDataRole.ToolTipRole)
    assert "Warp charging (sent as warp_charging)" in tip
    assert "Value warp_charging: not in the Auto API catalogue (level 13)" in tip
    unknown = find(model, "Shiny", "New thing")
    assert "Unit parsecs: not in" in unknown.data(Qt.ItemDataRole.ToolTipRole)
    assert "Capability shiny: not in" in unknown.data(Qt.ItemDataRole.AccessibleDescriptionRole)


def test_a_failure_is_in_italics(model: PropertiesModel) -> None:
    failed = find(model, "Diagnostics", "Engine RPM").siblingAtColumn(VALUE)
    assert failed.data() == "Rate limit"
    assert failed.data(Qt.ItemDataRole.FontRole).italic()
    assert find(model, "Diagnostics", "Speed").siblingAtColumn(VALUE).data(Qt.ItemDataRole.FontRole) is None
    assert "Failure instead of a value" in failed.data(Qt.ItemDataRole.ToolTipRole)


def test_times_follow_the_zone(model: PropertiesModel) -> None:
    speed = find(model, "Diagnostics", "Speed").siblingAtColumn(LAST_SEEN)
    assert speed.data() == "06-30 12:00"
    model.set_zone(zone("Asia/Kolkata"))
    assert speed.data() == "06-30 17:30"
    assert find(model, "Diagnostics").siblingAtColumn(LAST_SEEN).data(SORT_ROLE) == NOON + 60_000_000


def test_leaves_and_paths(model: PropertiesModel) -> None:
    assert model.leaves_at(find(model, "Diagnostics", "Odometer")) == [("diagnostics", "odometer", "")]
    assert model.leaves_at(find(model, "Diagnostics", "Tire pressures")) == [
        ("diagnostics", "tire_pressures", "front_left.pressure"),
        ("diagnostics", "tire_pressures", "rear_left.pressure"),
    ]
    assert len(model.leaves_at(find(model, "Diagnostics"))) == 6
    found = model.find(("diagnostics", "tire_pressures", "rear_left.pressure"))
    assert found is not None
    assert found.data(NAME_ROLE) == "diagnostics.tire_pressures.rear_left.pressure"
    assert model.find(("diagnostics", "nothing")) is None


def test_a_refresh_keeps_rows_and_says_what_changed(model: PropertiesModel, qtbot: QtBot) -> None:
    kept = QPersistentModelIndex(find(model, "Diagnostics", "Tire pressures", "Rear left · Pressure"))
    changed: list[str] = []
    model.dataChanged.connect(lambda first, _last, _roles: changed.append(str(first.data())))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.rowsRemoved):
        model.set_properties(PROPERTIES)
    assert changed == []
    later = [each for each in PROPERTIES if each.capability != "charging"]
    later[0] = summary("diagnostics.odometer", 82_350.0, "kilometers", samples=1240)
    model.set_properties([*later, summary("doors.locks_state", last_text="locked")])
    assert kept.isValid()
    assert texts(model) == ["Diagnostics", "Doors", "Shiny"]
    assert changed == ["Odometer", "Diagnostics"]
    assert row(model, "Diagnostics", "Odometer") == ["82,350", "km", "1,240"]


def test_a_property_changes_between_plain_and_with_components(model: PropertiesModel) -> None:
    model.set_properties([summary("diagnostics.odometer.front", 1.0), summary("diagnostics.odometer", 2.0)])
    odometer = find(model, "Diagnostics", "Odometer")
    assert sorted(texts(model, odometer)) == ["Front", "Value"]
    assert odometer.siblingAtColumn(VALUE).data() == ""
    model.set_properties([summary("diagnostics.odometer", 2.0)])
    assert not model.hasChildren(odometer)
    assert odometer.siblingAtColumn(VALUE).data() == "2"
    model.set_properties([])
    assert model.rowCount() == 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("odo", ["Odometer"]),
        ("tire rear", ["Tire pressures"]),
        ("diagnostics.tire_pressures.front", ["Tire pressures"]),
        ("DIAG RPM", ["Engine RPM"]),
    ],
)
def test_filters_names_and_identifiers(model: PropertiesModel, text: str, names: list[str]) -> None:
    shown = FragmentFilter(model)
    shown.set_filter(text)
    assert texts(shown) == ["Diagnostics"]
    assert texts(shown, shown.index(0, NAME, QModelIndex())) == names


def test_a_drag_carries_every_vehicle_with_every_leaf(model: PropertiesModel) -> None:
    model.set_vehicles(["A", "B"])
    tires = find(model, "Diagnostics", "Tire pressures")
    child = find(model, "Diagnostics", "Tire pressures", "Rear left · Pressure")
    row_of_tires = [tires.siblingAtColumn(column) for column in range(model.columnCount())]
    keys = decode_series_keys(model.mimeData([*row_of_tires, child, find(model, "Diagnostics", "Odometer")]))
    assert keys == [
        SeriesKey(vin, "diagnostics", name, component)
        for name, component in (
            ("tire_pressures", "front_left.pressure"),
            ("tire_pressures", "rear_left.pressure"),
            ("odometer", ""),
        )
        for vin in ("A", "B")
    ]
    assert model.flags(tires) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.mimeTypes() == ["application/x-odograph-series"]


def test_when_it_was_last_seen_is_short_and_of_another_year_a_date(model: PropertiesModel) -> None:
    year = 366 * 86_400_000_000
    model.set_properties([*PROPERTIES, summary("diagnostics.mileage", 1.0, "kilometers", last_seen=NOON - year)])

    def seen(*names: str) -> str:
        return str(find(model, *names).siblingAtColumn(LAST_SEEN).data())

    assert seen("Diagnostics", "Odometer") == "06-30 12:00"
    assert seen("Diagnostics", "Mileage") == "2025-06-29"
    assert seen("Diagnostics") == ""
    model.set_properties([summary("diagnostics.mileage", 1.0, "kilometers", last_seen=NOON - year)])
    assert seen("Diagnostics", "Mileage") == "06-29 12:00"


def test_a_clock_ahead_by_years_shows_its_year_and_leaves_others_their_times(
    model: PropertiesModel,
) -> None:
    end_of_time = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1_000_000
    model.set_properties([*PROPERTIES, summary("diagnostics.mileage", 1.0, "kilometers", last_seen=end_of_time)])
    seen = [str(find(model, "Diagnostics", name).siblingAtColumn(LAST_SEEN).data()) for name in ("Odometer", "Mileage")]
    assert seen == ["06-30 12:00", "9999-12-31"]
    model.set_properties([summary("diagnostics.mileage", 1.0, "kilometers", last_seen=end_of_time)])
    assert find(model, "Diagnostics", "Mileage").siblingAtColumn(LAST_SEEN).data() == "9999-12-31"


def test_names_and_values_show_what_would_not_be_seen_and_are_cut(model: PropertiesModel) -> None:
    evil = PropertySummary("ca\u202ep", "", "x\ny", 1, 1, NOON, last_value=1.0, unit="u\x07nit" + "t" * 999)
    endless = summary("messaging.text", last_text="a\nb\u2066" * 1_000_000)
    model.set_properties([evil, endless])
    assert texts(model) == ["Ca\\u202ep", "Messaging"] or texts(model) == ["ca\\u202ep", "Messaging"]
    nameless = model.index(0, NAME, model.index(0, NAME))
    assert nameless.data() == "(no name)"
    leaf = model.index(0, NAME, nameless)
    assert leaf.data() == "x\\u000ay"
    assert str(leaf.siblingAtColumn(UNIT).data()).startswith("u\\u0007nitttt")
    for index in (leaf, leaf.siblingAtColumn(UNIT), find(model, "Messaging", "Text").siblingAtColumn(VALUE)):
        for role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleDescriptionRole,
        ):
            text = str(index.data(role))
            assert len(text) < 3_000
            assert text.replace("\n", "").isprintable()


def test_what_came_beside_the_data_is_no_unknown_capability(model: PropertiesModel) -> None:
    model.set_properties([summary("envelope.trace.hop", 3.0), summary("envelope.additional", last_text="extra")])
    assert texts(model) == ["Envelope"]
    for names in (("Envelope",), ("Envelope", "Trace"), ("Envelope", "Trace", "Hop"), ("Envelope", "Additional")):
        index = find(model, *names)
        assert index.data(Qt.ItemDataRole.DecorationRole) is None
        assert index.data(Qt.ItemDataRole.FontRole) is None
        assert "Sent in messages beside their data" in str(index.data(Qt.ItemDataRole.ToolTipRole))
        assert "not in the Auto API" not in str(index.data(Qt.ItemDataRole.ToolTipRole))
