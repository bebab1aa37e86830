"""Signing in: from a profile to what a role may read, and everything that can go wrong on the way."""

from __future__ import annotations

import json
import logging
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.tokens
import pytest

from core.connections import S3Options
from core.errors import (
    CredentialsMissing,
    CredentialsRejected,
    OdographError,
    SignInNeeded,
    SourceUnreachable,
    UsageError,
)
from core.jobs import JobCancelled, JobContext
from core.storage import sso, sso_cache
from core.storage.connection import open_source
from core.storage.sso import Prompt, is_page, sign_in
from core.storage.sso_config import single_sign_on
from tests import faults, sso_server
from tests.core.storage.conftest import DAY, Users
from tests.servers import answering, free_port, send_answer, write_profiles
from tests.sso_server import SignOn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

    from core.storage.source import Source
    from tests.servers import MiniStack

KEY = f"{DAY}/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="module")
def portal(server: MiniStack, users: Users) -> Iterator[SignOn]:
    with sso_server.signing_on(server, users.reader) as running:
        yield running


@pytest.fixture
def sign_on(portal: SignOn, monkeypatch: pytest.MonkeyPatch) -> SignOn:
    """The single sign-on as it is at first, and a profile that uses it."""
    fresh = SignOn(portal.url, portal.keys, portal.server)
    for name in ("role_seconds", "token_seconds", "renewable", "code_seconds", "assigned", "slow_downs"):
        setattr(portal, name, getattr(fresh, name))
    portal.end_all()
    portal.heard.clear()
    sso_server.use(portal, monkeypatch)
    return portal


@pytest.fixture
def source(server: MiniStack, fleet: str) -> Source:
    return open_source(f"s3://{fleet}", S3Options("analyst", endpoint_url=server.url))


def read_all(source: Source) -> bytes:
    """List a day and read one of its batches."""
    (page, *_) = source.list_objects(DAY, JobContext())
    assert KEY in {item.key for item in page}
    return source.fetch(KEY)


def confirming(sign_on: SignOn) -> Callable[[Prompt], None]:
    """A person who does what is to be done."""

    def tell(prompt: Prompt) -> None:
        if prompt.code:
            assert prompt.code in prompt.address
            assert prompt.address.startswith(prompt.page)
            assert prompt.seconds == sign_on.code_seconds
            sign_on.confirm(prompt.address)
        else:
            page = threading.Thread(target=sign_on.visit, args=(prompt.address,))
            page.start()

    return tell


def test_tokens_lie_where_botocore_looks_for_them() -> None:
    parts = Path(vars(botocore.tokens.SSOTokenProvider)["_SSO_TOKEN_CACHE_DIR"]).parts
    assert sso_cache.folder().parts[-3:] == parts[-3:] == (".aws", "sso", "cache")
    assert sso_cache.folder().is_relative_to(Path.home())


