"""The profiles of the AWS configuration, as the AWS CLI finds them."""

from __future__ import annotations

import configparser
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ConfigParseError
from botocore.session import Session

from core.errors import CredentialsMissing

if TYPE_CHECKING:
    from collections.abc import Mapping

_TITLE = "The AWS configuration cannot be read"


class ProfileKind(StrEnum):
    """Where a profile has its credentials from, in words that follow its name."""

    KEYS = "access keys"
    SSO = "single sign-on"
    ROLE = "assumed role"
    WEB_IDENTITY = "web identity"
    PROGRAM = "program"
    CONSOLE_LOGIN = "login"
    MACHINE = "container or instance"
    ENVIRONMENT = "environment"
    NOTHING = "no credentials of its own"


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile and where it has its credentials from."""

    name: str
    kind: ProfileKind


def profiles() -> list[Profile]:
    """The profiles that exist, ``default`` first, then by name. Reads files alone, asks no server.

    Raises:
        CredentialsMissing: the files config and credentials cannot be understood.
    """
    try:
        found = Session().full_config["profiles"]
    except ConfigParseError as error:
        raise broken_configuration(error) from None
    except (BotoCoreError, OSError, UnicodeDecodeError) as error:
        raise CredentialsMissing(
            _TITLE,
            subject=str(getattr(error, "kwargs", {}).get("path", "") or getattr(error, "filename", "") or ""),
            hint="Correct the files config and credentials in the folder .aws of your home folder.",
            detail=type(error).__name__,
        ) from error
    names = sorted(found, key=lambda name: (name != "default", name.lower(), name))
    return [Profile(name, kind_of(found[name])) for name in names]


def kind_of(values: Mapping[str, Any]) -> ProfileKind:
    """Where a profile with these values has its credentials from, in the order in which botocore looks."""
    if "role_arn" in values and ("source_profile" in values or "credential_source" in values):
        return ProfileKind.ROLE
    if "role_arn" in values and "web_identity_token_file" in values:
        return ProfileKind.WEB_IDENTITY
    if "sso_session" in values or "sso_start_url" in values:
        return ProfileKind.SSO
    if "aws_access_key_id" in values:
        return ProfileKind.KEYS
    if "login_session" in values:
        return ProfileKind.CONSOLE_LOGIN
    if "credential_process" in values:
        return ProfileKind.PROGRAM
    source = values.get("credential_source", "")
    if source:
        return ProfileKind.ENVIRONMENT if source == "Environment" else ProfileKind.MACHINE
    return ProfileKind.NOTHING


def broken_configuration(error: ConfigParseError) -> CredentialsMissing:
    """The error of a file that cannot be understood, with its line, whose text may be a secret and is left out."""
    path = str(error.kwargs.get("path", ""))
    cause = error.kwargs.get("error")
    line = _line(cause)
    where = f"Correct line {line} of the file" if line else "Correct the file"
    hint = f"{where}: a profile begins with [profile name], each of its settings has the form name = value."
    subject = f"{path}, line {line}" if line else path
    return CredentialsMissing(_TITLE, subject=subject, hint=hint, detail=type(cause).__name__)


def _line(cause: object) -> int:
    if isinstance(cause, configparser.MissingSectionHeaderError):
        return cause.lineno
    if isinstance(cause, configparser.DuplicateSectionError | configparser.DuplicateOptionError):
        return cause.lineno or 0
    if isinstance(cause, configparser.ParsingError):
        return cause.errors[0][0] if cause.errors else 0
    if isinstance(cause, UnicodeDecodeError):
        # Files are decoded in parts, but those of profiles are one part long.
        return cause.object[: cause.start].count(b"\n") + 1
    return 0
