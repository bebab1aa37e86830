"""One way for everything the window has to tell: errors, warnings and news go through here and into the log.

What is told is called a notice, as a message is what a vehicle sends.
"""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from core.errors import OdographError
from core.logs import redact

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("odograph.notices")

# Older notices than these are in the log alone.
MAX_NOTICES = 50


class Severity(StrEnum):
    """How serious a notice is; also the name of its icon and of its colour."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Belongs(StrEnum):
    """What a notice belongs to: it goes when that is over."""

    WINDOW = "window"
    OPENING = "opening"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """Something the window tells. Two are equal only if they are the same one.

    Attributes:
        severity: how serious it is.
        title: what happened, one sentence without a full stop.
        subject: the object it happened to; may be empty.
        hint: what to do about it; may be empty.
        report: everything there is to know, for copying.
        action: the text of a button, for example ``Retry``; empty for none.
        callback: what the button does.
        replace_id: a later notice with the same one takes its place; may be empty.
        belongs: to the source that is open, to opening one, or to neither.
        other: the text of one more button; empty for none.
        other_callback: what that button does.
    """

    severity: Severity
    title: str
    subject: str = ""
    hint: str = ""
    report: str = ""
    action: str = ""
    callback: Callable[[], object] | None = None
    replace_id: str = ""
    belongs: Belongs = Belongs.WINDOW
    other: str = ""
    other_callback: Callable[[], object] | None = None

    @property
    def text(self) -> str:
        """Title, subject and hint in one line, for the log and for screen readers."""
        start = f"{self.title}: {self.subject}" if self.subject else self.title
        return f"{start}. {self.hint}" if self.hint else start

    def says_the_same(self, other: Notice) -> bool:
        """Whether a reader would see no difference."""
        return (self.severity, self.title, self.subject, self.hint) == (
            other.severity,
            other.title,
            other.subject,
            other.hint,
        )


class MessageCenter(QObject):
    """Keeps the notices that nobody has dismissed, whether or not a message bar shows them yet.

    Signals:
        changed: notices were added or dismissed.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices: list[Notice] = []

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be read, newest first."""
        return tuple(self._notices)

    @Slot(object)
    def show_error(
        self,
        error: BaseException,
        *,
        action: str = "",
        callback: Callable[[], object] | None = None,
        replace_id: str = "",
        belongs: Belongs = Belongs.WINDOW,
        connection: str = "",
        other: str = "",
        other_callback: Callable[[], object] | None = None,
    ) -> Notice:
        """Tell of an error until it is dismissed.

        Args:
            error: an OdographError; any other exception is a fault of the program and is told and logged as one.
            action: the text of a button, for example ``Retry``.
            callback: what the button does.
            replace_id: takes the place of an earlier notice with the same one.
            belongs: what it goes with.
            connection: the name of the connection it happened with; may be empty.
            other: the text of one more button.
            other_callback: what that button does.
        """
        if not isinstance(error, OdographError):
            _log.error("A fault in the window", exc_info=error)
            error = OdographError(
                "A fault in Odograph",
                hint="Copy the details and report them to the people who make Odograph",
                detail=redact("".join(traceback.format_exception(error)).strip()),
            )
        names = (connection, error.subject) if connection != error.subject else (connection,)
        return self._add(
            Notice(
                Severity.ERROR,
                error.title,
                ", ".join(name for name in names if name),
                error.hint,
                error.report(),
                action,
                callback,
                replace_id,
                belongs,
                other,
                other_callback,
            )
        )

    def show_warning(
        self,
        title: str,
        *,
        subject: str = "",
        hint: str = "",
        detail: str = "",
        action: str = "",
        callback: Callable[[], object] | None = None,
        replace_id: str = "",
        belongs: Belongs = Belongs.WINDOW,
    ) -> Notice:
        """Tell of something that a person should know of, until it is dismissed.

        Args:
            title: what happened, one sentence without a full stop.
            subject: the object it happened to.
            hint: what to do about it.
            detail: more lines for copying.
            action: the text of a button.
            callback: what the button does.
            replace_id: takes the place of an earlier notice with the same one.
            belongs: what it goes with.
        """
        report = "\n".join(line for line in (title, subject, hint, detail) if line)
        return self._add(Notice(Severity.WARNING, title, subject, hint, report, action, callback, replace_id, belongs))

    def show_info(
        self,
        title: str,
        *,
        subject: str = "",
        action: str = "",
        callback: Callable[[], object] | None = None,
        replace_id: str = "",
    ) -> Notice:
        """Tell news that may pass unread: the message bar shows it for some seconds."""
        report = f"{title}: {subject}" if subject else title
        return self._add(Notice(Severity.INFO, title, subject, "", report, action, callback, replace_id))

    def dismiss(self, notice: Notice) -> None:
        """Take a notice away; one that is gone already is left alone."""
        if notice in self._notices:
            self._notices.remove(notice)
            self.changed.emit()

    def dismiss_id(self, replace_id: str) -> None:
        """Take away the notice with this replace_id, if there is one."""
        for notice in self.notices:
            if notice.replace_id == replace_id:
                self.dismiss(notice)

    def dismiss_belonging(self, to: Belongs) -> None:
        """Take away what belongs to something that is over."""
        for notice in self.notices:
            if notice.belongs is to:
                self.dismiss(notice)

    @Slot()
    def dismiss_all(self) -> None:
        """Take every notice away."""
        if self._notices:
            self._notices.clear()
            self.changed.emit()

    def _add(self, notice: Notice) -> Notice:
        # What a person made wrong or a server refused is no warning for whoever reads the log.
        _log.info("%s: %s", notice.severity, notice.text)
        self._notices = [
            other
            for other in self._notices
            if not (notice.replace_id and other.replace_id == notice.replace_id) and not other.says_the_same(notice)
        ]
        self._notices.insert(0, notice)
        del self._notices[MAX_NOTICES:]
        self.changed.emit()
        return notice
