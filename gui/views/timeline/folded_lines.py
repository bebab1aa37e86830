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
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor

    from gui.views.timeline.folding import Folds
    from gui.views.timeline.frame import Frame, ValueScale
    from gui.views.timeline.pixel_canvas import PixelCanvas
    from gui.views.timeline.trace import LineTrace

    Ints = NDArray[np.int64]

# While the view moves the lines of a plot have so many strokes at most, in columns that are wider where there are more.
_MOST_STROKES = 30_000
# With more strokes than these Qt takes longer than painting them as pixels.
MOST_PAINTED = 20_000
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
    strokes, points = folds.placed(found.x), folds.placed(found.point_x)
    holds = folds.cut(found.left, found.right)
    folded = StepShape(
        strokes.left, found.low[strokes.source], found.high[strokes.source],
        holds.left, holds.right, found.level[holds.source], found.stale[holds.source],
        points.left, found.point_value[points.source],
    )  # fmt: skip
    seen = strokes if found.x is columns.column else folds.placed(columns.column)
    more = (columns.last - columns.first)[seen.source]
    hides = bool(np.any((more > 1) & (columns.low < columns.high)[seen.source]))
    samples = int(more.sum()) + len(more)
    return FoldedLine(CrowdShape(folded, strokes.which, holds.which, points.which, samples, hides))


def coarse_step(lines: Iterable[LineTrace], folds: Folds) -> int | None:
    """How many columns are to be painted as one while the view moves; None where there is time for all as they are."""
    strokes = sum(map(folds.strokes, lines))
    return -(-strokes // _MOST_STROKES) if strokes > _MOST_STROKES // 3 else None


def paint_pixels(
    canvas: PixelCanvas, shape: StepShape, scale: ValueScale, frame: Frame, color: QColor, device: int
) -> None:
    """Paints strokes as step_curve.paint_shape does, marked points but as squares.

    Args:
        device: how wide strokes are, in device pixels.
    """
    before, after, thin = (device - 1) // 2, device // 2, max(1, round(frame.scale))
    level, stale = scale.rows(shape.level), shape.stale
    faint = frame.colors.faint(color, 0.45)
    canvas.fill(shape.left[stale], level[stale], shape.right[stale], level[stale] + thin - 1, faint)
    left, right, level = shape.left[~stale], shape.right[~stale], level[~stale]
    canvas.fill(left - before, level - before, right + after, level + after, color)
    top, bottom = scale.rows(shape.high), scale.rows(shape.low)
    if device == 1 and len(top) and int(top.min()) >= 0 and int(bottom.max()) < scale.height:
        canvas.fill_columns(shape.x, top, bottom, color)
    else:
        canvas.fill(shape.x - before, top - before, shape.x + after, bottom + after, color)
    rows = scale.rows(shape.point_value)
    canvas.fill(shape.point_x - before, rows - before, shape.point_x + after, rows + after, color)


def shades(folds: Folds, most: int = _SHADES) -> Iterator[tuple[float, int, int]]:
    """Groups of neighbouring passes from the oldest to the newest: how much of their colour they have, first, end.

    Args:
        most: so many groups at most; a single one of several days has the colour of those in the middle.
    """
    count = min(most, len(folds.passes))
    edges = np.linspace(0, len(folds.passes), count + 1).round().astype(int).tolist()
    low, high = (_OLDEST, _NEWEST) if count > 1 else ((_OLDEST + _NEWEST) / 2,) * 2
    for number, (first, end) in enumerate(pairwise(edges)):
        yield low + (high - low) * number / max(count - 1, 1), first, end
