"""Renders the window into a file after everything has been loaded, for documentation and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.errors import ExportError, OdographError

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from gui.session.session import Session

_POLL_MS = 50
# Long enough for deferred layouts and the debounced redraw of the timeline.
_SETTLE_MS = 400


class Screenshot(QObject):
    """Waits until a session is at rest and saves a picture of a window.

    Signals:
        done: an OdographError, or None when the picture was saved.
    """

    done = Signal(object)

    def __init__(self, window: QWidget, session: Session, target: Path) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._target = target
        self._rests = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._on_poll)
        session.opening_failed.connect(self._on_failed)
        session.interruptions.came.connect(self._on_failed)

    def start(self) -> None:
        """Begin to wait. Call it after the session was told what to open."""
        self._timer.start()

    @Slot()
    def _on_poll(self) -> None:
        # At rest twice in a row: what comes to rest may ask for more, such as the series that were wanted.
        self._rests = 0 if self._session.is_busy else self._rests + 1
        if self._rests > 1:
            self._timer.stop()
            QTimer.singleShot(_SETTLE_MS, self, self._save)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self._session.source is None and isinstance(error, OdographError):
            self._timer.stop()
            self.done.emit(error)

    @Slot()
    def _save(self) -> None:
        if self._window.grab().save(str(self._target)):
            self.done.emit(None)
        else:
            self.done.emit(
                ExportError(
                    "The picture could not be saved",
                    subject=str(self._target),
                    hint="The folder must exist and be writable, the name must end in .png or .jpg",
                )
            )
