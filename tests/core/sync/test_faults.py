"""A whole load through a network and from a server that fail all the time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from core.archive.archive import Archive
from core.connections import S3Options
from core.errors import CredentialsRejected, OdographError, SourceUnreachable
from core.jobs import JobCancelled, JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_into_folder
from core.storage.connection import open_source
from core.storage.keys import parse_key
from core.storage.s3_link import SILENCE
from core.sync import sync, watch
from tests import faults
from tests.servers import allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.errors import SourceError
    from core.storage.source import Source
    from core.sync import SyncResult
    from tests.faults import Faults
    from tests.servers import Keys, MiniStack

PLAN = SimulationPlan(vehicles=2, days=2, seed=5)
NEWEST = "2026/11/08"


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SimulationResult]:
    folder = tmp_path_factory.mktemp("simulated")
    return folder, simulate_into_folder(PLAN, folder, JobContext())


@pytest.fixture(scope="module")
def keys(truth: tuple[Path, SimulationResult]) -> list[str]:
    folder = truth[0]
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*.json")]
    return sorted(key for key in found if parse_key(key))


@pytest.fixture(scope="module")
def user(server: MiniStack, truth: tuple[Path, SimulationResult], keys: list[str]) -> Keys:
    made = server.add_user("sync-faults", allow("s3:*"))
    server.create_bucket("sync-faults")
    server.put("sync-faults", {key: (truth[0] / key).read_bytes() for key in keys}, made)
    return made


@pytest.fixture
def proxy(server: MiniStack, user: Keys, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    user.use(monkeypatch)
    faults.hurry(monkeypatch)
    with faults.faulty(server.url) as running:
        yield running


@pytest.fixture
def source(proxy: Faults) -> Source:
    return open_source("s3://sync-faults", S3Options(endpoint_url=proxy.url))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def is_whole(archive: Archive, truth: tuple[Path, SimulationResult], folder: Path) -> None:
    """Whether the archive is as one that was loaded undisturbed from the folder."""
    undisturbed = Archive.open(folder)
    sync(open_source(str(truth[0])), undisturbed, JobContext())
    mine, theirs = archive.recorded(), undisturbed.recorded()
    assert {key: (one.messages, one.samples, one.rejects) for key, one in mine.items()} == {
        key: (one.messages, one.samples, one.rejects) for key, one in theirs.items()
    }
    assert archive.vehicles(JobContext()) == undisturbed.vehicles(JobContext())


def test_everything_arrives_once_whatever_fails_under_way(
    source: Source, archive: Archive, proxy: Faults, truth: tuple[Path, SimulationResult], tmp_path: Path
) -> None:
    proxy.most = 3
    proxy.add(faults.slow_down(), every=5)
    proxy.add(faults.reset_in_body, every=7)
    proxy.add(faults.shortened, every=11)
    proxy.add(faults.cut_off, every=13)
    proxy.add(faults.internal_error, every=17)
    proxy.add(faults.garbled, every=31, times=2)
    proxy.add(faults.slow_down(), on=faults.lists, every=3)
    result = sync(source, archive, JobContext())
    assert result.failed == ()
    assert result.ingested == result.listed == truth[1].batches
    assert proxy.faulty > truth[1].batches // 4
    is_whole(archive, truth, tmp_path / "undisturbed")


def test_what_cannot_be_fetched_is_named_and_comes_with_the_next_run(
    source: Source,
    archive: Archive,
    proxy: Faults,
    truth: tuple[Path, SimulationResult],
    keys: list[str],
    tmp_path: Path,
) -> None:
    lost, cut = keys[3], keys[-4]
    proxy.add(faults.gone, on=lambda path: path.endswith(lost))
    proxy.add(faults.shortened, on=lambda path: path.endswith(cut))
    result = sync(source, archive, JobContext())
    assert {error.subject.removeprefix("s3://sync-faults/") for error in result.failed} == {lost, cut}
    assert all(error.title and error.hint for error in result.failed)
    assert result.ingested == truth[1].batches - 2
    proxy.clear()
    again = sync(source, archive, JobContext())
    assert (again.ingested, again.failed) == (2, ())
    is_whole(archive, truth, tmp_path / "undisturbed")


def test_expired_credentials_end_it_and_it_goes_on_with_new_ones(
    source: Source, archive: Archive, proxy: Faults, truth: tuple[Path, SimulationResult]
) -> None:
    read: list[str] = []

    def later(path: str) -> bool:
        if faults.reads(path):
            read.append(path)
        return len(read) > 20

    proxy.add(faults.expired_token, on=later)
    with pytest.raises(CredentialsRejected, match="expired"):
        sync(source, archive, JobContext())
    # What had come by then is recorded.
    kept = len(archive.recorded())
    assert 0 < kept <= 20
    proxy.clear()
    result = sync(source, archive, JobContext())
    assert (result.skipped, result.ingested) == (kept, truth[1].batches - kept)


@pytest.mark.parametrize("good", [0, 20])
def test_a_run_that_is_interrupted_goes_on_where_it_was(
    source: Source,
    archive: Archive,
    proxy: Faults,
    truth: tuple[Path, SimulationResult],
    tmp_path: Path,
    good: int,
) -> None:
    read: list[str] = []

    def later(path: str) -> bool:
        if faults.reads(path):
            read.append(path)
        return len(read) >= good

    said: list[tuple[int, int | None]] = []
    kept: list[int] = []

    def interrupted(error: SourceError, so_far: SyncResult) -> None:
        assert isinstance(error, CredentialsRejected)
        assert "expired" in error.title
        assert so_far.ingested == len(archive.recorded()) <= good
        kept.append(so_far.ingested)
        if len(kept) == 2:  # the first time, nothing was renewed
            proxy.clear()

    proxy.add(faults.expired_token, on=later)
    ctx = JobContext(lambda done, total, _text: said.append((done, total)))
    result = sync(source, archive, ctx, interrupted=interrupted)
    assert len(kept) == 2
    assert (result.listed, result.skipped, result.ingested, result.failed) == (
        truth[1].batches,
        0,
        truth[1].batches,
        (),
    )
    assert result.messages == truth[1].messages
    assert said[-1] == (truth[1].batches, truth[1].batches)
    is_whole(archive, truth, tmp_path / "undisturbed")


def test_an_interruption_can_be_cancelled(source: Source, archive: Archive, proxy: Faults) -> None:
    proxy.add(faults.expired_token, on=lambda _path: True)
    ctx = JobContext()

    def interrupted(_error: SourceError, _so_far: SyncResult) -> None:
        ctx.cancel()

    with pytest.raises(JobCancelled):
        sync(source, archive, ctx, interrupted=interrupted)


def test_cancelling_does_not_wait_for_a_request_that_hangs(source: Source, archive: Archive, proxy: Faults) -> None:
    proxy.add(faults.silent, on=lambda path: NEWEST in path and faults.reads(path))
    ctx = JobContext()
    timer = threading.Timer(1.0, ctx.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(JobCancelled):
        sync(source, archive, ctx)
    assert time.monotonic() - began < SILENCE  # which a request would take to give up
    timer.join()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sync-")]


def test_watching_says_trouble_once_and_recovers(
    source: Source, archive: Archive, proxy: Faults, truth: tuple[Path, SimulationResult]
) -> None:
    said: list[OdographError | None] = []
    results: list[SyncResult] = []
    ctx = JobContext()
    proxy.add(faults.cut_off, on=faults.lists)

    def failed(error: OdographError | None) -> None:
        said.append(error)

    def done(result: SyncResult) -> None:
        results.append(result)
        if len(results) == 2:
            ctx.cancel()

    def repair() -> None:
        while proxy.faulty < 5:
            if ctx.cancelled:
                return
            time.sleep(0.01)
        proxy.clear()

    repairing = threading.Thread(target=repair)
    repairing.start()
    with pytest.raises(JobCancelled):
        watch(source, archive, ctx, 0.01, done, failed)
    repairing.join()
    trouble, recovered = said
    assert isinstance(trouble, SourceUnreachable)
    assert recovered is None
    assert [result.ingested for result in results] == [truth[1].batches, 0]


def test_two_runs_at_once_record_everything_once(
    source: Source,
    archive: Archive,
    truth: tuple[Path, SimulationResult],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.sync.engine.FIRST_CHUNK_BATCHES", 7)
    monkeypatch.setattr("core.sync.engine.CHUNK_BATCHES", 11)
    results: list[SyncResult] = []
    runs = [
        threading.Thread(target=lambda: results.append(sync(source, Archive.open(archive.folder), JobContext())))
        for _ in range(2)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sum(result.ingested for result in results) == truth[1].batches
    assert all(result.ingested + result.skipped == truth[1].batches for result in results)
    is_whole(archive, truth, tmp_path / "undisturbed")
