"""Shows a test of a connection step by step, what to do about what fails, and what would work instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.connections import Addressing
from core.errors import OdographError, SignInNeeded
from core.steps import Step, StepState
from core.storage.probe_report import first_steps
from gui import theme
from gui.models.texts import visible_text
from gui.views.step_list import StepList

if TYPE_CHECKING:
    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.probe_report import ConnectionReport
    from gui.job_runner import Job, JobRunner

_ICON = 18


def _probe(address: str, options: S3Options, ctx: JobContext) -> ConnectionReport:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.probe import probe_connection

    return probe_connection(address, options, ctx)


class ConnectionTest(QFrame):
    """The steps of a test and what came of it. Hidden until one is started.

    Signals:
        finished(bool ok): the test has ended; whether the source can be browsed. Not after stop().
        suggested(S3Options): a person wants to go on with these options, which would work.
        sign_in_wanted(str profile): a person wants to sign in, which the test found to be necessary.

    Args:
        jobs: runs the test.
    """

    finished = Signal(bool)
    suggested = Signal(object)
    sign_in_wanted = Signal(str)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._severity = "info"
        self._tested: S3Options | None = None
        self.report: ConnectionReport | None = None
        self.setObjectName("connectionTest")
        self._icon = QLabel()
        self._summary = QLabel()
        self._summary.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setWordWrap(True)
        self._summary.setFont(theme.scaled_font(1, bold=True))
        self.remedy = QPushButton()
        self.remedy.setAutoDefault(False)
        self.remedy.clicked.connect(self._on_remedy)
        self._copy = QToolButton()
        self._copy.setIcon(theme.icon("copy"))
        self._copy.setToolTip("Copy the report of the test")
        self._copy.setAccessibleName("Copy the report")
        self.steps = StepList("Steps of the test")
        self._copy.clicked.connect(self.steps.copy)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 6, 0)
        head.setSpacing(10)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._summary, 1)
        head.addWidget(self.remedy, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 8, 4, 6)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.steps)
        self.hide()
        theme.notifier.theme_changed.connect(self._paint)

    @property
    def running(self) -> bool:
        """Whether a test is under way."""
        return self._job is not None

    @property
    def summary(self) -> str:
        """What came of it, in one line."""
        return self._summary.text()

    def start(self, address: str, options: S3Options) -> None:
        """Begin a test, in place of one that is under way.

        Args:
            address: ``s3://bucket/prefix`` or a folder.
            options: how a bucket is reached.
        """
        self.stop()
        self.report, self._tested = None, options
        self.steps.set_steps(first_steps(address))
        self._say("info", "Testing the connection…")
        self.show()
        job = self._jobs.submit("Testing the connection", lambda ctx: _probe(address, options, ctx))
        job.partial.connect(self._on_step)
        job.succeeded.connect(self._on_report)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job

    def stop(self) -> None:
        """End the test, if one is under way. What was found stays in sight."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self._leave()

    def clear(self) -> None:
        """End the test and show nothing."""
        self.stop()
        self.report = None
        self.hide()

    @Slot(object)
    def _on_step(self, step: Step) -> None:
        if self.sender() is self._job:
            self.steps.update_step(step)

    @Slot(object)
    def _on_report(self, report: ConnectionReport) -> None:
        if self.sender() is not self._job:
            return
        self._job, self.report = None, report
        self.steps.set_steps(report.steps)
        if report.error is not None:
            self._say("error", f"It does not work: {_lower(report.error.title)}")
        else:
            listed = next(step.result for step in report.steps if step.id == "list")
            warned = any(step.state is StepState.WARNING for step in report.steps)
            self._say("warning" if warned else "ok", f"It works: {_lower(listed)}")
        self._offer(report)
        self.finished.emit(report.browsable)

    @Slot(object)
    def _on_failed(self, error: OdographError) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        self._leave()
        hint = f". {error.hint}" if error.hint else ""
        self._say("error", f"{error.title}: {error.subject}{hint}" if error.subject else f"{error.title}{hint}")
        self.finished.emit(False)

    @Slot()
    def _on_cancelled(self) -> None:
        if self.sender() is self._job:  # cancelled in the list of jobs
            self._job = None
            self._leave()
            self.finished.emit(False)

    def _leave(self) -> None:
        """Say of what was not done that it was not."""
        for step in self.steps.steps:
            if not step.state.over:
                self.steps.update_step(replace(step, state=StepState.SKIPPED))
        self._say("info", "The test was stopped")

    def _offer(self, report: ConnectionReport) -> None:
        text = ""
        if isinstance(report.error, SignInNeeded):
            text = "Sign in"
        elif report.better is not None and self._tested is not None:
            text = _difference(self._tested, report.better)
        self.remedy.setText(text)
        self.remedy.setVisible(bool(text))

    @Slot()
    def _on_remedy(self) -> None:
        if self.report is None:
            return
        if isinstance(self.report.error, SignInNeeded):
            self.sign_in_wanted.emit(self.report.error.profile)
        elif self.report.better is not None:
            self.suggested.emit(self.report.better)

    def _say(self, severity: str, text: str) -> None:
        self._severity = severity
        self._summary.setText(visible_text(text))
        self.setAccessibleName(text)
        self.remedy.hide()
        self._copy.setVisible(self.report is not None)
        self._paint()

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        strong = getattr(colors, self._severity)
        self._icon.setPixmap(theme.icon(self._severity, self._severity).pixmap(QSize(_ICON, _ICON)))
        self.setStyleSheet(
            f"#connectionTest {{ background: {colors.surface}; border: 1px solid {colors.border};"
            f" border-left: 3px solid {strong}; border-radius: 4px; }}"
        )


def _difference(tried: S3Options, better: S3Options) -> str:
    """What a button says that takes the better options."""
    if better.region != tried.region:
        return f"Use {better.region}"
    if better.endpoint_url != tried.endpoint_url:
        return f"Use {better.endpoint_url.partition(':')[0]}"
    return "Put the bucket in the path" if better.addressing is Addressing.PATH else "Put the bucket in the host"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
