"""Connecting to a bucket, against a real S3 server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from core.connections import Connection, S3Options
from gui.dialogs.connect import ConnectDialog
from gui.job_runner import JobRunner
from tests.servers import REGION, Keys, MiniStack, allow, answering, free_port, send_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUCKET = "dialog-fleet"
CLOSED = "dialog-closed"
APP = "9FBBEDED80595912588FF4FF"
BATCH = f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="session")
def reader(server: MiniStack) -> Keys:
    """Who may list and read one of two buckets."""
    for bucket in (BUCKET, CLOSED):
        server.create_bucket(bucket)
    writer = server.add_user("dialog-writer", allow("s3:*"))
    server.put(BUCKET, {f"production/{BATCH}": b"[]", "other/notes.txt": b"x", "other/sub/a.txt": b"x"}, writer)
    return server.add_user("dialog-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))


class Opened:
    """An open dialog, its runner, and what it has asked for."""

    def __init__(self, qtbot: QtBot, source: Connection | None = None) -> None:
        self.qtbot = qtbot
        self.runner = JobRunner()
        self.dialog = ConnectDialog(self.runner, source=source)
        qtbot.addWidget(self.dialog)
        self.chosen: list[tuple[str, S3Options]] = []
        self.dialog.chosen.connect(lambda address, options: self.chosen.append((address, options)))
        self.dialog.open()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)
        qtbot.waitUntil(lambda: not self.runner.jobs)

    def type(self, text: str) -> None:
        """Replace the address, as somebody who types it and goes on."""
        self.dialog.address.setFocus()
        self.dialog.address.selectAll()
        QTest.keyClicks(self.dialog.address, text)

    def test(self, address: str, endpoint: str = "") -> str:
        """Press Test and wait for the answer."""
        self.type(address)
        if endpoint:
            self.dialog.endpoint.setText(endpoint)
        QTest.mouseClick(self.dialog.test_button, Qt.MouseButton.LeftButton)
        self.qtbot.waitUntil(lambda: self.dialog.test_button.text() == "&Test", timeout=20_000)
        return self.dialog.result_text


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    opened = Opened(qtbot)
    yield opened
    opened.dialog.close()
    assert opened.runner.shutdown()


def test_nothing_can_be_done_without_a_bucket(opened: Opened) -> None:
    dialog = opened.dialog
    assert not dialog.connect_button.isEnabled()
    assert not dialog.test_button.isEnabled()
    opened.type("fleet")
    assert dialog.connect_button.isEnabled()
    assert dialog.test_button.isEnabled()


def test_enter_connects(opened: Opened) -> None:
    opened.type(" fleet/production/ ")
    QTest.keyClick(opened.dialog.address, Qt.Key.Key_Return)
    assert opened.chosen == [("s3://fleet/production", S3Options())]
    assert not opened.dialog.isVisible()


def test_escape_connects_nothing(opened: Opened) -> None:
    opened.type("fleet")
    QTest.keyClick(opened.dialog.address, Qt.Key.Key_Escape)
    assert opened.chosen == []
    assert not opened.dialog.isVisible()


def test_a_pasted_address_fills_region_and_server(opened: Opened) -> None:
    dialog = opened.dialog
    assert not dialog.region.isVisible()
    opened.type("https://fleet.s3.eu-central-1.amazonaws.com/production/")
    QTest.keyClick(dialog.address, Qt.Key.Key_Tab)
    assert dialog.address.text() == "s3://fleet/production"
    assert dialog.region.text() == "eu-central-1"
    assert dialog.region.isVisible()
    opened.type("http://127.0.0.1:4566/test")
    QTest.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    assert opened.chosen == [("s3://test", S3Options("", "eu-central-1", "http://127.0.0.1:4566"))]


def test_profiles_of_the_aws_configuration(qtbot: QtBot, home: Path) -> None:
    (home / "aws-config").write_text("[default]\n[profile fleet]\n")
    opened = Opened(qtbot, Connection("s3://fleet", S3Options("typed", "", "https://minio.example.com")))
    dialog = opened.dialog
    assert [dialog.profile.itemText(row) for row in range(dialog.profile.count())] == ["default", "fleet"]
    assert dialog.options() == S3Options("typed", "", "https://minio.example.com")
    assert dialog.endpoint.isVisible()
    dialog.profile.setCurrentText("fleet")
    assert dialog.options().profile == "fleet"
    dialog.close()


def test_a_broken_aws_configuration_is_told(qtbot: QtBot, home: Path) -> None:
    (home / "aws-config").write_text("nonsense")
    opened = Opened(qtbot)
    assert "AWS configuration cannot be read" in opened.dialog.result_text
    opened.dialog.close()


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("address", "/home/ana/fleet", "path of a folder"),
        ("address", "s3://fl", "no bucket's name"),
        ("region", "not a region!", "no region's name"),
        ("endpoint", "minio", "no server's address"),
    ],
)
def test_what_makes_no_sense_is_marked_and_told(opened: Opened, field: str, text: str, told: str) -> None:
    dialog = opened.dialog
    opened.type("fleet")
    widget = getattr(dialog, field)
    widget.setText(text)
    QTest.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert opened.chosen == []
    assert told in dialog.result_text
    marked = [name for name in ("address", "region", "endpoint") if getattr(dialog, name).property("invalid")]
    assert marked == [field]
    assert widget.isVisible()
    widget.setText("")
    assert dialog.result_text == ""
    assert not widget.property("invalid")


def test_a_test_that_works(opened: Opened, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.use(monkeypatch)
    assert opened.test(f"{BUCKET}/production", server.url) == "It works: 1 app found."
    assert "1 folder and 1 object;" in opened.test(f"{BUCKET}/other")
    assert "nothing below" in opened.test(f"{BUCKET}/nothing")
    assert opened.dialog.isVisible()
    assert opened.chosen == []


def test_a_test_that_fails_says_why_and_can_be_copied(
    opened: Opened, server: MiniStack, reader: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.use(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    text = opened.test(CLOSED, server.url)
    assert f"s3://{CLOSED}" in text
    assert "s3:ListBucket" in text
    (copy,) = [
        button for button in opened.dialog.findChildren(QToolButton) if button.accessibleName() == "Copy details"
    ]
    assert copy.isVisible()
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("AccessDenied: ")


def test_no_server_and_no_credentials(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No credentials" in opened.test("fleet", f"http://127.0.0.1:{free_port()}")
    Keys("a", "b").use(monkeypatch)
    assert "127.0.0.1" in opened.test("fleet")


def test_a_test_is_stopped_by_the_button_an_edit_and_closing(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    Keys("a", "b").use(monkeypatch)
    dialog = opened.dialog

    def hang(handler: BaseHTTPRequestHandler) -> None:
        slow.released.wait(20)
        send_answer(handler, 404)

    with answering(hang) as slow:
        slow.released.clear()
        opened.type("fleet")
        dialog.endpoint.setText(slow.url)
        for stop in (dialog.test, lambda: opened.type("other"), dialog.reject):
            QTest.mouseClick(dialog.test_button, Qt.MouseButton.LeftButton)
            assert dialog.test_button.text() == "S&top"
            assert dialog.result_text == "Asking the server…"
            (job,) = opened.runner.jobs
            stop()
            assert not job.active
            assert dialog.test_button.text() == "&Test"
            opened.qtbot.waitUntil(lambda: not opened.runner.jobs)
            assert dialog.result_text == "" or not dialog.isVisible()
        slow.released.set()
