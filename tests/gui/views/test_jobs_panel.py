"""Running jobs in the status bar."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QProgressBar, QToolButton, QWidget

from gui.job_runner import JobRunner
from gui.views.jobs_panel import JobsPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from core.jobs import JobContext
    from gui.views.jobs_panel import JobRow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Shown:
    """A window with the panel in its status bar, and jobs that wait until they are let go."""

    def __init__(self, qtbot: QtBot) -> None:
        self.open = threading.Event()
        self.runner = JobRunner()
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.panel = JobsPanel(self.runner)
        self.window.statusBar().addPermanentWidget(self.panel)
        self.window.resize(900, 200)
        self.window.show()

    def job(self, done: int, total: int | None, text: str = "") -> Callable[[JobContext], None]:
        def work(ctx: JobContext) -> None:
            ctx.progress(done, total, text)
            while not self.open.is_set():
                ctx.wait(0.01)

        return work


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    shown = Shown(qtbot)
    yield shown
    shown.open.set()
    assert shown.runner.shutdown()


def bar(row: JobRow) -> QProgressBar:
    return row.findChildren(QProgressBar)[0]


def cancel_button(row: QWidget) -> QToolButton:
    (button,) = [button for button in row.findChildren(QToolButton) if button.accessibleName().startswith("Cancel")]
    return button


def test_nothing_is_shown_while_idle(shown: Shown, qtbot: QtBot) -> None:
    assert not shown.panel.isVisible()
    shown.runner.submit("Listing batches", shown.job(0, None))
    assert shown.panel.isVisible()
    shown.open.set()
    qtbot.waitUntil(lambda: not shown.panel.isVisible())
    assert shown.panel.line is None


def test_quiet_jobs_are_left_out(shown: Shown) -> None:
    shown.runner.submit("Reading series", shown.job(0, None), quiet=True)
    assert not shown.panel.isVisible()
    assert shown.panel.rows == []


def test_progress_with_and_without_a_total(shown: Shown, qtbot: QtBot) -> None:
    shown.runner.submit("Listing batches", shown.job(1200, None))
    shown.runner.submit("Loading 30 days", shown.job(5_000_000_000, 10_000_000_000))
    shown.runner.submit("Exporting", shown.job(1, 2, "half"))
    qtbot.waitUntil(lambda: all(row.text for row in shown.panel.rows))
    listing, loading, exporting = shown.panel.rows
    assert (listing.text, bar(listing).maximum()) == ("1,200", 0)
    assert loading.text == "5,000,000,000 of 10,000,000,000"
    assert bar(loading).value() / bar(loading).maximum() == 0.5
    assert exporting.text == "half"


def test_a_job_takes_the_room_that_the_status_bar_has(shown: Shown, qtbot: QtBot) -> None:
    source = QLabel("/home/ana/fleet")
    shown.window.statusBar().addWidget(source, 1)
    shown.runner.submit("Loading recent days", shown.job(1204, 8640, "1,204 of 8,640 batches"))
    row = shown.panel.line
    assert row is not None
    qtbot.waitUntil(lambda: row.text == "1,204 of 8,640 batches")

    def words() -> list[str]:
        labels = sorted(row.findChildren(QLabel), key=lambda label: label.x())
        return [label.text() for label in labels if label.isVisible()]

    qtbot.waitUntil(lambda: words() == ["Loading recent days", "·", "1,204 of 8,640 batches"])
    shown.window.resize(320, 200)
    qtbot.waitUntil(lambda: any("…" in word for word in words()))
    assert cancel_button(row).visibleRegion().boundingRect() == cancel_button(row).rect()


def test_the_newest_is_in_the_line_and_all_are_in_the_list(shown: Shown, qtbot: QtBot) -> None:
    first = shown.runner.submit("First", shown.job(0, None))
    (more,) = [button for button in shown.panel.findChildren(QToolButton) if "jobs" in button.text()]
    assert not more.isVisible()
    second = shown.runner.submit("Second", shown.job(0, None))
    assert more.text() == "2 jobs"
    assert shown.panel.line is not None
    assert shown.panel.line.job is second
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert [row.job for row in shown.panel.rows] == [first, second]
    assert all(popup.isAncestorOf(row) and row.isVisible() for row in shown.panel.rows)
    QTest.mouseClick(cancel_button(shown.panel.rows[0]), Qt.MouseButton.LeftButton)
    assert first.state == "cancelled"
    qtbot.waitUntil(lambda: [row.job for row in shown.panel.rows] == [second])
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert not more.isVisible()


def test_a_job_is_cancelled_in_the_line(shown: Shown, qtbot: QtBot) -> None:
    job = shown.runner.submit("Listing batches", shown.job(0, None))
    assert shown.panel.line is not None
    button = cancel_button(shown.panel.line)
    assert button.toolTip() == "Cancel: Listing batches"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not job.active
    qtbot.waitUntil(lambda: not shown.panel.isVisible())


def test_the_list_closes_when_the_last_job_ends(shown: Shown, qtbot: QtBot) -> None:
    shown.runner.submit("First", shown.job(0, None))
    shown.runner.submit("Second", shown.job(0, None))
    (more,) = [button for button in shown.panel.findChildren(QToolButton) if "jobs" in button.text()]
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    shown.open.set()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_jobs_that_run_already_are_shown(shown: Shown, qtbot: QtBot) -> None:
    shown.runner.submit("Listing batches", shown.job(0, None))
    late = JobsPanel(shown.runner)
    qtbot.addWidget(late)
    assert [row.job.title for row in late.rows] == ["Listing batches"]


def test_a_job_that_can_pause_has_a_button_for_it(shown: Shown, qtbot: QtBot) -> None:
    plain = shown.runner.submit("Reading", shown.job(1, 2))
    row = shown.panel.line
    assert row is not None
    assert [button.isVisible() for button in row.findChildren(QToolButton)] == [False, True]
    plain.cancel()
    qtbot.waitUntil(lambda: shown.panel.line is None)
    resting = threading.Event()

    def work(ctx: JobContext) -> None:
        ctx.progress(1, 2, "half done")
        while not shown.open.is_set():
            if ctx.paused:
                resting.set()
            ctx.rest()
            ctx.wait(0.01)

    job = shown.runner.submit("Loading", work, can_pause=True)
    row = shown.panel.line
    assert row is not None
    qtbot.waitUntil(lambda: row.text == "half done")
    pause = next(one for one in row.findChildren(QToolButton) if one.accessibleName() == "Pause: Loading")
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert job.paused
    assert row.text == "Paused · half done"
    assert pause.accessibleName() == "Resume: Loading"
    assert resting.wait(30)
    qtbot.mouseClick(pause, Qt.MouseButton.LeftButton)
    assert (job.paused, row.text) == (False, "half done")
    job.pause()
    job.cancel()
    qtbot.waitUntil(lambda: shown.panel.line is None)
