"""A working link to one bucket: session, credentials, region, and the two clients that use them.

Only ListObjectsV2 and GetObject are ever called: who may list one prefix and read its objects can work with it. The
client refuses everything else before it is sent, and the store is reached through what reads alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from botocore.parsers import ResponseParserError
from obstore.store import S3Store

from core.errors import AccessDenied, OdographError, WrongRegion
from core.jobs import JobCancelled
from core.storage.parallel import call
from core.storage.proxies import store_proxy
from core.storage.s3_errors import Place, facts, to_error
from core.storage.sessions import FIRST_REGION, open_session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef
    from obstore import Bytes, GetResult, ListStream, ObjectMeta
    from obstore.store import ClientConfig, RetryConfig

    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.sessions import AwsSession, Credentials

_READING = frozenset({"ListObjectsV2", "GetObject"})

FIRST_ANSWER = 15.0  # seconds until a server that does not answer at all is given up
NEXT_ANSWER = 30.0  # seconds for each page after that
SILENCE = 15.0  # seconds without a byte until a request for an object is given up
_RETRY: RetryConfig = {
    # A short stumble is not worth a word; whatever lasts is for core.storage.patience, where waiting can be cancelled.
    "max_retries": 3,
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=0.5), "base": 2},
    "retry_timeout": timedelta(seconds=5),
}


class ReadingStore:
    """The part of obstore's store that browsing needs. What would write is out of reach, as nothing holds the store.

    Attributes:
        list: all objects below a path, behind an offset if one is given, in chunks of a size.
        get: an object by its path.
        get_range: the bytes of an object from a start on, so many of them.
    """

    __slots__ = ("get", "get_range", "list")

    def __init__(self, store: S3Store) -> None:
        self.list: Callable[[str | None, str | None, int], ListStream[Sequence[ObjectMeta]]] = (
            lambda path, offset, size: obstore.list(store, path, offset=offset, chunk_size=size)
        )
        self.get: Callable[[str], GetResult] = lambda path: obstore.get(store, path)
        self.get_range: Callable[[str, int, int], Bytes] = lambda path, start, length: obstore.get_range(
            store, path, start=start, length=length
        )


@dataclass(frozen=True, slots=True)
class Link:
    """What it takes to talk to the bucket. The client and the store are thread-safe."""

    client: S3Client
    store: ReadingStore
    credentials: Credentials
    region: str
    profiles: tuple[str, ...]


def connect(
    bucket: str, prefix: str, options: S3Options, ctx: JobContext | None, session: AwsSession | None = None
) -> Link:
    """Find credentials and the bucket's region, and make sure that an S3 server answers.

    Args:
        bucket: the bucket's name.
        prefix: what will be listed, ending in ``/`` unless empty; the only thing that is asked for.
        options: profile, region and endpoint.
        ctx: to cancel with.
        session: one that was opened with these options; it is opened here where it is left out.

    Raises:
        SourceError: see :mod:`core.storage.s3_errors`. A permission to list that is missing is no reason to fail: who
            may only get objects finds that out by listing.
    """
    region = options.region
    endpoint = options.endpoint_url
    profiles: tuple[str, ...] = ()
    sent = _Sent()

    def place() -> Place:
        return Place(bucket, prefix, False, options.profile, region, endpoint, profiles, options.keys)

    session = session or open_session(options, ctx, place=place())
    profiles, region = session.profiles, session.region or FIRST_REGION
    try:
        credentials = session.credentials(ctx)
        for last in (False, True):
            client = _client(session, region, sent)
            if not client.meta.endpoint_url.endswith(("amazonaws.com", "amazonaws.com.cn")):
                endpoint = client.meta.endpoint_url
            home = _home(client, bucket, prefix, place(), ctx)
            if not home or home == region:
                break
            if options.region or last:
                raise WrongRegion(
                    "The bucket lies in another region",
                    subject=place().address,
                    hint=f"It lies in {home}, not in {region}: choose {home}, or leave the region empty.",
                    region=home,
                )
            region = home
        store = _store(bucket, sent.url, region, credentials, session.ca_file)
    except (OdographError, JobCancelled):
        raise
    except Exception as exc:
        raise to_error(exc, place()) from exc
    return Link(client, store, credentials, region, profiles)


def check_listing(response: ListObjectsV2OutputTypeDef) -> None:
    """Raise ResponseParserError where an answer is well-formed but no list of objects, such as a sign-in page."""
    if "IsTruncated" not in response:
        raise ResponseParserError("the answer is no list of objects")


class _Sent:
    """Notes where requests really go, with everything considered that the AWS configuration may say about it."""

    def __init__(self) -> None:
        self.url = ""

    def __call__(self, request: AWSPreparedRequest, **_: object) -> None:
        self.url = request.url


def _client(session: AwsSession, region: str, sent: _Sent) -> S3Client:
    client = session.client("s3", region)
    client.meta.events.register("before-send.s3", sent)
    # boto3 would follow a redirect to the bucket's region by itself with further permissions (HeadBucket), without
    # telling, and for ever where a sign-in page redirects. Here the region is found by asking once.
    client.meta.events.register("before-parameter-build.s3", _follow_no_redirect)
    client.meta.events.register_first("before-parameter-build.s3", _only_read)
    return client


def _only_read(model: OperationModel, **_: object) -> None:
    if model.name not in _READING:
        raise RuntimeError(f"browsing never calls {model.name}")


def _follow_no_redirect(context: dict[str, Any], **_: object) -> None:
    context.get("s3_redirect", {})["redirected"] = True


def _home(client: S3Client, bucket: str, prefix: str, place: Place, ctx: JobContext | None) -> str:
    """The bucket's region where the server names another one than was asked, else an empty text."""
    try:
        check_listing(call(lambda: client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1), ctx, FIRST_ANSWER))
    except Exception as exc:
        error = to_error(exc, place)
        if isinstance(error, WrongRegion) and error.region:
            return error.region
        if isinstance(error, AccessDenied):
            return facts(exc).region
        raise
    return ""


def _store(bucket: str, sent: str, region: str, credentials: Credentials, ca_file: str) -> ReadingStore:
    address, in_host = bucket_address(bucket, sent)
    options: ClientConfig = {
        "allow_http": address.startswith("http://"),
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=SILENCE),
        "timeout": timedelta(minutes=10),
    }
    options |= store_proxy(address)
    if ca_file:
        options["root_certificate"] = Path(ca_file).read_bytes()
    store = S3Store(
        bucket,
        region=region,
        # The environment may name another endpoint, which boto3 has taken into account already.
        endpoint=address,
        aws_endpoint_url_s3=address,
        virtual_hosted_style_request=in_host,
        skip_signature=False,
        client_options=options,
        retry_config=_RETRY,
        credential_provider=credentials,
    )
    return ReadingStore(store)


def bucket_address(bucket: str, sent: str) -> tuple[str, bool]:
    """Where boto3 sent a list request for the bucket, and whether the bucket's name is part of the host's."""
    parts = urlsplit(sent)
    in_host = (parts.hostname or "").startswith(f"{bucket}.")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path if in_host else path.removesuffix(f'/{bucket}')}", in_host
