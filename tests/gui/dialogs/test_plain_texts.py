"""Names out of files, of profiles and of keys are shown as they are, whatever they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton

from core.connections import Connection, S3Options
from gui.dialogs.access_keys import AccessKeysDialog
from gui.dialogs.analyst_policy import AnalystPolicyDialog
from gui.dialogs.connections import file_name
from gui.dialogs.foreign_server import server_warning
from gui.dialogs.setup.waiting_page import WaitingPage
from gui.dialogs.sign_in import SignInDialog
from gui.job_runner import JobRunner
from gui.views.source_list import SourcesModel
from tests.keyrings import NO_KEYRING, system_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NAME = "Fleet<img src='x.png'>"


@pytest.fixture
def jobs() -> Iterator[JobRunner]:
    runner = JobRunner()
    with system_keyring(NO_KEYRING):
        yield runner
        runner.shutdown()


def label_of(widget: QWidget) -> QLabel:
    """The label that shows the name."""
    return next(label for label in widget.findChildren(QLabel) if NAME in label.text())


def test_no_name_is_taken_for_html(qtbot: QtBot, jobs: JobRunner) -> None:
    waiting = WaitingPage(jobs)
    waiting.test_file = NAME
    waiting._ask_to_delete()
    qtbot.addWidget(waiting)
    for widget in (
        AccessKeysDialog(NAME, jobs, waiting),
        SignInDialog(NAME, waiting),
        *waiting.findChildren(QMessageBox),
    ):
        assert label_of(widget).textFormat() is Qt.TextFormat.PlainText


def test_no_tool_tip_is_taken_for_html(qtbot: QtBot) -> None:
    model = SourcesModel()
    model.set_sources([Connection("s3://fleet", S3Options(), NAME)])
    policy = AnalystPolicyDialog("s3://fleet", [NAME])
    qtbot.addWidget(policy)
    tips = [model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)]
    tips += [button.toolTip() for button in policy.findChildren(QPushButton) if NAME in button.text()]
    assert len(tips) == 2
    for tip in tips:
        assert "&lt;img" in tip
        assert "<img" not in tip


@pytest.mark.parametrize(
    ("server", "open_way"),
    [("https://theirs.example", False), ("http://theirs.example", True), ("http://127.0.0.1:9000", False)],
)
def test_a_server_that_is_asked_without_encryption_is_warned_of(server: str, open_way: bool) -> None:
    told = server_warning(Connection("s3://fleet", S3Options("analyst", endpoint_url=server), "Theirs"))
    assert ("not encrypted" in told) is open_way
    assert "the profile analyst" in told


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("s3://fleet/a", "s3-fleet-a"),
        ("Work – Süd", "Work – Süd"),
        ('a<b>"c"|d?*\\e\n', "a-b-c-d-e"),
        ("..", "connection"),
    ],
)
def test_a_name_is_offered_as_a_file_that_every_system_takes(name: str, file: str) -> None:
    assert file_name(name) == file
