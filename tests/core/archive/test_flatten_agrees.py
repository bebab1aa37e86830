"""The way of many messages at once and the exact way give the same samples for anything, and nothing is lost."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.archive.exact import read_message
from core.archive.outline import Unreadable
from core.archive.splitting import split_batch
from tests.core.archive import json_texts
from tests.core.archive.batches import APP, SELECTION, flattened, key, rows

_COLUMNS = ("batch", "ordinal", "capability", "property", "item", "component", "vin", "time", "time_from_batch")
_LEAF = ("value", "text", "unit", "failure")


def _expected(number: int, body: bytes) -> tuple[list[tuple[Any, ...]], list[tuple[int, str]], int]:
    """Samples, rejects and number of messages of a batch, read exactly."""
    found: list[tuple[Any, ...]] = []
    rejects: list[tuple[int, str]] = []
    elements = list(split_batch(body))
    for element in elements:
        try:
            if element.reason:
                raise Unreadable(element.reason)
            message = read_message(element.value, APP, SELECTION)
        except Unreadable as error:
            rejects.append((element.ordinal, str(error)))
            continue
        for sample in message.samples:
            time = key(number).time if sample.time is None else sample.time
            place = (key(number).text, element.ordinal, sample.capability, sample.property, sample.item)
            leaf = (sample.value, sample.text, sample.unit, sample.failure)
            found.append((*place, sample.component, message.vin, time, sample.time is None, *leaf))
    return found, rejects, sum(element.ordinal >= 0 for element in elements)


def _order(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part.encode() if isinstance(part, str) else part for part in row[:6])


def _check(*bodies: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result = flattened(folder, *bodies)
        found = rows(folder, result, columns=(*_COLUMNS, *_LEAF))
        rejects = rows(folder, result, "reject", ("batch", "ordinal", "reason"))
    for number, body in enumerate(bodies):
        text = key(number).text
        expected, expected_rejects, messages = _expected(number, body)
        mine = [row for row in found if row[0] == text]
        assert sorted(mine, key=_order) == sorted(expected, key=_order)
        assert [(row[1], row[2]) for row in rejects if row[0] == text] == sorted(expected_rejects)
        assert all(row[9] is None or math.isfinite(row[9]) for row in mine)
        # Every message gives samples or is rejected, and every component of an item is there once.
        told = {row[1] for row in mine} | {ordinal for ordinal, _ in expected_rejects}
        assert {ordinal for ordinal in told if ordinal >= 0} == set(range(messages))
        assert len({row[:6] for row in mine}) == len(mine)
        counts = result.counts[number]
        assert (counts.messages, counts.samples, counts.rejects) == (messages, len(mine), len(expected_rejects))
        assert (
            counts.read == len({row[1] for row in mine}) == messages - sum(place >= 0 for place, _ in expected_rejects)
        )
        times = [row[7] for row in mine]
        assert (counts.first, counts.last) == (min(times, default=None), max(times, default=None))


# Hypothesis warns of its own text for what these strategies are called.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

# Each example flattens, which takes a tenth of a second; a search may take its time.
_TIMES = 20 if settings.get_current_profile_name() == "search" else 1
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@settings(max_examples=12 * _TIMES, suppress_health_check=_SLOW)
@given(st.lists(json_texts.messages, max_size=12))
@example(['{"data":{"a":{"b":[]}},"vin":"A"}', '{"data":{"a":{}},"vin":"A"}', '{"data":{"a":5},"vin":null}'])
@example(['{"data":{"a":{"b":{"data":{"location":-0}}}},"vin":"A"}', '{"data":{"a":{"b":{"data":1},"b":{"data":2}}}}'])
@example(['{"data":{"a":{"b":{"data":1}},"a":{"b":{"data":2}}},"vin":"A"}', '{"data":1,"data":{"a":{"b":{"data":2}}}}'])
def test_any_messages(messages: list[str]) -> None:
    # One message a batch, so that an odd one does not send its neighbours the exact way, and all of them in one.
    _check(*(f"[{text}]".encode() for text in messages), f"[{','.join(messages)}]".encode())


@settings(max_examples=8 * _TIMES, suppress_health_check=_SLOW)
@given(st.lists(json_texts.usual_messages, min_size=1, max_size=4), st.data())
def test_any_damage(messages: list[str], data: st.DataObject) -> None:
    whole = f"[{','.join(messages)}]".encode()
    damaged = []
    for _ in range(8):
        start = data.draw(st.integers(0, len(whole)))
        end = data.draw(st.sampled_from([start, start + 1, start + 2, start + 40, len(whole)]))
        patch = data.draw(
            st.sampled_from([b"", b",", b"}", b"{", b"]", b"[", b'"', b"NaN", b"nan", b"\\", b"\xff", b"\x01", b"0"])
        )
        damaged.append(whole[:start] + patch + whole[end:])
    _check(*damaged)


@settings(max_examples=8 * _TIMES, suppress_health_check=_SLOW)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40), st.sampled_from([b"[]", b" [ ] ", b"[[[[", b"{}", b"null", b"\xef\xbb\xbf[]"])
        ),
        min_size=1,
    )
)
def test_any_bytes(bodies: list[bytes]) -> None:
    _check(*bodies)
