"""Each shape of the input and the samples it gives, by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from core.archive.flatten import flatten
from core.archive.flatten.identity import digest
from core.archive.flatten.moments import read_moment
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import (
    APP,
    SELECTION,
    STAMP,
    STAMP_US,
    content,
    flattened,
    item,
    key,
    leaves,
    message,
    odometer,
    rejected,
    rows,
    total,
)

if TYPE_CHECKING:
    from pathlib import Path

    from core.archive.flatten import FlattenResult

_NOTHING = (None, None, None, None)


def _data(folder: Path, data: Any, capability: str = "new_one", property: str = "thing") -> list[tuple[Any, ...]]:
    return leaves(folder, message(capability, property, item(data)))


# (data, value, text, unit)
_PLAIN: list[tuple[Any, float | None, str | None, str | None]] = [
    (900, 900.0, None, None),
    (-0.5, -0.5, None, None),
    (1e22, 1e22, None, None),
    ("on", None, "on", None),
    ("", None, "", None),
    ('say "ä"\n\\', None, 'say "ä"\n\\', None),
    ("a\0b", None, "a\0b", None),
    ("12", None, "12", None),
    (True, 1.0, "true", None),
    (False, 0.0, "false", None),
    (None, None, None, None),
    ({}, None, None, None),
    ([], None, None, None),
    ({"unit": "kilometers", "value": 900}, 900.0, None, "kilometers"),
    ({"value": 900, "unit": None}, 900.0, None, None),
    ({"value": "full", "unit": "bars"}, None, "full", "bars"),
    ({"value": None, "unit": "bars"}, None, None, "bars"),
    ({"hour": 16, "minute": 21}, 16.35, "16:21", None),
    ({"minute": 5, "hour": 0}, 5 / 60, "00:05", None),
    ("2023-04-28T09:32:11.804Z", STAMP_US / 1e6, "2023-04-28T09:32:11.804Z", None),
    ("2023-04-28T11:32:11.804+02:00", STAMP_US / 1e6, "2023-04-28T11:32:11.804+02:00", None),
    ("2023-04-28T09:32", 1682674320.0, "2023-04-28T09:32", None),
    ("2023-04-28", None, "2023-04-28", None),
    ("2023-02-30T09:32:11Z", None, "2023-02-30T09:32:11Z", None),
]


def test_plain_values(tmp_path: Path) -> None:
    found = leaves(tmp_path, *(message("new_one", "thing", item(data)) for data, *_ in _PLAIN))
    assert found == [("", *expected, None) for _, *expected in _PLAIN]


# (as written, value, text)
_NUMBERS: list[tuple[str, float | None, str | None]] = [
    ("9007199254740992", 9007199254740992.0, None),
    ("9007199254740993", 9007199254740992.0, "9007199254740993"),
    ("-12345678901234567890123", -1.2345678901234568e22, "-12345678901234567890123"),
    ("0.12345678901234567890", 0.12345678901234568, "0.12345678901234567890"),
    ("52.516275000000004", 52.516275000000004, None),
    ("1e400", None, "1e400"),
    ("1e-400", 0.0, "1e-400"),
    ("-Infinity", None, "-Infinity"),
    ("NaN", None, "NaN"),
    ("3.00", 3.0, None),
]


def test_numbers_say_all_they_said(tmp_path: Path) -> None:
    bodies = [content(odometer(4711)).replace(b"4711", written.encode()) for written, *_ in _NUMBERS]
    found = rows(tmp_path, flattened(tmp_path, *bodies), columns=("value", "text", "unit"))
    assert found == [(value, text, "kilometers") for _, value, text in _NUMBERS]


def test_members_and_selectors_name_the_component(tmp_path: Path) -> None:
    tires = [
        item({"location": place, "pressure": {"unit": "kilopascals", "value": 220.5}})
        for place in ("front_left", "rear_right")
    ]
    assert leaves(
        tmp_path,
        message("diagnostics", "tire_pressures", tires),
        message("vehicle_location", "coordinates", item({"latitude": 52.5, "longitude": 13.4})),
        message("climate", "weekday_times", item({"weekday": "monday", "time": {"hour": 16, "minute": 30}})),
        message("diagnostics", "trouble_codes", item({"id": "C1", "ecu_id": "D2", "occurrences": 2, "status": None})),
    ) == [
        ("front_left.pressure", 220.5, None, "kilopascals", None),
        ("rear_right.pressure", 220.5, None, "kilopascals", None),
        ("latitude", 52.5, None, None, None),
        ("longitude", 13.4, None, None, None),
        ("monday.time", 16.5, "16:30", None, None),
        ("C1.D2.occurrences", 2.0, None, None, None),
        ("C1.D2.status", *_NOTHING),
    ]


def test_unknown_objects_select_by_the_default_names(tmp_path: Path) -> None:
    assert _data(tmp_path, {"type": "x", "axle": "front", "level": 1}) == [("front.x.level", 1.0, None, None, None)]
    # Known objects select by what is known of them alone.
    found = _data(tmp_path, {"type": "x", "latitude": 1}, "vehicle_location", "coordinates")
    assert found == [("latitude", 1.0, None, None, None), ("type", None, "x", None, None)]


_COMPONENTS: list[tuple[Any, list[str]]] = [
    ({"location": "left"}, ["left"]),
    ({"location": None, "a": 1}, ["a", "location"]),
    ({"location": {"x": 1}, "a": 1}, ["a", "location.x"]),
    ({"location": True, "a": 1}, ["true.a"]),
    ({"axle": 2, "a": 1}, ["2.a"]),
    ({"location": "v1.5%~", "a": 1}, ["v1%2E5%25%7E.a"]),
    ({"location": "", "a": 1}, ["%.a"]),
    ({"a.b": 1, "a": {"b": 2}, "": 3}, ["%", "a%2Eb", "a.b"]),
    ({"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}, ["a.b.c.d.e.f"]),
    ({"a": {"location": "left", "b": 1}}, ["a.left.b"]),
    ({"a": {}, "b": [], "c": 1}, ["a", "b", "c"]),
    ([1, 2], ["0", "1"]),
    (
        {"a": [{"x": 1}, {"location": "left", "x": 2}, {"location": "left", "x": 3}]},
        ["a.0.x", "a.left.x", "a.left.x~2"],
    ),
    ({"unit": "km", "value": 5, "accuracy": 1}, ["accuracy", "unit", "value"]),
    ({"unit": "km", "value": {"x": 1}}, ["unit", "value.x"]),
    ({"hour": 25, "minute": 0}, ["hour", "minute"]),
    ({"hour": 1.5, "minute": 0}, ["hour", "minute"]),
]


def test_components(tmp_path: Path) -> None:
    bodies = [content(message("new_one", "thing", item(data))) for data, _ in _COMPONENTS]
    found = rows(tmp_path, flattened(tmp_path, *bodies), columns=("batch", "component"))
    assert [[row[1] for row in found if row[0] == key(number).text] for number in range(len(bodies))] == [
        components for _, components in _COMPONENTS
    ]


def test_members_that_come_twice_are_kept(tmp_path: Path) -> None:
    body = content(message("a", "b", item("HERE"))).replace(b'"HERE"', b'{"x": 1, "x": 2, "y": 3}')
    found = rows(tmp_path, flattened(tmp_path, body), columns=("component", "value"))
    assert found == [("x", 1.0), ("x~2", 2.0), ("y", 3.0)]


def test_failure_stands_instead_of_a_value(tmp_path: Path) -> None:
    def failed(failure: Any, **members: Any) -> dict[str, Any]:
        return message("a", "b", {"failure": failure, "timestamp": STAMP, **members})

    assert leaves(
        tmp_path,
        failed({"reason": "rate_limit", "description": "Try again"}),
        failed({"reason": "unauthorised"}),
        failed({"reason": "unknown", "description": None}, data=None),
        failed({"description": "No reason given"}),
        failed("timeout"),
        failed({"reason": "pending", "code": 7}),
        failed({"reason": "pending"}, data=5),
    ) == [
        ("", None, "Try again", None, "rate_limit"),
        ("", None, None, None, "unauthorised"),
        ("", None, None, None, "unknown"),
        ("", None, "No reason given", None, "unknown"),
        ("", None, None, None, "timeout"),
        ("", None, None, None, "pending"),
        ("failure.code", 7.0, None, None, None),
        ("", 5.0, None, None, None),
        ("failure", None, None, None, "pending"),
    ]


def test_availability_and_unknown_members_of_an_item(tmp_path: Path) -> None:
    availability = {"update_rate": "trip_high", "rate_limit": {"unit": "times_per_day", "value": 4}}
    assert leaves(
        tmp_path,
        message("a", "b", item(5, availability=availability)),
        message("a", "b", item({"x": 1, "availability": 2}, availability=3)),
        message("a", "b", item(5, quality={"level": "good"})),
        message("a", "b", {"unit": "km", "value": 5}),
        message("a", "b", {"timestamp": STAMP}),
        message("a", "b", 7),
    ) == [
        ("", 5.0, None, None, None),
        ("availability.rate_limit", 4.0, None, "times_per_day", None),
        ("availability.update_rate", None, "trip_high", None, None),
        ("availability", 2.0, None, None, None),
        ("availability~2", 3.0, None, None, None),
        ("x", 1.0, None, None, None),
        ("", 5.0, None, None, None),
        ("quality.level", None, "good", None, None),
        ("", 5.0, None, "km", None),
        ("", *_NOTHING),
        ("", 7.0, None, None, None),
    ]


# (the item's time, the message's, time in microseconds or None for the batch's, text that is kept)
_TIMES: list[tuple[str | None, str | None, int | None, str | None]] = [
    (STAMP, None, STAMP_US, None),
    ("2023-04-28T09:32:11.804123Z", None, STAMP_US + 123, None),
    ("2023-04-28T09:32:11.804123999Z", None, STAMP_US + 123, None),
    ("2023-04-28T09:32:11Z", None, STAMP_US - 804_000, None),
    ("2023-04-28T11:32:11.804+02:00", None, STAMP_US, None),
    ("2023-04-28T04:02:11.804-0530", None, STAMP_US, None),
    ("2023-04-28T09:32:11.804", None, STAMP_US, None),
    ("2023-04-28 09:32:11,804z", None, STAMP_US, None),
    (STAMP, "2020-01-01T00:00:00Z", STAMP_US, None),
    (None, STAMP, STAMP_US, None),
    (None, None, None, None),
    ("yesterday", None, None, "yesterday"),
    ("2023-04-28T09:32:61Z", STAMP, None, "2023-04-28T09:32:61Z"),
    (None, "soon", None, "soon"),
    ("9999-12-31T23:59:59-01:00", None, None, "9999-12-31T23:59:59-01:00"),
]


def test_times(tmp_path: Path) -> None:
    bodies = [
        content(odometer(900, of_item, **({} if of_message is None else {"timestamp": of_message})))
        for of_item, of_message, _, _ in _TIMES
    ]
    columns = ("batch", "component", "value", "text", "time", "time_from_batch")
    found = rows(tmp_path, flattened(tmp_path, *bodies), columns=columns)
    expected: list[tuple[Any, ...]] = []
    for number, (of_item, of_message, time, kept) in enumerate(_TIMES):
        batch = key(number)
        when = (batch.time, True) if time is None else (time, False)
        expected.append((batch.text, "", 900.0, None, *when))
        if kept is not None:
            expected.append((batch.text, "timestamp", None, kept, *when))
        if of_item is not None and of_message is not None:
            # What no sample of the data says is said beside it.
            moment = read_moment(of_message)
            assert moment is not None
            expected.append((batch.text, "", moment / 1e6, of_message, moment, False))
    assert found == expected


def test_a_number_as_time_is_kept(tmp_path: Path) -> None:
    body = content(message("a", "b", {"data": 1, "timestamp": 1682674331804}))
    found = rows(tmp_path, flattened(tmp_path, body), columns=("component", "value", "time_from_batch"))
    assert found == [("", 1.0, True), ("timestamp", 1682674331804.0, True)]


def test_version_2_envelope(tmp_path: Path) -> None:
    body = content(
        {
            "data": {
                "diagnostics": {"odometer": [item({"unit": "miles", "value": 7})], "speed": [item(1), item(2)]},
                "doors": {"locks": [item({"location": "left", "lock": "locked"})], "codes": []},
            },
            "message_id": "A1",
            "version": 2,
            "vin": "VF2",
            "application_id": APP,
        }
    )
    found = rows(
        tmp_path,
        flattened(tmp_path, body),
        columns=("vin", "capability", "property", "component", "value", "text", "ordinal", "item"),
    )
    assert found == [
        ("VF2", "diagnostics", "odometer", "", 7.0, None, 0, 0),
        ("VF2", "diagnostics", "speed", "", 1.0, None, 0, 0),
        ("VF2", "diagnostics", "speed", "", 2.0, None, 0, 1),
        ("VF2", "doors", "codes", "", None, None, 0, 0),
        ("VF2", "doors", "locks", "left.lock", None, "locked", 0, 0),
    ]


def test_a_whole_row(tmp_path: Path) -> None:
    found = rows(tmp_path, flattened(tmp_path, b"[]", content(odometer(1), odometer(900, vin=None))))
    assert [row[:-1] for row in found] == [
        ("VF1", "diagnostics", "odometer", "", STAMP_US, False, 1.0, None, "kilometers", None, key(1).text, 0, 0),
        ("", "diagnostics", "odometer", "", STAMP_US, False, 900.0, None, "kilometers", None, key(1).text, 1, 0),
    ]


def test_what_stands_beside_the_data_is_kept_unless_the_data_says_it(tmp_path: Path) -> None:
    said = odometer(1, application_id=APP, version=2)
    region = {"name": "eu", "codes": [1]}
    other = odometer(2, application_id="9F", version=3, region=region, hint=None, vin="VF2") | {"capability": "doors"}
    twice = content(odometer(3)).replace(b'"version": 1', b'"version": 2, "version": 1')
    bodies = content(said, other), twice
    columns = ("vin", "property", "component", "value", "text", "ordinal", "time_from_batch", "failure", "unit")
    found = rows(tmp_path, flattened(tmp_path, *bodies), columns=("capability", *columns))
    assert [row[1:7] for row in found if row[0] == "envelope"] == [
        ("VF2", "application_id", "", None, "9F", 1),
        ("VF2", "capability", "", None, "doors", 1),
        ("VF2", "hint", "", None, None, 1),
        ("VF2", "region", "codes.0", 1.0, None, 1),
        ("VF2", "region", "name", None, "eu", 1),
        ("VF2", "version", "", 3.0, None, 1),
        ("VF1", "version", "", 2.0, None, 0),
    ]
    assert len(found) == 10


def test_the_digest_is_that_of_the_message_id_or_of_the_message(tmp_path: Path) -> None:
    nameless = odometer(1, message_id=None)
    odd = message("a", "b", [[1]], message_id=None)
    again = b"\n" + content(nameless, odd, odometer(2), odometer(3), odometer(1))
    found = rows(tmp_path, flattened(tmp_path, content(nameless, odd), again), columns=("ordinal", "message"))
    digests = [row[1] for row in found]
    assert digests[0] == digests[2]
    assert digests[1] == digests[3]
    assert set(digests[4:]) == {digest("71D4")}
    assert len({digests[0], digests[1], digests[4]}) == 3
    assert all(0 <= digest < 2**63 for digest in digests)


_UNREADABLE: list[tuple[Any, str]] = [
    (5, "The message is no JSON object"),
    (None, "The message is no JSON object"),
    ([{"a": 1}], "The message is no JSON object"),
    ({"vin": "A"}, "The message has no data"),
    ({"vin": "A", "data": None}, "The message has no data"),
    ({"vin": "A", "data": 5}, "The message's data is no JSON object"),
    ({"vin": "A", "data": {}}, "The message's data names no property"),
    ({"vin": "A", "data": {"diagnostics": {}}}, "The message's data names no property"),
    ({"vin": {"x": 1}, "data": {"a": {"b": item(1)}}}, "The vin is no text"),
]


def test_unreadable_messages(tmp_path: Path) -> None:
    bodies = [content(odometer(1), element, odometer(2)) for element, _ in _UNREADABLE]
    result = flattened(tmp_path, *bodies)
    assert rows(tmp_path, result, columns=("ordinal", "value")) == [(0, 1.0), (2, 2.0)] * len(bodies)
    assert rows(tmp_path, result, "reject", ("batch", "ordinal", "reason", "raw")) == [
        (key(number).text, 1, reason, json.dumps(element)) for number, (element, reason) in enumerate(_UNREADABLE)
    ]
    assert {(count.messages, count.samples, count.rejects) for count in result.counts} == {(3, 2, 1)}


_NO_BATCHES = [
    (b"", "The file is empty"),
    (b" \n", "The file is empty"),
    (b"\xff\xfe[\x00", "The file is text in UTF-16, not in UTF-8"),
    (b"\x1f\x8b\x08\x00", "The file is compressed (gzip), not text in UTF-8"),
    (b"\xe4\xf6", "The file is not text in UTF-8"),
    (b"hello", "The file is no JSON list of messages: Expecting value"),
    (b'{"a": 1}', "The file is a JSON object, not a list of messages"),
    (b"7", "The file is a JSON value, not a list of messages"),
]


def test_no_batch_at_all(tmp_path: Path) -> None:
    result = flattened(tmp_path, *(body for body, _ in _NO_BATCHES), content(odometer(1)))
    assert rows(tmp_path, result, "reject", ("ordinal", "reason")) == [(-1, reason) for _, reason in _NO_BATCHES]
    counts = [(count.messages, count.samples, count.rejects) for count in result.counts]
    assert counts == [(0, 0, 1)] * len(_NO_BATCHES) + [(1, 1, 0)]


def test_a_single_message_is_read(tmp_path: Path) -> None:
    result = flattened(tmp_path, json.dumps(odometer(5)).encode())
    assert rows(tmp_path, result, columns=("ordinal", "value")) == [(0, 5.0)]


def _read(folder: Path, body: bytes) -> tuple[list[float], list[tuple[int, str]]]:
    result: FlattenResult = flattened(folder, body)
    values = [row[0] for row in rows(folder, result, columns=("value",))]
    return values, rows(folder, result, "reject", ("ordinal", "reason"))


def test_damaged_batches_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    whole = content(odometer(1), odometer(2), odometer(3))
    assert _read(tmp_path, b"\xef\xbb\xbf" + whole) == ([1.0, 2.0, 3.0], [])
    assert _read(tmp_path, whole[:-1]) == ([1.0, 2.0, 3.0], [(-1, "The file ends before its list does")])
    values, rejects = _read(tmp_path, whole[:-30])
    assert (values, [row[0] for row in rejects]) == ([1.0, 2.0], [2])
    assert _read(tmp_path, whole.replace(b'"value": 2', b'"value": 0x2'))[0] == [1.0, 3.0]
    assert _read(tmp_path, whole.replace(b'"value": 2', b'"value: 2'))[0] == [1.0, 3.0]
    assert _read(tmp_path, whole.replace(b'"value": 2}', b'"value": 2'))[0] == [1.0, 3.0]
    assert _read(tmp_path, whole.replace(b'"value": 2}', b'"value": 2,}'))[0] == [1.0, 2.0, 3.0]
    assert _read(tmp_path, whole.replace(b'"VF1"', b'"\\ud800"')) == ([1.0, 2.0, 3.0], [])
    assert _read(tmp_path, whole + b" x") == ([1.0, 2.0, 3.0], [(3, "Text follows after the end of the list")])


def test_half_a_surrogate_pair_is_written_as_an_escape(tmp_path: Path) -> None:
    body = content(message("a", "b", item("HERE"))).replace(b"HERE", rb"x\ud800y")
    assert rows(tmp_path, flattened(tmp_path, body), columns=("text",)) == [("x\\ud800y",)]


@pytest.mark.parametrize("nested", [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 200_000 + b"]" * 200_000])
def test_depth_does_not_end_the_program(tmp_path: Path, nested: bytes) -> None:
    body = content(odometer(1), "HERE", odometer(2)).replace(b'"HERE"', nested)
    result = flattened(tmp_path, body)
    assert rows(tmp_path, result, columns=("value",))[0] == (1.0,)
    assert total(result, "rejects") >= 1


def test_the_raw_text_of_a_reject_is_cut(tmp_path: Path) -> None:
    result = flattened(tmp_path, content("ä" * 10_000))
    [(raw,)] = rows(tmp_path, result, "reject", ("raw",))
    assert 4000 < len(raw.encode()) <= 4096


def test_rejects_of_several_batches(tmp_path: Path) -> None:
    assert rejected(tmp_path, content(1, odometer(1)), b"", content(odometer(2), 2)) == [
        (0, "The message is no JSON object"),
        (-1, "The file is empty"),
        (1, "The message is no JSON object"),
    ]


def test_files_belong_to_their_app_level_and_month(tmp_path: Path) -> None:
    places = [key(1), key(2, "2023/05/01"), key(3, level="level12"), key(4, app="A" * 24), key(5)]
    result = flatten([(place, content(odometer(1))) for place in places], tmp_path, JobContext(), SELECTION)
    found = {(file.partition.app, file.partition.level, file.partition.month): file.rows for file in result.files}
    assert found == {
        (key().app, "level13", "2023-04"): 2,
        (key().app, "level13", "2023-05"): 1,
        (key().app, "level12", "2023-04"): 1,
        ("A" * 24, "level13", "2023-04"): 1,
    }


def test_a_large_call_is_shared_by_workers(tmp_path: Path) -> None:
    body = content(*(odometer(number, vin=f"V{number:05}") for number in range(2000)))
    padded = body + b" " * 12_000_000
    result = flatten([(key(number), padded) for number in range(4)], tmp_path, JobContext(), SELECTION)
    assert [count.key for count in result.counts] == [key(number) for number in range(4)]
    assert sum(file.rows for file in result.files) == total(result, "samples") == 8000
    found = rows(tmp_path, result, columns=("vin", "capability", "property", "component", "time"))
    assert len(found) == 8000


def test_cancelling_leaves_no_file(tmp_path: Path) -> None:
    ctx = JobContext()
    ctx.cancel()
    with pytest.raises(JobCancelled):
        flatten([(key(), content(odometer(1)))], tmp_path, ctx, SELECTION)
    assert list(tmp_path.rglob("*.parquet")) == []
