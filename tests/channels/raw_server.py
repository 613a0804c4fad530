"""A server of bare sockets: it answers with the bytes it is told, or breaks as it is told."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

#: What happens on a connection after a request was read; it is closed afterwards.
Deed = Callable[[socket.socket], None]


class RawServer:
    """Does one deed a request, the last one for ever. Keeps what it was sent."""

    def __init__(self, *deeds: Deed | bytes, secure: ssl.SSLContext | None = None) -> None:
        self._secure = secure
        self._deeds = [answering(one) if isinstance(one, bytes) else one for one in deeds]
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"{'https' if secure else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[str] = []
        self.connections = 0
        #: Set when the test is over, for deeds that hold the line.
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=[line], daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with suppress(OSError), self._secured(line) as line:
            while request := _request(line):
                self.requests.append(request)
                deed = self._deeds.pop(0) if len(self._deeds) > 1 else self._deeds[0]
                deed(line)
                if not getattr(deed, "keeps", False):
                    return

    def _secured(self, line: socket.socket) -> socket.socket:
        return self._secure.wrap_socket(line, server_side=True) if self._secure else line

    def hold(self, line: socket.socket) -> None:
        """Say nothing until the test is over."""
        self.over.wait(30)


def answering(content: bytes) -> Deed:
    def deed(line: socket.socket) -> None:
        line.sendall(content)

    return deed


def keeping(content: bytes) -> Deed:
    """Answer, and leave the connection open for the next request."""
    deed = answering(content)
    deed.keeps = True  # type: ignore[attr-defined]
    return deed


def reset(line: socket.socket) -> None:
    """Break the connection hard."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return the bytes of an answer; ``_`` in the name of a header is ``-``."""
    told = {"content-length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@contextmanager
def serving(*deeds: Deed | bytes, secure: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    server = RawServer(*deeds, secure=secure)
    try:
        yield server
    finally:
        server.close()


def free_address() -> str:
    """Return an address nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        return f"http://127.0.0.1:{one.getsockname()[1]}"


@contextmanager
def deaf_address() -> Iterator[str]:
    """Yield an address that takes no connection: the queue of its socket is full."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
            waiting.append(one)
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}"
        for one in waiting:
            one.close()


def _request(line: socket.socket) -> str:
    """Return one request as it was sent; empty when the other side is done."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (part := line.recv(65_536)):
            return ""
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [one for one in head.lower().split(b"\r\n") if one.startswith(b"content-length")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += line.recv(65_536)
    return (head + b"\r\n\r\n" + body).decode()


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a server of 127.0.0.1 speaks TLS with, and the file of whoever vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file
