"""The batch panel as a person uses it: keys, clicks, and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QDate, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from core.errors import CredentialsMissing
from core.fleet.timezones import zone
from core.storage.source import Source, SourceObject
from gui.models import batch_tree
from gui.models.batch_columns import NAME, SIZE, STATE
from gui.models.batch_tree import CHUNK
from gui.views.batch_search import find_key
from gui.views.batches_panel import BatchesPanel
from tests.gui.models.builders import (
    APP,
    OTHER_APP,
    batch,
    day_count,
    find,
    index_of,
    last_days,
    record,
    state,
    texts,
)

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

DAY = (APP, "level13", "2026-06-30")
TO_MONTH = (APP, "level13", "2026", "2026-06 Jun")
TO_DAY = (*TO_MONTH, "06-30 Tue")


@dataclass(frozen=True)
class _Opened:
    """What the panel looks at of a source."""

    address: str = "s3://fleet/prefix"
    scope: str = ""


OPENED = cast("Source", _Opened())


@pytest.fixture
def panel(qtbot: QtBot) -> BatchesPanel:
    panel = BatchesPanel()
    qtbot.addWidget(panel)
    panel.resize(380, 500)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def filled(panel: BatchesPanel) -> BatchesPanel:
    panel.set_source(OPENED)
    panel.set_index(index_of(*(day_count(day) for day in last_days(40))))
    return panel


def row(panel: BatchesPanel, *names: str) -> QModelIndex:
    return find(panel.shown, *names)


def click(panel: BatchesPanel, index: QModelIndex, modifier: Qt.KeyboardModifier | None = None) -> None:
    panel.tree.scrollTo(index)
    QTest.mouseClick(
        panel.tree.viewport(),
        Qt.MouseButton.LeftButton,
        modifier or Qt.KeyboardModifier.NoModifier,
        panel.tree.visualRect(index).center(),
    )


def listed_day(panel: BatchesPanel, count: int = 288) -> QModelIndex:
    day = row(panel, *TO_DAY)
    panel.tree.expand(day)
    panel.add_batches(*DAY, [batch(DAY[2], number) for number in range(count)], True)
    return day


def test_says_what_to_do_while_there_is_nothing(panel: BatchesPanel) -> None:
    assert panel.stack.text.startswith("Nothing is open\nOpen a bucket")
    assert not panel.load_button.isEnabled()
    assert not panel.range.isVisible()
    panel.set_source(OPENED)
    panel.set_listing(True)
    assert panel.stack.text.startswith("Listing…")
    assert panel.busy.isVisible()
    assert panel.status.text() == "Listing… 0 batches"
    panel.set_listing(False)
    assert panel.stack.text.startswith("No batches found")
    panel.set_trouble(CredentialsMissing("No credentials found", subject="s3://fleet", hint="Sign in first"))
    assert panel.stack.text == "Not reached\nNo credentials found: s3://fleet. Sign in first"
    panel.set_trouble(None)
    assert panel.stack.text.startswith("No batches found")
    assert not panel.busy.isVisible()


def test_listing_shows_days_as_they_come(panel: BatchesPanel) -> None:
    panel.set_source(OPENED)
    panel.set_listing(True)
    days = last_days(40)
    panel.set_index(index_of(day_count(days[0], 12_345)))
    assert panel.stack.text == ""
    assert panel.status.text() == "Listing… 12,345 batches"
    panel.set_index(index_of(*(day_count(day, 12_345) for day in days), others=3))
    panel.set_listing(False)
    assert panel.status.text() == "493,800 batches · 494 MB · 3 other objects"


def test_opens_the_way_to_the_newest_days(filled: BatchesPanel) -> None:
    assert filled.tree.isExpanded(row(filled, *TO_MONTH))
    assert not filled.tree.isExpanded(row(filled, *TO_DAY))
    filled.set_source(OPENED)
    filled.set_index(index_of(day_count("2026-06-30"), day_count("2026-06-30", app=OTHER_APP)))
    assert not filled.tree.isExpanded(row(filled, APP))


def test_opening_a_day_asks_for_its_batches(filled: BatchesPanel, qtbot: QtBot) -> None:
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(row(filled, *TO_DAY))
    with qtbot.waitSignal(filled.children_requested) as asked:
        QTest.keyClick(filled.tree, Qt.Key.Key_Right)
    assert asked.args == list(DAY)
    filled.add_batches(*DAY, [batch(DAY[2], number) for number in range(3)], True)
    assert texts(filled.shown, row(filled, *TO_DAY)) == ["00:00:00"] * 3


def test_the_day_that_is_opened_by_enter_is_closed_by_enter(filled: BatchesPanel) -> None:
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(row(filled, *TO_MONTH))
    QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert not filled.tree.isExpanded(row(filled, *TO_MONTH))
    QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert filled.tree.isExpanded(row(filled, *TO_MONTH))


def test_selecting_a_batch_says_so_once(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled)
    wanted = filled.shown.index(2, NAME, day)
    with qtbot.waitSignal(filled.batch_selected) as selected:
        click(filled, wanted)
    assert tuple(selected.args or ()) == batch(DAY[2], 285)
    filled.set_states({DAY: state(288)})
    click(filled, wanted)
    with qtbot.assertNotEmitted(filled.batch_selected, wait=200):
        filled.set_index(index_of(*(day_count(each) for each in last_days(41))))
    with qtbot.waitSignal(filled.batch_selected):
        QTest.keyClick(filled.tree, Qt.Key.Key_Return)


def test_a_held_arrow_key_asks_for_the_last_batch_only(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled)
    told: list[SourceObject] = []
    filled.batch_selected.connect(lambda _key, obj: told.append(obj))
    filled.tree.setCurrentIndex(filled.shown.index(0, NAME, day))
    for _ in range(10):
        QTest.keyClick(filled.tree, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [batch(DAY[2], 277)[1]]


def test_load_by_button_for_days_and_months(filled: BatchesPanel, qtbot: QtBot) -> None:
    click(filled, row(filled, *TO_DAY))
    with qtbot.waitSignal(filled.load_requested) as asked:
        QTest.mouseClick(filled.load_button, Qt.MouseButton.LeftButton)
    assert asked.args == [[DAY]]
    click(filled, row(filled, *TO_MONTH), Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(filled.load_requested) as asked:
        QTest.mouseClick(filled.load_button, Qt.MouseButton.LeftButton)
    assert asked.args == [[(APP, "level13", day) for day in last_days(30)]]
    assert filled.status.text().endswith("30 days selected")


def test_what_is_loaded_is_not_loaded_again(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled)
    click(filled, filled.shown.index(0, NAME, day))
    assert filled.status.text().endswith("1 batch selected")
    with qtbot.waitSignal(filled.loadable_changed) as changed:
        filled.set_states({DAY: state(288)})
    assert changed.args == [False]
    assert not filled.load_button.isEnabled()
    assert filled.load_button.toolTip() == "Everything of 2026-06-30 is loaded"
    with qtbot.assertNotEmitted(filled.load_requested):
        filled.load_selected()
    filled.tree.customContextMenuRequested.emit(filled.tree.rect().center())
    (menu,) = filled.findChildren(QMenu)
    assert menu.actions()[0].text() == "Everything of 2026-06-30 is loaded"
    assert not menu.actions()[0].isEnabled()
    menu.close()
    click(filled, row(filled, *TO_MONTH))
    assert filled.status.text().endswith("30 days selected")
    with qtbot.waitSignal(filled.load_requested) as asked:
        QTest.mouseClick(filled.load_button, Qt.MouseButton.LeftButton)
    assert asked.args == [[(APP, "level13", each) for each in last_days(30)[1:]]]


def test_states_fit_at_the_width_of_the_dock(filled: BatchesPanel, qtbot: QtBot) -> None:
    filled.resize(440, 300)
    filled.set_states({(*DAY[:2], day): state(288, 2) for day in last_days(40)})
    listed_day(filled, 3)
    viewport = filled.tree.viewport().rect()
    metrics = filled.tree.fontMetrics()
    for column, text in ((STATE, "loaded · 80 rejects"), (SIZE, "1.0 kB")):
        index = filled.shown.index(0, column)
        seen = filled.tree.visualRect(index).intersected(viewport)
        assert seen.width() >= metrics.horizontalAdvance(text) + 4
    assert filled.shown.index(0, STATE).data() == "loaded · 80 rejects"
    # A width that a person chose stays.
    filled.tree.header().resizeSection(STATE, 60)
    filled.set_states({(*DAY[:2], day): state(288, 3) for day in last_days(40)})
    assert filled.tree.columnWidth(STATE) == 60


def test_days_and_times_say_their_zone(filled: BatchesPanel) -> None:
    assert filled.shown.headerData(NAME, Qt.Orientation.Horizontal) == "Name (UTC)"
    assert "UTC" in [label.text() for label in filled.range.findChildren(QLabel)]
    listed_day(filled, 3)
    filled.set_zone(zone("Asia/Kolkata"))
    tip = filled.shown.index(0, NAME, row(filled, *TO_DAY)).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.endswith("2026-06-30 00:00:00.200 +00:00 (UTC)\n2026-06-30 05:30:00.200 +05:30")


def test_load_from_the_menu(filled: BatchesPanel, qtbot: QtBot) -> None:
    click(filled, row(filled, *TO_DAY))
    filled.tree.customContextMenuRequested.emit(filled.tree.visualRect(row(filled, *TO_DAY)).center())
    (menu,) = filled.findChildren(QMenu)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == ["Load 1 day", "Copy path", "Copy address", "Expand to days", "Collapse all"]
    with qtbot.waitSignal(filled.load_requested):
        actions["Load 1 day"].trigger()
    actions["Copy address"].trigger()
    assert QGuiApplication.clipboard().text() == f"s3://fleet/prefix/{APP}/level13/2026/06/30/"
    actions["Collapse all"].trigger()
    assert not filled.tree.isExpanded(row(filled, APP))
    actions["Expand to days"].trigger()
    assert filled.tree.isExpanded(row(filled, *TO_DAY[:-1])) == (not filled.tree.selectionModel().hasSelection())
    menu.close()


def test_copies_keys_of_all_selected_rows(filled: BatchesPanel) -> None:
    day = listed_day(filled, 3)
    filled.tree.setFocus()
    filled.tree.setCurrentIndex(filled.shown.index(0, NAME, day))
    QTest.keyClick(filled.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(filled.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n") == [batch(DAY[2], number)[1].key for number in (2, 1)]


def test_the_range_proposes_the_last_week_and_loads(filled: BatchesPanel, qtbot: QtBot) -> None:
    assert filled.range.days() == ("2026-06-24", "2026-06-30")
    with qtbot.waitSignal(filled.range_requested) as asked:
        QTest.mouseClick(filled.range_button, Qt.MouseButton.LeftButton)
    assert asked.args == ["2026-06-24", "2026-06-30"]
    filled.range.first.setDate(QDate(2026, 7, 4))
    assert filled.range.days() == ("2026-07-04", "2026-07-04")
    filled.range.last.setDate(QDate(2026, 6, 1))
    assert filled.range.days() == ("2026-06-01", "2026-06-01")
    filled.set_index(index_of(*(day_count(day) for day in last_days(50))))
    assert filled.range.days() == ("2026-06-01", "2026-06-01")


def test_filter_waits_for_the_last_key_and_escape_clears(filled: BatchesPanel, qtbot: QtBot) -> None:
    filled.filter.setFocus()
    with qtbot.waitSignal(filled.filter.filter_changed) as changed:
        QTest.keyClicks(filled.filter, "2026-05-23")
    assert changed.args == ["2026-05-23"]
    assert texts(filled.shown, row(filled, APP, "level13", "2026", "2026-05 May")) == ["05-23 Sat"]
    assert filled.tree.isExpanded(row(filled, APP, "level13", "2026", "2026-05 May"))
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert filled.filter.text() == ""
    assert filled.shown.fragments == ()
    assert not filled.tree.isExpanded(row(filled, APP, "level13", "2026", "2026-05 May"))
    assert filled.tree.isExpanded(row(filled, *TO_MONTH))


def test_filter_without_a_match_says_so_and_down_goes_to_the_list(filled: BatchesPanel) -> None:
    QTest.keyClicks(filled.filter, "nothing")
    QTest.keyClick(filled.filter, Qt.Key.Key_Return)
    assert filled.stack.text.startswith("No day matches the filter\nBatches are searched in days that were opened")
    assert "a pasted key finds a single batch" in filled.stack.text
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    assert filled.stack.text == ""
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.tree.hasFocus()
    assert filled.tree.currentIndex().data() == APP
    assert filled.tree.selectionModel().isSelected(filled.tree.currentIndex())
    QTest.keyClick(filled.tree, Qt.Key.Key_Slash)
    assert filled.filter.hasFocus()


def test_down_from_the_filter_selects_the_day_that_it_found(filled: BatchesPanel) -> None:
    QTest.keyClicks(filled.filter, "2026-05-23")
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert filled.selected_days() == [(APP, "level13", "2026-05-23")]
    assert filled.load_button.isEnabled()


def test_a_part_of_a_key_finds_a_batch_of_an_opened_day(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled, 3000)
    filled.tree.collapse(day)
    filled.filter.setFocus()
    QTest.keyClicks(filled.filter, "00-00-04-300")
    QTest.keyClick(filled.filter, Qt.Key.Key_Down)
    assert texts(filled.shown, row(filled, *TO_DAY)) == ["00:00:04"]
    with qtbot.waitSignal(filled.batch_selected) as selected:
        QTest.keyClick(filled.tree, Qt.Key.Key_Return)
    assert tuple(selected.args or ()) == batch(DAY[2], 43)
    filled.filter.setFocus()
    QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    current = filled.tree.currentIndex()
    assert filled.model.batch_at(filled.shown.mapToSource(current)) == batch(DAY[2], 43)
    assert filled.tree.viewport().rect().contains(filled.tree.visualRect(current).center())


def test_a_batch_that_a_filter_hides_is_selected_again(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled)
    with qtbot.waitSignal(filled.batch_selected):
        click(filled, filled.shown.index(100, NAME, day))
    with qtbot.assertNotEmitted(filled.batch_selected, wait=200):
        for text in ("2026-05", "2026-05-23"):
            filled.filter.setText(text)
            filled.filter.apply()
        assert not filled.tree.selectionModel().hasSelection()
        QTest.keyClick(filled.filter, Qt.Key.Key_Escape)
    current = filled.tree.currentIndex()
    assert current.row() == 100
    assert filled.tree.selectionModel().isSelected(current)
    assert filled.tree.viewport().rect().contains(filled.tree.visualRect(current).center())


def test_says_when_all_batches_were_searched(panel: BatchesPanel) -> None:
    panel.set_source(OPENED)
    panel.set_index(index_of(day_count(DAY[2], 3)))
    listed_day(panel, 3)
    QTest.keyClicks(panel.filter, "23-59")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.stack.text.startswith("No batch matches the filter\n")
    panel.filter.setText(batch("2020-01-01", 1)[0].text)
    panel.filter.apply()
    assert panel.stack.text.startswith("No such batch\n")


def test_a_key_that_is_pasted_over_a_filter_stays_in_the_field(filled: BatchesPanel) -> None:
    listed_day(filled)
    key, obj = batch(DAY[2], 7)
    filled.filter.setText("2026-05")
    filled.filter.apply()
    filled.filter.setText(key.text)
    filled.filter.apply()
    assert filled.filter.text() == key.text
    assert filled.model.batch_at(filled.shown.mapToSource(filled.tree.currentIndex())) == (key, obj)


def test_a_filter_opens_no_day(filled: BatchesPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(filled.children_requested):
        filled.filter.setText("2026-06")
        filled.filter.apply()
    assert filled.tree.isExpanded(row(filled, *TO_MONTH))


def test_a_pasted_address_finds_its_batch(filled: BatchesPanel, qtbot: QtBot) -> None:
    key, obj = batch(DAY[2], 7)
    with qtbot.waitSignal(filled.children_requested) as asked:
        filled.filter.setText(f"s3://fleet/prefix/{key.text}")
        filled.filter.apply()
    assert asked.args == list(DAY)
    with qtbot.waitSignal(filled.batch_selected) as selected:
        filled.add_batches(*DAY, [batch(DAY[2], number) for number in range(20)], True)
    assert tuple(selected.args or ()) == (key, obj)
    assert texts(filled.shown, row(filled, *TO_MONTH)) == ["06-30 Tue"]


def test_select_batch_shows_a_batch_that_a_filter_hides(filled: BatchesPanel, qtbot: QtBot) -> None:
    listed_day(filled, 3000)
    filled.filter.setText("2026-05")
    filled.filter.apply()
    with qtbot.waitSignal(filled.batch_selected) as selected:
        assert filled.select_batch(batch(DAY[2], 3)[0])
    assert tuple(selected.args or ()) == batch(DAY[2], 3)
    assert filled.filter.text() == ""
    assert filled.tree.visualRect(filled.tree.currentIndex()).isValid()
    assert not filled.select_batch(batch("2020-01-01", 3)[0])


def test_a_batch_that_is_opened_elsewhere_is_selected_without_a_word(filled: BatchesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(filled.children_requested):
        assert filled.select_batch(batch(DAY[2], 3)[0], tell=False)
    with qtbot.assertNotEmitted(filled.batch_selected):
        filled.add_batches(*DAY, [batch(DAY[2], number) for number in range(20)], True)
        assert filled.model.batch_at(filled.shown.mapToSource(filled.tree.currentIndex())) == batch(DAY[2], 3)
        qtbot.waitUntil(lambda: not any(timer.isActive() for timer in filled.findChildren(QTimer)))
    # The next one that a person selects is told again.
    with qtbot.waitSignal(filled.batch_selected) as selected:
        QTest.keyClick(filled.tree, Qt.Key.Key_Down)
    assert selected.args is not None
    assert selected.args[0] != batch(DAY[2], 3)[0]


def test_a_long_day_shows_more_when_its_end_comes_into_sight(filled: BatchesPanel, qtbot: QtBot) -> None:
    day = listed_day(filled, 5 * CHUNK)
    before = filled.shown.rowCount(day)
    assert before < 5 * CHUNK
    filled.tree.scrollTo(filled.shown.index(before - 1, NAME, day))
    qtbot.waitUntil(lambda: filled.shown.rowCount(day) > before)


def test_a_refresh_keeps_selection_and_expansion(filled: BatchesPanel) -> None:
    day = listed_day(filled, 20)
    filled.tree.setCurrentIndex(filled.shown.index(4, NAME, day))
    filled.set_listing(True)
    filled.set_index(index_of(day_count("2026-06-30", 5)))
    filled.set_index(index_of(*(day_count(each) for each in last_days(80, "2026-07-03"))))
    filled.set_states({DAY: state(20, 2)})
    filled.set_recorded({batch(DAY[2], 15)[1].key: record(batch(DAY[2], 15), rejects=2)})
    assert filled.tree.isExpanded(row(filled, *TO_DAY))
    current = filled.tree.currentIndex()
    assert filled.model.batch_at(filled.shown.mapToSource(current)) == batch(DAY[2], 15)
    assert current.siblingAtColumn(STATE).data() == "loaded · 2 rejects"


def test_other_objects_can_be_looked_at(filled: BatchesPanel, qtbot: QtBot) -> None:
    obj = SourceObject("test.json", 5, "e", 0)
    filled.set_others([obj])
    others = row(filled, "Other objects")
    filled.tree.expand(others)
    with qtbot.waitSignal(filled.batch_selected) as selected:
        click(filled, filled.shown.index(0, NAME, others))
    assert selected.args == [None, obj]
    assert not filled.load_button.isEnabled()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"s3://bucket/a/b/{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json", True),
        (f"C:\\fleet\\{APP}\\level13\\2022\\11\\18\\14-11-23-699000000-c0d010d5.json", True),
        (f"{APP}/level13/2022/11/18/", False),
        ("14-11-23", False),
    ],
)
def test_finds_keys_in_what_is_pasted(text: str, found: bool) -> None:
    key = find_key(text)
    assert (key is not None) == found
    if key is not None:
        assert key.text == f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


def test_a_day_that_is_forgotten_is_closed_and_asks_again_when_it_is_opened(
    filled: BatchesPanel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_tree, "KEPT", 300)
    asked: list[str] = []
    filled.children_requested.connect(lambda _app, _level, day: asked.append(day))
    first = listed_day(filled)
    filled.tree.setCurrentIndex(filled.shown.index(0, NAME, first))
    other = row(filled, *TO_MONTH, "06-29 Mon")
    filled.tree.expand(other)
    assert asked == ["2026-06-30", "2026-06-29"]
    filled.add_batches(APP, "level13", "2026-06-29", [batch("2026-06-29", number) for number in range(288)], True)
    qtbot.waitUntil(lambda: not filled.tree.visualRect(first).isNull())
    assert (filled.tree.isExpanded(first), filled.tree.isExpanded(other)) == (False, True)
    assert (filled.shown.rowCount(first), filled.shown.rowCount(other)) == (0, 288)
    assert asked == ["2026-06-30", "2026-06-29"]
    filled.tree.expand(first)
    assert asked[2:] == ["2026-06-30"]
