"""What a command and a menu are, where shortcuts apply, and what commands need."""

from __future__ import annotations

from dataclasses import dataclass

# Where shortcuts apply: in the whole window, or only while the named part has the keyboard's focus. Single letters
# belong to a part, so that they cannot be hit by accident.
SCOPES = {"window": "Everywhere", "timeline": "In the timeline", "legend": "In the legend"}

# The parts inside of which others lie: their shortcuts apply there too.
_AROUND = {"timeline": "window", "legend": "timeline"}

# The state that commands need, as ActionSet.set_state() is told, and what to do where it is missing. Of several needs
# that are missing, the first one here is told.
NEEDS = {
    "source": "Open a bucket or a folder first",
    "listable": "The credentials may not list this source",
    "readable": "The credentials may not read what lies in this source",
    "days": "Select days in the batch tree that are not loaded yet",
    "properties": "Select properties in the Properties panel first",
    "series": "Put a series on the timeline first",
    "jobs": "Nothing is running",
    "moments": "Align on time first: where times are counted from first samples there is no calendar",
    "bookmarks": "Add a bookmark to the timeline first",
    "zoomed": "The timeline has not been moved yet",
    "unzoomed": "There is no step back to undo",
    "selected": "Select series in the legend first",
    "vehicles": "Select vehicles in the Vehicles panel first",
    "undoable": "Nothing was changed yet",
    "redoable": "Nothing was taken back",
    "region": "Mark a region of the timeline first",
}


@dataclass(frozen=True, slots=True)
class MenuDef:
    """One menu.

    Attributes:
        path: how code names it; a path below another is a submenu.
        text: with a mnemonic.
        icon: of a submenu, a name of the theme's icons.
        before: the command above which a submenu stands; empty puts it at the end.
    """

    path: str
    text: str
    icon: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class ActionDef:
    """One command.

    Attributes:
        id: how code names it.
        text: in menus, with a mnemonic; ``…`` at the end where it asks something first.
        icon: a name of the theme's icons.
        shortcuts: portable key sequences; the first one is shown.
        menu: a path of MENUS.
        tip: what it does, one sentence without a full stop.
        scope: where the shortcuts apply, a key of SCOPES.
        needs: the state without which it is disabled, names of NEEDS.
        section: whether a line stands above it in its menu.
        checkable: whether it is switched on and off.
        checked: whether it starts switched on.
        group: of the commands of a group one is on.
    """

    id: str
    text: str
    icon: str
    shortcuts: tuple[str, ...]
    menu: str
    tip: str
    scope: str = "window"
    needs: tuple[str, ...] = ()
    section: bool = False
    checkable: bool = False
    checked: bool = False
    group: str = ""

    @property
    def name(self) -> str:
        """The text without its mnemonic."""
        return self.text.replace("&", "")

    @property
    def full_name(self) -> str:
        """What it is called outside its menu, where the name of what is switched on and off tells nothing."""
        return self.tip if self.checkable else self.name.rstrip("…")


def overlap(scope: str, other: str) -> bool:
    """Whether a key of one scope is heard where one of another is."""
    return _is_in(scope, other) or _is_in(other, scope)


def _is_in(scope: str, around: str) -> bool:
    while scope != around and scope in _AROUND:
        scope = _AROUND[scope]
    return scope == around
