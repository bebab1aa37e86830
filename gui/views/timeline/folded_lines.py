"""The curves of days that lie over each other: pale ones for all days, the older the paler, and one that stands out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from core.workspaces.layout import Shape
from gui.views.timeline.crowd import CrowdShape
from gui.views.timeline.points_alone import point_shape
from gui.views.timeline.step_curve import StepShape, step_shape
from gui.views.timeline.straight_line import line_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gui.views.timeline.folding import Folds
    from gui.views.timeline.trace import LineTrace

    Ints = NDArray[np.int64]

# How much of their colour the oldest and the newest days have, in so many shades.
_OLDEST, _NEWEST = 0.2, 0.5
_SHADES = 4


@dataclass(frozen=True, slots=True)
class FoldedLine:
    """One line over all days.

    Attributes:
        parts: its strokes, pass by pass.
    """

    parts: CrowdShape

    def of_passes(self, first: int, end: int) -> StepShape:
        """The strokes of neighbouring passes: from the first one to the one before the end."""
        return self.parts.of_lines(first, end)


def fold_line(line: LineTrace, shape: Shape, folds: Folds, data_end: int, distance: int) -> FoldedLine:
    """The strokes of a line in the passes in sight.

    Args:
        data_end: microseconds; how far the last known value is held.
        distance: in columns; see step_curve.POINT_DISTANCE.
    """
    columns, grid = folds.reduce(line), folds.long
    if shape is Shape.POINTS:
        found, _ = point_shape(line, columns, grid)
    elif shape is Shape.LINE:
        # Smooth lines would be drawn from one day into the next.
        found = line_shape(line, columns, grid, distance, most_smooth=-1)
    else:
        found = step_shape(line, columns, grid, data_end, distance)
    strokes, points = folds.cut(found.x, found.x), folds.cut(found.point_x, found.point_x)
    holds = folds.cut(found.left, found.right)
    folded = StepShape(
        strokes.left, found.low[strokes.source], found.high[strokes.source],
        holds.left, holds.right, found.level[holds.source], found.stale[holds.source],
        points.left, found.point_value[points.source],
    )  # fmt: skip
    seen = strokes if found.x is columns.column else folds.cut(columns.column, columns.column)
    more = (columns.last - columns.first)[seen.source]
    hides = bool(np.any((more > 1) & (columns.low < columns.high)[seen.source]))
    samples = int(more.sum()) + len(more)
    return FoldedLine(CrowdShape(folded, strokes.which, holds.which, points.which, samples, hides))


def shades(folds: Folds) -> Iterator[tuple[float, int, int]]:
    """Groups of neighbouring passes from the oldest to the newest: how much of their colour they have, first, end."""
    edges = np.linspace(0, len(folds.passes), min(_SHADES, len(folds.passes)) + 1).round().astype(int).tolist()
    for number, (first, end) in enumerate(pairwise(edges), 1):
        yield _NEWEST + (_OLDEST - _NEWEST) * (len(edges) - 1 - number) / max(_SHADES - 1, 1), first, end
