"""Values that writers should not send: none ends the program, none blocks its neighbours, and all of them are kept."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from core.archive.archive import Archive
from core.jobs import JobContext
from tests.core.archive.batches import STAMP, STAMP_US, delivery, key
from tests.core.archive.flatten.expected import in_archive

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.storage.keys import BatchKey
    from tests.core.archive.flatten.expected import Expected


class _Leaf(NamedTuple):
    """What must be in the archive; no time means the batch's."""

    component: str = ""
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    failure: str | None = None
    path: str = "new_one.thing"
    time: int | None = STAMP_US
    vin: str = "VF1"


class _Case(NamedTuple):
    """A message as it is written, and what it gives: leaves, or the reason why it cannot be read."""

    written: str
    gives: list[_Leaf] | str


def _message(
    data: str = "1",
    item: str = '{"data":DATA,"timestamp":TIME}',
    node: str = "ITEM",
    *,
    time: str = f'"{STAMP}"',
    capability: str = '"new_one"',
    property: str = '"thing"',
    envelope: str = '"message_id":"ID","version":1,"vin":"VF1"',
) -> str:
    """A message in which every part can be written at will; NUMBER becomes another one in each message."""
    text = f'{{{envelope},"data":{{{capability}:{{{property}:{node}}}}}}}'
    return text.replace("ITEM", item).replace("DATA", data).replace("TIME", time)


def _ours(sample: Expected) -> _Leaf:
    return _Leaf(
        *(sample.component, sample.value, sample.text, sample.unit, sample.failure),
        *(f"{sample.capability}.{sample.property}", None if sample.time_from_batch else sample.time, sample.vin),
    )


def _sorted(leaves: Sequence[_Leaf]) -> list[_Leaf]:
    return sorted(leaves, key=repr)


def _read(folder: Path, *bodies: bytes) -> tuple[Archive, list[list[list[_Leaf] | str]]]:
    """Append batches. Gives for each the leaves of each message, or its reason.

    Every message is there exactly once, with samples or as a reject.
    """
    archive = Archive.open(folder)
    keys = [key(number) for number in range(len(bodies))]
    result = archive.append([delivery(*pair) for pair in zip(keys, bodies, strict=True)], JobContext())
    found: dict[tuple[str, int], list[_Leaf]] = defaultdict(list)
    for sample in in_archive(archive):
        found[sample.batch, sample.ordinal].append(_ours(sample))
    reasons = {(reject.batch, reject.ordinal): reject.reason for reject in archive.rejects(JobContext())}
    assert not found.keys() & reasons.keys()
    assert result.messages == len([place for place in [*found, *reasons] if place[1] >= 0])
    assert result.rejects == len(reasons)
    records = archive.recorded()

    def of_batch(batch: BatchKey) -> list[list[_Leaf] | str]:
        places = [(batch.text, ordinal) for ordinal in range(records[batch.text].messages)]
        return [_sorted(found[place]) if place in found else reasons[place] for place in places]

    return archive, [of_batch(batch) for batch in keys]


def _batch(*messages: str) -> bytes:
    return f"[{','.join(messages)}]".encode()


def _check(folder: Path, *cases: _Case) -> None:
    """Each case alone between two neighbours, and all of them in one batch."""
    neighbour = _message('{"unit":"kilometers","value":900}')
    wanted: list[list[_Leaf] | str] = [
        case.gives if isinstance(case.gives, str) else _sorted(case.gives) for case in cases
    ]
    beside: list[_Leaf] | str = [_Leaf("", 900.0, None, "kilometers")]
    # Messages of the same id and time would be the same message, delivered again.
    alone = [
        _batch(
            neighbour.replace("ID", f"{at}a"), case.written.replace("ID", f"{at}b"), neighbour.replace("ID", f"{at}c")
        )
        for at, case in enumerate(cases)
    ]
    _, found = _read(folder / "alone", *alone)
    _, [all_found] = _read(
        folder / "together", _batch(*(case.written.replace("ID", f"{at}") for at, case in enumerate(cases)))
    )
    for at, case in enumerate(cases):
        assert found[at] == [beside, wanted[at], beside], case.written[:200]
        assert all_found[at] == wanted[at], case.written[:200]


