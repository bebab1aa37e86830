"""The series that were asked for, and how they are read: in which units, and under which names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.archive.deriving import find_series, read_series
from core.archive.joining import joined_key, keys_as_sent
from core.autoapi.display import DisplayUnits
from core.errors import UsageError
from core.fleet.formula import inputs_of
from core.fleet.gaps import GAP_FACTOR
from gui.session.preparation import convert_all, prepare_all
from gui.session.renamed import keys_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.archive.archive import Archive
    from core.fleet.series import SeriesKey
    from core.jobs import JobContext
    from gui.session.own_jobs import OwnJobs
    from gui.views.timeline.prepared import PreparedSeries

    Read = Callable[[JobContext], "ReadSeries"]
    Take = Callable[["ReadSeries"], None]

# More could be neither told apart nor read in a legend.
MAX_SERIES = 200


@dataclass(frozen=True, slots=True)
class ReadSeries:
    """What a job has read.

    Attributes:
        series: recorded and derived ones.
        units: in which they are shown, and in which those were computed.
        joined: whether renamed properties are joined in them.
        gap_factor: with which gaps were found.
        problems: the derived series that cannot be computed, and why.
    """

    series: list[PreparedSeries]
    units: DisplayUnits
    joined: bool
    gap_factor: float
    problems: list[tuple[SeriesKey, UsageError]]


class TimelineSeries(QObject):
    """The series of one open source that are on the timeline or on their way.

    Args:
        jobs: reads them.
        is_loading: whether samples may still come.

    Signals:
        requested(list of SeriesKey, all that are on their way), loaded(list of PreparedSeries),
        removed(list of SeriesKey), missing(list of SeriesKey): asked for, but without any sample.
        converted(DisplayUnits, list of PreparedSeries).
        failed(Exception): something a person must know of.
    """

    requested = Signal(object)
    loaded = Signal(object)
    removed = Signal(object)
    missing = Signal(object)
    converted = Signal(object, object)
    failed = Signal(object)

    def __init__(self, jobs: OwnJobs, is_loading: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._is_loading = is_loading
        self._archive: Archive | None = None
        self._units = DisplayUnits()
        self._joined = True
        self._gap_factor = GAP_FACTOR
        # Reads are numbered as they are asked for: they end in any order, and a later one has seen no less.
        self._reads = 0
        # With the latest read that has answered, 0 as long as none has.
        self._keys: dict[SeriesKey, int] = {}
        # With the read that is to bring it.
        self._awaited: dict[SeriesKey, int] = {}

    def begin(self, archive: Archive | None) -> None:
        """Read from another archive from now on, or from none; nothing is asked for yet."""
        self._archive = archive
        self._keys.clear()
        self._awaited.clear()

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        """The series asked for, in the order in which they were."""
        return tuple(self._keys)

    # Asking and forgetting

    def add(self, keys: Sequence[SeriesKey]) -> None:
        """Ask for more series; those already there are left alone.

        Where renamed properties are joined, a series of a former name stands for that of the present one.
        """
        if self._joined:
            keys = [joined_key(key) for key in keys]
        new = [key for key in dict.fromkeys(keys) if key not in self._keys]
        room = MAX_SERIES - len(self._keys)
        if len(new) > room:
            self.failed.emit(
                UsageError(
                    f"{len(new):,} more series do not fit on the timeline, {room:,} were added",
                    hint=f"It holds {MAX_SERIES} series; select fewer vehicles or properties, or remove some series.",
                )
            )
            new = new[:room]
        if not new:
            # Whoever asked may have made room for what does not come, or comes under another name.
            self.requested.emit(list(self._awaited))
        self._read(new)

    def add_paths(
        self, vins: Sequence[str], series_paths: Sequence[str], found: Callable[[Sequence[SeriesKey]], None] | None
    ) -> None:
        """Ask for the series of these vehicles that these paths (``capability.property[.component]``) or formulas name.

        Args:
            found: told which they are, those already there included.
        """

        def add(keys: Sequence[SeriesKey]) -> None:
            self.add(keys)
            if found is not None:
                found(keys)

        archive, joined = self._archive, self._joined
        if archive is not None:
            self._jobs.submit(
                "Finding series",
                lambda ctx: find_series(archive, vins, series_paths, ctx, joined=joined),
                add,
                quiet=True,
            )

    def remove(self, keys: Sequence[SeriesKey]) -> None:
        """Forget series."""
        gone = [key for key in keys if key in self._keys]
        for key in gone:
            del self._keys[key]
            self._awaited.pop(key, None)
        if gone:
            self.removed.emit(gone)

    # Reading

    def reading(self, keys: Sequence[SeriesKey]) -> tuple[Read, Take]:
        """Work for a job that reads series as they are shown now, and the slot for what it gives.

        What comes when renamed properties are joined no longer, or are by now, is left aside, and so is each series
        that a later read has answered.
        """
        self._reads += 1
        archive, units, joined, gap_factor = self._archive, self._units, self._joined, self._gap_factor

        def read(ctx: JobContext) -> ReadSeries:
            problems: list[tuple[SeriesKey, UsageError]] = []
            if archive is None:
                return ReadSeries([], units, joined, gap_factor, problems)

            def on_problem(key: SeriesKey, error: UsageError) -> None:
                problems.append((key, error))

            series = read_series(
                archive, keys, ctx, units=units, joined=joined, gap_factor=gap_factor, on_problem=on_problem
            )
            prepared = prepare_all(series, units, ctx, gap_factor)
            return ReadSeries(prepared, units, joined, gap_factor, problems)

        return read, partial(self._take, self._reads)

    def _read(self, keys: Sequence[SeriesKey]) -> None:
        if self._archive is None or not keys:
            return
        for key in keys:
            self._keys.setdefault(key, 0)
        self._awaited.update(dict.fromkeys(keys, 0))
        self.requested.emit(list(self._awaited))
        self._submit(keys)

    def _submit(self, keys: Sequence[SeriesKey]) -> None:
        read, take = self.reading(keys)
        number = self._reads
        self._awaited.update({key: number for key in keys if key in self._awaited})

        def give_up() -> None:
            self._give_up([key for key in keys if self._awaited.get(key) == number])

        self._submit_or("Reading series", read, take, give_up)

    def _submit_or(
        self,
        title: str,
        work: Callable[[JobContext], object],
        done: Callable[..., None],
        lost: Callable[[], None],
        key: str = "",
    ) -> None:
        """Run a job; where it fails or is cancelled, what waits for it is told."""

        def on_failed(error: object) -> None:
            self.failed.emit(error)
            lost()

        def on_ended(cancelled: bool) -> None:
            if cancelled:
                lost()

        self._jobs.submit(title, work, done, failed=on_failed, ended=on_ended, key=key, quiet=True)

    def _give_up(self, keys: Sequence[SeriesKey]) -> None:
        """Wait for these no longer; those of which nothing has come are forgotten, so that they can be asked for."""
        for key in keys:
            self._awaited.pop(key, None)
        self.remove([key for key in keys if self._keys.get(key) == 0])
        self.requested.emit(list(self._awaited))

    def _take(self, number: int, found: ReadSeries) -> None:
        if found.joined != self._joined:
            return
        series = [one for one in found.series if self._keys.get(one.key, 0) < number]
        if found.units != self._units:
            # Recorded numbers are converted as they are shown, computed ones have to be computed again.
            self._read_again([one.key for one in series if inputs_of(one.key)])
            series = [one for one in series if not inputs_of(one.key)]
        for key, error in found.problems:
            if self._keys.get(key, number) < number:
                self.remove([key])
                self.failed.emit(error)
        for one in series:
            if one.key in self._keys:
                self._keys[one.key] = number
            if self._awaited.get(one.key, number) <= number:
                self._awaited.pop(one.key, None)
        # What a later read is to bring may have samples then.
        empty = [
            one.key for one in series if not len(one.series) and one.key in self._keys and one.key not in self._awaited
        ]
        if empty and not self._is_loading():
            # While days are being loaded their samples may still come.
            self.remove(empty)
            self.missing.emit(empty)
        kept = [one for one in series if one.key in self._keys]
        if kept:
            self.loaded.emit(kept)
        if found.gap_factor != self._gap_factor:
            self._read_again([one.key for one in kept])

    # Units

    def _read_again(self, keys: Sequence[SeriesKey]) -> None:
        """Replace series that are there, without showing them as on their way."""
        kept = [key for key in keys if key in self._keys]
        if kept:
            self._submit(kept)

    def set_units(self, units: DisplayUnits) -> None:
        """Prepare series for these units from now on; derived ones are computed again."""
        if units != self._units:
            self._units = units
            self._read_again([key for key in self._keys if inputs_of(key)])

    @property
    def gap_factor(self) -> float:
        """A gap is longer than so many times the usual interval."""
        return self._gap_factor

    def set_gap_factor(self, factor: float, series: Sequence[PreparedSeries]) -> None:
        """Find gaps otherwise from now on, also in what has come; what was derived is computed again."""
        if factor != self._gap_factor:
            self._gap_factor = factor
            if recorded := [one for one in series if not inputs_of(one.key)]:
                self.convert(recorded, self._units)
            self._read_again([key for key in self._keys if inputs_of(key)])

    def convert(self, series: Sequence[PreparedSeries], units: DisplayUnits) -> None:
        """Ask for series in other units; the latest request is answered, with none of them where it was cancelled."""
        factor = self._gap_factor
        self._jobs.submit(
            "Converting series",
            lambda ctx: convert_all(series, units, ctx, factor),
            lambda converted: self.converted.emit(units, converted),
            ended=lambda cancelled: self.converted.emit(units, []) if cancelled else None,
            key="units",
            quiet=True,
        )

    # Renamed properties

    @property
    def joined(self) -> bool:
        """Whether renamed properties are read as one series under their present names."""
        return self._joined

    def set_joined(self, joined: bool) -> None:
        """Join renamed properties, or read each under the name it was sent with; what is shown is read anew."""
        self._joined = joined
        if joined:
            self._exchange([joined_key(key) for key in self._keys])
        else:
            # What is on its way comes joined, and is left aside.
            self._find_apart(self.keys, self._exchange, lambda: self._give_up(list(self._awaited)))

    def add_kept(self, keys: Sequence[SeriesKey], joined: bool) -> None:
        """Ask for series as they were kept earlier.

        Args:
            joined: whether renamed properties were joined then. Where they no longer are, all names are asked for.
        """
        if joined and not self._joined:
            self._find_apart(keys, self.add, lambda: self._give_up([]))
        else:
            self.add(keys)

    def _find_apart(
        self, keys: Sequence[SeriesKey], found: Callable[[list[SeriesKey]], None], lost: Callable[[], None]
    ) -> None:
        archive = self._archive
        if archive is not None and keys:
            self._submit_or(
                "Finding series",
                lambda ctx: keys_apart(archive, keys, ctx),
                lambda apart: None if self._joined else found(apart),
                lost,
                key="apart",
            )

    def _exchange(self, keys: Sequence[SeriesKey]) -> None:
        """Show these series instead, reading anew what has other samples now or was on its way."""
        self.remove([key for key in self._keys if key not in keys])
        self._read([key for key in self._keys if key in self._awaited or len(keys_as_sent(key)) > 1 or inputs_of(key)])
        self.add(keys)
