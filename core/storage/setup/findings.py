"""What the check of a bucket finds, in a form for a page, for text and for JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from core.storage.setup.contents import LevelContents, Stored
    from core.storage.setup.faults import Permission
    from core.storage.setup.reading import PolicyReading


class Topic(StrEnum):
    """What is looked at, in the order in which it is."""

    BUCKET = "bucket"
    REGION = "region"
    PUBLIC_ACCESS = "public-access"
    POLICY = "policy"
    ENCRYPTION = "encryption"
    OWNERSHIP = "ownership"
    VERSIONING = "versioning"
    LIFECYCLE = "lifecycle"
    TEST_FILE = "test-file"
    CONTENTS = "contents"
    LAST_BATCH = "last-batch"


class FindingLevel(StrEnum):
    """How good or bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    """It cannot be read."""


TOPIC_TITLES = {
    Topic.BUCKET: "Bucket",
    Topic.REGION: "Region",
    Topic.PUBLIC_ACCESS: "Public access",
    Topic.POLICY: "Policy",
    Topic.ENCRYPTION: "Encryption",
    Topic.OWNERSHIP: "Ownership of objects",
    Topic.VERSIONING: "Versioning",
    Topic.LIFECYCLE: "Lifecycle",
    Topic.TEST_FILE: "Test file",
    Topic.CONTENTS: "Apps and levels",
    Topic.LAST_BATCH: "Last batch",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found.

    Attributes:
        topic: what was looked at.
        level: how good or bad it is.
        title: what is so, without a full stop.
        meaning: what it means, sentences; may be empty.
        advice: what to do, sentences; may be empty.
        details: lines that list what the title counts, such as actions.
        missing: the permission without which it cannot be read.
        blocks: whether delivery cannot work because of it.
    """

    topic: Topic
    level: FindingLevel
    title: str
    meaning: str = ""
    advice: str = ""
    details: tuple[str, ...] = ()
    missing: Permission | None = None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class BucketReport:
    """What the check of a bucket found.

    Attributes:
        address: ``s3://bucket/prefix``.
        checked: when.
        region: where the bucket lies; empty where that is not known.
        findings: in the order of their topics.
        readings: what the policy means for each principal that was looked for; empty where it cannot be read.
        policy: the bucket's policy, laid out; empty where there is none or it cannot be read.
        levels: apps and levels with their first and last batches.
        tests: objects that may be the platform's test file.
        asked: whether one delivery or principal was asked for, and not whichever there is.
    """

    address: str
    checked: datetime
    region: str
    findings: tuple[Finding, ...]
    readings: tuple[PolicyReading, ...]
    policy: str
    levels: tuple[LevelContents, ...]
    tests: tuple[Stored, ...]
    asked: bool = False

    @property
    def can_deliver(self) -> bool | None:
        """Whether delivery can work; None where that cannot be told.

        Something that decides it cannot be read, or the policy depends on what only a request shows. A batch that has
        just come shows that it works all the same, but not whose delivery does.
        """
        if any(finding.blocks for finding in self.findings):
            return False
        if not self.asked and any(
            item.topic is Topic.LAST_BATCH and item.level is FindingLevel.OK for item in self.findings
        ):
            return True
        decisive = (Topic.BUCKET, Topic.REGION, Topic.POLICY)
        if any(item.topic in decisive and item.level is FindingLevel.UNKNOWN for item in self.findings):
            return None
        if self.readings and not any(reading.complete for reading in self.readings):
            return None
        return True

    def of(self, level: FindingLevel) -> tuple[Finding, ...]:
        """The findings of one level."""
        return tuple(finding for finding in self.findings if finding.level is level)

    @property
    def missing(self) -> tuple[Permission, ...]:
        """Permissions without which something could not be read, each once."""
        return tuple(dict.fromkeys(item.missing for item in self.findings if item.missing is not None))


VERDICTS = {
    True: "Delivery can work.",
    False: "Delivery cannot work.",
    None: "Whether delivery can work cannot be told: what decides it cannot be read, or shows only in a request.",
}


def report_text(report: BucketReport) -> str:
    """The report as plain text, lines joined by line feeds."""
    lines = [f"{report.address}, checked {report.checked:%Y-%m-%d %H:%M} UTC", ""]
    width = max(len(title) for title in TOPIC_TITLES.values())
    for finding in report.findings:
        lines.append(f"{finding.level:<8} {TOPIC_TITLES[finding.topic]:<{width}}  {finding.title}")
        indent = " " * (width + 11)
        lines += [f"{indent}{text}" for text in (*finding.details, finding.meaning, finding.advice) if text]
    lines += ["", VERDICTS[report.can_deliver]]
    if report.missing:
        lines.append("Permissions that lack to see everything:")
        lines += [f"  {permission}" for permission in report.missing]
    return "\n".join(lines)


def request_text(report: BucketReport) -> str:
    """What an administrator is asked for: the permissions that lack, and a policy that grants exactly these."""
    grants: dict[str, list[str]] = {}
    for permission in report.missing:
        grants.setdefault(permission.resource, []).append(permission.action)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": resource} for resource, actions in grants.items()
        ],
    }
    lines = [f"To check the delivery into {report.address} I need these permissions, which only read:", ""]
    lines += [f"  {permission}" for permission in report.missing]
    lines += ["", "This policy grants them:", "", json.dumps(policy, indent=2)]
    return "\n".join(lines) + "\n"


def report_json(report: BucketReport) -> dict[str, Any]:
    """The report as JSON takes it; times are ISO 8601, UTC."""
    return {
        "address": report.address,
        "checked": report.checked.isoformat(),
        "region": report.region,
        "can_deliver": report.can_deliver,
        "findings": [
            {
                "topic": item.topic.value,
                "level": item.level.value,
                "title": item.title,
                "meaning": item.meaning,
                "advice": item.advice,
                "details": list(item.details),
                "missing_permission": None
                if item.missing is None
                else {"action": item.missing.action, "resource": item.missing.resource},
                "blocks": item.blocks,
            }
            for item in report.findings
        ],
        "policy": [
            {
                "principal": reading.principal,
                "grants": [
                    {
                        "action": grant.action,
                        "resource": grant.resource,
                        "verdict": grant.verdict.value,
                        "depends": list(grant.why),
                    }
                    for grant in reading.grants
                ],
                "excess": [{"statement": each.statement, "text": each.text} for each in reading.excess],
            }
            for reading in report.readings
        ],
        "levels": [
            {
                "app": item.app,
                "level": item.level,
                "first_batch": item.first.stored.key if item.first else None,
                "last_batch": item.last.stored.key if item.last else None,
            }
            for item in report.levels
        ],
        "test_files": [item.key for item in report.tests],
    }
