from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.connections import Addressing, S3Options
from core.steps import StepState
from core.storage.setup.faults import Permission
from core.storage.setup.plan import PlanStep, SetupPlan, SetupRequest, StepKind
from core.storage.setup.plan import StepState as Needed
from gui.dialogs.setup.run_page import RunPage
from gui.job_runner import JobRunner
from tests.servers import REGION, Keys, answering, send_answer

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_what_is_under_way_when_it_is_stopped_may_be_done(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    Keys("administrator", "who may do everything").use(monkeypatch)

    def answer(request: BaseHTTPRequestHandler) -> None:
        there.released.wait()
        send_answer(request, 200)

    with answering(answer) as there:
        there.released.clear()
        step = PlanStep(
            StepKind.CREATE,
            "Create the bucket",
            "CreateBucket",
            {"Bucket": "fleet"},
            Needed.NEEDED,
            "",
            Permission("s3:CreateBucket", "arn:aws:s3:::fleet"),
        )
        runner = JobRunner()
        page = RunPage(runner)
        qtbot.addWidget(page)
        plan = SetupPlan(SetupRequest("fleet"), REGION, (step,))
        page.start(plan, S3Options(region=REGION, endpoint_url=there.url, addressing=Addressing.PATH))
        qtbot.waitUntil(lambda: bool(there.requests), timeout=20_000)
        qtbot.waitUntil(lambda: page.steps.steps[0].state is StepState.RUNNING)
        page.stop()
        qtbot.waitUntil(lambda: not page.running, timeout=20_000)
        assert "may have been done" in page.banner.more
        assert "Nothing was changed" not in page.banner.more
        there.released.set()
        runner.shutdown()
