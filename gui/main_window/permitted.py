"""Tells a person once what the credentials may not do at the source that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gui.messages import Belongs

if TYPE_CHECKING:
    from core.storage.permissions import Permissions
    from gui.messages import MessageCenter
    from gui.session.session import Session

_NOTICE = "permissions"


class PermissionNotice(QObject):
    """A notice of batches that may be listed and not read; the controls that need it say so themselves.

    A source that may not be listed is told of when it is opened.
    """

    def __init__(self, session: Session, messages: MessageCenter, parent: QObject) -> None:
        super().__init__(parent)
        self._messages = messages
        session.permitted.changed.connect(self._on_changed)

    @Slot(object)
    def _on_changed(self, permissions: Permissions) -> None:
        denied = permissions.read
        if not denied.denied:
            self._messages.dismiss_id(_NOTICE)
            return
        self._messages.show_warning(
            "Batches can be listed but not read",
            subject=denied.resource,
            hint=f"The credentials need the permission {denied.action} on it to load batches and to show messages. "
            "Once they have it, reload the listing.",
            detail=denied.reason,
            replace_id=_NOTICE,
            belongs=Belongs.SOURCE,
        )
