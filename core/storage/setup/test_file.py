"""Deletes the test file that the platform stores when a delivery is saved: the only deletion there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import ObjectNotFound, UsageError
from core.storage.keys import parse_key, split_root
from core.storage.setup.asking import existing_bucket
from core.storage.setup.contents import Stored, is_test_file, look_at_top, relative

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession


def find_test_files(name: str, prefix: str, session: AwsSession, ctx: JobContext) -> tuple[Stored, ...]:
    """The objects that may be the platform's test file.

    Raises:
        SourceError: the bucket is not there, or cannot be listed.
        JobCancelled.
    """
    return look_at_top(existing_bucket(session, name, ctx), split_root(prefix)[0]).tests


def delete_test_file(name: str, prefix: str, key: str, session: AwsSession, ctx: JobContext) -> Stored:
    """Delete the platform's test file.

    Args:
        name: the bucket's.
        prefix: below which the platform delivers; usually empty.
        key: the whole key of the test file, as :func:`find_test_files` gives it.
        session: credentials and server.
        ctx: to cancel with.

    Returns:
        What was deleted. Where the bucket keeps versions, it is still there as an older one.

    Raises:
        UsageError: the key is that of a batch, or of anything that is not plausibly the test file; nothing is deleted.
        ObjectNotFound: there is no such object.
        SourceError: the bucket cannot be reached, or a permission lacks.
        JobCancelled.
    """
    root = split_root(prefix)[0]
    address = f"s3://{name}/{key}"
    if parse_key(relative(key, root)) is not None or split_root(key)[1]:
        raise UsageError("This is a batch, which is never deleted", subject=address, hint="Name the test file.")
    if root and not key.startswith(f"{root}/"):
        raise UsageError("The key lies outside the prefix", subject=address, hint=f"It begins with {root}/.")
    bucket = existing_bucket(session, name, ctx)
    answer = bucket.ask("ListObjectsV2", {"Prefix": key, "MaxKeys": 1}) or {}
    items = [item for item in answer.get("Contents", []) if item["Key"] == key]
    if not items:
        raise ObjectNotFound("There is no such object", subject=address, hint="It was deleted already, or never came.")
    found = Stored(key, items[0].get("Size", 0), items[0]["LastModified"])
    if not is_test_file(found, root):
        raise UsageError(
            "This does not look like the platform's test file",
            subject=address,
            hint="The test file lies beside the folders of the apps, is small, and has “test” in its name. "
            "Delete anything else with another tool.",
        )
    bucket.ask("DeleteObject", {"Key": key})
    return found
