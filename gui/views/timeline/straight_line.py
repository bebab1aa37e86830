"""Straight lines between known samples: exact in every column, and never across a gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gui.views.timeline.step_curve import NO_COLUMNS, Slopes, StepShape, before_gap, marked_points, no_holds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gui.views.timeline.reduction import ColumnGrid, Columns
    from gui.views.timeline.trace import LineTrace

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]

# So few samples in sight are joined by smooth lines, which take longer than strokes in columns.
MOST_SMOOTH = 150


@dataclass(frozen=True, slots=True)
class Groups:
    """The samples of lines that share a column, line after line, each from left to right.

    Attributes:
        column: int64, which column.
        first: int64, index of the first sample.
        last: int64, index of the last one.
        low: the smallest value.
        high: the largest.
        joined: whether the first sample is joined to the one before it.
        following: whether the last sample is joined to the one after it.
    """

    column: Ints
    first: Ints
    last: Ints
    low: Floats
    high: Floats
    joined: Truths
    following: Truths


@dataclass(frozen=True, slots=True)
class Spans:
    """What straight lines cover in columns.

    Attributes:
        column: int64.
        low: the smallest value of the line in the column.
        high: the largest.
        origin: int64, which group it belongs to; from the number of groups on, which of the passing lines.
    """

    column: Ints
    low: Floats
    high: Floats
    origin: Ints


def line_spans(time: Ints, value: Floats, groups: Groups, passing: Ints, grid: ColumnGrid) -> Spans:
    """What the lines between samples cover in each column: the range of their values there.

    Args:
        time: int64 microseconds of all samples, ascending within a line.
        value: of all samples.
        groups: those in sight.
        passing: samples that are joined to the next one with no sample of their line in sight between the two.
    """
    edges, count = grid.edges, grid.count
    low, high = groups.low.copy(), groups.high.copy()
    left, right = np.flatnonzero(groups.joined), np.flatnonzero(groups.following)
    for chosen, before, edge in ((left, groups.first[left] - 1, 0), (right, groups.last[right], 1)):
        border = _between(time, value, before, edges[groups.column[chosen] + edge])
        low[chosen] = np.minimum(low[chosen], border)
        high[chosen] = np.maximum(high[chosen], border)

    # Columns without samples, through which a line goes on: from before the view, between groups, beyond the view.
    column = groups.column
    is_followed = groups.first[1:] - 1 == groups.last[:-1]
    until = np.full(len(column), count)
    until[:-1][is_followed] = column[1:][is_followed]
    leaving = np.flatnonzero(groups.following & (until - column > 1))
    comes = groups.joined & (column > 0)
    comes[1:] &= ~is_followed
    entering = np.flatnonzero(comes)
    nothing = np.zeros(len(passing), np.int64)
    start = np.concatenate((np.zeros(len(entering), np.int64), column[leaving] + 1, nothing))
    end = np.concatenate((column[entering], until[leaving], nothing + count))
    sample = np.concatenate((groups.first[entering] - 1, groups.last[leaving], passing))
    origin = np.concatenate((entering, leaving, len(column) + np.arange(len(passing))))
    length = end - start
    which = np.repeat(np.arange(len(length)), length)
    through = np.arange(len(which)) + np.repeat(start - np.cumsum(length) + length, length)
    one = _between(time, value, sample[which], edges[through])
    other = _between(time, value, sample[which], edges[through + 1])
    return Spans(
        np.concatenate((column, through)),
        np.concatenate((low, np.minimum(one, other))),
        np.concatenate((high, np.maximum(one, other))),
        np.concatenate((np.arange(len(column)), origin[which])),
    )


def _between(time: Ints, value: Floats, before: Ints, moment: Ints) -> Floats:
    """The values at moments on the lines from samples to the ones after them."""
    start, end = time[before], time[before + 1]
    share = (moment - start) / np.maximum(end - start, 1)
    at: Floats = value[before] + (value[before + 1] - value[before]) * np.clip(share, 0.0, 1.0)
    return at


def line_shape(
    trace: LineTrace, columns: Columns, grid: ColumnGrid, point_distance: int, most_smooth: int = MOST_SMOOTH
) -> StepShape:
    """The strokes of straight lines between the samples of a line.

    Args:
        point_distance: in columns; see step_curve.POINT_DISTANCE.
        most_smooth: with more samples in sight they are strokes in columns.
    """
    entering = np.append(columns.before, columns.last)
    stale = before_gap(entering, trace)
    joined = (entering >= 0) & ~stale
    points = marked_points(columns, joined[:-1], stale, point_distance)
    points = points[~np.isin(columns.last[points], trace.ends)] if len(trace.ends) else points
    marks = columns.column[points], trace.value[columns.last[points]]
    if columns.samples <= most_smooth:
        return no_holds(*marks, slopes=_slopes(trace, columns, grid))
    groups = Groups(columns.column, columns.first, columns.last, columns.low, columns.high, joined[:-1], joined[1:])
    passing = entering[joined] if len(columns.column) == 0 else NO_COLUMNS
    spans = line_spans(trace.time, trace.value, groups, passing, grid)
    return no_holds(*marks, x=spans.column, low=spans.low, high=spans.high)


def _slopes(trace: LineTrace, columns: Columns, grid: ColumnGrid) -> Slopes:
    """The lines themselves, cut at the edges of the view."""
    first, last = max(columns.before, 0), min(columns.before + columns.samples + 1, len(trace) - 1)
    sample = np.arange(first, last)
    sample = sample[~before_gap(sample, trace)]
    start, end = trace.time[sample], trace.time[sample + 1]
    seen = end > start
    sample, start, end = sample[seen], np.maximum(start, grid.start)[seen], np.minimum(end, grid.end)[seen]
    width = np.float64(grid.count / (grid.end - grid.start))
    return Slopes(
        (start - grid.start) * width,
        _between(trace.time, trace.value, sample, start),
        (end - grid.start) * width,
        _between(trace.time, trace.value, sample, end),
    )
