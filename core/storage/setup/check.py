"""Looks at a bucket that is there: whether delivery can work, what else is worth knowing, and what cannot be read.

Changes nothing, and goes on without every permission that lacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from core.storage.keys import split_root
from core.storage.setup import check_batches, check_settings
from core.storage.setup.asking import Bucket, find_bucket
from core.storage.setup.contents import (
    LevelContents,
    Stored,
    TopLevel,
    deletable_tests,
    first_below,
    look_at_levels,
    look_at_top,
)
from core.storage.setup.faults import NotOffered, PermissionMissing
from core.storage.setup.findings import TOPIC_TITLES, BucketReport, Finding, FindingLevel, Topic
from core.storage.setup.plan import NO_BLOCK, NO_ENCRYPTION, NO_POLICY
from core.storage.setup.policies import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.errors import OdographError
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from core.storage.setup.reading import PolicyReading

_NO_LIFECYCLE = "NoSuchLifecycleConfiguration"
_NO_OWNERSHIP = "OwnershipControlsNotFoundError"


@dataclass(slots=True)
class _Seen:
    """What was found so far."""

    findings: list[Finding] = field(default_factory=list)
    readings: tuple[PolicyReading, ...] = ()
    policy: str = ""
    levels: tuple[LevelContents, ...] = ()
    top: TopLevel | None = None
    restricted: bool = False


def check_bucket(
    name: str,
    prefix: str,
    session: AwsSession,
    ctx: JobContext,
    *,
    delivery: Delivery | None = None,
    principal: str = "",
    any_region: bool = False,
    now: datetime | None = None,
) -> BucketReport:
    """Look at a bucket from all sides.

    Args:
        name: the bucket's.
        prefix: below which the batches lie, or a part of the layout; only there anything is listed.
        session: credentials and server.
        ctx: to cancel with; is told what is looked at, and gets each :class:`Finding` as a partial result.
        delivery: whose principal must be able to deliver; None for whichever the policy names.
        principal: another principal than the platform's, as an ARN.
        any_region: another region than the platform's is no problem.
        now: for the age of batches; by default the present time.

    Raises:
        SourceError: the server cannot be reached or does not accept the credentials. A bucket that is not there and
            permissions that lack are findings.
        JobCancelled.
    """
    now = now or datetime.now(UTC)
    root, scope = split_root(prefix)
    seen = _Seen()
    ctx.progress(0, len(Topic), TOPIC_TITLES[Topic.BUCKET])

    def found(*findings: Finding) -> None:
        for finding in findings:
            seen.findings.append(finding)
            ctx.partial(finding)

    below = prefix.strip("/")
    where = find_bucket(session, name, ctx, prefix=f"{below}/" if below else "")
    bucket = Bucket(session, name, where.region or session.region or "us-east-1", ctx)
    address = bucket.place(below).address
    found(check_settings.of_bucket(where, name, below))
    if where.exists is not False:
        principals = [principal] if principal else [delivery.principal] if delivery is not None else []
        found(check_settings.of_region(where, any_region))
        _look_at_settings(bucket, seen, found, principals, ctx)
        _look_at_contents(bucket, root, scope, seen, found, now, ctx)
    ctx.progress(len(Topic), len(Topic), "")
    order = list(Topic)
    seen.findings.sort(key=lambda finding: order.index(finding.topic))
    tests: tuple[Stored, ...] = deletable_tests(seen.top, root) if seen.top is not None else ()
    return BucketReport(
        address,
        now,
        where.region,
        tuple(seen.findings),
        seen.readings,
        seen.policy,
        seen.levels,
        tests,
        asked=bool(principal) or delivery is not None,
    )


def _look_at_settings(
    bucket: Bucket, seen: _Seen, found: Callable[..., None], principals: list[str], ctx: JobContext
) -> None:
    def ask(topic: Topic, operation: str, absent: str, tell: Callable[[dict[str, Any] | None], list[Finding]]) -> None:
        ctx.check()
        ctx.progress(list(Topic).index(topic), len(Topic), TOPIC_TITLES[topic])
        try:
            answer = bucket.ask(operation, absent=absent)
        except (PermissionMissing, NotOffered) as error:
            found(unreadable(topic, error))
            return
        found(*tell(answer))

    def of_block(answer: dict[str, Any] | None) -> list[Finding]:
        seen.restricted = check_settings.is_restricted(answer)
        return [check_settings.of_public_access(answer)]

    def of_policy(answer: dict[str, Any] | None) -> list[Finding]:
        text = str((answer or {}).get("Policy", ""))
        seen.policy, seen.readings, findings = check_settings.of_policy(text, bucket.name, principals, seen.restricted)
        return findings

    ask(Topic.PUBLIC_ACCESS, "GetPublicAccessBlock", NO_BLOCK, of_block)
    ask(Topic.POLICY, "GetBucketPolicy", NO_POLICY, of_policy)
    who = principals[0] if principals else next((item.principal for item in seen.readings), Delivery.LIVE.principal)
    ask(
        Topic.ENCRYPTION,
        "GetBucketEncryption",
        NO_ENCRYPTION,
        lambda answer: [check_settings.of_encryption(answer, who)],
    )
    ask(
        Topic.OWNERSHIP,
        "GetBucketOwnershipControls",
        _NO_OWNERSHIP,
        lambda answer: [check_settings.of_ownership(answer)],
    )
    ask(Topic.VERSIONING, "GetBucketVersioning", "", lambda answer: [check_settings.of_versioning(answer)])


def _look_at_contents(
    bucket: Bucket,
    root: str,
    scope: str,
    seen: _Seen,
    found: Callable[..., None],
    now: datetime,
    ctx: JobContext,
) -> None:
    ctx.progress(list(Topic).index(Topic.CONTENTS), len(Topic), TOPIC_TITLES[Topic.CONTENTS])
    listable = True
    try:
        if not scope:
            seen.top = look_at_top(bucket, root)
        apps = seen.top.apps if seen.top is not None else ()
        seen.levels = tuple(look_at_levels(bucket, root, apps, scope))
    except PermissionMissing as error:
        found(unreadable(Topic.CONTENTS, error))
        listable = False
    if listable:
        simulated = seen.top is not None and seen.top.simulated
        found(
            check_batches.of_contents(seen.levels, seen.top),
            check_batches.of_last_batch(seen.levels, now, simulated=simulated),
        )
        if seen.top is not None:
            found(check_batches.of_test_file(deletable_tests(seen.top, root), seen.levels, bucket.place(root).address))
    ctx.progress(list(Topic).index(Topic.LIFECYCLE), len(Topic), TOPIC_TITLES[Topic.LIFECYCLE])
    try:
        answer = bucket.ask("GetBucketLifecycleConfiguration", absent=_NO_LIFECYCLE)
    except (PermissionMissing, NotOffered) as error:
        found(unreadable(Topic.LIFECYCLE, error))
        return
    found(*check_batches.of_lifecycle(answer, seen.levels, now, root, partial(first_below, bucket, root)))


def unreadable(topic: Topic, error: OdographError) -> Finding:
    """The finding of something that cannot be read."""
    if isinstance(error, PermissionMissing):
        return Finding(
            topic,
            FindingLevel.UNKNOWN,
            "Cannot be read",
            f"The credentials lack the permission {error.permission}.",
            missing=error.permission,
        )
    return Finding(topic, FindingLevel.UNKNOWN, error.title, error.hint)
