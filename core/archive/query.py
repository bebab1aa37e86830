"""Answers questions about vehicles, properties and series from the archive's files.

A message that was delivered again is in the archive once for each batch that brought it; every answer counts and shows
its samples once, as the delivery with the earliest time brought them. A series also knows which of them came again, and
in which batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.archive.deliveries import each_once, without
from core.archive.engine import querying
from core.archive.joining import joined_key, keys_as_sent, repeated, summary
from core.archive.ledger import Reject
from core.archive.sql import among, literal, of_vehicles, read
from core.fleet.series import Labels, PropertySummary, Redeliveries, Series, SeriesKey, Vehicle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.archive.table import TableFile
    from core.jobs import JobContext

_LITERALS = 200

_NAMES = ("vin", "capability", "property", "component")

# The hash stands for all that tells a sample from others; it lives no longer than the query.
_VEHICLES = """
SELECT vin, min(time), max(time), count(*) FROM (
    SELECT vin, epoch_us(min(time)) AS time FROM {files}
    GROUP BY vin, hash(capability, property, component, message, item))
GROUP BY vin ORDER BY vin
"""

# First how many samples each series has and when the last one was, by numbers alone; then what that last one says.
_PROPERTIES = """
WITH counted AS MATERIALIZED (
    SELECT series, count(*) AS samples, max(time) AS time, bool_or(number) AS number, bool_or(named) AS named FROM (
        SELECT hash(vin, capability, property, component) AS series, min(time) AS time,
            bool_or(value IS NOT NULL) AS number, bool_or(value IS NOT NULL AND text IS NOT NULL) AS named
        FROM {files} WHERE {condition} GROUP BY series, message, item)
    GROUP BY series),
newest AS (
    SELECT vin, capability, property, component, time, samples, number, named, max((batch, ordinal, item)) AS place,
        arg_max({{'value': value, 'text': text, 'failure': failure, 'unit': unit}}, (batch, ordinal, item)) AS said
    FROM (SELECT *, hash(vin, capability, property, component) AS series FROM {files} WHERE {condition})
    JOIN counted USING (series, time)
    GROUP BY vin, capability, property, component, time, samples, number, named)
SELECT capability, property, component, sum(samples)::BIGINT, count(*), epoch_us(max(time)),
    arg_max(said, (time, place)), bool_or(number) AND NOT bool_or(named)
FROM newest GROUP BY capability, property, component ORDER BY capability, property, component
"""

# The place is that of the name under which a sample was sent, where a series is joined of several.
_SERIES = """
SELECT number, place, epoch_us(time) AS time, value, text, unit, failure, batch, ordinal, time_from_batch, item, message
FROM {files} JOIN wanted USING (vin, capability, property, component) WHERE {condition}
"""

_ONE_SERIES = """
SELECT 0::INTEGER AS number, 0::INTEGER AS place, epoch_us(time) AS time, value, text, unit, failure, batch, ordinal,
    time_from_batch, item, message
FROM {files} WHERE {condition}
"""

FOUND = """
SELECT DISTINCT vin, capability, property, component FROM {files}
WHERE {condition} AND (NOT $restricted OR list_contains($paths, capability || '.' || property)
    OR list_contains($paths, capability || '.' || property || '.' || component))
