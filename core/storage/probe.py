"""Tests a connection step by step, and says of what fails what to do.

Nothing is asked for but what browsing asks for: a list below the address, and a piece of one object.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from core.connections import Addressing
from core.errors import (
    AccessDenied,
    CredentialsMissing,
    CredentialsRejected,
    OdographError,
    SourceBusy,
    SourceError,
    SourceNotFound,
    SourceUnreachable,
    UsageError,
    WrongRegion,
)
from core.jobs import JobCancelled
from core.steps import StepState
from core.storage import probe_network
from core.storage.connection import open_source
from core.storage.folder import FolderSource
from core.storage.parallel import call
from core.storage.permissions import Learnt, Permissions
from core.storage.probe_report import ConnectionReport, Progress
from core.storage.probe_words import (
    NAMES,
    chosen_object,
    clock_text,
    found_text,
    is_ip,
    level_text,
    may_be_bucket,
    seconds_ahead,
    with_clock,
)
from core.storage.s3_errors import Place, to_error
from core.storage.s3_link import FIRST_ANSWER, SILENCE, Link, check_listing, connect
from core.storage.sessions import open_session
from core.storage.source import LevelPage
from core.texts import size_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef

    from core.connections import S3Options
    from core.jobs import JobContext
    from core.steps import Step
    from core.storage.probe_network import Target
    from core.storage.sessions import AwsSession
    from core.storage.source import Source

_T = TypeVar("_T")

_PIECE = 1024  # bytes of an object that are read
_LOOKED_AT = 100  # objects among which the one to be read is chosen
_PAGE = 1000
_WAY = 30.0  # seconds for a step on the way to the server, in which several addresses may be tried
_SKEW = 300  # seconds that a clock may be off without a word
_OK, _WARNING = StepState.OK, StepState.WARNING
_ON_THE_WAY = ("resolve", "connect", "tls")
_AMAZON = ("amazonaws.com", "amazonaws.com.cn")


def probe_connection(
    address: str, options: S3Options, ctx: JobContext, told: Callable[[Step], None] | None = None
) -> ConnectionReport:
    """Test whether a source can be browsed.

    Args:
        address: ``s3://bucket/prefix`` or a folder.
        options: how a bucket is reached.
        ctx: to cancel with.
        told: called with each step as it begins and as it ends; left out, they are partial results of the job.

    Raises:
        UsageError: the address or an option makes no sense. Every other failure is in the report.
        JobCancelled.
    """
    progress = Progress(address, told or ctx.partial)
    try:
        source = open_source(address, options)
        if not isinstance(source, FolderSource):
            bucket, _, path = source.address[5:].partition("/")
            test = _BucketTest(bucket, f"{path}/" if path else "", _cleaned(options), ctx, progress)
            test.run()
            return progress.report(test.learnt.permissions, test.region, test.better)
        _test_folder(source, progress, ctx)
    except SourceError as error:  # a folder that is not there
        progress.fail("list", error)
    return progress.report(Permissions())


class _Failed(Exception):
    """A step has failed, which was told; nothing more can be tried."""


class _BucketTest:
    """The test of one bucket.

    Attributes:
        learnt: what may be done there.
        region: where it lies.
        better: options that would work in place of those that do not.
    """

    def __init__(self, bucket: str, prefix: str, options: S3Options, ctx: JobContext, progress: Progress) -> None:
        self._bucket, self._prefix, self._options = bucket, prefix, options
        self._ctx, self._progress = ctx, progress
        self.learnt = Learnt()
        self.region = options.region
        self.better: S3Options | None = None

    def run(self) -> None:
        """Take all steps, until one fails."""
        try:
            session = self._configured()
            target = probe_network.find_target(self._bucket, session, self._options)
            self._reach(target, session)
            link = self._authenticate(target, session)
            self._read(link, self._list(link, target))
        except _Failed:
            pass

    def _configured(self) -> AwsSession:
        try:
            return open_session(self._options, self._ctx, place=self._place(), credentials=False)
        except UsageError:
            raise
        except OdographError as error:
            # A profile names the server too: without it, another one than is meant would be tried.
            for id in _ON_THE_WAY:
                self._progress.skip(id)
            raise self._failed("authenticate", error) from error

    def _place(self, key: str = "") -> Place:
        options = self._options
        path = key or self._prefix
        return Place(
            self._bucket, path, bool(key), options.profile, self.region, options.endpoint_url, keys=options.keys
        )

    def _failed(self, id: str, error: OdographError, result: str = "") -> _Failed:
        if isinstance(error, AccessDenied | SourceNotFound) and not may_be_bucket(self._bucket):
            error.hint = f"{NAMES} {error.hint}"
        self._progress.fail(id, error, result)
        return _Failed()

    # The way to the server

    def _reach(self, target: Target, session: AwsSession) -> None:
        addresses, said = self._go("resolve", target, lambda: probe_network.resolve(target))
        self._progress.end("resolve", said)
        connection, said = self._go("connect", target, lambda: probe_network.connect_to(target, addresses))
        self._progress.end("connect", said)
        with connection:
            if not target.secure:
                self._progress.skip("tls", "Not encrypted: the server's address begins with http://")
                return
            ca_file = probe_network.certificates(session, self._options)
            said, warning = self._go("tls", target, lambda: probe_network.secure(target, connection, ca_file))
        self._progress.end("tls", said, warning, state=_WARNING if warning else _OK)

    def _go(self, id: str, target: Target, step: Callable[[], _T]) -> _T:
        """Take a step on the way to the server, and tell where it fails."""
        try:
            with self._progress.running(id):
                return call(step, self._ctx, _WAY)
        except TimeoutError as exc:
            raise self._failed(id, to_error(exc, self._place())) from exc
        except SourceUnreachable as error:
            if error.title == probe_network.PLAIN:
                self._use_other_scheme()
            elif id != "connect" and target.in_host:
                # Without the bucket's name in front, the server's may be known, and its certificate be for it.
                self._try_other_style(target, error)
            raise self._failed(id, error) from error

    # What is asked of S3

    def _with_credentials(self, session: AwsSession) -> AwsSession:
        if self._options.keys:
            return open_session(self._options, self._ctx, place=self._place())
        try:
            session.credentials(self._ctx)
        except JobCancelled:
            raise
        except Exception as exc:
            raise to_error(exc, replace(self._place(), profiles=session.profiles)) from exc
        return session

    def _authenticate(self, target: Target, configured: AwsSession) -> Link:
        found = ""
        try:
            with self._progress.running("authenticate"):
                session = self._with_credentials(configured)
                found = found_text(session)
                link = connect(self._bucket, self._prefix, self._options, self._ctx, session)
        except OdographError as error:
            if not found:
                raise self._failed("authenticate", error) from error
            if isinstance(error, CredentialsMissing | CredentialsRejected):
                raise self._failed("authenticate", with_clock(error), found) from error
            self._progress.end("authenticate", f"{found} found")
            self._explain(target, error)
            raise self._failed("list", error) from error
        self.region = link.region
        self._progress.end("authenticate", f"{found}, accepted by the server")
        return link

    def _list(self, link: Link, target: Target) -> Sequence[ObjectTypeDef]:
        """List what lies below the address; some objects of it."""
        try:
            with self._progress.running("list"):
                level = self._ask(link, Delimiter="/", MaxKeys=_PAGE)
                objects = self._ask(link, MaxKeys=_LOOKED_AT).get("Contents", [])
        except OdographError as error:
            self.learnt.failed(error, reading=False)
            self._explain(target, error)
            raise self._failed("list", error) from error
        self.learnt.listed()
        where = f" in {link.region}" if target.host.endswith(_AMAZON) else ""
        folders = [item.get("Prefix", "")[len(self._prefix) : -1] for item in level.get("CommonPrefixes", [])]
        said, hint = level_text(folders, len(level.get("Contents", [])), self._prefix, more=level["IsTruncated"])
        late = seconds_ahead(level)
        if abs(late) > _SKEW:
            hint = f"{clock_text(late)} From 15 minutes on servers refuse requests: set the clock."
        self._progress.end("list", f"{said}{where}", hint, state=_WARNING if hint else _OK)
        return objects

    def _ask(self, link: Link, **asked: Any) -> ListObjectsV2OutputTypeDef:
        ask = partial(link.client.list_objects_v2, Bucket=self._bucket, Prefix=self._prefix, **asked)
        try:
            response = call(ask, self._ctx, FIRST_ANSWER)
            check_listing(response)
        except JobCancelled:
            raise
        except Exception as exc:
            raise to_error(exc, self._place()) from exc
        return response

    def _read(self, link: Link, objects: Sequence[ObjectTypeDef]) -> None:
        item = chosen_object(objects, self._prefix)
        if item is None:
            self._progress.skip("read", "There is no object to read")
            return
        key, size = item["Key"], item["Size"]
        try:
            with self._progress.running("read"):
                call(partial(_read_piece, link, self._bucket, key, min(size, _PIECE)), self._ctx, SILENCE)
        except JobCancelled:
            raise
        except Exception as exc:
            error = to_error(exc, self._place(key))
            self.learnt.failed(error, reading=True)
            raise self._failed("read", error) from exc
        self.learnt.read()
        self._progress.end("read", f"{key.rpartition('/')[2]}, {size_text(size)}")

    # What would work instead

    def _explain(self, target: Target, error: OdographError) -> None:
        """Look whether the server would answer another way, and say so in the hint."""
        if isinstance(error, WrongRegion):
            self.better = replace(self._options, region=error.region) if error.region else None
        elif target.host.endswith(_AMAZON) or isinstance(error, AccessDenied | SourceBusy):
            return
        elif isinstance(error, SourceUnreachable) and self._expects_tls(target):
            error.title = "The server speaks https, not http"
            other = probe_network.with_other_scheme(target.server)
            error.hint = f"Write https:// in place of http:// in the server's address: {other}."
            self._use_other_scheme()
        else:
            self._try_other_style(target, error)

    def _expects_tls(self, target: Target) -> bool:
        return not target.secure and not target.proxy and call(lambda: probe_network.speaks_tls(target), self._ctx)

    def _use_other_scheme(self) -> None:
        if self._options.endpoint_url:
            endpoint = probe_network.with_other_scheme(self._options.endpoint_url)
            self.better = replace(self._options, endpoint_url=endpoint)

    def _try_other_style(self, target: Target, error: OdographError) -> None:
        style = Addressing.PATH if target.in_host else Addressing.VIRTUAL
        if target.host.endswith(_AMAZON) or (style is Addressing.VIRTUAL and is_ip(target.host)):
            return
        options = replace(self._options, addressing=style)
        with suppress(OdographError):
            self._ask(connect(self._bucket, self._prefix, options, self._ctx), MaxKeys=1)
            where = "in the path" if style is Addressing.PATH else "in front of the server's name"
            error.hint = (
                f"The server answers where the bucket's name stands {where}: choose {style} as addressing "
                f"(--addressing {style})."
            )
            self.better = options


def _cleaned(options: S3Options) -> S3Options:
    """The options without the spaces around what was typed."""
    return replace(
        options,
        profile=options.profile.strip(),
        region=options.region.strip(),
        endpoint_url=options.endpoint_url.strip().rstrip("/"),
        ca_file=options.ca_file.strip(),
    )


def _read_piece(link: Link, bucket: str, key: str, length: int) -> None:
    try:
        link.store.get_range(key, 0, length)
    except ValueError:  # a key that obstore refuses
        link.client.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{length - 1}")["Body"].read()


def _test_folder(source: Source, progress: Progress, ctx: JobContext) -> None:
    try:
        with progress.running("list"):
            page = next(iter(source.list_level(source.scope, ctx)), LevelPage((), ()))
            first = next(iter(source.list_objects("", ctx)), [])
    except OdographError as error:
        progress.fail("list", error)
        return
    said, hint = level_text(page.folders, len(page.objects), f"{source.scope}/" if source.scope else "", more=False)
    progress.end("list", said, hint, state=_WARNING if hint else _OK)
    if not first:
        progress.skip("read", "There is no object to read")
        return
    try:
        with progress.running("read"):
            content = source.fetch(first[0].key)
    except OdographError as error:
        progress.fail("read", error)
        return
    progress.end("read", f"{first[0].key.rpartition('/')[2]}, {size_text(len(content))}")
