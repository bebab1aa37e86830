"""Tokens and registrations of single sign-on, in the files where the AWS CLI and botocore look for them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import DiskFull, OdographError, is_disk_full

if TYPE_CHECKING:
    from core.storage.sso_config import SingleSignOn

# A registration that ends soon would end before the token that is renewed with it.
_SOON = timedelta(minutes=15)
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, repr=False)
class Registration:
    """This program as the server of one single sign-on knows it.

    Attributes:
        client_id, secret: what it proves itself with.
        ends: when the server forgets it, UTC.
        grants: the ways to sign in that it may use beside entering a code; empty for none.
    """

    client_id: str
    secret: str
    ends: datetime
    grants: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Registration(ends={self.ends!r})"


def folder() -> Path:
    """Where tokens lie; found anew each time, as botocore does."""
    return Path(os.path.expanduser(os.path.join("~", ".aws", "sso", "cache")))  # noqa: PTH111, PTH118 - as botocore does


def token_file(login: SingleSignOn) -> Path:
    """The file of a session's token."""
    return folder() / f"{hashlib.sha1(login.cached_as.encode(), usedforsecurity=False).hexdigest()}.json"


def registration_file(login: SingleSignOn, *, coded: bool) -> Path:
    """The file of this program's registration, beside those of the AWS CLI and in its format.

    Args:
        coded: for signing in with a code; otherwise through the browser alone.
    """
    unique = {
        "tool": "odograph",
        "startUrl": login.start_url,
        "region": login.region,
        "scopes": list(login.scopes),
        "session_name": login.session or None,
        "grant": "code" if coded else "browser",
    }
    text = json.dumps(unique, sort_keys=True)
    return folder() / f"{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}.json"


def read_registration(file: Path) -> Registration | None:
    """A registration that holds for a while, or None."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        ends = datetime.strptime(kept["expiresAt"], _FORMAT).replace(tzinfo=UTC)
        found = Registration(
            str(kept["clientId"]), str(kept["clientSecret"]), ends, tuple(map(str, kept.get("grantTypes", ())))
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if ends - datetime.now(UTC) > _SOON else None


def keep_registration(file: Path, registration: Registration, login: SingleSignOn) -> None:
    """Write a registration.

    Raises:
        OdographError: it cannot be written.
    """
    content: dict[str, Any] = {
        "clientId": registration.client_id,
        "clientSecret": registration.secret,
        "expiresAt": registration.ends.strftime(_FORMAT),
    }
    if login.scopes:
        content["scopes"] = list(login.scopes)
    if registration.grants:
        content["grantTypes"] = list(registration.grants)
    _write(file, content)


def forget_registration(file: Path) -> None:
    """Remove a registration that the server does not know any more."""
    with contextlib.suppress(OSError):
        file.unlink()


def keep_token(login: SingleSignOn, registration: Registration, token: str, seconds: float, refresh: str) -> None:
    """Write a token, so that botocore and the AWS CLI use it from now on and can renew it.

    Args:
        seconds: how long it holds.
        refresh: the token with which it is renewed; may be empty.

    Raises:
        OdographError: it cannot be written.
    """
    content = {
        "startUrl": login.start_url,
        "region": login.region,
        "accessToken": token,
        "expiresAt": (datetime.now(UTC) + timedelta(seconds=seconds)).strftime(_FORMAT),
        "clientId": registration.client_id,
        "clientSecret": registration.secret,
        "registrationExpiresAt": registration.ends.strftime(_FORMAT),
    }
    if refresh:
        content["refreshToken"] = refresh
    _write(token_file(login), content)


def _write(file: Path, content: dict[str, Any]) -> None:
    """Write a file whole or not at all, for its owner's eyes alone."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".tmp")  # of mode 600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as output:
                json.dump(content, output)
                output.flush()
                os.fsync(output.fileno())
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull(
                "The disk is full", subject=str(file.parent), hint="Make room, then sign in again."
            ) from error
        raise OdographError(
            "The sign-in cannot be kept",
            subject=str(file.parent),
            hint="Check who owns this folder: the AWS CLI keeps its sign-ins there too.",
            detail=str(error),
        ) from error
