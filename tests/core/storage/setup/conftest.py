"""Two S3 servers of different code bases, and sessions with them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from core.connections import S3Options
from core.jobs import JobContext
from core.storage.sessions import open_session
from tests.servers import REGION, Keys, moto_server, root_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3.client import S3Client

    from core.storage.sessions import AwsSession
    from tests.servers import MiniStack

ROOT = Keys("test", "test")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of the second server."""
    with moto_server() as url:
        yield url


@pytest.fixture
def login(server: MiniStack, monkeypatch: pytest.MonkeyPatch) -> Callable[[Keys], AwsSession]:
    """Opens a session with the first server as somebody."""

    def opened(keys: Keys) -> AwsSession:
        keys.use(monkeypatch)
        return open_session(S3Options(endpoint_url=server.url, region=REGION), JobContext())

    return opened


@pytest.fixture(scope="session")
def root_sessions(server: MiniStack, moto: str) -> dict[str, AwsSession]:
    """By server, a session of somebody who may do everything."""
    with pytest.MonkeyPatch.context() as patch:
        ROOT.use(patch)
        return {
            name: open_session(S3Options(endpoint_url=url, region=REGION), JobContext())
            for name, url in (("ministack", server.url), ("moto", moto))
        }


@pytest.fixture(params=["ministack", "moto"])
def session(request: pytest.FixtureRequest, root_sessions: dict[str, AwsSession]) -> AwsSession:
    """A session of somebody who may do everything, with each of the servers."""
    return root_sessions[request.param]


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return f"setup-{next(_numbers)}"


@pytest.fixture
def ctx() -> JobContext:
    return JobContext()


def root_s3(session: AwsSession) -> S3Client:
    """A client of the session's server that may do everything."""
    client: S3Client = root_client("s3", session.options.endpoint_url)
    return client


def make_bucket(session: AwsSession, name: str, **objects: bytes) -> S3Client:
    """A bucket in the region of the tests."""
    client = root_s3(session)
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key, content in objects.items():
        client.put_object(Bucket=name, Key=key, Body=content)
    return client
