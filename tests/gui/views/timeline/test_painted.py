"""What plots paint, pixel by pixel, against pictures computed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter

from core.workspaces.layout import Shape
from gui.views.timeline.bands import Bands, covered_columns, paint_bands, reduce_bands, reduce_lanes
from gui.views.timeline.frame import Frame, Look
from gui.views.timeline.plot_area import PlotArea
from gui.views.timeline.reduction import ColumnGrid
from gui.views.timeline.trace import lines_of, states_of
from gui.views.timeline.value_plot import ValuePlot
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, GREEN, GREY, RED, WHITE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

    Pixels = NDArray[np.uint32]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

ODOMETER, SPEED = key("diagnostics.odometer"), key("diagnostics.speed")
COLUMNS, ROWS = 60, 41
GRID = ColumnGrid(0, COLUMNS * MINUTE, COLUMNS)


def frame_of(grid: ColumnGrid, scale: float = 1.0, data_end: int = 0) -> Frame:
    none = np.empty(0, np.int64)
    return Frame(grid, scale, COLORS, data_end, none, none, QFont(), QFontMetrics(QFont()), ZoneInfo("UTC"))


def picture(series: list[Series], looks: list[Look], grid: ColumnGrid = GRID, scale: int = 1) -> Pixels:
    """The inside of a plot of 60 × 41 pixels whose axes reach from 0 to 40, and twice as many on a finer screen."""
    plot = ValuePlot()
    plot.set_content([line for one in series for line in lines_of(one)], {})
    plot.set_looks({one.key: look for one, look in zip(series, looks, strict=True)})
    plot.rect, plot.header = QRect(100, 20, COLUMNS, ROWS), QRect(100, 0, COLUMNS, 20)
    for number, axis in enumerate(plot.axes):
        # Every further axis shows half as much in the same height.
        axis.manual = 0.0, 40.0 / 2**number
    frame = frame_of(grid, scale, max(int(one.time[-1]) for one in series))
    plot.prepare(frame)
    image = QImage(200 * scale, 80 * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(WHITE)
    painter = QPainter(image)
    plot.paint(painter, frame)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(80 * scale, 200 * scale)
    inside: Pixels = pixels[20 * scale : (20 + ROWS) * scale, 100 * scale : (100 + COLUMNS) * scale].copy()
    return inside


def series_at(columns: list[int], values: list[float], name: str = "diagnostics.odometer", unit: str = "") -> Series:
    return make_series(key(name), np.array(columns) * MINUTE, values, unit=unit or "kilometers")


def test_steps_are_painted_where_their_values_hold(qtbot: QtBot) -> None:
    pixels = picture([series_at([5, 9, 13], [10, 30, 20])], [Look(0, width=1.0)])
    expected = np.zeros((ROWS, COLUMNS), np.bool_)
    expected[30, 5:10] = True
    expected[10:31, 9] = True
    expected[10, 9:14] = True
    expected[10:21, 13] = True
    # The frame of the plot is painted over its last row and column.
    assert ((pixels == RED.rgb()) == expected)[:-1, :-1].all()
    assert set(np.unique(pixels).tolist()) == {RED.rgb(), WHITE.rgb()}


def test_steps_on_a_screen_with_twice_the_pixels_are_twice_as_wide(qtbot: QtBot) -> None:
    grid = ColumnGrid(0, COLUMNS * MINUTE, 2 * COLUMNS)
    pixels = picture([series_at([5, 9, 13], [10, 30, 20])], [Look(0, width=2.0)], grid, 2) == RED.rgb()
    # Four device pixels: one before and two after the column, or the row, of the value.
    assert np.flatnonzero(pixels[2 * 20, : 2 * 12]).tolist() == [17, 18, 19, 20]
    # The value's place is row 60.75 of 82.
    assert np.flatnonzero(pixels[:, 2 * 7]).tolist() == [60, 61, 62, 63]


def test_points_are_discs_at_their_samples_and_nothing_joins_them(qtbot: QtBot) -> None:
    pixels = picture([series_at([5, 25, 45], [10, 30, 20])], [Look(0, shape=Shape.POINTS)])
    red = pixels == RED.rgb()
    assert [bool(red[row, column]) for column, row in ((5, 30), (25, 10), (45, 20))] == [True] * 3
    columns = np.flatnonzero((pixels != WHITE.rgb())[:-1, :-1].any(axis=0)).tolist()
    assert {column - min((5, 25, 45), key=lambda at: abs(at - column)) for column in columns} <= set(range(-4, 5))
    assert red[6:15, 21:30].tolist() == red[6:15, 21:30][::-1].tolist() == red[6:15, 21:30][:, ::-1].tolist()


def test_a_straight_line_goes_from_sample_to_sample(qtbot: QtBot) -> None:
    pixels = picture([series_at([5, 8, 48], [0, 0, 40])], [Look(0, width=1.0, shape=Shape.LINE)])
    # How much of each pixel is red: white has all of the blue.
    share = 255 - (pixels & 0xFF).astype(np.int64)
    for column in range(15, 40):
        rows = np.arange(ROWS)
        middle = float((share[:, column] * rows).sum() / share[:, column].sum())
        assert middle == pytest.approx(40 - (column + 0.5 - 8), abs=0.7)
    assert not share[:-1, 54:-1].any()


def test_two_axes_paint_equal_values_at_different_heights(qtbot: QtBot) -> None:
    both = [
        series_at([5, 9, 13], [10, 10, 10]),
        series_at([25, 29, 33], [10, 10, 10], "diagnostics.speed", "kilometers_per_hour"),
    ]
    pixels = picture(both, [Look(0, width=1.0), Look(1, width=1.0)])
    assert np.argwhere(pixels == RED.rgb()).tolist() == [[30, column] for column in range(5, 14)]
    assert np.argwhere(pixels == GREEN.rgb()).tolist() == [[20, column] for column in range(25, 34)]


@pytest.mark.parametrize("shape", list(Shape))
def test_a_gap_is_never_crossed(qtbot: QtBot, shape: Shape) -> None:
    # Few samples are joined by smooth lines, many by strokes in columns.
    for count in (40, 400):
        time = np.append(np.arange(count), 10 * count + np.arange(count)) * HOUR
        series = make_series(ODOMETER, time, np.full(2 * count, 20.0), unit="kilometers")
        pixels = picture([series], [Look(0, shape=shape)], ColumnGrid(0, 12 * count * HOUR, COLUMNS)) == RED.rgb()
        assert pixels[20, :5].any()
        assert pixels[20, 50:55].any()
        assert not pixels[:-1, 8:47].any()


@pytest.fixture(scope="module")
def spike() -> Series:
    """Ten million samples, one of which is another one."""
    value = np.zeros(10_000_000)
    value[6_543_210] = 100.0
    return make_series(ODOMETER, JUNE + np.arange(len(value)) * 100_000, value, unit="kilometers")


@pytest.mark.parametrize("shape", list(Shape))
def test_a_spike_among_ten_million_samples_is_seen_wherever_the_view_goes(
    qtbot: QtBot, spike: Series, shape: Shape
) -> None:
    area = PlotArea(COLORS)
    qtbot.addWidget(area)
    area.resize(500, 240)
    area.show()
    plot = ValuePlot()
    plot.set_content(lines_of(spike), {})
    plot.set_looks({ODOMETER: Look(0, shape=shape)})
    plot.axes[0].manual = -10.0, 110.0
    area.set_rows([plot], int(spike.time[-1]))
    moment = int(spike.time[6_543_210])
    for share, width in enumerate(np.geomspace(10_000_000 * 100_000, 2_000_000, 12).astype(np.int64).tolist()):
        for step in range(5):
            # A little further each time, by no round number of columns.
            start = moment - int(width * (0.1 + 0.8 * ((step * 0.237 + share * 0.111) % 1.0)))
            area.set_time_range((start, start + width))
            pixels = area.grab().toImage()
            assert area.frame is not None
            column = int(area.frame.grid.column_of(np.array([moment]))[0])
            row = plot.axes[0].scale.row(100.0)
            assert pixels.pixelColor(plot.rect.x() + column, plot.rect.y() + row) == RED


class Banded(NamedTuple):
    """The bands of one lane with the numbers of their states, where they are painted, and whether pale."""

    bands: Bands
    number: NDArray[np.int64]
    room: QRect
    pale: bool


def by_hand(lanes: list[Banded], frame: Frame, rows: int) -> Pixels:
    """All layers of all bands one over the other, none left out."""
    pixels = np.full((rows, frame.grid.count + 40), WHITE.rgb(), np.uint32)

    def fill(room: QRect, left: int, right: int, color: QColor) -> None:
        first = room.left() + left
        pixels[room.top() : room.bottom() + 1, max(first, 0) : room.left() + right + 1] = color.rgb()

    def color_of(lane: Banded, index: int) -> QColor:
        color = COLORS.band(int(lane.number[index]))
        return COLORS.faint(color, 0.5) if lane.pale else color

    for layer in ("held", "known", "mixed", "lines"):
        for lane in lanes:
            bands = lane.bands
            # One colour after the other: short bands, which are widened, are covered by those of later colours.
            for index in np.argsort(lane.number, kind="stable").tolist():
                left, right, until = (int(ends[index]) for ends in (bands.left, bands.right, bands.until))
                if layer == "held" and until > right:
                    fill(lane.room, left, until, COLORS.faint(color_of(lane, index), 0.38))
                if layer == "known" and right >= left:
                    fill(lane.room, left, max(right, left + 1), color_of(lane, index))
                if layer == "lines" and left > 0 and until - left > 3:
                    fill(lane.room, left, left, WHITE)
            for column in bands.mixed.tolist() if layer == "mixed" else ():
                fill(lane.room, column, column + 1, GREY)
    return pixels


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_bands_of_lanes_look_as_if_each_was_painted_for_itself(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    grid = ColumnGrid(JUNE, JUNE + data.draw(st.integers(1, 50)) * HOUR, 80)
    lanes, traces = [], []
    for number in range(3):
        # Of one with more than 320 in sight not every run is looked at.
        count = int(random.integers(1, 900))
        intervals = random.integers(1, 30 * MINUTE, count)
        intervals[random.integers(0, count, 2)] = 9 * HOUR
        time = JUNE + int(random.integers(-2 * HOUR, HOUR)) + np.cumsum(intervals)
        trace = states_of(make_series(key("doors.lock"), time, text=random.choice(list("abc"), count).tolist()))
        bands: Bands = reduce_bands(trace, grid, int(time[-1]))
        room = QRect(20, 2 + 10 * number, 80, 7)
        lanes.append(Banded(bands, trace.code[bands.run].astype(np.int64), room, number == 1))
        traces.append(trace)
    frame = frame_of(grid)
    image = QImage(grid.count + 40, 40, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    painter = QPainter(image)
    every = reduce_lanes(traces, grid, [int(trace.time[-1]) for trace in traces], covered_columns(frame))
    paint_bands(
        painter,
        every,
        every.code.astype(np.int64),
        rooms=[lane.room for lane in lanes],
        pale=[False, True, False],
        frame=frame,
    )
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(40, grid.count + 40)
    # What lies beyond the plot is none of it.
    assert (pixels == by_hand(lanes, frame, 40))[:, : 20 + grid.count].all()
