"""Carries a plan out, step by step, telling of each; safe to repeat, and stops at the first that fails."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from core.errors import OdographError
from core.storage.setup.asking import Bucket
from core.storage.setup.faults import AlreadyOwned, PermissionMissing
from core.storage.setup.plan import NO_POLICY, StepKind, StepState

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from core.storage.setup.plan import PlanStep, SetupPlan


_OWN_ALREADY = "It was there already, and it is yours."


class Outcome(StrEnum):
    """What became of a step."""

    WAITING = "waiting"
    RUNNING = "running"
    OK = "ok"
    SKIPPED = "skipped"
    """It was so already."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What became of a step, so far.

    Attributes:
        step: the plan's.
        outcome: what became of it.
        text: in words, one sentence; may be empty.
        seconds: how long it took.
        error: why it failed.
    """

    step: PlanStep
    outcome: Outcome
    text: str = ""
    seconds: float = 0.0
    error: OdographError | None = None


@dataclass(frozen=True, slots=True)
class SetupResult:
    """What became of a plan.

    Attributes:
        plan: the plan.
        outcomes: of each step, in their order.
    """

    plan: SetupPlan
    outcomes: tuple[StepOutcome, ...]

    @property
    def error(self) -> OdographError | None:
        """Why it stopped, or None where everything is done."""
        return next((item.error for item in self.outcomes if item.error is not None), None)

    def of(self, outcome: Outcome) -> tuple[StepOutcome, ...]:
        """The steps that became this."""
        return tuple(item for item in self.outcomes if item.outcome is outcome)


class PlanOutdated(OdographError):
    """What the plan was made for has changed since; nothing of it may be overwritten unseen."""


def carry_out(
    plan: SetupPlan, session: AwsSession, ctx: JobContext, tell: Callable[[StepOutcome], None] | None = None
) -> SetupResult:
    """Do what a plan says.

    Args:
        plan: from :func:`core.storage.setup.plan.make_plan`.
        session: the same as the plan was made with.
        ctx: to cancel with, between two steps; gets each outcome as a partial result, too.
        tell: is told each outcome as it comes, in this thread: running, then ok, skipped or failed.

    Returns:
        What became of each step. A step that fails ends it; those behind it are waiting then.

    Raises:
        OdographError: the plan has a step that cannot be done; nothing was done.
        JobCancelled: what was told as done is done.
    """
    if plan.blocked:
        first = plan.blocked[0]
        raise OdographError("The plan cannot be carried out", subject=f"s3://{plan.request.bucket}", hint=first.reason)
    bucket = Bucket(session, plan.request.bucket, plan.region, ctx)
    outcomes = [StepOutcome(step, Outcome.WAITING) for step in plan.steps]

    def became(place: int, outcome: StepOutcome) -> None:
        outcomes[place] = outcome
        ctx.partial(outcome)
        if tell is not None:
            tell(outcome)

    created = False
    for place, step in enumerate(plan.steps):
        ctx.check()
        ctx.progress(place, len(plan.steps), step.title)
        if not step.to_do:
            became(place, StepOutcome(step, Outcome.SKIPPED, step.reason))
            continue
        became(place, StepOutcome(step, Outcome.RUNNING))
        begun = time.monotonic()
        try:
            text = _do(step, bucket, created)
        except OdographError as error:
            became(place, StepOutcome(step, Outcome.FAILED, error.title, time.monotonic() - begun, error))
            break
        # Where it was not known to be missing, the answer does not tell: some servers say the same to one's own bucket.
        created = created or (step.kind is StepKind.CREATE and step.state is StepState.NEEDED and text != _OWN_ALREADY)
        became(place, StepOutcome(step, Outcome.OK, text, time.monotonic() - begun))
    ctx.progress(len(plan.steps), len(plan.steps), "")
    return SetupResult(plan, tuple(outcomes))


def _do(step: PlanStep, bucket: Bucket, created: bool) -> str:
    request = {name: value for name, value in step.request.items() if name != "Bucket"}
    if step.kind is StepKind.CREATE:
        try:
            bucket.ask("CreateBucket", request)
        except AlreadyOwned:
            return _OWN_ALREADY
        return "Created."
    if step.kind is StepKind.POLICY:
        _refuse_unseen(step, bucket, created)
    bucket.ask(step.operation, request)
    return "Done."


def _refuse_unseen(step: PlanStep, bucket: Bucket, created: bool) -> None:
    """Make sure that the policy that is replaced is the one that the plan was made for."""
    try:
        answer = bucket.ask("GetBucketPolicy", absent=NO_POLICY)
    except PermissionMissing:
        if created:  # a new bucket has none
            return
        raise
    now = str((answer or {}).get("Policy", ""))
    if not _same(now, step.before):
        raise PlanOutdated(
            "The bucket's policy has changed since the plan was made",
            subject=f"s3://{bucket.name}",
            hint="Nothing of it was overwritten. Make the plan again and look at the new difference.",
        )


def _same(first: str, second: str) -> bool:
    try:
        return first == second or json.loads(first) == json.loads(second)
    except ValueError:
        return False
