"""Damage to a batch costs what is damaged: every message is read or rejected, and no other message is lost."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.archive.flatten.components import catalogue_selection
from tests.core.archive.batches import content, flattened, key, odometer, rows
from tests.core.archive.flatten.agreement import check_agreement
from tests.core.archive.flatten.catalogue_messages import sweep
from tests.core.archive.flatten.expected import samples_of

# Hypothesis warns of its own text for what these strategies are called.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

_TIMES = 30 if settings.get_current_profile_name() == "search" else 1
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

_PATCHES = [
    *(b"", b",", b"}", b"{", b"]", b"[", b'"', b":", b"\\", b" ", b"\n", b"0", b"-", b".", b"e", b"x", b"/"),
    *(b"\x00", b"\x1f", b"\x7f", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x9a\x97", b"\xef\xbb\xbf"),
    *(b"},{", b"],[", b'","', b'":"', b"}}", b"]]", b'"}', b"[]", b"{}", b"null", b"NaN", b"-Infinity", b"\\u0000"),
    *(
        b'\\"',
        b"\\\\",
        b"\\ud800",
        b"//",
        b"/*",
        b"'",
        b"1e999",
        b"00",
        b"+1",
        b"0x1",
        b",,",
        b'"vin":',
        b'"data":null,',
    ),
]
_BRACKETS = b'[]{}",:'


class Batch(NamedTuple):
    """A batch as it is written, and where its messages stand."""

    messages: list[dict[str, Any]]
    content: bytes
    spans: list[tuple[int, int]]


_SEPARATORS = [(",", (",", ":")), (", ", (", ", ": ")), (",\n", (",", ": ")), ("\r\n,\t", (",", ":"))]


@st.composite
def _batches(draw: st.DrawFn, most: int = 6) -> Batch:
    """Batches of the catalogue's messages, and of tiny ones between them."""
    numbers = draw(st.lists(st.integers(0, 2 * len(sweep()) - 1), min_size=1, max_size=most))
    between, separators = draw(st.sampled_from(_SEPARATORS))
    ascii = draw(st.booleans())
    messages = [
        sweep()[number] if number < len(sweep()) else odometer(number, message_id=f"{place}-{number}")
        for place, number in enumerate(numbers)
    ]
    text = b"["
    spans: list[tuple[int, int]] = []
    for message in messages:
        text += between.encode() if spans else b""
        start = len(text)
        text += json.dumps(message, ensure_ascii=ascii, separators=separators).encode("utf-8")
        spans.append((start, len(text)))
    return Batch(messages, text + b"]", spans)


@st.composite
def _damaged(draw: st.DrawFn, text: bytes, first: int = 0, last: int | None = None, wild: bool = True) -> bytes:
    """A text with one damage between two places; only small damages where it is not wild."""
    last = len(text) if last is None else last
    at = draw(st.integers(first, last - 1))
    kinds = ["insert", "delete", "replace", "flip", "bracket", *(["cut", "repeat", "swap"] if wild else [])]
    kind = draw(st.sampled_from(kinds))
    upto = min(last, at + draw(st.one_of(st.integers(1, 4), st.integers(1, 200 if wild else 10))))
    match kind:
        case "insert":
            return text[:at] + draw(st.sampled_from(_PATCHES)) + text[at:]
        case "delete":
            return text[:at] + text[upto:]
        case "replace":
            return text[:at] + draw(st.sampled_from(_PATCHES)) + text[upto:]
        case "flip":
            return text[:at] + bytes([text[at] ^ 1 << draw(st.integers(0, 7))]) + text[at + 1 :]
        case "bracket":
            places = [place for place in range(at, min(last, at + 100)) if text[place] in _BRACKETS] or [at]
            place = places[0]
            return text[:place] + bytes([draw(st.sampled_from(list(_BRACKETS)))]) + text[place + 1 :]
        case "cut":
            return text[:at] if draw(st.booleans()) else text[at:]
        case "repeat":
            return text[:upto] + text[at:]
    return text[:at] + text[upto : 2 * upto - at] + text[at:upto] + text[2 * upto - at :]


