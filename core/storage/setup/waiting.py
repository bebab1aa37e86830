"""Waits until the platform delivers: its test file, the first batch, the next ones. Lists only, and little.

Each look is one list of what lies at the top, one of each app and one of each level, from its last known batch on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import SourceError
from core.storage.keys import split_root
from core.storage.layout import join
from core.storage.setup.asking import existing_bucket
from core.storage.setup.contents import (
    BatchEnd,
    Stored,
    batch_end,
    level_names,
    look_at_level,
    look_at_top,
    moment_of,
    newer_batches,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from core.storage.setup.asking import Bucket

EVERY = 10.0
"""Seconds between two looks: a few lists a minute cost next to nothing, and nobody waits long for the news."""


class ArrivalKind(StrEnum):
    """What arrived."""

    TEST_FILE = "test-file"
    FIRST_BATCH = "first-batch"
    """The first one that was ever seen of its app and level."""
    NEXT_BATCH = "next-batch"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that arrived.

    Attributes:
        kind: what.
        key: of the object.
        size: in bytes.
        stored: when it was stored, as the server says.
        before: whether it was there already when the waiting began.
        waited: seconds from the beginning of the waiting until it was seen; 0 where it was there before.
    """

    kind: ArrivalKind
    key: str
    size: int
    stored: datetime
    before: bool
    waited: float


@dataclass(frozen=True, slots=True)
class WaitResult:
    """How the waiting ended.

    Attributes:
        arrivals: in the order in which they were seen.
        complete: whether as many batches came as were waited for; otherwise the time was over.
        seconds: how long it took.
    """

    arrivals: tuple[Arrival, ...]
    complete: bool
    seconds: float

    @property
    def test_files(self) -> tuple[Arrival, ...]:
        """The test files among the arrivals."""
        return tuple(item for item in self.arrivals if item.kind is ArrivalKind.TEST_FILE)

    @property
    def batches(self) -> tuple[Arrival, ...]:
        """The batches that came since the waiting began."""
        return tuple(item for item in self.arrivals if item.kind is not ArrivalKind.TEST_FILE and not item.before)


@dataclass(slots=True)
class _Known:
    """What was seen so far.

    Attributes:
        tests: test files, each time it was stored, as the same one is stored again when a delivery is saved again.
        last: the last batch of each level's folder.
    """

    tests: set[tuple[Stored, str]] = field(default_factory=set)
    last: dict[str, BatchEnd] = field(default_factory=dict)


def wait_for_delivery(
    name: str,
    prefix: str,
    session: AwsSession,
    ctx: JobContext,
    tell: Callable[[Arrival], None] | None = None,
    *,
    batches: int = 2,
    every: float = EVERY,
    seconds: float | None = None,
) -> WaitResult:
    """Wait until batches arrive, and tell of each thing that does.

    What is there when it begins is told first, as having been there before: it counts as seen, not as arrived.

    Args:
        name: the bucket's.
        prefix: below which the platform delivers; usually empty.
        session: credentials and server.
        ctx: to cancel with; gets each :class:`Arrival` as a partial result, too.
        tell: is told each arrival as it is seen, in this thread.
        batches: how many new ones are waited for.
        every: seconds between two looks.
        seconds: how long to wait at most; None for as long as it takes.

    Raises:
        SourceError: the bucket is not there, cannot be listed or reached. A failure that may pass is waited out.
        JobCancelled.
    """
    bucket = existing_bucket(session, name, ctx)
    root, scope = split_root(prefix)
    begun = time.monotonic()
    known = _Known()
    arrivals: list[Arrival] = []
    came = 0

    def arrived(item: Arrival) -> None:
        arrivals.append(item)
        ctx.partial(item)
        if tell is not None:
            tell(item)

    for item in _look(bucket, root, scope, known, 0.0, before=True):
        arrived(item)
    while came < batches:
        waited = time.monotonic() - begun
        if seconds is not None and waited >= seconds:
            break
        ctx.progress(came, batches, _hoping_for(known, came))
        ctx.wait(every if seconds is None else min(every, seconds - waited))
        try:
            for item in _look(bucket, root, scope, known, time.monotonic() - begun, before=False):
                arrived(item)
                came += item.kind is not ArrivalKind.TEST_FILE
        except SourceError as error:
            if not error.passing:
                raise
            ctx.progress(came, batches, f"{error.title}; trying again")
    ctx.progress(min(came, batches), batches, "")
    return WaitResult(tuple(arrivals), came >= batches, time.monotonic() - begun)