@pytest.mark.parametrize(("legacy", "coded"), [(False, True), (False, False), (True, False)])
@pytest.mark.expects_log("botocore")
def test_from_signing_in_to_a_batch(
    sign_on: SignOn, source: Source, legacy: bool, coded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = sso_server.use(sign_on, monkeypatch, legacy=legacy)
    with pytest.raises(SignInNeeded) as raised:
        read_all(source)
    assert raised.value.profile == profile
    assert raised.value.title == "Nobody is signed in to the single sign-on of the profile “analyst”"
    sign_in(profile, JobContext(), confirming(sign_on), coded=coded)
    assert read_all(source) == KEY.encode()
    file = sso_cache.token_file(single_sign_on(profile))
    token = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(token) == {
        "startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt"
    }  # fmt: skip
    assert (token["startUrl"], token["region"]) == (sso_server.START_URL, sso_server.SSO_REGION)
    assert not list(sso_cache.folder().glob("*.tmp"))
    # What is ended from afar is noticed while it is read, by the credentials that are to be renewed.
    sign_on.end_all()
    with pytest.raises(SignInNeeded, match="has expired"):
        read_all(open_source(source.address, S3Options("analyst", endpoint_url=sign_on.server.url)))


@pytest.mark.expects_log("botocore")
def test_a_session_is_renewed_as_long_as_the_company_allows(sign_on: SignOn, source: Source) -> None:
    # botocore renews what has less than 10 minutes left, a role's credentials as well as the token they come from.
    sign_on.renewable, sign_on.token_seconds, sign_on.role_seconds = True, 60, 60
    sign_in("analyst", JobContext(), confirming(sign_on))
    assert read_all(source) == KEY.encode()
    file = sso_cache.token_file(single_sign_on("analyst"))
    before = json.loads(file.read_text())["accessToken"]
    again = open_source(source.address, S3Options("analyst", endpoint_url=sign_on.server.url))
    assert read_all(again) == KEY.encode()
    assert json.loads(file.read_text())["accessToken"] != before
    assert sign_on.heard.count("/device_authorization") == 1
    sign_on.end_all()
    with pytest.raises(SignInNeeded):
        read_all(open_source(source.address, S3Options("analyst", endpoint_url=sign_on.server.url)))


@pytest.mark.expects_log("botocore")
def test_credentials_that_end_under_way_are_renewed_without_anybody(
    sign_on: SignOn, server: MiniStack, fleet: str
) -> None:
    sign_on.role_seconds = 2
    sign_in("analyst", JobContext(), confirming(sign_on))

    def outlived(exchange: faults.Exchange) -> None:
        exchange.closing.wait(2.2)  # until they have really ended
        real = exchange.real()
        assert b"ExpiredToken" in real.body
        exchange.answer(real.status, real.body, real.headers)

    with faults.faulty(server.url) as proxy:
        source = open_source(f"s3://{fleet}", S3Options("analyst", endpoint_url=proxy.url))
        objects = [item for page in source.list_objects(DAY, JobContext()) for item in page]
        proxy.add(outlived, times=1)
        fetched = list(source.fetch_many(objects, JobContext()))
    assert len(fetched) == len(objects) > 2
    assert all(one.error is None for one in fetched)
    assert proxy.faulty == 1
    assert sign_on.heard.count("/device_authorization") == 1


def test_a_program_registers_once_unless_it_was_forgotten(sign_on: SignOn) -> None:
    for _ in range(2):
        sign_in("analyst", JobContext(), confirming(sign_on))
    assert sign_on.heard.count("/client/register") == 1
    sign_on.forget_clients()
    sign_in("analyst", JobContext(), confirming(sign_on))
    assert sign_on.heard.count("/client/register") == 2
    for file in sso_cache.folder().iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("coded", [True, False])
def test_cancelling_takes_effect_at_once(sign_on: SignOn, coded: bool) -> None:
    ctx = JobContext()
    with pytest.raises(JobCancelled):
        sign_in("analyst", ctx, lambda _prompt: ctx.cancel(), coded=coded)
    assert not sso_cache.token_file(single_sign_on("analyst")).exists()
    assert "sign-in-redirect" not in {thread.name for thread in threading.enumerate()}


def test_slowing_down_and_waiting_are_no_failures(sign_on: SignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sso, "_SLOW_DOWN", 0.01)
    sign_on.slow_downs = 3
    person = threading.Event()

    def late(prompt: Prompt) -> None:
        def confirm() -> None:
            person.wait()
            sign_on.confirm(prompt.address)

        threading.Thread(target=confirm).start()

    sign_on.heard.clear()
    waiting = threading.Thread(target=sign_in, args=("analyst", JobContext(), late))
    waiting.start()
    while sign_on.heard.count("/token") < 5:
        person.wait(0.01)
    person.set()
    waiting.join()
    assert sso_cache.token_file(single_sign_on("analyst")).exists()


def refuse(sign_on: SignOn, prompt: Prompt) -> None:
    if prompt.code:
        sign_on.refuse(prompt.address)
    else:
        threading.Thread(target=sign_on.visit, args=(prompt.address,), kwargs={"allow": False}).start()


@pytest.mark.parametrize(
    ("coded", "seconds", "person", "title"),
    [
        (True, 600, refuse, "The sign-in was refused in the browser"),
        (False, 600, refuse, "The sign-in was refused in the browser"),
        (True, 0, lambda _server, _prompt: None, "The sign-in was not confirmed in time"),
        (False, 0, lambda _server, _prompt: None, "The sign-in was not confirmed in time"),
    ],
)
def test_what_a_person_does_not_confirm_is_told(
    sign_on: SignOn,
    coded: bool,
    seconds: int,
    person: Callable[[SignOn, Prompt], None],
    title: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_on.code_seconds = seconds
    monkeypatch.setattr(sso, "_REDIRECT_SECONDS", float(seconds))
    with pytest.raises(CredentialsRejected) as raised:
        sign_in("analyst", JobContext(), lambda prompt: person(sign_on, prompt), coded=coded)
    assert (raised.value.title, raised.value.subject) == (title, sso_server.START_URL)
    assert raised.value.hint
    assert not sso_cache.token_file(single_sign_on("analyst")).exists()


def test_what_comes_back_with_another_state_is_not_heard(sign_on: SignOn) -> None:
    pages: list[str] = []

    def attacked(prompt: Prompt) -> None:
        def browser() -> None:
            back = prompt.address.partition("redirect_uri=")[2].partition("&")[0]
            address = back.replace("%3A", ":").replace("%2F", "/")
            for query in ("?code=1&state=guessed", "?error=denied"):
                with pytest.raises(OSError, match="404"):
                    sign_on.visit(f"{address}{query}")
            pages.append(sign_on.visit(prompt.address))

        threading.Thread(target=browser).start()

    sign_in("analyst", JobContext(), attacked, coded=False)
    assert sso_cache.token_file(single_sign_on("analyst")).exists()
    assert "You are signed in" in pages[0]


@pytest.mark.parametrize("coded", [True, False])
def test_a_server_that_is_not_there_is_told(sign_on: SignOn, coded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SourceUnreachable) as raised:
        sign_in("analyst", JobContext(), confirming(sign_on), coded=coded)
    assert "127.0.0.1" in raised.value.subject


REGISTERED = {"clientId": "c", "clientSecret": "s", "clientSecretExpiresAt": 10**18}
BEGUN = {
    "deviceCode": "d",
    "userCode": "U-C",
    "verificationUri": "https://portal.example",
    "expiresIn": 600,
    "interval": 0,
}
HTML = b"<html>Sign in to this network</html>"


@pytest.mark.parametrize(
    "answers",
    [
        {"/client/register": {}},
        {"/client/register": HTML},
        {"/client/register": []},
        {"/client/register": REGISTERED | {"clientSecretExpiresAt": "soon"}},
        {"/client/register": REGISTERED | {"clientSecretExpiresAt": -1}},
        {"/device_authorization": {}},
        {"/device_authorization": HTML},
        {"/device_authorization": BEGUN | {"verificationUriComplete": "file:///etc/passwd"}},
        {"/device_authorization": BEGUN | {"verificationUri": "http://portal.example"}},
        {"/device_authorization": BEGUN | {"verificationUri": "https://"}},
        {"/token": {}},
        {"/token": HTML},
        {"/token": {"accessToken": "t"}},
    ],
    ids=str,
)
def test_an_odd_answer_is_an_error(
    sign_on: SignOn, answers: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    usual: dict[str, object] = {"/client/register": REGISTERED, "/device_authorization": BEGUN}

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(int(request.headers.get("Content-Length") or 0))
        content = (usual | answers)[request.path]
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        send_answer(request, 200, body, {"Content-Type": "application/json"})

    with answering(answer) as odd:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", odd.url)
        told: list[Prompt] = []
        with pytest.raises(SourceUnreachable) as raised:
            sign_in("analyst", JobContext(), told.append)
        assert raised.value.subject == odd.url
        assert len(told) == ("/token" in answers)
    assert not sso_cache.token_file(single_sign_on("analyst")).exists()


def test_a_server_is_not_asked_without_pause(sign_on: SignOn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sso, "_LEAST_INTERVAL", 1.0)
    waits: list[float] = []

    class Told(JobContext):
        def wait(self, seconds: float) -> None:
            waits.append(seconds)

    sign_in("analyst", Told(), confirming(sign_on))
    assert waits == [1.0]


@pytest.mark.parametrize(
    ("address", "opens"),
    [
        ("https://portal.example/?user_code=A", True),
        ("http://127.0.0.1:4566/device", True),
        ("http://portal.example", False),
        ("file:///etc/passwd", False),
        ("\\\\portal\\share", False),
        ("javascript:alert(1)", False),
        ("https://[", False),
        ("https://portal.example/ --new", False),
        ("", False),
    ],
)
def test_only_pages_are_opened(address: str, opens: bool) -> None:
    assert is_page(address) is opens


def test_servers_are_asked_where_the_configuration_says(
    sign_on: SignOn, source: Source, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO"):
        monkeypatch.delenv(name)
    file = home / "aws-config"
    own = f"endpoint_url = {sign_on.url}\n"
    services = f"[services own]\nsso_oidc =\n  {own}sso =\n  {own}"
    file.write_text(file.read_text().replace("[profile analyst]\n", "[profile analyst]\nservices = own\n") + services)
    sign_in("analyst", JobContext(), confirming(sign_on))
    assert read_all(source) == KEY.encode()


def test_a_portal_that_is_not_known_is_told(sign_on: SignOn, home: Path) -> None:
    file = home / "aws-config"
    file.write_text(file.read_text().replace("company.aws", "other.aws"))
    with pytest.raises(CredentialsRejected, match="does not know this single sign-on") as raised:
        sign_in("analyst", JobContext(), confirming(sign_on))
    assert "sso_start_url" in raised.value.hint


@pytest.mark.expects_log("botocore")
def test_a_role_that_is_not_assigned_is_told(sign_on: SignOn, source: Source) -> None:
    sign_on.assigned = False
    sign_in("analyst", JobContext(), confirming(sign_on))
    with pytest.raises(CredentialsRejected) as raised:
        read_all(source)
    assert not isinstance(raised.value, SignInNeeded)
    assert raised.value.title == "The role of the profile “analyst” may not be used"


def test_a_token_that_cannot_be_kept_is_told(sign_on: SignOn, home: Path) -> None:
    (home / ".aws").write_text("a file")
    with pytest.raises(OdographError, match="cannot be kept") as raised:
        sign_in("analyst", JobContext(), confirming(sign_on))
    assert "sso/cache" in raised.value.subject


def test_no_secret_is_logged(sign_on: SignOn, source: Source, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="odograph"):
        sign_in("analyst", JobContext(), confirming(sign_on))
        read_all(source)
    kept = [json.loads(file.read_text()) for file in sso_cache.folder().iterdir()]
    hidden = {text for content in kept for name, text in content.items() if "oken" in name or "ecret" in name}
    assert len(hidden) >= 2
    assert not [text for text in hidden if text in caplog.text]


@pytest.mark.parametrize(
    ("profiles", "name", "kind", "says"),
    [
        ({"keys": {"region": "eu-west-1"}}, "keys", UsageError, "no single sign-on: keys. Set it up"),
        ({"keys": {}, "old": {"sso_start_url": "x"}}, "keys", UsageError, "These have it: old"),
        ({"new": {"sso_session": "gone"}}, "new", CredentialsMissing, "sso-session “gone”, which is not there"),
        ({"old": {"sso_start_url": "x"}}, "old", CredentialsMissing, "profile “old” lacks sso_region"),
        ({"a": {"source_profile": "b"}, "b": {"source_profile": "a"}}, "a", UsageError, "no single sign-on"),
        ({"known": {}}, "unknown", CredentialsMissing, "no such profile: unknown. Profiles that exist: known"),
    ],
)
def test_a_profile_that_cannot_sign_in_is_told(
    profiles: dict[str, dict[str, str]], name: str, kind: type[OdographError], says: str
) -> None:
    write_profiles(profiles)
    with pytest.raises(kind) as raised:
        sign_in(name, JobContext(), lambda _prompt: None)
    assert says in str(raised.value)


def test_a_configuration_that_cannot_be_read_is_told(home: Path) -> None:
    (home / "aws-config").write_text("[profile work\nregion = x")
    with pytest.raises(CredentialsMissing, match="configuration cannot be used"):
        single_sign_on("work")


def test_a_role_built_on_another_profile_signs_in_as_that_one(sign_on: SignOn, home: Path) -> None:
    file = home / "aws-config"
    more = "[profile auditor]\nrole_arn = arn:aws:iam::123456789012:role/Auditor\nsource_profile = analyst\n"
    file.write_text(file.read_text() + more)
    login = single_sign_on("auditor")
    assert (login.profile, login.session, login.start_url) == ("auditor", "company", sso_server.START_URL)
    assert sso_cache.token_file(login) == sso_cache.token_file(single_sign_on("analyst"))
