"""Flattens the usual shapes of many batches at once, in SQL.

It gives the same samples as :mod:`core.archive.exact` or none: whatever is unusual (elements that are no messages,
members that come twice, inner lists, odd times, …) it names and leaves to that module. Each stage parses only what the
stage before it has cut out:

    batches → messages (msg) → properties (prop) → items (item) → nodes, level by level → leaves (leaf)

What to do with an object depends on its place and the names of its members alone, so that it is decided once for each
distinct shape, in Python, and joined back.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from core.archive.components import write_part
from core.archive.moments import SQL_UNUSUAL, SQL_USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from core.archive.components import Selection
    from core.jobs import JobContext

_LEVELS = 4
_KNOWN = ("data", "timestamp", "failure", "availability")
_UNQUOTED = "trim(node, '\"')"


def _digest(identity: str) -> str:
    return f"(('0x' || substr(md5({identity}), 1, 16))::UBIGINT >> 1)::BIGINT"


def _text(node: str) -> str:
    """A JSON string's text. Without a backslash it stands between the quotes as it is."""
    return f"CASE WHEN contains({node}, '\\') THEN json_extract_string({node}, '$') ELSE trim({node}, '\"') END"


def _is_moment(text: str) -> str:
    return f"regexp_full_match({text}, '{SQL_USUAL}')"


def _moment(text: str) -> str:
    return f"epoch_us(TRY_CAST({text} AS TIMESTAMPTZ))"


def _selector(node: str) -> str:
    return f"CASE WHEN starts_with({node}, '\"') THEN {_text(node)} ELSE {node} END"


def _written(part: str) -> str:
    """A part as components.write_part writes it."""
    escaped = f"replace(replace(replace({part}, '%', '%25'), '.', '%2E'), '~', '%7E')"
    return f"CASE WHEN {part} = '' THEN '%' WHEN regexp_matches({part}, '[%.~]') THEN {escaped} ELSE {part} END"


_MESSAGES = f"""
CREATE OR REPLACE TEMP TABLE msg AS
SELECT id, (id::BIGINT << 32) | ordinal AS m, s.vin, s.message_id, s.timestamp AS written, s.data,
    CASE WHEN s.message_id != '' THEN {_digest("s.message_id")} END AS message
FROM (SELECT id, unnest(s) AS s, generate_subscripts(s, 1) - 1 AS ordinal FROM (
    SELECT id, TRY(from_json(content, '[{{"vin": "VARCHAR", "message_id": "VARCHAR", "timestamp": "VARCHAR",
        "data": "MAP(VARCHAR, MAP(VARCHAR, JSON))"}}]')) AS s FROM batch))
"""

# A message without an id is told by its whole text, written as DuckDB writes it.
_NAMELESS = f"""
UPDATE msg SET message = whole.message FROM (
    SELECT (id::BIGINT << 32) | (generate_subscripts(es, 1) - 1) AS m, {_digest("unnest(es)::VARCHAR")} AS message
    FROM (SELECT id, json_extract(content, '$[*]') AS es FROM batch WHERE id IN (
        SELECT DISTINCT id FROM msg WHERE message IS NULL))
) whole WHERE msg.m = whole.m AND msg.message IS NULL
"""

# A capability that is no object of properties gives one row without a property.
_PROPERTIES = """
CREATE OR REPLACE TEMP TABLE prop AS
SELECT id, m, written, capability, several OR cardinality(c) > 1 AS several,
    unnest(CASE WHEN c IS NULL THEN [NULL] ELSE map_keys(c) END) AS property,
    unnest(CASE WHEN c IS NULL THEN [NULL] ELSE map_values(c)::VARCHAR[] END) AS node
FROM (
    SELECT id, m, written, cardinality(data) > 1 AS several, unnest(map_keys(data)) AS capability,
        unnest(map_values(data)) AS c
    FROM msg)
"""

