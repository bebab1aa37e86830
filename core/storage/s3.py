"""A bucket, or a prefix of one.

Levels are listed by boto3 in true pages with keys as they are; objects are listed and fetched by obstore, which takes a
tenth of the processor time. Keys that obstore refuses (``a//b``) make boto3 take over: they are shown as "other".
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import PaginationError
from obstore.exceptions import InvalidPathError

from core.errors import CredentialsMissing, CredentialsRejected, OdographError, SourceError, WrongRegion
from core.jobs import JobCancelled
from core.storage.keys import split_root
from core.storage.layout import DAY_DEPTH, clip, depth_of, join, next_part
from core.storage.parallel import call, fetch_parallel
from core.storage.patience import Attempts, Patience
from core.storage.permissions import Learnt
from core.storage.s3_errors import Place, damaged, facts, to_error
from core.storage.s3_link import NEXT_ANSWER, Link, check_listing, connect
from core.storage.source import Fetched, LevelPage, SourceObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef, ObjectTypeDef
    from obstore import ListStream, ObjectMeta

    from core.connections import S3Options
    from core.jobs import JobContext
    from core.storage.permissions import Permissions

_PAGE = 1000
_WORKERS = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The ETag of an object that was stored in one part. With some kinds of encryption it is no digest but looks like one.
_MD5 = re.compile(r"[0-9a-f]{32}")


class S3Source:
    """Batches in a bucket. Reads only; asks for nothing but lists below the scope and objects.

    Args:
        bucket: the bucket's name.
        root: the layout's root in the bucket, without slashes at the ends; may be empty.
        scope: the part of the layout that is opened, or empty.
        options: profile, region and endpoint.
    """

    def __init__(self, bucket: str, root: str, scope: str, options: S3Options) -> None:
        self._bucket = bucket
        self._root = root
        self._scope = scope
        self._options = options
        self._link: Link | None = None
        self._linking = threading.Lock()
        self._learnt = Learnt(read=f"arn:aws:s3:::{join(bucket, join(root, scope))}/*")
        # Whether ETags are digests of what was stored; known to be wrong once one object came twice the same.
        self._digests = True

    @property
    def address(self) -> str:
        """``s3://bucket/prefix`` of root and scope together."""
        return f"s3://{join(self._bucket, join(self._root, self._scope))}"

    @property
    def identity(self) -> str:
        """The address, and the server where it is not AWS: buckets of one name may lie on several servers."""
        endpoint = self._options.endpoint_url
        return f"{self.address} at {endpoint}" if endpoint else self.address

    @property
    def scope(self) -> str:
        """The part of the layout that is opened."""
        return self._scope

    @property
    def region(self) -> str:
        """Where the bucket lies; empty until something was listed or fetched."""
        return self._link.region if self._link is not None else ""

    @property
    def permissions(self) -> Permissions:
        """What the credentials may do here, as far as it was met."""
        return self._learnt.permissions

    def left_out(self) -> tuple[OdographError, ...]:
        """Nothing: what may not be listed raises AccessDenied."""
        return ()

    def list_level(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        """One level below a folder, in pages of up to 1,000 names. A folder without objects has none."""
        towards = next_part(folder, self._scope)
        if towards is not None:
            yield LevelPage((towards,), ())
            return
        if clip(folder, self._scope) is None:
            return
        if depth_of(folder) == DAY_DEPTH:
            yield from self._list_day(folder, ctx)
            return
        for response in self._pages(folder, ctx, delimiter="/"):
            prefix = self._prefix(folder)
            names = (item.get("Prefix", "")[len(prefix) : -1] for item in response.get("CommonPrefixes", []))
            yield LevelPage(tuple(name for name in names if name), tuple(self._named(response)))

    def list_objects(self, folder: str, ctx: JobContext, start_after: str = "") -> Iterator[list[SourceObject]]:
        """All objects below a folder, in pages of up to 1,000. A folder without objects has none."""
        inside = clip(folder, self._scope)
        if inside is None:
            return
        self._connected(ctx)
        after = start_after
        attempts: Attempts | None = None
        renewed = False
        pages: Callable[[str, JobContext, str], Iterator[list[SourceObject]]] = self._stream
        while True:
            begun = time.monotonic()
            try:
                # After a failure, and after a key that obstore refuses, it goes on behind the last page.
                for page in pages(inside, ctx, after):
                    yield page
                    after, attempts, renewed = page[-1].key, None, False
            except InvalidPathError:
                pages = self._paged
            except (CredentialsRejected, WrongRegion):
                # A session may have been renewed meanwhile. If not, connecting says so.
                if renewed:
                    raise
                renewed, self._link = True, None
            except SourceError as error:
                attempts = attempts or Attempts(Patience(ctx))
                attempts.failed(error, begun)
            else:
                return

    def fetch(self, key: str) -> bytes:
        """One object's content."""
        link = self._connected(None)
        try:
            return self._get(link, key)[1]
        except (CredentialsRejected, WrongRegion):
            # A session may have been renewed meanwhile. If not, connecting says so.
            self._forget(link)
            return self._get(self._connected(None), key)[1]

    def fetch_many(self, objects: Iterable[SourceObject], ctx: JobContext) -> Iterator[Fetched]:
        """Many objects, 16 at a time; at most 64 of them, or 16 MB, are in memory."""
        yield from fetch_parallel(objects, ctx, self._fetch_listed, _WORKERS)

    def _list_day(self, folder: str, ctx: JobContext) -> Iterator[LevelPage]:
        """A day has many objects and hardly a folder, so that listing everything below it is the same and cheaper."""
        last = ""
        for page in self.list_objects(folder, ctx):
            folders: list[str] = []
            objects: list[SourceObject] = []
            for item in page:
                name, slash, _ = item.key[len(folder) + 1 :].partition("/")
                if not slash:
                    objects.append(item)
                elif name != last:
                    folders.append(name)
                    last = name
            yield LevelPage(tuple(folders), tuple(objects))

    def _stream(self, folder: str, ctx: JobContext, start_after: str) -> Iterator[list[SourceObject]]:
        """All objects below a folder through obstore. Raises InvalidPathError at a key that it refuses."""
        link = self._connected(ctx)
        path = join(self._root, folder)
        offset = join(self._root, start_after) if start_after else None
        place = self._place(self._prefix(folder), link, reading=False)
        try:
            stream = link.store.list(path or None, offset, _PAGE)
            while True:
                metas = call(partial(_next_page, stream), ctx, NEXT_ANSWER)
                self._learnt.listed()
                if metas is None:
                    return
                page = [self._listed(meta) for meta in metas if not _is_marker(meta, path)]
                page = [item for item in page if item.key > start_after]
                if page:
                    yield page
        except (InvalidPathError, JobCancelled):
            raise
        except ValueError as exc:  # start_after is such a key
            raise InvalidPathError(str(exc)) from exc
        except Exception as exc:
            raise self._told(exc, place, link) from exc

    def _pages(
        self, folder: str, ctx: JobContext, *, delimiter: str = "", start_after: str = ""
    ) -> Iterator[ListObjectsV2OutputTypeDef]:
        link = self._connected(ctx)
        prefix = self._prefix(folder)
        place = self._place(prefix, link, reading=False)
        asked: dict[str, Any] = {"Bucket": self._bucket, "Prefix": prefix}
        if delimiter:
            asked["Delimiter"] = delimiter
        if start_after:
            asked["StartAfter"] = join(self._root, start_after)
        renewed = False
        while True:
            try:
                response = call(partial(link.client.list_objects_v2, **asked), ctx, NEXT_ANSWER)
                check_listing(response)
                token = response.get("NextContinuationToken")
                if response["IsTruncated"] and (not token or token == asked.get("ContinuationToken")):
                    raise PaginationError(message="the same page comes again and again")
            except JobCancelled:
                raise
            except Exception as exc:
                error = self._told(exc, place, link)
                if renewed or not isinstance(error, CredentialsRejected | WrongRegion):
                    raise error from exc
                renewed = True
                self._forget(link)
                link = self._connected(ctx)
                continue
            self._learnt.listed()
            yield response
            renewed = False
            if not response["IsTruncated"]:
                return
            asked["ContinuationToken"] = token

    def _paged(self, folder: str, ctx: JobContext, start_after: str) -> Iterator[list[SourceObject]]:
        """All objects below a folder in boto3's way, which takes every key."""
        for response in self._pages(folder, ctx, start_after=start_after):
            named = [item for item in self._named(response) if item.key > start_after]
            if named:
                yield named

    def _fetch_listed(self, item: SourceObject, ctx: JobContext) -> Fetched:
        """An object as it was listed, or as it is now where it has changed since."""
        link = self._connected(ctx)
        try:
            found, content = self._get(link, item.key)
        except (CredentialsRejected, WrongRegion):
            # A session may have been renewed meanwhile. If not, connecting says so.
            self._forget(link)
            link = self._connected(ctx)
            found, content = self._get(link, item.key)
        if found.etag == item.etag or not found.etag:
            found = item
        if len(content) != found.size:
            raise self._damaged(link, item, f"{len(content):,} of {found.size:,} bytes came")
        if self._digests and _MD5.fullmatch(found.etag) and _digest(content) != found.etag:
            again, same = self._get(link, item.key)
            if again.etag == found.etag and same != content:
                raise self._damaged(link, item, "the bytes that came are not those that were stored")
            if same == content:
                self._digests = False
            found, content = (item if again.etag == item.etag else again), same
        return Fetched(found, content, None)

    def _damaged(self, link: Link, item: SourceObject, detail: str) -> OdographError:
        return damaged(self._place(join(self._root, item.key), link, reading=True), detail)

    def _get(self, link: Link, key: str) -> tuple[SourceObject, bytes]:
        """An object with what its answer says of it."""
        path = join(self._root, key)
        try:
            answer = link.store.get(path)
            meta = answer.meta
            content = bytes(answer.bytes())
            self._learnt.read()
            return _object(key, meta["size"], meta["e_tag"] or "", meta["last_modified"]), content
        except ValueError:  # a key that obstore refuses
            pass
        except Exception as exc:
            raise self._told(exc, self._place(path, link, reading=True), link) from exc
        try:
            response = link.client.get_object(Bucket=self._bucket, Key=path)
            content = response["Body"].read()
            self._learnt.read()
            return _object(key, response["ContentLength"], response["ETag"], response["LastModified"]), content
        except Exception as exc:
            raise self._told(exc, self._place(path, link, reading=True), link) from exc

    def _connected(self, ctx: JobContext | None) -> Link:
        """The link, made at the first call; the others wait for it, but not beyond being cancelled."""
        if ctx is not None:
            ctx.check()
        while not self._linking.acquire(timeout=0.05):
            if ctx is not None:
                ctx.check()
        try:
            if self._link is None:
                self._link = connect(self._bucket, self._prefix(self._scope), self._options, ctx)
            return self._link
        finally:
            self._linking.release()

    def _told(self, exc: Exception, place: Place, link: Link) -> OdographError:
        if link.credentials.failure is not None and not facts(exc).status:
            exc = link.credentials.failure
        error = to_error(exc, place)
        self._learnt.failed(error, reading=place.reading)
        if isinstance(error, CredentialsMissing | CredentialsRejected):
            # The next call starts with what the AWS configuration says then, such as after a new sign-in.
            self._forget(link)
        return error

    def _forget(self, link: Link) -> None:
        if self._link is link:  # and not one that another thread has made meanwhile
            self._link = None

    def _place(self, path: str, link: Link, *, reading: bool) -> Place:
        options = self._options
        return Place(
            self._bucket,
            path,
            reading,
            options.profile,
            link.region,
            options.endpoint_url,
            link.profiles,
            options.keys,
        )

    def _prefix(self, folder: str) -> str:
        path = join(self._root, folder)
        return f"{path}/" if path else ""

    def _relative(self, path: str) -> str:
        return path[len(self._root) + 1 :] if self._root else path

    def _listed(self, meta: ObjectMeta) -> SourceObject:
        return _object(self._relative(meta["path"]), meta["size"], meta["e_tag"] or "", meta["last_modified"])

    def _named(self, response: ListObjectsV2OutputTypeDef) -> Iterator[SourceObject]:
        items: list[ObjectTypeDef] = response.get("Contents", [])
        for item in items:
            key = item.get("Key", "")
            if not key.endswith("/"):  # such an object stands for an empty folder
                yield _object(self._relative(key), item.get("Size", 0), item.get("ETag", ""), item.get("LastModified"))


def _digest(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _next_page(stream: ListStream[Sequence[ObjectMeta]]) -> Sequence[ObjectMeta] | None:
    return next(stream, None)


def _object(key: str, size: int, etag: str, modified: datetime | None) -> SourceObject:
    return SourceObject(key, size, etag.strip('"'), (modified - _EPOCH) // _MICROSECOND if modified else 0)


def _is_marker(meta: ObjectMeta, folder: str) -> bool:
    """Whether an object stands for a folder (its key ends with a slash, which obstore cuts off)."""
    return meta["size"] == 0 and (meta["path"] == folder or split_root(meta["path"])[1] != "")
