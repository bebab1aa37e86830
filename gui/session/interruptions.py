"""What could not go on because of credentials, and goes on once they are good again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import CredentialsMissing, CredentialsRejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.errors import SourceError
    from core.jobs import JobContext
    from core.sync import SyncResult


@dataclass(frozen=True, slots=True)
class Held:
    """A job has paused itself until somebody lets it go on.

    Attributes:
        error: why.
    """

    error: SourceError


class _Interrupted(NamedTuple):
    go_on: Callable[[], object]
    held: bool


class Interruptions(QObject):
    """Keeps what was interrupted, each thing once.

    Signals:
        came(SourceError): something was interrupted.
        over(): nothing is any more.
    """

    came = Signal(object)
    over = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[str, _Interrupted] = {}

    @property
    def held(self) -> int:
        """How many jobs have paused themselves."""
        return sum(one.held for one in self._waiting.values())

    def add(self, name: str, error: SourceError, go_on: Callable[[], object], *, held: bool = False) -> None:
        """Something was interrupted.

        Args:
            name: the same thing has the same one.
            go_on: begins it again, or lets it go on.
            held: whether its job is still there and pauses.
        """
        self._waiting[name] = _Interrupted(go_on, held)
        self.came.emit(error)

    def failed(
        self, name: str, go_on: Callable[[], object], told: Callable[[Any], object], *, always: bool = False
    ) -> Callable[[object], None]:
        """A slot for errors of a job, which keeps what credentials are to blame for.

        Args:
            told: takes all other errors.
            always: it takes those too.
        """

        def on_failed(error: object) -> None:
            about_credentials = is_about_credentials(error)
            if always or not about_credentials:
                told(error)
            if about_credentials:
                self.add(name, error, go_on)  # type: ignore[arg-type] # both classes are such

        return on_failed

    def drop(self, name: str) -> None:
        """It is not waited for any more."""
        if self._waiting.pop(name, None) is not None and not self._waiting:
            self.over.emit()

    def clear(self) -> None:
        """Nothing is waited for any more."""
        if self._waiting:
            self._waiting.clear()
            self.over.emit()

    @Slot()
    def go_on(self) -> None:
        """Let everything go on that waits; what fails again comes again."""
        waiting = list(self._waiting.values())
        self.clear()
        for one in waiting:
            one.go_on()


def is_about_credentials(error: object) -> bool:
    """Whether other credentials would help, or the same ones renewed."""
    return isinstance(error, CredentialsMissing | CredentialsRejected)


def hold(ctx: JobContext) -> Callable[[SourceError, SyncResult], None]:
    """What a load calls when it is interrupted: it pauses until it is resumed.

    The job's partial results get a :class:`Held`.
    """

    def interrupted(error: SourceError, so_far: SyncResult) -> None:
        ctx.pause()
        ctx.progress(so_far.progress.done, so_far.progress.total, error.title)
        ctx.partial(Held(error))
        ctx.rest()

    return interrupted
