"""Messages with the catalogue's properties: all alternatives of all types in turn, and any of them by chance.

A message is a dict as it is sent; the members of some stand in any order.
"""

from __future__ import annotations

import functools
import json
from datetime import timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from core.autoapi.catalogue import catalogue
from tests.core.archive.batches import APP
from tests.core.archive.flatten.expected import units_sent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from core.autoapi.catalogue import PropertyInfo, TypeInfo

UNIVERSAL = ("brand", "nonce", "timestamp", "vehicle_signature", "vin")
MOMENTS = (
    *("2023-04-28T09:32:11.804Z", "2023-04-28T09:32:11Z", "2023-04-28T09:32:11.804123Z", "2023-04-28T11:32:11+02:00"),
    *("2023-04-28T09:32:11.8-05:30", "1969-12-31T23:59:59.999999Z", "2023-04-28T09:32:11", "2023-04-28T09:32Z"),
)
_TEXTS = ("Some text", "", 'ä "quoted" \\ / \n\u2028', "1.5", "on", "true", "null", "a.b~2%", "[1]", "\x00\x1f", "🚗")
_NUMBERS = (0, 900, -1.5, 52.520008, 1e22, 5e-324, 1.7976931348623157e308, -0.0)
_INTEGERS = (0, 1, 255, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**64)
_SHARES = (0, 0.0, 0.42, 1, 1.0, 1e-7)
_CLOCKS = ((0, 0), (7, 5), (16, 21), (23, 59))
_BYTES: tuple[Any, ...] = ([1, 35, 255], [], [0], "AQL/", "0x0102")


def every_property() -> list[PropertyInfo]:
    """The properties of every capability, and at one of them those that every capability may have."""
    facts = catalogue()
    paths = [(capability, name) for capability in facts.capabilities() for name in facts.properties(capability)]
    paths += [("diagnostics", name) for name in UNIVERSAL]
    return [info for path in paths if (info := facts.info(*path)) is not None]


def alternatives(info: TypeInfo) -> list[Any]:
    """Data of a type in which each unit, enum value and member comes at least once, and each member is missing."""
    match info.kind:
        case "measurement":
            units = units_sent(info.dimension)
            several = max(len(units), len(_NUMBERS))
            return [{"unit": units[i % len(units)], "value": _NUMBERS[i % len(_NUMBERS)]} for i in range(several)]
        case "number":
            return list(_NUMBERS)
        case "integer":
            return list(_INTEGERS)
        case "percentage":
            return list(_SHARES)
        case "enum":
            return [value.identifier for value in info.values]
        case "time":
            return [{"hour": hour, "minute": minute} for hour, minute in _CLOCKS]
        case "timestamp":
            return list(MOMENTS)
        case "text":
            return list(_TEXTS)
        case "bytes":
            return list(_BYTES)
        case "state":
            return list(_states())
    parts = {member.identifier: alternatives(member) for member in info.members}
    several = max(map(len, parts.values()))
    whole = [{name: some[i % len(some)] for name, some in parts.items()} for i in range(several)]
    alone = [{name: some[-1]} for name, some in parts.items()]
    without = [{other: some[0] for other, some in parts.items() if other != name} for name in parts]
    return [*whole, *alone, *without, dict.fromkeys(parts), {}]


@functools.cache
def _states() -> tuple[dict[str, Any], ...]:
    """For every capability the state of all its properties."""
    facts = catalogue()
    states = []
    for capability in facts.capabilities():
        state: dict[str, Any] = {"timestamp": MOMENTS[0]}
        for name in facts.properties(capability):
            info = facts.info(capability, name)
            if info is not None and info.kind != "state":
                data = alternatives(info)
                state[name] = data[:3] if info.multiple else data[-1]
        states.append({capability: state})
    return tuple(states)


@functools.cache
def sweep() -> list[dict[str, Any]]:
    """For every property all alternatives of its data in all kinds of envelopes, and what else an item may say."""
    dice = Random(3)
    messages = []
    for place, info in enumerate(every_property()):
        data = alternatives(info)
        items: list[Any] = [{"data": data[i % len(data)]} for i in range(max(len(data), 6))]
        items += [[{"data": data[i % len(data)]} for i in range(k, k + 3)] for k in range(2)]
        items += [[{"data": one} for one in data], [{"data": data[0]}, {"data": data[0]}]] if info.multiple else []
        items += _beside_data(place, data[0])
        messages += [_message(info, one, i, dice) for i, one in enumerate(items)]
    return [{**message, "message_id": f"{number:064X}"} for number, message in enumerate(messages)]


def _beside_data(place: int, data: Any) -> Iterator[dict[str, Any]]:
    """Failures and availability, in turns so that all of their values come with some property."""
    reasons = [value.identifier for value in catalogue().failure_reasons()]
    said = availabilities()[place % len(availabilities())]
    yield {"failure": {"reason": reasons[place % len(reasons)], "description": _TEXTS[place % len(_TEXTS)]}}
    yield {"failure": {"reason": reasons[(place + 3) % len(reasons)]}}
    yield {"failure": {"reason": reasons[(place + 5) % len(reasons)]}, "availability": said}
    yield {"data": data, "availability": said}
    yield {"availability": said}
    yield {"data": None}
    yield {}


def availabilities() -> list[dict[str, Any]]:
    """How available a property can be, with each value and unit."""
    names = ("update_rate", "rate_limit", "applies_per")
    members = [catalogue().leaf("diagnostics", "odometer", f"availability.{name}") for name in names]
    some = [alternatives(member) for member in members if member is not None]
    return [
        {name: data[i % len(data)] for name, data in zip(names, some, strict=True)} for i in range(max(map(len, some)))
    ]


