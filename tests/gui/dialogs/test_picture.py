"""The dialog for pictures, by keys and clicks."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.dialogs.picture import SVG, PictureDialog
from gui.views.timeline.masking import Masking
from gui.views.timeline.picture import Picture, PictureOptions
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.make_series import HOUR, JUNE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> PictureDialog:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.set_time_zone(UTC, "UTC")
    view.set_series([make_series(key(vin="WBA8E1C50HA000817"), [JUNE, JUNE + HOUR], [1.0, 2.0], unit="kilometers")])
    view.show()
    view.grab()

    def make(options: PictureOptions) -> Picture:
        found = view.picture(options, JUNE)
        assert found is not None
        return found

    dialog = PictureDialog(make, PictureOptions(), 2, tmp_path)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


def test_it_begins_with_a_title_a_file_and_a_preview(dialog: PictureDialog, tmp_path: Path) -> None:
    assert dialog.title.text() == "Odometer – WBA8E1C50HA000817"
    assert dialog.target() == tmp_path / "Odometer-WBA8E1C50HA000817.png"
    assert not dialog.preview.pixmap().isNull()
    assert "pixels" in dialog.size_text.text()
    assert dialog.title.hasFocus()


def test_masking_changes_title_and_file_name_unless_they_are_one_s_own(dialog: PictureDialog, qtbot: QtBot) -> None:
    dialog.masking.setFocus()
    QTest.keyClick(dialog.masking, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: dialog.title.text() == "Odometer – Vehicle A")
    assert dialog.options().masking is Masking.NAMES
    assert dialog.target().name == "Odometer-Vehicle-A.png"
    dialog.title.setFocus()
    dialog.title.selectAll()
    QTest.keyClicks(dialog.title, "For the report")
    qtbot.waitUntil(lambda: dialog.target().name == "For-the-report.png")
    QTest.keyClick(dialog.masking, Qt.Key.Key_Home)
    dialog.show_now()
    assert dialog.title.text() == "For the report"
    assert dialog.options().title == "For the report"


def test_a_drawing_is_saved_by_keys(dialog: PictureDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.format.setFocus()
    QTest.keyClick(dialog.format, Qt.Key.Key_End)
    assert dialog.target().suffix == ".svg"
    assert "shapes" in dialog.size_text.text()
    dialog.target_edit.setFocus()
    dialog.target_edit.selectAll()
    QTest.keyClicks(dialog.target_edit, "mine.svg")
    with qtbot.waitSignal(dialog.save_requested) as told:
        QTest.keyClick(dialog.target_edit, Qt.Key.Key_Return)
    picture, scale, target = told.args
    assert (scale, target) == (SVG, tmp_path / "mine.svg")
    assert picture.svg().startswith(b"<?xml")


def test_an_existing_file_is_asked_about_and_a_missing_folder_named(
    dialog: PictureDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "there.png").write_bytes(b"old")
    dialog.target_edit.selectAll()
    QTest.keyClicks(dialog.target_edit, "there.png")
    QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert "exists already" in dialog.problem.text()
    with qtbot.waitSignal(dialog.save_requested):
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    dialog.show()
    dialog.target_edit.selectAll()
    QTest.keyClicks(dialog.target_edit, "nowhere/there.png")
    assert "does not exist" in dialog.problem.text()
    assert not dialog.save_button.isEnabled()


def test_copying_leaves_it_open(dialog: PictureDialog, qtbot: QtBot) -> None:
    dialog.format.setCurrentIndex(dialog.format.count() - 1)
    with qtbot.waitSignal(dialog.copy_requested) as told:
        QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert told.args[1] == 2
    assert dialog.isVisible()
