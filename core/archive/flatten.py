"""Flattens batches into Parquet files of samples and of messages that could not be read.

A pure function from batches to files, so that it can run anywhere; who commits the files is another matter.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from core.archive.components import Selection, catalogue_selection
from core.archive.engine import cancellable, flattening, translated
from core.archive.exact import Sample, Unreadable, digest, flatten_message, identity_of, storable, vin_of
from core.archive.files import BatchCounts, Partition, WrittenFile, remove_files, write_file
from core.archive.flatten_sql import ADD_EXACT, SERIES, flatten_usual
from core.archive.splitting import Element, Members, cut, split_batch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from core.jobs import JobContext
    from core.storage.keys import BatchKey

_SHARE_BYTES = 3_000_000
"""How much one worker should have to do before a second one pays."""

# Numbers that SQL reads otherwise than they are written: more than 17 digits, of which the first is not 0, a tiny
# exponent, or a bare word in whatever letters. RE2 needs a tenth of the time of Python's own search, outside its lock.
_ODD_NUMBER = "|".join(
    (
        r"[:,\[ \t\r\n]-?(?:0\.0*[1-9][0-9]{17}|[1-9][0-9.]{18})",
        r"[0-9.][eE]-0*[1-9][0-9]{2}",
        r"[:,\[ \t\r\n][-+]?(?i:nan|inf|infinity)[,\]} \t\r\n]",
    )
)


class Reject(NamedTuple):
    """A message that could not be read, by its batch's place in the call."""

    id: int
    ordinal: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class FlattenResult:
    """What flattening brought.

    Attributes:
        files: of kind sample and reject, complete and on disk.
        counts: one a batch, in the order of the call.
    """

    files: tuple[WrittenFile, ...]
    counts: tuple[BatchCounts, ...]


def flatten(
    batches: Sequence[tuple[BatchKey, bytes]], folder: Path, ctx: JobContext, selection: Selection | None = None
) -> FlattenResult:
    """Flatten batches into new files in an archive's folder. Either all files are written or none is left.

    Args:
        batches: keys and contents; what cannot be read of them becomes rejects.
        folder: the files get names below it that nobody else uses.
        selection: which members select; the catalogue's by default.

    Raises:
        JobCancelled, DiskFull, ArchiveError.
    """
    chosen = catalogue_selection() if selection is None else selection
    shares = _shares(batches)
    with ThreadPoolExecutor(max(len(shares), 1), "odograph-flatten") as pool:
        futures = [pool.submit(_flatten_share, share, folder, ctx, chosen) for share in shares]
    failures = [failure for future in futures if (failure := future.exception()) is not None]
    results = [future.result() for future in futures if future.exception() is None]
    if failures:
        remove_files(folder, [file for result in results for file in result.files])
        raise failures[0]
    return FlattenResult(
        tuple(file for result in results for file in result.files),
        tuple(count for result in results for count in result.counts),
    )


def need_exact(contents: Sequence[bytes]) -> list[bool]:
    """Which batches have numbers that SQL would round or spell in another way."""
    found = pc.match_substring_regex(pa.array(contents, pa.large_binary()), _ODD_NUMBER)
    return [bool(one) for one in found.to_pylist()]


def _shares(batches: Sequence[tuple[BatchKey, bytes]]) -> list[list[tuple[BatchKey, bytes]]]:
    """Batches in about equal parts, one a worker."""
    total = sum(len(content) for _, content in batches)
    workers = max(1, min(os.cpu_count() or 1, round(total / _SHARE_BYTES), len(batches)))
    shares: list[list[tuple[BatchKey, bytes]]] = [[]]
    size = 0
    for batch in batches:
        if size >= total / workers and len(shares) < workers:
            shares.append([])
            size = 0
        shares[-1].append(batch)
        size += len(batch[1])
    return [share for share in shares if share]


def _flatten_share(
    batches: Sequence[tuple[BatchKey, bytes]], folder: Path, ctx: JobContext, selection: Selection
) -> FlattenResult:
    with translated(folder), flattening() as connection, cancellable(connection, ctx):
        return _Share(connection, batches, selection, ctx).write(folder)


