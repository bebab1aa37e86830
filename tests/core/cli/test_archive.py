"""The archive command: what it shows, does and asks."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from core import paths
from core.archive import compact
from core.archive.archive import Archive
from core.cli.program import CANCELLED, DONE, FAILED, WRONG_USE, run
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, simulate_into_folder

if TYPE_CHECKING:
    from pathlib import Path

_DAY, _LAST = "2026-11-07", "2026-11-08"


@pytest.fixture(scope="module")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a simulated fleet over two days."""
    folder = tmp_path_factory.mktemp("archive") / "fleet"
    simulate_into_folder(SimulationPlan(vehicles=2, days=2, seed=7), folder, JobContext())
    return folder


@pytest.fixture
def source(batches: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The same, recorded day by day."""
    for day in (_DAY, _LAST):
        assert run(["sync", str(batches), "--from", day, "--to", day, "--quiet"]) == DONE
    capsys.readouterr()
    return str(batches)


def _json(words: list[str], capsys: pytest.CaptureFixture[str], code: int = DONE) -> list[dict[str, Any]]:
    assert run([*words, "--json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def _archive(source: str) -> Archive:
    return Archive.open(paths.archive_folder(source))


def test_status(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    archive = _archive(source)
    records = archive.recorded().values()
    [status] = _json(["archive", source], capsys)
    [month] = status["months"]
    assert (month["month"], month["level"]) == ("2026-11", "level13")
    assert status["samples"] == month["samples"] == sum(record.samples for record in records)
    assert status["batches"] == month["batches"] == len(records)
    assert status["folder"] == str(archive.folder)
    assert status["first"] < status["last"]
    assert status["spare_files"] == 0
    assert run(["archive", source, "status"]) == DONE
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 2
    assert str(archive.folder) in shown.err
    assert f"{status['samples']:,} samples of" in shown.err


def test_compact(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _archive(source).vehicles(JobContext())
    [result] = _json(["archive", source, "compact"], capsys)
    assert result["files_before"] > result["files_after"] > 0
    assert result["bytes_before"] > result["bytes_after"] > 0
    [status] = _json(["archive", source], capsys)
    assert status["months"][0]["clustered"] is True
    assert (status["spare_files"], status["spare_bytes"]) == (result["files_before"], result["bytes_before"])
    assert _archive(source).vehicles(JobContext()) == before
    assert run(["archive", source, "compact"]) == DONE
    assert "Everything is in order already" in capsys.readouterr().err
    assert run(["archive", source]) == DONE
    assert f"Besides, {result['files_before']} files" in capsys.readouterr().err


def test_verify_and_repair(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", source, "verify"]) == DONE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Everything is as it is recorded" in shown.err
    archive = _archive(source)
    count = len(archive.recorded())
    path = next(path for path in sorted(archive.folder.rglob("*.parquet")) if "kind=sample" in str(path))
    path.write_bytes(path.read_bytes()[:1000])
    problems = _json(["archive", source, "verify"], capsys, FAILED)
    assert problems[0] == {
        "kind": "file",
        "name": path.relative_to(archive.folder).as_posix(),
        "reason": problems[0]["reason"],
    }
    damaged = [problem for problem in problems if problem["kind"] == "batch"]
    assert 0 < len(damaged) < count
    assert run(["archive", source, "verify"]) == FAILED
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == len(problems) + 1
    assert f"1 file and {len(damaged)} batches damaged" in shown.err
    assert run(["archive", source, "verify", "--repair"]) == DONE
    assert f"main.py sync {source}" in capsys.readouterr().err
    assert len(_archive(source).recorded()) == count - len(damaged)
    assert run(["sync", source]) == DONE
    assert run(["archive", source, "verify"]) == DONE
    assert len(_archive(source).recorded()) == count


class _Typed(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_remove(source: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["archive", source, "remove", "--from", _LAST, "--to", _LAST]
    before = _archive(source).recorded()
    [app] = {key.partition("/")[0] for key in before}
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert run(words) == WRONG_USE
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", _Typed("no\n"))
    assert run(words) == FAILED
    assert "Nothing was removed" in capsys.readouterr().err
    assert run([*words, "--yes", "--level", "level12"]) == DONE
    assert "Nothing of these days is recorded" in capsys.readouterr().err
    assert _archive(source).recorded() == before
    monkeypatch.setattr(sys, "stdin", _Typed("yes\n"))
    assert run([*words, "--app", app]) == DONE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "The source is not touched" in shown.err
    assert "loads them again" in shown.err
    left = _archive(source).recorded()
    assert left == {key: record for key, record in before.items() if "/2026/11/07/" in key}
    [counts] = _json([*words, "--yes"], capsys)
    assert counts == {"batches": 0, "samples": 0, "rejects": 0}
    assert run(["sync", source]) == DONE
    assert _archive(source).recorded() == before


def test_syncing_compacts_where_that_is_worth_it(
    source: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _archive(source).vehicles(JobContext())
    assert run(["sync", source]) == DONE
    assert "Archive compacted" not in capsys.readouterr().err
    monkeypatch.setattr(compact, "_OPEN_RUNS", 2)
    assert run(["sync", source]) == DONE
    assert "Archive compacted: 2 files became 1" in capsys.readouterr().err
    assert _archive(source).vehicles(JobContext()) == before
    assert run(["archive", source, "verify", "--quiet"]) == DONE


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("compact --repair", "--repair goes with verify"),
        ("--yes", "--yes goes with remove"),
        ("verify --from 2026-11-07", "--from goes with remove"),
        ("remove --from 2026-11-07", "remove needs --from and --to"),
        ("remove --from 2026-11-08 --to 2026-11-07", "--from is after --to"),
        ("shrink", "invalid choice"),
    ],
)
def test_wrong_words(words: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", str(tmp_path), *words.split()]) == WRONG_USE
    assert complaint in capsys.readouterr().err


def test_nothing_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(["archive", str(tmp_path)], capsys, FAILED) == []
    assert not paths.archive_folder(str(tmp_path)).exists()


def test_cancelled(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    ctx = JobContext()
    ctx.cancel()
    assert run(["archive", source, "compact"], ctx) == CANCELLED
    assert "Cancelled" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["batch", "sample"])
def test_what_meets_a_damaged_file_says_how_to_repair_it(
    kind: str, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _archive(source).folder
    for path in folder.rglob(f"kind={kind}/**/*.parquet"):
        path.unlink()
    commands = [["batches", source]] if kind == "batch" else [["series", source], ["export", source]]
    for words in commands:
        assert run(words) == FAILED
        shown = capsys.readouterr().err
        assert f"main.py archive {source} verify --repair" in shown
        assert "elete this folder" not in shown
