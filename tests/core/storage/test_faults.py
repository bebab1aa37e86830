"""What a bucket's source makes of servers and networks that fail, object by object and page by page."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from core.connections import S3Options
from core.errors import CredentialsRejected, ObjectNotFound, SourceBusy, SourceUnreachable, WrongRegion
from core.jobs import JobCancelled, JobContext
from core.storage.connection import open_source
from core.storage.s3_link import SILENCE
from tests import faults
from tests.core.storage.conftest import DAY, Users, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.storage.source import Fetched, Source, SourceObject
    from tests.faults import Exchange, Faults
    from tests.servers import MiniStack

CONTENT = {f"{DAY}/14-{number:02}-00-000000000-ab.json": bytes([number]) * 5000 for number in range(40)}
LAST = max(CONTENT)


@pytest.fixture(scope="module")
def bucket(server: MiniStack, users: Users) -> str:
    server.create_bucket("many-faults")
    server.put("many-faults", CONTENT, users.all)
    return "many-faults"


@pytest.fixture
def proxy(server: MiniStack, bucket: str, users: Users, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    users.reader.use(monkeypatch)
    faults.hurry(monkeypatch)
    with faults.faulty(server.url) as running:
        yield running


@pytest.fixture
def source(proxy: Faults, bucket: str) -> Source:
    return open_source(f"s3://{bucket}", S3Options(endpoint_url=proxy.url))


def listed(source: Source) -> list[SourceObject]:
    return [item for page in source.list_objects("", JobContext()) for item in page]


def fetched(source: Source) -> dict[str, Fetched]:
    results = list(source.fetch_many(listed(source), JobContext()))
    assert len({result.object.key for result in results}) == len(results) == len(CONTENT)
    return {result.object.key: result for result in results}


def only(key: str) -> Callable[[str], bool]:
    return lambda path: path.endswith(key)


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        (faults.slow_down(), 60),
        (faults.slow_down(retry_after=1), 20),
        (faults.internal_error, 20),
        (faults.reset_in_body, 30),
        (faults.cut_off, 30),
        (faults.shortened, 20),
        (faults.garbled, 5),
        (faults.dripping(5, 0.02), 5),
        (faults.expired_token, 1),
        (faults.moved("eu-west-1"), 1),
        (faults.malformed_authorization("eu-west-1"), 1),
    ],
)
def test_what_passes_is_tried_again(
    source: Source, proxy: Faults, fault: Callable[[Exchange], None], times: int
) -> None:
    # What comes the same twice is believed, whatever the ETag.
    proxy.most = 1 if fault is faults.garbled else 3
    proxy.add(fault, times=times)
    results = fetched(source)
    assert {key: result.content for key, result in results.items()} == CONTENT
    assert proxy.faulty == times


@pytest.mark.parametrize("fault", [faults.shortened, faults.cut_off, faults.internal_error])
def test_what_does_not_pass_is_said_and_the_rest_goes_on(
    source: Source, proxy: Faults, fault: Callable[[Exchange], None]
) -> None:
    proxy.add(fault, on=only(LAST))
    results = fetched(source)
    error = results.pop(LAST).error
    assert isinstance(error, SourceUnreachable | SourceBusy)
    assert error.title
    assert error.hint
    assert error.subject.endswith(LAST)
    assert all(result.content == CONTENT[key] for key, result in results.items())


def test_an_object_deleted_since_is_asked_for_once(source: Source, proxy: Faults) -> None:
    proxy.add(faults.gone, on=only(LAST))
    results = fetched(source)
    assert isinstance(results[LAST].error, ObjectNotFound)
    assert sum(result.error is None for result in results.values()) == len(CONTENT) - 1
    assert proxy.count(only(LAST)) == 1


def test_an_object_replaced_since_comes_as_it_is_now(
    source: Source, server: MiniStack, bucket: str, proxy: Faults
) -> None:
    objects = listed(source)
    server.root().put_object(Bucket=bucket, Key=LAST, Body=b"new")
    try:
        results = {result.object.key: result for result in source.fetch_many(objects, JobContext())}
        now = next(item for item in listed(source) if item.key == LAST)
    finally:
        server.root().put_object(Bucket=bucket, Key=LAST, Body=CONTENT[LAST])
    new = results[LAST]
    assert (new.object.etag, new.object.size, new.content) == (now.etag, now.size, b"new")


def test_an_etag_that_is_no_digest_is_believed_once_the_same_comes_twice(source: Source, proxy: Faults) -> None:
    # As with objects that the bucket encrypts with a key of its own.
    proxy.add(faults.garbled)
    assert all(result.error is None for result in fetched(source).values())
    once = proxy.count(faults.reads)
    assert once <= 2 * len(CONTENT)
    fetched(source)
    assert proxy.count(faults.reads) == once + len(CONTENT)


def test_a_server_that_serves_nobody_ends_it(source: Source, proxy: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.patience.GIVE_UP", 0.2)
    objects = listed(source)
    proxy.add(faults.slow_down())
    with pytest.raises(SourceBusy):
        list(source.fetch_many(objects, JobContext()))


def test_credentials_that_have_expired_for_good_end_it(source: Source, proxy: Faults) -> None:
    objects = listed(source)
    proxy.add(faults.expired_token, on=lambda path: True)
    with pytest.raises(CredentialsRejected) as raised:
        list(source.fetch_many(objects, JobContext()))
    assert raised.value.title == "The credentials have expired"
    proxy.clear()
    assert {key: result.content for key, result in fetched(source).items()} == CONTENT


def test_levels_and_single_reads_go_on_with_renewed_credentials(source: Source, proxy: Faults) -> None:
    listed(source)
    for on in (faults.lists, faults.reads):
        proxy.add(faults.expired_token, on=on, times=1)
    assert [page.folders for page in source.list_level("", JobContext())] == [(DAY.partition("/")[0],)]
    assert source.fetch(LAST) == CONTENT[LAST]
    assert proxy.faulty == 2


def test_a_bucket_that_has_moved_ends_it_with_its_region(source: Source, proxy: Faults) -> None:
    objects = listed(source)
    proxy.add(faults.moved("ap-south-1"), on=lambda path: True)
    with pytest.raises(WrongRegion) as raised:
        list(source.fetch_many(objects, JobContext()))
    assert raised.value.hint


def test_hanging_requests_can_be_left_at_once(source: Source, proxy: Faults) -> None:
    objects = listed(source)
    proxy.add(faults.silent)
    ctx = JobContext()
    timer = threading.Timer(0.2, ctx.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(JobCancelled):
        list(source.fetch_many(objects, ctx))
    assert time.monotonic() - started < SILENCE  # which each of the requests would have
    timer.join()


def test_waiting_for_a_busy_server_can_be_left_at_once(
    source: Source, proxy: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.storage.patience._FIRST_PAUSE", 30.0)
    objects = listed(source)
    proxy.add(faults.slow_down())
    ctx = JobContext()
    timer = threading.Timer(0.5, ctx.cancel)
    timer.start()
    with pytest.raises(JobCancelled):
        list(source.fetch_many(objects, ctx))
    timer.join()


def test_a_request_that_hangs_is_tried_again(proxy: Faults, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.s3_link.SILENCE", 0.5)
    source = open_source(f"s3://{bucket}", S3Options(endpoint_url=proxy.url))
    proxy.add(faults.silent, times=3)
    assert {key: result.content for key, result in fetched(source).items()} == CONTENT
    assert proxy.faulty == 3


@pytest.mark.parametrize(
    ("fault", "times"),
    # More than a single request tries by itself.
    [
        (faults.slow_down(), 6),
        (faults.internal_error, 6),
        (faults.reset_in_body, 2),
        (faults.cut_off, 2),
        (faults.expired_token, 1),
    ],
)
def test_a_listing_goes_on_where_it_failed(
    proxy: Faults, many_bucket: str, fault: Callable[[Exchange], None], times: int
) -> None:
    source = open_source(f"s3://{many_bucket}", S3Options(endpoint_url=proxy.url))
    pages = source.list_objects("", JobContext())
    found = [item.key for item in next(pages)]
    proxy.add(fault, on=faults.lists, times=times)
    found += [item.key for page in pages for item in page]
    assert found == sorted(many())
    assert proxy.faulty == times


def test_a_listing_that_cannot_go_on_says_so(proxy: Faults, many_bucket: str) -> None:
    source = open_source(f"s3://{many_bucket}", S3Options(endpoint_url=proxy.url))
    pages = source.list_objects("", JobContext())
    next(pages)
    proxy.add(faults.cut_off, on=faults.lists)
    with pytest.raises(SourceUnreachable):
        list(pages)
