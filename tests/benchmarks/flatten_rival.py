"""Flattening as one would write it at first: orjson, a loop, an Arrow table, a Parquet file.

It gives the same samples as the archive for messages of the usual shapes, and knows nothing of any others.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from core.archive.flatten.components import catalogue_selection, write_part
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.archive.flatten.components import Selection

_TYPES = {
    **dict.fromkeys(("vin", "capability", "property", "component"), pa.string()),
    "time": pa.timestamp("us", "UTC"),
    "time_from_batch": pa.bool_(),
    "value": pa.float64(),
    **dict.fromkeys(("text", "unit", "failure", "batch"), pa.string()),
    **dict.fromkeys(("ordinal", "item"), pa.int32()),
    "message": pa.int64(),
}
_SCHEMA = pa.schema(_TYPES)
_ORDER = ("vin", "capability", "property", "component", "time", "batch", "ordinal", "item")
_Leaf = tuple[str, float | None, str | None, str | None]


def flatten_plainly(batches: Sequence[tuple[str, bytes]], target: Path, in_order: bool) -> int:
    """Flattens batches into one Parquet file with the archive's columns; returns the number of samples.

    Args:
        batches: keys and contents.
        in_order: whether samples are sorted as the archive's are.
    """
    selection = catalogue_selection()
    rows: list[tuple[Any, ...]] = []
    for text, content in batches:
        key = parse_key(text)
        assert key is not None
        for ordinal, message in enumerate(orjson.loads(content)):
            digest = hashlib.md5(message["message_id"].encode(), usedforsecurity=False).digest()
            identity = int.from_bytes(digest[:8], "big") >> 1
            for capability, properties in message["data"].items():
                for name, node in properties.items():
                    for number, item in enumerate(node if isinstance(node, list) else [node]):
                        written = item.get("timestamp")
                        time = key.time if written is None else _micros(written)
                        start = (message["vin"], capability, name)
                        end = (text, ordinal, number, identity)
                        failure = item.get("failure")
                        if failure is not None:
                            reason, words = failure["reason"], failure.get("description")
                            rows.append((*start, "", time, written is None, None, words, None, reason, *end))
                            continue
                        for component, value, said, unit in _leaves(item["data"], selection, capability, name):
                            rows.append((*start, component, time, written is None, value, said, unit, None, *end))
    columns = zip(*rows, strict=True)
    table = pa.table([pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)], _SCHEMA)
    if in_order:
        table = table.sort_by([(name, "ascending") for name in _ORDER])
    pq.write_table(table, target, compression="zstd", row_group_size=16_384)
    return int(table.num_rows)


def _micros(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return round(moment.timestamp() * 1e6)


def _leaves(data: Any, selection: Selection, capability: str, name: str) -> list[_Leaf]:
    found: list[_Leaf] = []

    def walk(node: Any, prefix: str, path: str) -> None:
        if isinstance(node, dict):
            if node.keys() == {"unit", "value"}:
                found.append((prefix, float(node["value"]), None, node["unit"]))
            elif node.keys() == {"hour", "minute"}:
                hour, minute = node["hour"], node["minute"]
                found.append((prefix, hour + minute / 60, f"{hour:02}:{minute:02}", None))
            else:
                inside(node, prefix, path)
        elif isinstance(node, list):
            for index, child in enumerate(node):
                walk(child, f"{prefix}.{index}" if prefix else str(index), path)
        elif isinstance(node, bool):
            found.append((prefix, float(node), "true" if node else "false", None))
        elif isinstance(node, str):
            found.append((prefix, _micros(node) / 1e6 if _is_moment(node) else None, node, None))
        else:
            found.append((prefix, None if node is None else float(node), None, None))

    def inside(node: dict[str, Any], prefix: str, path: str) -> None:
        chosen = selection.names(capability, name, path, list(node))
        for selector in chosen:
            part = write_part(str(node[selector]))
            prefix = f"{prefix}.{part}" if prefix else part
        if len(chosen) == len(node):
            found.append((prefix, None, None, None))
        for member, child in node.items():
            if member not in chosen:
                part = write_part(member)
                walk(child, f"{prefix}.{part}" if prefix else part, f"{path}.{member}" if path else member)

    walk(data, "", "")
    return found


def _is_moment(text: str) -> bool:
    return len(text) >= 20 and text[4] == "-" and text[10] == "T"
