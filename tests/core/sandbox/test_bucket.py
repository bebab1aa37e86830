"""A simulated fleet in a bucket, at once and in real time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from core.connections import Addressing, S3Options
from core.errors import OdographError, UsageError
from core.jobs import JobCancelled, JobContext
from core.sandbox.bucket import LIVE_MARKER, OthersThere, open_room, simulate_into_bucket, simulate_live
from core.sandbox.destination import marker_key
from core.sandbox.live import live_fleet
from core.sandbox.plan import other_objects
from core.sandbox.simulate import SimulationPlan, simulate_fleet
from core.storage.keys import parse_key
from core.storage.sessions import open_session
from tests.servers import REGION, Keys, answering, send_answer

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from mypy_boto3_s3.client import S3Client

    from core.storage.setup.writer import Writer
    from tests.servers import MiniStack

PLAN = SimulationPlan(vehicles=1, days=1)
BUCKET = "simulated-fleets"
XML = {"Content-Type": "application/xml", "x-amz-request-id": "1"}
HOUR = 3_600_000
START = int(datetime(2026, 11, 23, 9, 30, tzinfo=UTC).timestamp() * 1000)


class FastClock:
    """A clock whose waiting takes no time, and that ends the job when its time is over."""

    def __init__(self, start: int, hours: float) -> None:
        self._now = start
        self._end = start + int(hours * HOUR)

    def now(self) -> int:
        return self._now

    def wait(self, seconds: float, ctx: JobContext) -> None:
        self._now += int(seconds * 30_000)
        if self._now > self._end:
            ctx.cancel()
        ctx.check()


@pytest.fixture(scope="module")
def bucket(server: MiniStack) -> S3Client:
    server.create_bucket(BUCKET)
    return server.root()


@pytest.fixture
def room(
    server: MiniStack, bucket: S3Client, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Writer:
    """Where nothing lies yet."""
    Keys("test", "test").use(monkeypatch)
    ctx = JobContext()
    session = open_session(S3Options(endpoint_url=server.url, region=REGION), ctx)
    return open_room(BUCKET, request.node.name, session, ctx)


def stored(bucket: S3Client, room: Writer) -> dict[str, bytes]:
    prefix = f"{room.root}/"
    pages = bucket.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return {key[len(prefix) :]: bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def modified(bucket: S3Client, room: Writer) -> dict[str, datetime]:
    prefix = f"{room.root}/"
    answer = bucket.list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return {item["Key"][len(prefix) :]: item["LastModified"] for item in answer["Contents"]}


def test_a_plan_is_delivered_whole_and_goes_on_where_it_was_ended(bucket: S3Client, room: Writer) -> None:
    expected: dict[str, bytes] = {}
    simulate_fleet(PLAN, expected.__setitem__, JobContext())
    theirs = {key: b"THEIRS" for key, _ in other_objects(PLAN)}
    assert len(theirs) == 2
    for key, content in theirs.items():
        bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/{key}", Body=content)
    result = simulate_into_bucket(PLAN, room, JobContext())
    found = stored(bucket, room)
    assert {key: content for key, content in found.items() if parse_key(key)} == expected
    assert theirs.items() <= found.items()
    assert result.batches == len(expected)
    assert sum(key.startswith(".odograph-simulation") for key in found) == 1
    lost = sorted(expected)[::7]
    for key in lost:
        bucket.delete_object(Bucket=BUCKET, Key=f"{room.root}/{key}")
    before = modified(bucket, room)
    simulate_into_bucket(PLAN, room, JobContext())
    assert stored(bucket, room) == found
    after = modified(bucket, room)
    # What was there is not stored again.
    assert {key for key in before if parse_key(key) and before[key] != after[key]} == set()


def test_in_real_time_a_test_file_that_is_there_stays(bucket: S3Client, room: Writer) -> None:
    bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/test.json", Body=b"THEIRS")
    told: list[str] = []
    with pytest.raises(JobCancelled):
        simulate_live(
            1, 1, room, JobContext(), delivered=lambda key, size: told.append(key), clock=FastClock(START, 0.01)
        )
    assert stored(bucket, room)["test.json"] == b"THEIRS"
    assert "test.json" not in told


@pytest.mark.parametrize("knows", [True, False])
def test_nothing_is_replaced_on_servers_that_cannot_store_on_a_condition(
    knows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One says that it does not offer it, another one passes over it."""
    there = {"test.json": b"THEIRS"}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        path, _, query = handler.path.partition("?")
        key = path.removeprefix("/fleet/")
        if handler.command == "PUT" and knows and handler.headers.get("If-None-Match"):
            send_answer(handler, 501, b"<Error><Code>NotImplemented</Code></Error>", XML)
        elif handler.command == "PUT":
            there[key] = content
            send_answer(handler, 200, b"", XML)
        elif handler.command == "GET":
            prefix = parse_qs(query)["prefix"][0]
            keys = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in there if name.startswith(prefix))
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{keys}</ListBucketResult>"
            send_answer(handler, 200, body.encode(), XML)
        else:
            send_answer(handler, 200, b"", XML)

    Keys("test", "test").use(monkeypatch)
    with answering(answer) as server:
        ctx = JobContext()
        session = open_session(S3Options(endpoint_url=server.url, region=REGION, addressing=Addressing.PATH), ctx)
        writer = open_room("fleet", "", session, ctx)
        assert not writer.put_new("test.json", b"OURS", look=True)
        assert writer.put_new("other.json", b"OURS", look=True)
        assert writer.put_new("batch.json", b"OURS")
    assert set(there) == {"test.json", "other.json", "batch.json"}
    assert there["test.json"] == b"THEIRS"


