"""Exports in the units in which values are shown."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.archive.archive import Archive
from core.autoapi.display import DisplayUnits
from core.export import wide
from core.export.csv_export import LAYOUTS, LONG_COLUMNS, ExportRequest, export_csv
from core.export.units import ShownUnits
from core.fleet.timezones import zone
from core.jobs import JobContext
from core.sandbox.simulate import SimulationPlan, SimulationResult, simulate_into_folder
from core.storage.connection import open_source
from core.sync import sync
from tests.core.export.series import make_series

if TYPE_CHECKING:
    from core.fleet.series import Series

METRIC, IMPERIAL = DisplayUnits("metric"), DisplayUnits("imperial")
T1, T2, T3, T4 = (f"2026-06-01T10:00:0{second}Z" for second in range(4))


def shown(units: DisplayUnits, *parts: Series) -> list[list[tuple[float, str | None]]]:
    """Numbers and units of some series, or parts of one, after all have been seen."""
    converter = ShownUnits(units)
    for series in parts:
        converter.add(series)
    done = [converter.converted(series) for series in parts]
    return [[(float(value), one.unit[i]) for i, value in enumerate(one.value)] for one in done]


def table(units: DisplayUnits, *piece: Series) -> list[str]:
    """The file of the wide layout."""
    converter = ShownUnits(units)
    tally = wide.Tally([series.key for series in piece], converter)
    tally.add(piece)
    converted = [converter.converted(series) for series in piece]
    blocks = [content for content, _ in wide.rows(converted, tally.changes(), zone("UTC"))]
    return [",".join(tally.header()), *b"".join(block.to_pybytes() for block in blocks).decode().splitlines()]


def test_a_series_has_one_unit_at_full_precision() -> None:
    series = make_series("diagnostics.odometer", [T1, T2], [10.0, 714.6], ["kilometers", "miles"])
    assert shown(METRIC, series) == [[(10.0, "kilometers"), (714.6 * 1.609344, "kilometers")]]
    assert shown(IMPERIAL, series) == [[(pytest.approx(10 / 1.609344, rel=1e-15), "miles"), (714.6, "miles")]]
    own = DisplayUnits("imperial", {"diagnostics.odometer": "meters"})
    assert shown(own, series) == [[(10_000.0, "meters"), (pytest.approx(714.6 * 1609.344, rel=1e-15), "meters")]]
    # What was read is not written to.
    assert series.value.tolist() == [10.0, 714.6]


def test_the_unit_that_was_sent_last_decides_where_the_window_says_so_for_every_part() -> None:
    first = make_series("diagnostics.odometer", [T1], [10.0], "kilometers")
    second = make_series("diagnostics.odometer", [T2], [7.0], "miles")
    assert [[unit for _, unit in part] for part in shown(DisplayUnits("as sent"), first, second)] == [["miles"]] * 2


def test_what_does_not_convert_keeps_its_unit() -> None:
    sent = ["kilometers", "seconds", "leagues", None]
    series = make_series("diagnostics.odometer", [T1, T2, T3, T4], [1.609344, 5.0, 6.0, 7.0], sent)
    assert shown(IMPERIAL, series) == [[(1.0, "miles"), (5.0, "seconds"), (6.0, "leagues"), (7.0, None)]]
    assert table(IMPERIAL, series) == [
        "time,VIN1 diagnostics.odometer,VIN1 diagnostics.odometer unit",
        "2026-06-01T10:00:00.000+00:00,1,miles",
        "2026-06-01T10:00:01.000+00:00,5,seconds",
        "2026-06-01T10:00:02.000+00:00,6,leagues",
        "2026-06-01T10:00:03.000+00:00,7,",
    ]


def test_shares_are_percentages_without_stray_digits() -> None:
    values = [0.07, 0.29, 0.1234567890123456, 1.0]
    (read,) = shown(METRIC, make_series("charging.battery_level", [T1, T2, T3, T4], values))
    assert read == [(7.0, "%"), (29.0, "%"), (12.34567890123456, "%"), (100.0, "%")]
    assert table(IMPERIAL, make_series("charging.battery_level", [T1], [0.82])) == [
        "time,VIN1 charging.battery_level [%]",
        "2026-06-01T10:00:00.000+00:00,82",
    ]


def test_texts_and_failures_stay_as_they_were_sent() -> None:
    values: list[float | str | bool | None] = [5.0, "five", None]
    series = make_series("diagnostics.odometer", [T1, T2, T3], values, "kilometers", [None, None, "oem"])
    (read,) = shown(IMPERIAL, series)
    assert [unit for _, unit in read] == ["miles", "kilometers", "kilometers"]
    assert table(IMPERIAL, series)[0] == "time,VIN1 diagnostics.odometer,VIN1 diagnostics.odometer unit"
    (share,) = shown(METRIC, make_series("charging.battery_level", [T1, T2], [0.5, None], None, [None, "oem"]))
    assert [unit for _, unit in share] == ["%", None]


def test_one_unit_makes_one_heading() -> None:
    series = make_series("diagnostics.odometer", [T1, T2], [10.0, 1.0], ["kilometers", "miles"])
    assert table(METRIC, series) == [
        "time,VIN1 diagnostics.odometer [kilometers]",
        "2026-06-01T10:00:00.000+00:00,10",
        "2026-06-01T10:00:01.000+00:00,1.609344",
    ]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, SimulationResult]:
    folder = tmp_path_factory.mktemp("fleet")
    result = simulate_into_folder(SimulationPlan(vehicles=4, days=1, seed=7), folder / "batches", JobContext())
    archive = Archive.open(folder / "archive")
    sync(open_source(str(folder / "batches")), archive, JobContext())
    return archive, result


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("units", [None, METRIC, IMPERIAL])
def test_a_whole_file_has_one_unit_whatever_the_pieces(
    fleet: tuple[Archive, SimulationResult], units: DisplayUnits | None, layout: str
) -> None:
    archive, _ = fleet
    paths = ["diagnostics.odometer", "charging.battery_level"]
    keys = tuple(archive.find_series([], paths, JobContext()))
    request = ExportRequest(keys, layout="wide" if layout == "wide" else "long", units=units)
    files = []
    for piece in (500_000, 100):
        stream = io.BytesIO()
        export_csv(archive, request, stream, JobContext(), piece)
        files.append(stream.getvalue().decode())
    assert files[0] == files[1]
    rows = list(csv.DictReader(io.StringIO(files[0], newline=""), strict=True))
    length = "miles" if units == IMPERIAL else "kilometers"
    if layout == "wide":
        headings = [name for name in rows[0] if "odometer" in name]
        assert all(name.endswith(f"[{length}]") for name in headings) is (units is not None)
        assert any(name.endswith("[%]") for name in rows[0]) is (units is not None)
        return
    assert tuple(rows[0]) == LONG_COLUMNS
    for name, expected in (("odometer", length), ("battery_level", "%")):
        found = {row["unit"] for row in rows if row["property"] == name and row["value"]}
        assert (found == {expected}) is (units is not None)
    sent = np.concatenate([one.value for one in archive.series(keys, JobContext()) if one.key.property != "odometer"])
    written = [float(row["value"]) for row in rows if row["property"] != "odometer" and row["value"]]
    factor = 1 if units is None else 100
    assert written == pytest.approx((sent[~np.isnan(sent)] * factor).tolist(), rel=1e-14)
