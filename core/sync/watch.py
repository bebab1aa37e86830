"""Looks for new batches again and again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from core.errors import ArchiveBusy, OdographError, SourceError
from core.sync.engine import sync

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import Archive
    from core.jobs import JobContext
    from core.storage.source import Source
    from core.sync.result import SyncResult

_log = logging.getLogger("odograph.sync")


def watch(
    source: Source,
    archive: Archive,
    ctx: JobContext,
    every: float,
    done: Callable[[SyncResult], None],
    failed: Callable[[OdographError | None], None],
    first_day: str | None = None,
    last_day: str | None = None,
) -> None:
    """Record new batches, wait, and so on until it is cancelled.

    Args:
        every: seconds between the end of one look and the next.
        done: told the result of each look.
        failed: told the error with which looks begin to fail, once, and None when one works again. A source that
            cannot be reached is no reason to end, nor is an archive that others write to.
        first_day, last_day: as :func:`core.sync.engine.sync` takes them.

    Raises:
        JobCancelled: the usual end.
        ArchiveError, DiskFull: the archive cannot be written.
    """
    trouble: OdographError | None = None
    while True:
        try:
            result = sync(source, archive, ctx, first_day, last_day, incremental=True)
        except (SourceError, ArchiveBusy) as error:
            _log.info("%s", error.report())
            if trouble is None or type(trouble) is not type(error):
                failed(error)
            trouble = error
        else:
            if trouble is not None:
                failed(None)
            trouble = None
            done(result)
        ctx.wait(every)
