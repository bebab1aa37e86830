"""Jobs: order of signals, cancelling, replacing, faults, ending."""

from __future__ import annotations

import gc
import logging
import threading
import time
import weakref
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal, Slot

from core.errors import AccessDenied, OdographError
from core.jobs import JobCancelled, JobContext
from gui.job_runner import MAX_THREADS, Job, JobRunner, JobState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot


class Listener(QObject):
    """Writes down every signal of a job and the thread it came in."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.heard: list[tuple[str, object]] = []
        self.threads: set[QThread] = set()
        self.times: list[float] = []
        job.progressed.connect(self.on_progressed)
        job.partial.connect(self.on_partial)
        job.succeeded.connect(self.on_succeeded)
        job.failed.connect(self.on_failed)
        job.cancelled.connect(self.on_cancelled)
        job.finished.connect(self.on_finished)

    def note(self, name: str, value: object = None) -> None:
        self.heard.append((name, value))
        self.threads.add(QThread.currentThread())

    @Slot(object, object, str)
    def on_progressed(self, done: int, total: int | None, text: str) -> None:
        self.times.append(time.monotonic())
        self.note("progressed", (done, total, text))

    @Slot(object)
    def on_partial(self, result: object) -> None:
        self.note("partial", result)

    @Slot(object)
    def on_succeeded(self, result: object) -> None:
        self.note("succeeded", result)

    @Slot(object)
    def on_failed(self, error: object) -> None:
        self.note("failed", error)

    @Slot()
    def on_cancelled(self) -> None:
        self.note("cancelled")

    @Slot()
    def on_finished(self) -> None:
        self.note("finished")

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.heard]


class Gate:
    """A job that waits in its thread until it is let go, and tells when it has begun and ended."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.open = threading.Event()
        self.ended = threading.Event()

    def __call__(self, ctx: JobContext) -> str:
        self.begun.set()
        try:
            assert self.open.wait(30)
            ctx.partial("late")
            ctx.progress(1, 1, "late")
            ctx.check()
            return "done"
        finally:
            self.ended.set()


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    runner = JobRunner()
    yield runner
    assert runner.shutdown()