class _Share:
    """One worker's batches, numbered by their place."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        batches: Sequence[tuple[BatchKey, bytes]],
        selection: Selection,
        ctx: JobContext,
    ) -> None:
        self._connection = connection
        self._keys = [key for key, _ in batches]
        self._contents = [content.removeprefix(b"\xef\xbb\xbf") for _, content in batches]
        self._selection = selection
        self._ctx = ctx
        self._messages = [0] * len(batches)
        self._rejects: list[Reject] = []

    def write(self, folder: Path) -> FlattenResult:
        """Flatten and write the files."""
        self._register()
        flatten_usual(self._connection, self._selection, self._ctx)
        self._flatten_unusual()
        return FlattenResult(tuple(self._write_files(folder)), tuple(self._counts()))

    def _register(self) -> None:
        """The batches as the table batch; contents that SQL cannot read stay out."""
        usual = [
            content if content.lstrip(b" \t\r\n").startswith(b"[") and _is_text(content) and not exact else None
            for content, exact in zip(self._contents, need_exact(self._contents), strict=True)
        ]
        groups = {group: index for index, group in enumerate(dict.fromkeys(map(_group, self._keys)))}
        self._groups = list(groups)
        table = pa.table(
            {
                "id": pa.array(range(len(usual)), pa.int32()),
                "content": pa.array(usual, pa.large_string()),
                "time": pa.array([key.time for key in self._keys], pa.int64()),
                "data_names": pa.array([content.count(b'"data"') for content in self._contents], pa.int64()),
                "vin_names": pa.array([content.count(b'"vin"') for content in self._contents], pa.int64()),
                "batch": pa.array([key.text for key in self._keys], pa.string()),
                "batch_group": pa.array([groups[_group(key)] for key in self._keys], pa.int32()),
            }
        )
        self._connection.register("batch", table)

    def _flatten_unusual(self) -> None:
        """Read exactly what SQL left, and add it to the samples."""
        read = dict(self._connection.execute("SELECT id, count(*) FROM msg GROUP BY id").fetchall())
        slow: dict[int, set[int]] = {}
        for m in self._connection.execute("SELECT DISTINCT m FROM slow").fetchnumpy()["m"].tolist():
            slow.setdefault(m >> 32, set()).add(m & 0xFFFFFFFF)
        unusual: list[tuple[int, Element]] = []
        for id, content in enumerate(self._contents):
            self._ctx.check()
            count = read.get(id, 0)
            self._messages[id] = count
            if count and id not in slow:
                continue
            elements = list(split_batch(content))
            if count and len(elements) == count:
                unusual += [(id, element) for element in elements if element.ordinal in slow[id]]
                continue
            if count:
                self._connection.execute("DELETE FROM sample WHERE id = ?", [id])
            self._messages[id] = sum(element.ordinal >= 0 for element in elements)
            unusual += [(id, element) for element in elements]
        self._add(unusual)

    def _add(self, elements: Sequence[tuple[int, Element]]) -> None:
        rows: list[tuple[int, int, int | None, str, str, Sample]] = []
        for id, element in elements:
            self._ctx.check()
            if element.reason:
                self._rejects.append(Reject(id, element.ordinal, element.reason, cut(element.raw)))
                continue
            try:
                samples = flatten_message(element.value, self._selection)
            except Unreadable as error:
                self._rejects.append(Reject(id, element.ordinal, str(error), cut(element.raw)))
                continue
            assert isinstance(element.value, Members)
            identity = identity_of(element.value)
            message = digest(identity) if identity else None
            vin = vin_of(element.value)
            rows += [(id, element.ordinal, message, element.raw if message is None else "", vin, s) for s in samples]
        if rows:
            self._connection.register("exact", _exact_table(rows))
            self._connection.execute(ADD_EXACT)
            self._connection.unregister("exact")

    def _counts(self) -> list[BatchCounts]:
        found = {
            row[0]: row[1:]
            for row in self._connection.execute(
                "SELECT id, count(*), min(time), max(time) FROM sample GROUP BY id"
            ).fetchall()
        }
        rejects = [0] * len(self._keys)
        for reject in self._rejects:
            rejects[reject.id] += 1
        return [
            BatchCounts(
                key,
                self._messages[id],
                found.get(id, (0, None, None))[0],
                rejects[id],
                *found.get(id, (0, None, None))[1:],
            )
            for id, key in enumerate(self._keys)
        ]

    def _write_files(self, folder: Path) -> list[WrittenFile]:
        run = self._connection
        if self._rejects:
            run.register("unread", _reject_table(self._rejects))
        written: list[WrittenFile] = []
        run.execute(SERIES)
        try:
            for number, (app, level, month) in enumerate(self._groups):
                self._ctx.check()
                bounds = (
                    "SELECT sample.* REPLACE (make_timestamptz(sample.time) AS time), batch FROM sample "
                    f"JOIN (SELECT id, batch FROM batch WHERE batch_group = {number}) USING (id)"
                )
                samples = f"SELECT * FROM ({bounds}) JOIN series USING (vin, capability, property, component)"
                rejects = (
                    "SELECT batch, make_timestamptz(time) AS time, ordinal, reason, raw FROM unread "
                    f"JOIN batch USING (id) WHERE batch_group = {number}"
                )
                partition = Partition("sample", app, level, month)
                files = [write_file(run, samples, folder, partition, "series, time, id, ordinal, item", bounds)]
                if self._rejects:
                    files.append(write_file(run, rejects, folder, replace(partition, kind="reject")))
                written += [file for file in files if file is not None]
        except BaseException:
            remove_files(folder, written)
            raise
        return written


def _group(key: BatchKey) -> tuple[str, str, str]:
    return key.app, key.level, key.month


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _exact_table(rows: Sequence[tuple[int, int, int | None, str, str, Sample]]) -> pa.Table:
    samples = [row[5] for row in rows]
    return pa.table(
        {
            "id": pa.array([row[0] for row in rows], pa.int32()),
            "ordinal": pa.array([row[1] for row in rows], pa.int32()),
            "message": pa.array([row[2] for row in rows], pa.int64()),
            "raw": pa.array([row[3] for row in rows], pa.large_string()),
            "vin": pa.array([storable(row[4]) for row in rows], pa.string()),
            "item": pa.array([sample.item for sample in samples], pa.int32()),
            **{
                name: pa.array([getattr(sample, name) for sample in samples], pa.string())
                for name in ("capability", "property", "component", "text", "unit", "failure")
            },
            "moment": pa.array([sample.time for sample in samples], pa.int64()),
            "value": pa.array([sample.value for sample in samples], pa.float64()),
        }
    )


def _reject_table(rejects: Sequence[Reject]) -> pa.Table:
    return pa.table(
        {
            "id": pa.array([reject.id for reject in rejects], pa.int32()),
            "ordinal": pa.array([reject.ordinal for reject in rejects], pa.int32()),
            "reason": pa.array([reject.reason for reject in rejects], pa.string()),
            "raw": pa.array([reject.raw for reject in rejects], pa.string()),
        }
    )
