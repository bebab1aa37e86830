"""What the legend reads from one sample of a series."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.display import DisplayKind, shown_value, unknown_unit, unknown_value
from gui.models.renamed_texts import deprecated_lines, sent_lines
from gui.models.texts import short_text, time_text, tip_text, visible_text
from gui.views.timeline.clock_ticks import clock_text
from gui.views.timeline.naming import state_label, unit_name, unknown_component, unknown_property, vehicle_name
from gui.views.timeline.redelivered import deliveries_text, redelivered_text
from gui.views.timeline.time_ticks import moment_text
from gui.views.timeline.untimed import UNTIMED, untimed_text
from gui.views.timeline.value_ticks import decimals_of, value_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from numpy.typing import NDArray

    from core.fleet.series import Series
    from gui.views.timeline.entry import Entry

# So many values tell the number of decimals of all.
_CONVERTED = 16
_COMPUTED_DIGITS = 6


def units_at(entry: Entry, series: Series, index: int) -> tuple[str, str]:
    """The unit that was sent with a sample, '' for none, and the one in which its value is shown."""
    sent = series.unit[index] or ""
    return sent, entry.shown_units.get(sent, sent)


def unit_at(entry: Entry, series: Series, index: int) -> str:
    """The unit of a sample, with the one that was sent where it is another: ``km ← mi``."""
    sent, shown = units_at(entry, series, index)
    return f"{unit_name(shown)} ← {unit_name(sent)}" if sent and sent != shown else unit_name(shown)


def value_at(entry: Entry, series: Series, index: int, tz: tzinfo, decimals: int | None = None) -> str:
    """A sample's value as it is read, without its unit; moments in a zone.

    Args:
        decimals: at least so many, so that values that stand below each other align; those of the series without it.
    """
    text, value = series.text[index], float(series.value[index])
    if entry.kind in (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY) and math.isfinite(value):
        return clock_text(entry.kind, value, tz)
    if text is not None:
        return short_text(state_label(series.key, text))
    if series.until is not None:
        return value_text(_computed(value))
    sent, shown = units_at(entry, series, index)
    least = decimals_in(series, sent, shown) if decimals is None else decimals
    return value_text(shown_value(value, sent, shown), least)


def _computed(value: float) -> float:
    """A computed value with as many digits as are read; those before the decimal point are never rounded away."""
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, max(0, _COMPUTED_DIGITS - 1 - math.floor(math.log10(abs(value)))))


def decimals_in(series: Series, sent: str, shown: str) -> int:
    """With how many decimals the values of a series are written alike."""
    values: NDArray[np.float64] = series.value
    if sent != shown:
        some = values[:: 1 + len(values) // _CONVERTED]
        values = np.array([shown_value(value, sent, shown) for value in some[np.isfinite(some)].tolist()])
    return decimals_of(values)


def tip_of(entry: Entry, index: int | None, tz: tzinfo) -> str:
    """The identifiers, what was sent where something else is shown, and what the catalogue does not know.

    Args:
        index: of the sample whose value is shown; None where there is none.
    """
    key, series = entry.key, entry.series
    lines = [vehicle_name(key), visible_text(key.path), unknown_property(key), unknown_component(key)]
    if series is not None and index is not None:
        sent, shown = units_at(entry, series, index)
        text = series.text[index]
        value = f"{value_at(entry, series, index, tz)} {unit_name(shown)}".strip()
        if sent != shown:
            number = f"{value_text(float(series.value[index]))} {unit_name(sent)}".strip()
            lines.append(f"{value} (sent as {number})")
        elif text is not None and short_text(text) != value:
            lines.append(f"{value} (sent as {short_text(text)})")
        lines += unknown_at(entry, index)
        if series.time_from_batch[index]:
            lines.append(f"This value has {UNTIMED}")
        if series.redelivered is not None and series.redelivered.batches_of(index):
            lines.append(f"This value was {deliveries_text(series.redelivered, np.array([index]), tz)}")
    lines += (untimed_text(series), redelivered_text(series)) if series is not None else ()
    lines.append(unit_changes_text(entry, tz))
    lines += deprecated_lines(key.capability, key.property)
    as_sent = None if entry.shown is None else entry.shown.as_sent.series
    lines += sent_lines(as_sent, index, tz) if as_sent is not None else ()
    if entry.shift and as_sent is not None and index is not None:
        lines.append(f"This value came at {moment_text(int(as_sent.time[index]), tz, with_offset=True)}")
        lines.append(f"Times are counted from {moment_text(entry.shift, tz, with_offset=True)}")
    return tip_text("\n".join(line for line in lines if line))


def unit_changes_text(entry: Entry, tz: tzinfo) -> str:
    """Says how often the unit changes and when it last did; '' where it never does."""
    if not entry.unit_changes:
        return ""
    count = len(np.unique(np.concatenate([marks.sample for marks in entry.unit_changes])))
    last = max(entry.unit_changes, key=lambda marks: int(marks.time[-1]))
    often = "The unit changes" if count == 1 else f"The unit changes {count:,} times, at last"
    return f"{often} at {time_text(int(last.time[-1]) + entry.shift, tz)}: {short_text(last.text(len(last) - 1))}"


def unknown_at(entry: Entry, index: int) -> tuple[str, str]:
    """Why the value and the unit of a sample are marked as unknown; each '' where it is known."""
    key, series = entry.key, entry.series
    if series is None:
        return "", ""
    text = series.text[index]
    value = "" if text is None else short_text(unknown_value(key.capability, key.property, key.component, text))
    return value, short_text(unknown_unit(series.unit[index] or ""))
