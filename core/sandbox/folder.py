"""Puts a simulated fleet into a folder, whole or not at all."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from core import paths
from core.errors import DiskFull, OdographError, is_disk_full
from core.sandbox.destination import fill, marker_content, marker_key
from core.sandbox.fleet import simulate_fleet
from core.sandbox.plan import SIMULATOR_VERSION, SimulationPlan

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.sandbox.fleet import SimulationResult

DEMO_NAME = "Demo fleet"

_PARTIAL = ".partial"
_ABANDONED_SECONDS = 86_400


def simulate_into_folder(plan: SimulationPlan, folder: Path, ctx: JobContext) -> SimulationResult:
    """Simulate a fleet into a folder with the layout of a bucket, with two objects that are no batches.

    Everything is written beside the folder and put in its place at the end, so that a run that was cancelled or
    killed leaves nothing that looks finished. A folder that holds the same finished simulation is left as it is; only
    the result is computed again.

    Args:
        folder: must not exist, be empty, or hold the same simulation.

    Raises:
        UsageError: the plan makes no sense.
        OdographError: the folder holds something else or cannot be written.
        DiskFull: nothing is left behind.
        JobCancelled: nothing is left behind.
    """
    plan.check()
    # Path.resolve would follow a link at the end, Path.expanduser raises for an unknown user.
    folder = Path(os.path.abspath(os.path.expanduser(folder)))  # noqa: PTH100, PTH111
    try:
        if is_finished(plan, folder):
            return simulate_fleet(plan, lambda key, content: None, ctx)
        _refuse_occupied(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        partial = folder.with_name(f".{folder.name}-{os.getpid()}-{time.time_ns()}{_PARTIAL}")
        try:
            partial.mkdir()
            result = _fill(plan, partial, ctx)
            ctx.check()
            _put_in_place(plan, partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise _explained(error, folder) from error
    return result


def ensure_demo(folder: Path, ctx: JobContext) -> Path:
    """Make the demo fleet once: 12 vehicles over 30 days.

    Args:
        folder: where demo fleets are kept.

    Returns:
        The folder to open, inside the given one; another version of the simulator has another one, so that an archive
        never mixes two.

    Raises:
        The same as :func:`simulate_into_folder`.
    """
    plan = SimulationPlan()
    target = folder / f"{plan.vehicles}-vehicles-{plan.days}-days-v{SIMULATOR_VERSION}"
    if not is_finished(plan, target):
        simulate_into_folder(plan, target, ctx)
    return target


def is_demo(address: str) -> bool:
    """Whether an address is that of the built-in demo fleet, of whatever version."""
    return Path(address).parent in (paths.demo_folder(), paths.demo_folder().resolve())


def display_name(address: str) -> str:
    """An address as people know it: the built-in demo fleet has a name, any other source its address."""
    return DEMO_NAME if is_demo(address) else address


def is_finished(plan: SimulationPlan, folder: Path) -> bool:
    """Whether a folder holds the whole simulation of this plan by this version of the simulator."""
    return (folder / marker_key(plan)).is_file()


def _refuse_occupied(folder: Path) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise OdographError("A file stands where the fleet should go", subject=str(folder), hint="Give another folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise OdographError(
            "The folder is not empty",
            subject=str(folder),
            hint="Give an empty or new folder, or the plan that this folder was made with.",
        )


def _remove_abandoned(folder: Path) -> None:
    """Remove what runs left that were killed more than a day ago."""
    for path in folder.parent.glob(f".{glob.escape(folder.name)}-*{_PARTIAL}"):
        with contextlib.suppress(FileNotFoundError):  # another run may be removing it, too
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


class _Folder:
    """A new folder that nobody else writes to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._base = str(root)
        self._made: set[str] = set()

    def put(self, key: str, content: bytes) -> None:
        """Write one file."""
        parent = key.rpartition("/")[0]
        if parent not in self._made:
            (self._root / parent).mkdir(parents=True, exist_ok=True)
            self._made.add(parent)
        # Thousands of small files: without Path and buffer each takes half the time.
        with open(f"{self._base}/{key}", "xb", buffering=0) as file:  # noqa: PTH123
            while content:
                content = content[file.write(content) :]


def _fill(plan: SimulationPlan, root: Path, ctx: JobContext) -> SimulationResult:
    folder = _Folder(root)
    result = fill(plan, folder, ctx)
    folder.put(marker_key(plan), marker_content(plan, result))
    return result


def _put_in_place(plan: SimulationPlan, partial: Path, folder: Path) -> None:
    try:
        if folder.is_dir():
            folder.rmdir()  # empty: only some systems let a rename replace it
        partial.rename(folder)
    except OSError:
        # Another run of the same plan may have been faster; its folder has the same bytes.
        if not is_finished(plan, folder):
            raise


def _explained(error: OSError, folder: Path) -> OdographError:
    detail = str(error)
    if is_disk_full(error):
        return DiskFull(
            "The disk is full",
            subject=str(folder),
            hint="Free some space or give a folder on another disk; the simulation left nothing behind.",
            detail=detail,
        )
    return OdographError(
        "The folder cannot be written",
        subject=str(folder),
        hint="Check its path and permissions, or give another folder.",
        detail=detail,
    )
