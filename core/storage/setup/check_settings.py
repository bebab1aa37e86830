"""What a bucket's settings mean for delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.storage.setup.encryption import default_encryption, is_key_arn, is_managed_key, kms_note
from core.storage.setup.findings import Finding, FindingLevel, Topic
from core.storage.setup.plan import PUBLIC_ACCESS_BLOCK
from core.storage.setup.policies import Delivery, delivery_of, pretty
from core.storage.setup.reading import Verdict, deliveries_named, read_policy
from core.storage.setup.regions import DELIVERY_REGION, DELIVERY_REGION_NAME
from core.storage.setup.statements import PolicyUnreadable, read_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.storage.setup.asking import Whereabouts
    from core.storage.setup.reading import PolicyReading

_OK, _WARNING, _PROBLEM, _UNKNOWN = FindingLevel.OK, FindingLevel.WARNING, FindingLevel.PROBLEM, FindingLevel.UNKNOWN

_OWNERSHIP_ADVICE = (
    "“Bucket owner enforced” makes every object yours, but S3 then refuses whatever comes with an access list other "
    "than bucket-owner-full-control. Change it only before delivery runs, then look for the test file; leave it where "
    "batches come and can be read."
)


def of_bucket(where: Whereabouts, name: str, below: str = "") -> Finding:
    """Whether there is such a bucket."""
    if where.exists is False:
        return Finding(
            Topic.BUCKET,
            _PROBLEM,
            "There is no such bucket",
            "Nothing can be delivered into it.",
            f"Check the spelling of “{name}”, or create it.",
            blocks=True,
        )
    if where.exists is None:
        missing = where.lacking.permission if where.lacking is not None else None
        return Finding(
            Topic.BUCKET,
            _UNKNOWN,
            "It exists, but may not be listed",
            f"The credentials lack the permission {missing}." if missing else "",
            "" if below else "Where they may read only a part of it, check that part: s3://bucket/prefix.",
            missing=missing,
        )
    return Finding(Topic.BUCKET, _OK, "It exists and may be listed")


def of_region(where: Whereabouts, any_region: bool) -> Finding:
    """Whether the bucket lies where the platform delivers to."""
    if not where.region:
        return Finding(Topic.REGION, _UNKNOWN, "The server does not say where it lies")
    if where.region == DELIVERY_REGION:
        return Finding(Topic.REGION, _OK, f"{DELIVERY_REGION}, {DELIVERY_REGION_NAME}")
    if any_region:
        return Finding(Topic.REGION, _OK, f"{where.region}, which is meant")
    return Finding(
        Topic.REGION,
        _PROBLEM,
        f"It lies in {where.region}",
        f"The platform delivers only into {DELIVERY_REGION}, {DELIVERY_REGION_NAME}.",
        "A bucket cannot be moved: create another one there.",
        blocks=True,
    )


def is_restricted(answer: Mapping[str, Any] | None) -> bool:
    """Whether a bucket with a public policy shuts other accounts out."""
    return (answer or {}).get("PublicAccessBlockConfiguration", {}).get("RestrictPublicBuckets") is True


def of_public_access(answer: Mapping[str, Any] | None) -> Finding:
    """Whether public access is blocked, of GetPublicAccessBlock's answer."""
    now = (answer or {}).get("PublicAccessBlockConfiguration", {})
    off = tuple(name for name in PUBLIC_ACCESS_BLOCK if now.get(name) is not True)
    if not off:
        return Finding(Topic.PUBLIC_ACCESS, _OK, "Blocked on all four counts")
    return Finding(
        Topic.PUBLIC_ACCESS,
        _WARNING,
        "Not blocked" if len(off) == len(PUBLIC_ACCESS_BLOCK) else f"Not blocked on {len(off)} of four counts",
        "A mistake in a policy or an access list could open the bucket to everyone, unless the account blocks it.",
        "Switch all four on: delivery does not need public access.",
        details=tuple(f"{name} is off" for name in off),
    )


