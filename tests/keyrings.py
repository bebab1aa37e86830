"""Keyrings for tests: one that works like a system's, and systems without a usable one."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailingKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from core.storage import access_keys

if TYPE_CHECKING:
    from collections.abc import Iterator


# What a machine without a desktop has.
NO_KEYRING: KeyringBackend = FailingKeyring()  # type: ignore[no-untyped-call]


class WorkingKeyring(KeyringBackend):
    """Keeps what it is given, as a system's keyring does."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")


class PlainKeyring(WorkingKeyring):
    """One that writes plain files or asks on the terminal, which no system recommends."""

    priority = 0


class LockedKeyring(WorkingKeyring):
    """One that its owner does not unlock."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("dismissed")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"dismissed, and so {password} is not kept")


class ForgetfulKeyring(WorkingKeyring):
    """One that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Lose it."""


@contextlib.contextmanager
def system_keyring(used: KeyringBackend) -> Iterator[None]:
    """Be on a system with this keyring; a new process each time, which remembers nothing."""
    before = keyring.get_keyring()
    keyring.set_keyring(used)
    access_keys._memory.clear()
    try:
        yield
    finally:
        keyring.set_keyring(before)
        access_keys._memory.clear()
