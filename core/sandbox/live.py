"""Lets a fleet live in real time: each batch comes when it is due."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from core.sandbox.delivery import Delivery
from core.sandbox.fleet import Member
from core.sandbox.plan import oddities_of
from core.storage.keys import parse_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobs import JobContext
    from core.sandbox.delivery import DeliveryCount
    from core.sandbox.plan import SimulationPlan

_HOUR = 3_600_000
_LOOK = 5.0  # seconds between two looks whether a batch is due


class Clock(Protocol):
    """What time it is, and waiting for it to pass."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...

    def wait(self, seconds: float, ctx: JobContext) -> None:
        """Let time pass.

        Raises:
            JobCancelled.
        """
        ...


class RealClock:
    """The computer's clock."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def wait(self, seconds: float, ctx: JobContext) -> None:
        """Let time pass.

        Raises:
            JobCancelled.
        """
        ctx.wait(seconds)


def live_fleet(
    plan: SimulationPlan,
    write: Callable[[str, bytes], None],
    ctx: JobContext,
    *,
    after: int = 0,
    clock: Clock | None = None,
) -> DeliveryCount:
    """Let a fleet live from its first day until now, then on in real time, until cancelled or the plan is over.

    The fleet's past is lived through again each time it starts, so that vehicles go on from where they were; nothing
    of it is handed over. What is held does not grow with time.

    Args:
        plan: its first day must not be later than today.
        write: called with (key, content) for each batch when it is due, in key order, in this thread.
        ctx: to cancel with.
        after: only batches whose key names a later time, microseconds since the epoch, are handed over; at any rate
            only those that become due after the start.
        clock: the computer's, unless another one is given.

    Raises:
        UsageError: the plan makes no sense.
        JobCancelled: it was ended.
    """
    plan.check()
    clock = clock or RealClock()
    after = max(after, clock.now() * 1000)
    oddities = oddities_of(plan)
    delivery = Delivery(plan, oddities.gaps, truth=False)
    members = [Member(plan, oddities, number) for number in range(plan.vehicles)]
    delivery.accept_exactly(oddities.damaged)
    reached = plan.start
    written = 0
    while reached < plan.end:
        ctx.check()
        now = min(clock.now(), plan.end)
        until = min(reached + _HOUR, now)
        if until > reached:
            for member in members:
                ctx.check()
                member.live_until(until)
                delivery.accept(member.vehicle.writer.take(), member.chance)
            for key, content in delivery.batches(until):
                named = parse_key(key)
                if named is not None and named.time > after:
                    write(key, content)
                    written += 1
            reached = until
        if reached < now:
            ctx.progress(reached - plan.start, now - plan.start, "Living through the days before")
        else:
            ctx.progress(written, None, f"{written:,} batches delivered; waiting for the next one to be due")
            clock.wait(_LOOK, ctx)
    return delivery.count
