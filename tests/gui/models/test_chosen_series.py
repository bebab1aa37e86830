"""The series of an export, each of which can be ticked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from core.fleet.series import SeriesKey
from gui.models.chosen_series import ChosenSeriesModel

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

KEYS = (
    SeriesKey("VIN1", "diagnostics", "odometer"),
    SeriesKey("", "diagnostics", "tire_pressures", "front_left.pressure"),
)
TICK = Qt.ItemDataRole.CheckStateRole


@pytest.mark.parametrize("force_py", [True, False])
def test_the_model_keeps_to_the_rules(qtmodeltester: ModelTester, force_py: bool) -> None:
    qtmodeltester.check(ChosenSeriesModel(KEYS), force_py=force_py)


def test_series_are_named_for_people(qtbot: QtBot) -> None:
    model = ChosenSeriesModel(KEYS)
    assert [model.index(row).data() for row in range(2)] == [
        "VIN1 · Odometer",
        "(no VIN) · Tire pressures · Front left · Pressure",
    ]


def test_ticks_choose(qtbot: QtBot) -> None:
    model = ChosenSeriesModel(KEYS)
    assert model.chosen() == KEYS
    with qtbot.waitSignal(model.dataChanged):
        assert model.setData(model.index(0), Qt.CheckState.Unchecked, TICK)
    assert model.chosen() == KEYS[1:]
    assert not model.setData(model.index(0), "text", Qt.ItemDataRole.EditRole)
    model.tick_all(False)
    assert model.chosen() == ()
    model.tick_all(True)
    assert model.chosen() == KEYS
