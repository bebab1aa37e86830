"""A connection is tested step by step, and each fault is told with what to do."""

from __future__ import annotations

import json
import os
import socket
import time
from email.utils import formatdate
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.connections import Addressing, S3Options
from core.errors import CredentialsRejected, KeysNeeded, SignInNeeded, UsageError
from core.jobs import JobCancelled, JobContext
from core.steps import StepState, report
from core.storage import probe_network
from core.storage.access_keys import AccessKeys, forget, keep_in_memory
from core.storage.permissions import Right
from core.storage.probe import probe_connection
from core.storage.probe_report import first_steps
from tests.core.storage.conftest import APP, Users, layout
from tests.servers import REGION, MiniStack, answering, free_port, recording_proxy, send_answer, write_profiles
from tests.tls import Authority, listening, secure_front

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from core.steps import Step
    from core.storage.probe_report import ConnectionReport

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
OK, WARNING, FAILED, SKIPPED = StepState.OK, StepState.WARNING, StepState.FAILED, StepState.SKIPPED
ALL = ("resolve", "connect", "tls", "authenticate", "list", "read")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some keys that no server knows."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def outcome(url: str, address: str = "s3://fleet", **options: str) -> ConnectionReport:
    """Test a connection; nothing secret may be in what it says."""
    told: list[Step] = []
    found = probe_connection(address, S3Options(endpoint_url=url, **options), JobContext(), told.append)  # type: ignore[arg-type]
    said = report(found.steps) + json.dumps(found.as_json())
    assert KEY not in said
    assert SECRET not in said
    assert {step.id: step for step in told} == {step.id: step for step in found.steps}
    assert all(step.state.over for step in found.steps)
    if found.error is not None:
        assert sum(step.state is FAILED for step in found.steps) == 1
    return found


def states(found: ConnectionReport) -> dict[str, StepState]:
    return {step.id: step.state for step in found.steps}


def failed(found: ConnectionReport, id: str) -> Step:
    """The step that failed, which must be this one; those before went well and those after are left out."""
    place = ALL.index(id)
    assert [step.state for step in found.steps[place:]] == [FAILED] + [SKIPPED] * (5 - place)
    assert not any(step.state is FAILED for step in found.steps[:place])
    assert not found.browsable
    return found.steps[place]


# What works


