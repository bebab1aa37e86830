"""Straight lines and points: their strokes against brute force, and in pixels."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter

from core.workspaces.layout import Shape
from gui.views.timeline.crowd import Crowd
from gui.views.timeline.frame import Frame, ValueScale
from gui.views.timeline.points_alone import point_shape
from gui.views.timeline.reduction import ColumnGrid, Columns, reduce_columns
from gui.views.timeline.step_curve import StepShape, paint_shape
from gui.views.timeline.straight_line import line_shape
from gui.views.timeline.trace import LineTrace, lines_of
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, RED, WHITE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pytestqt.qtbot import QtBot


def line_of(time: ArrayLike, value: ArrayLike, number: int = 0) -> LineTrace:
    (line,) = lines_of(make_series(key("x.y", f"VIN{number}"), time, value))
    return line


def columns_of(line: LineTrace, grid: ColumnGrid) -> Columns:
    return reduce_columns(line.time, line.pyramid, line.buckets, grid)


def spans_by_hand(line: LineTrace, grid: ColumnGrid) -> dict[int, tuple[float, float]]:
    """The range of the lines between samples that no gap parts, column by column."""
    gaps = set(line.gaps.tolist())
    time, value = line.time.tolist(), line.value.tolist()
    found: dict[int, tuple[float, float]] = {}
    for column in range(grid.count):
        start, end = int(grid.edges[column]), int(grid.edges[column + 1])
        inside = [one for at, one in zip(time, value, strict=True) if start <= at < end]
        for edge in (start, end):
            after = int(np.searchsorted(line.time, edge, "left"))
            if 0 < after < len(time) and after - 1 not in gaps:
                share = (edge - time[after - 1]) / (time[after] - time[after - 1])
                inside.append(value[after - 1] + (value[after] - value[after - 1]) * share)
        if inside:
            found[column] = min(inside), max(inside)
    return found


def spans(shape: StepShape) -> dict[int, tuple[float, float]]:
    every = zip(shape.x.tolist(), shape.low.tolist(), shape.high.tolist(), strict=True)
    found = {column: (low, high) for column, low, high in every}
    assert len(found) == len(shape.x)
    return found


def some_line(random: np.random.Generator, number: int = 0) -> LineTrace:
    count = int(random.integers(1, 200))
    intervals = random.integers(0, 20 * MINUTE, count)
    intervals[random.integers(0, count, 3)] = 7 * HOUR
    time = JUNE + int(random.integers(0, 9 * HOUR)) + np.cumsum(intervals)
    return line_of(time, random.integers(0, 9, count).astype(np.float64), number)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_straight_line_covers_in_each_column_what_it_has_there(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    lines = [some_line(random, number) for number in range(3)]
    start, length = JUNE + data.draw(st.integers(-30 * HOUR, 60 * HOUR)), data.draw(st.integers(1_000, 90 * HOUR))
    make = ColumnGrid.snapped if data.draw(st.booleans()) else ColumnGrid
    grid = make(start, start + length, data.draw(st.integers(1, 100)))
    crowd = Crowd(lines).shape(grid, 0, Shape.LINE)
    for number, line in enumerate(lines):
        expected = spans_by_hand(line, grid)
        for shape in (line_shape(line, columns_of(line, grid), grid, 9, -1), crowd.of_lines(number, number + 1)):
            found = spans(shape)
            assert found.keys() == expected.keys()
            assert np.array(list(found.values())) == pytest.approx(
                np.array([expected[column] for column in found]), abs=1e-6
            )


def test_few_samples_are_joined_by_smooth_lines_that_end_at_the_edges_and_before_gaps() -> None:
    time = np.append(np.array([0, 10, 40]), 20 * 60 + np.arange(60)) * MINUTE
    line = line_of(time, np.append([0.0, 10.0, 40.0], np.full(60, 7.0)))
    grid = ColumnGrid(5 * MINUTE, 65 * MINUTE, 60)
    shape = line_shape(line, columns_of(line, grid), grid, 9)
    ends = (shape.slopes.from_x, shape.slopes.from_value, shape.slopes.to_x, shape.slopes.to_value)
    assert [end.tolist() for end in ends] == [[0.0, 5.0], [5.0, 10.0], [5.0, 35.0], [10.0, 40.0]]
    assert shape.extremes() == (5.0, 40.0)
    assert shape.point_x.tolist() == [5, 35]
    between = ColumnGrid(20 * MINUTE, 30 * MINUTE, 10)
    passing = line_shape(line, columns_of(line, between), between, 9).slopes
    assert (passing.from_value.tolist(), passing.to_value.tolist()) == ([20.0], [30.0])
    after = ColumnGrid(2 * HOUR, 3 * HOUR, 60)
    assert line_shape(line, columns_of(line, after), after, 9).extremes() is None


def test_points_are_all_samples_in_sight_each_in_its_column() -> None:
    time = np.arange(0, 100) * MINUTE
    line = line_of(time, np.arange(100) % 7)
    grid = ColumnGrid(10 * MINUTE, 60 * MINUTE, 25)
    shape, hides = point_shape(line, columns_of(line, grid), grid)
    assert not hides
    assert shape.point_x.tolist() == [(n - 10) // 2 for n in range(10, 60)]
    assert shape.point_value.tolist() == [n % 7 for n in range(10, 60)]
    crowd = Crowd([line, line]).shape(grid, 0, Shape.POINTS)
    assert crowd.of_lines(1, 2).point_value.tolist() == shape.point_value.tolist()
    assert crowd.samples == 100


def test_points_of_a_million_samples_are_samples_and_have_every_columns_extremes() -> None:
    random = np.random.default_rng(1)
    time = np.cumsum(random.integers(1, 2_000_000, 1_000_000))
    value = random.normal(size=len(time))
    value[543_210] = 99.0
    line = line_of(time, value)
    grid = ColumnGrid.snapped(int(time[1_000]), int(time[-1_000]), 400)
    shape, hides = point_shape(line, columns_of(line, grid), grid)
    assert hides
    assert len(shape.point_x) <= 16 * grid.count
    assert np.isin(shape.point_value, value).all()
    exact = columns_of(line, grid)
    for column in range(0, grid.count, 7):
        values = shape.point_value[shape.point_x == column]
        assert (values.min(), values.max()) == (exact.low[column], exact.high[column])
    assert shape.extremes() == (float(exact.low.min()), 99.0)


def test_points_of_a_burst_have_every_columns_extremes() -> None:
    time = np.append(0, 400 * 24 * HOUR + np.arange(500_000) * 1_000)
    line = line_of(time, np.sin(np.arange(500_001) / 100))
    grid = ColumnGrid.snapped(int(time[1]), int(time[-1]), 300)
    assert line.buckets.level(grid.shift) is None
    shape, hides = point_shape(line, columns_of(line, grid), grid)
    exact = columns_of(line, grid)
    assert hides
    assert shape.point_value.tolist() == [*exact.low.tolist(), *exact.high.tolist()]


def painted(shape: StepShape, scale: ValueScale, grid: ColumnGrid, width: float) -> NDArray[np.bool_]:
    """Where red was painted: rows × columns."""
    image = QImage(grid.count, scale.height, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    none = np.empty(0, np.int64)
    frame = Frame(grid, 1.0, COLORS, grid.end, none, none, QFont(), QFontMetrics(QFont()), ZoneInfo("UTC"))
    painter = QPainter(image)
    paint_shape(painter, shape, scale, frame, RED, width)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(scale.height, image.bytesPerLine() // 4)
    return np.equal(pixels[:, : grid.count], RED.rgb())


def test_many_points_are_painted_in_their_pixels_and_nowhere_else(qtbot: QtBot) -> None:
    random = np.random.default_rng(2)
    time, value = np.sort(random.integers(0, 200_000_000, 5_000)), random.integers(0, 150, 5_000).astype(np.float64)
    line = line_of(time, value)
    grid = ColumnGrid(0, 200_000_000, 200)
    shape, _ = point_shape(line, columns_of(line, grid), grid)
    expected = np.zeros((150, 200), np.bool_)
    expected[149 - value.astype(np.int64), time // 1_000_000] = True
    assert (painted(shape, ValueScale(0.0, 149.0, 150), grid, 1.0) == expected).all()


def test_a_straight_line_of_many_samples_is_painted_without_holes(qtbot: QtBot) -> None:
    time = np.arange(400) * 1_000_000
    line = line_of(time, np.abs(np.arange(400) % 100 - 50) * 3.0)
    grid = ColumnGrid(0, 399_000_000, 1_000)
    shape = line_shape(line, columns_of(line, grid), grid, 9)
    red = painted(shape, ValueScale(0.0, 150.0, 151), grid, 1.0)
    assert red.any(axis=0).all()
    rows = [np.flatnonzero(red[:, column]) for column in range(1_000)]
    assert all(np.ptp(row) + 1 == len(row) for row in rows)
    # Neighbouring columns touch, so that the eye sees one line.
    assert all(max(one[0], other[0]) <= min(one[-1], other[-1]) + 1 for one, other in itertools.pairwise(rows))
