"""What botocore, obstore and S3 servers say, told as Odograph's errors.

Three things are looked at, in this order: the S3 error code, the kind of the exception, the HTTP status. obstore has
few classes, so that its texts are read too. The mapping is total: whatever comes is an :class:`OdographError` with a
title and a hint, and no secret is in it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from core.errors import AccessDenied, CredentialsRejected, OdographError, SignInNeeded, SourceError, WrongRegion
from core.logs import redact
from core.storage.s3_answers import ANSWERS, Answer

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """What was being done, for the wording of an error.

    Attributes:
        bucket: the bucket's name.
        path: the key or, ending in ``/``, the prefix; without the bucket.
        reading: whether an object was read; otherwise it was a listing.
        profile: the profile's name or empty.
        region: the region that was asked.
        endpoint: the server's address or empty for AWS.
        profiles: the profiles that exist.
        keys: the name of the access keys that a connection brings; empty where the AWS configuration has them.
    """

    bucket: str
    path: str = ""
    reading: bool = False
    profile: str = ""
    region: str = ""
    endpoint: str = ""
    profiles: Sequence[str] = field(default=())
    keys: str = ""

    @property
    def address(self) -> str:
        """``s3://bucket/path``; empty where no bucket was asked for."""
        return f"s3://{self.bucket}/{self.path}".rstrip("/") if self.bucket else ""


_CODES: dict[str, str] = {
    "NoSuchBucket": "no bucket",
    "NoSuchKey": "no object",
    "NoSuchVersion": "no object",
    "AccessDenied": "denied",
    "AllAccessDisabled": "denied",
    "AccountProblem": "denied",
    "UnauthorizedAccess": "denied",
    "AccessDeniedException": "denied",
    "KMS.AccessDeniedException": "encrypted",
    "KMS.DisabledException": "encrypted",
    "KMS.NotFoundException": "encrypted",
    "InvalidObjectState": "archived",
    "InvalidAccessKeyId": "unknown key",
    "UnrecognizedClientException": "unknown key",
    "InvalidClientTokenId": "unknown key",
    "SignatureDoesNotMatch": "bad secret",
    "InvalidSecurity": "rejected",
    "InvalidToken": "rejected",
    "NotSignedUp": "rejected",
    "CredentialsNotSupported": "rejected",
    "AuthFailure": "rejected",
    "ExpiredToken": "expired",
    "ExpiredTokenException": "expired",
    "TokenRefreshRequired": "expired",
    "RequestExpired": "expired",
    "RequestTimeTooSkewed": "clock",
    "PermanentRedirect": "region",
    "TemporaryRedirect": "region",
    "Redirect": "region",
    "AuthorizationHeaderMalformed": "region",
    "IllegalLocationConstraintException": "region",
    "SlowDown": "busy",
    "Throttling": "busy",
    "ThrottlingException": "busy",
    "RequestLimitExceeded": "busy",
    "TooManyRequests": "busy",
    "ServiceUnavailable": "busy",
    "RequestTimeout": "timeout",
    "InternalError": "server",
    "InvalidBucketName": "usage",
    "InvalidArgument": "usage",
    "InvalidRequest": "usage",
    "NotImplemented": "usage",
}

