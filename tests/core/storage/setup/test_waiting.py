"""Waiting for delivery, and deleting the test file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.errors import ObjectNotFound, SourceNotFound, UsageError
from core.jobs import JobCancelled, JobContext
from core.storage.setup.check import check_bucket
from core.storage.setup.contents import Stored, is_test_file
from core.storage.setup.faults import PermissionMissing
from core.storage.setup.next_steps import next_steps
from core.storage.setup.policies import Delivery
from core.storage.setup.test_file import ReplacedMeanwhile, delete_test_file, find_test_file, find_test_files
from core.storage.setup.waiting import (
    Arrival,
    ArrivalKind,
    WaitResult,
    arrival_text,
    batches_text,
    wait_for_delivery,
)
from tests.core.storage.setup.conftest import ROOT, make_bucket
from tests.servers import Keys, allow

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.storage.sessions import AwsSession
    from tests.servers import MiniStack

APP = "9FBBEDED80595912588FF4FF"
TEST, FIRST, NEXT = ArrivalKind.TEST_FILE, ArrivalKind.FIRST_BATCH, ArrivalKind.NEXT_BATCH


def batch(minute: int, app: str = APP, level: str = "level13") -> str:
    return f"{app}/{level}/2022/11/18/14-{minute:02d}-23-699000000-c0d010d5.json"


@pytest.mark.parametrize(("session", "root"), [("ministack", ""), ("moto", "backup")], indirect=["session"])
def test_the_test_file_and_batches_are_told_as_they_come(root: str, session: AwsSession, name: str) -> None:
    client = make_bucket(session, name)
    start = f"{root}/" if root else ""
    # What is stored after each look.
    coming = [
        ["test.json"],
        [batch(1)],
        [batch(2), batch(3)],
        [batch(4, level="level12"), "notes.csv"],
        [batch(5, app="0A1B2C3D4E5F60718293A4B5")],
    ]

    def store(done: int, total: int | None, text: str) -> None:
        if text and coming:
            for key in coming.pop(0):
                client.put_object(Bucket=name, Key=start + key, Body=b"[]")

    told: list[Arrival] = []
    ctx = JobContext(on_progress=store)
    result = wait_for_delivery(name, root, session, ctx, told.append, batches=5, every=0.01, seconds=30)
    assert result.complete
    assert tuple(told) == result.arrivals
    assert [(item.kind, item.key.removeprefix(start)) for item in told] == [
        (TEST, "test.json"),
        (FIRST, batch(1)),
        (NEXT, batch(2)),
        (NEXT, batch(3)),
        (FIRST, batch(4, level="level12")),
        (FIRST, batch(5, app="0A1B2C3D4E5F60718293A4B5")),
    ]
    assert not any(item.before for item in told)
    assert [item.key for item in result.test_files] == [f"{start}test.json"]
    assert arrival_text(told[0]).startswith(f"The test file has arrived: {start}test.json, 2 B, stored 20")


def test_what_was_there_before_is_no_arrival_and_time_ends_it(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = make_bucket(session, name)
    for key in ("test.json", batch(1), batch(2)):
        client.put_object(Bucket=name, Key=key, Body=b"[]")
    result = wait_for_delivery(name, "", session, ctx, batches=1, every=0.01, seconds=0.05)
    assert not result.complete
    assert sorted((item.kind, item.key, item.before) for item in result.arrivals) == [
        (FIRST, batch(2), True),
        (TEST, "test.json", True),
    ]
    assert "was there before" in arrival_text(result.arrivals[0])


def test_a_test_file_that_is_stored_anew_is_told_again(session: AwsSession, name: str) -> None:
    client = make_bucket(session, name, **{"test.json": b"{}"})
    coming = {"test.json": b"[]", batch(1): b"[]"}

    def store(done: int, total: int | None, text: str) -> None:
        while coming:
            key, content = coming.popitem()
            client.put_object(Bucket=name, Key=key, Body=content)

    result = wait_for_delivery(name, "", session, JobContext(store), batches=1, every=0.01, seconds=30)
    assert result.arrivals[0].before
    assert sorted((item.kind, item.before) for item in result.arrivals[1:]) == [(FIRST, False), (TEST, False)]


def test_batches_that_came_are_counted_and_how_far_apart_they_are_is_told() -> None:
    def came(*seconds: int) -> str:
        begun = datetime(2026, 11, 23, 8, tzinfo=UTC)
        batches = [Arrival(NEXT, batch(each), 2, begun + timedelta(seconds=each), False, 1.0) for each in seconds]
        others = [Arrival(TEST, "test.json", 2, begun, False, 1.0), Arrival(NEXT, batch(1), 2, begun, True, 0.0)]
        return batches_text(WaitResult((*others, *batches), True, 1.0))

    begin = "batches have arrived since the waiting began"
    assert came(600) == "1 batch has arrived since the waiting began"
    assert came(600, 610) == f"2 {begin}, stored less than a minute apart"
    assert came(900, 600, 905) == f"3 {begin}, stored 5 min apart"


def test_keys_that_are_not_padded_are_found_too(session: AwsSession, name: str) -> None:
    client = make_bucket(session, name)
    client.put_object(Bucket=name, Key=f"{APP}/level13/2022/9/3/9-5-9-5-ab.json", Body=b"[]")
    later = f"{APP}/level13/2022/9/3/10-5-9-5-ab.json"

    def store(done: int, total: int | None, text: str) -> None:
        client.put_object(Bucket=name, Key=later, Body=b"[]")

    result = wait_for_delivery(name, "", session, JobContext(store), batches=1, every=0.01, seconds=30)
    assert [item.key for item in result.arrivals if not item.before] == [later]


def test_waiting_can_be_cancelled_and_asks_for_lists_alone(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str
) -> None:
    make_bucket(login(ROOT), name)
    session = login(server.add_user(f"{name}-lister", allow("s3:ListBucket", on=name)))
    ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel())
    with pytest.raises(JobCancelled):
        wait_for_delivery(name, "", session, ctx, every=60, seconds=30)
    with pytest.raises(SourceNotFound):
        wait_for_delivery("no-such-bucket-here", "", login(ROOT), JobContext())


def test_the_test_file_is_deleted_and_nothing_else_ever(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = make_bucket(session, name)
    kept = [
        batch(1),
        f"backup/{batch(2)}",
        f"{APP}/test.json",
        f"{APP}/level13/test.json",
        "reports/test.csv",
        "thesis.pdf",
        "big-test.json",
        "latest.json",
    ]
    for key in kept:
        client.put_object(Bucket=name, Key=key, Body=b"[]" if key != "big-test.json" else bytes(100_000))
    client.put_object(Bucket=name, Key="Test-file.json", Body=b"{}")
    assert [item.key for item in find_test_files(name, "", session, ctx)] == ["Test-file.json"]
    for key in kept:
        with pytest.raises(UsageError):
            delete_test_file(name, "", key, session, ctx)
    with pytest.raises(UsageError, match="outside the prefix"):
        delete_test_file(name, "backup", "Test-file.json", session, ctx)
    with pytest.raises(ObjectNotFound):
        delete_test_file(name, "", "Test-fil", session, ctx)
    assert delete_test_file(name, "", "Test-file.json", session, ctx).size == 2
    left = [item.get("Key") for item in client.list_objects_v2(Bucket=name)["Contents"]]
    assert left == sorted(kept)


def test_only_what_is_called_a_test_may_be_the_test_file() -> None:
    names = ["test.json", "test", "TEST.txt", "my-test_2.json", "latest.json", "contest", "attestation.pem", "test.csv"]
    names += ["greatest-hits.txt", "protest.json", "a/test.json"]
    items = [Stored(name, 4096, datetime(2026, 11, 23, tzinfo=UTC)) for name in names]
    assert [item.key for item in items if is_test_file(item, "")] == names[:4]
    assert not is_test_file(replace(items[0], size=4097), "")


def test_a_folder_that_holds_no_app_has_no_test_file(session: AwsSession, name: str, ctx: JobContext) -> None:
    client = make_bucket(session, name, **{"reports/2024/test.json": b"{}"})
    assert find_test_files(name, "reports/2024", session, ctx) == ()
    assert check_bucket(name, "reports/2024", session, ctx).tests == ()
    with pytest.raises(UsageError, match="holds no apps"):
        delete_test_file(name, "reports/2024", "reports/2024/test.json", session, ctx)
    client.put_object(Bucket=name, Key=f"reports/2024/{batch(1)}", Body=b"[]")
    assert delete_test_file(name, "reports/2024", "reports/2024/test.json", session, ctx).size == 2


def test_what_replaces_the_test_file_meanwhile_stays(
    login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    session = login(ROOT)
    client = make_bucket(session, name, **{"test.json": b"{}"})
    body = b"[]"

    def change(**_: object) -> None:
        client.put_object(Bucket=name, Key="test.json", Body=body)

    session.boto.events.register("before-call.s3.DeleteObject", change)
    seen = find_test_file(name, "", "test.json", session, ctx)
    change()
    with pytest.raises(ReplacedMeanwhile):
        delete_test_file(name, "", "test.json", session, ctx, seen)
    body = b"mine"
    with pytest.raises(ReplacedMeanwhile):
        delete_test_file(name, "", "test.json", session, ctx)
    assert client.get_object(Bucket=name, Key="test.json")["Body"].read() == b"mine"


def test_deleting_without_the_permission_names_it(
    server: MiniStack, login: Callable[[Keys], AwsSession], name: str, ctx: JobContext
) -> None:
    make_bucket(login(ROOT), name, **{"test.json": b"{}"})
    session = login(server.add_user(f"{name}-lister", allow("s3:ListBucket", on=name)))
    with pytest.raises(PermissionMissing) as caught:
        delete_test_file(name, "", "test.json", session, ctx)
    assert str(caught.value.permission) == f"s3:DeleteObject on arn:aws:s3:::{name}/test.json"


def test_the_next_steps_name_the_bucket_and_the_one_way_of_delivery() -> None:
    for delivery in Delivery:
        steps = next_steps("fleet", delivery)
        assert len(steps) == 5
        assert any("fleet" in step.text for step in steps)
        assert any("only one way of delivery at a time" in step.text for step in steps)


def test_there_is_no_other_deletion() -> None:
    root = Path(__file__).parents[4]
    deletes = re.compile(r'ask\(\s*"Delete|\.delete_(object|bucket)|obstore\.delete')
    files = [path for folder in ("core", "gui") for path in (root / folder).rglob("*.py")]
    found = [path.relative_to(root).as_posix() for path in files if deletes.search(path.read_text("utf-8"))]
    assert found == ["core/storage/setup/test_file.py"]
