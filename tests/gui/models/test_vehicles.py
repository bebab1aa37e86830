"""The table of vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.fleet.timezones import zone
from gui import theme
from gui.models.tree import NAME_ROLE, SORT_ROLE
from gui.models.vehicles import LAST_SEEN, SAMPLES, VIN, VehiclesModel
from tests.gui.models.builders import DAY, NOON, check_model, texts, vehicle

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(qtbot: QtBot, qtmodeltester: ModelTester) -> VehiclesModel:
    model = VehiclesModel()
    check_model(qtmodeltester, model)
    model.set_vehicles(
        [
            vehicle("WVW111222", NOON, 12_345),
            vehicle("WBA111333", NOON - 5 * DAY, 7),
            vehicle("short", NOON - DAY, 7),
        ]
    )
    return model


def test_passes_the_model_tester(model: VehiclesModel, qtmodeltester: ModelTester) -> None:
    check_model(qtmodeltester, model, python=True)
    model.set_filter("w")
    check_model(qtmodeltester, model, python=True)


def test_shows_vin_last_seen_and_samples(model: VehiclesModel) -> None:
    assert texts(model) == ["WBA111333", "WVW111222", "short"]
    assert texts(model, column=SAMPLES) == ["7", "12,345", "7"]
    assert texts(model, column=LAST_SEEN)[1] == "2026-06-30 12:00"
    model.set_zone(zone("Europe/Berlin"))
    assert texts(model, column=LAST_SEEN)[1] == "2026-06-30 14:00"
    assert "5 d behind the newest sample" in model.index(0, VIN).data(Qt.ItemDataRole.ToolTipRole)
    assert "behind" not in model.index(1, VIN).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(1, VIN).data(NAME_ROLE) == "WVW111222"
    assert model.index(1, SAMPLES).data(SORT_ROLE) == 12_345


def test_a_vehicle_without_a_vin_is_no_blank_row(model: VehiclesModel) -> None:
    model.set_vehicles([vehicle(""), vehicle("WBA")])
    assert texts(model) == ["(no VIN)", "WBA"]
    assert model.index(0, VIN).data(Qt.ItemDataRole.ToolTipRole).startswith("(no VIN)\n")
    assert model.vins_at([0]) == [""]
    model.set_filter("no vin")
    assert texts(model) == ["(no VIN)"]


def test_what_is_not_seen_in_a_vin_is_written(model: VehiclesModel) -> None:
    model.set_vehicles([vehicle("WBA\u202e123")])
    assert texts(model) == ["WBA\\u202e123"]
    assert model.index(0, VIN).data(Qt.ItemDataRole.ToolTipRole).startswith("WBA\\u202e123\n")
    assert model.vins_at([0]) == ["WBA\u202e123"]


def test_a_silent_vehicle_is_greyed(model: VehiclesModel) -> None:
    muted = QColor(theme.colors().muted)
    role = Qt.ItemDataRole.ForegroundRole
    assert [model.index(row, LAST_SEEN).data(role) for row in range(3)] == [muted, None, None]


def test_sorts_both_ways_and_keeps_equals_in_order(model: VehiclesModel) -> None:
    model.sort(LAST_SEEN, DOWN)
    assert texts(model) == ["WVW111222", "short", "WBA111333"]
    model.sort(SAMPLES, UP)
    assert texts(model) == ["WBA111333", "short", "WVW111222"]
    model.sort(SAMPLES, DOWN)
    assert texts(model) == ["WVW111222", "WBA111333", "short"]
    model.sort(VIN, DOWN)
    assert texts(model) == ["short", "WVW111222", "WBA111333"]


@pytest.mark.parametrize(
    ("text", "vins"),
    [
        ("222", ["WVW111222"]),
        ("w 111", ["WBA111333", "WVW111222"]),
        ("w 333 111", ["WBA111333"]),
        ("w x", []),
        ("  ", ["WBA111333", "WVW111222", "short"]),
    ],
)
def test_filters_by_all_fragments(model: VehiclesModel, text: str, vins: list[str]) -> None:
    model.set_filter(text)
    assert texts(model) == vins
    assert model.total() == 3


def test_finds_the_rows_of_vehicles(model: VehiclesModel) -> None:
    model.sort(SAMPLES, DOWN)
    assert model.rows_of(["WVW111222", "short", "unknown"]).tolist() == [0, 2]
    model.set_filter("w")
    assert model.rows_of(["WVW111222", "short"]).tolist() == [0]
    assert model.known(["short", "unknown"]) == {"short"}
    assert model.vins_at([1, 0]) == ["WBA111333", "WVW111222"]


def test_a_filter_and_an_order_outlive_new_vehicles(model: VehiclesModel) -> None:
    model.set_filter("w")
    model.sort(SAMPLES, DOWN)
    model.set_vehicles([vehicle("W1", samples=1), vehicle("W2", samples=2), vehicle("other", samples=3)])
    assert texts(model) == ["W2", "W1"]
    model.set_vehicles([])
    assert model.rowCount() == 0


def test_a_hundred_thousand_vehicles_are_filtered_and_sorted(qtbot: QtBot) -> None:
    model = VehiclesModel()
    model.set_vehicles(
        [vehicle(f"WVWZZZ1KZAW{number * 7919 % 1_000_000:06d}", NOON - number) for number in range(100_000)]
    )
    model.set_filter("12")
    model.sort(LAST_SEEN, DOWN)
    assert 0 < model.rowCount() < 100_000
