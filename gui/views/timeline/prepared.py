"""Series made ready for the timeline: what takes long, and can be done in any thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.autoapi.display import DisplayKind, DisplayUnits
from core.fleet.gaps import GAP_FACTOR
from gui.views.timeline.shifting import shifted
from gui.views.timeline.trace import events_of, failures_of, kind_of_series, lines_of, shown_texts, states_of

if TYPE_CHECKING:
    from core.fleet.series import Series, SeriesKey
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.trace import LineTrace, StateTrace

CLOCKS = (DisplayKind.MOMENT, DisplayKind.TIME_OF_DAY)


@dataclass(frozen=True, slots=True)
class PreparedSeries:
    """A series with what the timeline draws of it.

    Attributes:
        series: the samples.
        units: in which the lines are.
        kind: as what it is shown.
        lines: its numbers.
        states: its texts, None where it has none.
        failures: where failures came instead of values.
        gap_factor: a gap is longer than so many times the usual interval.
        shift: microseconds by which all times are earlier than they were sent.
        unshifted: the same with the times as they were sent, None where these are.
    """

    series: Series
    units: DisplayUnits
    kind: DisplayKind
    lines: list[LineTrace]
    states: StateTrace | None
    failures: Marks
    gap_factor: float = GAP_FACTOR
    shift: int = 0
    unshifted: PreparedSeries | None = None

    @property
    def as_sent(self) -> PreparedSeries:
        """The same with the times as they were sent."""
        return self.unshifted or self

    @property
    def key(self) -> SeriesKey:
        """Which series."""
        return self.series.key

    def shown_in(self, units: DisplayUnits, gap_factor: float | None = None) -> PreparedSeries:
        """The same in other units, and with other gaps where these are asked for."""
        if self.unshifted is not None:
            same = units == self.units and gap_factor in (None, self.gap_factor)
            return self if same else shifted(self.unshifted.shown_in(units, gap_factor), self.shift)
        if gap_factor is not None and gap_factor != self.gap_factor:
            return prepare(self.series, units, gap_factor)
        if units == self.units:
            return self
        return replace(self, units=units, lines=_lines(self.series, self.kind, units, self.gap_factor))


def prepare(series: Series, units: DisplayUnits | None = None, gap_factor: float = GAP_FACTOR) -> PreparedSeries:
    """Makes a series ready. Needs no Qt and changes nothing, so that any thread may call it.

    Args:
        units: in which its numbers will be shown; the timeline's own by default. With others it converts them again.
        gap_factor: a gap is longer than so many times the usual interval; NO_GAPS where nothing is one.
    """
    units = units or DisplayUnits()
    kind = kind_of_series(series)
    failures = failures_of(series)
    lines = _lines(series, kind, units, gap_factor)
    # What a moment or a time of day says in words its number says too; otherwise the texts say more.
    clock = kind in CLOCKS
    has_texts = bool(shown_texts(series, with_numbers=not clock).any())
    states: StateTrace | None = None
    if kind == DisplayKind.EVENT and has_texts:
        states = events_of(series)
    elif has_texts or (not lines and len(failures)):
        states = states_of(series, with_numbers=not clock, gap_factor=gap_factor)
    return PreparedSeries(series, units, kind, lines, states, failures, gap_factor)


def _lines(series: Series, kind: DisplayKind, units: DisplayUnits, gap_factor: float) -> list[LineTrace]:
    lines: list[LineTrace] = []
    if kind in CLOCKS:
        lines = lines_of(series, units, kind, gap_factor)
    elif series.is_numeric:
        # Numbers that come with texts, such as 0/1 for false/true, say less than the texts do.
        lines = lines_of(series, units, gap_factor=gap_factor)
    for line in lines:
        line.buckets.make()
    return lines
