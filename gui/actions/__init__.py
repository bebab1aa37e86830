"""Every command of the window, in one table: menus, tool bar, shortcuts and the sheet of shortcuts come from it.

A behaviour that is not in the table cannot be bound to a key.
"""

from __future__ import annotations

from gui.actions.definitions import NEEDS, SCOPES, ActionDef, MenuDef, overlap
from gui.actions.gestures import GESTURES
from gui.actions.source_menus import SOURCE_ACTIONS
from gui.actions.timeline_menus import TIMELINE_ACTIONS
from gui.actions.view_menus import VIEW_ACTIONS

__all__ = [
    "ACTIONS",
    "GESTURES",
    "MENUS",
    "NEEDS",
    "SCOPES",
    "TOOL_BAR",
    "ActionDef",
    "MenuDef",
    "menu_path",
    "overlap",
]

# In order. The window fills file/connections, file/recent and view/zone, and adds to timeline/bookmarks.
MENUS: tuple[MenuDef, ...] = (
    MenuDef("file", "&File"),
    MenuDef("file/connections", "Co&nnections", "bucket", before="export_csv"),
    MenuDef("file/recent", "Open &recent", "recent", before="export_csv"),
    MenuDef("file/workspace", "&Workspaces", "workspace", before="export_csv"),
    MenuDef("edit", "&Edit"),
    MenuDef("batches", "&Batches"),
    MenuDef("batches/watch", "Look for &new batches", "clock", before="load_days"),
    MenuDef("timeline", "&Timeline"),
    MenuDef("timeline/range", "&Time range", "calendar"),
    MenuDef("timeline/jump", "&Jump to", "next"),
    MenuDef("timeline/bookmarks", "Bookm&arks", "bookmark"),
    MenuDef("timeline/region", "Re&gion", "region"),
    MenuDef("timeline/align", "Al&ign", "align"),
    MenuDef("timeline/plots", "Arra&nge plots", "panels"),
    MenuDef("timeline/look", "Loo&k of series", "look"),
    MenuDef("view", "&View"),
    MenuDef("view/panels", "&Panels", "panels"),
    MenuDef("view/zone", "Time &zone", "world"),
    MenuDef("view/units", "&Units", "units"),
    MenuDef("view/gaps", "&Gaps", "gaps"),
    MenuDef("view/theme", "&Theme", "theme"),
    MenuDef("help", "&Help"),
)

# The tool bar in order, with short texts; an empty pair is a line.
TOOL_BAR: tuple[tuple[str, str], ...] = (
    ("open_bucket", "Bucket"),
    ("open_folder", "Folder"),
    ("", ""),
    ("reload", "Reload"),
    ("load_days", "Load"),
    ("", ""),
    ("fit", "Fit"),
    ("zoom_back", "Back"),
    ("", ""),
    ("export_csv", "Export"),
)

ACTIONS: tuple[ActionDef, ...] = (*SOURCE_ACTIONS, *TIMELINE_ACTIONS, *VIEW_ACTIONS)


def menu_path(definition: ActionDef) -> str:
    """Where a command stands in the menus: ``View › Units``."""
    texts = {menu.path: menu.text.replace("&", "") for menu in MENUS}
    parts = definition.menu.split("/")
    return " › ".join(texts["/".join(parts[: end + 1])] for end in range(len(parts)))
