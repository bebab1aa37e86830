"""Simulated fleets that the command line reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.cli.program import DONE, run
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, simulate_into_folder

if TYPE_CHECKING:
    from pathlib import Path

PLAN = SimulationPlan(vehicles=4, days=2, seed=7)


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The folder of a simulated fleet of four vehicles over two days."""
    folder = tmp_path / "fleet"
    assert run(["simulate", str(folder), "--vehicles", "4", "--days", "2", "--seed", "7"]) == DONE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "of 4 vehicles" in shown.err
    return str(folder)


@pytest.fixture(scope="session")
def recorded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a fleet is recorded, for all tests that only read it."""
    home = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODOGRAPH_HOME", str(home))
        simulate_into_folder(PLAN, home / "fleet", JobContext())
        assert run(["sync", str(home / "fleet"), "--quiet"]) == DONE
    return home


@pytest.fixture
def recorded(recorded_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of a simulated fleet that is recorded. Only to be read."""
    monkeypatch.setenv("ODOGRAPH_HOME", str(recorded_home))
    return str(recorded_home / "fleet")
