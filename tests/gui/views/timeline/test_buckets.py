"""Buckets of time give the same columns as a look at every sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.views.timeline.buckets import Buckets
from gui.views.timeline.reduction import ColumnGrid, Columns, Pyramid, reduce_columns


def plainly(time: np.ndarray, value: np.ndarray, grid: ColumnGrid) -> list[tuple[int, int, int, float, float]]:
    """Column, first and last sample, minimum and maximum, by comparing every sample with both borders."""
    found = []
    for column in range(grid.count):
        inside = np.flatnonzero((time >= grid.edges[column]) & (time < grid.edges[column + 1]))
        if len(inside):
            values = value[inside]
            found.append((column, int(inside[0]), int(inside[-1]), float(values.min()), float(values.max())))
    return found


def listed(columns: Columns) -> list[tuple[int, int, int, float, float]]:
    arrays = (columns.column, columns.first, columns.last, columns.low, columns.high)
    return list(zip(*(array.tolist() for array in arrays), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_columns_of_buckets_equal_a_reduction_by_brute_force(data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    count = data.draw(st.integers(1, 6_000))
    intervals = random.integers(0, 2_000, count)
    # Now and then a pause, so that some buckets are empty.
    intervals[random.integers(0, count, count // 200)] = 3_000_000
    time = data.draw(st.integers(-(10**12), 10**15)) + np.cumsum(intervals)
    value = random.normal(size=count)
    span = int(time[-1] - time[0]) + 1
    start = int(time[0]) + data.draw(st.integers(-span, span))
    grid = ColumnGrid.snapped(
        start, start + data.draw(st.integers(1_000, 3 * span + 1_000)), data.draw(st.integers(1, 40))
    )
    buckets = Buckets(time, value)
    columns = reduce_columns(time, Pyramid(value), buckets, grid)
    assert listed(columns) == plainly(time, value, grid)
    assert columns.before == int((time < grid.edges[0]).sum()) - 1
    assert columns.samples == int(((time >= grid.edges[0]) & (time < grid.edges[-1])).sum())


def test_borders_move_by_an_eighth_of_a_column_at_most() -> None:
    plain = ColumnGrid(1_700_000_000_123_457, 1_700_086_400_000_001, 1_717)
    snapped = ColumnGrid.snapped(plain.start, plain.end, plain.count)
    width = (plain.end - plain.start) / plain.count
    assert np.abs(snapped.edges - plain.edges).max() <= width / 8
    assert np.diff(snapped.edges).min() > 0.7 * width
    assert not np.any(snapped.edges & ((1 << snapped.shift) - 1))


def test_a_grid_of_the_narrowest_range_has_columns_as_they_are() -> None:
    assert ColumnGrid.snapped(5, 1_005, 1_700).edges.tolist() == ColumnGrid(5, 1_005, 1_700).edges.tolist()


def test_a_spike_of_one_sample_among_millions_is_seen_at_every_zoom() -> None:
    count, place = 2_000_000, 1_234_567
    time = 1_700_000_000_000_000 + np.arange(count) * 1_000_000
    value = np.zeros(count)
    value[place] = 5.0
    buckets, pyramid = Buckets(time, value), Pyramid(value)
    used = 0
    for exponent in range(18):
        span = int(time[-1] - time[0]) // 2**exponent
        start = int(time[place]) - span // 3
        grid = ColumnGrid.snapped(start, start + span, 1_000)
        columns = reduce_columns(time, pyramid, buckets, grid)
        used += buckets.level(grid.shift) is not None
        tip = int(columns.high.argmax())
        assert columns.high[tip] == 5.0
        assert columns.first[tip] <= place <= columns.last[tip]
    assert 0 < used < 18


@pytest.mark.parametrize("count", [0, 1, 15])
def test_few_samples_need_no_buckets(count: int) -> None:
    time = np.arange(count, dtype=np.int64)
    buckets = Buckets(time, np.zeros(count))
    buckets.make()
    assert buckets.nbytes == 0
    grid = ColumnGrid.snapped(0, 100_000_000, 10)
    assert reduce_columns(time, Pyramid(np.zeros(count)), buckets, grid).samples == count


def test_buckets_take_little_memory() -> None:
    count = 1_000_000
    time = np.arange(count, dtype=np.int64) * 1_000_000
    value = np.random.default_rng(1).normal(size=count)
    buckets = Buckets(time, value)
    buckets.make()
    for shift in range(64):
        buckets.level(shift)
    assert 0 < buckets.nbytes < 0.25 * (time.nbytes + value.nbytes)


def test_samples_at_one_moment_and_far_apart_are_no_trouble() -> None:
    same = np.full(5_000, 1_700_000_000_000_000)
    far = np.concatenate((np.arange(300_000, dtype=np.int64), [4 * 10**15]))
    for time in (same, far):
        value = np.arange(len(time), dtype=np.float64)
        for start, end in ((int(time[0]) - 10_000, int(time[0]) + 400_000), (int(time[0]) - 5, int(time[-1]) + 5_000)):
            grid = ColumnGrid.snapped(start, end, 50)
            columns = reduce_columns(time, Pyramid(value), Buckets(time, value), grid)
            assert listed(columns) == plainly(time, value, grid)
