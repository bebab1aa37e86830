"""JSON for reading: nothing but white space changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.models.json_text import DISPLAY_LIMIT, LINE_LIMIT, display_text, indent_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.booleans())
def test_indents_as_the_standard_library_does(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only)
    assert indent_json(raw) == (json.dumps(value, ensure_ascii=ascii_only, indent=2), False)


@pytest.mark.parametrize(
    "number",
    ["900.10", "1E5", "-0", "0.1000000000000000055511151231257827", "123456789012345678901234567890", "9" * 5000],
)
def test_numbers_keep_every_digit(number: str) -> None:
    shown = display_text(f'{{"value":{number}}}')
    assert shown.text == f'{{\n  "value": {number}\n}}'
    assert not shown.broken


def test_members_that_are_there_twice_stay_so() -> None:
    assert display_text('{"a":1,"a":[],"b":{}}').text == '{\n  "a": 1,\n  "a": [],\n  "b": {}\n}'


def test_strings_are_left_alone() -> None:
    raw = r'["{\"a\": [1, 2]}", "back\\", "ü\u00fc"]'
    assert display_text(raw).text == '[\n  "{\\"a\\": [1, 2]}",\n  "back\\\\",\n  "ü\\u00fc"\n]'


@pytest.mark.parametrize("raw", ["{broken", '{"a": 1', "", "[1,, 2]", "\x00\ufffd", "[" * 100_000, '{"a": "x\ny"}'])
def test_what_is_no_json_stays_as_it_stands(raw: str) -> None:
    shown = display_text(raw)
    assert shown.broken
    assert shown.text == raw or (shown.cut and shown.text == raw[:LINE_LIMIT] + "…")


def test_an_endless_line_is_cut() -> None:
    shown = display_text('{"a": "' + "x" * 100_000 + '", "b": 1}')
    assert shown.cut
    assert not shown.broken
    assert max(len(line) for line in shown.text.split("\n")) == LINE_LIMIT + 1
    assert shown.text.endswith('  "b": 1\n}')


def test_a_long_text_is_cut() -> None:
    raw = json.dumps([{"value": number, "unit": "kilometers"} for number in range(60_000)])
    shown = display_text(raw)
    assert shown.cut
    assert len(shown.text) == DISPLAY_LIMIT
    assert shown.text.startswith('[\n  {\n    "value": 0,\n')
