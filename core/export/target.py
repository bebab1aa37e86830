"""Where an export goes: a file that is whole or not there, or a stream."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from core.errors import DiskFull, ExportError, OdographError, is_disk_full

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file when the block ends well, and vanishes when it does not.

    A file that is there already stays as it is until then, and keeps its permissions. A device or a pipe is written
    as it comes.

    Args:
        path: the file; a symbolic link is followed.

    Raises:
        ExportError: the folder is missing or may not be written, the path is a folder, or the file is in use.
        DiskFull: no room is left.
    """
    with explained(path):
        path = _real(path)
        _check_place(path)
        if _is_device(path):
            with path.open("wb") as stream:
                yield stream
            return
        temporary = _temporary(path)
        try:
            with temporary.open("xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                shutil.copymode(path, temporary)
            temporary.replace(path)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def check_target(path: Path, *, try_writing: bool = False) -> None:
    """Say before an export whether :func:`whole_file` could begin.

    Args:
        path: the file; a symbolic link is followed.
        try_writing: also make and remove an empty file beside it. Only that tells on every system and share.

    Raises:
        ExportError, DiskFull: as :func:`whole_file` does.
    """
    with explained(path):
        path = _real(path)
        _check_place(path)
        if _is_device(path):
            return
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path.parent))
        if try_writing:
            temporary = _temporary(path)
            with temporary.open("xb"):
                pass
            temporary.unlink()


def _real(path: Path) -> Path:
    # Not Path.expanduser, which raises for an unknown user.
    return Path(os.path.realpath(os.path.expanduser(path)))  # noqa: PTH111


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise ExportError("The target is a folder", subject=str(path), hint="Name a file in it.")
    if not path.parent.is_dir():
        raise ExportError(
            "The target's folder does not exist", subject=str(path.parent), hint="Create it or choose another."
        )


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _temporary(path: Path) -> Path:
    return path.with_name(f".odograph-{secrets.token_hex(6)}.part")


@contextlib.contextmanager
def explained(target: Path | None) -> Iterator[None]:
    """Turn the operating system's errors inside the block into ours.

    Args:
        target: the file that is written, None for a stream. A stream whose reader has gone raises BrokenPipeError.
    """
    try:
        yield
    except OSError as error:
        if target is None and isinstance(error, BrokenPipeError):
            raise
        raise _explain(error, target) from error


def _explain(error: OSError, target: Path | None) -> OdographError:
    subject = str(target) if target else "standard output"
    if is_disk_full(error):
        hint = "Make room or choose another target; nothing was left behind."
        if target is None:
            hint = "Make room or write to another place; what was written so far is not whole."
        return DiskFull("No room is left on the disk", subject=subject, hint=hint, detail=str(error))
    if isinstance(error, PermissionError):
        hint = "Choose a folder that you may write to, or close the program that has the file open."
        return ExportError("The target may not be written", subject=subject, hint=hint, detail=str(error))
    hint = "Check the target and try again, or choose another."
    return ExportError("The export could not be written", subject=subject, hint=hint, detail=str(error))
