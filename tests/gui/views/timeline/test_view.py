"""The timeline, driven by mouse and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from gui.models.series_mime import encode_series_keys
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.legend import Legend
from gui.views.timeline.notice import Notice
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, RED
from tests.waiting import wait_for_rest

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER, SPEED, LOCK = key("diagnostics.odometer"), key("diagnostics.speed"), key("doors.locks_state")
NO_MODIFIER, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def some_series() -> list[Series]:
    times = JUNE + np.arange(0, 241) * MINUTE
    return [
        make_series(ODOMETER, times, np.linspace(1_000, 1_240, 241), unit="kilometers"),
        make_series(SPEED, times, 50 + 50 * np.sin(np.arange(241) / 9), unit="kilometers_per_hour"),
        make_series(LOCK, [JUNE, JUNE + HOUR, JUNE + 4 * HOUR], text=["locked", "unlocked", "locked"]),
    ]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    view.show()
    view.set_series(some_series())
    give_keys(view, qtbot)
    view.setFocus()
    paint(view)
    return view


def paint(view: TimelineView) -> None:
    """As the screen would: lays out and paints what is due."""
    view.grab()


def plots(view: TimelineView) -> list[ValuePlot]:
    return [row for row in area(view).rows if isinstance(row, ValuePlot)]


def shown(view: TimelineView) -> tuple[int, int]:
    found = view.visible_range()
    assert found is not None
    return found


def words(view: TimelineView) -> str:
    notice = view.findChild(Notice)
    assert isinstance(notice, Notice)
    return notice.text if not notice.isHidden() else ""


def wheel(view: TimelineView, place: QPoint, delta: QPoint, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    target = area(view)
    event = QWheelEvent(
        QPointF(place),
        QPointF(target.mapToGlobal(place)),
        QPoint(),
        delta,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)
    paint(view)


def drag(view: TimelineView, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    target = area(view)
    QTest.mousePress(target, LEFT, modifiers, start)
    QTest.mouseMove(target, (start + end) / 2)
    QTest.mouseMove(target, end)
    QTest.mouseRelease(target, LEFT, modifiers, end)
    paint(view)


def test_the_first_series_are_shown_from_beginning_to_end(view: TimelineView) -> None:
    start, end = shown(view)
    assert start < JUNE < JUNE + 4 * HOUR < end
    assert end - start < 4.5 * HOUR
    assert [type(row) for row in area(view).rows] == [ValuePlot, ValuePlot, LanesPlot]
    assert view.keys() == [ODOMETER, SPEED, LOCK]
    lefts = {row.rect.left() for row in area(view).rows}
    assert len(lefts) == 1
    assert area(view).axis.title == "Time (Europe/Berlin, UTC+02:00) · ▾ UTC midnight"
    low, high = plots(view)[0].axes[0].scale.low, plots(view)[0].axes[0].scale.high
    assert 900 < low < 1_000 < 1_240 < high < 1_300


def test_the_wheel_zooms_time_around_the_pointer(view: TimelineView) -> None:
    place = plots(view)[0].rect.center() + QPoint(200, 0)
    before, moment = shown(view), area(view).time_at(place.x())
    wheel(view, place, QPoint(0, 240))
    after = shown(view)
    assert (after[1] - after[0]) / (before[1] - before[0]) == pytest.approx(0.64, rel=1e-6)
    assert moment is not None
    assert area(view).x_of(moment) == pytest.approx(place.x(), abs=0.01)
    wheel(view, place, QPoint(0, -240))
    assert shown(view) == pytest.approx(before, abs=2)


def test_the_wheel_sideways_or_with_shift_pans(view: TimelineView) -> None:
    place, before = plots(view)[0].rect.center(), shown(view)
    span = before[1] - before[0]
    wheel(view, place, QPoint(-120, 0))
    assert shown(view) == pytest.approx((before[0] + span / 10, before[1] + span / 10), abs=2)
    wheel(view, place, QPoint(0, 120), SHIFT)
    assert shown(view) == pytest.approx(before, abs=2)


def test_the_wheel_over_a_value_axis_zooms_that_axis_only(view: TimelineView) -> None:
    first, second = plots(view)
    before, others = (
        (first.axes[0].scale.low, first.axes[0].scale.high),
        (second.axes[0].scale.low, second.axes[0].scale.high),
    )
    times = shown(view)
    wheel(view, QPoint(10, first.rect.center().y()), QPoint(0, 120))
    after = first.axes[0].scale.low, first.axes[0].scale.high
    assert (after[1] - after[0]) == pytest.approx(0.8 * (before[1] - before[0]))
    assert (second.axes[0].scale.low, second.axes[0].scale.high) == others
    assert shown(view) == times
    QTest.mouseDClick(area(view), LEFT, NO_MODIFIER, QPoint(10, first.rect.center().y()))
    paint(view)
    assert (first.axes[0].scale.low, first.axes[0].scale.high) == before


def test_values_follow_what_is_in_sight_until_their_axis_is_zoomed(view: TimelineView) -> None:
    first = plots(view)[0]
    view.set_visible_range(JUNE, JUNE + HOUR)
    paint(view)
    assert 1_060 < first.axes[0].scale.high < 1_070
    wheel(view, QPoint(10, first.rect.center().y()), QPoint(0, -120))
    kept = first.axes[0].scale.low, first.axes[0].scale.high
    view.set_visible_range(JUNE, JUNE + 4 * HOUR)
    paint(view)
    assert (first.axes[0].scale.low, first.axes[0].scale.high) == kept
    QTest.keyClick(area(view), Qt.Key.Key_F, SHIFT)
    paint(view)
    assert first.axes[0].scale.high > 1_240
    assert shown(view) == (JUNE, JUNE + 4 * HOUR)


def test_dragging_takes_the_plot_along(view: TimelineView) -> None:
    place = plots(view)[0].rect.center()
    moment = area(view).time_at(place.x())
    assert moment is not None
    drag(view, place, place + QPoint(120, 30))
    assert area(view).x_of(moment) == pytest.approx(place.x() + 120, abs=0.6)
    assert plots(view)[0].axes[0].manual is None


def test_dragging_a_value_axis_moves_it(view: TimelineView) -> None:
    first, times = plots(view)[0], shown(view)
    low, place = first.axes[0].scale.low, QPoint(10, plots(view)[0].rect.center().y())
    span = first.axes[0].scale.high - first.axes[0].scale.low
    drag(view, place, place + QPoint(0, first.rect.height() // 4))
    assert first.axes[0].scale.low - low == pytest.approx(span / 4, rel=0.02)
    assert shown(view) == times


def test_shift_and_drag_zooms_into_a_rubber_band(view: TimelineView) -> None:
    first = plots(view)[0]
    start, end = first.rect.center() - QPoint(100, 30), first.rect.center() + QPoint(100, 30)
    times = area(view).time_at(start.x()), area(view).time_at(end.x())
    drag(view, start, end, SHIFT)
    assert None not in times
    assert shown(view) == times
    assert first.axes[0].manual is not None
    assert plots(view)[1].axes[0].manual is None
    # A flat band is about time only.
    place = plots(view)[1].rect.center()
    drag(view, place - QPoint(50, 2), place + QPoint(50, 2), SHIFT)
    assert plots(view)[1].axes[0].manual is None


def test_escape_ends_a_drag_without_effect(view: TimelineView) -> None:
    place, before = plots(view)[0].rect.center(), shown(view)
    QTest.mousePress(area(view), LEFT, NO_MODIFIER, place)
    QTest.mouseMove(area(view), place + QPoint(90, 0))
    assert shown(view) != before
    QTest.keyClick(area(view), Qt.Key.Key_Escape)
    assert shown(view) == before
    QTest.mouseRelease(area(view), LEFT, NO_MODIFIER, place + QPoint(90, 0))
    assert shown(view) == before


def test_a_double_click_on_an_empty_place_shows_all(view: TimelineView, qtbot: QtBot) -> None:
    whole = shown(view)
    view.set_visible_range(JUNE + HOUR, JUNE + 2 * HOUR)
    plots(view)[0].axes[0].zoom(0.5, 0.5)
    paint(view)
    row = plots(view)[1].rect
    QTest.mouseDClick(area(view), LEFT, NO_MODIFIER, row.topLeft() + QPoint(2, 2))
    paint(view)
    assert shown(view) == whole
    assert plots(view)[0].axes[0].manual is None


def test_a_double_click_on_a_sample_activates_it(view: TimelineView, qtbot: QtBot) -> None:
    view.set_visible_range(JUNE + HOUR, JUNE + HOUR + 20 * MINUTE)
    paint(view)
    x = round(area(view).x_of(JUNE + 70 * MINUTE))
    y = round(plots(view)[0].axes[0].y_of(1_070.0))
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.mouseDClick(area(view), LEFT, NO_MODIFIER, QPoint(x + 2, y - 2))
    assert told.args == [ODOMETER, 70]
    lanes = area(view).rows[-1].rect
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.mouseDClick(area(view), LEFT, NO_MODIFIER, QPoint(lanes.left() + 3, lanes.center().y()))
    assert told.args == [LOCK, 1]
    assert shown(view) == (JUNE + HOUR, JUNE + HOUR + 20 * MINUTE)


@pytest.mark.parametrize(
    ("pressed", "modifiers", "start", "end"),
    [
        (Qt.Key.Key_I, NO_MODIFIER, 30, 90),
        (Qt.Key.Key_O, NO_MODIFIER, -60, 180),
        (Qt.Key.Key_Plus, NO_MODIFIER, 30, 90),
        (Qt.Key.Key_Right, CONTROL, 30, 150),
        (Qt.Key.Key_Left, CONTROL, -30, 90),
    ],
)
def test_keys_zoom_and_pan(
    view: TimelineView, pressed: Qt.Key, modifiers: Qt.KeyboardModifier, start: int, end: int
) -> None:
    view.set_visible_range(JUNE, JUNE + 2 * HOUR)
    QTest.keyClick(area(view), pressed, modifiers)
    assert shown(view) == (JUNE + start * MINUTE, JUNE + end * MINUTE)


def test_backspace_goes_through_the_views(view: TimelineView, qtbot: QtBot) -> None:
    wait_for_rest(qtbot, view.navigation)
    whole = shown(view)
    place = plots(view)[0].rect.center()
    for _ in range(3):
        wheel(view, place, QPoint(0, 120))  # one turn of the wheel is one view
    wait_for_rest(qtbot, view.navigation)
    first = shown(view)
    wheel(view, QPoint(10, place.y()), QPoint(0, 120))
    QTest.keyClick(area(view), Qt.Key.Key_Backspace)  # also at once, before the view rests
    assert plots(view)[0].axes[0].manual is None
    assert shown(view) == first
    QTest.keyClick(area(view), Qt.Key.Key_Backspace)
    assert shown(view) == whole
    QTest.keyClick(area(view), Qt.Key.Key_Backspace, SHIFT)
    QTest.keyClick(area(view), Qt.Key.Key_Backspace, SHIFT)
    assert shown(view) == first
    assert plots(view)[0].axes[0].manual is not None
    QTest.keyClick(area(view), Qt.Key.Key_F)
    assert shown(view) == whole


def test_hovering_moves_the_cursor_and_the_legend_tells_the_values(view: TimelineView, qtbot: QtBot) -> None:
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)
    x = round(area(view).x_of(JUNE + 90 * MINUTE + MINUTE // 2))
    with qtbot.waitSignal(view.cursor_moved) as told:
        QTest.mouseMove(area(view), QPoint(x, plots(view)[0].rect.center().y()))
    assert abs(told.args[0] - (JUNE + 90 * MINUTE + MINUTE // 2)) < MINUTE // 2
    values = [legend.model().index(row, 3).data() for row in range(3)]
    assert values[0] == "1,090"
    assert values[2] == "Unlocked"
    assert legend.model().index(2, 5).data().startswith("30 min")
    assert view.cursor_time() == told.args[0]


def test_left_and_right_go_from_sample_to_sample(view: TimelineView, qtbot: QtBot) -> None:
    QTest.keyClick(area(view), Qt.Key.Key_Right)
    assert view.cursor_time() == JUNE
    QTest.keyClick(area(view), Qt.Key.Key_Right)
    assert view.cursor_time() == JUNE + MINUTE
    view.select_keys([LOCK])
    QTest.keyClick(area(view), Qt.Key.Key_Right)
    assert view.cursor_time() == JUNE + HOUR
    QTest.keyClick(area(view), Qt.Key.Key_Left)
    assert view.cursor_time() == JUNE
    QTest.keyClick(area(view), Qt.Key.Key_Left)
    assert view.cursor_time() == JUNE
    view.set_visible_range(JUNE - HOUR, JUNE + 30 * MINUTE)
    QTest.keyClick(area(view), Qt.Key.Key_Right)
    assert shown(view) == (JUNE + 15 * MINUTE, JUNE + 105 * MINUTE)


def test_enter_activates_the_sample_at_the_cursor(view: TimelineView, qtbot: QtBot) -> None:
    QTest.keyClick(area(view), Qt.Key.Key_Return)
    view.select_keys([LOCK])
    view.set_cursor_time(JUNE + 2 * HOUR)
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.keyClick(area(view), Qt.Key.Key_Return)
    assert told.args == [LOCK, 1]


def test_replacing_series_keeps_zoom_order_and_colours(view: TimelineView) -> None:
    view.set_visible_range(JUNE + HOUR, JUNE + 2 * HOUR)
    other = key("diagnostics.odometer", "VIN2")
    first, second, third = some_series()
    view.set_series([third, first, make_series(other, [JUNE], [5.0], unit="kilometers")])
    assert shown(view) == (JUNE + HOUR, JUNE + 2 * HOUR)
    assert view.keys() == [ODOMETER, LOCK, other]
    assert view.series(SPEED) is None
    assert view.series(ODOMETER) is first
    view.remove_series([other, LOCK])
    view.add_series([second])
    assert view.keys() == [ODOMETER, SPEED]
    view.clear()
    assert view.keys() == []
    assert view.visible_range() is None


def test_the_range_grows_with_the_data_until_it_is_zoomed(view: TimelineView) -> None:
    later = make_series(key("diagnostics.odometer", "VIN2"), [JUNE + 5 * DAY], [1.0], unit="kilometers")
    view.add_series([later])
    assert shown(view)[1] > JUNE + 5 * DAY
    view.zoom_time(0.5)
    zoomed = shown(view)
    view.add_series([make_series(key("diagnostics.odometer", "VIN3"), [JUNE + 9 * DAY], [1.0], unit="kilometers")])
    assert shown(view) == zoomed


def test_a_rest_is_told_once(view: TimelineView, qtbot: QtBot) -> None:
    wait_for_rest(qtbot, view.navigation)
    told: list[tuple[int, int]] = []
    view.range_changed.connect(lambda start, end: told.append((start, end)))
    for _ in range(5):
        view.pan(0.1)
    wait_for_rest(qtbot, view.navigation)
    assert told == [shown(view)]


def test_words_say_what_to_do_where_there_is_nothing(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.show()
    assert words(view) == "Nothing on the timeline yet"
    view.set_loading([ODOMETER, SPEED])
    assert words(view) == "Loading …"
    assert view.keys() == [ODOMETER, SPEED]
    view.set_series([make_series(ODOMETER, [])])
    assert words(view) == "No samples in this range"
    view.set_series(some_series())
    assert words(view) == ""
    view.set_visible_range(JUNE + 20 * DAY, JUNE + 21 * DAY)
    assert words(view) == "No samples in this range"
    paint(view)
    view.fit()
    assert words(view) == ""


def test_a_range_asked_for_before_the_series_come_is_kept(qtbot: QtBot) -> None:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.set_visible_range(JUNE, JUNE + HOUR)
    view.set_loading([ODOMETER])
    view.add_series(some_series())
    assert shown(view) == (JUNE, JUNE + HOUR)


def test_hidden_series_leave_no_row(view: TimelineView) -> None:
    legend = view.findChild(Legend)
    assert isinstance(legend, Legend)
    check = Qt.ItemDataRole.CheckStateRole
    legend.model().setData(legend.model().index(1, 0), Qt.CheckState.Unchecked, check)
    assert [type(row) for row in area(view).rows] == [ValuePlot, LanesPlot]
    legend.model().setData(legend.model().index(1, 0), Qt.CheckState.Checked, check)
    assert len(area(view).rows) == 3


def test_delete_asks_the_owner_to_remove_what_is_selected(view: TimelineView, qtbot: QtBot) -> None:
    view.select_keys([SPEED])
    assert view.selected_keys() == [SPEED]
    with qtbot.waitSignal(view.remove_requested) as told:
        QTest.keyClick(area(view), Qt.Key.Key_Delete)
    assert told.args == [[SPEED]]
    assert view.keys() == [ODOMETER, SPEED, LOCK]


def test_series_can_be_dropped(view: TimelineView, qtbot: QtBot) -> None:
    mime = encode_series_keys([SPEED, LOCK])
    copy, buttons = Qt.DropAction.CopyAction, LEFT
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, buttons, NO_MODIFIER)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    paint(view)
    QApplication.sendEvent(view, QDragLeaveEvent())
    QApplication.sendEvent(view, QDragEnterEvent(QPoint(50, 50), copy, mime, buttons, NO_MODIFIER))
    drop = QDropEvent(QPointF(50, 50), copy, mime, buttons, NO_MODIFIER)
    with qtbot.waitSignal(view.series_dropped) as told:
        QApplication.sendEvent(view, drop)
    assert told.args == [[SPEED, LOCK]]
    foreign = QMimeData()
    foreign.setText("hello")
    refused = QDragEnterEvent(QPoint(50, 50), copy, foreign, buttons, NO_MODIFIER)
    QApplication.sendEvent(view, refused)
    assert not refused.isAccepted()


def test_a_failure_tells_its_reason(view: TimelineView, qtbot: QtBot) -> None:
    times = [JUNE + n * MINUTE for n in range(60)]
    failing = [None] * 30 + ["rate_limit"] + [None] * 29
    value = [1.0] * 30 + [float("nan")] + [1.0] * 29
    lock: list[str | None] = ["locked", None]
    view.set_series(
        [
            make_series(ODOMETER, times, value, unit="kilometers", failure=failing),
            make_series(LOCK, [JUNE, JUNE + 30 * MINUTE], text=lock, failure=[None, "oem_error"]),
        ]
    )
    view.fit()
    paint(view)
    x = round(area(view).x_of(times[30]))
    number, lanes = area(view).rows
    frame = area(view).frame
    assert frame is not None
    assert number.tip_at(x, number.rect.bottom() - 6, frame) == "VIN1 · Odometer: no value, rate limit"
    assert number.tip_at(x + 60, number.rect.bottom() - 6, frame) == ""
    tip = lanes.tip_at(x, lanes.rect.center().y(), frame).splitlines()
    assert tip == ["VIN1 · Locks state", "Locked since Mon, 1 Jun 2026, 02:00:00", "No value, oem error"]
    QTest.mouseMove(area(view), QPoint(x, number.rect.bottom() - 6))
    assert QToolTip.text() == "VIN1 · Odometer: no value, rate limit"
    QToolTip.hideText()


def test_the_plot_says_when_points_are_reduced(view: TimelineView) -> None:
    assert plots(view)[0].reduced_text() == ""
    many = make_series(ODOMETER, JUNE + np.arange(1_200_000) * 1_000, np.arange(1_200_000), unit="kilometers")
    view.set_series([many])
    view.fit()
    paint(view)
    text = plots(view)[0].reduced_text()
    assert text.startswith("1.2 M samples drawn as ")
    assert text.endswith(" columns (min/max)")
    view.set_visible_range(JUNE, JUNE + 100_000)
    paint(view)
    assert plots(view)[0].reduced_text() == ""


def test_the_plot_counts_right_and_says_nothing_where_all_samples_are_seen(view: TimelineView) -> None:
    far = JUNE + 365 * 24 * HOUR

    def said(*values: float) -> str:
        times = [*(JUNE + number for number in range(len(values))), far]
        view.set_series([make_series(ODOMETER, times, [*values, values[-1]], unit="kilometers")])
        view.set_visible_range(JUNE - HOUR, JUNE + 24 * HOUR)
        paint(view)
        return plots(view)[0].reduced_text()

    assert said(1.0, 2.0, 3.0) == "3 samples drawn as 1 column (min/max)"
    assert said(1.0, 1.0, 3.0) == ""
    assert said(1.0, 3.0) == ""
    assert said(3.0, 3.0, 3.0, 3.0) == ""
    assert said(1.0, 2.0, 2.0, 3.0) == "4 samples drawn as 1 column (min/max)"


def test_many_plots_scroll_and_the_time_axis_stays(view: TimelineView) -> None:
    units = ["kilometers", "seconds", "degrees", "volts", "liters", "bars", "watts", "newtons", "lux", "hours"]
    series = [make_series(key(f"x.p{n}"), [JUNE, JUNE + HOUR], [1.0, 2.0], unit=unit) for n, unit in enumerate(units)]
    view.set_series(series)
    paint(view)
    last = area(view).rows[-1]
    axis_top = area(view).axis.rect.top()
    assert last.rect.top() > axis_top
    bar = next(child for child in area(view).children() if child.metaObject().className() == "QScrollBar")
    bar.setProperty("value", bar.property("maximum"))
    paint(view)
    assert last.rect.bottom() < axis_top == area(view).axis.rect.top()


def test_selected_curves_stand_out_and_colours_can_change(view: TimelineView) -> None:
    def reds() -> int:
        image = area(view).grab().toImage()
        rect = plots(view)[0].rect
        pixels = ((x, y) for x in range(rect.left(), rect.right()) for y in range(rect.top(), rect.bottom(), 2))
        return sum(image.pixelColor(x, y) == RED for x, y in pixels)

    plain = reds()
    view.select_keys([ODOMETER])
    assert reds() > plain > 0
    view.select_keys([SPEED])
    assert reds() == 0
    view.set_colors(None)
    assert reds() == 0


def test_screen_readers_get_names(view: TimelineView, qtbot: QtBot) -> None:
    wait_for_rest(qtbot, view.navigation)
    assert view.accessibleName() == "Timeline"
    assert area(view).accessibleName() == "Timeline plots"
    assert area(view).accessibleDescription().startswith("3 series from Mon, 1 Jun 2026, 01:55")
    assert area(view).hasFocus()
