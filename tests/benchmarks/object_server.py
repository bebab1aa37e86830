"""A bucket on loopback that lists and gives the files of a folder, as fast as the system sends files.

It answers ListObjectsV2 and GetObject and looks at no signature. It runs in a process of its own.
"""

from __future__ import annotations

import bisect
import contextlib
import hashlib
import multiprocessing
import os
import socketserver
import time
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

BUCKET = "fleet"
REGION = "eu-west-1"
_SPENT = "/-/spent"
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class ObjectServer:
    """A running server.

    Attributes:
        url: its address, for ``endpoint_url``.
    """

    url: str

    def spent(self) -> float:
        """Seconds of CPU time since it started."""
        with urllib.request.urlopen(f"{self.url}{_SPENT}") as answer:
            return float(answer.read())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[ObjectServer]:
    """Serve the files of a folder, which do not change meanwhile, as the objects of a bucket."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(folder, sender), daemon=True)
    process.start()
    # Its own copy stays open there; without this one, its death would be noticed here.
    sender.close()
    try:
        yield ObjectServer(f"http://127.0.0.1:{receiver.recv()}")
    finally:
        process.terminate()
        process.join()
        receiver.close()


@dataclass(frozen=True, slots=True)
class _Object:
    path: str
    size: int
    etag: str
    modified: float

    def listed(self, key: str) -> str:
        modified = f"{datetime.fromtimestamp(self.modified, UTC):%Y-%m-%dT%H:%M:%S.000Z}"
        return (
            f"<Contents><Key>{escape(key)}</Key><LastModified>{modified}</LastModified><ETag>&quot;{self.etag}&quot;"
            f"</ETag><Size>{self.size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )

    def head(self) -> bytes:
        return (
            f"HTTP/1.1 200 OK\r\nContent-Length: {self.size}\r\nContent-Type: application/json\r\n"
            f'ETag: "{self.etag}"\r\nLast-Modified: {formatdate(self.modified, usegmt=True)}\r\n\r\n'
        ).encode()


def _serve(folder: Path, port: Connection) -> None:
    objects = {}
    for path in sorted(folder.rglob("*.json")):
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        status = path.stat()
        objects[path.relative_to(folder).as_posix()] = _Object(str(path), status.st_size, digest, status.st_mtime)
    with _Server(objects) as server:
        port.send(server.server_address[1])
        port.close()
        server.serve_forever()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, objects: dict[str, _Object]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects = objects
        self.keys = sorted(objects)

    def page(self, query: dict[str, list[str]]) -> bytes:
        """An answer to ListObjectsV2."""

        def said(name: str) -> str:
            return query.get(name, [""])[0]

        prefix, delimiter, limit = said("prefix"), said("delimiter"), int(said("max-keys") or _PAGE)
        after = said("continuation-token") or said("start-after")
        place = max(bisect.bisect_left(self.keys, prefix), bisect.bisect_right(self.keys, after))
        rows: list[str] = []
        last = ""
        while place < len(self.keys) and self.keys[place].startswith(prefix) and len(rows) < limit:
            key = last = self.keys[place]
            folder, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            if found:
                common = f"{prefix}{folder}{delimiter}"
                rows.append(f"<CommonPrefixes><Prefix>{escape(common)}</Prefix></CommonPrefixes>")
                place = bisect.bisect_left(self.keys, f"{common}\U0010ffff", place)
                last = self.keys[place - 1]
            else:
                rows.append(self.objects[key].listed(key))
                place += 1
        more = place < len(self.keys) and self.keys[place].startswith(prefix)
        token = f"<NextContinuationToken>{escape(last)}</NextContinuationToken>" if more else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{BUCKET}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(rows)}</KeyCount>"
            f"<MaxKeys>{limit}</MaxKeys><IsTruncated>{str(more).lower()}</IsTruncated>{token}{''.join(rows)}"
            "</ListBucketResult>"
        ).encode()


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        # A client ends a connection whenever it likes.
        with contextlib.suppress(ConnectionError):
            while request := self.rfile.readline():
                while self.rfile.readline() not in (b"\r\n", b""):
                    pass
                self._answer(urlsplit(request.split(b" ")[1].decode()))

    def _answer(self, url: SplitResult) -> None:
        path = unquote(url.path)
        if path == _SPENT:
            self._say("200 OK", str(time.process_time()).encode())
            return
        key = path.removeprefix(f"/{BUCKET}").removeprefix("/")
        if not key:
            self._say("200 OK", self.server.page(parse_qs(url.query)))
            return
        found = self.server.objects.get(key)
        if found is None:
            self._say("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>")
            return
        self.connection.sendall(found.head())
        with open(found.path, "rb", buffering=0) as file:  # noqa: PTH123 - the same, and faster
            left = found.size
            while left:
                left -= os.sendfile(self.connection.fileno(), file.fileno(), None, left)

    def _say(self, status: str, content: bytes) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nContent-Type: application/xml\r\n\r\n"
        self.connection.sendall(head.encode() + content)
