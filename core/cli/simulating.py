"""The command that simulates a fleet: into a folder, or into a bucket at once or in real time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.asking import confirm
from core.cli.connecting import connection_of
from core.cli.console import count_text
from core.cli.parser import is_address
from core.errors import UsageError
from core.jobs import JobCancelled
from core.sandbox.simulate import SimulationPlan, simulate_into_folder
from core.storage.addresses import bucket_and_prefix, reach_bucket
from core.storage.connection import read_folder
from core.texts import size_text

if TYPE_CHECKING:
    import argparse

    from core.cli.console import Console
    from core.jobs import JobContext
    from core.sandbox.simulate import SimulationResult

_VEHICLES, _LIVE_VEHICLES, _DAYS = 12, 60, 30


def simulate(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    """Write the batches of a simulated fleet."""
    if is_address(words.source) and not words.source.strip().lower().startswith("file:"):
        return _into_bucket(words, console, ctx)
    if words.live or words.among_others:
        raise UsageError("This goes with a bucket", subject="--live" if words.live else "--among-others")
    folder = read_folder(words.source.strip()) if is_address(words.source) else Path(words.source)
    result = simulate_into_folder(_plan(words), folder, ctx)
    _say(result, words.source, console)
    return 0


def _plan(words: argparse.Namespace) -> SimulationPlan:
    return SimulationPlan(vehicles=words.vehicles or _VEHICLES, days=words.days or _DAYS, seed=words.seed)


def _into_bucket(words: argparse.Namespace, console: Console, ctx: JobContext) -> int:
    # Only who means a bucket waits for what talks to one.
    from core.sandbox.bucket import OthersThere, open_room, simulate_into_bucket, simulate_live
    from core.storage.sessions import open_session

    if words.live and words.days:
        raise UsageError(
            "--live has no number of days", subject=f"--days {words.days}", hint="It goes on until Ctrl+C."
        )
    named = connection_of(words)
    if "://" not in named.address and not named.address.lower().startswith("arn:"):
        raise UsageError(
            "This is neither a bucket's address nor a folder",
            subject=named.address,
            hint="Write s3://bucket/prefix, or ./ before the folder's name.",
        )
    found = reach_bucket(named.address, named.options)
    name, prefix = bucket_and_prefix(found.address)
    vehicles = count_text(words.vehicles or (_LIVE_VEHICLES if words.live else _VEHICLES), "vehicle", "vehicles")
    how = "in real time" if words.live else f"over {count_text(words.days or _DAYS, 'day', 'days')}"
    confirm(
        f"Store simulated batches of {vehicles} {how} in the bucket {name}"
        f"{f' below {prefix}/' if prefix else ''}? They cost what storing costs.",
        console,
        yes=words.yes,
        otherwise="Nothing was stored",
    )
    writer = open_room(name, prefix, open_session(found.options, ctx), ctx)
    try:
        if not words.live:
            result = simulate_into_bucket(_plan(words), writer, ctx, among_others=words.among_others)
            _say(result, writer.address, console)
            return 0
        console.say(f"Delivering into {writer.address} in real time; Ctrl+C ends it, and it can be gone on with later")
        simulate_live(
            words.vehicles or _LIVE_VEHICLES,
            words.seed,
            writer,
            ctx,
            among_others=words.among_others,
            delivered=lambda key, size: console.say(f"Delivered {key}, {size_text(size)}"),
        )
    except OthersThere as error:
        error.hint += " That is: --among-others"
        raise
    except JobCancelled:
        if not words.live:
            console.say("What was stored stays; the same command goes on from there")
            raise
        console.say("Ended")
    return 0


def _say(result: SimulationResult, where: str, console: Console) -> None:
    batches = count_text(result.batches, "batch", "batches")
    messages = count_text(result.messages, "message", "messages")
    vehicles = count_text(len(result.vins), "vehicle", "vehicles")
    console.say(f"{batches} with {messages} of {vehicles}, {size_text(result.bytes)}, written to {where}")
