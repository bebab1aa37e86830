"""Samples that were delivered again: where they are, how they are marked, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.storage.keys import parse_key
from gui.models.texts import plural, short_text
from gui.views.timeline.painting import fill_rects
from gui.views.timeline.time_ticks import moment_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

    from core.fleet.series import Redeliveries, Series
    from gui.views.timeline.frame import Frame

    Ints = NDArray[np.int64]

NO_REDELIVERED = np.empty(0, np.int64)
# Half a square's size, how far the second one stands beside the first, and the width of edges, in logical pixels.
_SIZE = 2.0
_BESIDE = 3.0
_EDGE = 1.0
_FAINT = 0.6


def redelivered_places(series: Series, index: Ints | None) -> Ints:
    """Which of some samples were delivered again, as places among them, ascending.

    Args:
        index: of each in the series, ascending; None where all are.
    """
    if series.redelivered is None:
        return NO_REDELIVERED
    samples = series.redelivered.samples()
    if index is None:
        return samples
    places = np.searchsorted(index, samples)
    found: Ints = places[np.append(index, -1)[places] == samples]
    return found


def redelivered_text(series: Series) -> str:
    """``12 of 480 samples were delivered again``; '' where each came once."""
    if series.redelivered is None:
        return ""
    count = len(series.redelivered.samples())
    return f"{count:,} of {plural(len(series), 'sample')} {'was' if count == 1 else 'were'} delivered again"


def deliveries_text(deliveries: Redeliveries, samples: Ints, tz: tzinfo) -> str:
    """``delivered twice, again in the batch of Fri, 18 Nov 2022, 14:11:23``; of several how many, and the last batch.

    Args:
        samples: by their index in the series, one at least, all delivered again.
    """
    batches = deliveries.batches_of(int(samples[-1]))
    key = parse_key(batches[-1])
    batch = f"the batch of {moment_text(key.time, tz)}" if key else f"the batch {short_text(batches[-1])}"
    if len(samples) > 1:
        return f"{plural(len(samples), 'sample')} delivered again, the last one in {batch}"
    if len(batches) == 1:
        return f"delivered twice, again in {batch}"
    return f"delivered {len(batches) + 1:,} times, at last in {batch}"


def paint_redelivered(painter: QPainter, columns: Ints, rows: Ints, frame: Frame, color: QColor) -> None:
    """Two hollow squares each, in device pixels; the painter's origin is the plot's top left corner."""
    # They say something of the delivery alone: less than what is wrong with a value.
    color = frame.colors.faint(color, _FAINT)
    size, beside = max(2, round(_SIZE * frame.scale)), round(_BESIDE * frame.scale)
    inner = size - max(1, round(_EDGE * frame.scale))
    for aside in (beside, 0):
        x, y = columns + aside, rows - aside
        for half, filling in ((size, color), (inner, frame.colors.plot)):
            fill_rects(painter, x - half, y - half, x + half, y + half, filling)
