"""An archive holds each batch once and answers from what it holds."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from deltalake import DeltaTable

from core.archive.archive import AppendResult, Archive, DayState
from core.archive.flatten import flatten
from core.errors import ArchiveError
from core.fleet.series import PropertySummary, SeriesKey, Vehicle
from core.jobs import JobCancelled, JobContext
from tests.core.archive.batches import APP, STAMP, STAMP_US, at, content, delivery, item, key, message, odometer, us

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ODOMETER = SeriesKey("VF1", "diagnostics", "odometer")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive.open(tmp_path / "archive")


@pytest.fixture
def ctx() -> JobContext:
    return JobContext()


def _add(archive: Archive, number: int, *messages: Any, etag: str = "one", **place: Any) -> AppendResult:
    return archive.append([delivery(key(number, **place), content(*messages), etag)], JobContext())


def _values(archive: Archive, *keys: SeriesKey) -> list[list[float]]:
    return [series.value.tolist() for series in archive.series(keys or [_ODOMETER], JobContext())]


def test_an_empty_archive_answers(archive: Archive, ctx: JobContext) -> None:
    assert archive.recorded() == {}
    assert archive.day_states() == {}
    assert archive.vehicles(ctx) == []
    assert archive.properties([], ctx) == []
    assert archive.find_series([], [], ctx) == []
    assert archive.rejects(ctx) == []
    assert archive.series([], ctx) == []
    [series] = archive.series([_ODOMETER], ctx)
    assert (series.key, len(series), series.is_numeric) == (_ODOMETER, 0, False)
    assert archive.append([], ctx) == AppendResult(0, 0, 0, 0)
    assert archive.version() == 0


def test_what_is_appended_is_recorded(archive: Archive, ctx: JobContext) -> None:
    body = content(odometer(1, at(5)), odometer(2, at(9)), 7)
    result = archive.append([delivery(key(1), body), delivery(key(2), b"x")], ctx)
    assert result == AppendResult(2, 3, 2, 2)
    first, second = archive.recorded().values()
    assert (first.key, first.etag, first.size, first.messages, first.samples, first.rejects) == (
        *(key(1).text, "one", len(body)),
        *(3, 2, 1),
    )
    assert (first.first, first.last, first.failed) == (us(5), us(9), False)
    assert (first.read, second.read, first.lost, second.lost) == (2, 0, 0, 0)
    assert replace(first, messages=first.messages + 2).lost == 2
    assert (second.messages, second.samples, second.rejects, second.first, second.failed) == (0, 0, 1, None, True)
    assert archive.recorded(f"{APP}/level13/2023/04") == archive.recorded()
    assert archive.recorded(f"{APP}/level13/2023/05") == {}
    assert archive.day_states() == {(APP, "level13", "2023-04-28"): DayState(2, 2, 1, 3, 2, 0)}
    assert [first.rejected, second.rejected, *(day.rejected for day in archive.day_states().values())] == [1, 0, 1]
    assert [(reject.batch, reject.ordinal, reject.raw) for reject in archive.rejects(ctx)] == [
        (key(1).text, 2, "7"),
        (key(2).text, -1, "x"),
    ]
    assert [reject.ordinal for reject in archive.rejects(ctx, batch=key(2).text)] == [-1]
    assert len(archive.rejects(ctx, limit=1)) == 1
    # A list of messages none of which could be read is no failed batch.
    _add(archive, 3, 7, 8)
    assert archive.recorded()[key(3).text].failed is False
    assert archive.day_states() == {(APP, "level13", "2023-04-28"): DayState(3, 4, 1, 5, 2, 0)}
    # Another object that opens the same folder sees the same.
    assert Archive.open(archive.folder).recorded() == archive.recorded()


def test_a_recorded_batch_is_left_out(archive: Archive) -> None:
    assert _add(archive, 1, odometer(1)).batches == 1
    version = archive.version()
    assert _add(archive, 1, odometer(1)) == AppendResult(0, 0, 0, 0)
    assert archive.version() == version
    twice = [delivery(key(2), content(odometer(5))), delivery(key(2), content(odometer(6)))]
    assert archive.append(twice, JobContext()).samples == 1
    assert archive.version() > version


def test_a_batch_with_another_etag_is_replaced(archive: Archive, ctx: JobContext) -> None:
    ids = {"message_id": "A"}, {"message_id": "B"}
    both = [delivery(key(1), content(odometer(1, **ids[0]), 5)), delivery(key(2), content(odometer(2, **ids[1]), 6))]
    archive.append(both, ctx)
    assert _add(archive, 1, odometer(3, **ids[0]), odometer(4, **ids[0], vin="VF2"), etag="two").samples == 2
    assert sorted(_values(archive)[0]) == [2.0, 3.0]
    assert _values(archive, SeriesKey("VF2", "diagnostics", "odometer")) == [[4.0]]
    assert [reject.batch for reject in archive.rejects(ctx)] == [key(2).text]
    assert {record.key: record.etag for record in archive.recorded().values()} == {
        key(1).text: "two",
        key(2).text: "one",
    }
    # The last rows of a file go, too.
    _add(archive, 1, etag="three")
    _add(archive, 2, etag="three")
    assert (archive.vehicles(ctx), archive.rejects(ctx), len(archive.recorded())) == ([], [], 2)


def test_a_redelivered_message_counts_once(archive: Archive, ctx: JobContext) -> None:
    timed = odometer(1, message_id="A")
    untimed = message("a", "b", [item("x", None), item("y", None)], message_id="B")
    nameless = message("a", "c", item({"axle": "front", "level": 1}), message_id=None)
    _add(archive, 1, timed, untimed, nameless, timed)
    _add(archive, 2, untimed, timed, nameless)
    _add(archive, 3, nameless, odometer(1, message_id="C"))
    assert archive.vehicles(ctx) == [Vehicle("VF1", key(1).time, STAMP_US, 5)]
    [b] = archive.series([SeriesKey("VF1", "a", "b")], ctx)
    assert (b.time.tolist(), [b.text[0], b.text[1]]) == ([key(1).time] * 2, ["x", "y"])
    assert b.time_from_batch.tolist() == [True, True]
    assert b.redelivered is not None
    assert b.redelivered.sample.tolist() == [0, 1]
    [odometers, _] = archive.series([_ODOMETER, SeriesKey("VF1", "a", "b")], ctx)
    assert odometers.redelivered is not None
    assert [odometers.redelivered.batches_of(place) for place in range(2)] == [[key(1).text, key(2).text], []]
    assert odometers.redelivered.samples().tolist() == [0]
    later = odometers.part(1, 2)
    assert (len(later), later.redelivered) == (1, None)
    [missing] = archive.series([_ODOMETER], ctx, STAMP_US + 1)
    assert missing.redelivered is None
    assert _values(archive) == [[1.0, 1.0]]
    samples = {(p.capability, p.property): (p.samples, p.last_seen) for p in archive.properties([], ctx)}
    assert samples == {
        ("a", "b"): (2, key(1).time),
        ("a", "c"): (1, STAMP_US),
        ("diagnostics", "odometer"): (2, STAMP_US),
    }


def test_messages_that_only_share_their_id_are_all_shown(archive: Archive, ctx: JobContext) -> None:
    _add(archive, 1, odometer(1, vin="VF1"), odometer(2, vin="VF2"), message("a", "b", item(1)))
    assert [vehicle.samples for vehicle in archive.vehicles(ctx)] == [2, 1]


def test_a_series_is_sorted_by_time_and_says_where_it_came_from(archive: Archive, ctx: JobContext) -> None:
    miles = message("diagnostics", "odometer", item({"unit": "miles", "value": 8}, at(8)), message_id="M8")
    failed = message(
        "diagnostics", "odometer", {"failure": {"reason": "rate_limit"}, "timestamp": at(6)}, message_id="M6"
    )
    _add(archive, 2, miles, odometer(5, at(5), message_id="M5"))
    _add(archive, 1, odometer(7, at(7), message_id="M7"), failed, odometer(9, None, message_id="M9"))
    [series] = archive.series([_ODOMETER], ctx)
    assert series.time.tolist() == [key(1).time, us(5), us(6), us(7), us(8)]
    assert series.time.dtype == np.int64
    np.testing.assert_array_equal(series.value, [9, 5, np.nan, 7, 8])
    assert [series.unit[index] for index in range(5)] == ["kilometers", "kilometers", None, "kilometers", "miles"]
    assert [series.failure[index] for index in range(5)] == [None, None, "rate_limit", None, None]
    assert [series.batch[index] for index in range(5)] == [key(n).text for n in (1, 2, 1, 1, 2)]
    assert series.ordinal.tolist() == [2, 1, 1, 0, 0]
    assert series.ordinal.dtype == np.int32
    assert series.time_from_batch.tolist() == [True, False, False, False, False]
    assert (series.text.names, set(series.failure.names), series.is_numeric) == ((), {"rate_limit"}, True)


def test_a_series_in_a_range(archive: Archive, ctx: JobContext) -> None:
    _add(archive, 1, *(odometer(second, at(second), message_id=f"M{second}") for second in (3, 4, 5)))
    _add(archive, 2, odometer(40, at(40), message_id="M40"))

    def values(start: int | None, end: int | None) -> list[float]:
        [series] = archive.series([_ODOMETER], ctx, start, end)
        return list(series.value)

    assert values(None, None) == [3, 4, 5, 40]
    assert values(us(4), None) == [4, 5, 40]
    assert values(None, us(5)) == [3, 4]
    assert values(us(4), us(40)) == [4, 5]
    assert values(us(41), None) == []
    assert values(us(5), us(5)) == []


def test_a_range_does_not_move_a_redelivered_message(archive: Archive, ctx: JobContext) -> None:
    untimed = odometer(1, None, message_id="A")
    _add(archive, 1, untimed)
    _add(archive, 100, untimed, odometer(2, None, message_id="B"))
    [series] = archive.series([_ODOMETER], ctx, key(50).time)
    assert (series.value.tolist(), series.time.tolist()) == ([2.0], [key(100).time])
    [series] = archive.series([_ODOMETER], ctx, None, key(50).time)
    assert series.value.tolist() == [1.0]


def test_several_series_come_in_the_order_of_their_keys(archive: Archive, ctx: JobContext) -> None:
    state = message("ignition", "state", item("on"), message_id="S")
    other = message("ignition", "state", item("off"), message_id="T", vin="VF'2\"")
    _add(archive, 1, odometer(1, message_id="A"), state, other)
    keys = [
        SeriesKey("VF'2\"", "ignition", "state"),
        SeriesKey("none", "ignition", "state"),
        SeriesKey("VF1", "ignition", "state"),
        _ODOMETER,
        SeriesKey("VF1", "ignition", "state"),
    ]
    found = archive.series(keys, ctx)
    assert [series.key for series in found] == keys
    # Each has only the names that it uses.
    assert [series.text.names for series in found] == [("off",), (), ("on",), (), ("on",)]
    assert [series.is_numeric for series in found] == [False, False, False, True, False]
    many = [SeriesKey(f"V{number}", "ignition", "state") for number in range(400)]
    assert [len(series) for series in archive.series([*many, keys[0]], ctx)] == [0] * 400 + [1]


def test_odd_names_are_found(archive: Archive, ctx: JobContext) -> None:
    names = ["", "a\0b", "ä'", "x" * 300, "🚗", "%", "\x7f"]
    _add(archive, 1, *(odometer(number, vin=name) for number, name in enumerate(names)))
    assert [vehicle.vin for vehicle in archive.vehicles(ctx)] == sorted(names, key=str.encode)
    for number, name in enumerate(names):
        assert _values(archive, SeriesKey(name, "diagnostics", "odometer")) == [[number]]
        assert [found.samples for found in archive.properties([name], ctx)] == [1]


def test_properties_say_what_was_last(archive: Archive, ctx: JobContext) -> None:
    _add(
        archive,
        1,
        odometer(1, at(1), message_id="A"),
        odometer(2, at(9), message_id="B", vin="VF2"),
        message("doors", "locks", [item({"location": "left", "lock": "locked"}, at(3))], message_id="C"),
        message("doors", "locks", [item({"location": "left", "lock": "open"}, at(2))], message_id="D"),
        message("engine", "on", item(True, at(4)), message_id="E"),
        message("engine", "on", {"failure": {"reason": "timeout"}, "timestamp": at(5)}, message_id="F"),
    )
    assert archive.properties([], ctx) == [
        PropertySummary("diagnostics", "odometer", "", 2, 2, us(9), 2.0, None, None, "kilometers", True),
        PropertySummary("doors", "locks", "left.lock", 2, 1, us(3), None, "locked", None, None, False),
        PropertySummary("engine", "on", "", 2, 1, us(5), None, None, "timeout", None, False),
    ]
    assert [found.property for found in archive.properties(["VF2"], ctx)] == ["odometer"]
    assert archive.properties(["VF1", "VF2"], ctx) == archive.properties([], ctx)
    assert archive.properties(["none"], ctx) == []
    # What is given out is the caller's own.
    archive.properties([], ctx).clear()
    assert len(archive.properties([], ctx)) == 3


def test_of_several_last_samples_the_last_of_the_series_counts(archive: Archive, ctx: JobContext) -> None:
    _add(archive, 2, odometer(1, message_id="A"), odometer(2, message_id="B"))
    _add(archive, 1, odometer(3, message_id="C"))
    [summary] = archive.properties([], ctx)
    assert summary.last_value == _values(archive)[0][-1] == 2.0


def test_series_are_found_by_path(archive: Archive, ctx: JobContext) -> None:
    tires = [item({"location": place, "pressure": 1, "state": "ok"}) for place in ("left", "right")]
    _add(
        archive, 1, odometer(1), message("diagnostics", "tire", tires), message("diagnostics", "tire", tires, vin="VF2")
    )

    def found(vins: list[str], *paths: str) -> list[str]:
        return [f"{key.vin} {key.path}" for key in archive.find_series(vins, paths, ctx)]

    assert found(["VF1"], "diagnostics.odometer") == ["VF1 diagnostics.odometer"]
    assert found([], "diagnostics.tire.left.state") == [
        "VF1 diagnostics.tire.left.state",
        "VF2 diagnostics.tire.left.state",
    ]
    assert len(found([], "diagnostics.tire")) == 8
    assert len(found(["VF2", "none"])) == 4
    assert found([], "diagnostics.tir", "tire", "diagnostics.tire.left") == []


def test_a_changed_archive_is_seen_by_all_who_have_it_open(archive: Archive, ctx: JobContext) -> None:
    other = Archive.open(archive.folder)
    assert other.vehicles(ctx) == []
    _add(archive, 1, odometer(1))
    assert other.version() == archive.version()
    assert len(other.vehicles(ctx)) == 1
    assert _add(other, 1, odometer(1)).batches == 0
    _add(other, 2, odometer(2, vin="VF2"))
    assert [vehicle.vin for vehicle in archive.vehicles(ctx)] == ["VF1", "VF2"]


def test_threads_read_and_write_at_once(archive: Archive) -> None:
    problems: list[BaseException] = []

    def run(first: int) -> None:
        try:
            for number in range(first, first + 3):
                _add(archive, number, odometer(number, at(number), message_id=f"M{number}"))
                archive.vehicles(JobContext())
                archive.series([_ODOMETER], JobContext())
                archive.recorded()
        except BaseException as error:
            problems.append(error)
            raise

    threads = [threading.Thread(target=run, args=(first,)) for first in (0, 2, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert _values(archive) == [[0, 1, 2, 3, 4, 5, 6]]


def test_other_tools_read_the_table(archive: Archive) -> None:
    _add(archive, 1, odometer(1), 5)
    table = DeltaTable(archive.folder)
    rows = table.to_pyarrow_table(columns=["kind", "app", "level", "month", "vin", "time", "value"]).to_pylist()
    assert {row["kind"] for row in rows} == {"sample", "batch", "reject"}
    [sample] = [row for row in rows if row["kind"] == "sample"]
    assert (sample["app"], sample["level"], sample["month"]) == (APP, "level13", "2023-04")
    assert (sample["vin"], sample["value"], sample["time"].isoformat()) == (
        "VF1",
        1.0,
        "2023-04-28T09:32:11.804000+00:00",
    )


def _parquet_files(archive: Archive) -> set[Path]:
    return set(archive.folder.rglob("*.parquet"))


class _CancelAfter(JobContext):
    """Is cancelled by its own n-th check."""

    def __init__(self, checks: int) -> None:
        super().__init__()
        self._left = checks

    def check(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.cancel()
        super().check()


def test_cancelled_at_any_check_nothing_is_added_and_no_file_left(archive: Archive) -> None:
    _add(archive, 1, odometer(1))
    before, version = _parquet_files(archive), archive.version()
    batches = [delivery(key(2), content(odometer(2))), delivery(key(3), content(5))]
    for checks in range(100):
        try:
            archive.append(batches, _CancelAfter(checks))
        except JobCancelled:
            assert (_parquet_files(archive), archive.version(), len(archive.recorded())) == (before, version, 1)
        else:
            break
    assert checks > 5
    assert len(archive.recorded()) == 3


def test_a_query_ends_soon_after_it_is_cancelled(archive: Archive) -> None:
    ctx = JobContext()
    ctx.cancel()
    _add(archive, 1, odometer(1))
    questions: list[Callable[[], object]] = [
        partial(archive.vehicles, ctx),
        partial(archive.properties, [], ctx),
        partial(archive.series, [_ODOMETER], ctx),
        partial(archive.find_series, [], [], ctx),
    ]
    for question in questions:
        with pytest.raises(JobCancelled):
            question()


def test_files_that_no_commit_names_do_no_harm(archive: Archive, ctx: JobContext) -> None:
    _add(archive, 1, odometer(1))
    # What a process leaves that is killed between writing and committing.
    left = flatten([(key(2), content(odometer(2)))], archive.folder, ctx)
    half = archive.folder / left.files[0].partition.folder() / "half.parquet"
    half.write_bytes(b"PAR1")
    assert _values(archive) == [[1.0]]
    assert _add(archive, 2, odometer(2, message_id="B")).samples == 1
    assert _values(Archive.open(archive.folder)) == [[1.0, 2.0]]


@pytest.fixture
def damaged(archive: Archive) -> Archive:
    _add(archive, 1, odometer(1))
    for path in _parquet_files(archive):
        if "kind=sample" in str(path):
            path.write_bytes(path.read_bytes()[:100])
    return Archive.open(archive.folder)


def test_a_damaged_file_is_named(damaged: Archive, ctx: JobContext) -> None:
    with pytest.raises(ArchiveError) as caught:
        damaged.vehicles(ctx)
    assert str(damaged.folder) in caught.value.subject
    assert caught.value.hint
    assert caught.value.detail


def test_a_damaged_log_is_named(archive: Archive) -> None:
    _add(archive, 1, odometer(1))
    for path in (archive.folder / "_delta_log").glob("*.json"):
        path.write_text("{")
    with pytest.raises(ArchiveError) as caught:
        Archive.open(archive.folder)
    assert caught.value.subject == str(archive.folder)


def test_a_place_that_cannot_hold_an_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError) as caught:
        Archive.open(tmp_path / "file" / "archive")
    assert caught.value.subject == str(tmp_path / "file" / "archive")


def test_odd_folder_names(tmp_path: Path, ctx: JobContext) -> None:
    archive = Archive.open(tmp_path / "it's a [glob]*? ä=100% folder")
    _add(archive, 1, odometer(1), 5)
    _add(archive, 1, odometer(2), 5, etag="two")
    assert _values(archive) == [[2.0]]
    assert (len(archive.rejects(ctx)), len(archive.recorded())) == (1, 1)


def test_many_appends_survive_a_checkpoint_of_the_log(archive: Archive, ctx: JobContext) -> None:
    for number in range(4):
        _add(archive, number, odometer(number, at(number), message_id=f"M{number}"))
    DeltaTable(archive.folder).create_checkpoint()
    _add(archive, 4, odometer(4, at(4), message_id="M4"))
    again = Archive.open(archive.folder)
    assert _values(again) == [[0, 1, 2, 3, 4]]
    assert again.vehicles(ctx)[0].samples == len(again.recorded()) == 5


def test_samples_lie_in_files_as_reading_wants_them(archive: Archive) -> None:
    _add(archive, 1, *(odometer(n, at(59 - n), vin=f"V{n % 3}", message_id=f"M{n}") for n in range(30)))
    [path] = [str(path) for path in _parquet_files(archive) if "kind=sample" in str(path)]
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT vin, epoch_us(time) FROM read_parquet(?)", [path]).fetchall()
    assert rows == sorted(rows)
    stats = json.loads((archive.folder / "_delta_log" / f"{1:020}.json").read_text().splitlines()[1])["add"]["stats"]
    assert json.loads(stats)["minValues"]["vin"] == "V0"


def test_times_at_the_ends_of_the_calendar(archive: Archive, ctx: JobContext) -> None:
    _add(archive, 1, odometer(1, "0001-01-01T00:00:00Z"), odometer(2, "9999-12-31T23:59:59.999999Z", message_id="B"))
    assert _values(archive) == [[1.0, 2.0]]
    [series] = archive.series([_ODOMETER], ctx)
    assert series.time.tolist() == [-62_135_596_800_000_000, 253_402_300_799_999_999]
    assert _values(Archive.open(archive.folder)) == [[1.0, 2.0]]
    assert STAMP in content(odometer(1)).decode()
