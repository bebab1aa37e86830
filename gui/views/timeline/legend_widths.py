"""How wide the legend's columns are: as wide as what they say, and narrower in an order where there is little room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gui.views.timeline.legend_model import OF_NUMBERS, Column, LegendModel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from PySide6.QtGui import QFontMetrics

WIDEST = {
    Column.VEHICLE: 320,
    Column.PROPERTY: 220,
    Column.COMPONENT: 220,
    Column.VALUE: 160,
    Column.UNIT: 180,
    Column.AGE: 110,
    Column.SAMPLES: 100,
    **dict.fromkeys(OF_NUMBERS, 130),
    Column.STATES: 420,
    Column.IN_REGION: 100,
}
"""Logical pixels that a column takes unasked at most, where there is room."""
# What is still easily read, and what can still be read at all.
_EASY = {
    Column.VEHICLE: 130,
    Column.PROPERTY: 120,
    Column.COMPONENT: 120,
    Column.VALUE: 110,
    Column.UNIT: 80,
    Column.AGE: 92,
    Column.SAMPLES: 72,
    **dict.fromkeys(OF_NUMBERS, 82),
    Column.INTEGRAL: 96,
    Column.STATES: 200,
    Column.IN_REGION: 72,
}
_LEAST = {
    Column.VEHICLE: 124,
    Column.PROPERTY: 84,
    Column.COMPONENT: 76,
    Column.VALUE: 92,
    Column.UNIT: 62,
    Column.AGE: 92,
    Column.SAMPLES: 72,
    Column.STATES: 130,
    Column.IN_REGION: 72,
}
# Values at the cursor are what the legend is for, and components tell most series apart: they give way last. What was
# measured in a region never does: a number that is cut looks like another one.
_GIVING_WAY = (
    Column.SAMPLES,
    Column.IN_REGION,
    Column.AGE,
    Column.VEHICLE,
    Column.PROPERTY,
    Column.STATES,
    Column.COMPONENT,
    Column.UNIT,
    Column.VALUE,
)
# What a region leaves out where it needs the room: its numbers tell nothing where they are cut.
_LEFT_OUT = (Column.SAMPLES, Column.IN_REGION, Column.AGE)
_NAMES = (Column.VEHICLE, Column.PROPERTY, Column.COMPONENT)
# Beside a text: its margins, the tick and the colour of a vehicle, and the mark of what is unknown or changes.
_MARGINS = 20
_TICK = 46
_ICON = 22
# So many rows tell how wide all are.
_LOOKED_AT = 200


def wanted_width(model: LegendModel, column: Column, metrics: QFontMetrics) -> int:
    """How wide a column would be where there is room, in logical pixels."""
    if column == Column.AGE:
        # There is none without a cursor, and then any.
        return WIDEST[column]
    title = str(model.headerData(column, Qt.Orientation.Horizontal))
    widest = metrics.horizontalAdvance(title)
    for row in range(min(model.rowCount(), _LOOKED_AT)):
        index = model.index(row, column)
        has_icon = column != Column.VEHICLE and index.data(Qt.ItemDataRole.DecorationRole) is not None
        widest = max(widest, metrics.horizontalAdvance(str(index.data())) + _ICON * has_icon)
    widest += _MARGINS + (_TICK if column == Column.VEHICLE else 0)
    return min(max(widest, _EASY[column]), WIDEST[column])


def fitted_widths(room: int, wanted: Mapping[Column, int], same: Collection[Column] = ()) -> dict[Column, int]:
    """How wide columns are in some room, in logical pixels; one that is left out has no room.

    Args:
        wanted: the columns that have something to say, with the width of each where there is room.
        same: those that say the same in all rows; they give way first.
    """
    widths = dict(wanted)
    if Column.IN_REGION in wanted and sum(widths.values()) > room:
        for column in _LEFT_OUT:
            widths.pop(column, None)
    order = sorted(_GIVING_WAY, key=lambda column: column not in same)
    for least in (_EASY, _LEAST):
        for column in order:
            spare = sum(widths.values()) - room
            if spare > 0 and column in widths:
                widths[column] = max(widths[column] - spare, min(widths[column], least[column]))
    if sum(widths.values()) > room:
        widths.pop(Column.SAMPLES, None)
        taken = sum(widths.values())
        # What it leaves goes to the names, from the left.
        for column in _NAMES:
            if column in widths and taken < room:
                more = min(room - taken, wanted[column] - widths[column])
                widths[column] += more
                taken += more
    return widths
