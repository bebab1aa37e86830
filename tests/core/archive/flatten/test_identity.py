"""A message's digest is the same however it is computed."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from core.archive.flatten.identity import digest, digest_of_raw, digests


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=70), max_size=20))
def test_many_at_once_have_the_digests_of_each(texts: list[str]) -> None:
    assert digests(pa.array(texts, pa.large_string())).tolist() == [digest(text) for text in texts]


def test_a_part_of_an_array_is_read_from_where_it_begins() -> None:
    texts = pa.array(["one", "two", "three", "four"], pa.large_string())
    assert digests(texts[1:3]).tolist() == [digest("two"), digest("three")]


def test_ids_that_are_alike_are_told_apart() -> None:
    # Counters in hexadecimal, padded with zeros at either end, differ in few bits.
    texts = [f"{number:064X}" for number in range(50_000)] + [
        f"{number:X}".ljust(64, "0") for number in range(1, 50_000, 16)
    ]
    found = {digest(text) for text in texts}
    assert len(found) == len(set(texts))
    assert all(0 <= one < 2**63 for one in found)


def test_a_message_without_an_id_is_told_by_its_whole_text() -> None:
    assert digest_of_raw('{"a": 1}') == digest_of_raw('{"a": 1}') != digest_of_raw('{"a":1}')
    assert digest_of_raw('{"a": "\\ud800"}') > 0
