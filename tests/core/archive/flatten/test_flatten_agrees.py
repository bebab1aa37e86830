"""The way of many messages at once and the exact way give the same samples for anything, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.core.archive.flatten import json_texts
from tests.core.archive.flatten.agreement import check_agreement

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


_NUMBERS = (
    *(
        "0",
        "-0",
        "0.0",
        "-0.0",
        "1",
        "-1",
        "1.0",
        "1.5",
        "1.50",
        "0.0001",
        "0.00001",
        "1e0",
        "1E5",
        "-1e-7",
        "1e99",
        "1e100",
    ),
    *("1e400", "-1e400", "1e-400", "0.1", "0.12345678901234567", "0.123456789012345678", "123456789.123456789"),
    *("9007199254740991", "9007199254740992", "-9007199254740992", "9007199254740993", "1234567890123456789"),
    *("52.520007000000004", "00000000000000001.5", "1" * 40, f"0.{'0' * 40}1", f"1{'0' * 60}.5", f"{'1' * 5000}"),
    *("1.", ".5", "+1", "01", "-", "1e", "1e+", "0x1", "1_0", "NaN", "-Infinity", "nan", "1 2", "5a"),
)


@pytest.mark.parametrize(
    "form",
    [
        '{"data":{"a":{"b":{"data":X}}},"vin":"A"}',
        '{"data":{"a":{"b":{"data":{"value":X,"unit":"km"}}}},"vin":"A"}',
        '{"data":{"a":{"b":{"data":{"location":X,"c":X}}}},"vin":"A"}',
        '{"data":{"a":{"b":{"data":{"hour":X,"minute":X},"timestamp":X}}},"vin":"A"}',
        '{"data":{"a":{"b":{"failure":{"reason":X,"description":X}}}},"vin":X,"message_id":X,"version":X}',
        '{"data":{"a":{"b":[{"data":[X,X]}]}},"application_id":X,"more":X}',
    ],
)
def test_numbers_of_every_form(form: str) -> None:
    check_agreement(*(f"[{form.replace('X', number)}]".encode() for number in _NUMBERS))
    check_agreement(f"[{','.join(form.replace('X', number) for number in _NUMBERS[:34])}]".encode())


_TEXTS = (
    *(
        "",
        " ",
        "a",
        "0",
        "true",
        "null",
        "ä",
        "\\u00e4",
        "\\ud83d\\ude97",
        "\\ud83d",
        "\\n",
        "\\\\",
        '\\"',
        "\\/",
        "\\x",
    ),
    *("\\u12", "}", "{", "], [", "%", ".", "~", "a.b~2", "\x00", "\\u0000", "\t", "\x7f", "unknown", "2", "1e5"),
    *("2023-04-28T09:32:11.804Z", "2023-02-30T00:00:00Z", "2023-04-28T24:00:00Z", "2023-04-28T09:32:60Z"),
    *("2023-04-28T09:32:11.1234567Z", "2023-04-28T09:32:11+14:59", "2023-04-28T09:32:11-23:59", "2023-04-28 09:32"),
    *("0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-01:00"),
    *("1969-12-31T23:59:59.999Z", "2023-04-28t09:32:11z", "2023-04-28T09:32:11,5Z", "2023-04-28"),
)


@pytest.mark.parametrize(
    "form",
    [
        '{"data":{"a":{"b":{"data":"X"}}},"vin":"A"}',
        '{"data":{"a":{"b":{"data":{"value":"X","unit":"X"}}}},"vin":"A"}',
        '{"data":{"a":{"b":{"data":{"location":"X","type":"X","c":"X"},"timestamp":"X"}}},"vin":"X"}',
        '{"data":{"a":{"b":{"data":{"hour":"X","minute":1},"availability":"X"}}},"timestamp":"X"}',
        '{"data":{"a":{"b":{"failure":{"reason":"X","description":"X"}}}},"vin":"A","message_id":"X","version":"X"}',
        '{"data":{"a":{"b":[{"data":["X",{"id":"X","c":"X"}]}]}},"application_id":"X","capability":"X","property":"b"}',
    ],
)
def test_texts_of_every_form(form: str) -> None:
    check_agreement(*(f"[{form.replace('X', text)}]".encode() for text in _TEXTS))
    check_agreement(f"[{','.join(form.replace('X', text) for text in _TEXTS)}]".encode())
