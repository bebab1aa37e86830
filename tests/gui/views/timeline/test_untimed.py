"""Samples that have no time of their own are marked wherever they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gui.views.timeline.legend import Legend
from gui.views.timeline.prepared import prepare
from gui.views.timeline.untimed import untimed_places
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QImage
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

TIMES = JUNE + np.arange(5) * HOUR
FROM_BATCH = (False, False, True, False, False)


def numbers(from_batch: Sequence[bool] = FROM_BATCH) -> Series:
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    return make_series(key("diagnostics.speed"), TIMES, values, unit="kilometers_per_hour", time_from_batch=from_batch)


def states(from_batch: Sequence[bool] = FROM_BATCH) -> Series:
    texts = ["locked", "unlocked", "locked", "unlocked", "locked"]
    return make_series(key("doors.locks_state"), TIMES, text=texts, time_from_batch=from_batch)


def events(from_batch: Sequence[bool] = FROM_BATCH) -> Series:
    texts = [f"Something has happened for the {number}th time" for number in range(5)]
    return make_series(key("notifications.notification.text"), TIMES, text=texts, time_from_batch=from_batch)


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 500)
    view.show()
    return view


def differences(view: TimelineView, marked: QImage, plain: QImage) -> set[int]:
    """The hours near which two pictures of the plots differ."""
    columns = {
        x
        for x in range(marked.width())
        for y in range(area(view).axis.rect.top())
        if marked.pixel(x, y) != plain.pixel(x, y)
    }
    nearest = {x: min(range(5), key=lambda hour: abs(area(view).x_of(int(TIMES[hour])) - x)) for x in columns}
    assert all(abs(area(view).x_of(int(TIMES[hour])) - x) <= 6 for x, hour in nearest.items())
    return set(nearest.values())


@pytest.mark.parametrize("make", [numbers, states, events])
def test_a_sample_at_its_batch_s_time_has_a_mark_and_says_so(
    view: TimelineView, make: Callable[[Sequence[bool]], Series]
) -> None:
    view.set_series([make((False,) * 5)])
    plain = area(view).grab().toImage()
    view.set_series([make(FROM_BATCH)])
    marked = area(view).grab().toImage()
    assert differences(view, marked, plain) == {2}
    [row] = area(view).rows
    frame = area(view).frame
    assert frame is not None
    heights = range(row.rect.top(), row.rect.bottom(), 3)
    tips = {hour: [row.tip_at(round(area(view).x_of(int(TIMES[hour]))), y, frame) for y in heights] for hour in (1, 2)}
    assert any("no time of its own, placed at its batch's time" in tip for tip in tips[2])
    assert not any("no time of its own" in tip for tip in tips[1])


def test_the_legend_says_how_many(view: TimelineView) -> None:
    view.set_series([numbers(), states((True,) + (False,) * 4), events((False,) * 5)])
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)

    def tip(row: int) -> str:
        return str(legend.model().index(row, 0).data(Qt.ItemDataRole.ToolTipRole))

    assert "1 of 5 samples has no time of its own: placed at its batch" in tip(0)
    assert "This value has" not in tip(0)
    view.set_cursor_time(JUNE + 2 * HOUR + MINUTE)
    assert "This value has no time of its own, placed at its batch" in tip(0)
    assert "no time of its own" not in tip(2)
    view.set_series([numbers((True, True, False, False, True))])
    assert "3 of 5 samples have no time of their own: placed at their batch" in tip(0)


def test_marks_follow_the_values_that_a_line_has() -> None:
    series = make_series(
        key("a.b"),
        JUNE + np.array([0, 1, 1, 1, 2]) * HOUR,
        [1.0, np.nan, 2.0, 3.0, np.nan],
        time_from_batch=[False, True, True, True, True],
    )
    [line] = prepare(series).lines
    assert line.value[line.untimed].tolist() == [3.0]


def test_marks_are_as_few_as_batches() -> None:
    time = np.repeat(JUNE + np.arange(100) * 5 * MINUTE, 10_000)
    places = untimed_places(time, np.ones(len(time), np.bool_))
    assert places.tolist() == list(range(9_999, 1_000_000, 10_000))
