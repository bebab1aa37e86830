"""No secret is found in anything that Odograph leaves behind: looked for in every file, message and report."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from core import logs, paths
from core.fleet.series import SeriesKey
from gui.dialogs.connect import ConnectDialog
from gui.dialogs.connections import SUFFIX, ConnectionsDialog
from gui.dialogs.setup.assistant import SetupAssistant
from tests.keyrings import WorkingKeyring, system_keyring
from tests.servers import MiniStack, allow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet

BUCKET = "secret-fleet"
LEFT = Qt.MouseButton.LeftButton


@pytest.mark.expects_log("botocore")
@pytest.mark.expects_log("odograph")
@pytest.mark.expects_log("keyring")
def test_nothing_of_an_access_key_stays_behind(
    desk: Desk, server: MiniStack, fleet: Fleet, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = server.add_user("secret-owner", allow("s3:*"))
    server.create_bucket(BUCKET)
    day = sorted(fleet.folder.rglob("*.json"))[:3]
    server.put(BUCKET, {path.relative_to(fleet.folder).as_posix(): path.read_bytes() for path in day}, keys)
    said = io.StringIO()
    stream = logging.StreamHandler(said)
    monkeypatch.setattr("sys.stderr", said)
    end_logging = logs.set_up(verbose=True)
    botocore = logging.getLogger("botocore")
    level = botocore.level
    botocore.setLevel(logging.DEBUG)
    reports: list[str] = []
    desk.messages.changed.connect(lambda: reports.extend(notice.report for notice in desk.messages.notices))
    try:
        with system_keyring(WorkingKeyring()):
            # A connection, at first with a wrong secret, tested, saved, opened.
            desk.trigger("open_bucket")
            editor = desk.dialog(ConnectDialog)
            editor.address.setText(f"s3://{BUCKET}")
            editor.endpoint.setText(server.url)
            editor.name.setText("Secret")
            editor.credentials.choose_keys()
            desk.wait(editor.credentials.keys.keep.isEnabled)
            editor.credentials.keys.key_id.setText(keys.access)
            editor.credentials.keys.secret.setText(f"{keys.secret}WRONG")
            QTest.mouseClick(editor.test_button, LEFT)
            desk.wait(lambda: editor.tester.report is not None)
            reports.append(editor.tester.steps.report())
            editor.credentials.keys.secret.setText(keys.secret)
            QTest.mouseClick(editor.test_button, LEFT)
            desk.wait(lambda: editor.tester.report is not None)
            reports.append(editor.tester.steps.report())
            QTest.mouseClick(editor.connect_button, LEFT)
            desk.wait(lambda: desk.session.source is not None)
            desk.wait_until_settled()
            desk.session.load_range(None, None)
            desk.wait_until_settled()
            vin = fleet.truth.vins[0]
            desk.session.add_series([SeriesKey(vin, "diagnostics", "odometer")])
            desk.wait_until_settled()
            desk.window.workspaces.save()
            # A check and a plan with the same keys, a server that breaks off, and a fault of the program.
            desk.trigger("check_bucket")
            desk.wait(lambda: desk.panels.check.report is not None)
            QTest.mouseClick(desk.panels.check.copy, LEFT)
            reports.append(QGuiApplication.clipboard().text())
            desk.window.buckets.set_up(desk.settings.connections[0])
            assistant = desk.dialog(SetupAssistant)
            QTest.mouseClick(assistant.next, LEFT)
            desk.wait(lambda: not assistant.busy)
            assert assistant.plan.plan is not None
            desk.jobs.submit("Failing", lambda _ctx: _fail(keys.secret, keys.access)).failed.connect(
                desk.messages.show_error
            )
            desk.wait(lambda: any("A fault in Odograph" in report for report in reports))
            # The export of connections.
            desk.trigger("connections")
            listed = desk.dialog(ConnectionsDialog)
            listed.list.selectAll()
            listed.export(home / f"exported{SUFFIX}")
            listed.reject()
            desk.wait(lambda: not desk.jobs.jobs)
    finally:
        botocore.setLevel(level)
        end_logging()
        stream.close()
    secrets = (keys.secret, keys.access)
    everything = {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert any(path.endswith(SUFFIX) for path in everything)
    assert logs.log_file().stat().st_size > 10_000, "botocore was to say everything at the debug level"
    assert str(paths.settings_folder() / "settings.json") in everything
    for path, content in everything.items():
        for secret in secrets:
            assert secret.encode() not in content, f"found in {path}"
    for secret in secrets:
        assert secret not in said.getvalue()
        assert not [report for report in reports if secret in report]


def _fail(secret: str, access: str) -> None:
    raise RuntimeError(f"aws_secret_access_key={secret} of {access}")
