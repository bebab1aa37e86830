from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core import paths
from core.archive.archive import Archive
from core.autoapi.units import convert
from core.errors import ExportError, UsageError
from core.export import csv_export
from core.export.csv_export import LONG_COLUMNS, ExportRequest, count_rows, export_csv
from core.fleet.series import SeriesKey
from core.fleet.timezones import format_iso, from_datetime, parse_moment, zone
from core.jobs import JobCancelled, JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_into_folder
from core.storage.connection import open_source
from core.sync import sync

if TYPE_CHECKING:
    from pathlib import Path

PLAN = SimulationPlan(vehicles=4, days=2, seed=7)
UTC = zone("UTC")


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, SimulationResult]:
    folder = tmp_path_factory.mktemp("fleet")
    result = simulate_into_folder(PLAN, folder / "batches", JobContext())
    archive = Archive.open(folder / "archive")
    sync(open_source(str(folder / "batches")), archive, JobContext())
    return archive, result


@pytest.fixture
def archive(fleet: tuple[Archive, SimulationResult]) -> Archive:
    return fleet[0]


@pytest.fixture(scope="module")
def keys(fleet: tuple[Archive, SimulationResult]) -> tuple[SeriesKey, ...]:
    """Series of every kind, few enough for a quick test."""
    chosen = fleet[0].find_series([], [], JobContext())[::5]
    chosen += fleet[0].find_series([], ["diagnostics.odometer", "diagnostics.tire_pressures"], JobContext())
    return tuple(dict.fromkeys(chosen))


def exported(archive: Archive, request: ExportRequest, piece_samples: int = 500_000) -> list[dict[str, str]]:
    stream = io.BytesIO()
    count = export_csv(archive, request, stream, JobContext(), piece_samples)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline=""), strict=True))
    assert len(rows) == count
    return rows


