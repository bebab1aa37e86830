"""What every test gets: a home of its own, no network but loopback, and checks that nothing is left behind.

A test fails on an unexpected log record of WARNING or above, a Qt message, a Python warning, a thread or a window
that outlives it, and a skip.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Where Python is told to keep no bytecode, each process that the tests start compiles everything it imports anew, and
# pytest rewrites every test again; importing the window takes 3.0 s of processor time so, and 1.6 s with bytecode. Kept
# apart, the bytecode is not beside the sources. It holds for the processes of pytest-xdist and of the tests too, which
# is why it comes before all else.
if sys.dont_write_bytecode:
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    sys.dont_write_bytecode = False
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest
from hypothesis import settings

from tests.servers import ministack
from tests.waiting import PatientBot

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from PySide6.QtWidgets import QApplication

    from tests.servers import MiniStack

# Before anything imports Qt or reads the zone.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"
os.environ["TZ"] = "Europe/Berlin"
if hasattr(time, "tzset"):
    time.tzset()

# The same examples in every run, so that what decides whether a change lands does not depend on chance. A search for
# new ones is a run of its own: HYPOTHESIS_PROFILE=search.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

_THREAD_GRACE_SECONDS = 5.0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "expects_log(logger): records of WARNING and above from this logger are meant")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, as tests of servers wait for a third of their time and more."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped; a test that cannot run here proves nothing"
    return report


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for settings, archives, logs and AWS configuration that no other test sees."""
    folder = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ODOGRAPH_HOME", str(folder / "odograph"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "aws-credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """An S3 server on loopback that checks signatures, policies and regions; one for all tests."""
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    """Drives widgets, and waits for them longer than pytest-qt's own."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        if not (host.startswith("127.") or host in ("localhost", "::1")):
            raise OSError(f"tests reach loopback only, not {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    expected = tuple(mark.args[0] for mark in request.node.iter_markers("expects_log"))
    recorder = _Recorder()
    root = logging.getLogger()
    root.addHandler(recorder)
    yield
    root.removeHandler(recorder)
    stray = [r for r in recorder.records if not any(r.name == n or r.name.startswith(n + ".") for n in expected)]
    if stray:
        lines = "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in stray)
        pytest.fail(f"unexpected log records:\n{lines}", pytrace=False)


@pytest.fixture(autouse=True)
def _no_leaked_thread() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_GRACE_SECONDS
    while True:
        # Daemon threads of libraries (boto3's credential refresh, the interpreter's helpers) end with the process.
        left = [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.daemon]
        if not left:
            return
        if time.monotonic() > deadline:
            pytest.fail(f"threads outlive the test: {[thread.name for thread in left]}", pytrace=False)
        left[0].join(0.05)


@pytest.fixture(autouse=True)
def _no_leaked_window(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "PySide6.QtWidgets" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance()
    if not isinstance(application, QApplication):
        return
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    shown = [widget for widget in application.topLevelWidgets() if widget.isVisible()]
    if shown:
        for widget in shown:
            widget.close()
        pytest.fail(f"windows outlive the test: {shown}", pytrace=False)
    gc.collect(0)