def _message(info: PropertyInfo, items: Any, turn: int, dice: Random) -> dict[str, Any]:
    """One property in an envelope: the version and the place of the time come by turns."""
    version, timed = 1 + turn % 2, ("item", "message", "nowhere")[turn % 3]
    # An item without any member is one only beside others.
    several = items if isinstance(items, list) else [items]
    moment = MOMENTS[turn % len(MOMENTS)]
    if timed == "item" or {} in several:
        several = [{**item, "timestamp": moment} for item in several]
    return envelope(
        {info.capability: {info.property: several if version == 2 or isinstance(items, list) else several[0]}},
        version,
        MOMENTS[(turn + 1) % len(MOMENTS)] if timed == "message" else None,
        dice,
    )


def envelope(data: dict[str, Any], version: int, moment: str | None, dice: Random) -> dict[str, Any]:
    """A message without its id, in one of three the members of all objects shuffled."""
    message: dict[str, Any] = {"data": data, "version": version, "vin": f"VF{dice.randrange(2)}"}
    if version == 1:
        [(message["capability"], properties)] = data.items()
        [message["property"]] = properties
    else:
        message["application_id"] = APP
    if moment is not None:
        message["timestamp"] = moment
    # Most writers keep to one order, so that many of their messages look alike.
    return _shuffled(message, dice) if dice.randrange(3) == 0 else message


def _shuffled(node: dict[str, Any], dice: Random) -> dict[str, Any]:
    def child(value: Any) -> Any:
        if isinstance(value, list):
            return [child(element) for element in value]
        return _shuffled(value, dice) if isinstance(value, dict) else value

    members = list(node.items())
    dice.shuffle(members)
    return {name: child(value) for name, value in members}


# By chance

_AVAILABILITIES = availabilities()

numbers = st.one_of(
    st.integers(-1000, 1000), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(_NUMBERS)
)
texts = st.one_of(st.sampled_from(_TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
seeds = st.integers(0, 2**32)


def _written(moment: datetime, digits: str, offset: int | None) -> str:
    zone = "" if offset is None else "Z" if offset == 0 else moment.replace(tzinfo=_zone(offset)).isoformat()[-6:]
    return moment.isoformat(timespec=digits) + zone


def _zone(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))


moments = st.one_of(
    st.sampled_from(MOMENTS),
    st.builds(
        _written,
        st.datetimes(),
        st.sampled_from(["seconds", "milliseconds", "microseconds"]),
        st.one_of(st.none(), st.just(0), st.integers(-14 * 60, 14 * 60)),
    ).filter(lambda text: "0001-01-01" not in text and "9999-12-31" not in text),
)


@functools.cache
def data_of(info: TypeInfo) -> st.SearchStrategy[Any]:
    """Data that keeps to a type; members of objects may be missing or null."""
    match info.kind:
        case "measurement":
            units = units_sent(info.dimension)
            return st.fixed_dictionaries({"unit": st.sampled_from(units), "value": numbers})
        case "number":
            return numbers
        case "integer":
            return st.one_of(st.integers(0, 255), st.integers())
        case "percentage":
            return st.one_of(st.integers(0, 1), st.floats(0, 1))
        case "enum":
            return st.sampled_from([value.identifier for value in info.values])
        case "time":
            return st.fixed_dictionaries({"hour": st.integers(0, 23), "minute": st.integers(0, 59)})
        case "timestamp":
            return moments
        case "text":
            return texts
        case "bytes":
            return st.one_of(st.lists(st.integers(0, 255), max_size=5), texts)
        case "state":
            return st.sampled_from(_states())
    return st.fixed_dictionaries(
        {}, optional={member.identifier: st.one_of(st.none(), data_of(member)) for member in info.members}
    )


failures = st.fixed_dictionaries(
    {"reason": st.sampled_from([value.identifier for value in catalogue().failure_reasons()])},
    optional={"description": st.one_of(st.none(), texts)},
)


@functools.cache
def items_of(info: TypeInfo) -> st.SearchStrategy[dict[str, Any]]:
    """Items with data, or with a failure instead."""
    beside = {"timestamp": moments, "availability": st.sampled_from(_AVAILABILITIES)}
    return st.one_of(
        st.fixed_dictionaries({"data": data_of(info)}, optional=beside),
        st.fixed_dictionaries({"data": data_of(info)}, optional=beside),
        st.fixed_dictionaries({"failure": failures}, optional=beside),
    )


@st.composite
def messages_of(draw: st.DrawFn, infos: list[PropertyInfo]) -> list[dict[str, Any]]:
    """A message of version 1 for each of some properties, or one of version 2 with all of them."""
    dice = Random(draw(seeds))
    moment = draw(st.one_of(st.none(), moments))
    data: dict[str, Any] = {}
    together = draw(st.booleans())
    for info in infos:
        several = together or info.multiple
        drawn = draw(st.lists(items_of(info), min_size=1, max_size=3)) if several else draw(items_of(info))
        data.setdefault(info.capability, {})[info.property] = drawn
    if together:
        return [envelope(data, 2, moment, dice)]
    return [
        envelope({capability: {name: node}}, 1, moment, dice)
        for capability, properties in data.items()
        for name, node in properties.items()
    ]


def written(messages: list[dict[str, Any]]) -> bytes:
    """A batch as it is delivered."""
    return json.dumps(messages).encode()