_ENTRIES = """
CREATE OR REPLACE TEMP TABLE entry AS
SELECT id, m, written, capability, property, 0::INTEGER AS item, node FROM prop WHERE starts_with(node, '{')
UNION ALL
SELECT id, m, written, capability, property, (generate_subscripts(es, 1) - 1)::INTEGER AS item, unnest(es)::VARCHAR
FROM (SELECT * EXCLUDE node, json_extract(node, '$[*]') AS es FROM prop WHERE starts_with(node, '['))
"""

_ITEMS = f"""
CREATE OR REPLACE TEMP TABLE item AS
SELECT row_number() OVER () AS r, id, m, capability, property, item,
    s.data::VARCHAR AS data, s.failure::VARCHAR AS failure, s.availability::VARCHAR AS availability,
    coalesce(s.timestamp, written) AS written, list_contains(k, 'data')::INTEGER AS has_data,
    CASE WHEN {_is_moment("coalesce(s.timestamp, written)")}
        THEN {_moment("coalesce(s.timestamp, written)")} END AS time,
    len(k) = 0 OR len(k) != {" + ".join(f"list_contains(k, '{name}')::INTEGER" for name in _KNOWN)} AS odd
FROM (
    SELECT *, json_keys(node) AS k,
        from_json(node, '{{"data": "JSON", "timestamp": "VARCHAR", "failure": "JSON", "availability": "JSON"}}') AS s
    FROM entry WHERE starts_with(node, '{{')
)
"""

_UNUSUAL = """
CREATE OR REPLACE TEMP TABLE slow AS
SELECT m FROM msg WHERE data IS NULL OR cardinality(data) = 0 OR starts_with(vin, '{') OR starts_with(vin, '[')
    OR starts_with(message_id, '{') OR starts_with(message_id, '[')
UNION ALL
SELECT m FROM prop WHERE property IS NULL OR node IS NULL OR node = '[]'
    OR NOT (starts_with(node, '{') OR starts_with(node, '['))
UNION ALL
SELECT m FROM prop WHERE several GROUP BY m, capability, property HAVING count(*) > 1
UNION ALL
SELECT m FROM entry WHERE NOT starts_with(node, '{')
UNION ALL
SELECT m FROM item WHERE odd OR (data IS NOT NULL AND failure IS NOT NULL) OR (written IS NOT NULL AND time IS NULL)
UNION ALL
-- A member of the message that comes twice shows only in how often its name stands in the batch.
SELECT m FROM msg WHERE id IN (
    SELECT id FROM batch
    LEFT JOIN (SELECT id, count(data) AS named, count(vin) AS vins FROM msg GROUP BY id) USING (id)
    LEFT JOIN (SELECT id, sum(has_data) AS items FROM item GROUP BY id) USING (id)
    WHERE vins != vin_names OR named + coalesce(items, 0) != data_names)
"""

_NODES = """
CREATE OR REPLACE TEMP TABLE node AS
SELECT r, m, 0::TINYINT AS kind, capability, property, '' AS path, '' AS prefix, data AS node
FROM item WHERE data IS NOT NULL
UNION ALL
SELECT r, m, 1::TINYINT, capability, property, 'availability', 'availability', availability
FROM item WHERE availability IS NOT NULL
"""

# Items without any value, and failures.
_BARE = f"""
CREATE OR REPLACE TEMP TABLE leaf AS
SELECT r, '' AS component, NULL::VARCHAR AS node, NULL::DOUBLE AS value, NULL::VARCHAR AS text, NULL::VARCHAR AS unit,
    NULL::VARCHAR AS failure
FROM item WHERE data IS NULL AND failure IS NULL AND availability IS NULL
UNION ALL
SELECT r, '', NULL, NULL, CASE WHEN f[2] != 'null' THEN {_text("f[2]")} END, NULL, {_text("f[1]")}
FROM (SELECT r, json_extract(failure, ['$.reason', '$.description'])::VARCHAR[] AS f FROM item
    WHERE starts_with(failure, '{{'))
"""

