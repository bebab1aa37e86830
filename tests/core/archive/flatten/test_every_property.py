"""Every property of the catalogue comes back from an archive as it was sent, under its name, with its type and unit."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.archive.archive import Archive
from core.autoapi.catalogue import catalogue
from core.autoapi.display import unknown_name, unknown_unit, unknown_value
from core.jobs import JobContext
from tests.core.archive.batches import delivery, item, key
from tests.core.archive.flatten.catalogue_messages import (
    UNIVERSAL,
    alternatives,
    envelope,
    every_property,
    messages_of,
    moments,
    numbers,
    seeds,
    sweep,
    texts,
    written,
)
from tests.core.archive.flatten.expected import differences, expected, leaves_of_item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.archive.archive import AppendResult
    from core.autoapi.catalogue import PropertyInfo, TypeInfo
    from core.storage.keys import BatchKey
    from tests.core.archive.flatten.expected import Leaf

_A_BATCH = 1000
_TOGETHER = 10
_TIMES = 10 if settings.get_current_profile_name() == "search" else 1


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


def _append(
    archive: Archive, messages: Sequence[dict[str, Any]], level: str = "level13"
) -> dict[BatchKey, list[dict[str, Any]]]:
    """Append messages in full batches, and check that all of them could be read."""
    parts = iter(messages)
    batches: dict[BatchKey, list[dict[str, Any]]] = {}
    while part := list(islice(parts, _A_BATCH)):
        batches[key(len(batches), level=level)] = part
    deliveries = [delivery(batch, written(part)) for batch, part in batches.items()]
    result: AppendResult = archive.append(deliveries, JobContext())
    assert (result.messages, result.rejects) == (len(messages), 0)
    return batches


@functools.cache
def _leaves() -> set[tuple[str, str, Leaf]]:
    """All different leaves of all alternatives."""
    return {
        (capability, property, leaf)
        for message in sweep()
        for capability, properties in message["data"].items()
        for property, node in properties.items()
        for one in (node if isinstance(node, list) else [node])
        for leaf in leaves_of_item(capability, property, one)
    }


def _names(messages: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (capability, name) for message in messages for capability, names in message["data"].items() for name in names
    }


def test_all_of_every_property(archive: Archive) -> None:
    batches = _append(archive, sweep())
    samples = expected(batches)
    assert differences(archive, batches, samples) == []
    # All of it is found by its name.
    wanted: Counter[tuple[str, str, str]] = Counter()
    for sample, count in samples.items():
        wanted[sample.capability, sample.property, sample.component] += count
    summaries = archive.properties([], JobContext())
    assert {(one.capability, one.property, one.component): one.samples for one in summaries} == wanted
    paths = [*(f"{info.capability}.{info.property}" for info in every_property()), "envelope.timestamp"]
    found = archive.find_series([], paths, JobContext())
    assert {(one.capability, one.property, one.component) for one in found} == set(wanted)


def test_all_of_every_property_was_sent() -> None:
    facts = catalogue()
    named = _names(sweep())
    assert len(named) == 534 + len(UNIVERSAL)
    assert {capability for capability, _ in named} == set(filter(facts.properties, facts.capabilities()))
    assert len({(info.type, info.values) for info in every_property()}) == 191
    leaves = _leaves()
    units = {unit.unit for several in facts.unit_factors().values() for unit in several}
    assert {leaf.unit for *_, leaf in leaves} - {None} == units
    assert {leaf.failure for *_, leaf in leaves} - {None} == {reason.identifier for reason in facts.failure_reasons()}
    of_property: dict[tuple[str, str], list[Leaf]] = defaultdict(list)
    for capability, name, leaf in leaves:
        of_property[capability, name].append(leaf)
    for info in every_property():
        mine = of_property[info.capability, info.property]
        assert {leaf.text for leaf in mine if leaf.type == info} >= {value.identifier for value in info.values}
        ends = {leaf.component.split(".")[-1] for leaf in mine}
        assert ends >= {member.identifier for member in info.members if not member.members and member.kind != "bytes"}


def test_the_catalogue_knows_all_that_it_is_made_of() -> None:
    facts = catalogue()
    wrong: list[tuple[str, str, Leaf]] = []
    for capability, name, leaf in _leaves():
        # An object that says only which one it is could as well be an unknown member, where that is any text.
        if leaf.type is None or (leaf.type.kind == "object" and _selects_by_text(leaf.type)):
            continue
        known = facts.leaf(capability, name, leaf.component)
        if known is None or (known.kind, known.type) != (leaf.type.kind, leaf.type.type):
            wrong.append((capability, name, leaf))
        unknown = unknown_name(capability, name, leaf.component) or unknown_unit(leaf.unit or "")
        if leaf.text is not None and leaf.failure is None:
            unknown = unknown or unknown_value(capability, name, leaf.component, leaf.text)
        if unknown:
            wrong.append((capability, name, leaf))
    assert wrong[:20] == []


def _selects_by_text(type: TypeInfo) -> bool:
    return any(member.selects and member.kind == "text" for member in type.members)


def _drawn(strategy: st.SearchStrategy[list[dict[str, Any]]], examples: int) -> list[dict[str, Any]]:
    """What a strategy gives; all of it is read at once, as an archive for each example would take too long."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=examples * _TIMES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(messages: list[dict[str, Any]]) -> None:
        found.extend(messages)

    collect()
    return found


