"""Samples without a time of their own, which stand at their batch's time: where they are, and how they are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gui.models.texts import plural
from gui.views.timeline.markers import REACH
from gui.views.timeline.painting import fill_rects

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from core.fleet.series import Series
    from gui.views.timeline.frame import Frame

    Ints = NDArray[np.int64]

NO_UNTIMED = np.empty(0, np.int64)
UNTIMED = "no time of its own, placed at its batch's time"
# Half a mark's size, a little more than that of a point, and the width of its edge, in logical pixels.
_SIZE = 4.0
_EDGE = 1.5


def untimed_places(time: Ints, time_from_batch: NDArray[np.bool_]) -> Ints:
    """Which samples to mark: of those that stand at their batch's time the last one at each moment.

    A batch has one time, so that these are few however many samples there are.

    Args:
        time: int64 microseconds of the samples, ascending.
        time_from_batch: whether each has none of its own.
    """
    places = np.flatnonzero(time_from_batch)
    if len(places) == 0:
        return NO_UNTIMED
    last: Ints = places[np.append(np.diff(time[places]) != 0, True)]
    return last


def untimed_text(series: Series) -> str:
    """``12 of 480 samples have no time of their own: placed at their batch's time``; '' where all have one."""
    count = int(np.count_nonzero(series.time_from_batch))
    if count == 0:
        return ""
    if len(series) == 1:
        return f"The sample has {UNTIMED}"
    verb, whose = ("has", "its") if count == 1 else ("have", "their")
    place = f"{verb} no time of {whose} own: placed at {whose} batch's time"
    return f"{count:,} of {plural(len(series), 'sample')} {place}"


def marks_in_sight(time: Ints, places: Ints, frame: Frame, lines: int = 1) -> Ints:
    """The places that are marked: the last one of each group that is too close to be told apart.

    It takes no longer for many places than for few.

    Args:
        time: int64 microseconds, ascending.
        places: indices into time, ascending.
        lines: how many curves have marks; many get fewer each.
    """
    apart = max(round(2 * _SIZE * frame.scale * max(1, lines / 24)), 1)
    if frame.folds is not None:
        places = frame.folds.shown(time, places, frame.grid.start, frame.grid.end)
        groups = frame.columns_of(time[places]) // apart
        alone: Ints = places[np.append(np.diff(groups) != 0, np.ones(min(len(places), 1), np.bool_))]
        return alone
    borders = np.append(frame.grid.edges[:-1:apart], frame.grid.end)
    behind = np.searchsorted(places, np.searchsorted(time, borders))
    chosen: Ints = places[behind[1:][np.diff(behind) > 0] - 1]
    return chosen


def near_column(time: Ints, places: Ints, column: int, frame: Frame) -> Ints:
    """Those of some places whose moments are near a column; time and places as for marks_in_sight."""
    reach = round(REACH * frame.scale)
    edges, count = frame.grid.edges, frame.grid.count
    ends = [edges[min(max(edge, 0), count)] for edge in (column - reach, column + reach + 1)]
    if frame.folds is not None:
        return np.sort(frame.folds.shown(time, places, *map(int, ends)))
    first, last = np.searchsorted(places, np.searchsorted(time, ends)).tolist()
    return places[first:last]


def paint_untimed(painter: QPainter, columns: Ints, rows: Ints, frame: Frame, color: QColor) -> None:
    """Hollow squares, in device pixels; the painter's origin is the plot's top left corner."""
    size, edge = max(2, round(_SIZE * frame.scale)), max(1, round(_EDGE * frame.scale))
    for half, filling in ((size, color), (size - edge, frame.colors.plot)):
        fill_rects(painter, columns - half, rows - half, columns + half, rows + half, filling)
