"""Removes files from the archive's folder that no version of the table needs any more."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.archive import totals
from core.archive.engine import SPILL, translated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.archive.table import Table
    from core.jobs import JobContext

GRACE_SECONDS = 3_600.0
"""How long files stay that a commit has removed: somebody may be reading them still."""

ORPHAN_SECONDS = 86_400.0
"""How long files stay that no commit has named: their process may be about to."""

# The log's entries are as old as their files say; clocks of a shared folder may differ by a little.
_SLACK_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class VacuumResult:
    """What was removed from the disk."""

    files: int
    bytes: int


def vacuum(table: Table, ctx: JobContext, now: float, grace: float = GRACE_SECONDS) -> VacuumResult:
    """Remove files that were taken out of the table some time ago, and those that killed processes have left.

    A file that cannot be removed, because somebody has it open, stays until the next time.

    Args:
        table: the archive's.
        ctx: cancels it.
        now: seconds since the epoch.
        grace: how many seconds files stay that a commit has removed.

    Raises:
        JobCancelled: what was removed is gone.
        ArchiveError: the folder or the log cannot be read.
    """
    # Those on disk first: what is committed between the two looks is named then.
    found = list(_files(table.folder))
    # By their names, which are unique: a system that does not tell cases apart may show folders otherwise.
    snapshot = table.snapshot()
    named = {path.rpartition("/")[2] for path in snapshot.files}
    loose = [path for path in found if path.name not in named]
    files = size = 0
    removed = _removed(table.folder, now - ORPHAN_SECONDS - _SLACK_SECONDS, ctx) if loose else {}
    for path in loose:
        ctx.check()
        try:
            status = path.stat()
            moment = removed.get(path.name)
            due = status.st_mtime + ORPHAN_SECONDS if moment is None else moment + grace
            if due <= now:
                path.unlink()
                files += 1
                size += status.st_size
        except OSError:
            continue
    _remove_spilled(table.folder, now)
    _remove_summaries(table.folder, {*named, *totals.needed(table.folder)}, now - grace)
    return VacuumResult(files, size)


def _files(folder: Path) -> Iterator[Path]:
    with translated(folder):
        yield from folder.glob("kind=*/**/*.parquet")


def _removed(folder: Path, since: float, ctx: JobContext) -> dict[str, float]:
    """When recent commits have removed files, in seconds since the epoch, by the files' names."""
    moments: dict[str, float] = {}
    with translated(folder):
        for path in folder.glob("_delta_log/*.json"):
            ctx.check()
            try:
                lines = path.read_text(encoding="utf-8").splitlines() if path.stat().st_mtime >= since else []
            except FileNotFoundError:
                # Whoever commits also removes what is old in the log.
                continue
            except ValueError:
                # Of what is damaged, later entries may make up for all.
                continue
            for line in lines:
                with contextlib.suppress(ValueError):
                    if '"remove"' in line and isinstance(action := json.loads(line).get("remove"), dict):
                        name = unquote(action["path"]).rpartition("/")[2]
                        moments[name] = action.get("deletionTimestamp", 0) / 1000
    return moments


def _remove_spilled(folder: Path, now: float) -> None:
    """Remove what killed processes have spilled."""
    for path in folder.glob(f"{SPILL}*"):
        try:
            left = path.stat().st_mtime + ORPHAN_SECONDS <= now
        except OSError:
            continue
        if left:
            shutil.rmtree(path, ignore_errors=True)


def _remove_summaries(folder: Path, needed: set[str], before: float) -> None:
    """Remove what says something of files that are no longer in the table."""
    for path in folder.glob(f"{totals.FOLDER}/*"):
        with contextlib.suppress(OSError):
            if path.name not in needed and path.stat().st_mtime < before:
                path.unlink()
