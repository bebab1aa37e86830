"""The region: marked by keys and mouse, kept through zoom and new samples, and what the legend tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui.job_runner import JobRunner
from gui.views.timeline import measure_job
from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import OF_NUMBERS, OF_REGION, Column
from gui.views.timeline.region import Region, duration_text
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ALT, NONE, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
ODOMETER, POWER, LOCK = key("diagnostics.odometer"), key("charging.battery_charge_power"), key("doors.locks_state")


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    """A sample a minute for four hours: an odometer at 60 km/h, 3 kW and then 6 kW, a door."""
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1300, 700)
    view.show()
    times = JUNE + np.arange(241) * MINUTE
    view.set_series(
        [
            make_series(ODOMETER, times, np.arange(241) + 1_000.0, unit="kilometers"),
            make_series(POWER, times, np.where(np.arange(241) < 120, 3.0, 6.0), unit="kilowatts"),
            make_series(LOCK, [JUNE, JUNE + 90 * MINUTE, JUNE + 4 * HOUR], text=["locked", "unlocked", "locked"]),
        ]
    )
    give_keys(view, qtbot)
    view.setFocus()
    view.grab()
    return view


def at(view: TimelineView, minutes: float, down: int = 0) -> QPoint:
    """A place in the first plot at a moment."""
    x = round(area(view).x_of(JUNE + round(minutes * MINUTE)))
    return QPoint(x, area(view).rows[0].rect.center().y() + down)


def press(view: TimelineView, code: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(area(view), code, modifiers)
    view.grab()


def drag(view: TimelineView, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(area(view), LEFT, modifiers, start)
    QTest.mouseMove(area(view), (start + end) / 2)
    QTest.mouseMove(area(view), end)
    QTest.mouseRelease(area(view), LEFT, modifiers, end)
    view.grab()


def region(view: TimelineView) -> tuple[int, int] | None:
    """Whole minutes of the region's edges since the first sample."""
    found = view.reading.region.range
    return None if found is None else (round((found[0] - JUNE) / MINUTE), round((found[1] - JUNE) / MINUTE))


def mark(view: TimelineView, first: int, last: int) -> None:
    view.reading.region.set_range((JUNE + first * MINUTE, JUNE + last * MINUTE))
    view.grab()


def cells(view: TimelineView, row: int) -> dict[Column, str]:
    model = view.legend.model()
    return {column: str(model.index(row, column).data()) for column in OF_REGION}


def seen(view: TimelineView) -> set[Column]:
    table = view.findChild(Legend)
    assert isinstance(table, Legend)
    return {column for column in Column if not table.isColumnHidden(column)}


def test_it_begins_at_the_cursor_and_ends_where_the_cursor_goes_next(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 60 * MINUTE)
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_Right)
    press(view, Qt.Key.Key_Right)
    assert region(view) == (60, 62)
    QTest.mouseMove(area(view), at(view, 30))
    assert region(view) == (30, 60)
    QTest.mouseClick(area(view), LEFT, NONE, at(view, 180))
    assert region(view) == (60, 180)
    QTest.mouseMove(area(view), at(view, 10))
    press(view, Qt.Key.Key_Left)
    assert region(view) == (60, 180)
    press(view, Qt.Key.Key_R)
    assert region(view) is None


