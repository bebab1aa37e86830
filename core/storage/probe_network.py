"""The way to a server, step by step: its name, a connection, a secure one. Nothing of S3 is asked."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import botocore
from botocore.config import Config
from botocore.httpsession import get_cert_path

from core.connections import Addressing
from core.errors import SourceUnreachable
from core.storage.proxies import proxy_for
from core.storage.s3_answers import ANSWERS
from core.storage.sessions import FIRST_REGION

if TYPE_CHECKING:
    from core.connections import S3Options
    from core.storage.sessions import AwsSession

PLAIN = "The server speaks http, not https"

_SECONDS = 5.0  # for each thing that a server is waited for
_SOON = 14  # days; a certificate that ends within them is worth a word
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, which ssl does not name
_LEFT_HALF = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
# OpenSSL's verification codes.
_NOT_YET, _EXPIRED, _SELF_SIGNED, _WRONG_NAME = 9, 10, 18, (62, 64)


@dataclass(frozen=True, slots=True)
class Target:
    """Where requests for a bucket go.

    Attributes:
        url: of the bucket.
        host, port: the server's.
        secure: whether it is spoken to over TLS.
        in_host: whether the bucket's name is part of the host's.
        proxy: the proxy's address, which may hold a name and password; empty where there is none.
    """

    url: str
    host: str
    port: int
    secure: bool
    in_host: bool
    proxy: str = ""

    @property
    def server(self) -> str:
        """``https://host:port`` as a person would write it."""
        usual = 443 if self.secure else 80
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}" + (f":{self.port}" if self.port != usual else "")

    @property
    def peer(self) -> tuple[str, int]:
        """Host and port of what is connected to: the proxy, or the server itself."""
        return _place_of(self.proxy) if self.proxy else (self.host, self.port)


def find_target(bucket: str, session: AwsSession, options: S3Options) -> Target:
    """Where requests for a bucket go, with all that the AWS configuration and the environment say. Asks nobody.

    Args:
        bucket: its name.
        session: one that was opened with the options.
        options: how the bucket is reached.
    """
    style = {"addressing_style": options.addressing.value}
    # With keys of its own it looks for no others; nothing is signed with them.
    client = session.boto.client(
        "s3",
        region_name=session.region or FIRST_REGION,
        endpoint_url=options.endpoint_url or None,
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(
            signature_version=botocore.UNSIGNED,
            s3=None if options.addressing is Addressing.AUTO else style,  # type: ignore[arg-type]
        ),
    )
    url = client.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket}).partition("?")[0]
    host, port = _place_of(url)
    in_host = host.startswith(f"{bucket.lower()}.")
    return Target(url, host, port, url.lower().startswith("https:"), in_host, proxy_for(url))


def certificates(session: AwsSession, options: S3Options) -> str:
    """The file of certificates by which servers are trusted."""
    return str(options.ca_file or session.ca_file or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(True))


# The steps


def resolve(target: Target) -> tuple[list[str], str]:
    """The addresses of what is connected to, and what to say of them.

    Raises:
        SourceUnreachable: the name is not known.
    """
    host, port = target.peer
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        if target.proxy:
            raise _error("proxy", target, exc, title="The proxy's name cannot be resolved", subject=host) from exc
        raise _error("name", target, exc, subject=host) from exc
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    name = f"The proxy {host}" if target.proxy else host
    if addresses == [host]:
        return addresses, name
    more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
    return addresses, f"{name} is {addresses[0]}{more}"


