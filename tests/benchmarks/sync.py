"""Syncing a bucket into a new archive beside what no sync can be faster than, and beside a script for the same."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.benchmarks import loading_odograph, loading_rivals
from tests.benchmarks.apart import apart
from tests.benchmarks.delivery import A_BATCH, deliver
from tests.benchmarks.measuring import Scale, Timing, machine, median_cpu, median_wall
from tests.benchmarks.object_server import serving
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.benchmarks.apart import Run
    from tests.benchmarks.delivery import Delivery
    from tests.benchmarks.object_server import ObjectServer

    Works = Mapping[str, tuple[Callable[..., Any], tuple[Any, ...]]]

_OURS = "Odograph"
_GET = "GET alone (obstore, 16 threads)"
_FLATTEN = "flattening alone"
_SCRIPT = "download, DuckDB script for these shapes"
_DEEP_SCRIPT = "download, DuckDB script for any shape"
_NOTES = [
    "A server on loopback in a process of its own sends files of 1,000 messages each; it looks at no signature. It "
    "needs processor time of the same machine, which is named beside each contender.",
    "Odograph: core.sync from listing to the last commit into a new archive. Each contender runs in a new process; "
    "starting it and importing modules does not count.",
    "GET alone forgets what it got; flattening alone has the batches in memory and commits nothing. Both are limits, "
    "not rivals.",
    "Scripts: {way}, then CREATE TABLE in a DuckDB database with the archive's columns and samples from read_json "
    "with the data as JSON; nothing is sorted, and nothing is known of batches that are there already. One reads the "
    "members that are sent here and no others, one objects of any depth (json_tree).",
    "What is possible: the slower of GET and flattening where the machine has cores enough for both, and all their "
    "processor time spread over all cores where it does not.",
    "Medians of {repetitions}. Ours by its: above 1, Odograph is faster. Peak: resident memory of the contender's "
    "process, with what it imported.",
]


def run(scale: Scale) -> Report:
    """Measures all contenders on the same objects."""
    count, repetitions = {Scale.FULL: (2_000, 2), Scale.QUICK: (30, 1), Scale.TINY: (1, 1)}[scale]
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
        folder, target = Path(name, "bucket"), Path(name, "target")
        target.mkdir()
        delivery = deliver(folder, count)
        # Its start takes longer than all the rest where there is next to no data.
        program = shutil.which("aws") if scale is not Scale.TINY else None
        with serving(folder) as server:
            works: Works = {
                _OURS: (loading_odograph.sync_bucket, (server.url, target)),
                _GET: (loading_odograph.get_all, (server.url,)),
                _FLATTEN: (loading_odograph.flatten_all, (folder, target)),
                _SCRIPT: (loading_rivals.download_and_load, (server.url, target, program, False)),
                _DEEP_SCRIPT: (loading_rivals.download_and_load, (server.url, target, program, True)),
            }
            runs, served = _measure(scale, works, server, repetitions)
    way = runs[_SCRIPT][0].found.way
    notes = [note.format(way=way, repetitions=repetitions) for note in _NOTES]
    samples = {run.found.samples for found in runs.values() for run in found} - {None}
    if len(samples) != 1:
        raise RuntimeError(f"The contenders found different samples: {samples}")
    tables = [_contenders(delivery, runs, served), _possible(runs, served)]
    return Report("sync", machine(["obstore", "duckdb", "deltalake", "pyarrow"]), tables, notes)


def _measure(
    scale: Scale, works: Works, server: ObjectServer, repetitions: int
) -> tuple[dict[str, list[Run[Any]]], dict[str, float]]:
    """The runs of each, in turns, and the server's seconds of CPU time for one of them."""
    runs: dict[str, list[Run[Any]]] = {name: [] for name in works}
    served: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repetitions):
        for name, (work, args) in works.items():
            before = server.spent()
            runs[name].append(apart(scale, work, *args))
            served[name].append(server.spent() - before)
    return runs, {name: median(seconds) for name, seconds in served.items()}


def _timings(runs: Sequence[Run[Any]]) -> list[Timing]:
    return [run.found.timing or run.timing for run in runs]


def _contenders(delivery: Delivery, runs: Mapping[str, list[Run[Any]]], served: Mapping[str, float]) -> Table:
    title = f"{delivery.batches:,} batches of {A_BATCH:,} messages, {delivery.size / 1e6:.0f} MB"
    columns = ("contender", "seconds", "messages/s", "ours by its", "CPU, s", "server's CPU, s", "peak, MB")
    table = Table(title, columns)
    ours = median_wall(_timings(runs[_OURS]))
    for name, found in runs.items():
        wall = median_wall(_timings(found))
        peak = max(run.peak for run in found) / 1e6
        table.add(
            name, wall, delivery.messages / wall, wall / ours, median_cpu(_timings(found)), served[name], round(peak)
        )
    return table


def _possible(runs: Mapping[str, list[Run[Any]]], served: Mapping[str, float]) -> Table:
    get, flatten, ours = (_timings(runs[name]) for name in (_GET, _FLATTEN, _OURS))
    slower = max(median_wall(get), median_wall(flatten))
    work = median_cpu(get) + served[_GET] + median_cpu(flatten)
    spread = max(slower, work / (os.cpu_count() or 1))
    table = Table("Of what is possible", ("limit", "seconds", "Odograph's share of it"))
    wall = median_wall(ours)
    table.add("the slower of GET and flattening", slower, slower / wall)
    table.add(f"both on {os.cpu_count()} cores, the server too", spread, spread / wall)
    spent = median_cpu(ours) + served[_OURS]
    table.add("the same, by processor time alone", work, work / spent)
    return table
