"""What the credentials may do at a source, learnt from what listing and reading it met."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from core.errors import AccessDenied, OdographError
from core.storage.index import batches_between

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.index import SourceIndex
    from core.storage.source import Source

_log = logging.getLogger("odograph.storage")


class Right(StrEnum):
    """Whether something may be done."""

    UNKNOWN = "unknown"
    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether one thing may be done at a source.

    Attributes:
        right: unknown until it was tried.
        action, resource: what is denied, and on what, as policies name them; empty otherwise.
    """

    right: Right = Right.UNKNOWN
    action: str = ""
    resource: str = ""

    @property
    def denied(self) -> bool:
        """Whether it was tried and may not be done."""
        return self.right is Right.DENIED

    @property
    def reason(self) -> str:
        """``s3:GetObject on arn:aws:s3:::fleet/* is denied``; empty where nothing is."""
        return f"{self.action} on {self.resource} is denied" if self.denied else ""


_ALLOWED = Permission(Right.ALLOWED)


@dataclass(frozen=True, slots=True)
class Permissions:
    """What may be done at a source; whatever is not listed here is never tried.

    Attributes:
        list: list what lies below the source's address.
        read: read what lies there.
    """

    list: Permission = Permission()
    read: Permission = Permission()


ALL_ALLOWED = Permissions(_ALLOWED, _ALLOWED)
"""Of a source that knows no such permissions."""


@runtime_checkable
class _Permitting(Protocol):
    @property
    def permissions(self) -> Permissions: ...


def permissions_of(source: Source) -> Permissions:
    """What may be done at a source, as far as it is known by now."""
    return source.permissions if isinstance(source, _Permitting) else ALL_ALLOWED


def learn_reading(source: Source, index: SourceIndex, ctx: JobContext) -> None:
    """Read the smallest of some batches of the newest day, unless any was read before.

    Args:
        source: whose permissions are learnt.
        index: what was listed of it.
        ctx: to cancel with.
    """
    if permissions_of(source).read.right is Right.ALLOWED or not index.days:
        return
    newest = max(index.days.values(), key=lambda day: day.last)
    try:
        pages = batches_between(source, ctx, newest.day, newest.day, app=newest.app, level=newest.level)
        page = next(iter(pages), [])
        if page:
            source.fetch(min((item for _, item in page), key=lambda item: item.size).key)
    except OdographError as error:
        _log.info("No batch was read to learn whether that may be done: %s", error)


class Learnt:
    """Takes down what is allowed and denied. Thread-safe.

    One object that may not be read says nothing about the others once any was read, and likewise folders that may not
    be listed: a thing is denied as long as it was never allowed.

    Args:
        listed, read: names of what the actions are tried on, such as ``arn:aws:s3:::fleet/*``; empty takes what the
            error names.
    """

    def __init__(self, listed: str = "", read: str = "") -> None:
        self._lock = threading.Lock()
        self._listed, self._read = listed, read
        self._permissions = Permissions()

    @property
    def permissions(self) -> Permissions:
        """What is known by now."""
        return self._permissions

    def listed(self) -> None:
        """Something was listed."""
        if self._permissions.list.right is not Right.ALLOWED:
            with self._lock:
                self._permissions = Permissions(_ALLOWED, self._permissions.read)

    def read(self) -> None:
        """Something was read."""
        if self._permissions.read.right is not Right.ALLOWED:
            with self._lock:
                self._permissions = Permissions(self._permissions.list, _ALLOWED)

    def failed(self, error: OdographError, *, reading: bool) -> None:
        """Listing or reading something failed; only an action that was denied counts."""
        if not isinstance(error, AccessDenied) or not error.action:
            return
        with self._lock:
            now = self._permissions
            if reading and now.read.right is not Right.ALLOWED:
                denied = Permission(Right.DENIED, error.action, self._read or error.resource)
                self._permissions = Permissions(now.list, denied)
            elif not reading and now.list.right is not Right.ALLOWED:
                denied = Permission(Right.DENIED, error.action, self._listed or error.resource)
                self._permissions = Permissions(denied, now.read)
