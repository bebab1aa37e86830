"""Signing in to a company's single sign-on (AWS IAM Identity Center), as ``aws sso login`` does.

A person confirms in the browser, either a code that is shown here, or by being sent back to this computer. The token
that comes is kept where botocore and the AWS CLI look for it, so that all programs are signed in, and is renewed by
botocore as long as the company allows. Neither tokens nor codes are logged.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from core.connections import S3Options
from core.errors import CredentialsRejected, OdographError, SourceError, SourceUnreachable
from core.jobs import JobCancelled
from core.storage import sso_cache
from core.storage.parallel import call
from core.storage.s3_errors import Place, clean, facts, to_error
from core.storage.sessions import open_session
from core.storage.sso_cache import Registration
from core.storage.sso_config import SingleSignOn, single_sign_on
from core.storage.sso_redirect import RETURN_ADDRESS, Pledge, Redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_sso_oidc.client import SSOOIDCClient

    from core.jobs import JobContext

_ANSWER = 30.0  # seconds for one question, its repetition included
_INTERVAL = 5.0  # seconds between two questions where the server names none; RFC 8628, 3.2
_LEAST_INTERVAL = 1.0
_LONGEST_CODE = 86_400.0
_LONGEST_TOKEN = 366 * 86_400.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SLOW_DOWN = 5.0  # seconds more after each time that the server asks for it; RFC 8628, 3.5
_REDIRECT_SECONDS = 600.0  # how long a person may take in the browser; as the AWS CLI has it
_BY_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_BY_REDIRECT = ("authorization_code", "refresh_token")
_USUAL_SCOPE = "sso:account:access"
_UNKNOWN_CLIENT = frozenset({"InvalidClientException", "UnauthorizedClientException"})


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person has to do now.

    Attributes:
        address: of the page to open; whoever opens it need not type the code.
        page: the same for typing on another device; empty where it has to be opened on this computer.
        code: what the page has to show, or wants to be told; empty where there is none.
        seconds: how long there is time.
    """

    address: str
    page: str
    code: str
    seconds: float


@dataclass(frozen=True, slots=True, repr=False)
class _Begun:
    """A sign-in with a code that waits for the person.

    Attributes:
        prompt: what the person has to do.
        device: what the server knows this sign-in by; secret.
        pause: seconds between two questions.
    """

    prompt: Prompt
    device: str
    pause: float


