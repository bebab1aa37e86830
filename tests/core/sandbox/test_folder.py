from __future__ import annotations

import builtins
import errno
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import paths
from core.errors import DiskFull, OdographError
from core.jobs import JobCancelled, JobContext
from core.sandbox import folder as folder_module
from core.sandbox.simulate import SimulationPlan, display_name, ensure_demo, simulate_fleet, simulate_into_folder
from core.storage.keys import parse_key

_ROOT = Path(__file__).resolve().parents[3]
_PLAN = SimulationPlan(vehicles=2, days=1)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_holds_the_batches_two_other_objects_and_a_hidden_marker(tmp_path: Path) -> None:
    batches: dict[str, bytes] = {}
    simulate_fleet(_PLAN, batches.__setitem__, JobContext())
    result = simulate_into_folder(_PLAN, tmp_path / "deep" / "fleet", JobContext())
    files = _files(tmp_path / "deep" / "fleet")
    hidden = [name for name in files if name.startswith(".")]
    others = [name for name in files if parse_key(name) is None and name not in hidden]
    assert {name: content for name, content in files.items() if parse_key(name)} == batches
    assert result.batches == len(batches)
    assert len(hidden) == 1
    assert sorted(others) == ["reports/2026-11/summary.csv", "test.json"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["fleet"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    simulate_into_folder(_PLAN, tmp_path, JobContext())
    assert (tmp_path / "test.json").is_file()


def test_a_finished_simulation_of_the_same_plan_is_left_as_it_is(tmp_path: Path) -> None:
    first = simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    changed = (tmp_path / "fleet").stat().st_mtime_ns
    again = simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    assert (tmp_path / "fleet").stat().st_mtime_ns == changed
    assert replace(again, odometer=first.odometer) == first
    assert dict(again.odometer) == dict(first.odometer)


def test_another_plan_is_refused(tmp_path: Path) -> None:
    simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    before = _files(tmp_path / "fleet")
    with pytest.raises(OdographError, match="not empty") as caught:
        simulate_into_folder(replace(_PLAN, seed=2), tmp_path / "fleet", JobContext())
    assert caught.value.subject == str(tmp_path / "fleet")
    assert caught.value.hint
    assert _files(tmp_path / "fleet") == before


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OdographError, match="not empty"):
        simulate_into_folder(_PLAN, tmp_path, JobContext())
    assert _files(tmp_path) == {"thesis.txt": b"years of work"}


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fleet").write_text("a file")
    with pytest.raises(OdographError, match="A file stands where the fleet should go"):
        simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())


def test_a_folder_below_a_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OdographError, match="cannot be written") as caught:
        simulate_into_folder(_PLAN, tmp_path / "file" / "fleet", JobContext())
    assert caught.value.detail


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    ctx = JobContext(on_progress=lambda done, total, text: ctx.cancel() if done == 1 else None)
    with pytest.raises(JobCancelled):
        simulate_into_folder(replace(_PLAN, days=3), tmp_path / "fleet", ctx)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = builtins.open
    left = 20

    def limited(*args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(*args, **kwargs)

    monkeypatch.setattr(folder_module, "open", limited, raising=False)
    with pytest.raises(DiskFull) as caught:
        simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    assert caught.value.subject == str(tmp_path / "fleet")
    assert list(tmp_path.iterdir()) == []


def test_what_killed_runs_left_is_ignored_and_removed_after_a_day(tmp_path: Path) -> None:
    fresh, old = tmp_path / ".fleet-1-1.partial", tmp_path / ".fleet-2-2.partial"
    for partial in (fresh, old):
        partial.mkdir()
        (partial / "test.json").write_bytes(b"{}")
    yesterday = time.time() - 100_000
    os.utime(old, (yesterday, yesterday))
    simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    assert sorted(path.name for path in tmp_path.iterdir()) == [".fleet-1-1.partial", "fleet"]


def test_a_killed_run_leaves_no_folder_and_the_next_one_succeeds(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from core.jobs import JobContext;"
        "from core.sandbox.simulate import SimulationPlan, simulate_into_folder;"
        "said = lambda done, total, text: print(done, flush=True);"
        "simulate_into_folder(SimulationPlan(days=3000), Path(sys.argv[1]), JobContext(on_progress=said))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "fleet")], stdout=subprocess.PIPE, text=True, cwd=_ROOT
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline().strip() != "2":
            assert process.poll() is None
        process.kill()
    (partial,) = tmp_path.iterdir()
    assert partial.name.endswith(".partial")
    assert len(_files(partial)) > 100
    simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())
    assert (tmp_path / "fleet" / "test.json").is_file()


def test_of_two_runs_at_once_the_slower_one_keeps_what_is_there(tmp_path: Path) -> None:
    def finish_first(done: int, total: int | None, text: str) -> None:
        if done == 1:
            simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext())

    simulate_into_folder(_PLAN, tmp_path / "fleet", JobContext(on_progress=finish_first))
    assert [path.name for path in tmp_path.iterdir()] == ["fleet"]
    assert (tmp_path / "fleet" / "test.json").is_file()


def test_the_demo_fleet_has_a_name() -> None:
    home = paths.demo_folder()
    assert display_name(str(home / "12-vehicles-30-days-v1")) == "Demo fleet"
    for address in ("s3://fleet/production", "/home/ana/12-vehicles-30-days-v1", str(home.parent)):
        assert display_name(address) == address


def test_the_demo_is_made_once(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    ctx = JobContext(on_progress=lambda done, total, text: seen.append((done, total)))
    folder = ensure_demo(tmp_path / "demo", ctx)
    assert folder.parent == tmp_path / "demo"
    assert seen[-1] == (30, 30)
    days = {key.day for name in _files(folder) if (key := parse_key(name))}
    assert len(days) == 30
    seen.clear()
    assert ensure_demo(tmp_path / "demo", ctx) == folder
    assert seen == []
