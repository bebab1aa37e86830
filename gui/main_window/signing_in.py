"""What the window does where credentials are missing or expired: it says so, signs in, and lets everything go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.errors import SignInNeeded
from core.storage.credential_files import mark
from gui.dialogs.sign_in import SignInDialog
from gui.main_window.telling import EDIT, is_bucket

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow

    from core.connections import Connection
    from core.errors import OdographError, SourceError
    from core.jobs import JobContext
    from core.storage.credential_files import Mark
    from core.storage.sso import Prompt
    from gui.job_runner import Job, JobRunner
    from gui.messages import MessageCenter, Notice
    from gui.session.session import Session

NOTICE = "credentials"
_GOES_ON = "Sign in, and what was interrupted goes on by itself."


class SigningIn(QObject):
    """One notice and one dialog, whatever and however much was interrupted.

    Attributes:
        dialog: the one that is open, or None.
        handler: takes an error before it is told here, and says whether it did.
        connection: what is being opened or is open, or None.
        edit: opens the editor, filled in with a connection.

    Args:
        window: the dialog stays beside it.
    """

    def __init__(self, session: Session, jobs: JobRunner, messages: MessageCenter, window: QMainWindow) -> None:
        super().__init__(window)
        self._session = session
        self._jobs = jobs
        self._messages = messages
        self._window = window
        self._error: SourceError | None = None
        self._notice: Notice | None = None
        self._job: Job | None = None
        self._profile = ""
        self._then: list[Callable[[], object]] = []
        # What the files that credentials come from were like when something was interrupted.
        self._mark: Mark | None = None
        self.dialog: SignInDialog | None = None
        self.handler: Callable[[SourceError], bool] = lambda _error: False
        self.connection: Callable[[], Connection | None] = lambda: None
        self.edit: Callable[[Connection], object] = lambda _connection: None
        session.interruptions.came.connect(self._on_came)
        session.interruptions.over.connect(self._on_over)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._on_application_state)

    # The notice

    @Slot(object)
    def _on_came(self, error: SourceError) -> None:
        if self.handler(error):
            return
        known, self._error = self._error, error
        if known is None:
            self._look_at_files(self._keep_mark)
        shown = self._notice is not None and self._notice in self._messages.notices
        if shown and known is not None and (known.title, known.hint) == (error.title, error.hint):
            # Several things fail at once for one reason.
            return
        self._tell()

    @Slot()
    def _on_over(self) -> None:
        self._error = self._mark = None
        self._messages.dismiss_id(NOTICE)

    def _tell(self) -> None:
        error = self._error
        if isinstance(error, SignInNeeded):
            profile = error.profile
            self._notice = self._messages.show_warning(
                error.title,
                subject=error.subject,
                hint=_GOES_ON,
                detail=error.report(),
                action="Sign in…",
                callback=lambda: self.sign_in(profile),
                replace_id=NOTICE,
            )
        elif error is not None:
            connection = self.connection()
            bucket = connection if connection is not None and is_bucket(connection) else None
            self._notice = self._messages.show_error(
                error,
                action="Try again",
                callback=self._session.interruptions.go_on,
                replace_id=NOTICE,
                connection=bucket.name if bucket is not None else "",
                other=EDIT if bucket is not None else "",
                other_callback=lambda: self.edit(bucket) if bucket is not None else None,
            )

    # Credentials that were renewed elsewhere

    def _look_at_files(self, seen: Callable[[Mark], None]) -> None:
        # A home folder may lie on a slow network.
        self._jobs.submit("Looking for new credentials", lambda _ctx: mark(), quiet=True).succeeded.connect(seen)

    @Slot(object)
    def _keep_mark(self, found: Mark) -> None:
        if self._error is not None:
            self._mark = found

    @Slot(Qt.ApplicationState)
    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        # Whoever comes back to the window may have signed in on a terminal.
        if state is Qt.ApplicationState.ApplicationActive and self._mark is not None and self.dialog is None:
            self._look_at_files(self._go_on_if_changed)

    @Slot(object)
    def _go_on_if_changed(self, found: Mark) -> None:
        if self._mark is not None and found != self._mark:
            self._session.interruptions.go_on()

    # Signing in

    def sign_in(self, profile: str, done: Callable[[], object] | None = None) -> None:
        """Ask a person to sign in, unless that is going on already; with another profile it begins anew.

        Args:
            profile: of the AWS configuration; empty for the default one.
            done: called afterwards; what the session waits for goes on in any case.
        """
        # A notice is gone once its button was pressed, but nobody is signed in yet.
        self._tell()
        if self.dialog is not None and profile != self._profile:
            self.dialog.close()
        if done is not None:
            self._then.append(done)
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
            return
        self._profile = profile
        dialog = self.dialog = SignInDialog(profile, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open_requested.connect(_open_page)
        dialog.again_requested.connect(lambda coded: self._start(profile, coded=coded))
        dialog.finished.connect(self._on_closed)
        self._start(profile, coded=True)
        dialog.show()

    def close(self) -> None:
        """Give up signing in, with the window."""
        if self.dialog is not None:
            self.dialog.close()

    def _start(self, profile: str, *, coded: bool) -> None:
        dialog = self.dialog
        if dialog is None:
            return
        self._stop()
        dialog.begin(coded=coded)

        def work(ctx: JobContext) -> None:
            # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
            from core.storage.sso import sign_in

            sign_in(profile, ctx, ctx.partial, coded=coded)

        def on_prompt(prompt: Prompt) -> None:
            dialog.show_prompt(prompt)
            _open_page(prompt.address)

        def on_signed_in(_nothing: object) -> None:
            self._job = None
            then, self._then = self._then, []
            dialog.accept()
            self._messages.show_info(f"Signed in with the profile “{profile}”" if profile else "Signed in")
            self._session.interruptions.go_on()
            for done in then:
                done()

        def on_failed(error: OdographError) -> None:
            self._job = None
            dialog.show_error(error)

        job = self._job = self._jobs.submit("Signing in", work)
        job.partial.connect(on_prompt)
        job.succeeded.connect(on_signed_in)
        job.failed.connect(on_failed)
        # Also by the list of jobs; a job that another one has replaced says nothing to anybody.
        job.cancelled.connect(lambda: dialog.reject() if self._job is job else None)

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()

    @Slot()
    def _on_closed(self) -> None:
        self.dialog = None
        self._then.clear()
        self._stop()


def _open_page(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
