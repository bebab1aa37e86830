"""Which samples a message must give: an oracle for tests, written from what the design says and from nothing else.

It reads by types, where flattening reads by shapes: what the catalogue says of a property decides how its data is taken
apart. Members that select come from the table that was written by hand.
"""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from core.autoapi.catalogue import catalogue
from core.jobs import JobContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from core.archive.archive import Archive
    from core.autoapi.catalogue import TypeInfo
    from core.storage.keys import BatchKey

_SELECTORS = json.loads((Path(__file__).parents[4] / "resources" / "auto_api" / "selectors.json").read_bytes())
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_EXACT = 2**53
_KNOWN_MEMBERS = {"vin", "message_id", "version", "application_id", "capability", "property", "timestamp"}


class Leaf(NamedTuple):
    """One leaf of an item, and its type where the catalogue has one."""

    component: str
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    failure: str | None = None
    type: TypeInfo | None = None


class Expected(NamedTuple):
    """One sample, as it must be in the archive."""

    vin: str
    capability: str
    property: str
    component: str
    time: int
    time_from_batch: bool
    value: float | None
    text: str | None
    unit: str | None
    failure: str | None
    batch: str
    ordinal: int


@dataclass
class Contradictions:
    """Where data does not keep to its type, in words."""

    found: list[str] = field(default_factory=list)

    def add(self, what: str, node: Any) -> None:
        self.found.append(f"{what}: {json.dumps(node)}")


def samples_of(message: Mapping[str, Any], batch: BatchKey, ordinal: int) -> Iterator[Expected]:
    """All samples of one message of any version."""
    of_message = message.get("timestamp")
    places = [
        (capability, property, leaf, item.get("timestamp") or of_message)
        for capability, properties in message["data"].items()
        for property, node in properties.items()
        for item in (node if isinstance(node, list) else [node])
        for leaf in leaves_of_item(capability, property, item)
    ]
    places += [("envelope", name, leaf, of_message) for name, leaf in _beside_data(message, batch)]
    for capability, property, leaf, written in places:
        time = batch.time if written is None else micros(written)
        yield Expected(
            *(message.get("vin") or "", capability, property, leaf.component, time, written is None),
            *(leaf.value, leaf.text, leaf.unit, leaf.failure, batch.text, ordinal),
        )


def _beside_data(message: Mapping[str, Any], batch: BatchKey) -> Iterator[tuple[str, Leaf]]:
    """What an envelope says that neither the samples nor the batch's key say."""
    data = message["data"]
    items = [
        item for of in data.values() for node in of.values() for item in (node if isinstance(node, list) else [node])
    ]
    said: dict[str, bool] = {
        **{"data": True, "vin": True, "message_id": True},
        "version": message.get("version") in (1, 2),
        "application_id": message.get("application_id") == batch.app,
        "capability": message.get("capability") in data,
        "property": any(message.get("property") in properties for properties in data.values()),
        "timestamp": not all(item.get("timestamp") for item in items),
    }
    for name, node in message.items():
        if not said.get(name) and not (node is None and name in _KNOWN_MEMBERS):
            assert not isinstance(node, dict | list), "Envelopes have only plain members here"
            for leaf in _guess(node, []):
                yield name, leaf


def leaves_of_item(capability: str, property: str, item: Mapping[str, Any]) -> list[Leaf]:
    """The leaves of an item's data or failure and of its availability."""
    info = catalogue().info(capability, property)
    leaves: list[Leaf] = []
    if "data" in item:
        leaves += leaves_of(info, item["data"])
    if "failure" in item:
        failure = item["failure"]
        leaves.append(Leaf("", None, failure.get("description"), None, failure["reason"], info))
    if "availability" in item:
        for name, node in item["availability"].items():
            part = catalogue().leaf(capability, property, f"availability.{name}")
            leaves += _walk(part, node, ["availability", name], Contradictions()) if part else []
    return _numbered(leaves or [Leaf("", type=info)])


def leaves_of(info: TypeInfo | None, data: Any, contradictions: Contradictions | None = None) -> list[Leaf]:
    """The leaves of an item's data; what does not keep to the type goes to the contradictions."""
    notes = Contradictions() if contradictions is None else contradictions
    return _numbered(_walk(info, data, [], notes) if info else _guess(data, []))