def _hoping_for(known: _Known, came: int) -> str:
    if came:
        return "Waiting for the next batch"
    if known.tests or known.last:
        return "Waiting for a batch"
    return "Waiting for the test file and the first batch"


def _look(bucket: Bucket, root: str, scope: str, known: _Known, waited: float, *, before: bool) -> list[Arrival]:
    """What is new since the last look, in the order of time."""
    found: list[Arrival] = []

    def add(kind: ArrivalKind, item: Stored) -> None:
        found.append(Arrival(kind, item.key, item.size, item.modified.astimezone(UTC), before, waited))

    apps: tuple[str, ...] = ()
    if not scope:
        top = look_at_top(bucket, root)
        apps = top.apps
        for item in top.tests:
            # Where a server's clock has seconds, only the ETag tells two of the same second apart.
            if (item, item.etag) not in known.tests:
                known.tests.add((item, item.etag))
                add(ArrivalKind.TEST_FILE, item)
    for folder, last in list(known.last.items()):
        for end in _newer(bucket, root, folder, last):
            known.last[folder] = end
            add(ArrivalKind.NEXT_BATCH, end.stored)
    for app, level in level_names(bucket, root, apps, scope):
        folder = join(root, f"{app}/{level}")
        if folder in known.last:
            continue
        seen = look_at_level(bucket, root, app, level, scope)
        if seen.first is None or seen.last is None:
            continue
        known.last[folder] = seen.last
        add(ArrivalKind.FIRST_BATCH, (seen.last if before else seen.first).stored)
        if not before and seen.first != seen.last:
            add(ArrivalKind.NEXT_BATCH, seen.last.stored)
    return sorted(found, key=lambda item: item.stored)


def _newer(bucket: Bucket, root: str, folder: str, last: BatchEnd) -> list[BatchEnd]:
    if last.padded:
        return sorted(newer_batches(bucket, root, folder, last.stored.key), key=lambda end: end.time)
    # Keys that are not padded do not sort by time: its last batch is looked for anew.
    end = batch_end(bucket, root, folder, newest=True)
    return [end] if end is not None and end.time > last.time else []


def arrival_text(arrival: Arrival) -> str:
    """An arrival as one sentence without a full stop."""
    at = f"{moment_of(int(arrival.stored.timestamp() * 1_000_000)):%Y-%m-%d %H:%M:%S} UTC"
    names = {
        ArrivalKind.TEST_FILE: "The test file",
        ArrivalKind.FIRST_BATCH: "The first batch",
        ArrivalKind.NEXT_BATCH: "The next batch",
    }
    if arrival.before:
        what = "A test file" if arrival.kind is ArrivalKind.TEST_FILE else "The last batch so far"
        return f"{what} was there before: {arrival.key}, stored {at}"
    return f"{names[arrival.kind]} has arrived: {arrival.key}, {arrival.size:,} B, stored {at}"


def batches_text(result: WaitResult) -> str:
    """How many batches came and how far apart they were stored, as one sentence without a full stop."""
    count = len(result.batches)
    if count < 2:
        return f"{count} batch{'' if count else 'es'} {'has' if count else 'have'} arrived since the waiting began"
    stored = [item.stored for item in result.batches]
    minutes = round((max(stored) - min(stored)).total_seconds() / 60)
    apart = f"{minutes:,} min" if minutes else "less than a minute"
    return f"{count:,} batches have arrived since the waiting began, stored {apart} apart"
