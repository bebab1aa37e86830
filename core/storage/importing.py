"""Connections out of a file that may come from anybody: everything in it is checked before it is taken."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from core.connections import FORMAT, LONGEST_NAME, VERSION, Connection, S3Options, connection_from, new_keys_name
from core.errors import UsageError
from core.storage.connection import open_source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MOST_CONNECTIONS = 1000
LARGEST_FILE = 2_000_000
"""Bytes; a connection takes some hundred."""

_RESULT = "The connections cannot be imported"
_LONGEST_PART = 2000
# What a command takes for something else than a connection's name.
_RESERVED = ("demo",)


def import_text(text: str, known: Collection[Connection]) -> tuple[list[Connection], list[str]]:
    """Read what :func:`core.connections.export_text` has written.

    Args:
        text: of the file.
        known: the connections there are. One that is the same comes not twice, and names that are taken get a number.

    Returns:
        The new connections, at most 1,000, all of them to buckets, and what was left out of the file, in words. The
        name of access keys is new, so that a file from elsewhere cannot make use of keys that this computer has.

    Raises:
        UsageError: it is no file of connections, or nothing in it can be read.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = "The file is damaged, or holds no connections of Odograph."
        raise UsageError(_RESULT, hint=hint, detail=str(error)) from error
    entries = content.get("connections") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(entries, list):
        raise UsageError(_RESULT, hint="The file holds no connections of Odograph.")
    problems: list[str] = []
    version = content.get("version")
    if not isinstance(version, int) or version > VERSION:
        problems.append("It was made by a newer Odograph; what this one does not know is left out")
    if len(entries) > MOST_CONNECTIONS:
        problems.append(f"It holds {len(entries):,} connections, of which the first {MOST_CONNECTIONS:,} were read")
    found: list[Connection] = []
    places = {(each.name, *_place(each)) for each in known}
    names = _Names(each.name for each in known)
    own_keys: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(entries[:MOST_CONNECTIONS], 1):
        try:
            connection = _checked(entry)
        except (ValueError, UsageError) as error:
            told = error.title if isinstance(error, UsageError) else str(error)
            problems.append(f"Connection {number} is not usable: {told}")
            continue
        if (connection.name, *_place(connection)) in places:
            continue
        name, options = names.take(connection.name), connection.options
        if options.keys:
            # Keys for one server are not for another one in the same file either.
            shared = (options.keys, options.endpoint_url)
            options = replace(options, keys=own_keys.setdefault(shared, new_keys_name(name)))
        found.append(Connection(connection.address, options, name))
    if entries and not found and problems:
        raise UsageError(_RESULT, hint="Nothing in the file can be used.", detail="\n".join(problems))
    return found, problems


def _checked(entry: Any) -> Connection:
    """A connection with a name as it may be here. Raises ValueError, UsageError as the editor of connections would."""
    connection = connection_from(entry)
    options = connection.options
    parts = (connection.address, *(str(getattr(options, item.name)) for item in fields(S3Options)))
    if not all(part.isprintable() for part in parts):
        raise ValueError("something in it cannot be seen")
    if max(map(len, parts)) > _LONGEST_PART:
        raise ValueError("something in it is too long")
    if not connection.address.startswith("s3://"):
        raise ValueError("it leads to no bucket")
    if options.ca_file.replace("\\", "/").startswith("//"):
        raise ValueError("its certificates lie on another computer")
    open_source(connection.address, options)
    name = _seen(connection.name) or _seen(connection.address)
    return replace(connection, name=name)


def _seen(name: str) -> str:
    """A name without what cannot be seen, what a command would take for an option, and what is too long."""
    seen = "".join(sign if sign.isprintable() else " " for sign in name[: 10 * LONGEST_NAME])
    return " ".join(seen.split()).lstrip("- ")[:LONGEST_NAME].rstrip()


class _Names:
    """Finds names that are not taken, however many there are."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {name.casefold() for name in (*taken, *_RESERVED)}
        self._last: dict[str, int] = {}

    def take(self, name: str) -> str:
        """The name, or its beginning with the first number behind it that is not taken."""
        free, number = name, self._last.get(name.casefold(), 1)
        while free.casefold() in self._taken:
            number += 1
            free = f"{name[: LONGEST_NAME - 5].rstrip()} {number}"
        self._last[name.casefold()] = number
        self._taken.add(free.casefold())
        return free


def _place(connection: Connection) -> tuple[str, S3Options, bool]:
    """What a connection reaches and how, whatever its access keys are called."""
    return connection.address, replace(connection.options, keys=""), bool(connection.options.keys)
