"""What a simulated fleet is written to, whether a folder or a bucket, and what is written."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from core.sandbox.fleet import simulate_fleet
from core.sandbox.plan import SIMULATOR_VERSION, SimulationPlan, other_objects

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.sandbox.fleet import SimulationResult


class Destination(Protocol):
    """Takes objects."""

    def put(self, key: str, content: bytes) -> None:
        """Store one object under a key of the layout. It may be stored later, and its failure be said later, too."""
        ...


def fill(plan: SimulationPlan, destination: Destination, ctx: JobContext) -> SimulationResult:
    """Write the objects beside the batches, then every batch in key order.

    Raises:
        UsageError: the plan makes no sense.
        JobCancelled: between two batches or vehicles.
        Whatever the destination raises.
    """
    for key, content in other_objects(plan):
        destination.put(key, content)
    return simulate_fleet(plan, destination.put, ctx)


def marker_key(plan: SimulationPlan) -> str:
    """The name of the object that says which simulation lies here, by this version of the simulator."""
    return f".odograph-simulation-v{SIMULATOR_VERSION}-{plan.digest}.json"


def marker_content(plan: SimulationPlan, result: SimulationResult | None) -> bytes:
    """What that object says: the plan, and what came of it once it is finished."""
    facts = {"simulator": SIMULATOR_VERSION, **asdict(plan)}
    if result is not None:
        facts |= {"batches": result.batches, "messages": result.messages}
    return (json.dumps(facts, default=str, indent=2) + "\n").encode()
