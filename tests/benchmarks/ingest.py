"""Loading batches of a folder into the archive, beside a script in SQL and a loop in Python."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import loading_odograph, loading_rivals
from tests.benchmarks.apart import apart
from tests.benchmarks.delivery import deliver
from tests.benchmarks.measuring import Scale, machine, median_cpu, median_wall
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.apart import Run

_OURS = "Odograph"
_NOTES = [
    "Odograph: core.sync over a folder, from listing to the last commit into a new archive. Each contender runs in a "
    "new process; starting it and importing modules does not count.",
    "DuckDB scripts: CREATE TABLE in a DuckDB database with the archive's columns and samples, from read_json with the "
    "data as JSON; nothing is sorted. One reads the members that are sent here and no others, one objects of any depth "
    "(json_tree).",
    "orjson loop: one process reads 50 batches at a time and writes them as one sorted Parquet file.",
    "Medians of {repetitions}. Ours by its: above 1, Odograph is faster. Peak: resident memory of the contender's "
    "process, with what it imported.",
]


def run(scale: Scale) -> Report:
    """Measures all contenders on the same folder."""
    count, repetitions = {Scale.FULL: (500, 3), Scale.QUICK: (30, 1), Scale.TINY: (1, 1)}[scale]
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
        folder, target = Path(name, "bucket"), Path(name, "target")
        target.mkdir()
        delivery = deliver(folder, count)
        works: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
            _OURS: (loading_odograph.sync_folder, (folder, target)),
            "DuckDB script for these shapes": (loading_rivals.load_by_script, (folder, target, False)),
            "DuckDB script for any shape": (loading_rivals.load_by_script, (folder, target, True)),
            "orjson loop, one process": (loading_rivals.load_by_loop, (folder, target)),
        }
        runs: dict[str, list[Run[Any]]] = {name: [] for name in works}
        for _ in range(repetitions):
            for name, (work, args) in works.items():
                runs[name].append(apart(scale, work, *args))
    samples = {run.found.samples for found in runs.values() for run in found}
    if len(samples) != 1:
        raise RuntimeError(f"The contenders found different samples: {samples}")
    title = f"{delivery.batches:,} batches, {delivery.messages:,} messages, {delivery.size / 1e6:.0f} MB in a folder"
    columns = ("contender", "seconds", "messages/s", "ours by its", "per core, messages/s", "ours by it", "peak, MB")
    table = Table(title, columns)
    ours: tuple[float, float] | None = None
    for name, found in runs.items():
        timings = [run.found.timing or run.timing for run in found]
        wall, cpu = median_wall(timings), median_cpu(timings)
        ours = ours or (wall, cpu)
        rates = (delivery.messages / wall, wall / ours[0], delivery.messages / cpu, cpu / ours[1])
        table.add(name, wall, *rates, round(max(run.peak for run in found) / 1e6))
    notes = [note.format(repetitions=repetitions) for note in _NOTES]
    return Report("ingest", machine(["duckdb", "deltalake", "pyarrow", "orjson"]), [table], notes)
