"""Joins the series of renamed properties: one series under the present name from the samples of all its names.

Samples stay as they were sent, each with its own unit, and its batch and ordinal lead to its message. What was sent
under a former name and again under a later one counts once: of samples of one series, with the same time and the same
text and failure, that say the same number (also where one says it in kilometers and the other in meters), the one under
the name that comes first in :func:`core.autoapi.renames.names_of` stays. That is what a vehicle does while its software
moves from one name to the other, in one message or in two, and an analyst would count the same reading twice otherwise.
Where the numbers differ both stay; of what stands at the same place of a message, the present name comes last.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from core.archive.engine import querying
from core.archive.sql import among, of_vehicles, read
from core.autoapi.renames import names_of, present_name
from core.autoapi.units import convert, dimensions, units_of
from core.fleet.series import PropertySummary, SeriesKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb
    from numpy.typing import NDArray

    from core.archive.table import TableFile
    from core.jobs import JobContext

# Kilometers as meters and meters as meters differ by rounding, which is far less than what anything measures.
_SAME = 1e-9

# Of two samples at the same time: whether a says the same as b, which stands under a name that comes before.
_REPEATS = f"""
a.place > b.place AND a.text IS NOT DISTINCT FROM b.text AND a.failure IS NOT DISTINCT FROM b.failure
AND (a.value IS NOT DISTINCT FROM b.value AND a.unit IS NOT DISTINCT FROM b.unit
    OR a.measure = b.measure AND abs(a.number_in_it - b.number_in_it) <= {_SAME} * abs(b.number_in_it))
"""

_REPEATED = f"""
WITH measured AS MATERIALIZED (
    SELECT row, number, time, place, value, text, sample.unit, failure, measure,
        value * factor + constant AS number_in_it
    FROM sample LEFT JOIN units ON units.unit = sample.unit)
SELECT a.row FROM measured AS a JOIN measured AS b ON a.number = b.number AND a.time = b.time WHERE {_REPEATS}
"""


# Each sample as its first delivery brought it, under its property's present name.
_PROPERTIES = f"""
WITH sent AS MATERIALIZED (
    SELECT capability, present AS property, component, vin, place, item, min(time) AS time,
        min((time, batch, ordinal)) AS came,
        arg_min({{{{'value': value, 'text': text, 'failure': failure, 'unit': unit}}}}, (time, batch, ordinal)) AS said
    FROM {{files}} JOIN renamed USING (capability, property) WHERE {{condition}}
    GROUP BY capability, present, component, vin, place, message, item),
measured AS MATERIALIZED (
    SELECT sent.*, said.value, said.text, said.failure, said.unit, measure,
        said.value * factor + constant AS number_in_it, row_number() OVER () AS row
    FROM sent LEFT JOIN units ON units.unit = said.unit),
repeated AS (
    SELECT a.row FROM measured AS a JOIN measured AS b
        ON a.capability = b.capability AND a.property = b.property AND a.component = b.component AND a.vin = b.vin
        AND a.time = b.time
    WHERE {_REPEATS})
SELECT capability, property, component, count(*), count(DISTINCT vin), epoch_us(max(time)),
    arg_max(said, (came, item, -place)),
    bool_or(value IS NOT NULL) AND NOT bool_or(value IS NOT NULL AND text IS NOT NULL)
FROM measured ANTI JOIN repeated USING (row)
GROUP BY capability, property, component
"""


def joined_key(key: SeriesKey) -> SeriesKey:
    """The series that a series is part of; itself where its property was not renamed."""
    present = present_name(key.capability, key.property)
    return key if present == key.property else replace(key, property=present)


def keys_as_sent(key: SeriesKey) -> list[SeriesKey]:
    """The series that are joined with a series, that of the present name first; itself alone where there are none."""
    return [replace(key, property=name) for name in names_of(key.capability, key.property)]


def joined_path(path: str) -> str:
    """``capability.property[.component]`` with the property's present name."""
    return paths_as_sent(path)[0]


def paths_as_sent(path: str) -> list[str]:
    """``capability.property[.component]`` under all names of the property, the present one first."""
    capability, _, rest = path.partition(".")
    property, dot, component = rest.partition(".")
    return [f"{capability}.{name}{dot}{component}" for name in names_of(capability, property)]


def joined_properties(
    folder: Path, files: Sequence[TableFile], vins: Sequence[str], as_sent: Sequence[PropertySummary], ctx: JobContext
) -> list[PropertySummary]:
    """What there is of some vehicles, renamed properties under their present names; sorted by names.

    Args:
        as_sent: the same as :func:`core.archive.query.properties` gives it. Only of properties whose former names are
            among it samples are read.
    """
    former: dict[tuple[str, str, str], list[str]] = {}
    for one in as_sent:
        present = present_name(one.capability, one.property)
        if present != one.property:
            former.setdefault((one.capability, present, one.component), []).append(one.property)
    if not former:
        return list(as_sent)
    groups = sorted({names[:2] for names in former})
    renamed = [(*group, name, place) for group in groups for place, name in enumerate(names_of(*group))]
    columns = dict(zip(("capability", "present", "property", "place"), zip(*renamed, strict=True), strict=True))
    conditions = [among("vin", vins), *(among(name, columns[name]) for name in ("capability", "property"))]
    query = _PROPERTIES.format(files=read(folder, of_vehicles(files, vins)), condition=" AND ".join(conditions))
    with querying(ctx, folder) as connection:
        connection.register("renamed", pa.table({name: pa.array(column) for name, column in columns.items()}))
        connection.register("units", _measures())
        rows = connection.execute(query).fetchall()
    of_others = [one for one in as_sent if (one.capability, present_name(one.capability, one.property)) not in groups]
    joined = [summary(row, tuple(former.get(row[:3], ()))) for row in rows]
    return sorted(of_others + joined, key=lambda one: (one.capability, one.property, one.component))


def summary(row: tuple[Any, ...], former_names: tuple[str, ...] = ()) -> PropertySummary:
    """One row of a query for properties."""
    capability, property, component, samples, vehicles, last_seen, newest, numeric = row
    return PropertySummary(
        capability,
        property,
        component,
        samples,
        vehicles,
        last_seen,
        last_value=newest["value"],
        last_text=newest["text"],
        last_failure=newest["failure"],
        unit=newest["unit"],
        numeric=numeric,
        former_names=former_names,
    )


def repeated(connection: duckdb.DuckDBPyConnection, table: pa.Table) -> NDArray[np.bool_]:
    """Which rows say again what another one says under a name that comes before.

    Args:
        table: number (of the series), place (of the name), time, value, text, unit and failure of each sample.

    Returns:
        A boolean a row.
    """
    rows = np.arange(table.num_rows)
    connection.register("sample", table.append_column("row", pa.array(rows)))
    connection.register("units", _measures())
    found = connection.execute(_REPEATED).fetchnumpy()["row"]
    return np.isin(rows, found)


@functools.cache
def _measures() -> pa.Table:
    """How numbers in different units compare: unit, measure, factor and constant.

    ``value * factor + constant`` is comparable among all units of a measure. Units whose relation is inverse are not in
    it: those numbers are the same only where their units are.
    """
    columns: dict[str, list[str | float]] = {"unit": [], "measure": [], "factor": [], "constant": []}
    for measure in dimensions():
        units = units_of(measure)
        for unit in units:
            zero, one = convert(np.array([0.0, 1.0]), unit, units[0]).tolist()
            if np.isfinite(zero):
                for column, cell in zip(columns.values(), (unit, measure, one - zero, zero), strict=True):
                    column.append(cell)
    return pa.table(columns)
