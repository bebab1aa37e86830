from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from core.errors import CredentialsRejected
from core.storage.sso import Prompt
from gui import theme
from gui.dialogs.sign_in import SignInDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

PAGE = "https://device.sso.example/"
CODED = Prompt(f"{PAGE}?user_code=ABCD-EFGH", PAGE, "ABCD-EFGH", 75)
BY_BROWSER = Prompt("https://oidc.example/authorize?client_id=x", "", "", 600)
LATE = CredentialsRejected(
    "The sign-in was not confirmed in time", subject="https://portal.example", hint="Begin again."
)


@pytest.fixture
def dialog(qtbot: QtBot, qapp: QApplication) -> SignInDialog:
    theme.apply_theme(qapp, "light")
    dialog = SignInDialog("analyst")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_it_leads_from_the_code_to_an_error_and_back(dialog: SignInDialog, qtbot: QtBot) -> None:
    opened: list[str] = []
    again: list[bool] = []
    dialog.open_requested.connect(opened.append)
    dialog.again_requested.connect(again.append)
    assert "Asking" in dialog.text
    assert not dialog.open_button.isVisible()
    assert not dialog.isModal()
    dialog.show_prompt(CODED)
    assert dialog.code.isVisible()
    assert dialog.code.text() == "ABCD-EFGH"
    assert dialog.code.font().pointSizeF() > 2 * dialog.font().pointSizeF()
    assert dialog.time_left in ("Time left: 1:15", "Time left: 1:14")
    dialog.open_button.click()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "ABCD-EFGH"
    dialog.copy_page_button.click()
    assert QGuiApplication.clipboard().text() == CODED.address
    dialog.other_button.click()
    dialog.begin(coded=False)
    dialog.show_prompt(BY_BROWSER)
    assert not dialog.code.isVisible()
    assert "browser of this computer" in dialog.text
    dialog.open_button.click()
    dialog.other_button.click()
    dialog.show_error(LATE)
    assert dialog.text == "The sign-in was not confirmed in time: https://portal.example\nBegin again."
    assert not dialog.open_button.isVisible()
    # Enter tries again in the same way.
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert opened == [CODED.address, BY_BROWSER.address]
    assert again == [False, True, False]
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_profile_that_needs_a_code_says_so(dialog: SignInDialog) -> None:
    dialog.begin(coded=False)
    dialog.show_prompt(CODED)
    assert dialog.code.isVisible()
    assert not dialog.other_button.isEnabled()
    assert "with a code alone" in dialog.other_button.toolTip()


def test_texts_fit_and_everything_has_a_name(dialog: SignInDialog) -> None:
    dialog.show_prompt(CODED)
    for part in (dialog.code, dialog.copy_button, dialog.copy_page_button):
        assert part.accessibleName()
    dialog.show_error(LATE)
    low = dialog.height()
    long = CredentialsRejected(
        "The server refuses the sign-in", subject="https://portal.example", hint="Check it. " * 40
    )
    dialog.show_error(long)
    assert dialog.height() > low
