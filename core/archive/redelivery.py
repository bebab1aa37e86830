"""Counts messages that some batches brought although others had brought them before.

Delivery is at least once. Such a message keeps its times, so that only files with samples of the same times are read;
one that comes again more than a month later is not noticed here, though queries show it once all the same.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.archive.engine import damaged, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.archive.ledger import BatchRecord
    from core.archive.table import TableFile
    from core.jobs import JobContext

    Digests = NDArray[np.int64]

_EARLIER = 86_400_000_000
# Rows that are read at once.
_ROWS = 131_072
# A table of the last bits of the digests that are looked for tells most others apart: it has so many times as many
# places as there are digests, and 2 to the power of so many at most.
_ROOM = 8
_MOST_BITS = 26
_DICTIONARY = frozenset({"PLAIN", "PLAIN_DICTIONARY", "RLE", "RLE_DICTIONARY"})


def count_repeated(folder: Path, files: Sequence[TableFile], records: Sequence[BatchRecord], ctx: JobContext) -> int:
    """How many messages with samples of some batches had been delivered before, or twice by these.

    Memory holds about 16 bytes for each message of these batches, and nothing for those of others.

    Args:
        folder: the archive's.
        files: of samples, of one app and level, of the months to be looked at.
        records: of the batches.

    Raises:
        ArchiveError, DiskFull, JobCancelled.
    """
    firsts = [record.first for record in records if record.first is not None]
    lasts = [record.last for record in records if record.last is not None]
    if not firsts:
        return 0
    # What has no time of its own was delivered earlier under the time of an earlier batch.
    begin, end = min(firsts) - _EARLIER, max(lasts)
    ours, others = _Ours(records), []
    for file in files:
        if file.begin <= end and file.end >= begin and ours.take(_rows(folder / file.path, ctx)):
            others.append(file)
    count, distinct = ours.digests()
    before = _Sought(distinct)
    for file in others:
        before.look(digests[~ours.among(batches)] for digests, batches, _ in _rows(folder / file.path, ctx))
    return count - len(distinct) + before.found()


class _Ours:
    """The digests of the messages of some batches."""

    def __init__(self, records: Sequence[BatchRecord]) -> None:
        self._keys = pa.array([record.key for record in records], pa.string())
        self._sizes = np.array([record.messages for record in records])
        self._firsts = np.cumsum(self._sizes) - self._sizes
        self._digests = np.zeros(int(self._sizes.sum()), np.int64)
        self._known = np.zeros(len(self._digests), np.bool_)

    def take(self, rows: Iterable[tuple[Digests, pa.DictionaryArray, NDArray[np.int32]]]) -> bool:
        """Remember those among some rows; say whether there are rows of other batches too."""
        others = False
        for digests, batches, ordinals in rows:
            number = self._numbers(batches)
            ours = number >= 0
            others = others or not ours.all()
            # All samples of a message have the same digest.
            place = self._firsts[number[ours]] + ordinals[ours]
            self._digests[place] = digests[ours]
            self._known[place] = True
        return others

    def among(self, batches: pa.DictionaryArray) -> NDArray[np.bool_]:
        """Which rows are of these batches."""
        return self._numbers(batches) >= 0

    def digests(self) -> tuple[int, Digests]:
        """How many messages there are, and their digests, each once and sorted."""
        known = self._digests[self._known]
        # Several times as fast as numpy.unique, which hashes.
        known.sort()
        return len(known), known[np.diff(known, prepend=-1) != 0]

    def _numbers(self, batches: pa.DictionaryArray) -> NDArray[np.int64]:
        numbers = pc.index_in(batches.dictionary, self._keys).fill_null(-1).to_numpy().astype(np.int64)
        found: NDArray[np.int64] = numbers[batches.indices.to_numpy()]
        return found


class _Sought:
    """Digests that are looked for.

    Args:
        digests: each once and sorted.
    """

    def __init__(self, digests: Digests) -> None:
        self._digests = digests
        self._found = np.zeros(len(digests), np.bool_)
        bits = min((len(digests) * _ROOM).bit_length(), _MOST_BITS)
        self._last_bits = np.int64(2**bits - 1)
        self._possible = np.zeros(2**bits, np.bool_)
        self._possible[digests & self._last_bits] = True

    def look(self, parts: Iterable[Digests]) -> None:
        """Look for them among others."""
        for part in parts:
            possible = part[self._possible[part & self._last_bits]]
            place = np.searchsorted(self._digests, possible)
            place[place == len(self._digests)] = 0
            self._found[place[self._digests[place] == possible]] = True

    def found(self) -> int:
        """How many were found."""
        return int(np.count_nonzero(self._found))


def _rows(path: Path, ctx: JobContext) -> Iterator[tuple[Digests, pa.DictionaryArray, NDArray[np.int32]]]:
    """The messages' digests, batches and ordinals of a file's samples, bit by bit."""
    ctx.check()
    with _readable(path):
        metadata = pq.read_metadata(path)
        dictionary = ["batch"] if _has_dictionary(metadata, "batch") else []
        with pq.ParquetFile(path, metadata=metadata, read_dictionary=dictionary, pre_buffer=False) as file:
            for rows in file.iter_batches(_ROWS, columns=["message", "batch", "ordinal"], use_threads=False):
                ctx.check()
                batches = rows["batch"] if dictionary else rows["batch"].dictionary_encode()
                yield rows["message"].to_numpy(), batches, rows["ordinal"].to_numpy()


def _has_dictionary(metadata: pq.FileMetaData, name: str) -> bool:
    """Whether Arrow can read a column as a dictionary; DuckDB writes one with few repetitions in another way."""
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    columns = (group.column(place) for group in groups for place in range(group.num_columns))
    return all(_DICTIONARY.issuperset(one.encodings) for one in columns if one.path_in_schema == name)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    with translated(path):
        try:
            yield
        except (pa.ArrowInvalid, OSError) as error:
            # What Arrow itself finds wrong has no number of the system.
            if isinstance(error, OSError) and error.errno not in (None, errno.ENOENT):
                raise
            raise damaged(error, path) from error


def month_before(month: str) -> str:
    """The month before one, both ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04d}-{number - 1:02d}" if number > 1 else f"{year - 1:04d}-12"
