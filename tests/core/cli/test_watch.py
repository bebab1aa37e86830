"""Looking for new batches until Ctrl+C."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, simulate_into_folder

_ROOT = Path(__file__).parents[3]


def test_new_batches_are_recorded_until_it_is_interrupted(tmp_path: Path) -> None:
    simulate_into_folder(SimulationPlan(vehicles=2, days=2, seed=5), tmp_path / "made", JobContext())
    days = sorted(path for path in (tmp_path / "made").glob("*/*/*/*/*"))
    source = tmp_path / "source"
    target = source / days[0].relative_to(tmp_path / "made")
    shutil.copytree(days[0], target)
    watching = subprocess.Popen(
        [sys.executable, "main.py", "sync", str(source), "--watch", "--every", "1"],
        cwd=_ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert watching.stderr is not None
    lines = iter(watching.stderr.readline, "")
    try:
        assert "recorded with" in next(lines)
        assert any(line.startswith("Looking for new batches every 1 s") for line in lines)
        new = source / days[1].relative_to(tmp_path / "made")
        shutil.copytree(days[1], new)
        count = len(list(new.iterdir()))
        recorded = 0
        while recorded < count:
            recorded += int(next(line for line in lines if "recorded with" in line).split()[0])
        assert recorded == count
        shutil.move(source, tmp_path / "away")
        assert any("The folder is gone" in line for line in lines)
        assert any("Trying again" in line for line in lines)
        shutil.move(tmp_path / "away", source)
        assert next(lines) == "The source can be read again\n"
        watching.send_signal(signal.SIGINT)
        assert next(lines) == "Ended\n"
        assert watching.wait(20) == 0
    finally:
        watching.kill()
        watching.wait()
        watching.stderr.close()
