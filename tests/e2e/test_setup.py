"""Setting a bucket up, checking it and waiting for delivery in the window, on a server that enforces permissions."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QToolButton

from core.steps import StepState
from core.storage.setup.plan import StepKind
from core.storage.setup.policies import Delivery
from gui.dialogs.analyst_policy import AnalystPolicyDialog
from gui.dialogs.connect import ConnectDialog
from gui.dialogs.setup.assistant import Page, SetupAssistant
from tests.servers import REGION, Keys, MiniStack, allow, deny

if TYPE_CHECKING:
    from tests.e2e.conftest import Desk

APP = "9FBBEDED80595912588FF4FF"
TEST_FILE = "high-mobility-test.txt"
FIRST = f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
NEXT = f"{APP}/level13/2022/11/18/14-16-23-699000000-c0d010d6.json"
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def administrator(server: MiniStack) -> Keys:
    """The keys of somebody who may do everything."""
    return server.add_user("set-up-administrator", allow("s3:*"))


def opened(desk: Desk, server: MiniStack) -> SetupAssistant:
    """The assistant, opened from the welcome page, for the server of the tests."""
    buttons = desk.panels.welcome.findChildren(QToolButton)
    QTest.mouseClick(next(each for each in buttons if "Set one up" in each.text()), LEFT)
    assistant: SetupAssistant = desk.dialog(SetupAssistant)
    assistant.choice.endpoint.setText(server.url)
    assistant.waiting.every = 0.05
    return assistant


def planned(desk: Desk, assistant: SetupAssistant, name: str) -> None:
    """Type a name and go on to the plan."""
    assistant.choice.name.clear()
    QTest.keyClicks(assistant.choice.name, name)
    QTest.keyClick(assistant.choice.name, Qt.Key.Key_Return)
    assert assistant.page is Page.PLAN
    desk.wait(lambda: not assistant.busy)


def has_arrived(assistant: SetupAssistant, id: str) -> bool:
    """Whether something that is waited for has come."""
    return any(step.id == id and step.state is StepState.OK for step in assistant.waiting.steps.steps)


def test_from_nothing_to_batches(
    desk: Desk, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator.use(monkeypatch)
    assistant = opened(desk, server)
    assert not assistant.isModal()
    QTest.keyClicks(assistant.choice.name, "Assisted Fleet")
    assert not assistant.next.isEnabled()
    assert assistant.next.toolTip()
    planned(desk, assistant, "assisted-fleet")
    assert "Nothing has been done so far" in assistant.plan.banner.more
    assert assistant.next.text().replace("&", "") == "Create the bucket and allow delivery"
    policy = next(card for card in assistant.plan.cards if card.step.kind is StepKind.POLICY)
    assert Delivery.SANDBOX.principal in policy.texts[-1].toPlainText()
    buckets = [bucket["Name"] for bucket in server.root().list_buckets()["Buckets"]]
    assert "assisted-fleet" not in buckets

    QTest.mouseClick(assistant.next, LEFT)
    desk.wait(lambda: assistant.run.done)
    assert [step.state for step in assistant.run.steps.steps] == [StepState.OK] * 4
    root = server.root()
    assert root.get_bucket_location(Bucket="assisted-fleet")["LocationConstraint"] == REGION
    block = root.get_public_access_block(Bucket="assisted-fleet")["PublicAccessBlockConfiguration"]
    assert all(block.values())
    kept = json.loads(root.get_bucket_policy(Bucket="assisted-fleet")["Policy"])
    assert {each["Principal"]["AWS"] for each in kept["Statement"]} == {Delivery.SANDBOX.principal}

    QTest.mouseClick(assistant.next, LEFT)
    QTest.mouseClick(assistant.console.copy_name, LEFT)
    assert QGuiApplication.clipboard().text() == "assisted-fleet"
    QTest.mouseClick(assistant.next, LEFT)
    assert assistant.page is Page.WAITING
    for key, id in ((TEST_FILE, "test-file"), (FIRST, "first-batch"), (NEXT, "next-batch")):
        # What arrives while the assistant is out of sight is told in the window.
        assistant.setVisible(id != "next-batch")
        server.put("assisted-fleet", {key: b"[]"}, administrator)
        desk.wait(partial(has_arrived, assistant, id))
    (news,) = desk.messages.notices
    assert news.callback is not None
    news.callback()
    assert assistant.isVisible()
    desk.wait(lambda: not assistant.waiting.running)
    assert assistant.waiting.banner.words == "Delivery works"

    QTest.mouseClick(assistant.waiting.delete, LEFT)
    box = next(one for one in assistant.waiting.findChildren(QMessageBox))
    assert TEST_FILE in box.informativeText()
    QTest.mouseClick(next(one for one in box.buttons() if "Delete" in one.text()), LEFT)
    desk.wait(lambda: assistant.waiting.banner.words.startswith("The test file is deleted"))
    kept_keys = [item["Key"] for item in root.list_objects_v2(Bucket="assisted-fleet")["Contents"]]
    assert sorted(kept_keys) == [FIRST, NEXT]

    QTest.mouseClick(assistant.open_button, LEFT)
    assert not assistant.isVisible()
    desk.wait(lambda: desk.session.source is not None)
    desk.wait_until_settled()
    desk.trigger("check_bucket")
    desk.wait(lambda: desk.panels.check.report is not None)
    assert desk.panels.check.verdict == "Delivery can work."
    QTest.keyClick(desk.panels.check.again, Qt.Key.Key_Escape)
    assert desk.panels.pages.currentWidget() is desk.panels.timeline
    desk.trigger("analyst_policy")
    dialog = desk.dialog(AnalystPolicyDialog)
    assert dialog.address.text() == "s3://assisted-fleet"
    dialog.reject()


def test_what_failed_is_told_and_done_again_with_what_is_left(
    desk: Desk, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_user("set-up-no-policy", allow("s3:*"), deny("s3:PutBucketPolicy")).use(monkeypatch)
    assistant = opened(desk, server)
    planned(desk, assistant, "half-a-fleet")
    QTest.mouseClick(assistant.next, LEFT)
    desk.wait(lambda: not assistant.busy)
    states = [step.state for step in assistant.run.steps.steps]
    assert states == [StepState.OK] * 3 + [StepState.FAILED]
    assert "3 of 4 steps were done" in assistant.run.banner.more
    assert "s3:PutBucketPolicy" in assistant.run.banner.more
    assert not assistant.next.isEnabled()
    assert assistant.back.hasFocus()
    QTest.mouseClick(assistant.copy_policy, LEFT)
    assert Delivery.SANDBOX.principal in QGuiApplication.clipboard().text()
    administrator.use(monkeypatch)
    QTest.mouseClick(assistant.back, LEFT)
    desk.wait(lambda: not assistant.busy)
    assert assistant.plan.plan is not None
    assert [step.kind for step in assistant.plan.plan.to_do] == [StepKind.POLICY]
    QTest.mouseClick(assistant.next, LEFT)
    # Whoever closes it meanwhile is told what became of it; what was typed stays.
    QTest.keyClick(assistant, Qt.Key.Key_Escape)
    desk.wait(lambda: desk.messages.notices)
    assert desk.messages.notices[0].action == "Show the assistant"
    assert "half-a-fleet" in desk.messages.notices[0].title
    assert not assistant.isVisible()
    desk.trigger("set_up_bucket")
    assert desk.dialog(SetupAssistant).choice.bucket == "half-a-fleet"


def test_a_check_without_an_open_bucket_asks_for_one_and_leads_to_the_plan(
    desk: Desk, server: MiniStack, administrator: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator.use(monkeypatch)
    server.create_bucket("bare-assisted")
    existing = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Mine",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::bare-assisted/*",
            },
        ],
    }
    server.root().put_bucket_policy(Bucket="bare-assisted", Policy=json.dumps(existing))
    desk.trigger("check_bucket")
    dialog = desk.dialog(ConnectDialog)
    assert dialog.connect_button.text() == "&Check"
    dialog.address.setText("s3://bare-assisted")
    dialog.endpoint.setText(server.url)
    QTest.mouseClick(dialog.connect_button, LEFT)
    page = desk.panels.check
    desk.wait(lambda: page.report is not None)
    assert desk.panels.pages.currentWidget() is page
    assert page.verdict == "Delivery cannot work."
    QTest.mouseClick(page.set_up, LEFT)
    assistant = desk.dialog(SetupAssistant)
    assert assistant.choice.existing.isChecked()
    QTest.mouseClick(assistant.choice.live, LEFT)
    QTest.mouseClick(assistant.next, LEFT)
    desk.wait(lambda: not assistant.busy)
    policy = next(card for card in assistant.plan.cards if card.step.kind is StepKind.POLICY)
    added = [line for line in policy.texts[0].toPlainText().splitlines() if line.startswith("+")]
    assert any(Delivery.LIVE.principal in line for line in added)
    QTest.mouseClick(assistant.next, LEFT)
    desk.wait(lambda: assistant.run.done)
    kept = json.loads(server.root().get_bucket_policy(Bucket="bare-assisted")["Policy"])
    assert existing["Statement"][0] in kept["Statement"]
    QTest.mouseClick(assistant.check_button, LEFT)
    desk.wait(lambda: page.report is not None and page.report.can_deliver)
    QTest.keyClick(page.again, Qt.Key.Key_Escape)
    assert desk.panels.pages.currentWidget() is desk.panels.welcome
