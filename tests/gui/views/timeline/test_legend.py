"""The legend: values at the cursor, visibility, removal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt

from core.workspaces.layout import with_look
from gui.models.series_mime import decode_series_keys, has_series_keys
from gui.views.timeline.composition import Composition
from gui.views.timeline.editing import Editing
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import OF_REGION, Column, LegendModel
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

ODOMETER, LOCK = key("diagnostics.odometer"), key("doors.locks_state", "VIN2")


def full_model() -> tuple[LegendModel, Composition]:
    composition = Composition(3)
    composition.put(
        [
            make_series(ODOMETER, [JUNE, JUNE + HOUR], [900.0, 1234.5], unit=["kilometers", "miles"]),
            make_series(
                LOCK,
                [JUNE, JUNE + MINUTE, JUNE + 2 * MINUTE],
                text=["locked", None, None],
                failure=[None, "rate_limit", "oem_error"],
            ),
        ]
    )
    model = LegendModel(COLORS)
    model.set_entries(composition.entries())
    return model, composition


def row(model: LegendModel, number: int) -> list[str]:
    return [str(model.index(number, column).data()) for column in Column if column not in OF_REGION]


def test_the_model_keeps_the_rules_of_models(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model, composition = full_model()
    qtmodeltester.check(model, force_py=True)
    composition.put([make_series(key("a.b"), [0], [1.0])])
    model.set_entries(composition.entries())
    composition.keep({LOCK, key("a.b")})
    model.set_entries(composition.entries())
    model.set_entries(composition.entries()[::-1])
    model.set_cursor(JUNE)
    model.set_entries([])
    assert model.rowCount() == 0


def test_without_a_cursor_it_shows_the_last_values(qtbot: QtBot) -> None:
    model, _ = full_model()
    assert row(model, 0) == ["VIN1", "Odometer", "", "1,986.7", "km ← mi", "", "2"]
    assert row(model, 1)[3:] == ["Locked", "", "", "3"]
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in Column][3] == "Value"


def test_at_the_cursor_it_shows_the_last_known_value_with_its_unit_and_age(qtbot: QtBot) -> None:
    model, _ = full_model()
    model.set_cursor(JUNE + HOUR - MINUTE)
    assert row(model, 0)[3:6] == ["900.0", "km", "59 min 0 s"]
    # Two failures came since: the value before them is the last known one, and its age says so.
    assert row(model, 1)[3:6] == ["Locked", "", "59 min 0 s"]
    model.set_cursor(JUNE - 1)
    assert row(model, 0)[3:6] == ["", "", ""]


def test_values_of_one_property_have_as_many_decimals_for_all_vehicles(qtbot: QtBot) -> None:
    composition = Composition(3)
    values = {"V1": [93188.5, 93190.0], "V2": [48899.25, 48900.0], "V3": [5.0, 6.0]}
    path = "diagnostics.odometer"
    composition.put(
        [make_series(key(path, vin), [0, HOUR], some, unit="kilometers") for vin, some in values.items()]
        + [make_series(key("diagnostics.speed", "V1"), [0], [3.0], unit="kilometers_per_hour")]
    )
    model = LegendModel(COLORS)
    model.set_entries(composition.entries())
    assert [model.index(number, Column.VALUE).data() for number in range(4)] == [
        "93,190.00", "48,900.00", "6.00", "3",
    ]  # fmt: skip


def test_before_any_value_a_failure_is_told(qtbot: QtBot) -> None:
    composition = Composition(3)
    composition.put([make_series(LOCK, [JUNE], failure=["rate_limit"]), make_series(ODOMETER, [])])
    composition.set_loading([key("a.b"), LOCK])
    model = LegendModel(COLORS)
    composition.put([make_series(LOCK, [JUNE], failure=["rate_limit"])])
    model.set_entries(composition.entries())
    assert [row(model, number)[3] for number in range(3)] == ["No value (rate limit)", "No samples", "Loading …"]


def test_ticks_hide_and_show(qtbot: QtBot) -> None:
    model, _ = full_model()
    index = model.index(0, Column.VEHICLE)
    with qtbot.waitSignal(model.visibility_changed) as told:
        assert model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert told.args == [ODOMETER, False]
    assert not model.setData(model.index(0, Column.VALUE), "5", Qt.ItemDataRole.EditRole)
    assert not model.setData(QModelIndex(), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)


def test_a_look_that_changes_changes_no_text(qtbot: QtBot) -> None:
    model, composition = full_model()
    told: list[list[int]] = []
    model.dataChanged.connect(lambda _first, _last, roles: told.append(roles))
    composition.set_layout(with_look(composition.layout, [ODOMETER], lambda look: replace(look, visible=False)))
    model.set_entries(composition.entries())
    composition.put([make_series(ODOMETER, [JUNE], [1.0], unit="kilometers")])
    model.set_entries(composition.entries())
    assert Qt.ItemDataRole.CheckStateRole in told[0]
    assert Qt.ItemDataRole.DisplayRole not in told[0]
    assert told[1] == []
    assert row(model, 0)[3:5] == ["1", "km"]


def test_rows_that_stay_keep_their_selection(qtbot: QtBot) -> None:
    model, composition = full_model()
    legend = Legend(model)
    qtbot.addWidget(legend)
    legend.select_keys([LOCK])
    composition.put([make_series(key("a.b"), [0], [1.0])])
    model.set_entries(composition.entries())
    assert legend.selected_keys() == [LOCK]
    composition.keep({LOCK, key("a.b")})
    model.set_entries(composition.entries())
    assert legend.selected_keys() == [LOCK]


def test_what_is_selected_is_hidden_and_shown(qtbot: QtBot) -> None:
    model, composition = full_model()
    legend = Legend(model)
    qtbot.addWidget(legend)
    legend.toggle_requested.connect(Editing(composition, 3, legend).toggle)
    legend.selectAll()
    legend.toggle_selected()
    assert [entry.visible for entry in composition.entries()] == [False, False]
    composition.set_layout(with_look(composition.layout, [LOCK], lambda look: replace(look, visible=True)))
    legend.toggle_selected()
    assert [entry.visible for entry in composition.entries()] == [False, False]
    legend.toggle_selected()
    assert [entry.visible for entry in composition.entries()] == [True, True]


def test_rows_are_dragged_as_series(qtbot: QtBot) -> None:
    model, _ = full_model()
    mime = model.mimeData([model.index(1, 0), model.index(1, 3), model.index(0, 2)])
    assert decode_series_keys(mime) == [ODOMETER, LOCK]
    assert has_series_keys(mime)


def test_the_context_menu_removes_the_selected_series(qtbot: QtBot) -> None:
    legend = Legend(full_model()[0])
    qtbot.addWidget(legend)
    assert legend.context_menu().isEmpty()
    legend.select_keys([LOCK])
    menu = legend.context_menu()
    with qtbot.waitSignal(legend.remove_requested) as told:
        next(action for action in menu.actions() if action.text() == "Remove from timeline").trigger()
    assert told.args == [[LOCK]]
