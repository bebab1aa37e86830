"""The batch tree: what is listed, loaded and filtered."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from core.archive.archive import DayState
from core.fleet.timezones import zone
from core.storage.source import SourceObject
from gui import theme
from gui.models import batch_tree
from gui.models.batch_columns import BATCHES, NAME, SIZE, STATE
from gui.models.batch_looks import BatchFilter
from gui.models.batch_nodes import state_text
from gui.models.batch_tree import CHUNK, BatchTreeModel
from gui.models.tree import NAME_ROLE, SORT_ROLE
from tests.gui.models.builders import (
    APP,
    OTHER_APP,
    batch,
    check_model,
    day_count,
    find,
    index_of,
    last_days,
    record,
    state,
    texts,
)

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

DAY = (APP, "level13", "2026-06-30")
TO_MONTH = (APP, "level13", "2026", "2026-06 Jun")
TO_DAY = (*TO_MONTH, "06-30 Tue")


@pytest.fixture
def model(qtbot: QtBot) -> BatchTreeModel:
    return BatchTreeModel()


def open_day(model: BatchTreeModel, *path: str) -> QModelIndex:
    day = find(model, *(path or TO_DAY))
    assert model.canFetchMore(day)
    model.fetchMore(day)
    return day


def test_passes_the_model_tester_through_every_change(model: BatchTreeModel, qtmodeltester: ModelTester) -> None:
    # From here on the tester looks at every change; it also opens every day.
    check_model(qtmodeltester, model)
    model.set_index(index_of(*(day_count(day) for day in last_days(9)), day_count("2025-12-31", app=OTHER_APP)))
    model.set_others([SourceObject("test.json", 5, "e", 0), SourceObject(f"{APP}/level13/note.txt", 5, "e", 0)])
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(20)], False)
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(10, 30)], True)
    model.set_states({DAY: state(300)})
    model.set_recorded({batch(DAY[2], 7)[1].key: record(batch(DAY[2], 7))})
    model.set_index(index_of(*(day_count(day, 300) for day in last_days(7))))
    model.set_index(index_of(*(day_count(day, 400) for day in last_days(12))), complete=False)
    model.set_others([])
    assert model.rowCount() == 1
    model.clear()
    assert model.rowCount() == 0


@pytest.mark.parametrize("filtered", [False, True])
def test_passes_the_python_model_tester(model: BatchTreeModel, qtmodeltester: ModelTester, filtered: bool) -> None:
    model.set_index(index_of(*(day_count(day) for day in last_days(40))))
    model.set_others([SourceObject("test.json", 5, "e", 0)])
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(20)], True)
    shown = BatchFilter(model)
    shown.set_filter("2026-06 00:00:01" if filtered else "")
    check_model(qtmodeltester, shown if filtered else model, python=True)


def test_newest_first_on_every_level(model: BatchTreeModel) -> None:
    counts = [day_count(day) for day in ("2025-12-31", "2026-06-29", "2026-06-30", "2026-05-01")]
    model.set_index(index_of(*counts, day_count("2026-06-30", level="level9"), day_count("2026-01-01", app=OTHER_APP)))
    assert texts(model) == [APP, OTHER_APP]
    assert texts(model, find(model, APP)) == ["level13", "level9"]
    assert texts(model, find(model, APP, "level13")) == ["2026", "2025"]
    assert texts(model, find(model, APP, "level13", "2026")) == ["2026-06 Jun", "2026-05 May"]
    assert texts(model, find(model, *TO_MONTH)) == ["06-30 Tue", "06-29 Mon"]


def test_numbers_and_sizes_add_up(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 300), day_count("2026-05-01", 12_000)))
    app = find(model, APP)
    assert app.siblingAtColumn(BATCHES).data() == "12,300"
    assert app.siblingAtColumn(SIZE).data() == "12 MB"
    assert app.siblingAtColumn(BATCHES).data(SORT_ROLE) == 12_300
    assert find(model, *TO_MONTH).siblingAtColumn(BATCHES).data() == "300"


def test_listing_goes_on_without_losing_rows(model: BatchTreeModel, qtbot: QtBot) -> None:
    days = last_days(70)
    model.set_index(index_of(*(day_count(day) for day in days[:3])))
    kept = QPersistentModelIndex(find(model, *TO_DAY))
    with qtbot.assertNotEmitted(model.modelReset):
        for shown in range(4, 71, 3):
            model.set_index(index_of(*(day_count(day) for day in days[:shown])))
        model.set_index(index_of(*(day_count(day) for day in days)))
    assert kept.isValid()
    assert kept.data() == "06-30 Tue"
    assert model.index_of(model.root.children[0]).siblingAtColumn(BATCHES).data() == f"{70 * 288:,}"


def test_a_listing_under_way_takes_nothing_away(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30"), day_count("2026-06-29")))
    model.set_index(index_of(day_count("2026-06-30", 5)), complete=False)
    assert texts(model, find(model, *TO_MONTH), BATCHES) == ["288", "288"]
    model.set_index(index_of(day_count("2026-06-30", 290)), complete=False)
    assert texts(model, find(model, *TO_MONTH), BATCHES) == ["290", "288"]


def test_a_complete_listing_takes_away_what_is_gone(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30"), day_count("2026-06-29"), day_count("2025-01-01")))
    model.set_index(index_of(day_count("2026-06-30", 5)))
    assert texts(model, find(model, APP, "level13")) == ["2026"]
    assert texts(model, find(model, *TO_MONTH), BATCHES) == ["5"]
    assert model.day_node((APP, "level13", "2025-01-01")) is None
    model.set_index(index_of())
    assert model.rowCount() == 0
    assert not model.hasChildren()


@pytest.mark.parametrize(
    ("batches", "recorded", "rejects", "failed", "text"),
    [
        (288, 0, 0, 0, "not loaded"),
        (288, 120, 0, 0, "120 of 288"),
        (288, 288, 0, 0, "loaded"),
        (288, 288, 1, 0, "loaded · 1 reject"),
        (12_000, 1_200, 2, 0, "1,200 of 12,000 · 2 rejects"),
        (288, 288, 2, 1, "loaded · 1 failed · 2 rejects"),
        (288, 288, 0, 1, "loaded · 1 failed"),
        (2, 2, 2, 2, "failed"),
        (0, 5, 0, 0, "loaded"),
    ],
)
def test_states_read(batches: int, recorded: int, rejects: int, failed: int, text: str) -> None:
    assert state_text(batches, recorded, rejects, failed) == text


def test_states_add_up_and_come_before_or_after_the_listing(model: BatchTreeModel) -> None:
    model.set_states({DAY: state(288, 2)})
    model.set_index(index_of(day_count("2026-06-30"), day_count("2026-06-29")))
    assert texts(model, find(model, *TO_MONTH), STATE) == ["loaded · 2 rejects", "not loaded"]
    assert find(model, APP).siblingAtColumn(STATE).data() == "50 % · 2 rejects"
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    model.set_states({DAY: state(288, 2), (APP, "level13", "2026-06-29"): state(100)})
    assert texts(model, find(model, *TO_MONTH), STATE) == ["loaded · 2 rejects", "100 of 288"]
    assert find(model, APP).siblingAtColumn(STATE).data() == "67 % · 2 rejects"
    assert changed == [(1, 1), (0, 0), (0, 0), (0, 0), (0, 0)]
    model.set_states({DAY: state(288, 2)})
    assert texts(model, find(model, *TO_MONTH), STATE) == ["loaded · 2 rejects", "not loaded"]


def test_tips_tell_what_became_of_the_messages_and_lost_ones_are_a_problem(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 3), day_count("2026-06-29", 3)))
    day = open_day(model)
    listed = [batch(DAY[2], number) for number in range(3)]
    model.add_batches(*DAY, listed, True)
    model.set_states({DAY: DayState(3, 4, 1, 2000, 1997), (APP, "level13", "2026-06-29"): state(3)})
    whole = replace(record(listed[2]), messages=0, read=0, samples=0, rejects=1)
    model.set_recorded({each.key: each for each in (record(listed[0], 1000, 3), record(listed[1]), whole)})
    tips = [str(model.index(row, NAME, day).data(Qt.ItemDataRole.ToolTipRole)).split("\n")[-1] for row in range(3)]
    assert tips == [
        "1 batch that is no list of messages",
        "1,000 messages: 1,000 with samples, 0 rejects",
        "1,000 messages: 997 with samples, 3 rejects",
    ]
    assert "\n2,000 messages: 1,997 with samples, 3 rejects and 1 batch that is no list of messages" in str(
        day.data(Qt.ItemDataRole.ToolTipRole)
    )
    above = str(find(model, APP).data(Qt.ItemDataRole.ToolTipRole))
    assert "\n5,000 messages: 4,997 with samples, 3 rejects and 1 batch that is no list of messages" in above
    assert day.siblingAtColumn(STATE).data() == "loaded · 1 failed · 3 rejects"
    assert model.is_loaded((APP, "level13", "2026-06-29"))
    model.set_states({(APP, "level13", "2026-06-29"): DayState(3, 0, 0, 3000, 2998, 2)})
    lost = find(model, *TO_MONTH, "06-29 Mon").siblingAtColumn(STATE)
    assert lost.data() == "loaded · 2 lost"
    assert lost.data(Qt.ItemDataRole.ForegroundRole) == QColor(theme.colors().error)
    assert "2 lost, which is a fault" in str(lost.data(Qt.ItemDataRole.ToolTipRole))
    assert not model.is_loaded((APP, "level13", "2026-06-29"))


def test_a_day_asks_once_for_its_batches(model: BatchTreeModel, qtbot: QtBot) -> None:
    model.set_index(index_of(day_count("2026-06-30")))
    day = find(model, *TO_DAY)
    assert model.hasChildren(day)
    with qtbot.waitSignal(model.children_requested) as asked:
        model.fetchMore(day)
    assert asked.args == list(DAY)
    assert not model.canFetchMore(day)
    with qtbot.assertNotEmitted(model.children_requested):
        model.fetchMore(day)


def test_batches_are_newest_first_in_pages(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 30)))
    day = open_day(model)
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(20)], False)
    kept = QPersistentModelIndex(model.index(0, NAME, day))
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(20, 30)], False)
    model.add_batches(*DAY, [], True)
    assert texts(model, day)[:2] == ["00:00:02", "00:00:02"]
    assert texts(model, day)[-1] == "00:00:00"
    assert kept.row() == 10
    found = model.batch_at(model.index(0, NAME, day))
    assert found == batch(DAY[2], 29)
    assert model.index(0, NAME, day).data(NAME_ROLE) == batch(DAY[2], 29)[1].key
    assert model.index(0, SIZE, day).data() == "1.0 kB"
    assert model.days_at(model.index(0, NAME, day)) == [DAY]


def test_pages_in_any_order_and_twice_show_each_batch_once(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 100)))
    day = open_day(model)
    numbers = list(range(100))
    random.Random(3).shuffle(numbers)
    for start in range(0, 100, 30):
        model.add_batches(*DAY, [batch(DAY[2], number) for number in numbers[start : start + 40]], False)
    model.add_batches(*DAY, [batch(DAY[2], number) for number in numbers], True)
    listed = [model.batch_at(model.index(row, NAME, day)) for row in range(model.rowCount(day))]
    assert listed == [batch(DAY[2], number) for number in reversed(range(100))]


def test_a_day_that_grew_is_listed_again(model: BatchTreeModel, qtbot: QtBot) -> None:
    model.set_index(index_of(day_count("2026-06-30", 2), day_count("2026-06-29", 2)))
    day = open_day(model)
    model.add_batches(*DAY, [batch(DAY[2], 0), batch(DAY[2], 1)], True)
    with qtbot.waitSignal(model.children_requested) as asked:
        model.set_index(index_of(day_count("2026-06-30", 3), day_count("2026-06-29", 3)))
    assert asked.args == list(DAY)
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(3)], True)
    assert model.rowCount(day) == 3


def test_a_failed_listing_can_be_tried_again(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30")))
    day = open_day(model)
    model.add_batches(*DAY, [], True)
    assert model.canFetchMore(day)


def test_too_many_batches_are_forgotten_where_they_were_opened_first(
    model: BatchTreeModel, qtmodeltester: ModelTester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_tree, "KEPT", 25)
    days = last_days(3)
    model.set_index(index_of(*(day_count(day, 10) for day in days)))
    nodes = [model.day_node((APP, "level13", day)) for day in days]
    closed: list[str] = []
    model.closing.connect(lambda index: closed.append(model.path_at(index)))

    def list_day(number: int) -> None:
        index = nodes[number]
        assert index is not None
        model.fetchMore(index)
        page = [batch(days[number], each) for each in range(10)]
        model.add_batches(APP, "level13", days[number], page[:5], finished=False)
        model.add_batches(APP, "level13", days[number], page[5:], finished=False)
        model.add_batches(APP, "level13", days[number], [], finished=True)
        model.set_recorded({one[1].key: record(one) for one in page})

    for number in range(3):
        list_day(number)
    assert closed == [f"{APP}/level13/2026/06/30/"]
    assert [len(node.listed) for node in model.listed_days()] == [10, 10]
    assert len(model._recorded) == 20
    # Records that come late are not kept either.
    model.set_recorded({one[1].key: record(one) for one in (batch(days[0], 1), batch(days[1], 1))})
    assert len(model._recorded) == 20
    index = nodes[0]
    assert index is not None
    assert (model.rowCount(index), model.hasChildren(index), model.canFetchMore(index)) == (0, True, True)
    list_day(0)
    assert closed[1:] == [f"{APP}/level13/2026/06/29/"]
    assert model.rowCount(index) == 10
    check_model(qtmodeltester, model)
    # One day alone may have more.
    monkeypatch.setattr(batch_tree, "KEPT", 5)
    list_day(2)
    assert [len(node.listed) for node in model.listed_days()] == [10]


def test_answers_for_a_day_that_is_gone_are_ignored(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30")))
    model.clear()
    model.add_batches(*DAY, [batch(DAY[2], 0)], True)
    assert model.rowCount() == 0


def test_a_hundred_thousand_batches_come_in_chunks_and_stay_quick(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 100_000)))
    day = open_day(model)
    first = batch(DAY[2], 0)[0]
    listed = [
        (
            replace(first, text=f"{number:08d}.json", time=first.time + number),
            SourceObject(f"{number:08d}.json", 5, "e", 0),
        )
        for number in range(100_000)
    ]
    model.add_batches(*DAY, listed, True)
    assert model.rowCount(day) == CHUNK
    model.fetchMore(day)
    assert model.rowCount(day) == 2 * CHUNK
    last = model.index_of_batch(listed[0][0])
    assert last is not None
    assert last.row() == 99_999
    assert not model.canFetchMore(day)
    assert model.batch_at(last) == listed[0]


def test_states_of_batches(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 5)))
    day = open_day(model)
    listed = [batch(DAY[2], number) for number in range(5)]
    model.add_batches(*DAY, listed, True)
    model.set_recorded(
        {
            listed[4][1].key: record(listed[4]),
            listed[3][1].key: record(listed[3], rejects=2),
            listed[2][1].key: record(listed[2], messages=0, rejects=1),
            listed[1][1].key: replace(record(listed[1]), etag="older"),
        }
    )
    assert texts(model, day, STATE) == ["loaded", "loaded · 2 rejects", "failed", "changed since", "not loaded"]
    model.set_states({DAY: state(5)})
    assert texts(model, day, STATE)[-1] == "loaded"


def test_other_objects_stand_at_the_end_of_where_they_lie(model: BatchTreeModel) -> None:
    objects = [
        SourceObject("test.json", 10, "e", 0),
        SourceObject("logs/2026/a.gz", 20, "e", 0),
        SourceObject(f"{APP}/readme.md", 30, "e", 0),
        SourceObject(f"{APP}/level13/2026/06/30/notes.txt", 40, "e", 0),
    ]
    model.set_others(objects)
    assert texts(model) == ["Other objects"]
    model.set_index(index_of(day_count("2026-06-30")))
    assert texts(model) == [APP, "Other objects"]
    assert texts(model, find(model, "Other objects")) == ["test.json", "logs/2026/a.gz"]
    assert texts(model, find(model, APP)) == ["level13", "Other objects"]
    assert texts(model, find(model, APP, "Other objects")) == ["readme.md"]
    level_others = find(model, APP, "level13", "Other objects")
    assert texts(model, level_others) == ["2026/06/30/notes.txt"]
    assert model.batch_at(model.index(0, NAME, level_others)) == (None, objects[3])
    assert model.days_at(level_others) == []
    # They are no batches and are counted apart.
    assert find(model, APP).siblingAtColumn(BATCHES).data() == "288"
    model.set_others([])
    assert texts(model) == [APP]


def test_days_of_a_row(model: BatchTreeModel) -> None:
    model.set_index(index_of(*(day_count(day) for day in ("2026-06-30", "2026-06-29", "2026-05-01"))))
    assert model.days_at(find(model, *TO_MONTH)) == [DAY, (APP, "level13", "2026-06-29")]
    assert len(model.days_at(find(model, APP))) == 3
    assert model.path_at(find(model, *TO_DAY)) == f"{APP}/level13/2026/06/30/"
    assert model.day_span() == ("2026-05-01", "2026-06-30")


def test_tips_name_the_folder_and_the_key(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 1)))
    day = open_day(model)
    model.add_batches(*DAY, [batch(DAY[2], 0)], True)
    assert day.data(Qt.ItemDataRole.ToolTipRole).startswith("2026-06-30\n1 batch, 1.0 kB\nIn the archive: not loaded")
    model.set_zone(zone("Asia/Kolkata"))
    assert day.data(Qt.ItemDataRole.ToolTipRole).split("\n")[-2:] == [
        "From 00:00:00 to 23:59:59 UTC",
        "2026-06-30 05:30:00.000 +05:30 to 2026-07-01 05:29:59.000 +05:30",
    ]
    assert model.index(0, NAME, day).data(Qt.ItemDataRole.ToolTipRole).split("\n") == [
        batch(DAY[2], 0)[1].key,
        "2026-06-30 00:00:00.000 +00:00 (UTC)",
        "2026-06-30 05:30:00.000 +05:30",
    ]
    assert model.headerData(NAME, Qt.Orientation.Horizontal) == "Name (UTC)"


def test_a_narrow_column_of_states_has_shares(model: BatchTreeModel) -> None:
    model.set_index(index_of(*(day_count(day) for day in last_days(3))))
    model.set_states({DAY: state(120, 2), (*DAY[:2], "2026-06-29"): state(120)})
    assert texts(model, find(model, *TO_MONTH), STATE) == ["41 % · 2 rejects", "120 of 288", "not loaded"]
    assert "120 of 288 · 2 rejects" in find(model, *TO_DAY).data(Qt.ItemDataRole.ToolTipRole)
    assert model.state_texts() == {"27 % · 2 rejects", "41 % · 2 rejects", "120 of 288", "not loaded"}


def test_says_whether_a_day_is_loaded(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count(DAY[2], 2)))
    open_day(model)
    listed = [batch(DAY[2], number) for number in range(2)]
    model.add_batches(*DAY, listed, True)
    assert not model.is_loaded(DAY)
    model.set_states({DAY: state(2)})
    assert model.is_loaded(DAY)
    # A batch that was replaced in the source is to be loaded again.
    model.set_recorded({listed[0][1].key: replace(record(listed[0]), etag="older")})
    assert not model.is_loaded(DAY)
    model.set_recorded({listed[0][1].key: record(listed[0])})
    assert model.is_loaded(DAY)
    model.set_states({DAY: state(2, failed=1)})
    assert not model.is_loaded(DAY)
    assert not model.is_loaded((*DAY[:2], "2020-01-01"))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-06-29", ["06-29 Mon"]),
        ("2026/06/29", ["06-29 Mon"]),
        ("LEVEL13 mon", ["06-29 Mon"]),
        (f"{APP.lower()}/level13/2026/06 tue", ["06-30 Tue"]),
        ("2026-06", ["06-30 Tue", "06-29 Mon"]),
        ("", ["06-30 Tue", "06-29 Mon"]),
    ],
)
def test_filter_by_fragments(model: BatchTreeModel, text: str, days: list[str]) -> None:
    model.set_index(index_of(*(day_count(day) for day in ("2026-06-30", "2026-06-29", "2026-05-02"))))
    shown = BatchFilter(model)
    shown.set_filter(text)
    assert texts(shown, find(shown, *TO_MONTH)) == days


def test_filter_finds_batches_by_clock_and_key(model: BatchTreeModel) -> None:
    model.set_index(index_of(day_count("2026-06-30", 1000), day_count("2026-05-01")))
    day = open_day(model)
    model.add_batches(*DAY, [batch(DAY[2], number) for number in range(1000)], True)
    shown = BatchFilter(model)
    shown.set_filter("00:01:23")
    assert texts(shown, find(shown, *TO_DAY)) == ["00:01:23"] * 10
    assert texts(shown, find(shown, APP, "level13", "2026")) == ["2026-06 Jun"]
    shown.set_filter("2026-06-30 000003e7.json")
    assert texts(shown, find(shown, *TO_DAY)) == ["00:01:39"]
    shown.set_filter("nothing like it")
    assert shown.rowCount() == 0
    assert model.rowCount(day) == 1000


def test_what_is_listed_later_is_filtered_too(model: BatchTreeModel, qtbot: QtBot) -> None:
    shown = BatchFilter(model)
    shown.set_filter("2026-05")
    model.set_index(index_of(day_count("2026-06-30")))
    assert shown.rowCount() == 0
    model.set_index(index_of(day_count("2026-06-30"), day_count("2026-05-01")))
    qtbot.waitUntil(lambda: shown.rowCount() == 1)
    assert texts(shown, find(shown, APP, "level13", "2026")) == ["2026-05 May"]


def test_ten_years_of_days_are_shown_and_filtered(qtbot: QtBot) -> None:
    model = BatchTreeModel()
    shown = BatchFilter(model)
    counts = [day_count(day) for day in last_days(3650)]
    model.set_index(index_of(*counts))
    shown.set_filter("2020-05")
    model.set_index(index_of(*counts), complete=False)
    assert texts(shown, find(shown, APP, "level13")) == ["2020"]
