"""Arithmetic on ranges of time, in whole microseconds."""

from __future__ import annotations

from gui.views.timeline.time_ticks import EARLIEST, LATEST, MINUTE

Range = tuple[int, int]

# The shortest range that is shown.
SHORTEST = 1_000


def bounded(start: int, end: int) -> Range:
    """The range, moved and stretched until it is long enough and inside the calendar."""
    if end - start < SHORTEST:
        start = (start + end) // 2 - SHORTEST // 2
        end = start + SHORTEST
    if start < EARLIEST:
        start, end = EARLIEST, EARLIEST + (end - start)
    if end > LATEST:
        start, end = max(EARLIEST, LATEST - (end - start)), LATEST
    return start, end


def zoomed(view: Range, factor: float, share: float) -> Range:
    """A range of another length in which the moment at a share (0 to 1) of the old one stays where it is."""
    span = view[1] - view[0]
    fixed = view[0] + round(span * share)
    length = max(SHORTEST, min(round(span * factor), LATEST - EARLIEST))
    start = fixed - round(length * share)
    return bounded(start, start + length)


def panned(view: Range, fraction: float) -> Range:
    """The range moved by a fraction of its length, to later moments where it is positive."""
    shift = round((view[1] - view[0]) * fraction)
    return bounded(view[0] + shift, view[1] + shift)


def fitting(extent: Range) -> Range:
    """A range that shows all of an extent with a little room on both sides."""
    margin = round((extent[1] - extent[0]) * 0.02) or 30 * MINUTE
    return bounded(extent[0] - margin, extent[1] + margin)
