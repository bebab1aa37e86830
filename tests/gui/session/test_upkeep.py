"""One compaction at a time, and none after one that failed."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from core.archive import compact
from core.archive.archive import Archive
from core.errors import DiskFull
from core.jobs import JobContext
from gui.job_runner import JobRunner
from gui.session.own_jobs import OwnJobs
from gui.session.upkeep import Upkeep
from tests.core.archive.batches import content, delivery, key, odometer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from pytestqt.qtbot import QtBot


def test_a_failure_is_told_once(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive.open(tmp_path / "archive")
    for number in range(2):
        archive.append([delivery(key(number), content(odometer(number)))], JobContext())
    monkeypatch.setattr(compact, "_CLOSED_RUNS", 2)
    runner, failures = JobRunner(), list[object]()
    jobs = OwnJobs(runner, failures.append, lambda: None)
    upkeep = Upkeep(jobs, failures.append)

    def run() -> int:
        version = archive.version()
        upkeep.run(archive)
        upkeep.run(archive)
        assert len(jobs) <= 1
        qtbot.waitUntil(lambda: not len(jobs), timeout=30_000)
        return archive.version() - version

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert run() == 0
    assert [type(failure) for failure in failures] == [DiskFull]
    assert run() == 0
    upkeep.begin()
    assert run() == 1
    assert run() == 0
    assert len(failures) == 1
    assert runner.shutdown()
