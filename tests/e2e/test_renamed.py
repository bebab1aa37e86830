"""Renamed properties are joined or kept apart by the menu, in the whole window, and it is remembered."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLineEdit, QMenu, QTableView

from core import settings
from core.fleet.series import SeriesKey
from core.settings import Settings
from core.workspaces.layout import Shape
from gui.dialogs.export import ExportDialog
from gui.models.properties import SAMPLES
from tests.gui.views.timeline.areas import drop
from tests.renamed import VIN, write_renamed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.conftest import Desk

ODOMETER = SeriesKey(VIN, "diagnostics", "odometer")
MILEAGE = SeriesKey(VIN, "diagnostics", "mileage")


@pytest.fixture
def source(tmp_path: Path) -> str:
    """A folder in which the odometer of a vehicle changes its name."""
    return str(write_renamed(tmp_path / "renamed"))


def show(desk: Desk, source: str, *keys: SeriesKey) -> None:
    """Open the folder, select the vehicle and put series on the timeline."""
    desk.open(source)
    desk.panels.vehicles.select_vins([VIN])
    desk.session.add_series(keys)
    rest(desk)


def rest(desk: Desk) -> None:
    desk.wait_until_settled()
    desk.wait(lambda: all(desk.panels.timeline.series(key) for key in desk.session.series_keys))
    # The panel asks for its properties a moment after the vehicles were chosen.
    desk.wait(lambda: desk.panels.properties.model.find(("diagnostics",)))
    desk.wait_until_settled()


def listed(desk: Desk) -> dict[str, str]:
    """The properties of the diagnostics in the panel, with their numbers of samples."""
    model = desk.panels.properties.model
    parent = model.find(("diagnostics",))
    assert parent is not None
    rows = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]
    return {row.data(): str(row.siblingAtColumn(SAMPLES).data()) for row in rows}


def charted(desk: Desk) -> dict[str, list[float]]:
    """The values on the timeline by property."""
    timeline = desk.panels.timeline
    found = {key.property: timeline.series(key) for key in desk.session.series_keys}
    return {name: series.value.tolist() for name, series in found.items() if series is not None}


def switch_by_keys(desk: Desk) -> None:
    """View > Join renamed properties, by mnemonics."""
    desk.qtbot.keyClick(desk.window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    desk.qtbot.keyClick(popup, Qt.Key.Key_J)
    desk.wait(lambda: QApplication.activePopupWidget() is None)
    rest(desk)


def remembered() -> object:
    return json.loads(settings.settings_file().read_text("utf-8")).get("join_renamed", "default")


def test_the_menu_joins_and_parts_panel_and_timeline(desk: Desk, source: str) -> None:
    show(desk, source, MILEAGE)
    assert listed(desk) == {"Odometer": "4"}
    assert charted(desk) == {"odometer": [100.0, 110.0, 200.0, 250.0]}
    switch_by_keys(desk)
    assert not desk.window.actions_.action("join_renamed").isChecked()
    assert listed(desk) == {"Mileage": "2", "Odometer": "2"}
    assert charted(desk) == {"odometer": [200.0, 250.0], "mileage": [100.0, 110.0]}
    assert remembered() is False
    desk.trigger("join_renamed")
    rest(desk)
    assert listed(desk) == {"Odometer": "4"}
    assert charted(desk) == {"odometer": [100.0, 110.0, 200.0, 250.0]}
    assert remembered() == "default"
    assert desk.messages.notices == ()


def test_the_legend_says_under_which_name_what_was_sent(desk: Desk, source: str) -> None:
    show(desk, source, ODOMETER)

    def tip() -> str:
        legend = desk.panels.timeline.findChild(QTableView)
        assert legend is not None
        return str(legend.model().index(0, 1).data(Qt.ItemDataRole.ToolTipRole))

    assert "Sent as Mileage (mileage) until 2023-04-28 02:00\nSent as Odometer (odometer) since" in tip()
    assert tip().endswith("This sample was sent as Odometer")
    series = desk.panels.timeline.series(ODOMETER)
    assert series is not None
    desk.panels.timeline.set_cursor_time(int(series.time[1]))
    assert tip().endswith("This sample was sent as Mileage")
    desk.session.add_series([MILEAGE])
    assert desk.panels.timeline.keys() == [ODOMETER]
    # Nor is room kept for it where it is let go.
    drop(desk.panels.timeline, [MILEAGE], QPoint(300, 2))
    assert desk.panels.timeline.keys() == [ODOMETER]
    assert len(desk.panels.timeline.timeline_layout().plots) == 1
    desk.trigger("join_renamed")
    rest(desk)
    assert "Sent as" not in tip()


def test_a_sample_leads_to_its_message_and_the_message_back(desk: Desk, source: str) -> None:
    show(desk, source, ODOMETER)
    timeline, messages = desk.panels.timeline, desk.panels.messages
    timeline.sample_activated.emit(ODOMETER, 1)
    desk.wait(messages.current_message)
    message = messages.current_message()
    assert message is not None
    assert (message.property, message.summary) == ("mileage", "110 mi")
    timeline.clear()
    desk.session.remove_series([ODOMETER])
    messages.message_activated.emit(message)
    desk.wait(lambda: timeline.series(ODOMETER))
    series = timeline.series(ODOMETER)
    assert series is not None
    assert timeline.cursor_time() == series.time[1]


def test_the_export_is_what_is_on_the_screen(desk: Desk, source: str, tmp_path: Path) -> None:
    show(desk, source, ODOMETER)

    def export(name: str) -> list[tuple[str, str]]:
        desk.trigger("export_csv")
        dialog = desk.dialog(ExportDialog)
        target = tmp_path / name
        field = next(one for one in dialog.findChildren(QLineEdit) if one.accessibleName() == "Target file")
        field.setText(str(target))
        field.textEdited.emit(field.text())
        button = next(one for one in dialog.findChild(QDialogButtonBox).buttons() if one.text() == "Export")
        desk.wait(button.isEnabled)
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        desk.wait(target.exists)
        desk.wait_until_settled()
        with target.open(encoding="utf-8", newline="") as stream:
            return [(row["property"], row["value"]) for row in csv.DictReader(stream)]

    joined = export("joined.csv")
    assert joined == [("odometer", value) for value in ("100", "110", "200", "250")]
    desk.trigger("join_renamed")
    rest(desk)
    parts = export("apart.csv")
    assert sorted(parts) == [("mileage", "100"), ("mileage", "110"), ("odometer", "200"), ("odometer", "250")]


def test_series_come_back_whichever_way_they_were_kept(open_desk: Callable[[Settings], Desk], source: str) -> None:
    """What stood there joined comes back apart where it was parted meanwhile, and the other way round."""
    first = open_desk(Settings(time_zone="UTC"))
    show(first, source, ODOMETER)
    first.window.close()
    second = open_desk(Settings(time_zone="UTC", join_renamed=False))
    assert not second.window.actions_.action("join_renamed").isChecked()
    second.open(source)
    second.wait(lambda: len(charted(second)) == 2)
    assert charted(second) == {"odometer": [200.0, 250.0], "mileage": [100.0, 110.0]}
    second.session.remove_series([ODOMETER])
    second.window.close()
    third = open_desk(Settings(time_zone="UTC", join_renamed=False))
    third.open(source)
    third.wait(lambda: charted(third))
    assert charted(third) == {"mileage": [100.0, 110.0]}
    third.window.close()
    fourth = open_desk(Settings(time_zone="UTC"))
    fourth.open(source)
    fourth.wait(lambda: charted(fourth))
    assert charted(fourth) == {"odometer": [100.0, 110.0, 200.0, 250.0]}
    assert fourth.messages.notices == ()


def test_what_is_joined_again_keeps_its_look(desk: Desk, source: str) -> None:
    show(desk, source, ODOMETER)
    desk.trigger("join_renamed")
    rest(desk)
    desk.wait(lambda: len(charted(desk)) == 2)
    timeline = desk.panels.timeline
    desk.session.remove_series([ODOMETER])
    timeline.editing.set_shape([MILEAGE], Shape.POINTS)
    desk.trigger("join_renamed")
    rest(desk)
    desk.wait(lambda: timeline.series(ODOMETER))
    assert timeline.timeline_layout().looks[ODOMETER].shape is Shape.POINTS
    assert timeline.editing.undo_label == ""


def test_switching_to_and_fro_ends_where_it_says(desk: Desk, source: str) -> None:
    show(desk, source, ODOMETER)
    for _ in range(5):
        desk.trigger("join_renamed")
    rest(desk)
    desk.wait(lambda: len(charted(desk)) == 2)
    assert charted(desk) == {"odometer": [200.0, 250.0], "mileage": [100.0, 110.0]}
    for _ in range(3):
        desk.trigger("join_renamed")
    rest(desk)
    desk.wait(lambda: len(charted(desk)) == 1)
    assert charted(desk) == {"odometer": [100.0, 110.0, 200.0, 250.0]}
    assert listed(desk) == {"Odometer": "4"}
