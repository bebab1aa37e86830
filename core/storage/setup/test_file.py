"""Deletes the test file that the platform stores when a delivery is saved: the only deletion there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ObjectNotFound, UsageError
from core.storage.keys import parse_key, split_root
from core.storage.setup.asking import existing_bucket
from core.storage.setup.contents import (
    Stored,
    deletable_tests,
    is_test_file,
    look_at_top,
    relative,
    stored_object,
)
from core.storage.setup.faults import NotOffered, PermissionMissing

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession
    from core.storage.setup.asking import Bucket


class ReplacedMeanwhile(UsageError):
    """What lies under the test file's key is not what was looked at; it is not deleted."""


def find_test_files(name: str, prefix: str, session: AwsSession, ctx: JobContext) -> tuple[Stored, ...]:
    """The objects that may be the platform's test file: at the top of a bucket, or of a folder that holds apps.

    Raises:
        SourceError: the bucket is not there, or cannot be listed.
        JobCancelled.
    """
    root = split_root(prefix)[0]
    return deletable_tests(look_at_top(existing_bucket(session, name, ctx), root), root)


def find_test_file(name: str, prefix: str, key: str, session: AwsSession, ctx: JobContext) -> Stored:
    """The platform's test file as it is now, to be looked at before it is deleted.

    Raises:
        The same as :func:`delete_test_file`.
    """
    root = split_root(prefix)[0]
    _refuse_others(name, root, key)
    return _found(existing_bucket(session, name, ctx), root, key)


def delete_test_file(
    name: str, prefix: str, key: str, session: AwsSession, ctx: JobContext, seen: Stored | None = None
) -> Stored:
    """Delete the platform's test file.

    Args:
        name: the bucket's.
        prefix: below which the platform delivers; usually empty.
        key: the whole key of the test file, as :func:`find_test_files` gives it.
        session: credentials and server.
        ctx: to cancel with.
        seen: what somebody has agreed to delete; nothing else is.

    Returns:
        What was deleted. Where the bucket keeps versions, it is still there as an older one.

    Raises:
        UsageError: the key is that of a batch, or of anything that is not plausibly the test file; nothing is deleted.
        ReplacedMeanwhile: it was replaced meanwhile; nothing is deleted.
        ObjectNotFound: there is no such object.
        SourceError: the bucket cannot be reached, or a permission lacks.
        JobCancelled.
    """
    root = split_root(prefix)[0]
    _refuse_others(name, root, key)
    bucket = existing_bucket(session, name, ctx)
    found = _found(bucket, root, key)
    if seen is not None and (found != seen or found.etag != seen.etag):
        raise _changed(name, key)
    _delete(bucket, found)
    return found


def _refuse_others(name: str, root: str, key: str) -> None:
    address = f"s3://{name}/{key}"
    if parse_key(relative(key, root)) is not None or split_root(key)[1]:
        raise UsageError("This is a batch, which is never deleted", subject=address, hint="Name the test file.")
    if root and not key.startswith(f"{root}/"):
        raise UsageError("The key lies outside the prefix", subject=address, hint=f"It begins with {root}/.")


def _found(bucket: Bucket, root: str, key: str) -> Stored:
    address = f"s3://{bucket.name}/{key}"
    found = stored_object(bucket, key)
    if found is None:
        raise ObjectNotFound("There is no such object", subject=address, hint="It was deleted already, or never came.")
    if not is_test_file(found, root):
        raise UsageError(
            "This does not look like the platform's test file",
            subject=address,
            hint="The test file lies beside the folders of the apps, is small, and has “test” in its name. "
            "Delete anything else with another tool.",
        )
    if root and not look_at_top(bucket, root).apps:
        raise UsageError(
            "The folder holds no apps",
            subject=f"s3://{bucket.name}/{root}",
            hint="The platform stores its test file at the top of the bucket, beside the folders of the apps. "
            "Delete anything else with another tool.",
        )
    return found


def _delete(bucket: Bucket, found: Stored) -> None:
    if found.etag:
        try:
            # The answer is None where another object lies there by now.
            if bucket.ask("DeleteObject", {"Key": found.key, "IfMatch": found.etag}, "PreconditionFailed") is None:
                raise _changed(bucket.name, found.key)
        except (NotOffered, PermissionMissing):
            # Servers that cannot compare refuse it, and AWS where the object may not be read.
            pass
        else:
            return
    bucket.ask("DeleteObject", {"Key": found.key})


def _changed(name: str, key: str) -> ReplacedMeanwhile:
    return ReplacedMeanwhile(
        "The object has changed meanwhile", subject=f"s3://{name}/{key}", hint="It was not deleted: look at it again."
    )
