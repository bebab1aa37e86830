"""The commands of the table as actions of one window, with the keys that they have now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from gui import theme
from gui.actions import ACTIONS, MENUS, NEEDS, SCOPES, TOOL_BAR, ActionDef
from gui.keys import bindings, shortcut_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_TOOL_ICON = 18


class ActionSet(QObject):
    """The commands of one window as actions.

    Args:
        window: owns the actions; shortcuts of the scope ``window`` apply in it.

    Commands whose needs are not met start disabled, and say in their tool tips what is missing.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._state: frozenset[str] = frozenset()
        self._reasons: dict[str, str] = {}
        self._definitions = {definition.id: definition for definition in ACTIONS}
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, QActionGroup] = {}
        for definition in ACTIONS:
            self._actions[definition.id] = self._make(definition)
            if definition.scope == "window":
                window.addAction(self._actions[definition.id])
        bindings.changed.connect(self._take_keys)
        self._take_keys()
        self.set_state(())

    def _make(self, definition: ActionDef) -> QAction:
        action = QAction(theme.icon(definition.icon), definition.text, self)
        action.setObjectName(definition.id)
        local = Qt.ShortcutContext.WidgetWithChildrenShortcut
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut if definition.scope == "window" else local)
        action.setCheckable(definition.checkable)
        # An icon would stand where the menu shows whether the command is switched on.
        action.setIconVisibleInMenu(not definition.checkable)
        action.setChecked(definition.checked)
        if definition.id == "quit":
            action.setMenuRole(QAction.MenuRole.QuitRole)
        elif definition.id == "about":
            action.setMenuRole(QAction.MenuRole.AboutRole)
        else:
            # macOS would otherwise guess from the text and move commands into the application's menu.
            action.setMenuRole(QAction.MenuRole.NoRole)
        if definition.group:
            group = self._groups.setdefault(definition.group, QActionGroup(self))
            group.addAction(action)
        return action

    def action(self, id: str) -> QAction:
        """The action of a command.

        Raises:
            KeyError: there is no such command.
        """
        return self._actions[id]

    def text(self, id: str) -> str:
        """What the table calls a command, with a mnemonic."""
        return self._definitions[id].text

    def connect(self, id: str, slot: Callable[..., Any]) -> None:  # type: ignore[override]
        """Call a slot when the command is triggered; a checkable one hands over whether it is on."""
        self._actions[id].triggered.connect(slot)

    def attach(self, scope: str, widget: QWidget) -> None:
        """Let the shortcuts of a scope apply while the widget or something inside it has the focus.

        Raises:
            ValueError: there is no such scope, or it is the window's.
        """
        if scope not in SCOPES or scope == "window":
            raise ValueError(f"no part of the window: {scope}")
        for definition in ACTIONS:
            if definition.scope == scope:
                widget.addAction(self._actions[definition.id])

    def set_state(self, state: Collection[str], reasons: Mapping[str, str] | None = None) -> None:
        """Enable exactly the commands whose needs are all among the state.

        Args:
            state: names of NEEDS.
            reasons: why needs are missing, where more is known than the table says, by name.

        Raises:
            ValueError: a name is none of NEEDS.
        """
        self._reasons = dict(reasons or {})
        unknown = (set(state) | set(self._reasons)) - set(NEEDS)
        if unknown:
            raise ValueError(f"unknown state: {', '.join(sorted(unknown))}")
        self._state = frozenset(state)
        for definition in ACTIONS:
            action = self._actions[definition.id]
            enabled = self._state.issuperset(definition.needs)
            # Of several needs that are missing, another one may be told than before.
            if not enabled or enabled != action.isEnabled() or not action.toolTip():
                action.setEnabled(enabled)
                self._say(definition)

    def missing(self, id: str) -> str:
        """What is to be done before a command can be used; empty where it can be."""
        definition = self._definitions[id]
        missing = (need for need in NEEDS if need in definition.needs and need not in self._state)
        return next((self._reasons.get(need) or NEEDS[need] for need in missing), "")

    @Slot()
    def _take_keys(self) -> None:
        for definition in ACTIONS:
            keys = [QKeySequence(keys) for keys in bindings.of(definition.id)]
            if keys != self._actions[definition.id].shortcuts():
                self._actions[definition.id].setShortcuts(keys)
            self._say(definition)

    def _say(self, definition: ActionDef) -> None:
        """What it does, its key, and where it is disabled why."""
        action, keys, missing = self._actions[definition.id], shortcut_text(definition), self.missing(definition.id)
        tip = f"{definition.tip} ({keys})" if keys else definition.tip
        action.setToolTip(f"{tip}\n{missing}" if missing else tip)
        action.setStatusTip(f"{definition.tip}. {missing}" if missing else definition.tip)

    def fill_menu_bar(self, bar: QMenuBar) -> None:
        """Build every menu of MENUS."""
        for definition in MENUS:
            menu = QMenu(definition.text, bar)
            menu.setToolTipsVisible(True)
            menu.installEventFilter(self)
            if definition.icon:
                menu.setIcon(theme.icon(definition.icon))
            self._menus[definition.path] = menu
            for command in ACTIONS:
                if command.menu == definition.path:
                    if command.section and not menu.isEmpty():
                        menu.addSeparator()
                    menu.addAction(self._actions[command.id])
            parent, _, _ = definition.path.rpartition("/")
            if not parent:
                bar.addMenu(menu)
            elif definition.before:
                self._insert_submenu(self._menus[parent], menu, self._actions[definition.before])
            else:
                self._menus[parent].addMenu(menu)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Leaves letters to an open menu.

        The commands of a scope hang in menus too, so Qt takes their single letters for shortcuts while the menu bar has
        the focus, before the menu's mnemonics.
        """
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
            if not modifiers and event.text().isprintable():
                event.accept()
                return True
        return False

    @staticmethod
    def _insert_submenu(parent: QMenu, menu: QMenu, before: QAction) -> None:
        entries = parent.actions()
        above = entries[entries.index(before) - 1]
        parent.insertMenu(above if above.isSeparator() else before, menu)

    def menu(self, path: str) -> QMenu:
        """A menu that fill_menu_bar() has built.

        Raises:
            KeyError: there is no such menu.
        """
        return self._menus[path]

    def fill_tool_bar(self, bar: QToolBar) -> None:
        """Add the commands that belong in the tool bar, icons beside texts."""
        bar.setIconSize(QSize(_TOOL_ICON, _TOOL_ICON))
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for id, text in TOOL_BAR:
            if id:
                self._actions[id].setIconText(text)
                bar.addAction(self._actions[id])
            else:
                bar.addSeparator()
