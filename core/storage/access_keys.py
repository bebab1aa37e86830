"""Access keys that a person has entered: in the system's own keyring, or in the memory of this process.

They are never in a file of ours. Where the system has no keyring, or it is locked or fails, they stay in memory until
the program ends, and a person is asked for them the next time.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from enum import Enum
from typing import Any

from core import logs

SERVICE = "Odograph"

_log = logging.getLogger("odograph.storage")
_lock = threading.Lock()
_memory: dict[str, AccessKeys] = {}


class Kept(Enum):
    """Where access keys were kept."""

    KEYRING = "keyring"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True, repr=False)
class AccessKeys:
    """An access key. Its text form shows nothing of it.

    Attributes:
        key_id: the access key's id.
        secret: the secret access key.
        token: the session token of temporary keys; else empty.
    """

    key_id: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return "AccessKeys(…)"


def keyring_name() -> str:
    """What the system's keyring is called; empty where there is none. May take a while: for a job."""
    backend = _keyring()
    return str(getattr(backend, "name", "")) if backend is not None else ""


def keep_in_memory(name: str, keys: AccessKeys) -> None:
    """Use access keys under a name until the program ends. The keyring is not asked, and keeps what it has."""
    _hide(keys)
    with _lock:
        _memory[name] = keys


def keep(name: str, keys: AccessKeys, *, memory_alone: bool = False) -> Kept:
    """Keep access keys under a name, in place of those that had it. May wait for a person to unlock the keyring.

    Args:
        memory_alone: not in the keyring, from which they are removed as well.

    Returns:
        Where they are: in memory, too, where the keyring takes them not.
    """
    keep_in_memory(name, keys)
    if memory_alone:
        _delete(name)
        return Kept.MEMORY
    backend = _keyring()
    if backend is None:
        return Kept.MEMORY
    text = json.dumps([keys.key_id, keys.secret, keys.token])
    try:
        backend.set_password(SERVICE, name, text)
        # Some take whatever comes and keep nothing.
        kept = backend.get_password(SERVICE, name) == text
    except Exception as error:  # noqa: BLE001 - each system's keyring has errors of its own; not kept is not kept
        _failed("keep", error)
        return Kept.MEMORY
    return Kept.KEYRING if kept else Kept.MEMORY


def find(name: str) -> AccessKeys | None:
    """The access keys that were kept under a name, or None. May wait for a person to unlock the keyring."""
    with _lock:
        known = _memory.get(name)
    if known is not None:
        return known
    backend = _keyring()
    if backend is None:
        return None
    try:
        text = backend.get_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - as in keep()
        _failed("find", error)
        return None
    keys = _read(text)
    if keys is not None:
        _hide(keys)
        with _lock:
            _memory.setdefault(name, keys)
    return keys


def forget(name: str) -> None:
    """Forget access keys, in the keyring and in memory. May wait for a person to unlock the keyring."""
    forget_in_memory(name)
    _delete(name)


def forget_in_memory(name: str) -> None:
    """Forget access keys that are in memory; the keyring is not asked, and keeps what it has."""
    with _lock:
        _memory.pop(name, None)


def _delete(name: str) -> None:
    backend = _keyring()
    if backend is None:
        return
    try:
        if backend.get_password(SERVICE, name) is not None:
            backend.delete_password(SERVICE, name)
    except Exception as error:  # noqa: BLE001 - as in keep()
        _failed("forget", error)


def _keyring() -> Any:
    """The system's keyring, or None. One that writes plain files or asks on the terminal is none."""
    # Looking for what the system has takes a tenth of a second, which who uses no access keys need not wait for.
    import keyring
    from keyring.backends.chainer import ChainerBackend
    from keyring.core import recommended

    try:
        backend = keyring.get_keyring()
        # A chain is recommended for being one, whatever keyrings are in it, and writes into the first that takes it.
        chain = backend.backends if isinstance(backend, ChainerBackend) else [backend]
        return next((each for each in chain if recommended(each)), None)
    except Exception as error:  # noqa: BLE001 - as in keep()
        _failed("open", error)
        return None


def _read(text: str | None) -> AccessKeys | None:
    try:
        key_id, secret, token = json.loads(text or "")
        return AccessKeys(str(key_id), str(secret), str(token))
    except (ValueError, TypeError):
        return None


def _hide(keys: AccessKeys) -> None:
    # Ids and secrets of other servers than AWS look like anything.
    logs.hide(keys.key_id, keys.secret, keys.token)


def _failed(what: str, error: Exception) -> None:
    # Its text may repeat what was to be kept.
    _log.info("the system's keyring could not %s access keys: %s", what, type(error).__name__)
