"""One table of commands: nothing missing, nothing ambiguous, everything reachable."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow, QMenu, QToolBar, QToolButton, QVBoxLayout, QWidget

from gui.action_set import ActionSet
from gui.actions import ACTIONS, MENUS, NEEDS, SCOPES, TOOL_BAR, ActionDef, overlap
from gui.keys import shortcut_text
from gui.theme import ICONS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

# What Qt's offscreen platform says of every window that is shown.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

EVERY_STATE = set(NEEDS)


class Window(QMainWindow):
    """A window with a part that stands for the timeline and a field to type into."""

    def __init__(self) -> None:
        super().__init__()
        self.actions_ = ActionSet(self)
        self.actions_.fill_menu_bar(self.menuBar())
        self.bar = QToolBar()
        self.addToolBar(self.bar)
        self.actions_.fill_tool_bar(self.bar)
        middle = QWidget()
        self.field = QLineEdit()
        self.timeline = QWidget()
        self.timeline.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout = QVBoxLayout(middle)
        layout.addWidget(self.field)
        layout.addWidget(self.timeline)
        self.setCentralWidget(middle)
        self.actions_.attach("timeline", self.timeline)
        self.actions_.set_state(EVERY_STATE)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_ids_are_unique() -> None:
    assert [id for id, count in Counter(definition.id for definition in ACTIONS).items() if count > 1] == []


@pytest.mark.parametrize("definition", ACTIONS, ids=lambda definition: definition.id)
def test_a_command_is_complete(definition: ActionDef) -> None:
    assert definition.name.strip()
    assert definition.text.count("&") == 1, "a mnemonic"
    assert definition.icon in ICONS
    assert definition.tip
    assert not definition.tip.endswith(".")
    assert definition.menu in {menu.path for menu in MENUS}
    assert definition.scope in SCOPES
    assert set(definition.needs) <= set(NEEDS)
    for keys in definition.shortcuts:
        assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText) == keys


def test_no_shortcut_means_two_things() -> None:
    heard = [
        (QKeySequence(keys).toString(), definition.scope, definition.id)
        for definition in ACTIONS
        for keys in definition.shortcuts
    ]
    twice = [(one, other) for one, other in combinations(heard, 2) if one[0] == other[0] and overlap(one[1], other[1])]
    assert twice == []
    assert overlap("legend", "window")
    assert overlap("timeline", "legend")


def test_single_letters_belong_to_a_part() -> None:
    loose = [
        definition.id
        for definition in ACTIONS
        if definition.scope == "window"
        and any(len(key := keys.removeprefix("Shift+")) == 1 and key.isalnum() for keys in definition.shortcuts)
    ]
    assert loose == []


def test_mnemonics_of_a_menu_differ() -> None:
    for menu in MENUS:
        texts = [definition.text for definition in ACTIONS if definition.menu == menu.path]
        texts += [other.text for other in MENUS if other.path.rpartition("/")[0] == menu.path]
        letters = Counter(text[text.index("&") + 1].lower() for text in texts)
        assert [letter for letter, count in letters.items() if count > 1] == [], menu.path


def test_menus_and_tool_bar_hold_every_command(window: Window) -> None:
    for definition in ACTIONS:
        assert window.actions_.action(definition.id) in window.actions_.menu(definition.menu).actions()
    shown = [action.objectName() for action in window.bar.actions() if not action.isSeparator()]
    assert shown == [id for id, _ in TOOL_BAR if id]
    buttons = [button.text() for button in window.bar.findChildren(QToolButton) if button.defaultAction()]
    assert buttons == [text for id, text in TOOL_BAR if id]
    assert [action.text() for action in window.menuBar().actions()] == [m.text for m in MENUS if "/" not in m.path]


def test_recent_sources_stand_before_the_export(window: Window) -> None:
    texts = ["-" if action.isSeparator() else action.text() for action in window.actions_.menu("file").actions()]
    assert texts == [
        "Connect to a &bucket…",
        "&Open a folder…",
        "&Go to an address…",
        "Try the &demo fleet",
        "Co&nnections",
        "Open &recent",
        "&Workspaces",
        "-",
        "&Export to CSV…",
        "Save a &picture…",
        "Copy as p&icture",
        "-",
        "Chec&k delivery of a bucket…",
        "Set &up a bucket…",
        "Polic&y for an analyst…",
        "-",
        "&Close source",
        "-",
        "&Quit",
    ]
    assert isinstance(window.actions_.menu("file/recent"), QMenu)


def test_tool_tips_show_the_shortcut(window: Window) -> None:
    assert window.actions_.action("export_csv").toolTip().endswith("(Ctrl+E)")
    assert "(" not in window.actions_.action("about").toolTip()
    assert [shortcut_text(definition) for definition in ACTIONS if definition.id == "about"] == [""]


@pytest.mark.parametrize("way", ["key", "menu", "button"])
def test_a_command_is_triggered_every_way(window: Window, way: str) -> None:
    calls: list[str] = []
    window.actions_.connect("export_csv", lambda: calls.append("export"))
    if way == "key":
        window.field.setFocus()
        QTest.keyClick(window.field, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    elif way == "menu":
        menu = window.actions_.menu("file")
        menu.popup(window.mapToGlobal(window.rect().center()))
        QTest.keyClick(menu, Qt.Key.Key_E)
    else:
        (button,) = [b for b in window.bar.findChildren(QToolButton) if b.text() == "Export"]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert calls == ["export"]


def test_letters_act_in_their_part_alone(window: Window) -> None:
    calls: list[str] = []
    window.actions_.connect("fit", lambda: calls.append("fit"))
    window.field.setFocus()
    QTest.keyClick(window.field, Qt.Key.Key_F)
    assert calls == []
    assert window.field.text() == "f"
    window.timeline.setFocus()
    QTest.keyClick(window.timeline, Qt.Key.Key_F)
    assert calls == ["fit"]


def test_a_slash_is_typed_in_a_field_and_filters_elsewhere(window: Window) -> None:
    calls: list[str] = []
    window.actions_.connect("focus_filter", lambda: calls.append("filter"))
    window.field.setFocus()
    QTest.keyClick(window.field, Qt.Key.Key_Slash)
    assert window.field.text() == "/"
    assert calls == []
    window.timeline.setFocus()
    QTest.keyClick(window.timeline, Qt.Key.Key_Slash)
    assert calls == ["filter"]


def test_commands_wait_for_what_they_need(window: Window) -> None:
    actions = window.actions_
    actions.set_state(())
    enabled = {definition.id for definition in ACTIONS if actions.action(definition.id).isEnabled()}
    assert enabled == {definition.id for definition in ACTIONS if not definition.needs}
    assert {"open_bucket", "open_folder", "open_demo", "quit", "shortcuts", "theme_dark"} <= enabled
    actions.set_state({"source"})
    assert actions.action("reload").isEnabled()
    assert not actions.action("load_days").isEnabled()
    actions.set_state({"source", "days", "readable"})
    assert actions.action("load_days").isEnabled()
    denied = "s3:GetObject on arn:aws:s3:::fleet/* is denied"
    actions.set_state({"source", "days"}, {"readable": denied})
    action = actions.action("load_days")
    assert not action.isEnabled()
    assert action.toolTip().endswith(f"\n{denied}")
    assert action.statusTip().endswith(f". {denied}")
    # Why something else is missing is told as ever.
    actions.set_state({"source"}, {"listable": denied})
    assert denied not in actions.action("load_days").toolTip()
    assert actions.missing("load_all") == denied
    for state, reasons in (({"no such state"}, {}), ({"source"}, {"no such state": "x"})):
        with pytest.raises(ValueError, match="unknown state"):
            actions.set_state(state, reasons)


def test_menus_show_what_is_switched_on(window: Window) -> None:
    """Where an icon stands, a menu has no room for the mark."""
    hidden = [
        definition.id
        for definition in ACTIONS
        if definition.checkable and window.actions_.action(definition.id).isIconVisibleInMenu()
    ]
    assert hidden == []


def test_one_theme_is_on(window: Window) -> None:
    actions = window.actions_
    heard: list[bool] = []
    actions.connect("theme_dark", lambda on: heard.append(on))
    assert actions.action("theme_system").isChecked()
    actions.action("theme_dark").trigger()
    assert heard == [True]
    assert not actions.action("theme_system").isChecked()


def test_nonsense_is_refused(window: Window) -> None:
    with pytest.raises(KeyError):
        window.actions_.action("no such command")
    with pytest.raises(ValueError, match="no part of the window"):
        window.actions_.attach("window", window.field)


def test_letters_in_an_open_menu_are_its_mnemonics(window: Window) -> None:
    """Although I is a shortcut of the timeline, which has the focus before."""
    done: list[str] = []
    for id in ("units_imperial", "zoom_in"):
        window.actions_.connect(id, lambda _on=False, id=id: done.append(id))
    window.timeline.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    for key in (Qt.Key.Key_U, Qt.Key.Key_I):
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        QTest.keyClick(menu, key)
    assert done == ["units_imperial"]
    assert QApplication.activePopupWidget() is None
    window.timeline.setFocus()
    QTest.keyClick(window.timeline, Qt.Key.Key_I)
    assert done == ["units_imperial", "zoom_in"]
