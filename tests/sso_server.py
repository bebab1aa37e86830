"""The two servers of a single sign-on on loopback: one signs people in (OIDC), one hands out a role's credentials.

They are as strict as the real ones with what botocore sends, and a person's part in the browser is played by tests. The
credentials are short-lived ones of a real user of a server for buckets, so that they can do what this user may.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import secrets
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import boto3
import botocore.credentials
import botocore.tokens
from botocore.config import Config

from core.storage import sso, sso_cache
from tests.servers import REGION, answering, send_answer, write_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.server import BaseHTTPRequestHandler

    import pytest

    from tests.servers import Keys, MiniStack

START_URL = "https://company.awsapps.com/start"
SSO_REGION = "eu-central-1"
ACCOUNT, ROLE = "123456789012", "Analyst"
# How long a question for the token waits for the person, so that nobody has to ask in a loop.
_HOLD_SECONDS = 0.2


@dataclass
class SignOn:
    """A running single sign-on.

    Attributes:
        url: its address.
        keys: of the user whose short-lived credentials the role brings.
        server: where that user is known.
        role_seconds: how long the role's credentials say and are to hold.
        token_seconds: how long a token says that it holds.
        renewable: whether a token comes with one to renew it.
        code_seconds: how long a person has time.
        assigned: whether the role may be taken on.
        slow_downs: how often it still asks to slow down.
        elsewhere: whether a person confirms every code on another device.
        heard: what was asked, by its path.
    """

    url: str
    keys: Keys
    server: MiniStack
    role_seconds: int = 3600
    token_seconds: int = 28_800
    renewable: bool = False
    code_seconds: int = 600
    assigned: bool = True
    slow_downs: int = 0
    elsewhere: bool = False
    heard: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _clients: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    _devices: dict[str, dict[str, Any]] = field(default_factory=dict)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _tokens: set[str] = field(default_factory=set)
    _renewals: set[str] = field(default_factory=set)

    # What a person does in the browser

    def confirm(self, address: str) -> None:
        """Open the page of a code and confirm it."""
        self._decide(address, "confirmed")

    def refuse(self, address: str) -> None:
        """Open the page of a code and refuse it."""
        self._decide(address, "refused")

    def visit(self, address: str, *, allow: bool = True) -> str:
        """Open the page that leads back to the program, allow or refuse; the page that is shown at the end."""
        text = address if allow else f"{address}&refuse=1"
        with urllib.request.urlopen(text, timeout=10) as page:
            return str(page.read().decode())

    def end_all(self) -> None:
        """All sessions are over: no token is worth anything any more, nor can be renewed."""
        with self._changed:
            self._tokens.clear()
            self._renewals.clear()

    def forget_clients(self) -> None:
        """No program is known any more."""
        with self._changed:
            self._clients.clear()

    def _decide(self, address: str, how: str) -> None:
        (typed,) = parse_qs(urlsplit(address).query)["user_code"]
        with self._changed:
            device = next(device for device in self._devices.values() if device["userCode"] == typed)
            device["state"] = how
            self._changed.notify_all()

    # What programs ask

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.heard.append(parts.path)
        asked = json.loads(body) if body else {name: values[0] for name, values in parse_qs(parts.query).items()}
        routes = {
            "/client/register": self._register,
            "/device_authorization": self._begin,
            "/token": self._token,
        }
        if parts.path == "/authorize":
            self._authorize(handler, asked)
            return
        if parts.path == "/federation/credentials":
            status, content = self._credentials(asked, handler.headers.get("x-amz-sso_bearer_token", ""))
        else:
            status, content = routes[parts.path](asked)
        headers = {"Content-Type": "application/json"}
        if status >= 400:
            headers["x-amzn-ErrorType"] = content.pop("type")
        send_answer(handler, status, json.dumps(content).encode(), headers)

    def _register(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        assert asked["clientType"] == "public"
        assert asked["clientName"].startswith("odograph-")
        grants = tuple(asked.get("grantTypes", ()))
        if grants:
            assert asked["redirectUris"] == ["http://127.0.0.1/oauth/callback"]
            assert asked["issuerUrl"] == START_URL
            assert asked["scopes"]
        name, secret = secrets.token_hex(8), secrets.token_hex(16)
        with self._changed:
            self._clients[name] = (secret, grants)
        now = int(time.time())
        return 200, {
            "clientId": name,
            "clientSecret": secret,
            "clientIdIssuedAt": now,
            "clientSecretExpiresAt": now + 90 * 86_400,
        }

    def _is_known(self, asked: Mapping[str, Any]) -> bool:
        secret, _ = self._clients.get(asked["clientId"], ("", ()))
        return bool(secret) and secret == asked["clientSecret"]

    def _begin(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if not self._is_known(asked):
            return _no(401, "InvalidClientException", "invalid_client")
        if asked["startUrl"] != START_URL:
            return _no(400, "InvalidRequestException", "invalid_request")
        typed = f"{secrets.token_hex(2)}-{secrets.token_hex(2)}".upper()
        device = secrets.token_urlsafe(24)
        with self._changed:
            ends = time.monotonic() + self.code_seconds
            self._devices[device] = {"userCode": typed, "state": "", "client": asked["clientId"], "ends": ends}
        page = f"{self.url}/device"
        return 200, {
            "deviceCode": device,
            "userCode": typed,
            "verificationUri": page,
            "verificationUriComplete": f"{page}?{urlencode({'user_code': typed})}",
            "expiresIn": self.code_seconds,
            "interval": 0,
        }

    def _token(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        if not self._is_known(asked):
            return _no(401, "InvalidClientException", "invalid_client")
        ways = {
            "urn:ietf:params:oauth:grant-type:device_code": self._by_device,
            "authorization_code": self._by_redirect,
            "refresh_token": self._by_renewal,
        }
        return ways[asked["grantType"]](asked)

    def _by_device(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._changed:
            device = self._devices.get(asked["deviceCode"])
            if device is None or device["client"] != asked["clientId"]:
                return _no(400, "InvalidGrantException", "invalid_grant")
            if self.slow_downs:
                self.slow_downs -= 1
                return _no(400, "SlowDownException", "slow_down")
            if self.elsewhere:
                device["state"] = "confirmed"
            self._changed.wait_for(lambda: device["state"], _HOLD_SECONDS)
            if device["state"] == "refused":
                return _no(400, "AccessDeniedException", "access_denied")
            if device["state"] == "confirmed":
                del self._devices[asked["deviceCode"]]
                return self._signed_in()
        if time.monotonic() > device["ends"]:
            return _no(400, "ExpiredTokenException", "expired_token")
        return _no(400, "AuthorizationPendingException", "authorization_pending")

    def _by_redirect(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._changed:
            given = self._codes.pop(asked["code"], None)
            digest = hashlib.sha256(asked["codeVerifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            if given is None or given["challenge"] != challenge or given["back"] != asked["redirectUri"]:
                return _no(400, "InvalidGrantException", "invalid_grant")
            return self._signed_in()

    def _by_renewal(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._changed:
            if asked["refreshToken"] not in self._renewals:
                return _no(400, "InvalidGrantException", "invalid_grant")
            self._renewals.discard(asked["refreshToken"])
            return self._signed_in()

    def _signed_in(self) -> tuple[int, dict[str, Any]]:
        token = secrets.token_urlsafe(24)
        self._tokens.add(token)
        content: dict[str, Any] = {"accessToken": token, "tokenType": "Bearer", "expiresIn": self.token_seconds}
        if self.renewable:
            content["refreshToken"] = secrets.token_urlsafe(24)
            self._renewals.add(content["refreshToken"])
        return 200, content

    def _authorize(self, handler: BaseHTTPRequestHandler, asked: Mapping[str, str]) -> None:
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert self._clients[asked["client_id"]][1] == ("authorization_code", "refresh_token")
        back = {"state": asked["state"]}
        if "refuse" in asked:
            back |= {"error": "access_denied"}
        else:
            back["code"] = secrets.token_urlsafe(16)
            self._codes[back["code"]] = {"challenge": asked["code_challenge"], "back": asked["redirect_uri"]}
        send_answer(handler, 302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _credentials(self, asked: Mapping[str, str], token: str) -> tuple[int, dict[str, Any]]:
        with self._changed:
            known = token in self._tokens
        if not known:
            return _no(401, "UnauthorizedException", "Session token not found or invalid")
        if not self.assigned or (asked["account_id"], asked["role_name"]) != (ACCOUNT, ROLE):
            return _no(403, "ForbiddenException", "No access")
        made = short_lived(self.server, self.keys, self.role_seconds)
        return 200, {
            "roleCredentials": {
                "accessKeyId": made["AccessKeyId"],
                "secretAccessKey": made["SecretAccessKey"],
                "sessionToken": made["SessionToken"],
                "expiration": int((time.time() + self.role_seconds) * 1000),
            }
        }


def _no(status: int, kind: str, error: str) -> tuple[int, dict[str, Any]]:
    said = {"message": error} if status in (401, 403) and " " in error else {"error": error, "error_description": error}
    return status, {"type": kind, **said}


def short_lived(server: MiniStack, keys: Keys, seconds: int) -> Mapping[str, Any]:
    """Credentials with which a user is known for some time, as STS names them."""
    client = boto3.client(
        "sts",
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id=keys.access,
        aws_secret_access_key=keys.secret,
        config=Config(parameter_validation=False),  # AWS gives them for 15 minutes at least
    )
    made: Mapping[str, Any] = client.get_session_token(DurationSeconds=seconds)["Credentials"]
    return made


@contextlib.contextmanager
def signing_on(server: MiniStack, keys: Keys) -> Iterator[SignOn]:
    """Run a single sign-on whose role is a user of a server for buckets."""
    running = SignOn("", keys, server)
    with answering(running.answer) as heard:
        running.url = heard.url
        yield running


def use(sign_on: SignOn, monkeypatch: pytest.MonkeyPatch, *, legacy: bool = False) -> str:
    """Write a profile that signs in there, and let botocore ask it and keep its tokens in the test's home.

    Returns:
        The profile's name.
    """
    role = {"sso_account_id": ACCOUNT, "sso_role_name": ROLE, "region": REGION}
    portal = {"sso_start_url": START_URL, "sso_region": SSO_REGION}
    write_profiles({"analyst": role | (portal if legacy else {"sso_session": "company"})})
    if not legacy:
        lines = [f"{key} = {value}" for key, value in portal.items()]
        section = ["[sso-session company]", *lines, "sso_registration_scopes = sso:account:access"]
        with Path(os.environ["AWS_CONFIG_FILE"]).open("a", encoding="utf-8") as file:
            file.write("\n".join(section) + "\n")
    # It holds questions back itself, so that tests need not wait as long as real servers have programs wait.
    monkeypatch.setattr(sso, "_LEAST_INTERVAL", 0.0)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", sign_on.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", sign_on.url)
    keep_tokens_at_home(monkeypatch)
    return "analyst"


def keep_tokens_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore look for tokens in the test's home: it found its folder when it was imported."""
    for provider in (botocore.credentials.SSOProvider, botocore.tokens.SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(sso_cache.folder()))
