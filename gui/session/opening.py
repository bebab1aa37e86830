"""Opening a source beside its archive: the work of one job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import paths
from core.archive.archive import Archive
from core.errors import OdographError, SourceBusy, SourceUnreachable
from core.storage.connection import open_source

if TYPE_CHECKING:
    from core.archive.archive import DayState, Reject
    from core.fleet.series import Vehicle
    from core.jobs import JobContext
    from core.storage.connection import S3Options
    from core.storage.source import Source
    from core.sync import Day


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a source found.

    Attributes:
        states: how far each day is recorded.
        problem: why the source itself cannot be read now, where an earlier archive still can.
    """

    source: Source
    archive: Archive
    states: dict[Day, DayState]
    vehicles: list[Vehicle]
    rejects: list[Reject]
    problem: OdographError | None


def open_with_archive(address: str, options: S3Options, ctx: JobContext) -> Opened:
    """Open a source, ask it for a first page, and open its archive.

    Raises:
        UsageError, SourceError, ArchiveError: it cannot be opened. A server that does not answer is no such error
            where something was loaded from it before.
    """
    source = open_source(address, options)
    archive = Archive.open(paths.archive_folder(source.identity))
    states = archive.day_states()
    problem: OdographError | None = None
    try:
        next(source.list_level(source.scope, ctx), None)
    except (SourceUnreachable, SourceBusy) as error:
        if not states:
            raise
        problem = error
    return Opened(source, archive, states, archive.vehicles(ctx), archive.rejects(ctx), problem)
