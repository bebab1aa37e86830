"""Formulas: what is read, what is refused and where, and that what is written is read back the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.fleet.formula import (
    LONGEST,
    as_node,
    derived_key,
    formula_of,
    inputs_of,
    looks_like_formula,
    parse,
    span,
)
from core.fleet.nodes import (
    PERIODS,
    PICKS,
    SIGNS,
    Arithmetic,
    Input,
    MovingAverage,
    Node,
    Number,
    PerDay,
    Rate,
    Resample,
    Span,
    inputs,
    text_of,
)
from core.fleet.series import SeriesKey

ODOMETER = Input("diagnostics", "odometer")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("per_day(diagnostics.odometer)", "per_day(diagnostics.odometer, 'UTC')"),
        ('per_day( diagnostics.odometer , zone="Europe/Berlin" )', "per_day(diagnostics.odometer, 'Europe/Berlin')"),
        ("rate(diagnostics.odometer)", "rate(diagnostics.odometer, 'h')"),
        ("rate(a.b, per='min')", "rate(a.b, 'min')"),
        ("moving_average(a.b,'24 h')", "moving_average(a.b, '24h')"),
        ("resample(a.b, '1d')", "resample(a.b, '1day', 'last')"),
        ("a.b-(c.d-e.f)", "a.b - (c.d - e.f)"),
        ("(a.b-c.d)-e.f", "a.b - c.d - e.f"),
        ("(a.b + 2) * 0.5", "(a.b + 2) * 0.5"),
        ("-a.b", "-1 * a.b"),
        ("a.b / -2", "a.b / -2"),
        ("1e3*a.b", "1000 * a.b"),
        ("doors.positions.front_left.position * 1", "doors.positions.front_left.position * 1"),
        ("rate(series('doors.positions.left door'))", "rate(series('doors.positions.left door'), 'h')"),
        ("a.b - series('VIN 2', 'a.b')", "a.b - series('VIN 2', 'a.b')"),
        ("rate(series(None, 'a.x', 'b', ''))", "rate(series(None, 'a.x', 'b', ''), 'h')"),
        ("rate(series('', 'a.if'))", "rate(series('', 'a.if'), 'h')"),
    ],
)
def test_a_formula_is_written_with_every_option_and_no_bracket_too_many(typed: str, written: str) -> None:
    node = parse(typed)
    assert text_of(node) == written
    assert parse(written) == node


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "Write for example"),
        ("a.b +", "Something is missing at its end"),
        ("a.b c.d", "Something is missing or too much here (at character"),
        (
            "odometer * 2",
            "odometer is no series; write capability.property, such as diagnostics.odometer (at character 1)",
        ),
        ("2 * 3", "It names no series"),
        ("per_day(a.b, 'Berlin')", "Did you mean Europe/Berlin? (at character 14)"),
        ("1 + rte(a.b)", "There is no function rte: did you mean rate? (at character 5)"),
        ("__import__('os').system('ls')", "There is no function here"),
        ("a.b if c.d else e.f", "Only series, numbers, functions and + - * / are understood"),
        ("a.b ** 2", "Only series, numbers, functions"),
        ("a.b[0]", "'[' does not belong here (at character 4)"),
        ("lambda: 0", "':' does not belong here (at character 7)"),
        ("f'{a}'", "'f' does not belong here (at character 1)"),
        ("1or 2", "'1' does not belong here (at character 1)"),
        ("rate('ü', 'h') + ü", "'ü' does not belong here (at character 18)"),
        ("series('ü', 'a.b') + rate(2)", "A series is needed here (at character 27)"),
        ("rate(a.b, 'week')", "'week' is none of s, min, h, day (at character 11)"),
        ("resample(a.b, '1h', 'median')", "'median' is none of last, mean, min, max"),
        ("moving_average(a.b)", "It is written moving_average(x, window)"),
        ("moving_average(a.b, '0h')", "Write one of 1s to 10000day"),
        ("moving_average(a.b, 'a day')", "Write it as 30s, 15min, 24h or 7day"),
        ("moving_average(a.b, 24)", "A text in quotes is needed here"),
        ("rate(a.b, per='h', per='h')", "It is written rate(x, per)"),
        ("rate(a.b, **c.d)", "It is written rate(x, per)"),
        ("series('a')", "A series is written capability.property"),
        ("'a.b'", "A text stands only inside a function"),
        ("True * a.b", "Only series, numbers"),
        ("1e999 * a.b", "This number is too large"),
        ("a" * (LONGEST + 1), "characters"),
        ("(" * 150 + "a.b" + ")" * 150 + "*" + "-" * 45 + "a.b", "nested too deeply"),
        ("-" * 1990 + "a.b", "nested too deeply"),
        ("rate(series('\\ud800', 'a.b'))", "Half of a character is no text (at character 13)"),
        ("-" * 40 + "a.b", "nested too deeply when it is written out"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(typed: str, hint: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(typed)
    assert hint in refused.value.hint


_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
_names = st.one_of(st.sampled_from(["diagnostics", "odometer", "if", "None", "ü", "x_1"]), _texts)
_inputs = st.builds(Input, _names, _names, _texts, st.none() | _texts)
_spans = st.builds(Span, st.integers(1, 9_999), st.sampled_from(sorted(PERIODS)))
_numbers = st.builds(lambda value: Number(value + 0.0), st.floats(allow_nan=False, allow_infinity=False))


def _larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    named = inner.filter(lambda node: any(True for _ in inputs(node)))
    return st.one_of(
        st.builds(PerDay, named, st.sampled_from(["UTC", "local", "Europe/Berlin"])),
        st.builds(Rate, named, st.sampled_from(sorted(PERIODS))),
        st.builds(MovingAverage, named, _spans),
        st.builds(Resample, named, _spans, st.sampled_from(PICKS)),
        st.builds(Arithmetic, st.sampled_from(SIGNS), inner, inner),
    )


@settings(max_examples=30)
@given(st.recursive(st.one_of(_inputs, _numbers), _larger, max_leaves=8))
def test_what_is_written_is_read_back_the_same(node: Node) -> None:
    if any(True for _ in inputs(node)):
        assert parse(text_of(node)) == node


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except UsageError:
        return
    assert parse(text_of(node)) == node


def test_as_many_signs_as_can_be_written_out_are_read_back() -> None:
    node = parse("-" * 39 + "a.b")
    assert parse(text_of(node)) == node


def test_a_key_says_what_its_series_is_computed_from() -> None:
    node = parse("diagnostics.odometer - series('OTHER', 'diagnostics.odometer') + diagnostics.odometer")
    key = derived_key("VIN", node)
    assert (key.capability, key.component) == ("derived", "")
    assert formula_of(key) == node
    assert inputs_of(key) == (
        SeriesKey("VIN", "diagnostics", "odometer"),
        SeriesKey("OTHER", "diagnostics", "odometer"),
    )
    assert inputs_of(SeriesKey("VIN", "diagnostics", "odometer")) == ()
    # Whoever sends data may call a capability so.
    assert formula_of(SeriesKey("VIN", "derived", "odometer")) is None
    assert formula_of(SeriesKey("VIN", "derived", "a.b")) is None
    with pytest.raises(UsageError, match="A series alone is no formula"):
        derived_key("VIN", ODOMETER)


def test_a_derived_series_in_a_formula_is_its_own_formula_there() -> None:
    daily = derived_key("VIN", parse("per_day(diagnostics.odometer)"))
    assert as_node(daily, "VIN") == PerDay(ODOMETER)
    of_other = text_of(as_node(daily, "OTHER"))
    assert of_other == "per_day(series('VIN', 'diagnostics.odometer'), 'UTC')"
    assert as_node(SeriesKey("VIN", "a", "b", "c"), "VIN") == Input("a", "b", "c")
    assert as_node(SeriesKey("VIN", "a", "b"), "OTHER") == Input("a", "b", "", "VIN")
    every = "moving_average(resample(rate(a.b), '1h'), '2h') - 2 * series('X', 'c.d')"
    moved = text_of(as_node(derived_key("VIN", parse(every)), "OTHER"))
    assert moved == (
        "moving_average(resample(rate(series('VIN', 'a.b'), 'h'), '1h', 'last'), '2h') - 2 * series('X', 'c.d')"
    )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("per_day(a.b)", True),
        ("a.b*2", True),
        ("a.b - c.d", True),
        ("-2 * a.b", True),
        ("diagnostics.odometer", False),
        ("doors.positions.left door", False),
        ("a.b.c-d.e", False),
        ("per_day(", True),
    ],
)
def test_a_formula_is_told_from_the_path_of_a_series(text: str, is_one: bool) -> None:
    assert looks_like_formula(text) is is_one


def test_spans_are_read_in_the_words_that_people_use() -> None:
    assert [str(span(text)) for text in ("24h", "15 min", "7d", "2 days", "30 seconds", "5m")] == [
        "24h",
        "15min",
        "7day",
        "2day",
        "30s",
        "5min",
    ]
    assert span("7day").microseconds == 7 * 86_400 * 1_000_000
