"""Asks before anything is sent to a server that a file has named."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtWidgets import QMessageBox

from gui.models.texts import visible_text
from gui.views.page_parts import plain_box

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from core.connections import Connection

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OPEN = "The way there is not encrypted: whoever is on it can read and change everything, also session tokens."


def ask_for_server(source: Connection, then: Callable[[], None], parent: QWidget) -> None:
    """Ask whether a source on a server that nobody has agreed to may be opened. Everything else goes on meanwhile.

    Args:
        then: called where a person agrees.
    """
    title = f"Connect to {visible_text(source.options.endpoint_url)}?"
    box = plain_box(QMessageBox.Icon.Warning, "Imported connection", title, server_warning(source), parent)
    connect = box.addButton("&Connect", QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.buttonClicked.connect(lambda button: then() if button is connect else None)
    box.open()


def server_warning(source: Connection) -> str:
    """What a person has to know before anything is sent to a source's server."""
    options = source.options
    profile = f"the profile {visible_text(options.profile)}" if options.profile else "this computer’s AWS configuration"
    sent = "the access keys that you enter" if options.keys else profile
    lines = [
        "This server came out of a file with the connection "
        f"“{visible_text(source.name or source.address)}”; nothing was opened there so far.",
        f"It is sent requests that are signed with {sent}, and the session token of temporary credentials. "
        "Connect only where you know the server.",
    ]
    parts = urlsplit(options.endpoint_url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        lines.append(_OPEN)
    return "\n\n".join(lines)
