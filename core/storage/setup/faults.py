"""What a server says to administration, told as Odograph's errors that name the permission that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import AccessDenied, OdographError, SourceBusy, SourceError, SourceNotFound, UsageError
from core.storage.s3_errors import clean, facts, to_error
from core.storage.setup.policies import bucket_arn

if TYPE_CHECKING:
    from core.storage.s3_errors import Place

_DETAIL_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission in the words of a policy.

    Attributes:
        action: for example ``s3:PutBucketPolicy``.
        resource: the ARN that it is needed on.
    """

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"


class PermissionMissing(AccessDenied):
    """The credentials lack a permission.

    Attributes:
        permission: the one that they lack.
    """

    def __init__(self, permission: Permission, *, subject: str, hint: str, detail: str) -> None:
        super().__init__("Access denied", subject=subject, hint=hint, detail=detail)
        self.permission = permission


class NameTaken(SourceError):
    """Somebody else has a bucket of this name."""


class AlreadyOwned(SourceError):
    """The bucket that was to be made is there already, and belongs to the same account."""


class NotOffered(SourceError):
    """The server does not know this kind of request, as some that are not AWS do not."""


class PolicyRefused(SourceError):
    """The server does not take a policy."""


# The action that IAM checks for each operation, which is not always called alike.
ACTIONS: dict[str, str] = {
    "HeadBucket": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "GetBucketLocation": "s3:GetBucketLocation",
    "CreateBucket": "s3:CreateBucket",
    "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "GetBucketPolicy": "s3:GetBucketPolicy",
    "PutBucketPolicy": "s3:PutBucketPolicy",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "GetBucketOwnershipControls": "s3:GetBucketOwnershipControls",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}
_OF_OBJECTS = frozenset({"GetObject", "PutObject", "DeleteObject"})
_NOT_OFFERED = frozenset({"NotImplemented", "MethodNotAllowed", "UnsupportedOperation", "XNotImplemented"})


def permission_of(operation: str, bucket: str, key: str = "") -> Permission:
    """The permission that an operation of S3 needs.

    Args:
        operation: as boto3's API names it, for example ``PutBucketPolicy``.
        bucket: the bucket's name.
        key: of the object, for operations on one.
    """
    resource = f"{bucket_arn(bucket)}/{key}" if operation in _OF_OBJECTS else bucket_arn(bucket)
    return Permission(ACTIONS[operation], resource)


def to_fault(exc: BaseException, operation: str, place: Place, key: str = "") -> OdographError:
    """Tell an exception of administration as one of Odograph's errors.

    Args:
        exc: anything that botocore or the network raised.
        operation: what was asked for.
        place: of what, for the wording.
        key: of the object, for operations on one.
    """
    if isinstance(exc, OdographError):
        return exc
    said = facts(exc)
    detail = clean(f"{said.status} {said.code}: {said.message}")[:_DETAIL_LENGTH] if said.code else ""
    subject = place.address
    if said.code == "BucketAlreadyExists":
        return NameTaken(
            "The name is taken",
            subject=place.bucket,
            hint="Somebody has a bucket of this name; all customers of AWS share one set of names. Choose another, "
            "for example with your company's name in it.",
            detail=detail,
        )
    if said.code == "BucketAlreadyOwnedByYou":
        return AlreadyOwned("The bucket is there already", subject=place.bucket, detail=detail)
    if said.code in ("OperationAborted", "ConcurrentModification", "ConditionalRequestConflict"):
        busy = SourceBusy(
            "The bucket is being changed by somebody else",
            subject=subject,
            hint="Try again in a minute. After a bucket was deleted, its name takes up to an hour to become free.",
            detail=detail,
        )
        busy.passing = True
        return busy
    if said.code in ("MalformedPolicy", "MalformedPolicyDocument"):
        return PolicyRefused(
            "The server does not take the policy", subject=subject, hint=_policy_hint(said.message), detail=detail
        )
    if said.code == "TooManyBuckets":
        return SourceError(
            "The account has as many buckets as it may have",
            subject=place.bucket,
            hint="Delete one that nobody needs, or ask AWS for a higher quota.",
            detail=detail,
        )
    if said.code in ("InvalidBucketName", "InvalidLocationConstraint", "IllegalLocationConstraintException"):
        what = "name" if said.code == "InvalidBucketName" else "region"
        return UsageError(
            f"The server does not take this bucket's {what}",
            subject=f"{place.bucket} in {place.region}",
            hint=f"Choose another {what}.",
            detail=detail,
        )
    if said.code == "NoSuchBucket":
        return SourceNotFound(
            "There is no such bucket",
            subject=subject,
            hint=f"Check the spelling of “{place.bucket}”, or create it.",
            detail=detail,
        )
    if said.code in _NOT_OFFERED or said.status == 501:
        return NotOffered(
            "This server does not offer it",
            subject=subject,
            hint=f"It does not know {operation}, which AWS does. Set it up with the server's own tools.",
            detail=detail,
        )
    error = to_error(exc, place)
    if type(error) is AccessDenied:
        permission = permission_of(operation, place.bucket, key)
        part = f" (prefix {key})" if operation == "ListObjectsV2" and key else ""
        hint = _denied_hint(f"{permission}{part}", said.message, place)
        return PermissionMissing(permission, subject=subject, hint=hint, detail=error.detail)
    return error


def _denied_hint(permission: str, message: str, place: Place) -> str:
    profile = f" of the profile “{place.profile}”" if place.profile else ""
    hint = f"The credentials{profile} need the permission {permission}."
    lower = message.lower()
    if "blockpublicpolicy" in lower or "public policies are blocked" in lower:
        return "The policy lets everyone in, and the bucket's public access block refuses such a policy."
    if "service control policy" in lower or "resource control policy" in lower:
        return f"{hint} A policy of your organization denies it: ask who administers the AWS organization."
    if "explicit deny" in lower:
        return f"{hint} A policy denies it explicitly: allowing it elsewhere does not help."
    return hint


def _policy_hint(message: str) -> str:
    if "principal" in message.lower():
        return (
            "It says that the principal is not known: AWS checks that the role exists. Check the principal, and ask "
            "High Mobility whether its role has changed."
        )
    return "Its answer is in the details. Copy them and report them."