def is_page(address: str) -> bool:
    """Whether an address is one of a page that a browser may open: by https, on this computer by http as well."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    return allowed and bool(host) and address.isprintable() and " " not in address


def sign_in(profile: str, ctx: JobContext, tell: Callable[[Prompt], None], *, coded: bool = True) -> None:
    """Sign in, and keep the token where botocore and the AWS CLI find it.

    Args:
        profile: of the AWS configuration; empty for the one that the environment names, or ``default``.
        ctx: to cancel with, which takes effect at once.
        tell: told what a person has to do; called in this thread, once.
        coded: with a code that can be confirmed on any device. Otherwise the browser of this computer reports back,
            which profiles without an ``sso-session`` cannot.

    Raises:
        CredentialsRejected: the person or the server said no, or it took too long.
        CredentialsMissing, UsageError: the configuration does not allow signing in.
        SourceError: the server cannot be reached. OdographError: the token cannot be kept.
        JobCancelled: nothing was changed.
    """
    ctx.check()
    login = single_sign_on(profile)
    session = open_session(S3Options(profile=login.profile), ctx, credentials=False)
    server = _Server(session.client("sso-oidc", login.region), login, ctx)
    if coded or not login.session:
        _with_code(server, tell)
    else:
        _with_redirect(server, tell)


class _Server:
    """The server of one single sign-on: asks, and tells what goes wrong."""

    def __init__(self, client: SSOOIDCClient, login: SingleSignOn, ctx: JobContext) -> None:
        self.client = client
        self.login = login
        self.ctx = ctx

    def ask(self, function: Callable[..., Any], **words: Any) -> Mapping[str, Any]:
        """Ask something. Raises ClientError where the server says no; SourceError, JobCancelled."""
        try:
            answer: Mapping[str, Any] = call(lambda: function(**words), self.ctx, _ANSWER)
        except (JobCancelled, OdographError):
            raise
        except ClientError as exc:
            if facts(exc).status >= 500:
                raise self.told(exc) from exc
            raise
        except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as exc:
            # botocore takes the form of an answer for granted.
            raise self._odd(repr(exc)) from exc
        except Exception as exc:
            raise self.told(exc) from exc
        return answer

    def registration(self, *, coded: bool, anew: bool = False) -> Registration:
        """This program's registration, from its file where it is kept."""
        file = sso_cache.registration_file(self.login, coded=coded)
        if not anew and (kept := sso_cache.read_registration(file)) is not None:
            return kept
        words: dict[str, Any] = {
            "clientName": f"odograph-{self.login.session or int(time.time())}",
            "clientType": "public",
        }
        if self.login.scopes:
            words["scopes"] = list(self.login.scopes)
        if not coded:
            words |= {
                "grantTypes": list(_BY_REDIRECT),
                "redirectUris": [RETURN_ADDRESS],
                "issuerUrl": self.login.start_url,
                "scopes": list(self.login.scopes or (_USUAL_SCOPE,)),
            }
        answer = self.ask(self.client.register_client, **words)
        client_id, secret = self._text(answer, "clientId"), self._text(answer, "clientSecret")
        # As far as any calendar goes; what is in the past is registered anew the next time.
        ends = _EPOCH + timedelta(seconds=self._number(answer, "clientSecretExpiresAt", _LAST_SECOND))
        made = Registration(client_id, secret, ends, () if coded else _BY_REDIRECT)
        sso_cache.keep_registration(file, made, self.login)
        return made

    def begin(self, registration: Registration) -> _Begun:
        """Ask for a code. Raises as :meth:`ask` does."""
        answer = self.ask(
            self.client.start_device_authorization,
            clientId=registration.client_id,
            clientSecret=registration.secret,
            startUrl=self.login.start_url,
        )
        page, code = self.page(self._text(answer, "verificationUri")), self._text(answer, "userCode")
        address = self.page(answer.get("verificationUriComplete") or page)
        seconds = self._number(answer, "expiresIn", _LONGEST_CODE)
        pause = max(_LEAST_INTERVAL, self._number(answer, "interval", seconds, _INTERVAL))
        return _Begun(Prompt(address, page, code, seconds), self._text(answer, "deviceCode"), pause)

    def keep(self, registration: Registration, answer: Mapping[str, Any]) -> None:
        """Write the token that came."""
        token, seconds = self._text(answer, "accessToken"), self._number(answer, "expiresIn", _LONGEST_TOKEN)
        refresh = answer.get("refreshToken") or ""
        sso_cache.keep_token(self.login, registration, token, seconds, refresh)

    # What answers hold: anything, where a network's sign-in page or a proxy answers in place of the server.

    def _text(self, answer: Mapping[str, Any], name: str) -> str:
        value = answer.get(name)
        if not isinstance(value, str) or not value or not value.isprintable():
            raise self._odd(name)
        return value

    def _number(self, answer: Mapping[str, Any], name: str, most: float, usual: float | None = None) -> float:
        value = answer.get(name, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
            raise self._odd(name)
        return min(float(value), most)

    def page(self, address: str) -> str:
        """An address that a browser may open; anything else could as well be a program or a file of this computer."""
        if not is_page(address):
            raise self._odd("verificationUri")
        return address

    def _odd(self, what: str) -> SourceUnreachable:
        return SourceUnreachable(
            "The server of the single sign-on gives no sensible answer",
            subject=self.client.meta.endpoint_url,
            hint="A proxy or the sign-in page of a network may answer in its place. Check the network, then try again.",
            detail=clean(f"missing or of no sense: {what}"),
        )

    def forget(self, *, coded: bool) -> None:
        """Register anew the next time."""
        sso_cache.forget_registration(sso_cache.registration_file(self.login, coded=coded))

    def told(self, exc: Exception) -> OdographError:
        """What went wrong, for a person."""
        code = facts(exc).code
        if not isinstance(exc, ClientError) or facts(exc).status >= 500:
            error = to_error(exc, Place("", profile=self.login.profile, endpoint=self.client.meta.endpoint_url))
            error.subject = self.client.meta.endpoint_url
            return error
        title, hint = _REFUSALS.get(code, ("The server refuses the sign-in", _HINT))
        return self.failed(title, hint, clean(f"{code}: {exc.response.get('error_description', '')}"))

    def failed(self, title: str, hint: str, detail: str = "") -> CredentialsRejected:
        """An error that names the portal."""
        return CredentialsRejected(title, subject=self.login.start_url, hint=hint, detail=detail)


_HINT = (
    "Check sso_start_url and sso_region of the profile in the file config in the folder .aws, or try: aws sso login."
)
_LATE = ("The sign-in was not confirmed in time", "Begin again; a code holds for some minutes.")
_DENIED = ("The sign-in was refused in the browser", "Begin again, and allow access there.")
_REFUSALS = {
    "InvalidRequestException": ("The server does not know this single sign-on", _HINT),
    "AccessDeniedException": _DENIED,
    "ExpiredTokenException": _LATE,
    "InvalidScopeException": (
        "The server does not grant what the profile asks for",
        "Check sso_registration_scopes in the file config in the folder .aws.",
    ),
}


def _with_code(server: _Server, tell: Callable[[Prompt], None]) -> None:
    """Show a code and ask again and again whether it was confirmed; RFC 8628."""
    try:
        registration, begun = _begin(server)
    except ClientError as exc:
        raise server.told(exc) from exc
    ends = time.monotonic() + begun.prompt.seconds
    tell(begun.prompt)
    pause = begun.pause
    while True:
        server.ctx.wait(max(0.0, min(pause, ends - time.monotonic())))
        try:
            answer = server.ask(
                server.client.create_token,
                grantType=_BY_CODE,
                clientId=registration.client_id,
                clientSecret=registration.secret,
                deviceCode=begun.device,
            )
        except ClientError as exc:
            code = facts(exc).code
            if code == "SlowDownException":
                pause += _SLOW_DOWN
            elif code != "AuthorizationPendingException":
                raise server.told(exc) from exc
        except SourceError as error:
            # The network may come back while the person is in the browser.
            if not error.passing:
                raise
        else:
            server.keep(registration, answer)
            return
        if time.monotonic() >= ends:
            raise server.failed(*_LATE)


def _begin(server: _Server) -> tuple[Registration, _Begun]:
    """Ask for a code, with a fresh registration where the server does not know the kept one any more."""
    registration = server.registration(coded=True)
    try:
        return registration, server.begin(registration)
    except ClientError as exc:
        if facts(exc).code not in _UNKNOWN_CLIENT:
            raise
    registration = server.registration(coded=True, anew=True)
    return registration, server.begin(registration)


def _with_redirect(server: _Server, tell: Callable[[Prompt], None]) -> None:
    """Let the browser of this computer bring a code back, which is worth nothing without our pledge; RFC 8252, 7636."""
    pledge = Pledge()
    try:
        registration = server.registration(coded=False)
        with Redirect(pledge) as redirect:
            scopes = server.login.scopes or (_USUAL_SCOPE,)
            address = server.page(redirect.page(server.client.meta.endpoint_url, registration.client_id, scopes))
            tell(Prompt(address, "", "", _REDIRECT_SECONDS))
            brought = redirect.wait(server.ctx, _REDIRECT_SECONDS)
            if brought is None:
                raise server.failed(*_LATE)
            if not brought.code:
                raise server.failed(*_DENIED, clean(brought.problem))
            answer = server.ask(
                server.client.create_token,
                grantType="authorization_code",
                clientId=registration.client_id,
                clientSecret=registration.secret,
                redirectUri=redirect.address,
                codeVerifier=pledge.verifier,
                code=brought.code,
            )
    except ClientError as exc:
        if facts(exc).code in _UNKNOWN_CLIENT:
            server.forget(coded=False)
        raise server.told(exc) from exc
    server.keep(registration, answer)
