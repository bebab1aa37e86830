"""Writes messages as the platform does: version-1 envelopes, one property each."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.sandbox.exact import Chance
    from core.sandbox.places import Point

FAILURES = (
    ("rate_limit", "Too many requests to the vehicle maker"),
    ("execution_timeout", "The vehicle did not answer in time"),
    ("unknown", "The property could not be read"),
    ("oem_error", "The vehicle maker reported an error"),
    ("unauthorised", "The owner has not given access"),
    ("pending", "The vehicle will answer later"),
    ("format_error", "The value could not be understood"),
    ("privacy_mode_active", "The driver has switched on privacy mode"),
)
_FAILURE_RATE = 0.002
_IDS_AT_ONCE = 64  # digests cost less by the dozen

# When it was made (milliseconds since the epoch), the vehicle's number in the fleet, the message's number in the
# vehicle, its JSON text, and the kilometers that it says were driven, if it says so.
Message = tuple[int, int, int, str, float | None]


def measure(unit: str, value: float, decimals: int = 1) -> str:
    """A value with its unit, as JSON."""
    return f'{{"unit":"{unit}","value":{value:z.{decimals}f}}}'


def coordinates(point: Point) -> str:
    """A point to about a tenth of a meter, as JSON."""
    return f'{{"latitude":{point[0]:.6f},"longitude":{point[1]:.6f}}}'


@lru_cache(maxsize=1024)
def _minute_text(minutes: int) -> str:
    days, minute = divmod(minutes, 1440)
    return f"{date(1970, 1, 1) + timedelta(days=days)}T{minute // 60:02d}:{minute % 60:02d}"


def iso_time(time: int) -> str:
    """Milliseconds since the epoch as the platform writes a moment: with milliseconds and Z."""
    minutes, rest = divmod(time, 60_000)
    return f"{_minute_text(minutes)}:{rest // 1000:02d}.{rest % 1000:03d}Z"


def message_id(*names: object) -> str:
    """64 upper-case hexadecimal characters, always the same for the same names."""
    return hashlib.sha256("/".join(map(str, names)).encode()).hexdigest().upper()


class MessageWriter:
    """The messages of one vehicle, in the order in which they were made.

    Args:
        seed: of the fleet.
        number: the vehicle's in the fleet.
        chance: decides which values fail.

    Attributes:
        made: messages that nobody has collected yet.
    """

    def __init__(self, seed: int, number: int, vin: str, chance: Chance) -> None:
        self.made: list[Message] = []
        self._number = number
        self._count = 0
        self._failures = number
        self._random = chance.random
        self._names = f"{seed}/{vin}"
        self._ids = ""
        self._end = f'","version":1,"vin":"{vin}"}}'
        self._time = -1
        self._iso = ""

    def send(self, time: int, capability: str, name: str, data: str, driven: float | None = None) -> None:
        """One property with one item; now and then the item is a failure instead.

        Args:
            time: milliseconds since the epoch.
            data: JSON text.
            driven: the kilometers that the data say, for the truth that tests compare with.
        """
        if time != self._time:
            self._time = time
            self._iso = iso_time(time)
        if self._random() < _FAILURE_RATE:
            driven = None
            content = f'{{{self._failure()},"timestamp":"{self._iso}"}}'
        else:
            content = f'{{"data":{data},"timestamp":"{self._iso}"}}'
        self._envelope(time, capability, name, content, driven)

    def send_items(self, time: int, capability: str, name: str, items: Iterable[str]) -> None:
        """One property with an array of items, each JSON text; now and then one item is a failure instead."""
        iso = iso_time(time)
        parts = [f'{{"data":{data},"timestamp":"{iso}"}}' for data in items]
        if self._random() < _FAILURE_RATE * len(parts):
            parts[-1] = f'{{{self._failure()},"timestamp":"{iso}"}}'
        self._envelope(time, capability, name, f"[{','.join(parts)}]", None)

    def take(self) -> list[Message]:
        """Collect the messages made so far."""
        made, self.made = self.made, []
        return made

    def _failure(self) -> str:
        reason, description = FAILURES[self._failures % len(FAILURES)]
        self._failures += 1
        return f'"failure":{{"reason":"{reason}","description":"{description}"}}'

    def _envelope(self, time: int, capability: str, name: str, content: str, driven: float | None) -> None:
        count = self._count
        self._count = count + 1
        place = count % _IDS_AT_ONCE * 64
        if not place:
            names = f"{self._names}/{count}".encode()
            self._ids = hashlib.shake_256(names).hexdigest(32 * _IDS_AT_ONCE).upper()
        text = (
            f'{{"data":{{"{capability}":{{"{name}":{content}}}}},"capability":"{capability}","property":"{name}",'
            f'"message_id":"{self._ids[place : place + 64]}{self._end}'
        )
        self.made.append((time, self._number, count, text, driven))
