"""The meaning of flattening and what flattening gives, compared for any bytes."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.archive.flatten.exact import read_message
from core.archive.flatten.outline import Unreadable
from core.archive.flatten.splitting import split_batch
from tests.core.archive.batches import APP, SELECTION, flattened, key, rows

if TYPE_CHECKING:
    from core.archive.flatten.components import Selection

_COLUMNS = ("batch", "ordinal", "capability", "property", "item", "component", "vin", "time", "time_from_batch")
_LEAF = ("value", "text", "unit", "failure")


def _expected(
    number: int, body: bytes, selection: Selection
) -> tuple[list[tuple[Any, ...]], list[tuple[int, str]], int]:
    """Samples, rejects and number of messages of a batch, read exactly."""
    found: list[tuple[Any, ...]] = []
    rejects: list[tuple[int, str]] = []
    elements = list(split_batch(body))
    for element in elements:
        try:
            if element.reason:
                raise Unreadable(element.reason)
            message = read_message(element.value, APP, selection)
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


def check_agreement(*bodies: bytes, selection: Selection = SELECTION) -> None:
    """Flatten batches in one call: each gives what it means, and each of its messages gives samples or is rejected."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result = flattened(folder, *bodies, selection=selection)
        found = rows(folder, result, columns=(*_COLUMNS, *_LEAF))
        rejects = rows(folder, result, "reject", ("batch", "ordinal", "reason"))
    for number, body in enumerate(bodies):
        text = key(number).text
        expected, expected_rejects, messages = _expected(number, body, selection)
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
