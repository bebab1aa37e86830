from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from core.errors import BatchUnreadable, CredentialsRejected, SourceUnreachable
from core.jobs import JobCancelled, JobContext
from core.storage.parallel import call, fetch_parallel
from core.storage.source import Fetched, SourceObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def fetch(
    objects: Sequence[SourceObject], ctx: JobContext, get: Callable[[str], bytes], workers: int
) -> Iterator[Fetched]:
    return fetch_parallel(objects, ctx, lambda item, _ctx: Fetched(item, get(item.key), None), workers)


def objects(count: int, size: int = 1) -> list[SourceObject]:
    return [SourceObject(f"{number}", size, "", 0) for number in range(count)]


def test_never_more_than_64_wait(ctx: JobContext) -> None:
    begun: list[str] = []

    def get(key: str) -> bytes:
        begun.append(key)
        return b"x"

    fetching = fetch(objects(500), ctx, get, 16)
    taken = 0
    for _ in fetching:
        taken += 1
        if taken in (1, 100):
            time.sleep(0.1)  # time for the threads to run too far ahead, if they do
        assert len(begun) <= taken + 64
    assert taken == len(begun) == 500


def test_big_objects_wait_for_each_other(ctx: JobContext) -> None:
    lock, under_way, most = threading.Lock(), [0], [0]

    def get(key: str) -> bytes:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.005)
        with lock:
            under_way[0] -= 1
        return b""

    sizes = [result.object.size for result in fetch(objects(8, 1 << 30), ctx, get, 8)]
    assert len(sizes) == 8
    assert most[0] == 1


def test_results_are_those_of_the_objects(ctx: JobContext) -> None:
    def get(key: str) -> bytes:
        if int(key) % 3 == 0:
            raise BatchUnreadable("no", subject=key)
        return key.encode()

    for result in fetch(objects(100), ctx, get, 4):
        if int(result.object.key) % 3 == 0:
            assert isinstance(result.error, BatchUnreadable)
            assert (result.error.subject, result.content) == (result.object.key, None)
        else:
            assert (result.content, result.error) == (result.object.key.encode(), None)


def test_rejected_credentials_end_it(ctx: JobContext) -> None:
    asked: list[str] = []

    def get(key: str) -> bytes:
        asked.append(key)
        raise CredentialsRejected("expired")

    with pytest.raises(CredentialsRejected):
        list(fetch(objects(1000), ctx, get, 4))
    assert len(asked) < 200


def test_a_lost_network_ends_it_but_a_lost_object_does_not(ctx: JobContext) -> None:
    def some(key: str) -> bytes:
        if int(key) % 8 in (1, 2, 3):
            raise SourceUnreachable("cut off")
        return b""

    assert len([result for result in fetch(objects(800), ctx, some, 8) if result.error]) == 300

    def none(key: str) -> bytes:
        raise SourceUnreachable("no network")

    with pytest.raises(SourceUnreachable):
        list(fetch(objects(800), ctx, none, 8))
    # Fewer objects than threads are not enough to tell.
    assert len(list(fetch(objects(7), ctx, none, 8))) == 7


def test_a_fault_of_the_program_comes_to_light(ctx: JobContext) -> None:
    def get(key: str) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(fetch(objects(10), ctx, get, 4))


def test_leaving_early_stops_the_threads(ctx: JobContext) -> None:
    asked: list[str] = []

    def get(key: str) -> bytes:
        asked.append(key)
        return b""

    fetching = fetch(objects(10_000), ctx, get, 4)
    next(fetching)
    fetching.close()  # type: ignore[attr-defined] # it is a generator
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("storage-fetch")]
    assert len(asked) < 100


def test_call_gives_back_what_the_function_does(ctx: JobContext) -> None:
    assert call(lambda: 7, ctx) == 7
    assert call(lambda: None, None) is None
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 // 0, ctx)


def test_call_is_left_when_cancelled_or_late() -> None:
    hanging = threading.Event()
    ctx = JobContext()
    timer = threading.Timer(0.1, ctx.cancel)
    timer.start()
    with pytest.raises(JobCancelled):
        call(hanging.wait, ctx)
    with pytest.raises(JobCancelled):
        call(hanging.wait, ctx)
    with pytest.raises(TimeoutError, match=r"0\.1 s"):
        call(hanging.wait, JobContext(), 0.1)
    hanging.set()
    timer.join()
