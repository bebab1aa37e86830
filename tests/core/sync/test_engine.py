from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from core import paths
from core.archive.archive import Archive, DayState
from core.errors import CredentialsRejected, ObjectNotFound
from core.jobs import JobCancelled, JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_into_folder
from core.storage.connection import open_source
from core.storage.index import index_source
from core.storage.keys import parse_key
from core.sync import SyncResult, days_to_load, sync
from core.sync.engine import FIRST_CHUNK_BATCHES
from core.sync.plan import RECENT_DAYS
from tests.core.archive.batches import content, key, odometer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from core.errors import OdographError
    from core.storage.source import Fetched, LevelPage, Source, SourceObject

PLAN = SimulationPlan(vehicles=3, days=2, seed=5)
FIRST, LAST = "2026-11-07", "2026-11-08"


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    simulate_into_folder(PLAN, tmp_path / "fleet", JobContext())
    return tmp_path / "fleet"


@pytest.fixture
def truth(fleet: Path) -> SimulationResult:
    return simulate_into_folder(PLAN, fleet, JobContext())


@pytest.fixture
def source(fleet: Path) -> Source:
    return open_source(str(fleet))


@pytest.fixture
def archive(source: Source) -> Archive:
    return Archive.open(paths.archive_folder(source.identity))


def batches_in(fleet: Path) -> list[str]:
    keys = [path.relative_to(fleet).as_posix() for path in fleet.rglob("*.json")]
    return sorted(key for key in keys if parse_key(key))


