"""Lines reduced together have the strokes that each of them has alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.views.timeline.crowd import Crowd, CrowdShape, is_crowd
from gui.views.timeline.reduction import ColumnGrid, reduce_columns
from gui.views.timeline.step_curve import StepShape, step_shape
from gui.views.timeline.trace import LineTrace, lines_of
from tests.gui.views.timeline.make_series import HOUR, JUNE, MINUTE, key, make_series

if TYPE_CHECKING:
    from numpy.typing import NDArray


def line_of(number: int, time: NDArray[np.int64], value: NDArray[np.float64]) -> LineTrace:
    (line,) = lines_of(make_series(key("x.y", f"VIN{number}"), time, value))
    return line


def listed(shape: StepShape) -> list[list[object]]:
    names = ("x", "low", "high", "left", "right", "level", "stale")
    return [getattr(shape, name).tolist() for name in names]


def assert_equals_lines_alone(lines: list[LineTrace], grid: ColumnGrid, data_end: int) -> CrowdShape:
    crowd = Crowd(lines).shape(grid, data_end)
    samples, reduced = 0, False
    for number, line in enumerate(lines):
        columns = reduce_columns(line.time, line.pyramid, line.buckets, grid)
        alone = step_shape(line, columns, grid, data_end, None)
        mine = crowd.of_lines(number, number + 1)
        assert listed(mine) == listed(alone)
        samples += columns.samples
        reduced |= columns.is_reduced
    assert (crowd.samples, crowd.is_reduced) == (samples, reduced)
    return crowd


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_crowd_has_the_strokes_of_its_lines(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    lines = []
    for number in range(data.draw(st.integers(1, 6))):
        count = int(random.integers(1, 200))
        intervals = random.integers(0, 20 * MINUTE, count)
        intervals[random.integers(0, count, 3)] = 7 * HOUR
        time = JUNE + int(random.integers(0, 9 * HOUR)) + np.cumsum(intervals)
        line = line_of(number, time, random.integers(0, 9, count).astype(np.float64))
        lines.append(replace(line, lasts=data.draw(st.booleans())))
    data_end = max(int(line.time[-1]) for line in lines)
    start = JUNE + data.draw(st.integers(-30 * HOUR, 60 * HOUR))
    length = data.draw(st.integers(1_000, 90 * HOUR))
    make = ColumnGrid.snapped if data.draw(st.booleans()) else ColumnGrid
    assert_equals_lines_alone(lines, make(start, start + length, data.draw(st.integers(1, 300))), data_end)


def test_lines_of_one_sample_and_lines_out_of_sight_are_no_trouble() -> None:
    one = np.array([1.0])
    lines = [line_of(n, np.array([JUNE + n * HOUR]), one * n) for n in range(5)]
    crowd = assert_equals_lines_alone(
        lines, ColumnGrid.snapped(JUNE + 90 * MINUTE, JUNE + 200 * MINUTE, 50), JUNE + 4 * HOUR
    )
    assert crowd.samples == 2
    assert crowd.stroke_line.tolist() == [2, 3]
    assert_equals_lines_alone(lines, ColumnGrid.snapped(JUNE - 9 * HOUR, JUNE - 8 * HOUR, 50), JUNE + 4 * HOUR)


def test_few_lines_and_long_ones_are_no_crowd() -> None:
    short = line_of(0, JUNE + np.arange(10) * MINUTE, np.zeros(10))
    long = line_of(0, JUNE + np.arange(200_000) * 1_000, np.zeros(200_000))
    assert not is_crowd([short] * 3)
    assert is_crowd([short] * 100)
    assert not is_crowd([long] * 100)