def of_policy(
    text: str, bucket: str, principals: Sequence[str], restricted: bool
) -> tuple[str, tuple[PolicyReading, ...], list[Finding]]:
    """What a bucket's policy means.

    Args:
        text: of the policy; empty where there is none.
        bucket: the bucket's name.
        principals: who must be able to deliver; empty for whichever of the platform's it names.
        restricted: whether a public policy shuts other accounts out.

    Returns:
        The policy laid out, what it means for each principal, and the findings.
    """
    if not text:
        finding = Finding(
            Topic.POLICY,
            _PROBLEM,
            "There is none",
            "Nobody but the bucket's own account may store anything in it, and the platform is not.",
            _advice(bucket),
            blocks=True,
        )
        return "", (), [finding]
    try:
        shown = pretty(read_document(text))
        named = [delivery.principal for delivery in deliveries_named(text)]
        asked = list(principals) or named or [delivery.principal for delivery in Delivery]
        readings = tuple(read_policy(text, bucket, principal) for principal in asked)
    except PolicyUnreadable as error:
        return text, (), [Finding(Topic.POLICY, _UNKNOWN, error.title, error.hint)]
    possible = [reading for reading in readings if reading.possible]
    if not possible and not principals and not named:
        findings = [_nobody_named(readings, bucket)]
    else:
        findings = [_of_reading(reading, bucket, blocks=not possible) for reading in readings]
    findings += _beyond(readings)
    if restricted and readings and readings[0].public:
        findings.append(
            Finding(
                Topic.POLICY,
                _PROBLEM,
                "The policy is public, and public buckets are restricted",
                "S3 then shuts out all other accounts, the platform too.",
                "Remove the statements for everyone.",
                blocks=True,
            )
        )
    return shown, readings, findings


def _nobody_named(readings: Sequence[PolicyReading], bucket: str) -> Finding:
    denied = [grant for reading in readings for grant in reading.of(Verdict.DENIED)]
    return Finding(
        Topic.POLICY,
        _PROBLEM,
        "It does not name the platform",
        "Neither the principal of sandbox data nor that of live data may deliver."
        + (" A statement denies it, too." if denied else ""),
        _advice(bucket),
        details=tuple(delivery.principal for delivery in Delivery),
        blocks=True,
    )


def _of_reading(reading: PolicyReading, bucket: str, *, blocks: bool) -> Finding:
    who = who_text(reading.principal)
    denied, missing, perhaps = (reading.of(each) for each in (Verdict.DENIED, Verdict.MISSING, Verdict.PERHAPS))
    if denied:
        return Finding(
            Topic.POLICY,
            _PROBLEM,
            f"It denies delivery of {who}",
            "A denial wins over whatever allows it.",
            "Except the platform's role from the statement.",
            details=tuple(f"{grant.action} is denied by {', '.join(grant.statements)}" for grant in denied),
            blocks=blocks,
        )
    if missing:
        return Finding(
            Topic.POLICY,
            _PROBLEM,
            f"It lacks what delivery of {who} needs",
            f"The principal is {reading.principal}.",
            _advice(bucket, reading.principal),
            details=tuple(f"{grant.action} on {grant.resource} is missing" for grant in missing),
            blocks=blocks,
        )
    if perhaps:
        return Finding(
            Topic.POLICY,
            _WARNING,
            f"It may or may not allow delivery of {who}",
            "It depends on conditions that only a request shows.",
            "Save the delivery in the platform's console and see whether the test file arrives.",
            details=tuple(f"{grant.action}: {'; '.join(grant.why)}" for grant in perhaps),
        )
    return Finding(
        Topic.POLICY, _OK, f"It allows delivery of {who}", details=(f"The principal is {reading.principal}.",)
    )


