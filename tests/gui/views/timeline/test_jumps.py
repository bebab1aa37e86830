"""Jumps of the cursor, by keys."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.views.timeline.jumps import Goal, moment_of
from gui.views.timeline.prepared import prepare
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ALT, NONE, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
NUMBERS, LOCK = key("x.numbers"), key("doors.locks_state")
# Every ten minutes, but nothing between the 20th and the 21st sample for thirty hours.
TIMES = JUNE + np.arange(40) * 10 * MINUTE + (np.arange(40) >= 20) * 30 * HOUR


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    values = np.zeros(40)
    values[5:], values[7], values[30:] = 1.0, np.nan, 2.0
    failure = [None] * 7 + ["oem_error"] + [None] * 32
    unit = ["kilometers"] * 12 + ["miles"] * 28
    texts = ["locked"] * 9 + ["unlocked"] * 31
    view.set_series(
        [
            make_series(NUMBERS, TIMES, values, failure=failure, unit=unit),
            make_series(LOCK, TIMES, text=texts),
        ]
    )
    give_keys(view, qtbot)
    view.setFocus()
    view.grab()
    return view


def press(view: TimelineView, code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> int | None:
    """Presses a key, and tells which sample the cursor is at then."""
    QTest.keyClick(area(view), code, modifiers)
    time = view.cursor_time()
    return None if time is None else int(np.searchsorted(TIMES, time))


def test_the_cursor_goes_from_change_to_change(view: TimelineView) -> None:
    # What was sent in miles is shown in kilometers: another value.
    assert [press(view, Qt.Key.Key_Right, ALT) for _ in range(4)] == [5, 9, 12, 30]
    assert [press(view, Qt.Key.Key_Left, ALT) for _ in range(3)] == [12, 9, 5]
    view.select_keys([LOCK])
    assert press(view, Qt.Key.Key_Right, ALT) == 9


def test_the_cursor_goes_to_gaps_failures_and_changes_of_unit(view: TimelineView) -> None:
    assert press(view, Qt.Key.Key_Period) == 19
    assert press(view, Qt.Key.Key_J, SHIFT) == 7
    assert press(view, Qt.Key.Key_K) == 12
    assert press(view, Qt.Key.Key_Right) == 13
    assert press(view, Qt.Key.Key_K, SHIFT) == 12
    view.set_cursor_time(int(TIMES[35]))
    assert press(view, Qt.Key.Key_Comma) == 19


def test_it_says_where_there_is_nothing(view: TimelineView, qtbot: QtBot) -> None:
    view.set_cursor_time(int(TIMES[35]))
    for chosen, where in ([], "on the timeline"), ([NUMBERS], "in the selected series"):
        view.select_keys(chosen)
        with qtbot.waitSignal(view.reading.not_found) as told:
            press(view, Qt.Key.Key_J)
        assert told.args == [f"No later failure {where}"]
        assert view.cursor_time() == TIMES[35]
    view.select_keys([LOCK])
    with qtbot.waitSignal(view.reading.not_found) as told:
        press(view, Qt.Key.Key_J, SHIFT)
    assert told.args == ["No earlier failure in the selected series"]
    with qtbot.waitSignal(view.reading.not_found) as told:
        press(view, Qt.Key.Key_Left, ALT)
    assert told.args == [""]


def test_changes_among_many_samples_are_those_that_a_search_of_all_finds() -> None:
    chosen = random.Random(5)
    values = np.repeat([chosen.random() for _ in range(12)], [chosen.randint(1, 9_000) for _ in range(12)])
    times = JUNE + np.arange(len(values)) * MINUTE
    series = [prepare(make_series(NUMBERS, times, values))]
    changes = times[1:][np.diff(values) != 0].tolist()
    for time in [chosen.randrange(int(times[0]) - 1, int(times[-1]) + 2) for _ in range(200)] + changes:
        later, earlier = [one for one in changes if one > time], [one for one in changes if one < time]
        assert moment_of(Goal.CHANGE, series, time, True) == (later[0] if later else None)
        assert moment_of(Goal.CHANGE, series, time, False) == (earlier[-1] if earlier else None)
