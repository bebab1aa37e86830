"""Which batches an archive holds, and how they were read."""

from __future__ import annotations

import bisect
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from core.archive.engine import querying
from core.archive.sql import literal, read
from core.jobs import JobContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from core.archive.files import Partition
    from core.archive.table import Snapshot, TableFile


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """A batch that the archive holds.

    Attributes:
        key, etag, size: as the source listed it.
        messages: how many it has, readable or not.
        read: how many of them gave samples.
        samples: how many leaves they gave.
        rejects: how many could not be read; a batch that is none at all counts as one.
        first, last: its samples' times, microseconds since the epoch, UTC; None without samples.
    """

    key: str
    etag: str
    size: int
    messages: int
    read: int
    samples: int
    rejects: int
    first: int | None
    last: int | None

    @property
    def lost(self) -> int:
        """How many messages gave neither samples nor a reject. Always 0, unless the program or the archive is wrong."""
        return max(self.messages - self.read - self.rejects, 0)

    @property
    def rejected(self) -> int:
        """How many messages could not be read; unlike rejects, 0 for a batch that is none at all."""
        return max(self.messages - self.read - self.lost, 0)

    @property
    def failed(self) -> bool:
        """Whether it is no list of messages; a list of which no message could be read has only rejects."""
        return self.rejects > 0 and self.messages == 0