# The first class that fits wins: special ones stand before their bases.
_CLASSES: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("unknown profile", (boto.ProfileNotFound,)),
    ("half a key", (boto.PartialCredentialsError,)),
    (
        "no credentials",
        (
            boto.NoCredentialsError,
            boto.NoAuthTokenError,
            boto.UnknownCredentialError,
            boto.UnknownTokenProviderError,
        ),
    ),
    ("not signed in", (boto.SSOTokenLoadError,)),
    ("sign in", (boto.SSOError, boto.TokenRetrievalError)),
    ("log in", (boto.LoginError,)),
    ("mfa", (boto.RefreshWithMFAUnsupportedError,)),
    ("not retrieved", (boto.CredentialRetrievalError, boto.MetadataRetrievalError, boto.MissingDependencyException)),
    (
        "broken config",
        (
            boto.ConfigNotFound,
            boto.ConfigParseError,
            boto.InvalidConfigError,
            boto.InvalidRetryConfigurationError,
            boto.InvalidS3AddressingStyleError,
            boto.InvalidS3UsEast1RegionalEndpointConfigError,
            boto.InvalidSTSRegionalEndpointsConfigError,
            boto.InvalidEndpointDiscoveryConfigurationError,
            boto.InvalidDefaultsMode,
            boto.InvalidChecksumConfigError,
            boto.InvalidIMDSEndpointError,
            boto.InvalidIMDSEndpointModeError,
        ),
    ),
    ("no region", (boto.NoRegionError, boto.InvalidRegionError, boto.UnknownRegionError, boto.UnknownEndpointError)),
    ("proxy", (boto.ProxyConnectionError, boto.InvalidProxiesConfigError)),
    ("tls", (boto.SSLError,)),
    ("timeout", (boto.ConnectTimeoutError, boto.ReadTimeoutError, TimeoutError)),
    ("busy", (boto.CapacityNotAvailableError,)),
    (
        "damaged",
        (boto.ChecksumError, boto.FlexibleChecksumError, boto.IncompleteReadError, boto.ResponseStreamingError),
    ),
    # A redirect that leads back to itself ends in a RecursionError.
    ("not s3", (ResponseParserError, RecursionError)),
    ("network", (boto.ConnectionError, boto.HTTPClientError)),
    ("no object", (FileNotFoundError,)),
    (
        "usage",
        (
            boto.ValidationError,
            boto.ParamValidationError,
            boto.BaseEndpointResolverError,
            boto.EndpointProviderError,
            boto.InvalidEndpointConfigurationError,
            boto.InvalidDNSNameError,
            boto.InvalidHostLabelError,
            boto.UnsupportedS3ArnError,
            boto.UnsupportedS3ControlArnError,
            boto.UnsupportedS3ConfigurationError,
            boto.UnsupportedS3AccesspointConfigurationError,
            boto.UnsupportedS3ControlConfigurationError,
            boto.UnsupportedOutpostResourceError,
            boto.ServiceNotInRegionError,
        ),
    ),
    ("network", (OSError,)),
)

# Who asks for these is credentials' own chain, before anything is asked of the bucket.
_TAKING_ON_A_ROLE = frozenset({"GetRoleCredentials", "AssumeRole", "AssumeRoleWithWebIdentity"})
_NO_ROLE = frozenset({"AccessDenied", "ForbiddenException", "ResourceNotFoundException", "UnauthorizedException"})

_STATUSES: dict[int, str] = {
    301: "region",
    307: "region",
    302: "not s3",
    303: "not s3",
    308: "not s3",
    401: "rejected",
    403: "denied",
    404: "no object",
    405: "not s3",
    407: "proxy",
    408: "timeout",
    429: "busy",
    502: "server",
    503: "busy",
    504: "timeout",
    511: "not s3",
}

_TEXTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("region", r"redirect without LOCATION"),
        (
            "not s3",
            r"<html|<!doctype html|invalid (list|xml) response|error decoding|too many redirects|got invalid xml",
        ),
        ("name", r"dns error|failed to lookup|failed to resolve|name or service not known|getaddrinfo|no such host"),
        ("refused", r"connection refused|ConnectionRefused|actively refused"),
        ("tls", r"certificate|tls handshake|InvalidContentType|SSL:|WRONG_VERSION_NUMBER|corrupt message"),
        ("proxy", r"proxy ?(error|connect)|cannot connect to proxy|proxy tunnel|tunnel (error|connection)"),
        ("timeout", r"timed ?out|kind: Timeout|deadline"),
        (
            "damaged",
            r"IncompleteMessage|IncompleteBody|response body error|kind: Interrupted|unexpected end|end of file before|"
            r"connection (closed|reset)|ConnectionReset",
        ),
        ("network", r"error sending request|kind: (Connect|Request)|unreachable"),
    )
)
# A connection's failure has these classes; why it failed is only in the text.
_VAGUE = frozenset({"network", "other", "timeout"})

