"""The way back from the browser to this program: a server on loopback that hears one answer."""

from __future__ import annotations

import base64
import hashlib
import queue
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from core.errors import SourceUnreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from core.jobs import JobContext

_PATH = "/oauth/callback"
RETURN_ADDRESS = f"http://127.0.0.1{_PATH}"
"""What the server is told to send the browser back to; the port is left open, RFC 8252, 7.3."""
_LOOK = 0.05
_POLL = 0.05
# A browser opens connections on which it says nothing.
_SILENCE = 5.0
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Odograph</title>
<body style="font: 16px system-ui, sans-serif; margin: 15vh auto; max-width: 30em; color-scheme: light dark">
<h1>{title}</h1><p>{text}</p></body></html>"""


@dataclass(frozen=True, slots=True, repr=False)
class Pledge:
    """Secrets of one sign-in: what comes back is taken with the state alone, and worth nothing without the verifier."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """What the server is told of the verifier."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True, repr=False)
class Brought:
    """What the browser brought back.

    Attributes:
        code: empty where the sign-in was refused.
        problem: why there is no code, in the server's words.
    """

    code: str
    problem: str


class Redirect:
    """Listens on a free port of loopback while it is entered. What brings another state than the pledge's is not heard.

    Raises:
        SourceUnreachable: no port can be had.
    """

    def __init__(self, pledge: Pledge) -> None:
        self._pledge = pledge
        self._brought: queue.SimpleQueue[Brought] = queue.SimpleQueue()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._brought, pledge.state))
        except OSError as error:
            raise SourceUnreachable(
                "The browser cannot report back to this computer",
                subject="127.0.0.1",
                hint="Sign in with a code instead.",
                detail=str(error),
            ) from error
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL,), name="sign-in-redirect", daemon=True
        )

    def __enter__(self) -> Redirect:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where the browser is to come back to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{_PATH}"

    def page(self, server: str, client_id: str, scopes: Sequence[str]) -> str:
        """The address of the page on which a person signs in.

        Args:
            server: the address of the single sign-on's server.
            client_id: of this program's registration.
        """
        asked = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": self.address,
            "state": self._pledge.state,
            "code_challenge_method": "S256",
            "scopes": " ".join(scopes),
            "code_challenge": self._pledge.challenge,
        }
        return f"{server.rstrip('/')}/authorize?{urlencode(asked, quote_via=quote)}"

    def wait(self, ctx: JobContext, seconds: float) -> Brought | None:
        """Wait for the browser; None where it does not come in time. Raises JobCancelled."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            ctx.check()
            try:
                return self._brought.get(timeout=_LOOK)
            except queue.Empty:
                continue
        return None


def _handler(brought: queue.SimpleQueue[Brought], state: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _SILENCE

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            said = {name: values[0] for name, values in parse_qs(parts.query).items()}
            # Any page in the browser may send it here; only the one that was opened knows the state.
            if parts.path != _PATH or not secrets.compare_digest(said.get("state", "").encode(), state.encode()):
                self.send_error(404)
                return
            code = said.get("code", "")
            title, then = ("You are signed in", "goes on") if code else ("Nobody was signed in", "says why")
            content = _PAGE.format(title=title, text=f"Odograph {then}. You may close this page.").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(content)
            problem = " ".join(filter(None, (said.get("error", ""), said.get("error_description", ""))))
            brought.put(Brought(code, problem))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the code stands in the address."""

    return Handler
