"""Hypothesis strategies for messages as JSON text: usual ones, odd ones and such that come close to usual ones."""

from __future__ import annotations

import json

from hypothesis import strategies as st

_MEMBER_NAMES = (
    *("unit", "value", "hour", "minute", "location", "axle", "type", "id", "pressure", "data", "timestamp", "vin"),
    *("availability", "failure", "a.b", "a~2", "%", "", "\\", 'quo"te', "ä", "x" * 30),
)
_TIMES = (
    *(
        "2023-04-28T09:32:11.804Z",
        "2023-04-28T09:32:11Z",
        "2023-04-28T09:32:11.804123Z",
        "2023-04-28T09:32:11.804123999Z",
    ),
    *("2023-04-28T09:32:11.804+02:00", "2023-04-28T09:32:11-0530", "2023-04-28T09:32:11", "2023-04-28 09:32:11Z"),
    *(
        "2023-02-30T09:32:11Z",
        "2023-04-28T24:00:00Z",
        "2023-04-28T09:32:60Z",
        "2023-04-28T09:32Z",
        "2023-04-28",
        "yesterday",
    ),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "1000-01-01T00:00:00.000001Z", "2023-04-28T09:32:11+15:00"),
    *("1969-12-31T23:59:59.999999Z", "2023-04-28t09:32:11z", "2023-04-28T09:32:11+23:59", "\\u0032023-04-28T09:32:11Z"),
)
_NUMBERS = (
    *("0", "-0", "-0.0", "1E5", "1e400", "-1e400", "1e-400", "5e-324", "0.1", "12345678901234567890123", "NaN"),
    *("9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551615", "-9223372036854775808"),
    *("0.12345678901234567890", "52.516275000000004", "1.7976931348623157e308", "100000000000000000000.0", "3.00"),
)

plain_texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["on", "front_left", "1.5", "true", "null", "{", "[1]", '"', "\\", "a\x00b", "\ud83d\ude97", "\x7f", "%2E"]
    ),
)
texts = st.one_of(
    plain_texts.map(json.dumps), plain_texts.map(lambda text: json.dumps(text, ensure_ascii=False))
).filter(lambda text: all(not 0xD800 <= ord(sign) < 0xE000 for sign in text))
times = st.sampled_from(_TIMES).map(lambda text: f'"{text}"')
usual_times = st.sampled_from(_TIMES[:5]).map(lambda text: f'"{text}"')
numbers = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(_NUMBERS),
)
scalars = st.one_of(texts, times, numbers, st.sampled_from(["true", "false", "null"]))
names = st.one_of(st.sampled_from(_MEMBER_NAMES), st.text(max_size=4)).map(json.dumps)


def _object(members: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{name}:{node}" for name, node in members) + "}"


def _list(nodes: list[str]) -> str:
    return "[" + ",".join(nodes) + "]"


def _fixed(**members: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Objects with some of these members, in any order."""

    def build(found: dict[str, str]) -> st.SearchStrategy[str]:
        return st.permutations(list(found.items())).map(lambda pairs: _object([(json.dumps(k), v) for k, v in pairs]))

    return st.fixed_dictionaries({}, optional=members).flatmap(build)


measured = st.tuples(texts, numbers).map(lambda pair: f'{{"unit":{pair[0]},"value":{pair[1]}}}')
near_measured = _fixed(unit=scalars, value=scalars)
clocks = _fixed(hour=st.one_of(st.integers(-1, 30).map(str), scalars), minute=st.integers(0, 70).map(str))
small = st.one_of(scalars, measured, near_measured, clocks)


def objects(nodes: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Objects of any members, some of which may come twice."""
    return st.one_of(
        st.lists(st.tuples(names, nodes), max_size=4).map(_object),
        st.lists(st.tuples(names, nodes), max_size=4, unique_by=lambda pair: pair[0]).map(_object),
        _fixed(location=st.one_of(texts, scalars), pressure=nodes, axle=scalars, temperature=nodes),
    )


nodes = st.recursive(
    small, lambda inner: st.one_of(objects(inner), st.lists(inner, max_size=3).map(_list)), max_leaves=8
)
failures = st.one_of(
    _fixed(reason=texts, description=texts), _fixed(reason=scalars, description=scalars, more=scalars), scalars
)
availability = st.one_of(_fixed(update_rate=texts, rate_limit=measured, applies_per=texts), nodes)
moments = st.one_of(times, times, scalars)
usual_scalars = st.one_of(texts, usual_times, st.sampled_from(["true", "false", "null"]), *[numbers] * 3)
usual_names = st.sampled_from(
    ["location", "axle", "id", "pressure", "value", "unit", "a.b", "a~2", "%", "", "quote'", "ä"]
)
usual_nodes = st.recursive(
    st.one_of(
        usual_scalars,
        measured,
        st.tuples(st.integers(0, 24), st.integers(0, 59)).map(
            lambda clock: f'{{"hour":{clock[0]},"minute":{clock[1]}}}'
        ),
    ),
    lambda inner: st.lists(
        st.tuples(usual_names.map(json.dumps), inner), max_size=3, unique_by=lambda pair: pair[0]
    ).map(_object),
    max_leaves=4,
)
usual_items = st.one_of(
    st.tuples(usual_nodes, usual_times).map(lambda pair: f'{{"data":{pair[0]},"timestamp":{pair[1]}}}'),
    _fixed(data=usual_nodes, timestamp=usual_times, availability=_fixed(update_rate=texts, rate_limit=measured)),
    _fixed(failure=_fixed(reason=texts, description=texts), timestamp=usual_times),
)
items = st.one_of(
    usual_items,
    _fixed(data=nodes, timestamp=moments),
    _fixed(data=nodes, timestamp=moments, failure=failures, availability=availability),
    _fixed(failure=failures, timestamp=times),
    _fixed(data=small, timestamp=times, extra=nodes),
    nodes,
)
properties = st.one_of(
    items, st.lists(usual_items, min_size=1, max_size=3).map(_list), st.lists(items, max_size=3).map(_list)
)
capability_names = st.one_of(st.sampled_from(['"diagnostics"', '"climate"', '"vehicle_location"', '"new_one"']), names)
property_names = st.one_of(
    st.sampled_from(['"tire_pressures"', '"weekday_times"', '"coordinates"', '"odometer"']), names
)
capabilities = st.one_of(
    st.tuples(property_names, properties).map(lambda pair: _object([pair])),
    st.lists(st.tuples(property_names, properties), max_size=3).map(_object),
    nodes,
)
data = st.one_of(
    st.tuples(capability_names, capabilities).map(lambda pair: _object([pair])),
    st.lists(st.tuples(capability_names, capabilities), max_size=3).map(_object),
    nodes,
)
usual_messages = st.tuples(
    property_names, st.one_of(usual_items, st.lists(usual_items, min_size=1, max_size=3).map(_list)), st.integers(0, 9)
).map(
    lambda parts: (
        f'{{"data":{{"diagnostics":{{{parts[0]}:{parts[1]}}}}},"message_id":"M{parts[2]}","version":1,"vin":"V{parts[2]}"}}'
    )
)
messages = st.one_of(
    *[usual_messages] * 4,
    _fixed(data=data, vin=st.one_of(texts, scalars), message_id=texts, version=numbers),
    _fixed(data=data, vin=texts, message_id=st.one_of(texts, nodes), timestamp=moments, data2=data),
    st.tuples(data, data).map(lambda pair: f'{{"vin":"A","data":{pair[0]},"data":{pair[1]}}}'),
    nodes,
)
batches = st.lists(messages, max_size=8)