@functools.cache
def units_sent(dimension: str) -> tuple[str, ...]:
    """The units that the specification has for a dimension."""
    return tuple(factor.unit for factor in catalogue().unit_factors()[dimension])


def micros(written: str) -> int:
    """Microseconds since the epoch of a moment in ISO 8601; without an offset it is UTC."""
    moment = datetime.fromisoformat(written)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def _numbered(leaves: Iterable[Leaf]) -> list[Leaf]:
    """What would have the same name in one item is told apart by a number."""
    times: Counter[str] = Counter()
    result = []
    for leaf in leaves:
        times[leaf.component] += 1
        count = times[leaf.component]
        result.append(leaf if count == 1 else leaf._replace(component=f"{leaf.component}~{count}"))
    return result


def _part(text: str) -> str:
    return text.replace("%", "%25").replace(".", "%2E").replace("~", "%7E") or "%"


def _leaf(parts: Sequence[str], info: TypeInfo | None, **said: Any) -> Leaf:
    return Leaf(".".join(map(_part, parts)), **said, type=info)


def _walk(info: TypeInfo, node: Any, parts: list[str], notes: Contradictions) -> list[Leaf]:
    """The leaves of a node that should keep to a type."""
    if node is None:
        return [_leaf(parts, info)]
    number = isinstance(node, int | float) and not isinstance(node, bool)
    match info.kind, node:
        case "measurement", {"unit": unit, "value": value} if len(node) == 2:
            if unit not in units_sent(info.dimension):
                notes.add(f"{unit} is no unit of {info.dimension}", node)
            return [_number(value, parts, info)._replace(unit=unit)]
        case "time", {"hour": hour, "minute": minute} if len(node) == 2:
            return [_leaf(parts, info, value=hour + minute / 60, text=f"{hour:02}:{minute:02}")]
        case "enum", str():
            if not any(value.identifier == node for value in info.values):
                notes.add(f"{node} is no value of {info.type}", node)
            return [_text(node, parts, info)]
        case (("timestamp" | "text" | "bytes"), str()):
            if info.kind == "timestamp" and not _MOMENT.fullmatch(node):
                notes.add("It is no moment", node)
            return [_text(node, parts, info)]
        case (("number" | "percentage" | "integer"), _) if number:
            if info.kind == "percentage" and not 0 <= node <= 1:
                notes.add("It is no share of 1", node)
            if info.kind == "integer" and not isinstance(node, int):
                notes.add("It is no integer", node)
            return [_number(node, parts, info)]
        case "bytes", list():
            whole = [_number(byte, [*parts, str(index)], info) for index, byte in enumerate(node)]
            return whole or [_leaf(parts, info)]
        case "state", dict():
            return _state(node, parts, info, notes)
        case "object", dict():
            return _object(info, node, parts, notes)
    notes.add(f"It is no {info.kind}", node)
    return _guess(node, parts)


def _object(info: TypeInfo, node: dict[str, Any], parts: list[str], notes: Contradictions) -> list[Leaf]:
    types = {member.identifier: member for member in info.members}
    chosen = _chosen(info, node)
    inner = [*parts, *chosen.values()]
    leaves: list[Leaf] = []
    for name, child in node.items():
        if name in chosen:
            _walk(types[name], child, [], notes)
        elif name in types:
            leaves += _walk(types[name], child, [*inner, name], notes)
        else:
            notes.add(f"{name} is no member of {info.type}", node)
            leaves += _guess(child, [*inner, name])
    return leaves or [_leaf(inner, info)]


def _chosen(info: TypeInfo | None, node: Mapping[str, Any]) -> dict[str, str]:
    """The members of an object that select, and what they say."""
    if info is None:
        names = sorted(_SELECTORS["default"])
    else:
        names = _SELECTORS["types"].get(info.type.removeprefix("types."), [])
    scalar = (str, int, float)
    return {
        name: node[name] if isinstance(node[name], str) else json.dumps(node[name])
        for name in names
        if isinstance(node.get(name), scalar)
    }


