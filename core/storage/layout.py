"""Folders of the layout: which part of it a listing may touch, and what a folder's place in it is."""

from __future__ import annotations

from core.storage.keys import is_app, is_level

MONTH_DEPTH = 4
DAY_DEPTH = 5


def join(folder: str, name: str) -> str:
    """The folder or key ``name`` inside ``folder``; either may be empty."""
    return f"{folder}/{name}" if folder and name else folder or name


def clip(folder: str, scope: str) -> str | None:
    """The part of a folder that lies in the scope.

    Returns:
        The folder itself where it lies in the scope, the scope where the folder is above it, None where they have
        nothing in common.
    """
    if not scope or folder == scope or folder.startswith(f"{scope}/"):
        return folder
    return scope if not folder or scope.startswith(f"{folder}/") else None


def next_part(folder: str, scope: str) -> str | None:
    """The one name that leads from a folder above the scope towards it, or None where the folder is not above it."""
    if clip(folder, scope) != scope or folder == scope:
        return None
    return scope[len(folder) :].lstrip("/").split("/")[0]


def belongs(depth: int, name: str) -> bool:
    """Whether a folder's name is one of the layout at this depth: 0 app, 1 level, 2 year, 3 month, 4 day."""
    if depth == 0:
        return is_app(name)
    if depth == 1:
        return is_level(name)
    if depth == 2:
        return name.isascii() and name.isdecimal() and len(name) == 4
    return depth < DAY_DEPTH and name.isascii() and name.isdecimal() and len(name) <= 2


def parts_of(folder: str) -> list[str]:
    """The names a folder's path consists of."""
    return folder.split("/") if folder else []


def depth_of(folder: str) -> int | None:
    """How deep in the layout a folder is (0 root … 5 day), or None where it is no folder of the layout."""
    parts = parts_of(folder)
    return len(parts) if all(belongs(depth, name) for depth, name in enumerate(parts)) else None
