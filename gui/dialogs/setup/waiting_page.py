"""The page that watches for the platform's test file and the first batches."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from core.errors import OdographError, SignInNeeded
from core.steps import Step, StepState
from core.storage.setup.waiting import (
    EVERY,
    Arrival,
    ArrivalKind,
    WaitResult,
    arrival_text,
    batches_text,
    wait_for_delivery,
)
from gui.models.texts import visible_text
from gui.views.page_parts import Banner, plain_box, push_button
from gui.views.step_list import StepList

if TYPE_CHECKING:
    from core.connections import Connection, S3Options
    from core.jobs import JobContext
    from core.storage.setup.contents import Stored
    from gui.job_runner import Job, JobRunner

_TITLES = {
    ArrivalKind.TEST_FILE: "Test file",
    ArrivalKind.FIRST_BATCH: "First batch",
    ArrivalKind.NEXT_BATCH: "Next batch",
}
_HINTS = {
    ArrivalKind.TEST_FILE: "It is stored when the delivery is saved in the platform’s console.",
    ArrivalKind.FIRST_BATCH: "It comes about five minutes after the first message of a vehicle.",
    ArrivalKind.NEXT_BATCH: "With it, delivery is known to go on.",
}


def _wait(bucket: str, options: S3Options, every: float, ctx: JobContext) -> WaitResult:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.sessions import open_session

    return wait_for_delivery(bucket, "", open_session(options, ctx), ctx, every=every)


def _delete(bucket: str, key: str, options: S3Options, ctx: JobContext) -> Stored:
    from core.storage.sessions import open_session
    from core.storage.setup.test_file import delete_test_file

    return delete_test_file(bucket, "", key, open_session(options, ctx), ctx)


class WaitingPage(QWidget):
    """Waits in a job, for as long as it takes, and says when something arrives.

    Signals:
        changed(): it has begun or ended.
        news(str): something has arrived.
        failed(OdographError): the waiting has ended, as nothing can be seen.

    Attributes:
        error: why the waiting ended before anything came; None while that is not so.
        test_file: the key of the test file that was seen; empty while there is none.
        every: seconds between two looks.
    """

    changed = Signal()
    news = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._deleting: Job | None = None
        self._connection: Connection | None = None
        self.error: OdographError | None = None
        self.test_file = ""
        self.every = EVERY
        self.banner = Banner()
        self.steps = StepList("What is waited for")
        self.again = push_button("&Stop waiting", "Waiting costs a few lists a minute")
        self.again.clicked.connect(self._on_again)
        self.delete = push_button(
            "&Delete the test file…", "The platform needs it no longer; nothing else is ever deleted"
        )
        self.delete.clicked.connect(self._ask_to_delete)
        line = QHBoxLayout()
        line.addWidget(self.again)
        line.addWidget(self.delete)
        line.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(self.steps)
        layout.addLayout(line)
        layout.addStretch(1)
        self._show()

    @property
    def running(self) -> bool:
        """Whether it is waiting."""
        return self._job is not None

    @property
    def bucket(self) -> str:
        """The name of the bucket that is watched; empty before the first time."""
        return self._connection.address.removeprefix("s3://") if self._connection is not None else ""

    @property
    def profile(self) -> str | None:
        """The profile to sign in with, where that hindered it; else None."""
        return self.error.profile if isinstance(self.error, SignInNeeded) else None

    def start(self, connection: Connection) -> None:
        """Wait for what comes into a bucket."""
        self.stop()
        self._connection, self.error, self.test_file = connection, None, ""
        self.steps.set_steps([_waiting(kind) for kind in ArrivalKind])
        self.banner.say("info", f"Watching {connection.address}", "Leave this window open and go on working beside it.")
        job = self._jobs.submit(
            f"Waiting for delivery into {self.bucket}", partial(_wait, self.bucket, connection.options, self.every)
        )
        job.partial.connect(self._on_arrival)
        job.succeeded.connect(self._on_complete)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job
        self._show()
        self.changed.emit()

    def stop(self) -> None:
        """End the waiting. What was seen stays in sight."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self._leave()

    @Slot(object)
    def _on_arrival(self, arrival: Arrival) -> None:
        if self.sender() is not self._job:
            return
        if arrival.kind is ArrivalKind.TEST_FILE:
            self.test_file = arrival.key
        detail = arrival_text(arrival)
        when = f"{arrival.stored:%Y-%m-%d %H:%M:%S} UTC"
        result = f"{'There before, stored' if arrival.before else 'Arrived'} {when}"
        waited = None if arrival.before else arrival.waited
        # The last batch that was there before says that delivery worked once; the first one is waited for all the same.
        state = StepState.WARNING if arrival.before and arrival.kind is not ArrivalKind.TEST_FILE else StepState.OK
        hint = "Delivery worked before; a new batch is waited for." if state is StepState.WARNING else ""
        self.steps.update_step(Step(arrival.kind.value, _TITLES[arrival.kind], state, result, hint, detail, waited))
        if not arrival.before:
            self.banner.say("ok", visible_text(detail))
            self.news.emit(visible_text(detail))
        self._show()

    @Slot(object)
    def _on_complete(self, result: WaitResult) -> None:
        if self.sender() is self._job:
            self._job = None
            self.banner.say("ok", "Delivery works", f"{batches_text(result)}.")
            self._end()

    @Slot(object)
    def _on_failed(self, error: OdographError) -> None:
        if self.sender() is self._job:
            self._job, self.error = None, error
            self.banner.say_error(error)
            self._end()
            self.failed.emit(error)

    @Slot()
    def _on_cancelled(self) -> None:
        if self.sender() is self._job:  # cancelled in the list of jobs
            self._job = None
            self._leave()

    def _leave(self) -> None:
        self.banner.say("info", "Nothing is waited for any more", "What the platform delivers arrives all the same.")
        self._end()

    def _end(self) -> None:
        for step in self.steps.steps:
            if not step.state.over:
                self.steps.update_step(Step(step.id, step.title, StepState.SKIPPED, "Not seen"))
        self._show()
        self.changed.emit()

    @Slot()
    def _on_again(self) -> None:
        if self.running:
            self.stop()
        elif self._connection is not None:
            self.start(self._connection)

    def _show(self) -> None:
        self.again.setText("&Stop waiting" if self.running else "&Wait again")
        self.delete.setVisible(bool(self.test_file) and self._deleting is None)

    # The test file

    @Slot()
    def _ask_to_delete(self) -> None:
        key = f"s3://{self.bucket}/{visible_text(self.test_file)}"
        more = f"{key}\n\nThe platform stored it to try the delivery. No batch is touched."
        icon, title = QMessageBox.Icon.Question, "Delete the test file"
        box = plain_box(icon, title, "Delete this object from the bucket?", more, self)
        delete = box.addButton("&Delete", QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.buttonClicked.connect(lambda button: self.delete_test_file() if button is delete else None)
        box.open()

    def delete_test_file(self) -> None:
        """Delete the test file in a job. Nothing else can be deleted by it."""
        if self._connection is None or not self.test_file or self._deleting is not None:
            return
        work = partial(_delete, self.bucket, self.test_file, self._connection.options)
        job = self._jobs.submit(f"Deleting the test file of {self.bucket}", work)
        job.succeeded.connect(self._on_deleted)
        job.failed.connect(self._on_not_deleted)
        job.finished.connect(self._on_delete_ended)
        self._deleting = job
        self._show()

    @Slot(object)
    def _on_deleted(self, deleted: Stored) -> None:
        self.test_file = ""
        kind = ArrivalKind.TEST_FILE
        self.steps.update_step(Step(kind.value, _TITLES[kind], StepState.OK, "Deleted", detail=deleted.key))
        self.banner.say("ok", f"The test file is deleted: {visible_text(deleted.key)}")

    @Slot(object)
    def _on_not_deleted(self, error: OdographError) -> None:
        self.banner.say_error(error)

    @Slot()
    def _on_delete_ended(self) -> None:
        self._deleting = None
        self._show()


def _waiting(kind: ArrivalKind) -> Step:
    return Step(kind.value, _TITLES[kind], StepState.RUNNING, "Not there yet", _HINTS[kind])
