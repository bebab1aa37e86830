"""Whether a question about one series takes longer when the archive holds a hundred times as much."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.apart import apart
from tests.benchmarks.archive_data import build
from tests.benchmarks.asking import DuckDb, Odograph, Polars, Question, ask_first
from tests.benchmarks.measuring import Scale, interleaved, machine, median_cpu, median_wall
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.archive_data import Fleet
    from tests.benchmarks.asking import Answering
    from tests.benchmarks.report import Cell

_WHO: dict[str, Callable[[Fleet, Path], Answering]] = {
    "Odograph": Odograph,
    "DuckDB over the archive's files": DuckDb,
    "Polars over the Delta table": Polars,
}
_NOTES = [
    "Archives as compaction leaves them, with more and more vehicles; the answer has the same number of samples in all "
    "of them: a year of one vehicle's odometer. Each time it is about another vehicle.",
    "Growth: from the smallest to the largest archive.",
    "Again: median of questions one after the other. First: opening and the first answer in a new process, without "
    "imports; the files are in the system's cache.",
]


def run(scale: Scale) -> Report:
    """Measures all contenders with archives of several sizes."""
    vehicles, samples, again, first = {
        Scale.FULL: ((28, 278, 2_778), 3_600, 15, 5),
        # The files of the smallest one fill a row group, as larger ones do.
        Scale.QUICK: ((33, 330), 1_000, 7, 1),
        Scale.TINY: ((2, 4, 8), 24, 1, 1),
    }[scale]
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
        nowhere = Path(name, "none")
        fleets = [build(Path(name, f"archive-{number}"), number, samples) for number in vehicles]
        tables = [_again(fleets, nowhere, again), _first(fleets, nowhere, scale, first)]
    return Report("scale", machine(["duckdb", "deltalake", "polars"]), tables, _NOTES)


def _columns(fleets: Sequence[Fleet]) -> tuple[str, ...]:
    return ("contender", *(f"{fleet.size / 1e6:.3g} M samples" for fleet in fleets), "growth")


def _again(fleets: Sequence[Fleet], nowhere: Path, repetitions: int) -> Table:
    table = Table("A year of a series, again, ms", (*_columns(fleets), "growth of CPU time"))
    for name, who in _WHO.items():
        answering = [who(fleet, nowhere) for fleet in fleets]
        works = {str(place): partial(_ask, one, iter(range(1_000))) for place, one in enumerate(answering)}
        interleaved(works, 1)
        timings = list(interleaved(works, repetitions).values())
        walls, spent = [median_wall(one) * 1000 for one in timings], [median_cpu(one) for one in timings]
        table.add(name, *walls, walls[-1] / walls[0], spent[-1] / spent[0])
        for one in answering:
            one.close()
    return table


def _ask(answering: Answering, numbers: Iterator[int]) -> None:
    # Far from the one before, so that it lies in other parts of the files.
    if not answering.ask(Question.SERIES, next(numbers) * 977):
        raise RuntimeError("A series is empty")


def _first(fleets: Sequence[Fleet], nowhere: Path, scale: Scale, repetitions: int) -> Table:
    table = Table("A year of a series, first after opening, ms", _columns(fleets))
    for name, who in _WHO.items():
        cells: list[Cell] = []
        walls = []
        for fleet in fleets:
            runs = [
                apart(scale, ask_first, who, fleet, nowhere, Question.SERIES, place * 977)
                for place in range(repetitions)
            ]
            walls.append(median(run.found.seconds for run in runs) * 1000)
        cells += walls
        table.add(name, *cells, walls[-1] / walls[0])
    return table
