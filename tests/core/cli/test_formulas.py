"""Derived series on the command line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from core.cli.parser import parse_command, parse_window
from core.cli.program import DONE, FAILED, WRONG_USE, run
from tests.renamed import OTHER, VIN, write_renamed

if TYPE_CHECKING:
    from pathlib import Path

DAILY = "per_day(diagnostics.odometer, 'UTC')"


@pytest.fixture(scope="module")
def recorded_renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a folder is recorded: of VIN 100 and 110 mi, then 200 and 250 km; of OTHER one odometer."""
    home = tmp_path_factory.mktemp("renamed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODOGRAPH_HOME", str(home))
        assert run(["sync", str(write_renamed(home / "batches")), "--quiet"]) == DONE
    return home


@pytest.fixture
def renamed(recorded_renamed: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The folder of batches, in the home where it is recorded. Only to be read."""
    monkeypatch.setenv("ODOGRAPH_HOME", str(recorded_renamed))
    return str(recorded_renamed / "batches")


def exported(words: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    assert run(["export", *words]) == DONE
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""), strict=True))


def test_a_formula_is_exported_like_any_series(renamed: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = exported([renamed, "--property", "per_day( diagnostics.odometer )", "--as-sent-names"], capsys)
    assert rows == [
        {
            "time": "2023-04-28T00:00:00.000+00:00",
            "vin": VIN,
            "capability": "derived",
            "property": DAILY,
            "component": "",
            "value": "50",
            "unit": "km/day",
            "failure": "",
            "batch": "",
        }
    ]
    # One odometer makes no difference of a day.
    assert [
        row["vin"] for row in exported([renamed, "--vin", OTHER, "--property", "2*diagnostics.odometer"], capsys)
    ] == [OTHER]


def test_units_zone_range_and_layout_hold_for_derived_series(renamed: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [renamed, "--vin", VIN, "--property", "rate(diagnostics.odometer)", "--tz", "Europe/Berlin"]
    rows = exported([*words, "--units", "imperial"], capsys)
    assert [(row["time"], float(row["value"]), row["unit"]) for row in rows] == [
        ("2023-04-28T03:00:00.000+02:00", 10.0, "miles_per_hour"),
        ("2023-04-28T04:00:00.000+02:00", pytest.approx(200 / 1.609344 - 110), "miles_per_hour"),
        ("2023-04-28T05:00:00.000+02:00", pytest.approx(50 / 1.609344), "miles_per_hour"),
    ]
    rows = exported([*words, "--from", "2023-04-28T05:00", "--to", "2023-04-28T06:00"], capsys)
    assert [row["value"] for row in rows] == ["50"]
    wide = exported([*words, "--property", "diagnostics.odometer", "--layout", "wide", "--units", "metric"], capsys)
    name = f"{VIN} derived.rate(diagnostics.odometer, 'h') [kilometers_per_hour]"
    assert [row[name] for row in wide][2:] == ["50", ""]


def test_no_cell_begins_like_a_formula_of_a_spreadsheet(renamed: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = [renamed, "--vin", VIN, "--property=-diagnostics.odometer", "--property=-2-diagnostics.odometer"]
    rows = exported([*words, "--as-sent-names"], capsys)
    assert {row["property"] for row in rows} == {"'-1 * diagnostics.odometer", "'-2 - diagnostics.odometer"}
    assert [row["value"] for row in rows] == ["-200", "-250", "-202", "-252"]
    # Each value is that of one message.
    assert all(row["batch"].endswith(".json") for row in rows)
    assert not any(cell[:1] in "=+@" for row in rows for cell in row.values() if cell)


def test_a_wrong_formula_is_refused_before_anything_is_opened(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "nowhere", "--property", "per_day(diagnostics.odometer, 'Berlin')"]) == WRONG_USE
    said = capsys.readouterr().err
    assert "There is no such time zone Berlin. Did you mean Europe/Berlin? (at character 31)" in said


def test_what_cannot_be_computed_says_why(renamed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "none.csv"
    words = ["export", renamed, "--property", "rate(ignition.accessories_status)", "-o", str(target)]
    assert run(words) == WRONG_USE
    assert not target.exists()
    assert "This series has no numbers: ignition.accessories_status" in capsys.readouterr().err
    assert run(words[:-2]) == WRONG_USE
    assert capsys.readouterr().out == ""


def test_what_is_not_recorded_is_named(renamed: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", renamed, "--property", "rate(no.such)"]
    assert run(words) == FAILED
    assert "No recorded series matches: rate(no.such, 'h')" in capsys.readouterr().err
    assert run([*words, "--property", DAILY]) == DONE
    said = capsys.readouterr().err
    assert "Nothing that matches is recorded of rate(no.such, 'h')" in said
    assert "per_day" not in said


def test_lists_show_what_is_recorded_alone(renamed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["series", renamed, "--json"]) == DONE
    assert {item["path"] for item in json.loads(capsys.readouterr().out)} == {
        "diagnostics.odometer",
        "ignition.accessories_status",
    }


def test_words_that_are_paths_stay_as_they_were_typed() -> None:
    typed = ["diagnostics.odometer", "doors.positions.left door", "a.b.c-d.e", "a.b - c.d"]
    words = parse_command(["export", "x", *(word for one in typed for word in ("--property", one))])
    assert words.property == typed
    assert parse_window(["x", "--property", "rate(a.b)"]).properties == ("rate(a.b, 'h')",)
