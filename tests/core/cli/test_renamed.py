"""Renamed properties on the command line: one series under the present name, or each name by itself."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from core.cli.program import DONE, FAILED, run
from tests.renamed import OTHER, VIN, write_renamed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> str:
    """A recorded folder in which the odometer of a vehicle changes its name."""
    folder = str(write_renamed(tmp_path / "renamed"))
    assert run(["sync", folder, "--quiet"]) == DONE
    return folder


def series(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert run(["series", *words, "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, str]]:
    assert run(["export", *words]) == DONE
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_series_are_listed_once_or_as_sent(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    found = {(one["vin"], one["path"]): one for one in series(capsys, source)}
    power = "ignition.accessories_status"
    assert set(found) == {(vin, path) for vin in (VIN, OTHER) for path in ("diagnostics.odometer", power)}
    odometer = found[VIN, "diagnostics.odometer"]
    assert (odometer["samples"], odometer["last_value"], odometer["unit"]) == (4, 250, "kilometers")
    assert odometer["former_names"] == ["mileage"]
    assert found[OTHER, "diagnostics.odometer"]["former_names"] == []
    as_sent = {(one["vin"], one["path"]): one["samples"] for one in series(capsys, source, "--as-sent-names")}
    assert as_sent == {
        (VIN, "diagnostics.mileage"): 2,
        (VIN, "diagnostics.odometer"): 2,
        (OTHER, "diagnostics.odometer"): 1,
        (VIN, power): 1,
        (OTHER, power): 1,
    }
    assert run(["series", source]) == DONE
    shown = capsys.readouterr()
    assert "former" not in shown.out
    assert "1 of them also under former names; --as-sent-names lists these apart" in shown.err
    assert run(["series", source, "--as-sent-names"]) == DONE
    assert "former" not in capsys.readouterr().err


def test_either_name_finds_the_series(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for name in ("mileage", "odometer", "mileage_meters"):
        paths = {one["path"] for one in series(capsys, source, "--vin", VIN, "--property", f"diagnostics.{name}")}
        assert paths == {"diagnostics.odometer"}
    mileage = [source, "--property", "diagnostics.mileage"]
    assert [one["vin"] for one in series(capsys, *mileage, "--as-sent-names")] == [VIN]
    assert run(["series", *mileage, "--vin", OTHER, "--as-sent-names"]) == FAILED
    assert run(["export", *mileage, "--property", "diagnostics.speed"]) == DONE
    shown = capsys.readouterr().err
    assert "Nothing that matches is recorded of diagnostics.speed" in shown
    assert "recorded of diagnostics.mileage" not in shown


def test_an_export_has_the_whole_series(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    words = [source, "--vin", VIN, "--property", "diagnostics.mileage"]
    found = rows(capsys, *words)
    assert [(row["property"], row["value"], row["unit"], row["time"][11:16]) for row in found] == [
        ("odometer", "100", "miles", "01:00"),
        ("odometer", "110", "miles", "02:00"),
        ("odometer", "200", "kilometers", "03:00"),
        ("odometer", "250", "kilometers", "04:00"),
    ]
    assert [row["batch"].split("/")[1] for row in found] == ["level12"] * 2 + ["level13"] * 2
    assert [row["property"] for row in rows(capsys, *words, "--as-sent-names")] == ["mileage"] * 2
    wide = rows(capsys, *words, "--layout", "wide", "--from", "2023-04-28T02:00")
    name = f"{VIN} diagnostics.odometer"
    assert [(row[name], row[f"{name} unit"]) for row in wide] == [
        ("110", "miles"),
        ("200", "kilometers"),
        ("250", "kilometers"),
    ]
