"""One simulated fleet that the tests look at from all sides."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_fleet
from core.storage.keys import BatchKey, parse_key

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Item:
    """One item as it was delivered; times in microseconds since the epoch."""

    vin: str
    path: str
    time: int
    data: Any
    failure: str | None
    key: BatchKey
    message_id: str


@dataclass(frozen=True)
class Simulated:
    """A simulation and what it wrote."""

    result: SimulationResult
    batches: dict[str, bytes]
    messages: list[tuple[str, int, Any]]
    items: list[Item]

    def of(self, vin: str, path: str) -> list[Item]:
        """The items of a vehicle's property that hold data, by time, each once."""
        found = {item.message_id + str(item.data): item for item in self.items if (item.vin, item.path) == (vin, path)}
        return sorted((item for item in found.values() if item.failure is None), key=lambda item: item.time)


def microseconds(text: str) -> int:
    """An ISO time as the platform writes it, in microseconds since the epoch."""
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _items(batches: dict[str, bytes]) -> Iterator[Item]:
    for text, content in batches.items():
        key = parse_key(text)
        assert key is not None
        for message in json.loads(content):
            if not isinstance(message, dict) or "data" not in message:
                continue
            capability, name = message["capability"], message["property"]
            found = message["data"][capability][name]
            for item in found if isinstance(found, list) else [found]:
                failure = item["failure"]["reason"] if "failure" in item else None
                time = microseconds(item["timestamp"])
                path = f"{capability}.{name}"
                yield Item(message["vin"], path, time, item.get("data"), failure, key, message["message_id"])


@pytest.fixture(scope="session")
def simulated() -> Simulated:
    """Twelve vehicles over eight days: every oddity happens."""
    batches: dict[str, bytes] = {}
    result = simulate_fleet(SimulationPlan(days=8), batches.__setitem__, JobContext())
    messages = [
        (key, place, message) for key, content in batches.items() for place, message in enumerate(json.loads(content))
    ]
    return Simulated(result, batches, messages, list(_items(batches)))
