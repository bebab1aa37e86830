"""What the window tells of the source that is open, and of opening one; it goes once that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from core.errors import ArchiveDamaged, SourceError
from gui.messages import Belongs
from gui.models.texts import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.upkeep import VerifyResult
    from core.connections import Connection
    from core.sync import SyncResult
    from gui.messages import MessageCenter
    from gui.session.session import Session

EDIT = "Edit connection…"


class SourceTelling(QObject):
    """Notices of what the session signals.

    Args:
        opening: what is being opened, or None.
        opened_as: how the open source was opened, or None.
        edit: opens the editor, filled in with a connection.
        show_rejects: shows what could not be read.
    """

    def __init__(
        self,
        session: Session,
        messages: MessageCenter,
        opening: Callable[[], Connection | None],
        opened_as: Callable[[], Connection | None],
        edit: Callable[[Connection], None],
        show_rejects: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._opening = opening
        self._opened_as = opened_as
        self._edit = edit
        self._show_rejects = show_rejects
        session.failed.connect(self._on_failed)
        session.opening_failed.connect(self._on_opening_failed)
        session.repaired.connect(self._on_repaired)
        session.loaded.connect(self._on_loaded)
        session.opened.connect(lambda _source: messages.dismiss_belonging(Belongs.OPENING))
        session.closed.connect(lambda: messages.dismiss_belonging(Belongs.SOURCE))

    @Slot(object)
    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, ArchiveDamaged):
            self._messages.show_error(
                error,
                action="Repair archive",
                callback=self._session.repair,
                replace_id="damaged",
                belongs=Belongs.SOURCE,
            )
        else:
            self._tell(error, self._opened_as(), Belongs.SOURCE)

    @Slot(object)
    def _on_opening_failed(self, error: BaseException) -> None:
        self._tell(error, self._opening(), Belongs.OPENING)

    def _tell(self, error: BaseException, connection: Connection | None, belongs: Belongs) -> None:
        name = connection.name if connection is not None else ""
        if connection is not None and isinstance(error, SourceError) and is_bucket(connection):
            self._messages.show_error(
                error, action=EDIT, callback=lambda: self._edit(connection), belongs=belongs, connection=name
            )
        else:
            self._messages.show_error(error, belongs=belongs, connection=name)

    @Slot(object)
    def _on_repaired(self, found: VerifyResult) -> None:
        self._messages.dismiss_id("damaged")
        batches = plural(len(found.differences), "batch", "batches")
        if found.sound:
            self._messages.show_info("Nothing in the archive is damaged")
        else:
            self._messages.show_info(f"The archive is repaired; what was damaged is loaded again: {batches}")

    @Slot(object)
    def _on_loaded(self, result: SyncResult) -> None:
        for error in result.failed[:1]:
            self._messages.show_error(error, belongs=Belongs.SOURCE)
        if len(result.failed) > 1:
            self._messages.show_warning(
                f"{len(result.failed):,} batches could not be fetched",
                hint="Load the days again to fetch what is missing.",
                detail="\n".join(error.report() for error in result.failed),
                replace_id="not fetched",
                belongs=Belongs.SOURCE,
            )
        parts = [
            plural(count, one, many)
            for count, one, many in ((result.unreadable, "batch", "batches"), (result.rejects, "message", "messages"))
            if count
        ]
        if parts:
            self._messages.show_warning(
                f"{' and '.join(parts)} could not be read",
                hint="Everything else was loaded.",
                action="Show rejects",
                callback=self._show_rejects,
                replace_id="rejects",
                belongs=Belongs.SOURCE,
            )


def is_bucket(connection: Connection) -> bool:
    """Whether a connection leads to a bucket, which has more to edit than its address."""
    return connection.address.lower().startswith("s3://")
