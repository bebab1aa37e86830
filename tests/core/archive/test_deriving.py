"""Derived series of what lies in an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.archive.archive import Archive
from core.archive.deriving import find_series, read_series
from core.autoapi.display import DisplayUnits
from core.errors import UsageError
from core.export.reading import PieceReader
from core.fleet.formula import derived_key, parse
from core.fleet.series import SeriesKey
from core.jobs import JobContext
from core.storage.connection import open_source
from core.sync import sync
from tests.renamed import OTHER, VIN, write_renamed

if TYPE_CHECKING:
    from pathlib import Path

CTX = JobContext()
DAILY = "per_day(diagnostics.odometer, 'UTC')"
POWER = SeriesKey(VIN, "ignition", "accessories_status")


def named(formula: str, vin: str = VIN) -> SeriesKey:
    return derived_key(vin, parse(formula))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Of VIN 100 and 110 mi as mileage, then 200 and 250 km as odometer; of OTHER one odometer."""
    folder: Path = tmp_path_factory.mktemp("renamed")
    archive = Archive.open(folder / "archive")
    sync(open_source(str(write_renamed(folder / "batches"))), archive, CTX)
    return archive


def test_recorded_and_derived_series_are_read_together_in_the_order_of_the_keys(archive: Archive) -> None:
    keys = [named(DAILY), POWER, named("2 * diagnostics.odometer"), SeriesKey(VIN, "diagnostics", "odometer")]
    found = read_series(archive, keys, CTX)
    assert [one.key for one in found] == keys
    assert found[0].value.tolist() == [50.0]
    assert found[1].text[0] == "on"
    assert found[2].value.tolist() == [400.0, 500.0]
    assert [found[2].batch[index] for index in range(2)] == [found[3].batch[index] for index in range(2)]


def test_former_names_count_where_renamed_properties_are_joined(archive: Archive) -> None:
    joined = read_series(archive, [named(DAILY)], CTX, joined=True)[0]
    assert joined.value.tolist() == [pytest.approx(250 - 160.9344)]
    imperial = read_series(archive, [named(DAILY)], CTX, joined=True, units=DisplayUnits("imperial"))[0]
    assert (imperial.value.tolist(), imperial.unit[0]) == ([pytest.approx(250 / 1.609344 - 100)], "mi/day")
    of_former = read_series(archive, [named("per_day(diagnostics.mileage)")], CTX, joined=True)[0]
    assert of_former.value.tolist() == joined.value.tolist()


def test_an_export_in_pieces_has_the_same_derived_samples(archive: Archive) -> None:
    keys = [named("rate(diagnostics.odometer)"), SeriesKey(VIN, "diagnostics", "odometer"), named(DAILY)]
    whole = read_series(archive, keys, CTX, joined=True)
    reader = PieceReader(archive, None, None, CTX, 1, joined=True)
    parts = list(reader.one_by_one(keys))
    assert len(parts) > len(keys)
    for key, series in zip(keys, whole, strict=True):
        mine = [part.value for part in parts if part.key == key]
        assert np.concatenate(mine).tolist() == series.value.tolist()
    pieces = list(reader.side_by_side(keys))
    for place, series in enumerate(whole):
        assert np.concatenate([piece[place].time for piece in pieces]).tolist() == series.time.tolist()


def test_what_cannot_be_computed_is_told_and_the_others_are_read(archive: Archive) -> None:
    wrong = named("rate(ignition.accessories_status)")
    told: list[tuple[SeriesKey, UsageError]] = []
    found = read_series(archive, [wrong, POWER], CTX, on_problem=lambda key, error: told.append((key, error)))
    assert [one.key for one in found] == [POWER]
    assert [(key, error.title) for key, error in told] == [(wrong, "This series has no numbers")]
    with pytest.raises(UsageError, match="no numbers"):
        read_series(archive, [wrong], CTX)


def test_a_formula_finds_the_vehicles_that_have_all_it_names(archive: Archive) -> None:
    assert find_series(archive, [], [DAILY], CTX) == [named(DAILY), named(DAILY, OTHER)]
    assert find_series(archive, [OTHER], [DAILY], CTX) == [named(DAILY, OTHER)]
    both = "rate(diagnostics.odometer - diagnostics.mileage)"
    assert find_series(archive, [], [both], CTX) == [named(both)]
    of_one = f"diagnostics.odometer - series('{OTHER}', 'diagnostics.odometer')"
    assert find_series(archive, [VIN], [of_one], CTX) == [named(of_one)]
    only_others = f"rate(series('{OTHER}', 'diagnostics.odometer'))"
    assert find_series(archive, [VIN], [only_others], CTX) == [named(only_others, OTHER)]
    assert find_series(archive, [], ["rate(no.such)"], CTX) == []
    assert find_series(archive, [], ["per_day(diagnostics.mileage)"], CTX, joined=True) == [
        named("per_day(diagnostics.mileage)", vin) for vin in (VIN, OTHER)
    ]


def test_paths_and_formulas_are_found_together(archive: Archive) -> None:
    found = find_series(archive, [VIN], ["diagnostics.odometer", DAILY, f"series('{VIN}', 'diagnostics.mileage')"], CTX)
    assert found == [
        SeriesKey(VIN, "diagnostics", "odometer"),
        named(DAILY),
        SeriesKey(VIN, "diagnostics", "mileage"),
    ]
    assert len(find_series(archive, [], [], CTX)) == 5
    with pytest.raises(UsageError):
        find_series(archive, [], ["per_day(diagnostics.odometer"], CTX)
