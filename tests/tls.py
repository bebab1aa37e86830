"""Servers on loopback that speak TLS, with certificates of every kind."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate with its key, and the certificates by which it is trusted.

    Attributes:
        chain: certificate and key, for the server.
        trusted: for who asks.
    """

    chain: Path
    trusted: Path

    def context(self) -> ssl.SSLContext:
        """What a server with this certificate speaks."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context


class Authority:
    """Signs certificates for loopback.

    Args:
        folder: where files are written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        now = datetime.now(UTC)
        own = (
            self._begun(self._name, self._key, now - timedelta(days=9), now + timedelta(days=900))
            .issuer_name(self._name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def sign(self, name: str, host: str = "127.0.0.1", *, days: int = 90, self_signed: bool = False) -> Certificate:
        """Make a certificate.

        Args:
            name: of its files.
            host: a name or an address that it is for.
            days: until it ends; below 0 it has ended, and one that began in the future ends far in it.
            self_signed: whether it is its own authority.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
        now = datetime.now(UTC)
        begin = now + timedelta(days=days - 90) if days > 90 else now - timedelta(days=90)
        made = self._begun(subject, key, begin, now + timedelta(days=days))
        alternative: x509.GeneralName = x509.DNSName(host)
        with contextlib.suppress(ValueError):
            alternative = x509.IPAddress(ipaddress.ip_address(host))
        made = made.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        made = made.issuer_name(subject if self_signed else self._name)
        certificate = made.sign(key if self_signed else self._key, hashes.SHA256())
        chain = self._folder / f"{name}.pem"
        pem = serialization.Encoding.PEM
        secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        chain.write_bytes(certificate.public_bytes(pem) + secret)
        if not self_signed:
            return Certificate(chain, self.file)
        trusted = self._folder / f"{name}-trusted.pem"
        trusted.write_bytes(certificate.public_bytes(pem))
        return Certificate(chain, trusted)

    @staticmethod
    def _begun(
        subject: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
        )


@contextlib.contextmanager
def listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Hand each connection to a free port on loopback to a function, one after the other; errors of sockets end it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        listener.settimeout(0.05)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    connection.settimeout(5)
                    with connection:
                        serve(connection)

        thread = threading.Thread(target=run, name="listening")
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


@contextlib.contextmanager
def secure_front(certificate: Certificate, target_port: int = 0) -> Iterator[int]:
    """Speak TLS on a port, and pass on what is asked to another one on loopback, one request a connection.

    Args:
        target_port: 0 to close each connection once it is secure.
    """
    context = certificate.context()

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            if not target_port:
                return
            asked = b""
            while b"\r\n\r\n" not in asked:
                part = secured.recv(65_536)
                if not part:
                    return
                asked += part
            # No more than one request a connection: its end is the answer's.
            head, _, rest = asked.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            with socket.create_connection(("127.0.0.1", target_port), 5) as target:
                target.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + rest)
                while part := target.recv(65_536):
                    secured.sendall(part)

    with listening(serve) as port:
        yield port
