"""A series made ready to be drawn: as lines (one a unit) or as bands of states, with its gaps and failures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from core.autoapi.catalogue import readable
from core.autoapi.display import AS_SENT, DisplayKind, kind_of, to_shown
from core.fleet.gaps import GAP_FACTOR, gap_limit, gaps_of
from gui.views.timeline.buckets import Buckets
from gui.views.timeline.marks import NO_MARKS, Marks
from gui.views.timeline.redelivered import NO_REDELIVERED, redelivered_places
from gui.views.timeline.reduction import Pyramid
from gui.views.timeline.unit_changes import last_first, unit_changes
from gui.views.timeline.untimed import NO_UNTIMED, untimed_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.autoapi.display import DisplayUnits
    from core.fleet.series import Redeliveries, Series, SeriesKey

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FOREVER = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class LineTrace:
    """The numbers of a series in one unit.

    Attributes:
        key: which series.
        unit: the unit in which the values are shown, '' where there is none.
        time: int64 microseconds, ascending.
        value: float64 without NaN.
        sample: int64, index of each value in its series; None where they are the same.
        gaps: int64, ascending: the values after which comes a gap, or a value that this line cannot show.
        pyramid: of the values.
        buckets: of the values over time.
        unit_changes: where the sent unit changes, also into and from what another line shows; texts such as "km → mi".
        kind: numbers, percentages, moments (epoch seconds) or times of day (hours).
        sent: the units that were sent, the last one first.
        known_until: microseconds; from here on another line has the series' value.
        untimed: int64, ascending: values that stand at their batch's time and are marked, one a moment.
        ends: int64, ascending: places at which a computed value ends; they are no samples.
        lasts: whether the last known value is shown, faintly, over gaps and behind the last sample. Not of derived
            series: where nothing could be computed nothing is shown.
        redelivered: int64, ascending: values of samples that were delivered again.
        deliveries: those of the series that brought samples again, if any did.
    """

    key: SeriesKey
    unit: str
    time: Ints
    value: Floats
    sample: Ints | None
    gaps: Ints
    pyramid: Pyramid
    buckets: Buckets
    unit_changes: Marks
    kind: DisplayKind = DisplayKind.NUMBER
    sent: tuple[str, ...] = ("",)
    known_until: int = FOREVER
    untimed: Ints = field(default_factory=NO_UNTIMED.copy)
    ends: Ints = field(default_factory=NO_UNTIMED.copy)
    lasts: bool = True
    redelivered: Ints = field(default_factory=NO_REDELIVERED.copy)
    deliveries: Redeliveries | None = None

    def __len__(self) -> int:
        return len(self.time)

    def sample_at(self, index: int) -> int:
        """The index in the series of one of the line's values."""
        return index if self.sample is None else int(self.sample[index])


@dataclass(frozen=True, slots=True)
class StateTrace:
    """The texts of a series as runs of equal states.

    A run has no gap inside; the band of run r is solid from start[r] to end[r] and faint from there to until[r],
    where the next run begins. The last run is faint without end: until holds the largest number.

    Of events every sample is a run without length, and nothing is known between them.

    Attributes:
        key: which series.
        start: int64 microseconds, ascending.
        end: int64 microseconds.
        until: int64 microseconds.
        code: int32 into names.
        names: the states' texts.
        time: int64 microseconds of every sample with a text, ascending.
        sample: int64, index of each of them in its series.
        is_events: whether these are events.
        untimed: int64, ascending: indices into time of samples that stand at their batch's time, one a moment.
        gaps: int64, ascending: indices into time of samples after which comes a gap.
        redelivered: int64, ascending: indices into time of samples that were delivered again.
        deliveries: those of the series that brought samples again, if any did.
    """

    key: SeriesKey
    start: Ints
    end: Ints
    until: Ints
    code: NDArray[np.int32]
    names: tuple[str, ...]
    time: Ints
    sample: Ints
    is_events: bool = False
    untimed: Ints = field(default_factory=NO_UNTIMED.copy)
    gaps: Ints = field(default_factory=NO_UNTIMED.copy)
    redelivered: Ints = field(default_factory=NO_REDELIVERED.copy)
    deliveries: Redeliveries | None = None


