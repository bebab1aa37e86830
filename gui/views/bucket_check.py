"""The page that tells whether delivery into a bucket can work: what is well, what is not, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.errors import OdographError, SignInNeeded
from core.settings import write_whole
from core.steps import Step, StepState
from core.storage.addresses import bucket_and_prefix, reach_bucket
from core.storage.setup.findings import (
    TOPIC_TITLES,
    VERDICTS,
    BucketReport,
    Finding,
    FindingLevel,
    Topic,
    report_json,
    report_text,
    request_text,
)
from gui import theme
from gui.models.texts import plural, visible_text
from gui.views.page_parts import Banner, push_button, text_label
from gui.views.saving import ask_for_file
from gui.views.step_list import StepList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.connections import Connection
    from core.jobs import JobContext
    from gui.job_runner import Job, JobRunner

_WIDTH = 980
_STATES = {
    FindingLevel.OK: StepState.OK,
    FindingLevel.WARNING: StepState.WARNING,
    FindingLevel.PROBLEM: StepState.FAILED,
    FindingLevel.UNKNOWN: StepState.SKIPPED,
}
# The groups of a finished check, the most urgent one first.
_GROUPS = (
    (FindingLevel.PROBLEM, "Problems"),
    (FindingLevel.WARNING, "Worth a look"),
    (FindingLevel.UNKNOWN, "Cannot be read with these credentials"),
    (FindingLevel.OK, "As it should be"),
)
_SEVERITIES = {True: "ok", False: "error", None: "warning"}


def _check(connection: Connection, ctx: JobContext) -> BucketReport:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.sessions import open_session
    from core.storage.setup.check import check_bucket

    # An address may name the server, which has other buckets of the same names than AWS.
    found = reach_bucket(connection.address, connection.options)
    name, prefix = bucket_and_prefix(found.address)
    return check_bucket(name, prefix, open_session(found.options, ctx), ctx)


class BucketCheckPage(QWidget):
    """Looks at a bucket in a job and shows what it finds. Changes nothing in the bucket.

    Signals:
        closed(): a person is done with the page.
        setup_wanted(Connection): a person wants to set this bucket up.
        sign_in_wanted(str profile): a person wants to sign in, which the check found to be necessary.
        failed(OdographError): the report could not be saved.

    Args:
        jobs: runs the check.
    """

    closed = Signal()
    setup_wanted = Signal(object)
    sign_in_wanted = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._connection: Connection | None = None
        self._error: OdographError | None = None
        self.report: BucketReport | None = None
        self.setObjectName("bucketCheck")
        self.setAccessibleName("Check of a bucket")
        self._title = text_label("", factor=1.5, bold=True)
        self._place = text_label("", role="muted")
        self._build_verdict()
        self._build_buttons()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setMaximumHeight(4)
        self.groups: dict[FindingLevel | None, StepList] = {}
        self._headings: dict[FindingLevel | None, QLabel] = {}
        findings = QVBoxLayout()
        findings.setSpacing(6)
        for level, heading in ((None, "Looking at the bucket"), *_GROUPS):
            self._headings[level] = text_label(heading, bold=True)
            # The page scrolls as a whole.
            self.groups[level] = StepList(heading, most_height=1 << 20)
            findings.addWidget(self._headings[level])
            findings.addWidget(self.groups[level])
            findings.addSpacing(10)
        self._build_request()
        inside = QWidget()
        inside.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._place)
        column.addLayout(self._buttons)
        column.addWidget(self._progress)
        column.addWidget(self._verdict)
        column.addSpacing(4)
        column.addLayout(findings)
        column.addWidget(self._request)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(inside, 20)
        line.addStretch(1)
        area.setWidget(holder)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self._close)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        theme.notifier.theme_changed.connect(self._paint)
        self._show()

    # Building

    def _build_verdict(self) -> None:
        self._verdict = Banner()
        self.sign_in = push_button("Sign &in…", "Sign in to the company's single sign-on, then check again")
        self.sign_in.clicked.connect(self._on_sign_in)
        self.set_up = push_button(
            "Set this bucket &up…", "Plan what is missing; nothing is done before you have seen it"
        )
        self.set_up.clicked.connect(self._on_set_up)
        self._verdict.add_button(self.sign_in)
        self._verdict.add_button(self.set_up)

    def _build_buttons(self) -> None:
        self.again = push_button("Check &again", "Look at everything once more")
        self.again.clicked.connect(self._on_again)
        self.copy = push_button("&Copy as text", "Copy the whole report")
        self.copy.clicked.connect(self._copy_report)
        self.save = push_button("&Save as JSON…", "Save the report for programs")
        self.save.clicked.connect(self._ask_for_file)
        self.close_button = push_button("C&lose", "Go back (Esc)")
        self.close_button.clicked.connect(self._close)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        for button in (self.again, self.copy, self.save):
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self.close_button)

    def _build_request(self) -> None:
        self._request = QFrame()
        self._request.setObjectName("request")
        self._lacking = text_label("", selectable=True)
        self._lacking.setFont(theme.mono_font())
        self.copy_request = push_button(
            "Copy for an &administrator", "Copy what lacks, with a policy that grants exactly this"
        )
        self.copy_request.clicked.connect(self._copy_permissions)
        column = QVBoxLayout(self._request)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        column.addWidget(text_label("Permissions that would show the rest", bold=True))
        column.addWidget(self._lacking)
        column.addWidget(self.copy_request, 0, Qt.AlignmentFlag.AlignLeft)

    # Checking

    @property
    def running(self) -> bool:
        """Whether a check is under way."""
        return self._job is not None

    @property
    def verdict(self) -> str:
        """What the page says in one sentence."""
        return self._verdict.words

    def start(self, connection: Connection) -> None:
        """Look at the bucket of a connection, in place of one that is being looked at."""
        self.stop()
        self._connection, self.report, self._error = connection, None, None
        self.groups[None].set_steps([Step(topic.value, TOPIC_TITLES[topic]) for topic in Topic])
        job = self._jobs.submit(f"Checking {connection.address}", lambda ctx: _check(connection, ctx))
        job.progressed.connect(self._on_progress)
        job.partial.connect(self._on_finding)
        job.succeeded.connect(self._on_report)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job
        self._show()

    def stop(self) -> None:
        """End the check, if one is under way."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self._show()

    @Slot(object, object, str)
    def _on_progress(self, done: int, total: int | None, _text: str) -> None:
        if self.sender() is self._job:
            self._progress.setRange(0, total or 0)
            self._progress.setValue(done)

    @Slot(object)
    def _on_finding(self, finding: Finding) -> None:
        if self.sender() is self._job:
            steps = self.groups[None]
            known = {step.id for step in steps.steps if step.state is not StepState.WAITING}
            steps.update_step(_step(finding, known))

    @Slot(object)
    def _on_report(self, report: BucketReport) -> None:
        if self.sender() is self._job:
            self._job, self.report = None, report
            self._show()

    @Slot(object)
    def _on_failed(self, error: OdographError) -> None:
        if self.sender() is self._job:
            self._job, self._error = None, error
            self._show()

    @Slot()
    def _on_cancelled(self) -> None:
        if self.sender() is self._job:  # cancelled in the list of jobs
            self._job = None
            self._show()

    # Showing

    def _show(self) -> None:
        report, connection = self.report, self._connection
        self._title.setText("Check of the bucket")
        place = report.address if report is not None else connection.address if connection is not None else ""
        if report is not None:
            place += f"  ·  {report.region or 'region unknown'}  ·  checked {report.checked:%Y-%m-%d %H:%M} UTC"
        self._place.setText(visible_text(place))
        self._progress.setVisible(self.running)
        if self.running:
            self._progress.setRange(0, 0)
        self._tell()
        for level, steps in self.groups.items():
            if report is not None:
                steps.set_steps(_steps(report.of(level)) if level is not None else ())
            elif level is not None or not self.running:
                steps.clear()
            for widget in (self._headings[level], steps):
                widget.setVisible(bool(steps.steps))
        self._request.setVisible(report is not None and bool(report.missing))
        self._lacking.setText("\n".join(map(str, report.missing)) if report is not None else "")
        for button in (self.copy, self.save):
            button.setEnabled(report is not None)
        self.again.setText("S&top" if self.running else "Check &again")
        self._paint()

    def _tell(self) -> None:
        report, error, verdict = self.report, self._error, self._verdict
        self.set_up.setVisible(report is not None and report.can_deliver is False)
        self.sign_in.setVisible(isinstance(error, SignInNeeded))
        if report is not None:
            verdict.say(_SEVERITIES[report.can_deliver], VERDICTS[report.can_deliver], _counts(report))
        elif error is not None:
            verdict.say_error(error)
        elif self.running:
            verdict.say("info", "Looking at the bucket…", "Nothing in it is changed.")
        else:
            verdict.say("info", "The check was stopped")

    @Slot()
    def _paint(self) -> None:
        colors = theme.colors()
        self._request.setStyleSheet(
            f"#request {{ background: {colors.surface}; border: 1px solid {colors.border}; border-radius: 4px; }}"
        )

    # What a person does

    @Slot()
    def check_again(self) -> None:
        """Look at the same bucket once more."""
        if self._connection is not None:
            self.start(self._connection)

    @Slot()
    def _on_again(self) -> None:
        if self.running:
            self.stop()
        else:
            self.check_again()

    @Slot()
    def _on_sign_in(self) -> None:
        if isinstance(self._error, SignInNeeded):
            self.sign_in_wanted.emit(self._error.profile)

    @Slot()
    def _on_set_up(self) -> None:
        self.setup_wanted.emit(self._connection)

    @Slot()
    def _copy_report(self) -> None:
        if self.report is not None:
            QGuiApplication.clipboard().setText(report_text(self.report))

    @Slot()
    def _copy_permissions(self) -> None:
        if self.report is not None:
            QGuiApplication.clipboard().setText(request_text(self.report))

    @Slot()
    def _ask_for_file(self) -> None:
        if self.report is None:
            return
        bucket = bucket_and_prefix(self.report.address)[0]
        file = ask_for_file(self, "Save the report", f"{bucket} check.json", "JSON (*.json)", ".json")
        if file is not None:
            self.save_report(str(file))

    def save_report(self, file: str) -> None:
        """Write the report as JSON; what hinders it is told by the signal."""
        if self.report is None:
            return
        try:
            text = json.dumps(report_json(self.report), ensure_ascii=False, indent=2)
            write_whole(Path(file), f"{text}\n", "The report")
        except OdographError as error:
            self.failed.emit(error)

    @Slot()
    def _close(self) -> None:
        self.stop()
        self.closed.emit()


def _steps(findings: Iterable[Finding]) -> list[Step]:
    steps: list[Step] = []
    for finding in findings:
        steps.append(_step(finding, {step.id for step in steps}))
    return steps


def _step(finding: Finding, known: set[str]) -> Step:
    """A finding as a row; of several findings of one topic each has an id of its own."""
    number = 1
    while (id := finding.topic.value if number == 1 else f"{finding.topic.value} {number}") in known:
        number += 1
    hint = "\n".join(text for text in (*finding.details, finding.meaning, finding.advice) if text)
    return Step(id, TOPIC_TITLES[finding.topic], _STATES[finding.level], finding.title, hint)


def _counts(report: BucketReport) -> str:
    parts = [
        plural(len(report.of(level)), one, many)
        for level, one, many in (
            (FindingLevel.PROBLEM, "problem", "problems"),
            (FindingLevel.WARNING, "thing worth a look", "things worth a look"),
            (FindingLevel.UNKNOWN, "thing that cannot be read", "things that cannot be read"),
        )
        if report.of(level)
    ]
    return ", ".join(parts) or "Everything that was looked at is as it should be."
