"""Keys that a person gives to commands: never two meanings in one place, nothing that would break typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from gui.action_set import ActionSet
from gui.actions import ACTIONS, overlap
from gui.keys import Bindings, bindings, problem, shortcut_text, window_sequences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

DEFINITIONS = {definition.id: definition for definition in ACTIONS}


@pytest.fixture(autouse=True)
def _usual_keys(qapp: object) -> Iterator[None]:
    bindings.reset_all()
    yield
    bindings.reset_all()


def test_the_keys_of_the_table_are_all_usable() -> None:
    fresh = Bindings()
    for definition in ACTIONS:
        assert fresh.of(definition.id) == definition.shortcuts
        assert [problem(definition, keys) for keys in definition.shortcuts if problem(definition, keys)] == []
    assert fresh.changes() == {}


@pytest.mark.parametrize(
    ("id", "keys", "words"),
    [
        ("export_csv", "X", "typed"),
        ("export_csv", "Shift+X", "typed"),
        ("export_csv", "Space", "Lists"),
        ("export_csv", "Del", "Lists"),
        ("export_csv", "Ctrl+C", "copies"),
        ("export_csv", "Tab", "Tab"),
        ("fit", "Tab", "Tab"),
        ("fit", "Ctrl+K, Ctrl+X", "one combination"),
        ("fit", "", "one combination"),
        ("fit", "Ctrl+Nonsense", "keyboard"),
        ("fit", "X", ""),
        ("export_csv", "F8", ""),
        ("export_csv", "Alt+X", ""),
    ],
)
def test_keys_that_cannot_be_used_are_told(id: str, keys: str, words: str) -> None:
    found = problem(DEFINITIONS[id], keys)
    assert (words in found) if words else found == ""


def test_a_key_is_taken_away_where_it_is_heard() -> None:
    assert [other.id for other in bindings.taken("export_csv", ["Ctrl+W"])] == ["close_source"]
    assert [other.id for other in bindings.taken("export_csv", ["F"])] == ["fit"]
    bindings.bind("fit_values", ["F"])
    assert bindings.of("fit_values") == ("F",)
    assert bindings.of("fit") == ()
    assert bindings.changes() == {"fit": [], "fit_values": ["F"]}
    bindings.reset("fit")
    assert bindings.of("fit") == ("F",)
    assert bindings.of("fit_values") == ()
    bindings.reset("fit_values")
    assert bindings.changes() == {}


def test_actions_take_other_keys_at_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = ActionSet(window)
    bindings.bind("export_csv", ["Ctrl+Shift+X", "F8"])
    action = actions.action("export_csv")
    assert action.shortcuts() == [QKeySequence("Ctrl+Shift+X"), QKeySequence("F8")]
    assert "(Ctrl+Shift+X)" in action.toolTip()
    assert shortcut_text(DEFINITIONS["export_csv"]) == "Ctrl+Shift+X"
    assert QKeySequence("F8") in window_sequences()
    assert QKeySequence("Ctrl+E") not in window_sequences()
    bindings.bind("export_csv", [])
    assert action.shortcuts() == []
    assert "(" not in action.toolTip()


def test_what_was_saved_is_taken_over_as_far_as_it_can_be_used(caplog: pytest.LogCaptureFixture) -> None:
    saved = {
        "no_such_command": ["F7"],
        "export_csv": ["X", "Ctrl+K, X", "no key", "F8"],
        "reload": ["Ctrl+Nonsense"],
        "fit_values": ["f"],
        "about": [],
        "quit": [],
    }
    with caplog.at_level("INFO", "odograph.keys"):
        bindings.set_changes(saved)
    assert bindings.of("export_csv") == ("F8",)
    assert bindings.of("reload") == DEFINITIONS["reload"].shortcuts
    assert bindings.of("quit") == ()
    # A saved key counts more than the one of the table, so that no key means two things.
    assert bindings.of("fit_values") == ("F",)
    assert bindings.of("fit") == ()
    for words in ("no_such_command", "Ctrl+Nonsense", "'X' of export_csv", "fit has no shortcut F"):
        assert words in caplog.text


def test_no_key_ever_means_two_things() -> None:
    bindings.set_changes({"fit": ["I"], "zoom_out": ["I"], "toggle_series": ["O"], "export_csv": ["Ctrl+Q"]})
    for one in ACTIONS:
        for other in ACTIONS:
            if one.id < other.id and overlap(one.scope, other.scope):
                assert not set(bindings.of(one.id)) & set(bindings.of(other.id)), (one.id, other.id)
