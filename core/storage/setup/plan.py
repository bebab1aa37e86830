"""What setting a bucket up takes: a plan of steps with the exact requests, and what of it is there already.

Making a plan changes nothing. :mod:`core.storage.setup.carrying_out` does what it says.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.errors import OdographError
from core.storage.setup.asking import Bucket, find_bucket
from core.storage.setup.encryption import default_encryption, kms_note
from core.storage.setup.faults import NotOffered, Permission, PermissionMissing, permission_of
from core.storage.setup.merging import Merged, merge
from core.storage.setup.names import check_name
from core.storage.setup.policies import Delivery, check_principal, pretty
from core.storage.setup.reading import read_policy
from core.storage.setup.regions import DELIVERY_REGION, FIRST_REGION, check_region, location_of, not_delivered_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from core.storage.setup.asking import Whereabouts

PUBLIC_ACCESS_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
NO_POLICY = "NoSuchBucketPolicy"
NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"


class StepKind(StrEnum):
    """The steps there are, in their order."""

    CREATE = "create"
    PUBLIC_ACCESS = "public-access"
    ENCRYPTION = "encryption"
    POLICY = "policy"


class StepState(StrEnum):
    """Whether a step has to be done."""

    NEEDED = "needed"
    DONE = "done"
    """It is so already."""
    UNKNOWN = "unknown"
    """Whether it is so cannot be read; it is done, which harms nothing where it was."""
    LEFT_OUT = "left-out"
    """Whether it is so cannot be read, and doing it could undo what is there; it is left as it is."""
    NOT_OFFERED = "not-offered"
    """The server knows no such thing, as some that are not AWS do not; it is left out."""
    BLOCKED = "blocked"
    """It cannot be done; the plan is not carried out."""


@dataclass(frozen=True, slots=True)
class SetupRequest:
    """What is asked for.

    Attributes:
        bucket: the bucket's name.
        delivery: whose principal may deliver.
        region: where the bucket shall lie, or lies.
        any_region: a region that the platform does not deliver to is meant.
        principal: another principal than the platform's, as an ARN; empty for the platform's.
        kinds: the steps that are wanted.

    Raises:
        UsageError: the principal is no role, user or account, and so may be everyone.
    """

    bucket: str
    delivery: Delivery = Delivery.SANDBOX
    region: str = DELIVERY_REGION
    any_region: bool = False
    principal: str = ""
    kinds: tuple[StepKind, ...] = tuple(StepKind)

    def __post_init__(self) -> None:
        check_principal(self.principal)

    @property
    def who(self) -> str:
        """The ARN of who shall be allowed to deliver."""
        return self.principal or self.delivery.principal


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan.

    Attributes:
        kind: which.
        title: what is done, as a command without a full stop: ``Create the bucket``.
        operation: as AWS names it.
        request: exactly what is sent.
        state: whether it has to be done.
        reason: why it is in this state, one or two sentences; may be empty.
        permission: what the credentials need for it.
        notes: what else should be known, sentences.
        diff: of a policy: what changes, as a unified diff; empty where nothing is there to compare with.
        lacking: the permission to read whether it has to be done, where it lacks.
        before: of a policy: the text that was there when the plan was made.
    """

    kind: StepKind
    title: str
    operation: str
    request: Mapping[str, Any]
    state: StepState
    reason: str
    permission: Permission
    notes: tuple[str, ...] = ()
    diff: str = ""
    lacking: Permission | None = None
    before: str = field(default="", repr=False)

    @property
    def to_do(self) -> bool:
        """Whether carrying the plan out sends its request."""
        return self.state in (StepState.NEEDED, StepState.UNKNOWN)

    @property
    def request_text(self) -> str:
        """The request as people read it: JSON, with a policy laid out in it."""
        return pretty(
            {name: json.loads(value) if name == "Policy" and value else value for name, value in self.request.items()}
        )


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """What setting a bucket up takes.

    Attributes:
        request: what was asked for.
        region: where the bucket lies or will lie.
        steps: in the order in which they are done.
    """

    request: SetupRequest
    region: str
    steps: tuple[PlanStep, ...]

    @property
    def to_do(self) -> tuple[PlanStep, ...]:
        """The steps whose requests will be sent."""
        return tuple(step for step in self.steps if step.to_do)

    @property
    def blocked(self) -> tuple[PlanStep, ...]:
        """The steps that cannot be done. A plan with any is not carried out."""
        return tuple(step for step in self.steps if step.state is StepState.BLOCKED)


