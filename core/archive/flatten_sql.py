"""Flattens the usual shapes of many batches at once, in SQL.

It gives the same samples as :mod:`core.archive.exact` or none: whatever is unusual (elements that are no messages,
members that come twice, inner lists, odd times, …) it names and leaves to that module. Each stage parses only what the
stage before it has cut out:

    batches → messages (msg) → items (item) → nodes, level by level → leaves (leaf)

What to do with an object depends on its place and the names of its members alone, so that it is decided once for each
distinct shape, in Python, and joined back.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pyarrow as pa

from core.archive.components import write_part
from core.archive.moments import SQL_UNUSUAL, SQL_USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def _selects(node: str) -> str:
    """Whether a node selects and its text is the same however it is written."""
    return f"""CASE WHEN starts_with({node}, '"') OR {node} IS NULL THEN true
        ELSE regexp_full_match({node}, 'true|false|0|-?[1-9][0-9]{{0,14}}') END"""


def _written(part: str) -> str:
    """A part as components.write_part writes it."""
    escaped = f"replace(replace(replace({part}, '%', '%25'), '.', '%2E'), '~', '%7E')"
    return f"CASE WHEN {part} = '' THEN '%' WHEN regexp_matches({part}, '[%.~]') THEN {escaped} ELSE {part} END"


# GUARD stands before what fails where any batch is no valid JSON.
_MESSAGES = f"""
CREATE OR REPLACE TEMP TABLE msg AS
SELECT id, (id::BIGINT << 32) | ordinal AS m, s.vin, s.message_id, s.timestamp AS written, s.data,
    CASE WHEN s.message_id != '' THEN {_digest("s.message_id")} END AS message
