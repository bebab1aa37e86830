"""The dialog with the least policy for an analyst."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from gui.dialogs.analyst_policy import AnalystPolicyDialog

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

APP = "9FBBEDED80595912588FF4FF"


def _opened(qtbot: QtBot, address: str = "", apps: tuple[str, ...] = ()) -> AnalystPolicyDialog:
    dialog = AnalystPolicyDialog(address, apps)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_policy_follows_what_is_typed_and_is_copied(qtbot: QtBot) -> None:
    dialog = _opened(qtbot)
    assert not dialog.copy_button.isEnabled()
    qtbot.keyClicks(dialog.address, "s3://fleet-data/cars/")
    policy = json.loads(dialog.text.toPlainText())
    listing, reading = policy["Statement"]
    assert (listing["Action"], listing["Resource"]) == ("s3:ListBucket", "arn:aws:s3:::fleet-data")
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "cars/*"}}
    assert (reading["Action"], reading["Resource"]) == ("s3:GetObject", "arn:aws:s3:::fleet-data/cars/*")
    qtbot.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert json.loads(QGuiApplication.clipboard().text()) == policy


def test_one_app_is_chosen_with_a_click(qtbot: QtBot) -> None:
    dialog = _opened(qtbot, "s3://fleet-data", (APP,))
    button = next(each for each in dialog.findChildren(QPushButton) if each.text() == APP)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert dialog.address.text() == f"s3://fleet-data/{APP}"
    assert json.loads(dialog.text.toPlainText())["Statement"][1]["Resource"] == f"arn:aws:s3:::fleet-data/{APP}/*"


def test_wrong_names_are_told_and_give_no_policy(qtbot: QtBot) -> None:
    dialog = _opened(qtbot, "s3://fleet-data")
    for wrong, word in (("s3://Fleet_Data", "name"), ("s3://fleet-data/a*b", "prefix"), ("s3://", "bucket")):
        dialog.address.setText(wrong)
        assert dialog.text.toPlainText() == ""
        assert word in dialog.problem.text()
        assert not dialog.save_button.isEnabled()


def test_it_is_saved_whole_or_what_hinders_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = _opened(qtbot, "s3://fleet-data")
    dialog.save(tmp_path / "policy.json")
    assert json.loads((tmp_path / "policy.json").read_text()) == json.loads(dialog.text.toPlainText())
    (tmp_path / "file").write_text("")
    dialog.save(tmp_path / "file" / "policy.json")
    assert "could not be saved" in dialog.problem.text()
