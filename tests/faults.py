"""A proxy in front of an S3 server on loopback that fails in the ways in which networks and servers do.

The Host header is passed on unchanged, so signatures made for the proxy's address stay valid. Every fault is a function
that answers one request; rules say which requests meet it and how often.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from core.storage import s3_link
from tests.servers import pass_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pytest

_SOON = timedelta(seconds=0.01)


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program try again at once what it tries again after a pause; it is tried as often, in the same order."""
    monkeypatch.setattr("core.storage.patience._FIRST_PAUSE", 0.01)
    monkeypatch.setitem(s3_link._RETRY, "max_retries", 1)
    monkeypatch.setitem(s3_link._RETRY, "backoff", {"init_backoff": _SOON, "max_backoff": _SOON, "base": 2})


# A body that is cut off on purpose must not be fetched on from there.
_OWN = "accept-ranges"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the real server answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Exchange:
    """One request that meets a fault.

    Attributes:
        path: with the query.
        closing: set when the proxy goes away; whoever waits, waits for this.
    """

    def __init__(self, handler: BaseHTTPRequestHandler, real: Callable[[], Answer], closing: threading.Event) -> None:
        self._handler = handler
        self._real = real
        self.path = handler.path
        self.closing = closing

    def real(self) -> Answer:
        """Ask the real server."""
        return self._real()

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answer as a server does."""
        self.begin(status, len(body), headers or {})
        self.write(body)

    def begin(self, status: int, length: int, headers: Mapping[str, str]) -> None:
        """Send the head of an answer, whatever its body will be."""
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(length))
        self._handler.end_headers()

    def write(self, body: bytes) -> None:
        """Send a part of the body."""
        if self._handler.command != "HEAD":
            self._handler.wfile.write(body)
            self._handler.wfile.flush()

    def hang_up(self, *, reset: bool = False) -> None:
        """Close the connection in the usual way, or reset it."""
        self._handler.close_connection = True
        if reset:
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._handler.connection.close()


@dataclass(slots=True)
class _Rule:
    fault: Callable[[Exchange], None]
    matches: Callable[[str], bool]
    left: int | None
    every: int
    seen: int = 0

    def meets(self, path: str) -> bool:
        if self.left == 0 or not self.matches(path):
            return False
        self.seen += 1
        if self.seen % self.every:
            return False
        if self.left is not None:
            self.left -= 1
        return True


@dataclass(slots=True)
class Faults:
    """The proxy's address, what it heard, and the faults that requests meet.

    Attributes:
        url: for ``endpoint_url``.
        requests: the path and query of each request, in order.
        faulty: how many of them met a fault.
        most: how many faults one path meets, so that whoever tries again long enough succeeds; None for any number.
    """

    url: str
    requests: list[str] = field(default_factory=list)
    faulty: int = 0
    most: int | None = None
    _rules: list[_Rule] = field(default_factory=list)
    _met: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        fault: Callable[[Exchange], None],
        *,
        on: Callable[[str], bool] | None = None,
        times: int | None = None,
        every: int = 1,
    ) -> None:
        """Let requests meet a fault.

        Args:
            fault: answers the request in place of the real server.
            on: which requests, by their path and query; reading objects where it is left out.
            times: for how many of them; None for all.
            every: only every so-manieth of them.
        """
        with self._lock:
            self._rules.append(_Rule(fault, on or reads, times, every))

    def clear(self) -> None:
        """Let everything pass from now on."""
        with self._lock:
            self._rules.clear()

    def take(self, path: str) -> Callable[[Exchange], None] | None:
        """Note a request; the fault that it meets, if any."""
        with self._lock:
            self.requests.append(path)
            met = self._met.get(path, 0)
            for rule in self._rules:
                if (self.most is None or met < self.most) and rule.meets(path):
                    self.faulty += 1
                    self._met[path] = met + 1
                    return rule.fault
        return None

    def count(self, on: Callable[[str], bool]) -> int:
        """How many requests of a kind there were."""
        with self._lock:
            return sum(map(on, self.requests))


def reads(path: str) -> bool:
    """Whether a request reads an object."""
    return "list-type" not in path


def lists(path: str) -> bool:
    """Whether a request lists objects."""
    return "list-type" in path


def _error(code: str, message: str, more: str = "") -> bytes:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>1</RequestId></Error>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def slow_down(retry_after: int | None = None) -> Callable[[Exchange], None]:
    """503 SlowDown, with or without Retry-After."""
    headers = {"x-amz-request-id": "1"} | ({} if retry_after is None else {"Retry-After": str(retry_after)})
    return lambda exchange: exchange.answer(503, _error("SlowDown", "Please reduce your request rate."), headers)


def internal_error(exchange: Exchange) -> None:
    """500 InternalError."""
    exchange.answer(500, _error("InternalError", "We encountered an internal error. Please try again."))


def expired_token(exchange: Exchange) -> None:
    """400 ExpiredToken, as for credentials whose session is over."""
    exchange.answer(400, _error("ExpiredToken", "The provided token has expired."))


def gone(exchange: Exchange) -> None:
    """404 NoSuchKey, as for an object deleted after it was listed."""
    exchange.answer(404, _error("NoSuchKey", "The specified key does not exist."))


def moved(region: str) -> Callable[[Exchange], None]:
    """301 PermanentRedirect, as for a bucket in another region."""
    body = _error("PermanentRedirect", "The bucket must be addressed using the specified endpoint.")
    return lambda exchange: exchange.answer(301, body, {"x-amz-bucket-region": region, "x-amz-request-id": "1"})


def malformed_authorization(region: str) -> Callable[[Exchange], None]:
    """400 AuthorizationHeaderMalformed, as for a signature made for another region."""
    words = f"The authorization header is malformed; the region is wrong; expecting '{region}'"
    body = _error("AuthorizationHeaderMalformed", words, f"<Region>{region}</Region>")
    return lambda exchange: exchange.answer(400, body)


def silent(exchange: Exchange) -> None:
    """Accept the request and never answer."""
    exchange.closing.wait()
    exchange.hang_up()


def reset_in_body(exchange: Exchange) -> None:
    """Send half of the body, then reset the connection."""
    real = exchange.real()
    exchange.begin(real.status, len(real.body), real.headers)
    exchange.write(real.body[: len(real.body) // 2])
    exchange.hang_up(reset=True)


def cut_off(exchange: Exchange) -> None:
    """Send half of the announced body, then close the connection."""
    real = exchange.real()
    exchange.begin(real.status, len(real.body), real.headers)
    exchange.write(real.body[: len(real.body) // 2])
    exchange.hang_up()


def shortened(exchange: Exchange) -> None:
    """Send half of the object as if it were the whole: length and body fit each other, but not the listing."""
    real = exchange.real()
    exchange.answer(real.status, real.body[: len(real.body) // 2], real.headers)


def garbled(exchange: Exchange) -> None:
    """Send a body of the right length whose first bytes are others."""
    real = exchange.real()
    exchange.answer(real.status, bytes(byte ^ 1 for byte in real.body[:8]) + real.body[8:], real.headers)


def dripping(pieces: int, seconds: float) -> Callable[[Exchange], None]:
    """Send the body in pieces with a pause before each."""

    def drip(exchange: Exchange) -> None:
        real = exchange.real()
        exchange.begin(real.status, len(real.body), real.headers)
        step = max(1, -(-len(real.body) // pieces))
        for start in range(0, len(real.body), step):
            if exchange.closing.wait(seconds):
                exchange.hang_up()
                return
            exchange.write(real.body[start : start + step])

    return drip


class _Server(ThreadingHTTPServer):
    """Joins its threads when it is closed; connections that are kept open do not hold them up."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked has gone away, which some tests want."""

    def hang_up(self) -> None:
        """End every connection."""
        with self._guard:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def faulty(target: str) -> Iterator[Faults]:
    """Run the proxy in front of a server; when the block ends, its threads have ended."""
    faults = Faults("")
    closing = threading.Event()

    def real(handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
        status, headers, content = pass_on(handler, body, target)
        return Answer(status, {name: value for name, value in headers.items() if name.lower() != _OWN}, content)

    def handle(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        exchange = Exchange(handler, lambda: real(handler, body), closing)
        fault = faults.take(handler.path)
        if closing.is_set():
            exchange.hang_up()
        elif fault is not None:
            fault(exchange)
        else:
            answer = exchange.real()
            exchange.answer(answer.status, answer.body, answer.headers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for method in ("GET", "HEAD"):
        setattr(Handler, f"do_{method}", handle)
    server = _Server(Handler)
    faults.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="faults")
    thread.start()
    try:
        yield faults
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
