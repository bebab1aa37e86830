"""The page on which a plan is carried out, step by step."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.errors import AccessDenied, OdographError, SignInNeeded
from core.steps import Step, StepState
from core.storage.setup.carrying_out import Outcome, SetupResult, StepOutcome, carry_out
from core.storage.setup.plan import StepKind
from core.storage.setup.policies import pretty
from gui.views.page_parts import Banner
from gui.views.step_list import StepList

if TYPE_CHECKING:
    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.setup.plan import SetupPlan
    from gui.job_runner import Job, JobRunner

_STATES = {
    Outcome.WAITING: StepState.WAITING,
    Outcome.RUNNING: StepState.RUNNING,
    Outcome.OK: StepState.OK,
    Outcome.SKIPPED: StepState.SKIPPED,
    Outcome.FAILED: StepState.FAILED,
}
_UNDER_WAY = "The step that was under way may have been done all the same."
_AGAIN = "What is done stays. Go back to look at a new plan; what is done already is left out of it."


def _carry_out(plan: SetupPlan, options: S3Options, ctx: JobContext) -> SetupResult:
    # Importing the AWS packages takes a quarter of a second, which the window must not wait for.
    from core.storage.sessions import open_session

    return carry_out(plan, open_session(options, ctx), ctx)


class RunPage(QWidget):
    """Carries a plan out in a job and reports each step.

    Signals:
        changed(): it has begun or ended.

    Attributes:
        done: whether everything of the plan was done.
        error: why it was not; None while that is not known.
        refused_policy: the policy that the credentials may not put, laid out as JSON; empty where that is not so.
    """

    changed = Signal()

    def __init__(self, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._job: Job | None = None
        self._bucket = ""
        self.done = False
        self.refused_policy = ""
        self.error: OdographError | None = None
        self.banner = Banner()
        self.steps = StepList("Steps of setting the bucket up")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(self.steps)
        layout.addStretch(1)

    @property
    def bucket(self) -> str:
        """The name of the bucket; empty before the first time."""
        return self._bucket

    @property
    def running(self) -> bool:
        """Whether the plan is being carried out."""
        return self._job is not None

    @property
    def profile(self) -> str | None:
        """The profile to sign in with, where that hindered it; else None."""
        return self.error.profile if isinstance(self.error, SignInNeeded) else None

    def start(self, plan: SetupPlan, options: S3Options) -> None:
        """Carry a plan out."""
        self.stop()
        self._bucket, self.done, self.error, self.refused_policy = plan.request.bucket, False, None, ""
        self.steps.set_steps([_step(StepOutcome(step, Outcome.WAITING)) for step in plan.steps])
        self.banner.say("info", f"Setting up the bucket {self._bucket}…", "Stopping leaves what is done as it is.")
        job = self._jobs.submit(f"Setting up {self._bucket}", partial(_carry_out, plan, options))
        job.partial.connect(self._on_outcome)
        job.succeeded.connect(self._on_result)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._job = job
        self.changed.emit()

    def stop(self) -> None:
        """End it after the step that is under way."""
        if self._job is not None:
            self._job.cancel()

    def show_nothing_to_do(self, plan: SetupPlan) -> None:
        """Show a plan whose steps were all done before."""
        self._bucket, self.done, self.error, self.refused_policy = plan.request.bucket, True, None, ""
        self.steps.set_steps([_step(StepOutcome(step, Outcome.SKIPPED, step.reason)) for step in plan.steps])
        self.banner.say("ok", f"The bucket {self._bucket} was set up already")

    @Slot(object)
    def _on_outcome(self, outcome: StepOutcome) -> None:
        if self.sender() is self._job:
            self.steps.update_step(_step(outcome))

    @Slot(object)
    def _on_result(self, result: SetupResult) -> None:
        if self.sender() is not self._job:
            return
        self._job, self.error = None, result.error
        self.done = result.error is None
        self.steps.set_steps([_step(outcome) for outcome in result.outcomes])
        if result.error is None:
            self.banner.say(
                "ok", f"The bucket {self._bucket} is set up", "The platform can be told to deliver into it."
            )
        else:
            failed = next((each.step for each in result.outcomes if each.outcome is Outcome.FAILED), None)
            if failed is not None and failed.kind is StepKind.POLICY and isinstance(result.error, AccessDenied):
                self.refused_policy = pretty(json.loads(failed.request["Policy"]))
            self._say_failed(result.error)
        self.changed.emit()

    @Slot(object)
    def _on_failed(self, error: OdographError) -> None:
        if self.sender() is self._job:
            self._job, self.error = None, error
            self._say_failed(error)
            self.changed.emit()

    def _say_failed(self, error: OdographError) -> None:
        done = sum(step.state is StepState.OK for step in self.steps.steps)
        some = f"{done} of {len(self.steps.steps)} steps were done. {_AGAIN}" if done else "Nothing was changed."
        title = f"{error.title}: {error.subject}" if error.subject else error.title
        self.banner.say("error", title, f"{error.hint}\n{some}".strip(), error.report())

    @Slot()
    def _on_cancelled(self) -> None:
        if self.sender() is self._job:
            self._job = None
            begun = any(step.state in (StepState.OK, StepState.RUNNING) for step in self.steps.steps)
            done = sum(step.state is StepState.OK for step in self.steps.steps)
            far = f"{done} of {len(self.steps.steps)} steps were done. {_UNDER_WAY} {_AGAIN}"
            self.banner.say("warning", "It was stopped", far if begun else "Nothing was changed.")
            self.changed.emit()


def _step(outcome: StepOutcome) -> Step:
    error = outcome.error
    return Step(
        outcome.step.kind.value,
        outcome.step.title,
        _STATES[outcome.outcome],
        outcome.text,
        error.hint if error is not None else "",
        error.report() if error is not None else "",
        outcome.seconds if outcome.outcome in (Outcome.OK, Outcome.FAILED) else None,
    )
