"""Builds archives of any size as compaction leaves them, without any batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import duckdb

from core.archive.compact import PART_ROWS
from core.archive.files import COLUMNS, Partition, write_table
from core.archive.table import Table
from core.fleet.series import SeriesKey

if TYPE_CHECKING:
    from pathlib import Path

    from core.archive.files import WrittenFile

APP = "9FBBEDED80595912588FF4FF"
LEVEL = "level13"
YEAR = 2025
_A_BATCH = 1_000
# In order of their names; how many of them a series' values follow from is told by its kind.
_SERIES = (
    ("charging", "battery_level", "", None, "share"),
    ("charging", "status", "", None, "state"),
    ("diagnostics", "battery_voltage", "", "volts", "wave"),
    ("diagnostics", "fuel_level", "", None, "share"),
    ("diagnostics", "odometer", "", "kilometers", "rising"),
    ("diagnostics", "speed", "", "kilometers_per_hour", "wave"),
    ("doors", "locks", "front_left.lock_state", None, "state"),
    ("ignition", "state", "", None, "state"),
    ("vehicle_location", "coordinates", "latitude", None, "wave"),
    ("vehicle_location", "coordinates", "longitude", None, "wave"),
)

# Each sample lies anywhere in its step; its batch is closed at the end of the step of batches it lies in.
_ROWS = """
SELECT format('WVWZZZ1KZAW{{:06d}}', vehicle) AS vin, capability, property, component, make_timestamptz(time) AS time,
    false AS time_from_batch,
    CASE kind WHEN 'rising' THEN round(1000 * (vehicle % 50) + step * 4.2 + dice % 40 / 10, 1)
        WHEN 'share' THEN (dice % 101) / 100 WHEN 'wave' THEN round(50 + 40 * sin(vehicle + step / 9), 2) END AS value,
    CASE kind WHEN 'state' THEN ['active', 'inactive', 'locked', 'unlocked'][(1 + dice % 4)::INTEGER] END AS text,
    unit, NULL::VARCHAR AS failure, batch,
    (dice // 1000 % {a_batch})::INTEGER AS ordinal, 0 AS item, message, vehicle, series
FROM (
    SELECT *, (time // {batch_step} + 1) * {batch_step} AS closed FROM (
        SELECT *, {begin} + step * {step} + (dice % {step})::BIGINT AS time FROM (
            SELECT *, hash(vehicle, series, step) AS dice,
                (hash(vehicle, capability, property, step) >> 1)::BIGINT AS message
            FROM range({low}, {high}) AS v(vehicle), wanted, range({first}, {last}) AS s(step))))
JOIN batches USING (closed)
"""

# Those of a month. A name takes longer to write than all the rest of a row.
_BATCHES = """
CREATE OR REPLACE TABLE batches AS
SELECT closed, strftime(make_timestamptz(closed), '{app}/{level}/%Y/%m/%d/%H-%M-%S-000000000-')
    || format('{{:08x}}', closed // 1000000) || '.json' AS batch
FROM (SELECT unnest(range({begin} // {batch_step}, {end} // {batch_step} + 1)) * {batch_step} AS closed)
WHERE closed >= {begin} AND closed < {end}
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """What an archive holds: samples of one year, of ten series of each vehicle.

    Attributes:
        samples: of each series.
    """

    folder: Path
    vehicles: int
    samples: int

    @property
    def size(self) -> int:
        """How many samples there are in all."""
        return self.vehicles * len(_SERIES) * self.samples

    def vin(self, number: int) -> str:
        """One of the vehicles; the numbers go round."""
        return f"WVWZZZ1KZAW{number % self.vehicles:06}"

    def odometer(self, number: int) -> SeriesKey:
        """A vehicle's odometer."""
        return SeriesKey(self.vin(number), "diagnostics", "odometer")

    def keys(self, number: int) -> list[SeriesKey]:
        """All series of a vehicle."""
        return [SeriesKey(self.vin(number), *names[:3]) for names in _SERIES]


def month_bounds(month: int) -> tuple[int, int]:
    """Begin and end of a month of the year, 13 being the next January; microseconds since the epoch, UTC."""

    def begin(number: int) -> int:
        return int(datetime(YEAR + (number - 1) // 12, (number - 1) % 12 + 1, 1, tzinfo=UTC).timestamp()) * 1_000_000

    return begin(month), begin(month + 1)


def build(folder: Path, vehicles: int, samples: int) -> Fleet:
    """Write an archive: one commit, a month in parts by ranges of vehicles, each sorted by series.

    Args:
        samples: of each series.
    """
    table = Table(folder)
    begin, end = month_bounds(1)[0], month_bounds(12)[1]
    # The last one is closed within the year.
    step = (end - begin) // (samples + 2)
    batch_step = max(1, (end - begin) // max(1, vehicles * samples * len(_SERIES) // _A_BATCH) // 1_000_000) * 1_000_000
    batch_step = min(batch_step, step)
    files: list[WrittenFile] = []
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "CREATE TABLE wanted (series INTEGER, capability TEXT, property TEXT, component TEXT, unit TEXT, kind TEXT)"
        )
        connection.executemany(
            "INSERT INTO wanted VALUES (?, ?, ?, ?, ?, ?)", [(place, *names) for place, names in enumerate(_SERIES)]
        )
        for month in range(1, 13):
            bounds = month_bounds(month)
            first, last = (max(0, min(samples, (bound - begin) // step)) for bound in bounds)
            rows = (last - first) * vehicles * len(_SERIES)
            month_batches = {"begin": bounds[0], "end": bounds[1], "batch_step": batch_step}
            connection.execute(_BATCHES.format(app=APP, level=LEVEL, **month_batches))
            a_part = -(-vehicles // max(1, -(-rows // PART_ROWS)))
            for low in range(0, vehicles, a_part):
                query = _ROWS.format(
                    a_batch=_A_BATCH,
                    batch_step=batch_step,
                    begin=begin,
                    step=step,
                    low=low,
                    high=min(low + a_part, vehicles),
                    # A sample of the step before may lie in a batch of this month.
                    first=max(0, first - 2),
                    last=min(samples, last + 1),
                )
                partition = Partition("sample", APP, LEVEL, f"{YEAR}-{month:02}")
                # Numbers are sorted faster than the texts that they stand for.
                ordered = f"SELECT {', '.join(COLUMNS['sample'])} FROM ({query}) ORDER BY vehicle, series, time"
                found = connection.execute(ordered).to_arrow_table()
                if found.num_rows:
                    files.append(write_table(found, folder, partition))
    table.commit(table.snapshot(), files, [])
    fleet = Fleet(folder, vehicles, samples)
    if sum(file.rows for file in files) != fleet.size:
        raise RuntimeError(f"{sum(file.rows for file in files):,} instead of {fleet.size:,} samples were written")
    return fleet