_ODD_FAILURES = """
INSERT INTO slow SELECT m FROM (
    SELECT m, failure, json_keys(failure) AS k, json_extract(failure, ['$.reason', '$.description'])::VARCHAR[] AS f
    FROM item WHERE failure IS NOT NULL)
WHERE NOT coalesce(starts_with(failure, '{') AND starts_with(f[1], '"') AND f[1] != '""'
    AND (f[2] IS NULL OR f[2] = 'null' OR starts_with(f[2], '"')) AND len(k) = 1 + (f[2] IS NOT NULL)::INTEGER, false)
"""

_SCALARS = """
INSERT INTO leaf SELECT r, prefix, node, NULL, NULL, NULL, NULL FROM node
WHERE NOT (starts_with(node, '{') OR starts_with(node, '['))
"""

_LISTS = "INSERT INTO slow SELECT m FROM node WHERE starts_with(node, '[')"

_OBJECTS = """
CREATE OR REPLACE TEMP TABLE object AS
SELECT *, hash(kind, capability, property, path, k) AS shape
FROM (SELECT *, json_keys(node) AS k FROM node WHERE starts_with(node, '{'))
"""

_SHAPES = """
SELECT shape, first(kind), first(capability), first(property), first(path), first(k) FROM object GROUP BY shape
"""

_BY_ROLE = """
CREATE OR REPLACE TEMP TABLE {role} AS
SELECT r, m, kind, capability, property, path, prefix, shape, selectors, {columns}
FROM object JOIN shape USING (shape) WHERE role = '{role}'
"""

_ODD_SHAPES = "INSERT INTO slow SELECT m FROM object JOIN shape USING (shape) WHERE role = 'slow'"

_EMPTY = """
INSERT INTO leaf SELECT r, prefix, NULL, NULL, NULL, NULL, NULL
FROM object JOIN shape USING (shape) WHERE role = 'empty'
"""

_MEASURED_LEAVES = f"""
INSERT INTO leaf SELECT r, prefix, pair[1], NULL, NULL, CASE WHEN pair[2] != 'null' THEN {_text("pair[2]")} END, NULL
FROM measured
"""

_ODD_MEASURED = """
INSERT INTO slow SELECT m FROM measured WHERE starts_with(pair[1], '{') OR starts_with(pair[1], '[')
    OR NOT (pair[2] = 'null' OR starts_with(pair[2], '"'))
"""

_CLOCK_LEAVES = """
INSERT INTO leaf SELECT r, prefix, NULL, h + n / 60::DOUBLE, printf('%02d:%02d', h, n), NULL, NULL
FROM (SELECT r, prefix, TRY_CAST(pair[1] AS INTEGER) AS h, TRY_CAST(pair[2] AS INTEGER) AS n FROM clock)
"""

_ODD_CLOCKS = r"""
INSERT INTO slow SELECT m FROM clock WHERE NOT (regexp_full_match(pair[1], '\d|1\d|2[0-4]')
    AND regexp_full_match(pair[2], '\d|[1-5]\d'))
"""

_SELECTED = f"""
CREATE OR REPLACE TEMP TABLE selected AS
SELECT * EXCLUDE (prefix, one, two), CASE WHEN one IS NULL THEN prefix ELSE concat_ws('.', nullif(prefix, ''),
    {_written("one")}, {_written("two")}) END AS prefix
FROM (SELECT *, {_selector("parts[selectors[1]]")} AS one, {_selector("parts[selectors[2]]")} AS two
    FROM inner_object)
"""

_ODD_SELECTORS = r"""
INSERT INTO slow SELECT m FROM inner_object WHERE len(selectors) > 0 AND len(list_filter(selectors,
    lambda place: regexp_full_match(parts[place], '".*"|true|false|-?\d{1,15}', 's'))) != len(selectors)
UNION ALL
SELECT m FROM selected WHERE kind = 0 AND path = '' AND starts_with(prefix, 'availability')
"""

_ONLY_SELECTORS = """
INSERT INTO leaf SELECT r, prefix, NULL, NULL, NULL, NULL, NULL FROM selected WHERE len(selectors) = len(parts)
"""

