"""Series made ready for the timeline in the job that read them, so that the window never waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.fleet.gaps import GAP_FACTOR
from gui.views.timeline.prepared import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.autoapi.display import DisplayUnits
    from core.fleet.series import Series
    from core.jobs import JobContext
    from gui.views.timeline.prepared import PreparedSeries


def prepare_all(
    series: Iterable[Series], units: DisplayUnits, ctx: JobContext, gap_factor: float = GAP_FACTOR
) -> list[PreparedSeries]:
    """Make series ready, their numbers in some units; a series of a million samples takes tens of milliseconds."""
    found = []
    for one in series:
        ctx.check()
        found.append(prepare(one, units, gap_factor))
    return found


def convert_all(
    prepared: Iterable[PreparedSeries], units: DisplayUnits, ctx: JobContext, gap_factor: float | None = None
) -> list[PreparedSeries]:
    """The same series with their numbers in other units, and with other gaps where these are asked for."""
    found = []
    for one in prepared:
        ctx.check()
        found.append(one.shown_in(units, gap_factor))
    return found