def failures_of(series: Series) -> Marks:
    """Where a failure came instead of a value: its reason, and the words that came with it."""
    index = np.flatnonzero(series.failure.codes >= 0)
    # Reason and words as one number, so that every pair is put into words once.
    pairs = series.failure.codes[index].astype(np.int64) * (len(series.text.names) + 1) + series.text.codes[index] + 1
    distinct, codes = np.unique(pairs, return_inverse=True)
    names = []
    for pair in distinct.tolist():
        reason, words = divmod(pair, len(series.text.names) + 1)
        name = readable(series.failure.names[reason]).lower()
        names.append(f"{name}: {series.text.names[words - 1]}" if words else name)
    return Marks(series.time[index], index, codes.astype(np.int32), tuple(names))


def shown_texts(series: Series, *, with_numbers: bool = True) -> NDArray[np.bool_]:
    """Which samples have a text that is a value; the words of a failure are none.

    Args:
        with_numbers: whether texts of samples that have a number too count; those of moments say what the number says.
    """
    shown = (series.text.codes >= 0) & (series.failure.codes < 0)
    return shown if with_numbers else shown & ~np.isfinite(series.value)


def kind_of_series(series: Series) -> DisplayKind:
    """As what a series is shown."""
    shown = shown_texts(series)
    counts = np.bincount(series.text.codes[shown], minlength=len(series.text.names))
    texts = [series.text.names[code] for code in np.flatnonzero(counts).tolist()]
    numbers = bool((shown & np.isfinite(series.value)).any())
    key = series.key
    return kind_of(key.capability, key.property, key.component, texts, int(counts.sum()), numbers)


def lines_of(
    series: Series,
    units: DisplayUnits = AS_SENT,
    kind: DisplayKind = DisplayKind.NUMBER,
    gap_factor: float = GAP_FACTOR,
) -> list[LineTrace]:
    """The lines of a numeric series: one for each kind of unit that cannot be converted into another.

    Args:
        units: into which units of the same dimension are converted.
        kind: as what the numbers are shown.
        gap_factor: a gap is longer than so many times the usual interval.
    """
    finite = np.isfinite(series.value)
    index = None if finite.all() else np.flatnonzero(finite)
    if len(series) == 0 or (index is not None and len(index) == 0):
        return []
    codes = series.unit.codes if index is None else series.unit.codes[index]
    order = last_first(codes)
    sent = {series.unit.names[code] if code >= 0 else "": code for code in order}
    leaf = (series.key.capability, series.key.property, series.key.component)
    groups = units.groups(*leaf, sent)
    time = series.time if index is None else series.time[index]
    changes = unit_changes(time, index, codes, series.unit.names, groups) if len(order) > 1 else ()
    lines = []
    for number, group in enumerate(groups):
        mine, their_codes, names = index, codes, {sent[unit]: unit for unit in group.sent}
        if len(groups) > 1:
            chosen = np.isin(codes, list(names))
            mine = np.flatnonzero(chosen) if index is None else index[chosen]
            their_codes = codes[chosen]
        line = _line(series, mine, their_codes, names, group.shown, kind, gap_factor)
        if len(line):
            lines.append(replace(line, unit_changes=changes[number].marks) if changes else line)
    if len(lines) > 1:
        left = {group.sent: change.left for group, change in zip(groups, changes, strict=True)}
        lines = [_until_another(series, line, left[line.sent]) for line in lines]
    return lines


def _until_another(series: Series, line: LineTrace, left: Ints) -> LineTrace:
    """A line whose values count as known only until another line takes over.

    Args:
        left: samples of the series at which that happens, ascending.
    """
    sample = np.arange(len(line)) if line.sample is None else line.sample
    held = np.searchsorted(sample, left) - 1
    gaps = np.union1d(line.gaps, held[(held >= 0) & (held < len(line) - 1)])
    ends = len(left) > 0 and int(left[-1]) > int(sample[-1])
    return replace(line, gaps=gaps, known_until=int(series.time[left[-1]]) if ends else FOREVER)