_STATUS = re.compile(r"status code: (\d{3})|status (\d{3})|\(HTTP (\d{3})\)")
_CODE = re.compile(r"<Code>([\w.]+)</Code>")
_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)
_REGION = re.compile(r"<Region>([a-z0-9-]+)</Region>|expecting '([a-z0-9-]+)'")
_SECRETS = re.compile(
    r"(?i)((?:x-amz-(?:security-token|signature|credential)|authorization|signature|credential|secret\w*|"
    r"token|device_?code|code_?verifier|password)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,<>]+"
)
_ACCESS_KEYS = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b")
_USER_INFO = re.compile(r"//[^/@\s]+@")
_DETAIL_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Facts:
    """What an exception says.

    Attributes:
        status: the HTTP status, 0 if there is none.
        code: the S3 error code or empty.
        message: the server's own words or empty.
        region: where the bucket lies, if the server said so.
        foreign: whether the answer has nothing of S3 in it.
    """

    status: int
    code: str
    message: str
    region: str
    foreign: bool = False


def facts(exc: BaseException) -> Facts:
    """Read the HTTP status, S3 code, message and region out of an exception."""
    if isinstance(exc, boto.ClientError):
        error: dict[str, str] = dict(exc.response.get("Error", {}))  # type: ignore[arg-type]
        metadata = exc.response.get("ResponseMetadata", {})
        headers = metadata.get("HTTPHeaders", {})
        code, status = str(error.get("Code", "")), int(metadata.get("HTTPStatusCode", 0))
        # botocore puts the status where the server sent no code.
        if code.isdecimal():
            code, status = "", status or int(code)
        message = str(error.get("Message", ""))
        region = headers.get("x-amz-bucket-region", "") or error.get("Region", "") or _first(_REGION, message)
        return Facts(status, code, message, region, not code and "x-amz-request-id" not in headers)
    text = str(exc)
    status_text = _first(_STATUS, text)
    return Facts(int(status_text or 0), _first(_CODE, text), _first(_MESSAGE, text), _first(_REGION, text))


def to_error(exc: BaseException, place: Place) -> OdographError:
    """Tell an exception as one of Odograph's errors.

    Args:
        exc: anything that botocore, obstore or the network raised.
        place: what was being done, and to what.
    """
    if isinstance(exc, OdographError):
        return exc
    said = facts(exc)
    kind = _kind(exc, said, place)
    answer = ANSWERS[kind]
    subject = place.address
    if answer.error is SignInNeeded and not place.profile:
        place = replace(place, profile=os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "")
    asked = urlsplit(str(getattr(exc, "kwargs", {}).get("endpoint_url", ""))).hostname or ""
    title, hint = _fill(answer.title, place), _fill(answer.hint, place, asked)
    if place.keys and issubclass(answer.error, CredentialsRejected) and kind != "clock":
        hint = "Edit the connection, and enter its access key and secret again."
    if kind == "unknown profile":
        subject = str(getattr(exc, "kwargs", {}).get("profile", place.profile))
    if answer.error is WrongRegion:
        if said.region:
            hint = f"It lies in {said.region}: choose this region, or leave the region empty."
        return WrongRegion(title, subject=subject, hint=hint, detail=_detail(exc, said), region=said.region)
    if answer.error is SignInNeeded:
        return SignInNeeded(title, subject=subject, hint=hint, detail=_detail(exc, said), profile=place.profile)
    error = _made(answer, title, subject, hint, _detail(exc, said))
    if kind == "denied" and isinstance(error, AccessDenied):
        error.action, error.resource = _needed(place)
    return error


