"""Flattens batches into Parquet files of samples and of messages that could not be read.

A pure function from batches to files, so that it can run anywhere; who commits the files is another matter.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.archive.files import BatchCounts, Partition, WrittenFile, remove_files
from core.archive.flatten.components import Selection, catalogue_selection
from core.archive.flatten.exact import read_message
from core.archive.flatten.identity import digest, digest_of_raw
from core.archive.flatten.outline import Unreadable
from core.archive.flatten.plans import planner_for
from core.archive.flatten.sample_files import Reject, write_rejects, write_samples
from core.archive.flatten.samples import SampleNames, Samples
from core.archive.flatten.skeletons import cut, may_be_cut
from core.archive.flatten.splitting import Element, cut_raw, parse, split_batch
from core.archive.flatten.usual import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from core.archive.flatten.exact import Sample
    from core.jobs import JobContext
    from core.storage.keys import BatchKey

    Batches = Sequence[tuple[BatchKey, bytes]]

_SHARE_BYTES = 3_000_000
"""How much one worker should have to do before a second one pays."""

_CUT_BYTES = 3_000_000
"""How much is cut at once: enough that array operations pay, and little enough for the memory."""


@dataclass(frozen=True, slots=True)
class FlattenResult:
    """What flattening brought.

    Attributes:
        files: of kind sample and reject, complete and on disk.
        counts: one a batch, in the order of the keys.
    """

    files: tuple[WrittenFile, ...]
    counts: tuple[BatchCounts, ...]


def flatten(batches: Batches, folder: Path, ctx: JobContext, selection: Selection | None = None) -> FlattenResult:
    """Flatten batches into new files in an archive's folder. Either all files are written or none is left.

    Args:
        batches: keys and contents; what cannot be read of them becomes rejects.
        folder: the files get names below it that nobody else uses.
        selection: which members select; the catalogue's by default.

    Raises:
        JobCancelled, DiskFull, ArchiveError.
    """
    chosen = catalogue_selection() if selection is None else selection
    shares = _shares(sorted(batches, key=lambda batch: batch[0].text))
    with ThreadPoolExecutor(max(len(shares), 1), "odograph-flatten") as pool:
        futures = [pool.submit(_Share(share, chosen, ctx).write, folder) for share in shares]
    failures = [failure for future in futures if (failure := future.exception()) is not None]
    results = [future.result() for future in futures if future.exception() is None]
    if failures:
        remove_files(folder, [file for result in results for file in result.files])
        raise failures[0]
    return FlattenResult(
        tuple(file for result in results for file in result.files),
        tuple(count for result in results for count in result.counts),
    )


def _shares(batches: Batches) -> list[Batches]:
    """Batches in about equal parts, one a worker."""
    sizes = [len(content) for _, content in batches]
    workers = max(1, min(os.cpu_count() or 1, round(sum(sizes) / _SHARE_BYTES), len(batches)))
    return [batches[part.start : part.stop] for part in _parts(sizes, sum(sizes) // workers + 1)]


def _parts(sizes: Sequence[int], enough: int) -> Iterator[range]:
    """Numbers in a row, cut as soon as what they stand for has enough size."""
    first = have = 0
    for number, size in enumerate(sizes, 1):
        have += size
        if have >= enough:
            yield range(first, number)
            first, have = number, 0
    if first < len(sizes):
        yield range(first, len(sizes))


class _Share:
    """One worker's batches, numbered by their place."""

    def __init__(self, batches: Batches, selection: Selection, ctx: JobContext) -> None:
        self._keys = [key for key, _ in batches]
        self._contents = [content.removeprefix(b"\xef\xbb\xbf") for _, content in batches]
        self._times = np.array([key.time for key in self._keys], np.int64)
        self._selection = selection
        self._ctx = ctx
        self._names = SampleNames.new()
        self._messages = np.zeros(len(batches), np.int64)
        self._rejects: list[Reject] = []
        self._samples: list[Samples] = []

    def write(self, folder: Path) -> FlattenResult:
        """Flatten and write the files."""
        for part in _parts([len(content) for content in self._contents], _CUT_BYTES):
            self._ctx.check()
            self._read(part)
        self._ctx.check()
        samples = Samples.together(self._samples) if self._samples else None
        return FlattenResult(tuple(self._write_files(folder, samples)), tuple(self._counts()))

    def _read(self, batches: range) -> None:
        """Read batches, together what can be."""
        usual = [batch for batch in batches if may_be_cut(self._contents[batch])]
        found = cut([self._contents[batch] for batch in usual])
        others = set(batches)
        unusual: list[tuple[int, Element]] = []
        if found is not None and len(found.batch):
            numbers = np.array(usual)
            result = read(
                found,
                lambda at: planner_for(self._keys[usual[at]].app, self._selection),
                self._times[numbers],
                self._names,
            )
            self._samples.append(replace(result.samples, batch=numbers[result.samples.batch].astype(np.int32)))
            whole = found.batch[result.readable]
            counts = np.bincount(numbers[whole], minlength=len(self._messages))
            self._messages += counts
            others -= set(np.flatnonzero(counts).tolist())
            for message in np.flatnonzero(result.unusual).tolist():
                raw = found.raw(message)
                unusual.append((usual[found.batch[message]], Element(int(found.ordinal[message]), raw, parse(raw))))
        for batch in sorted(others):
            self._ctx.check()
            elements = list(split_batch(self._contents[batch]))
            self._messages[batch] = sum(element.ordinal >= 0 for element in elements)
            unusual += [(batch, element) for element in elements]
        self._read_exactly(unusual)

    def _read_exactly(self, elements: list[tuple[int, Element]]) -> None:
        rows: list[tuple[int, int, int, str, Sample]] = []
        for batch, element in elements:
            self._ctx.check()
            if element.reason:
                self._rejects.append(Reject(batch, element.ordinal, element.reason, cut_raw(element.raw)))
                continue
            try:
                message = read_message(element.value, self._keys[batch].app, self._selection)
            except Unreadable as error:
                self._rejects.append(Reject(batch, element.ordinal, str(error), cut_raw(element.raw)))
                continue
            identity = digest(message.identity) if message.identity else digest_of_raw(element.raw)
            rows += [(batch, element.ordinal, identity, message.vin, sample) for sample in message.samples]
        if rows:
            self._samples.append(self._columns(rows))

    def _columns(self, rows: list[tuple[int, int, int, str, Sample]]) -> Samples:
        batch, ordinal, identity, vin, found = zip(*rows, strict=True)
        names = self._names
        times = [sample.time for sample in found]
        from_batch = np.array([time is None for time in times])
        return Samples(
            np.array(batch, np.int32),
            np.array(ordinal, np.int32),
            np.array([sample.item for sample in found], np.int32),
            np.array(identity, np.int64),
            names.vin.numbers(vin),
            names.series.numbers((sample.capability, sample.property, sample.component) for sample in found),
            np.where(from_batch, self._times[list(batch)], [0 if time is None else time for time in times]),
            from_batch,
            np.array([np.nan if sample.value is None else sample.value for sample in found]),
            names.text.numbers(sample.text for sample in found),
            names.unit.numbers(sample.unit for sample in found),
            names.failure.numbers(sample.failure for sample in found),
        )

    def _counts(self) -> Iterator[BatchCounts]:
        size = len(self._keys)
        rejects = np.bincount([reject.batch for reject in self._rejects], minlength=size)
        read, count = np.zeros(size, np.int64), np.zeros(size, np.int64)
        first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
        for part in filter(len, self._samples):
            # The samples of a message follow each other, and so do those of a batch.
            changes = np.diff(part.batch, prepend=-1) != 0
            begins = np.flatnonzero(changes | (np.diff(part.ordinal, prepend=-2) != 0))
            read += np.bincount(part.batch[begins], minlength=size)
            count += np.bincount(part.batch, minlength=size)
            runs = np.flatnonzero(changes)
            np.minimum.at(first, part.batch[runs], np.minimum.reduceat(part.time, runs))
            np.maximum.at(last, part.batch[runs], np.maximum.reduceat(part.time, runs))
        for batch, key in enumerate(self._keys):
            times = (int(first[batch]), int(last[batch])) if count[batch] else (None, None)
            found = (int(one[batch]) for one in (self._messages, read, count, rejects))
            yield BatchCounts(key, *found, *times)

    def _write_files(self, folder: Path, samples: Samples | None) -> list[WrittenFile]:
        groups: dict[tuple[str, str, str], list[int]] = {}
        for batch, key in enumerate(self._keys):
            groups.setdefault((key.app, key.level, key.month), []).append(batch)
        texts = [key.text for key in self._keys]
        written: list[WrittenFile] = []
        try:
            for (app, level, month), batches in groups.items():
                self._ctx.check()
                partition = Partition("sample", app, level, month)
                chosen = samples
                if samples is not None and len(groups) > 1:
                    chosen = samples.take(np.flatnonzero(np.isin(samples.batch, batches)))
                if chosen is not None and len(chosen):
                    written.append(write_samples(chosen, self._names, texts, folder, partition))
                rejects = [reject for reject in self._rejects if reject.batch in set(batches)]
                if rejects:
                    written.append(
                        write_rejects(rejects, texts, self._times.tolist(), folder, replace(partition, kind="reject"))
                    )
        except BaseException:
            remove_files(folder, written)
            raise
        return written