def _line(
    series: Series,
    index: Ints | None,
    codes: NDArray[np.int32],
    units: dict[int, str],
    shown: str,
    kind: DisplayKind,
    gap_factor: float,
) -> LineTrace:
    """The line of some samples, all of whose units can be converted into the one that is shown."""
    time = series.time if index is None else series.time[index]
    value = series.value if index is None else series.value[index]
    if len(units) > 1:
        value = value.copy()
        for code, name in units.items():
            other = codes == code
            value[other] = to_shown(value[other], name, shown)
    else:
        value = to_shown(value, next(iter(units.values())), shown)
    finite = np.isfinite(value)
    if not finite.all():
        # No kilometres per litre are infinitely many litres per 100 km, for which no axis has a place.
        time, value = time[finite], value[finite]
        index = np.flatnonzero(finite) if index is None else index[finite]
    sent = tuple(units.values())
    if series.until is not None:
        return _derived_line(series, time, value, index, shown, kind, sent)
    from_batch = series.time_from_batch if index is None else series.time_from_batch[index]
    return LineTrace(
        series.key,
        shown,
        time,
        value,
        index,
        gaps_of(time, gap_factor),
        Pyramid(value),
        Buckets(time, value),
        NO_MARKS,
        kind,
        sent,
        untimed=untimed_places(time, from_batch),
        redelivered=redelivered_places(series, index),
        deliveries=series.redelivered,
    )


def _derived_line(
    series: Series, time: Ints, value: Floats, index: Ints | None, shown: str, kind: DisplayKind, sent: tuple[str, ...]
) -> LineTrace:
    """The line of computed values, each of which is drawn up to the moment at which it ends."""
    assert series.until is not None
    sample = np.arange(len(time)) if index is None else index
    until = series.until[sample]
    from_batch = series.time_from_batch[sample]
    is_left = np.append(until[:-1] < time[1:], True)
    # Where nothing follows at once the end of a value is a place of its own, after which comes the gap.
    ends = np.flatnonzero(is_left & (until > time))
    time = np.insert(time, ends + 1, until[ends])
    value = np.insert(value, ends + 1, value[ends])
    sample = np.insert(sample, ends + 1, sample[ends])
    gaps = np.flatnonzero(np.insert(is_left & ~np.isin(np.arange(len(is_left)), ends), ends + 1, True))
    untimed = untimed_places(time, np.insert(from_batch, ends + 1, False))
    return LineTrace(
        series.key,
        shown,
        time,
        value,
        sample if len(ends) or index is not None else None,
        gaps[gaps < len(time) - 1],
        Pyramid(value),
        Buckets(time, value),
        NO_MARKS,
        kind,
        sent,
        untimed=untimed,
        ends=ends + 1 + np.arange(len(ends)),
        lasts=False,
    )


def states_of(series: Series, *, with_numbers: bool = True, gap_factor: float = GAP_FACTOR) -> StateTrace:
    """The runs of equal texts of a series; with_numbers as for shown_texts, gap_factor as for lines_of."""
    index = np.flatnonzero(shown_texts(series, with_numbers=with_numbers))
    time = series.time[index]
    codes = series.text.codes[index]
    if len(index) == 0:
        return StateTrace(series.key, time, time, time, codes, series.text.names, time, index)
    broken = np.diff(time) > gap_limit(time, gap_factor)
    begins = np.flatnonzero(np.concatenate(([True], broken | (np.diff(codes) != 0))))
    lasts = np.append(begins[1:], len(index)) - 1
    until = np.append(time[begins[1:]], FOREVER)
    # A run ends solid where the next sample is no gap away, at its own last sample otherwise.
    gap_after = np.append(broken[lasts[:-1]], True)
    end = np.where(gap_after, time[lasts], until)
    untimed = untimed_places(time, series.time_from_batch[index])
    names = series.text.names
    gaps = np.flatnonzero(broken)
    return StateTrace(
        series.key,
        time[begins],
        end,
        until,
        codes[begins],
        names,
        time,
        index,
        untimed=untimed,
        gaps=gaps,
        redelivered=redelivered_places(series, index),
        deliveries=series.redelivered,
    )


def events_of(series: Series, *, with_numbers: bool = True) -> StateTrace:
    """The texts of a series, each for itself; with_numbers as for shown_texts."""
    index = np.flatnonzero(shown_texts(series, with_numbers=with_numbers))
    time, codes = series.time[index], series.text.codes[index]
    untimed = untimed_places(time, series.time_from_batch[index])
    again = redelivered_places(series, index)
    return StateTrace(
        series.key,
        time,
        time,
        time,
        codes,
        series.text.names,
        time,
        index,
        True,
        untimed,
        redelivered=again,
        deliveries=series.redelivered,
    )
