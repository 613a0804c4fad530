"""Who wrote a mail, to whom; and addresses of ours that say which conversation is meant."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses
from functools import lru_cache

from channels.mail.account import ADDRESS, Mailbox
from channels.mail.decoding import plain_name, raw_headers, words

#: Names before the @ of senders that nobody reads.
_NOBODY = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply.*|bounces?|"
    r"bounce[-+_].*|root|daemon)",
    re.IGNORECASE,
)
_MAILER = re.compile(r"(?:mailer[-_.]?daemon|postmaster|bounces?|bounce[-+_].*)", re.IGNORECASE)
#: Where the addresses stand to which a mail was sent; relays write the later ones.
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MAC_LENGTH = 13
#: Letters before the @, by RFC 5321.
_LONGEST_LOCAL = 64


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an address, as a header has them."""

    name: str
    address: str  #: in lower case

    @property
    def is_nobody(self) -> bool:
        """Tell whether no person reads mail to the address."""
        return _NOBODY.fullmatch(self.address.partition("@")[0]) is not None

    @property
    def is_mailer(self) -> bool:
        """Tell whether it is the address of a program that carries mail."""
        return _MAILER.fullmatch(self.address.partition("@")[0]) is not None


def parties(mail: Message, *names: str) -> list[Party]:
    """Return the addresses in the headers of those names. What is no address is left out."""
    # Names are decoded after the addresses were found: a name may hold a comma, or an address.
    found = getaddresses([value for name in names for value in raw_headers(mail, name)])
    return [
        Party(plain_name(words(name))[:200], address.strip().lower())
        for name, address in found
        if ADDRESS.fullmatch(address.strip())
    ]


def recipients(mail: Message) -> list[str]:
    """Return the addresses to which a mail was sent."""
    return [party.address for party in parties(mail, *_TO)]


def sender_of(mail: Message, mailbox: Mailbox) -> Party | None:
    """Return whom an answer goes to; None when the mail names nobody.

    That is who the sender says answers go to, unless it is ourselves: lists do that.
    """
    senders = parties(mail, "From") or parties(mail, "Sender", "Return-Path")
    wished = [each for each in parties(mail, "Reply-To") if not is_ours(each.address, mailbox)]
    if len(wished) == 1 and (not senders or not is_alone_ours(senders[0], mailbox, mail)):
        return Party(wished[0].name or (senders[0].name if senders else ""), wished[0].address)
    return senders[0] if senders else None


def is_alone_ours(sender: Party, mailbox: Mailbox, mail: Message) -> bool:
    """Tell whether a mail is one of ours: from us, and not carried on by a list of ours."""
    carried = mail.get("List-Id") or mail.get("X-Original-From") or mail.get("X-Original-Sender")
    return is_ours(sender.address, mailbox) and not carried


def is_ours(address: str, mailbox: Mailbox) -> bool:
    """Tell whether an address is one of ours, with or without something after a plus."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in mailbox.own or address.lower() in mailbox.own


def plus_address(mailbox: Mailbox, thread: str) -> str | None:
    """Return an address of ours whose mail belongs to a thread; None where it gets too long."""
    local, _, domain = mailbox.address.rpartition("@")
    told = f"{local}+{thread}-{_mac(mailbox, thread)}"
    return f"{told}@{domain}" if len(told) <= _LONGEST_LOCAL else None


def thread_of(mailbox: Mailbox, addresses: Iterable[str]) -> str | None:
    """Return the thread that one of our plus addresses names, if its signature is ours."""
    for address in addresses:
        local = address.rpartition("@")[0]
        thread, dash, mac = local.partition("+")[2].rpartition("-")
        if dash and is_ours(address, mailbox) and hmac.compare_digest(
            mac.encode(), _mac(mailbox, thread).encode()
        ):  # fmt: skip
            return thread
    return None


def _mac(mailbox: Mailbox, thread: str) -> str:
    key = _key(mailbox.reading.password, mailbox.address)
    signed = hmac.digest(key, thread.encode(), "sha256")
    return b32encode(signed).decode().lower()[:_MAC_LENGTH]


@lru_cache(maxsize=64)
def _key(password: str, address: str) -> bytes:
    """Derive a key from the password, slowly: who gets a token could try passwords against it."""
    salt = f"corral plus address {address}".encode()
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
