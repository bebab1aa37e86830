"""What Odograph is and where its files lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

import core
from core import paths
from gui.dialogs.about import AboutDialog, details

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Desktop(QObject):
    """Takes what would be opened in the desktop's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toLocalFile())


def button(dialog: AboutDialog, name: str) -> QAbstractButton:
    (found,) = [b for b in dialog.findChildren(QAbstractButton) if name in (b.accessibleName(), b.text())]
    return found


def test_version_licence_and_folders(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.resize(1500, 300)
    dialog.show()
    shown = "\n".join(label.text() for label in dialog.findChildren(QLabel))
    assert f"Odograph {core.__version__}" in shown
    assert "MIT licence" in shown
    for folder in (paths.data_folder(), paths.settings_folder(), paths.log_folder()):
        assert str(folder) in shown


def test_folders_are_opened_and_copied(qtbot: QtBot) -> None:
    paths.log_folder().mkdir(parents=True)
    desktop = Desktop()
    QDesktopServices.setUrlHandler("file", desktop, "open")  # type: ignore[arg-type]
    try:
        dialog = AboutDialog()
        qtbot.addWidget(dialog)
        QTest.mouseClick(button(dialog, "Open the folder: Logs"), Qt.MouseButton.LeftButton)
        assert desktop.opened == [str(paths.log_folder())]
        assert not button(dialog, "Open the folder: Settings").isEnabled()
        QTest.mouseClick(button(dialog, "Copy the path: Settings"), Qt.MouseButton.LeftButton)
        assert QGuiApplication.clipboard().text() == str(paths.settings_folder())
    finally:
        QDesktopServices.unsetUrlHandler("file")


def test_details_for_bug_reports(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    QTest.mouseClick(button(dialog, "Copy &details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == details()
    assert "PySide6 6." in details()
    assert f"Logs: {paths.log_folder()}" in details()
