"""Compaction beside other processes, and in processes that are killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.archive.archive import Archive
from core.jobs import JobContext
from tests.core.archive.batches import content, delivery, key, odometer

_ROOT = Path(__file__).parents[3]
_APPEND = """
import sys
from pathlib import Path
from core.archive.archive import Archive
from core.jobs import JobContext
from tests.core.archive.batches import content, delivery, key, odometer

archive = Archive.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for number in range(9):
    body = content(*(odometer(n, vin=f"V{n}", message_id=f"{number}-{n}") for n in range(5)), 5)
    # Every third replaces what lies in files that are being rewritten.
    batch, etag = (key(1000), f"etag-{number}") if number % 3 == 2 else (key(number), "one")
    archive.append([delivery(batch, body, etag)], JobContext())
"""
_COMPACT = """
import os, sys
from pathlib import Path
from core.archive import compact
from core.archive.archive import Archive
from core.jobs import JobContext

class Dying(JobContext):
    left = int(sys.argv[2])
    def check(self):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), 9)

compact.PART_ROWS = 10
Archive.open(Path(sys.argv[1])).upkeep.compact(Dying(), everything=True)
"""


def _start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    archive = Archive.open(tmp_path / "archive")
    for number in range(3):
        messages = [odometer(n, vin=f"V{n}", message_id=f"old-{number}-{n}") for n in range(5)]
        archive.append([delivery(key(1000 + number), content(*messages, 5))], JobContext())
    return archive


def test_another_process_appends_and_replaces_meanwhile(archive: Archive) -> None:
    appending = _start(_APPEND, str(archive.folder))
    assert appending.stdout is not None
    assert appending.stdin is not None
    assert appending.stdout.readline() == "ready\n"
    appending.stdin.write("go\n")
    appending.stdin.flush()
    compacted = 0
    while appending.poll() is None:
        compacted += archive.upkeep.compact(JobContext(), everything=True).files_before
    assert appending.wait() == 0
    appending.stdin.close()
    appending.stdout.close()
    assert compacted > 0
    assert archive.recorded()[key(1000).text].etag == "etag-8"
    assert [vehicle.samples for vehicle in archive.vehicles(JobContext())] == [9] * 5
    verified = archive.upkeep.verify(JobContext())
    assert verified.sound
    assert (verified.batches, verified.samples, verified.rejects) == (9, 45, 9)


@pytest.mark.parametrize("checks", [2, 7])
def test_killed_in_the_middle(archive: Archive, checks: int) -> None:
    vehicles, before = archive.vehicles(JobContext()), archive.version()
    dying = _start(_COMPACT, str(archive.folder), str(checks))
    dying.communicate(timeout=100)
    assert dying.returncode in (-9, 9)
    again = Archive.open(archive.folder)
    assert again.vehicles(JobContext()) == vehicles
    assert again.upkeep.verify(JobContext()).sound
    assert again.version() >= before
    again.upkeep.compact(JobContext(), everything=True)
    assert again.vehicles(JobContext()) == vehicles
    assert [month.clustered for month in again.upkeep.status(JobContext()).months] == [True]
    assert len(again.recorded()) == 3
