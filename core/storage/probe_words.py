"""What a test of a connection says of what it found, in words."""

from __future__ import annotations

import ipaddress
import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core.errors import CredentialsRejected, OdographError
from core.storage.keys import is_app, parse_key, split_root
from core.texts import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_s3.type_defs import ObjectTypeDef

    from core.storage.sessions import AwsSession

_REFUSED = 900  # seconds from which on AWS refuses requests
_NOT_AT_ONCE = frozenset({"GLACIER", "DEEP_ARCHIVE"})  # storage tiers whose objects cannot be read right away
_NOTHING = (
    "Nothing lies below this address",
    "Check the prefix. Batches lie here once the platform has delivered some.",
)
NAMES = (
    "Check the bucket's name: it has 3 to 63 lower-case letters, digits, hyphens and dots, but for some old buckets."
)
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# How botocore calls where it found credentials.
_FOUND = {
    "env": "access keys of the environment",
    "shared-credentials-file": "access keys of the file credentials",
    "config-file": "access keys of the file config",
    "ec2-credentials-file": "access keys of a file",
    "boto-config": "access keys of the configuration of boto",
    "assume-role": "an assumed role",
    "assume-role-with-web-identity": "a role by web identity",
    "sso": "single sign-on",
    "login": "a login session",
    "custom-process": "a program of the profile",
    "container-role": "the role of this container",
    "iam-role": "the role of this computer (EC2)",
}


def may_be_bucket(name: str) -> bool:
    """Whether a bucket can have this name; some that were made long ago have others."""
    return _NAME.fullmatch(name) is not None


def found_text(session: AwsSession) -> str:
    """Where the credentials come from, in words."""
    options = session.options
    if options.keys:
        return f"The access keys that are kept as “{options.keys}”"
    credentials = session.boto.get_credentials()
    method = str(getattr(credentials, "method", ""))
    said = _FOUND.get(method, method or "credentials")
    profile = session.boto.profile_name
    if method != "env" and (options.profile or profile != "default"):
        said = f"profile “{profile}”: {said}"
    return said[0].upper() + said[1:]


def level_text(folders: Sequence[str], objects: int, prefix: str, *, more: bool) -> tuple[str, str]:
    """What a level holds, in words, and what to do about it."""
    apps = sum(map(is_app, folders))
    if apps:
        return f"{_count(apps, 'app', more=more)} found", ""
    if not folders and not objects:
        return _NOTHING
    parts = [_count(len(folders), "folder", more=more)] if folders else []
    parts += [_count(objects, "object", more=more)] if objects else []
    found = " and ".join(parts)
    if split_root(prefix)[1]:
        return f"{found} found", ""
    return f"{found} found, no app", "An app's folder has a name of 24 hexadecimal characters. Check the prefix."


def _count(number: int, word: str, *, more: bool) -> str:
    return f"{number:,}{' or more' if more else ''} {word}{'' if number == 1 and not more else 's'}"


def chosen_object(objects: Sequence[ObjectTypeDef], prefix: str) -> ObjectTypeDef | None:
    """The object to be read: a batch where there is one."""
    readable = [
        item for item in objects if item.get("Size") and item.get("StorageClass", "STANDARD") not in _NOT_AT_ONCE
    ]
    root = split_root(prefix)[0]
    cut = len(root) + 1 if root else 0
    return next((item for item in readable if parse_key(item["Key"][cut:])), next(iter(readable), None))


def with_clock(error: OdographError) -> OdographError:
    """The error; where the server's clock says that this computer's is why, it is told by how much."""
    cause = error.__cause__
    late = seconds_ahead(cause.response) if isinstance(cause, ClientError) else 0.0
    if abs(late) < _REFUSED:
        return error
    hint = f"{clock_text(late)} Set the clock and try again: from 15 minutes on servers refuse requests."
    return CredentialsRejected("This computer's clock is wrong", hint=hint, detail=error.detail)


def seconds_ahead(response: Any) -> float:
    """How far this computer's clock is ahead of the server's that has just answered; 0 where it does not say."""
    said = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return time.time() - parsedate_to_datetime(said).timestamp()
    except (TypeError, ValueError):
        return 0.0


def clock_text(ahead: float) -> str:
    """How wrong this computer's clock is.

    Args:
        ahead: seconds; below 0 it is behind.
    """
    which = "ahead of" if ahead > 0 else "behind"
    return f"This computer's clock is {duration_text(abs(ahead))} {which} the server's."


def is_ip(host: str) -> bool:
    """Whether a host is an address, in front of which no bucket's name can stand."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
