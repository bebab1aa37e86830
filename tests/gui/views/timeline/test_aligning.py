"""Vehicles that are compared from their first samples on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.fleet.periods import Period
from core.workspaces.layout import Alignment, SeriesLook, TimelineLayout
from gui.job_runner import JobRunner
from gui.views.timeline.jumps import Goal
from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.legend_model import Column
from gui.views.timeline.masking import Masking
from gui.views.timeline.overview import Overview
from gui.views.timeline.picture import PictureOptions
from gui.views.timeline.value_plot import ValuePlot
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series, SeriesKey

# Offscreen windows have no hints for a window manager.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ABSOLUTE, FIRST = Alignment.ABSOLUTE, Alignment.FIRST_SAMPLE
ONE, TWO = key(vin="VIN1"), key(vin="VIN2")
LOCK, SPEED = key("doors.locks_state", "VIN1"), key("diagnostics.speed", "VIN2")
# The second vehicle begins nine days and an hour later. The first one's doors are what it sends first.
START, LATER = JUNE, JUNE + 9 * DAY + HOUR


def fleet() -> list[Series]:
    return [
        make_series(ONE, START + MINUTE + np.arange(5) * HOUR, [100, 101, 102, 103, 104], unit="kilometers"),
        make_series(LOCK, [START, START + 2 * HOUR], text=["locked", "unlocked"]),
        make_series(TWO, LATER + np.arange(4) * HOUR, [200, 201, 202, 203], unit="kilometers"),
        make_series(SPEED, []),
    ]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.set_time_zone(ZoneInfo("Europe/Berlin"), "Europe/Berlin")
    view.show()
    view.set_series(fleet())
    view.grab()
    return view


def align(view: TimelineView, alignment: Alignment = FIRST) -> None:
    view.editing.align(alignment)
    view.grab()


def drawn(view: TimelineView) -> dict[SeriesKey, list[int]]:
    """When each curve and each lane has samples."""
    found: dict[SeriesKey, list[int]] = {}
    metrics = area(view).fontMetrics()
    for row in area(view).rows:
        if isinstance(row, ValuePlot):
            found.update({line.key: line.time.tolist() for line in row.lines})
        elif isinstance(row, LanesPlot):
            lanes = (row.lane_at(row.rect_of(key, metrics).center().y(), metrics) for key in row.keys())  # noqa: SIM118
            found.update({lane.trace.key: lane.trace.time.tolist() for lane in lanes if lane})
    return found


def legend(view: TimelineView, key: SeriesKey, column: Column, role: int = Qt.ItemDataRole.DisplayRole) -> str:
    model = view.legend.model()
    assert model is not None
    return str(model.index(view.keys().index(key), column).data(role))


def test_each_vehicle_begins_at_zero_and_its_series_keep_their_places(view: TimelineView) -> None:
    align(view)
    assert drawn(view) == {
        ONE: [MINUTE + number * HOUR for number in range(5)],
        LOCK: [0, 2 * HOUR],
        TWO: [0, HOUR, 2 * HOUR, 3 * HOUR],
    }
    start, end = area(view).time_range or (0, 0)
    # All of it, with a fiftieth of four hours and a minute on both sides.
    assert (start, end) == (-289_200_000, 4 * HOUR + MINUTE + 289_200_000)
    assert [tick.label for tick in area(view).axis.ticks][:3] == ["0", "00:15", "00:30"]
    assert area(view).axis.title == "Time since each vehicle's first sample"
    assert area(view).axis.utc_days.tolist() == []
    assert (
        area(view).accessibleDescription().startswith("4 series from \u221200:04:49 to +04:05:49, since each vehicle's")
    )


def test_the_samples_handed_out_keep_the_moments_that_were_sent(view: TimelineView) -> None:
    align(view)
    sent = view.series(TWO)
    assert sent is not None
    assert sent.time.tolist() == [LATER + number * HOUR for number in range(4)]
    assert view.visible_range() is None
    area(view).set_cursor_time(HOUR)
    assert view.cursor_time() is None
    told: list[object] = []
    view.cursor_moved.connect(told.append)
    area(view).set_cursor_time(2 * HOUR)
    view.set_cursor_time(START)
    assert area(view).cursor_time == 2 * HOUR
    assert told == []
    align(view, ABSOLUTE)
    assert told == [None]


def test_hours_across_a_change_of_the_clocks_are_hours_that_passed(view: TimelineView) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # 2026-03-28 12:00 and 2026-03-29 12:00 in Berlin: the clocks were set forward between them.
    saturday, sunday = 1_774_695_600_000_000, 1_774_778_400_000_000
    view.set_time_zone(berlin, "Europe/Berlin")
    view.set_series([make_series(ONE, [saturday, sunday], [1, 2]), make_series(TWO, [sunday, sunday + DAY], [1, 2])])
    align(view)
    assert drawn(view) == {ONE: [0, 23 * HOUR], TWO: [0, DAY]}
    area(view).set_cursor_time(23 * HOUR)
    tip = legend(view, ONE, Column.VALUE, Qt.ItemDataRole.ToolTipRole)
    assert "This value came at Sun, 29 Mar 2026, 12:00:00 +02:00" in tip
    assert "Times are counted from Sat, 28 Mar 2026, 12:00:00 +01:00" in tip
    assert legend(view, TWO, Column.AGE) == "23 h 0 min"


def test_nothing_is_held_beyond_what_was_known_of_any_vehicle(view: TimelineView) -> None:
    align(view)
    frame = area(view).frame
    assert frame is not None
    # The last sample of all was the second vehicle's, three hours after its first.
    assert (frame.data_end_of("VIN2"), frame.data_end_of("VIN1")) == (3 * HOUR, LATER + 3 * HOUR - START)
    row = next(row for row in area(view).rows if TWO in set(row.keys()))
    assert isinstance(row, ValuePlot)
    axis = row.axis_of(TWO)
    assert axis is not None
    image = area(view).grab().toImage()

    def color_at(time: int) -> str:
        return image.pixelColor(round(area(view).x_of(time)), round(axis.y_of(203.0))).name()

    assert color_at(3 * HOUR + 20 * MINUTE) == COLORS.plot.name()
    align(view, ABSOLUTE)
    assert (area(view).frame or frame).data_end_of("VIN1") == LATER + 3 * HOUR


def test_many_curves_end_where_each_of_them_does(view: TimelineView) -> None:
    later = [START + number * HOUR for number in range(40)]
    view.set_series([make_series(key(vin=f"V{time}"), [time, time + MINUTE], [1, 2]) for time in later])
    align(view)
    (row,) = area(view).rows
    assert isinstance(row, ValuePlot)
    area(view).set_time_range((-10 * MINUTE, 60 * HOUR))
    image = area(view).grab().toImage()
    axis = row.axes[0]

    def is_empty_at(time: int) -> bool:
        y = round(axis.y_of(2.0))
        return image.pixelColor(round(area(view).x_of(time)), y).name() == COLORS.plot.name()

    # The first vehicle's last value is held until the last one's, 39 hours and a minute after its first sample.
    assert not is_empty_at(38 * HOUR + 30 * MINUTE)
    assert is_empty_at(39 * HOUR + 30 * MINUTE)


def test_values_and_ages_at_the_cursor_are_each_vehicles_own(view: TimelineView) -> None:
    align(view)
    area(view).set_cursor_time(2 * HOUR + 30 * MINUTE)
    assert [legend(view, one, Column.VALUE) for one in (ONE, LOCK, TWO)] == ["102", "Unlocked", "202"]
    ages = [legend(view, one, Column.AGE) for one in (ONE, LOCK, TWO)]
    assert ages == ["29 min 0 s", "30 min 0 s", "30 min 0 s"]


def test_back_and_forth_keeps_what_was_in_sight_and_begins_a_new_history(view: TimelineView) -> None:
    view.set_visible_range(START, START + DAY)
    view.navigation.back()
    view.set_visible_range(START + HOUR, START + 2 * HOUR)
    align(view)
    assert not view.can_zoom_back()
    assert view.navigation.follows
    area(view).set_time_range((0, HOUR))
    align(view, ABSOLUTE)
    assert view.visible_range() == (START + HOUR, START + 2 * HOUR)
    assert not view.can_zoom_back()
    assert drawn(view)[TWO][0] == LATER
    align(view)
    assert area(view).time_range == (0, HOUR)


def test_what_followed_the_samples_does_so_again(view: TimelineView) -> None:
    whole = view.visible_range()
    align(view)
    align(view, ABSOLUTE)
    assert view.visible_range() == whole
    assert view.navigation.follows


def test_aligning_is_taken_back_like_other_changes(view: TimelineView) -> None:
    align(view)
    assert view.editing.undo_label == "align on first sample"
    view.editing.undo()
    view.grab()
    assert (view.aligning.alignment, drawn(view)[ONE][0]) == (ABSOLUTE, START + MINUTE)
    view.editing.redo()
    view.grab()
    assert (view.aligning.alignment, drawn(view)[ONE][0]) == (FIRST, MINUTE)


def test_cursor_and_region_of_before_are_gone(view: TimelineView) -> None:
    view.set_cursor_time(START + HOUR)
    area(view).pin_cursor(True)
    area(view).region.set_range((START, START + HOUR))
    align(view)
    assert area(view).cursor_time is None
    assert not area(view).is_cursor_pinned
    assert area(view).region.range is None


def test_the_calendar_leads_nowhere_and_pages_are_as_wide_as_the_view(view: TimelineView) -> None:
    align(view)
    area(view).set_time_range((0, HOUR))
    view.navigation.show_period(Period.DAY)
    view.navigation.go_to(START, None)
    view.set_visible_range(START, LATER)
    assert area(view).time_range == (0, HOUR)
    view.navigation.page(1)
    assert area(view).time_range == (HOUR, 2 * HOUR)


def test_a_point_leads_to_its_message_and_a_message_to_its_point(view: TimelineView, qtbot: QtBot) -> None:
    align(view)
    row = next(row for row in area(view).rows if TWO in set(row.keys()))
    assert isinstance(row, ValuePlot)
    axis = row.axis_of(TWO)
    assert axis is not None
    place = QPoint(round(area(view).x_of(2 * HOUR)), round(axis.y_of(202.0)))
    with qtbot.waitSignal(view.sample_activated) as told:
        QTest.mouseDClick(area(view), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [TWO, 2]
    view.show_sample(TWO, LATER + 3 * HOUR)
    assert area(view).cursor_time == 3 * HOUR
    with qtbot.waitSignal(view.sample_activated) as told:
        view.select_keys([TWO])
        view.show_message()
    assert told.args == [TWO, 3]


def test_jumps_go_from_sample_to_sample_as_they_are_drawn(view: TimelineView) -> None:
    align(view)
    area(view).set_cursor_time(0)
    stops = []
    for _ in range(4):
        view.reading.jump(Goal.SAMPLE, True)
        stops.append(area(view).cursor_time)
    assert stops == [MINUTE, HOUR, HOUR + MINUTE, 2 * HOUR]
    view.reading.jump(Goal.CHANGE, False)
    assert area(view).cursor_time == HOUR + MINUTE


def test_tips_of_states_tell_the_moment_with_its_zone(view: TimelineView) -> None:
    align(view)
    row = next(row for row in area(view).rows if isinstance(row, LanesPlot))
    frame = area(view).frame
    assert frame is not None
    middle = row.rect_of(LOCK, frame.metrics).center().y()
    tip = row.tip_at(round(area(view).x_of(3 * HOUR)), middle, frame)
    assert "Unlocked since +02:00:00 (Mon, 1 Jun 2026, 04:00:00 +02:00)" in tip


def test_the_overview_has_the_same_times(view: TimelineView) -> None:
    align(view)
    overview = view.findChild(Overview)
    assert overview is not None
    assert overview.accessibleDescription() == "In sight: \u221200:04:49 to +04:05:49"
    view.set_time_zone(ZoneInfo("UTC"), "UTC")
    view.grab()
    assert overview.accessibleDescription().startswith("In sight: \u221200:04:49")


def test_clocks_that_are_years_ahead_do_not_take_the_view_from_the_others(view: TimelineView, qtbot: QtBot) -> None:
    ahead = LATER + 80_000 * DAY
    view.add_series([make_series(SPEED, [LATER, ahead], [50, 60])])
    align(view)
    with qtbot.waitSignal(view.samples_left_out) as told:
        view.fit()
    assert told.args == ["1 sample lies at +80,000 d 00:00:00: not in view"]
    assert area(view).time_range == (-289_200_000, 4 * HOUR + MINUTE + 289_200_000)


def test_an_earlier_sample_that_comes_late_moves_its_vehicle(view: TimelineView) -> None:
    align(view)
    view.add_series([make_series(SPEED, [LATER - HOUR], [50])])
    view.grab()
    assert drawn(view)[SPEED] == [0]
    assert drawn(view)[TWO] == [HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]
    assert drawn(view)[ONE][0] == MINUTE
    view.remove_series([SPEED])
    view.grab()
    assert drawn(view)[TWO][0] == 0


def test_hidden_series_count_for_where_their_vehicle_begins(view: TimelineView) -> None:
    align(view)
    view.editing.set_visible([LOCK], False)
    view.grab()
    assert drawn(view)[ONE][0] == MINUTE


def test_empty_series_alone_have_no_times(view: TimelineView) -> None:
    view.set_series([make_series(SPEED, [])])
    align(view)
    assert area(view).time_range is None
    assert legend(view, SPEED, Column.VALUE) == "No samples"
    view.add_series(fleet())
    view.grab()
    assert drawn(view)[TWO][0] == 0


def test_a_layout_brings_its_alignment_and_what_was_in_sight(view: TimelineView) -> None:
    align(view)
    area(view).set_time_range((MINUTE, HOUR))
    area(view).set_cursor_time(2 * MINUTE)
    area(view).pin_cursor(True)
    kept = view.timeline_layout()
    assert (kept.alignment, kept.time_range, kept.cursor) == (FIRST, (MINUTE, HOUR), 2 * MINUTE)
    view.open_layout(TimelineLayout(looks={ONE: SeriesLook()}))
    assert view.aligning.alignment is ABSOLUTE
    view.open_layout(kept)
    view.add_series(fleet())
    view.grab()
    assert (view.aligning.alignment, area(view).time_range, area(view).cursor_time) == (
        FIRST,
        (MINUTE, HOUR),
        2 * MINUTE,
    )
    view.clear()
    assert view.aligning.alignment is ABSOLUTE


def test_pictures_have_the_same_times_and_no_vin_where_they_are_masked(view: TimelineView) -> None:
    align(view)
    picture = view.picture(PictureOptions(masking=Masking.NAMES), START)
    assert picture is not None
    text = picture.svg().decode()
    assert "Time since each vehicle's first sample" in text.replace("&apos;", "'").replace("&#39;", "'")
    assert "\u221200:04:49 to +04:05:49" in text
    assert "VIN1" not in text
    assert "Loading" not in text


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.shutdown()


def test_many_samples_are_shifted_by_a_job(view: TimelineView, jobs: JobRunner, qtbot: QtBot) -> None:
    count = 400_000
    view.set_series([make_series(ONE, START + np.arange(count) * MINUTE, np.arange(count)), *fleet()[2:]])
    view.aligning.set_jobs(jobs)
    with qtbot.waitSignal(view.aligning.shifted):
        view.editing.align(FIRST)
        view.grab()
        assert drawn(view) == {}
        assert legend(view, ONE, Column.VALUE) == "Loading \u2026"
        assert view.keys() == [ONE, TWO, SPEED]
    view.grab()
    assert drawn(view)[ONE][:2] == [0, MINUTE]
    assert drawn(view)[TWO][0] == 0
    assert view.navigation.follows
    start, end = area(view).time_range or (0, 0)
    assert start < 0 < (count - 1) * MINUTE < end
    # Newer samples take the place of those that are shown, which stay until then.
    with qtbot.waitSignal(view.aligning.shifted):
        view.add_series([make_series(ONE, START + np.arange(count + 1) * MINUTE, np.arange(count + 1))])
        view.grab()
        assert len(drawn(view)[ONE]) == count
    view.grab()
    assert len(drawn(view)[ONE]) == count + 1
    align(view, ABSOLUTE)
    assert drawn(view)[ONE][0] == START


def test_a_job_that_is_cancelled_with_all_others_leaves_nothing_unshown(
    view: TimelineView, jobs: JobRunner, qtbot: QtBot
) -> None:
    count = 400_000
    view.set_series([make_series(ONE, START + np.arange(count) * MINUTE, np.arange(count))])
    view.aligning.set_jobs(jobs)
    with qtbot.waitSignal(view.aligning.shifted):
        view.editing.align(FIRST)
        jobs.cancel_all()
    view.grab()
    assert drawn(view)[ONE][0] == 0