class Watched:
    """A source that records what is fetched and can fail: a real one behind it does the work."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.asked: list[str] = []
        self.fetched: list[str] = []
        self.fail_at: int | None = None
        self.cancel_at: tuple[int, JobContext] | None = None

    @property
    def address(self) -> str:
        return self._source.address

    @property
    def identity(self) -> str:
        return self._source.identity

    @property
    def scope(self) -> str:
        return self._source.scope

    def left_out(self) -> tuple[OdographError, ...]:
        return self._source.left_out()

    def list_level(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        return self._source.list_level(folder, ctx)

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        return self._source.list_objects(folder, ctx, start_after)

    def fetch(self, key: str) -> bytes:
        return self._source.fetch(key)

    def fetch_many(self, objects: Iterable[SourceObject], ctx: JobContext) -> Iterator[Fetched]:
        def noted() -> Iterator[SourceObject]:
            for item in objects:
                self.asked.append(item.key)
                yield item

        for fetched in self._source.fetch_many(noted(), ctx):
            self.fetched.append(fetched.object.key)
            if len(self.fetched) == self.fail_at:
                raise CredentialsRejected("The keys have expired", hint="Log in again.")
            if self.cancel_at is not None and len(self.fetched) == self.cancel_at[0]:
                self.cancel_at[1].cancel()
            yield fetched


def test_everything_is_recorded_once(source: Source, archive: Archive, truth: SimulationResult) -> None:
    result = sync(source, archive, JobContext())
    assert (result.listed, result.skipped, result.ingested) == (truth.batches, 0, truth.batches)
    assert result.messages == truth.messages
    assert result.rejects == len(truth.rejects)
    assert result.failed == ()
    assert result.samples > 0
    version = archive.version()
    again = sync(source, archive, JobContext())
    assert again == SyncResult(listed=truth.batches, skipped=truth.batches)
    assert archive.version() == version


def test_newest_days_come_first_and_progress_counts_to_the_end(source: Source, archive: Archive) -> None:
    watched = Watched(source)
    said: list[tuple[int, int | None, str]] = []
    parts: list[object] = []
    result = sync(watched, archive, JobContext(lambda *progress: said.append(progress), parts.append))
    days = [key.rsplit("/", 1)[0] for key in watched.asked]
    assert days == sorted(days, reverse=True)
    assert said[-1] == (result.listed, result.listed, f"{result.listed:,} of {result.listed:,} batches")
    counts = [done for done, _, _ in said]
    assert counts == sorted(counts)
    assert len(counts) > 2
    assert parts[-1] == result
    first = next(part for part in parts if isinstance(part, SyncResult))
    assert first.ingested == first.progress.done == FIRST_CHUNK_BATCHES
    assert result.progress.done_bytes == result.progress.total_bytes == result.bytes
    assert {(count.day, count.batches) for count in result.days.values()} == {
        (day, sum(day.replace("-", "/") in key for key in watched.asked)) for day in (FIRST, LAST)
    }


def test_only_the_days_asked_for_are_recorded(source: Source, archive: Archive, fleet: Path) -> None:
    result = sync(source, archive, JobContext(), first_day=LAST, last_day=LAST)
    assert {day for _, _, day in archive.day_states()} == {LAST}
    assert result.ingested == sum("/11/08/" in key for key in batches_in(fleet))
    assert sync(source, archive, JobContext(), app="0" * 24).listed == 0
    assert sync(source, archive, JobContext(), level="level1").listed == 0


def test_chosen_days_and_chosen_batches(source: Source, archive: Archive, fleet: Path) -> None:
    keys = batches_in(fleet)
    chosen = {keys[0], keys[-1]}
    assert sync(source, archive, JobContext(), keys=chosen).ingested == 2
    assert set(archive.recorded()) == chosen
    days = [(PLAN.app, PLAN.level, FIRST)]
    result = sync(source, archive, JobContext(), days=days)
    assert (result.skipped, result.listed) == (1, sum("/11/07/" in key for key in keys))
    assert sync(source, archive, JobContext(), days=[]) == SyncResult()
    assert sync(source, archive, JobContext(), keys=[]) == SyncResult()


def test_keys_that_are_gone_or_are_no_batches_are_named(source: Source, archive: Archive, fleet: Path) -> None:
    keys = batches_in(fleet)
    gone = f"{keys[0][:-5]}0.json"
    result = sync(source, archive, JobContext(), keys=["test.json", gone, keys[1]])
    assert result.ingested == 1
    assert [error.subject for error in result.failed] == ["test.json", gone]


def test_a_batch_that_cannot_be_fetched_does_not_end_the_rest(source: Source, archive: Archive, fleet: Path) -> None:
    class Shrinking(Watched):
        def fetch_many(self, objects: Iterable[SourceObject], ctx: JobContext) -> Iterator[Fetched]:
            def shrinking() -> Iterator[SourceObject]:
                for number, item in enumerate(objects):
                    if number < 2:
                        (fleet / item.key).unlink(missing_ok=True)
                    yield item

            return super().fetch_many(shrinking(), ctx)

    count = len(batches_in(fleet))
    result = sync(Shrinking(source), archive, JobContext(), first_day=LAST)
    assert result.failed
    assert all(isinstance(error, ObjectNotFound) for error in result.failed)
    assert result.ingested + len(result.failed) == result.listed
    assert len(batches_in(fleet)) == count - len(result.failed)
    assert sync(source, archive, JobContext(), first_day=LAST).ingested == 0


def test_an_unreadable_batch_is_recorded_with_its_reason(source: Source, archive: Archive, fleet: Path) -> None:
    damaged, empty, wrong = batches_in(fleet)[:3]
    (fleet / damaged).write_bytes((fleet / damaged).read_bytes()[:-20])
    (fleet / empty).write_bytes(b"")
    (fleet / wrong).write_bytes(b'{"no": "array"}')
    result = sync(source, archive, JobContext(), last_day=FIRST)
    assert result.failed == ()
    assert result.ingested == result.listed
    rejects = archive.rejects(JobContext())
    # Of the damaged one the messages before the damage are there.
    assert {reject.batch for reject in rejects if reject.ordinal < 0} == {empty, wrong}
    assert result.unreadable == 2
    assert result.rejects == sum(reject.ordinal >= 0 for reject in rejects) >= 1
    assert {damaged, empty, wrong} <= {reject.batch for reject in archive.rejects(JobContext())}
    assert sync(source, archive, JobContext(), last_day=FIRST).skipped == result.listed


def test_a_batch_that_changed_is_recorded_anew(source: Source, archive: Archive, fleet: Path) -> None:
    sync(source, archive, JobContext())
    key = batches_in(fleet)[0]
    (fleet / key).write_bytes(b"[]")
    result = sync(source, archive, JobContext())
    assert (result.ingested, result.messages) == (1, 0)
    assert archive.recorded()[key].messages == 0


def test_cancelling_keeps_what_was_appended(source: Source, archive: Archive) -> None:
    ctx = JobContext()
    watched = Watched(source)
    watched.cancel_at = (FIRST_CHUNK_BATCHES + 10, ctx)
    with pytest.raises(JobCancelled):
        sync(watched, archive, ctx)
    kept = len(archive.recorded())
    assert kept in (0, FIRST_CHUNK_BATCHES)
    result = sync(source, archive, JobContext())
    assert result.ingested == result.listed - kept


def test_a_job_that_was_cancelled_before_it_began_does_nothing(source: Source, archive: Archive) -> None:
    ctx = JobContext()
    ctx.cancel()
    with pytest.raises(JobCancelled):
        sync(source, archive, ctx)
    assert archive.recorded() == {}


def test_rejected_credentials_end_it_and_keep_what_was_appended(source: Source, archive: Archive) -> None:
    watched = Watched(source)
    watched.fail_at = FIRST_CHUNK_BATCHES + 10
    with pytest.raises(CredentialsRejected):
        sync(watched, archive, JobContext())
    assert len(archive.recorded()) == watched.fail_at - 1


def test_recent_days_are_worth_loading_until_they_are_recorded(source: Source, archive: Archive) -> None:
    index = index_source(source, JobContext())
    newest, oldest = (PLAN.app, PLAN.level, LAST), (PLAN.app, PLAN.level, FIRST)
    assert days_to_load(index, {}) == [newest, oldest]
    sync(source, archive, JobContext(), days=[newest])
    assert days_to_load(index, archive.day_states()) == [oldest]
    partly = {newest: DayState(index.days[newest].batches - 1, 0, 0)}
    assert days_to_load(index, partly) == [newest, oldest]


def test_recent_days_are_few_and_small(source: Source) -> None:
    index = index_source(source, JobContext())
    one = index.days[PLAN.app, PLAN.level, LAST]
    many = {("A", "level13", f"2026-{1 + n // 28:02d}-{1 + n % 28:02d}"): one for n in range(100)}
    chosen = days_to_load(replace(index, days=many), {})
    assert len(chosen) == RECENT_DAYS
    assert chosen == sorted(many, key=lambda name: name[2], reverse=True)[:RECENT_DAYS]
    huge = {name: replace(one, bytes=300_000_000) for name in many}
    assert len(days_to_load(replace(index, days=huge), {})) == 1
    assert days_to_load(replace(index, days={}), {}) == []


def test_a_pause_lasts_until_it_is_over(source: Source, archive: Archive) -> None:
    def on_partial(_result: object) -> None:
        if not paused.is_set():
            ctx.pause()
            paused.set()

    paused = threading.Event()
    ctx = JobContext(on_partial=on_partial)
    results: list[SyncResult] = []
    worker = threading.Thread(target=lambda: results.append(sync(source, archive, ctx)))
    worker.start()
    assert paused.wait(20)
    kept = len(archive.recorded())
    assert kept == FIRST_CHUNK_BATCHES
    # Another load overtakes it.
    day = (PLAN.app, PLAN.level, FIRST)
    other = sync(source, archive, JobContext(), days=[day])
    assert 0 < other.ingested <= other.listed
    assert len(archive.recorded()) == kept + other.ingested
    ctx.resume()
    worker.join(20)
    (result,) = results
    assert result.ingested + other.ingested == result.listed == len(archive.recorded())


def test_a_paused_load_can_be_cancelled(source: Source, archive: Archive) -> None:
    ctx = JobContext()
    ctx.pause()
    ended: list[BaseException] = []

    def work() -> None:
        try:
            sync(source, archive, ctx)
        except JobCancelled as error:
            ended.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    ctx.cancel()
    worker.join(20)
    assert len(ended) == 1
    assert archive.recorded() == {}


def delivered(fleet: Path) -> None:
    """Let the files look as if each was stored when its key says."""
    for path in fleet.rglob("*.json"):
        key = parse_key(path.relative_to(fleet).as_posix())
        if key is not None:
            os.utime(path, (key.time / 1_000_000, key.time / 1_000_000))


class Listened(Watched):
    """Notes what is listed."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.listed: list[tuple[str, str]] = []

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        self.listed.append((folder[-len("2026/11/07") :], start_after[-len("08/22-55-00") :]))
        return super().list_objects(folder, ctx, start_after)


