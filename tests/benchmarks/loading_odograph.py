"""Odograph's way from a bucket or a folder into the archive, and what no way can be faster than."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.store import S3Store

# Imported before the time counts, as the rivals' modules are.
import core.storage.s3  # noqa: F401
from core.archive.archive import Archive
from core.archive.flatten import flatten
from core.connections import S3Options
from core.jobs import JobContext
from core.storage.connection import open_source
from core.storage.keys import parse_key
from core.sync import sync
from core.sync.engine import CHUNK_BYTES
from tests.benchmarks.apart import Loaded
from tests.benchmarks.measuring import Timing
from tests.benchmarks.object_server import BUCKET, REGION

if TYPE_CHECKING:
    from obstore.store import ClientConfig

# As many as the program uses.
_THREADS = 16


def sync_bucket(url: str, target: Path) -> Loaded:
    """Sync a bucket into a new archive."""
    before = dict(os.environ)
    os.environ.update(AWS_ACCESS_KEY_ID="key", AWS_SECRET_ACCESS_KEY="secret")
    try:
        return _sync(f"s3://{BUCKET}", target, S3Options(region=REGION, endpoint_url=url))
    finally:
        os.environ.clear()
        os.environ.update(before)


def sync_folder(folder: Path, target: Path) -> Loaded:
    """Sync a folder into a new archive."""
    return _sync(str(folder), target, S3Options())


def _sync(address: str, target: Path, options: S3Options) -> Loaded:
    with tempfile.TemporaryDirectory(dir=target) as name:
        begun, spent = time.perf_counter(), time.process_time()
        result = sync(open_source(address, options), Archive.open(Path(name) / "archive"), JobContext())
        timing = Timing(time.perf_counter() - begun, time.process_time() - spent)
    if result.failed:
        raise result.failed[0]
    return Loaded(result.samples, timing)


def get_all(url: str) -> Loaded:
    """Get all objects of a bucket and forget them."""
    options: ClientConfig = {"allow_http": True}
    store = S3Store(
        BUCKET, endpoint=url, region=REGION, access_key_id="key", secret_access_key="secret", client_options=options
    )
    keys = [meta["path"] for page in obstore.list(store) for meta in page]
    with ThreadPoolExecutor(_THREADS) as pool:
        size = sum(pool.map(lambda key: len(obstore.get(store, key).bytes()), keys))
    if not size:
        raise RuntimeError("The bucket is empty")
    return Loaded(None)


def flatten_all(folder: Path, target: Path) -> Loaded:
    """Flatten all batches of a folder; reading them into memory, as many at once as a sync appends, does not count."""
    samples = 0
    wall = cpu = 0.0
    ctx = JobContext()
    with tempfile.TemporaryDirectory(dir=target) as name:
        paths = sorted(folder.rglob("*.json"))
        while paths:
            chunk, size = [], 0
            while paths and size < CHUNK_BYTES:
                path = paths.pop()
                key = parse_key(path.relative_to(folder).as_posix())
                assert key is not None
                content = path.read_bytes()
                chunk.append((key, content))
                size += len(content)
            begun, spent = time.perf_counter(), time.process_time()
            samples += sum(count.samples for count in flatten(chunk, Path(name), ctx).counts)
            wall += time.perf_counter() - begun
            cpu += time.process_time() - spent
    return Loaded(samples, Timing(wall, cpu))
