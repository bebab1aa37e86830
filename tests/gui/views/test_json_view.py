"""The JSON of a message: colours, search, copying, and never too much of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import theme
from gui.views.json_view import JsonView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

RAW = '{"data":{"Odometer":{"value":900.10,"unit":"kilometers","ok":true,"next":null}},"odometer":"x"}'
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot: QtBot) -> JsonView:
    view = JsonView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


@pytest.fixture
def light() -> Iterator[QApplication]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply_theme(application, "light")
    yield application
    theme.apply_theme(application, "light")


def color_of(view: JsonView, token: str) -> str | None:
    """The colour in which a token is painted; None where it has none of its own."""
    text = view.edit.toPlainText()
    at = text.index(token)
    block = view.edit.document().findBlock(len(text[:at].encode("utf-16-le")) // 2)
    inside = at - (text.rfind("\n", 0, at) + 1)
    for part in block.layout().formats():
        if part.start <= inside < part.start + part.length:
            return str(part.format.foreground().color().name())
    return None


def marked(view: JsonView) -> list[str]:
    return [part.cursor.selectedText() for part in view.edit.extraSelections()]


def test_shows_numbers_as_they_were_sent(view: JsonView) -> None:
    view.set_raw(RAW)
    assert '"value": 900.10,' in view.edit.toPlainText()
    assert view.edit.isReadOnly()
    assert not view.notice.isVisible()


def test_colours_follow_the_theme(view: JsonView, light: QApplication, qtbot: QtBot) -> None:
    view.set_raw(RAW)
    qtbot.waitUntil(lambda: color_of(view, '"unit"') == theme.LIGHT.accent)
    assert color_of(view, '"kilometers"') == theme.LIGHT.ok
    assert color_of(view, "900.10") == theme.LIGHT.warning
    assert color_of(view, "true") == theme.LIGHT.series[3]
    assert color_of(view, "{") is None
    theme.apply_theme(light, "dark")
    qtbot.waitUntil(lambda: color_of(view, '"unit"') == theme.DARK.accent)


def test_a_broken_text_has_no_colours_but_a_notice(view: JsonView, qtbot: QtBot) -> None:
    view.set_raw('{"broken": ', reason="it ends too early")
    assert view.edit.toPlainText() == '{"broken": '
    assert view.notice.text().startswith("This message could not be read: it ends too early.")
    view.search.setText("broken")
    view.search.apply()
    qtbot.waitUntil(lambda: marked(view) == ["broken"])
    assert color_of(view, '"broken"') is None


def test_search_counts_and_marks_every_match(view: JsonView, qtbot: QtBot) -> None:
    view.set_raw(RAW)
    view.edit.setFocus()
    QTest.keyClick(view.edit, Qt.Key.Key_F, CONTROL)
    assert view.search.hasFocus()
    with qtbot.waitSignal(view.search.filter_changed):
        QTest.keyClicks(view.search, "odometer")
    assert view.match_count() == 2
    assert view.count.text() == "1 of 2"
    qtbot.waitUntil(lambda: marked(view) == ["Odometer", "odometer"])
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.count.text() == "2 of 2"
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.count.text() == "1 of 2"
    QTest.keyClick(view.search, Qt.Key.Key_Return, SHIFT)
    assert view.count.text() == "2 of 2"
    QTest.keyClick(view.search, Qt.Key.Key_F3)
    assert view.count.text() == "1 of 2"
    QTest.keyClick(view.search, Qt.Key.Key_F3, SHIFT)
    assert view.count.text() == "2 of 2"
    QTest.mouseClick(view.previous_button, Qt.MouseButton.LeftButton)
    assert view.count.text() == "1 of 2"
    view.edit.setFocus()
    QTest.keyClick(view.edit, Qt.Key.Key_F3)
    assert view.count.text() == "2 of 2"
    QTest.keyClick(view.edit, Qt.Key.Key_F3, SHIFT)
    assert view.count.text() == "1 of 2"


def test_enter_in_a_changed_search_shows_the_first_match(view: JsonView) -> None:
    view.set_raw(RAW)
    QTest.keyClicks(view.search, "e")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.count.text().startswith("1 of ")


def test_a_search_without_a_match_says_so(view: JsonView, qtbot: QtBot) -> None:
    view.set_raw(RAW)
    view.search.setText("(nothing")
    view.search.apply()
    assert view.count.text() == "No match"
    assert not view.next_button.isEnabled()
    view.search.setFocus()
    QTest.keyClick(view.search, Qt.Key.Key_Escape)
    assert view.count.text() == ""
    qtbot.waitUntil(lambda: marked(view) == [])


def test_the_search_stays_for_the_next_message(view: JsonView) -> None:
    view.set_raw(RAW)
    view.search.setText("kilometers")
    view.search.apply()
    view.set_raw('{"unit": "kilometers"}')
    assert view.count.text() == "1 of 1"
    view.set_raw("{}")
    assert view.count.text() == "No match"


def test_characters_beyond_the_basic_plane_do_not_shift_marks(view: JsonView, qtbot: QtBot) -> None:
    view.set_raw('{"😀😀": "🚗", "name": "🚗 name"}')
    view.search.setText("name")
    view.search.apply()
    qtbot.waitUntil(lambda: marked(view) == ["name", "name"])
    view.find_next()
    assert view.count.text() == "2 of 2"
    cursor = view.edit.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfWord, QTextCursor.MoveMode.KeepAnchor)
    assert cursor.selectedText() == "name"
    assert cursor.block().text() == '  "name": "🚗 name"'


def test_a_selected_text_becomes_the_search(view: JsonView) -> None:
    view.set_raw(RAW)
    assert view.edit.find("kilometers")
    view.edit.setFocus()
    QTest.keyClick(view.edit, Qt.Key.Key_F, CONTROL)
    assert view.search.text() == "kilometers"
    assert view.count.text() == "1 of 1"


def test_copies_the_message_as_it_was_sent(view: JsonView) -> None:
    view.set_raw(RAW)
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == RAW
    view.clear()
    assert not view.copy_button.isEnabled()


def test_a_huge_message_is_cut(view: JsonView, qtbot: QtBot) -> None:
    raw = json.dumps([{"value": number, "unit": "kilometers"} for number in range(100_000)])
    view.set_raw(raw)
    assert view.notice.text() == f"Only its beginning is shown; copying copies all {len(raw):,} characters."
    view.search.setText("kilometers")
    view.search.apply()
    view.find_previous()
    assert view.match_count() > 3000
    assert view.count.text() == f"{view.match_count():,} of {view.match_count():,}"
    qtbot.waitUntil(lambda: 0 < len(marked(view)) < 100)
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == raw


def test_what_would_not_be_seen_is_written(view: JsonView) -> None:
    view.set_raw('{"vin": "WBA\u202e321"}')
    assert view.edit.toPlainText() == '{\n  "vin": "WBA\\u202e321"\n}'
    view.copy_raw()
    assert QGuiApplication.clipboard().text() == '{"vin": "WBA\u202e321"}'
