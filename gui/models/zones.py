"""How zones are named in menus and lists."""

from __future__ import annotations

from core.errors import UsageError
from core.fleet.timezones import zone


def zone_text(name: str) -> str:
    """A zone's name for people: ``local`` says which one that is."""
    if name != "local":
        return name
    try:
        return f"Local time ({zone(name)})"
    except UsageError:
        return "Local time"
