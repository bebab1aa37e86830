"""The window's administration of buckets: checking delivery, setting a bucket up, the policy of an analyst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from gui.dialogs.analyst_policy import AnalystPolicyDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow

    from core.connections import Connection
    from core.errors import OdographError
    from core.storage.index import SourceIndex
    from gui.action_set import ActionSet
    from gui.dialogs.setup.assistant import SetupAssistant
    from gui.job_runner import JobRunner
    from gui.main_window.connecting import ConnectionSwitch
    from gui.main_window.layout import Panels
    from gui.main_window.signing_in import SigningIn
    from gui.messages import MessageCenter
    from gui.session.session import Session


class BucketSwitch(QObject):
    """Checks buckets and sets them up. Nothing of it happens unless a person asks for it.

    Attributes:
        assistant: the one that was opened last, or None. It keeps what was typed while the window is open.

    Args:
        opened_as: how the open source was opened, or None.
        open_source: opens a source.
        signing_in: signs in where that is necessary.
    """

    def __init__(
        self,
        actions: ActionSet,
        panels: Panels,
        session: Session,
        jobs: JobRunner,
        messages: MessageCenter,
        connections: ConnectionSwitch,
        signing_in: SigningIn,
        opened_as: Callable[[], Connection | None],
        open_source: Callable[[Connection], None],
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._panels = panels
        self._session = session
        self._jobs = jobs
        self._messages = messages
        self._connections = connections
        self._signing_in = signing_in
        self._opened_as = opened_as
        self._open_source = open_source
        self._window = window
        self._index: SourceIndex | None = None
        self.assistant: SetupAssistant | None = None
        actions.connect("check_bucket", self.ask_what_to_check)
        actions.connect("set_up_bucket", lambda: self.set_up(None))
        actions.connect("analyst_policy", self.show_policy)
        panels.welcome.setup_requested.connect(lambda: self.set_up(None))
        page = panels.check
        page.closed.connect(self._leave_check)
        page.setup_wanted.connect(self.set_up)
        page.failed.connect(messages.show_error)
        page.sign_in_wanted.connect(lambda profile: signing_in.sign_in(profile, page.check_again))
        session.opened.connect(lambda _source: page.stop())
        session.index_changed.connect(self._on_index)
        session.closed.connect(lambda: self._on_index(None))

    @Slot(object, bool)
    def _on_index(self, index: SourceIndex | None, _complete: bool = True) -> None:
        self._index = index

    @property
    def _bucket(self) -> Connection | None:
        """The bucket that is open, or None."""
        opened = self._opened_as() if self._session.source is not None else None
        return opened if opened is not None and opened.address.lower().startswith("s3://") else None

    # Checking

    @Slot()
    def ask_what_to_check(self) -> None:
        """Check the bucket that is open, or ask for one."""
        if self._bucket is not None:
            self.check(self._bucket)
        else:
            self._connections.ask_for("Check a bucket", "&Check", self.check)

    @Slot(object)
    def check(self, connection: Connection) -> None:
        """Show the check of a bucket in place of the timeline or the welcome page."""
        page = self._panels.check
        self._panels.pages.setCurrentWidget(page)
        page.start(connection)
        page.again.setFocus()
        self._window.activateWindow()

    @Slot()
    def _leave_check(self) -> None:
        panels = self._panels
        shown = panels.timeline if self._session.source is not None else panels.welcome
        panels.pages.setCurrentWidget(shown)
        shown.setFocus()

    # Setting up

    @Slot(object)
    def set_up(self, connection: Connection | None) -> None:
        """Open the assistant, with a bucket that is there or as it was left."""
        if self.assistant is None:
            # What it needs of AWS takes a quarter of a second to import, which the window's start must not wait for.
            from gui.dialogs.setup.assistant import SetupAssistant

            assistant = self.assistant = SetupAssistant(self._jobs, self._window)
            assistant.open_wanted.connect(self._open)
            assistant.check_wanted.connect(self.check)
            assistant.run.changed.connect(self._on_run_changed)
            assistant.waiting.news.connect(self._on_news)
            assistant.waiting.failed.connect(self._on_waiting_failed)
            assistant.sign_in_wanted.connect(lambda profile: self._signing_in.sign_in(profile, assistant.go_on))
        if connection is not None:
            self.assistant.begin_with(connection)
        self.assistant.show()
        self.assistant.raise_()
        self.assistant.activateWindow()

    @Slot(object)
    def _open(self, connection: Connection) -> None:
        if self.assistant is not None:
            # It would lie over what is opened; what it waits for goes on, and is told of in the window.
            self.assistant.hide()
        self._open_source(connection)
        self._window.activateWindow()

    # What becomes of it while nobody sees it

    def _show_again(self) -> None:
        self.set_up(None)

    @Slot()
    def _on_run_changed(self) -> None:
        assistant = self.assistant
        if assistant is None or assistant.isVisible() or assistant.run.running:
            return
        run, action, again = assistant.run, "Show the assistant", self._show_again
        told = f"setting up {run.bucket}"
        if run.error is not None:
            self._messages.show_error(run.error, action=action, callback=again, replace_id=told)
        elif run.done:
            self._messages.show_info(run.banner.words, action=action, callback=again, replace_id=told)
        else:
            title = f"Setting up the bucket {run.bucket} was stopped"
            self._messages.show_warning(title, hint=run.banner.more, action=action, callback=again, replace_id=told)

    @Slot(str)
    def _on_news(self, text: str) -> None:
        if self.assistant is not None and not self.assistant.isVisible():
            self._messages.show_info(text, action="Show the assistant", callback=self._show_again)

    @Slot(object)
    def _on_waiting_failed(self, error: OdographError) -> None:
        if self.assistant is not None and not self.assistant.isVisible():
            self._messages.show_error(error, action="Show the assistant", callback=self._show_again)

    # The analyst's policy

    @Slot()
    def show_policy(self) -> None:
        """Show the least policy for the bucket that is open, or for one that is typed."""
        bucket = self._bucket
        dialog = AnalystPolicyDialog(bucket.address if bucket else "", self._apps() if bucket else (), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _apps(self) -> tuple[str, ...]:
        source, index = self._session.source, self._index
        if source is None or index is None or source.scope:
            return ()
        return tuple(dict.fromkeys(app for app, _level, _day in index.days))
