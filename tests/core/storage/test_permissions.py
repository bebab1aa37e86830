"""What credentials may do is learnt from what listing and reading met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.connections import S3Options
from core.errors import AccessDenied
from core.storage.connection import open_source
from core.storage.index import index_source
from core.storage.permissions import ALL_ALLOWED, Learnt, Permission, Permissions, Right, learn_reading, permissions_of
from tests.servers import REGION, recording_proxy

if TYPE_CHECKING:
    from pathlib import Path

    from core.jobs import JobContext
    from tests.core.storage.conftest import Users
    from tests.servers import MiniStack


def denied(action: str, resource: str = "arn:aws:s3:::fleet/a.json") -> AccessDenied:
    error = AccessDenied("Access denied")
    error.action, error.resource = action, resource
    return error


def test_a_thing_is_denied_until_it_was_allowed() -> None:
    learnt = Learnt(read="arn:aws:s3:::fleet/*")
    assert learnt.permissions == Permissions()
    # Another reason that keeps from reading one object, such as an archive tier.
    learnt.failed(AccessDenied("The object lies in an archive tier"), reading=True)
    assert learnt.permissions == Permissions()
    learnt.failed(denied("s3:GetObject"), reading=True)
    learnt.failed(denied("s3:ListBucket", "arn:aws:s3:::fleet"), reading=False)
    assert learnt.permissions.read.reason == "s3:GetObject on arn:aws:s3:::fleet/* is denied"
    assert learnt.permissions.list.reason == "s3:ListBucket on arn:aws:s3:::fleet is denied"
    learnt.listed()
    learnt.read()
    assert learnt.permissions == ALL_ALLOWED
    assert not learnt.permissions.read.reason
    learnt.failed(denied("s3:GetObject"), reading=True)
    learnt.failed(denied("s3:ListBucket"), reading=False)
    assert learnt.permissions == ALL_ALLOWED


def test_folders_know_no_such_permissions(tmp_path: Path) -> None:
    assert permissions_of(open_source(str(tmp_path))) == ALL_ALLOWED


@pytest.mark.parametrize(
    ("user", "read"),
    [
        ("reader", Permission(Right.ALLOWED)),
        ("lister", Permission(Right.DENIED, "s3:GetObject", "arn:aws:s3:::fleet/back up/eu/*")),
    ],
)
def test_one_batch_is_read_to_learn_whether_that_may_be_done(
    server: MiniStack,
    fleet: str,
    users: Users,
    ctx: JobContext,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    read: Permission,
) -> None:
    getattr(users, user).use(monkeypatch)
    with recording_proxy(server.url) as heard:
        source = open_source(f"s3://{fleet}/back up/eu", S3Options(endpoint_url=heard.url))
        index = index_source(source, ctx)
        assert permissions_of(source) == Permissions(Permission(Right.ALLOWED), Permission())
        learn_reading(source, index, ctx)
        learnt = len(heard.requests)
        assert sum("list-type" not in path for _, path in heard.requests) == 1
        assert permissions_of(source).read == read
        if user == "reader":
            learn_reading(source, index, ctx)
            assert len(heard.requests) == learnt


def test_who_may_not_list_is_known_at_the_first_try(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.getter.use(monkeypatch)
    source = open_source(f"s3://{fleet}", S3Options(endpoint_url=server.url, region=REGION))
    with pytest.raises(AccessDenied):
        next(iter(source.list_level("", ctx)))
    assert permissions_of(source).list.reason == "s3:ListBucket on arn:aws:s3:::fleet is denied"
    source.fetch("test.txt")
    assert permissions_of(source).read.right is Right.ALLOWED
