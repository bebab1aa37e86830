"""Delivers a simulated fleet into a bucket, whole at once or in real time, as the platform does.

Objects that are there are never replaced, but for the simulator's own marker: a run that was ended goes on where it
was, and what another tool or the platform has stored stays.
"""

from __future__ import annotations

import json
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.errors import OdographError, SourceError, UsageError
from core.sandbox.destination import fill, marker_content, marker_key
from core.sandbox.live import RealClock, live_fleet
from core.sandbox.plan import SIMULATOR_VERSION, SimulationPlan, other_objects
from core.storage.keys import split_root
from core.storage.setup.contents import SIMULATION_MARKER, batch_end, look_at_top
from core.storage.setup.writer import open_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from core.jobs import JobContext
    from core.sandbox.fleet import SimulationResult
    from core.sandbox.live import Clock
    from core.storage.sessions import AwsSession
    from core.storage.setup.writer import Writer

LIVE_MARKER = f"{SIMULATION_MARKER}-live-v{SIMULATOR_VERSION}.json"
_LIVE_DAYS = 3_650
_WORKERS = 8
_UNDER_WAY = 16
_AGAIN = 10.0  # seconds


class OthersThere(UsageError):
    """The bucket holds data of other apps, among which a simulation is put only on purpose."""


@dataclass(frozen=True, slots=True)
class Room:
    """What was found where a simulation shall go.

    Attributes:
        address: ``s3://bucket/prefix``.
        others: app-ids of other apps that have data there.
        app: whether the simulated app has data there.
        markers: names of the simulations that lie there.
    """

    address: str
    others: tuple[str, ...]
    app: bool
    markers: tuple[str, ...]


def look_for_room(writer: Writer, plan: SimulationPlan) -> Room:
    """What lies where a simulation shall go. Lists only.

    Raises:
        SourceError: it cannot be listed.
    """
    top = look_at_top(writer.bucket, writer.root)
    prefix = f"{writer.root}/" if writer.root else ""
    answer = writer.bucket.ask("ListObjectsV2", {"Prefix": f"{prefix}{SIMULATION_MARKER}"}) or {}
    markers = tuple(item["Key"][len(prefix) :] for item in answer.get("Contents", []))
    return Room(writer.address, tuple(app for app in top.apps if app != plan.app), plan.app in top.apps, markers)


def open_room(name: str, prefix: str, session: AwsSession, ctx: JobContext) -> Writer:
    """A writer for the place where a simulation shall go.

    Args:
        name: the bucket's.
        prefix: the layout's root in it; may be empty.

    Raises:
        UsageError: the prefix points into the layout.
        SourceError: there is no such bucket, or it cannot be reached.
    """
    root, scope = split_root(prefix)
    if scope:
        raise UsageError(
            "A simulation goes beside apps, not into one",
            subject=f"s3://{name}/{prefix}",
            hint=f"Give s3://{name}/{root}".rstrip("/") + ".",
        )
    return open_writer(name, root, session, ctx)


def simulate_into_bucket(
    plan: SimulationPlan, writer: Writer, ctx: JobContext, *, among_others: bool = False
) -> SimulationResult:
    """Deliver all batches of a plan at once. One that was ended is continued.

    At most 16 objects are under way at any time.

    Args:
        writer: from :func:`open_room`.
        among_others: data of other apps in the same place are known of.

    Raises:
        UsageError: the plan makes no sense.
        OthersThere: other apps have data there.
        OdographError: the app has data there that are not of this plan.
        SourceError: something cannot be listed or stored.
        JobCancelled: what was stored stays; the same plan goes on from there.
    """
    plan.check()
    marker = marker_key(plan)
    _check_room(look_for_room(writer, plan), marker, plan, among_others)
    writer.put(marker, marker_content(plan, None))
    with _Stream(writer, plan) as stream:
        result = fill(plan, stream, ctx)
    writer.put(marker, marker_content(plan, result))
    return result


