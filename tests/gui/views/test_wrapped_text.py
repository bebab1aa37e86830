"""Texts that are shown whole: addresses that are wrapped, and texts in place of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QScrollArea, QTableView

from gui.views.panel_parts import ListOrText
from gui.views.wrapped_text import WrappedText

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_an_address_without_spaces_is_as_high_as_it_needs(qtbot: QtBot) -> None:
    text = WrappedText()
    qtbot.addWidget(text)
    text.show_text("https://example.com/" + "x" * 200)
    assert text.needed_height(150) > 3 * text.needed_height(3000)
    assert text.toPlainText().endswith("xxx")


def test_a_text_in_place_of_a_list_keeps_no_panel_high_and_scrolls(qtbot: QtBot) -> None:
    stack = ListOrText(QTableView())
    qtbot.addWidget(stack)
    stack.show_text("Access denied", "Ask for the permission. " * 40, "error")
    stack.resize(300, 100)
    stack.show()
    area = stack.findChild(QScrollArea)
    assert area is not None
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    assert stack.minimumSizeHint().height() <= 100