def connect_to(target: Target, addresses: list[str]) -> tuple[socket.socket, str]:
    """A connection to the server, through the proxy where there is one, and what to say of it.

    Raises:
        SourceUnreachable: nothing answers, or the proxy lets nothing through.
    """
    host, port = target.peer
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            connection = socket.create_connection((address, port), _SECONDS)
            break
        except OSError as exc:
            failure = exc
    else:
        if target.proxy:
            raise _error("proxy", target, failure, subject=f"{host}:{port}") from failure
        refused = isinstance(failure, ConnectionRefusedError)
        kind = "refused" if refused else "timeout" if isinstance(failure, TimeoutError) else "network"
        raise _error(kind, target, failure, subject=f"{host}:{port}") from failure
    said = f"{connection.getpeername()[0]}, port {port}"
    if not target.proxy:
        return connection, said
    if target.secure:
        try:
            connection = _tunnel(target, connection)
        except BaseException:
            connection.close()
            raise
    return connection, f"Through the proxy {host}, port {port}"


def secure(target: Target, connection: socket.socket, ca_file: str) -> tuple[str, str]:
    """Check that a connection can be made secure. The connection is used up.

    Args:
        target: whose name the certificate has to bear.
        connection: to the server.
        ca_file: the certificates by which it is trusted.

    Returns:
        What to say of it, and a word of warning, else empty.

    Raises:
        SourceUnreachable: it cannot, and why.
    """
    try:
        with ssl.create_default_context(cafile=ca_file).wrap_socket(connection, server_hostname=target.host) as secured:
            until, said = _told(secured)
    except ssl.SSLCertVerificationError as exc:
        raise _of_certificate(target, exc, ca_file) from exc
    except OSError as exc:
        if not isinstance(exc, (TimeoutError, *_LEFT_HALF)) and _speaks_plainly(target):
            hint = f"Write http:// in place of https:// in the server's address: {with_other_scheme(target.server)}."
            raise SourceUnreachable(PLAIN, subject=target.server, hint=hint, detail=_words(exc)) from exc
        raise _error("timeout" if isinstance(exc, TimeoutError) else "tls", target, exc, subject=target.server) from exc
    left = (until - time.time()) / 86_400
    if left > _SOON:
        return said, ""
    days = "less than a day" if left < 1 else f"{left:.0f} day{'' if round(left) == 1 else 's'}"
    return said, f"The certificate ends in {days}. Whoever runs the server has to renew it."


def speaks_tls(target: Target) -> bool:
    """Whether a server that is spoken to without TLS expects it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((target.host, target.port), _SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=target.host),
        ):
            return True
    except OSError:
        return False


def with_other_scheme(endpoint: str) -> str:
    """A server's address with http in place of https, or the other way round."""
    scheme, mark, rest = endpoint.partition("://")
    return f"{'http' if scheme.lower() == 'https' else 'https'}{mark}{rest}"


# Within a step