FROM (SELECT id, unnest(s) AS s, generate_subscripts(s, 1) - 1 AS ordinal FROM (
    SELECT id, GUARD(from_json(content, '[{{"vin": "VARCHAR", "message_id": "VARCHAR", "timestamp": "VARCHAR",
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

# Three levels of names at once. What should be an object of properties or a list of items and is none goes on as a
# single node, which then is odd.
_ITEMS = f"""
CREATE OR REPLACE TEMP TABLE item AS
SELECT row_number() OVER () AS r, id, m, capability, property, item,
    s.data::VARCHAR AS data, s.failure::VARCHAR AS failure, s.availability::VARCHAR AS availability,
    written IS NOT NULL AS timed, list_contains(k, 'data') AS has_data, several,
    CASE WHEN {_is_moment("written")} THEN {_moment("written")} END AS time,
    len(k) = 0 OR len(k) != {" + ".join(f"list_contains(k, '{name}')::INTEGER" for name in _KNOWN)}
        OR (s.data IS NOT NULL AND s.failure IS NOT NULL) AS odd
FROM (
    SELECT * EXCLUDE (node, written), coalesce(s.timestamp, written) AS written FROM (
        SELECT *, json_keys(node) AS k, from_json(node,
            '{{"data": "JSON", "timestamp": "VARCHAR", "failure": "JSON", "availability": "JSON"}}') AS s
        FROM (
            SELECT * EXCLUDE nodes, generate_subscripts(nodes, 1) - 1 AS item, unnest(nodes) AS node FROM (
                SELECT * EXCLUDE node, CASE WHEN starts_with(node, '[') AND node != '[]'
                    THEN json_extract(node, '$[*]')::VARCHAR[] ELSE [coalesce(node, 'null')] END AS nodes
                FROM (
                    SELECT * EXCLUDE (c, several), several OR cardinality(c) > 1 AS several,
                        unnest(CASE WHEN c IS NULL THEN [''] ELSE map_keys(c) END) AS property,
                        unnest(CASE WHEN c IS NULL THEN [NULL] ELSE map_values(c)::VARCHAR[] END) AS node
                    FROM (
                        SELECT id, m, written, cardinality(data) > 1 AS several, unnest(map_keys(data)) AS capability,
                            unnest(map_values(data)) AS c
                        FROM msg))))))
"""

_UNUSUAL = """
CREATE OR REPLACE TEMP TABLE slow AS
SELECT m FROM msg WHERE starts_with(vin, '{') OR starts_with(vin, '[')
    OR starts_with(message_id, '{') OR starts_with(message_id, '[')
UNION ALL
SELECT m FROM msg ANTI JOIN item USING (m)
UNION ALL
SELECT m FROM item WHERE odd OR (timed AND time IS NULL)
UNION ALL
SELECT m FROM item WHERE several AND item = 0 GROUP BY m, capability, property HAVING count(*) > 1
UNION ALL
-- A member of the message that comes twice shows only in how often its name stands in the batch.
SELECT m FROM msg WHERE id IN (
    SELECT id FROM batch
    LEFT JOIN (SELECT id, count(data) AS named, count(vin) AS vins FROM msg GROUP BY id) USING (id)
    LEFT JOIN (SELECT id, count_if(has_data) AS items FROM item GROUP BY id) USING (id)
    WHERE vins != vin_names OR named + coalesce(items, 0) != data_names)
"""

# Leaves: items without any value, and failures. Where odd is set, the message is read exactly.
_BARE = f"""
CREATE OR REPLACE TEMP TABLE leaf AS
SELECT r, '' AS component, NULL::VARCHAR AS node, NULL::DOUBLE AS value, NULL::VARCHAR AS text, NULL::VARCHAR AS unit,
    NULL::VARCHAR AS failure, false AS odd
FROM item WHERE data IS NULL AND failure IS NULL AND availability IS NULL
UNION ALL
SELECT r, '', NULL, NULL, CASE WHEN f[2] != 'null' THEN {_text("f[2]")} END, NULL, {_text("f[1]")},
    NOT coalesce(starts_with(f[1], '"') AND f[1] != '""' AND (f[2] IS NULL OR f[2] = 'null' OR starts_with(f[2], '"'))
        AND len(k) = 1 + (f[2] IS NOT NULL)::INTEGER, false)
FROM (
    SELECT r, json_keys(failure) AS k, json_extract(failure, ['$.reason', '$.description'])::VARCHAR[] AS f
    FROM item WHERE failure IS NOT NULL)
"""

_FIRST_NODES = """
CREATE OR REPLACE TEMP VIEW node_0 AS
SELECT r, 0::TINYINT AS kind, capability, property, '' AS path, '' AS prefix, data AS node
FROM item WHERE data IS NOT NULL
UNION ALL
SELECT r, 1::TINYINT, capability, property, 'availability', 'availability', availability
FROM item WHERE availability IS NOT NULL
"""

_SCALARS = """
INSERT INTO leaf SELECT r, prefix, node, NULL, NULL, NULL, NULL, starts_with(node, '[')
FROM node_{level} WHERE NOT starts_with(node, '{{')
"""

_OBJECTS = """
CREATE OR REPLACE TEMP TABLE object AS
SELECT *, hash(kind, capability, property, path, k) AS shape
FROM (SELECT *, json_keys(node) AS k FROM node_{level} WHERE starts_with(node, '{{'))
"""

_SHAPES = """
SELECT shape, first(kind), first(capability), first(property), first(path), first(k) FROM object GROUP BY shape
"""

_NOTHING_MORE = """
INSERT INTO leaf SELECT r, prefix, NULL, NULL, NULL, NULL, NULL, role = 'slow'
FROM object JOIN shape USING (shape) WHERE role IN ('slow', 'empty')
"""

_MEASURED = f"""
INSERT INTO leaf SELECT r, prefix, f[1], NULL, NULL, CASE WHEN f[2] != 'null' THEN {_text("f[2]")} END, NULL,
    starts_with(f[1], '{{') OR starts_with(f[1], '[') OR NOT (f[2] = 'null' OR starts_with(f[2], '"'))
FROM (
    SELECT r, prefix, json_extract(node, ['$.value', '$.unit'])::VARCHAR[] AS f
    FROM object JOIN shape USING (shape) WHERE role = 'measured')
"""

_CLOCKS = r"""
INSERT INTO leaf SELECT r, prefix, NULL, hours + minutes / 60::DOUBLE, printf('%02d:%02d', hours, minutes), NULL, NULL,
    NOT (regexp_full_match(f[1], '\d|1\d|2[0-4]') AND regexp_full_match(f[2], '\d|[1-5]\d'))
FROM (
    SELECT r, prefix, f, TRY_CAST(f[1] AS INTEGER) AS hours, TRY_CAST(f[2] AS INTEGER) AS minutes FROM (
        SELECT r, prefix, json_extract(node, ['$.hour', '$.minute'])::VARCHAR[] AS f
        FROM object JOIN shape USING (shape) WHERE role = 'clock'))
"""

# Objects whose members are nodes of their own. Selectors are odd unless they are texts, booleans or short integers.
_INNER = rf"""
CREATE OR REPLACE TEMP TABLE inner_object AS
SELECT r, kind, capability, property, path, shape, parts, len(selectors) = len(parts) AS bare,
    CASE WHEN one IS NULL THEN prefix ELSE concat_ws('.', nullif(prefix, ''), {_written("one")}, {_written("two")}) END
        AS prefix,
    CASE WHEN len(selectors) > 0 THEN NOT {_selects("parts[selectors[1]]")} OR (path = '' AND one = 'availability')
        ELSE false END OR CASE WHEN len(selectors) > 1 THEN NOT {_selects("parts[selectors[2]]")} ELSE false END AS odd
FROM (
    SELECT *, CASE WHEN len(selectors) > 0 THEN {_selector("parts[selectors[1]]")} END AS one,
        CASE WHEN len(selectors) > 1 THEN {_selector("parts[selectors[2]]")} END AS two FROM (
        SELECT r, kind, capability, property, path, prefix, shape, selectors,
            json_extract(node, '$.*')::VARCHAR[] AS parts
        FROM object JOIN shape USING (shape) WHERE role = 'inner_object'))
"""

_BARE_INNER = """
INSERT INTO leaf SELECT r, prefix, NULL, NULL, NULL, NULL, NULL, odd FROM inner_object WHERE bare OR odd
"""

_MEMBERS = """
CREATE OR REPLACE TEMP TABLE node_{level} AS
SELECT r, kind, capability, property, member.path AS path,
    CASE WHEN prefix = '' THEN written ELSE prefix || '.' || written END AS prefix, node
FROM (
    SELECT r, kind, capability, property, prefix, shape, generate_subscripts(parts, 1) AS place, unnest(parts) AS node
    FROM inner_object WHERE NOT bare AND NOT odd)
JOIN member USING (shape, place)
"""

_DEEP = "INSERT INTO leaf SELECT r, '', NULL, NULL, NULL, NULL, NULL, true FROM object"

# Texts that begin like a date-time but are not written in the usual way are read exactly, too.
_ODD_LEAVES = f"""
INSERT INTO slow SELECT m FROM leaf JOIN item USING (r) WHERE leaf.odd OR (starts_with(node, '"')
    AND regexp_matches({_UNQUOTED}, '{SQL_UNUSUAL}') AND NOT {_is_moment(_UNQUOTED)})
"""

_RESULT = f"""
CREATE OR REPLACE TEMP TABLE sample AS
SELECT msg.id, (m & 4294967295)::INTEGER AS ordinal, item.item::INTEGER AS item, message, coalesce(vin, '') AS vin,
    capability, property, component, coalesce(item.time, batch.time) AS time, item.time IS NULL AS time_from_batch,
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
"""

_RESULT_WITHOUT_SLOW = f"{_RESULT} ANTI JOIN slow USING (m)"

SERIES = """
CREATE OR REPLACE TEMP TABLE series AS
SELECT *, row_number() OVER (ORDER BY vin, capability, property, component) AS series
FROM (SELECT DISTINCT vin, capability, property, component FROM sample)
"""
"""Numbers the series of the table sample in the order of files, as numbers are sorted faster than texts."""

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
    try:
        run(_MESSAGES.replace("GUARD", ""))
    except duckdb.InvalidInputException:
        # Costs a quarter more, so only where there are batches to leave out.
        run(_MESSAGES.replace("GUARD", "TRY"))
    for step in (_ITEMS, _UNUSUAL, _BARE, _FIRST_NODES):
        ctx.check()
        run(step)
    if run("SELECT 1 FROM msg WHERE message IS NULL LIMIT 1").fetchone():
        run(_NAMELESS)
    for level in range(_LEVELS + 1):
        ctx.check()
        run(_SCALARS.format(level=level))
        run(_OBJECTS.format(level=level))
        shapes = run(_SHAPES).fetchall()
        if not shapes:
            break
        if level == _LEVELS:
            run(_DEEP)
            break
        _expand(connection, [(row[0], plan(selection, *row[1:])) for row in shapes], level + 1)
    run(_ODD_LEAVES)
    ctx.check()
    run(_RESULT_WITHOUT_SLOW if run("SELECT 1 FROM slow LIMIT 1").fetchone() else _RESULT)


def _expand(connection: duckdb.DuckDBPyConnection, shapes: Sequence[tuple[int, Shape]], level: int) -> None:
    """Give every object to its role, and make the nodes of the next level."""
    run = connection.execute
    with _registered(connection, shapes):
        roles = {shape.role for _, shape in shapes}
        if roles & {"slow", "empty"}:
            run(_NOTHING_MORE)
        if "measured" in roles:
            run(_MEASURED)
        if "clock" in roles:
            run(_CLOCKS)
        # Also without any such object: it makes the next level, which then is empty.
        run(_INNER)
        run(_BARE_INNER)
        run(_MEMBERS.format(level=level))


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
