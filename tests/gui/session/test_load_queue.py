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
    loads.queue.add(LoadRequest("first"))
    loads.queue.add(LoadRequest("second"))
    assert loads.started == ["first"]
    assert len(loads.queue) == 2
    loads.queue.ended(cancelled=False)
    assert loads.started == ["first", "second"]
    loads.queue.ended(cancelled=False)
    assert len(loads.queue) == 0


def test_what_a_person_wants_goes_first_and_the_rest_goes_on_afterwards(loads: Loads) -> None:
    loads.queue.add(LoadRequest("recent days", wanted=False))
    loads.queue.add(LoadRequest("one day"))
    assert loads.job is not None
    assert not loads.job.active
    loads.queue.ended(cancelled=True)
    loads.queue.ended(cancelled=False)
    assert loads.started == ["recent days", "one day", "recent days"]


def test_cancelling_drops_what_waits(loads: Loads) -> None:
    loads.queue.add(LoadRequest("first"))
    loads.queue.add(LoadRequest("second"))
    loads.queue.ended(cancelled=True)
    assert loads.started == ["first"]
    assert len(loads.queue) == 0


def test_wanted_ones_keep_their_order_before_unwanted_ones(loads: Loads) -> None:
    loads.queue.add(LoadRequest("first"))
    loads.queue.add(LoadRequest("recent days", wanted=False))
    loads.queue.add(LoadRequest("second"))
    loads.queue.add(LoadRequest("third"))
    for _ in range(4):
        loads.queue.ended(cancelled=False)
    assert loads.started == ["first", "second", "third", "recent days"]


def test_clearing_forgets_the_running_one_too(loads: Loads) -> None:
    loads.queue.add(LoadRequest("first"))
    loads.queue.clear()
    assert len(loads.queue) == 0
    loads.queue.add(LoadRequest("next"))
    assert loads.started == ["first", "next"]
