from __future__ import annotations

import inspect
import string
import warnings
from typing import Any

import obstore.exceptions
import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from core.errors import (
    AccessDenied,
    CredentialsMissing,
    CredentialsRejected,
    ObjectNotFound,
    OdographError,
    SignInNeeded,
    SourceBusy,
    SourceError,
    SourceNotFound,
    SourceUnreachable,
    UsageError,
    WrongRegion,
)
from core.storage.s3_errors import Place, clean, facts, to_error

LISTING = Place("fleet", "eu/", profile="work", region="us-east-1", profiles=("default", "work"))
READING = Place("fleet", "eu/a.json", reading=True)


def _fields(kind: type[Exception]) -> dict[str, Any]:
    """Something for every word that an exception's text asks for."""
    return {name: f"<{name}>" for _, name, _, _ in string.Formatter().parse(getattr(kind, "fmt", "")) if name}


def _all_of(module: Any) -> list[type[Exception]]:
    kinds = (kind for _, kind in inspect.getmembers(module, inspect.isclass))
    return [kind for kind in kinds if issubclass(kind, Exception) and not issubclass(kind, Warning)]


def _made(kind: type[Exception]) -> Exception:
    if issubclass(kind, boto.ClientError):
        return kind({"Error": {"Code": "Strange", "Message": "?"}, "ResponseMetadata": {"HTTPStatusCode": 418}}, "Get")  # type: ignore[typeddict-item]
    if issubclass(kind, boto.WaiterError):
        return boto.WaiterError("<name>", "<reason>", {})
    if issubclass(kind, boto.BotoCoreError | boto.UndefinedModelAttributeError) and hasattr(kind, "fmt"):
        return kind(**_fields(kind))
    return kind("something")


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a name that obstore keeps for old programs
    KINDS = [*_all_of(boto), *_all_of(obstore.exceptions), ResponseParserError, FileNotFoundError, OSError, Exception]


@pytest.mark.parametrize("place", [LISTING, READING])
def test_whatever_comes_is_told(place: Place) -> None:
    for kind in KINDS:
        error = to_error(_made(kind), place)
        assert isinstance(error, SourceError | UsageError), kind
        assert error.title, kind
        assert not error.title.endswith("."), kind
        assert error.subject, kind
        assert error.hint.endswith("."), kind
        assert "{" not in error.hint, kind
        assert kind.__name__ in error.detail, kind


def test_every_exception_of_both_libraries_was_tried() -> None:
    assert len(KINDS) > 90
    assert boto.ClientError in KINDS
    assert obstore.exceptions.GenericError in KINDS


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (boto.ProfileNotFound, CredentialsMissing),
        (boto.NoCredentialsError, CredentialsMissing),
        (boto.PartialCredentialsError, CredentialsMissing),
        (boto.ConfigParseError, CredentialsMissing),
        (boto.CredentialRetrievalError, CredentialsMissing),
        (boto.UnauthorizedSSOTokenError, SignInNeeded),
        (boto.SSOTokenLoadError, SignInNeeded),
        (boto.TokenRetrievalError, SignInNeeded),
        (boto.LoginRefreshRequired, CredentialsRejected),
        (boto.RefreshWithMFAUnsupportedError, CredentialsRejected),
        (boto.InvalidRegionError, UsageError),
        (boto.ParamValidationError, UsageError),
        (boto.ProxyConnectionError, SourceUnreachable),
        (boto.ConnectTimeoutError, SourceUnreachable),
        (boto.EndpointConnectionError, SourceUnreachable),
        (boto.IncompleteReadError, SourceUnreachable),
        (ResponseParserError, SourceUnreachable),
        (RecursionError, SourceUnreachable),
    ],
)
def test_kinds(kind: type[Exception], expected: type[OdographError]) -> None:
    assert type(to_error(_made(kind), LISTING)) is expected


def answer(status: int, code: str, message: str = "", **headers: str) -> boto.ClientError:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {"x-amz-request-id": "1", **headers}}
    return boto.ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "Get")  # type: ignore[typeddict-item]