def test_any_of_every_property(archive: Archive) -> None:
    infos = every_property()
    # Neighbours are alike, so that those that come together are taken from afar.
    chunks = [infos[start :: len(infos) // _TOGETHER] for start in range(len(infos) // _TOGETHER)]
    messages = [message for chunk in chunks for message in _drawn(messages_of(chunk), 2)]
    messages = [{**message, "message_id": f"{number:064X}"} for number, message in enumerate(messages)]
    assert len(_names(messages)) == 534 + len(UNIVERSAL)
    batches = _append(archive, messages)
    assert differences(archive, batches, expected(batches)) == []


def _renamed() -> list[tuple[PropertyInfo, PropertyInfo]]:
    """The deprecated properties, and what took their place."""
    facts = catalogue()
    former = [info for info in every_property() if info.deprecated]
    return [(info, now) for info in former if (now := facts.info(info.capability, info.new_name)) is not None]


def test_old_names_of_older_levels_are_stored_as_sent(archive: Archive) -> None:
    dice = Random(5)
    both = [info for pair in _renamed() for info in pair]
    messages = [
        {**envelope({info.capability: {info.property: item(data)}}, 1, None, dice), "message_id": f"{place}-{turn}"}
        for place, info in enumerate(both)
        for turn, data in enumerate(alternatives(info))
    ]
    batches = _append(archive, messages, "level11")
    assert differences(archive, batches, expected(batches)) == []
    assert len(_names(messages) - {(now.capability, now.property) for _, now in _renamed()}) == len(_renamed()) == 20


def test_old_names_are_of_the_same_type() -> None:
    facts = catalogue()
    for old, now in _renamed():
        assert (old.kind, old.dimension, old.multiple) == (now.kind, now.dimension, now.multiple), old
        assert not now.deprecated, old
        assert old.property in facts.former_names(now.capability, now.property)
        assert not unknown_name(old.capability, old.property)


_new_names = st.from_regex(r"[a-z]{3,9}_(state|new)", fullmatch=True)
_new_leaves = st.one_of(
    *(texts, numbers, moments, st.booleans(), st.none(), st.just({}), st.just([])),
    st.fixed_dictionaries({"unit": texts, "value": numbers}),
    st.fixed_dictionaries({"hour": st.integers(0, 23), "minute": st.integers(0, 59)}),
)
_new_objects = st.dictionaries(
    st.one_of(_new_names, st.sampled_from(["location", "axle", "id", "name", "type", "pressure"])),
    st.one_of(_new_leaves, st.lists(_new_leaves, max_size=3), st.dictionaries(_new_names, _new_leaves, max_size=3)),
    max_size=5,
)


@st.composite
def _unknown(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A message with a property, or a capability with a property, that no level knows."""
    capability = draw(st.one_of(_new_names, st.sampled_from(["diagnostics", "doors", "charging"])))
    items = draw(
        st.lists(st.fixed_dictionaries({"data": st.one_of(_new_leaves, _new_objects)}), min_size=1, max_size=2)
    )
    data = {capability: {draw(_new_names): items}}
    return [envelope(data, draw(st.integers(1, 3)), draw(st.one_of(st.none(), moments)), Random(draw(seeds)))]


def test_what_no_level_knows_is_kept(archive: Archive) -> None:
    messages = [{**message, "message_id": f"{at}"} for at, message in enumerate(_drawn(_unknown(), 150))]
    batches = _append(archive, messages)
    assert differences(archive, batches, expected(batches)) == []
    assert all(unknown_name(*path) for path in _names(messages))


def test_unknown_parts_of_known_properties_are_kept(archive: Archive) -> None:
    nodes = [
        ("diagnostics", "odometer", {"unit": "leagues", "value": 3}),
        ("diagnostics", "odometer", 3),
        ("diagnostics", "odometer", {"unit": "miles", "value": 3, "accuracy": 0.5}),
        ("diagnostics", "tire_pressures", {"location": "seventh_wheel", "pressure": {"unit": "bars", "value": 2.5}}),
        ("diagnostics", "tire_pressures", {"location": "spare", "new_member": True}),
        ("doors", "locks_state", "half_locked"),
        ("doors", "locks_state", {"side": "left", "open": False}),
        ("vehicle_location", "coordinates", [52.5, 13.4]),
    ]
    messages = [
        {"vin": "V", "version": 1, "message_id": f"{at}", "data": {capability: {property: item(data)}}}
        for at, (capability, property, data) in enumerate(nodes)
    ]
    batches = _append(archive, messages)
    assert differences(archive, batches, expected(batches)) == []
    assert unknown_unit("leagues")
    assert unknown_value("doors", "locks_state", "", "half_locked")
    assert unknown_name("diagnostics", "tire_pressures", "spare.new_member")
