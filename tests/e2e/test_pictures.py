"""Pictures of the timeline in the whole window, by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest

from core.fleet.series import SeriesKey
from gui.dialogs.picture import PictureDialog

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Desk, Fleet

pytestmark = pytest.mark.usefixtures("recorded")

CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def opened(desk: Desk) -> PictureDialog:
    dialog: PictureDialog = desk.dialog(PictureDialog)
    dialog.activateWindow()
    desk.wait(dialog.isActiveWindow)
    dialog.target_edit.setFocus()
    return dialog


def test_a_picture_is_saved_and_copied(desk: Desk, fleet: Fleet, tmp_path: Path) -> None:
    desk.open(str(fleet.folder))
    vins = fleet.truth.vins
    desk.session.add_series([SeriesKey(vin, "diagnostics", "odometer") for vin in vins])
    desk.wait_until_settled()
    timeline = desk.panels.timeline
    desk.wait(lambda: all(timeline.series(key) is not None for key in timeline.keys()))  # noqa: SIM118
    timeline.setFocus()
    QTest.keyClick(timeline, Qt.Key.Key_P, CONTROL_SHIFT)
    dialog = opened(desk)
    dialog.masking.setCurrentIndex(2)
    dialog.target_edit.selectAll()
    QTest.keyClicks(dialog.target_edit, str(tmp_path / "fleet.svg"))
    dialog.format.setCurrentIndex(3)
    QTest.keyClick(dialog.target_edit, Qt.Key.Key_Return)
    desk.wait(lambda: (tmp_path / "fleet.svg").exists())
    content = (tmp_path / "fleet.svg").read_bytes()
    assert b"Vehicle C" in content
    assert not [vin for vin in vins if vin.encode() in content]
    desk.wait(lambda: any("fleet.svg" in notice.text for notice in desk.messages.notices))
    # The next picture begins as this one ended, so the copy is masked as well.
    desk.window.activateWindow()
    desk.wait(desk.window.isActiveWindow)
    timeline.setFocus()
    QTest.keyClick(timeline, Qt.Key.Key_C, CONTROL_SHIFT)
    copied = QGuiApplication.clipboard().image()
    assert not copied.isNull()
    desk.trigger("picture_save")
    dialog = opened(desk)
    assert dialog.title.text().endswith("Vehicle A, Vehicle B, Vehicle C")
    dialog.format.setCurrentIndex(0)
    assert dialog.target().suffix == ".png"
    dialog.target_edit.selectAll()
    QTest.keyClicks(dialog.target_edit, str(tmp_path / "fleet.png"))
    QTest.keyClick(dialog.target_edit, Qt.Key.Key_Return)
    desk.wait(lambda: (tmp_path / "fleet.png").exists())
    image = QImage(str(tmp_path / "fleet.png"))
    assert image.width() * 2 == copied.width()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["fleet.png", "fleet.svg"]
    QGuiApplication.clipboard().clear()
