"""Which loads run in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gui.job_runner import JobRunner
from gui.session.load_queue import LoadQueue, LoadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from core.jobs import JobContext
    from gui.job_runner import Job


class Loads:
    """A queue whose jobs wait until they are cancelled."""

    def __init__(self) -> None:
        self.runner = JobRunner()
        self.started: list[str] = []
        self.job: Job | None = None
        self.queue = LoadQueue(self._start)

    def _start(self, request: LoadRequest) -> Job:
        def wait(ctx: JobContext) -> None:
            ctx.wait(30)

        self.started.append(request.title)
        self.job = self.runner.submit(request.title, wait)
        return self.job


@pytest.fixture
def loads(qtbot: QtBot) -> Iterator[Loads]:
    loads = Loads()
    yield loads
    assert loads.runner.shutdown()


def test_one_runs_and_the_others_wait(loads: Loads) -> None:
    first, second = LoadRequest("first"), LoadRequest("second")
    loads.queue.add(first)
    loads.queue.add(second)
    assert loads.started == ["first"]
    assert len(loads.queue) == 2
    loads.queue.ended(first, cancelled=False)
    assert loads.started == ["first", "second"]
    loads.queue.ended(second, cancelled=False)
    assert len(loads.queue) == 0


def test_what_a_person_wants_goes_first_and_the_rest_goes_on_afterwards(loads: Loads) -> None:
    recent, day = LoadRequest("recent days", wanted=False), LoadRequest("one day")
    loads.queue.add(recent)
    overtaken = loads.job
    loads.queue.add(day)
    assert overtaken is not None
    assert (overtaken.active, overtaken.paused) == (True, True)
    assert len(loads.queue) == 2
    loads.queue.ended(day, cancelled=False)
    assert (overtaken.active, overtaken.paused) == (True, False)
    assert loads.started == ["recent days", "one day"]
    loads.queue.ended(recent, cancelled=False)
    assert len(loads.queue) == 0


def test_what_was_overtaken_can_be_cancelled_meanwhile(loads: Loads) -> None:
    recent, day = LoadRequest("recent days", wanted=False), LoadRequest("one day")
    loads.queue.add(recent)
    loads.queue.add(day)
    loads.queue.ended(recent, cancelled=True)
    assert len(loads.queue) == 1
    loads.queue.ended(day, cancelled=False)
    assert loads.started == ["recent days", "one day"]
    assert len(loads.queue) == 0


def test_cancelling_drops_what_waits(loads: Loads) -> None:
    first = LoadRequest("first")
    loads.queue.add(first)
    loads.queue.add(LoadRequest("second"))
    loads.queue.ended(first, cancelled=True)
    assert loads.started == ["first"]
    assert len(loads.queue) == 0


def test_wanted_ones_keep_their_order_before_unwanted_ones(loads: Loads) -> None:
    titles = ["first", "recent days", "second", "third"]
    requests = {title: LoadRequest(title, wanted=title != "recent days") for title in titles}
    for request in requests.values():
        loads.queue.add(request)
    for title in ["first", "second", "third", "recent days"]:
        loads.queue.ended(requests[title], cancelled=False)
    assert loads.started == ["first", "second", "third", "recent days"]


def test_clearing_forgets_the_running_one_too(loads: Loads) -> None:
    loads.queue.add(LoadRequest("first"))
    loads.queue.clear()
    assert len(loads.queue) == 0
    loads.queue.add(LoadRequest("next"))
    assert loads.started == ["first", "next"]


def test_what_has_paused_itself_is_resumed_when_it_is_its_turn(loads: Loads) -> None:
    recent, day = LoadRequest("recent days", wanted=False), LoadRequest("one day")
    loads.queue.add(recent)
    held = loads.job
    assert held is not None
    paused: list[bool] = []
    held.pause()
    loads.queue.resume(recent)
    paused.append(held.paused)
    held.pause()
    loads.queue.add(day)
    # Not before what a person wants.
    loads.queue.resume(recent)
    paused.append(held.paused)
    loads.queue.ended(day, cancelled=False)
    paused.append(held.paused)
    assert paused == [False, True, False]
    loads.queue.clear()
