"""What the credentials may do at the open source, as far as its jobs have met it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.storage.index import index_source
from core.storage.permissions import Permissions, learn_reading, permissions_of

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from core.jobs import JobContext
    from core.storage.index import SourceIndex
    from core.storage.source import Source


class Permitted(QObject):
    """Says when more is known of what may be done.

    Signals:
        changed(Permissions): what may be done, as far as it is known by now.

    Args:
        opened, closed: signals of a source that was opened, which they bring along, and closed.
    """

    changed = Signal(object)

    def __init__(self, opened: SignalInstance, closed: SignalInstance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Source | None = None
        self._told = Permissions()
        opened.connect(self._on_opened)
        closed.connect(self._on_closed)

    @property
    def permissions(self) -> Permissions:
        """What may be done at the open source; nothing is known where none is open."""
        return permissions_of(self._source) if self._source is not None else Permissions()

    @property
    def may_load(self) -> bool:
        """Whether it makes sense to look for batches and load them."""
        permissions = self.permissions
        return not permissions.list.denied and not permissions.read.denied

    def look(self) -> None:
        """Say what is known now, if it was not known before."""
        permissions = self.permissions
        if permissions != self._told:
            self._told = permissions
            self.changed.emit(permissions)

    @Slot(object)
    def _on_opened(self, source: Source) -> None:
        self._source = source
        self.look()

    @Slot()
    def _on_closed(self) -> None:
        self._source = None
        self.look()


def permitted_state(permissions: Permissions) -> tuple[list[str], dict[str, str]]:
    """What commands may count on: the needs of gui.actions that hold, and why the others do not."""
    needs = {"listable": permissions.list, "readable": permissions.read}
    return (
        [name for name, permission in needs.items() if not permission.denied],
        {name: permission.reason for name, permission in needs.items() if permission.denied},
    )


def index_and_learn(source: Source, ctx: JobContext) -> SourceIndex:
    """List a source, and learn whether its batches may be read.

    Raises:
        SourceError, JobCancelled: as :func:`core.storage.index.index_source` does.
    """
    index = index_source(source, ctx)
    learn_reading(source, index, ctx)
    return index
