"""Days over each other in the window: what is in sight, the day in front, reading, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.fleet.periods import Period
from core.workspaces.file import Workspace, parse_workspace, workspace_text
from core.workspaces.layout import Alignment
from gui.views.timeline.day_picking import day_moment_at, day_tip
from gui.views.timeline.jumps import Goal
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.legend_model import Column
from gui.views.timeline.picture import PictureOptions
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import DAY, HOUR, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

BERLIN = ZoneInfo("Europe/Berlin")
OF_DAY, ABSOLUTE = Alignment.TIME_OF_DAY, Alignment.ABSOLUTE
SPEED, DOOR = key("diagnostics.speed"), key("doors.locks_state")
# Midnight of Monday, 1 June 2026, in Berlin.
JUNE = round(datetime(2026, 5, 31, 22, tzinfo=UTC).timestamp() * 1_000_000)


def fleet() -> list[Series]:
    """Three days, a sample an hour: 10 on the first, 20 on the second, 30 on the third; locked from 20:00 to 08:00."""
    hours = range(72)
    locked = [JUNE + hour * HOUR for hour in hours]
    return [
        make_series(
            SPEED,
            [JUNE + hour * HOUR for hour in hours],
            [10 * (1 + hour // 24) for hour in hours],
            unit="kilometers_per_hour",
        ),
        make_series(DOOR, locked, text=["unlocked" if 8 <= hour % 24 < 20 else "locked" for hour in hours]),
    ]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    view.set_series(fleet())
    view.grab()
    view.editing.align(OF_DAY)
    view.grab()
    return view


def speeds(view: TimelineView) -> ValuePlot:
    return next(row for row in area(view).rows if isinstance(row, ValuePlot))


def lanes(view: TimelineView) -> LanesPlot:
    return next(row for row in area(view).rows if isinstance(row, LanesPlot))


def place(view: TimelineView, value: float, time: int) -> QPoint:
    """Where a value is at a time of day."""
    return QPoint(round(area(view).x_at(time)), round(speeds(view).axes[0].y_of(value)))


def row_place(view: TimelineView, row: int, time: int) -> QPoint:
    """The middle of a row of days."""
    metrics, plot = area(view).fontMetrics(), lanes(view)
    ys = [y for y in range(plot.rect.top(), plot.rect.bottom()) if plot.day_row_at(y, metrics) == row]
    return QPoint(round(area(view).x_at(time)), ys[len(ys) // 2])


def drag(view: TimelineView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(area(view), Qt.MouseButton.LeftButton, pos=start)
    none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
    at = QPointF(end)
    move = QMouseEvent(QEvent.Type.MouseMove, at, at, none, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(area(view), move)
    QTest.mouseRelease(area(view), Qt.MouseButton.LeftButton, pos=end)


def hover(view: TimelineView, position: QPoint) -> None:
    none = Qt.MouseButton.NoButton
    at = QPointF(position)
    event = QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(area(view), event)


def lane_tip(view: TimelineView, row: int, time: int) -> str:
    """What is said of a time in a row of days."""
    at, frame = row_place(view, row, time), area(view).frame
    assert frame is not None
    return lanes(view).tip_at(at.x(), at.y(), frame)


def cell(view: TimelineView, column: Column, row: int = 0) -> str:
    return str(view.legend.model().index(row, column).data())


def near(found: int | None, expected: int, view: TimelineView) -> bool:
    """Whether a moment is the expected one to a pixel."""
    first, last = area(view).axis_range or (0, 0)
    return found is not None and abs(found - expected) <= 2 * (last - first) // area(view).plots_rect().width()


def test_the_days_in_sight_lie_over_each_other_and_behind_each_other_again(view: TimelineView) -> None:
    days = area(view).passes
    assert days is not None
    assert (days.days, area(view).axis_range) == (3, (0, DAY))
    assert view.visible_range() == (JUNE, JUNE + 3 * DAY)
    assert area(view).days.text(area(view).time_range, BERLIN, "Europe/Berlin") == (
        "Europe/Berlin: 3 days, Mon, 1 Jun 2026 to Wed, 3 Jun 2026"
    )
    # A sample is where the clock shows its time.
    assert area(view).x_of(JUNE + DAY + 6 * HOUR) == area(view).x_of(JUNE + 6 * HOUR) == area(view).x_at(6 * HOUR)
    view.editing.undo()
    assert area(view).passes is None
    assert area(view).counts_moments
    view.editing.redo()
    assert view.aligning.alignment is OF_DAY
    # What was in sight stays: only the second day.
    view.editing.align(ABSOLUTE)
    view.set_visible_range(JUNE + DAY + 3 * HOUR, JUNE + DAY + 9 * HOUR)
    view.editing.align(OF_DAY)
    assert view.visible_range() == (JUNE + DAY, JUNE + 2 * DAY)
    view.editing.align(ABSOLUTE)
    assert view.visible_range() == (JUNE + DAY + 3 * HOUR, JUNE + DAY + 9 * HOUR)
    view.editing.align(Alignment.FIRST_SAMPLE)
    view.editing.align(OF_DAY)
    assert view.visible_range() == (JUNE + DAY, JUNE + 2 * DAY)


def test_periods_the_overview_and_pages_choose_the_days(view: TimelineView) -> None:
    view.navigation.show_period(Period.DAY)
    assert view.visible_range() == (JUNE + 2 * DAY, JUNE + 3 * DAY)
    view.navigation.page(-1)
    assert view.visible_range() == (JUNE + DAY, JUNE + 2 * DAY)
    view.pan(-0.25)
    assert view.visible_range() == (JUNE, JUNE + DAY)
    # A brush over parts of two days shows both as a whole.
    view.navigation.show_range(JUNE + 20 * HOUR, JUNE + 30 * HOUR)
    assert view.visible_range() == (JUNE, JUNE + 2 * DAY)
    view.zoom_time(0.5)
    assert area(view).axis_range == (6 * HOUR, 18 * HOUR)
    assert view.aligning.shows_hours
    assert view.visible_range() == (JUNE, JUNE + 2 * DAY)
    view.pan(0.25)
    assert area(view).axis_range == (9 * HOUR, 21 * HOUR)
    view.pan(1)
    assert area(view).axis_range == (12 * HOUR, 24 * HOUR)
    view.zoom_time(100)
    assert area(view).axis_range == (0, DAY)
    view.zoom_time(0.5)
    view.fit()
    assert (area(view).axis_range, view.visible_range()) == ((0, DAY), (JUNE, JUNE + 3 * DAY))
    view.navigation.back()
    assert area(view).axis_range == (0, DAY)


def test_the_mouse_moves_and_zooms_the_hours(view: TimelineView) -> None:
    view.zoom_time(0.5)
    start = place(view, 20, 12 * HOUR)
    drag(view, start, start + QPoint(area(view).plots_rect().width() // 4, 0))
    first, last = area(view).axis_range or (0, 0)
    assert last - first == 12 * HOUR
    assert abs(first - 3 * HOUR) < 2 * MINUTE
    assert view.visible_range() == (JUNE, JUNE + 3 * DAY)


def test_the_day_under_the_pointer_stands_out_and_its_values_are_told(view: TimelineView) -> None:
    assert area(view).day == (JUNE + 2 * DAY) // DAY + 1
    told: list[object] = []
    view.cursor_moved.connect(told.append)
    hover(view, place(view, 10, 390 * MINUTE))
    assert near(view.cursor_time(), JUNE + 390 * MINUTE, view)
    assert told == [view.cursor_time()]
    assert view.legend.model().headerData(Column.VALUE, Qt.Orientation.Horizontal) == "Value, 1 Jun"
    assert (cell(view, Column.VALUE), cell(view, Column.AGE)[:2]) == ("10", "30")
    assert [cell(view, column) for column in (Column.MINIMUM, Column.MAXIMUM, Column.MEAN)] == ["10", "30", "20"]
    tip = str(view.legend.model().index(0, Column.MEAN).data(Qt.ItemDataRole.ToolTipRole))
    assert "known on 3 of 3 days" in tip
    hover(view, place(view, 20, 390 * MINUTE))
    assert near(view.cursor_time(), JUNE + DAY + 390 * MINUTE, view)
    # Between the curves the day stays.
    hover(view, place(view, 25, 500 * MINUTE))
    assert near(view.cursor_time(), JUNE + DAY + 500 * MINUTE, view)
    # A row of states is its day's.
    hover(view, row_place(view, 0, 10 * HOUR))
    assert near(view.cursor_time(), JUNE + 10 * HOUR, view)
    tip = lane_tip(view, 1, 10 * HOUR)
    assert "Tue, 2 Jun 2026, 10:0" in tip or "Tue, 2 Jun 2026, 09:5" in tip
    assert "Unlocked since Tue, 2 Jun 2026, 08:00:00" in tip
    view.release_cursor()
    area(view).set_cursor_time(None)
    assert view.legend.model().headerData(Column.VALUE, Qt.Orientation.Horizontal) == "Value"
    assert view.legend.isColumnHidden(Column.MEAN)


def test_a_tip_tells_the_day_and_what_is_known_comes_before_what_was_known_last(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    # Half-hourly on the first day, up to 50; on the third day 49 from noon on, and nothing between.
    moments = [JUNE + number * HOUR // 2 for number in range(48)] + [
        JUNE + 2 * DAY + 12 * HOUR + n * HOUR // 2 for n in range(20)
    ]
    view.set_series([make_series(SPEED, moments, [*range(3, 51), *[49] * 20], unit="kilometers_per_hour")])
    view.editing.align(OF_DAY)
    view.grab()
    at = place(view, 50, 15 * HOUR)
    assert day_tip(area(view), at).splitlines() == [
        moment_text(day_moment_at(area(view), at) or 0, BERLIN), "VIN1 · Speed: 49 km/h",
    ]  # fmt: skip
    assert near(day_moment_at(area(view), at), JUNE + 2 * DAY + 15 * HOUR, view)
    # Where nothing else is near, what was known last is meant: on the second day.
    assert near(day_moment_at(area(view), place(view, 50, 6 * HOUR)), JUNE + 2 * DAY + 6 * HOUR, view)
    assert day_tip(area(view), place(view, 30, 20 * HOUR)) == ""
    # Behind the last sample of all nothing is drawn: the first day is meant, which says the same.
    assert near(day_moment_at(area(view), place(view, 49, 23 * HOUR)), JUNE + 23 * HOUR, view)
    # Where no curve is near the last day is meant, but not in hours that it has not seen.
    assert near(area(view).moment_at(place(view, 10, 20 * HOUR)), JUNE + 2 * DAY + 20 * HOUR, view)
    assert near(area(view).moment_at(place(view, 10, 23 * HOUR)), JUNE + DAY + 23 * HOUR, view)


def test_a_double_click_on_any_day_leads_to_its_sample(view: TimelineView, qtbot: QtBot) -> None:
    for value, sample in ((10, 6), (20, 30), (30, 54)):
        with qtbot.waitSignal(view.sample_activated) as told:
            QTest.mouseDClick(area(view), Qt.MouseButton.LeftButton, pos=place(view, value, 6 * HOUR))
        assert told.args == [SPEED, sample]
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.mouseDClick(area(view), Qt.MouseButton.LeftButton, pos=row_place(view, 1, 8 * HOUR))
    assert told.args == [DOOR, 32]


def test_a_sample_is_shown_on_its_day(view: TimelineView) -> None:
    view.navigation.show_period(Period.DAY)
    view.zoom_time(0.25)
    view.show_sample(SPEED, JUNE + DAY + 2 * HOUR)
    assert view.cursor_time() == JUNE + DAY + 2 * HOUR
    assert area(view).is_in_sight(JUNE + DAY + 2 * HOUR)
    first, last = area(view).axis_range or (0, 0)
    assert (first, last) == (0, 6 * HOUR)


def test_jumps_go_from_day_to_day(view: TimelineView) -> None:
    view.select_keys([DOOR])
    view.set_cursor_time(JUNE + DAY + 9 * HOUR)
    view.reading.jump(Goal.CHANGE, True)
    assert view.cursor_time() == JUNE + DAY + 20 * HOUR
    view.reading.jump(Goal.CHANGE, True)
    assert view.cursor_time() == JUNE + 2 * DAY + 8 * HOUR
    view.reading.jump(Goal.CHANGE, False)
    view.reading.jump(Goal.CHANGE, False)
    assert view.cursor_time() == JUNE + DAY + 8 * HOUR


def test_a_region_is_of_each_day(view: TimelineView) -> None:
    view.reading.region.set_range((6 * HOUR, 10 * HOUR))
    view.grab()
    columns = (Column.MINIMUM, Column.MAXIMUM, Column.MEAN, Column.CHANGE, Column.IN_REGION)
    # Five full hours a day, both ends included.
    assert [cell(view, column) for column in columns] == ["10", "30", "20", "0", "15"]
    assert cell(view, Column.STATES, 1) == "Unlocked 6 h 0 min, Locked 6 h 0 min"
    assert view.reading.told(6 * HOUR, 10 * HOUR, BERLIN, view.reading.passes) == "06:00 to 10:00 of 3 days"
    view.navigation.show_period(Period.DAY)
    assert [cell(view, column) for column in columns] == ["30", "30", "30", "0", "5"]
    view.reading.zoom_to_region()
    assert area(view).axis_range == (6 * HOUR, 10 * HOUR)
    header = view.legend.model().headerData(Column.CHANGE, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "on each day" in str(header)
    view.set_time_zone(UTC, "UTC")
    # The day of Berlin lies in two of UTC.
    assert cell(view, Column.IN_REGION) == "10"
    view.set_time_zone(BERLIN, "Europe/Berlin")
    # Times of day are no moments.
    view.editing.align(ABSOLUTE)
    assert view.reading.region.range is None


def test_a_region_is_marked_and_moved_inside_the_day(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + DAY + 20 * HOUR)
    view.reading.toggle_region()
    view.set_cursor_time(JUNE + 23 * HOUR)
    view.reading.toggle_region()
    assert view.reading.region.range == (20 * HOUR, 23 * HOUR)
    view.grab()
    plots, axis = area(view).plots_rect(), area(view).axis.rect
    pill = QPoint(
        round(area(view).x_at(21 * HOUR + 30 * MINUTE)), axis.top() + 2 + area(view).fontMetrics().height() + 11
    )
    drag(view, pill, QPoint(plots.right(), pill.y()))
    assert view.reading.region.range == (21 * HOUR, DAY)


def test_what_is_open_is_kept(view: TimelineView) -> None:
    view.navigation.show_range(JUNE, JUNE + 2 * DAY)
    view.zoom_time(0.5)
    view.reading.region.set_range((7 * HOUR, 8 * HOUR))
    view.set_cursor_time(JUNE + 7 * HOUR)
    area(view).pin_cursor(True)
    kept, problems = parse_workspace(workspace_text(Workspace(layout=view.timeline_layout())))
    assert problems == []
    assert kept.layout == view.timeline_layout()
    assert kept.layout.hours == (6 * HOUR, 18 * HOUR)
    view.clear()
    assert view.aligning.alignment is ABSOLUTE
    view.open_layout(kept.layout)
    view.set_series(fleet())
    assert view.timeline_layout() == kept.layout


def test_a_picture_shows_the_days(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + DAY + 7 * HOUR)
    picture = view.picture(PictureOptions(values=True), JUNE)
    assert picture is not None
    svg = picture.svg().decode()
    assert "Local time of day (Europe/Berlin: 3 days, Mon, 1 Jun 2026 to Wed, 3 Jun 2026)" in svg
    assert "00:00 to 24:00, Europe/Berlin: 3 days, Mon, 1 Jun 2026 to Wed, 3 Jun 2026" in svg
    assert "Tue, 2 Jun 2026, 07:00" in svg


def test_the_day_in_front_has_its_full_colour_and_others_are_pale(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + 3 * HOUR)
    image, look = view.grab().toImage(), speeds(view).look(SPEED)
    strong, ratio = COLORS.curve(look.color), image.devicePixelRatio()

    def color(value: float) -> QColor:
        at = area(view).mapTo(view, place(view, value, 390 * MINUTE))
        return image.pixelColor(round(at.x() * ratio), round(at.y() * ratio))

    assert color(10) == strong
    assert color(20) not in (strong, COLORS.plot)
    assert color(30) not in (strong, COLORS.plot)
    # What is newer is less pale: further from the ground.
    apart = [abs(color(value).lightness() - COLORS.plot.lightness()) for value in (20, 30)]
    assert apart[0] < apart[1]


def test_the_hour_that_is_twice_there_has_two_rows(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    start = round(datetime(2026, 10, 24, 22, tzinfo=UTC).timestamp() * 1_000_000)
    hours = [start + number * HOUR // 2 for number in range(50)]
    # Unlocked in the second of the two hours from 02:00 to 03:00 only: 01:00 to 02:00 UTC.
    texts = ["unlocked" if 6 <= number < 8 else "locked" for number in range(50)]
    view.set_series([make_series(DOOR, hours, text=texts)])
    view.editing.align(OF_DAY)
    view.grab()
    half_past_two = 150 * MINUTE
    assert lanes(view).day_rows == 2
    tips = [lane_tip(view, row, half_past_two) for row in (0, 1)]
    assert "Locked since" in tips[0]
    assert "+02:00" in tips[0]
    assert "Unlocked since Sun, 25 Oct 2026, 02:00:00 +01:00" in tips[1]
    hover(view, row_place(view, 1, half_past_two))
    assert near(view.cursor_time(), start + 3 * HOUR + HOUR // 2, view)


def test_events_and_failures_are_strokes_in_the_rows_of_their_days(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    # Texts of which each is another one are events: none lasts.
    times = [JUNE + 6 * HOUR, *[JUNE + DAY + hour * HOUR for hour in (9, 10, 11, 12)]]
    texts, failures = ["Leaving", "Coming", "Going", "Gone", None], [None, None, None, None, "unknown"]
    notes = make_series(key("notifications.notification"), times, text=texts, failure=failures)
    view.set_series([notes])
    view.editing.align(OF_DAY)
    area(view).set_cursor_time(JUNE + HOUR)
    image = view.grab().toImage()

    def color(row: int, time: int) -> QColor:
        at = area(view).mapTo(view, row_place(view, row, time))
        return image.pixelColor(at.x(), at.y())

    assert color(1, 12 * HOUR) == COLORS.error
    assert color(0, 12 * HOUR) != COLORS.error
    assert color(0, 6 * HOUR) != color(0, 5 * HOUR)
    assert "Leaving" in lane_tip(view, 0, 6 * HOUR)
    assert "Leaving" not in lane_tip(view, 1, 6 * HOUR)
    assert "No value, unknown" in lane_tip(view, 1, 12 * HOUR)
