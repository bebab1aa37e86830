"""Waiting in tests of the window: as long as a busy computer takes, and for what is due by a timer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

# Long for a machine under load; a wait ends as soon as it may.
WAIT_MS = 30_000


class PatientBot(QtBot):
    """Waits as long as a busy computer takes where a test does not say how long; pytest-qt would give up after 5 s."""

    def waitSignal(self, signal: Any, *, timeout: int = WAIT_MS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: list[Any], *, timeout: int = WAIT_MS, **options: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = WAIT_MS) -> None:
        super().waitUntil(callback, timeout=timeout)


def wait_for_rest(qtbot: QtBot, owner: QObject) -> None:
    """Waits until no timer of an object and what belongs to it has anything to do any more.

    A signal that a timer brings may have come before a test begins to wait for it: what the test did before took longer
    than the timer. Whether a timer still runs can be asked for at any time.
    """
    from PySide6.QtCore import QTimer

    qtbot.waitUntil(lambda: not any(one.isActive() for one in owner.findChildren(QTimer) if one.isSingleShot()))
