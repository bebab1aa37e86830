from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui import theme
from gui.models.chosen_series import ChosenSeriesModel
from gui.models.properties import PropertiesModel
from gui.models.renamed_texts import deprecated_lines, joined_line, sent_lines
from gui.models.tree import FragmentFilter
from tests.gui.models.builders import find, summary, texts
from tests.gui.views.timeline.make_series import key, labels, make_series

# Models have timers.
pytestmark = pytest.mark.usefixtures("qapp")

HOUR = 3_600_000_000
MILEAGE, ODOMETER = "mileage", "odometer"


def lines(*names: str, index: int | None = None) -> list[str]:
    """What is said of an odometer with a sample an hour, sent under these names."""
    series = make_series(key(), [HOUR * number for number in range(len(names))], [1.0] * len(names))
    return sent_lines(replace(series, sent_as=labels(names)), index, UTC)


def test_names_in_turn() -> None:
    assert lines(MILEAGE, MILEAGE, ODOMETER, ODOMETER) == [
        "Sent as Mileage (mileage) until 1970-01-01 01:00",
        "Sent as Odometer (odometer) since 1970-01-01 02:00",
    ]
    assert lines(MILEAGE, "mileage_meters", "mileage_meters", ODOMETER, index=1)[1:] == [
        "Sent as Mileage meters (mileage_meters) from 1970-01-01 01:00 to 1970-01-01 02:00",
        "Sent as Odometer (odometer) since 1970-01-01 03:00",
        "This sample was sent as Mileage meters",
    ]


def test_names_at_the_same_time_and_a_single_one() -> None:
    assert lines(MILEAGE, ODOMETER, MILEAGE, index=2) == [
        "Sent as Mileage (mileage) from 1970-01-01 00:00 to 1970-01-01 02:00",
        "Sent as Odometer (odometer) from 1970-01-01 01:00 to 1970-01-01 01:00",
        "This sample was sent as Mileage",
    ]
    assert lines(MILEAGE, MILEAGE, index=0) == [
        "Sent as Mileage (mileage) from 1970-01-01 00:00 to 1970-01-01 01:00",
    ]
    assert sent_lines(make_series(key(), [0], [1.0]), 0, UTC) == []


def test_deprecated_names_lead_to_the_present_ones() -> None:
    assert deprecated_lines("diagnostics", "mileage") == ["Deprecated: today it is Odometer (diagnostics.odometer)"]
    power = deprecated_lines("ignition", "accessories_status")
    assert power[0] == "Deprecated: today it is State (ignition.state)"
    assert power[1].startswith("A series of its own: it says whether the accessories have power")
    assert deprecated_lines("diagnostics", "odometer") == deprecated_lines("new", "thing") == []
    assert joined_line("diagnostics", (MILEAGE,)) == "Joined with what was sent as Mileage (diagnostics.mileage)"
    assert joined_line("diagnostics", ()) == ""


def test_the_tree_says_what_is_joined_and_what_is_deprecated() -> None:
    model = PropertiesModel()
    both = [summary("diagnostics.mileage", 1.0, "miles"), summary("diagnostics.odometer", 2.0, "miles")]
    highest = summary("charging.battery_temperature_extremes.highest.temperature", 3.0, "celsius")
    lowest = summary("charging.battery_temperature_extremes.lowest.temperature", 3.0, "celsius")
    typo = ("battery_tempretature_extremes",)
    model.set_properties([replace(both[1], former_names=(MILEAGE,)), replace(highest, former_names=typo), lowest])

    def tip(*names: str) -> str:
        return str(find(model, *names).data(Qt.ItemDataRole.ToolTipRole))

    assert "\nJoined with what was sent as Mileage (diagnostics.mileage)\n" in tip("Diagnostics", "Odometer")
    extremes = ("Charging", "Battery temperature extremes")
    assert "Joined with what was sent as Battery tempretature extremes" in tip(*extremes)
    assert "Joined" in tip(*extremes, "Highest · Temperature")
    assert "Joined" not in tip(*extremes, "Lowest · Temperature")
    assert "Joined" not in tip("Charging") + tip("Diagnostics")
    shown = FragmentFilter(model)
    shown.set_filter("mileage")
    assert shown.rowCount() == 1

    model.set_properties(both)
    assert texts(model, find(model, "Diagnostics")) == ["Mileage", "Odometer"]
    assert "Deprecated: today it is Odometer" in tip("Diagnostics", "Mileage")
    assert "Deprecated" not in tip("Diagnostics", "Odometer")
    muted = QColor(theme.colors().muted)
    assert find(model, "Diagnostics", "Mileage").data(Qt.ItemDataRole.ForegroundRole) == muted
    assert find(model, "Diagnostics", "Odometer").data(Qt.ItemDataRole.ForegroundRole) is None


def test_series_to_export_say_what_is_joined() -> None:
    keys = [key("diagnostics.odometer"), key("diagnostics.speed")]

    def tips(model: ChosenSeriesModel) -> list[object]:
        return [model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(2)]

    speed = "VIN1 diagnostics.speed"
    joined = "VIN1 diagnostics.odometer\nWith what was sent as mileage or mileage_meters"
    assert tips(ChosenSeriesModel(keys, joined=True)) == [joined, speed]
    assert tips(ChosenSeriesModel(keys)) == ["VIN1 diagnostics.odometer", speed]
