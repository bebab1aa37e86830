"""The whole window on a small simulated fleet, as a person would have it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from core import paths
from core.cli.program import DONE, run
from core.connections import Connection, S3Options
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_into_folder
from core.settings import Settings
from gui import theme
from gui.job_runner import JobRunner
from gui.main_window.window import MainWindow
from gui.messages import MessageCenter
from gui.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

# Long for a machine under load; a wait ends as soon as it may.
WAIT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """A simulated fleet in a folder.

    Attributes:
        folder: the layout's root.
        truth: what was simulated.
    """

    folder: Path
    truth: SimulationResult


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Three vehicles over four days."""
    folder = tmp_path_factory.mktemp("fleet") / "small"
    plan = SimulationPlan(vehicles=3, days=4, seed=7, last_day=date(2026, 10, 26))
    return Fleet(folder, simulate_into_folder(plan, folder, JobContext()))


@pytest.fixture(scope="session")
def _archives(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the fleet in a home of its own."""
    home = tmp_path_factory.mktemp("recorded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODOGRAPH_HOME", str(home))
        assert run(["sync", str(fleet.folder), "--quiet"]) == DONE
        return paths.data_folder()


@pytest.fixture
def recorded(home: Path, _archives: Path) -> None:
    """The fleet is recorded before the window opens, for tests of what comes after loading."""
    shutil.copytree(_archives, paths.data_folder())


class Desk:
    """The window and what a test does with it."""

    def __init__(self, qtbot: QtBot, settings: Settings) -> None:
        self.qtbot = qtbot
        self.jobs = JobRunner()
        self.messages = MessageCenter()
        self.session = Session(self.jobs)
        self.settings = settings
        self.window = MainWindow(self.session, self.jobs, self.messages, settings)
        self.panels = self.window.panels
        self.window.show()
        # Keys reach the active window only.
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow, timeout=WAIT_MS)

    def open(self, address: str, **options: Any) -> None:
        """Open a source and wait until it is listed and loaded."""
        self.window.open_source(Connection(address, S3Options(**options)))
        self.wait_until_settled()

    def wait_until_settled(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: not self.session.is_busy, timeout=WAIT_MS)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def trigger(self, id: str) -> None:
        """Do a command, which must be enabled."""
        action = self.window.actions_.action(id)
        assert action.isEnabled(), f"{id} is disabled"
        action.trigger()

    def dialog(self, kind: type[Any]) -> Any:
        """The dialog of a kind that is open."""
        self.wait(lambda: [one for one in self.window.findChildren(kind) if one.isVisible()])
        return next(one for one in self.window.findChildren(kind) if one.isVisible())

    def close(self) -> None:
        """Close the window and end every job."""
        self.window.close()
        assert self.jobs.shutdown()
        self.window.deleteLater()


@pytest.fixture
def open_desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[Settings], Desk]]:
    """Opens windows, each with settings of its own, and closes them at the end."""
    theme.apply_theme(qapp, "light")
    desks: list[Desk] = []

    def make(settings: Settings) -> Desk:
        desks.append(Desk(qtbot, settings))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[[Settings], Desk]) -> Desk:
    """A window with default settings, times in UTC."""
    return open_desk(Settings(time_zone="UTC"))
