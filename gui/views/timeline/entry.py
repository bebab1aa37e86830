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
        loading: whether samples are on their way.
        lines: its numbers.
        states: its texts, None where it has none.
        failures: where failures came instead of values.
        kind: as what it is shown.
        shown_units: the unit that was sent, '' for none, to the one in which its values are shown.
        prepared: all that, as it was made ready; None until it has come.
    """

    key: SeriesKey
    look: SeriesLook = field(default_factory=SeriesLook)
    color: int = 0
    series: Series | None = None
    loading: bool = False
    lines: list[LineTrace] = field(default_factory=list)
    states: StateTrace | None = None
    failures: Marks | None = None
    kind: DisplayKind = DisplayKind.NUMBER
    shown_units: dict[str, str] = field(default_factory=dict)
    prepared: PreparedSeries | None = None

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
        self.loading = False
        if isinstance(series, PreparedSeries):
            if series.series is not self.series:
                self._show(series, units)
        elif series is not self.series:
            self._show(prepare(series, units), units)

    def show_in(self, units: DisplayUnits) -> None:
        """Shows the numbers in other units."""
        if self.prepared is not None:
            self._show(self.prepared, units)

    def _show(self, prepared: PreparedSeries, units: DisplayUnits) -> None:
        self.prepared = prepared = prepared.shown_in(units)
        self.series = prepared.series
        self.lines = prepared.lines
        self.states = prepared.states
        self.failures = prepared.failures
        self.kind = prepared.kind
        self.shown_units = {sent: line.unit for line in self.lines for sent in line.sent}
