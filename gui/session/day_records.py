"""What the archive has of the batches of a day that is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import Archive, BatchRecord
    from core.jobs import JobContext
    from core.sync import Day


class DayRecords(NamedTuple):
    """The records of a day's batches.

    Attributes:
        files: those from which they were read.
        records: by key.
    """

    day: Day
    files: frozenset[str]
    records: dict[str, BatchRecord]


def read_day(archive: Archive, day: Day, known: frozenset[str]) -> DayRecords | None:
    """Read a day's records, unless they were read before from the same files.

    Args:
        known: from which files they were read the last time.

    Raises:
        ArchiveError: they cannot be read.
    """
    app, level, date = day
    folder = f"{app}/{level}/{date.replace('-', '/')}/"
    # The names first: what comes in between is read once more the next time.
    files = archive.record_files(folder)
    return None if files == known else DayRecords(day, files, archive.recorded(folder))


def asking_for_day(archive: Archive, day: Day, known: frozenset[str]) -> Callable[[JobContext], DayRecords | None]:
    """Work for a job that does :func:`read_day`."""
    return lambda _ctx: read_day(archive, day, known)
