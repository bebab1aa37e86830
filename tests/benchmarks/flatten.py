"""Flattening of batches beside a loop in Python and beside DuckDB that only reads the JSON."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from core.archive.flatten import flatten
from core.jobs import JobContext
from tests.benchmarks.flatten_data import batches, frequent_properties, one_of_each_type
from tests.benchmarks.flatten_rival import flatten_plainly
from tests.benchmarks.measuring import Scale, interleaved, machine, median_cpu, median_wall
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.autoapi.catalogue import PropertyInfo
    from core.storage.keys import BatchKey

    Batches = Sequence[tuple[BatchKey, bytes]]

_OURS = "Odograph"
_PLAIN = "orjson loop"
_UNSORTED = "orjson loop, not sorted"
_JSON = "DuckDB, data as JSON"
_INFERRED = "DuckDB, types inferred"
_NOTES = [
    "Odograph: core.archive.flatten, from the batches' bytes in memory to the archive's Parquet files on disk, synced.",
    "orjson loop: orjson.loads, a loop over messages, items and members with the same selectors and times and a "
    "digest, an Arrow table, one Parquet file with the same columns, compression and order; not synced, and it reads "
    "usual messages only. On all cores it runs in as many processes, which are there before the time counts.",
    "DuckDB: CREATE TABLE from read_json of the same batches as files; with data as one JSON column, and with all "
    "types inferred. It reads; nothing is flattened, sorted or written.",
    "Per core: messages by seconds of CPU time of all threads. On all cores: messages by seconds of wall time.",
    "A ratio above 1 means that Odograph is faster.",
]


def run(scale: Scale) -> Report:
    """Measures all contenders on the same batches, for each mix of properties."""
    count, repetitions = {Scale.FULL: (200_000, 5), Scale.QUICK: (12_000, 2), Scale.TINY: (600, 1)}[scale]
    mixes = {"one of each type": one_of_each_type(), "frequent properties": frequent_properties()}
    tables = [_compare(name, properties, count, repetitions) for name, properties in mixes.items()]
    return Report("flatten", machine(["duckdb", "pyarrow", "orjson"]), tables, _NOTES)


def _compare(mix: str, properties: list[PropertyInfo], count: int, repetitions: int) -> Table:
    data = batches(properties, count)
    size = sum(len(content) for _, content in data)
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name:
        folder = Path(name)
        files = folder / "batches"
        files.mkdir()
        for number, (_, content) in enumerate(data):
            (files / f"{number:06}.json").write_bytes(content)
        found, samples = _measure(data, files, folder, repetitions)
    title = f"{mix}: {count:,} messages ({size / 1e6:.1f} MB, {samples:,} samples) of {len(properties)} properties"
    columns = (
        "contender",
        "per core, messages/s",
        "ours by it",
        "all cores, messages/s",
        "ours by its",
        "all cores, MB/s",
    )
    table = Table(title, columns)
    per_core, all_cores = ({who: count / seconds for who, seconds in rates.items()} for rates in found)
    for who, rate in per_core.items():
        ratios = (per_core[_OURS] / rate, all_cores[_OURS] / all_cores[who])
        table.add(who, rate, ratios[0], all_cores[who], ratios[1], size / 1e6 * all_cores[who] / count)
    return table


def _measure(
    data: Batches, files: Path, folder: Path, repetitions: int
) -> tuple[tuple[dict[str, float], dict[str, float]], int]:
    """Seconds of CPU time and of wall time by contender, and how many samples there are."""
    cores = os.cpu_count() or 1
    plain = [(key.text, content) for key, content in data]
    samples: dict[str, int] = {}

    def ours() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as target:
            samples[_OURS] = sum(one.samples for one in flatten(data, Path(target), JobContext()).counts)

    def loop(who: str, in_order: bool) -> None:
        samples[who] = flatten_plainly(plain, folder / "plain.parquet", in_order)

    works: dict[str, Callable[[], object]] = {
        _OURS: ours,
        _PLAIN: partial(loop, _PLAIN, True),
        _UNSORTED: partial(loop, _UNSORTED, False),
        _JSON: partial(
            _read, files, ", columns = {vin: 'VARCHAR', message_id: 'VARCHAR', version: 'BIGINT', data: 'JSON'}"
        ),
        _INFERRED: partial(_read, files, ", sample_size = -1, maximum_sample_files = 1000000"),
    }
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:
        shares = [plain[number::cores] for number in range(cores)]
        targets = [folder / f"plain-{number}.parquet" for number in range(cores)]

        def spread(in_order: bool) -> None:
            list(pool.map(flatten_plainly, shares, targets, [in_order] * cores))

        works |= {f"{_PLAIN} on all cores": partial(spread, True), f"{_UNSORTED} on all cores": partial(spread, False)}
        interleaved(works, 1)  # once for what is loaded only then
        timings = interleaved(works, repetitions)
    if len(set(samples.values())) > 1:
        raise RuntimeError(f"The contenders found different samples: {samples}")
    contenders = (_OURS, _PLAIN, _UNSORTED, _JSON, _INFERRED)
    per_core = {who: median_cpu(timings[who]) for who in contenders}
    all_cores = {who: median_wall(timings.get(f"{who} on all cores", timings[who])) for who in contenders}
    return (per_core, all_cores), samples[_OURS]


def _read(files: Path, options: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE found AS FROM read_json('{files}/*.json', format = 'array'{options})")