def _tunnel(target: Target, connection: socket.socket) -> socket.socket:
    """A connection through the proxy to the server."""
    parts = urlsplit(target.proxy)
    host = f"[{target.host}]" if ":" in target.host else target.host
    asked = f"CONNECT {host}:{target.port} HTTP/1.1\r\nHost: {host}:{target.port}\r\n"
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        asked += f"Proxy-Authorization: Basic {base64.b64encode(login).decode()}\r\n"
    proxy = f"{parts.hostname}:{target.peer[1]}"
    try:
        if parts.scheme.lower() == "https":
            connection = ssl.create_default_context(cafile=get_cert_path(True)).wrap_socket(
                connection, server_hostname=parts.hostname
            )
        connection.sendall(f"{asked}\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer and len(answer) < 65_536:
            part = connection.recv(4096)
            if not part:
                break
            answer += part
    except OSError as exc:
        raise _error("proxy", target, exc, title="The proxy does not answer", subject=proxy) from exc
    first = answer.split(b"\r\n", 1)[0].decode("latin-1")
    status = first.split(" ")[1] if first.startswith("HTTP/") and " " in first else ""
    if status.startswith("2"):
        return connection
    if status == "407":
        raise SourceUnreachable(
            "The proxy asks for a name and password",
            subject=proxy,
            hint="Write them into HTTPS_PROXY: http://name:password@proxy:port. What a proxy asks otherwise, such as "
            "the sign-in of Windows, a small proxy on this computer can answer.",
            detail=first,
        )
    raise SourceUnreachable(
        "The proxy does not let through to the server",
        subject=f"{target.host}:{target.port}",
        hint=f"Ask whoever runs the proxy {proxy} to allow it, or name the server in NO_PROXY where it is reached "
        "without the proxy.",
        detail=first or "no answer",
    )


def _told(secured: ssl.SSLSocket) -> tuple[float, str]:
    certificate = secured.getpeercert() or {}
    until = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    names = _names(certificate)
    name = f" of {names[0]}" if names else ""
    ends = time.strftime("%Y-%m-%d", time.gmtime(until))
    return until, f"{(secured.version() or 'TLS').replace('v', ' ')}, certificate{name} until {ends}"


def _of_certificate(target: Target, exc: ssl.SSLCertVerificationError, ca_file: str) -> SourceUnreachable:
    """Why a certificate is not believed, and what to do."""
    code = exc.verify_code
    if code in (_EXPIRED, _NOT_YET):
        certificate = _certificate_anyway(target, ca_file)
        when = str(certificate.get("notAfter" if code == _EXPIRED else "notBefore", ""))
        said = time.strftime(" on %Y-%m-%d", time.gmtime(ssl.cert_time_to_seconds(when))) if when else ""
        today = time.strftime("%Y-%m-%d")
        title = f"The server's certificate {'has expired' if code == _EXPIRED else 'is not valid yet'}"
        what = f"It ended{said}: whoever runs the server has to renew it." if code == _EXPIRED else f"It begins{said}."
        hint = f"{what} Check this computer's date too: it says {today}."
    elif code in _WRONG_NAME:
        title = "The server's certificate is for another host"
        names = ", ".join(_names(_certificate_anyway(target, ca_file))[:3])
        hint = f"It is made out to {names or 'others'}, not to {target.host}. Check the server's address."
    elif code == _SELF_SIGNED:
        title = "The server's certificate is self-signed"
        hint = (
            "If it is the right server, get its certificate from whoever runs it, and choose it as the file of "
            "certificates (--ca-file)."
        )
    else:
        title = "The server's certificate comes from an authority that is not known here"
        hint = (
            "Choose the authority's certificate as the file of certificates (--ca-file), or name it in AWS_CA_BUNDLE. "
            "In a company's network it may be the one of the company's proxy."
        )
    return SourceUnreachable(title, subject=target.server, hint=hint, detail=exc.verify_message or _words(exc))


def _certificate_anyway(target: Target, ca_file: str) -> dict[str, object]:
    """The certificate of a server whose certificate is trusted but for its name or time; empty where it is not."""
    context = ssl.create_default_context(cafile=ca_file)
    context.check_hostname = False
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    with suppress(OSError, SourceUnreachable):
        addresses, _ = resolve(target)
        connection, _ = connect_to(target, addresses)
        with connection, context.wrap_socket(connection, server_hostname=target.host) as secured:
            return dict(secured.getpeercert() or {})
    return {}


def _names(certificate: object) -> list[str]:
    assert isinstance(certificate, dict)
    names = certificate.get("subjectAltName", ())
    return [str(value) for kind, value in names if kind in ("DNS", "IP Address")]


def _speaks_plainly(target: Target) -> bool:
    """Whether a server that is spoken to over TLS answers without it."""
    with suppress(OSError, SourceUnreachable):
        addresses, _ = resolve(target)
        connection, _ = connect_to(target, addresses)
        with connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {target.host}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(5).startswith(b"HTTP/")
    return False


def _place_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme.lower() == "https" else 80)


def _error(kind: str, target: Target, exc: BaseException, *, subject: str, title: str = "") -> SourceUnreachable:
    answer = ANSWERS[kind]
    hint = answer.hint.format(server=target.server, host=target.server)
    return SourceUnreachable(title or answer.title, subject=subject, hint=hint, detail=_words(exc))


def _words(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}"