_MEMBERS = """
CREATE OR REPLACE TEMP TABLE node AS
SELECT r, m, kind, capability, property, member.path AS path,
    CASE WHEN prefix = '' THEN written ELSE prefix || '.' || written END AS prefix, node
FROM (
    SELECT r, m, kind, capability, property, prefix, shape, generate_subscripts(parts, 1) AS place,
        unnest(parts) AS node
    FROM selected)
JOIN member USING (shape, place)
"""

_DEEP = "INSERT INTO slow SELECT m FROM node WHERE starts_with(node, '{') OR starts_with(node, '[')"

# Texts that begin like a date-time but are not written in the usual way are read exactly.
_ODD_TEXTS = f"""
INSERT INTO slow SELECT m FROM leaf JOIN item USING (r) WHERE starts_with(node, '"')
    AND regexp_matches({_UNQUOTED}, '{SQL_UNUSUAL}') AND NOT {_is_moment(_UNQUOTED)}
"""

_SILENT = "INSERT INTO slow SELECT m FROM msg ANTI JOIN item USING (m)"

_RESULT = f"""
CREATE OR REPLACE TEMP TABLE sample AS
SELECT msg.id, (m & 4294967295)::INTEGER AS ordinal, item.item, message, coalesce(vin, '') AS vin, capability, property,
    component, coalesce(item.time, batch.time) AS time, item.time IS NULL AS time_from_batch,
    CASE WHEN plain IS NULL THEN CASE
            WHEN isfinite(number) THEN number WHEN node = 'true' THEN 1 WHEN node = 'false' THEN 0 ELSE value END
        WHEN plain[11:11] = 'T' AND {_is_moment("plain")} THEN {_moment("plain")} / 1e6 END AS value,
    CASE WHEN plain IS NOT NULL THEN plain WHEN node IS NULL THEN text WHEN node = 'null' THEN NULL
        WHEN isfinite(number) AND (abs(number) < 9007199254740992 OR contains(node, '.') OR contains(node, 'e')
            OR node IN ('9007199254740992', '-9007199254740992')) THEN NULL ELSE node END AS text,
    unit, l.failure
FROM (SELECT r, component, node, value, text, unit, failure,
        CASE WHEN starts_with(node, '"') THEN {_text("node")} END AS plain,
        CASE WHEN NOT starts_with(node, '"') THEN TRY_CAST(node AS DOUBLE) END AS number FROM leaf) AS l
JOIN item USING (r) JOIN msg USING (m) JOIN batch ON batch.id = msg.id
ANTI JOIN slow USING (m)
"""


ADD_EXACT = f"""
INSERT INTO sample SELECT id, ordinal, item,
    coalesce(message, {_digest("coalesce(TRY(json(raw)::VARCHAR), raw)")}) AS message,
    vin, capability, property, component, coalesce(moment, batch.time) AS time, moment IS NULL AS time_from_batch,
    value, text, unit, failure
FROM exact JOIN batch USING (id)
"""
"""Adds samples that were read exactly (table exact) to the table sample."""


class Shape(NamedTuple):
    """What is done with an object of this shape."""

    role: str
    selectors: list[int]
    members: list[tuple[int, str, str]]


def plan(selection: Selection, kind: int, capability: str, property: str, path: str, names: Sequence[str]) -> Shape:
    """Decide about an object by its place and its members' names.

    Args:
        kind: 0 inside an item's data, 1 inside its availability, where nothing selects.

    Returns:
        The role (slow, empty, measured, clock or inner_object), the places of the selectors, and of the other members
        (place, path, part of the component); places count from 1.
    """
    if not names:
        return Shape("empty", [], [])
    # A name with a backslash is not how it is called, and one that comes twice would be lost.
    if len(set(names)) < len(names) or any("\\" in name for name in names):
        return Shape("slow", [], [])
    if set(names) == {"unit", "value"}:
        return Shape("measured", [], [])
    if set(names) == {"hour", "minute"}:
        return Shape("clock", [], [])
    chosen = selection.names(capability, property, path, names) if kind == 0 else []
    if len(chosen) > 2 or (kind == 0 and not path and "availability" in names):
        return Shape("slow", [], [])
    members = [
        (at, f"{path}.{name}" if path else name, write_part(name))
        for at, name in enumerate(names, 1)
        if name not in chosen
    ]
    return Shape("inner_object", [names.index(name) + 1 for name in chosen], members)