def simulate_live(
    vehicles: int,
    seed: int,
    writer: Writer,
    ctx: JobContext,
    *,
    among_others: bool = False,
    delivered: Callable[[str, int], None] | None = None,
    clock: Clock | None = None,
) -> None:
    """Deliver batches of a fleet in real time, each when it is due, until cancelled.

    A fleet that was ended goes on: its vehicles drive on from where they are now, and the time in between is a gap.

    Args:
        vehicles: how many.
        seed: another one gives another fleet.
        writer: from :func:`open_room`.
        among_others: data of other apps in the same place are known of.
        delivered: is told the key and size of each object that was stored, in this thread.
        clock: the computer's, unless another one is given.

    Raises:
        UsageError: the fleet makes no sense.
        OthersThere: other apps have data there.
        OdographError: the app has data there that are not of this fleet.
        SourceError: something cannot be listed or stored.
        JobCancelled: the usual end.
    """
    clock = clock or RealClock()
    today = datetime.fromtimestamp(clock.now() / 1000, UTC).date()
    plan = _live_plan(vehicles, seed, today)
    plan.check()
    room = look_for_room(writer, plan)
    if LIVE_MARKER in room.markers:
        plan = _continued(vehicles, seed, writer.get(LIVE_MARKER), room)
    _check_room(room, LIVE_MARKER, plan, among_others)

    def write(key: str, content: bytes, *, look: bool = False) -> None:
        while True:
            try:
                stored = writer.put_new(key, content, look=look)
                break
            except SourceError as error:
                if not error.passing:
                    raise
                # It runs for days: a network that is away for an hour does not end it.
                ctx.progress(0, None, f"{error.title}; trying again")
                clock.wait(_AGAIN, ctx)
        if stored and delivered is not None:
            delivered(key, len(content))

    if LIVE_MARKER not in room.markers:
        writer.put(LIVE_MARKER, marker_content(plan, None))
        # As the platform does when a delivery is saved.
        write(*next(iter(other_objects(plan))), look=True)
    folder = "/".join(part for part in (writer.root, plan.app, plan.level) if part)
    last = batch_end(writer.bucket, writer.root, folder, newest=True)
    live_fleet(plan, write, ctx, after=last.time if last is not None else 0, clock=clock)


def _live_plan(vehicles: int, seed: int, first_day: date) -> SimulationPlan:
    last_day = first_day + timedelta(days=_LIVE_DAYS - 1)
    return SimulationPlan(vehicles=vehicles, days=_LIVE_DAYS, seed=seed, last_day=last_day)


def _continued(vehicles: int, seed: int, marker: bytes, room: Room) -> SimulationPlan:
    try:
        facts = json.loads(marker)
        was_vehicles, was_seed = int(facts["vehicles"]), int(facts["seed"])
        first_day = date.fromisoformat(facts["last_day"]) - timedelta(days=_LIVE_DAYS - 1)
        plan = _live_plan(was_vehicles, was_seed, first_day)
        plan.check()
    # What cannot be decoded or is no JSON is a ValueError, too.
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError, UsageError) as error:
        raise OdographError(
            "The simulation that lies here cannot be continued",
            subject=room.address,
            hint=f"Its file {LIVE_MARKER} is damaged. Use another prefix.",
            detail=str(error),
        ) from error
    if (was_vehicles, was_seed) != (vehicles, seed):
        raise OdographError(
            "Another simulated fleet lies here",
            subject=room.address,
            hint=f"Continue it with --vehicles {was_vehicles} --seed {was_seed}, or use another prefix.",
        )
    return plan


def _check_room(room: Room, marker: str, plan: SimulationPlan, among_others: bool) -> None:
    if room.app and marker not in room.markers:
        raise OdographError(
            "The app has other data here already",
            subject=f"{room.address}/{plan.app}",
            hint="Give an empty prefix, for example s3://bucket/simulated, or the plan that these were made with.",
        )
    if any(each != marker for each in room.markers):
        # One that was ended before its first batch: both would deliver into one app.
        raise OdographError(
            "Another simulation was begun here",
            subject=room.address,
            hint="Give another prefix, for example s3://bucket/simulated, or the plan that it was begun with.",
        )
    if room.others and not among_others:
        raise OthersThere(
            "Other apps have data here",
            subject=room.address,
            hint=f"They are {', '.join(room.others[:5])}. Give another bucket or prefix, or confirm it on purpose.",
        )


class _Stream:
    """Stores objects in parallel but bounded, and leaves out those that are there already.

    A failure is raised by the next call, or at the end.
    """

    def __init__(self, writer: Writer, plan: SimulationPlan) -> None:
        self._writer = writer
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="simulated-delivery")
        self._under_way: deque[Future[bool]] = deque()
        self._folder = f"{plan.app}/{plan.level}/"
        self._there = _keys(writer, self._folder)
        self._next = next(self._there, "")

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            while kind is None and self._under_way:
                self._under_way.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def put(self, key: str, content: bytes) -> None:
        """Store one object; those of the layout come in key order."""
        listed = key.startswith(self._folder)
        if listed:
            # Both come in key order, so that one pass tells what is missing.
            while self._next and self._next < key:
                self._next = next(self._there, "")
            if self._next == key:
                return
        while len(self._under_way) >= _UNDER_WAY:
            self._under_way.popleft().result()
        self._under_way.append(self._pool.submit(self._writer.put_new, key, content, look=not listed))


def _keys(writer: Writer, folder: str) -> Iterator[str]:
    """The keys below a folder that were there at the beginning, in order, relative to the writer's root."""
    start = f"{writer.root}/" if writer.root else ""
    asked: dict[str, Any] = {"Prefix": f"{start}{folder}"}
    while True:
        answer = writer.bucket.ask("ListObjectsV2", asked) or {}
        for item in answer.get("Contents", []):
            yield item["Key"][len(start) :]
        token = answer.get("NextContinuationToken")
        if not answer.get("IsTruncated") or not token or token == asked.get("ContinuationToken"):
            return
        asked["ContinuationToken"] = token
