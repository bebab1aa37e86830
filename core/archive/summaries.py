"""What each series comes to, kept beside the archive's files, so that lists need not read all samples.

A file of samples never changes, so what its series come to is written down once, in a file of its own that is no part
of the table. A message that was delivered twice may be in two files, but then with the same times: where those of a
series do not overlap between the files, its samples add up; where they do, they are counted in the samples.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import uuid
from typing import TYPE_CHECKING, Any

from core.archive.engine import querying, rewriting
from core.archive.joining import summary
from core.archive.sql import among, literal, read
from core.errors import ArchiveError, DiskFull
from core.fleet.series import Vehicle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from core.archive.table import TableFile
    from core.fleet.series import PropertySummary
    from core.jobs import JobContext

FOLDER = "_summaries"

SUMMARIZED_ROWS = 300_000
"""Of fewer samples than these, reading them all is as fast."""

# Files with fewer rows are read together; most of them are merged soon.
_FILE_ROWS = 50_000
_POLL_SECONDS = 0.05

_NAMES = "vin, capability, property, component"

_SUMMARY = f"""
WITH once AS (
    SELECT {_NAMES}, min(time) AS time, bool_or(value IS NOT NULL) AS number,
        bool_or(value IS NOT NULL AND text IS NOT NULL) AS named, bool_or(time_from_batch) AS untimed
    FROM {{files}} {{condition}} GROUP BY {_NAMES}, message, item),
counted AS MATERIALIZED (
    SELECT {_NAMES}, count(*) AS samples, min(time) AS first, max(time) AS time, bool_or(number) AS number,
        bool_or(named) AS named, bool_or(untimed) AS untimed
    FROM once GROUP BY {_NAMES})
SELECT {_NAMES}, samples, epoch_us(first) AS first, epoch_us(time) AS last, number, named, untimed,
    max({{{{'batch': batch, 'ordinal': ordinal, 'item': item}}}}) AS place,
    arg_max({{{{'value': value, 'text': text, 'failure': failure, 'unit': unit}}}}, (batch, ordinal, item)) AS said