def moment(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


@pytest.mark.parametrize("tz_name", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_the_exported_odometer_is_what_the_simulator_drove(
    fleet: tuple[Archive, SimulationResult], tz_name: str
) -> None:
    archive, truth = fleet
    keys = archive.find_series([], ["diagnostics.odometer"], JobContext())
    rows = exported(archive, ExportRequest(tuple(keys), tz_name=tz_name))
    driven: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        if row["value"]:
            value = convert(np.array([float(row["value"])]), row["unit"], "kilometers")[0]
            driven.setdefault(row["vin"], []).append((moment(row["time"]), value))
    assert driven.keys() == {vin for vin, values in truth.odometer.items() if values}
    for vin, values in driven.items():
        assert [time for time, _ in values] == [time for time, _ in truth.odometer[vin]]
        assert [value for _, value in values] == pytest.approx([value for _, value in truth.odometer[vin]], abs=0.51)
    assert {row["unit"] for row in rows} >= {"kilometers", "miles"}


def test_long_rows_are_the_samples_in_the_order_asked_for(archive: Archive, keys: tuple[SeriesKey, ...]) -> None:
    keys = tuple(reversed(keys))
    rows = exported(archive, ExportRequest(keys))
    assert list(rows[0]) == list(LONG_COLUMNS)
    series = archive.series(keys, JobContext())
    expected = [
        (
            one.key,
            format_iso(int(one.time[index]), UTC),
            one.text[index] if one.failure[index] is None else "",
            one.unit[index] or "",
            one.batch[index],
        )
        for one in series
        for index in range(len(one))
    ]
    found = [
        (SeriesKey(row["vin"], row["capability"], row["property"], row["component"]), row["time"], row["unit"])
        for row in rows
    ]
    assert found == [(key, time, unit) for key, time, _, unit, _ in expected]
    assert [row["batch"] for row in rows] == [batch for *_, batch in expected]
    assert all(row["value"] == text for row, (_, _, text, *_) in zip(rows, expected, strict=True) if text is not None)
    numbers = np.concatenate([one.value for one in series])
    texts = [row["value"] for row in rows]
    plain = [index for index, item in enumerate(expected) if item[2] is None and not np.isnan(numbers[index])]
    assert [float(texts[index]) for index in plain] == [float(numbers[index]) for index in plain]
    assert not any(text.endswith(".0") for text in texts)


def test_failures_have_their_reason_and_no_value(archive: Archive, keys: tuple[SeriesKey, ...]) -> None:
    failed = [row for row in exported(archive, ExportRequest(keys)) if row["failure"]]
    assert failed
    assert {row["value"] for row in failed} == {""}


@pytest.mark.parametrize("layout", csv_export.LAYOUTS)
def test_small_pieces_give_the_same_file(archive: Archive, keys: tuple[SeriesKey, ...], layout: str) -> None:
    assert layout in ("long", "wide")
    request = ExportRequest(keys, layout="wide" if layout == "wide" else "long")
    whole = exported(archive, request)
    assert count_rows(archive, request, JobContext()) == len(whole)
    samples = sum(len(one) for one in archive.series(request.keys, JobContext()))
    assert exported(archive, request, piece_samples=samples // 4) == whole
    assert len(whole) > 500


@pytest.mark.parametrize("layout", csv_export.LAYOUTS)
def test_the_range_begins_with_its_start_and_ends_before_its_end(
    archive: Archive, keys: tuple[SeriesKey, ...], layout: str
) -> None:
    times = sorted({int(time) for one in archive.series(keys, JobContext()) for time in one.time})
    start, end = times[len(times) // 3], times[2 * len(times) // 3]
    request = ExportRequest(keys, start, end, layout="wide" if layout == "wide" else "long")
    found = {moment(row["time"]) for row in exported(archive, request)}
    assert found <= {time for time in times if start <= time < end}
    assert found if layout == "wide" else start in found
    assert exported(archive, ExportRequest(keys, end, end, layout=request.layout)) == []
    assert exported(archive, ExportRequest(keys, times[-1] + 1, None, layout=request.layout)) == []
    assert exported(archive, ExportRequest(keys, None, times[0], layout=request.layout)) == []


def test_both_layouts_say_the_same(archive: Archive, keys: tuple[SeriesKey, ...]) -> None:
    long_rows = exported(archive, ExportRequest(keys))
    wide_rows = exported(archive, ExportRequest(keys, layout="wide"))
    cells: dict[str, list[tuple[str, str]]] = {}
    for row in wide_rows:
        for name, value in row.items():
            if name != "time" and value and not name.endswith(" unit"):
                vin, path = name.split(" ")[:2]
                cells.setdefault(f"{vin} {path}", []).append((row["time"], value))
    expected: dict[str, list[tuple[str, str]]] = {}
    for row in long_rows:
        if row["value"]:
            path = SeriesKey(row["vin"], row["capability"], row["property"], row["component"]).path
            expected.setdefault(f"{row['vin']} {path}", []).append((row["time"], row["value"]))
    assert cells == expected


def test_wide_columns_name_vehicle_property_and_unit(fleet: tuple[Archive, SimulationResult]) -> None:
    archive, truth = fleet
    keys = archive.find_series([], ["diagnostics.odometer"], JobContext())
    rows = exported(archive, ExportRequest(tuple(keys), layout="wide"))
    switched = truth.switched_vin
    steady = next(key.vin for key in keys if key.vin != switched)
    assert {
        f"{steady} diagnostics.odometer [kilometers]",
        f"{switched} diagnostics.odometer",
        f"{switched} diagnostics.odometer unit",
    } <= set(rows[0])
    assert {row[f"{switched} diagnostics.odometer unit"] for row in rows} == {"", "kilometers", "miles"}


def test_a_series_that_the_archive_lacks_gives_no_rows(archive: Archive) -> None:
    key = SeriesKey("NOBODY", "diagnostics", "odometer")
    assert exported(archive, ExportRequest((key,))) == []
    assert exported(archive, ExportRequest((key,), layout="wide")) == []


def test_an_archive_without_samples_gives_no_rows() -> None:
    empty = Archive.open(paths.archive_folder("empty"))
    assert exported(empty, ExportRequest((SeriesKey("V", "a", "b"),), layout="wide")) == []


def test_nothing_to_export_and_an_unknown_zone_are_refused(
    archive: Archive, keys: tuple[SeriesKey, ...], tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="nothing to export"):
        export_csv(archive, ExportRequest(()), tmp_path / "out.csv", JobContext())
    with pytest.raises(UsageError, match="time zone"):
        export_csv(archive, ExportRequest(keys, tz_name="X"), tmp_path / "out.csv", JobContext())
    assert list(tmp_path.iterdir()) == []


def test_progress_counts_rows_to_the_end(archive: Archive, keys: tuple[SeriesKey, ...], tmp_path: Path) -> None:
    said: list[tuple[int, int | None, str]] = []
    rows = export_csv(
        archive,
        ExportRequest(keys),
        tmp_path / "out.csv",
        JobContext(lambda *progress: said.append(progress)),
    )
    assert said[-1] == (rows, rows, f"{rows:,} rows written")
    assert [done for done, *_ in said] == sorted(done for done, *_ in said)


def test_cancelling_leaves_the_old_file(archive: Archive, keys: tuple[SeriesKey, ...], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_bytes(b"old")
    ctx = JobContext(lambda done, total, text: ctx.cancel() if done > 100 else None)
    with pytest.raises(JobCancelled):
        export_csv(archive, ExportRequest(keys), target, ctx, 50)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_missing_folder_is_named_before_anything_is_read(
    archive: Archive, keys: tuple[SeriesKey, ...], tmp_path: Path
) -> None:
    with pytest.raises(ExportError) as caught:
        export_csv(archive, ExportRequest(keys), tmp_path / "no" / "out.csv", JobContext())
    assert caught.value.subject == str(tmp_path / "no")


def test_a_day_of_a_zone_is_that_day(archive: Archive, keys: tuple[SeriesKey, ...]) -> None:
    tz = zone("Asia/Kathmandu")
    start, end = parse_moment("2026-11-08", tz), parse_moment("2026-11-08", tz, end=True)
    rows = exported(archive, ExportRequest(keys, start, end, "Asia/Kathmandu"))
    assert rows
    assert {row["time"][:10] for row in rows} == {"2026-11-08"}
    assert {row["time"][-6:] for row in rows} == {"+05:45"}
