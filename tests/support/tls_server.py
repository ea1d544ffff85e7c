"""A server on this machine that speaks TLS as AWS does, with an authority of its own."""

import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
MakeAnswer: TypeAlias = Callable[[str, dict[str, str], bytes], Answer]
"""From a path, headers with lower-case names and a body."""

_HERE = "127.0.0.1"
_LIFE = timedelta(days=1)


@dataclass
class TlsServer:
    """A running server: its address, the file of its authority, and what was asked of it."""

    url: str
    authority: Path
    connections: list[str] = field(default_factory=list)
    """One entry for each finished handshake."""


@contextmanager
def serving(folder: Path, answer: MakeAnswer) -> Iterator[TlsServer]:
    """Serve while the block runs; the folder gets the certificates."""
    authority, chain = _make_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    listener = ThreadingHTTPServer((_HERE, 0), BaseHTTPRequestHandler)
    # The handshake is done by the connection's own thread, at its first read.
    listener.socket = context.wrap_socket(
        listener.socket, server_side=True, do_handshake_on_connect=False
    )
    server = TlsServer(f"https://{_HERE}:{listener.server_address[1]}", authority)
    listener.RequestHandlerClass = _handler(server, answer)
    listener.daemon_threads = True
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def _handler(server: TlsServer, answer: MakeAnswer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one packet an answer

        def handle(self) -> None:
            try:
                self.connection.do_handshake()
            except OSError:  # the client does not trust us
                return
            server.connections.append(self.client_address[0])
            super().handle()

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, sent, content = answer(self.path, headers, body)
            self.send_response(status)
            for name, value in sent.items():
                if name.lower() not in {"content-length", "server", "date", "connection"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_values: Any) -> None:
            """Say nothing."""

    return Handler


def _make_certificates(folder: Path) -> tuple[Path, Path]:
    """Write an authority, and a key with a certificate that it signed."""
    key, owner = ec.generate_private_key(ec.SECP256R1()), _name("Test authority")
    authority = _certificate(owner, owner, key.public_key(), is_authority=True).sign(
        key, hashes.SHA256()
    )
    own = ec.generate_private_key(ec.SECP256R1())
    signed = (
        _certificate(_name(_HERE), owner, own.public_key(), is_authority=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(_HERE))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    folder.mkdir(parents=True, exist_ok=True)
    root, chain = folder / "authority.pem", folder / "server.pem"
    root.write_bytes(authority.public_bytes(pem))
    private = own.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + signed.public_bytes(pem))
    return root, chain


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    owner: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, is_authority: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(owner)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
