"""From the words of a command to a source and its archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import paths
from core.archive.archive import Archive
from core.archive.joining import joined_path
from core.autoapi.display import DERIVED
from core.cli.connecting import connection_of
from core.cli.parser import DEMO, PROGRAM
from core.cli.suggesting import typed_source
from core.connections import Connection
from core.errors import OdographError, SourceError, UsageError
from core.fleet.formula import looks_like_formula
from core.sandbox.simulate import ensure_demo
from core.storage.connection import open_source

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from core.cli.console import Console
    from core.jobs import JobContext
    from core.storage.source import Source


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that a command works on.

    Attributes:
        source: where the batches lie.
        typed: how the user named it, for hints.
    """

    source: Source
    typed: str

    def archive(self) -> Archive:
        """The source's archive, made when it is missing."""
        return Archive.open(paths.archive_folder(self.source.identity))

    def loadable_archive(self, ctx: JobContext) -> Archive:
        """The source's archive; where it is missing it is made once the source has answered.

        Raises:
            SourceError: it does not answer; nothing is made.
        """
        known = self.known_archive()
        if known is None:
            next(iter(self.source.list_level(self.source.scope, ctx)), None)
        return known or self.archive()

    def known_archive(self) -> Archive | None:
        """The source's archive, or None where nothing was ever recorded; nothing is made."""
        return self.archive() if paths.archive_folder(self.source.identity).is_dir() else None

    def recorded_archive(self) -> Archive:
        """The source's archive.

        Raises:
            OdographError: nothing was ever recorded.
        """
        archive = self.known_archive()
        if archive is None:
            raise OdographError(
                "Nothing of this source is recorded yet",
                subject=self.source.address,
                hint=f"Load it first: {PROGRAM} sync {self.typed}",
            )
        return archive


def open_words(words: argparse.Namespace, ctx: JobContext, offline: Console | None = None) -> Opened:
    """Open the source that the words name; the demo fleet is made when it is missing.

    Args:
        words: the command's.
        ctx: for making the demo fleet.
        offline: given where an archive is enough. Is told why the source cannot be opened, if there is an archive.

    Raises:
        UsageError, SourceError: as :func:`core.storage.connection.open_source` says.
    """
    if words.source == DEMO and not words.connection:
        found = Connection(str(ensure_demo(paths.demo_folder(), ctx)))
    else:
        found = connection_of(words)
    typed = typed_source(words)
    try:
        return Opened(open_source(found.address, found.options), typed)
    except SourceError as error:
        gone = Opened(open_source(found.address, found.options, must_exist=False), typed)
        if offline is None or gone.known_archive() is None:
            raise
        offline.warn(f"{error}\n  This is what was recorded of it before.")
        return gone


def check_range(words: argparse.Namespace) -> None:
    """Refuse days in the wrong order.

    Raises:
        UsageError: ``--from`` is after ``--to``.
    """
    if words.first and words.last and words.last < words.first:
        raise reversed_range(words)


def reversed_range(words: argparse.Namespace) -> UsageError:
    """The error of a range whose ends are in the wrong order."""
    return UsageError("--from is after --to", subject=f"{words.first} to {words.last}")


def no_series(words: argparse.Namespace) -> OdographError:
    """The error of vehicles and properties of which nothing is recorded."""
    return OdographError(
        "No recorded series matches",
        subject=", ".join([*words.vin, *words.property]),
        hint=f"See what there is: {PROGRAM} series {typed_source(words)}",
    )


def name_unmatched(words: argparse.Namespace, series: Iterable[tuple[str, str]], console: Console) -> None:
    """Name the vehicles and properties that were asked for and of which there is nothing.

    Args:
        words: the command's.
        series: vehicle and path of each series that was found.
        console: takes the warnings.
    """
    found = list(series)
    for vin in words.vin:
        if not any(vin == known for known, _ in found):
            console.warn(f"Nothing that matches is recorded of vehicle {vin}")
    for path in words.property:
        if not any(names_series(path, known, joined=not words.as_sent_names) for _, known in found):
            console.warn(f"Nothing that matches is recorded of {path}")


def names_series(path: str, series_path: str, *, joined: bool = False) -> bool:
    """Whether a path that was typed names a series: a property names all its components, a component itself alone.

    A formula names the derived series that is called by it.

    Args:
        joined: the series has its property's present name, and the path may have a former one.
    """
    if looks_like_formula(path):
        return series_path == f"{DERIVED}.{path}"
    if joined:
        path = joined_path(path)
    return series_path == path or (path.count(".") == 1 and series_path.startswith(f"{path}."))