def flatten_usual(connection: duckdb.DuckDBPyConnection, selection: Selection, ctx: JobContext) -> None:
    """Fill the temporary tables sample and slow from the temporary table batch.

    Args:
        connection: has a temporary table batch (id INTEGER, content VARCHAR, time BIGINT in microseconds, data_names
            and vin_names BIGINT: how often "data" and "vin" stand in the content).

    After it, msg has one row for each message of every batch that is valid JSON (id, m = id << 32 | ordinal), slow the
    m of those that must be read exactly, and sample the samples of the others, whose value, text, unit, failure and
    time are final (time in microseconds).
    """
    run = connection.execute
    for step in (_MESSAGES, _PROPERTIES, _ENTRIES, _ITEMS, _UNUSUAL, _BARE, _ODD_FAILURES, _NODES):
        ctx.check()
        run(step)
    if run("SELECT 1 FROM msg WHERE message IS NULL LIMIT 1").fetchone():
        run(_NAMELESS)
    for _ in range(_LEVELS):
        ctx.check()
        run(_SCALARS)
        run(_LISTS)
        run(_OBJECTS)
        shapes = run(_SHAPES).fetchall()
        if not shapes:
            break
        _expand(connection, [(row[0], plan(selection, *row[1:])) for row in shapes])
    else:
        run(_SCALARS)
        run(_DEEP)
    run(_ODD_TEXTS)
    run(_SILENT)
    ctx.check()
    run(_RESULT)


def _expand(connection: duckdb.DuckDBPyConnection, shapes: Sequence[tuple[int, Shape]]) -> None:
    """Give every object of this level to its role, and make the nodes of the next level."""
    run = connection.execute
    with _registered(connection, shapes):
        roles = {shape.role for _, shape in shapes}
        if "slow" in roles:
            run(_ODD_SHAPES)
        if "empty" in roles:
            run(_EMPTY)
        if "measured" in roles:
            pair = "json_extract(node, ['$.value', '$.unit'])::VARCHAR[] AS pair"
            run(_BY_ROLE.format(role="measured", columns=pair))
            run(_MEASURED_LEAVES)
            run(_ODD_MEASURED)
        if "clock" in roles:
            pair = "json_extract(node, ['$.hour', '$.minute'])::VARCHAR[] AS pair"
            run(_BY_ROLE.format(role="clock", columns=pair))
            run(_CLOCK_LEAVES)
            run(_ODD_CLOCKS)
        # Also without any such object: it makes the next level, which then is empty.
        run(_BY_ROLE.format(role="inner_object", columns="json_extract(node, '$.*')::VARCHAR[] AS parts"))
        run(_SELECTED)
        run(_ODD_SELECTORS)
        run(_ONLY_SELECTORS)
        run(_MEMBERS)


@contextmanager
def _registered(connection: duckdb.DuckDBPyConnection, shapes: Sequence[tuple[int, Shape]]) -> Iterator[None]:
    """The shapes and their members as tables shape and member."""
    members = [(shape, *member) for shape, what in shapes for member in what.members]
    tables = {
        "shape": pa.table(
            {
                "shape": pa.array([shape for shape, _ in shapes], pa.uint64()),
                "role": pa.array([what.role for _, what in shapes], pa.string()),
                "selectors": pa.array([what.selectors for _, what in shapes], pa.list_(pa.int32())),
            }
        ),
        "member": pa.table(
            {
                "shape": pa.array([row[0] for row in members], pa.uint64()),
                "place": pa.array([row[1] for row in members], pa.int64()),
                "path": pa.array([row[2] for row in members], pa.string()),
                "written": pa.array([row[3] for row in members], pa.string()),
            }
        ),
    }
    for name, table in tables.items():
        connection.register(name, table)
    try:
        yield
    finally:
        for name in tables:
            connection.unregister(name)