@dataclass(frozen=True, slots=True)
class DayState:
    """What the archive holds of one day.

    Attributes:
        batches: how many are recorded.
        rejects: how many of their messages could not be read.
        failed: how many of the batches are no lists of messages.
        messages, read, lost: of the batches' records, added up.
    """

    batches: int
    rejects: int
    failed: int
    messages: int = 0
    read: int = 0
    lost: int = 0

    @property
    def rejected(self) -> int:
        """How many messages could not be read, without batches that are no lists of messages."""
        return max(self.messages - self.read - self.lost, 0)

    def together(self, other: DayState) -> DayState:
        """Both added up."""
        return DayState(
            self.batches + other.batches,
            self.rejects + other.rejects,
            self.failed + other.failed,
            self.messages + other.messages,
            self.read + other.read,
            self.lost + other.lost,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """Some batches that the archive holds.

    Attributes:
        keys: theirs.
        samples, rejects: how many they have together.
    """

    keys: list[str]
    samples: int
    rejects: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A message that could not be read.

    Attributes:
        batch: its batch's key.
        ordinal: its place in the batch from 0; -1 stands for the batch as a whole.
        reason: why, for a person.
        raw: the beginning of its text, at most 4 kB.
    """

    batch: str
    ordinal: int
    reason: str
    raw: str


_RECORD = "batch, etag, size, messages, read, samples, rejects, epoch_us(first), epoch_us(last)"

# A batch's key says app and level, as its file's partition does, and its time.
_COUNTS = """
SELECT parse_filename(filename), floor(epoch_us(time) / 86400000000)::INTEGER AS day, count(*), sum(rejects)::BIGINT,
    count(*) FILTER (rejects > 0 AND messages = 0), sum(messages)::BIGINT, sum(read)::BIGINT,
    sum(greatest(messages - read - rejects, 0))::BIGINT
FROM {files} GROUP BY ALL
"""

_DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1)
# Comes after every character of a key.
_LAST = "~"


class Ledger:
    """The records of batches, read from the table's files when they are asked for. Thread-safe.

    Files never change, so what each comes to by day is kept; of a single batch nothing is, as there may be millions.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        # By file, what it has of each day, counted from 1970.
        self._by_file: dict[str, dict[int, DayState]] = {}
        self._version = -1
        self._days: dict[tuple[str, str, str], DayState] = {}

    def day_states(self, snapshot: Snapshot) -> dict[tuple[str, str, str], DayState]:
        """All days by (app, level, day). The caller must not change it."""
        with self._lock:
            if snapshot.version != self._version:
                files = snapshot.of_kind("batch")
                known = self._by_file | self._counted([file for file in files if file.path not in self._by_file])
                self._by_file = {file.path: known[file.path] for file in files}
                self._days = _days((file.partition, self._by_file[file.path]) for file in files)
                self._version = snapshot.version
            return self._days

    def in_folder(self, snapshot: Snapshot, folder: str) -> dict[str, BatchRecord]:
        """The records of the batches whose keys begin so, by key, in order."""
        return _by_key(self._rows(_RECORD, record_files(snapshot, folder), _begins(folder), "ORDER BY batch"))

    def etags(self, snapshot: Snapshot, folder: str) -> dict[str, str]:
        """The ETags of the batches whose keys begin so, by key."""
        return dict(self._rows("batch, etag", record_files(snapshot, folder), _begins(folder)))

    def between(self, snapshot: Snapshot, first_day: str, last_day: str, app: str = "", level: str = "") -> Recorded:
        """The batches of some days (``YYYY-MM-DD``, both included), of one app or level where it is named."""
        begin, end = _micros(first_day), _micros(last_day) + _DAY
        files = [
            file
            for file in snapshot.of_kind("batch")
            if app in ("", file.partition.app)
            and level in ("", file.partition.level)
            and file.begin < end
            and begin <= file.end
        ]
        condition = f"WHERE time >= make_timestamptz({begin}) AND time < make_timestamptz({end})"
        rows = self._rows("batch, samples, rejects", files, condition)
        return Recorded([row[0] for row in rows], sum(row[1] for row in rows), sum(row[2] for row in rows))

    def lookup(self, keys: Iterable[str], ctx: JobContext) -> Lookup:
        """What there is of some batches."""
        return Lookup(self._folder, keys, ctx)

    def _rows(self, columns: str, files: Sequence[TableFile], condition: str, order: str = "") -> list[Any]:
        if not files:
            return []
        with querying(JobContext(), self._folder) as connection:
            return connection.execute(
                f"SELECT {columns} FROM {read(self._folder, files)} {condition} {order}"
            ).fetchall()

    def _counted(self, files: Sequence[TableFile]) -> dict[str, dict[int, DayState]]:
        names = {file.path.rpartition("/")[2]: file.path for file in files}
        counted: dict[str, dict[int, DayState]] = {path: {} for path in names.values()}
        if files:
            with querying(JobContext(), self._folder) as connection:
                query = _COUNTS.format(files=read(self._folder, files, named=True))
                for name, day, *counts in connection.execute(query).fetchall():
                    counted[names[name]][day] = DayState(*counts)
        return counted


class Lookup:
    """What is recorded of some batches. Asked again, it reads only files that were committed since.

    Args:
        folder: the archive's.
        keys: of the batches.
        ctx: cancels it.
    """

    def __init__(self, folder: Path, keys: Iterable[str], ctx: JobContext) -> None:
        self._folder = folder
        self._keys = sorted(keys)
        self._ctx = ctx
        # By file, the records of these batches in it.
        self._found: dict[str, dict[str, BatchRecord]] = {}

    def records(self, snapshot: Snapshot) -> dict[str, BatchRecord]:
        """Those that are recorded, by key.

        Raises:
            JobCancelled, ArchiveError.
        """
        files = [file for file in snapshot.of_kind("batch") if holds_any(file, self._keys)]
        new = [file for file in files if file.path not in self._found]
        found = self._found | {file.path: {} for file in new}
        if new:
            names = {file.path.rpartition("/")[2]: file.path for file in new}
            with querying(self._ctx, self._folder) as connection:
                connection.register("wanted", pa.table({"wanted": pa.array(self._keys, pa.string())}))
                rows = connection.execute(
                    f"SELECT parse_filename(filename), {_RECORD} FROM {read(self._folder, new, named=True)} "
                    f"SEMI JOIN wanted ON batch = wanted "
                    f"WHERE batch BETWEEN {literal(self._keys[0])} AND {literal(self._keys[-1])}"
                ).fetchall()
            for name, *row in rows:
                found[names[name]][row[0]] = BatchRecord(*row)
        self._found = {file.path: found[file.path] for file in files}
        return {key: record for records in self._found.values() for key, record in records.items()}


def record_files(snapshot: Snapshot, folder: str) -> list[TableFile]:
    """The files that may hold records of batches whose keys begin so."""
    return [file for file in snapshot.of_kind("batch") if file.low <= folder + _LAST and folder <= file.high]


def holds_any(file: TableFile, keys: Sequence[str]) -> bool:
    """Whether a file of records or rejects may hold any of these keys, which are sorted."""
    at = bisect.bisect_left(keys, file.low)
    return at < len(keys) and keys[at] <= file.high


def _begins(folder: str) -> str:
    # As bounds, which let DuckDB skip parts of files.
    return f"WHERE batch BETWEEN {literal(folder)} AND {literal(folder + _LAST)}" if folder else ""


def _by_key(rows: Iterable[tuple[Any, ...]]) -> dict[str, BatchRecord]:
    return {row[0]: BatchRecord(*row) for row in rows}


def _micros(day: str) -> int:
    return (date.fromisoformat(day) - _EPOCH).days * _DAY


def _days(files: Iterable[tuple[Partition, dict[int, DayState]]]) -> dict[tuple[str, str, str], DayState]:
    days: dict[tuple[str, str, str], DayState] = {}
    for partition, counted in files:
        for number, state in counted.items():
            place = (partition.app, partition.level, (_EPOCH + timedelta(days=number)).isoformat())
            old = days.get(place)
            days[place] = state if old is None else old.together(state)
    return days