def test_an_incremental_run_lists_only_what_may_be_new(source: Source, archive: Archive, fleet: Path) -> None:
    delivered(fleet)
    newest = batches_in(fleet)[-1]
    content = (fleet / newest).read_bytes()
    (fleet / newest).unlink()
    first = sync(source, archive, JobContext(), incremental=True)
    listened = Listened(source)
    again = sync(listened, archive, JobContext(), incremental=True)
    assert again == SyncResult(listed=first.listed, skipped=first.listed)
    assert again.days == first.days
    # Both days are long over.
    assert listened.listed == []
    # A lost archive is noticed, whatever was listed before.
    (fleet / newest).write_bytes(content)
    listened.listed.clear()
    assert sync(listened, archive, JobContext()).ingested == 1
    assert listened.listed == [("26/11", "")] or len(listened.listed) == 1
    # The archive has more of this day than was listed incrementally, so it is listed once more.
    assert sync(listened, archive, JobContext(), incremental=True).ingested == 0


def test_a_day_that_goes_on_is_listed_from_its_last_hour(
    source: Source, archive: Archive, fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivered(fleet)
    newest = batches_in(fleet)[-1]
    content = (fleet / newest).read_bytes()
    (fleet / newest).unlink()
    key = parse_key(batches_in(fleet)[-1])
    assert key is not None
    monkeypatch.setattr("core.sync.listing.time.time_ns", lambda: key.time * 1000 + 60_000_000_000)
    first = sync(source, archive, JobContext(), incremental=True)
    (fleet / newest).write_bytes(content)
    delivered(fleet)
    listened = Listened(source)
    second = sync(listened, archive, JobContext(), incremental=True)
    assert (second.listed, second.ingested) == (first.listed + 1, 1)
    assert listened.fetched == [newest]
    assert [folder for folder, after in listened.listed] == ["2026/11/08", "2026/11/07"]
    assert all(after for _, after in listened.listed)
    assert sum(count.batches for count in second.days.values()) == second.listed
    # A copy that comes later under an earlier key is found, as the day is no delivery any more.
    late = f"{newest.rpartition('/')[0]}/00-00-01-000000000-ab.json"
    (fleet / late).write_bytes(content)
    assert sync(source, archive, JobContext(), incremental=True).ingested == 0
    assert sync(source, archive, JobContext()).ingested == 1
    monkeypatch.undo()
    assert sync(source, archive, JobContext(), incremental=True).listed == first.listed + 2


def test_marks_of_another_archive_or_none_at_all_do_no_harm(source: Source, archive: Archive, tmp_path: Path) -> None:
    everything = sync(source, archive, JobContext(), incremental=True).listed
    marks = archive.folder / "_odograph" / "listed.json"
    assert marks.is_file()
    other = Archive.open(tmp_path / "other")
    (other.folder / "_odograph").mkdir()
    (other.folder / "_odograph" / "listed.json").write_bytes(marks.read_bytes())
    assert sync(source, other, JobContext(), incremental=True).ingested == everything
    for broken in (b"", b"{", b"[]", b'{"version": 1, "days": {"a": {}}}'):
        marks.write_bytes(broken)
        assert sync(source, archive, JobContext(), incremental=True).skipped == everything


def test_a_large_month_is_listed_day_by_day(source: Source, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    listened = Listened(source)
    monkeypatch.setattr("core.sync.listing._SMALL_MONTH", 10)
    monkeypatch.setattr("core.sync.engine._LISTED_AHEAD", 7)
    result = sync(listened, archive, JobContext())
    assert [folder for folder, _ in listened.listed[1:]] == ["2026/11/08", "2026/11/07"]
    assert result.ingested == result.listed == len(archive.recorded())


def test_messages_that_were_delivered_before_are_counted(tmp_path: Path) -> None:
    def deliver(number: int, *messages: int) -> None:
        batch = key(number)
        (tmp_path / "source" / batch.text).parent.mkdir(parents=True, exist_ok=True)
        body = content(*(odometer(n, message_id=f"{n}") for n in messages))
        (tmp_path / "source" / batch.text).write_bytes(body)

    (tmp_path / "source").mkdir()
    source, archive = open_source(str(tmp_path / "source")), Archive.open(tmp_path / "archive")
    deliver(1, 1, 2, 3)
    deliver(2, 3, 4, 4)
    assert sync(source, archive, JobContext()).duplicates == 2
    deliver(3, 5, 6)
    assert sync(source, archive, JobContext()).duplicates == 0
    deliver(4, 1, 6, 7)
    result = sync(source, archive, JobContext())
    assert (result.duplicates, result.messages) == (2, 3)
    assert sync(source, archive, JobContext()).duplicates == 0
    (vehicle,) = archive.vehicles(JobContext())
    assert vehicle.samples == 7
