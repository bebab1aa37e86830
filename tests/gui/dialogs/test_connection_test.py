"""The test of a connection as a person sees it, against a real S3 server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from core.connections import S3Options
from core.steps import StepState
from gui.dialogs.connection_test import ConnectionTest
from gui.job_runner import JobRunner
from tests.servers import REGION, MiniStack, allow, answering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUCKET = "tested-fleet"
BATCH = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


class Shown:
    """A window with a test in it, and what it has said."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.runner = JobRunner()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.test = ConnectionTest(self.runner)
        QVBoxLayout(self.window).addWidget(self.test)
        self.window.resize(560, 100)
        self.window.show()
        self.ended: list[bool] = []
        self.suggested: list[S3Options] = []
        self.test.finished.connect(self.ended.append)
        self.test.suggested.connect(self.suggested.append)

    def run(self, address: str, options: S3Options) -> list[StepState]:
        """Test and wait for the end; the states of the steps."""
        self.ended.clear()
        self.test.start(address, options)
        assert self.test.running
        self.qtbot.waitUntil(lambda: bool(self.ended), timeout=20_000)
        return [step.state for step in self.test.steps.steps]


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    shown = Shown(qtbot)
    yield shown
    shown.test.stop()
    assert shown.runner.shutdown()


@pytest.fixture(scope="module")
def _bucket(server: MiniStack) -> None:
    server.create_bucket(BUCKET)
    server.put(BUCKET, {BATCH: b"[]"}, server.add_user("tested-writer", allow("s3:*")))


@pytest.mark.usefixtures("_bucket")
def test_what_works_and_what_would(shown: Shown, server: MiniStack, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = server.add_user(
        "tested-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*")
    )
    reader.use(monkeypatch)
    assert not shown.test.isVisible()
    options = S3Options(endpoint_url=server.url, region="us-west-2")
    assert shown.run(f"s3://{BUCKET}", options)[-2:] == [StepState.FAILED, StepState.SKIPPED]
    assert shown.ended == [False]
    assert shown.test.summary == "It does not work: the bucket lies in another region"
    assert shown.test.remedy.text() == f"Use {REGION}"
    QTest.mouseClick(shown.test.remedy, Qt.MouseButton.LeftButton)
    assert shown.suggested == [S3Options(endpoint_url=server.url, region=REGION)]
    states = shown.run(f"s3://{BUCKET}", shown.suggested[0])
    assert states == [StepState.OK] * 2 + [StepState.SKIPPED] + [StepState.OK] * 3
    assert shown.ended == [True]
    assert shown.test.summary == "It works: 1 app found"
    assert not shown.test.remedy.isVisible()
    (copy,) = [each for each in shown.test.findChildren(QToolButton) if each.accessibleName() == "Copy the report"]
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Resolve the server's name: ok: 127.0.0.1 (")
    # Nothing of what was tested before stays in sight.
    shown.test.clear()
    assert not shown.test.isVisible()
    assert shown.test.report is None


def test_words_that_make_no_sense_are_told(shown: Shown) -> None:
    assert set(shown.run("s3://?", S3Options())) == {StepState.SKIPPED}
    assert shown.ended == [False]
    assert "This is no bucket's name" in shown.test.summary


def test_it_can_be_stopped(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with answering(lambda handler: wait(handler)) as heard:

        def wait(_handler: BaseHTTPRequestHandler) -> None:
            heard.released.wait()

        heard.released.clear()
        shown.test.start("s3://fleet", S3Options(endpoint_url=heard.url))
        shown.qtbot.waitUntil(lambda: bool(heard.requests), timeout=20_000)
        shown.test.stop()
        assert not shown.test.running
        assert shown.test.summary == "The test was stopped"
        assert [step.state for step in shown.test.steps.steps][3:] == [StepState.SKIPPED] * 3
        shown.qtbot.waitUntil(lambda: not shown.runner.jobs, timeout=20_000)
        assert not shown.ended
