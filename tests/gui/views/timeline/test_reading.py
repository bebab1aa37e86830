"""Reading the timeline: the cursor with its pin, dates and values that say which they are, the legend at any width."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar

from gui.views.timeline.legend import Legend
from gui.views.timeline.legend_model import OF_NUMBERS, OF_REGION, Column
from gui.views.timeline.legend_widths import fitted_widths
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.keys import give_keys
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NO_MODIFIER, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
BERLIN = ZoneInfo("Europe/Berlin")
COLUMNS = [column for column in Column if column not in OF_REGION]
UNITS = ("kilometers", "kilometers_per_hour", "volts", "liters", "watts", "hours", "lux", "bars")


def some_series(count: int = 2) -> list[Series]:
    """Series of different units, a sample a minute for four hours."""
    times = JUNE + np.arange(241) * MINUTE
    return [
        make_series(key(f"x.property_{number}"), times, np.linspace(0, 100, 241), unit=unit)
        for number, unit in enumerate(UNITS[:count])
    ]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(BERLIN, "Europe/Berlin")
    view.show()
    view.set_series(some_series())
    give_keys(view, qtbot)
    view.setFocus()
    view.grab()
    return view


def shown(view: TimelineView) -> tuple[int, int]:
    found = view.visible_range()
    assert found is not None
    return found


def scroll_bar(view: TimelineView) -> QScrollBar:
    found = area(view).findChild(QScrollBar)
    assert isinstance(found, QScrollBar)
    return found


def test_plots_that_are_scrolled_away_leave_no_rings(view: TimelineView) -> None:
    view.set_series(some_series(8))
    view.set_cursor_time(JUNE + 2 * HOUR)
    view.grab()
    axis = area(view).axis.rect
    cut = next(row for row in area(view).rows if row.rect.center().y() >= axis.top() + 38)
    # The value at the cursor is in the middle of its plot: this moves it over the time axis, below the cursor's label.
    bar = scroll_bar(view)
    bar.setValue(bar.value() + cut.rect.center().y() - axis.top() - 38)
    image = area(view).grab().toImage()
    assert cut.rect.center().y() in range(axis.top() + 30, axis.top() + 46)
    x = round(area(view).x_of(JUNE + 2 * HOUR))
    colors = {
        QColor(image.pixelColor(x + dx, cut.rect.center().y() + dy)).name() for dx in range(-6, 7) for dy in (-4, 4)
    }
    assert not colors & {color.name() for color in COLORS.series}


def test_what_the_samples_move_is_no_view_to_go_back_to(view: TimelineView, qtbot: QtBot) -> None:
    for days in (1, 2, 3):
        with qtbot.waitSignal(view.range_changed):
            late = make_series(key("x.late"), [JUNE, JUNE + days * DAY], [1.0, 2.0], unit="kilometers")
            view.add_series([late])
        assert not view.can_zoom_back()
    whole = shown(view)
    view.set_visible_range(JUNE, JUNE + HOUR)
    view.fit()  # at once: the view between never rests
    with qtbot.waitSignal(view.range_changed):
        view.zoom_time(0.5)
    with qtbot.waitSignal(view.range_changed):
        view.fit()
    with qtbot.waitSignal(view.range_changed):
        view.add_series([make_series(key("x.late"), [JUNE, JUNE + 5 * DAY], [1.0, 2.0], unit="kilometers")])
    assert view.can_zoom_back()
    view.zoom_back()
    assert shown(view)[1] - shown(view)[0] == pytest.approx((whole[1] - whole[0]) / 2)
    view.zoom_back()
    assert shown(view) == whole
    assert not view.can_zoom_back()


def test_all_dates_of_an_axis_have_one_form(view: TimelineView) -> None:
    for hours in (30, 60, 90, 120, 150, 200, 300):
        for shift in range(0, 24, 5):
            start = JUNE + shift * HOUR
            view.set_visible_range(start, start + hours * HOUR)
            view.grab()
            frame = area(view).frame
            assert frame is not None
            texts = [text for _, _, text in area(view).axis.contexts(frame) if text]
            assert len({(len(text.split()), text[:3].isalpha()) for text in texts}) == 1, texts


def test_a_date_that_lacks_room_is_left_out(view: TimelineView) -> None:
    # Ten minutes of one day, and most of the next.
    midnight = round(datetime(2026, 6, 2, tzinfo=BERLIN).timestamp()) * 1_000_000
    view.set_visible_range(midnight - 10 * MINUTE, midnight + 20 * HOUR)
    view.grab()
    frame = area(view).frame
    assert frame is not None
    assert [text for _, _, text in area(view).axis.contexts(frame)] == ["", "Tue, 2 Jun 2026"]
    view.set_visible_range(midnight + HOUR, midnight + DAY)
    view.grab()
    frame = area(view).frame
    assert frame is not None
    assert area(view).axis.contexts(frame)[0] == (area(view).axis.rect.x(), midnight + HOUR, "Tue, 2 Jun 2026")


def mouse_to(view: TimelineView, time: int) -> None:
    """Moves the mouse over the first plot at a moment."""
    QTest.mouseMove(area(view), at(view, time))


def at(view: TimelineView, time: int) -> QPoint:
    return QPoint(round(area(view).x_of(time)), area(view).rows[0].rect.center().y())


def cursor(view: TimelineView) -> int:
    """Minutes of the cursor since the first sample."""
    time = view.cursor_time()
    assert time is not None
    return round((time - JUNE) / MINUTE)


def test_a_click_pins_the_cursor_and_escape_lets_it_go(view: TimelineView) -> None:
    plain = area(view).grab().toImage()
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + HOUR))
    assert cursor(view) == 60
    mouse_to(view, JUNE + 3 * HOUR)
    assert cursor(view) == 60
    assert area(view).grab().toImage() != plain
    QTest.keyClick(area(view), Qt.Key.Key_Escape)
    assert cursor(view) == 60
    mouse_to(view, JUNE + 2 * HOUR)
    assert cursor(view) == 120


def test_a_click_elsewhere_moves_the_pin_and_one_on_it_takes_it_away(view: TimelineView) -> None:
    for hour in (1, 3):
        QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + hour * HOUR))
        mouse_to(view, JUNE + 2 * HOUR)
        assert cursor(view) == 60 * hour
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + 3 * HOUR) + QPoint(2, 20))
    mouse_to(view, JUNE + 150 * MINUTE)
    assert cursor(view) == 150


def test_a_pin_is_painted(view: TimelineView) -> None:
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + HOUR))
    pinned = area(view).grab().toImage()
    area(view).pin_cursor(False)
    assert area(view).grab().toImage() != pinned


def test_a_double_click_leaves_the_cursor_as_it_was(view: TimelineView) -> None:
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + HOUR))
    view.set_visible_range(JUNE, JUNE + 4 * HOUR)
    place = at(view, JUNE + 3 * HOUR) + QPoint(0, -60)
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, place)
    assert cursor(view) == 180
    QTest.mouseDClick(area(view), LEFT, NO_MODIFIER, place)
    mouse_to(view, JUNE + 2 * HOUR)
    assert cursor(view) == 60


def test_a_drag_that_ends_where_nobody_tells_does_not_stick(view: TimelineView) -> None:
    start = at(view, JUNE + HOUR)
    QTest.mousePress(area(view), LEFT, NO_MODIFIER, start)
    QTest.mouseMove(area(view), start + QPoint(50, 0))
    dragged = shown(view)
    place = QPointF(start + QPoint(90, 0))
    free = Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, place, area(view).mapToGlobal(place), free, free, NO_MODIFIER)
    QApplication.sendEvent(area(view), move)
    assert shown(view) == dragged
    QTest.mouseRelease(area(view), LEFT, NO_MODIFIER, start)


def test_a_band_may_end_outside(view: TimelineView) -> None:
    start = at(view, JUNE + 2 * HOUR)
    end = shown(view)[1]
    for outside in (QPoint(4000, 60), QPoint(4000, -900)):
        view.fit()
        QTest.mousePress(area(view), LEFT, Qt.KeyboardModifier.ShiftModifier, start)
        QTest.mouseMove(area(view), start + QPoint(40, 30))
        QTest.mouseMove(area(view), start + outside)
        QTest.mouseRelease(area(view), LEFT, Qt.KeyboardModifier.ShiftModifier, start + outside)
        assert shown(view)[0] == pytest.approx(JUNE + 2 * HOUR, abs=MINUTE)
        assert shown(view)[1] == pytest.approx(end, abs=2 * MINUTE)


def legend(view: TimelineView) -> Legend:
    found = view.findChild(Legend)
    assert isinstance(found, Legend)
    return found


def test_a_sample_is_shown_with_its_series(view: TimelineView) -> None:
    view.set_series(some_series(8))
    view.set_visible_range(JUNE, JUNE + HOUR)
    wanted = key("x.property_7")
    legend(view).model().setData(
        legend(view).model().index(7, Column.VEHICLE), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    view.grab()
    view.show_sample(wanted, JUNE + 3 * HOUR)
    view.grab()
    assert shown(view) == (JUNE + 150 * MINUTE, JUNE + 210 * MINUTE)
    assert cursor(view) == 180
    assert view.selected_keys() == [wanted]
    assert legend(view).rect().contains(legend(view).visualRect(legend(view).model().index(7, 0)))
    row = area(view).rows[-1]
    assert row.keys() == [wanted]
    assert area(view).plots_rect().contains(row.rect.center())
    mouse_to(view, JUNE + 160 * MINUTE)
    assert cursor(view) == 180
    view.show_sample(key("x.property_0"), JUNE + 170 * MINUTE)
    view.grab()
    assert shown(view) == (JUNE + 150 * MINUTE, JUNE + 210 * MINUTE)
    assert area(view).rows[0].header.top() >= 0


def test_a_sample_of_a_clock_years_ahead_does_not_take_the_view_from_all_others(
    view: TimelineView, qtbot: QtBot
) -> None:
    whole = shown(view)
    end_of_time = round(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1_000_000
    ahead = make_series(key("x.ahead"), [JUNE, JUNE + HOUR, end_of_time], [1.0, 2.0, 3.0], unit="volts")
    with qtbot.assertNotEmitted(view.samples_left_out):
        QTest.keyClick(view, Qt.Key.Key_F)
    view.add_series([ahead])
    assert shown(view) == whole
    view.zoom_time(0.5)
    with qtbot.waitSignal(view.samples_left_out) as told:
        QTest.keyClick(view, Qt.Key.Key_F)
    assert told.args == ["1 sample lies at 9999-12-31: not in view"]
    assert shown(view) == whole
    # Where there is nothing else it is shown.
    with qtbot.assertNotEmitted(view.samples_left_out):
        view.set_series([make_series(key("x.ahead"), [end_of_time // 2], [3.0], unit="volts")])
        QTest.keyClick(view, Qt.Key.Key_F)
    assert shown(view)[0] <= end_of_time // 2 <= shown(view)[1]


def test_a_series_is_scrolled_to_once_it_is_here(view: TimelineView) -> None:
    many = some_series(8)
    wanted = many[-1].key
    view.set_series(many[:-1])
    view.grab()
    view.set_loading([wanted])
    view.reveal(wanted)
    view.add_series(many[-1:])
    view.grab()

    def in_sight(number: int) -> bool:
        row = legend(view).visualRect(legend(view).model().index(number, 0))
        return legend(view).rect().contains(row) and area(view).plots_rect().contains(area(view).rows[number].rect)

    assert in_sight(7)
    assert view.selected_keys() == []
    scroll_bar(view).setValue(0)
    view.add_series(many[-1:])
    view.grab()
    assert area(view).rows[0].header.top() >= 0
    legend(view).verticalScrollBar().setValue(legend(view).verticalScrollBar().maximum())
    scroll_bar(view).setValue(scroll_bar(view).maximum())
    view.reveal(many[0].key)
    view.grab()
    assert in_sight(0)


def test_the_cursor_leaves_with_the_mouse_unless_it_is_pinned(view: TimelineView) -> None:
    plain = area(view).grab().toImage()
    mouse_to(view, JUNE + HOUR)
    assert cursor(view) == 60
    value = legend(view).model().index(0, Column.VALUE)
    assert value.data() == "25"
    QApplication.sendEvent(area(view), QEvent(QEvent.Type.Leave))
    assert cursor(view) == 60  # the mouse is over the legend, which tells the values at the cursor
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.cursor_time() is None
    assert value.data() == "100"
    assert area(view).grab().toImage() == plain
    QTest.mouseClick(area(view), LEFT, NO_MODIFIER, at(view, JUNE + HOUR))
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert cursor(view) == 60


def test_a_sample_is_shown_once_its_series_is_loaded(view: TimelineView) -> None:
    wanted = key("x.late")
    view.set_visible_range(JUNE, JUNE + HOUR)
    view.show_sample(wanted, JUNE + 2 * HOUR)
    view.set_loading([wanted])
    assert view.cursor_time() is None
    view.add_series([make_series(wanted, [JUNE, JUNE + 2 * HOUR], text=["on", "off"])])
    assert cursor(view) == 120
    assert shown(view) == (JUNE + 90 * MINUTE, JUNE + 150 * MINUTE)
    assert view.selected_keys() == [wanted]
    # It is shown once, not whenever samples come.
    view.set_cursor_time(JUNE + 100 * MINUTE)
    view.add_series([make_series(wanted, [JUNE, JUNE + 3 * HOUR], text=["on", "off"])])
    assert cursor(view) == 100


def test_what_does_not_come_is_not_waited_for(view: TimelineView) -> None:
    wanted = key("x.late")
    late = make_series(wanted, [JUNE, JUNE + 2 * HOUR], [1.0, 2.0])
    ways: list[Callable[[], None]] = [
        lambda: view.set_loading([]),
        lambda: view.remove_series([wanted]),
        view.clear,
    ]
    for given_up in ways:
        view.show_sample(wanted, JUNE + 2 * HOUR)
        view.set_loading([wanted])
        given_up()
        view.add_series([late])
        assert view.cursor_time() is None
        view.remove_series([wanted])


def test_a_lane_is_scrolled_to(view: TimelineView) -> None:
    lanes = [make_series(key(f"doors.locks.part_{n}"), [JUNE, JUNE + HOUR], text=["a", "b"]) for n in range(40)]
    view.set_series(lanes)
    view.grab()
    view.show_sample(lanes[35].key, JUNE)
    view.grab()
    plots, row = area(view).plots_rect(), area(view).rows[-1]
    found = row.rect_of(lanes[35].key, area(view).fontMetrics())
    assert plots.top() <= found.top() < found.bottom() <= plots.bottom()


def test_lane_names_leave_two_thirds_to_the_lanes(view: TimelineView) -> None:
    name = "x.a_property_with_a_name_that_goes_on_and_on"
    view.set_series([make_series(key(name), [JUNE, JUNE + HOUR], text=["a", "b"])])
    for width in (900, 700, 500, 400, 300):
        view.resize(width, 500)
        view.grab()
        assert area(view).rows[0].rect.left() <= width / 3


def test_enter_in_the_legend_activates_the_value_it_shows(view: TimelineView, qtbot: QtBot) -> None:
    view.select_keys([key("x.property_1")])
    legend(view).setFocus()
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.keyClick(legend(view), Qt.Key.Key_Return)
    assert told.args == [key("x.property_1"), 240]
    view.set_cursor_time(JUNE + HOUR)
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.keyClick(legend(view), Qt.Key.Key_Enter)
    assert told.args == [key("x.property_1"), 60]


def seen_columns(view: TimelineView) -> list[Column]:
    """The columns that are in sight as a whole."""
    table, room = legend(view), legend(view).viewport().width()
    return [
        column
        for column in Column
        if not table.isColumnHidden(column)
        and table.columnViewportPosition(column) >= 0
        and table.columnViewportPosition(column) + table.columnWidth(column) <= room
    ]


def test_values_stay_in_sight_however_narrow_the_legend_is(view: TimelineView) -> None:
    assert Column.COMPONENT not in seen_columns(view)
    parts = make_series(key("x.doors.front_left"), [JUNE, JUNE + HOUR], [1.0, 2.0])
    view.add_series([parts])
    assert seen_columns(view) == COLUMNS
    for width in (1200, 900, 700, 600, 540):
        view.resize(width, 500)
        view.grab()
        assert {Column.VALUE, Column.UNIT, Column.AGE} <= set(seen_columns(view)), width
    assert Column.SAMPLES not in seen_columns(view)
    view.resize(1200, 500)
    view.grab()
    assert seen_columns(view) == COLUMNS
    view.remove_series([parts.key])
    assert Column.COMPONENT not in seen_columns(view)


def test_columns_give_way_in_order() -> None:
    wanted = dict.fromkeys(COLUMNS, 150)
    assert fitted_widths(1050, wanted) == wanted
    assert fitted_widths(1000, wanted) == wanted | {Column.SAMPLES: 100}
    assert fitted_widths(950, wanted) == wanted | {Column.SAMPLES: 72, Column.AGE: 128}
    # What tells no rows apart gives way first.
    assert fitted_widths(1000, wanted, {Column.VEHICLE}) == wanted | {Column.VEHICLE: 130, Column.SAMPLES: 120}
    # Components are easily read as long as anything is.
    assert fitted_widths(724, wanted)[Column.COMPONENT] == 120
    narrow = fitted_widths(550, wanted)
    assert Column.SAMPLES not in narrow
    assert sum(narrow.values()) <= 550
    assert narrow[Column.VALUE] == narrow[Column.AGE] == 92


def test_numbers_of_a_region_are_never_cut() -> None:
    wanted = dict.fromkeys((Column.VEHICLE, Column.PROPERTY, Column.VALUE, Column.AGE, *OF_NUMBERS), 130)
    narrow = fitted_widths(600, wanted | {Column.IN_REGION: 100})
    assert {narrow[column] for column in OF_NUMBERS} == {130}
    assert Column.AGE not in narrow


def test_components_can_be_read_beside_the_panels_of_a_window_of_1280_pixels(view: TimelineView) -> None:
    parts = ["front_left.pressure", "rear_right_outer.pressure"]
    tires = [make_series(key(f"diagnostics.tire_pressures.{part}"), [JUNE], [2.5], unit="bars") for part in parts]
    view.resize(836, 500)
    view.set_series([make_series(key("diagnostics.odometer"), [JUNE], [1.0], unit="kilometers"), *tires])
    view.grab()
    table = legend(view)
    assert seen_columns(view) == COLUMNS
    for row in (1, 2):
        index = table.model().index(row, Column.COMPONENT)
        assert table.fontMetrics().horizontalAdvance(str(index.data())) + 6 <= table.columnWidth(Column.COMPONENT)


def test_a_column_moved_by_hand_keeps_its_width(view: TimelineView) -> None:
    table = legend(view)
    table.horizontalHeader().resizeSection(Column.VALUE, 150)
    view.resize(540, 500)
    view.grab()
    view.resize(1200, 500)
    view.grab()
    assert table.columnWidth(Column.VALUE) == 150


def test_the_timeline_fits_into_a_small_window(view: TimelineView) -> None:
    assert view.minimumSizeHint().height() <= 200
    view.resize(500, 200)
    view.grab()
    assert view.height() == 200
    assert legend(view).height() >= legend(view).minimumSizeHint().height()
    assert area(view).rows[0].rect.height() > 0


def test_the_wheel_over_lanes_and_their_names_zooms_time(view: TimelineView) -> None:
    view.set_series([make_series(key("doors.locks_state"), [JUNE, JUNE + HOUR], text=["locked", "unlocked"])])
    view.grab()
    lane = area(view).rows[0].rect
    for place in (QPointF(lane.center()), QPointF(10, lane.center().y())):
        start, end = shown(view)
        free, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
        turn = QPoint(0, 120)
        where = area(view).mapToGlobal(place)
        QApplication.sendEvent(area(view), QWheelEvent(place, where, QPoint(), turn, free, NO_MODIFIER, phase, False))
        assert shown(view)[1] - shown(view)[0] == pytest.approx(0.8 * (end - start))


def test_delete_in_the_legend_asks_for_removal(view: TimelineView, qtbot: QtBot) -> None:
    view.select_keys([key("x.property_1")])
    with qtbot.waitSignal(view.remove_requested) as told:
        QTest.keyClick(legend(view), Qt.Key.Key_Delete)
    assert told.args == [[key("x.property_1")]]
