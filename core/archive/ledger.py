"""Which batches an archive holds, and how they were read."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.archive.engine import querying
from core.jobs import JobContext
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from pathlib import Path

    from core.archive.table import Snapshot


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
        """Whether it could not be read at all."""
        return self.rejects > 0 and self.samples == 0


@dataclass(frozen=True, slots=True)
class DayState:
    """What the archive holds of one day.

    Attributes:
        batches: how many are recorded.
        rejects: how many of their messages could not be read.
        failed: how many of the batches could not be read at all.
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


_RECORDS = (
    "SELECT batch, etag, size, messages, read, samples, rejects, epoch_us(first), epoch_us(last) FROM read_parquet(?)"
)


class Ledger:
    """The records of batches, read once from each of the table's files. Thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._by_file: dict[str, list[BatchRecord]] = {}
        self._version = -1
        self._records: dict[str, BatchRecord] = {}
        self._days: dict[tuple[str, str, str], DayState] | None = None

    def records(self, snapshot: Snapshot) -> dict[str, BatchRecord]:
        """All records by key. The caller must not change it."""
        with self._lock:
            self._update(snapshot)
            return self._records

    def day_states(self, snapshot: Snapshot) -> dict[tuple[str, str, str], DayState]:
        """All days by (app, level, day). The caller must not change it."""
        with self._lock:
            self._update(snapshot)
            if self._days is None:
                self._days = _days(self._records)
            return self._days

    def _update(self, snapshot: Snapshot) -> None:
        if snapshot.version == self._version:
            return
        files = [file.path for file in snapshot.of_kind("batch")]
        missing = [path for path in files if path not in self._by_file]
        with querying(JobContext(), self._folder) as connection:
            for path in missing:
                rows = connection.execute(_RECORDS, [str(self._folder / path)]).fetchall()
                self._by_file[path] = [BatchRecord(*row) for row in rows]
        self._by_file = {path: self._by_file[path] for path in files}
        self._records = {record.key: record for records in self._by_file.values() for record in records}
        self._days = None
        self._version = snapshot.version


def _days(records: dict[str, BatchRecord]) -> dict[tuple[str, str, str], DayState]:
    days: dict[tuple[str, str, str], DayState] = {}
    for record in records.values():
        key = parse_key(record.key)
        if key is not None:
            place = (key.app, key.level, key.day)
            old = days.get(place, DayState(0, 0, 0))
            days[place] = DayState(
                old.batches + 1,
                old.rejects + record.rejects,
                old.failed + record.failed,
                old.messages + record.messages,
                old.read + record.read,
                old.lost + record.lost,
            )
    return days
