"""The strokes of step curves, by hand and in pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter

from gui.views.timeline.frame import Frame, ValueScale
from gui.views.timeline.reduction import ColumnGrid, reduce_columns
from gui.views.timeline.step_curve import StepShape, paint_shape, step_shape
from gui.views.timeline.trace import LineTrace, lines_of
from tests.gui.views.timeline.make_series import HOUR, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS, RED, WHITE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytestqt.qtbot import QtBot


def line_of(time: list[int], value: list[float]) -> LineTrace:
    (line,) = lines_of(make_series(key(), time, value))
    return line


def shape_of(line: LineTrace, grid: ColumnGrid, data_end: int | None = None, distance: int = 3) -> StepShape:
    columns = reduce_columns(line.time, line.pyramid, line.buckets, grid)
    return step_shape(line, columns, grid, int(line.time[-1]) if data_end is None else data_end, distance)


def holds(shape: StepShape) -> list[tuple[int, int, float, bool]]:
    columns = (shape.left, shape.right, shape.level, shape.stale)
    return [tuple(values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def strokes(shape: StepShape) -> list[tuple[int, float, float]]:
    return list(zip(shape.x.tolist(), shape.low.tolist(), shape.high.tolist(), strict=True))


def test_a_value_holds_until_the_next_sample_and_then_steps() -> None:
    line = line_of([0, 10 * MINUTE, 40 * MINUTE], [1.0, 5.0, 2.0])
    shape = shape_of(line, ColumnGrid(0, 60 * MINUTE, 60))
    assert strokes(shape) == [(0, 1.0, 1.0), (10, 1.0, 5.0), (40, 2.0, 5.0)]
    assert holds(shape) == [(0, 10, 1.0, False), (10, 40, 5.0, False)]
    assert shape.point_x.tolist() == [0, 10, 40]


def test_the_value_from_before_the_view_holds_into_it_and_the_last_one_out_of_it() -> None:
    line = line_of([0, 10 * MINUTE, 40 * MINUTE], [1.0, 5.0, 2.0])
    inside = shape_of(line, ColumnGrid(5 * MINUTE, 35 * MINUTE, 30))
    assert strokes(inside) == [(5, 1.0, 5.0)]
    assert holds(inside) == [(0, 5, 1.0, False), (5, 29, 5.0, False)]
    between = shape_of(line, ColumnGrid(15 * MINUTE, 35 * MINUTE, 20))
    assert strokes(between) == []
    assert holds(between) == [(0, 19, 5.0, False)]


def test_nothing_is_drawn_before_the_first_sample_or_after_the_end_of_data() -> None:
    line = line_of([10 * MINUTE], [7.0])
    before = shape_of(line, ColumnGrid(0, 5 * MINUTE, 5), 20 * MINUTE)
    assert (strokes(before), holds(before), before.extremes()) == ([], [], None)
    after = shape_of(line, ColumnGrid(30 * MINUTE, 40 * MINUTE, 10), 20 * MINUTE)
    assert (strokes(after), holds(after)) == ([], [])


def test_a_single_sample_is_a_point_and_its_value_is_held_faintly() -> None:
    shape = shape_of(line_of([10 * MINUTE], [7.0]), ColumnGrid(0, 60 * MINUTE, 60), 20 * MINUTE)
    assert strokes(shape) == [(10, 7.0, 7.0)]
    assert holds(shape) == [(10, 20, 7.0, True)]
    assert (shape.point_x.tolist(), shape.point_value.tolist()) == ([10], [7.0])


def test_where_nothing_was_computed_nothing_is_drawn() -> None:
    series = make_series(key(), [0, 10 * MINUTE, 40 * MINUTE], [1.0, 5.0, 2.0])
    (line,) = lines_of(replace(series, until=np.array([10, 20, 50]) * MINUTE))
    shape = shape_of(line, ColumnGrid(0, 60 * MINUTE, 60))
    assert strokes(shape) == [(0, 1.0, 1.0), (10, 1.0, 5.0), (20, 5.0, 5.0), (40, 2.0, 2.0), (50, 2.0, 2.0)]
    assert holds(shape) == [(0, 10, 1.0, False), (10, 20, 5.0, False), (40, 50, 2.0, False)]
    # The ends are no samples.
    assert shape.point_x.tolist() == [0, 10, 40]


def test_across_a_gap_the_value_is_faint_and_not_joined_to_the_next_one() -> None:
    times = [MINUTE * n for n in range(60)] + [10 * HOUR + MINUTE * n for n in range(60)]
    line = line_of(times, [1.0] * 60 + [9.0] * 60)
    shape = shape_of(line, ColumnGrid(0, 12 * HOUR, 12))
    assert strokes(shape) == [(0, 1.0, 1.0), (10, 9.0, 9.0)]
    assert holds(shape) == [(0, 10, 1.0, True)]


def test_dense_samples_are_not_marked_and_spaced_ones_are() -> None:
    line = line_of([0, MINUTE, 2 * MINUTE, 30 * MINUTE], [1.0, 2.0, 3.0, 4.0])
    shape = shape_of(line, ColumnGrid(0, 60 * MINUTE, 60), distance=9)
    assert shape.point_x.tolist() == [30]


def paint(
    shape: StepShape, scale: ValueScale, grid: ColumnGrid, width: float, device: float = 1.0
) -> NDArray[np.bool_]:
    """Where red was painted: rows × columns."""
    image = QImage(grid.count, scale.height, QImage.Format.Format_RGB32)
    image.fill(WHITE)
    none = np.empty(0, np.int64)
    frame = Frame(grid, device, COLORS, grid.end, none, none, QFont(), QFontMetrics(QFont()), ZoneInfo("UTC"))
    painter = QPainter(image)
    paint_shape(painter, shape, scale, frame, RED, width)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(scale.height, image.bytesPerLine() // 4)
    return np.equal(pixels[:, : grid.count], RED.rgb())


def test_a_spike_of_one_sample_among_a_million_is_painted_to_its_tip(qtbot: QtBot) -> None:
    value = np.zeros(1_000_000)
    value[777_777] = 100.0
    (line,) = lines_of(make_series(key(), np.arange(1_000_000) * 1_000, value))
    grid = ColumnGrid(0, 1_000_000_000, 500)
    shape = shape_of(line, grid)
    red = paint(shape, ValueScale(0.0, 100.0, 101), grid, 1.0)
    assert np.flatnonzero(red[0]).tolist() == [777_777 * 500 // 1_000_000]
    assert red[100].all()
    assert red[:, 388].all()


def test_every_column_is_painted_from_its_minimum_to_its_maximum(qtbot: QtBot) -> None:
    random = np.random.default_rng(5)
    time = np.cumsum(random.integers(1, 2_000_000, 20_000))
    value = random.integers(0, 200, len(time)).astype(np.float64)
    (line,) = lines_of(make_series(key(), time, value))
    grid = ColumnGrid(int(time[3_000]), int(time[17_000]), 300)
    red = paint(shape_of(line, grid), ValueScale(0.0, 199.0, 200), grid, 1.0)
    for column in range(grid.count):
        inside = (time >= grid.edges[column]) & (time < grid.edges[column + 1])
        held = value[np.searchsorted(time, grid.edges[column], "left") - 1]
        rows = 199 - np.append(value[inside], held)
        assert np.flatnonzero(red[:, column]).tolist() == list(range(int(rows.min()), int(rows.max()) + 1))


def test_strokes_are_as_wide_as_asked_on_screens_with_more_pixels(qtbot: QtBot) -> None:
    line = line_of([0, 30 * MINUTE], [0.0, 20.0])
    grid = ColumnGrid(0, 60 * MINUTE, 60)
    shape = shape_of(line, grid, distance=1000)
    assert paint(shape, ValueScale(-10.0, 30.0, 41), grid, 2.0)[:, 10].sum() == 2
    assert paint(shape, ValueScale(-10.0, 30.0, 41), grid, 2.0, 2.0)[:, 10].sum() == 4
