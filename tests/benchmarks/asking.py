"""Those who answer questions about an archive's samples: the archive itself, and others with the same samples."""

from __future__ import annotations

import json
import time
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tests.benchmarks.archive_data import APP, LEVEL, YEAR, month_bounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.benchmarks.archive_data import Fleet

_MONTH = 6
_TEN = 10

# What the archive answers with, too.
_COLUMNS = ("time", "value", "text", "unit", "failure", "batch", "ordinal", "time_from_batch")


class Question(Enum):
    """What is asked."""

    SERIES = "a year of a series"
    MONTH = "ten vehicles, a month"
    VEHICLES = "vehicle list"
    LAST = "last values"


class Answering(Protocol):
    """Answers questions; each answer is the number of rows that were found."""

    def ask(self, question: Question, number: int) -> int:
        """Answer a question about the vehicle, or the ten vehicles, from this number on."""
        ...

    def close(self) -> None:
        """Give up what is open."""
        ...


class Odograph:
    """The archive."""

    def __init__(self, fleet: Fleet, _place: Path) -> None:
        from core.archive.archive import Archive
        from core.jobs import JobContext

        self._fleet = fleet
        self._archive = Archive.open(fleet.folder)
        self._ctx = JobContext()

    def ask(self, question: Question, number: int) -> int:
        """Answer a question."""
        fleet, archive = self._fleet, self._archive
        match question:
            case Question.SERIES:
                return sum(map(len, archive.series([fleet.odometer(number)], self._ctx)))
            case Question.MONTH:
                keys = [key for place in range(number, number + _TEN) for key in fleet.keys(place)]
                return sum(map(len, archive.series(keys, self._ctx, *month_bounds(_MONTH))))
            case Question.VEHICLES:
                return len(archive.vehicles(self._ctx))
            case Question.LAST:
                return len(archive.properties([fleet.vin(number)], self._ctx))

    def add(self, number: int) -> None:
        """Append a batch with one message, another one for each number."""
        from core.storage.keys import parse_key
        from core.storage.source import SourceObject

        key = parse_key(f"{APP}/{LEVEL}/{YEAR}/12/31/23-59-59-{number:09}-00000000.json")
        assert key is not None
        item = {"data": {"unit": "kilometers", "value": 1.0}, "timestamp": f"{YEAR}-12-31T23:59:00Z"}
        message = {"vin": self._fleet.vin(number), "message_id": f"{number:064X}", "version": 1}
        message |= {"capability": "diagnostics", "property": "odometer", "data": {"diagnostics": {"odometer": item}}}
        content = json.dumps([message]).encode()
        self._archive.append([(key, SourceObject(key.text, len(content), "etag", key.time), content)], self._ctx)

    def close(self) -> None:
        """Nothing is open."""


class DuckDb:
    """DuckDB with the samples in a table of its own, sorted by series, or over the archive's files.

    Args:
        place: the database's file; where there is none, the archive's files are read, all of the table's folder.
    """

    def __init__(self, fleet: Fleet, place: Path) -> None:
        import duckdb

        self._fleet = fleet
        native = place.is_file()
        self._connection = duckdb.connect(place, read_only=True) if native else duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_progress_bar = false")
        files = f"read_parquet('{fleet.folder}/kind=sample/**/*.parquet', hive_partitioning = false)"
        self._from = "sample" if native else files

    def ask(self, question: Question, number: int) -> int:
        """Answer a question."""
        fleet, columns = self._fleet, ", ".join(_COLUMNS)
        key = fleet.odometer(number)
        begin, end = month_bounds(_MONTH)
        match question:
            case Question.SERIES:
                query = (
                    f"SELECT {columns} FROM {self._from} WHERE vin = '{key.vin}' AND capability = '{key.capability}' "
                    f"AND property = '{key.property}' AND component = '' ORDER BY time"
                )
            case Question.MONTH:
                vins = ", ".join(f"'{fleet.vin(place)}'" for place in range(number, number + _TEN))
                query = (
                    f"SELECT vin, capability, property, component, {columns} FROM {self._from} WHERE vin IN ({vins}) "
                    f"AND time >= make_timestamptz({begin}) AND time < make_timestamptz({end}) "
                    "ORDER BY vin, capability, property, component, time"
                )
            case Question.VEHICLES:
                query = f"SELECT vin, min(time), max(time), count(*) FROM {self._from} GROUP BY vin ORDER BY vin"
            case Question.LAST:
                query = (
                    "SELECT capability, property, component, count(*), max(time), arg_max({'value': value, "
                    f"'text': text, 'unit': unit, 'failure': failure}}, time) FROM {self._from} "
                    f"WHERE vin = '{key.vin}' GROUP BY ALL ORDER BY ALL"
                )
        return int(self._connection.execute(query).to_arrow_table().num_rows)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Polars:
    """Polars over the archive's Delta table, which it opens anew for each question to see what was added."""

    def __init__(self, fleet: Fleet, _place: Path) -> None:
        import polars as pl

        self._fleet = fleet
        self._pl = pl

    def ask(self, question: Question, number: int) -> int:
        """Answer a question."""
        pl, fleet = self._pl, self._fleet
        key = fleet.odometer(number)
        begin, end = (pl.lit(bound).cast(pl.Datetime("us", "UTC")) for bound in month_bounds(_MONTH))
        names = ["vin", "capability", "property", "component"]
        samples = pl.scan_delta(str(fleet.folder)).filter(pl.col("kind") == "sample")
        match question:
            case Question.SERIES:
                found = (
                    samples.filter(
                        (pl.col("vin") == key.vin)
                        & (pl.col("capability") == key.capability)
                        & (pl.col("property") == key.property)
                        & (pl.col("component") == "")
                    )
                    .select(_COLUMNS)
                    .sort("time")
                )
            case Question.MONTH:
                vins = [fleet.vin(place) for place in range(number, number + _TEN)]
                found = (
                    samples.filter(pl.col("vin").is_in(vins) & (pl.col("time") >= begin) & (pl.col("time") < end))
                    .select(*names, *_COLUMNS)
                    .sort(*names, "time")
                )
            case Question.VEHICLES:
                time = pl.col("time")
                found = (
                    samples.group_by("vin")
                    .agg(time.min().alias("first"), time.max().alias("last"), pl.len())
                    .sort("vin")
                )
            case Question.LAST:
                last = pl.col("value", "text", "unit", "failure").sort_by("time").last()
                found = (
                    samples.filter(pl.col("vin") == key.vin)
                    .group_by(names[1:])
                    .agg(pl.len(), pl.col("time").max(), last)
                    .sort(names[1:])
                )
        return int(found.collect().height)

    def close(self) -> None:
        """Nothing is open."""


class First(NamedTuple):
    """The first answer after opening: seconds with opening, and how many rows were found."""

    seconds: float
    rows: int


def ask_first(
    who: Callable[[Fleet, Path], Answering], fleet: Fleet, place: Path, question: Question, number: int
) -> First:
    """Open, and ask one question. Runs in a process where nobody was asked before; imports do not count."""
    _import(who)
    begun = time.perf_counter()
    answering = who(fleet, place)
    rows = answering.ask(question, number)
    seconds = time.perf_counter() - begun
    answering.close()
    return First(seconds, rows)


def _import(who: Callable[[Fleet, Path], Answering]) -> None:
    if who is Odograph:
        import core.archive.archive  # noqa: F401
    elif who is Polars:
        import deltalake  # noqa: F401
        import polars  # noqa: F401
    else:
        import duckdb  # noqa: F401
