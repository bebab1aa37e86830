"""Servers on loopback for tests: a real S3 server, a proxy that records and holds requests, and servers that are no S3.

MiniStack checks signatures, policies and regions, so that what works with it works with what a person may really do.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from obstore.store import S3Store

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mypy_boto3_s3.client import S3Client

REGION = "eu-west-1"
_START_SECONDS = 30.0
_ROOT = "test"  # MiniStack takes this key as root and does not check its secret


@dataclass(frozen=True, slots=True)
class Keys:
    """An access key and its secret."""

    access: str
    secret: str

    def use(self, monkeypatch: Any) -> None:
        """Put the keys into the environment."""
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", self.access)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", self.secret)


@dataclass(frozen=True, slots=True)
class MiniStack:
    """A running S3 server.

    Attributes:
        url: its address, for ``endpoint_url``.
    """

    url: str

    def root(self, region: str = REGION) -> S3Client:
        """An S3 client that may do everything."""
        client: S3Client = root_client("s3", self.url, region)
        return client

    def iam(self) -> Any:
        """An IAM client that may do everything."""
        return root_client("iam", self.url)

    def create_bucket(self, name: str, region: str = REGION) -> None:
        """Make an empty bucket in a region."""
        client = self.root(region)
        # Where the answer comes late, the request is sent again and finds the bucket made.
        with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(
                Bucket=name,
                CreateBucketConfiguration={"LocationConstraint": region},  # type: ignore[typeddict-item]
            )

    def put(self, bucket: str, objects: Mapping[str, bytes], keys: Keys) -> None:
        """Store objects, a thousand a second or two, as a user who may write."""
        store = S3Store(
            bucket,
            endpoint=self.url,
            region=REGION,
            access_key_id=keys.access,
            secret_access_key=keys.secret,
            client_options={"allow_http": True},
        )
        with ThreadPoolExecutor(16) as pool:
            for _ in pool.map(lambda item: store.put(item[0], item[1], use_multipart=False), objects.items()):
                pass

    def add_user(self, name: str, *statements: Mapping[str, Any]) -> Keys:
        """Make a user with a policy of ``allow`` and ``deny`` statements; without any, nothing is allowed."""
        iam = self.iam()
        iam.create_user(UserName=name)
        if statements:
            policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
            iam.put_user_policy(UserName=name, PolicyName="test", PolicyDocument=policy)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(made["AccessKeyId"], made["SecretAccessKey"])


@functools.cache
def root_client(service: str, url: str, region: str = REGION) -> Any:
    """A client that may do everything, made once: making one takes longer than twenty requests."""
    client: Any = boto3.client  # whose signatures know only services that are written out
    return client(service, endpoint_url=url, region_name=region, aws_access_key_id=_ROOT, aws_secret_access_key=_ROOT)


def allow(*actions: str, on: str = "*", prefix: str = "") -> dict[str, Any]:
    """A policy statement that allows actions on ``bucket`` or ``bucket/path``; listing only below a prefix if given."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": on if on == "*" else f"arn:aws:s3:::{on}",
    }
    if prefix:
        statement["Condition"] = {"StringLike": {"s3:prefix": [prefix, f"{prefix}/*"]}}
    return statement


def deny(*actions: str) -> dict[str, Any]:
    """A policy statement that denies actions everywhere, whatever others allow."""
    return {"Effect": "Deny", "Action": list(actions), "Resource": "*"}


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def ministack(folder: Path) -> Iterator[MiniStack]:
    """Run MiniStack on a free port with its files in a folder; it is gone when the block ends."""
    port = free_port()
    folders = {"TMPDIR": "tmp", "S3_DATA_DIR": "s3", "STATE_DIR": "state"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    for name, child in folders.items():
        (folder / child).mkdir(parents=True, exist_ok=True)
        environment[name] = str(folder / child)
    environment |= {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "AUTH": "true",
        "SERVICES": "s3,iam,sts",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "S3_PERSIST": "0",
        "PERSIST_STATE": "0",
    }
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, stdout=output, stderr=output, cwd=folder
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await_health(url, process, log)
            yield MiniStack(url)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_health(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"MiniStack did not start: {log.read_text(errors='replace')}")
        try:
            with opener.open(f"{url}/_ministack/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)


@dataclass
class Answers:
    """What a test's server heard, and what it does.

    Attributes:
        url: the server's address.
        requests: method and path of each request, in order.
        released: clear it to make GET requests for objects hang, set it to let them go on.
    """

    url: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def answering(answer: Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None) -> Iterator[Answers]:
    """Run a server whose every request is answered by a function, which may use ``send_answer``.

    Args:
        tls: with the server's certificate, where it is asked by https.
    """
    heard = Answers("")
    heard.released.set()

    closed = threading.Event()

    def handle(handler: BaseHTTPRequestHandler) -> None:
        if closed.is_set():  # a connection that was kept open
            handler.close_connection = True
            return
        heard.requests.append((handler.command, handler.path))
        with contextlib.suppress(ConnectionError):  # whoever asked has gone away
            answer(handler)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    for method in ("GET", "HEAD", "PUT", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", handle)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    heard.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        closed.set()
        heard.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send_answer(
    handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> None:
    """Answer one request."""
    handler.send_response(status)
    for name, value in (headers or {}).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


_OF_THE_CONNECTION = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})


def pass_on(handler: BaseHTTPRequestHandler, body: bytes, target: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request to another server unchanged; its answer's status, headers and body, without what tells its way."""
    to = urlsplit(target)
    connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=30)
    try:
        connection.putrequest(handler.command, handler.path, skip_host=True, skip_accept_encoding=True)
        for name, value in handler.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        content = response.read()
        headers = {name: value for name, value in response.getheaders() if name.lower() not in _OF_THE_CONNECTION}
        return response.status, headers, content
    finally:
        connection.close()


@contextlib.contextmanager
def recording_proxy(target: str) -> Iterator[Answers]:
    """Run a server that passes everything on to another one unchanged, notes it, and can hold it back."""

    def forward(handler: BaseHTTPRequestHandler) -> None:
        if "list-type" not in handler.path:
            heard.released.wait()
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        status, headers, content = pass_on(handler, body, target)
        send_answer(handler, status, content, headers)

    with answering(forward) as heard:
        yield heard


def write_profiles(profiles: Mapping[str, Mapping[str, str]]) -> None:
    """Write the AWS configuration file that the test's environment names."""
    lines: list[str] = []
    for name, settings in profiles.items():
        lines.append("[default]" if name == "default" else f"[profile {name}]")
        lines += [f"{key} = {value}" for key, value in settings.items()]
    with open(os.environ["AWS_CONFIG_FILE"], "w", encoding="utf-8") as file:  # noqa: PTH123 - a path from outside
        file.write("\n".join(lines) + "\n")


@contextlib.contextmanager
def moto_server() -> Iterator[str]:
    """Run moto in this process: an S3 server of another code base, which checks no credentials. Gives its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