def _state(node: Mapping[str, Any], parts: list[str], info: TypeInfo, notes: Contradictions) -> list[Leaf]:
    """The state of whole capabilities, nested."""
    leaves: list[Leaf] = []
    for capability, properties in node.items():
        for name, value in properties.items():
            inner = catalogue().info(capability, name)
            place = [*parts, capability, name]
            if inner is None:
                notes.add(f"{capability}.{name} is unknown", value)
                leaves += _guess(value, place)
            elif isinstance(value, list) and inner.kind != "bytes":
                for index, element in enumerate(value):
                    selected = isinstance(element, dict) and inner.kind == "object" and _chosen(inner, element)
                    leaves += _walk(inner, element, place if selected else [*place, str(index)], notes)
            else:
                leaves += _walk(inner, value, place, notes)
        if not properties:
            leaves.append(_leaf([*parts, capability], None))
    return leaves or [_leaf(parts, info)]


def _guess(node: Any, parts: list[str]) -> list[Leaf]:
    """The leaves of what nothing is known of."""
    match node:
        case None | {} | [] if not node:
            return [_leaf(parts, None)]
        case bool():
            return [_leaf(parts, None, value=float(node), text=str(node).lower())]
        case int() | float():
            return [_number(node, parts, None)]
        case str():
            return [_text(node, parts, None)]
        case {"unit": str() as unit, "value": value} if len(node) == 2 and not isinstance(value, dict | list):
            return [leaf._replace(unit=unit) for leaf in _guess(value, parts)]
        case {"hour": int() as hour, "minute": int() as minute} if len(node) == 2:
            return [_leaf(parts, None, value=hour + minute / 60, text=f"{hour:02}:{minute:02}")]
        case dict():
            chosen = _chosen(None, node)
            inner = [*parts, *chosen.values()]
            rest = [leaf for name in node if name not in chosen for leaf in _guess(node[name], [*inner, name])]
            return rest or [_leaf(inner, None)]
    leaves: list[Leaf] = []
    for index, child in enumerate(node):
        selected = isinstance(child, dict) and _chosen(None, child)
        leaves += _guess(child, parts if selected else [*parts, str(index)])
    return leaves


def _number(node: float, parts: Sequence[str], info: TypeInfo | None) -> Leaf:
    value = float(node)
    more = isinstance(node, int) and abs(value) >= _EXACT and abs(node) != _EXACT
    return _leaf(parts, info, value=value, text=str(node) if more else None)


def _text(node: str, parts: Sequence[str], info: TypeInfo | None) -> Leaf:
    return _leaf(parts, info, value=micros(node) / 1e6 if _MOMENT.fullmatch(node) else None, text=node)


def in_archive(archive: Archive) -> list[Expected]:
    """Everything that an archive says: found, and read series by series."""
    ctx = JobContext()
    keys = archive.find_series([], [], ctx)
    return [
        Expected(
            *(series.key.vin, series.key.capability, series.key.property, series.key.component, time, from_batch),
            *(None if value != value else value, series.text[at], series.unit[at], series.failure[at]),
            *(series.batch[at] or "", ordinal),
        )
        for series in archive.series(keys, ctx)
        for at, (time, from_batch, value, ordinal) in enumerate(
            zip(
                series.time.tolist(),
                series.time_from_batch.tolist(),
                series.value.tolist(),
                series.ordinal.tolist(),
                strict=True,
            )
        )
    ]


def expected(messages: Mapping[BatchKey, Sequence[Mapping[str, Any]]]) -> Counter[Expected]:
    """How often each sample must be in an archive of batches whose messages can all be read."""
    return Counter(
        sample
        for batch, several in messages.items()
        for ordinal, message in enumerate(several)
        for sample in samples_of(message, batch, ordinal)
    )


def differences(
    archive: Archive, messages: Mapping[BatchKey, Sequence[Mapping[str, Any]]], wanted: Counter[Expected]
) -> list[str]:
    """What is missing from an archive and what should not be there, message by message; at most ten of them."""
    found = Counter(in_archive(archive))
    if wanted == found:
        return []
    keys = {batch.text: batch for batch in messages}
    wrong = [("missing", sample) for sample in wanted - found] + [("too much", sample) for sample in found - wanted]
    places = sorted({(sample.batch, sample.ordinal) for _, sample in wrong})
    return [
        "\n".join(
            [
                json.dumps(messages[keys[batch]][ordinal]),
                *(f"{how} {sample}" for how, sample in wrong if (sample.batch, sample.ordinal) == (batch, ordinal)),
            ]
        )
        for batch, ordinal in places[:10]
    ]
