"""The application as the desktop sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.application import _make_application

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def test_titles_stand_as_they_were_written(qapp: QApplication) -> None:
    # Where a display name differs from the name, Qt puts it behind every title on some desktops.
    application = _make_application()
    assert application is qapp
    assert application.applicationName() == "odograph"
    assert application.applicationDisplayName() == application.applicationName()
    assert not application.windowIcon().isNull()