def _beyond(readings: Sequence[PolicyReading]) -> list[Finding]:
    items = list(dict.fromkeys(item for reading in readings for item in reading.excess))
    if not items:
        return []
    return [
        Finding(
            Topic.POLICY,
            _WARNING,
            "It allows more than delivery needs",
            "Everyone in the world is let in." if any(item.public for item in items) else "",
            "Remove what nobody needs.",
            details=tuple(f"{item.statement}: {item.text}" for item in items),
        )
    ]


def _advice(bucket: str, principal: str = "") -> str:
    live = " --delivery live" if delivery_of(principal) is Delivery.LIVE else ""
    return f"Add it with the set-up assistant or: main.py bucket policy s3://{bucket}{live}"


def who_text(principal: str) -> str:
    """``sandbox data``, ``live data``, or what else a principal delivers."""
    delivery = delivery_of(principal)
    return delivery.words if delivery is not None else f"data by {principal}"


def of_encryption(answer: Mapping[str, Any] | None, principal: str) -> Finding:
    """How objects are encrypted by default, of GetBucketEncryption's answer."""
    algorithm, key = default_encryption(answer)
    if not algorithm:
        return Finding(
            Topic.ENCRYPTION,
            _WARNING,
            "Objects are not encrypted by default",
            "AWS encrypts them all the same; other servers store them as they come.",
            "Switch SSE-S3 on.",
        )
    if not algorithm.startswith("aws:kms"):
        return Finding(Topic.ENCRYPTION, _OK, "With keys of S3 (SSE-S3)")
    if is_managed_key(key):
        return Finding(
            Topic.ENCRYPTION,
            _PROBLEM,
            "With AWS's own KMS key for S3",
            kms_note(key, principal),
            "Choose SSE-S3 as the default encryption.",
            blocks=True,
        )
    if not is_key_arn(key):
        return Finding(
            Topic.ENCRYPTION,
            _PROBLEM,
            "With a KMS key that is not named by its full ARN",
            kms_note(key, principal),
            "Choose SSE-S3 as the default encryption, or name the key by its ARN.",
            blocks=True,
        )
    return Finding(
        Topic.ENCRYPTION,
        _WARNING,
        "With a KMS key of your own",
        kms_note(key, principal),
        "Analysts need kms:Decrypt on the key as well. SSE-S3 needs none of this.",
    )


def of_ownership(answer: Mapping[str, Any] | None) -> Finding:
    """Whom delivered objects belong to, of GetBucketOwnershipControls' answer."""
    rules = (answer or {}).get("OwnershipControls", {}).get("Rules", [])
    owner = rules[0].get("ObjectOwnership", "") if rules else ""
    if owner == "BucketOwnerEnforced":
        return Finding(
            Topic.OWNERSHIP,
            _OK,
            "Batches belong to the bucket's owner",
            "Access lists are off: S3 refuses an object that comes with one, unless it is bucket-owner-full-control. "
            "The test file shows whether the platform's are taken.",
        )
    if owner == "BucketOwnerPreferred":
        return Finding(
            Topic.OWNERSHIP,
            _OK,
            "Batches belong to the bucket's owner where the platform hands them over",
            "Access lists are on (BucketOwnerPreferred): what comes without bucket-owner-full-control belongs to the "
            "platform's account.",
            _OWNERSHIP_ADVICE,
        )
    return Finding(
        Topic.OWNERSHIP,
        _WARNING,
        "Batches may belong to the platform's account",
        "Access lists are on (object writer): what another account stores stays its own, and may be unreadable to you.",
        _OWNERSHIP_ADVICE,
    )


def of_versioning(answer: Mapping[str, Any] | None) -> Finding:
    """Whether deleted and replaced objects are kept, of GetBucketVersioning's answer."""
    status = (answer or {}).get("Status", "")
    if status == "Enabled":
        return Finding(
            Topic.VERSIONING, _OK, "On", "Deleted and replaced objects are kept as older versions, which cost room."
        )
    title = "Suspended" if status else "Off"
    return Finding(Topic.VERSIONING, _OK, title, "What is deleted or replaced is gone; delivery does neither.")
