from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.export import wide
from tests.core.export.series import make_series

if TYPE_CHECKING:
    from core.fleet.series import Series

T1, T2, T3 = "2026-06-01T10:00:00Z", "2026-06-01T10:00:01.5Z", "2026-06-01T10:00:02Z"


def table(piece: list[Series]) -> list[str]:
    tally = wide.Tally([series.key for series in piece])
    tally.add(piece)
    blocks = list(wide.rows(piece, tally.changes(), ZoneInfo("Europe/Berlin")))
    lines = b"".join(content.to_pybytes() for content, _ in blocks).decode().splitlines()
    assert sum(count for _, count in blocks) == len(lines) == wide.row_count(piece)
    return [",".join(tally.header()), *lines]


def test_samples_meet_only_at_exactly_equal_times() -> None:
    odometer = make_series("diagnostics.odometer", [T1, T3], [10.0, 11.5], "kilometers")
    lock = make_series("doors.locks.front_left", [T2, T3], ["locked", "unlocked"], vin="VIN2")
    assert table([odometer, lock]) == [
        "time,VIN1 diagnostics.odometer [kilometers],VIN2 doors.locks.front_left",
        "2026-06-01T12:00:00.000+02:00,10,",
        "2026-06-01T12:00:01.500+02:00,,locked",
        "2026-06-01T12:00:02.000+02:00,11.5,unlocked",
    ]


@pytest.mark.parametrize("units", [["kilometers", "miles"], ["kilometers", None]])
def test_a_unit_that_changes_has_a_column(units: list[str | None]) -> None:
    assert table([make_series("diagnostics.odometer", [T1, T2], [10.0, 6.0], units)]) == [
        "time,VIN1 diagnostics.odometer,VIN1 diagnostics.odometer unit",
        "2026-06-01T12:00:00.000+02:00,10,kilometers",
        f"2026-06-01T12:00:01.500+02:00,6,{units[1] or ''}",
    ]


def test_several_samples_of_one_time_take_several_rows() -> None:
    codes = make_series("diagnostics.codes", [T1, T1, T1, T2], ["C1", "C2", "C3", "C4"])
    speed = make_series("diagnostics.speed", [T1, T1], [5.0, 6.0], "km/h")
    assert table([codes, speed])[1:] == [
        "2026-06-01T12:00:00.000+02:00,C1,5",
        "2026-06-01T12:00:00.000+02:00,C2,6",
        "2026-06-01T12:00:00.000+02:00,C3,",
        "2026-06-01T12:00:01.500+02:00,C4,",
    ]


def test_failures_are_left_out_and_their_units_do_not_count() -> None:
    series = make_series(
        "a.b", [T1, T2, T3], [None, 1.0, "too many"], [None, "bars", None], ["oem", None, "rate_limit"]
    )
    assert table([series]) == ["time,VIN1 a.b [bars]", "2026-06-01T12:00:01.500+02:00,1"]


def test_a_series_without_samples_keeps_its_column() -> None:
    assert table([make_series("a.b", [], []), make_series("c.d", [T1], [1.0])]) == [
        "time,VIN1 a.b,VIN1 c.d",
        "2026-06-01T12:00:00.000+02:00,,1",
    ]
    assert table([make_series("a.b", [], [])]) == ["time,VIN1 a.b"]


def test_many_columns_come_in_blocks_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "_BLOCK_CELLS", 8)
    times = [f"2026-06-01T10:00:{second:02d}Z" for second in range(20)]
    piece = [
        make_series(f"a.p{number}", times[number::3], [float(number)] * len(times[number::3])) for number in range(3)
    ]
    blocks = list(wide.rows(piece, [False] * 3, ZoneInfo("UTC")))
    assert [count for _, count in blocks] == [2] * 10
    lines = b"".join(content.to_pybytes() for content, _ in blocks).decode().splitlines()
    expected = [["", "", ""] for _ in times]
    for index in range(20):
        expected[index][index % 3] = str(index % 3)
    assert [line.split(",")[1:] for line in lines] == expected
    assert np.unique([line.split(",")[0] for line in lines]).tolist() == [line.split(",")[0] for line in lines]
