"""Opening a source beside its archive: the work of one job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from core import paths
from core.archive.archive import Archive
from core.errors import (
    AccessDenied,
    ArchiveDamaged,
    CredentialsMissing,
    CredentialsRejected,
    OdographError,
    SourceBusy,
    SourceUnreachable,
)
from core.storage.connection import open_source

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import DayState, Reject
    from core.connections import S3Options
    from core.fleet.series import Vehicle
    from core.jobs import JobContext
    from core.storage.source import Source
    from core.sync import Day

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a source found.

    Attributes:
        states: how far each day is recorded.
        problem: why the source itself cannot be read now, where an earlier archive still can.
        damage: why the archive cannot be read as a whole; what is in the damaged file is left out of the others.
    """

    source: Source
    archive: Archive
    states: dict[Day, DayState]
    vehicles: list[Vehicle]
    rejects: list[Reject]
    problem: OdographError | None
    damage: ArchiveDamaged | None


def open_with_archive(address: str, options: S3Options, ctx: JobContext) -> Opened:
    """Open a source, ask it for a first page, and open its archive.

    Raises:
        UsageError, SourceError, ArchiveError: it cannot be opened. A server that does not answer, does not let the
            source be listed, or wants other credentials, is no such error where something was loaded from it before,
            and neither is a damaged file of the archive.
    """
    source = open_source(address, options)
    folder = paths.archive_folder(source.identity)
    known = folder.is_dir()
    if not known:
        # A mistyped address leaves no archive behind.
        next(source.list_level(source.scope, ctx), None)
    archive = Archive.open(folder)
    damages: list[ArchiveDamaged] = []

    def whole_or(nothing: T, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except ArchiveDamaged as error:
            damages.append(error)
            return nothing

    no_states: dict[Day, DayState] = {}
    states = whole_or(no_states, archive.day_states)
    problem: OdographError | None = None
    try:
        if known:
            next(source.list_level(source.scope, ctx), None)
    except (SourceUnreachable, SourceBusy, AccessDenied, CredentialsMissing, CredentialsRejected) as error:
        if not states and not damages:
            raise
        problem = error
    no_vehicles: list[Vehicle] = []
    no_rejects: list[Reject] = []
    vehicles = whole_or(no_vehicles, lambda: archive.vehicles(ctx))
    rejects = whole_or(no_rejects, lambda: archive.rejects(ctx))
    return Opened(source, archive, states, vehicles, rejects, problem, damages[0] if damages else None)
