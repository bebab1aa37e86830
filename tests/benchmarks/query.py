"""Questions about an archive of a year, beside other engines with the same samples."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tests.benchmarks.apart import apart
from tests.benchmarks.archive_data import build
from tests.benchmarks.asking import DuckDb, Odograph, Polars, Question, ask_first
from tests.benchmarks.delivery import deliver
from tests.benchmarks.measuring import Scale, interleaved, machine, median_cpu, median_wall, timed
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.benchmarks.archive_data import Fleet
    from tests.benchmarks.asking import Answering
    from tests.benchmarks.measuring import Timing
    from tests.benchmarks.report import Cell

_WHO: dict[str, Callable[[Fleet, Path], Answering]] = {
    "Odograph": Odograph,
    "DuckDB, sorted native table": DuckDb,
    "Polars over the Delta table": Polars,
}
_A_PART = 25
_LISTS = (Question.VEHICLES, Question.LAST)
_RAW = "DuckDB, raw JSON of one day"
_NOTES = [
    "A year of a series: all samples of one vehicle's odometer. Ten vehicles, a month: their samples of all ten series "
    "in June. Vehicle list: every vehicle with first and last time and number of samples. Last values: all properties "
    "of a vehicle. Each time it is about other vehicles.",
    "Odograph: core.archive, as the window asks it. It shows each message once however often it was delivered, which "
    "the others do not look after.",
    "First: opening and the first answer in a new process, without imports; the files are in the system's cache. "
    "Again: medians of wall time and of CPU time, questions one after the other. After an append: "
    "a batch of one message was added, so that what was remembered no longer counts.",
    "Odograph remembers lists of vehicles and of properties until something is added to the archive.",
    "The native table is sorted as the archive is, in one database file. Polars opens the Delta table for each "
    "question, as Odograph also looks each time whether something was added.",
    "The raw JSON is that of about one day of deliveries, and the answer one series of that day alone.",
]


def run(scale: Scale) -> Report:
    """Measures all contenders with the same samples."""
    vehicles, samples, first, again = {
        Scale.FULL: (1_000, 3_600, 3, 15),
        Scale.QUICK: (50, 800, 1, 3),
        Scale.TINY: (12, 24, 1, 1),
    }[scale]
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
        native = Path(name, "samples.duckdb")
        fleet = build(Path(name, "archive"), vehicles, samples)
        _write_native(fleet, native)
        title = f"{fleet.size:,} samples, {vehicles:,} vehicles, one year, ms"
        tables = [_again(title, fleet, native, again, _raw(scale, Path(name, "day"), again))]
        tables += [_first(fleet, native, scale, first), _after_append(fleet, native, again)]
    return Report("query", machine(["duckdb", "deltalake", "polars"]), tables, _NOTES)


def _write_native(fleet: Fleet, target: Path) -> None:
    files = f"read_parquet('{fleet.folder}/kind=sample/**/*.parquet', hive_partitioning = false)"
    with duckdb.connect(target) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE sample AS FROM {files} LIMIT 0")
        # Sorted in pieces, as all at once would take much memory.
        for number in range(0, fleet.vehicles, _A_PART):
            last = min(number + _A_PART, fleet.vehicles) - 1
            connection.execute(
                f"INSERT INTO sample FROM {files} WHERE vin BETWEEN '{fleet.vin(number)}' AND '{fleet.vin(last)}' "
                "ORDER BY vin, capability, property, component, time"
            )


def _again(title: str, fleet: Fleet, native: Path, repetitions: int, raw: list[Timing]) -> Table:
    table = Table(
        f"Again: {title}",
        ("contender", *_with_cpu(Question)),
    )
    answering = {name: who(fleet, native) for name, who in _WHO.items()}
    timings = {question: _ask_all(answering, question, fleet, repetitions) for question in Question}
    for name in _WHO:
        cells: list[Cell] = []
        for question in Question:
            cells += [median_wall(timings[question][name]) * 1000, median_cpu(timings[question][name]) * 1000]
        table.add(name, *cells)
    empty = [None] * (2 * len(Question) - 2)
    table.add(_RAW, median_wall(raw) * 1000, median_cpu(raw) * 1000, *empty)
    for one in answering.values():
        one.close()
    return table


def _with_cpu(questions: Iterable[Question]) -> list[str]:
    return [f"{question.value}{part}" for question in questions for part in ("", ", CPU")]


def _ask_all(
    answering: Mapping[str, Answering], question: Question, fleet: Fleet, repetitions: int
) -> dict[str, list[Timing]]:
    found: dict[str, list[int]] = {name: [] for name in answering}

    def ask(name: str) -> None:
        # Far from the one before, so that it lies in other parts of the files.
        number = len(found[name]) * (fleet.vehicles // 3 + 1)
        found[name].append(answering[name].ask(question, number))

    timings = interleaved({name: partial(ask, name) for name in answering}, repetitions + 1)
    if len({tuple(rows) for rows in found.values()}) != 1:
        raise RuntimeError(f"The contenders gave different answers about the {question.value}: {found}")
    # The first one is not asked again.
    return {name: measured[1:] for name, measured in timings.items()}


def _first(fleet: Fleet, native: Path, scale: Scale, repetitions: int) -> Table:
    # Most of the time goes by until a process has imported what it needs.
    questions = [Question.SERIES] if scale is Scale.QUICK else list(Question)
    table = Table("First after opening, ms", ("contender", *(question.value for question in questions), "peak, MB"))
    for name, who in _WHO.items():
        cells: list[Cell] = []
        peak = 0
        for question in questions:
            runs = [apart(scale, ask_first, who, fleet, native, question, place) for place in range(repetitions)]
            cells.append(sorted(run.found.seconds for run in runs)[len(runs) // 2] * 1000)
            peak = max(peak, *(run.peak for run in runs))
        table.add(name, *cells, round(peak / 1e6))
    return table


def _after_append(fleet: Fleet, native: Path, repetitions: int) -> Table:
    """How long lists take when something was added since the last time."""
    table = Table("After an append, ms", ("contender", *_with_cpu(_LISTS)))
    odograph = Odograph(fleet, native)
    odograph.ask(Question.VEHICLES, 0)
    timings: dict[Question, list[Timing]] = {question: [] for question in _LISTS}
    for number in range(repetitions):
        for question in _LISTS:
            odograph.add(len(_LISTS) * number + _LISTS.index(question))
            timings[question].append(timed(partial(odograph.ask, question, number)))
    table.add("Odograph", *(median(timings[one]) * 1000 for one in _LISTS for median in (median_wall, median_cpu)))
    return table


def _raw(scale: Scale, folder: Path, repetitions: int) -> list[Timing]:
    """How long it takes to find one series in the batches of a day."""
    count = {Scale.FULL: 98, Scale.QUICK: 2, Scale.TINY: 1}[scale]
    deliver(folder, count)
    query = (
        f"SELECT data -> '$.diagnostics.odometer' FROM read_json('{folder}/**/*.json', format = 'array', "
        "columns = {vin: 'VARCHAR', capability: 'VARCHAR', property: 'VARCHAR', data: 'JSON'}) "
        "WHERE vin = 'WVWZZZ1KZAW000007' AND capability = 'diagnostics' AND property = 'odometer'"
    )

    def ask() -> None:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute(query).to_arrow_table()

    return [timed(ask) for _ in range(repetitions)]
