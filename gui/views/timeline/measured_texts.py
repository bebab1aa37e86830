"""What was measured between two moments, in words and numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.autoapi.display import DisplayKind
from gui.models.texts import plural, short_text, tip_text
from gui.views.timeline.clock_ticks import clock_text
from gui.views.timeline.day_clock import day_clock_text, hours_text
from gui.views.timeline.naming import full_name, marked_label, state_label, unit_name
from gui.views.timeline.region import duration_text
from gui.views.timeline.value_ticks import age_text, value_text

if TYPE_CHECKING:
    from datetime import tzinfo

    from core.fleet.series import SeriesKey
    from core.fleet.statistics import StateStatistics
    from gui.views.timeline.measuring import Measured, MeasuredLine

DAY = 86_400_000_000
# A rate is told per day where the range is longer than this, else per hour.
_LONG = 2 * DAY
_DIGITS = 6
# States that a cell tells, and that a tip tells.
_FEW, _MOST = 3, 24


def is_per_day(length: int) -> bool:
    """Whether rates over a range of so many microseconds are told per day."""
    return length > _LONG


def rate_of(line: MeasuredLine, length: int) -> float | None:
    """The rate per hour, over long ranges per day; None where there is none."""
    rate = None if line.found is None or line.kind in _CLOCKS else line.found.rate
    return rate if rate is None or not is_per_day(length) else 24 * rate


def computed_text(value: float) -> str:
    """A number that was computed, to six digits, whole parts in full: ``12,345``, ``0.0833333``."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}"
    digits = _DIGITS - 1 - math.floor(math.log10(abs(value)))
    if digits > 12 or abs(value) >= 1e12:
        return f"{value:.{_DIGITS}g}"
    text = f"{value:,.{max(digits, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_CLOCKS = (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY)


def line_values(line: MeasuredLine, length: int) -> dict[str, float]:
    """The numbers of a line by their names: change, rate, minimum, maximum, mean, mean_over_time, integral.

    What has no meaning or is not known is left out; moments and times of day have extremes alone, moments a change.
    """
    found = line.found
    if found is None:
        return {}
    values: dict[str, float | None] = {"minimum": found.minimum, "maximum": found.maximum}
    if line.kind is not DisplayKind.TIME_OF_DAY:
        values["change"] = found.change
    if line.kind not in _CLOCKS:
        integral = line.integral
        values["rate"] = rate_of(line, length)
        values["mean"], values["mean_over_time"] = found.mean, found.mean_over_time
        values["integral"] = None if integral is None else integral[0]
    return {name: value for name, value in values.items() if value is not None}


def line_text(line: MeasuredLine, name: str, length: int, tz: tzinfo) -> str:
    """One of line_values as it is read, '' where there is none; without its unit but for integrals."""
    value = line_values(line, length).get(name)
    if value is None:
        return ""
    if line.kind in _CLOCKS:
        return (
            _signed(duration_text(round(value * 1e6)), value) if name == "change" else clock_text(line.kind, value, tz)
        )
    if name == "change":
        return _signed(value_text(abs(value)), value)
    if name in ("minimum", "maximum"):
        return value_text(value)
    if name == "integral" and line.integral is not None:
        return f"{computed_text(value)} {unit_name(line.integral[1])}"
    return computed_text(value)


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 else f"-{text}" if value < 0 else text


def states_text(measured: Measured) -> str:
    """The time in each state, the longest first: ``Locked 2 h 5 min, Unlocked 55 min 0 s``; events are counted."""
    states = measured.states
    if states is None:
        return ""
    texts = [_state_text(measured.key, states.names[one.code], one, states.is_events) for one in states.found[:_FEW]]
    more = f" and {len(states.found) - _FEW} more" if len(states.found) > _FEW else ""
    return ", ".join(texts) + more


def _state_text(key: SeriesKey, name: str, state: StateStatistics, is_event: bool) -> str:
    label = short_text(state_label(key, name), 60)
    return f"{label} {state.samples:,}×" if is_event or not state.time else f"{label} {age_text(state.time)}"


def measured_tip(measured: Measured, tz: tzinfo) -> str:
    """Everything that was measured of a series."""
    if measured.days and measured.start == measured.end:
        return _at_tip(measured, tz)
    length = measured.end - measured.start
    where = f"In the region of {duration_text(length)}:"
    if measured.days:
        where = f"From {hours_text(measured.start, measured.end)} of {plural(measured.days, 'day')}:"
    lines = [full_name(measured.key), where]
    counted = plural(measured.samples, "sample")
    lines.append(f"{counted}, {plural(measured.failures, 'failure')}" if measured.failures else counted)
    for line in measured.lines:
        lines += _line_lines(line, length, tz, measured.length)
    states = measured.states
    if states is not None:
        for one in states.found[:_MOST]:
            text = f"{marked_label(measured.key, states.names[one.code])}: "
            if not states.is_events:
                text += f"{duration_text(one.time)} ({one.share:.1%}), began {_times(one.entries)}, "
            lines.append(text + plural(one.samples, "sample"))
        lines += [f"and {len(states.found) - _MOST:,} more"] if len(states.found) > _MOST else []
        lines += [_known_text(states.known, measured.length, states.gaps)] if not states.is_events else []
    if not measured.samples and not any(line.found for line in measured.lines) and not (states and states.found):
        lines.append("Nothing is known here")
    return tip_text("\n".join(lines))


def _at_tip(measured: Measured, tz: tzinfo) -> str:
    """The values at a time of day over days."""
    lines = [full_name(measured.key)]
    for line in measured.lines:
        count = 0 if line.found is None else line.found.samples
        lines.append(f"At {day_clock_text(measured.start)}: known on {count:,} of {plural(measured.days, 'day')}")
        names = {"minimum": "Minimum", "maximum": "Maximum", "mean_over_time": "Mean"}
        unit = "" if line.kind in _CLOCKS else unit_name(line.unit)
        found = ((words, line_text(line, name, 0, tz)) for name, words in names.items())
        lines += [f"{words}: {text} {unit}".rstrip() for words, text in found if text]
    return tip_text("\n".join(lines))


def _line_lines(line: MeasuredLine, length: int, tz: tzinfo, whole: int) -> list[str]:
    if line.found is None:
        return []
    unit = "" if line.kind in _CLOCKS else f" {unit_name(line.unit)}".rstrip()
    per = "day" if is_per_day(length) else "hour"
    names = {
        "change": ("Change", unit),
        "rate": ("Rate", f"{unit} per {per}"),
        "minimum": ("Minimum", unit),
        "maximum": ("Maximum", unit),
        "mean_over_time": ("Mean over time", unit),
        "mean": ("Mean of the samples", unit),
        "integral": ("Integral over time", ""),
    }
    found = [(words, line_text(line, name, length, tz), after) for name, (words, after) in names.items()]
    lines = [f"{words}: {text}{after}" for words, text, after in found if text]
    return [*lines, _known_text(line.found.known, whole, line.gaps)]


def _known_text(known: int, length: int, gaps: int) -> str:
    share = f"Known for {duration_text(known)}" + (f" ({known / length:.1%})" if length else "")
    return f"{share}, {plural(gaps, 'gap')}" if gaps else share


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
