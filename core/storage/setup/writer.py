"""Stores objects in a bucket, for the simulator alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.storage.setup.asking import Bucket, existing_bucket
from core.storage.setup.faults import NotOffered, to_fault

if TYPE_CHECKING:
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession

_THERE = "PreconditionFailed"  # what a server says that does not store what may not replace anything


class Writer:
    """Stores objects below a prefix of a bucket. Thread-safe.

    Args:
        bucket: where.
        root: the prefix without slashes at the ends; may be empty.
    """

    def __init__(self, bucket: Bucket, root: str) -> None:
        self.bucket = bucket
        self.root = root
        self._conditions = True

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
        self.bucket.ask("PutObject", self._request(key, content))

    def put_new(self, key: str, content: bytes, *, look: bool = False) -> bool:
        """Store one object unless there is one with the same key.

        Args:
            key: relative to the prefix.
            content: its bytes.
            look: list the key first, as some servers do not know that storing can depend on it.

        Returns:
            Whether it was stored.

        Raises:
            SourceError: it cannot be stored, or the key cannot be listed; what may pass was tried again.
            JobCancelled.
        """
        if look and self._is_there(key):
            return False
        request = self._request(key, content)
        if self._conditions:
            try:
                return self.bucket.ask("PutObject", {**request, "IfNoneMatch": "*"}, absent=_THERE) is not None
            except NotOffered:
                self._conditions = False
        self.bucket.ask("PutObject", request)
        return True

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

    def _is_there(self, key: str) -> bool:
        whole = self._whole(key)
        answer = self.bucket.ask("ListObjectsV2", {"Prefix": whole, "MaxKeys": 1}) or {}
        return any(item.get("Key") == whole for item in answer.get("Contents", []))

    def _request(self, key: str, content: bytes) -> dict[str, Any]:
        return {"Key": self._whole(key), "Body": content, "ContentType": "application/json"}

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
