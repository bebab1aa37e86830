"""Memory of the window with a large archive open, doing what a person does with it."""

from __future__ import annotations

import os

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.apart import apart, peak
from tests.benchmarks.archive_data import build
from tests.benchmarks.delivery import deliver
from tests.benchmarks.measuring import Scale, machine
from tests.benchmarks.report import Report, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gui.main_window.window import MainWindow
    from gui.session.session import Session
    from tests.benchmarks.archive_data import Fleet

_WAIT_SECONDS = 900
_CHOSEN = 50
_STEPS = ("opened", "properties", "ten series", "messages", "loaded 5 batches", "closed")
_NOTES = [
    "The peak of the process's resident memory up to the end of each step, and what it has resident at the end, with "
    "the real window offscreen, in a new process. The aim is less than 600 MB.",
    "Opened: the vehicles are listed; the very first time, so that what lists are answered from is made too. "
    f"Properties: those of {_CHOSEN} vehicles, then those of all. Ten series: a year of all series of one vehicle, "
    "drawn. Messages: those of one batch. Loaded: new batches are found, read and shown. Closed: the source is closed.",
    "Without an archive: the same window with nothing open.",
]


class Step(NamedTuple):
    """Memory after a step, bytes: the most so far, and what is resident now; and how long the step took, seconds."""

    peak: int
    now: int
    seconds: float


def run(scale: Scale) -> Report:
    """Measures a window with an archive and one without."""
    vehicles, samples, batches = {
        Scale.FULL: (1_000, 3_600, 5),
        Scale.QUICK: (50, 2_000, 5),
        Scale.TINY: (3, 24, 1),
    }[scale]
    with tempfile.TemporaryDirectory(prefix="odograph-benchmark-") as name, _home(Path(name, "home")):
        folder = Path(name, "source")
        deliver(folder, batches)
        fleet = build(_archive_of(folder), vehicles, samples)
        opened = apart(scale, steps, folder, fleet).found
        alone = apart(scale, steps, None, None).found
    title = f"Memory of the window, {fleet.size:,} samples, {vehicles:,} vehicles, MB"
    table = Table(title, ("contender", "", *_STEPS))
    empty = [None] * (len(_STEPS) - len(alone))
    table.add("Odograph", "peak", *(step.peak / 1e6 for step in opened))
    table.add("Odograph", "at the end", *(step.now / 1e6 for step in opened))
    table.add("Odograph", "seconds", *(step.seconds for step in opened))
    table.add("Odograph without an archive", "peak", *(step.peak / 1e6 for step in alone), *empty)
    return Report("window", machine(["PySide6-Essentials", "duckdb", "deltalake"]), [table], _NOTES)


def steps(source: Path | None, fleet: Fleet | None) -> list[Step]:
    """Show a window and do one thing after the other. Runs in a process where nothing else was done before.

    Args:
        source: what to open; where it is None, the window has nothing open.
        fleet: what the source's archive holds.
    """
    from PySide6.QtWidgets import QApplication

    from core.settings import Settings
    from gui import theme
    from gui.job_runner import JobRunner
    from gui.main_window.window import MainWindow
    from gui.messages import MessageCenter
    from gui.session.session import Session

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.apply_theme(application, "light")
    jobs = JobRunner()
    session = Session(jobs)
    window = MainWindow(session, jobs, MessageCenter(), Settings(time_zone="UTC"), keep_state=False)
    window.resize(1800, 1000)
    window.show()
    found = []
    try:
        for work in [window.show] if source is None or fleet is None else _works(session, source, fleet):
            begun = time.perf_counter()
            work()
            _settle(session, window)
            found.append(Step(peak(), _resident(), time.perf_counter() - begun))
    finally:
        window.close()
        jobs.shutdown()
        window.deleteLater()
    return found


def _works(session: Session, source: Path, fleet: Fleet) -> Iterator[Callable[[], None]]:
    from core.connections import S3Options

    listed: list[int] = []
    problems: list[object] = []
    session.vehicles_changed.connect(lambda vehicles: listed.append(len(vehicles)))
    session.failed.connect(problems.append)
    session.opening_failed.connect(problems.append)
    batches = sorted(path.relative_to(source).as_posix() for path in source.rglob("*.json"))
    # They come while the source is open.
    later = [(source / name).rename((source / name).with_suffix(".later")) for name in batches[1:]]

    def properties() -> None:
        session.select_vehicles([fleet.vin(number) for number in range(min(_CHOSEN, fleet.vehicles))])
        session.select_vehicles([fleet.vin(number) for number in range(fleet.vehicles)])

    def load() -> None:
        for path in later:
            path.rename(path.with_suffix(".json"))
        session.load_range(None, None)

    yield lambda: session.open(str(source), S3Options())
    yield properties
    yield lambda: session.add_series(fleet.keys(1))
    yield lambda: session.open_batch(batches[0])
    yield load
    if problems or not listed or listed[-1] < fleet.vehicles or len(session.series_keys) != len(fleet.keys(1)):
        raise RuntimeError(f"The window did not show what it was asked for: {problems}, {listed}")
    yield session.close


def _settle(session: Session, window: MainWindow) -> None:
    """Let the window work until nothing is under way, and paint it."""
    from PySide6.QtCore import QCoreApplication, QEventLoop

    end = time.monotonic() + _WAIT_SECONDS
    calm = 0
    # What has just arrived may ask for more.
    while calm < 3:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        calm = 0 if session.is_busy else calm + 1
        if time.monotonic() > end:
            raise RuntimeError("The window did not come to rest")
        time.sleep(0.01)
    window.grab()


def _resident() -> int:
    status = Path("/proc/self/status")
    if not status.is_file():
        return peak()
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def _archive_of(source: Path) -> Path:
    from core import paths
    from core.connections import S3Options
    from core.storage.connection import open_source

    return paths.archive_folder(open_source(str(source), S3Options()).identity)


@contextlib.contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Archives and settings of this process and of those that it starts lie in this folder."""
    before = os.environ.get("ODOGRAPH_HOME")
    os.environ["ODOGRAPH_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["ODOGRAPH_HOME"]
        else:
            os.environ["ODOGRAPH_HOME"] = before