def test_other_data_are_not_mixed_with(bucket: S3Client, room: Writer) -> None:
    other = "0A1B2C3D4E5F60718293A4B5"
    bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/{other}/level13/2022/11/18/x.json", Body=b"[]")
    with pytest.raises(OthersThere) as caught:
        simulate_into_bucket(PLAN, room, JobContext())
    assert other in caught.value.hint
    assert len(stored(bucket, room)) == 1
    simulate_into_bucket(PLAN, room, JobContext(), among_others=True)
    for refused in (replace(PLAN, seed=2), replace(PLAN, vehicles=2)):
        with pytest.raises(OdographError, match="other data here already"):
            simulate_into_bucket(refused, room, JobContext(), among_others=True)
    with pytest.raises(OdographError, match="other data here already"):
        simulate_live(2, 1, room, JobContext(), among_others=True, clock=FastClock(START, 1))


def test_a_plan_that_was_ended_before_its_first_batch_keeps_its_room(bucket: S3Client, room: Writer) -> None:
    ctx = JobContext()
    bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/{marker_key(PLAN)}", Body=b"{}")
    for refused in (replace(PLAN, seed=2), replace(PLAN, vehicles=2)):
        with pytest.raises(OdographError, match="Another simulation was begun here"):
            simulate_into_bucket(refused, room, ctx)
    with pytest.raises(OdographError, match="Another simulation was begun here"):
        simulate_live(2, 1, room, ctx, clock=FastClock(START, 1))
    bucket.delete_object(Bucket=BUCKET, Key=f"{room.root}/{marker_key(PLAN)}")
    bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/{LIVE_MARKER}", Body=b"{}")
    with pytest.raises(OdographError, match="Another simulation was begun here"):
        simulate_into_bucket(PLAN, room, ctx)
    assert len(stored(bucket, room)) == 1


