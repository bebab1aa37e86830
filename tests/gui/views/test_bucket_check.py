"""The check of a bucket as a person sees it, against a real S3 server that enforces permissions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from core.connections import Connection, S3Options
from core.storage.setup.findings import FindingLevel, Topic
from core.storage.setup.policies import Delivery, delivery_policy
from gui.job_runner import JobRunner
from gui.views.bucket_check import BucketCheckPage
from tests.servers import REGION, Keys, MiniStack, allow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

BUCKET = "checked-fleet"
BATCH = "9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"


@pytest.fixture(scope="module")
def administrator(server: MiniStack) -> Keys:
    """A bucket that the platform may deliver into, with one old batch, and its owner's keys."""
    server.create_bucket(BUCKET)
    policy = json.dumps(delivery_policy(BUCKET, Delivery.LIVE.principal))
    server.root().put_bucket_policy(Bucket=BUCKET, Policy=policy)
    keys = server.add_user("check-page-administrator", allow("s3:*"))
    server.put(BUCKET, {BATCH: b"[]"}, keys)
    return keys


@pytest.fixture(scope="module")
def analyst(server: MiniStack) -> Keys:
    """The keys of somebody who may list and read this bucket and nothing else."""
    return server.add_user(
        "check-page-analyst", allow("s3:ListBucket", on=BUCKET), allow("s3:GetObject", on=f"{BUCKET}/*")
    )


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[BucketCheckPage]:
    runner = JobRunner()
    page = BucketCheckPage(runner)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    yield page
    page.stop()
    runner.shutdown()


def _check(page: BucketCheckPage, qtbot: QtBot, server: MiniStack, bucket: str = BUCKET) -> None:
    page.start(Connection(f"s3://{bucket}", S3Options(region=REGION, endpoint_url=server.url)))
    assert page.running
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)


def test_an_administrator_sees_everything(
    page: BucketCheckPage,
    qtbot: QtBot,
    server: MiniStack,
    administrator: Keys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    administrator.use(monkeypatch)
    _check(page, qtbot, server)
    assert page.verdict == "Delivery can work."
    good = {step.title: step.result for step in page.groups[FindingLevel.OK].steps}
    assert {"Bucket", "Region", "Policy"} <= good.keys()
    assert not page.groups[FindingLevel.UNKNOWN].isVisible()
    assert not page.set_up.isVisible()
    last = [step for level in FindingLevel for step in page.groups[level].steps if step.title == "Last batch"]
    assert len(last) == 1
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().endswith("Delivery can work.")
    page.save_report(str(tmp_path / "report.json"))
    assert json.loads((tmp_path / "report.json").read_text())["can_deliver"] is True
    failed: list[object] = []
    page.failed.connect(failed.append)
    page.save_report(str(tmp_path / "report.json" / "below.json"))
    assert len(failed) == 1
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    page.again.setFocus()
    QTest.keyClick(page.again, Qt.Key.Key_Escape)
    assert closed == [True]


def test_the_server_in_an_address_is_the_one_that_is_looked_at(
    page: BucketCheckPage, qtbot: QtBot, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator.use(monkeypatch)
    page.start(Connection(f"{server.url}/{BUCKET}", S3Options(region=REGION)))
    qtbot.waitUntil(lambda: not page.running, timeout=20_000)
    assert page.verdict == "Delivery can work."


def test_an_analyst_learns_what_to_ask_for(
    page: BucketCheckPage,
    qtbot: QtBot,
    server: MiniStack,
    administrator: Keys,
    analyst: Keys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    analyst.use(monkeypatch)
    _check(page, qtbot, server)
    assert page.verdict.startswith("Whether delivery can work cannot be told")
    unknown = {step.title for step in page.groups[FindingLevel.UNKNOWN].steps}
    assert {"Policy", "Encryption", "Lifecycle"} <= unknown
    qtbot.mouseClick(page.copy_request, Qt.MouseButton.LeftButton)
    asked = QGuiApplication.clipboard().text()
    policy = json.loads(asked[asked.index("{") :])
    granted = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {"s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"} <= granted
    assert all(statement["Resource"] == f"arn:aws:s3:::{BUCKET}" for statement in policy["Statement"])


def test_what_hinders_delivery_stands_first_and_offers_to_set_up(
    page: BucketCheckPage, qtbot: QtBot, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator.use(monkeypatch)
    server.create_bucket("bare-fleet")
    _check(page, qtbot, server, "bare-fleet")
    assert page.verdict == "Delivery cannot work."
    assert Topic.POLICY.value in {step.id for step in page.groups[FindingLevel.PROBLEM].steps}
    wanted: list[Connection] = []
    page.setup_wanted.connect(wanted.append)
    qtbot.mouseClick(page.set_up, Qt.MouseButton.LeftButton)
    assert [each.address for each in wanted] == ["s3://bare-fleet"]


def test_a_wrong_secret_and_a_bucket_that_is_not_there_are_said(
    page: BucketCheckPage, qtbot: QtBot, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    Keys(administrator.access, "wrong").use(monkeypatch)
    _check(page, qtbot, server)
    assert page.report is None
    assert "secret" in page.verdict.lower()
    assert not page.copy.isEnabled()
    administrator.use(monkeypatch)
    _check(page, qtbot, server, "no-such-fleet-at-all")
    assert page.verdict == "Delivery cannot work."
    assert [step.title for step in page.groups[FindingLevel.PROBLEM].steps] == ["Bucket"]


def test_a_check_that_is_stopped_says_so_and_begins_anew(
    page: BucketCheckPage, qtbot: QtBot, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator.use(monkeypatch)
    page.start(Connection(f"s3://{BUCKET}", S3Options(region=REGION, endpoint_url=server.url)))
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert not page.running
    assert page.verdict == "The check was stopped"
    qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.report is not None, timeout=20_000)
    assert page.verdict == "Delivery can work."
