from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage.keys import format_key, is_app, is_level, parse_key, split_batch, split_root

APP = "9FBBEDED80595912588FF4FF"
KEY = f"{APP}/level13/2022/11/18/14-11-23-699000000-c0d010d5.json"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

apps = st.text("0123456789abcdefABCDEF", min_size=24, max_size=24)
levels = st.integers(0, 999).map(lambda number: f"level{number}")
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 30), timezones=offsets)
digests = st.text("0123456789abcdef", min_size=1, max_size=16)


def test_example_from_the_description() -> None:
    key = parse_key(KEY)
    assert key is not None
    assert (key.app, key.level, key.day, key.month, key.padded) == (APP, "level13", "2022-11-18", "2022-11", True)
    assert EPOCH + timedelta(microseconds=key.time) == datetime(2022, 11, 18, 14, 11, 23, 699000, tzinfo=UTC)


@given(apps, levels, moments, st.integers(0, 999_999_999), digests)
def test_written_keys_are_read_back(app: str, level: str, moment: datetime, nano: int, digest: str) -> None:
    text = format_key(app, level, moment, nano, digest)
    key = parse_key(text)
    assert key is not None
    whole = moment.astimezone(UTC).replace(microsecond=0)
    assert (key.text, key.app, key.level, key.padded) == (text, app, level, True)
    assert key.time == (whole - EPOCH) // timedelta(microseconds=1) + nano // 1000
    assert key.day == whole.date().isoformat()


@given(moments, moments, digests)
def test_padded_keys_sort_by_time(one: datetime, two: datetime, digest: str) -> None:
    keys = [format_key(APP, "level13", moment, moment.microsecond * 1000, digest) for moment in (one, two)]
    parsed = [parse_key(key) for key in sorted(keys)]
    times = [key.time for key in parsed if key is not None]
    assert times == sorted(times)
    assert len(times) == 2


def test_unpadded_parts_are_numbers_not_texts() -> None:
    key = parse_key(f"{APP}/level13/2022/9/3/7-5-9-5-ab.json")
    assert key is not None
    assert (key.day, key.padded) == ("2022-09-03", False)
    # Five nanoseconds, not five hundred million.
    assert EPOCH + timedelta(microseconds=key.time) == datetime(2022, 9, 3, 7, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "test.txt",
        KEY + "\n",
        "/" + KEY,
        "prefix/" + KEY,
        KEY.replace(".json", ".json.gz"),
        KEY.replace("-c0d010d5", ""),
        KEY.replace(APP, APP[:-1]),
        KEY.replace(APP, "G" * 24),
        KEY.replace("level13", "Level13"),
        KEY.replace("2022/11/18", "2022/02/30"),
        KEY.replace("2022/11/18", "2022/13/01"),
        KEY.replace("2022/11/18", "0000/01/01"),
        KEY.replace("14-11-23", "24-11-23"),
        KEY.replace("14-11-23", "14-60-23"),
        KEY.replace("2022", "２０２２"),
        KEY.replace("699000000", "1699000000"),
    ],
)
def test_other_objects_are_no_batches(text: str) -> None:
    assert parse_key(text) is None


def test_a_batch_is_told_from_its_folder() -> None:
    folder = KEY.rpartition("/")[0]
    assert split_batch(f"s3://fleet/back up/{KEY}") == (f"s3://fleet/back up/{folder}", KEY)
    assert split_batch(KEY) == (folder, KEY)
    assert split_batch(f"s3://fleet/{folder}") == (f"s3://fleet/{folder}", "")


@given(st.text())
def test_no_text_makes_parsing_fail(text: str) -> None:
    key = parse_key(text)
    assert key is None or key.text == text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ("", "")),
        ("/", ("", "")),
        ("backup/eu/", ("backup/eu", "")),
        (APP, ("", APP)),
        (f"/backup//{APP}/level13/", ("backup", f"{APP}/level13")),
        (f"backup/{APP}/level13/2022/11/18", ("backup", f"{APP}/level13/2022/11/18")),
        (f"backup/{APP}/exports", (f"backup/{APP}/exports", "")),
        (f"{APP}/level13/2022/11/18/more", (f"{APP}/level13/2022/11/18/more", "")),
        (f"{APP}/{APP}/level13", (APP, f"{APP}/level13")),
    ],
)
def test_split_root(path: str, expected: tuple[str, str]) -> None:
    assert split_root(path) == expected


@given(st.lists(st.text("ab/.", max_size=5)), apps, levels)
def test_split_root_loses_nothing(above: list[str], app: str, level: str) -> None:
    names = [name for name in "/".join(above).split("/") if name]
    root, scope = split_root("/".join([*above, app, level, "2022"]))
    assert (root, scope) == ("/".join(names), f"{app}/{level}/2022")


def test_names_of_the_layout() -> None:
    assert [is_app(APP), is_app("x" + APP), is_level("level11"), is_level("level")] == [True, False, True, False]
