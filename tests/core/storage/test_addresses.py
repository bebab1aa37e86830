"""Every way in which people write where a bucket is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.connections import Connection, S3Options
from core.errors import UsageError
from core.storage.addresses import BucketAddress, Destination, find_destination, reach_bucket, read_bucket_address


@pytest.mark.parametrize(
    ("text", "address", "region", "endpoint"),
    [
        ("fleet", "s3://fleet", "", ""),
        ("fleet/production/", "s3://fleet/production", "", ""),
        ("  's3://fleet//a/b/' ", "s3://fleet/a/b", "", ""),
        ("S3://fleet", "s3://fleet", "", ""),
        ("s3a://fleet/a", "s3://fleet/a", "", ""),
        ("arn:aws:s3:::fleet/a", "s3://fleet/a", "", ""),
        ("arn:aws-cn:s3:::fleet", "s3://fleet", "", ""),
        ("https://fleet.s3.eu-central-1.amazonaws.com/a%20b/c", "s3://fleet/a b/c", "eu-central-1", ""),
        ("https://my.fleet.s3.amazonaws.com", "s3://my.fleet", "", ""),
        ("https://fleet.s3-eu-west-1.amazonaws.com/a", "s3://fleet/a", "eu-west-1", ""),
        ("https://fleet.s3.dualstack.us-gov-west-1.amazonaws.com/", "s3://fleet", "us-gov-west-1", ""),
        ("https://s3.eu-central-1.amazonaws.com/fleet/a", "s3://fleet/a", "eu-central-1", ""),
        ("https://s3.cn-north-1.amazonaws.com.cn/fleet", "s3://fleet", "cn-north-1", ""),
        (
            "https://eu-central-1.console.aws.amazon.com/s3/buckets/fleet?region=eu-central-1&prefix=a/b/&showversions=false",
            "s3://fleet/a/b",
            "eu-central-1",
            "",
        ),
        ("https://s3.console.aws.amazon.com/s3/buckets/fleet?tab=objects", "s3://fleet", "", ""),
        ("https://eu-west-1.console.aws.amazon.com/s3/object/fleet?prefix=a/b", "s3://fleet/a/b", "eu-west-1", ""),
        ("https://minio.example.com:9000/fleet/a", "s3://fleet/a", "", "https://minio.example.com:9000"),
        ("HTTP://127.0.0.1:4566/fleet", "s3://fleet", "", "http://127.0.0.1:4566"),
        ("http://[::1]:4566/fleet", "s3://fleet", "", "http://[::1]:4566"),
        ("https://name:secret@minio.example.com/fleet", "s3://fleet", "", "https://minio.example.com"),
        ("https://fleet.s3.amazonaws.com/a?X-Amz-Signature=secret", "s3://fleet/a", "", ""),
    ],
)  # fmt: skip
def test_ways_to_write_a_bucket(text: str, address: str, region: str, endpoint: str) -> None:
    assert read_bucket_address(text) == BucketAddress(address, region, endpoint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "s3://",
        "s3:///a",
        "ftp://fleet",
        "https://",
        "https://minio.example.com",
        "https://minio.example.com:port/fleet",
        "https://s3.console.aws.amazon.com/s3/home",
        "https://eu-west-1.console.aws.amazon.com/ec2/buckets/fleet",
        "arn:aws:iam::123456789012:user/ana",
        "arn:aws:s3",
        "/home/ana/fleet",
        "~/fleet",
        "C:\\fleet",
    ],
)
def test_what_names_no_bucket_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_bucket_address(text)
    assert caught.value.hint


def test_a_secret_never_gets_into_an_error() -> None:
    with pytest.raises(UsageError) as caught:
        read_bucket_address("https://name:secret@minio.example.com/?X-Amz-Signature=secret")
    assert "secret" not in caught.value.report()


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        found = read_bucket_address(text)
    except UsageError:
        return
    assert found.address.startswith("s3://")
    assert read_bucket_address(found.address).address == found.address


@pytest.mark.parametrize(
    ("text", "options", "region", "server"),
    [
        ("fleet", S3Options(region="eu-west-1", endpoint_url="http://lab:9000"), "eu-west-1", "http://lab:9000"),
        ("https://Lab:9000/fleet", S3Options(), "", "https://lab:9000"),
        ("https://lab/fleet", S3Options(endpoint_url="https://LAB:443/"), "", "https://LAB:443/"),
        ("https://fleet.s3.eu-central-1.amazonaws.com/", S3Options(), "eu-central-1", ""),
        (
            "https://fleet.s3.eu-west-1.amazonaws.com",
            S3Options(region="eu-west-1", endpoint_url="https://s3-fips.eu-west-1.amazonaws.com"),
            "eu-west-1",
            "https://s3-fips.eu-west-1.amazonaws.com",
        ),
    ],
)
def test_the_region_and_the_server_that_an_address_names_count(
    text: str, options: S3Options, region: str, server: str
) -> None:
    found = reach_bucket(text, replace(options, profile="me"))
    assert found == Connection("s3://fleet", S3Options("me", region, server))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("https://lab:9000/fleet", S3Options(endpoint_url="https://lab:9001")),
        ("https://lab:9000/fleet", S3Options(endpoint_url="http://lab:9000")),
        ("https://lab:9000/fleet", S3Options(endpoint_url="http://[lab")),
        ("https://fleet.s3.amazonaws.com", S3Options(endpoint_url="https://lab:9000")),
        ("https://fleet.s3.eu-west-1.amazonaws.com", S3Options(region="us-east-1")),
    ],
)
def test_options_that_contradict_an_address_are_refused(text: str, options: S3Options) -> None:
    with pytest.raises(UsageError, match="The address"):
        reach_bucket(text, options)


APP = "9FBBEDED80595912588FF4FF"
DAY = f"{APP}/level13/2022/11/18"
BATCH = f"{DAY}/14-11-23-699000000-c0d010d5.json"
WHOLE = Connection("s3://fleet", S3Options("analyst"))
LAB = Connection("s3://fleet", S3Options(endpoint_url="http://127.0.0.1:9000"), "Lab")
PART = Connection(f"s3://fleet/{APP}/level13", S3Options("part"))


@pytest.mark.parametrize(
    ("text", "opened", "known", "expected"),
    [
        (BATCH, WHOLE, [], Destination(WHOLE, BATCH, is_open=True)),
        (f"s3://fleet/{BATCH}", WHOLE, [PART], Destination(WHOLE, BATCH, is_open=True)),
        (f" <s3://fleet/{BATCH}>\n", None, [WHOLE, PART], Destination(PART, BATCH)),
        (f"s3://fleet/{BATCH}", None, [], Destination(Connection(f"s3://fleet/{DAY}"), BATCH)),
        (f"s3://fleet/{DAY}", WHOLE, [], Destination(WHOLE, scope=DAY, is_open=True)),
        (f"s3://fleets/{DAY}", WHOLE, [LAB], Destination(Connection(f"s3://fleets/{DAY}"))),
        (f"http://127.0.0.1:9000/fleet/{BATCH}", WHOLE, [LAB], Destination(LAB, BATCH)),
        (
            f"https://eu-west-1.console.aws.amazon.com/s3/object/fleet?region=eu-west-1&prefix={BATCH}",
            None,
            [],
            Destination(Connection(f"s3://fleet/{DAY}", S3Options(region="eu-west-1")), BATCH),
        ),
        ("arn:aws:s3:::fleet", None, [WHOLE], Destination(WHOLE)),
        (f"/data/{BATCH}", Connection("/data"), [], Destination(Connection("/data"), BATCH, is_open=True)),
        ("file:///data", None, [], Destination(Connection("/data"))),
    ],
)
def test_where_an_address_leads(
    text: str, opened: Connection | None, known: list[Connection], expected: Destination
) -> None:
    assert find_destination(text, opened, known) == expected


@pytest.mark.parametrize("text", ["", "fleet", "good morning", "ftp://fleet", "s3://", "file:", BATCH])
def test_what_leads_nowhere(text: str) -> None:
    with pytest.raises(UsageError):
        find_destination(text, None, [WHOLE])
