"""Places among the plots: where something that is dragged would come to stand, and how that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gui.views.timeline.value_plot import ValuePlot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gui.views.timeline.frame import Row
    from gui.views.timeline.palette import TimelineColors

# So far from the border of two plots a drop goes between them.
_GAP_REACH = 10


class PlotRect(NamedTuple):
    """A plot of the layout on the screen, with its header, its axes and its lanes."""

    id: int
    rect: QRect


@dataclass(frozen=True, slots=True)
class Target:
    """Where series go.

    Attributes:
        plot: the id of the plot that takes them; None for a new one.
        place: of a new plot: how many stand above it.
        axis: the name of the value axis they are dropped on, '' for none.
        rect: what is marked on the screen.
    """

    plot: int | None
    place: int
    axis: str
    rect: QRect


def plot_rects(rows: Sequence[Row], width: int) -> list[PlotRect]:
    """The plots in sight from top to bottom; rows of one plot stand together."""
    found: list[PlotRect] = []
    for row in rows:
        rect = QRect(0, row.header.top(), width, row.rect.bottom() - row.header.top() + 1)
        if found and found[-1].id == row.plot_id:
            found[-1] = PlotRect(row.plot_id, found[-1].rect.united(rect))
        else:
            found.append(PlotRect(row.plot_id, rect))
    return found


def gap_at(plots: Sequence[PlotRect], y: int) -> int:
    """How many of the plots in sight are above a height, the one at that height by its middle."""
    return sum(y > plot.rect.center().y() for plot in plots)


def gap_rect(plots: Sequence[PlotRect], place: int, width: int) -> QRect:
    """A bar at the border above a plot, or below the last one."""
    y = plots[place].rect.top() if place < len(plots) else plots[-1].rect.bottom() + 1
    return QRect(0, max(y - 2, 0), width, 4)


def target_at(rows: Sequence[Row], width: int, order: Sequence[int], position: QPoint) -> Target | None:
    """Where series that are let go at a position would go; None where nothing is shown yet.

    Args:
        rows: as they are laid out.
        order: the ids of the layout's plots, also of those that are out of sight.
    """
    plots = plot_rects(rows, width)
    if not plots:
        return None
    y = position.y()
    for number in range(len(plots) + 1):
        border = plots[number].rect.top() if number < len(plots) else plots[-1].rect.bottom() + 1
        is_below_all = number == len(plots) and y > border
        if abs(y - border) <= _GAP_REACH or is_below_all:
            place = order.index(plots[number].id) if number < len(plots) else order.index(plots[-1].id) + 1
            return Target(None, place, "", gap_rect(plots, number, width))
    plot = next((plot for plot in plots if plot.rect.top() <= y <= plot.rect.bottom()), plots[0])
    for row in rows:
        if isinstance(row, ValuePlot) and row.plot_id == plot.id and row.rect.top() <= y <= row.rect.bottom():
            axis = row.axis_at(position.x())
            if axis is not None:
                return Target(plot.id, 0, axis.name, axis.rect)
    return Target(plot.id, 0, "", plot.rect.adjusted(2, 2, -2, -2))


def paint_target(painter: QPainter, rect: QRect, text: str, colors: TimelineColors) -> None:
    """Marks where something would go: a bar between plots, a frame around one, with words beside the pointer."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    fill = QColor(colors.accent)
    is_bar = rect.height() <= 4
    fill.setAlpha(255 if is_bar else 36)
    painter.setPen(Qt.PenStyle.NoPen if is_bar else QPen(colors.accent, 2))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect, 2, 2)
    if text:
        metrics = painter.fontMetrics()
        label = QRect(0, 0, metrics.horizontalAdvance(text) + 16, metrics.height() + 6)
        label.moveCenter(rect.center())
        label.moveTop(max(label.top(), 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.accent)
        painter.drawRoundedRect(label, 4, 4)
        painter.setPen(colors.plot)
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
