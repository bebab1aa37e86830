"""The policies that the platform and an analyst need: who, which actions, on what."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import Any

from core.errors import UsageError
from core.storage.keys import split_batch

Statement = dict[str, Any]
Policy = dict[str, Any]

VERSION = "2012-10-17"
PLATFORM_ACCOUNT = "238742147684"
OBJECT_ACTIONS = ("s3:PutObject", "s3:PutObjectAcl", "s3:GetObject", "s3:GetObjectAcl", "s3:DeleteObject")
"""What delivery does to objects; allowed on ``arn:aws:s3:::bucket/*``."""
BUCKET_ACTIONS = ("s3:ListBucket",)
"""What delivery does to the bucket; allowed on ``arn:aws:s3:::bucket``."""

_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(?:root|(?:role|user)/[A-Za-z0-9_+=,.@/-]+)|[0-9]{12}")


class Delivery(StrEnum):
    """Which of the platform's two deliveries: the sandbox's or that of live data."""

    SANDBOX = "sandbox"
    LIVE = "live"

    @property
    def principal(self) -> str:
        """The ARN of the role under which the platform delivers."""
        return _PRINCIPALS[self]

    @property
    def words(self) -> str:
        """What it brings, as people call it."""
        return "sandbox data" if self is Delivery.SANDBOX else "live data"


_PRINCIPALS = {
    Delivery.SANDBOX: (
        f"arn:aws:iam::{PLATFORM_ACCOUNT}:role/service-role/production-sandbox-kafka-s3-sink-01-role-kzzbjkvy"
    ),
    Delivery.LIVE: f"arn:aws:iam::{PLATFORM_ACCOUNT}:role/service-role/production-live-kafka-s3-sink-01-role-zytmbiq9",
}


def delivery_of(principal: str) -> Delivery | None:
    """Which delivery a principal is, or None for any other."""
    return next((delivery for delivery, arn in _PRINCIPALS.items() if arn == principal), None)


def check_principal(principal: str) -> None:
    """Refuse a principal that is not somebody: ``*`` is everyone, and S3 refuses what it does not know.

    Args:
        principal: a role, a user or an account; empty where the platform's is meant.

    Raises:
        UsageError: it is none of these.
    """
    if principal and not _PRINCIPAL.fullmatch(principal):
        raise UsageError(
            "This is no principal that may deliver",
            subject=principal,
            hint="Give the ARN of a role or user, such as arn:aws:iam::111122223333:role/delivery, or the 12 digits "
            "of an account.",
        )


def bucket_arn(bucket: str) -> str:
    """The ARN of a bucket."""
    return f"arn:aws:s3:::{bucket}"


def objects_arn(bucket: str, prefix: str = "") -> str:
    """The ARN of all objects in a bucket, or of those below a prefix."""
    prefix = prefix.strip("/")
    return f"arn:aws:s3:::{bucket}/{prefix}/*" if prefix else f"arn:aws:s3:::{bucket}/*"


def delivery_statements(bucket: str, principal: str) -> tuple[Statement, Statement]:
    """What a bucket's policy must say so that a principal can deliver: one statement of objects, one of the bucket.

    Args:
        bucket: the bucket's name.
        principal: an ARN, see :attr:`Delivery.principal`.
    """
    delivery = delivery_of(principal)
    name = f"HighMobility{delivery.value.capitalize()}Delivery" if delivery is not None else "Delivery"
    return (
        {
            "Sid": f"{name}Objects",
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": list(OBJECT_ACTIONS),
            "Resource": objects_arn(bucket),
        },
        {
            "Sid": f"{name}Bucket",
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": list(BUCKET_ACTIONS),
            "Resource": bucket_arn(bucket),
        },
    )


def delivery_policy(bucket: str, principal: str) -> Policy:
    """A whole bucket policy that allows a principal to deliver, and nothing else."""
    return {"Version": VERSION, "Statement": list(delivery_statements(bucket, principal))}


def analyst_policy(bucket: str, prefix: str = "") -> Policy:
    """The least IAM policy with which Odograph reads a bucket, one app of it, or any other prefix.

    It is attached to a user or role (an identity), not to the bucket, which is why it names no principal.

    Args:
        bucket: the bucket's name.
        prefix: slashes at the ends are ignored; empty for the whole bucket.

    Raises:
        UsageError: the prefix has a character that policies take for a pattern or a variable, or is a batch's key.
    """
    prefix = prefix.strip("/")
    folder, key = split_batch(prefix)
    if key:
        app = "/".join(folder.split("/")[:-4])
        raise UsageError(
            "A batch is not browsed alone",
            subject=f"s3://{bucket}/{prefix}",
            hint=f"Give the folder of its app, s3://{bucket}/{app}, or of its level or day.",
        )
    if any(sign in prefix for sign in "*?$"):
        raise UsageError(
            "A policy cannot name this prefix", subject=prefix, hint="*, ? and $ have a meaning of their own there."
        )
    listing: Statement = {
        "Sid": "ListBatches",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": bucket_arn(bucket),
    }
    if prefix:
        listing["Condition"] = {"StringLike": {"s3:prefix": f"{prefix}/*"}}
    reading = {
        "Sid": "ReadBatches",
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": objects_arn(bucket, prefix),
    }
    return {"Version": VERSION, "Statement": [listing, reading]}


def pretty(document: object) -> str:
    """A policy or request as people read it: JSON with two spaces, in the order in which it was written."""
    return json.dumps(document, indent=2, ensure_ascii=False)
