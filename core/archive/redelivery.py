"""Counts messages that some batches brought although others had brought them before.

Delivery is at least once. Such a message keeps its times, so that only files with samples of the same times are read;
one that comes again more than a month later is not noticed here, though queries show it once all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from core.archive.engine import rewriting
from core.archive.sql import read

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from core.archive.ledger import BatchRecord
    from core.archive.table import TableFile
    from core.jobs import JobContext

# So many samples are looked at in one go.
_A_PASS = 20_000_000
_EARLIER = 86_400_000_000

# First the few messages that came more than once; then their deliveries: the new ones count, but for the first of all.
_REPEATED = """
WITH looked AS NOT MATERIALIZED (
    SELECT message, batch, hash(batch, ordinal) AS place FROM {files}
    WHERE time >= make_timestamptz({begin}) AND time <= make_timestamptz({end}) AND message % {passes} = {number}),
again AS MATERIALIZED (SELECT message FROM looked GROUP BY message HAVING min(place) <> max(place))
SELECT coalesce(sum(new - (new = of_all)::INT), 0)::BIGINT FROM (
    SELECT count(DISTINCT place) AS of_all, count(DISTINCT place) FILTER (ours) AS new FROM (
        SELECT message, place, batch IN (SELECT batch FROM fresh) AS ours FROM looked SEMI JOIN again USING (message))
    GROUP BY message)
"""


def count_repeated(folder: Path, files: Sequence[TableFile], records: Collection[BatchRecord], ctx: JobContext) -> int:
    """How many messages with samples of some batches had been delivered before, or twice by these.

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
    chosen = [file for file in files if file.begin <= end and file.end >= begin]
    if not chosen:
        return 0
    passes = sum(file.rows for file in chosen) // _A_PASS + 1
    total = 0
    with rewriting(ctx, folder) as connection:
        connection.register("fresh", pa.table({"batch": pa.array([record.key for record in records], pa.string())}))
        for number in range(passes):
            query = _REPEATED.format(files=read(folder, chosen), begin=begin, end=end, passes=passes, number=number)
            row = connection.execute(query).fetchone()
            total += row[0] if row is not None else 0
    return total


def month_before(month: str) -> str:
    """The month before one, both ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04d}-{number - 1:02d}" if number > 1 else f"{year - 1:04d}-12"
