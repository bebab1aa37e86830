"""Archives that hold records of any number of batches and nothing else, and a source that lists the same batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from core.archive.archive import Archive
from core.archive.files import TIME, Partition, write_table
from core.archive.table import Table
from core.storage.keys import format_key
from core.storage.layout import parts_of
from core.storage.source import LevelPage, SourceObject
from tests.core.archive.batches import APP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from core.errors import OdographError
    from core.jobs import JobContext
    from core.storage.source import Fetched

LEVEL = "level13"
_PAGE = 1_000


class Delivered(NamedTuple):
    """Batches that come at even distances, the same number in each month.

    Attributes:
        months: of 28 days each, from January 2020 on.
        a_month: batches in each of them.
    """

    months: int
    a_month: int

    def month(self, number: int) -> str:
        """``YYYY-MM``."""
        return f"{2020 + number // 12:04d}-{number % 12 + 1:02d}"

    def folder(self, number: int) -> str:
        """Of a month, relative to the layout's root."""
        return f"{APP}/{LEVEL}/{self.month(number).replace('-', '/')}"

    def objects(self, number: int) -> Iterator[SourceObject]:
        """A month's batches in order of their keys."""
        step = timedelta(days=28) / self.a_month
        first = datetime.strptime(self.month(number), "%Y-%m").replace(tzinfo=UTC)
        for place in range(self.a_month):
            time = first + place * step
            key = format_key(APP, LEVEL, time, time.microsecond * 1000, f"{place & 0xFFFFFFFF:08x}")
            micros = (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
            yield SourceObject(key, 300_000 + place % 1_000, f'"{place:032x}"', micros)


def record(folder: Path, delivered: Delivered, a_file: int) -> Archive:
    """An archive that has recorded all of them, every tenth with rejects.

    Args:
        a_file: records in each file, in order of their keys, as compaction leaves them.
    """
    table = Table(folder)
    for number in range(delivered.months):
        objects = list(delivered.objects(number))
        partition = Partition("batch", APP, LEVEL, delivered.month(number))
        files = [
            write_table(_records(objects[start : start + a_file]), folder, partition)
            for start in range(0, len(objects), a_file)
        ]
        table.commit(table.snapshot(), files, [])
    return Archive.open(folder)


def _records(objects: list[SourceObject]) -> pa.Table:
    rejects = [int(number % 10 == 0) for number in range(len(objects))]
    times = pa.array([item.modified for item in objects], pa.int64()).cast(TIME)
    return pa.table(
        {
            "batch": pa.array([item.key for item in objects], pa.string()),
            "time": times,
            "etag": pa.array([item.etag for item in objects], pa.string()),
            "size": pa.array([item.size for item in objects], pa.int64()),
            "messages": pa.array([1_000] * len(objects), pa.int64()),
            "read": pa.array([1_000 - number for number in rejects], pa.int64()),
            "samples": pa.array([1_000 - number for number in rejects], pa.int64()),
            "rejects": pa.array(rejects, pa.int64()),
            "first": times,
            "last": times,
        }
    )


class Listing:
    """A source of these batches that can be listed and has no content."""

    def __init__(self, delivered: Delivered) -> None:
        self._delivered = delivered
        self._months = {delivered.folder(number): number for number in range(delivered.months)}
        self._last: tuple[str, list[SourceObject]] = ("", [])
        self.address = self.identity = "listing"
        self.scope = ""

    def left_out(self) -> tuple[OdographError, ...]:
        return ()

    def list_level(self, folder: str, _ctx: JobContext) -> Iterator[LevelPage]:
        depth = len(parts_of(folder))
        names = {parts_of(month)[depth] for month in self._months if not folder or month.startswith(f"{folder}/")}
        if folder in self._months:
            names = {f"{day:02d}" for day in range(1, 29)}
        yield LevelPage(tuple(sorted(names)), ())

    def list_objects(self, folder: str, _ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        page: list[SourceObject] = []
        month = "/".join(parts_of(folder)[:4])
        if self._last[0] != month:
            self._last = (month, list(self._delivered.objects(self._months[month])))
        for item in self._last[1]:
            if item.key.startswith(f"{folder}/") and item.key > start_after:
                page.append(item)
            if len(page) == _PAGE:
                yield page
                page = []
        yield page

    def fetch(self, key: str) -> bytes:
        raise AssertionError(key)

    def fetch_many(self, objects: Iterable[SourceObject], _ctx: JobContext) -> Iterator[Fetched]:
        for item in objects:
            raise AssertionError(item.key)
        yield from ()
