"""What series come to, counted once in each file and then put together from the counts of several.

A message that was delivered twice may be in two files, but then with the same times. So counts add up where the times
of a series do not overlap between the files; where they do, only the samples of that time are compared. What has no
time of its own has that of a batch, which differs between two deliveries: where there is such in several files, all
samples of those series are counted anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.archive.sql import among, literal, of_vehicles, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from core.archive.table import TableFile
    from core.jobs import JobContext

_NAMES = "vin, capability, property, component"
_LITERALS = 200

# The hash stands for a series' names while its samples are counted; it lives no longer than the query.
_SUMMARY = f"""
WITH looked AS NOT MATERIALIZED (SELECT *, hash({_NAMES}) AS series FROM {{files}} {{condition}}),
counted AS MATERIALIZED (
    SELECT series, count(*) AS samples, min(time) AS first, max(time) AS time, bool_or(number) AS number,
        bool_or(named) AS named, bool_or(untimed) AS untimed
    FROM (
        SELECT series, min(time) AS time, bool_or(value IS NOT NULL) AS number,
            bool_or(value IS NOT NULL AND text IS NOT NULL) AS named, bool_or(time_from_batch) AS untimed
        FROM looked GROUP BY series, message, item)
    GROUP BY series)
SELECT {_NAMES}, samples, epoch_us(first) AS first, epoch_us(time) AS last, number, named, untimed,
    max({{{{'batch': batch, 'ordinal': ordinal, 'item': item}}}}) AS place,
    arg_max({{{{'value': value, 'text': text, 'failure': failure, 'unit': unit}}}}, (batch, ordinal, item)) AS said
FROM looked JOIN counted USING (series, time) GROUP BY ALL
"""

_MERGED = f"""
SELECT {_NAMES}, sum(samples)::BIGINT AS samples, min(first) AS first, max(last) AS last, bool_or(number) AS number,
    bool_or(named) AS named, bool_or(untimed) AS untimed, arg_max(place, (last, place)) AS place,
    arg_max(said, (last, place)) AS said
