"""A folder with the layout of a bucket, such as ``aws s3 sync`` brings it."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import AccessDenied, FolderUnreadable, ObjectNotFound, SourceError, SourceNotFound
from core.storage.layout import clip, depth_of, join, next_part
from core.storage.parallel import fetch_parallel
from core.storage.source import Fetched, LevelPage, SourceObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.errors import OdographError
    from core.jobs import JobContext

_log = logging.getLogger("odograph.storage")
_PAGE = 1000
_WORKERS = 8
_PARTS_OF_WRITES = (".tmp", ".part")


class FolderSource:
    """Batches in a folder. Reads only. Hidden files and files that are still being written are left out.

    Args:
        root: the layout's root, an absolute path.
        scope: the part of the layout that is opened, or empty.
    """

    def __init__(self, root: Path, scope: str = "") -> None:
        self._root = root
        self._scope = scope
        # By folder, so that a source that is open for days does not gather them.
        self._left_out: dict[str, OdographError] = {}

    @property
    def address(self) -> str:
        """The absolute path of root and scope together."""
        return str(self._root / self._scope)

    @property
    def identity(self) -> str:
        """The address."""
        return self.address

    @property
    def scope(self) -> str:
        """The part of the layout that is opened."""
        return self._scope

    def left_out(self) -> tuple[OdographError, ...]:
        """Folders of the layout that could not be listed when they were last met."""
        return tuple(self._left_out.copy().values())

    def list_level(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        """One level below a folder, pages of 1,000 names in key order. A folder that is missing has none."""
        ctx.check()
        towards = next_part(folder, self._scope)
        if towards is not None:
            if (self._root / self._scope).is_dir():
                yield LevelPage((towards,), ())
            return
        if clip(folder, self._scope) is None:
            return
        entries = self._entries(folder)
        for start in range(0, len(entries), _PAGE):
            page = entries[start : start + _PAGE]
            ctx.check()
            folders = tuple(_name(entry) for entry in page if entry.is_dir())
            files = [self._object(folder, entry) for entry in page if not entry.is_dir()]
            yield LevelPage(folders, tuple(item for item in files if item is not None))

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        """All objects below a folder, pages of up to 1,000 in key order. A folder that is missing has none."""
        ctx.check()
        inside = clip(folder, self._scope)
        if inside is None:
            return
        page: list[SourceObject] = []
        for item in self._walk(inside, start_after, (), ctx):
            page.append(item)
            if len(page) == _PAGE:
                ctx.check()
                yield page
                page = []
        ctx.check()
        if page:
            yield page

    def fetch(self, key: str) -> bytes:
        """One file's content."""
        if any(part in {"", ".", ".."} for part in key.split("/")):
            raise ObjectNotFound(
                "This is no key", subject=key, hint="A key consists of names joined by single slashes."
            )
        path = self._root / key
        try:
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as exc:
            hint = "It was deleted or moved after it was listed. Refresh the list of batches."
            raise ObjectNotFound("The file is gone", subject=str(path), hint=hint, detail=str(exc)) from exc
        except OSError as exc:
            raise _error(exc, path) from exc

    def fetch_many(self, objects: Iterable[SourceObject], ctx: JobContext) -> Iterator[Fetched]:
        """Many files, read by a few threads."""

        def get(item: SourceObject, _ctx: JobContext) -> Fetched:
            return Fetched(item, self.fetch(item.key), None)

        return fetch_parallel(objects, ctx, get, _WORKERS)

    def _walk(
        self, folder: str, start_after: str, above: tuple[tuple[int, int], ...], ctx: JobContext
    ) -> Iterator[SourceObject]:
        here = self._identity(folder)
        if here is None or here in above:  # gone, or a link that leads back up
            return
        ctx.check()
        for entry in self._entries(folder):
            key = join(folder, _name(entry))
            if entry.is_dir():
                inside = f"{key}/"
                if inside > start_after or start_after.startswith(inside):
                    yield from self._walk(key, start_after, (*above, here), ctx)
            elif key > start_after:
                item = self._object(folder, entry)
                if item is not None:
                    yield item

    def _identity(self, folder: str) -> tuple[int, int] | None:
        path = self._root / folder
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as exc:
            self._leave_out(folder, exc)
            return None
        except OSError as exc:
            raise _error(exc, path) from exc
        return status.st_dev, status.st_ino

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """A folder's folders and files, in the order of the keys: a folder's name counts with its slash."""
        path = self._root / folder
        try:
            with os.scandir(path) as entries:
                found = [
                    entry
                    for entry in entries
                    if not entry.name.startswith(".") and not entry.name.endswith(_PARTS_OF_WRITES) and _is_usual(entry)
                ]
        except (FileNotFoundError, NotADirectoryError) as exc:
            if not folder or not self._root.is_dir():
                hint = "Check that the disk is connected and the folder was not moved."
                raise SourceNotFound("The folder is gone", subject=str(path), hint=hint, detail=str(exc)) from exc
            return []
        except PermissionError as exc:
            self._leave_out(folder, exc)
            return []
        except OSError as exc:
            raise _error(exc, path) from exc
        self._left_out.pop(folder, None)
        return sorted(found, key=lambda entry: f"{entry.name}/" if entry.is_dir() else entry.name)

    def _object(self, folder: str, entry: os.DirEntry[str]) -> SourceObject | None:
        try:
            status = entry.stat()
        except FileNotFoundError:
            return None
        except PermissionError as exc:
            self._leave_out(folder, exc)
            return None
        except OSError as exc:
            raise _error(exc, Path(entry.path)) from exc
        etag = f"{status.st_size}-{status.st_mtime_ns}"
        return SourceObject(join(folder, _name(entry)), status.st_size, etag, status.st_mtime_ns // 1000)

    def _leave_out(self, folder: str, exc: PermissionError) -> None:
        """Note a folder that may not be read. What was opened itself is no such folder: without it there is nothing."""
        path = self._root / folder
        if folder in ("", self._scope):
            raise _error(exc, path) from exc
        if depth_of(folder) is None:
            _log.info("Not listed: %s", exc)
            return
        hint = "Ask for the right to read it; everything else is listed."
        self._left_out[folder] = FolderUnreadable(
            "A folder may not be read", subject=str(path), hint=hint, detail=str(exc)
        )


def _name(entry: os.DirEntry[str]) -> str:
    # A name that is no UTF-8 can only be an "other" object; it is shown, never read.
    return os.fsencode(entry.name).decode("utf-8", "replace")


def _is_usual(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file or a folder, itself or through a link; not a socket, a pipe or a link to nothing."""
    try:
        return entry.is_dir() or entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _error(exc: OSError, path: Path) -> SourceError:
    if isinstance(exc, PermissionError):
        hint = "Ask for the right to read it, or open a part of the folder that may be read."
        return AccessDenied("Access denied", subject=str(path), hint=hint, detail=str(exc))
    hint = "Check that the disk or network drive is connected, and try again."
    return SourceError("The folder cannot be read", subject=str(path), hint=hint, detail=str(exc))
