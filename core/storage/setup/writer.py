"""Stores objects in a bucket, for the simulator alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.storage.setup.asking import Bucket, existing_bucket
from core.storage.setup.faults import to_fault

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession


class Writer:
    """Stores objects below a prefix of a bucket. Thread-safe.

    Args:
        bucket: where.
        root: the prefix without slashes at the ends; may be empty.
    """

    def __init__(self, bucket: Bucket, root: str) -> None:
        self.bucket = bucket
        self.root = root

    @property
    def address(self) -> str:
        """``s3://bucket/prefix``."""
        return self.bucket.place(self.root).address

    def put(self, key: str, content: bytes) -> None:
        """Store one object, in place of the one with the same key.

        Args:
            key: relative to the prefix.
            content: its bytes.

        Raises:
            SourceError: it cannot be stored; what may pass was tried again.
            JobCancelled.
        """
        self.bucket.ask("PutObject", {"Key": self._whole(key), "Body": content, "ContentType": "application/json"})

    def get(self, key: str) -> bytes:
        """One object's content.

        Raises:
            ObjectNotFound, SourceError: there is none, or it cannot be read.
            JobCancelled.
        """
        whole = self._whole(key)
        answer = self.bucket.ask("GetObject", {"Key": whole}) or {}
        try:
            content: bytes = answer["Body"].read()
        except Exception as exc:
            raise to_fault(exc, "GetObject", self.bucket.place(whole, reading=True), whole) from exc
        return content

    def _whole(self, key: str) -> str:
        return f"{self.root}/{key}" if self.root else key


def open_writer(name: str, root: str, session: AwsSession, ctx: JobContext) -> Writer:
    """A writer for a bucket that is there.

    Raises:
        SourceNotFound: there is no such bucket.
        SourceError: the server cannot be reached, or does not accept the credentials.
        JobCancelled.
    """
    return Writer(existing_bucket(session, name, ctx), root.strip("/"))