def make_plan(request: SetupRequest, session: AwsSession, ctx: JobContext) -> SetupPlan:
    """Look at what is there and plan the rest. Changes nothing.

    Args:
        request: what is asked for.
        session: credentials and server, see :func:`core.storage.sessions.open_session`.
        ctx: to cancel with; is told which step is looked at.

    Raises:
        UsageError: the name or the region makes no sense.
        WrongRegion: the platform does not deliver into the region, or into that of the bucket that is there.
        SourceNotFound: creating the bucket was not asked for, and it is not there.
        SourceError: the server cannot be reached, or does not accept the credentials.
        JobCancelled.
    """
    check_name(request.bucket, new=StepKind.CREATE in request.kinds)
    check_region(request.region, any_region=request.any_region)
    ctx.progress(0, len(request.kinds), "Looking for the bucket")
    found = find_bucket(session, request.bucket, ctx, request.region)
    region = request.region
    if found.exists and found.region != region and not request.any_region:
        raise not_delivered_to(found.region, f"s3://{request.bucket}")
    if found.region and request.any_region:
        region = found.region
    bucket = Bucket(session, request.bucket, region, ctx)
    if found.exists is False and StepKind.CREATE not in request.kinds:
        bucket.ask("ListObjectsV2", {"MaxKeys": 1})  # whose error says that it is not there
    steps: list[PlanStep] = []
    for kind in StepKind:
        if kind in request.kinds:
            ctx.progress(len(steps), len(request.kinds), TITLES[kind])
            steps.append(_STEPS[kind](request, bucket, found))
    ctx.progress(len(steps), len(request.kinds), "")
    return SetupPlan(request, region, tuple(steps))


TITLES = {
    StepKind.CREATE: "Create the bucket",
    StepKind.PUBLIC_ACCESS: "Block public access on all four counts",
    StepKind.ENCRYPTION: "Encrypt objects by default",
    StepKind.POLICY: "Allow delivery in the bucket's policy",
}


def _step(
    kind: StepKind, operation: str, request: Mapping[str, Any], state: StepState, reason: str, **more: Any
) -> PlanStep:
    permission = permission_of(operation, str(request["Bucket"]))
    return PlanStep(kind, TITLES[kind], operation, request, state, reason, permission, **more)


def _create(request: SetupRequest, bucket: Bucket, found: Whereabouts) -> PlanStep:
    sent: dict[str, Any] = {"Bucket": request.bucket}
    location = location_of(bucket.region)
    if location is not None:
        sent["CreateBucketConfiguration"] = location
    if found.exists:
        return _step(StepKind.CREATE, "CreateBucket", sent, StepState.DONE, f"It is there, in {found.region}.")
    if found.exists is None:
        reason = (
            "A bucket of this name exists, but it cannot be looked into: either it is somebody else's, or the "
            "credentials may not list it."
        )
        lacking = found.lacking.permission if found.lacking is not None else None
        if bucket.region == FIRST_REGION:
            reason += f" It is not created: in {FIRST_REGION} that resets the access lists of a bucket of one's own."
            return _step(StepKind.CREATE, "CreateBucket", sent, StepState.LEFT_OUT, reason, lacking=lacking)
        reason += " Creating it shows which."
        return _step(StepKind.CREATE, "CreateBucket", sent, StepState.UNKNOWN, reason, lacking=lacking)
    notes = () if request.region == DELIVERY_REGION else (f"The platform delivers only into {DELIVERY_REGION}.",)
    return _step(
        StepKind.CREATE, "CreateBucket", sent, StepState.NEEDED, f"It will lie in {bucket.region}.", notes=notes
    )


def _public_access(request: SetupRequest, bucket: Bucket, found: Whereabouts) -> PlanStep:
    sent = {"Bucket": request.bucket, "PublicAccessBlockConfiguration": PUBLIC_ACCESS_BLOCK}

    def state(answer: Mapping[str, Any] | None) -> tuple[StepState, str, tuple[str, ...]]:
        now = (answer or {}).get("PublicAccessBlockConfiguration", {})
        open_ = [name for name in PUBLIC_ACCESS_BLOCK if now.get(name) is not True]
        if not open_:
            return StepState.DONE, "All four are on.", ()
        return StepState.NEEDED, f"Off so far: {', '.join(open_)}.", ()

    return _read_first(
        StepKind.PUBLIC_ACCESS, "PutPublicAccessBlock", sent, "GetPublicAccessBlock", NO_BLOCK, bucket, found, state
    )


def _encryption(request: SetupRequest, bucket: Bucket, found: Whereabouts) -> PlanStep:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    sent = {"Bucket": request.bucket, "ServerSideEncryptionConfiguration": {"Rules": [rule]}}

    def state(answer: Mapping[str, Any] | None) -> tuple[StepState, str, tuple[str, ...]]:
        algorithm, key = default_encryption(answer)
        if algorithm.startswith("aws:kms"):
            return StepState.DONE, "It is encrypted with KMS, which stays.", (kms_note(key, request.who),)
        if algorithm:
            return StepState.DONE, f"It is {algorithm} (keys of S3).", ()
        return StepState.NEEDED, "With keys of S3 (SSE-S3), which need no permissions of their own.", ()

    return _read_first(
        StepKind.ENCRYPTION, "PutBucketEncryption", sent, "GetBucketEncryption", NO_ENCRYPTION, bucket, found, state
    )


