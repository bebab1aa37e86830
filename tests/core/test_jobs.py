from __future__ import annotations

import threading
import time

import pytest

from core.jobs import JobCancelled, JobContext


def recording() -> tuple[JobContext, list[object]]:
    seen: list[object] = []
    return JobContext(lambda *progress: seen.append(progress), seen.append), seen


def test_progress_and_partial_results_reach_who_runs_the_job() -> None:
    ctx, seen = recording()
    ctx.progress(3, None, "Listing")
    ctx.progress(2, 10)
    ctx.partial("half")
    assert seen == [(3, None, "Listing"), (2, 10, ""), "half"]


def test_a_cancelled_job_is_silent_and_ends_at_its_next_check() -> None:
    ctx, seen = recording()
    ctx.check()
    ctx.cancel()
    ctx.progress(1)
    ctx.partial("late")
    assert ctx.cancelled
    assert seen == []
    with pytest.raises(JobCancelled):
        ctx.check()


def test_a_context_without_listeners_works() -> None:
    ctx = JobContext()
    ctx.progress(1, 2, "text")
    ctx.partial(None)
    ctx.wait(0)
    assert not ctx.cancelled


@pytest.mark.parametrize("child", [False, True])
def test_waiting_ends_with_cancelling(child: bool) -> None:
    ctx = JobContext()
    waiter = ctx.quiet_child() if child else ctx
    timer = threading.Timer(0.05, ctx.cancel)
    timer.start()
    started = time.monotonic()
    with pytest.raises(JobCancelled):
        waiter.wait(30)
    assert time.monotonic() - started < 20


def test_a_quiet_child_reports_nothing_and_is_cancelled_with_its_job() -> None:
    ctx, seen = recording()
    child = ctx.quiet_child()
    child.progress(1)
    child.partial("x")
    child.wait(0)
    child.check()
    assert seen == []
    ctx.cancel()
    assert child.cancelled
    with pytest.raises(JobCancelled):
        child.check()


def test_a_quiet_child_can_be_cancelled_alone() -> None:
    ctx, _ = recording()
    child = ctx.quiet_child()
    child.cancel()
    with pytest.raises(JobCancelled):
        child.wait(30)
    assert not ctx.cancelled


def test_a_pause_ends_by_resuming_or_cancelling() -> None:
    ctx = JobContext()
    child = ctx.quiet_child()
    child.rest()
    for end in (ctx.resume, ctx.cancel):
        ctx.pause()
        assert child.paused
        timer = threading.Timer(0.05, end)
        timer.start()
        try:
            child.rest()
        except JobCancelled:
            assert ctx.cancelled
        else:
            assert not ctx.paused
        timer.join()