# As written, value, text
_NUMBERS: list[tuple[str, float | None, str | None]] = [
    ("9007199254740991", 9007199254740991.0, None),
    ("9007199254740993", 9007199254740992.0, "9007199254740993"),
    ("-9007199254740993", -9007199254740992.0, "-9007199254740993"),
    ("9223372036854775808", 9223372036854775808.0, "9223372036854775808"),
    ("18446744073709551616", 18446744073709551616.0, "18446744073709551616"),
    ("1" * 400, None, "1" * 400),
    ("0." + "1" * 400, 0.1111111111111111, "0." + "1" * 400),
    ("NaN", None, "NaN"),
    ("Infinity", None, "Infinity"),
    ("-Infinity", None, "-Infinity"),
    ("1e400", None, "1e400"),
    ("-1e400", None, "-1e400"),
    ("1e-400", 0.0, "1e-400"),
    ("-1E-400", -0.0, "-1E-400"),
    ("1e308", 1e308, None),
    ("5e-324", 5e-324, None),
    ("-0", 0.0, None),
    ("-0.0", 0.0, None),
    ("1E+2", 100.0, None),
]


def test_numbers(tmp_path: Path) -> None:
    places = [("NUMBER", "", None), ('{"unit":"bars","value":NUMBER}', "", "bars"), ('{"a":{"b":NUMBER}}', "a.b", None)]
    _check(
        tmp_path,
        *(
            _Case(_message(data.replace("NUMBER", written)), [_Leaf(component, value, text, unit)])
            for written, value, text in _NUMBERS
            for data, component, unit in places
        ),
    )


# As written between quotes, and how it comes back
_TEXTS: list[tuple[str, str]] = [
    ("", ""),
    (" ", " "),
    (r"\u0000", "\0"),
    (r"a\u0000b", "a\0b"),
    ("a\0b", "a\0b"),
    ("".join(map(chr, range(1, 32))), "".join(map(chr, range(1, 32)))),
    (r"\u001f\b\f\n\r\t\/\\\"", '\x1f\b\f\n\r\t/\\"'),
    ("\x7f\x80\u2028\ufeff\uffff", "\x7f\x80\u2028\ufeff\uffff"),
    (r"\ud83d\ude97", "🚗"),
    (r"\ud83d", "\\ud83d"),
    (r"x\ude97y", "x\\ude97y"),
    (r"\ude97\ud83d", "\\ude97\\ud83d"),
    (r"\ud83d\u0041", "\\ud83dA"),
    ("🚗\U0010ffff", "🚗\U0010ffff"),
    ("NaN", "NaN"),
    ("null", "null"),
    ("{", "{"),
    ("]},{", "]},{"),
]


def _part(text: str) -> str:
    return text.replace("%", "%25").replace(".", "%2E").replace("~", "%7E") or "%"


def test_texts_as_values(tmp_path: Path) -> None:
    places = [
        ('"TEXT"', _Leaf()),
        ('{"a":"TEXT"}', _Leaf("a")),
        ('{"unit":"bars","value":"TEXT"}', _Leaf(unit="bars")),
        ('["TEXT"]', _Leaf("0")),
    ]
    _check(
        tmp_path,
        *(
            _Case(_message(data.replace("TEXT", written)), [leaf._replace(text=text)])
            for written, text in _TEXTS
            for data, leaf in places
        ),
    )


def test_texts_as_names(tmp_path: Path) -> None:
    cases = []
    for written, text in _TEXTS:
        quoted = f'"{written}"'
        cases += [
            _Case(_message(f"{{{quoted}:1}}"), [_Leaf(_part(text), 1.0)]),
            _Case(_message(f'{{"location":{quoted},"a":1}}'), [_Leaf(f"{_part(text)}.a", 1.0)]),
            _Case(_message(f'{{"unit":{quoted},"value":1}}'), [_Leaf("", 1.0, None, text)]),
            _Case(_message(capability=quoted), [_Leaf("", 1.0, path=f"{text}.thing")]),
            _Case(_message(property=quoted), [_Leaf("", 1.0, path=f"new_one.{text}")]),
            _Case(_message(envelope=f'"message_id":"ID","vin":{quoted}'), [_Leaf("", 1.0, vin=text)]),
            _Case(_message(envelope=f'"message_id":"ID{written}","vin":"VF1"'), [_Leaf("", 1.0)]),
            _Case(
                _message(item=f'{{"failure":{{"reason":"oem_error","description":{quoted}}},"timestamp":TIME}}'),
                [_Leaf("", None, text, None, "oem_error")],
            ),
        ]
    _check(tmp_path, *cases)


