"""What Odograph is, under which licence, and where it keeps its files."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

import core
from core import paths
from gui import theme
from gui.views.elided_label import ElidedLabel

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH = 600


def folders() -> dict[str, Path]:
    """The folders that a person may want to look into, by what they hold."""
    return {
        "Archives and demo fleet": paths.data_folder(),
        "Settings": paths.settings_folder(),
        "Logs": paths.log_folder(),
    }


def details() -> str:
    """Versions and folders, line by line, for bug reports."""
    lines = [
        f"Odograph {core.__version__}",
        f"Python {platform.python_version()}, PySide6 {PySide6.__version__}",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
        f"Platform plugin: {QGuiApplication.platformName()}",
    ]
    return "\n".join([*lines, *(f"{name}: {folder}" for name, folder in folders().items())])


class AboutDialog(QDialog):
    """Version, licence and folders. It deletes itself when it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Odograph")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 16)
        layout.setSpacing(18)
        layout.addLayout(self._make_head())
        layout.addLayout(self._make_folders())
        layout.addStretch(1)
        layout.addWidget(self._make_buttons())

    def _make_head(self) -> QHBoxLayout:
        picture = QLabel()
        picture.setPixmap(theme.application_icon().pixmap(56, 56))
        title = QLabel(f"Odograph {core.__version__}")
        title.setFont(theme.scaled_font(1.6, bold=True))
        text = QLabel(
            "Browse, chart and export the vehicle data that High Mobility delivers into your bucket. "
            "Odograph reads your bucket and never writes to it. MIT licence."
        )
        text.setWordWrap(True)
        text.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(title)
        words.addWidget(text)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        return head

    def _make_folders(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (name, folder) in enumerate(folders().items()):
            path = ElidedLabel(str(folder))
            path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            open_folder = QToolButton()
            open_folder.setIcon(theme.icon("open-folder"))
            open_folder.setToolTip(f"Open the folder: {name}")
            open_folder.setAccessibleName(f"Open the folder: {name}")
            open_folder.setEnabled(folder.is_dir())
            open_folder.clicked.connect(lambda _on=False, folder=folder: _open(folder))
            copy = QToolButton()
            copy.setIcon(theme.icon("copy"))
            copy.setToolTip(f"Copy the path: {name}")
            copy.setAccessibleName(f"Copy the path: {name}")
            copy.clicked.connect(lambda _on=False, folder=folder: QGuiApplication.clipboard().setText(str(folder)))
            grid.addWidget(QLabel(name), row, 0)
            grid.addWidget(path, row, 1)
            grid.addWidget(open_folder, row, 2)
            grid.addWidget(copy, row, 3)
        return grid

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton("Copy &details")
        copy.setIcon(theme.icon("copy"))
        copy.setToolTip("Copy versions and folders, for bug reports")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details()))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.reject)
        return buttons


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
