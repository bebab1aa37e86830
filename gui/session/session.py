"""The open source: what is listed, loaded and asked of it, as jobs, with results as signals.

Views ask the session and show what it signals; they never call each other. All slots run on the window's thread,
all work in jobs that return values.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.connections import S3Options
from core.errors import ArchiveDamaged
from core.export.csv_export import count_rows, export_csv
from core.storage.index import batches_between
from core.storage.keys import parse_key
from core.sync import days_to_load
from gui.session.batch_reading import read_batch
from gui.session.day_records import asking_for_day, read_day
from gui.session.interruptions import Interruptions
from gui.session.load_queue import LoadQueue, LoadRequest
from gui.session.loading import start_load
from gui.session.opening import open_with_archive
from gui.session.own_jobs import OwnJobs
from gui.session.permitted import Permitted, index_and_learn
from gui.session.refreshing import Question, ask_all, hand_over
from gui.session.timeline_series import TimelineSeries
from gui.session.upkeep import Upkeep
from gui.session.watching import Watching, look

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from core.archive.archive import Archive, BatchRecord, DayState
    from core.archive.upkeep import VerifyResult
    from core.autoapi.display import DisplayUnits
    from core.export.csv_export import ExportRequest
    from core.fleet.series import PropertySummary, SeriesKey
    from core.jobs import JobContext
    from core.storage.index import SourceIndex
    from core.storage.source import Source
    from core.sync import Day, SyncResult
    from gui.job_runner import Job, JobRunner
    from gui.session.day_records import DayRecords
    from gui.session.opening import Opened
    from gui.views.timeline.prepared import PreparedSeries

NO_ORDINAL = -2

# While a load runs, new samples are shown at most this often and in a quarter of the time at most, so that reading
# does not slow it down.
_REFRESH_MS = 700
_REFRESH_PAUSE = 3


class Session(QObject):
    """One open source with its archive.

    Signals:
        opened(Source), closing(): all of it is still there, closed().
        listing_changed(bool), loading_changed(bool): whether batches are being listed, and loaded.
        index_changed(SourceIndex, bool complete), states_changed(dict Day -> DayState).
        batches_listed(Day, list of (BatchKey, SourceObject), bool finished), recorded_changed(dict key -> BatchRecord).
        rejects_changed(list of Reject), vehicles_changed(list of Vehicle), properties_changed(list of PropertySummary),
        properties_read(): no properties are on their way any more, whether they came or not.
        series_requested(list of SeriesKey, all that are on their way), series_loaded(list of PreparedSeries),
        series_converted(DisplayUnits, list of PreparedSeries): what convert_series asked for.
        series_removed(list of SeriesKey), series_missing(list of SeriesKey): asked for, but without any sample.
        batch_loading(str key), batch_progress(str key, int bytes read, int bytes of all, str what was found so far),
        messages_loaded(str key, list of Message, int ordinal or NO_ORDINAL), messages_failed(str key, OdographError),
        messages_stopped(str key): reading them was cancelled.
        batch_recorded(str key, BatchRecord or None): what the archive holds of it; before messages_loaded.
        rows_counted(ExportRequest, int), exported(Path, int rows).
        failed(Exception): something a person must know of; opening_failed(Exception): another source is not opened.
        loaded(SyncResult): a load has ended.
        repaired(VerifyResult): what was damaged is forgotten, and is being loaded again.
        settled(): everything that was under way has ended.
    """

    opened = Signal(object)
    closing = Signal()
    closed = Signal()
    listing_changed = Signal(bool)
    loading_changed = Signal(bool)
    index_changed = Signal(object, bool)
    states_changed = Signal(object)
    batches_listed = Signal(object, object, bool)
    recorded_changed = Signal(object)
    rejects_changed = Signal(object)
    vehicles_changed = Signal(object)
    properties_changed = Signal(object)
    properties_read = Signal()
    series_requested = Signal(object)
    series_loaded = Signal(object)
    series_converted = Signal(object, object)
    series_removed = Signal(object)
    series_missing = Signal(object)
    batch_loading = Signal(str)
    batch_progress = Signal(str, object, object, str)
    messages_loaded = Signal(str, object, int)
    messages_failed = Signal(str, object)
    messages_stopped = Signal(str)
    batch_recorded = Signal(str, object)
    # Counts of rows as Python's integers: an int of Qt's has 32 bits.
    rows_counted = Signal(object, object)
    exported = Signal(object, object)
    failed = Signal(object)
    opening_failed = Signal(object)
    loaded = Signal(object)
    repaired = Signal(object)
    settled = Signal()

    def __init__(self, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = OwnJobs(jobs, self.failed.emit, self._on_rested)
        self._upkeep = Upkeep(self._jobs, self.failed.emit)
        self._source: Source | None = None
        self._archive: Archive | None = None
        self._states: dict[Day, DayState] = {}
        self._vins: tuple[str, ...] = ()
        # With the files from which the records of their batches were read.
        self._listed_days: dict[Day, frozenset[str]] = {}
        self._series = TimelineSeries(self._jobs, lambda: bool(self._loads), self)
        self._series.requested.connect(self.series_requested)
        self._series.loaded.connect(self.series_loaded)
        self._series.removed.connect(self.series_removed)
        self._series.missing.connect(self.series_missing)
        self._series.converted.connect(self.series_converted)
        self._series.failed.connect(self.failed)
        self._loads = LoadQueue(self._start_load)
        self._index: SourceIndex | None = None
        self.interruptions = Interruptions(self)
        self.permitted = Permitted(self.opened, self.closed, self)
        self.watching = Watching(self._look, self)
        self.loaded.connect(self.watching.loaded)
        self._refreshing = False
        self._stale = False
        self._refresh_began = 0.0
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)

    def _on_rested(self) -> None:
        self.permitted.look()
        if not self.is_busy:
            self.settled.emit()

    # State

    @property
    def source(self) -> Source | None:
        """The open source, or None."""
        return self._source

    @property
    def archive(self) -> Archive | None:
        """The open source's archive, or None."""
        return self._archive

    @property
    def series_keys(self) -> tuple[SeriesKey, ...]:
        """The series asked for, in the order in which they were."""
        return self._series.keys

    @property
    def is_busy(self) -> bool:
        """Whether anything is still being listed, loaded or read. What waits for somebody to sign in is not."""
        held = self.interruptions.held
        loads = bool(self._loads) and not held
        return len(self._jobs) > held or loads or self._refresh_timer.isActive() or self._stale

    # Opening and closing

    def open(self, address: str, options: S3Options) -> None:
        """Open a source beside its archive, list it, and load the recent days.

        Args:
            address: ``s3://bucket/prefix`` or a folder.
            options: how to reach a bucket.
        """
        self.interruptions.drop("open")
        self._jobs.submit(
            f"Opening {address}",
            lambda ctx: open_with_archive(address, options, ctx),
            self._on_opened,
            failed=self.interruptions.failed("open", lambda: self.open(address, options), self.opening_failed.emit),
            key="open",
        )

    def open_made(self, title: str, make: Callable[[JobContext], Path]) -> None:
        """Make a folder of batches, then open it.

        Args:
            title: what is made, for people.
            make: makes the folder, if it is not there yet, and says where it is.
        """

        def work(ctx: JobContext) -> Opened:
            return open_with_archive(str(make(ctx)), S3Options(), ctx)

        self._jobs.submit(title, work, self._on_opened, failed=self.opening_failed.emit, key="open")

    def _on_opened(self, opened: Opened) -> None:
        self.close()
        self._source = opened.source
        self._archive = opened.archive
        self._series.begin(opened.archive)
        self._upkeep.begin()
        self.watching.begin()
        self.opened.emit(opened.source)
        self._set_states(opened.states)
        self.vehicles_changed.emit(opened.vehicles)
        self.rejects_changed.emit(opened.rejects)
        if opened.damage is not None:
            self.failed.emit(opened.damage)
        if opened.problem is not None:
            self.interruptions.failed("index", self.reload, self.failed.emit)(opened.problem)
            if self.permitted.may_load:
                self.watching.failed(opened.problem)
        else:
            self.reload()

    def close(self) -> None:
        """Close the source: every job of its ends, nothing of it is signalled any more."""
        if self._source is not None:
            self.closing.emit()
        self._jobs.forget()
        self.interruptions.clear()
        self.watching.end()
        self._index = None
        self._refresh_timer.stop()
        self._loads.clear()
        self._refreshing = self._stale = False
        self._series.begin(None)
        self._listed_days.clear()
        self._vins = ()
        self._states = {}
        if self._source is not None:
            self._source = self._archive = None
            self.closed.emit()

    def _answered(self, name: str) -> None:
        """The source can be read: what else waits for that goes on too."""
        self.interruptions.drop(name)
        self.interruptions.go_on()

    # Listing

    @Slot()
    def reload(self) -> None:
        """List the source anew, then load what is recent and new."""
        source = self._source
        if source is None:
            return
        self.listing_changed.emit(True)
        self._jobs.submit(
            "Listing batches",
            lambda ctx: index_and_learn(source, ctx),
            self._on_indexed,
            partial=lambda index: self.index_changed.emit(index, False),
            failed=self.interruptions.failed("index", self.reload, self.failed.emit),
            ended=lambda _cancelled: self.listing_changed.emit(False),
            key="index",
        )

    def _on_indexed(self, index: SourceIndex) -> None:
        self._index = index
        self.watching.succeeded()
        self._answered("index")
        self.index_changed.emit(index, True)
        recent = days_to_load(index, self._states) if self.permitted.may_load else ()
        if recent:
            self._loads.add(LoadRequest("Loading recent days", days=tuple(recent), wanted=False))

    def _look(self) -> None:
        """Record what is new in the newest days, unless something else is being loaded."""
        source, archive, index = self._source, self._archive, self._index
        if source is not None and archive is not None and not self._loads and self.permitted.may_load:
            self._jobs.submit(
                "Looking for new batches",
                lambda ctx: look(source, archive, index, ctx),
                self._on_looked,
                failed=self.interruptions.failed("look", self._look, self.watching.failed, always=True),
                key="watch",
                quiet=True,
            )

    def _on_looked(self, found: tuple[SourceIndex, SyncResult | None]) -> None:
        index, result = found
        if result is None:
            self._on_indexed(index)
            return
        if index != self._index:
            self._index = index
            self.index_changed.emit(index, True)
        self.watching.succeeded()
        self._answered("look")
        self.watching.looked(result)
        if result.ingested:
            self._request_refresh()
            self._tidy()

    def list_day(self, day: Day) -> None:
        """List one day's batches page by page."""
        source, archive = self._source, self._archive
        if source is None or archive is None:
            return
        app, level, date = day
        self._listed_days[day] = frozenset()

        def work(ctx: JobContext) -> DayRecords | None:
            for page in batches_between(source, ctx, date, date, app=app, level=level):
                ctx.partial(page)
            return read_day(archive, day, frozenset())

        self._jobs.submit(
            f"Listing {date}",
            work,
            self._on_recorded,
            partial=lambda page: self.batches_listed.emit(day, page, False),
            failed=self.interruptions.failed(f"list {day}", lambda: self.list_day(day), self.failed.emit),
            ended=lambda _cancelled: self.batches_listed.emit(day, [], True),
            key=f"list {app} {level} {date}",
        )

    def _on_recorded(self, found: DayRecords | None) -> None:
        if found is not None and found.day in self._listed_days:
            self._listed_days[found.day] = found.files
            self.recorded_changed.emit(found.records)

    # Loading

    def load_days(self, days: Sequence[Day]) -> None:
        """Load the batches of these days into the archive, before anything that is loaded unasked."""
        if days:
            title = f"Loading {days[0][2]}" if len(days) == 1 else f"Loading {len(days)} days"
            self._loads.add(LoadRequest(title, days=tuple(days)))

    def load_range(self, first_day: str | None, last_day: str | None) -> None:
        """Load the batches of a range of days (YYYY-MM-DD, inclusive, None leaves a side open)."""
        title = f"Loading {first_day or 'the first day'} to {last_day or 'the last'}"
        self._loads.add(LoadRequest(title, first_day=first_day, last_day=last_day))

    def _start_load(self, request: LoadRequest) -> Job:
        source, archive = self._source, self._archive
        assert source is not None
        assert archive is not None

        self.loading_changed.emit(True)
        return start_load(
            request,
            source,
            archive,
            self._jobs,
            self._loads,
            self.interruptions,
            loaded=self.loaded.emit,
            came=self._request_refresh,
            ended=lambda cancelled: self._on_load_ended(request, cancelled),
        )

    def _on_load_ended(self, request: LoadRequest, cancelled: bool) -> None:
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._loads.ended(request, cancelled=cancelled)
        self.loading_changed.emit(bool(self._loads))
        self._request_refresh()
        self._tidy()

    def _tidy(self) -> None:
        if self._archive is not None and not self._loads:
            self._upkeep.run(self._archive)

    def cancel_all(self) -> None:
        """Cancel every job of the session."""
        self._loads.clear()
        self._jobs.cancel_all()

    def repair(self) -> None:
        """Forget what is damaged in the archive, and load it again."""
        if self._archive is not None:
            self._upkeep.repair(self._archive, self._on_repaired)

    def _on_repaired(self, found: VerifyResult) -> None:
        self.repaired.emit(found)
        keys = [parse_key(difference.batch) for difference in found.differences]
        days = tuple({(key.app, key.level, key.day): None for key in keys if key is not None})
        if days:
            self._loads.add(LoadRequest("Loading what was damaged", days=days))
        self._request_refresh()

    # Reading the archive

    def select_vehicles(self, vins: Sequence[str]) -> None:
        """Ask for the properties of these vehicles."""
        self._vins = tuple(vins)
        archive = self._archive
        if archive is None:
            return
        if not self._vins:
            self.properties_changed.emit([])
            return
        chosen, joined = self._vins, self.joined
        self._jobs.submit(
            "Reading properties",
            lambda ctx: archive.properties(chosen, ctx, joined=joined),
            lambda properties: self._on_properties(chosen, properties, joined),
            ended=lambda _cancelled: self.properties_read.emit(),
            key="properties",
            quiet=True,
        )

    def find_properties(self, vins: Sequence[str], done: Callable[[list[PropertySummary]], None]) -> None:
        """Ask what some vehicles have, whichever are selected."""
        archive, joined = self._archive, self.joined
        if archive is not None:
            self._jobs.submit(
                "Reading properties", lambda ctx: archive.properties(vins, ctx, joined=joined), done, quiet=True
            )

    def _on_properties(self, vins: tuple[str, ...], properties: list[PropertySummary], joined: bool) -> None:
        if vins == self._vins and joined == self.joined:
            self.properties_changed.emit(properties)

    def add_series(self, keys: Sequence[SeriesKey]) -> None:
        """Ask for more series; those already there are left alone.

        Where renamed properties are joined, a series of a former name stands for that of the present one.
        """
        self._series.add(keys)

    def add_kept_series(self, keys: Sequence[SeriesKey], joined: bool) -> None:
        """Ask for series as they were kept earlier.

        Args:
            joined: whether renamed properties were joined then. Where they no longer are, all names are asked for.
        """
        self._series.add_kept(keys, joined)

    @property
    def joined(self) -> bool:
        """Whether renamed properties are read as one series under their present names."""
        return self._series.joined

    def set_joined(self, joined: bool) -> None:
        """Join renamed properties, or read each under the name it was sent with; what is shown is read anew."""
        if joined == self.joined:
            return
        # What a refresh reads the other way is left aside when it comes.
        self._stale = self._stale or self._refreshing
        self._series.set_joined(joined)
        self.select_vehicles(self._vins)

    def set_units(self, units: DisplayUnits) -> None:
        """Prepare series for these units from now on."""
        self._series.set_units(units)

    def set_gap_factor(self, factor: float, series: Sequence[PreparedSeries]) -> None:
        """Find gaps otherwise from now on: they are longer than so many times the usual interval.

        Args:
            series: what has come, which is signalled as converted.
        """
        self._series.set_gap_factor(factor, series)

    def convert_series(self, series: Sequence[PreparedSeries], units: DisplayUnits) -> None:
        """Ask for series in other units; the latest request is answered, with none of them where it was cancelled."""
        self._series.convert(series, units)

    def add_paths(
        self,
        vins: Sequence[str],
        series_paths: Sequence[str],
        found: Callable[[Sequence[SeriesKey]], None] | None = None,
    ) -> None:
        """Ask for the series of these vehicles that these paths (``capability.property[.component]``) name.

        Args:
            found: told which they are, those already there included.
        """
        self._series.add_paths(vins, series_paths, found)

    def remove_series(self, keys: Sequence[SeriesKey]) -> None:
        """Forget series."""
        self._series.remove(keys)

    def open_batch(self, key: str, ordinal: int = NO_ORDINAL) -> None:
        """Read one batch's messages.

        Args:
            key: the batch's key.
            ordinal: the message to show first; -1 is the batch as a whole, NO_ORDINAL none of them.
        """
        source, archive = self._source, self._archive
        if source is None:
            return
        self.batch_loading.emit(key)

        def show(part: BatchRecord | ArchiveDamaged | None) -> None:
            if isinstance(part, ArchiveDamaged):
                self.failed.emit(part)
            else:
                self.batch_recorded.emit(key, part)

        failed = self.interruptions.failed(
            "batch", lambda: self.open_batch(key, ordinal), partial(self.messages_failed.emit, key), always=True
        )
        self.interruptions.drop("batch")
        job = self._jobs.submit(
            f"Reading {key.rsplit('/', 1)[-1]}",
            lambda ctx: read_batch(source, archive, key, ctx),
            lambda messages: self.messages_loaded.emit(key, messages, ordinal),
            partial=show,
            failed=failed,
            ended=lambda cancelled: self.messages_stopped.emit(key) if cancelled else None,
            key="batch",
            quiet=True,
        )
        job.progressed.connect(lambda done, total, text: self.batch_progress.emit(key, done, total, text))

    # Export

    def count_rows(self, request: ExportRequest) -> None:
        """Ask how many rows an export would have; the latest question is answered."""
        archive, as_shown = self._archive, replace(request, gap_factor=self._series.gap_factor)
        if archive is not None:
            self._jobs.submit(
                "Counting rows",
                lambda ctx: count_rows(archive, as_shown, ctx),
                lambda rows: self.rows_counted.emit(request, rows),
                key="rows",
                quiet=True,
            )

    def export(self, request: ExportRequest, target: Path) -> None:
        """Write series into a CSV file; derived ones are computed over the same gaps as on the timeline."""
        archive, as_shown = self._archive, replace(request, gap_factor=self._series.gap_factor)
        if archive is not None:
            self._jobs.submit(
                f"Exporting {target.name}",
                lambda ctx: export_csv(archive, as_shown, target, ctx),
                lambda rows: self.exported.emit(target, rows),
            )

    # Refreshing what is shown while samples arrive

    def _request_refresh(self) -> None:
        if self._source is None:
            return
        if self._refreshing:
            self._stale = True
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

    @Slot()
    def _refresh(self) -> None:
        archive = self._archive
        if archive is None:
            return
        self._refreshing, self._stale = True, False
        self._refresh_began = time.monotonic()
        vins, keys, days, joined = self._vins, self._series.keys, dict(self._listed_days), self.joined
        read, take = self._series.reading(keys)

        questions: list[Question] = [
            (self._set_states, lambda _ctx: archive.day_states()),
            (self.rejects_changed.emit, archive.rejects),
            *((self._on_recorded, asking_for_day(archive, day, files)) for day, files in days.items()),
            (self.vehicles_changed.emit, archive.vehicles),
        ]
        if vins:
            ask = partial(archive.properties, vins, joined=joined)
            questions.append((lambda found: self._on_properties(vins, found, joined), ask))
        if keys:
            questions.append((take, read))
        self._jobs.submit(
            "Reading the archive",
            partial(ask_all, questions, self.failed.emit),
            partial=hand_over,
            ended=self._on_refresh_ended,
            key="refresh",
            quiet=True,
        )

    def _on_refresh_ended(self, _cancelled: bool) -> None:
        self._refreshing = False
        took_ms = (time.monotonic() - self._refresh_began) * 1000
        self._refresh_timer.setInterval(max(_REFRESH_MS, int(took_ms * _REFRESH_PAUSE)))
        if self._stale:
            self._stale = False
            self._refresh_timer.start()

    def _set_states(self, states: dict[Day, DayState]) -> None:
        self._states = states
        self.states_changed.emit(states)