def test_nulls_in_every_place(tmp_path: Path) -> None:
    one, nothing = [_Leaf("", 1.0)], [_Leaf()]
    _check(
        tmp_path,
        _Case("null", "The message is no JSON object"),
        _Case(_message(envelope='"message_id":"ID","vin":null'), [_Leaf("", 1.0, vin="")]),
        _Case(_message(envelope='"message_id":"ID","version":null,"vin":"VF1"'), one),
        _Case(_message(envelope='"message_id":"ID","capability":null,"property":null,"vin":"VF1"'), one),
        _Case(_message(envelope='"message_id":"ID","timestamp":null,"vin":"VF1"'), one),
        _Case(_message("11", envelope='"message_id":null,"vin":"VF1"'), [_Leaf("", 11.0)]),
        _Case('{"message_id":"ID","vin":"VF1","data":null}', "The message has no data"),
        _Case('{"message_id":"ID","vin":"VF1","data":{"new_one":null}}', [_Leaf(path="new_one.", time=None)]),
        _Case(_message(node="null"), [_Leaf(time=None)]),
        _Case(_message(node="[null]"), [_Leaf(time=None)]),
        _Case(_message(node="[ITEM,null]"), [_Leaf("", 1.0), _Leaf(time=None)]),
        _Case(_message("null"), nothing),
        _Case(_message(time="null"), [_Leaf("", 1.0, time=None)]),
        _Case(_message(item='{"data":1,"failure":null,"timestamp":TIME}'), one),
        _Case(_message(item='{"data":1,"availability":null,"timestamp":TIME}'), one),
        _Case(_message(item='{"data":null,"failure":null,"availability":null,"timestamp":null}'), [_Leaf(time=None)]),
        _Case(_message(item='{"data":1,"new":null,"timestamp":TIME}'), [*one, _Leaf("new")]),
        _Case(_message(item='{"failure":{"reason":null},"timestamp":TIME}'), [_Leaf(failure="unknown")]),
        _Case(
            _message(item='{"availability":{"update_rate":null},"timestamp":TIME}'), [_Leaf("availability.update_rate")]
        ),
        _Case(_message('{"unit":null,"value":1}'), one),
        _Case(_message('{"unit":"bars","value":null}'), [_Leaf(unit="bars")]),
        _Case(_message('{"unit":null,"value":null}'), nothing),
        _Case(_message('{"hour":null,"minute":1}'), [_Leaf("hour"), _Leaf("minute", 1.0)]),
        _Case(_message('{"a":null}'), [_Leaf("a")]),
        _Case(_message('{"location":null,"a":1}'), [_Leaf("location"), _Leaf("a", 1.0)]),
        _Case(_message("[null,1]"), [_Leaf("0"), _Leaf("1", 1.0)]),
    )


