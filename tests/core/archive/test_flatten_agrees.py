"""The way of many messages at once and the exact way give the same samples for anything, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.core.archive import json_texts
from tests.core.archive.agreement import check_agreement

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
    check_agreement(*(f"[{text}]".encode() for text in messages), f"[{','.join(messages)}]".encode())


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
    check_agreement(*damaged)


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
    check_agreement(*bodies)
