from __future__ import annotations

import csv
import io
import math
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.export import cells
from core.export.escaping import cell
from core.fleet.timezones import format_iso, zone
from tests.core.export.series import labels, make_series, us


def read_back(text: str) -> str:
    """A text as a reader finds it in a cell."""
    ((found,),) = csv.reader(io.StringIO(cell(text), newline=""), strict=True)
    return found


@settings(max_examples=120, deadline=None)
@given(st.lists(st.floats(allow_nan=False) | st.integers(-(2**60), 2**60).map(float), min_size=1, max_size=20))
def test_numbers_are_the_shortest_text_that_reads_back_the_same(values: list[float]) -> None:
    written = cells.number_column(np.array(values, np.float64)).to_pylist()
    for value, text in zip(values, written, strict=True):
        expected = repr(value).replace("inf", "Infinity")
        assert text == ("0" if value == 0 else expected.removesuffix(".0"))
        assert float(text) == value


def test_numbers_of_every_size() -> None:
    values = [math.nan, 0.1 + 0.2, 12345.0, -5.0, 9999999999.5, 1e10, 12345678901.25, 1e15, 1e16, 1e-4, 1e-5, -1e-7]
    written = cells.number_column(np.array(values)).to_pylist()
    assert written == [
        None, "0.30000000000000004", "12345", "-5", "9999999999.5", "10000000000", "12345678901.25",
        "1000000000000000", "1e+16", "0.0001", "1e-05", "-1e-07",
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(us("1900-01-01T00:00:00Z"), us("2100-01-01T00:00:00Z")), min_size=1, max_size=20),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns"]),
    st.booleans(),
)
def test_times_of_many_are_written_as_each_is(times: list[int], name: str, coarse: bool) -> None:
    tz = zone(name)
    chosen = [time // 1000 * 1000 for time in times] if coarse else times
    assert cells.time_column(np.array(chosen, np.int64), tz).to_pylist() == [format_iso(time, tz) for time in chosen]


def test_times_out_of_the_calendar_are_clamped_alike() -> None:
    tz = ZoneInfo("Europe/Berlin")
    times = [-(2**62), us("1890-01-01T00:00:00Z"), 0, 2**62]
    assert cells.time_column(np.array(times, np.int64), tz).to_pylist() == [format_iso(time, tz) for time in times]


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"])
def test_times_at_the_ends_of_the_calendar_are_written_as_each_is(name: str) -> None:
    tz, second = zone(name), 1_000_000
    first, last = us("0001-01-01T00:00:00Z"), us("9999-12-31T23:59:59Z")
    # Every half hour of the outermost days, a second before and after too.
    hours = np.arange(0, 2 * 86_400, 1_800) * second
    times = np.concatenate(
        [end + sign * (hours + more) for end, sign in ((first, 1), (last, -1)) for more in (0, second)]
    )
    written = cells.time_column(times, tz).to_pylist()
    assert written == [format_iso(time, tz) for time in times.tolist()]
    assert [us(text) for text in written] == times.tolist()
    assert cells.time_column(np.array([last]), zone("UTC")).to_pylist() == ["9999-12-31T23:59:59.000+00:00"]


@pytest.mark.parametrize("before", ["", " ", "\n", " \r\n\t", "\u00a0\u3000", "\ufeff", "\u200b ", "\0"])
@pytest.mark.parametrize("start", [*"=+-@＝＋－＠"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(start: str, before: str) -> None:
    assert read_back(f"{before}{start}HYPERLINK(1)") == f"'{before}{start}HYPERLINK(1)"


@pytest.mark.parametrize("start", ["\t", "\r", "\n", "\0"])
def test_a_text_that_might_begin_a_cell_of_its_own_is_made_harmless(start: str) -> None:
    assert read_back(f"{start}a") == f"'{start}a"


@pytest.mark.parametrize(
    "text",
    ["-5", "+5", "+3.2e1", "-.5", "-5.", "-1E-7", "-Infinity", "+Infinity", "NaN", "-0", " a", "a=b"],
)
def test_numbers_that_came_as_texts_and_harmless_texts_stay(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("text", ["-5+cmd", "-5\n", " -5", "-inf", "+49 30 1234", "-１", "-5%", "--5", "-", "-e5"])
def test_what_only_looks_like_a_number_is_made_harmless(text: str) -> None:
    assert read_back(text) == f"'{text}"


def test_what_is_no_finite_number_is_written_the_same_way_from_texts_and_numbers() -> None:
    names = ["Infinity", "-Infinity"]
    assert cells.number_column(np.array([math.inf, -math.inf])).to_pylist() == names
    series = make_series("a.b", ["2026-01-01T00:00:00Z"] * 3, [*names, "NaN"])
    assert cells.value_column(series).to_pylist() == [*names, "NaN"]


@settings(max_examples=120, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=5))
def test_every_text_comes_back_through_a_csv_reader(texts: list[str]) -> None:
    read = list(csv.reader(io.StringIO(cells.row(texts).decode(), newline=""), strict=True))
    assert len(read) == 1
    for text, found in zip(texts, read[0], strict=True):
        safe = text.strip()[:1] not in tuple("=+-@＝＋－＠") and text[:1] not in tuple("\t\r\n\0\u200b\ufeff")
        assert found == text if safe else found in (text, f"'{text}")


def test_a_text_that_is_no_unicode_is_still_written() -> None:
    assert cells.row(["a\ud800b", "c"]) == b"a?b,c\n"
    assert cells.label_column(labels(["a\ud800b"])).to_pylist() == ["a?b"]


def test_texts_go_before_numbers_and_numbers_are_never_touched() -> None:
    series = make_series("a.b", ["2026-01-01T00:00:00Z"] * 6, [True, -5.0, "-5", "park, now", None, False])
    assert cells.value_column(series).to_pylist() == ["true", "-5", "-5", '"park, now"', None, "false"]


def test_the_text_that_describes_a_failure_is_no_value() -> None:
    times = ["2026-01-01T00:00:00Z"] * 2
    series = make_series("a.b", times, ["asked too often", "parked"], failures=["rate_limit", None])
    assert cells.value_column(series).to_pylist() == [None, "parked"]


def test_rows_end_with_one_line_feed() -> None:
    numbers = cells.number_column(np.array([1.0, math.nan]))
    assert cells.rows([numbers, "x,y", numbers], 2).to_pybytes() == b"1,x,y,1\n,x,y,\n"