def test_members_that_come_twice(tmp_path: Path) -> None:
    envelope = '"message_id":"ID","vin":"VF1"'
    twice = f'{{{envelope},"data":{{"a":{{"b":{{"data":1}}}}}},"data":{{"c":{{"d":{{"data":2}}}}}}}}'
    _check(
        tmp_path,
        _Case(twice, [_Leaf("", 1.0, path="a.b", time=None), _Leaf("", 2.0, path="c.d", time=None)]),
        _Case(
            _message(envelope='"message_id":"x","message_id":"ID","vin":"VF1"'),
            [_Leaf("", 1.0), _Leaf("", None, "x", path="envelope.message_id", time=None)],
        ),
        _Case(
            _message(envelope='"message_id":"ID","vin":"VF0","vin":"VF1"'),
            [_Leaf("", 1.0), _Leaf("", None, "VF0", path="envelope.vin", time=None)],
        ),
        _Case(
            f'{{{envelope},"data":{{"a":{{"b":{{"data":1}}}},"a":{{"b":{{"data":2}},"c":{{"data":3}}}}}}}}',
            [
                *(_Leaf("", value, path="a.b", time=None) for value in (1.0, 2.0)),
                _Leaf("", 3.0, path="a.c", time=None),
            ],
        ),
        _Case(
            f'{{{envelope},"data":{{"a":{{"b":{{"data":1}},"b":[{{"data":2}}]}}}}}}',
            [_Leaf("", value, path="a.b", time=None) for value in (1.0, 2.0)],
        ),
        _Case(_message(item='{"data":2,"data":1,"timestamp":TIME}'), [_Leaf("", 1.0), _Leaf("data", 2.0)]),
        _Case(
            _message(item='{"data":1,"timestamp":"2020","timestamp":TIME}'),
            [_Leaf("", 1.0), _Leaf("timestamp", None, "2020")],
        ),
        _Case(
            _message(item='{"failure":{"reason":"a"},"failure":{"reason":"b"},"timestamp":TIME}'),
            [_Leaf(failure="b"), _Leaf("failure.reason", None, "a")],
        ),
        _Case(_message('{"a":1,"a":2,"a":3}'), [_Leaf("a", 1.0), _Leaf("a~2", 2.0), _Leaf("a~3", 3.0)]),
        _Case(
            _message('{"unit":"bars","value":1,"value":2}'),
            [_Leaf("unit", None, "bars"), _Leaf("value", 1.0), _Leaf("value~2", 2.0)],
        ),
        _Case(
            _message('{"unit":"bars","unit":"psi","value":1}'),
            [_Leaf("unit", None, "bars"), _Leaf("unit~2", None, "psi"), _Leaf("value", 1.0)],
        ),
        _Case(
            _message('{"location":"left","location":"right","a":1}'),
            [_Leaf("right.location", None, "left"), _Leaf("right.a", 1.0)],
        ),
    )


def _nested(depth: int, kind: str) -> tuple[str, str]:
    """A value below so many levels, and its component."""
    if kind == "object":
        return '{"a":' * depth + "7" + "}" * depth, ".".join("a" * depth)
    if kind == "list":
        return "[" * depth + "7" + "]" * depth, ".".join("0" * depth)
    return '[{"a":' * depth + "7" + "}]" * depth, ".".join(["0.a"] * depth)


def test_values_below_a_hundred_levels(tmp_path: Path) -> None:
    cases = []
    for depth in (1, 2, 3, 4, 5, 6, 50, 100):
        for kind in ("object", "list", "both"):
            data, component = _nested(depth, kind)
            cases += [
                _Case(_message(data), [_Leaf(component, 7.0)]),
                _Case(
                    _message(item=f'{{"data":1,"availability":{data},"timestamp":TIME}}'),
                    [_Leaf("", 1.0), _Leaf(f"availability.{component}", 7.0)],
                ),
                _Case(
                    _message(item=f'{{"failure":{{"reason":"x","more":{data}}},"timestamp":TIME}}'),
                    [_Leaf(failure="x"), _Leaf(f"failure.more.{component}", 7.0)],
                ),
            ]
    _check(tmp_path, *cases)


