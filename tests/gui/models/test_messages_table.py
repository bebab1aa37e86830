"""The table of a batch's messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from core.fleet.timezones import zone
from gui import theme
from gui.models.messages_table import (
    CAPABILITY,
    ORDINAL,
    PROPERTY,
    TIME,
    VALUE,
    VIN,
    MessagesModel,
)
from gui.models.tree import NAME_ROLE, SORT_ROLE
from tests.gui.models.builders import DAY, NOON, check_model, message, texts

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot


@pytest.fixture
def model(qtbot: QtBot, qtmodeltester: ModelTester) -> MessagesModel:
    model = MessagesModel()
    check_model(qtmodeltester, model)
    model.set_messages(
        [
            message(0, "VIN1"),
            message(1, "VIN2", "charging.status"),
            message(2, reason="it has no VIN"),
            message(3, "VIN1", "diagnostics.speed"),
        ]
    )
    return model


def test_passes_the_model_tester(model: MessagesModel, qtmodeltester: ModelTester) -> None:
    check_model(qtmodeltester, model, python=True)


def test_shows_messages_and_problems(model: MessagesModel) -> None:
    assert texts(model, column=ORDINAL) == ["0", "1", "2", "3"]
    assert texts(model, column=VIN) == ["VIN1", "VIN2", "it has no VIN", "VIN1"]
    assert texts(model, column=PROPERTY) == ["odometer", "status", "", "speed"]
    assert texts(model, column=VALUE)[0] == "900 km"
    assert texts(model, column=VALUE)[2] == "it has no VIN"
    assert model.reason_column(2) == VIN
    assert model.index(2, VIN).data(Qt.ItemDataRole.ForegroundRole) == QColor(theme.colors().error)
    assert model.index(0, VIN).data(Qt.ItemDataRole.ForegroundRole) is None
    assert model.problems() == 1
    assert model.index(3, VIN).data(NAME_ROLE) == 3
    assert model.index(3, CAPABILITY).data(SORT_ROLE) == "diagnostics"
    assert model.index(0, PROPERTY).data(Qt.ItemDataRole.ToolTipRole) == "Odometer\ndiagnostics.odometer"


def test_the_batch_s_time_is_told_from_a_message_s_own(model: MessagesModel) -> None:
    model.set_messages([message(0), replace(message(1), time_from_batch=True)])
    own, borrowed = (model.index(row, TIME) for row in range(2))
    assert own.data(Qt.ItemDataRole.FontRole) is None
    assert own.data(Qt.ItemDataRole.ForegroundRole) is None
    assert borrowed.data(Qt.ItemDataRole.FontRole).italic()
    assert borrowed.data(Qt.ItemDataRole.ForegroundRole) == QColor(theme.colors().muted)
    tip = str(borrowed.data(Qt.ItemDataRole.ToolTipRole))
    assert tip.endswith("\nThe message has no time of its own: this is its batch's")
    assert "\n" not in str(own.data(Qt.ItemDataRole.ToolTipRole))
    assert model.index(1, VALUE).data(Qt.ItemDataRole.FontRole) is None


def test_a_reason_stands_behind_a_known_vin(model: MessagesModel) -> None:
    model.set_messages([replace(message(0, reason="it is no text"), vin="VIN1", property="odometer")])
    assert texts(model, column=VIN) == ["VIN1"]
    assert texts(model, column=PROPERTY) == ["it is no text · odometer"]
    assert model.reason_column(0) == PROPERTY


def test_what_is_not_seen_is_written(model: MessagesModel) -> None:
    model.set_messages([replace(message(0), vin="<i>\u202e1", summary="a\nb\x07")])
    assert texts(model, column=VIN) == ["<i>\\u202e1"]
    assert texts(model, column=VALUE) == ["a b\\u0007"]
    assert "&lt;i&gt;\\u202e1" in model.index(0, VIN).data(Qt.ItemDataRole.ToolTipRole)
    # What is looked for is what was sent.
    model.set_filter("\u202e1")
    assert model.rowCount() == 1


def test_what_is_a_problem_of_the_whole_batch(model: MessagesModel) -> None:
    model.set_messages([message(-1, reason="the file is empty")])
    assert texts(model) == ["all"]


def test_times_follow_the_zone(model: MessagesModel) -> None:
    assert texts(model, column=TIME)[:3] == ["12:00:00", "12:00:01", ""]
    model.set_zone(zone("Europe/Berlin"))
    assert texts(model, column=TIME)[0] == "14:00:00"
    assert model.index(0, TIME).data(Qt.ItemDataRole.ToolTipRole) == "2026-06-30 14:00:00.000 +02:00"


def test_a_time_of_another_day_names_the_day(model: MessagesModel) -> None:
    model.set_messages([replace(message(0), time=NOON - DAY), message(1), message(2)])
    assert texts(model, column=TIME) == ["06-29 12:00", "12:00:01", "12:00:02"]
    assert model.longest_texts(TIME) == {"06-29 12:00", "12:00:01", "12:00:02"}


@pytest.mark.parametrize(
    ("text", "ordinals"),
    [
        ("vin1", [0, 3]),
        ("vin1 speed", [3]),
        ("CHARGING", [1]),
        ("it has", [2]),
        ("901", [1]),
        ("nothing", []),
    ],
)
def test_filters_by_all_fragments(model: MessagesModel, text: str, ordinals: list[int]) -> None:
    model.set_filter(text)
    assert [model.message_at(row).ordinal for row in range(model.rowCount())] == ordinals


def test_problems_only_with_a_filter(model: MessagesModel) -> None:
    model.set_problems_only(True)
    assert texts(model) == ["2"]
    assert model.is_filtered
    model.set_filter("vin1")
    assert texts(model) == []
    model.set_problems_only(False)
    assert texts(model) == ["0", "3"]
    assert model.row_of(3) == 1
    assert model.row_of(1) is None


def test_sorts_every_column(model: MessagesModel) -> None:
    down = Qt.SortOrder.DescendingOrder
    model.sort(TIME, down)
    assert texts(model) == ["3", "1", "0", "2"]
    model.sort(VIN)
    assert texts(model) == ["2", "0", "3", "1"]
    model.sort(VIN, down)
    assert texts(model) == ["1", "0", "3", "2"]
    model.sort(VALUE, down)
    assert texts(model)[0] == "2"


def test_many_messages_are_filtered(qtbot: QtBot) -> None:
    model = MessagesModel()
    model.set_messages([message(number, f"VIN{number % 50}") for number in range(20_000)])
    model.set_filter("vin7 odo")
    assert model.rowCount() == 400
