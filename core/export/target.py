"""Where an export goes: a file that is whole or not there, or a stream."""

from __future__ import annotations

import contextlib
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
        path = Path(os.path.realpath(path.expanduser()))
        if path.is_dir():
            raise ExportError("The target is a folder", subject=str(path), hint="Name a file in it.")
        if not path.parent.is_dir():
            raise ExportError(
                "The target's folder does not exist", subject=str(path.parent), hint="Create it or choose another."
            )
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield stream
            return
        temporary = path.with_name(f".odograph-{secrets.token_hex(6)}.part")
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
        raise _explain(error, str(target) if target else "standard output") from error


def _explain(error: OSError, subject: str) -> OdographError:
    if is_disk_full(error):
        hint = "Make room or choose another target; nothing was left behind."
        return DiskFull("No room is left on the disk", subject=subject, hint=hint, detail=str(error))
    if isinstance(error, PermissionError):
        hint = "Choose a folder that you may write to, or close the program that has the file open."
        return ExportError("The target may not be written", subject=subject, hint=hint, detail=str(error))
    hint = "Check the target and try again, or choose another."
    return ExportError("The export could not be written", subject=subject, hint=hint, detail=str(error))