@st.composite
def _wild(draw: st.DrawFn) -> list[bytes]:
    """Batches in one call: damaged ones, several times over, ones that run into each other, and whole ones."""
    found = []
    for _ in range(draw(st.integers(2, 6))):
        text = draw(_batches()).content
        match draw(st.integers(0, 4)):
            case 0:
                text = text[draw(st.integers(0, len(text))) :] + text
            case 1:
                other = draw(_batches()).content
                text = text[: draw(st.integers(0, len(text)))] + other[draw(st.integers(0, len(other))) :]
            case 2:
                text = text + draw(st.sampled_from([b"", b",", b"\n", b"]"])) + draw(_batches()).content
        for _ in range(draw(st.integers(0, 4))):
            if text:
                text = draw(_damaged(text))
        found.append(text)
    return found


@settings(max_examples=20 * _TIMES, suppress_health_check=_SLOW)
@given(_wild())
def test_every_message_is_read_or_rejected(bodies: list[bytes]) -> None:
    check_agreement(*bodies, selection=catalogue_selection())


_COLUMNS = (
    *("vin", "capability", "property", "component", "time", "time_from_batch"),
    *("value", "text", "unit", "failure"),
)


def _samples(*bodies: bytes) -> list[dict[int, Counter[Any]]]:
    """The samples of each batch by their ordinals, told apart by all but their place."""
    found: list[dict[int, Counter[Any]]] = [{} for _ in bodies]
    numbers = {key(number).text: number for number in range(len(bodies))}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result = flattened(folder, *bodies, selection=catalogue_selection())
        for row in rows(folder, result, columns=(*_COLUMNS, "batch", "ordinal")):
            found[numbers[row[-2]]].setdefault(row[-1], Counter())[_without_place(*row)] += 1
    return found


def _without_place(*row: Any) -> Any:
    # A sample without a time has its batch's.
    return (*row[:4], None if row[5] else row[4], *row[5:10])


def _meant(batch: Batch) -> list[Counter[Any]]:
    return [
        Counter(_without_place(*sample) for sample in samples_of(message, key(), at))
        for at, message in enumerate(batch.messages)
    ]


@st.composite
def _hurt(draw: st.DrawFn) -> tuple[Batch, int, bytes]:
    """A batch, one of its messages, and the batch with a small damage inside of this message."""
    batch = draw(_batches())
    place = draw(st.integers(0, len(batch.messages) - 1))
    start, end = batch.spans[place]
    return batch, place, draw(_damaged(batch.content, start + 1, end - 1, wild=False))


@settings(max_examples=20 * _TIMES, suppress_health_check=_SLOW)
@given(st.lists(_hurt(), min_size=1, max_size=5), _batches())
def test_a_damaged_message_takes_no_other_with_it(hurt: list[tuple[Batch, int, bytes]], whole: Batch) -> None:
    found = _samples(*(body for *_, body in hurt), whole.content)
    assert [found[-1][at] for at in range(len(whole.messages))] == _meant(whole)
    for (batch, place, _), samples in zip(hurt, found, strict=False):
        meant = _meant(batch)
        assert [samples.get(at) for at in range(place)] == meant[:place]
        rest = [samples[at] for at in sorted(samples)][place:]
        assert rest[len(rest) - len(meant) + place + 1 :] == meant[place + 1 :]


def test_a_batch_that_is_cut_off_gives_its_whole_messages() -> None:
    messages = [odometer(number, message_id=str(number)) for number in range(3)]
    body = content(*messages)
    ends = [body.index(json.dumps(message).encode()) + len(json.dumps(message)) for message in messages]
    for at, samples in enumerate(_samples(*(body[:at] for at in range(len(body))))):
        assert sorted(samples) == [place for place, end in enumerate(ends) if end <= at]
