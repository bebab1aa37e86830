"""Days over each other: what is drawn of a line, column by column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.fleet.day_passes import DAY, day_passes
from core.workspaces.layout import Shape
from gui.views.timeline.folded_lines import FoldedLine, fold_line, shades
from gui.views.timeline.folding import Folds
from gui.views.timeline.marks import Marks
from gui.views.timeline.reduction import ColumnGrid, reduce_columns
from gui.views.timeline.step_curve import StepShape, step_shape
from gui.views.timeline.straight_line import line_shape
from gui.views.timeline.trace import LineTrace, lines_of
from tests.gui.views.timeline.make_series import HOUR, key, make_series

if TYPE_CHECKING:
    from numpy.typing import NDArray

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def line(moments: list[int], values: list[float]) -> LineTrace:
    return lines_of(make_series(key(), moments, values))[0]


def folds(start: str, end: str, columns: int = 24, hours: tuple[int, int] = (0, 24)) -> Folds:
    passes, _ = day_passes(at(start), at(end), BERLIN, 100)
    return Folds(passes, ColumnGrid(hours[0] * HOUR, hours[1] * HOUR, columns))


def told(found: FoldedLine, number: int) -> tuple[list[tuple[int, float, float]], list[tuple[int, int, float, bool]]]:
    """The upright strokes and the lying ones of a pass."""
    shape = found.of_passes(number, number + 1)
    strokes = zip(shape.x.tolist(), shape.low.tolist(), shape.high.tolist(), strict=True)
    holds = zip(shape.left.tolist(), shape.right.tolist(), shape.level.tolist(), shape.stale.tolist(), strict=True)
    return list(strokes), list(holds)


def steps(trace: LineTrace, over: Folds, data_end: int | None = None) -> FoldedLine:
    return fold_line(trace, Shape.STEPS, over, int(trace.time[-1]) if data_end is None else data_end, 9)


def test_the_last_known_value_is_carried_over_midnight_and_not_over_gaps() -> None:
    # Two days in Berlin, one column an hour. By its clock: 06:00, 12:00, 18:00, then 06:00 and 12:00 the day after.
    hours = ["2026-06-01T04:00", "2026-06-01T10:00", "2026-06-01T16:00", "2026-06-02T04:00", "2026-06-02T10:00"]
    trace = line([at(hour) for hour in hours], [1, 2, 3, 4, 5])
    assert trace.gaps.tolist() == []
    found = steps(trace, folds("2026-06-01T00:00", "2026-06-02T20:00"))
    assert told(found, 0) == (
        [(6, 1, 1), (12, 1, 2), (18, 2, 3)],
        [(6, 12, 1, False), (12, 18, 2, False), (18, 23, 3, False)],
    )
    # From midnight on it is what was known before; behind the last sample of all nothing is.
    assert told(found, 1) == ([(6, 3, 4), (12, 4, 5)], [(0, 6, 3, False), (6, 12, 4, False)])
    # Where a gap lies between, the last known value is drawn as such: half-hourly until 14:00, then two days later.
    often = [at("2026-06-01T00:00") + number * HOUR // 2 for number in range(25)]
    later = line([*often, at("2026-06-03T04:00")], [*range(25), 50])
    assert later.gaps.tolist() == [24]
    found = steps(later, folds("2026-06-01T00:00", "2026-06-03T20:00"))
    assert told(found, 0)[1] == [(14, 23, 24, True)]
    assert told(found, 1) == ([], [(0, 23, 24, True)])
    assert told(found, 2) == ([(6, 50, 50)], [(0, 6, 24, True)])
    # Behind the last sample of all nothing is drawn.
    alone = steps(line([at("2026-06-01T04:00")], [1]), folds("2026-06-01T00:00", "2026-06-01T20:00"))
    assert told(alone, 0) == ([(6, 1, 1)], [])


def test_the_missing_hour_stays_empty() -> None:
    # 29 March: 01:30 and 03:30 by the clock are an hour apart; at 02:00 it is put forward to 03:00.
    trace = line([at("2026-03-29T00:30"), at("2026-03-29T01:30"), at("2026-03-29T02:30")], [1, 2, 3])
    found = steps(trace, folds("2026-03-29T00:00", "2026-03-29T20:00"))
    assert told(found, 0) == ([(1, 1, 1)], [(1, 1, 1, False)])
    assert told(found, 1) == ([(3, 1, 2), (4, 2, 3)], [(3, 3, 1, False)])


def test_the_hour_that_is_twice_there_is_drawn_twice() -> None:
    # 25 October: 02:30, 02:30 again an hour later, and 03:30 by the clock.
    trace = line([at("2026-10-25T00:30"), at("2026-10-25T01:30"), at("2026-10-25T02:30")], [1, 2, 3])
    found = steps(trace, folds("2026-10-25T00:00", "2026-10-25T20:00"))
    assert told(found, 0) == ([(2, 1, 1)], [(2, 2, 1, False)])
    # The second pass begins at 02:00 with what was known then.
    assert told(found, 1) == ([(2, 1, 2), (3, 2, 3)], [(2, 2, 1, False)])


def test_hours_out_of_sight_change_nothing() -> None:
    hours = ["2026-06-01T04:00", "2026-06-01T10:00", "2026-06-01T16:00", "2026-06-02T04:00", "2026-06-02T10:00"]
    trace = line([at(hour) for hour in hours], [1, 2, 3, 4, 5])
    found = steps(trace, folds("2026-06-01T00:00", "2026-06-02T20:00", 4, (10, 14)))
    assert told(found, 0) == ([(2, 1, 2)], [(0, 2, 1, False), (2, 3, 2, False)])
    assert told(found, 1) == ([(2, 4, 5)], [(0, 2, 4, False)])
    assert found.parts.samples == 2


@pytest.mark.parametrize("shape", [Shape.STEPS, Shape.LINE])
@pytest.mark.parametrize(
    ("start", "hours", "count"),
    [("2026-03-27T00:00", (0, 24), 300), ("2026-10-23T00:00", (1, 5), 200), ("2026-06-01T00:00", (22, 24), 50)],
)
def test_each_day_is_drawn_as_it_is_alone(start: str, hours: tuple[int, int], count: int, shape: Shape) -> None:
    random = np.random.default_rng(5)
    origin = at(start)
    moments = origin + np.sort(random.integers(0, 4 * DAY, 700))
    moments = np.delete(moments, slice(200, 300))
    trace = lines_of(make_series(key(), moments, random.normal(0, 1, 600)))[0]
    over = Folds(
        day_passes(origin, origin + 4 * DAY, BERLIN, 100)[0], ColumnGrid(hours[0] * HOUR, hours[1] * HOUR, count)
    )
    data_end = int(trace.time[-1])
    found = fold_line(trace, shape, over, data_end, 9)
    passes = over.passes
    for number in range(len(passes)):
        base, low, high = (int(part[number]) for part in (passes.base, passes.start, passes.end))
        grid = ColumnGrid(hours[0] * HOUR + base, hours[1] * HOUR + base, count)
        grid.edges = np.clip(grid.edges, low, high)
        columns = reduce_columns(trace.time, trace.pyramid, trace.buckets, grid)
        alone = (
            step_shape(trace, columns, grid, data_end, 9)
            if shape is Shape.STEPS
            else line_shape(trace, columns, grid, 9, most_smooth=-1)
        )
        seen = np.diff(grid.edges) > 0
        assert _cells(found.of_passes(number, number + 1), seen) == _cells(alone, seen)


def _cells(
    shape: StepShape, seen: NDArray[np.bool_]
) -> tuple[set[tuple[int, float, float]], set[tuple[int, float, bool]]]:
    """What each column has, of those that a day has."""
    strokes = {
        (x, low, high)
        for x, low, high in zip(shape.x.tolist(), shape.low.tolist(), shape.high.tolist(), strict=True)
        if seen[x]
    }
    joined = {x for x, _, _ in strokes}
    holds = {
        (x, level, stale)
        for left, right, level, stale in zip(
            shape.left.tolist(), shape.right.tolist(), shape.level.tolist(), shape.stale.tolist(), strict=True
        )
        for x in range(left, right + 1)
        if seen[x] and x not in joined
    }
    return strokes, holds


def test_marks_stand_at_their_times_of_day() -> None:
    times = np.array([at("2026-06-01T10:00"), at("2026-06-02T04:00"), at("2026-06-09T04:00")])
    marks = Marks(times, np.array([4, 7, 9]), np.array([0, 1, 0], np.int32), ("one", "other"))
    found = folds("2026-06-01T00:00", "2026-06-02T20:00").marks(marks)
    assert found.time.tolist() == [6 * HOUR, 12 * HOUR]
    assert found.sample.tolist() == [7, 4]
    assert [found.text(number) for number in (0, 1)] == ["other", "one"]


def test_the_older_a_day_the_paler_it_is() -> None:
    week = folds("2026-06-01T00:00", "2026-06-07T20:00")
    assert [(first, end) for _, first, end in shades(week)] == [(0, 2), (2, 4), (4, 5), (5, 7)]
    shares = [share for share, _, _ in shades(week)]
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
    ((share, first, end),) = shades(week, 1)
    assert (first, end) == (0, 7)
    assert share == pytest.approx((shares[0] + shares[-1]) / 2)


def test_merged_columns_hold_what_their_parts_hold() -> None:
    random = np.random.default_rng(7)
    moments = at("2026-06-01T00:00") + np.sort(random.integers(0, 3 * DAY, 5_000))
    trace = lines_of(make_series(key(), moments, random.normal(0, 1, 5_000)))[0]
    over = folds("2026-06-01T00:00", "2026-06-03T23:00", 96)
    fine, coarse = over.reduce(trace), over.merged(4).reduce(trace)
    assert coarse.samples == fine.samples == 5_000
    assert len(coarse.column) < len(fine.column) <= over.strokes(trace)
    assert (coarse.low.min(), coarse.high.max()) == (fine.low.min(), fine.high.max())
    # Few samples are placed one by one, many are searched for: the same comes out.
    few = lines_of(make_series(key(), moments[::40], trace.value[::40]))[0]
    placed = over.reduce(few)
    column = over.long.column_of(few.time)
    assert placed.column.tolist() == np.unique(column).tolist()
    assert placed.first.tolist() == np.searchsorted(column, placed.column).tolist()
