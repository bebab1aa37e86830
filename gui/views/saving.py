"""Asks under which name something is saved, and adds the extension that a name lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def ask_for_file(parent: QWidget, title: str, usual: str, files: str, suffix: str) -> Path | None:
    """Ask for a file to save; None where nobody wants to.

    Args:
        usual: the name that is proposed.
        files: the filter of the file dialog.
        suffix: what a name without an extension gets, with its dot.
    """
    dialog = saving_dialog(parent, title, usual, files, suffix)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


def saving_dialog(parent: QWidget, title: str, usual: str, files: str, suffix: str) -> QFileDialog:
    """The file dialog: it adds the extension before it asks whether a file is to be replaced."""
    dialog = QFileDialog(parent, title, "", files)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.selectFile(usual)
    return dialog
