"""What to simulate, and which oddities happen when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from core.errors import UsageError
from core.sandbox.envelope import Message, message_id
from core.sandbox.models import role_of, vin_of
from core.storage.keys import is_app, is_level

if TYPE_CHECKING:
    from collections.abc import Iterator

SIMULATOR_VERSION = 1  # to be raised with every change of the bytes that a plan gives
BATCH_MILLISECONDS = 300_000

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_MOST_VEHICLES = 100_000
_MOST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What to simulate. Equal plans give equal bytes.

    Attributes:
        vehicles: how many, 1 to 100,000.
        days: how many whole days (UTC), 1 to 3,660.
        seed: another one gives another fleet.
        last_day: the last of the days. The default lies a fortnight after the end of summer time, so that a month
            of days holds two months' folders and a change of the clock.
        app: the app-id, 24 hexadecimal characters.
        level: the Auto API level, for example ``level13``.
    """

    vehicles: int = 12
    days: int = 30
    seed: int = 1
    last_day: date = date(2026, 11, 8)
    app: str = "9FBBEDED80595912588FF4FF"
    level: str = "level13"

    def check(self) -> None:
        """Raise UsageError where the plan makes no sense."""
        for name, value, most in (("vehicles", self.vehicles, _MOST_VEHICLES), ("days", self.days, _MOST_DAYS)):
            if not 1 <= value <= most:
                raise UsageError(
                    f"{value:,} {name} cannot be simulated", hint=f"Give a number of {name} from 1 to {most:,}."
                )
        if not date(1990, 1, 1) <= self.last_day <= date(2100, 1, 1):
            raise UsageError(
                "The last day is out of range", subject=f"{self.last_day}", hint="Give a day from 1990 to 2099."
            )
        if not is_app(self.app):
            raise UsageError("This is no app-id", subject=self.app, hint="An app-id has 24 hexadecimal characters.")
        if not is_level(self.level):
            raise UsageError("This is no Auto API level", subject=self.level, hint="A level is written like level13.")

    @property
    def first_day(self) -> date:
        """The first of the days."""
        return self.last_day - timedelta(days=self.days - 1)

    @property
    def start(self) -> int:
        """When the first day begins, milliseconds since the epoch."""
        return (self.first_day - date(1970, 1, 1)).days * _DAY

    @property
    def end(self) -> int:
        """When the last day is over, milliseconds since the epoch."""
        return self.start + self.days * _DAY

    @property
    def digest(self) -> str:
        """12 hexadecimal characters that stand for this plan and this version of the simulator."""
        return hashlib.sha256(f"{SIMULATOR_VERSION} {self!r}".encode()).hexdigest()[:12]

    def vin(self, number: int) -> str:
        """The VIN of the vehicle with this number in the fleet."""
        return vin_of(role_of(number).model, number, self.seed)


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours without any batch.

    Attributes:
        start: milliseconds since the epoch.
        end: milliseconds since the epoch; batches come again from then on.
        kind: whether its messages never came or came all at once when it was over.
    """

    start: int
    end: int
    kind: Literal["lost", "delayed"]


@dataclass(frozen=True, slots=True)
class Oddities:
    """What goes wrong in a simulation, times in milliseconds since the epoch.

    Attributes:
        gaps: in the order of time; a plan of one or two days has none, one of three or four only the delayed one.
        silent: number of the vehicle that stops reporting, or None (one vehicle, or fewer than six days).
        silent_from: when it stops.
        switched: number of the vehicle whose odometer changes from kilometers to miles.
        switched_at: when it changes.
        leaking: number of the vehicle with a leaking tyre, or None in a fleet of five or fewer.
        damaged: messages that cannot be read: the platform's text of two array elements, and when they come.
    """

    gaps: tuple[Gap, ...]
    silent: int | None
    silent_from: int
    switched: int
    switched_at: int
    leaking: int | None
    damaged: tuple[Message, ...]


def oddities_of(plan: SimulationPlan) -> Oddities:
    """The oddities of a plan; they need no chance, so that a person knows where to look."""
    gaps = []
    if plan.days >= 5:
        day = plan.start + plan.days * 2 // 5 * _DAY
        gaps.append(Gap(day + int(8.3 * _HOUR), day + int(12.8 * _HOUR), "lost"))
    if plan.days >= 3:
        day = plan.start + plan.days * 3 // 5 * _DAY
        gaps.append(Gap(day + int(8.9 * _HOUR), day + int(17.7 * _HOUR), "delayed"))
    damaged_at = plan.start + plan.days * 2 // 3 * _DAY + int(7.75 * _HOUR)
    without_data = (
        '{"capability":"diagnostics","property":"speed",'
        f'"message_id":"{message_id(plan.seed, "damaged")}","version":1,"vin":"{plan.vin(0)}"}}'
    )
    return Oddities(
        gaps=tuple(gaps),
        silent=min(7, plan.vehicles - 1) if plan.vehicles > 1 and plan.days >= 6 else None,
        silent_from=plan.end - max(2, plan.days // 6) * _DAY + 9 * _HOUR,
        switched=min(3, plan.vehicles - 1),
        switched_at=(plan.start + plan.end) // 2,
        leaking=5 if plan.vehicles > 5 else None,
        damaged=(
            (damaged_at, -1, 0, '"message lost"', None),
            (damaged_at + 2_000, -1, 1, without_data, None),
        ),
    )


def other_objects(plan: SimulationPlan) -> Iterator[tuple[str, bytes]]:
    """Keys and contents of the objects beside the batches that a bucket holds in practice.

    ``test.json`` is what the platform stores when delivery is configured; the other one belongs to another tool.
    """
    yield "test.json", b'{"test":"delivery"}'
    yield f"reports/{plan.first_day:%Y-%m}/summary.csv", b"day,batches\n"
