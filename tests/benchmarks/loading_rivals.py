"""Other ways from a bucket or a folder to samples: scripts as an analyst writes them."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from tests.benchmarks.apart import Loaded, processor_time
from tests.benchmarks.measuring import Timing
from tests.benchmarks.object_server import BUCKET, REGION

_BOTO_THREADS = 10
# Batches of one Parquet file of the loop in Python.
_LOOP_AT_ONCE = 50

_MESSAGES = """
WITH message AS (
    SELECT *, row_number() OVER () AS row, json_extract(data, '$.' || capability || '.' || property) AS node
    FROM read_json('{folder}/**/*.json', format = 'array', filename = 'file', columns = {{
        vin: 'VARCHAR', message_id: 'VARCHAR', capability: 'VARCHAR', property: 'VARCHAR', data: 'JSON'}})),
first AS (SELECT file, min(row) AS first FROM message GROUP BY file),
listed AS (
    SELECT * EXCLUDE (data, node), CASE json_type(node) WHEN 'ARRAY' THEN json_extract(node, '$[*]') ELSE [node] END
        AS items
    FROM message),
item AS (
    SELECT * EXCLUDE items, unnest(items) AS item, generate_subscripts(items, 1) - 1 AS number FROM listed),
read AS (
    SELECT * EXCLUDE item, item -> '$.data' AS data, json_keys(item, '$.data') AS keys,
        item ->> ['$.timestamp', '$.failure.reason', '$.failure.description', '$.data.location'] AS said
    FROM item),
"""

# Values, measurements, and objects of these under a location, as deep as they are sent here and no deeper.
_FLAT_LEAVES = """
leaf AS (
    SELECT * EXCLUDE (data, keys), CASE member WHEN '' THEN data ELSE json_extract(data, '$.' || member) END AS leaf
    FROM (SELECT *, unnest(CASE WHEN len(keys) > 0 AND NOT list_contains(keys, 'unit')
        THEN list_filter(keys, lambda key: key <> 'location') ELSE [''] END) AS member FROM read)),
told AS (SELECT *, leaf ->> '$.unit' AS unit, CASE json_type(leaf) WHEN 'OBJECT' THEN leaf -> '$.value' ELSE leaf END
    AS atom FROM leaf)
"""

# Objects of any depth; a measurement's unit is found again by the path to its value.
_DEEP_LEAVES = """
leaf AS (
    SELECT read.* EXCLUDE (data, keys), data, tree.path, tree.fullkey, tree.atom
    FROM (SELECT * REPLACE (coalesce(data, 'null') AS data) FROM read) AS read, json_tree(data) AS tree
    WHERE (tree.atom IS NOT NULL OR said[2] IS NOT NULL)
        AND tree.key IS DISTINCT FROM 'unit' AND tree.fullkey <> '$.location'),
told AS (
    SELECT *, CASE WHEN fullkey LIKE '%.value' THEN data ->> (path || '.unit') END AS unit,
        replace(regexp_replace(fullkey, '\\.value$', ''), '$', '').ltrim('.') AS member
    FROM leaf)
"""

_SAMPLES = """
SELECT vin, capability, property, concat_ws('.', said[4], nullif(member, '')) AS component,
    said[1]::TIMESTAMPTZ AS time, said[1] IS NULL AS time_from_batch,
    CASE WHEN json_type(atom) NOT IN ('VARCHAR', 'NULL') THEN atom::DOUBLE END AS value,
    CASE WHEN said[2] IS NOT NULL THEN said[3] WHEN json_type(atom) = 'VARCHAR' THEN atom ->> '$' END AS text,
    unit, said[2] AS failure, file[{start}:] AS batch, (row - first)::INTEGER AS ordinal,
    number::INTEGER AS item, hash(message_id) AS message
FROM told JOIN first USING (file)
"""


def _download(url: str, folder: Path, program: str | None) -> str:
    """Bring all objects of a bucket into a folder; returns the way that was used."""
    if program is None:
        _download_by_boto3(url, folder)
        return "boto3, 10 threads"
    command = [program, "s3", "sync", f"s3://{BUCKET}", str(folder), "--endpoint-url", url, "--region", REGION]
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    subprocess.run([*command, "--only-show-errors"], check=True, env=environment)
    return "aws s3 sync"


def _download_by_boto3(url: str, folder: Path) -> None:
    # Where it is not used, its import would count as memory.
    import boto3

    client = boto3.client(
        "s3", endpoint_url=url, region_name=REGION, aws_access_key_id="key", aws_secret_access_key="secret"
    )
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    keys = [item["Key"] for page in pages for item in page["Contents"]]

    def get(key: str) -> None:
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(client.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    with ThreadPoolExecutor(_BOTO_THREADS) as pool:
        list(pool.map(get, keys))


def load_by_script(folder: Path, target: Path, any_depth: bool) -> Loaded:
    """Load all batches of a folder into a table of a DuckDB database.

    Args:
        any_depth: whether the script reads objects of any depth, or only those that it was written for.
    """
    with tempfile.TemporaryDirectory(dir=target) as name, duckdb.connect(Path(name) / "samples.duckdb") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = false")
        connection.execute(f"CREATE TABLE sample AS {script(folder, any_depth)}")
        row = connection.execute("SELECT count(*) FROM sample").fetchone()
        assert row is not None
        return Loaded(int(row[0]))


def script(folder: Path, any_depth: bool) -> str:
    """A query for the samples of all batches of a folder, with the archive's columns."""
    leaves = _DEEP_LEAVES if any_depth else _FLAT_LEAVES
    return (_MESSAGES + leaves + _SAMPLES).format(folder=folder, start=len(str(folder)) + 2)


def download_and_load(url: str, target: Path, program: str | None, any_depth: bool) -> Loaded:
    """Bring all objects into a folder, then load them from there.

    Args:
        program: the AWS CLI's; None downloads with boto3.
    """
    with tempfile.TemporaryDirectory(dir=target) as name:
        begun, spent = time.perf_counter(), processor_time()
        way = _download(url, Path(name), program)
        found = load_by_script(Path(name), target, any_depth)
        return Loaded(found.samples, Timing(time.perf_counter() - begun, processor_time() - spent), way)


def load_by_loop(folder: Path, target: Path) -> Loaded:
    """Flatten all batches of a folder in Python, some at a time, into Parquet files."""
    from tests.benchmarks.flatten_rival import flatten_plainly

    samples = 0
    paths = sorted(folder.rglob("*.json"))
    with tempfile.TemporaryDirectory(dir=target) as name:
        for first in range(0, len(paths), _LOOP_AT_ONCE):
            chosen = paths[first : first + _LOOP_AT_ONCE]
            batches = [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in chosen]
            samples += flatten_plainly(batches, Path(name) / f"{first}.parquet", in_order=True)
    return Loaded(samples)
