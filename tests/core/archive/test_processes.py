"""Two processes that load into one archive at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from core.archive.archive import Archive
from core.jobs import JobContext

_ROOT = Path(__file__).parents[3]
_LOAD = """
import sys
from pathlib import Path
from core.archive.archive import Archive
from core.jobs import JobContext
from tests.core.archive.batches import content, delivery, key, odometer

archive = Archive.open(Path(sys.argv[1]))
first, last = int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
added = 0
for start in range(first, last, 4):
    batches = []
    for number in range(start, min(start + 4, last)):
        body = content(*(odometer(n, vin=f"V{number}", message_id=f"{number}-{n}") for n in range(5)), 5)
        batches.append(delivery(key(number), body))
    added += archive.append(batches, JobContext()).samples
print(added, flush=True)
"""
_DIE = """
import os, sys, threading
from pathlib import Path
from core.archive.archive import Archive
from core.archive import table
from core.jobs import JobContext
from tests.core.archive.batches import content, delivery, key, odometer

archive = Archive.open(Path(sys.argv[1]))

class Dying(table.Table):
    def commit(self, *arguments):
        if sys.argv[2] == "before":
            os._exit(9)
        super().commit(*arguments)
        os._exit(9)

archive._table = Dying(Path(sys.argv[1]))
archive.append([delivery(key(1), content(odometer(1)))], JobContext())
"""


def _start(folder: Path, *arguments: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _LOAD, str(folder), *map(str, arguments)]
    return subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    # The same batches, shifted, so that chunks overlap without being equal; neither finds an archive.
    loaders = [_start(folder, 0, 20), _start(folder, 2, 22)]
    for loader in loaders:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "ready\n"
    outputs = []
    for loader in loaders:
        assert loader.stdin is not None
        loader.stdin.write("go\n")
        loader.stdin.flush()
    for loader in loaders:
        out, _ = loader.communicate(timeout=100)
        assert loader.returncode == 0
        outputs.append(int(out))
    archive = Archive.open(folder)
    assert sum(outputs) == 22 * 5
    assert len(archive.recorded()) == 22
    assert [vehicle.samples for vehicle in archive.vehicles(JobContext())] == [5] * 22
    assert len(archive.rejects(JobContext())) == 22
    # Counted in the files themselves, where a doubled message would not be hidden by its digest.
    snapshot = archive._table.snapshot()
    assert sum(file.rows for file in snapshot.of_kind("sample")) == 22 * 5
    assert sum(file.rows for file in snapshot.of_kind("batch")) == 22
    # Every file on disk belongs to the table: who came second took its own away.
    assert {str(path.relative_to(folder).as_posix()) for path in folder.rglob("kind=*/**/*.parquet")} == set(
        snapshot.files
    )


def test_killed_before_or_after_the_commit(tmp_path: Path) -> None:
    from tests.core.archive.batches import content, delivery, key, odometer

    for moment, batches in (("before", 0), ("after", 1)):
        folder = tmp_path / moment
        done = subprocess.run([sys.executable, "-c", _DIE, str(folder), moment], cwd=_ROOT, check=False, timeout=100)
        assert done.returncode == 9
        archive = Archive.open(folder)
        assert len(archive.recorded()) == batches
        again = archive.append([delivery(key(1), content(odometer(1)))], JobContext())
        assert again.batches == 1 - batches
        assert [vehicle.samples for vehicle in archive.vehicles(JobContext())] == [1]
