"""Takes batches out of the archive, with their samples, rejects and records, in one commit."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING

from core.archive.engine import rewriting
from core.archive.ledger import holds_any
from core.archive.rests import Rests
from core.archive.table import Conflict, busy
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.archive.files import WrittenFile
    from core.archive.table import Snapshot, Table, TableFile
    from core.jobs import JobContext

_ATTEMPTS = 200
_PAUSE_SECONDS = 0.1


def forget(table: Table, keys: Collection[str], ctx: JobContext, lost: Collection[str] = ()) -> None:
    """Take batches out of the archive, as if they had never been loaded; the next sync loads them again.

    Args:
        table: the archive's.
        keys: of the batches.
        ctx: cancels it.
        lost: paths of files that cannot be read and are to leave the table, too.

    Raises:
        JobCancelled, ArchiveError, DiskFull: everything is as it was.
        ArchiveBusy: others kept committing first; everything is as it was.
    """
    if keys or lost:
        _Removal(table, keys, ctx, frozenset(lost)).run()


class _Removal:
    def __init__(self, table: Table, keys: Collection[str], ctx: JobContext, lost: frozenset[str]) -> None:
        self._table = table
        self._keys = sorted(keys)
        self._ctx = ctx
        self._lost = lost
        parsed = [parse_key(key) for key in self._keys]
        self._places = {(key.app, key.level, key.month) for key in parsed if key is not None}
        self._anywhere = None in parsed
        # Files that were looked at: those without such rows, and those with, each with the file of its other rows.
        self._untouched: set[str] = set()
        self._rests: dict[str, WrittenFile | None] = {}

    def run(self) -> None:
        try:
            for attempt in range(_ATTEMPTS):
                snapshot = self._table.snapshot()
                self._look(snapshot)
                old = [file for file in snapshot.files.values() if file.path in self._rests or file.path in self._lost]
                rests = [self._rests[file.path] for file in old if file.path in self._rests]
                if not old:
                    break
                with contextlib.suppress(Conflict):
                    self._table.commit(snapshot, [rest for rest in rests if rest is not None], old)
                    break
                self._ctx.wait(random.uniform(0, _PAUSE_SECONDS) * min(attempt + 1, 5))
            else:
                raise busy(self._table.folder)
        finally:
            self._table.discard([rest for rest in self._rests.values() if rest is not None])

    def _look(self, snapshot: Snapshot) -> None:
        """Rewrite the files that hold something of the batches and were not looked at yet."""
        files = [file for file in snapshot.files.values() if self._may_hold(file)]
        if not files:
            return
        with rewriting(self._ctx, self._table.folder) as connection:
            rests = Rests(connection, self._table.folder, self._keys)
            for number, file in enumerate(files):
                self._ctx.check()
                self._ctx.progress(number, len(files), f"Removing from {number:,} of {len(files):,} files")
                if rests.concern(file):
                    self._rests[file.path] = rests.rest(file)
                else:
                    self._untouched.add(file.path)

    def _may_hold(self, file: TableFile) -> bool:
        if file.path in self._untouched or file.path in self._rests or file.path in self._lost:
            return False
        partition = file.partition
        if not self._anywhere and (partition.app, partition.level, partition.month) not in self._places:
            return False
        if partition.kind == "sample":
            return True
        return holds_any(file, self._keys)