FROM {{files}} JOIN counted USING ({_NAMES}, time) {{condition}} GROUP BY ALL
"""

# Times of a series that lie in two parts may stand for one message that was delivered twice.
_OVERLAPS = f"""
SELECT {_NAMES} FROM (
    SELECT {_NAMES}, untimed, first <= max(last) OVER (
        PARTITION BY {_NAMES} ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS meets
    FROM part)
GROUP BY {_NAMES} HAVING bool_or(meets) OR count(*) > 1 AND bool_or(untimed)
"""

_JOINED = f"""
SELECT {_NAMES}, sum(samples)::BIGINT AS samples, min(first) AS first, max(last) AS last, bool_or(number) AS number,
    bool_or(named) AS named, bool_or(untimed) AS untimed, arg_max(place, last) AS place, arg_max(said, last) AS said
FROM (FROM part ANTI JOIN overlapping USING ({_NAMES}) UNION ALL BY NAME FROM again)
GROUP BY {_NAMES} ORDER BY {_NAMES}
"""


_VEHICLES = "SELECT vin, min(first), max(last), sum(samples)::BIGINT FROM {all} GROUP BY vin ORDER BY vin"

_PROPERTIES = """
SELECT capability, property, component, sum(samples)::BIGINT, count(*), max(last), arg_max(said, (last, place)),
    bool_or(number) AND NOT bool_or(named)
FROM {all} WHERE {condition} GROUP BY capability, property, component ORDER BY capability, property, component
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

    def vehicles(self, files: Sequence[TableFile], ctx: JobContext) -> list[Vehicle] | None:
        """All vehicles, sorted by vin."""
        rows = self._rows(_VEHICLES, files, ctx)
        return None if rows is None else [Vehicle(*row) for row in rows]

    def properties(
        self, files: Sequence[TableFile], vins: Sequence[str], ctx: JobContext
    ) -> list[PropertySummary] | None:
        """What there is of some vehicles, or of all where none is named, sorted by its names."""
        rows = self._rows(_PROPERTIES, files, ctx, among("vin", vins))
        return None if rows is None else [summary(row) for row in rows]

    def _rows(
        self, query: str, files: Sequence[TableFile], ctx: JobContext, condition: str = ""
    ) -> list[tuple[Any, ...]] | None:
        if sum(file.rows for file in files) < SUMMARIZED_ROWS:
            return None
        try:
            with self._alone(ctx):
                path = summarize(self._folder, files, ctx)
            with querying(ctx, path) as connection:
                return connection.execute(query.format(all=_read(path), condition=condition)).fetchall()
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


def discard(folder: Path, files: Sequence[TableFile]) -> None:
    """Remove the summaries of these files."""
    for name in (name_of(files), *(file.path.rpartition("/")[2] for file in files)):
        with contextlib.suppress(OSError):
            (folder / FOLDER / name).unlink()


def name_of(files: Sequence[TableFile]) -> str:
    """How the file is called that says what the series of these files come to."""
    text = "\n".join(sorted(file.path for file in files))
    return f"all-{hashlib.sha256(text.encode()).hexdigest()[:32]}.parquet"


def summarize(folder: Path, files: Sequence[TableFile], ctx: JobContext) -> Path:
    """The file that says what the series of all these files come to; it is made where it is missing.

    Its columns: vin, capability, property, component; samples, each once however often it was delivered; first and
    last, microseconds since the epoch, UTC; number, named and untimed: whether any has a value, a value with a text, a
    batch's time; place (batch, ordinal, item) and said (value, text, failure, unit) of the last one. Sorted by names.

    Raises:
        JobCancelled: what was made stays and is used the next time.
        ArchiveError, DiskFull: the files cannot be read, or nothing written.
    """
    target = folder / FOLDER / name_of(files)
    if target.exists():
        return target
    with rewriting(ctx, folder) as connection:
        target.parent.mkdir(exist_ok=True)
        parts = []
        for file in files:
            if file.rows >= _FILE_ROWS:
                part = folder / FOLDER / file.path.rpartition("/")[2]
                if not part.exists():
                    ctx.check()
                    _write(connection, _summary(folder, [file]), part)
                parts.append(f"FROM {_read(part)}")
        small = [file for file in files if file.rows < _FILE_ROWS]
        if small:
            parts.append(_summary(folder, small))
        connection.execute(f"CREATE TEMP TABLE part AS {' UNION ALL BY NAME '.join(f'({part})' for part in parts)}")
        connection.execute(f"CREATE TEMP TABLE overlapping AS {_OVERLAPS}")
        condition = f"SEMI JOIN overlapping USING ({_NAMES})"
        connection.execute(
            f"CREATE TEMP TABLE again AS {_summary(folder, _with_overlaps(connection, files), condition)}"
        )
        _write(connection, _JOINED, target)
    return target


def _with_overlaps(connection: duckdb.DuckDBPyConnection, files: Sequence[TableFile]) -> Sequence[TableFile]:
    """The files that may hold samples of series that overlap; any one where there are none."""
    row = connection.execute("SELECT min(vin), max(vin) FROM overlapping").fetchone()
    if row is None or row[0] is None:
        return files[:1]
    return [file for file in files if file.low <= row[1] and row[0] <= file.high]


def _summary(folder: Path, files: Sequence[TableFile], condition: str = "") -> str:
    return _SUMMARY.format(files=read(folder, files), condition=condition)


def _read(path: Path) -> str:
    return f"read_parquet({literal(str(path))}, hive_partitioning = false)"


def _write(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    """Write a file that appears whole or not at all."""
    part = target.with_name(f"{uuid.uuid4().hex}.part")
    try:
        connection.execute(f"COPY ({query}) TO {literal(str(part))} (FORMAT parquet, COMPRESSION zstd)")
        with contextlib.suppress(PermissionError):
            # Somebody else may have written the same, and have it open.
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
