"""From words to how a source is reached: saved connections, and access keys that somebody has to type."""

from __future__ import annotations

import contextlib
import getpass
import os
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core import settings
from core.cli.asking import ended_by_ctrl_c, is_terminal
from core.cli.parser import DEMO, is_address, s3_options
from core.connections import Connection, S3Options, by_name
from core.errors import KeysNeeded, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_HINT = "Run this on a terminal, which asks for them, or let the window keep them in the system's keyring."


def connection_of(words: argparse.Namespace) -> Connection:
    """The source that a command's words name, and how it is reached.

    Raises:
        UsageError: there is no such saved connection, or its file brought a server that nobody has agreed to.
    """
    options = s3_options(words)
    if not words.connection and not may_be_name(words.source):
        return Connection(words.source, options)
    remembered = settings.load()
    found = resolve(words.source, words.connection, options, remembered.connections)
    if not options.endpoint_url and remembered.is_foreign(found):
        hint = "It came with an imported connection. If you trust this server, name it with --endpoint-url."
        raise UsageError("Nobody has agreed to this server yet", subject=found.options.endpoint_url, hint=hint)
    return found


def resolve(typed: str, name: str, options: S3Options, saved: Sequence[Connection]) -> Connection:
    """The source that words name.

    Args:
        typed: an address, a folder, or a saved connection's name; may be empty where there is a name.
        name: of the saved connection that says how the source is reached; may be empty.
        options: what the words say besides; they count more than what was saved.
        saved: the saved connections.

    Raises:
        UsageError: there is no saved connection of this name.
    """
    found = by_name(saved, name)
    if name and found is None:
        names = ", ".join(each.name for each in saved)
        hint = f"Saved connections: {names}." if names else "None is saved yet; the window saves them."
        raise UsageError("There is no such connection", subject=name, hint=hint)
    if found is None and may_be_name(typed):
        found = by_name(saved, typed)
    if found is None:
        return Connection(typed, options)
    usual = S3Options()
    given = {item.name: getattr(options, item.name) for item in fields(S3Options)}
    given = {item: value for item, value in given.items() if value != getattr(usual, item)}
    if "profile" in given:
        given["keys"] = ""
    used = replace(found.options, **given)
    if typed and typed.strip().casefold() != found.name.casefold():
        return Connection(typed, used)
    # With other options than the saved ones it is another connection.
    return Connection(found.address, used, found.name if used == found.options else "")


def may_be_name(word: str) -> bool:
    """Whether a word may name a saved connection: it is neither an address nor a folder that is there."""
    # Not Path.expanduser, which raises for an unknown user.
    folder = Path(os.path.expanduser(word))  # noqa: PTH111
    try:
        return bool(word) and word != DEMO and not is_address(word) and not folder.exists()
    except (OSError, ValueError):
        return False


def ask_for_keys(needed: KeysNeeded) -> bool:
    """Ask for access keys on the terminal and keep them for this run.

    Returns:
        Whether they were typed. Where there is no terminal the error gets the hint what to do.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        needed.hint = _HINT
        return False
    sys.stderr.write(f"Access keys of “{needed.keys}”, for this run alone:\nAccess key id: ")
    sys.stderr.flush()
    with ended_by_ctrl_c(), contextlib.suppress(EOFError):
        key_id = sys.stdin.readline().strip()
        secret = getpass.getpass("Secret access key: ").strip() if key_id else ""
        token = getpass.getpass("Session token (empty for lasting keys): ").strip() if secret else ""
        return _keep(needed.keys, key_id, secret, token)
    return False


def _keep(name: str, key_id: str, secret: str, token: str) -> bool:
    if not secret:
        return False
    from core.storage.access_keys import AccessKeys, keep_in_memory

    keep_in_memory(name, AccessKeys(key_id, secret, token))
    return True