def _policy(request: SetupRequest, bucket: Bucket, found: Whereabouts) -> PlanStep:
    title = TITLES[StepKind.POLICY]
    permission = permission_of("PutBucketPolicy", request.bucket)

    def blocked(reason: str, sent: Mapping[str, Any], lacking: Permission | None = None) -> PlanStep:
        return PlanStep(
            StepKind.POLICY, title, "PutBucketPolicy", sent, StepState.BLOCKED, reason, permission, lacking=lacking
        )

    ours = merge("", request.bucket, request.who)
    plain = {"Bucket": request.bucket, "Policy": ours.compact}
    if found.exists is False:
        return _merged_step(request, ours, "", "There is no policy yet.")
    try:
        answer = bucket.ask("GetBucketPolicy", absent=NO_POLICY)
    except PermissionMissing as error:
        if found.exists is None and bucket.region != FIRST_REGION:
            # Somebody else's bucket is told as such by creating it; nothing is replaced that cannot be read then.
            return _merged_step(request, ours, "", "It is added if the policy can be read once the bucket is there.")
        reason = (
            "The policy that is there cannot be read, and would be replaced unseen. The credentials need the "
            f"permission {error.permission}."
        )
        return blocked(reason, plain, error.permission)
    except NotOffered as error:
        return blocked(f"{error.title}. {error.hint}", plain)
    existing = str((answer or {}).get("Policy", ""))
    try:
        merged = merge(existing, request.bucket, request.who)
    except OdographError as error:
        return blocked(f"{error.title}. {error.hint}", plain)
    return _merged_step(request, merged, existing, "")


def _merged_step(request: SetupRequest, merged: Merged, existing: str, reason: str) -> PlanStep:
    sent = {"Bucket": request.bucket, "Policy": merged.compact}
    after = read_policy(merged.compact, request.bucket, request.who)
    if after.public:
        names = ", ".join(item.statement for item in after.excess if item.public)
        reason = (
            f"The policy would let everyone in ({names}). With public access blocked, S3 refuses such a policy and "
            "shuts other accounts out, the platform too. Remove that first."
        )
        return _step(StepKind.POLICY, "PutBucketPolicy", sent, StepState.BLOCKED, reason, before=existing)
    state = StepState.NEEDED if merged.changed else StepState.DONE
    if not reason:
        reason = "It lacks what delivery needs." if merged.changed else "It allows all that delivery needs."
        if merged.changed and existing:
            reason += " Other statements stay as they are."
    doubtful = [grant for grant in merged.reading.grants if grant.verdict == "perhaps" and grant.by_name]
    notes = [f"{item.statement}: {item.text}" for item in merged.reading.excess]
    if doubtful:
        reasons = "; ".join(dict.fromkeys(reason for grant in doubtful for reason in grant.why))
        notes.append(f"Delivery may be denied, as only a request shows: {reasons}.")
    diff = merged.diff if existing else ""
    return _step(
        StepKind.POLICY, "PutBucketPolicy", sent, state, reason, notes=tuple(notes), diff=diff, before=existing
    )


def _read_first(
    kind: StepKind,
    operation: str,
    sent: Mapping[str, Any],
    reading: str,
    absent: str,
    bucket: Bucket,
    found: Whereabouts,
    state: Callable[[Mapping[str, Any] | None], tuple[StepState, str, tuple[str, ...]]],
) -> PlanStep:
    """A step whose state one request tells, where the bucket is there and may be read."""
    if found.exists is False:
        now, reason, notes = state(None)
        if kind is StepKind.PUBLIC_ACCESS:
            reason = "So that no policy and no access list can ever open it to everyone."
        return _step(kind, operation, sent, now, reason, notes=notes)
    try:
        answer = bucket.ask(reading, absent=absent)
    except PermissionMissing as error:
        reason = f"Whether it is so cannot be read without the permission {error.permission}."
        if kind is StepKind.PUBLIC_ACCESS:
            return _step(kind, operation, sent, StepState.UNKNOWN, reason, lacking=error.permission)
        # Another choice, such as KMS, would be replaced unseen.
        reason += " It stays as it is; AWS encrypts with keys of S3 unless something else was chosen."
        return _step(kind, operation, sent, StepState.LEFT_OUT, reason, lacking=error.permission)
    except NotOffered:
        return _step(kind, operation, sent, StepState.NOT_OFFERED, "This server knows no such thing.")
    now, reason, notes = state(answer)
    return _step(kind, operation, sent, now, reason, notes=notes)


_STEPS: dict[StepKind, Callable[[SetupRequest, Bucket, Whereabouts], PlanStep]] = {
    StepKind.CREATE: _create,
    StepKind.PUBLIC_ACCESS: _public_access,
    StepKind.ENCRYPTION: _encryption,
    StepKind.POLICY: _policy,
}
