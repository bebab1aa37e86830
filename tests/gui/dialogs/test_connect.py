"""Connecting to a bucket, against a real S3 server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.connections import Addressing, Connection, S3Options
from core.storage import access_keys
from core.storage.access_keys import AccessKeys
from gui.dialogs.connect import ConnectDialog, Entered
from gui.job_runner import JobRunner
from tests.keyrings import NO_KEYRING, WorkingKeyring, system_keyring
from tests.servers import Keys, MiniStack, allow, answering, send_answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUCKET = "dialog-fleet"
APP = "9FBBEDED80595912588FF4FF"
BATCH = f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="session")
def reader(server: MiniStack) -> Keys:
    """Who may list and read a bucket."""
    server.create_bucket(BUCKET)
    writer = server.add_user("dialog-writer", allow("s3:*"))
    server.put(BUCKET, {f"production/{BATCH}": b"[]", "other/notes.txt": b"x", "other/sub/a.txt": b"x"}, writer)
    return server.add_user("dialog-reader", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*"))


class Opened:
    """An open dialog, its runner, and what it has asked for."""

    def __init__(self, qtbot: QtBot, source: Connection | None = None, **known: Any) -> None:
        self.qtbot = qtbot
        self.runner = JobRunner()
        self.dialog = ConnectDialog(self.runner, source=source, **known)
        qtbot.addWidget(self.dialog)
        self.chosen: list[tuple[str, S3Options]] = []
        self.saved: list[Entered] = []
        self.dialog.chosen.connect(lambda it: self.chosen.append((it.connection.address, it.connection.options)))
        self.dialog.saved.connect(self.saved.append)
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
        return self.dialog.tester.summary


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


def test_profiles_of_the_aws_configuration_are_listed_with_their_kinds(qtbot: QtBot, home: Path) -> None:
    (home / "aws-config").write_text("[default]\n[profile fleet]\nsso_session = work\n")
    opened = Opened(qtbot, Connection("s3://fleet", S3Options("typed", "", "https://minio.example.com")))
    dialog = opened.dialog
    source = dialog.credentials.source
    assert [source.itemText(row) for row in range(source.count())] == [
        "As the AWS command line would choose",
        "default · no credentials of its own",
        "fleet · single sign-on",
        "typed · not in the AWS configuration",
        "Access keys, entered here…",
    ]
    assert dialog.options() == S3Options("typed", "", "https://minio.example.com")
    assert dialog.endpoint.isVisible()
    dialog.credentials.choose_profile("fleet")
    assert dialog.options().profile == "fleet"
    dialog.close()


def test_access_keys_are_handed_over_and_never_shown(opened: Opened) -> None:
    dialog = opened.dialog
    with system_keyring(WorkingKeyring()):
        opened.type("fleet")
        dialog.credentials.choose_keys()
        fields = dialog.credentials.keys
        opened.qtbot.waitUntil(fields.keep.isEnabled)
        assert fields.keep.isChecked()
        QTest.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
        assert "not complete" in dialog.trouble.text
        assert fields.key_id.property("invalid")
        QTest.keyClicks(fields.key_id, "AKIAFLEET")
        QTest.keyClicks(fields.secret, "the secret of the fleet")
        assert "secret" not in fields.secret.displayText()
        QTest.keyClicks(dialog.name, "Fleet")
        entered: list[Entered] = []
        dialog.chosen.connect(entered.append)
        QTest.mouseClick(dialog.connect_button, Qt.MouseButton.LeftButton)
    assert entered == [
        Entered(
            Connection("s3://fleet", S3Options(keys="Fleet"), "Fleet"),
            AccessKeys("AKIAFLEET", "the secret of the fleet"),
            True,
            "",
        )
    ]
    assert fields.secret.text() == ""


def test_without_a_keyring_it_is_said_that_keys_stay_in_memory(opened: Opened) -> None:
    with system_keyring(NO_KEYRING):
        opened.dialog.credentials.choose_keys()
        opened.qtbot.waitUntil(lambda: not opened.runner.jobs)
    fields = opened.dialog.credentials.keys
    assert not fields.keep.isEnabled()
    assert not fields.keep.isChecked()
    assert "no keyring" in fields.note.text()


def test_a_saved_connection_is_edited(qtbot: QtBot) -> None:
    options = S3Options("", "eu-west-1", "", Addressing.PATH, "/etc/own.pem", "Fleet")
    source = Connection("s3://fleet", options, "Fleet")
    with system_keyring(NO_KEYRING):
        opened = Opened(qtbot, source, others=[Connection("s3://a", name="Other")], keys_taken={"Fleet"})
        dialog = opened.dialog
        assert dialog.options() == options
        assert dialog.save_button.isEnabled()
        dialog.name.setText("other")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
        assert "connection of this name" in dialog.trouble.text
        assert dialog.name.property("invalid")
        dialog.name.setText("Fleet EU")
        dialog.addressing.setCurrentIndex(dialog.addressing.findData(Addressing.VIRTUAL))
        # The keys belong to another connection, too: new ones get a name of their own.
        dialog.credentials.keys.key_id.setText("AKIAOTHER")
        dialog.credentials.keys.secret.setText("another secret")
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    (entered,) = opened.saved
    assert opened.chosen == []
    assert entered.before == "Fleet"
    assert entered.connection == Connection(
        "s3://fleet", replace(options, addressing=Addressing.VIRTUAL, keys="Fleet EU"), "Fleet EU"
    )


def test_a_broken_aws_configuration_is_told(qtbot: QtBot, home: Path) -> None:
    (home / "aws-config").write_text("nonsense")
    opened = Opened(qtbot)
    assert "AWS configuration cannot be read" in opened.dialog.trouble.text
    opened.dialog.close()


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("address", "/home/ana/fleet", "path of a folder"),
        ("address", "s3://fl", "no bucket's name"),
        ("address", BATCH, "without its bucket"),
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
    assert told in dialog.trouble.text
    marked = [name for name in ("address", "region", "endpoint") if getattr(dialog, name).property("invalid")]
    assert marked == [field]
    assert widget.isVisible()
    widget.setText("")
    assert dialog.trouble.text == ""
    assert not widget.property("invalid")


def test_a_connection_is_tested_with_the_keys_that_were_typed(opened: Opened, server: MiniStack, reader: Keys) -> None:
    with system_keyring(NO_KEYRING):
        dialog = opened.dialog
        dialog.credentials.choose_keys()
        fields = dialog.credentials.keys
        fields.key_id.setText(reader.access)
        fields.secret.setText(reader.secret)
        assert opened.test(f"{BUCKET}/production", server.url).startswith("It works: 1 app")
        fields.secret.setText("not the secret at all")
        assert dialog.tester.isHidden()
        assert "secret key does not fit" in opened.test(f"{BUCKET}/production")
        assert access_keys.find(dialog.options().keys) is None
    assert opened.chosen == []
    assert dialog.isVisible()


def test_what_would_work_is_taken_over(opened: Opened) -> None:
    dialog = opened.dialog
    opened.type("fleet")
    dialog.tester.suggested.emit(S3Options("x", "eu-west-3", "", Addressing.PATH))
    assert dialog.options() == S3Options("", "eu-west-3", "", Addressing.PATH)
    assert dialog.region.isVisible()


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
            (job,) = opened.runner.jobs
            stop()
            assert not job.active
            assert dialog.test_button.text() == "&Test"
            opened.qtbot.waitUntil(lambda: not opened.runner.jobs)
        slow.released.set()
