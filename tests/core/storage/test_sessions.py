"""Sessions follow the AWS configuration, certificates and proxies, and say what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from core.connections import Addressing, S3Options
from core.errors import CredentialsMissing, SourceUnreachable, UsageError
from core.jobs import JobContext
from core.storage.connection import open_source
from core.storage.s3_link import connect
from core.storage.sessions import open_session
from tests.certificates import make_authority
from tests.servers import Keys, answering, free_port, pass_on, send_answer, write_profiles

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.core.storage.conftest import Users
    from tests.servers import MiniStack

EMPTY = b"<ListBucketResult><Name>fleet</Name><IsTruncated>false</IsTruncated></ListBucketResult>"


def no_objects(handler: BaseHTTPRequestHandler) -> None:
    send_answer(handler, 200, EMPTY, {"Content-Type": "application/xml"})


def both_ways(options: S3Options) -> None:
    """List by boto3 and by obstore."""
    source = open_source("s3://fleet", options)
    list(source.list_level("", JobContext()))
    list(source.list_objects("", JobContext()))


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    Keys("any", "thing").use(monkeypatch)


def test_a_client_takes_what_the_options_and_the_configuration_say() -> None:
    write_profiles({"work": {"region": "eu-central-1", "aws_access_key_id": "any", "aws_secret_access_key": "thing"}})
    session = open_session(S3Options("work", endpoint_url="http://127.0.0.1:9", addressing=Addressing.PATH))
    assert (session.region, session.profiles, session.ca_file) == ("eu-central-1", ("work",), "")
    assert session.client("s3").meta.endpoint_url == session.client("iam").meta.endpoint_url == "http://127.0.0.1:9"
    assert session.client("s3", "eu-west-3").meta.region_name == "eu-west-3"
    assert session.client("sso-oidc").meta.endpoint_url == "https://oidc.eu-central-1.amazonaws.com"


def test_a_session_for_signing_in_needs_no_credentials() -> None:
    write_profiles({"sso": {"sso_start_url": "https://fleet.example.com/start", "sso_region": "eu-west-1"}})
    session = open_session(S3Options("sso", "eu-west-1"), credentials=False)
    assert session.client("sso").meta.region_name == "eu-west-1"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[profile work]\nregion = x\naws_secret_access_key hunter2-hunter2\n", "line 3"),
        ("aws_secret_access_key = hunter2-hunter2\n", "line 1"),
        ("[default]\n[profile a]\n[default]\naws_secret_access_key = hunter2-hunter2\n", "line 3"),
        ("[default]\ns3 =\n  hunter2-hunter2\n", ""),
    ],
)
def test_a_broken_configuration_is_named_with_its_line_but_not_what_stands_there(content: str, line: str) -> None:
    file = Path(os.environ["AWS_CONFIG_FILE"])
    file.write_text(content, "utf-8")
    with pytest.raises(CredentialsMissing, match="configuration cannot be read") as raised:
        open_session(S3Options())
    assert raised.value.subject == (f"{file}, {line}" if line else str(file))
    assert "hunter2" not in raised.value.report()
    assert raised.value.__suppress_context__


def test_a_profile_that_does_not_exist_and_half_an_access_key(monkeypatch: pytest.MonkeyPatch) -> None:
    write_profiles({"work": {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}})
    with pytest.raises(CredentialsMissing, match="no such profile: wrok") as raised:
        open_session(S3Options("wrok"))
    assert "work" in raised.value.hint
    with pytest.raises(CredentialsMissing, match="without its secret") as raised:
        open_session(S3Options("work"))
    assert "“work”" in raised.value.hint
    assert "AKIAIOSFODNN7EXAMPLE" not in raised.value.report()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    with pytest.raises(CredentialsMissing, match="without its secret"):
        open_session(S3Options())


def test_an_authority_of_ones_own_is_trusted_by_both_clients(keys: None, tmp_path: Path) -> None:
    ca_file, context = make_authority(tmp_path)
    with answering(no_objects, context) as heard:
        with pytest.raises(SourceUnreachable, match="No secure connection"):
            both_ways(S3Options(endpoint_url=heard.url))
        both_ways(S3Options(endpoint_url=heard.url, ca_file=str(ca_file)))
        assert len(heard.requests) == 3  # the region is asked for, then a list each


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (None, "cannot be read"),
        (b"\xff no certificate", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be used"),
    ],
)
def test_a_file_without_certificates(content: bytes | None, title: str, keys: None, tmp_path: Path) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=title) as raised:
        open_session(S3Options(ca_file=str(file)))
    assert raised.value.subject == str(file)


def test_the_proxy_of_the_environment_is_used_by_both_clients(
    server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)

    def forward(handler: BaseHTTPRequestHandler) -> None:
        # Proxies are asked for whole addresses. The server's name exists for this one alone.
        url = urlsplit(handler.path)
        assert url.hostname == "storage.test"
        handler.path = url._replace(scheme="", netloc="").geturl()
        status, headers, content = pass_on(handler, b"", server.url)
        send_answer(handler, status, content, headers)

    with answering(forward) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        source = open_source(f"s3://{fleet}", S3Options(endpoint_url="http://storage.test"))
        assert next(source.list_level("", JobContext())).objects
        assert source.fetch("test.txt") == b"test.txt"
        assert len(proxy.requests) == 4  # the region is found by asking twice


@pytest.mark.parametrize("past", ["127.0.0.1", "example.com,127.0.0.1:{port}", "example.com, 127.0.0.0/8", "*"])
def test_both_clients_go_past_the_proxy_where_the_environment_says_so(
    past: str, keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(no_objects) as heard:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
        monkeypatch.setenv("NO_PROXY", past.format(port=urlsplit(heard.url).port))
        both_ways(S3Options(endpoint_url=heard.url))
        assert len(heard.requests) == 3


@pytest.mark.parametrize(
    ("addressing", "asked"),
    [
        (Addressing.PATH, "http://storage.test/fleet"),
        (Addressing.VIRTUAL, "http://fleet.storage.test/"),
        (Addressing.AUTO, "http://fleet.storage.test/"),
    ],
)
def test_the_bucket_is_named_where_the_addressing_says(
    addressing: Addressing, asked: str, keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The default comes from the profile, as for the AWS CLI.
    write_profiles({"default": {"s3": "\n  addressing_style = virtual"}})
    with answering(no_objects) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        both_ways(S3Options(endpoint_url="http://storage.test", addressing=addressing))
        assert {path.split("?")[0] for _, path in proxy.requests} == {asked}


def test_what_browses_refuses_to_write_before_anything_is_sent(keys: None) -> None:
    with answering(no_objects) as heard:
        client = connect("fleet", "", S3Options(endpoint_url=heard.url), None).client
        asked = len(heard.requests)
        for write in (
            lambda: client.put_object(Bucket="fleet", Key="a", Body=b""),
            lambda: client.delete_object(Bucket="fleet", Key="a"),
            lambda: client.put_bucket_policy(Bucket="fleet", Policy="{}"),
            lambda: client.head_bucket(Bucket="fleet"),
            lambda: client.list_objects(Bucket="fleet"),
        ):
            with pytest.raises(RuntimeError, match="browsing never calls"):
                write()  # type: ignore[no-untyped-call]
        assert len(heard.requests) == asked