ORDER BY vin, capability, property, component
"""
"""Finds series in files that are to be named, under a condition; with :func:`found_parameters`."""


def vehicles(folder: Path, files: Sequence[TableFile], ctx: JobContext) -> list[Vehicle]:
    """All vehicles, sorted by vin."""
    if not files:
        return []
    with querying(ctx, folder) as connection:
        rows = connection.execute(_VEHICLES.format(files=read(folder, files))).fetchall()
    return [Vehicle(*row) for row in rows]


def properties(folder: Path, files: Sequence[TableFile], vins: Sequence[str], ctx: JobContext) -> list[PropertySummary]:
    """What there is of some vehicles, or of all where none is named, sorted by its names."""
    chosen = of_vehicles(files, vins)
    if not chosen:
        return []
    query = _PROPERTIES.format(files=read(folder, chosen), condition=among("vin", vins))
    with querying(ctx, folder) as connection:
        return [summary(row) for row in connection.execute(query).fetchall()]


def find_series(
    folder: Path, files: Sequence[TableFile], vins: Sequence[str], paths: Sequence[str], ctx: JobContext
) -> list[SeriesKey]:
    """The series of some vehicles whose path, with or without its component, is among some; sorted."""
    chosen = of_vehicles(files, vins)
    if not chosen:
        return []
    query = FOUND.format(files=read(folder, chosen), condition=among("vin", vins))
    with querying(ctx, folder) as connection:
        rows = connection.execute(query, found_parameters(paths)).fetchall()
    return [SeriesKey(*row) for row in rows]


def found_parameters(paths: Sequence[str]) -> dict[str, object]:
    """What the query for series needs to know."""
    return {"restricted": bool(paths), "paths": list(paths) or [""]}


def series(
    folder: Path,
    files: Sequence[TableFile],
    keys: Sequence[SeriesKey],
    ctx: JobContext,
    start: int | None = None,
    end: int | None = None,
    *,
    joined: bool = False,
) -> list[Series]:
    """The samples of each key with start <= time < end, in the order of the keys."""
    if not keys:
        return []
    if joined:
        keys = [joined_key(key) for key in keys]
    possible = of_vehicles(files, [key.vin for key in keys])
    chosen = [file for file in possible if (start is None or file.end >= start) and (end is None or file.begin < end)]
    if not chosen:
        return [_empty(key) for key in keys]
    distinct = list(dict.fromkeys(keys))
    sent = [keys_as_sent(key) if joined else [key] for key in distinct]
    table, again = _series_rows(folder, chosen, sent, ctx, start, end)
    if len(chosen) < len(possible) and pc.any(table.column("time_from_batch")).as_py():
        # A message without a time has that of its first delivery, which may lie in a file outside the range.
        table, again = _series_rows(folder, possible, sent, ctx, start, end)
    ctx.check()
    found = dict(zip(distinct, _split(table, again, sent), strict=True))
    return [found[key].slice(start, end) for key in keys]


def _series_rows(
    folder: Path,
    files: Sequence[TableFile],
    sent: Sequence[Sequence[SeriesKey]],
    ctx: JobContext,
    start: int | None,
    end: int | None,
) -> tuple[pa.Table, pa.Table | None]:
    """The samples of each series in these files, and those that came again, as each_once gives them.

    Outside the range there are only those whose time is a batch's.

    Args:
        sent: for each series those of which it is joined, itself first.
    """
    parts = [(number, place, key) for number, keys in enumerate(sent) for place, key in enumerate(keys)]
    wanted = {
        "number": pa.array([number for number, _, _ in parts], pa.int32()),
        "place": pa.array([place for _, place, _ in parts], pa.int32()),
    }
    conditions = []
    for name in _NAMES:
        texts = [getattr(key, name) for _, _, key in parts]
        wanted[name] = pa.array(texts, pa.string())
        # The join restricts anyway; these let DuckDB skip parts of files, which many names would not.
        if len(set(texts)) <= _LITERALS:
            conditions.append(among(name, texts))
    if start is not None:
        conditions.append(f"(time_from_batch OR time >= make_timestamptz({int(start)}))")
    if end is not None:
        conditions.append(f"(time_from_batch OR time < make_timestamptz({int(end)}))")
    with querying(ctx, folder) as connection:
        connection.register("wanted", pa.table(wanted))
        condition = " AND ".join(conditions) or "true"
        query = _ONE_SERIES if len(parts) == 1 else _SERIES
        found = connection.execute(query.format(files=read(folder, files), condition=condition)).to_arrow_table()
        ctx.check()
        table, again = each_once(found)
        if pc.any(pc.greater(table.column("place"), 0)).as_py():
            return without(repeated(connection, table), table, again)
        return table, again


def rejects(folder: Path, files: Sequence[TableFile], batch: str, limit: int, ctx: JobContext) -> list[Reject]:
    """Messages that could not be read, of one batch or of all, by batch and ordinal."""
    if not files:
        return []
    condition = f"batch = {literal(batch)}" if batch else "true"
    with querying(ctx, folder) as connection:
        rows = connection.execute(
            f"SELECT batch, ordinal, reason, raw FROM {read(folder, files)} WHERE {condition} "
            f"ORDER BY batch, ordinal LIMIT {int(limit)}"
        ).fetchall()
    return [Reject(*row) for row in rows]


def _split(table: pa.Table, again: pa.Table | None, sent: Sequence[Sequence[SeriesKey]]) -> list[Series]:
    """The series of a table that is sorted by their numbers, each under the first of the keys that it is joined of."""
    redelivered = None
    if again is not None:
        redelivered = Redeliveries(again.column("kept").to_numpy(), _Column(again.column("batch")).labels(slice(None)))
    columns = {name: table.column(name) for name in table.column_names}
    bounds = np.searchsorted(columns["number"].to_numpy(), np.arange(len(sent) + 1))
    place = columns["place"].to_numpy()
    time = columns["time"].to_numpy()
    value = columns["value"].to_numpy()
    ordinal = columns["ordinal"].to_numpy()
    from_batch = columns["time_from_batch"].to_numpy()
    labels = [_Column(columns[name]) for name in ("text", "unit", "failure", "batch")]
    found = []
    for keys, low, high in zip(sent, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        part = slice(low, high)
        text, unit, failure, batch = (column.labels(part) for column in labels)
        found.append(
            Series(
                keys[0],
                time[part],
                value[part],
                text,
                unit,
                failure,
                batch,
                ordinal[part],
                from_batch[part].astype(np.bool_),
                _sent_as(place[part], keys) if place[part].any() else None,
                redelivered=None if redelivered is None else redelivered.part(low, high),
            )
        )
    return found


def _sent_as(place: NDArray[np.int32], keys: Sequence[SeriesKey]) -> Labels:
    names = np.array([key.property for key in keys], np.object_)
    return _labels(place, names, np.empty(len(names), np.int32))


class _Column:
    """Texts of many series, of each of which the labels name only those that it has."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        self._codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        self._names = encoded.dictionary.to_numpy(zero_copy_only=False)
        # Where a text is used last, and then which one it is of those used; what other series left there is not read.
        self._places = np.empty(len(self._names), np.int32)

    def labels(self, part: slice) -> Labels:
        """Of the rows of one series."""
        return _labels(self._codes[part], self._names, self._places)


def _labels(codes: NDArray[np.int32], names: NDArray[np.object_], places: NDArray[np.int32]) -> Labels:
    """Codes into only those names that are used; as fast for a few codes as for many, unlike sorting them.

    Args:
        places: as many as there are names, to be written to.
    """
    if not len(codes) or codes.max() < 0:
        return Labels(codes, ())
    if len(names) == 1:
        return Labels(codes, tuple(names.tolist()))
    present = codes if codes.min() >= 0 else codes[codes >= 0]
    numbers = np.arange(len(present), dtype=np.int32)
    places[present] = numbers
    used = np.sort(present[places[present] == numbers])
    places[used] = np.arange(len(used), dtype=np.int32)
    own = places[codes] if present is codes else np.where(codes < 0, np.int32(-1), places[codes])
    return Labels(own, tuple(names[used].tolist()))


def _empty(key: SeriesKey) -> Series:
    none = Labels.empty()
    return Series(
        key,
        np.empty(0, np.int64),
        np.empty(0, np.float64),
        none,
        none,
        none,
        none,
        np.empty(0, np.int32),
        np.empty(0, np.bool_),
    )
