"""What the mouse does with the region: Alt+drag marks one, edges are dragged, the length at the axis moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gui.views.timeline.day_view import hours_within
from gui.views.timeline.region import duration_text, paint_region, pill_rect

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPainter

    from gui.views.timeline.plot_area import PlotArea
    from gui.views.timeline.time_range import Range

# Below this a press is a click.
_DRAG_DISTANCE = 4
# So far beside an edge it is still meant.
_REACH = 4


@dataclass(slots=True)
class _Drag:
    """A drag from its press on.

    Attributes:
        part: ``new``, ``edge`` or ``whole``.
        before: the region as it was.
        fixed: the moment of the edge that stays.
        time: the moment that was pressed.
    """

    origin: QPoint
    part: str
    before: Range | None
    fixed: int
    time: int
    moving: bool = False


class RegionMouse:
    """Marks and moves the region of an area; what it does not take is left to others.

    Args:
        click: what a press without a drag does.
    """

    def __init__(self, area: PlotArea, click: Callable[[QPoint], None]) -> None:
        self._area = area
        self._click = click
        self._drag: _Drag | None = None
        self._has_cursor = False

    def press(self, position: QPoint, modifiers: Qt.KeyboardModifier) -> bool:
        """Begins a drag; False where there is nothing of its own."""
        area, before = self._area, self._area.region.range
        self._drag = None
        part, time = self._part(position), area.axis_time_at(position.x())
        if modifiers == Qt.KeyboardModifier.AltModifier and self._is_over_time(position) and time is not None:
            self._drag = _Drag(position, "new", before, time, time)
        elif before is not None and part and modifiers == Qt.KeyboardModifier.NoModifier:
            first, last = before
            fixed = last if part == "first" else first
            grabbed = self._time_at(position) if part == "whole" else first if part == "first" else last
            self._drag = _Drag(position, "whole" if part == "whole" else "edge", before, fixed, grabbed)
        return self._drag is not None

    def move(self, position: QPoint, held: bool) -> bool:
        """Goes on with a drag, or shows by the pointer's shape what a press would begin.

        Args:
            held: whether a button is down.
        """
        if not held:
            # It may have been released where nobody told.
            self._drag = None
            return self._hover(position)
        drag = self._drag
        if drag is None:
            return False
        if drag.moving or (position - drag.origin).manhattanLength() >= _DRAG_DISTANCE:
            drag.moving = True
            time = self._time_at(position)
            if drag.part == "whole" and drag.before is not None:
                moved = time - drag.time
                edges = drag.before[0] + moved, drag.before[1] + moved
                self._area.region.set_range(hours_within(*edges) if self._area.days.is_on else edges)
            else:
                self._area.region.set_range((drag.fixed, time))
        return True

    def release(self, position: QPoint) -> bool:
        """Ends a drag, which without a move is a click; False where there is none."""
        drag, self._drag = self._drag, None
        if drag is None:
            return False
        found = self._area.region.range
        if found is not None and found[0] == found[1]:
            self._area.region.set_range(None)
        if not drag.moving and drag.part != "whole":
            self._click(position)
        self._hover(position)
        return True

    def cancel(self) -> bool:
        """Ends a drag as if it had not begun; False where there is none."""
        drag, self._drag = self._drag, None
        if drag is not None:
            self._area.region.set_range(drag.before)
            self._show_shape(None)
        return drag is not None

    def paint(self, painter: QPainter) -> None:
        """Paints the region, where there is one."""
        area, found = self._area, self._area.region.range
        if found is None or area.frame is None:
            return
        edges = area.x_at(found[0]), area.x_at(found[1])
        painter.setFont(area.frame.font)
        length = found[1] - found[0]
        paint_region(painter, edges, length, area.rows, area.axis.rect, area.colors, area.frame.metrics)

    # Where things are

    def _part(self, position: QPoint) -> str:
        """``whole``, ``first``, ``last`` or ``''``."""
        area, found = self._area, self._area.region.range
        if found is None or area.frame is None or area.region.is_open:
            return ""
        left, right = (area.x_at(edge) for edge in found)
        axis, text = area.axis.rect, f"Δ {duration_text(found[1] - found[0])}"
        is_in_sight = right >= axis.left() and left <= axis.right()
        if is_in_sight and pill_rect(left, right, axis, area.frame.metrics, text).contains(position):
            return "whole"
        if not self._is_over_time(position):
            return ""
        # Of edges on top of each other the one is taken that has room behind it.
        beside_right = abs(position.x() - right) <= _REACH
        if abs(position.x() - left) <= _REACH and not (beside_right and position.x() > left):
            return "first"
        return "last" if beside_right else ""

    def _is_over_time(self, position: QPoint) -> bool:
        area = self._area
        plots = area.plots_rect()
        over = area.row_at(position) is not None or area.axis.rect.contains(position)
        return over and plots.left() <= position.x() <= plots.right()

    def _time_at(self, position: QPoint) -> int:
        """The time at a position as the axis counts it, at the nearer edge of the plots where it lies outside."""
        plots = self._area.plots_rect()
        time = self._area.axis_time_at(min(max(position.x(), plots.left()), plots.right()))
        return 0 if time is None else time

    def _hover(self, position: QPoint) -> bool:
        part = self._part(position)
        shapes = {"": None, "whole": Qt.CursorShape.SizeAllCursor}
        self._show_shape(shapes.get(part, Qt.CursorShape.SizeHorCursor))
        # The cursor goes along an edge, but not along the length below the axis.
        return part == "whole"

    def _show_shape(self, shape: Qt.CursorShape | None) -> None:
        # Only what was shown here is taken back here.
        if shape is not None or self._has_cursor:
            self._area.set_cursor_shape(shape)
        self._has_cursor = shape is not None
