"""What every source of batches can do, whether a bucket or a folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.errors import OdographError
    from core.jobs import JobContext


@dataclass(frozen=True, slots=True)
class SourceObject:
    """One object as a listing names it.

    Attributes:
        key: relative to the layout's root, parts joined by ``/``.
        size: in bytes.
        etag: changes whenever the content does; from a folder, size and time of change.
        modified: when it was stored, microseconds since the epoch, UTC.
    """

    key: str
    size: int
    etag: str
    modified: int


@dataclass(frozen=True, slots=True)
class LevelPage:
    """A page of one level of a source: names of folders (no slash) and the objects directly in it."""

    folders: tuple[str, ...]
    objects: tuple[SourceObject, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One object's bytes, or why there are none. Exactly one of content and error is set.

    Attributes:
        object: as it was listed, or, where it has changed since, as it was fetched.
    """

    object: SourceObject
    content: bytes | None
    error: OdographError | None


class Source(Protocol):
    """A place where batches lie. Reads only: nothing in here can write. Thread-safe.

    Attributes:
        address: how the source is named everywhere, ``s3://bucket/prefix`` or an absolute path, of the layout's
            root and scope together.
        identity: the address and, of a bucket on another server than AWS, the server; what is recorded of a source
            is kept under it, so two sources share it only where they are the same place.
        scope: the part of the layout that is opened (``""`` or ``app/level13/2022``), below which all listing stays.

    Every method raises a :class:`core.errors.SourceError` that names the object.
    """

    @property
    def address(self) -> str: ...

    @property
    def identity(self) -> str: ...

    @property
    def scope(self) -> str: ...

    def left_out(self) -> tuple[OdographError, ...]:
        """Why folders of the layout are missing from what was listed, a new error for each listing that met them."""

    def list_level(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        """One level below a folder (``""`` is the layout's root), page by page, in key order."""
        ...

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        """All objects below a folder, page by page, in key order, without their content.

        Args:
            folder: relative to the layout's root; ``""`` lists everything in the scope.
            start_after: only keys greater than this one.
        """
        ...

    def fetch(self, key: str) -> bytes:
        """One object's content."""
        ...

    def fetch_many(self, objects: Iterable[SourceObject], ctx: JobContext) -> Iterator[Fetched]:
        """Many objects, in parallel but bounded, in any order; a failure of one does not end the others.

        What is fetched is what was listed: its length and, where an ETag is a digest, its bytes are checked.

        Credentials that are missing or rejected end it with an error, as no object could be fetched.
        """
        ...
