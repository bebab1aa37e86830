"""What a bucket's default encryption means for delivery from another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def default_encryption(answer: Mapping[str, Any] | None) -> tuple[str, str]:
    """The algorithm and the KMS key of GetBucketEncryption's answer; either may be empty."""
    rules = (answer or {}).get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
    return default.get("SSEAlgorithm", ""), default.get("KMSMasterKeyID", "")


def is_managed_key(key: str) -> bool:
    """Whether a KMS key is AWS's own for S3, which no other account can use."""
    return not key or key.endswith("alias/aws/s3")


def kms_note(key: str, principal: str) -> str:
    """What KMS needs so that a principal of another account can deliver, one or two sentences."""
    needs = f"the policy of the key must allow {principal} kms:GenerateDataKey and kms:Decrypt"
    if is_managed_key(key):
        return (
            "The key is AWS's own (aws/s3), which no other account can use: delivery fails. Choose SSE-S3, or a key of "
            f"your own; then {needs}."
        )
    return f"The key is {key}: {needs}. Whether it does cannot be seen from the bucket."