@pytest.mark.parametrize("kind", ["object", "list", "both"])
@pytest.mark.parametrize("depth", [1000, 5000])
def test_depths_that_end_other_programs(tmp_path: Path, kind: str, depth: int) -> None:
    data, component = _nested(depth, kind)
    neighbours = [_message(str(number)).replace("ID", str(number)) for number in range(4)]
    deep = [_message(data), _message(item=f'{{"data":1,"new":{data}}}'), f'{{"vin":{data}}}', data]
    for body in (deep[0], deep[1], deep[2], deep[3], data[: len(data) // 2]):
        _, [found] = _read(tmp_path / str(len(body)), _batch(*neighbours[:2], body, *neighbours[2:]))
        if body == data[: len(data) // 2]:
            # A text that never closes may swallow what follows, but nothing that stands before.
            assert found[:2] == [[_Leaf("", 0.0)], [_Leaf("", 1.0)]]
            assert isinstance(found[2], str)
        else:
            assert [found[at] for at in (0, 1, 3, 4)] == [[_Leaf("", float(number))] for number in range(4)]
            assert isinstance(found[2], str) or component in [leaf.component.removeprefix("new.") for leaf in found[2]]


# As written, the time or None for the batch's, and how the writing is kept where it is no time
_MOMENTS: list[tuple[str, int | None, _Leaf | None]] = [
    ('"0001-01-01T00:00:00Z"', -62_135_596_800_000_000, None),
    ('"9999-12-31T23:59:59.999999Z"', 253_402_300_799_999_999, None),
    ('"0000-01-01T00:00:00Z"', None, _Leaf("timestamp", None, "0000-01-01T00:00:00Z")),
    ('"10000-01-01T00:00:00Z"', None, _Leaf("timestamp", None, "10000-01-01T00:00:00Z")),
    ('"2023-04-28T09:32:11.804123456Z"', STAMP_US + 123, None),
    ('"2023-04-28T09:32:11.80412345678901234567890Z"', STAMP_US + 123, None),
    ('"2023-04-28T09:32:11,804Z"', STAMP_US, None),
    ('"2023-04-28t09:32:11.804z"', STAMP_US, None),
    ('"2023-04-28 09:32:11.804Z"', STAMP_US, None),
    ('"2023-04-28T09:32:11.804"', STAMP_US, None),
    ('"2023-04-28T09:32:11.804+00:00"', STAMP_US, None),
    ('"2023-04-28T15:02:11.804+05:30"', STAMP_US, None),
    ('"2023-04-27T23:32:11.804-10"', STAMP_US, None),
    ('"2016-12-31T23:59:60Z"', None, _Leaf("timestamp", None, "2016-12-31T23:59:60Z")),
    ('"2023-04-28T24:00:00Z"', None, _Leaf("timestamp", None, "2023-04-28T24:00:00Z")),
    ('"2023-02-29T09:32:11Z"', None, _Leaf("timestamp", None, "2023-02-29T09:32:11Z")),
    ('"2023-04-28T09:32:11.Z"', None, _Leaf("timestamp", None, "2023-04-28T09:32:11.Z")),
    ('"2023-04-28"', None, _Leaf("timestamp", None, "2023-04-28")),
    ('"09:32"', None, _Leaf("timestamp", None, "09:32")),
    ('""', None, _Leaf("timestamp", None, "")),
    (r'"2023-04-28T09:32:11.804\u005a"', STAMP_US, None),
    ("1682674331804", None, _Leaf("timestamp", 1682674331804.0)),
    ("1682674331.804", None, _Leaf("timestamp", 1682674331.804)),
    ('"1682674331804"', None, _Leaf("timestamp", None, "1682674331804")),
    ("true", None, _Leaf("timestamp", 1.0, "true")),
    ('["2023-04-28T09:32:11.804Z"]', None, _Leaf("timestamp.0", STAMP_US / 1e6, "2023-04-28T09:32:11.804Z")),
    ('{"seconds":5}', None, _Leaf("timestamp.seconds", 5.0)),
    ("{}", None, _Leaf("timestamp")),
    ("NaN", None, _Leaf("timestamp", None, "NaN")),
]


def test_odd_timestamps(tmp_path: Path) -> None:
    cases = []
    for written, time, kept in _MOMENTS:
        gives = [leaf._replace(time=time) for leaf in [_Leaf("", 1.0), kept] if leaf is not None]
        envelope = f'"message_id":"ID","timestamp":{written},"vin":"VF1"'
        cases.append(_Case(_message(time=written), gives))
        cases.append(_Case(_message(item='{"data":1}', envelope=envelope), gives))
    _check(tmp_path, *cases)


_VINS: list[tuple[str, str | None]] = [
    ('""', ""),
    ('"V"', "V"),
    ('" VF1 "', " VF1 "),
    ('"' + "V" * 100_000 + '"', "V" * 100_000),
    ('"VF1/../%2e"', "VF1/../%2e"),
    ("17", "17"),
    ("1.50", "1.50"),
    ("12345678901234567890", "12345678901234567890"),
    ("true", "true"),
    ("null", ""),
    ("{}", None),
    ("[]", None),
    ('["VF1"]', None),
    ('{"vin":"VF1"}', None),
]


def test_odd_vins(tmp_path: Path) -> None:
    _check(
        tmp_path,
        *(
            _Case(
                _message(envelope=f'"message_id":"ID","vin":{written}'),
                "The vin is no text" if vin is None else [_Leaf("", 1.0, vin=vin)],
            )
            for written, vin in _VINS
        ),
        _Case(_message(envelope='"message_id":"ID"'), [_Leaf("", 1.0, vin="")]),
    )


def test_odd_message_ids(tmp_path: Path) -> None:
    beside = _Leaf(path="envelope.message_id", time=None)
    written: list[tuple[str, list[_Leaf]]] = [
        ('""', []),
        ("17", []),
        ("null", []),
        ("true", []),
        ("NaN", []),
        ("1e400", []),
        ("{}", [beside]),
        ('["a"]', [beside._replace(component="0", text="a")]),
        ('{"id":{"id":1}}', [beside._replace(component="id.id", value=1.0)]),
    ]
    _check(
        tmp_path,
        *(
            _Case(_message(str(value), envelope=f'"message_id":{id},"vin":"VF1"'), [_Leaf("", float(value)), *leaves])
            for value, (id, leaves) in enumerate(written)
        ),
    )


_LONG = "x" * 10_000_000


@pytest.mark.parametrize(
    ("written", "leaf"),
    [
        (_message(f'"{_LONG}"'), _Leaf("", None, _LONG)),
        (_message(f'{{"{_LONG}":1}}'), _Leaf(_LONG, 1.0)),
        (_message(f'{{"location":"{_LONG}","a":1}}'), _Leaf(f"{_LONG}.a", 1.0)),
        (_message(envelope=f'"message_id":"ID","vin":"{_LONG}"'), _Leaf("", 1.0, vin=_LONG)),
        (_message(envelope=f'"message_id":"{_LONG}","vin":"VF1"'), _Leaf("", 1.0)),
        (_message(capability=f'"{_LONG}"'), _Leaf("", 1.0, path=f"{_LONG}.thing")),
    ],
    ids=["value", "member", "selector", "vin", "message_id", "capability"],
)
def test_ten_megabytes_in_one_text(tmp_path: Path, written: str, leaf: _Leaf) -> None:
    texts = [_message("1").replace("ID", "A"), written, _message("2").replace("ID", "B")]
    _, [found] = _read(tmp_path, _batch(*texts))
    # Compared without a report of the difference, which would be as long.
    assert [found[0], found[2]] == [[_Leaf("", 1.0)], [_Leaf("", 2.0)]]
    assert bool(found[1] == [leaf])


def test_ten_megabytes_that_cannot_be_read(tmp_path: Path) -> None:
    texts = [_message("1").replace("ID", "A"), f'{{"vin":"{_LONG}"}}', _message("2").replace("ID", "B")]
    archive, [found] = _read(tmp_path, _batch(*texts))
    assert found == [[_Leaf("", 1.0)], "The message has no data", [_Leaf("", 2.0)]]
    [reject] = archive.rejects(JobContext())
    assert reject.raw == f'{{"vin":"{_LONG}'[:4096]


def test_what_stands_between_the_messages(tmp_path: Path) -> None:
    texts = [_message(str(number)).replace("ID", str(number)) for number in range(3)]
    parsed = [json.loads(text) for text in texts]
    wanted: list[Any] = [[_Leaf("", float(number))] for number in range(3)]
    lines = json.dumps(parsed, indent="\t").replace("\n", "\r\n")
    bodies = [
        b"\xef\xbb\xbf" + ",".join(texts).join("[]").encode(),
        lines.encode(),
        lines.replace("\r\n", "\r").encode(),
        b"\xef\xbb\xbf\r\n" + lines.encode() + b"\r\n\r\n",
        (" " * 1_000_000).join(["[", texts[0], ",", texts[1], ",", texts[2], "]"]).encode(),
        lines.replace(":", " " * 50_000 + ":\n" * 1, 6).encode(),
    ]
    for number, body in enumerate(bodies):
        _, [found] = _read(tmp_path / str(number), body)
        assert found == wanted, body[:100]
