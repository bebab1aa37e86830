"""The overview strip, calendar ranges and the wheel with keys, in the timeline of four days."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.views.timeline.overview import Overview, date_text
from gui.views.timeline.time_ticks import SECOND, Step, ticks
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, RED
from tests.waiting import wait_for_rest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LEFT, NO_MODIFIER = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
BERLIN_MIDNIGHT = JUNE - 2 * HOUR


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    view.show()
    times = JUNE + np.arange(0, 4 * DAY // MINUTE) * MINUTE
    value = np.zeros(len(times))
    value[len(times) // 2] = 100.0
    view.set_series([make_series(key(), times, value, unit="kilometers")])
    give_keys(view, qtbot)
    area(view).setFocus()
    view.grab()
    return view


def overview(view: TimelineView) -> Overview:
    found = view.findChild(Overview)
    assert isinstance(found, Overview)
    return found


def shown(view: TimelineView) -> tuple[int, int]:
    found = view.visible_range()
    assert found is not None
    return found


def drag(strip: Overview, start: int, end: int) -> None:
    middle = strip.height() // 2
    QTest.mousePress(strip, LEFT, NO_MODIFIER, QPoint(start, middle))
    QTest.mouseMove(strip, QPoint((start + end) // 2, middle))
    QTest.mouseMove(strip, QPoint(end, middle))
    QTest.mouseRelease(strip, LEFT, NO_MODIFIER, QPoint(end, middle))


def turn(target: Overview | TimelineView, place: QPoint, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    widget = target if isinstance(target, Overview) else area(target)
    position = QPointF(place)
    event = QWheelEvent(
        position,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def plot(view: TimelineView) -> ValuePlot:
    (row,) = area(view).rows
    assert isinstance(row, ValuePlot)
    return row


def test_the_strip_lies_below_the_plots_and_shows_a_spike_of_one_sample(view: TimelineView) -> None:
    strip, plots = overview(view), area(view).plots_rect()
    assert strip.isVisible()
    assert (strip.strip().left(), strip.strip().right()) == (plots.left(), plots.right())
    assert strip.brush().intersected(strip.strip()) == strip.strip()
    image = strip.grab().toImage()
    middle = strip.strip().center().x()
    upper = strip.strip().top() + strip.strip().height() // 3
    assert any(image.pixelColor(x, upper) == RED for x in range(middle - 2, middle + 3))
    assert not any(image.pixelColor(x, upper) == RED for x in range(middle + 10, middle + 60))


@pytest.mark.parametrize("value", [1e17, -1e300, 0.0])
def test_a_value_that_never_changes_stands_at_the_foot_however_large_it_is(view: TimelineView, value: float) -> None:
    view.set_series([make_series(key(), JUNE + np.arange(61) * MINUTE, np.full(61, value), unit="kilometers")])
    strip = overview(view)
    image, middle = strip.grab().toImage(), strip.strip().center().x()
    red = [y for y in range(image.height()) if image.pixelColor(middle, y) == RED]
    assert red
    assert min(red) > strip.strip().top() + strip.strip().height() // 3


def test_a_drag_chooses_what_is_in_sight(view: TimelineView) -> None:
    strip = overview(view)
    whole, room = shown(view), strip.strip()
    drag(strip, room.left() + room.width() // 4, room.left() + room.width() // 2)
    start, end = shown(view)
    length = whole[1] - whole[0]
    pixel = length / room.width()
    assert abs(start - (whole[0] + length / 4)) <= 2 * pixel
    assert abs(end - (whole[0] + length / 2)) <= 2 * pixel


def test_the_brush_moves_and_its_edges_change_it(view: TimelineView) -> None:
    strip, room = overview(view), overview(view).strip()
    view.set_visible_range(JUNE + DAY, JUNE + 2 * DAY)
    strip.grab()
    brush = strip.brush()
    drag(strip, brush.center().x(), brush.center().x() + room.width() // 4)
    start, end = shown(view)
    assert end - start == DAY
    assert abs(start - (JUNE + 2 * DAY)) < HOUR
    brush = strip.brush()
    drag(strip, brush.left(), brush.left() - brush.width())
    earlier, same = shown(view)
    assert same == end
    assert abs(earlier - (start - DAY)) < HOUR
    brush = strip.brush()
    drag(strip, brush.right(), brush.left() - 200)
    # An edge stops at the other one; the shortest range is a millisecond.
    assert abs(shown(view)[0] - earlier) <= 1_000
    assert shown(view)[1] - shown(view)[0] == 1_000


def test_a_click_brings_a_place_into_sight_and_a_double_click_shows_all(view: TimelineView) -> None:
    strip, whole, room = overview(view), shown(view), overview(view).strip()
    view.set_visible_range(JUNE, JUNE + 6 * HOUR)
    strip.grab()
    QTest.mouseClick(strip, LEFT, NO_MODIFIER, QPoint(room.right() - 30, room.center().y()))
    start, end = shown(view)
    assert end - start == 6 * HOUR
    assert start > JUNE + 3 * DAY
    QTest.mouseDClick(strip, LEFT, NO_MODIFIER, room.center())
    assert shown(view) == whole


def test_the_wheel_over_the_strip_zooms(view: TimelineView) -> None:
    strip, (start, end) = overview(view), shown(view)
    turn(strip, strip.strip().center())
    new_start, new_end = shown(view)
    assert new_end - new_start < 0.7 * (end - start)
    assert abs((new_start + new_end) - (start + end)) < 2 * HOUR


def test_what_is_chosen_is_a_view_to_come_back_to(view: TimelineView, qtbot: QtBot) -> None:
    wait_for_rest(qtbot, view.navigation)
    whole, room = shown(view), overview(view).strip()
    drag(overview(view), room.left() + 100, room.left() + 200)
    wait_for_rest(qtbot, view.navigation)
    QTest.keyClick(area(view), Qt.Key.Key_Backspace)
    assert shown(view) == whole


def test_an_empty_timeline_has_no_strip(view: TimelineView) -> None:
    view.clear()
    assert not overview(view).isVisible()


def test_days_weeks_and_months_are_those_of_the_zone(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + DAY + 5 * HOUR)
    QTest.keyClick(area(view), Qt.Key.Key_1)
    assert shown(view) == (BERLIN_MIDNIGHT + DAY, BERLIN_MIDNIGHT + 2 * DAY)
    QTest.keyClick(area(view), Qt.Key.Key_PageDown)
    assert shown(view) == (BERLIN_MIDNIGHT + 2 * DAY, BERLIN_MIDNIGHT + 3 * DAY)
    QTest.keyClick(area(view), Qt.Key.Key_PageUp)
    QTest.keyClick(area(view), Qt.Key.Key_PageUp)
    assert shown(view) == (BERLIN_MIDNIGHT, BERLIN_MIDNIGHT + DAY)
    # 1 June 2026 is a Monday.
    QTest.keyClick(area(view), Qt.Key.Key_2)
    assert shown(view) == (BERLIN_MIDNIGHT, BERLIN_MIDNIGHT + 7 * DAY)
    QTest.keyClick(area(view), Qt.Key.Key_3)
    assert shown(view) == (BERLIN_MIDNIGHT, BERLIN_MIDNIGHT + 30 * DAY)
    QTest.keyClick(area(view), Qt.Key.Key_PageDown)
    assert shown(view) == (BERLIN_MIDNIGHT + 30 * DAY, BERLIN_MIDNIGHT + 61 * DAY)
    QTest.keyClick(area(view), Qt.Key.Key_0)
    assert shown(view)[0] <= JUNE
    assert shown(view)[1] >= JUNE + 4 * DAY - MINUTE


def test_without_a_cursor_the_newest_day_in_sight_is_shown(view: TimelineView) -> None:
    view.set_cursor_time(None)
    QTest.keyClick(area(view), Qt.Key.Key_1)
    # The last sample is from before two in the morning of the fifth in Berlin.
    assert shown(view) == (BERLIN_MIDNIGHT + 4 * DAY, BERLIN_MIDNIGHT + 5 * DAY)


def test_a_range_that_is_no_period_is_paged_by_its_length(view: TimelineView) -> None:
    view.set_visible_range(JUNE, JUNE + 90 * MINUTE)
    QTest.keyClick(area(view), Qt.Key.Key_PageDown)
    assert shown(view) == (JUNE + 90 * MINUTE, JUNE + 180 * MINUTE)


def test_the_wheel_with_ctrl_zooms_values_alone_and_with_shift_too_both(view: TimelineView) -> None:
    axis, place = plot(view).axes[0], area(view).plots_rect().center()
    before, span = shown(view), axis.scale.high - axis.scale.low
    turn(view, place, CONTROL)
    assert shown(view) == before
    assert axis.manual is not None
    assert axis.manual[1] - axis.manual[0] < 0.7 * span
    view.grab()
    span = axis.scale.high - axis.scale.low
    turn(view, place, CONTROL | SHIFT)
    assert shown(view)[1] - shown(view)[0] < 0.7 * (before[1] - before[0])
    assert axis.manual[1] - axis.manual[0] < 0.7 * span


def test_held_keys_do_what_ctrl_does_until_they_are_released(view: TimelineView) -> None:
    axis, place = plot(view).axes[0], area(view).plots_rect().center()
    before = shown(view)
    QTest.keyPress(area(view), Qt.Key.Key_V)
    turn(view, place)
    QTest.keyRelease(area(view), Qt.Key.Key_V)
    assert (shown(view), axis.manual is None) == (before, False)
    QTest.keyPress(area(view), Qt.Key.Key_B)
    turn(view, place)
    QTest.keyRelease(area(view), Qt.Key.Key_B)
    zoomed, values = shown(view), axis.manual
    assert zoomed[1] - zoomed[0] < before[1] - before[0]
    turn(view, place)
    assert axis.manual == values, "the wheel alone zooms the time"
    assert shown(view) != zoomed


def test_days_of_the_bucket_are_marked_where_the_zone_has_others(view: TimelineView) -> None:
    axis = area(view).axis
    assert axis.utc_days.tolist() == [JUNE + day * DAY for day in range(5)]
    frame = area(view).frame
    assert frame is not None
    x = round(area(view).x_of(JUNE + 2 * DAY))
    assert axis.tip_at(x, frame) == "2026-06-03 begins in UTC: batches from here on lie in that day"
    assert axis.tip_at(x + 40, frame) == ""
    image = area(view).grab().toImage()
    assert image.pixelColor(x, axis.rect.top()) == COLORS.muted
    view.set_time_zone(ZoneInfo("UTC"), "UTC")
    view.grab()
    assert axis.utc_days.tolist() == []
    assert "midnight" not in axis.title
    view.set_time_zone(ZoneInfo("Europe/London"), "Europe/London")
    view.set_visible_range(JUNE - 75 * DAY, JUNE - 55 * DAY)
    view.grab()
    # The clocks were put forward on 29 March 2026; until then the days were the same.
    assert axis.utc_days.tolist() == [JUNE - day * DAY for day in range(63, 54, -1)]


def test_what_lies_elsewhere_leaves_no_brush_behind(view: TimelineView) -> None:
    strip = overview(view)
    view.set_visible_range(JUNE - 900 * DAY, JUNE - 899 * DAY)
    image = strip.grab().toImage()
    room = strip.strip()
    colors = {image.pixelColor(x, room.center().y()).name() for x in range(room.left() - 8, room.left())}
    assert colors == {COLORS.background.name()}
    assert COLORS.accent.name() not in {image.pixelColor(x, room.bottom()).name() for x in range(image.width())}


def test_a_day_stands_once_where_several_labels_are_of_it() -> None:
    start, step, said = 1_792_530_000 * SECOND, Step("clock", 6 * HOUR), ""
    texts: list[str] = []
    for tick in ticks(start, start + 30 * HOUR, step, UTC):
        text, said = date_text(tick, step, UTC, said)
        texts.append(text)
    assert [text for text in texts if len(text) > len("00:00")] == ["2026-10-21 00:00", "2026-10-22 00:00"]
    assert texts[1:4] == ["06:00", "12:00", "18:00"]