def generic(status: int, body: str) -> Exception:
    performed = "Generic S3 error: Error performing GET http://x/fleet in 2ms"
    text = f"{performed} - Server returned non-2xx status code: {status} X: {body}"
    return obstore.exceptions.GenericError(text)


CASES = [
    (404, "NoSuchBucket", LISTING, SourceNotFound),
    (404, "NoSuchKey", READING, ObjectNotFound),
    (404, "", READING, ObjectNotFound),
    (404, "", LISTING, SourceNotFound),
    (403, "AccessDenied", READING, AccessDenied),
    (403, "", LISTING, AccessDenied),
    (403, "InvalidObjectState", READING, AccessDenied),
    (400, "KMS.DisabledException", READING, AccessDenied),
    (403, "InvalidAccessKeyId", LISTING, CredentialsRejected),
    (403, "SignatureDoesNotMatch", LISTING, CredentialsRejected),
    (400, "ExpiredToken", LISTING, CredentialsRejected),
    (403, "RequestTimeTooSkewed", LISTING, CredentialsRejected),
    (401, "", LISTING, CredentialsRejected),
    (301, "PermanentRedirect", LISTING, WrongRegion),
    (301, "", LISTING, SourceUnreachable),
    (302, "", LISTING, SourceUnreachable),
    (407, "", LISTING, SourceUnreachable),
    (429, "", LISTING, SourceBusy),
    (503, "SlowDown", LISTING, SourceBusy),
    (503, "", LISTING, SourceBusy),
    (500, "InternalError", LISTING, SourceBusy),
    (500, "", LISTING, SourceBusy),
    (501, "NotImplemented", LISTING, UsageError),
    (400, "Unheard", LISTING, UsageError),
]


@pytest.mark.parametrize(("status", "code", "place", "expected"), CASES)
def test_answers_are_told_alike_for_both_libraries(
    status: int, code: str, place: Place, expected: type[OdographError]
) -> None:
    body = f"<Error><Code>{code}</Code><Message>m</Message></Error>" if code else ""
    by_boto = to_error(answer(status, code or str(status), "m"), place)
    by_obstore = to_error(generic(status, body), place)
    assert type(by_boto) is type(by_obstore) is expected
    assert (by_boto.title, by_boto.hint, by_boto.subject) == (by_obstore.title, by_obstore.hint, by_obstore.subject)


def test_hints_say_what_to_do() -> None:
    expired = to_error(answer(400, "ExpiredToken"), LISTING)
    assert "aws configure --profile work" in expired.hint
    assert expired.title == "The credentials of the profile “work” have expired"
    denied = to_error(answer(403, "AccessDenied"), LISTING)
    assert "s3:ListBucket on arn:aws:s3:::fleet (prefix eu/)" in denied.hint
    assert denied.subject == "s3://fleet/eu"
    unread = to_error(answer(403, "AccessDenied"), READING)
    assert "s3:GetObject on arn:aws:s3:::fleet/eu/a.json" in unread.hint
    assert isinstance(unread, AccessDenied)
    assert (unread.action, unread.resource) == ("s3:GetObject", "arn:aws:s3:::fleet/eu/a.json")
    archived = to_error(answer(403, "InvalidObjectState"), READING)
    assert isinstance(archived, AccessDenied)
    assert not archived.action
    profile = to_error(boto.ProfileNotFound(profile="wrok"), LISTING)
    assert (profile.subject, profile.hint) == ("wrok", "Profiles that exist: default, work.")
    assert "aws configure" in to_error(boto.NoCredentialsError(), READING).hint
    assert "clock" in to_error(answer(403, "RequestTimeTooSkewed"), LISTING).title


