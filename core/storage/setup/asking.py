"""Asks a bucket's server one thing at a time: cancellable, patient, with errors that say what lacks."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from botocore import xform_name
from botocore.exceptions import ClientError

from core.errors import SourceNotFound, UsageError
from core.jobs import JobCancelled
from core.storage.parallel import call
from core.storage.patience import Patience
from core.storage.s3_errors import Place, facts
from core.storage.setup.faults import PermissionMissing, to_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3
    from mypy_boto3_s3.client import S3Client

    from core.jobs import JobContext
    from core.storage.sessions import AwsSession

ANSWER = 40.0
"""Seconds until an answer is given up."""
_FIRST_REGION = "us-east-1"  # knows of every bucket
_making = threading.Lock()
_clients: WeakKeyDictionary[boto3.session.Session, dict[str, S3Client]] = WeakKeyDictionary()


class Bucket:
    """A bucket as its administrator sees it. Whatever is asked for is exactly what the operation's name says.

    Args:
        session: credentials and server.
        name: the bucket's name.
        region: where it lies or shall lie.
        ctx: wakes whoever waits when it is cancelled.
    """

    def __init__(self, session: AwsSession, name: str, region: str, ctx: JobContext) -> None:
        self.name = name
        self.region = region
        self._options = session.options
        self._profiles = session.profiles
        self._client = _told_client(session, region, self.place())
        self._ctx = ctx
        self._patience = Patience(ctx)

    def ask(self, operation: str, request: Mapping[str, Any] | None = None, absent: str = "") -> dict[str, Any] | None:
        """Send a request.

        Args:
            operation: as AWS names it, for example ``GetBucketPolicy``.
            request: its parameters beside the bucket's name.
            absent: the code by which the server says that there is nothing to be got.

        Returns:
            The answer, or None where the server says that there is nothing.

        Raises:
            PermissionMissing, NotOffered, SourceError, UsageError: see :mod:`core.storage.setup.faults`.
            JobCancelled.
        """
        parameters = {"Bucket": self.name, **(request or {})}
        function = partial(getattr(self._client, xform_name(operation)), **parameters)
        key = str(parameters.get("Key", parameters.get("Prefix", "")))

        def attempt() -> dict[str, Any] | None:
            try:
                return dict(call(function, self._ctx, ANSWER))
            except JobCancelled:
                raise
            except Exception as exc:
                if absent and isinstance(exc, ClientError) and facts(exc).code == absent:
                    return None
                raise to_fault(exc, operation, self.place(key, reading=operation == "GetObject"), key) from exc

        return self._patience.persist(attempt)

    def place(self, path: str = "", *, reading: bool = False) -> Place:
        """What is asked about, for the wording of errors."""
        options = self._options
        return Place(
            self.name, path, reading, options.profile, self.region, options.endpoint_url, profiles=self._profiles
        )


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of where a bucket lies.

    Attributes:
        exists: None where there is one of this name that may not be looked into.
        region: where it lies; empty where that is not known.
        lacking: why it may not be looked into.
    """

    exists: bool | None
    region: str
    lacking: PermissionMissing | None = None


def find_bucket(session: AwsSession, name: str, ctx: JobContext, region: str = "", prefix: str = "") -> Whereabouts:
    """Whether there is a bucket of this name, and where, without any permission beyond listing it.

    Args:
        region: asked first; a bucket that lies elsewhere is found all the same.
        prefix: what is listed where the credentials may not see more, ending in a slash unless empty.

    Raises:
        SourceError: the server cannot be reached, or does not accept the credentials.
        JobCancelled.
    """
    asked = region or session.options.region or session.region or _FIRST_REGION
    for _ in range(2):
        bucket = Bucket(session, name, asked, ctx)
        client = _plain_client(session, asked)
        try:
            answer = call(partial(client.head_bucket, Bucket=name), ctx, ANSWER)
        except ClientError as exc:
            said = facts(exc)
            if said.region and said.region != asked:
                asked = said.region
                continue
            if said.status == 404:
                return Whereabouts(False, "")
            return _asked_by_listing(bucket, said.region, prefix)
        except JobCancelled:
            raise
        except Exception as exc:
            raise to_fault(exc, "HeadBucket", bucket.place()) from exc
        return Whereabouts(True, answer.get("BucketRegion") or asked)
    return _asked_by_listing(Bucket(session, name, asked, ctx), asked, prefix)


def existing_bucket(session: AwsSession, name: str, ctx: JobContext) -> Bucket:
    """A bucket that is there, asked in its own region.

    Raises:
        SourceNotFound: there is no such bucket.
        SourceError: the server cannot be reached, or does not accept the credentials.
    """
    found = find_bucket(session, name, ctx)
    bucket = Bucket(session, name, found.region or session.region or _FIRST_REGION, ctx)
    if found.exists is False:
        raise SourceNotFound(
            "There is no such bucket",
            subject=bucket.place().address,
            hint=f"Check the spelling of “{name}”, or create it.",
        )
    return bucket


def _asked_by_listing(bucket: Bucket, region: str, prefix: str) -> Whereabouts:
    """An answer to HEAD has no text: listing says why it was refused."""
    try:
        bucket.ask("ListObjectsV2", {"Prefix": prefix, "MaxKeys": 1})
    except SourceNotFound:
        return Whereabouts(False, "")
    except PermissionMissing as error:
        return Whereabouts(None, region, error)
    return Whereabouts(True, region or bucket.region)


def _told_client(session: AwsSession, region: str, place: Place) -> S3Client:
    try:
        return _plain_client(session, region)
    except ValueError as exc:
        hint = "Write it with http:// or https://, for example https://minio.example.com:9000."
        raise UsageError("This is no server's address", subject=place.endpoint, hint=hint) from exc
    except Exception as exc:
        raise to_fault(exc, "HeadBucket", place) from exc


def _plain_client(session: AwsSession, region: str) -> S3Client:
    """A client of the session for a region, made once: making one costs more than a request, and so do connections."""
    with _making:
        made = _clients.setdefault(session.boto, {})
        if region not in made:
            made[region] = session.client("s3", region)
            # boto3 would look for the bucket's region by itself, and for ever where a sign-in page redirects.
            made[region].meta.events.register("before-parameter-build.s3", _follow_no_redirect)
        return made[region]


def _follow_no_redirect(context: dict[str, Any], **_: object) -> None:
    context.get("s3_redirect", {})["redirected"] = True
