"""What the command palette finds, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from gui.models.palette import EntryKind, PaletteEntry, PaletteModel, fit_of
from gui.models.texts import NO_VIN

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester

ENTRIES = [
    PaletteEntry(EntryKind.COMMAND, "export_csv", "Export to CSV…", "File · Write the series", "Ctrl+E", "export"),
    PaletteEntry(EntryKind.COMMAND, "fit", "Fit everything", "Timeline · Show all samples", "F", "fit", "No series"),
    PaletteEntry(EntryKind.COMMAND, "fit_values", "Fit values", "Timeline · Fit the value axes", "Shift+F"),
    PaletteEntry(EntryKind.COMMAND, "zoom_forward", "Zoom forward", "Timeline · Undo the last step back"),
    PaletteEntry(EntryKind.PROPERTY, ("diagnostics", "odometer", ""), "Odometer", "diagnostics.odometer"),
    PaletteEntry(EntryKind.SOURCE, "s3://fleet", "s3://fleet", "Open this source"),
    PaletteEntry(EntryKind.ZONE, "America/New_York", "America/New_York", "Show all times in this time zone"),
]


def names(model: PaletteModel) -> list[str]:
    return [model.entry(row).name for row in range(model.rowCount())]


@pytest.fixture
def model(qapp: object) -> PaletteModel:
    model = PaletteModel()
    model.set_entries(ENTRIES, ["WBA0001234", "VF10004321", "", "VF1E000012"], ["fit_values"])
    return model


@pytest.mark.parametrize(
    ("word", "fit"),
    [
        ("fit", 0),
        ("val", 1),
        ("v", 1),
        ("fv", 2),
        ("fiva", 2),
        ("alu", 3),
        ("axes", 4),
        ("x", 5),
        ("fvs", 7),
        ("ftl", None),
        ("vt", None),
        ("xyz", None),
    ],
)
def test_how_well_a_word_fits(word: str, fit: int | None) -> None:
    assert fit_of(word, "fit values", "timeline · fit the value axes") == fit


def test_without_a_query_what_was_chosen_lately_comes_first(model: PaletteModel) -> None:
    assert names(model) == [
        "Fit values", "Export to CSV…", "Fit everything", "Zoom forward", "Odometer", "s3://fleet",
    ]  # fmt: skip
    assert model.total() == 11


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fit", ["Fit values", "Fit everything"]),
        ("csv exp", ["Export to CSV…"]),
        ("ctrl+e", ["Export to CSV…"]),
        ("zmf", ["Zoom forward"]),
        ("timeline undo", ["Zoom forward"]),
        ("property", ["Odometer"]),
        ("new york", ["America/New_York"]),
        ("time zone", ["America/New_York"]),
        ("vf1 00", ["VF10004321", "VF1E000012"]),
        ("4321", ["VF10004321"]),
        ("0012", ["VF1E000012", "WBA0001234"]),
        ("f", ["Fit values", "Fit everything", "Zoom forward", "s3://fleet", "Export to CSV…"]),
        ("nothing like it", []),
    ],
)
def test_every_word_must_match(model: PaletteModel, query: str, found: list[str]) -> None:
    model.set_query(query)
    assert names(model)[: len(found) or None] == found


def test_a_command_that_begins_so_comes_before_vehicles_and_one_that_is_spread_after(model: PaletteModel) -> None:
    model.set_entries(ENTRIES, ["WFIT000001", "WBAEXCV002"])
    model.set_query("fit")
    assert names(model) == ["Fit everything", "Fit values", "WFIT000001"]
    model.set_query("excv")
    assert names(model) == ["WBAEXCV002", "Export to CSV…"]


def test_a_row_tells_what_it_is(model: PaletteModel) -> None:
    model.set_query("everything")
    index = model.index(0)
    assert index.data() == "Fit everything"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Command, Fit everything, F, No series"
    assert index.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Timeline · Show all samples"
    assert not index.data(Qt.ItemDataRole.DecorationRole).isNull()
    model.set_entries([], [""])
    model.set_query("")
    assert model.rowCount() == 0
    assert NO_VIN not in names(model)


def test_a_hundred_thousand_vehicles_are_rows_like_others(model: PaletteModel, qtmodeltester: ModelTester) -> None:
    vins = [f"WVWZZZ{number:011d}" for number in range(100_000)]
    model.set_entries(ENTRIES, vins)
    model.set_query("wv")
    assert model.rowCount() == 100_000
    assert model.entry(99_999).value == vins[-1]
    model.set_query("wv 4711")
    assert model.entry(0).value == "WVWZZZ00000004711"
    assert model.rowCount() == sum("4711" in vin for vin in vins)
    model.set_query("export")
    qtmodeltester.check(model, force_py=True)
