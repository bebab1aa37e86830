"""Whether a value still counts as known at the cursor, and if not, why: a gap, the end of the samples, a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.catalogue import readable
from gui.views.timeline.cursor import is_behind_gap, known_before, sample_before
from gui.views.timeline.value_ticks import age_text

if TYPE_CHECKING:
    from gui.views.timeline.entry import Entry


def stale_text(entry: Entry, time: int) -> str:
    """Why the last known value of a series does not count at a moment any more; '' where it does, or there is none.

    ``Last known 3 d 4 h ago: a gap follows``.
    """
    series = entry.series
    known = None if series is None else known_before(series, time)
    if series is None or known is None:
        return ""
    since = f"Last known {age_text(time - int(series.time[known]))} ago"
    latest = sample_before(series, time)
    if latest is not None and latest != known and (reason := series.failure[latest]) is not None:
        age = age_text(time - int(series.time[latest]))
        return f"{since}: a failure came after it, {readable(reason).lower()}, {age} ago"
    if series.until is not None or not _is_behind_gap(entry, known, time):
        return ""
    is_last = time > int(series.time[-1])
    return f"{since}: {'nothing came since' if is_last else 'a gap follows'}"


def _is_behind_gap(entry: Entry, known: int, time: int) -> bool:
    """Whether a gap lies between a sample and a moment, in the line or the lane that shows it."""
    for line in entry.lines:
        index = int(np.searchsorted(line.time, time, "right")) - 1
        if index >= 0 and line.sample_at(index) == known:
            return is_behind_gap(line, index, time)
    states = entry.states
    if states is None or states.is_events:
        return False
    index = int(np.searchsorted(states.time, time, "right")) - 1
    if index < 0 or time == int(states.time[index]):
        return False
    return index == len(states.time) - 1 or index in states.gaps
