"""What the legend says of a value that does not count as known at the cursor any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gui.views.timeline.legend_model import Column, LegendModel
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# Every ten minutes for four hours, then nothing for four days.
TIMES = [*range(JUNE, JUNE + 4 * HOUR + 1, 10 * MINUTE), JUNE + 4 * DAY + 4 * HOUR]
END = JUNE + 4 * HOUR


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    count = len(TIMES)
    failure = [None if number != 3 else "oem_error" for number in range(count)]
    values = np.arange(count, dtype=float)
    values[3] = np.nan
    view.set_series(
        [
            make_series(key("diagnostics.odometer"), TIMES, values, unit="kilometers", failure=failure),
            make_series(key("doors.locks_state"), TIMES, text=["locked"] * count),
        ]
    )
    return view


def told(view: TimelineView, row: int) -> tuple[str, str, str, bool]:
    """The value, its age, why it does not count, and whether it is pale."""
    model = view.legend.model()
    assert isinstance(model, LegendModel)
    value, age = (model.index(row, column) for column in (Column.VALUE, Column.AGE))
    why = value.data(Qt.ItemDataRole.AccessibleDescriptionRole) or ""
    tip = str(value.data(Qt.ItemDataRole.ToolTipRole))
    assert not why or tip.endswith(why)
    assert ("Last known" in tip) == bool(why)
    is_pale = value.data(Qt.ItemDataRole.ForegroundRole) is not None
    return str(value.data()), str(age.data()), why, is_pale


def test_a_value_that_is_known_has_its_age_alone(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 15 * MINUTE)
    assert told(view, 0) == ("1", "5 min 0 s", "", False)
    assert told(view, 1) == ("Locked", "5 min 0 s", "", False)
    view.set_cursor_time(END)
    assert told(view, 0) == ("24", "0 ms", "", False)


def test_over_a_gap_it_is_the_last_known_one(view: TimelineView) -> None:
    view.set_cursor_time(END + 3 * DAY + 2 * HOUR)
    why = "Last known 3 d 2 h ago: a gap follows"
    assert told(view, 0) == ("24", "3 d 2 h", why, True)
    assert told(view, 1) == ("Locked", "3 d 2 h", why, True)


def test_behind_the_last_sample_nothing_came_since(view: TimelineView) -> None:
    view.set_cursor_time(TIMES[-1] + 5 * MINUTE)
    assert told(view, 0) == ("25", "5 min 0 s", "Last known 5 min 0 s ago: nothing came since", True)
    view.set_cursor_time(TIMES[-1])
    assert told(view, 1)[2:] == ("", False)


def test_a_failure_after_it_is_told_with_its_reason_and_age(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 32 * MINUTE)
    why = "Last known 12 min 0 s ago: a failure came after it, oem error, 2 min 0 s ago"
    assert told(view, 0) == ("2", "12 min 0 s", why, True)
