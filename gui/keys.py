"""Which keys each command has now: those of the table, and what a person has changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from gui.actions import ACTIONS, SCOPES, ActionDef, overlap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_log = logging.getLogger("odograph.keys")

_NATIVE = QKeySequence.SequenceFormat.NativeText
_PORTABLE = QKeySequence.SequenceFormat.PortableText

_TYPING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
# Of printable keys, those that no field or list of the window needs while nothing is being written.
_SIGNS_FOR_ALL = ("/", "?")
# What lists, fields and dialogs do with keys of their own.
_ELSEWHERE = {
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Left,
    Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown, Qt.Key.Key_Insert,
}  # fmt: skip
_EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Undo,
    QKeySequence.StandardKey.Redo,
    QKeySequence.StandardKey.SelectAll,
)
_ALONE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_unknown}


def problem(definition: ActionDef, keys: str) -> str:
    """Why a command cannot have a key; empty where it can.

    Args:
        definition: the command.
        keys: a portable key sequence.
    """
    sequence = QKeySequence(keys)
    if sequence.count() != 1:
        return "Only one combination of keys can be a shortcut"
    first = sequence[0]  # type: ignore[index] # the stubs do not know that it is a sequence
    key, modifiers = first.key(), first.keyboardModifiers()
    if key in _ALONE:
        return "That is not a key of this keyboard"
    if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        return "Tab moves from one part of the window to the next"
    if definition.scope != "window" or keys in definition.shortcuts:
        return ""
    text = sequence.toString(_NATIVE)
    plain = not modifiers & ~_TYPING
    if plain and (key in _ELSEWHERE or key == Qt.Key.Key_Space):
        return f"Lists and fields need {text} for themselves"
    if plain and key < Qt.Key.Key_Escape and sequence.toString(_PORTABLE) not in _SIGNS_FOR_ALL:
        return f"{text} would be typed into fields; combine it with Ctrl or Alt"
    if any(sequence == edit for standard in _EDITING for edit in QKeySequence.keyBindings(standard)):
        return f"{text} copies and edits texts everywhere"
    return ""


class Bindings(QObject):
    """The keys of all commands of the table. No key means two things where it is heard.

    Signals:
        changed(): commands have other keys than before.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._definitions = {definition.id: definition for definition in ACTIONS}
        self._changes: dict[str, tuple[str, ...]] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._settle()

    def of(self, id: str) -> tuple[str, ...]:
        """The portable key sequences of a command; the first one is shown.

        Raises:
            KeyError: there is no such command.
        """
        return self._keys[id]

    def changes(self) -> dict[str, list[str]]:
        """What a person has changed: the keys of each command that has others than the table gives it."""
        return {id: list(keys) for id, keys in self._changes.items()}

    def is_changed(self, id: str) -> bool:
        """Whether a command has other keys than the table gives it."""
        return self._keys[id] != self._definitions[id].shortcuts

    def set_changes(self, changes: Mapping[str, Sequence[str]]) -> None:
        """Take over what was saved; what cannot be used is left out, with a line in the log."""
        self._changes = {}
        for id, keys in changes.items():
            definition = self._definitions.get(id)
            if definition is None:
                _log.info("shortcuts of %s were left out: there is no such command", id)
                continue
            usable = []
            for one in keys:
                portable = QKeySequence(one).toString(_PORTABLE)
                if why := problem(definition, portable):
                    _log.info("the shortcut %r of %s was left out: %s", one, id, why)
                else:
                    usable.append(portable)
            if usable or not keys:
                self._changes[id] = tuple(dict.fromkeys(usable))
        self._settle()
        self.changed.emit()

    def bind(self, id: str, keys: Sequence[str]) -> None:
        """Give a command exactly these keys; they are taken away from commands that are heard in the same place."""
        definition = self._definitions[id]
        for other in self.taken(id, keys):
            self._change(other.id, [each for each in self._keys[other.id] if each not in keys])
        self._change(definition.id, keys)
        self._settle()
        self.changed.emit()

    def reset(self, id: str) -> None:
        """Give a command the keys of the table; they are taken away from commands that were given them."""
        self.bind(id, self._definitions[id].shortcuts)

    def reset_all(self) -> None:
        """Give every command the keys of the table."""
        self.set_changes({})

    def taken(self, id: str, keys: Sequence[str]) -> list[ActionDef]:
        """The other commands that have one of these keys where this command would hear it."""
        scope = self._definitions[id].scope
        return [
            other
            for other in self._definitions.values()
            if other.id != id and overlap(scope, other.scope) and set(keys) & set(self._keys[other.id])
        ]

    def lost(self, id: str) -> list[tuple[str, list[ActionDef]]]:
        """The keys of the table that a command does not have now because others have them, each with these."""
        missing = [keys for keys in self._definitions[id].shortcuts if keys not in self._keys[id]]
        return [(keys, takers) for keys in missing if (takers := self.taken(id, [keys]))]

    def _change(self, id: str, keys: Sequence[str]) -> None:
        if tuple(keys) == self._definitions[id].shortcuts:
            self._changes.pop(id, None)
        else:
            self._changes[id] = tuple(keys)

    def _settle(self) -> None:
        """A key that was chosen counts more than one of the table, which a newer version may have brought."""
        held: dict[str, list[str]] = {}
        self._keys = {}
        chosen_first = sorted(self._definitions.values(), key=lambda each: each.id not in self._changes)
        for definition in chosen_first:
            free = []
            for keys in self._changes.get(definition.id, definition.shortcuts):
                if any(overlap(definition.scope, scope) for scope in held.get(keys, ())):
                    _log.info("%s has no shortcut %s: another command has it", definition.id, keys)
                else:
                    free.append(keys)
                    held.setdefault(keys, []).append(definition.scope)
            self._keys[definition.id] = tuple(free)


bindings = Bindings()


def native(keys: str) -> str:
    """A key sequence as this platform writes it."""
    return QKeySequence(keys).toString(_NATIVE)


def shortcut_text(definition: ActionDef) -> str:
    """The first shortcut that a command has now, as this platform writes it; empty where there is none."""
    keys = bindings.of(definition.id)
    return native(keys[0]) if keys else ""


def first_key(id: str) -> QKeySequence:
    """The shortcut that a menu shows beside a command; empty where it has none."""
    return QKeySequence(next(iter(bindings.of(id)), ""))


def window_sequences() -> tuple[QKeySequence, ...]:
    """The shortcuts that apply in the whole window now."""
    return tuple(QKeySequence(keys) for each in ACTIONS if each.scope == "window" for keys in bindings.of(each.id))


def place_of(definition: ActionDef) -> str:
    """Where the shortcuts of a command apply."""
    return SCOPES[definition.scope]
