"""Batches of messages with every type of the catalogue."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.autoapi.catalogue import PropertyInfo, catalogue
from core.autoapi.units import units_of
from core.storage.keys import format_key, parse_key

if TYPE_CHECKING:
    from core.autoapi.catalogue import TypeInfo
    from core.storage.keys import BatchKey

_APP = "9FBBEDED80595912588FF4FF"
_FIRST = datetime(2026, 6, 1, tzinfo=UTC)
_A_BATCH = 250
_VEHICLES = 40
# One message in so many brings a failure instead of a value.
_FAILURES = 200
_REASONS = ("rate_limit", "oem_error", "timeout")
# What most vehicles send most of the time.
_FREQUENT = (
    *("diagnostics.odometer", "diagnostics.speed", "diagnostics.fuel_level", "diagnostics.battery_voltage"),
    *("diagnostics.tire_pressures", "vehicle_location.coordinates", "vehicle_location.heading", "doors.positions"),
    *("doors.locks", "ignition.state", "charging.status", "charging.battery_level", "climate.hvac_state"),
)


def frequent_properties() -> list[PropertyInfo]:
    """Some properties that vehicles send often."""
    infos = [catalogue().info(*path.split(".")) for path in _FREQUENT]
    return [info for info in infos if info is not None]


def one_of_each_type() -> list[PropertyInfo]:
    """One property for each type of the catalogue; what measures the same counts once, states of states do not."""
    facts = catalogue()
    found: dict[tuple[str, bool], PropertyInfo] = {}
    for capability in facts.capabilities():
        for name in facts.properties(capability):
            info = facts.info(capability, name)
            if info is not None and not _has_state(info):
                # Enums are one type each, by their values.
                values = ",".join(value.identifier for value in info.values)
                found.setdefault((values or info.type, info.multiple), info)
    return list(found.values())


def _has_state(info: TypeInfo) -> bool:
    return info.kind == "state" or any(map(_has_state, info.members))


def batches(
    properties: list[PropertyInfo], messages: int, a_batch: int = _A_BATCH, first: int = 0
) -> list[tuple[BatchKey, bytes]]:
    """So many messages in batches as they are delivered: version 1, one property a message, three minutes a batch.

    Args:
        a_batch: how many messages a batch has.
        first: the number of the first batch, from which its time and its dice follow.
    """
    dice = random.Random(7 + first)
    made = []
    for place in range(-(-messages // a_batch)):
        number = first + place
        moment = _FIRST + timedelta(seconds=180 * number)
        count = min(a_batch, messages - place * a_batch)
        content = json.dumps([_message(dice, dice.choice(properties), moment) for _ in range(count)]).encode()
        key = parse_key(format_key(_APP, "level13", moment, number, f"{number:08x}"))
        assert key is not None
        made.append((key, content))
    return made


def _message(dice: random.Random, info: PropertyInfo, moment: datetime) -> dict[str, Any]:
    items = [_item(dice, info, moment) for _ in range(dice.randint(1, 4) if info.multiple else 1)]
    return {
        "message_id": f"{dice.getrandbits(256):064X}",
        "version": 1,
        "vin": f"WVWZZZ1KZAW{dice.randrange(_VEHICLES):06}",
        "capability": info.capability,
        "property": info.property,
        "data": {info.capability: {info.property: items if info.multiple else items[0]}},
    }


def _item(dice: random.Random, info: PropertyInfo, moment: datetime) -> dict[str, Any]:
    time = moment + timedelta(milliseconds=dice.randrange(180_000))
    timestamp = time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z"
    if dice.randrange(_FAILURES) == 0:
        return {"failure": {"reason": dice.choice(_REASONS), "description": "Try later"}, "timestamp": timestamp}
    return {"data": _value(dice, info), "timestamp": timestamp}


def _value(dice: random.Random, info: TypeInfo) -> Any:
    match info.kind:
        case "measurement":
            units = units_of(info.dimension)
            return {"unit": units[dice.randrange(min(len(units), 2))], "value": round(dice.uniform(0, 10_000), 3)}
        case "number":
            return round(dice.uniform(-180, 180), 6)
        case "percentage":
            return round(dice.random(), 2)
        case "integer":
            return dice.randrange(255)
        case "enum":
            return dice.choice(info.values).identifier if info.values else "active"
        case "time":
            return {"hour": dice.randrange(24), "minute": dice.randrange(60)}
        case "timestamp":
            return (_FIRST + timedelta(seconds=dice.randrange(10**7))).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "object":
            return {member.identifier: _value(dice, member) for member in info.members}
        case _:
            return f"Text {dice.randrange(1000)}"
