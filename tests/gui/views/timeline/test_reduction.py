"""Minimum and maximum per column are exact, compared with a brute-force reduction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.views.timeline.buckets import Buckets
from gui.views.timeline.reduction import BLOCK, ColumnGrid, Columns, Pyramid, reduce_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray


def reduced(time: NDArray[np.int64], value: NDArray[np.float64], grid: ColumnGrid) -> Columns:
    return reduce_columns(time, Pyramid(value), Buckets(time, value), grid)


def brute_force(
    time: NDArray[np.int64], value: NDArray[np.float64], grid: ColumnGrid
) -> list[tuple[int, int, int, float, float]]:
    """Column, first and last sample, minimum and maximum of every column with samples, sample by sample."""
    found: dict[int, list[int]] = {}
    for index, moment in enumerate(time.tolist()):
        for column in range(grid.count):
            if grid.edges[column] <= moment < grid.edges[column + 1]:
                found.setdefault(column, []).append(index)
    return [
        (column, indices[0], indices[-1], float(value[indices].min()), float(value[indices].max()))
        for column, indices in sorted(found.items())
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_equal_a_reduction_by_brute_force(data: st.DataObject) -> None:
    intervals = data.draw(st.lists(st.integers(0, 40), min_size=1, max_size=120))
    time = np.cumsum(np.array(intervals, np.int64)) - 50
    value = np.array(data.draw(st.lists(st.floats(-1e9, 1e9), min_size=len(time), max_size=len(time))))
    start = data.draw(st.integers(-200, 1500))
    grid = ColumnGrid(start, start + data.draw(st.integers(1, 3000)), data.draw(st.integers(1, 40)))
    columns = reduced(time, value, grid)
    got = list(
        zip(
            columns.column.tolist(),
            columns.first.tolist(),
            columns.last.tolist(),
            columns.low.tolist(),
            columns.high.tolist(),
            strict=True,
        )
    )
    assert got == brute_force(time, value, grid)
    assert columns.samples == sum(1 for moment in time.tolist() if grid.start <= moment < grid.end)
    assert columns.before == int((time < grid.start).sum()) - 1


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60_000), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_pyramid_equals_slices_of_any_length(count: int, ranges: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    value = random.normal(size=count)
    borders = np.unique(random.integers(0, count + 1, size=2 * ranges))
    borders = borders[: len(borders) // 2 * 2]
    starts, ends = borders[0::2], borders[1::2]
    low, high = Pyramid(value).extremes(starts, ends)
    pairs = list(zip(starts.tolist(), ends.tolist(), strict=True))
    assert low.tolist() == [value[a:b].min() for a, b in pairs]
    assert high.tolist() == [value[a:b].max() for a, b in pairs]


@pytest.mark.parametrize("count", [BLOCK**2 * 40, BLOCK**2 * 40 + 7])
def test_a_spike_of_one_sample_survives_every_level(count: int) -> None:
    value = np.zeros(count)
    time = np.arange(count, dtype=np.int64)
    for place in (0, 1, BLOCK - 1, BLOCK, count // 2, count - 2, count - 1):
        value[:] = 0.0
        value[place] = 5.0
        columns = reduced(time, value, ColumnGrid(0, count, 13))
        assert columns.high.max() == 5.0
        assert columns.column[columns.high.argmax()] == place * 13 // count
        assert columns.low.max() == 0.0


def test_the_pyramid_takes_little_memory() -> None:
    value = np.arange(1_000_000, dtype=np.float64)
    pyramid = Pyramid(value)
    low, high = pyramid.extremes(np.array([0]), np.array([len(value)]))
    assert (low.tolist(), high.tolist()) == ([0.0], [999_999.0])
    assert 0 < pyramid.nbytes < 0.1 * value.nbytes


def test_columns_are_reduced_only_where_min_and_max_leave_samples_out() -> None:
    grid = ColumnGrid(0, 100, 10)
    few = reduced(np.array([1, 2, 50]), np.array([1.0, 2.0, 3.0]), grid)
    many = reduced(np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0]), grid)
    same = reduced(np.array([1, 2, 3]), np.array([1.0, 1.0, 1.0]), grid)
    none = reduced(np.array([500]), np.array([1.0]), grid)
    assert [columns.is_reduced for columns in (few, many, same, none)] == [False, True, False, False]


def test_grid_places_moments_in_the_columns_that_hold_them() -> None:
    grid = ColumnGrid(1_000, 2_000, 3)
    assert grid.edges.tolist() == [1_000, 1_333, 1_667, 2_000]
    assert grid.column_of(np.array([999, 1_000, 1_332, 1_333, 1_999, 2_000])).tolist() == [-1, 0, 0, 1, 2, 3]
