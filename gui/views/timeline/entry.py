"""One series on the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.autoapi.display import DisplayKind, DisplayUnits
from core.workspaces.layout import LANES, SeriesLook
from gui.views.timeline.prepared import PreparedSeries, prepare
from gui.views.timeline.value_axis import axis_name

if TYPE_CHECKING:
    from core.fleet.series import Series, SeriesKey
    from gui.views.timeline.marks import Marks
    from gui.views.timeline.trace import LineTrace, StateTrace


@dataclass(slots=True)
class Entry:
    """One series on the timeline.

    Attributes:
        key: which series.
        look: how it is shown, as far as it was chosen.
        color: index into the theme's colours.
        series: its samples, None until they have come.
        announced: whether samples are on their way.
        lines: its numbers.
        states: its texts, None where it has none.
        failures: where failures came instead of values.
        kind: as what it is shown.
        shown_units: the unit that was sent, '' for none, to the one in which its values are shown.
        prepared: all that, as it was made ready last; None until it has come.
        shown: that of which the attributes above are; None where none has its times as they are to be.
        shift: microseconds by which its times are to be earlier than they were sent.
    """

    key: SeriesKey
    look: SeriesLook = field(default_factory=SeriesLook)
    color: int = 0
    series: Series | None = None
    announced: bool = False
    lines: list[LineTrace] = field(default_factory=list)
    states: StateTrace | None = None
    failures: Marks | None = None
    kind: DisplayKind = DisplayKind.NUMBER
    shown_units: dict[str, str] = field(default_factory=dict)
    prepared: PreparedSeries | None = None
    shown: PreparedSeries | None = None
    shift: int = 0

    @property
    def visible(self) -> bool:
        """Whether it is drawn."""
        return self.look.visible

    @property
    def unit_changes(self) -> list[Marks]:
        """Where the unit that is sent changes, line by line; one that leads from one line to another is in both."""
        return [line.unit_changes for line in self.lines if len(line.unit_changes)]

    @property
    def has_samples(self) -> bool:
        """Whether any sample has come."""
        return self.series is not None and len(self.series) > 0

    def place_name(self) -> str | None:
        """What it shares with the series that it stands beside: the axis of most samples, or that it has states only.

        None as long as nothing of it can be shown.
        """
        if self.lines:
            return axis_name(max(self.lines, key=lambda line: len(line.time)))
        return None if self.states is None else LANES

    def take(self, series: Series | PreparedSeries, units: DisplayUnits) -> None:
        """Replaces the samples."""
        self.announced = False
        if isinstance(series, PreparedSeries):
            if series.as_sent.series is not self.sent:
                self._show(series, units)
        elif series is not self.sent:
            self._show(prepare(series, units), units)

    def show_in(self, units: DisplayUnits) -> None:
        """Shows the numbers in other units."""
        if self.prepared is not None:
            self._show(self.prepared, units)

    @property
    def sent(self) -> Series | None:
        """Its samples with the times as they were sent, None until they have come."""
        return None if self.prepared is None else self.prepared.as_sent.series

    @property
    def loading(self) -> bool:
        """Whether there is something to wait for."""
        return self.announced or self.is_unshifted

    @property
    def is_unshifted(self) -> bool:
        """Whether the times of what was made ready last are not yet as they are to be."""
        return self.prepared is not None and self.prepared.shift != self.shift

    def replace_with(self, prepared: PreparedSeries) -> None:
        """Shows the same samples, made ready otherwise."""
        self.prepared = prepared
        self._expose()

    def set_shift(self, shift: int) -> None:
        """Other times are to be shown; those that were sent need no work."""
        if shift != self.shift:
            self.shift = shift
            if self.prepared is not None and shift == 0:
                self.replace_with(self.prepared.as_sent)
            else:
                self._expose()

    def _show(self, prepared: PreparedSeries, units: DisplayUnits) -> None:
        self.prepared = prepared.shown_in(units)
        self._expose()

    def _expose(self) -> None:
        if not self.is_unshifted:
            self.shown = self.prepared
        elif self.shown is not None and self.shown.shift != self.shift:
            self.shown = None
        # Samples of before are shown until newer ones are shifted.
        prepared = self.shown
        if prepared is None:
            self.series, self.lines, self.states, self.failures = None, [], None, None
            return
        self.series = prepared.series
        self.lines = prepared.lines
        self.states = prepared.states
        self.failures = prepared.failures
        self.kind = prepared.kind
        self.shown_units = {sent: line.unit for line in self.lines for sent in line.sent}
