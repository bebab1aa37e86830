"""Batches for the archive's tests, and what the archive's files say about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import duckdb

from core.archive.flatten import flatten
from core.archive.flatten.components import Selection
from core.jobs import JobContext
from core.storage.keys import BatchKey, parse_key
from core.storage.source import SourceObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from core.archive.flatten import FlattenResult

APP = "9FBBEDED80595912588FF4FF"
STAMP = "2023-04-28T09:32:11.804Z"
STAMP_US = 1_682_674_331_804_000
SELECTION = Selection(
    {
        ("diagnostics", "tire_pressures", ""): ("location",),
        ("diagnostics", "trouble_codes", ""): ("id", "ecu_id"),
        ("vehicle_location", "coordinates", ""): (),
        ("climate", "weekday_times", ""): ("weekday",),
    },
    frozenset({"location", "axle", "type", "id"}),
)
COLUMNS = (
    *("vin", "capability", "property", "component", "time", "time_from_batch", "value", "text", "unit", "failure"),
    *("batch", "ordinal", "item", "message"),
)


def key(number: int = 0, day: str = "2023/04/28", app: str = APP, level: str = "level13") -> BatchKey:
    """A batch's key; higher numbers are later in the day."""
    text = f"{app}/{level}/{day}/{number // 3600:02}-{number // 60 % 60:02}-{number % 60:02}-699000000-c0d010d5.json"
    parsed = parse_key(text)
    assert parsed is not None
    return parsed


def message(capability: str, property: str, node: Any, **envelope: Any) -> dict[str, Any]:
    """A version 1 message."""
    return {
        "data": {capability: {property: node}},
        "capability": capability,
        "property": property,
        "message_id": "71D4",
        "version": 1,
        "vin": "VF1",
        **envelope,
    }


def item(data: Any, timestamp: str | None = STAMP, **members: Any) -> dict[str, Any]:
    """An item with its time."""
    return {"data": data, **({} if timestamp is None else {"timestamp": timestamp}), **members}


def odometer(value: float, moment: str | None = STAMP, **envelope: Any) -> dict[str, Any]:
    """The usual message."""
    return message("diagnostics", "odometer", item({"unit": "kilometers", "value": value}, moment), **envelope)


def content(*messages: Any) -> bytes:
    """A batch."""
    return json.dumps(messages).encode()


def delivery(batch: BatchKey, body: bytes, etag: str = "one") -> tuple[BatchKey, SourceObject, bytes]:
    """A batch as a source lists and fetches it."""
    return batch, SourceObject(batch.text, len(body), etag, batch.time), body


def rows(
    folder: Path, result: FlattenResult, kind: str = "sample", columns: Sequence[str] = COLUMNS
) -> list[tuple[Any, ...]]:
    """The rows of a result's files, times in microseconds, by batch, ordinal, item and component."""
    paths = [str(folder / file.path) for file in result.files if file.partition.kind == kind]
    if not paths:
        return []
    names = ", ".join("epoch_us(time)" if name == "time" else name for name in columns)
    order = "batch, ordinal, capability, property, item, component" if kind == "sample" else "batch, ordinal"
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {names} FROM read_parquet(?, hive_partitioning = false) ORDER BY {order}", [paths]
        ).fetchall()


def flattened(folder: Path, *bodies: bytes, selection: Selection = SELECTION) -> FlattenResult:
    """Flatten batches with the keys 0, 1, …"""
    return flatten([(key(number), body) for number, body in enumerate(bodies)], folder, JobContext(), selection)


def leaves(folder: Path, *messages: Any) -> list[tuple[Any, ...]]:
    """(component, value, text, unit, failure) of a batch's samples, by ordinal, item and component."""
    result = flattened(folder, content(*messages))
    assert not [file for file in result.files if file.partition.kind == "reject"]
    return rows(folder, result, columns=("component", "value", "text", "unit", "failure"))


def rejected(folder: Path, *bodies: bytes) -> list[tuple[int, str]]:
    """(ordinal, reason) of what could not be read."""
    found = rows(folder, flattened(folder, *bodies), "reject", ("ordinal", "reason"))
    return [(ordinal, reason) for ordinal, reason in found]


def total(result: FlattenResult, name: str) -> int:
    """The sum of one of the counts over all batches."""
    counts: Iterable[int] = (getattr(count, name) for count in result.counts)
    return sum(counts)


def at(second: int) -> str:
    """A time within the minute of STAMP, as messages write it."""
    return f"2023-04-28T09:32:{second:02}Z"


def us(second: int) -> int:
    """The same in microseconds since the epoch."""
    return STAMP_US - 11_804_000 + second * 1_000_000
