"""Where a timeline's plots are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.views.timeline.plot_area import PlotArea

if TYPE_CHECKING:
    from gui.views.timeline.view import TimelineView


def area(view: TimelineView) -> PlotArea:
    """The part of a timeline that holds the plots."""
    found = view.findChild(PlotArea)
    assert isinstance(found, PlotArea)
    return found
