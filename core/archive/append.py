"""Adds batches to an archive so that each is there exactly once."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from core.archive.engine import querying
from core.archive.files import TIME, Partition, remove_files, write_table
from core.archive.flatten import flatten
from core.archive.rests import Rests
from core.archive.table import Conflict, busy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from core.archive.files import BatchCounts, WrittenFile
    from core.archive.flatten.components import Selection
    from core.archive.ledger import Ledger
    from core.archive.table import Snapshot, Table, TableFile
    from core.jobs import JobContext
    from core.storage.keys import BatchKey
    from core.storage.source import SourceObject

_ATTEMPTS = 50
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What an append brought, without what was there before.

    Attributes:
        batches: how many were added or replaced.
        messages: how many they have, readable or not.
        samples: how many leaves they gave.
        rejects: how many messages could not be read; a batch that is none at all counts as one.
        unreadable: how many of the batches are none at all.
    """

    batches: int
    messages: int
    samples: int
    rejects: int
    unreadable: int = field(default=0, compare=False)


class Append:
    """One append: flattened once, committed as soon as nobody else commits at the same moment.

    Each of both steps may be done in a thread of its own, one after the other.
    """

    def __init__(self, table: Table, ledger: Ledger, ctx: JobContext, selection: Selection | None) -> None:
        self._table = table
        self._ledger = ledger
        self._ctx = ctx
        self._selection = selection
        self._lookup = ledger.lookup((), ctx)
        self._objects: dict[str, tuple[BatchKey, SourceObject]] = {}
        # Files of samples and rejects with what they hold, and those that only this attempt's commit would name.
        self._flattened: list[WrittenFile] = []
        self._counts: dict[str, BatchCounts] = {}
        self._attempted: list[WrittenFile] = []

    def flatten(self, batches: Sequence[tuple[BatchKey, SourceObject, bytes]]) -> None:
        """Flatten what is not there yet into files that no commit names yet. Where it raises, no file is left."""
        self._objects = {key.text: (key, object) for key, object, _ in batches}
        self._lookup = self._ledger.lookup(self._objects, self._ctx)
        contents = {key.text: (key, content) for key, _, content in batches}
        missing = self._missing(self._table.snapshot(), self._objects)
        result = flatten([contents[text] for text in missing], self._table.folder, self._ctx, self._selection)
        self._flattened = list(result.files)
        self._counts = {count.key.text: count for count in result.counts}

    def commit(self) -> AppendResult:
        """Add what was flattened and is still not there. Where it raises, nothing was added and no file is left."""
        try:
            self._commit()
        except BaseException:
            self.discard()
            raise
        counts = self._counts.values()
        return AppendResult(
            len(counts),
            sum(count.messages for count in counts),
            sum(count.samples for count in counts),
            sum(count.rejects for count in counts),
            sum(count.rejects > 0 and count.messages == 0 for count in counts),
        )

    def discard(self) -> None:
        """Remove the files, of what is not going to be committed."""
        self._table.discard([*self._flattened, *self._attempted])

    def _missing(self, snapshot: Snapshot, texts: Iterable[str]) -> list[str]:
        """The batches that are not recorded with their present etag."""
        records = self._lookup.records(snapshot)
        return [text for text in texts if text not in records or records[text].etag != self._objects[text][1].etag]

    def _commit(self) -> None:
        for attempt in range(_ATTEMPTS):
            self._ctx.check()
            snapshot = self._table.snapshot()
            missing = self._missing(snapshot, self._counts)
            if len(missing) < len(self._counts):
                self._leave_out(set(self._counts).difference(missing))
            if not missing:
                return
            replaced, remains = self._without_older(snapshot, missing)
            self._attempted = [*self._records(missing), *remains]
            try:
                self._table.commit(snapshot, [*self._flattened, *self._attempted], replaced)
            except Conflict:
                remove_files(self._table.folder, self._attempted)
                self._attempted = []
                self._ctx.wait(random.uniform(0, _PAUSE_SECONDS) * min(attempt + 1, 5))
            else:
                return
        raise busy(self._table.folder)

    def _leave_out(self, texts: Collection[str]) -> None:
        """Take batches that another process has added meanwhile out of what was flattened."""
        for text in texts:
            del self._counts[text]
        for file in list(self._flattened):
            with self._rests(file, texts) as rests:
                rest = rests.rest(file)
            if rest is not None:
                self._flattened.append(rest)
            self._flattened.remove(file)
            remove_files(self._table.folder, [file])

    def _without_older(self, snapshot: Snapshot, texts: Iterable[str]) -> tuple[list[TableFile], list[WrittenFile]]:
        """The table's files that hold an older state of these batches, and new files with the rest of their rows."""
        records = self._lookup.records(snapshot)
        older = [text for text in texts if text in records]
        replaced: list[TableFile] = []
        remains: list[WrittenFile] = []
        places = {(key.app, key.level, key.month) for key, _ in (self._objects[text] for text in older)}
        for file in snapshot.files.values():
            partition = file.partition
            if (partition.app, partition.level, partition.month) not in places:
                continue
            with self._rests(file, older) as rests:
                if not rests.concern(file):
                    continue
                replaced.append(file)
                rest = rests.rest(file)
            if rest is not None:
                remains.append(rest)
        return replaced, remains

    @contextlib.contextmanager
    def _rests(self, file: TableFile | WrittenFile, texts: Iterable[str]) -> Iterator[Rests]:
        with querying(self._ctx, self._table.folder / file.path) as connection:
            yield Rests(connection, self._table.folder, texts)

    def _records(self, texts: Iterable[str]) -> list[WrittenFile]:
        """The records of batches, in a file for each app, level and month."""
        groups: dict[Partition, list[str]] = {}
        for text in texts:
            key = self._objects[text][0]
            groups.setdefault(Partition("batch", key.app, key.level, key.month), []).append(text)
        return [
            write_table(self._record_table(sorted(members)), self._table.folder, partition)
            for partition, members in groups.items()
        ]

    def _record_table(self, texts: Sequence[str]) -> pa.Table:
        counts = [self._counts[text] for text in texts]
        objects = [self._objects[text][1] for text in texts]

        def moments(name: str) -> pa.Array:
            return pa.array([getattr(count, name) for count in counts], pa.int64()).cast(TIME)

        return pa.table(
            {
                "batch": pa.array(texts, pa.string()),
                "time": pa.array([count.key.time for count in counts], pa.int64()).cast(TIME),
                "etag": pa.array([object.etag for object in objects], pa.string()),
                "size": pa.array([object.size for object in objects], pa.int64()),
                **{
                    name: pa.array([getattr(count, name) for count in counts], pa.int64())
                    for name in ("messages", "read", "samples", "rejects")
                },
                "first": moments("first"),
                "last": moments("last"),
            }
        )
