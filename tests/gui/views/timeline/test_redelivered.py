"""Samples that were delivered again are marked wherever they are shown, and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gui.views.statistics_table import Column, StatisticsModel
from gui.views.timeline.legend import Legend
from gui.views.timeline.measuring import measure
from gui.views.timeline.prepared import prepare
from gui.views.timeline.redelivered import redelivered_places
from gui.views.timeline.shifting import shifted
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

TIMES = JUNE + np.arange(5) * HOUR
BATCH = "9FBBEDED80595912588FF4FF/level13/2026/06/01/14-11-23-699000000-c0d010d5.json"
LATER = BATCH.replace("14-11-23", "15-00-00")
TWICE = ((2, BATCH),)


def numbers(again: Sequence[tuple[int, str]] = TWICE) -> Series:
    return make_series(key("diagnostics.speed"), TIMES, [1.0, np.nan, 3.0, 4.0, 5.0], redelivered=again)


def states(again: Sequence[tuple[int, str]] = TWICE) -> Series:
    texts = ["locked", None, "locked", "unlocked", "locked"]
    return make_series(key("doors.locks_state"), TIMES, text=texts, redelivered=again)


def events(again: Sequence[tuple[int, str]] = TWICE) -> Series:
    texts = [f"Something has happened for the {number}th time" for number in range(5)]
    return make_series(key("notifications.notification.text"), TIMES, text=texts, redelivered=again)


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    return view


@pytest.mark.parametrize("make", [numbers, states, events])
def test_a_sample_that_came_again_has_a_mark_and_says_so(
    view: TimelineView, make: Callable[[Sequence[tuple[int, str]]], Series]
) -> None:
    view.set_series([make(())])
    plain = area(view).grab().toImage()
    view.set_series([make(TWICE)])
    marked = area(view).grab().toImage()
    at = [round(area(view).x_of(int(time))) for time in TIMES]
    differing = [
        x
        for x in range(marked.width())
        if any(marked.pixel(x, y) != plain.pixel(x, y) for y in range(area(view).axis.rect.top()))
    ]
    assert differing
    assert all(abs(x - at[2]) <= 8 for x in differing)
    [row] = area(view).rows
    frame = area(view).frame
    assert frame is not None
    heights = range(row.rect.top(), row.rect.bottom(), 3)
    tips = [{row.tip_at(x, y, frame) for y in heights} for x in (at[0], at[2])]
    said = "delivered twice, again in the batch of Mon, 1 Jun 2026, 14:11:23"
    assert [any(said in tip for tip in of_hour) for of_hour in tips] == [False, True]


def test_the_legend_says_how_many_and_which_batch(view: TimelineView) -> None:
    view.set_series([numbers(((2, BATCH), (2, LATER), (4, BATCH)))])
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)

    def tip() -> str:
        return str(legend.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole))

    assert "2 of 5 samples were delivered again" in tip()
    assert "This value was delivered twice, again in the batch of Mon, 1 Jun 2026, 14:11:23" in tip()
    view.set_cursor_time(JUNE + 2 * HOUR + MINUTE)
    assert "This value was delivered 3 times, at last in the batch of Mon, 1 Jun 2026, 15:00:00" in tip()
    view.set_cursor_time(JUNE + MINUTE)
    assert "This value was" not in tip()
    view.set_series([numbers(())])
    assert "delivered" not in tip()


def test_the_statistics_count_them(qapp: object) -> None:
    again = ((1, BATCH), (2, BATCH), (2, LATER), (4, BATCH))
    model = StatisticsModel()
    prepared = prepare(numbers(again))
    for start, end, expected in ((0, 4, "3"), (2, 3, "1"), (3, 3, "")):
        model.set_measured([measure(prepared, JUNE + start * HOUR, JUNE + end * HOUR)])
        assert model.index(0, Column.REDELIVERED).data() == expected
        assert (Column.REDELIVERED in model.columns()) == bool(expected)


def test_marks_follow_the_values_that_a_line_has_and_the_times_at_which_they_are_shown() -> None:
    prepared = prepare(numbers(((1, BATCH), (2, BATCH), (4, BATCH))))
    for one in (prepared, shifted(prepared, JUNE)):
        [line] = one.lines
        assert line.value[line.redelivered].tolist() == [3.0, 5.0]
        assert one.series.redelivered is prepared.series.redelivered
    assert redelivered_places(prepared.series, np.array([0, 3])).tolist() == []
    assert redelivered_places(prepared.series, None).tolist() == [1, 2, 4]


def test_many_in_one_place_are_told_by_their_number(view: TimelineView) -> None:
    many = 100_000
    again = [(sample, BATCH) for sample in range(0, many, 2)]
    view.set_series([make_series(key("a.b"), JUNE + np.arange(many), np.arange(many) * 1.0, redelivered=again)])
    area(view).grab()
    [row] = area(view).rows
    frame = area(view).frame
    assert frame is not None
    x = row.rect.center().x()
    tips = {row.tip_at(x, y, frame) for y in range(row.rect.top(), row.rect.bottom(), 3)}
    assert any("samples delivered again, the last one in the batch of Mon, 1 Jun 2026, 14:11:23" in tip for tip in tips)
