"""The raw messages of a batch, readable or not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.archive.messages import Message, read_messages
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import STAMP_US, content, item, key, message, odometer


def _read(body: bytes) -> list[Message]:
    return read_messages(body, key(), JobContext())


def test_a_message_as_it_stood() -> None:
    raw = json.dumps(odometer(900))
    assert _read(f"[{raw}]".encode()) == [
        Message(0, "VF1", "diagnostics", "odometer", STAMP_US, "900 km", "71D4", raw, "")
    ]
    [untimed] = _read(content(odometer(900, None)))
    assert untimed.time == key().time
    assert untimed.time_from_batch
    [unknown] = read_messages(content(odometer(900, None)), None, JobContext())
    assert unknown == replace(untimed, time=None, time_from_batch=False)


def test_summaries() -> None:
    tires = [item({"location": place, "pressure": {"unit": "kilopascals", "value": 220.5}}) for place in "abcdef"]
    messages = _read(
        content(
            message("ignition", "state", item("on")),
            message("a", "b", {"failure": {"reason": "rate_limit"}}),
            message("a", "b", item(None)),
            message("diagnostics", "tire_pressures", tires),
            {"data": {"a": {"b": 1, "c": 2}, "d": {"b": 0.1}}, "vin": "VF1"},
        )
    )
    assert [found.summary for found in messages[:3]] == ["on", "failure: rate_limit", "no value"]
    assert messages[3].summary.startswith("a.pressure 220.5 kPa, ")
    assert messages[3].summary.endswith(" and 2 more")
    assert (messages[4].capability, messages[4].property, messages[4].summary) == ("a, d", "b, c", "1, 2, 0.1")


def test_unreadable_messages_come_with_their_reason() -> None:
    body = content(odometer(1), {"vin": "VF2", "capability": "a", "property": "b"}, 5, odometer(2))[:-20]
    first, second, third, *rest = _read(body)
    assert first.reason == ""
    assert (second.reason, second.vin, second.capability, second.property) == (
        "The message has no data",
        "VF2",
        "a",
        "b",
    )
    assert (third.reason, third.raw) == ("The message is no JSON object", "5")
    assert [found.reason for found in rest] == [
        "The message is cut off or damaged: Unterminated string starting at",
    ]
    [whole] = _read(b"")
    assert (whole.ordinal, whole.reason) == (-1, "The file is empty")


def test_reading_is_cancelled() -> None:
    ctx = JobContext()
    ctx.cancel()
    with pytest.raises(JobCancelled):
        read_messages(content(odometer(1)), key(), ctx)


def test_says_how_far_it_is_by_bytes_and_by_messages() -> None:
    told: list[tuple[int, int | None, str]] = []
    small = content(*(odometer(number) for number in range(500)))
    read_messages(small, key(), JobContext(lambda *said: told.append(said)))
    assert [text for _, _, text in told] == ["200 messages", "400 messages"]
    assert [total for _, total, _ in told] == [len(small)] * 2
    assert 0 < told[0][0] < told[1][0] <= len(small)
    told.clear()
    large = content(*({"vin": "V", "data": {"a": {"b": {"data": "x" * 600_000}}}} for _ in range(4)))
    read_messages(large, key(), JobContext(lambda *said: told.append(said)))
    assert [text for _, _, text in told] == ["2 messages"]