def run_events() -> None:
    """Deliver everything that waits in the event loop."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()


def three_steps(ctx: JobContext) -> str:
    ctx.progress(1, 2, "one")
    ctx.partial("first")
    ctx.partial("second")
    ctx.progress(2, 2, "two")
    return "result"


@pytest.mark.parametrize("inline", [False, True])
def test_a_job_delivers_in_order_in_the_windows_thread(qtbot: QtBot, inline: bool) -> None:
    runner = JobRunner(inline=inline)
    job = runner.submit("Three steps", three_steps)
    listener = Listener(job)
    assert job.active
    with qtbot.waitSignal(job.finished):
        pass
    assert [item for item in listener.heard if item[0] != "progressed"] == [
        ("partial", "first"),
        ("partial", "second"),
        ("succeeded", "result"),
        ("finished", None),
    ]
    assert [value for name, value in listener.heard if name == "progressed"][-1] == (2, 2, "two")
    assert listener.names[-3:] == ["progressed", "succeeded", "finished"]
    assert listener.threads == {QThread.currentThread()}
    assert job.state is JobState.SUCCEEDED
    assert runner.shutdown()


def test_inline_runs_at_once_but_speaks_later(qtbot: QtBot) -> None:
    thread: list[threading.Thread] = []

    def work(ctx: JobContext) -> None:
        thread.append(threading.current_thread())

    runner = JobRunner(inline=True)
    job = runner.submit("Now", work)
    assert thread == [threading.current_thread()]
    listener = Listener(job)
    assert listener.heard == []
    qtbot.waitUntil(lambda: listener.names == ["succeeded", "finished"])
    assert runner.jobs == []


def test_progress_is_limited_and_the_last_one_comes(qtbot: QtBot, runner: JobRunner) -> None:
    def work(ctx: JobContext) -> None:
        end = time.monotonic() + 0.5
        done = 0
        while time.monotonic() < end:
            done += 1
            ctx.progress(done, None, "")
        ctx.progress(-1, 10**12, "last")

    job = runner.submit("Chatter", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        pass
    values = [value for name, value in listener.heard if name == "progressed"]
    assert values[-1] == (-1, 10**12, "last")
    assert 2 <= len(values) <= 13
    assert listener.names[-3:] == ["progressed", "succeeded", "finished"]
    limited = listener.times[:-1]
    assert all(later - earlier > 0.04 for earlier, later in pairwise(limited))


def test_progress_before_a_pause_comes_during_the_pause(qtbot: QtBot, runner: JobRunner) -> None:
    gate = Gate()

    def work(ctx: JobContext) -> None:
        ctx.progress(1, None, "one")
        ctx.progress(2, None, "two")
        gate(ctx)

    listener = Listener(runner.submit("Pause", work))
    qtbot.waitUntil(lambda: ("progressed", (2, None, "two")) in listener.heard)
    gate.open.set()
    qtbot.waitUntil(lambda: "finished" in listener.names)


def test_a_job_that_pauses_by_itself_can_be_resumed(qtbot: QtBot, runner: JobRunner) -> None:
    def work(ctx: JobContext) -> None:
        ctx.pause()
        ctx.partial("held")
        ctx.rest()

    job = runner.submit("Load", work, can_pause=True)
    said: list[bool] = []
    job.paused_changed.connect(said.append)
    job.partial.connect(job.tell_paused)
    job.paused_changed.connect(lambda paused: job.resume() if paused else None)
    with qtbot.waitSignal(job.finished):
        pass
    job.tell_paused()
    assert said == [True, False]
    assert job.state is JobState.SUCCEEDED


def test_a_known_error_comes_as_it_is(qtbot: QtBot, runner: JobRunner) -> None:
    error = AccessDenied("No permission to list", subject="s3://fleet")

    def work(ctx: JobContext) -> None:
        raise error

    job = runner.submit("List", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.heard == [("failed", error), ("finished", None)]
    assert job.state is JobState.FAILED


@pytest.mark.expects_log("odograph.jobs")
def test_a_fault_is_logged_and_says_so(qtbot: QtBot, runner: JobRunner, caplog: pytest.LogCaptureFixture) -> None:
    def work(ctx: JobContext) -> None:
        raise ZeroDivisionError("a fault of ours")

    job = runner.submit("Divide", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        pass
    (name, error), _ = listener.heard
    assert name == "failed"
    assert isinstance(error, OdographError)
    assert "fault in Odograph" in error.title
    assert error.subject == "Divide"
    assert "ZeroDivisionError: a fault of ours" in error.detail
    assert "in work" in error.detail
    (record,) = [record for record in caplog.records if record.name == "odograph.jobs"]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None


def test_cancel_ends_once_and_nothing_follows(qtbot: QtBot, runner: JobRunner) -> None:
    gate = Gate()
    job = runner.submit("Wait", gate)
    listener = Listener(job)
    assert gate.begun.wait(30)
    job.cancel()
    job.cancel()
    assert not job.active
    assert listener.heard == []
    qtbot.waitUntil(lambda: "finished" in listener.names)
    gate.open.set()
    assert gate.ended.wait(30)
    run_events()
    assert listener.heard == [("cancelled", None), ("finished", None)]
    assert runner.jobs == []


def test_a_result_that_arrives_after_cancel_is_dropped(qtbot: QtBot) -> None:
    runner = JobRunner(inline=True)
    job = runner.submit("Quick", three_steps)
    listener = Listener(job)
    job.cancel()
    qtbot.waitUntil(lambda: "finished" in listener.names)
    run_events()
    assert listener.names == ["cancelled", "finished"]


def test_a_slot_may_cancel_its_own_job(qtbot: QtBot) -> None:
    runner = JobRunner(inline=True)
    job = runner.submit("Self", three_steps)
    listener = Listener(job)
    job.partial.connect(lambda result: job.cancel())
    qtbot.waitUntil(lambda: "finished" in listener.names)
    assert listener.heard == [("partial", "first"), ("cancelled", None), ("finished", None)]


def test_a_function_may_cancel_itself(qtbot: QtBot, runner: JobRunner) -> None:
    def work(ctx: JobContext) -> None:
        raise JobCancelled

    job = runner.submit("Stop", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished):
        pass
    assert listener.names == ["cancelled", "finished"]


def test_a_newer_job_with_the_same_key_silences_the_older(qtbot: QtBot, runner: JobRunner) -> None:
    gate = Gate()
    removed: list[Job] = []
    runner.job_removed.connect(removed.append)
    old = runner.submit("Old", gate, key="chart")
    old_listener = Listener(old)
    assert gate.begun.wait(30)
    new = runner.submit("New", three_steps, key="chart")
    new_listener = Listener(new)
    other_listener = Listener(runner.submit("Other", three_steps, key="table"))
    assert old.state is JobState.CANCELLED
    assert removed == [old]
    gate.open.set()
    qtbot.waitUntil(lambda: "finished" in new_listener.names and "finished" in other_listener.names)
    assert gate.ended.wait(30)
    run_events()
    assert old_listener.heard == []
    assert ("succeeded", "result") in new_listener.heard
    assert ("succeeded", "result") in other_listener.heard


def test_a_key_is_free_again_after_the_end(qtbot: QtBot) -> None:
    runner = JobRunner(inline=True)
    first = Listener(runner.submit("First", three_steps, key="chart"))
    qtbot.waitUntil(lambda: "finished" in first.names)
    second = Listener(runner.submit("Second", three_steps, key="chart"))
    qtbot.waitUntil(lambda: "finished" in second.names)
    assert first.names[-2:] == ["succeeded", "finished"]


def test_at_most_four_run_and_the_rest_waits(qtbot: QtBot, runner: JobRunner) -> None:
    gates = [Gate() for _ in range(MAX_THREADS + 2)]
    listeners = [Listener(runner.submit(f"Gate {index}", gate)) for index, gate in enumerate(gates)]
    for gate in gates[:MAX_THREADS]:
        assert gate.begun.wait(30)
    assert not any(gate.begun.is_set() for gate in gates[MAX_THREADS:])
    assert len(runner.jobs) == MAX_THREADS + 2
    gates[0].open.set()
    assert gates[MAX_THREADS].begun.wait(30)
    runner.jobs[-1].cancel()
    for gate in gates:
        gate.open.set()
    qtbot.waitUntil(lambda: all("finished" in listener.names for listener in listeners))
    assert listeners[-1].names == ["cancelled", "finished"]
    assert not gates[-1].begun.is_set()


def test_idle_threads_end(qtbot: QtBot, runner: JobRunner) -> None:
    listener = Listener(runner.submit("Quick", three_steps))
    qtbot.waitUntil(lambda: "finished" in listener.names)
    qtbot.waitUntil(lambda: not any(t.name.startswith("odograph-job") for t in threading.enumerate()))


def test_cancel_all(qtbot: QtBot, runner: JobRunner) -> None:
    gates = [Gate(), Gate()]
    listeners = [Listener(runner.submit("Gate", gate)) for gate in gates]
    runner.cancel_all()
    qtbot.waitUntil(lambda: all(listener.names == ["cancelled", "finished"] for listener in listeners))
    for gate in gates:
        gate.open.set()


def test_shutdown_waits_and_silences(qtbot: QtBot) -> None:
    runner = JobRunner()
    ended = threading.Event()

    def work(ctx: JobContext) -> None:
        try:
            while True:
                ctx.wait(5)
        finally:
            ended.set()

    listener = Listener(runner.submit("For ever", work))
    assert runner.shutdown()
    assert runner.jobs == []
    run_events()
    assert listener.heard == []
    late = runner.submit("Too late", three_steps)
    assert late.state is JobState.CANCELLED
    assert runner.jobs == []


@pytest.mark.expects_log("odograph.jobs")
def test_shutdown_gives_up_on_a_job_that_does_not_stop(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    runner = JobRunner()
    gate = Gate()
    runner.submit("Stubborn", gate)
    assert gate.begun.wait(30)
    assert not runner.shutdown(0.01)
    assert "did not stop" in caplog.text
    gate.open.set()
    assert runner.shutdown()


def test_an_ended_job_is_freed_with_what_is_connected(qtbot: QtBot, runner: JobRunner) -> None:
    class Held:
        pass

    held = Held()
    gone = threading.Event()

    def listen(job: Job, held: Held) -> Callable[[], None]:
        def slot() -> None:
            assert job.title
            assert held

        return slot

    weakref.finalize(held, gone.set)
    job = runner.submit("Quick", three_steps)
    job.finished.connect(listen(job, held))
    with qtbot.waitSignal(job.finished):
        pass
    del job, held
    run_events()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert gone.is_set()


def test_a_hundred_thousand_emissions(qtbot: QtBot, runner: JobRunner) -> None:
    """Some releases of PySide6 lose a reference of True at each emission and abort after some ten thousand."""

    class Emitter(QObject):
        said = Signal(bool)

    emitter = Emitter()
    count = 0

    def hear(value: bool) -> None:
        nonlocal count
        count += value

    emitter.said.connect(hear)
    for _ in range(100_000):
        emitter.said.emit(True)
    assert count == 100_000

    def work(ctx: JobContext) -> int:
        for index in range(20_000):
            ctx.partial(index)
        return 20_000

    job = runner.submit("Emit", work)
    listener = Listener(job)
    with qtbot.waitSignal(job.finished, timeout=20_000):
        pass
    assert [value for name, value in listener.heard if name == "partial"] == list(range(20_000))
