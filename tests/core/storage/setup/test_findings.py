"""What a report of a bucket comes to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from core.storage.setup.check_settings import of_policy
from core.storage.setup.findings import BucketReport, Finding, FindingLevel, Topic, report_json, report_text
from core.storage.setup.policies import VERSION, Delivery, delivery_statements

LIVE = Delivery.LIVE.principal
NOW = datetime(2026, 11, 23, tzinfo=UTC)
GUARD = {
    "Sid": "Guard",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "arn:aws:s3:::fleet/*",
    "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
}


def report(*more: dict[str, Any], asked: bool = True, fresh: bool = False) -> BucketReport:
    """The report of a bucket whose policy allows delivery of live data, with more statements."""
    text = json.dumps({"Version": VERSION, "Statement": [*delivery_statements("fleet", LIVE), *more]})
    policy, readings, findings = of_policy(text, "fleet", [LIVE] if asked else [], restricted=False)
    if fresh:
        findings.append(Finding(Topic.LAST_BATCH, FindingLevel.OK, "2 min ago"))
    return BucketReport("s3://fleet", NOW, "eu-west-1", tuple(findings), readings, policy, (), (), asked)


def test_what_only_a_request_shows_leaves_it_open_and_is_said() -> None:
    found = report(GUARD)
    assert found.can_deliver is None
    shown = report_text(found)
    assert "s3:PutObject: Guard denies it unless aws:principalorgid is o-1" in shown
    assert "cannot be told" in shown
    (reading,) = report_json(found)["policy"]
    assert reading["grants"][0]["depends"] == ["Guard denies it unless aws:principalorgid is o-1"]
    assert report().can_deliver is True


def test_a_batch_that_has_just_come_does_not_tell_whose_delivery_works() -> None:
    assert report(GUARD, fresh=True, asked=False).can_deliver is True
    assert report(GUARD, fresh=True).can_deliver is None
    source = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    assert report({**GUARD, "Condition": source}, fresh=True).can_deliver is False
