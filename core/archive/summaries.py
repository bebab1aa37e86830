"""Lists that are answered from what each series comes to, so that they need not read all samples."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import TYPE_CHECKING, Any

from core.archive.engine import querying
from core.archive.joining import summary
from core.archive.query import FOUND, found_parameters
from core.archive.sql import among
from core.archive.totals import discard, read_summaries, total
from core.errors import ArchiveError, DiskFull
from core.fleet.series import SeriesKey, Vehicle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.archive.table import Snapshot
    from core.fleet.series import PropertySummary
    from core.jobs import JobContext

SUMMARIZED_ROWS = 300_000
"""Of fewer samples than these, reading them all is as fast."""

_POLL_SECONDS = 0.05

_VEHICLES = "SELECT vin, min(first), max(last), sum(samples)::BIGINT FROM {files} GROUP BY vin ORDER BY vin"

_PROPERTIES = """
SELECT capability, property, component, sum(samples)::BIGINT, count(DISTINCT vin), max(last),
    arg_max(said, (last, place)), bool_or(number) AND NOT bool_or(named)
FROM {files} WHERE {condition} GROUP BY capability, property, component ORDER BY capability, property, component
"""

_log = logging.getLogger("odograph.archive")


class Summaries:
    """Answers from summaries, as :mod:`core.archive.query` does from the samples. Thread-safe.

    Every answer is None where the samples are to be read: they are few, or summaries cannot be written or read.

    Args:
        folder: the archive's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def vehicles(self, snapshot: Snapshot, ctx: JobContext) -> list[Vehicle] | None:
        """All vehicles, sorted by vin."""
        rows = self._rows(_VEHICLES, snapshot, ctx)
        return None if rows is None else [Vehicle(*row) for row in rows]

    def properties(self, snapshot: Snapshot, vins: Sequence[str], ctx: JobContext) -> list[PropertySummary] | None:
        """What there is of some vehicles, or of all where none is named, sorted by its names."""
        rows = self._rows(_PROPERTIES, snapshot, ctx, among("vin", vins))
        return None if rows is None else [summary(row) for row in rows]

    def find_series(
        self, snapshot: Snapshot, vins: Sequence[str], paths: Sequence[str], ctx: JobContext
    ) -> list[SeriesKey] | None:
        """The series of some vehicles whose path, with or without its component, is among some; sorted."""
        rows = self._rows(FOUND, snapshot, ctx, among("vin", vins), found_parameters(paths))
        return None if rows is None else [SeriesKey(*row) for row in rows]

    def _rows(
        self,
        query: str,
        snapshot: Snapshot,
        ctx: JobContext,
        condition: str = "",
        parameters: dict[str, object] | None = None,
    ) -> list[tuple[Any, ...]] | None:
        files = snapshot.of_kind("sample")
        if sum(file.rows for file in files) < SUMMARIZED_ROWS:
            return None
        try:
            with self._alone(ctx):
                paths = total(self._folder, snapshot, ctx)
            with querying(ctx, self._folder) as connection:
                text = query.format(files=read_summaries(paths), condition=condition)
                return connection.execute(text, parameters or {}).fetchall()
        except (ArchiveError, DiskFull) as error:
            # They can be made anew at any time; what is wrong with the samples is said by whoever reads them.
            _log.info("Lists are read from the samples. %s", error.report())
            discard(self._folder, files)
            return None

    @contextlib.contextmanager
    def _alone(self, ctx: JobContext) -> Iterator[None]:
        """Whoever else asks the same meanwhile finds it answered."""
        while not self._lock.acquire(timeout=_POLL_SECONDS):
            ctx.check()
        try:
            yield
        finally:
            self._lock.release()
