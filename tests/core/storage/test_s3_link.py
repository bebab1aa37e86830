from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import obstore
import pytest
from botocore.config import Config
from obstore.exceptions import GenericError
from obstore.store import S3Store

from core.connections import S3Options
from core.jobs import JobContext
from core.storage import access_keys
from core.storage.access_keys import AccessKeys
from core.storage.s3_link import ReadingStore, bucket_address, connect

if TYPE_CHECKING:
    from tests.core.storage.conftest import Users
    from tests.servers import MiniStack


class _Sent(Exception):
    """Carries the address out of boto3 before anything leaves the computer."""


def _stop(request: Any, **_: object) -> None:
    raise _Sent(request.url)


def sent_by_boto(bucket: str, region: str, endpoint: str | None, **settings: Any) -> str:
    """Where boto3 would send a list request."""
    client = boto3.client(
        "s3",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(s3=settings or None),  # type: ignore[arg-type] # any setting
    )
    client.meta.events.register("before-send.s3", _stop)
    with pytest.raises(_Sent) as raised:
        client.list_objects_v2(Bucket=bucket, Prefix="a/b")
    return str(raised.value)


@pytest.mark.parametrize(
    ("bucket", "region", "endpoint", "settings", "expected"),
    [
        ("fleet", "eu-west-1", None, {}, ("https://fleet.s3.eu-west-1.amazonaws.com", True)),
        ("fle.et", "eu-west-1", None, {}, ("https://s3.eu-west-1.amazonaws.com", False)),
        ("fleet", "cn-north-1", None, {}, ("https://fleet.s3.cn-north-1.amazonaws.com.cn", True)),
        ("fleet", "eu-west-1", "http://127.0.0.1:9000", {}, ("http://127.0.0.1:9000", False)),
        ("fleet", "eu-west-1", "https://example.com/base", {}, ("https://example.com/base", False)),
        (
            "fleet",
            "eu-west-1",
            "https://example.com",
            {"addressing_style": "virtual"},
            ("https://fleet.example.com", True),
        ),
        (
            "fleet",
            "eu-west-1",
            None,
            {"use_dualstack_endpoint": True},
            ("https://fleet.s3.dualstack.eu-west-1.amazonaws.com", True),
        ),
    ],
)
def test_obstore_asks_where_boto3_asks(
    bucket: str, region: str, endpoint: str | None, settings: dict[str, Any], expected: tuple[str, bool]
) -> None:
    sent = sent_by_boto(bucket, region, endpoint, **settings)
    address, in_host = bucket_address(bucket, sent)
    assert (address, in_host) == expected
    store = S3Store(
        bucket,
        endpoint=address,
        virtual_hosted_style_request=in_host,
        region=region,
        access_key_id="a",
        secret_access_key="b",
        client_options={"proxy_url": "http://127.0.0.1:1", "allow_http": True},
        retry_config={"max_retries": 0},
    )
    with pytest.raises(GenericError) as raised:
        list(store.list("a/b"))
    base = sent.split("?")[0].rstrip("/")
    assert f"GET {base}?" in str(raised.value) or f"GET {base}/?" in str(raised.value)


def test_browsing_can_reach_nothing_that_writes(server: MiniStack, fleet: str, users: Users) -> None:
    access_keys.keep_in_memory("reading", AccessKeys(users.reader.access, users.reader.secret))
    link = connect(fleet, "", S3Options(endpoint_url=server.url, keys="reading"), JobContext())
    access_keys.forget_in_memory("reading")
    assert {name for name in dir(link.store) if not name.startswith("_")} == {"list", "get", "get_range"}
    for value in (getattr(link.store, name) for name in ReadingStore.__slots__):
        assert not isinstance(value, S3Store | partial)
    (first, *_) = next(iter(link.store.list("logs", None, 1)))
    assert bytes(link.store.get(first["path"]).bytes()) == first["path"].encode()
    assert bytes(link.store.get_range(first["path"], 0, 4)) == first["path"][:4].encode()
    store: Any = link.store
    with pytest.raises(ValueError, match="Expected an object store"):
        obstore.put(store, "logs/x", b"")
    with pytest.raises(ValueError, match="Expected an object store"):
        obstore.delete(store, first["path"])
    with pytest.raises(RuntimeError, match="never calls PutObject"):
        link.client.put_object(Bucket=fleet, Key="x", Body=b"")
