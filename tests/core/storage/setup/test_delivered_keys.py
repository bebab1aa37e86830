"""Patterns of policies against the keys that the platform stores."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.setup.delivered_keys import Reach, reach_of
from core.storage.setup.globs import covers

ITSELF = "arn:aws:s3:::fleet"
BATCH = f"{ITSELF}/9FBBEDED80595912588FF4FF/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
TEST = f"{ITSELF}/test.json"
ALL, SOME, ONLY_TEST, NONE = (
    Reach(True, True, True),
    Reach(False, True, True),
    Reach(False, True, False),
    Reach(False, False, False),
)


@pytest.mark.parametrize(
    ("patterns", "reach"),
    [
        (["*"], ALL),
        ([f"{ITSELF}/*"], ALL),
        ([f"{ITSELF}/*/level*.json", f"{ITSELF}/test*"], ALL),
        (["arn:aws:s3:::f??et/?*.json"], ALL),
        ([f"{ITSELF}/*/level*"], SOME),
        ([f"{ITSELF}/*/2022/*"], SOME),
        ([f"{ITSELF}/9fbb*"], SOME),
        ([f"{ITSELF}/${{aws:username}}/*"], SOME),
        (["*${aws:username}"], SOME),
        ([TEST], ONLY_TEST),
        ([f"{ITSELF}/*/private/*", f"{ITSELF}/*.exe", f"{ITSELF}/test-results/*", ITSELF], NONE),
        ([f"{ITSELF}/reports*", "arn:aws:s3:::other/*", f"{ITSELF}/*/2022/1/*", f"{ITSELF}/"], NONE),
    ],
)
def test_what_patterns_reach(patterns: list[str], reach: Reach) -> None:
    assert reach_of(tuple(patterns), "fleet") == reach


@given(st.lists(st.sampled_from([*"*?9F/", "level", "13", "2022", "-", "test", ".json", BATCH[20:60]]), max_size=8))
def test_what_is_reached_is_what_patterns_match(pieces: list[str]) -> None:
    pattern = f"{ITSELF}/{''.join(pieces)}"
    reach = reach_of((pattern,), "fleet")
    assert reach.batches or not covers(pattern, BATCH)
    assert reach.some == (reach.batches or covers(pattern, TEST))
    assert not reach.every or (covers(pattern, BATCH) and covers(pattern, TEST))
