from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError, WrongRegion
from core.storage.setup.names import check_name, name_advice, name_problems
from core.storage.setup.regions import check_region, location_of

# AWS's own description of the rules, as one pattern.
_RIGHT = re.compile(
    r"(?!(^xn--|^sthree-|^amzn-s3-demo-|.*(-an|-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$))[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)


@settings(max_examples=60)
@given(st.text(alphabet="ab9.-A_ ü", max_size=66) | st.from_regex(r"[a-z0-9.-]{1,70}", fullmatch=True))
def test_names_are_right_as_aws_says(name: str) -> None:
    right = _RIGHT.fullmatch(name) is not None and ".." not in name
    right = right and not re.fullmatch(r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}", name)
    problems = name_problems(name)
    assert (problems == ()) == right
    assert all(problem.endswith(".") for problem in problems)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Type a name"),
        ("ab", "At least 3"),
        ("a" * 64, "At most 63 characters, these are 64"),
        ("Fleet-data", "lower-case"),
        ("fleet data", "a space"),
        ("flotte_münchen", "_ ü"),
        ("-fleet", "first and the last"),
        ("fleet.", "first and the last"),
        ("fleet..data", "two dots"),
        ("192.168.5.4", "IP address"),
        ("xn--fleet", "xn--"),
        ("fleet-an", "-an"),
        ("fleet-s3alias", "-s3alias"),
    ],
)
def test_each_rule_has_a_reason(name: str, reason: str) -> None:
    assert any(reason in problem for problem in name_problems(name))
    with pytest.raises(UsageError) as caught:
        check_name(name)
    assert reason in caught.value.hint
    if "-" in reason and "lower" not in reason:
        # Only new buckets may not have what AWS keeps.
        check_name(name, new=False)
        return
    with pytest.raises(UsageError, match="No bucket can have this name"):
        check_name(name, new=False)


def test_dots_are_allowed_but_not_advised() -> None:
    assert name_problems("fleet.data") == ()
    assert "without dots" in name_advice("fleet.data")
    assert name_advice("fleet-data") == ""


def test_other_regions_are_refused_unless_meant() -> None:
    check_region("eu-west-1", any_region=False)
    check_region("us-gov-west-1", any_region=True)
    with pytest.raises(WrongRegion, match="does not deliver"):
        check_region("eu-central-1", any_region=False)
    with pytest.raises(UsageError, match="no region's name"):
        check_region("Ireland", any_region=True)
    assert location_of("us-east-1") is None
    assert location_of("eu-west-1") == {"LocationConstraint": "eu-west-1"}
