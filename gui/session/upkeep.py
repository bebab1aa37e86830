"""Looks after the open archive: compacts it in a quiet job after samples came, and repairs it when a person asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import Archive
    from core.archive.upkeep import VerifyResult
    from core.jobs import JobContext
    from gui.session.own_jobs import OwnJobs


class Upkeep:
    """Runs at most one compaction at a time.

    Args:
        jobs: runs it.
        failed: told of what went wrong; then the archive is left alone until it is opened again.
    """

    def __init__(self, jobs: OwnJobs, failed: Callable[[object], None]) -> None:
        self._jobs = jobs
        self._failed = failed
        self._running = False
        self._broken = False

    def begin(self) -> None:
        """Another archive is open."""
        self._running = self._broken = False

    def run(self, archive: Archive) -> None:
        """Compact the archive unless that is going on already."""
        if self._running or self._broken:
            return

        def work(ctx: JobContext) -> None:
            if archive.upkeep.worth_compacting():
                archive.upkeep.compact(ctx)

        self._running = True
        self._jobs.submit("Compacting the archive", work, failed=self._on_failed, ended=self._on_ended, quiet=True)

    def repair(self, archive: Archive, repaired: Callable[[VerifyResult], None]) -> None:
        """Forget what is damaged, so that it can be loaded again.

        Args:
            archive: the open one.
            repaired: told what was found.
        """

        def work(ctx: JobContext) -> VerifyResult:
            found = archive.upkeep.verify(ctx)
            if not found.sound:
                archive.upkeep.repair(found, ctx)
            return found

        def done(found: VerifyResult) -> None:
            self._broken = False
            repaired(found)

        self._jobs.submit("Repairing the archive", work, done, key="repair")

    def _on_failed(self, error: object) -> None:
        self._broken = True
        self._failed(error)

    def _on_ended(self, _cancelled: bool) -> None:
        self._running = False