@pytest.mark.parametrize(
    "marker",
    [
        b"{not json",
        b"\xff\xfe",
        b"[1]",
        b"[" * 100_000,
        b'{"vehicles":1e999,"seed":1,"last_day":"2036-11-20"}',
        b'{"vehicles":2,"seed":1,"last_day":"0001-01-02"}',
        b'{"vehicles":0,"seed":1,"last_day":"2036-11-20"}',
    ],
    ids=range(7),
)
def test_a_damaged_marker_is_told_as_such(marker: bytes, bucket: S3Client, room: Writer) -> None:
    bucket.put_object(Bucket=BUCKET, Key=f"{room.root}/{LIVE_MARKER}", Body=marker)
    with pytest.raises(OdographError, match="cannot be continued") as caught:
        simulate_live(2, 1, room, JobContext(), clock=FastClock(START, 1))
    assert LIVE_MARKER in caught.value.hint


def test_a_part_of_the_layout_is_no_room(room: Writer, server: MiniStack) -> None:
    session = open_session(S3Options(endpoint_url=server.url, region=REGION), JobContext())
    with pytest.raises(UsageError, match="beside apps"):
        open_room(BUCKET, f"x/{PLAN.app}/level13", session, JobContext())


def test_cancelling_in_the_middle_leaves_whole_objects(bucket: S3Client, room: Writer) -> None:
    ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel() if done == 1 else None)
    session = open_session(S3Options(endpoint_url=str(bucket.meta.endpoint_url), region=REGION), ctx)
    writer = open_room(BUCKET, room.root, session, ctx)
    plan = replace(PLAN, days=2)
    with pytest.raises(JobCancelled):
        simulate_into_bucket(plan, writer, ctx)
    some = {key: content for key, content in stored(bucket, room).items() if parse_key(key)}
    assert some
    whole: dict[str, bytes] = {}
    simulate_fleet(plan, whole.__setitem__, JobContext())
    assert some.items() < whole.items()


def test_in_real_time_each_batch_comes_when_it_is_due_and_none_twice(bucket: S3Client, room: Writer) -> None:
    runs: list[list[str]] = []
    for start in (START, START + 4 * HOUR):
        ctx = JobContext()
        clock = FastClock(start, 2)
        told: list[tuple[str, int]] = []

        def delivered(key: str, size: int, told: list[tuple[str, int]] = told, clock: FastClock = clock) -> None:
            told.append((key, clock.now()))

        with pytest.raises(JobCancelled):
            simulate_live(8, 1, room, ctx, delivered=delivered, clock=clock)
        runs.append([key for key, _ in told])
        for key, now in told:
            named = parse_key(key)
            # Due before, and not more than one look ago, which takes 150 s with this clock.
            assert named is None or 0 <= now - named.time // 1000 <= 300_000
    first, second = runs
    assert first[0] == "test.json"
    assert len(first) > 3
    assert len(second) > 2
    assert not set(first) & set(second)
    assert max(first[1:]) < min(second)
    found = stored(bucket, room)
    assert set(found) == {*first, *second, LIVE_MARKER}
    with pytest.raises(OdographError, match="Another simulated fleet") as caught:
        simulate_live(9, 1, room, JobContext(), clock=FastClock(START, 1))
    assert "--vehicles 8 --seed 1" in caught.value.hint


def test_a_fleet_that_lives_on_is_the_one_that_was_begun() -> None:
    """Ended and begun again, its batches are those that it would have delivered without a break."""
    plan = SimulationPlan(vehicles=3, days=30, last_day=datetime(2026, 12, 22, tzinfo=UTC).date())
    whole: dict[str, bytes] = {}
    broken: dict[str, bytes] = {}

    def live(into: dict[str, bytes], start: int, hours: float) -> None:
        with pytest.raises(JobCancelled):
            live_fleet(plan, into.__setitem__, JobContext(), clock=FastClock(start, hours))

    live(whole, START, 6)
    live(broken, START, 2)
    live(broken, START + 3 * HOUR, 3)
    assert broken.items() <= whole.items()
    gap = [key for key in whole if key not in broken]
    assert gap
    assert all("/11-" in key or "/12-" in key for key in gap)