def test_the_key_ends_it_too_and_one_without_length_is_none(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 60 * MINUTE)
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_Right)
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_Right)
    assert region(view) == (60, 61)
    press(view, Qt.Key.Key_R, SHIFT)
    assert region(view) is None
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_R)
    assert region(view) is None
    assert not view.reading.region.is_open
    # Without a cursor the middle of what is in sight is marked.
    view.set_cursor_time(None)
    press(view, Qt.Key.Key_R)
    start, end = view.visible_range() or (0, 0)
    assert view.reading.region.range == (start + (end - start) // 3, end - (end - start) // 3)


def test_escape_takes_back_one_thing_after_the_other(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 60 * MINUTE)
    press(view, Qt.Key.Key_R)
    press(view, Qt.Key.Key_Escape)
    assert region(view) is None
    mark(view, 60, 120)
    QTest.mouseClick(area(view), LEFT, NONE, at(view, 180))
    press(view, Qt.Key.Key_Escape)
    assert not area(view).is_cursor_pinned
    assert region(view) == (60, 120)
    press(view, Qt.Key.Key_Escape)
    assert region(view) is None


def test_it_is_drawn_moved_and_changed_with_the_mouse(view: TimelineView) -> None:
    before = view.visible_range()
    drag(view, at(view, 200), at(view, 40), ALT)
    assert region(view) == (40, 200)
    drag(view, at(view, 200, 9), at(view, 160))
    assert region(view) == (40, 160)
    drag(view, at(view, 40), at(view, 180, 5))
    assert region(view) == (160, 180)
    mark(view, 60, 120)
    pill = QPoint((at(view, 60).x() + at(view, 120).x()) // 2, area(view).axis.rect.top() + 30)
    drag(view, pill, pill + (at(view, 100) - at(view, 60)))
    assert region(view) == (100, 160)
    assert view.visible_range() == before
    # A drag elsewhere goes on moving the view, and a click on an edge still sets the cursor.
    QTest.mouseClick(area(view), LEFT, NONE, at(view, 160))
    assert area(view).is_cursor_pinned
    assert region(view) == (100, 160)
    drag(view, at(view, 130), at(view, 150))
    assert view.visible_range() != before
    assert region(view) == (100, 160)


def test_a_drag_of_an_edge_that_is_cancelled_leaves_it(view: TimelineView) -> None:
    mark(view, 60, 120)
    QTest.mousePress(area(view), LEFT, NONE, at(view, 120))
    QTest.mouseMove(area(view), at(view, 150))
    QTest.mouseMove(area(view), at(view, 200))
    assert region(view) == (60, 200)
    QTest.keyClick(area(view), Qt.Key.Key_Escape)
    assert region(view) == (60, 120)
    QTest.mouseRelease(area(view), LEFT, NONE, at(view, 200))
    assert region(view) == (60, 120)


def test_the_pointer_tells_what_can_be_dragged(view: TimelineView) -> None:
    mark(view, 60, 120)
    for minutes, shape in ((60, Qt.CursorShape.SizeHorCursor), (90, Qt.CursorShape.ArrowCursor)):
        # A pointer that is there already would not be told of.
        QTest.mouseMove(area(view), at(view, 30))
        QTest.mouseMove(area(view), at(view, minutes))
        assert area(view).cursor().shape() == shape


def test_it_survives_zoom_and_new_samples_and_is_zoomed_to(view: TimelineView, qtbot: QtBot) -> None:
    mark(view, 60, 120)
    with qtbot.waitSignal(view.range_changed):
        view.zoom_time(0.1)
        view.pan(0.3)
    assert region(view) == (60, 120)
    late = JUNE + np.arange(300) * MINUTE
    view.add_series([make_series(ODOMETER, late, np.arange(300) * 2.0, unit="kilometers")])
    assert region(view) == (60, 120)
    assert cells(view, 0)[Column.CHANGE] == "+120"
    with qtbot.waitSignal(view.range_changed):
        press(view, Qt.Key.Key_X)
    assert view.visible_range() == (JUNE + 60 * MINUTE, JUNE + 120 * MINUTE)
    press(view, Qt.Key.Key_Backspace)
    assert view.visible_range() != (JUNE + 60 * MINUTE, JUNE + 120 * MINUTE)
    view.clear()
    assert region(view) is None


def test_the_legend_tells_what_the_series_come_to(view: TimelineView) -> None:
    assert not seen(view) & set(OF_REGION)
    mark(view, 60, 180)
    assert cells(view, 0) == {
        Column.CHANGE: "+120", Column.RATE: "60", Column.MINIMUM: "1,060", Column.MAXIMUM: "1,180",
        # The last value is one of a moment: the region ends there.
        Column.MEAN: "1,119.5", Column.INTEGRAL: "", Column.STATES: "", Column.IN_REGION: "121",
    }  # fmt: skip
    # An hour at 3 kW and one at 6.
    assert cells(view, 1)[Column.MEAN] == "4.5"
    assert cells(view, 1)[Column.INTEGRAL] == "9 kWh"
    # It is locked up to 01:30.
    table = view.legend
    assert cells(view, 2)[Column.CHANGE] == "Unlocked 1 h 30 min, Locked 30 min 0 s"
    assert table.columnSpan(2, Column.CHANGE) == 6
    assert table.columnSpan(1, Column.CHANGE) == 1
    assert set(OF_NUMBERS) <= seen(view)
    assert Column.STATES not in seen(view)
    tip = str(view.legend.model().index(1, Column.MEAN).data(Qt.ItemDataRole.ToolTipRole))
    assert "In the region of 2 h:" in tip
    assert "Integral over time: 9 kWh" in tip
    view.remove_series([POWER])
    assert Column.INTEGRAL not in seen(view)
    view.remove_series([ODOMETER])
    assert seen(view) & set(OF_REGION) <= {Column.STATES, Column.IN_REGION}
    assert table.columnSpan(0, Column.CHANGE) == 1
    assert cells(view, 0)[Column.STATES] == "Unlocked 1 h 30 min, Locked 30 min 0 s"
    press(view, Qt.Key.Key_R, SHIFT)
    assert not seen(view) & set(OF_REGION)


def test_rates_over_long_regions_are_per_day(view: TimelineView) -> None:
    times = JUNE + np.arange(6) * DAY
    view.set_series([make_series(ODOMETER, times, np.arange(6) * 24.0, unit="kilometers")])
    model = view.legend.model()
    for days, title, rate in ((2, "Δ per hour", "1"), (3, "Δ per day", "24")):
        view.reading.region.set_range((JUNE, JUNE + days * DAY))
        assert model.headerData(Column.RATE, Qt.Orientation.Horizontal) == title
        assert cells(view, 0)[Column.RATE] == rate


def test_many_samples_are_read_by_a_job_and_the_latest_region_counts(
    view: TimelineView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure_job, "_AT_ONCE", 10)
    jobs = JobRunner()
    view.reading.use_jobs(jobs)
    mark(view, 60, 180)
    assert cells(view, 0)[Column.CHANGE] == "…"
    mark(view, 60, 90)
    qtbot.waitUntil(lambda: cells(view, 0)[Column.CHANGE] != "…")
    assert cells(view, 0)[Column.CHANGE] == "+30"
    assert jobs.shutdown()


def test_it_is_painted_over_all_plots_with_its_length(view: TimelineView) -> None:
    plain = area(view).grab().toImage()
    mark(view, 60, 120)
    marked = area(view).grab().toImage()
    x = at(view, 90).x()
    for row in area(view).rows:
        y = row.rect.bottom() - 4
        assert plain.pixelColor(x, y) != marked.pixelColor(x, y)
        assert plain.pixelColor(at(view, 200).x(), y) == marked.pixelColor(at(view, 200).x(), y)
    pill = area(view).axis.rect.top() + 30
    assert plain.pixelColor(x, pill) != marked.pixelColor(x, pill) or plain != marked


def test_it_belongs_to_the_layout(view: TimelineView) -> None:
    mark(view, 60, 120)
    layout = view.timeline_layout()
    assert layout.region == (JUNE + 60 * MINUTE, JUNE + 120 * MINUTE)
    press(view, Qt.Key.Key_R, SHIFT)
    assert view.timeline_layout().region is None
    view.open_layout(layout)
    assert region(view) == (60, 120)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (0, "0 s"),
        (5_250_000, "5.25 s"),
        (2 * MINUTE, "2 min"),
        (59_999_999, "1 min"),
        (HOUR + 5_000_000, "1 h 5 s"),
        (3 * DAY + 4 * HOUR + 12 * MINUTE, "3 d 4 h 12 min"),
        (DAY - 1, "1 d"),
    ],
)
def test_spans_of_time_are_told_in_full(span: int, text: str) -> None:
    assert duration_text(span) == text


def test_a_region_tells_of_each_change_once(qtbot: QtBot) -> None:
    marked = Region()
    told: list[object] = []
    marked.changed.connect(lambda: told.append(marked.range))
    marked.set_range((5, 2))
    marked.set_range((5, 2))
    marked.follow(9)
    marked.set_range(None)
    marked.set_range(None)
    assert told == [(2, 5), None]
