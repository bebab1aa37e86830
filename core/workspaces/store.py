"""Where workspaces are kept: those with names, and for each source what was open last."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from core import paths
from core.errors import OdographError, UsageError
from core.settings import write_whole
from core.workspaces.file import SUFFIX, Workspace, read_workspace, workspace_text

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 60
_MOST_LATEST = 50
# File systems take 255 bytes, and a file that is being written has a longer name for a moment.
_LONGEST_STEM = 220
_PLAIN = " _-()"
# Names that Windows keeps for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


class WorkspaceStore:
    """The workspaces of one person.

    Args:
        folder: where they lie; by default beside the settings.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or paths.settings_folder() / "workspaces"

    def names(self) -> list[str]:
        """The names in alphabetical order."""
        try:
            found = [unquote(file.stem) for file in self._folder.glob(f"*{SUFFIX}") if not file.name.startswith(".")]
        except OSError:
            return []
        return sorted(found, key=str.casefold)

    def read(self, name: str) -> tuple[Workspace, list[str]]:
        """A workspace and what could not be read of it.

        Raises:
            WorkspaceDamaged: nothing of it can be read.
            OdographError: there is no such workspace.
        """
        workspace, problems = read_workspace(self._file(name))
        return replace(workspace, name=name), problems

    def save(self, workspace: Workspace) -> None:
        """Keep a workspace under its name, in the place of another one of that name.

        Raises:
            UsageError: the name cannot be one.
            OdographError: it could not be written.
        """
        write_whole(self._file(checked_name(workspace.name)), workspace_text(workspace), "The workspace")

    def rename(self, name: str, to: str) -> None:
        """Give a workspace another name.

        Raises:
            UsageError: the name cannot be one, or is taken.
            OdographError: it could not be renamed.
        """
        to = checked_name(to)
        if to in self.names() and to != name:
            raise UsageError("There is a workspace with this name already", subject=to)
        try:
            self._file(name).rename(self._file(to))
        except OSError as error:
            raise OdographError("The workspace could not be renamed", subject=name, detail=str(error)) from error

    def delete(self, name: str) -> None:
        """Put a workspace aside, from where it can be brought back until another one is deleted.

        Raises:
            OdographError: it could not be deleted.
        """
        try:
            for file in self._deleted.glob(f"*{SUFFIX}"):
                file.unlink(missing_ok=True)
            self._deleted.mkdir(parents=True, exist_ok=True)
            self._file(name).replace(self._deleted / self._file(name).name)
        except OSError as error:
            raise OdographError("The workspace could not be deleted", subject=name, detail=str(error)) from error

    def bring_back(self, name: str) -> None:
        """Take back that a workspace was deleted.

        Raises:
            UsageError: there is another one of this name by now.
            OdographError: it could not be brought back.
        """
        if name in self.names():
            raise UsageError("There is a workspace with this name already", subject=name)
        try:
            (self._deleted / self._file(name).name).replace(self._file(name))
        except OSError as error:
            raise OdographError("The workspace could not be brought back", subject=name, detail=str(error)) from error

    def take_in(self, file: Path) -> tuple[str, list[str]]:
        """Keep a workspace that somebody has exported.

        Returns:
            The name that it has now, another one where its own is taken, and what could not be read of it.

        Raises:
            WorkspaceDamaged: it is no workspace.
            OdographError: it could not be read or written.
        """
        workspace, problems = read_workspace(file)
        wished = " ".join((workspace.name or file.stem).split())
        taken = self.names()
        name, number = _fitting(wished, ""), 2
        while name in taken:
            name, number = _fitting(wished, f" {number}"), number + 1
        self.save(replace(workspace, name=name))
        return name, problems

    # What was open last

    def save_latest(self, identity: str, text: str) -> None:
        """Keep what is open of a source.

        Args:
            identity: of the source.
            text: of the workspace's file.

        Raises:
            OdographError: it could not be written.
        """
        write_whole(self._latest_file(identity), text, "What is open")
        self._forget_oldest()

    def latest(self, identity: str) -> tuple[Workspace, list[str]] | None:
        """What was open of a source, and what could not be read of it; None where nothing was kept.

        Raises:
            WorkspaceDamaged: nothing of it can be read.
            OdographError: it could not be read.
        """
        file = self._latest_file(identity)
        return read_workspace(file) if file.exists() else None

    def _forget_oldest(self) -> None:
        with contextlib.suppress(OSError):
            files = list((self._folder / "latest").glob(f"*{SUFFIX}"))
            files.sort(key=lambda file: file.stat().st_mtime_ns)
            for file in files[:-_MOST_LATEST]:
                file.unlink(missing_ok=True)

    @property
    def _deleted(self) -> Path:
        return self._folder / "deleted"

    def _latest_file(self, identity: str) -> Path:
        return self._folder / "latest" / f"{hashlib.sha256(identity.encode()).hexdigest()[:12]}{SUFFIX}"

    def _file(self, name: str) -> Path:
        return self._folder / f"{file_stem(name)}{SUFFIX}"


def checked_name(name: str) -> str:
    """A name as it is kept.

    Raises:
        UsageError: it is empty, no file can be called so, or it is too long, which signs of other scripts are sooner.
    """
    name = " ".join(name.split())
    if not name:
        raise UsageError("A workspace needs a name")
    if not _is_encodable(name):
        raise UsageError("No file can have this name", subject=ascii(name), hint="Choose one of other characters.")
    if len(name) > LONGEST_NAME or len(file_stem(name)) > _LONGEST_STEM:
        raise UsageError("The name is too long", subject=name, hint=f"Choose one of {LONGEST_NAME} characters at most.")
    return name


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _fitting(wished: str, tail: str) -> str:
    """A name that can be one: as much of the wished one as leaves room for its tail."""
    start = wished[: LONGEST_NAME - len(tail)].rstrip()
    if not start or not _is_encodable(start):
        start = "Workspace"
    while len(file_stem(start + tail)) > _LONGEST_STEM:
        start = start[:-1].rstrip()
    return start + tail


def file_stem(name: str) -> str:
    """What a file is called on every system so that a name comes back from it."""
    stem = quote(name, safe=_PLAIN).replace(".", "%2E")
    if stem.casefold() in _RESERVED:
        stem = f"%{ord(stem[0]):02X}{stem[1:]}"
    return stem
