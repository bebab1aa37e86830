"""What the records of many batches cost: opening an archive and asking which it has, in a process of its own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import duckdb

from core.archive.archive import Archive, BatchRecord, DayState
from core.jobs import JobContext
from core.storage.keys import parse_key
from core.sync import sync
from tests.benchmarks.apart import apart
from tests.benchmarks.measuring import Scale, machine, timed
from tests.benchmarks.report import Report, Table
from tests.core.archive.batches import content, delivery, odometer
from tests.core.archive.records import Delivered, Listing, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.storage.source import Source
    from tests.benchmarks.apart import Run

_CHUNK = 1_000
_NOTES = [
    "Archives that hold nothing but records, compacted, the same number in each month. Processor time, each step once, "
    "one after the other in a new process; memory is the process's at most, of which imports take about 130 MB.",
    "Every record as an object: the records of all files as Python objects by key, which is the plain way to answer.",
    "A chunk: 1,000 batches of a month with one message each are appended. A month again: a sync in which the source "
    "lists what is recorded already.",
]
_COLUMNS = ("contender", "open, count days", "records of a month", "append a chunk", "a month again", "peak, MB")


def run(scale: Scale) -> Report:
    """Measures both ways with archives of two sizes."""
    sizes = {
        Scale.FULL: (Delivered(6, 84_000), Delivered(24, 84_000)),
        Scale.QUICK: (Delivered(3, 8_000), Delivered(12, 8_000)),
        Scale.TINY: (Delivered(1, 50), Delivered(2, 50)),
    }[scale]
    tables = []
    for delivered in sizes:
        table = Table(f"{delivered.months * delivered.a_month:,} records, processor time in ms", _COLUMNS)
        with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
            folder = Path(name, "archive")
            record(folder, delivered, delivered.a_month)
            plain = apart(scale, _objects, folder, delivered)
            own = apart(scale, _odograph, folder, delivered)
        table.add("Odograph", *_cells(own))
        table.add("every record as an object", *_cells(plain))
        tables.append(table)
    return Report("records", machine(["duckdb", "deltalake"]), tables, _NOTES)


def _cells(run: Run[list[float | None]]) -> list[float | None]:
    return [*run.found, run.peak / 1e6]


def _spent(work: Callable[[], object]) -> float:
    return timed(work).cpu * 1000


def _odograph(folder: Path, delivered: Delivered) -> list[float | None]:
    ctx, month = JobContext(), delivered.month(0)
    found: list[Archive] = []

    def open_and_count() -> None:
        found.append(Archive.open(folder))
        found[0].day_states()

    opened = _spent(open_and_count)
    archive = found[0]
    source = cast("Source", Listing(delivered))
    chunk = []
    for number in range(_CHUNK):
        key = parse_key(f"{delivered.folder(0)}/05/23-59-{number // 60:02d}-{number % 60:09d}-ab.json")
        assert key is not None
        chunk.append(delivery(key, content(odometer(number))))
    return [
        opened,
        _spent(lambda: archive.recorded(f"{delivered.folder(0)}/")),
        _spent(lambda: archive.append(chunk, ctx)),
        _spent(lambda: sync(source, archive, ctx, f"{month}-01", f"{month}-28")),
    ]


def _objects(folder: Path, delivered: Delivered) -> list[float | None]:
    records: dict[str, BatchRecord] = {}

    def read_and_count() -> None:
        query = (
            "SELECT batch, etag, size, messages, read, samples, rejects, epoch_us(first), epoch_us(last) "
            "FROM read_parquet(?, hive_partitioning = false)"
        )
        for path in sorted(folder.glob("kind=batch/**/*.parquet")):
            rows: list[tuple[Any, ...]] = duckdb.execute(query, [str(path)]).fetchall()
            records.update((row[0], BatchRecord(*row)) for row in rows)
        days: dict[tuple[str, str, str], DayState] = {}
        for key, one in records.items():
            parsed = parse_key(key)
            assert parsed is not None
            place = (parsed.app, parsed.level, parsed.day)
            state = DayState(1, one.rejects, int(one.failed), one.messages, one.read, one.lost)
            days[place] = days[place].together(state) if place in days else state

    begin = f"{delivered.folder(0)}/"
    return [
        _spent(read_and_count),
        _spent(lambda: {key: one for key, one in records.items() if key.startswith(begin)}),
        None,
        None,
    ]
