"""Servers that are away, are no S3 server, or are slow; and leaving in the middle."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from core.connections import S3Options
from core.errors import OdographError, SourceBusy, SourceUnreachable, WrongRegion
from core.jobs import JobCancelled, JobContext
from core.storage.connection import open_source
from core.storage.s3_link import FIRST_ANSWER
from core.storage.source import SourceObject
from tests import faults
from tests.core.storage.conftest import DAY, Users, layout
from tests.servers import MiniStack, answering, free_port, recording_proxy, send_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

    from core.storage.source import Source

PAGE = b"<html><body>Please sign in to the hotel's network</body></html>"
EMPTY = b'<?xml version="1.0"?><ListBucketResult><Name>fleet</Name><IsTruncated>false</IsTruncated></ListBucketResult>'


@pytest.fixture(autouse=True)
def _some_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY")


def failure(source: Source) -> OdographError:
    """The error of listing, within a bearable time."""
    started = time.monotonic()
    with pytest.raises(OdographError) as raised:
        list(source.list_objects("", JobContext()))
    assert time.monotonic() - started < FIRST_ANSWER
    for secret in ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"):
        assert secret not in raised.value.report()
    return raised.value


def test_fetching_fails_as_listing_does() -> None:
    source = open_source("s3://fleet", S3Options(endpoint_url=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(SourceUnreachable, match="refuses the connection"):
        source.fetch(f"{DAY}/x.json")


def test_nothing_listens() -> None:
    error = failure(open_source("s3://proxy-certificates", S3Options(endpoint_url=f"http://127.0.0.1:{free_port()}")))
    assert isinstance(error, SourceUnreachable)
    assert error.title == "The server refuses the connection"
    assert "127.0.0.1" in error.hint


def test_a_host_that_is_unknown() -> None:
    error = failure(open_source("s3://fleet", S3Options(endpoint_url="http://refused.invalid")))
    assert isinstance(error, SourceUnreachable)
    assert error.title == "The server's name cannot be resolved"


def test_a_server_that_speaks_no_tls() -> None:
    with answering(lambda handler: send_answer(handler, 200, EMPTY)) as heard:
        error = failure(open_source("s3://fleet", S3Options(endpoint_url=heard.url.replace("http:", "https:"))))
    assert isinstance(error, SourceUnreachable)
    assert error.title == "No secure connection to the server"


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (200, PAGE, {"Content-Type": "text/html"}),
        (200, b"hello", {"Content-Type": "text/plain"}),
        (200, b'{"ok": true}', {"Content-Type": "application/json"}),
        (302, b"", {"Location": "http://127.0.0.1:9/login"}),
        (301, PAGE, {"Location": "http://127.0.0.1:9/login"}),
        (301, b"", {}),
        (511, PAGE, {}),
        (405, PAGE, {}),
    ],
)
def test_something_else_answers(status: int, body: bytes, headers: dict[str, str]) -> None:
    with answering(lambda handler: send_answer(handler, status, body, headers)) as heard:
        error = failure(open_source("s3://fleet", S3Options(endpoint_url=heard.url)))
        assert len(heard.requests) < 5
    assert isinstance(error, SourceUnreachable)
    assert error.title == "The answer does not come from an S3 server"
    assert "sign-in" in error.hint


def test_a_server_that_is_busy() -> None:
    body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    with answering(lambda handler: send_answer(handler, 503, body)) as heard:
        error = failure(open_source("s3://fleet", S3Options(endpoint_url=heard.url)))
    assert isinstance(error, SourceBusy)


def test_a_region_that_only_the_text_names() -> None:
    body = (
        b"<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; "
        b"the region 'us-east-1' is wrong; expecting 'eu-north-1'</Message></Error>"
    )
    with answering(lambda handler: send_answer(handler, 400, body)) as heard:
        error = failure(open_source("s3://fleet", S3Options(endpoint_url=heard.url, region="us-east-1")))
    assert isinstance(error, WrongRegion)
    assert error.region == "eu-north-1"


def test_a_server_that_redirects_in_circles() -> None:
    """Each region names another one: asked twice, then told."""
    regions = iter(f"eu-circle-{number}" for number in range(100))

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        body = b"<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"
        send_answer(handler, 301, body, {"x-amz-bucket-region": next(regions)})

    with answering(redirect) as heard:
        error = failure(open_source("s3://fleet", S3Options(endpoint_url=heard.url)))
        assert len(heard.requests) == 2
    assert isinstance(error, WrongRegion)


def test_pages_that_never_end() -> None:
    body = (
        b'<?xml version="1.0"?><ListBucketResult><Name>fleet</Name><IsTruncated>true</IsTruncated>'
        b"<NextContinuationToken>same</NextContinuationToken></ListBucketResult>"
    )
    with answering(lambda handler: send_answer(handler, 200, body)) as heard:
        source = open_source("s3://fleet", S3Options(endpoint_url=heard.url))
        with pytest.raises(OdographError) as raised:
            list(source.list_level("", JobContext()))
    assert "again and again" in raised.value.detail


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that accepts connections and says nothing, as behind a firewall."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_silent_server_can_be_left(silent: str) -> None:
    source = open_source("s3://fleet", S3Options(endpoint_url=silent))
    one = SourceObject(f"{DAY}/x.json", 1, "", 0)
    for step in (
        lambda ctx: list(source.list_objects("", ctx)),
        lambda ctx: list(source.list_level("", ctx)),
        lambda ctx: list(source.fetch_many([one], ctx)),
    ):
        ctx = JobContext()
        timer = threading.Timer(0.1, ctx.cancel)
        timer.start()
        started = time.monotonic()
        with pytest.raises(JobCancelled):
            step(ctx)
        assert time.monotonic() - started < FIRST_ANSWER
        timer.join()


def test_a_silent_server_is_given_up(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.s3_link.FIRST_ANSWER", 0.3)
    with pytest.raises(SourceUnreachable) as raised:
        list(open_source("s3://fleet", S3Options(endpoint_url=silent)).list_objects("", JobContext()))
    assert raised.value.title == "The server does not answer in time"


def test_leaving_in_the_middle(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    with recording_proxy(server.url) as heard:
        source = open_source(f"s3://{fleet}/back up/eu", S3Options(endpoint_url=heard.url))
        objects = [item for page in source.list_objects("", ctx) for item in page]
        heard.released.clear()
        # Every request hangs: the thread that takes the results is free to leave.
        timer = threading.Timer(0.1, ctx.cancel)
        timer.start()
        started = time.monotonic()
        with pytest.raises(JobCancelled):
            list(source.fetch_many(objects, ctx))
        assert time.monotonic() - started < FIRST_ANSWER
        timer.join()
        heard.released.set()


def test_leaving_between_pages(
    server: MiniStack, many_bucket: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    source = open_source(f"s3://{many_bucket}", S3Options(endpoint_url=server.url))
    listing = source.list_objects("", ctx)
    objects = next(listing)
    fetching = source.fetch_many(objects, ctx)
    next(fetching)
    ctx.cancel()
    with pytest.raises(JobCancelled):
        next(listing)
    with pytest.raises(JobCancelled):
        next(fetching)


def test_the_network_goes_away_while_fetching(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults.hurry(monkeypatch)
    users.reader.use(monkeypatch)
    with recording_proxy(server.url) as heard:
        source = open_source(f"s3://{fleet}/back up/eu", S3Options(endpoint_url=heard.url))
        objects = [item for page in source.list_objects("", ctx) for item in page]
    assert len(objects) == len(layout())
    started = time.monotonic()
    with pytest.raises(SourceUnreachable):
        list(source.fetch_many(objects * 100, ctx))
    assert time.monotonic() - started < 2 * FIRST_ANSWER
