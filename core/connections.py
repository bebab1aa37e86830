"""How a source is reached: its address and, for a bucket, the profile, server and so on. Nothing in here is secret.

Secrets have places of their own: the AWS configuration, and the system's keyring under the name that ``keys`` says.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

FORMAT = "odograph connections"
VERSION = 1
LONGEST_NAME = 80


class Addressing(StrEnum):
    """Where a request names the bucket."""

    AUTO = "auto"
    PATH = "path"
    VIRTUAL = "virtual"


@dataclass(frozen=True, slots=True)
class S3Options:
    """How a bucket is reached. Nothing in here is secret.

    Attributes:
        profile: a profile of the AWS configuration; empty for the default chain.
        region: the bucket's region; empty to find it.
        endpoint_url: the server's address where it is not AWS.
        addressing: whether the bucket's name stands in the path or in the host of a request.
        ca_file: a file with the certificates of authorities that the server is trusted by; empty for the usual ones.
        keys: the name under which access keys lie in the system's keyring; empty for the default chain or the profile.
    """

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    addressing: Addressing = Addressing.AUTO
    ca_file: str = ""
    keys: str = ""


_DEFAULT = S3Options()


@dataclass(frozen=True, slots=True)
class Connection:
    """A source and how it is reached.

    Attributes:
        address: ``s3://bucket/prefix`` or a folder's path.
        options: how the bucket is reached. A user and password in the server's address are left out.
        name: what a person calls it where it was saved; else empty.
    """

    address: str
    options: S3Options = _DEFAULT
    name: str = ""

    def __post_init__(self) -> None:
        bare = _without_login(self.options.endpoint_url)
        if bare != self.options.endpoint_url:
            object.__setattr__(self, "options", replace(self.options, endpoint_url=bare))

    def same_place(self, other: Connection) -> bool:
        """Whether the other one is this one, or one without another name that reaches the same in the same way."""
        if self.name or other.name:
            return self.name == other.name
        return (self.address, self.options) == (other.address, other.options)


# As JSON


def content_of(connection: Connection) -> dict[str, str]:
    """A connection as JSON takes it, only what differs from the defaults."""
    content = {"name": connection.name} if connection.name else {}
    content["address"] = connection.address
    for item in fields(S3Options):
        value = getattr(connection.options, item.name)
        if value != getattr(_DEFAULT, item.name):
            content[item.name] = str(value)
    return content


def connection_from(content: Any) -> Connection:
    """A connection from JSON; what is not known of it is left out.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(content, dict) or not content.get("address"):
        raise ValueError("a source without an address")
    names = ("name", "address", *(item.name for item in fields(S3Options)))
    parts = {name: content[name] for name in names if name in content}
    if not all(isinstance(part, str) for part in parts.values()):
        raise ValueError("a source whose parts are no texts")
    for part in parts.values():
        part.encode()  # JSON can name halves of a pair of surrogates, which no file takes
    name, address = parts.pop("name", ""), parts.pop("address")
    if "addressing" in parts:
        parts["addressing"] = Addressing(parts["addressing"])
    return Connection(address, S3Options(**parts), name)


# Names


def by_name(connections: Iterable[Connection], name: str) -> Connection | None:
    """The connection with this name, whatever its capitals; None where there is none."""
    folded = name.strip().casefold()
    return next((each for each in connections if folded and each.name.casefold() == folded), None)


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or the name with the first number behind it that is not taken."""
    folded = {each.casefold() for each in taken}
    if name.casefold() not in folded:
        return name
    number = 2
    while f"{name} {number}".casefold() in folded:
        number += 1
    return f"{name} {number}"


def new_keys_name(name: str) -> str:
    """A name for access keys that no keys have had so far, and that nobody else can guess.

    Keys may lie under any other name, in the keyring or in memory, also where no connection makes use of them.

    Args:
        name: what a person calls them.
    """
    return f"{name} {secrets.token_hex(3)}"


# Files that go from one computer to another


def export_text(connections: Iterable[Connection]) -> str:
    """Connections as the text of a file, which holds no secret: access keys have to be entered where it is imported."""
    content = {"format": FORMAT, "version": VERSION, "connections": [content_of(each) for each in connections]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _without_login(url: str) -> str:
    scheme, mark, rest = url.rpartition("://")
    return scheme + mark + rest.rpartition("@")[2]
