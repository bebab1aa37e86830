"""The rejects as a person uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from core.archive.archive import Reject
from core.fleet.timezones import zone
from gui.models.rejects_table import BATCH, ORDINAL, RAW, REASON, RejectsModel
from gui.views.rejects_panel import RejectsPanel
from tests.gui.models.builders import batch

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

OLD, NEW = batch("2026-06-29", 10)[0].text, batch("2026-06-30", 20)[0].text
REJECTS = [
    Reject(OLD, 3, "The message is no JSON object", '"lost"'),
    Reject(OLD, -1, "The file is empty", ""),
    Reject(NEW, 7, "The message has no data", '{"vin": "V7"}'),
]


@pytest.fixture
def panel(qtbot: QtBot) -> RejectsPanel:
    panel = RejectsPanel()
    qtbot.addWidget(panel)
    panel.resize(1000, 240)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.mark.parametrize("force_py", [True, False])
def test_the_model_keeps_to_the_rules(qtmodeltester: ModelTester, force_py: bool) -> None:
    model = RejectsModel()
    model.set_rejects(REJECTS)
    qtmodeltester.check(model, force_py=force_py)


def test_the_newest_come_first_with_reason_and_text(panel: RejectsPanel) -> None:
    assert panel.stack.text.startswith("Everything could be read")
    panel.set_rejects(REJECTS)
    assert panel.stack.text == ""
    assert panel.status.text() == "2 messages and 1 batch could not be read"
    panel.set_rejects([each for each in REJECTS if each.ordinal >= 0])
    assert panel.status.text() == "2 messages could not be read"
    panel.set_rejects(REJECTS)
    shown = [[panel.model.index(row, column).data() for column in (BATCH, ORDINAL, REASON, RAW)] for row in range(3)]
    assert shown[0] == ["2026-06-30 00:00:02", "7", "The message has no data", '{"vin": "V7"}']
    assert {row[1] for row in shown[1:]} == {"3", "all"}
    panel.set_zone(zone("Europe/Berlin"))
    assert panel.model.index(0, BATCH).data() == "2026-06-30 02:00:02"


def test_the_filter_looks_at_reason_key_and_text(panel: RejectsPanel, qtbot: QtBot) -> None:
    panel.set_rejects(REJECTS)
    for text, ordinals in (("no data", {7}), ("2026/06/29", {3, -1}), ("LOST", {3}), ("nothing like it", set())):
        panel.filter.clear()
        QTest.keyClicks(panel.filter, text)
        panel.filter.apply()
        assert {panel.model.reject_at(row).ordinal for row in range(panel.model.rowCount())} == ordinals
    assert panel.stack.text.startswith("No reject matches")


def test_a_reject_shows_its_text_and_leads_to_its_batch(panel: RejectsPanel, qtbot: QtBot) -> None:
    panel.set_rejects(REJECTS)
    panel.table.setFocus()
    panel.table.selectRow(0)
    assert '"vin": "V7"' in panel.json.edit.toPlainText()
    with qtbot.waitSignal(panel.reject_activated) as activated:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert activated.args == [NEW, 7]
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == '{"vin": "V7"}'
    panel.set_rejects([])
    assert panel.json.edit.toPlainText() == ""


def test_what_would_not_be_seen_is_written(panel: RejectsPanel) -> None:
    panel.set_rejects([Reject(NEW, 1, "no \u202eVIN", "<b>\x07</b>")])
    assert panel.model.index(0, REASON).data() == "no \\u202eVIN"
    assert panel.model.index(0, RAW).data() == "<b>\\u0007</b>"
