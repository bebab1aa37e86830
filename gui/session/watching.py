"""When to look for new batches in the open source, and how it went."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.storage.index import index_source
from core.sync import SyncResult, first_day_to_watch, sync, with_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.archive.archive import Archive
    from core.errors import OdographError
    from core.jobs import JobContext
    from core.storage.index import SourceIndex
    from core.storage.source import Source

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class WatchState:
    """How watching goes.

    Attributes:
        minutes: between two looks; 0 is off.
        active: whether a source is being watched.
        looked_at: when the source was listed last, seconds since the epoch, UTC; None before.
        trouble: why looking fails at present, or None.
        repeated: messages that had been delivered before, of all that came since the source was opened.
    """

    minutes: int = 0
    active: bool = False
    looked_at: float | None = None
    trouble: OdographError | None = None
    repeated: int = 0


class Watching(QObject):
    """A clock for looks, and what is known of the last one.

    Args:
        look: starts a look; whoever does it calls :meth:`succeeded` or :meth:`failed` at its end.

    Signals:
        changed(WatchState): the state has changed.
        missed(list of OdographError): batches that a look could not fetch and that nobody was told of yet; empty once
            nothing is missing any more.
    """

    changed = Signal(object)
    missed = Signal(object)

    def __init__(self, look: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._state = WatchState()
        # Subjects of errors: those that loads have met, whoever started them was told, and those of the last look.
        self._met: set[str] = set()
        self._missed: frozenset[str] = frozenset()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer)

    @property
    def state(self) -> WatchState:
        """How it goes."""
        return self._state

    def set_minutes(self, minutes: int) -> None:
        """Look after so many minutes each time; 0 switches it off."""
        self._set(replace(self._state, minutes=minutes))
        self._wait()

    def begin(self) -> None:
        """Watch the source that was just opened."""
        self._set(WatchState(self._state.minutes, active=True))
        self._met = set()
        self._missed = frozenset()
        self._wait()

    def end(self) -> None:
        """Watch nothing."""
        self._set(WatchState(self._state.minutes))
        self._timer.stop()

    def loaded(self, result: SyncResult) -> None:
        """Something was loaded, and what could not be fetched was told."""
        self._met.update(error.subject for error in result.failed)
        self._count(result)

    def looked(self, result: SyncResult) -> None:
        """A look has ended well. What it could not fetch is told once, however many looks cannot."""
        missed = frozenset(error.subject for error in result.failed)
        new = [error for error in result.failed if error.subject not in self._met | self._missed]
        over = bool(self._missed) and not missed
        self._missed = missed
        if new or over:
            self.missed.emit(new)
        self._count(result)

    def _count(self, result: SyncResult) -> None:
        if result.duplicates:
            self._set(replace(self._state, repeated=self._state.repeated + result.duplicates))

    def succeeded(self) -> None:
        """The source was listed just now."""
        if self._state.active:
            self._set(replace(self._state, looked_at=time.time(), trouble=None))
            self._wait()

    def failed(self, error: OdographError) -> None:
        """The source could not be listed. The first of several errors is kept."""
        if self._state.active:
            self._set(replace(self._state, trouble=self._state.trouble or error))
            self._wait()

    def _wait(self) -> None:
        """The next look is a whole interval from now."""
        if self._state.active and self._state.minutes:
            self._timer.start(self._state.minutes * _MINUTE_MS)
        else:
            self._timer.stop()

    def _set(self, state: WatchState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

    @Slot()
    def _on_timer(self) -> None:
        self._look()


def look(
    source: Source, archive: Archive, index: SourceIndex | None, ctx: JobContext
) -> tuple[SourceIndex, SyncResult | None]:
    """Record what is new in the newest days.

    Args:
        index: what is known to lie in the source; None where it was never listed, which is then done and all.
        ctx: told how far it is.

    Returns:
        What lies in the source now, and what was recorded.
    """
    if index is None:
        return index_source(source, ctx), None

    result = sync(source, archive, ctx, first_day=first_day_to_watch(index), incremental=True)
    return with_days(index, result.days.values()), result
