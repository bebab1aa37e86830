"""What a bucket's default encryption means for delivery from another account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY_ARN = re.compile(r"arn:[\w-]+:kms:[\w-]+:\w+:key/[\w-]+")


def default_encryption(answer: Mapping[str, Any] | None) -> tuple[str, str]:
    """The algorithm and the KMS key of GetBucketEncryption's answer; either may be empty."""
    rules = (answer or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return default.get("SSEAlgorithm", ""), default.get("KMSMasterKeyID", "")


def is_managed_key(key: str) -> bool:
    """Whether a KMS key is AWS's own for S3, which no other account can use."""
    return not key or key.endswith("alias/aws/s3")


def is_key_arn(key: str) -> bool:
    """Whether a KMS key is named by its full ARN, as other accounts need it to find it."""
    return _KEY_ARN.fullmatch(key) is not None


def kms_note(key: str, principal: str) -> str:
    """What KMS needs so that a principal of another account can deliver, one or two sentences."""
    needs = f"the policy of the key must allow {principal} kms:GenerateDataKey and kms:Decrypt"
    if is_managed_key(key):
        return (
            "The key is AWS's own (aws/s3), which no other account can use: delivery fails. Choose SSE-S3, or a key of "
            f"your own; then {needs}."
        )
    if not is_key_arn(key):
        return (
            f"The key is named {key}, which KMS looks for in the account of whoever stores something: delivery fails. "
            f"Name it by its full ARN (arn:aws:kms:…:key/…), or choose SSE-S3; with a key of your own, {needs}."
        )
    return f"The key is {key}: {needs}. Whether it does cannot be seen from the bucket."
