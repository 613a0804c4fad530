"""A private Dovecot (IMAP) and an SMTP server beside it, on 127.0.0.1, in a throw-away folder.

What is handed in by SMTP for ``...@example.test`` lies in that person's mailbox. Any name is a
mailbox; all of them have one password. The SMTP server does as it is told, once each:

==================  ===========================================================================
``"cut early"``     the line breaks when the sender is named
``"cut in data"``   the line breaks instead of an invitation to send the mail
``"cut late"``      the mail is delivered, then the line breaks
``"lost late"``     the mail is thrown away, then the line breaks
``"451"``, ...      the code is the answer to the whole mail
==================  ===========================================================================

The name before the @ of a recipient is a wish as well: ``nobody`` is refused (550), ``later`` is
put off (451).
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import imaplib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from channels.model import ChannelAccount, Reply
from channels.networks.email import EmailNetwork
from tools import real_networks
from tools.real_networks import MissingError

PASSWORD = "correct-horse"
_PATIENCE = 20.0


class MailServers:
    """Both servers. Mailboxes are named by their addresses."""

    def __init__(self, program: Path) -> None:
        """Start them; ``program`` is Dovecot."""
        self._program = program
        self._numbers = itertools.count(1)
        # Sockets of Unix have short names, and Dovecot's users have to come through.
        self._folder = Path(tempfile.mkdtemp(prefix="dc"))
        self._folder.chmod(0o755)
        self.imap_port, self.imaps_port = _free_port(), _free_port()
        self.certificate = self._folder / "cert.pem"
        _make_certificate(self.certificate, self._folder / "key.pem")
        self._process: subprocess.Popen[bytes] | None = None
        self._write_settings()
        self.start()
        self.smtp = _Smtp(self)

    def start(self) -> None:
        """Start Dovecot, if it does not run."""
        command = [str(self._program), "-F", "-c", str(self._folder / "dovecot.conf")]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        line = _patiently(self.imap_port)
        line.close()

    def stop(self) -> None:
        """Stop Dovecot; its mailboxes stay."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE)
            self._process = None

    def end(self) -> None:
        """Stop both, and leave nothing behind."""
        self.smtp.stop()
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def mailbox(self, address: str) -> Iterator[imaplib.IMAP4]:
        """Log in as a person with a mail program would."""
        box = imaplib.IMAP4("127.0.0.1", self.imap_port, timeout=_PATIENCE)
        box.login(address, PASSWORD)
        try:
            yield box
        finally:
            box.logout()

    def deliver(
        self, address: str, *mails: bytes, folder: str = "INBOX", at: datetime | None = None
    ) -> None:
        """Put mails into a mailbox; they came in at ``at`` and each a second after the other."""
        with self.mailbox(address) as box:
            for number, mail in enumerate(mails):
                moment = (at or datetime.now(UTC)) + timedelta(seconds=number)
                status, said = box.append(folder, "", moment, mail.replace(b"\n", b"\r\n"))
                assert status == "OK", said

    def mails(self, address: str, folder: str = "INBOX") -> list[bytes]:
        """Return what lies in a mailbox, in order."""
        with self.mailbox(address) as box:
            _, (count,) = box.select(folder, readonly=True)
            # Asked for all mails of an empty folder, a server complains.
            _, data = box.fetch("1:*", "(BODY.PEEK[])") if count != b"0" else ("OK", [])
            return [bytes(part[1]) for part in data if isinstance(part, tuple)]

    def flags(self, address: str, folder: str = "INBOX") -> list[str]:
        """Return the flags of the mails of a folder, in order."""
        with self.mailbox(address) as box:
            box.select(folder, readonly=True)
            _, data = box.fetch("1:*", "(FLAGS)")
            return [part.decode() for part in data if isinstance(part, bytes)]

    def account(self, address: str, *, id: int = 1, **settings: Any) -> ChannelAccount:
        """Return an account of ours for a mailbox."""
        told = {
            "imap_host": "127.0.0.1", "imap_port": self.imap_port, "imap_security": "none",
            "smtp_host": "127.0.0.1", "smtp_port": self.smtp.port, "smtp_security": "none",
        }  # fmt: skip
        return ChannelAccount(
            id, "email", address, settings=told | settings, secrets={"password": PASSWORD}
        )

    def new_address(self) -> str:
        """Return the address of a mailbox in which nothing ever was."""
        return f"care{next(self._numbers)}@example.test"

    def _write_settings(self) -> None:
        root = os.getuid() == 0
        # Mails are never read as root: Dovecot refuses to.
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        for name in ("run", "state", "mail"):
            (self._folder / name).mkdir()
        if root:
            os.chown(self._folder / "mail", owner.pw_uid, owner.pw_gid)
        text = _SETTINGS.format(
            folder=self._folder, imap=self.imap_port, imaps=self.imaps_port, password=PASSWORD,
            uid=owner.pw_uid, gid=owner.pw_gid,
            login="dovenull" if root else owner.pw_name,
            internal="dovecot" if root else owner.pw_name,
            unprivileged="" if root else f"default_internal_group = {owner.pw_gid}",
            chroot="" if root else "chroot =",
        )  # fmt: skip
        (self._folder / "dovecot.conf").write_text(text)


