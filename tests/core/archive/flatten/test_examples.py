"""The examples of the Auto API specification come back from an archive as they were sent, and keep to their types.

tests/data/examples.json is made by core.autoapi.build.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.archive.archive import Archive
from core.autoapi.catalogue import catalogue
from core.autoapi.display import unknown_name, unknown_unit, unknown_value
from core.jobs import JobContext
from tests.core.archive.batches import content, delivery, item, key, message
from tests.core.archive.flatten.expected import Contradictions, differences, expected, leaves_of

if TYPE_CHECKING:
    from core.storage.keys import BatchKey

_FILE = Path(__file__).parents[3] / "data" / "examples.json"


@functools.cache
def _examples() -> list[tuple[str, str, Any]]:
    return [(capability, property, data) for capability, property, data in json.loads(_FILE.read_bytes())]


def test_all_examples_are_there() -> None:
    facts = catalogue()
    assert len(_examples()) == 883
    shown = {(capability, property) for capability, property, _ in _examples()}
    assert all(facts.is_known(*path) for path in shown)


def test_examples_are_read_back_equal(tmp_path: Path) -> None:
    messages: dict[BatchKey, list[dict[str, Any]]] = {
        key(): [
            message(capability, property, item(data), message_id=f"{number:064X}")
            for number, (capability, property, data) in enumerate(_examples())
        ]
    }
    archive = Archive.open(tmp_path / "archive")
    result = archive.append([delivery(batch, content(*several)) for batch, several in messages.items()], JobContext())
    wanted = expected(messages)
    assert (result.messages, result.rejects, result.samples) == (883, 0, wanted.total())
    assert differences(archive, messages, wanted) == []


def test_examples_of_a_property_share_a_message(tmp_path: Path) -> None:
    items: dict[tuple[str, str], list[Any]] = {}
    for capability, property, data in _examples():
        items.setdefault((capability, property), []).append(item(data))
    together: dict[str, Any] = {}
    for (capability, property), several in items.items():
        together.setdefault(capability, {})[property] = several
    messages = {key(): [{"data": together, "message_id": "A", "version": 2, "vin": "VF1"}]}
    archive = Archive.open(tmp_path / "archive")
    result = archive.append([delivery(key(), content(*messages[key()]))], JobContext())
    assert (result.messages, result.rejects) == (1, 0)
    assert differences(archive, messages, expected(messages)) == []


def test_examples_keep_to_their_types() -> None:
    facts = catalogue()
    notes = Contradictions()
    for capability, property, data in _examples():
        for leaf in leaves_of(facts.info(capability, property), data, notes):
            known = facts.leaf(capability, property, leaf.component)
            assert known is not None, (capability, property, leaf)
            assert leaf.type is not None, (capability, property, leaf)
            assert (known.type, known.values) == (leaf.type.type, leaf.type.values)
            assert unknown_name(capability, property, leaf.component) == ""
            assert unknown_unit(leaf.unit or "") == ""
            assert leaf.text is None or unknown_value(capability, property, leaf.component, leaf.text) == ""
    assert notes.found == []


def test_what_does_not_keep_to_its_type_would_be_noticed() -> None:
    facts = catalogue()
    notes = Contradictions()
    leaves_of(facts.info("diagnostics", "odometer"), {"unit": "celsius", "value": 1}, notes)
    leaves_of(facts.info("diagnostics", "tire_pressures"), {"location": "roof", "level": 1}, notes)
    leaves_of(facts.info("diagnostics", "fuel_level"), 90, notes)
    leaves_of(facts.info("charging_session", "start_time"), "yesterday", notes)
    leaves_of(facts.info("doors", "locks_state"), {"new": 1}, notes)
    assert [note.partition(":")[0] for note in notes.found] == [
        *(
            "celsius is no unit of length",
            "roof is no value of types.location_wheel",
            "level is no member of types.tire_pressure",
        ),
        *("It is no share of 1", "It is no moment", "It is no enum"),
    ]