def damaged(place: Place, detail: str) -> OdographError:
    """The error of an object whose bytes are not those that were listed."""
    answer = ANSWERS["damaged"]
    return _made(answer, answer.title, place.address, _fill(answer.hint, place), detail)


def _made(answer: Answer, title: str, subject: str, hint: str, detail: str) -> OdographError:
    error = answer.error(title, subject=subject, hint=hint, detail=detail)
    if isinstance(error, SourceError):
        error.passing = answer.passing
    return error


def _kind(exc: BaseException, said: Facts, place: Place) -> str:
    if getattr(exc, "operation_name", "") in _TAKING_ON_A_ROLE and said.code in _NO_ROLE:
        return "no role"
    if said.code in _CODES:
        return _CODES[said.code]
    kind = "other"
    if not isinstance(exc, boto.ClientError):
        kind = next((name for name, classes in _CLASSES if isinstance(exc, classes)), "other")
    if kind in _VAGUE:
        text = _reason(exc, place)
        kind = next((name for name, pattern in _TEXTS if pattern.search(text)), kind)
    if kind in _VAGUE and said.status:
        fallback = "server" if said.status >= 500 else "usage" if said.status >= 400 else "not s3"
        kind = _STATUSES.get(said.status, fallback)
        if kind == "region" and not said.region:
            kind = "not s3"  # S3 names the region; what redirects without it is a sign-in page or another server
        if said.status == 500 and said.foreign:
            kind = "not s3"  # botocore's name for an answer that should be XML and is not
    if kind == "no object" and not place.reading:
        # Nothing else is named in a listing: a prefix without objects is empty, not missing.
        return "no bucket"
    return kind


def _reason(exc: BaseException, place: Place) -> str:
    """What an exception and the one below it say, without addresses, in which any word may stand."""
    below = getattr(exc, "kwargs", {}).get("error", "")
    text = re.sub(r"https?://[^\s\"',)]+", "", f"{exc} {below}")
    for address in (place.bucket, place.path.strip("/"), urlsplit(place.endpoint).hostname):
        text = text.replace(address, "") if address else text
    return text


def _fill(text: str, place: Place, asked: str = "") -> str:
    names = ", ".join(place.profiles)
    action, resource = _needed(place)
    return text.format(
        bucket=place.bucket,
        with_profile=f" of the profile “{place.profile}”" if place.profile else "",
        profile_option=f" --profile {place.profile}" if place.profile else "",
        server=place.endpoint or "AWS",
        host=place.endpoint or asked or "the address",
        region=place.region or "another region",
        action=action,
        resource=resource,
        profiles=f"Profiles that exist: {names}." if names else "No profile exists yet: make one with aws configure.",
    ).strip()


def _needed(place: Place) -> tuple[str, str]:
    """The action that was tried, and on what, as policies name them."""
    if place.reading:
        return "s3:GetObject", f"arn:aws:s3:::{place.bucket}/{place.path}"
    return "s3:ListBucket", f"arn:aws:s3:::{place.bucket}" + (f" (prefix {place.path})" if place.path else "")


def _detail(exc: BaseException, said: Facts) -> str:
    name = type(exc).__name__
    if said.code:
        # The whole answer of a rejected signature repeats what was signed: keep the code and the message.
        text = f"{name}: {said.status or ''} {said.code}: {said.message}".replace("  ", " ")
    else:
        text = f"{name}: {str(exc).split('Debug source:')[0].strip()}"
    return clean(text)[:_DETAIL_LENGTH]


def clean(text: str) -> str:
    """The text without anything that looks like a secret or an access key."""
    text = _SECRETS.sub(r"\1…", text)
    text = _ACCESS_KEYS.sub("…", text)
    return redact(_USER_INFO.sub("//…@", text))


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return next((group for group in match.groups() if group), "") if match else ""
