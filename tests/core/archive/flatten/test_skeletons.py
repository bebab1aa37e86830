"""Batches are cut into messages together, and one that cannot be cut costs its neighbours nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from core.archive.flatten.components import catalogue_selection
from core.archive.flatten.plans import planner_for
from core.archive.flatten.samples import SampleNames
from core.archive.flatten.skeletons import cut, may_be_cut
from core.archive.flatten.usual import read
from tests.benchmarks.flatten_data import batches, frequent_properties, one_of_each_type
from tests.core.archive.batches import APP, content, odometer

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.flatten.skeletons import Cut
    from core.autoapi.catalogue import PropertyInfo


def _messages(found: Cut) -> list[list[str]]:
    """The raw messages of each batch that was cut."""
    raw: dict[int, list[str]] = {}
    for message, (batch, ordinal) in enumerate(zip(found.batch.tolist(), found.ordinal.tolist(), strict=True)):
        raw.setdefault(batch, []).append(found.raw(message))
        assert ordinal == len(raw[batch]) - 1
    return [raw.get(batch, []) for batch in range(max(raw, default=-1) + 1)]


def _cut(*contents: bytes) -> list[list[str]]:
    found = cut(contents)
    return [] if found is None else _messages(found)


@pytest.mark.parametrize(
    "write",
    [
        json.dumps,
        lambda messages: json.dumps(messages, separators=(",", ":")),
        lambda messages: json.dumps(messages, indent=4).replace("\n", "\r\n"),
        lambda messages: f"\n\t {json.dumps(messages)} \n",
    ],
)
def test_however_a_batch_is_written_its_messages_are_cut(write: Callable[[Any], str]) -> None:
    messages = [odometer(5), odometer(-2.5e3, text='}, {"a": "\\"\\\\'), {"vin": "ü", "data": {}}]
    found = _cut(write(messages).encode(), write(messages[::-1]).encode())
    assert [[json.loads(raw) for raw in batch] for batch in found] == [messages, messages[::-1]]


def test_holes_are_in_the_order_in_which_they_stand() -> None:
    found = cut([b'[{"a": "one", "b": {"c": -2.5e3, "d": [3, "four"]}, "e": true}, {"a": "", "b": null}]'])
    assert found is not None
    holes = found.holes.texts.to_pylist()
    parts = [holes[first : first + count] for first, count in zip(found.first_hole, found.hole_count, strict=True)]
    # A number in a list stays in the skeleton, as it follows no name.
    assert parts == [["one", "-2.5e3", "four"], [""]]
    assert found.holes.is_number.tolist() == [False, True, False, False]
    texts = [found.skeletons[code].as_py() for code in found.skeleton.tolist()]
    assert texts == [b'{"a": "", "b": {"c": 0, "d": [3, ""]}, "e": true}', b'{"a": "", "b": null}']


@pytest.mark.parametrize(
    "damaged",
    [
        b'[{"a": "b}]',
        b'[{"a": "\\"}]',
        b'[{"a": 1}}]',
        b'[{"a": {"b": 1}]',
        b'[}{"a": 1}{]',
        b'[{"a": 1} {"b": 2}]',
        b'[{"a": 1},, {"b": 2}]',
        b'[{"a": 1}, 5]',
        b'["text", {"a": 1}]',
        b'["{", {"a": 1}]',
        b'[[{"a": 1}]]',
        b'[{"a": 1},]',
        b'[{"a": 1}] x [{"b": 1}]',
        b'[{"}": 1}]',
        b'["{}"]',
    ],
)
def test_a_batch_that_cannot_be_cut_costs_its_neighbours_nothing_once_they_are_read_exactly(damaged: bytes) -> None:
    one, two = content(odometer(1), odometer(2)), content(odometer(3))
    found = [*_cut(one, damaged, two), [], [], []]
    assert damaged == b'[{"}": 1}]' or found[1] == []
    # A neighbour may be left to the exact way, but never comes back in part.
    assert found[0] in ([], _cut(one)[0])
    assert found[2] in ([], _cut(two)[0])


def test_what_is_no_list_of_objects_is_not_cut() -> None:
    assert cut([]) is None
    assert not any(map(may_be_cut, [b"", b"{}", b"[]", b"[5]", b'[{"a": 1}', b'[{"\xff": 1}]', b'x[{"a": 1}]']))
    assert may_be_cut(b' [ {"a" : 1} ]\r\n')


@pytest.mark.parametrize("properties", [frequent_properties(), one_of_each_type()], ids=["frequent", "each type"])
def test_what_machines_write_is_read_together(properties: list[PropertyInfo]) -> None:
    contents = [body for _, body in batches(properties, 3000)]
    found = cut(contents)
    assert found is not None
    times = np.zeros(len(contents), np.int64)
    result = read(found, lambda _: planner_for(APP, catalogue_selection()), times, SampleNames.new())
    assert len(found.batch) == 3000
    assert result.readable.all()
    assert not result.unusual.any()
