"""One load as a job: it pauses where credentials are missing or expired, and goes on once they are good again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.sync import SyncResult, sync
from gui.session.interruptions import Held, hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import Archive
    from core.jobs import JobContext
    from core.storage.source import Source
    from gui.job_runner import Job
    from gui.session.interruptions import Interruptions
    from gui.session.load_queue import LoadQueue, LoadRequest
    from gui.session.own_jobs import OwnJobs


def start_load(
    request: LoadRequest,
    source: Source,
    archive: Archive,
    jobs: OwnJobs,
    queue: LoadQueue,
    interruptions: Interruptions,
    *,
    loaded: Callable[[SyncResult], None],
    came: Callable[[], None],
    ended: Callable[[bool], None],
) -> Job:
    """Start the job of a request.

    Args:
        queue: lets a load go on that was interrupted.
        loaded: takes the result.
        came: told that something was recorded, or that nothing is any more for now.
        ended: told at the end whether it was cancelled.
    """
    name = f"load {id(request)}"

    def work(ctx: JobContext) -> SyncResult:
        first, last, days = request.first_day, request.last_day, request.days
        return sync(source, archive, ctx, first, last, days=days, interrupted=hold(ctx))

    def show(part: SyncResult | Held) -> None:
        if isinstance(part, Held):
            job.tell_paused()
            interruptions.add(name, part.error, lambda: queue.resume(request), held=True)
        came()

    def end(cancelled: bool) -> None:
        interruptions.drop(name)
        ended(cancelled)

    job = jobs.submit(request.title, work, loaded, partial=show, ended=end, can_pause=True)
    job.paused_changed.connect(lambda paused: None if paused else interruptions.drop(name))
    return job