@pytest.mark.parametrize(
    ("profile", "environment", "expected"), [("work", "home", "work"), ("", "home", "home"), ("", "", "")]
)
def test_who_has_to_sign_in_is_said(
    profile: str, environment: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", environment)
    place = Place("fleet", "eu/", profile=profile)
    ended = to_error(boto.UnauthorizedSSOTokenError(), place)
    begun = to_error(boto.SSOTokenLoadError(error_msg="Token for work does not exist"), place)
    for error in (ended, begun):
        assert isinstance(error, SignInNeeded)
        assert error.profile == expected
        assert (f"--profile {expected}" in error.hint) is bool(expected)
        assert (f"“{expected}”" in error.title) is bool(expected)
        assert "main.py login" in error.hint
    assert ended.title.endswith("has expired")
    assert not begun.title.endswith("has expired")


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("GetRoleCredentials", 403, "ForbiddenException"),
        ("GetRoleCredentials", 404, "ResourceNotFoundException"),
        ("AssumeRole", 403, "AccessDenied"),
    ],
)
def test_a_role_that_is_not_assigned_is_no_missing_permission_on_the_bucket(
    operation: str, status: int, code: str
) -> None:
    refused = answer(status, code, "No access")
    refused.operation_name = operation
    error = to_error(refused, LISTING)
    assert type(error) is CredentialsRejected
    assert error.title == "The role of the profile “work” may not be used"
    assert "s3:ListBucket" not in error.hint


def test_the_region_is_read_from_wherever_it_stands() -> None:
    by_header = to_error(answer(301, "PermanentRedirect", **{"x-amz-bucket-region": "eu-west-3"}), LISTING)
    assert isinstance(by_header, WrongRegion)
    assert by_header.region == "eu-west-3"
    assert "eu-west-3" in by_header.hint
    text = generic(400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>")
    assert facts(text).region == "eu-west-3"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("error sending request ... dns error: failed to lookup address information", "The server's name cannot be"),
        ("error sending request ... tcp connect error, Connection refused (os error 111)", "The server refuses the"),
        ("error sending request ... invalid peer certificate: UnknownIssuer", "No secure connection"),
        ("error sending request ... operation timed out", "The server does not answer in time"),
        ("error sending request for url", "The server cannot be reached"),
        ("Got invalid XML response: <html>", "The answer does not come from"),
        ("error sending request for url (http://certificate.example.com/)", "The server cannot be reached"),
    ],
)
def test_why_a_connection_failed(text: str, title: str) -> None:
    error = to_error(obstore.exceptions.GenericError(text), LISTING)
    assert isinstance(error, SourceUnreachable)
    assert error.title.startswith(title)


def test_a_name_that_is_not_known_is_named() -> None:
    for url, endpoint, named in (
        ("https://fleet.s3.amazonaws.com/?list-type=2", "", "fleet.s3.amazonaws.com"),
        ("http://lab/fleet", "http://lab", "http://lab"),
        ("", "", "the address"),
    ):
        failed = boto.EndpointConnectionError(endpoint_url=url, error="getaddrinfo failed")
        assert to_error(failed, Place("fleet", endpoint=endpoint)).hint.endswith(f"and the spelling of {named}.")


SECRETS = [
    "X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE",
    "Authorization: AWS4-HMAC-SHA256",
    "Credential=AKIAIOSFODNN7EXAMPLE/20221118/eu-west-1/s3/aws4_request",
    "Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024",
    '"SecretAccessKey": "wJalrXUtnFEMI"',
    "aws_secret_access_key=wJalrXUtnFEMI",
    "ASIAIOSFODNN7EXAMPLE",
    "http://user:hunter2@proxy:3128",
]


@given(st.sampled_from(SECRETS), st.text(max_size=20), st.text(max_size=20))
def test_no_secret_is_told(secret: str, before: str, after: str) -> None:
    text = clean(f"{before} {secret} {after}")
    for word in ("IQoJb3", "IOSFODNN7", "fe5f80f77d", "wJalrXUtnFEMI", "hunter2"):
        assert word not in text


def test_a_rejected_signature_is_not_repeated() -> None:
    body = (
        "<Error><Code>SignatureDoesNotMatch</Code><Message>no match</Message><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE"
        "</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256 20221118</StringToSign></Error>"
    )
    detail = to_error(generic(403, body), LISTING).detail
    assert detail == "GenericError: 403 SignatureDoesNotMatch: no match"


def test_an_error_of_ours_stays() -> None:
    error = UsageError("x")
    assert to_error(error, LISTING) is error
