"""What the mouse does beside the curves: borders resize plots, headers move them, names of lanes move series.

A click on a header or on a name selects; a double-click on a header gives one plot all the room, or takes it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from gui.views.timeline.lanes import LanesPlot
from gui.views.timeline.plot_places import Target, gap_at, gap_rect, plot_rects, target_at

if TYPE_CHECKING:
    from core.fleet.series import SeriesKey
    from gui.views.timeline.frame import Row
    from gui.views.timeline.plot_area import PlotArea

# Below this a press is a click.
_DRAG_DISTANCE = 4
# So far above and below the line between two plots their border is.
_BORDER_REACH = 4


@dataclass(slots=True)
class _Drag:
    """A drag from its press on.

    Attributes:
        border: the rows above and below the border, with their heights then.
        plot: the plot whose header was pressed.
        key: the series whose name was pressed.
        weights: of all rows, as they were.
    """

    origin: QPoint
    border: tuple[Row, Row, int, int] | None = None
    plot: int | None = None
    key: SeriesKey | None = None
    weights: tuple[float, ...] = ()
    moving: bool = False


class PlotHandles:
    """Moves and resizes the plots of an area; what it does not take is left to others."""

    def __init__(self, area: PlotArea) -> None:
        self._area = area
        self._drag: _Drag | None = None
        self._has_cursor = False

    def press(self, position: QPoint) -> bool:
        """Begins a drag; False where there is nothing of its own."""
        area = self._area
        self._drag = None
        if border := self._border_at(position):
            above, below = border
            heights = above.rect.height(), below.rect.height()
            weights = tuple(row.weight for row in area.rows)
            self._drag = _Drag(position, border=(above, below, *heights), weights=weights)
        elif (key := self._name_at(position)) is not None:
            self._drag = _Drag(position, key=key)
        elif (row := self._header_at(position)) is not None:
            self._drag = _Drag(position, plot=row.plot_id)
        return self._drag is not None

    def move(self, position: QPoint) -> bool:
        """Goes on with a drag, or shows by the pointer's shape what a press would begin."""
        drag = self._drag
        if drag is None:
            self._hover(position)
            return False
        if drag.moving or (position - drag.origin).manhattanLength() >= _DRAG_DISTANCE:
            drag.moving = True
            if drag.border:
                self._resize(drag, position.y() - drag.origin.y())
            else:
                self._area.set_cursor_shape(Qt.CursorShape.ClosedHandCursor)
                self._area.set_target(self._target(drag, position))
        return True

    def release(self, position: QPoint) -> bool:
        """Ends a drag; False where there is none."""
        area, drag = self._area, self._end()
        if drag is None:
            return False
        if drag.border:
            if drag.moving:
                area.weights_chosen.emit({row.plot_id: row.weight for row in self._flexible()})
        elif not drag.moving:
            if drag.key is not None:
                area.name_clicked.emit(drag.key)
            else:
                area.plot_clicked.emit(drag.plot)
        elif (target := self._target(drag, position)) is not None:
            if drag.key is not None:
                area.series_moved.emit(drag.key, target)
            else:
                area.plot_moved.emit(drag.plot, target.place)
        return True

    def double_click(self, position: QPoint) -> bool:
        """Equal heights on a border, all the room for one plot on its header; False elsewhere."""
        self._end()
        if self._border_at(position):
            self._area.equal_heights_requested.emit()
        elif (row := self._header_at(position)) is not None:
            self._area.fill_requested.emit(row.plot_id)
        else:
            return False
        return True

    def cancel(self) -> bool:
        """Ends a drag as if it had not begun; False where there is none."""
        drag = self._end()
        if drag is not None and drag.weights:
            for row, weight in zip(self._area.rows, drag.weights, strict=False):
                row.weight = weight
            self._area.refresh()
        return drag is not None

    def _end(self) -> _Drag | None:
        drag, self._drag = self._drag, None
        self._area.set_target(None)
        if drag is not None:
            self._show_cursor(None)
        return drag

    def _resize(self, drag: _Drag, moved: int) -> None:
        assert drag.border is not None
        above, below, high, low = drag.border
        lowest = self._area.lowest_plot
        moved = max(min(moved, low - lowest), lowest - high)
        rows = self._flexible()
        heights = {id(row): row.rect.height() for row in rows} | {id(above): high + moved, id(below): low - moved}
        share = sum(drag.weights[self._area.rows.index(row)] for row in rows) / sum(heights.values())
        for row in rows:
            row.weight = heights[id(row)] * share
        self._area.refresh()

    def _target(self, drag: _Drag, position: QPoint) -> Target | None:
        area = self._area
        if drag.key is not None:
            return target_at(area.rows, area.width(), area.order, position)
        plots = plot_rects(area.rows, area.width())
        at = gap_at(plots, position.y())
        others = [id for id in area.order if id != drag.plot]
        above = [plot.id for plot in plots[:at] if plot.id != drag.plot]
        place = others.index(above[-1]) + 1 if above else 0
        return Target(None, place, "", gap_rect(plots, at, area.width()))

    # Where things are

    def _border_at(self, position: QPoint) -> tuple[Row, Row] | None:
        """The rows that share the height above and below a border at a position."""
        area = self._area
        plots = plot_rects(area.rows, area.width())
        if position.y() >= area.axis.rect.top():
            return None
        for plot in plots[1:]:
            if abs(position.y() - plot.rect.top()) <= _BORDER_REACH:
                rows = self._flexible()
                above = [row for row in rows if row.rect.bottom() < plot.rect.top()]
                below = [row for row in rows if row.header.top() >= plot.rect.top()]
                return (above[-1], below[0]) if above and below else None
        return None

    def _header_at(self, position: QPoint) -> Row | None:
        area = self._area
        if position.y() >= area.axis.rect.top():
            return None
        tops = {plot.id: plot.rect.top() for plot in plot_rects(area.rows, area.width())}
        return next(
            (row for row in area.rows if row.header.contains(position) and row.header.top() == tops[row.plot_id]),
            None,
        )

    def _name_at(self, position: QPoint) -> SeriesKey | None:
        area = self._area
        row = area.row_at(position)
        if not isinstance(row, LanesPlot) or position.x() >= area.plots_rect().left():
            return None
        lane = row.lane_at(position.y(), area.fontMetrics())
        return lane.trace.key if lane else None

    def _hover(self, position: QPoint) -> None:
        if self._border_at(position):
            self._show_cursor(Qt.CursorShape.SplitVCursor)
        elif self._name_at(position) is not None or self._header_at(position) is not None:
            self._show_cursor(Qt.CursorShape.OpenHandCursor)
        else:
            self._show_cursor(None)

    def _show_cursor(self, shape: Qt.CursorShape | None) -> None:
        # Only what was shown here is taken back here.
        if shape is not None or self._has_cursor:
            self._area.set_cursor_shape(shape)
        self._has_cursor = shape is not None

    def _flexible(self) -> list[Row]:
        """The rows that share what is left of the height."""
        metrics = self._area.fontMetrics()
        return [row for row in self._area.rows if row.preferred_height(metrics) is None]
