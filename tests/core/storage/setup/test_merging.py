from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.storage.setup.merging import PolicyDenies, merge
from core.storage.setup.policies import OBJECT_ACTIONS, Delivery, delivery_policy, delivery_statements
from core.storage.setup.statements import PolicyUnreadable

BUCKET = "fleet"
SANDBOX = Delivery.SANDBOX.principal
OURS = delivery_statements(BUCKET, SANDBOX)

_texts = st.sampled_from(["s3:*", "s3:GetObject", "s3:Put*", "s3:ListBucket"])
_resources = st.sampled_from(["*", f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*", f"arn:aws:s3:::{BUCKET}/x*"])
_principals = st.sampled_from(
    ["*", {"AWS": SANDBOX}, {"AWS": ["111122223333", Delivery.LIVE.principal]}, {"Service": "cloudtrail.amazonaws.com"}]
)
_conditions = st.sampled_from(
    [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringEquals": {"s3:x-amz-acl": ["bucket-owner-full-control", "private"]}},
        {"NumericLessThan": {"s3:TlsVersion": 1.2}},
    ]
)


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Any]:
    """Statements as people have them, among them ours as it is, and less of it."""
    if draw(st.integers(0, 4)) == 0:
        item = dict(draw(st.sampled_from(OURS)))
        return {**item, "Action": draw(st.sampled_from([item["Action"], item["Action"][:1], item["Action"][0]]))}
    item = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "Principal": draw(_principals),
        "Action": draw(_texts | st.lists(_texts, min_size=1, max_size=2)),
        "Resource": draw(_resources | st.lists(_resources, min_size=1, max_size=2)),
    }
    if draw(st.booleans()):
        item["Condition"] = draw(_conditions)
    if draw(st.booleans()):
        item["Sid"] = draw(st.sampled_from(["Other", OURS[0]["Sid"], OURS[1]["Sid"]]))
    return item


@settings(max_examples=40)
@given(st.lists(_statements(), max_size=4), st.sampled_from([None, "2008-10-17", "2012-10-17"]))
def test_merging_keeps_everything_and_twice_is_once(statements: list[dict[str, Any]], version: str | None) -> None:
    policy: dict[str, Any] = {"Id": "ours", "Statement": statements}
    if version:
        policy["Version"] = version
    text = json.dumps(policy)
    try:
        once = merge(text, BUCKET, SANDBOX)
    except PolicyDenies:
        assert any(item["Effect"] == "Deny" for item in statements)
        return
    twice = merge(once.compact, BUCKET, SANDBOX)
    assert not twice.changed
    assert twice.policy == once.policy
    assert twice.diff == ""
    assert once.changed == (once.diff != "")
    assert {name: once.policy.get(name) for name in ("Id", "Version")} == {
        name: policy.get(name) for name in ("Id", "Version")
    }
    after = once.policy["Statement"]
    for place, item in enumerate(statements):
        less_of_ours = any(
            item.get("Sid") == ours["Sid"] and {**item, "Action": ours["Action"]} == ours for ours in OURS
        )
        assert after[place] == item or less_of_ours
    assert all(
        item in merge("", BUCKET, SANDBOX).policy["Statement"] or item["Sid"][-1].isdigit()
        for item in after[len(statements) :]
    )
    assert all(grant.by_name for grant in twice.reading.grants)


def test_the_first_policy_is_the_delivery_policy() -> None:
    merged = merge("", BUCKET, SANDBOX)
    assert merged.policy == delivery_policy(BUCKET, SANDBOX) == json.loads(merged.compact)
    assert (merged.before, merged.changed) == ("", True)


def test_both_deliveries_live_side_by_side_and_the_difference_is_shown() -> None:
    both = merge(merge("", BUCKET, SANDBOX).compact, BUCKET, Delivery.LIVE.principal)
    assert len(both.policy["Statement"]) == 4
    changed = [
        line for line in both.diff.splitlines() if line.startswith(("+", "-")) and line[:3] not in ("+++", "---")
    ]
    assert f'+        "AWS": "{Delivery.LIVE.principal}"' in both.diff
    assert not any(SANDBOX in line for line in changed)


def test_a_statement_of_ours_that_allows_less_is_completed_in_its_place() -> None:
    less = {**OURS[0], "Action": list(OBJECT_ACTIONS[:2])}
    other = {"Sid": "Other", "Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}
    merged = merge(json.dumps({"Version": "2012-10-17", "Statement": [less, other, OURS[1]]}), BUCKET, SANDBOX)
    assert merged.policy["Statement"] == [OURS[0], other, OURS[1]]


def test_a_statement_that_only_has_our_name_stays() -> None:
    foreign = {**OURS[0], "Principal": {"AWS": "111122223333"}}
    merged = merge(json.dumps({"Version": "2012-10-17", "Statement": foreign}), BUCKET, SANDBOX)
    names = [item["Sid"] for item in merged.policy["Statement"]]
    assert names == [OURS[0]["Sid"], f"{OURS[0]['Sid']}2", OURS[1]["Sid"]]
    assert merged.policy["Statement"][0] == foreign


def test_a_policy_that_denies_delivery_is_left_alone() -> None:
    denial = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
    with pytest.raises(PolicyDenies) as caught:
        merge(json.dumps({"Statement": [denial]}), BUCKET, SANDBOX)
    assert "No denies the platform s3:PutObject" in caught.value.hint


def test_a_policy_that_would_be_too_long_is_left_alone() -> None:
    filler = {
        "Effect": "Allow",
        "Principal": {"AWS": [f"{number:012}" for number in range(1400)]},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    with pytest.raises(PolicyDenies, match="too long"):
        merge(json.dumps({"Statement": [filler]}), BUCKET, SANDBOX)


def test_what_cannot_be_understood_is_left_alone() -> None:
    with pytest.raises(PolicyUnreadable):
        merge('{"Statement": [', BUCKET, SANDBOX)
