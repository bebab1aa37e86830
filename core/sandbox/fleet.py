"""Lets a fleet live hour by hour and delivers what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from core.sandbox.delivery import Delivery, OdometerTruth
from core.sandbox.exact import Chance
from core.sandbox.life import live
from core.sandbox.plan import Gap, Oddities, SimulationPlan, oddities_of
from core.sandbox.vehicle import Vehicle, build_vehicle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.jobs import JobContext

_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """What a simulation delivered, to be compared with what was read.

    Attributes:
        plan: what was simulated.
        days: the days (UTC) with at least one batch.
        vins: of all vehicles, in the order of their numbers.
        batches: how many.
        messages: array elements in all batches, with the repeated and the damaged ones.
        bytes: size of all batches.
        duplicates: messages that had been delivered before (same message id).
        late: messages that came more than an hour after they were made.
        unordered: messages that came after a later one of the same vehicle.
        lost: copies of messages that never came, because of a gap or as the plan was over.
        rejects: (key of the batch, place in it from 0) of the two messages that cannot be read: one is no object, one
            lacks data.
        gaps: times without any batch, milliseconds since the epoch.
        silent_vin: the vehicle that stops reporting, or None.
        silent_from: when it stops, microseconds since the epoch, or None.
        switched_vin: the vehicle whose odometer changes from kilometers to miles.
        switched_at: when it changes, microseconds since the epoch.
        leaking_vin: the vehicle with a leaking tyre, or None.
        odometer: by VIN, (time in microseconds since the epoch, kilometers) of every odometer value that was delivered
            at least once, by time; miles converted.
    """

    plan: SimulationPlan
    days: tuple[date, ...]
    vins: tuple[str, ...]
    batches: int
    messages: int
    bytes: int
    duplicates: int
    late: int
    unordered: int
    lost: int
    rejects: tuple[tuple[str, int], ...]
    gaps: tuple[Gap, ...]
    silent_vin: str | None
    silent_from: int | None
    switched_vin: str
    switched_at: int
    leaking_vin: str | None
    odometer: OdometerTruth


class Member:
    """A vehicle of the fleet that lives as far as it is asked to."""

    def __init__(self, plan: SimulationPlan, oddities: Oddities, number: int) -> None:
        self.vehicle: Vehicle = build_vehicle(number, plan.seed)
        self.chance = Chance("delivery", plan.seed, number)
        if number == oddities.leaking:
            self.vehicle.leaking = 2
        if number == oddities.switched:
            self.vehicle.miles_from = oddities.switched_at
        self._silent_from = oddities.silent_from if number == oddities.silent else None
        self._life: Iterator[int] = live(self.vehicle, plan.first_day, plan.last_day)
        self._reached = plan.start

    def live_until(self, time: int) -> None:
        """Make at least the messages of the time before."""
        while self._reached < time:
            self._reached = next(self._life, time)
        if self._silent_from is not None:
            made = self.vehicle.writer.made
            made[:] = [message for message in made if message[0] < self._silent_from]


def simulate_fleet(plan: SimulationPlan, write: Callable[[str, bytes], None], ctx: JobContext) -> SimulationResult:
    """Simulate a fleet and hand over its batches.

    Holds the vehicles and what they say within an hour, not the whole simulation.

    Args:
        write: called with (key, content) for each batch, in key order, in this thread.

    Raises:
        UsageError: the plan makes no sense.
        JobCancelled: between two batches or vehicles.
    """
    plan.check()
    oddities = oddities_of(plan)
    ctx.progress(0, plan.days, "Preparing vehicles")
    delivery = Delivery(plan, oddities.gaps)
    members = []
    for number in range(plan.vehicles):
        ctx.check()
        members.append(Member(plan, oddities, number))
    days: list[date] = []

    def deliver(batches: Iterator[tuple[str, bytes]], day: date) -> None:
        for key, content in batches:
            ctx.check()
            write(key, content)
            if not days or days[-1] != day:
                days.append(day)

    delivery.accept_exactly(oddities.damaged)
    for index in range(plan.days):
        day = plan.first_day + timedelta(days=index)
        ctx.progress(index, plan.days, f"Simulating {day}")
        for hour in range(1, 25):
            until = plan.start + (24 * index + hour) * _HOUR
            for member in members:
                ctx.check()
                member.live_until(until)
                delivery.accept(member.vehicle.writer.take(), member.chance)
            deliver(delivery.batches(until), day)
    deliver(delivery.finish(), plan.last_day)
    ctx.progress(plan.days, plan.days, "Simulated")
    return _result(plan, oddities, delivery, tuple(days))


def _result(plan: SimulationPlan, oddities: Oddities, delivery: Delivery, days: tuple[date, ...]) -> SimulationResult:
    def vin(number: int | None) -> str | None:
        return None if number is None else plan.vin(number)

    count = delivery.count
    return SimulationResult(
        plan=plan,
        days=days,
        vins=tuple(plan.vin(number) for number in range(plan.vehicles)),
        batches=count.batches,
        messages=count.messages,
        bytes=count.bytes,
        duplicates=count.duplicates,
        late=count.late,
        unordered=count.unordered,
        lost=count.lost,
        rejects=tuple(count.damaged),
        gaps=oddities.gaps,
        silent_vin=vin(oddities.silent),
        silent_from=None if oddities.silent is None else oddities.silent_from * 1000,
        switched_vin=plan.vin(oddities.switched),
        switched_at=oddities.switched_at * 1000,
        leaking_vin=vin(oddities.leaking),
        odometer=count.odometer,
    )