class _Smtp:
    """The SMTP server: a handler of aiosmtpd, and the thread it runs in."""

    def __init__(self, servers: MailServers) -> None:
        self._servers = servers
        self.faults: list[str] = []
        self.taken: list[tuple[str, bytes]] = []  #: recipients and mails, as they came in
        self.port = _free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, authenticator=_judge,
            auth_require_tls=False,
        )  # fmt: skip
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    async def handle_MAIL(
        self, server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self._happens("cut early"):
            _cut(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        name = address.partition("@")[0]
        if name == "nobody":
            return "550 5.1.1 no such user"
        if name == "later":
            return "451 4.7.1 come back later"
        if self._happens("cut in data"):
            # The answer is still read; the next command finds the line closed.
            asyncio.get_running_loop().call_soon(_cut, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        if self.faults and self.faults[0].isdecimal():
            return f"{self.faults.pop(0)} as you wished"
        lost = self._happens("lost late")
        for recipient in envelope.rcpt_tos:
            if not lost:
                self.taken.append((recipient, envelope.content))
            if not lost and recipient.endswith("@example.test"):
                mail = envelope.content.replace(b"\r\n", b"\n")
                await asyncio.to_thread(self._servers.deliver, recipient, mail)
        if lost or self._happens("cut late"):
            _cut(server)
        return "250 2.0.0 taken"

    def _happens(self, fault: str) -> bool:
        if self.faults and self.faults[0] == fault:
            self.faults.pop(0)
            return True
        return False


def servers() -> MailServers:
    """Return the servers of this process; skip whoever asks where Dovecot cannot be had."""
    try:
        return _servers(real_networks.dovecot())
    except MissingError as reason:
        pytest.skip(str(reason))


class _NamedLikeHandles(EmailNetwork):
    """Mail for tests that write to people as other networks call them."""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        return super().send(account, replace(reply, recipient=f"{reply.recipient}@example.test"))


def named_like_handles() -> EmailNetwork:
    """Return a network of mail on which ``bob`` is ``bob@example.test``."""
    return _NamedLikeHandles()


@cache
def _servers(program: Path) -> MailServers:
    made = MailServers(program)
    atexit.register(made.end)
    return made


def _judge(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    # Not handled: the server answers 535 by itself.
    return AuthResult(success=right, handled=right)


def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


def _patiently(port: int) -> socket.socket:
    """Connect to a server that is about to be there, and hear its greeting."""
    end = datetime.now(UTC) + timedelta(seconds=_PATIENCE)
    while datetime.now(UTC) < end:
        with contextlib.suppress(OSError):
            line = socket.create_connection(("127.0.0.1", port), 1)
            if line.recv(64).startswith(b"* OK"):
                return line
            line.close()
    raise AssertionError("Dovecot did not start")


def _make_certificate(certificate: Path, key: Path) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


_SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {internal}
{unprivileged}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
"""