def test_every_step_of_a_connection_that_works(
    server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    with recording_proxy(server.url) as heard:
        found = outcome(heard.url, f"s3://{fleet}", region=REGION)
    assert states(found) == dict.fromkeys(ALL, OK) | {"tls": SKIPPED}
    assert found.browsable
    assert [permission.right for permission in (found.permissions.list, found.permissions.read)] == [Right.ALLOWED] * 2
    said = {step.id: step.result for step in found.steps}
    assert said["resolve"] == "127.0.0.1"
    assert said["connect"].startswith("127.0.0.1, port ")
    assert said["authenticate"] == "Access keys of the environment, accepted by the server"
    assert said["list"] == "2 apps found"
    assert said["read"].endswith(".json, 70 B")
    assert all(step.seconds is not None for step in found.steps if step.state is OK)
    assert {method for method, _ in heard.requests} == {"GET"}
    assert len(heard.requests) == 4
    assert [path for _, path in heard.requests if "list-type=2" not in path] == [heard.requests[-1][1]]


@pytest.mark.parametrize(
    ("prefix", "result", "hint"),
    [
        ("/logs", "1 folder and 1 object found, no app", "24 hexadecimal"),
        ("/nothing/here", "Nothing lies below this address", "Check the prefix"),
    ],
)
def test_what_lies_below_an_address(
    server: MiniStack,
    fleet: str,
    users: Users,
    monkeypatch: pytest.MonkeyPatch,
    prefix: str,
    result: str,
    hint: str,
) -> None:
    users.reader.use(monkeypatch)
    found = outcome(server.url, f"s3://{fleet}{prefix}")
    step = found.steps[4]
    assert step.result == result
    assert hint in step.hint
    assert step.state is (WARNING if hint else OK)
    assert found.browsable


def test_folders_are_tested_too(tmp_path: Path) -> None:
    for key, content in layout().items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    found = outcome("", str(tmp_path))
    assert states(found) == {"list": OK, "read": OK}
    assert found.browsable
    assert states(outcome("", str(tmp_path / "missing"))) == {"list": FAILED, "read": SKIPPED}
    assert [step.id for step in first_steps("s3://fleet")] == list(ALL)


def test_wrong_words_are_no_report() -> None:
    with pytest.raises(UsageError):
        outcome("", "s3://?")


# The way to the server


@pytest.mark.usefixtures("keys")
def test_a_name_that_is_not_known() -> None:
    step = failed(outcome("http://nowhere.invalid:9000"), "resolve")
    assert "cannot be resolved: " in step.result
    assert "http://nowhere.invalid:9000" in step.hint


@pytest.mark.usefixtures("keys")
def test_nothing_listens() -> None:
    step = failed(outcome(f"http://127.0.0.1:{free_port()}"), "connect")
    assert step.result.startswith("The server refuses the connection")


@pytest.mark.usefixtures("keys")
def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.s3_link.FIRST_ANSWER", 0.2)
    monkeypatch.setattr("core.storage.probe_network._SECONDS", 0.2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        port = listener.getsockname()[1]
        assert "in time" in failed(outcome(f"https://127.0.0.1:{port}"), "tls").result
        assert "in time" in failed(outcome(f"http://127.0.0.1:{port}"), "list").result


@pytest.mark.usefixtures("keys")
def test_it_can_be_cancelled() -> None:
    ctx = JobContext()

    def told(step: Step) -> None:
        if (step.id, step.state) == ("authenticate", StepState.RUNNING):
            ctx.cancel()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        options = S3Options(endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(JobCancelled):
            probe_connection("s3://fleet", options, ctx, told)


@pytest.mark.usefixtures("keys")
def test_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://nowhere.invalid:3128")
    step = failed(outcome("https://s3.example.com"), "resolve")
    assert "proxy's name" in step.result
    monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{free_port()}")
    step = failed(outcome("https://s3.example.com"), "connect")
    assert step.result.startswith("The proxy cannot be reached: 127.0.0.1:")
    assert "HTTPS_PROXY" in step.hint
    for answer, title in (
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "The proxy asks for a name and password"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "The proxy does not let through to the server"),
        (b"", "The proxy does not let through to the server"),
    ):
        heard: list[bytes] = []

        def serve(connection: socket.socket, answer: bytes = answer, heard: list[bytes] = heard) -> None:
            heard.append(connection.recv(4096))
            connection.sendall(answer)

        with listening(serve) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:hidden@127.0.0.1:{port}")
            found = outcome("https://s3.example.com")
        step = failed(found, "connect")
        assert step.result.startswith(title)
        assert "hidden" not in report(found.steps)
        assert heard[0].startswith(b"CONNECT s3.example.com:443 HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic bWU6aGlkZGVu" in heard[0]


def test_a_secure_connection_through_a_proxy(authority: Authority) -> None:
    certificate = authority.sign("proxied", "s3.example.com")

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        certificate.context().wrap_socket(connection, server_side=True).close()

    with listening(serve) as port:
        proxy = f"http://127.0.0.1:{port}"
        target = probe_network.Target("https://s3.example.com/fleet", "s3.example.com", 443, True, False, proxy)
        addresses, said = probe_network.resolve(target)
        assert said == "The proxy 127.0.0.1"
        connection, said = probe_network.connect_to(target, addresses)
        assert said == f"Through the proxy 127.0.0.1, port {port}"
        with connection:
            said, warning = probe_network.secure(target, connection, str(authority.file))
    assert said.startswith("TLS 1.3, certificate of s3.example.com until ")
    assert not warning


# Certificates


@pytest.mark.usefixtures("keys")
def test_certificates_that_are_not_believed(authority: Authority) -> None:
    for name, certificate, trusted, title, hint in (
        ("self", authority.sign("self", self_signed=True), None, "is self-signed", "--ca-file"),
        ("unknown", authority.sign("unknown"), None, "from an authority that is not known here", "AWS_CA_BUNDLE"),
        ("other", authority.sign("other", "minio.example.com"), 1, "for another host", "made out to minio.example.com"),
        ("ended", authority.sign("ended", days=-3), 1, "has expired", "It ended on 20"),
        ("early", authority.sign("early", days=99), 1, "is not valid yet", "It begins on 20"),
    ):
        with secure_front(certificate) as port:
            ca_file = str(authority.file) if trusted else ""
            step = failed(outcome(f"https://127.0.0.1:{port}", ca_file=ca_file), "tls")
        assert title in step.result, name
        assert hint in step.hint, name


def test_a_certificate_that_is_trusted_by_a_file(
    server: MiniStack, fleet: str, users: Users, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.reader.use(monkeypatch)
    target = int(server.url.rpartition(":")[2])
    with secure_front(authority.sign("soon", days=3), target) as port:
        found = outcome(f"https://127.0.0.1:{port}", f"s3://{fleet}", ca_file=str(authority.file))
    assert states(found) == dict.fromkeys(ALL, OK) | {"tls": WARNING}
    assert "The certificate ends in 3 days" in found.steps[2].hint
    assert found.steps[2].result.startswith("TLS 1.3, certificate of 127.0.0.1 until ")


@pytest.mark.usefixtures("keys")
def test_http_and_https_mixed_up(server: MiniStack, authority: Authority) -> None:
    plain = server.url.removeprefix("http://")
    found = outcome(f"https://{plain}")
    step = failed(found, "tls")
    assert step.result.startswith("The server speaks http, not https")
    assert f"http://{plain}." in step.hint
    assert found.better == S3Options(endpoint_url=server.url)
    with secure_front(authority.sign("mixed")) as port:
        found = outcome(f"http://127.0.0.1:{port}")
    step = failed(found, "list")
    assert step.result == "The server speaks https, not http"
    assert found.better == S3Options(endpoint_url=f"https://127.0.0.1:{port}")


# Credentials


def test_no_credentials_and_profiles(server: MiniStack, fleet: str, users: Users) -> None:
    step = failed(outcome(server.url, f"s3://{fleet}"), "authenticate")
    assert step.result == "No credentials found"
    step = failed(outcome(server.url, f"s3://{fleet}", profile="wrok"), "authenticate")
    assert "There is no such profile: wrok" in step.result
    # The profile comes first: it may name the server.
    found = outcome("http://nowhere.invalid:9000", profile="wrok")
    assert failed(found, "authenticate").result == "There is no such profile: wrok"
    assert [step.state for step in found.steps[:3]] == [SKIPPED] * 3
    write_profiles({"work": {"aws_access_key_id": users.reader.access, "aws_secret_access_key": users.reader.secret}})
    found = outcome(server.url, f"s3://{fleet}", profile="work")
    assert found.steps[3].result == "Profile “work”: access keys of the file config, accepted by the server"
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[profile work\nregion", "utf-8")
    step = failed(outcome(server.url, f"s3://{fleet}", profile="work"), "authenticate")
    assert "AWS configuration" in step.result


@pytest.mark.expects_log("botocore.credentials")
def test_who_has_to_sign_in_or_enter_keys(server: MiniStack) -> None:
    sign_on = {"sso_start_url": "https://example.awsapps.com/start", "sso_region": "eu-west-1"}
    write_profiles({"sso": sign_on | {"sso_account_id": "123456789012", "sso_role_name": "Analyst"}})
    found = outcome(server.url, profile="sso")
    failed(found, "authenticate")
    assert isinstance(found.error, SignInNeeded)
    assert found.error.profile == "sso"
    found = outcome(server.url, keys="Fleet")
    failed(found, "authenticate")
    assert isinstance(found.error, KeysNeeded)
    keep_in_memory("Fleet", AccessKeys(KEY, SECRET))
    try:
        step = failed(outcome(server.url, keys="Fleet"), "authenticate")
    finally:
        forget("Fleet")
    assert step.result.startswith("The access keys that are kept as “Fleet”: The access key")


def test_keys_that_are_wrong(
    server: MiniStack, fleet: str, users: Users, keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = failed(outcome(server.url, f"s3://{fleet}"), "authenticate")
    assert "The access key" in step.result
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", users.reader.access)
    step = failed(outcome(server.url, f"s3://{fleet}"), "authenticate")
    assert "secret key does not fit" in step.result


def error_answer(handler: BaseHTTPRequestHandler, status: int, code: str, date: float | None = None) -> None:
    """An error as S3 answers it."""
    body = f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()
    if date is None:
        send_answer(handler, status, body, {"x-amz-request-id": "1"})
        return
    handler.send_response_only(status)
    handler.send_header("Date", formatdate(date, usegmt=True))
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("status", "code", "id", "title", "hint"),
    [
        (400, "ExpiredToken", "authenticate", "expired", "Renew"),
        (404, "NoSuchBucket", "list", "There is no such bucket", "Check the spelling of “fleet”"),
        (503, "SlowDown", "list", "The server asks to slow down", "in a minute"),
        (403, "AccessDenied", "list", "Access denied", "s3:ListBucket on arn:aws:s3:::fleet (prefix eu/)"),
    ],
)
def test_what_servers_answer(status: int, code: str, id: str, title: str, hint: str) -> None:
    with answering(lambda handler: error_answer(handler, status, code)) as heard:
        found = outcome(heard.url, "s3://fleet/eu")
    step = failed(found, id)
    assert title in step.result
    assert hint in step.hint
    assert found.permissions.list.right is (Right.DENIED if code == "AccessDenied" else Right.UNKNOWN)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(("name", "possible"), [("Fleet_Data", False), ("fleet-data", True)])
def test_a_name_that_no_bucket_has_is_said_first(name: str, possible: bool) -> None:
    with answering(lambda handler: error_answer(handler, 403, "AccessDenied")) as heard:
        found = outcome(heard.url, f"s3://{name}")
    hint = failed(found, "list").hint
    assert hint.startswith("Check the bucket's name: ") is not possible
    assert f"s3:ListBucket on arn:aws:s3:::{name}" in hint


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("ahead", "text"), [(7400, "2 h 3 min ahead of"), (-3700, "1 h 2 min behind")], ids=["ahead", "behind"]
)
def test_a_wrong_clock(ahead: float, text: str) -> None:
    with answering(lambda handler: error_answer(handler, 403, "RequestTimeTooSkewed", time.time() - ahead)) as heard:
        found = outcome(heard.url)
    step = failed(found, "authenticate")
    assert "This computer's clock is wrong" in step.result
    assert f"This computer's clock is {text} the server's." in step.hint
    assert isinstance(found.error, CredentialsRejected)


# The bucket


@pytest.mark.usefixtures("keys")
def test_something_else_answers() -> None:
    page = b"<html><body>Please sign in to the hotel's network</body></html>"
    with answering(lambda handler: send_answer(handler, 200, page, {"Content-Type": "text/html"})) as heard:
        step = failed(outcome(heard.url), "list")
    assert step.result == "The answer does not come from an S3 server"


def test_another_region(server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users.reader.use(monkeypatch)
    found = outcome(server.url, f"s3://{fleet}", region="us-west-2")
    step = failed(found, "list")
    assert "It lies in eu-west-1" in step.hint
    assert found.better == S3Options(endpoint_url=server.url, region="eu-west-1")
    found = outcome(server.url, f"s3://{fleet}")
    assert found.region == "eu-west-1"


def test_the_other_addressing(server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users.reader.use(monkeypatch)
    port = server.url.rpartition(":")[2]
    found = outcome(f"http://localhost:{port}", f"s3://{fleet}", addressing=Addressing.VIRTUAL)
    step = failed(found, "resolve")
    assert "choose path as addressing" in step.hint
    assert found.better == S3Options(endpoint_url=f"http://localhost:{port}", addressing=Addressing.PATH)


@pytest.mark.parametrize(
    ("user", "id", "denied"),
    [
        ("part", "list", "s3:ListBucket on arn:aws:s3:::fleet"),
        ("lister", "read", "s3:GetObject on arn:aws:s3:::fleet/0A1B2C3D4E5F60718293A4B5/level12/"),
    ],
)
def test_a_permission_that_is_missing(
    server: MiniStack,
    fleet: str,
    users: Users,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    id: str,
    denied: str,
) -> None:
    getattr(users, user).use(monkeypatch)
    found = outcome(server.url, f"s3://{fleet}")
    step = failed(found, id)
    assert step.result == "Access denied"
    assert denied in step.hint
    assert found.steps[3].result.endswith("accepted by the server")
    permission = found.permissions.list if id == "list" else found.permissions.read
    assert permission.denied
    assert permission.reason.startswith(denied)
    assert permission.reason.endswith(" is denied")


def test_a_part_that_may_be_read(server: MiniStack, fleet: str, users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users.part.use(monkeypatch)
    assert outcome(server.url, f"s3://{fleet}/{APP}/level13/2022/11").browsable
