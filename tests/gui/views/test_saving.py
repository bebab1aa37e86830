"""The names of files that are saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from gui.views.saving import saving_dialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize(("typed", "saved"), [("mine", "mine.odograph-x.json"), ("mine.json", "mine.json")])
def test_a_name_without_an_extension_gets_one(qtbot: QtBot, tmp_path: Path, typed: str, saved: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = saving_dialog(parent, "Save", "usual", "JSON (*.json)", ".odograph-x.json")
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(typed)
    assert dialog.selectedFiles() == [str(tmp_path / saved)]
