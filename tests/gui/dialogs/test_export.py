"""What an export will contain and where it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QPushButton, QRadioButton

from core.autoapi.display import DisplayUnits
from core.fleet.series import SeriesKey
from core.fleet.timezones import from_datetime
from gui.dialogs.export import ExportDialog, file_name

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from core.export.csv_export import ExportRequest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

KEY = SeriesKey("V1", "diagnostics", "odometer")
# Over the end of summer time.
RANGE = (from_datetime(datetime(2026, 10, 21, 3, tzinfo=UTC)), from_datetime(datetime(2026, 10, 29, 6, 30, tzinfo=UTC)))


class Opened:
    """An open dialog whose rows are counted at once, and what it has handed over."""

    def __init__(self, qtbot: QtBot, folder: Path, rows: int = 1984) -> None:
        self.dialog = ExportDialog([KEY], RANGE, "Europe/Berlin", folder)
        qtbot.addWidget(self.dialog)
        self.exported: list[tuple[ExportRequest, Path]] = []
        self.dialog.count_requested.connect(lambda request: self.dialog.set_rows(request, rows))
        self.dialog.export_requested.connect(lambda request, target: self.exported.append((request, target)))
        self.dialog.ask_for_rows()
        self.dialog.open()

    @property
    def button(self) -> QPushButton:
        """The button that exports, whatever it is called now."""
        box = self.dialog.findChild(QDialogButtonBox)
        assert isinstance(box, QDialogButtonBox)
        (found,) = [one for one in box.buttons() if box.buttonRole(one) is QDialogButtonBox.ButtonRole.AcceptRole]
        assert isinstance(found, QPushButton)
        return found

    def texts(self) -> list[str]:
        return [label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible()]

    def type(self, text: str) -> None:
        (field,) = [one for one in self.dialog.findChildren(QLineEdit) if one.accessibleName() == "Target file"]
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)

    def click(self) -> None:
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Opened:
    return Opened(qtbot, tmp_path)


def test_what_is_said_is_exported(opened: Opened, tmp_path: Path) -> None:
    assert "1,984 rows" in opened.texts()
    assert "Values stay in the unit in which they were sent; the file names it." in opened.texts()
    opened.click()
    ((request, target),) = opened.exported
    assert (request.keys, request.start, request.end, request.tz_name) == ((KEY,), *RANGE, "Europe/Berlin")
    two_days = [from_datetime(datetime(2026, 10, day, tzinfo=ZoneInfo("Europe/Berlin"))) for day in (20, 22)]
    named = file_name(replace(request, start=two_days[0], end=two_days[1]))
    assert named == "V1_odometer_2026-10-20_2026-10-21.csv"
    assert target == tmp_path / "V1_odometer_2026-10-21_2026-10-29.csv"
    assert not opened.dialog.isVisible()


def test_the_range_is_what_is_in_sight_the_region_or_all(qtbot: QtBot, tmp_path: Path) -> None:
    region = RANGE[0] + 1, RANGE[1] - 1
    dialog = ExportDialog([KEY], RANGE, "UTC", tmp_path, region=region)
    qtbot.addWidget(dialog)
    asked: list[ExportRequest] = []
    dialog.count_requested.connect(asked.append)
    buttons = {one.text(): one for one in dialog.findChildren(QRadioButton)}
    for name, expected in (("Region", region), ("All samples", (None, None)), ("Visible range", RANGE)):
        buttons[name].click()
        assert (dialog.request().start, dialog.request().end) == expected
    assert [(one.start, one.end) for one in asked] == [region, (None, None), RANGE]
    without = ExportDialog([KEY], RANGE, "UTC", tmp_path)
    qtbot.addWidget(without)
    (button,) = [one for one in without.findChildren(QRadioButton) if one.text() == "Region"]
    assert not button.isEnabled()
    assert "Mark a range of time" in button.toolTip()


def test_units_are_those_that_were_sent_or_those_of_the_window(qtbot: QtBot, opened: Opened, tmp_path: Path) -> None:
    def radio(dialog: ExportDialog, start: str) -> QRadioButton:
        (found,) = [one for one in dialog.findChildren(QRadioButton) if one.text().startswith(start)]
        return found

    assert radio(opened.dialog, "As sent").isChecked()
    assert opened.dialog.request().units is None
    radio(opened.dialog, "As shown: metric").click()
    assert opened.dialog.request().units == DisplayUnits("metric")
    assert any(text.startswith("Values are converted at full precision") for text in opened.texts())
    assert "1,984 rows" in opened.texts()
    for units, name in (
        (DisplayUnits("imperial", {"a.b": "meters"}), "imperial, 1 property in a unit of its own"),
        (DisplayUnits("as sent", {"a.b": "meters", "a.c": "miles"}), "the unit that was sent last, 2 properties in"),
    ):
        dialog = ExportDialog([KEY], RANGE, "UTC", tmp_path, units=units)
        qtbot.addWidget(dialog)
        radio(dialog, f"As shown: {name}").click()
        assert dialog.request().units == units


def test_a_range_over_a_change_of_the_clocks_has_both_offsets(opened: Opened) -> None:
    assert "2026-10-21 05:00:00 +02:00 to 2026-10-29 07:30:00 +01:00" in opened.texts()


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("/nonexist/e1.csv", "The target's folder does not exist: /nonexist. Create it or choose another."),
        ("/tmp", "The target is a folder: /tmp. Name a file in it."),
        ("~nobody-has-this-name/e1.csv", "folder does not exist"),
        ("/dev/null/e1.csv", "folder does not exist"),
        ("", "Name a file to export to."),
    ],
)
def test_a_target_that_cannot_be_written_is_told_in_the_dialog(opened: Opened, target: str, says: str) -> None:
    opened.type(target)
    assert any(says in text for text in opened.texts())
    assert not opened.button.isEnabled()
    opened.dialog.accept()
    assert opened.dialog.isVisible()
    assert opened.exported == []
    # Neither another range nor the count of its rows makes it right.
    next(one for one in opened.dialog.findChildren(QRadioButton) if one.text() == "All samples").click()
    assert not opened.button.isEnabled()
    opened.type("out.csv")
    assert not any(says in text for text in opened.texts())
    assert opened.button.isEnabled()


def test_a_folder_that_takes_no_file_is_found_before_the_dialog_closes(opened: Opened) -> None:
    opened.type("/proc/out.csv")
    opened.dialog.accept()
    assert opened.dialog.isVisible()
    assert opened.exported == []
    assert any("/proc/out.csv" in text for text in opened.texts())


def test_a_file_is_replaced_only_after_asking(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old")
    opened.type("old.csv")
    opened.click()
    assert opened.button.text() == "Replace"
    assert "old.csv exists already. Replace it?" in opened.texts()
    opened.type("new.csv")
    assert opened.button.text() == "Export"
    assert "1,984 rows" in opened.texts()
    opened.type("old.csv")
    opened.click()
    assert opened.exported == []
    opened.click()
    assert [target for _, target in opened.exported] == [tmp_path / "old.csv"]


def test_nothing_is_exported_without_rows(qtbot: QtBot, tmp_path: Path) -> None:
    opened = Opened(qtbot, tmp_path, rows=0)
    assert "No rows: these series have no samples in this range." in opened.texts()
    assert not opened.button.isEnabled()
    opened.dialog.accept()
    assert opened.exported == []
    opened.dialog.reject()
