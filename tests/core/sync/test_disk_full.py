"""A disk that runs full while an archive is written: a real one, small, in a namespace of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, simulate_into_folder

_ROOT = Path(__file__).parents[3]
_WORK = """
import os, subprocess, sys
from pathlib import Path
from core.archive.archive import Archive
from core.errors import DiskFull
from core.jobs import JobContext
from core.storage.connection import open_source
from core.sync import sync
import core.sync.engine

disk, source = Path(sys.argv[1]), open_source(sys.argv[2])
core.sync.engine.FIRST_CHUNK_BATCHES = core.sync.engine.CHUNK_BATCHES = 25
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=True)
archive = Archive.open(disk / "archive")
ballast = disk / "ballast"


def fill(leave):
    room = os.statvfs(disk)
    free = room.f_bavail * room.f_frsize
    ballast.write_bytes(b"0" * max(0, free - leave))


full = 0
for leave in range(0, 100_000, 12_500):
    fill(leave)
    before = set(archive.recorded())
    try:
        sync(source, archive, JobContext())
    except DiskFull as error:
        full += 1
        assert str(disk) in error.subject, error.subject
        assert error.hint
    ballast.unlink()
    # What was recorded stays recorded, and nothing half.
    assert before <= set(archive.recorded())
    assert archive.upkeep.verify(JobContext()).sound
    named = set(archive._table.snapshot().files)
    found = {path.relative_to(archive.folder).as_posix() for path in archive.folder.rglob("kind=*/**/*.parquet")}
    assert found == named, found ^ named

result = sync(source, archive, JobContext())
assert len(archive.recorded()) == result.listed
assert result.failed == ()
whole = Archive.open(Path(sys.argv[3]))
sync(source, whole, JobContext())
assert archive.recorded() == whole.recorded()
assert archive.vehicles(JobContext()) == whole.vehicles(JobContext())
assert archive.rejects(JobContext()) == whole.rejects(JobContext())
print(full, "times full")
"""


def test_a_full_disk_is_said_nothing_is_half_there_and_it_goes_on(tmp_path: Path) -> None:
    simulate_into_folder(SimulationPlan(vehicles=3, days=2, seed=5), tmp_path / "fleet", JobContext())
    (tmp_path / "disk").mkdir()
    command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-c", _WORK]
    arguments = [str(tmp_path / name) for name in ("disk", "fleet", "whole")]
    done = subprocess.run([*command, *arguments], cwd=_ROOT, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) >= 2, done.stdout