FROM ({{parts}}) GROUP BY {_NAMES}
"""

# All that matters of a part that is not put together itself.
_KNOWN = f"""
SELECT {_NAMES}, min(first) AS first, max(last) AS last, bool_or(untimed) AS untimed
FROM {{files}} SEMI JOIN fresh USING ({_NAMES}) GROUP BY {_NAMES}
"""

_MEETING = f"""
SELECT 1 FROM {{files}} AS old JOIN fresh USING ({_NAMES})
WHERE old.first <= fresh.last AND fresh.first <= old.last OR old.untimed AND fresh.untimed LIMIT 1
"""

_UNTIMED = f"SELECT {_NAMES} FROM part WHERE untimed GROUP BY {_NAMES} HAVING count(*) > 1"

# Where a part begins before an earlier one has ended: what is in both lies in between.
_ZONES = f"""
SELECT {_NAMES}, first AS begin, least(last, reached) AS until FROM (
    SELECT {_NAMES}, first, last, max(last) OVER (
        PARTITION BY {_NAMES} ORDER BY first, last, label ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
    FROM part ANTI JOIN anew USING ({_NAMES}))
WHERE first <= reached
"""

_IN_ZONES = f"""
SELECT {_NAMES}, {{label}} AS label, message, item FROM {{files}} JOIN zone USING ({_NAMES})
WHERE {{condition}} AND epoch_us(time) BETWEEN begin AND until
"""

_REPEATED = f"""
SELECT {_NAMES}, sum(labels - 1)::BIGINT AS repeated FROM (
    SELECT {_NAMES}, count(DISTINCT label) AS labels FROM ({{samples}}) GROUP BY {_NAMES}, message, item)
GROUP BY {_NAMES}
"""


@dataclass(frozen=True, slots=True)
class Part:
    """Some files together, and a query for what each series comes to in them."""

    files: Sequence[TableFile]
    rows: str


def summary_of(folder: Path, files: Sequence[TableFile], condition: str = "") -> str:
    """A query for what the series of some files, at least one, come to.

    Its columns: vin, capability, property, component; samples, each once however often it was delivered; first and
    last, microseconds since the epoch, UTC; number, named and untimed: whether any has a value, a value with a text, a
    batch's time; place (batch, ordinal, item) and said (value, text, failure, unit) of the last one.
    """
    return _SUMMARY.format(files=read(folder, files), condition=condition)


def known(files: str) -> str:
    """A query for the times of those series in some files of summaries that are also in the table ``fresh``."""
    return _KNOWN.format(files=files)


def meeting(files: str) -> str:
    """A query that finds something where a series of the table ``fresh`` may have samples that are counted there."""
    return _MEETING.format(files=files)


def without_anew(rows: str) -> str:
    """A query for the rows of another one but those of the series of :meth:`Joining.anew`."""
    return f"FROM ({rows}) ANTI JOIN anew USING ({_NAMES})"


def merged(parts: Sequence[str]) -> str:
    """A query that adds up the rows of others, in which no sample is counted twice."""
    return _MERGED.format(parts=" UNION ALL BY NAME ".join(f"({part})" for part in parts))


class Joining:
    """Puts the counts of parts together.

    Args:
        connection: gets temporary tables.
        folder: the archive's.
        parts: no file is in two of them. Of one that is not to be put together itself the times of series suffice.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, parts: Sequence[Part], ctx: JobContext
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._parts = parts
        rows = (f"(SELECT *, {label} AS label FROM ({part.rows}))" for label, part in enumerate(parts))
        self._make("part", " UNION ALL BY NAME ".join(rows), ctx)
        self._vins = self._make("anew", _UNTIMED, ctx)
        self._make("zone", _ZONES, ctx)
        samples = self._samples_in_zones()
        self._repeated = bool(samples)
        if samples:
            self._make("repeated", _REPEATED.format(samples=" UNION ALL ".join(samples)), ctx)

    def counted(self) -> str:
        """A query for what all parts come to together, without the series of :meth:`anew`."""
        return self._each_once(merged([self._without_anew("SELECT * EXCLUDE (label) FROM part")]))

    def added(self) -> str:
        """A query for what the last part adds to those before it, without the series of :meth:`anew`."""
        last = f"SELECT * EXCLUDE (label) FROM part WHERE label = {len(self._parts) - 1}"
        return self._each_once(self._without_anew(last))

    def anew(self, files: Sequence[TableFile]) -> str:
        """A query for the series that are counted in the samples of all files; empty where there are none."""
        if self._vins is None:
            return ""
        low, high = self._vins
        chosen = [file for file in files if file.low <= high and low <= file.high]
        return summary_of(self._folder, chosen, f"SEMI JOIN anew USING ({_NAMES})")

    def _without_anew(self, rows: str) -> str:
        return rows if self._vins is None else without_anew(rows)

    def _each_once(self, rows: str) -> str:
        if not self._repeated:
            return rows
        return (
            "SELECT * EXCLUDE (repeated) REPLACE (samples - coalesce(repeated, 0) AS samples) "
            f"FROM ({rows}) LEFT JOIN repeated USING ({_NAMES})"
        )

    def _make(self, name: str, query: str, ctx: JobContext) -> tuple[str, str] | None:
        """Make a temporary table; the first and last vehicle in it."""
        ctx.check()
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
        row = self._connection.execute(f"SELECT min(vin), max(vin) FROM {name}").fetchone()
        return None if row is None or row[0] is None else (row[0], row[1])

    def _samples_in_zones(self) -> list[str]:
        """Queries for the samples that may have been delivered twice."""
        bounds = self._connection.execute("SELECT min(vin), max(vin), min(begin), max(until) FROM zone").fetchone()
        if bounds is None or bounds[0] is None:
            return []
        low, high, begin, until = bounds
        vins = [vin for (vin,) in self._connection.execute("SELECT DISTINCT vin FROM zone").fetchall()]
        few = len(vins) <= _LITERALS
        condition = among("vin", vins) if few else f"vin BETWEEN {literal(low)} AND {literal(high)}"
        condition += f" AND time >= make_timestamptz({begin}) AND time <= make_timestamptz({until})"
        queries = []
        for label, part in enumerate(self._parts):
            near = [file for file in part.files if file.begin <= until and begin <= file.end]
            chosen = of_vehicles(near, vins) if few else [f for f in near if f.low <= high and low <= f.high]
            if chosen:
                files = read(self._folder, chosen)
                queries.append(_IN_ZONES.format(label=label, files=files, condition=condition))
        return queries
