"""What an account of the network ``email`` was told, checked and ready for use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from channels.errors import ChannelRefusedError
from channels.fields import Field
from channels.model import ChannelAccount

#: An address that can be answered. Stricter than the standard: what is odder is shown, not used.
ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,64}@[^\s@<>\"(),:;\\\[\]\x00-\x1f]{1,253}")


class Security(StrEnum):
    """How a connection is kept from being read. Certificates are always checked."""

    TLS = "tls"  #: from the first byte
    STARTTLS = "starttls"  #: asked for before anything is told
    NONE = "none"  #: for a server on this very machine


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, and as whom."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of ours: where mail comes in, and where replies go out."""

    address: str  #: in lower case
    handle: str  #: of the account; that of an author who is ourselves
    own: frozenset[str]  #: every address that is ours, in lower case
    name: str  #: as recipients see us; empty: the address alone
    reading: Server
    sending: Server
    folder: str
    sent_folder: str | None
    plus_addresses: bool
    history_days: float
    automatic_per_day: int

    @property
    def domain(self) -> str:
        """Return the domain of our address, as it stands in headers."""
        return self.address.rpartition("@")[2].encode("idna").decode("ascii")

    @classmethod
    def of(cls, account: ChannelAccount) -> Mailbox:
        """Read what the account was told.

        Raises:
            ChannelRefusedError: something is missing or makes no sense.
        """
        told, secrets = account.settings, account.secrets
        address = str(told.get("address") or account.handle).lower()
        if not ADDRESS.fullmatch(address):
            raise ChannelRefusedError(
                f"{address!r} is no mail address. Name the account as people write to it, or set "
                "its address."
            )
        aliases = re.split(r"[\s,;]+", str(told.get("aliases") or "").lower())
        user, password = str(told.get("user") or address), secrets.get("password", "")
        try:
            _ = address.rpartition("@")[2].encode("idna")
            return cls(
                address=address,
                handle=account.handle,
                own=frozenset({address, account.handle.lower(), *filter(None, aliases)}),
                name=str(told.get("sender_name") or "").strip(),
                reading=_server(told, "imap", 993, Security.TLS, user, password),
                sending=_server(
                    told, "smtp", 587, Security.STARTTLS, str(told.get("smtp_user") or user),
                    secrets.get("smtp_password") or password,
                ),
                folder=str(told.get("folder") or "INBOX"),
                sent_folder=told.get("sent_folder") or None,
                plus_addresses=bool(told.get("plus_addresses")),
                history_days=float(told.get("history_days") or 0),
                automatic_per_day=int(told.get("automatic_per_day") or 5),
            )  # fmt: skip
        except (ValueError, UnicodeError) as wrong:
            raise ChannelRefusedError(
                f"The settings of {account.handle} make no sense: {wrong}"
            ) from None


def _server(
    told: Any, kind: str, port: int, security: Security, user: str, password: str
) -> Server:
    host = str(told.get(f"{kind}_host") or "").strip()
    if not host:
        raise ValueError(f"{kind}_host is missing.")
    chosen = Security(str(told.get(f"{kind}_security") or security))
    return Server(host, int(told.get(f"{kind}_port") or port), chosen, user, password)


_SECURITY = tuple(Security)
#: Megabytes of the files of one reply, unless the account says otherwise.
FILES_MB = 10

#: What is asked when an account is added.
FIELDS = (
    Field("imap_host", "IMAP server", "Such as imap.example.com: where the mails are read.",
          leads=True),
    Field("imap_port", "IMAP port", "993 with TLS, 143 with STARTTLS.", False, False, "993",
          "number", leads=True),
    Field("imap_security", "IMAP encryption", "none only for a server on this machine.", False,
          False, Security.TLS, "text", _SECURITY, leads=True),
    Field("user", "User name", "Empty: the address.", required=False),
    Field("password", "Password", "An app password, where the provider has them.", secret=True),
    Field("smtp_host", "SMTP server", "Such as smtp.example.com: where replies are handed in.",
          leads=True),
    Field("smtp_port", "SMTP port", "587 with STARTTLS, 465 with TLS.", False, False, "587",
          "number", leads=True),
    Field("smtp_security", "SMTP encryption", "none only for a server on this machine.", False,
          False, Security.STARTTLS, "text", _SECURITY, leads=True),
    Field("smtp_user", "SMTP user name", "Empty: the same as for IMAP.", required=False),
    Field("smtp_password", "SMTP password", "Empty: the same as for IMAP.", True, False),
    Field("address", "Address", "Empty: the name of the account.", required=False),
    Field("aliases", "Other addresses of ours",
          "Separated by commas. Mail from them is ours and starts nothing.", required=False),
    Field("sender_name", "Name of the sender", "As customers see it.", required=False),
    Field("folder", "Folder", "Where the mails come in.", False, False, "INBOX"),
    Field("sent_folder", "Folder of sent mails", "Empty: the one the server calls so.",
          required=False),
    Field("history_days", "Days to look back",
          "Mails older than that are left alone when reading begins. 0: only what comes from now "
          "on.", False, False, "0", "number"),
    Field("automatic_per_day", "Automatic mails",
          "To one address on one day at most, so that two programs never answer each other.",
          False, False, "5", "number"),
    Field("files_mb", "Megabytes of files",
          "Of one reply, all together. A mail is a third larger than its files.", False, False,
          str(FILES_MB), "number"),
    Field("plus_addresses", "Plus addresses",
          "Answers come to address+token. Only if the server delivers name+anything to name.",
          False, False, "no", "flag"),
)  # fmt: skip
