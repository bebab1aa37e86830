"""A bucket as those who may read it see it, against a server that checks signatures, policies and regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.connections import S3Options
from core.errors import (
    AccessDenied,
    CredentialsMissing,
    CredentialsRejected,
    ObjectNotFound,
    OdographError,
    SourceNotFound,
    UsageError,
    WrongRegion,
)
from core.storage.connection import open_source
from core.storage.s3 import S3Source
from tests.core.storage.conftest import APP, DAY, OTHER_APP, Users, layout, many
from tests.servers import Keys, MiniStack, allow, deny, recording_proxy, write_profiles

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.source import Source

KEY = f"{DAY}/14-11-23-699000000-c0d010d5.json"


@pytest.fixture
def as_reader(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users.reader.use(monkeypatch)


def at(server: MiniStack, address: str, **options: Any) -> Source:
    return open_source(address, S3Options(endpoint_url=server.url, **options))


def keys(source: Source, ctx: JobContext, folder: str = "", start_after: str = "") -> list[str]:
    return [item.key for page in source.list_objects(folder, ctx, start_after) for item in page]


@pytest.mark.usefixtures("as_reader")
@pytest.mark.parametrize("prefix", ["", "/back up/eu"])
def test_objects_and_levels(server: MiniStack, fleet: str, ctx: JobContext, prefix: str) -> None:
    source = at(server, f"s3://{fleet}{prefix}")
    expected = list(layout())
    found = [key for key in keys(source, ctx) if not key.startswith("back up/")]
    assert found == expected
    pages = list(source.list_level("", ctx))
    assert [name for page in pages for name in page.folders if name != "back up"] == [OTHER_APP, APP, "logs"]
    assert [item.key for page in pages for item in page.objects] == ["test.txt"]
    (day,) = source.list_level(DAY, ctx)
    assert day.folders == ("deeper",)
    assert [item.key for item in day.objects] == [
        key for key in expected if key.startswith(DAY) and "deeper" not in key
    ]
    (month,) = source.list_level(f"{APP}/level13/2022", ctx)
    assert month.folders == ("10", "11", "9")
    assert keys(source, ctx, f"{APP}/level13/2022/9") == [f"{APP}/level13/2022/9/3/7-5-9-5-ab.json"]
    # "level1" is no folder, though keys begin with it.
    assert keys(source, ctx, f"{APP}/level1") == []
    assert source.fetch(KEY) == KEY.encode()
    assert source.fetch("logs/odd name +ü%20.txt") == "logs/odd name +ü%20.txt".encode()


@pytest.mark.usefixtures("as_reader")
def test_what_is_known_of_an_object(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    source = at(server, f"s3://{fleet}")
    head = server.root().head_object(Bucket=fleet, Key=KEY)
    by_boto = {item.key: item for page in source.list_level(DAY.rpartition("/")[0], ctx) for item in page.objects}
    assert by_boto == {}
    fast = next(item for page in source.list_objects(DAY, ctx) for item in page)
    assert (fast.key, fast.size, fast.etag) == (KEY, len(KEY), head["ETag"].strip('"'))
    assert fast.modified // 1_000_000 == int(head["LastModified"].timestamp())
    slow = next(item for page in source.list_level("", ctx) for item in page.objects)
    other = next(item for page in source.list_objects("", ctx, "logs/z") for item in page)
    assert slow == other


@pytest.mark.usefixtures("as_reader")
def test_a_day_of_2100_batches(server: MiniStack, many_bucket: str, ctx: JobContext) -> None:
    source = at(server, f"s3://{many_bucket}")
    expected = sorted(many())
    pages = list(source.list_objects("", ctx))
    assert [item.key for page in pages for item in page] == expected
    assert max(len(page) for page in pages) == 1000
    levels = list(source.list_level(DAY, ctx))
    assert [item.key for page in levels for item in page.objects] == expected
    assert len(levels) == 3
    assert keys(source, ctx, DAY, start_after=expected[1999]) == expected[2000:]
    assert keys(source, ctx, "", start_after=expected[-1]) == []
    assert keys(source, ctx, "", start_after="0") == expected


@pytest.mark.usefixtures("as_reader")
def test_levels_outside_the_layout_come_in_pages_too(server: MiniStack, many_bucket: str, ctx: JobContext) -> None:
    bucket, _, prefix = many_bucket.partition("/")
    pages = list(at(server, f"s3://{bucket}").list_level(f"{prefix}/{DAY}", ctx))
    assert [len(page.objects) for page in pages] == [1000, 1000, 100]
    assert [item.key for page in pages for item in page.objects] == [f"{prefix}/{key}" for key in sorted(many())]


@pytest.mark.usefixtures("as_reader")
def test_keys_that_the_fast_way_refuses(server: MiniStack, ctx: JobContext) -> None:
    server.create_bucket("many-odd")
    odd = ["a//b", "c/../d", "ctl\x01", "e/./f"]
    usual = ["a/a", KEY, "z.json"]
    markers = [f"{DAY}/", f"{APP}/level13/", "empty/"]
    root = server.root()
    for key in [*odd, *usual, *markers]:
        root.put_object(Bucket="many-odd", Key=key, Body=b"" if key in markers else key.encode())
    source = at(server, "s3://many-odd")
    expected = sorted([*odd, *usual])
    assert keys(source, ctx) == expected
    assert keys(source, ctx, start_after="a//b") == [key for key in expected if key > "a//b"]
    assert keys(source, ctx, APP) == [KEY]
    assert [item.key for page in source.list_level("a", ctx) for item in page.objects] == ["a/a"]
    assert source.fetch("a//b") == b"a//b"
    with pytest.raises(ObjectNotFound):
        source.fetch("a//missing")


@pytest.mark.usefixtures("as_reader")
def test_fetching_many_while_one_is_deleted(server: MiniStack, many_bucket: str, ctx: JobContext) -> None:
    source = at(server, f"s3://{many_bucket}")
    objects = next(source.list_objects("", ctx))[:200]
    bucket, _, prefix = many_bucket.partition("/")
    server.root().delete_object(Bucket=bucket, Key=f"{prefix}/{objects[7].key}")
    results = {result.object.key: result for result in source.fetch_many(objects, ctx)}
    server.root().put_object(Bucket=bucket, Key=f"{prefix}/{objects[7].key}", Body=b"[]")
    gone = results.pop(objects[7].key)
    assert isinstance(gone.error, ObjectNotFound)
    assert gone.error.subject == f"s3://{many_bucket}/{objects[7].key}"
    assert len(results) == 199
    assert {result.content for result in results.values()} == {b"[]"}
    assert list(source.fetch_many([], ctx)) == []


def test_who_may_read_one_part_alone(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.part.use(monkeypatch)
    source = at(server, f"s3://{fleet}/{APP}/level13/2022/11")
    inside = [key for key in layout() if key.startswith(f"{APP}/level13/2022/11/")]
    assert keys(source, ctx) == inside
    path = ""
    for name in f"{APP}/level13/2022/11".split("/"):
        assert [page.folders for page in source.list_level(path, ctx)] == [(name,)]
        path = f"{path}/{name}".strip("/")
    assert [page.folders for page in source.list_level(path, ctx)] == [("18", "19")]
    assert source.fetch(KEY) == KEY.encode()
    objects = [item for page in source.list_objects("", ctx) for item in page]
    assert all(result.error is None for result in source.fetch_many(objects, ctx))
    with pytest.raises(AccessDenied) as raised:
        keys(at(server, f"s3://{fleet}"), ctx)
    assert "s3:ListBucket" in raised.value.hint
    assert f"arn:aws:s3:::{fleet}" in raised.value.hint


def test_who_may_list_but_not_read(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.lister.use(monkeypatch)
    source = at(server, f"s3://{fleet}/back up/eu")
    objects = [item for page in source.list_objects("", ctx) for item in page]
    assert [item.key for item in objects] == list(layout())
    results = list(source.fetch_many(objects, ctx))
    assert len(results) == len(objects)
    assert all(isinstance(result.error, AccessDenied) for result in results)
    with pytest.raises(AccessDenied) as raised:
        source.fetch(KEY)
    assert raised.value.subject == f"s3://{fleet}/back up/eu/{KEY}"
    assert f"s3:GetObject on arn:aws:s3:::{fleet}/back up/eu/{KEY}" in raised.value.hint


def test_who_may_read_but_not_list(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.getter.use(monkeypatch)
    # The server tells the region only to those who may list.
    with pytest.raises(WrongRegion) as unknown:
        at(server, f"s3://{fleet}").fetch(KEY)
    assert "us-east-1" in unknown.value.hint
    source = at(server, f"s3://{fleet}", region="eu-west-1")
    assert source.fetch(KEY) == KEY.encode()
    with pytest.raises(AccessDenied, match="s3:ListBucket"):
        keys(source, ctx)


def test_who_may_do_nothing(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.nobody.use(monkeypatch)
    source = at(server, f"s3://{fleet}")
    with pytest.raises(AccessDenied):
        list(source.list_level("", ctx))
    with pytest.raises(AccessDenied):
        keys(source, ctx, DAY)
    with pytest.raises(AccessDenied):
        source.fetch(KEY)


@pytest.mark.usefixtures("as_reader")
def test_missing_bucket_and_missing_prefix(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    with pytest.raises(SourceNotFound) as raised:
        keys(at(server, "s3://many-but-missing"), ctx)
    assert raised.value.subject == "s3://many-but-missing"
    empty = at(server, f"s3://{fleet}/nothing/here")
    assert keys(empty, ctx) == []
    assert [page for page in empty.list_level("", ctx) if page.folders or page.objects] == []


def test_a_wrong_secret_ends_everything(
    server: MiniStack, fleet: str, users: Users, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    working = at(server, f"s3://{fleet}")
    objects = [item for page in working.list_objects("", ctx) for item in page]
    Keys(users.reader.access, "0" * 40).use(monkeypatch)
    source = at(server, f"s3://{fleet}")
    for step in (
        lambda: keys(source, ctx),
        lambda: list(source.list_level("", ctx)),
        lambda: source.fetch(KEY),
        lambda: list(source.fetch_many(objects, ctx)),
    ):
        with pytest.raises(CredentialsRejected, match="secret key does not fit"):
            step()
    Keys("AKIAIOSFODNN7NOTHERE", users.reader.secret).use(monkeypatch)
    with pytest.raises(CredentialsRejected) as raised:
        keys(source, ctx)
    assert "AKIA" not in raised.value.report()
    # Once they are right, the same source works.
    users.reader.use(monkeypatch)
    assert keys(source, ctx, DAY)


def test_credentials_that_expire_under_way(
    server: MiniStack, fleet: str, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = server.add_user("short-lived", allow("s3:ListBucket", "s3:GetObject"))
    user.use(monkeypatch)
    source = at(server, f"s3://{fleet}")
    objects = [item for page in source.list_objects("", ctx) for item in page]
    server.iam().delete_access_key(UserName="short-lived", AccessKeyId=user.access)
    with pytest.raises(CredentialsRejected, match="not known"):
        list(source.fetch_many(objects, ctx))
    with pytest.raises(CredentialsRejected):
        keys(source, ctx)


def test_no_credentials(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    source = at(server, f"s3://{fleet}")
    with pytest.raises(CredentialsMissing) as raised:
        keys(source, ctx)
    assert "aws configure" in raised.value.hint
    with pytest.raises(CredentialsMissing):
        source.fetch(KEY)


def test_profiles(server: MiniStack, fleet: str, users: Users, ctx: JobContext) -> None:
    write_profiles(
        {
            "default": {"region": "eu-west-1"},
            "fleet": {
                "aws_access_key_id": users.reader.access,
                "aws_secret_access_key": users.reader.secret,
                "endpoint_url": server.url,
            },
        }
    )
    source = open_source(f"s3://{fleet}", S3Options(profile="fleet"))
    assert keys(source, ctx, DAY)
    assert source.fetch(KEY) == KEY.encode()
    with pytest.raises(CredentialsMissing) as raised:
        keys(at(server, f"s3://{fleet}", profile="flet"), ctx)
    assert raised.value.subject == "flet"
    assert "default, fleet" in raised.value.hint


def test_credentials_from_a_program_that_fails(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    write_profiles({"broken": {"credential_process": "false"}, "no-sso": {"sso_session": "x", "sso_account_id": "1"}})
    with pytest.raises(CredentialsMissing) as raised:
        keys(at(server, f"s3://{fleet}", profile="broken"), ctx)
    assert "--profile broken" in raised.value.hint
    with pytest.raises(OdographError) as raised_too:
        keys(at(server, f"s3://{fleet}", profile="no-sso"), ctx)
    assert raised_too.value.hint


@pytest.mark.expects_log("botocore.credentials")
def test_an_sso_session_that_is_over(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    write_profiles(
        {
            "sso": {
                "sso_start_url": "https://example.awsapps.com/start",
                "sso_region": "eu-west-1",
                "sso_account_id": "123456789012",
                "sso_role_name": "reader",
            }
        }
    )
    with pytest.raises(CredentialsRejected) as raised:
        keys(at(server, f"s3://{fleet}", profile="sso"), ctx)
    assert "aws sso login --profile sso" in raised.value.hint


@pytest.fixture(scope="module")
def far_bucket(server: MiniStack) -> str:
    server.create_bucket("many-far", "us-west-2")
    server.root("us-west-2").put_object(Bucket="many-far", Key=KEY, Body=b"[]")
    return "many-far"


@pytest.mark.usefixtures("as_reader")
@pytest.mark.parametrize("region", ["", "eu-west-1"])
def test_the_region_is_found(
    server: MiniStack, far_bucket: str, ctx: JobContext, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if region:
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    source = at(server, f"s3://{far_bucket}")
    assert source.fetch(KEY) == b"[]"
    assert keys(source, ctx) == [KEY]
    assert isinstance(source, S3Source)
    assert source.region == "us-west-2"


@pytest.mark.usefixtures("as_reader")
def test_a_region_that_was_chosen_is_kept(server: MiniStack, far_bucket: str, ctx: JobContext) -> None:
    with pytest.raises(WrongRegion) as raised:
        keys(at(server, f"s3://{far_bucket}", region="eu-west-1"), ctx)
    assert raised.value.region == "us-west-2"
    assert "us-west-2" in raised.value.hint
    assert keys(at(server, f"s3://{far_bucket}", region="us-west-2"), ctx) == [KEY]


@pytest.mark.usefixtures("as_reader")
def test_a_certificate_file_that_is_missing(
    server: MiniStack, fleet: str, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", "/missing/bundle.pem")
    with pytest.raises(OdographError, match="file of certificates") as raised:
        keys(at(server, f"s3://{fleet}"), ctx)
    assert "/missing/bundle.pem" in raised.value.report()


@pytest.mark.usefixtures("as_reader")
def test_nothing_but_lists_and_objects_is_asked_for(server: MiniStack, fleet: str, ctx: JobContext) -> None:
    with recording_proxy(server.url) as heard:
        source = open_source(f"s3://{fleet}/back up/eu", S3Options(endpoint_url=heard.url))
        objects = [item for page in source.list_objects("", ctx) for item in page]
        list(source.list_level("", ctx))
        list(source.list_level(DAY, ctx))
        assert all(result.error is None for result in source.fetch_many(objects, ctx))
    assert {method for method, _ in heard.requests} == {"GET"}
    lists = [path for _, path in heard.requests if "list-type=2" in path]
    reads = [path for _, path in heard.requests if "list-type=2" not in path]
    # The first two ask whether and in which region the bucket is.
    assert len(lists) == 5
    assert all(parse_qs(urlsplit(path).query)["prefix"][0].startswith("back up/eu/") for path in lists)
    assert len(reads) == len(objects)
    assert all("?" not in path for path in reads)


def test_a_policy_that_denies_all_writing_is_enough(
    server: MiniStack, fleet: str, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = deny("s3:Put*", "s3:Delete*", "s3:Create*", "s3:Abort*", "s3:GetBucket*", "s3:ListAllMyBuckets")
    server.add_user("no-writes", allow("s3:*"), writing).use(monkeypatch)
    source = at(server, f"s3://{fleet}/back up/eu")
    objects = [item for page in source.list_objects("", ctx) for item in page]
    assert {result.content for result in source.fetch_many(objects, ctx)} == set(layout().values())


@pytest.mark.usefixtures("as_reader")
def test_an_invalid_region_name_from_a_profile(
    server: MiniStack, fleet: str, ctx: JobContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "no region")
    with pytest.raises(UsageError, match="region"):
        keys(at(server, f"s3://{fleet}"), ctx)
