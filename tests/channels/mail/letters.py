"""Mails as programs of all kinds write them, and the mailbox they come to."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import Message
from typing import Any

from channels.mail.account import Mailbox
from channels.mail.letters import Arrived, taken
from channels.model import ChannelAccount, Mention, Skipped, Undelivered

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def mailbox(handle: str = "care@acme.example", /, **settings: Any) -> Mailbox:
    """Return a mailbox of ours."""
    told = {"imap_host": "imap.acme.example", "smtp_host": "smtp.acme.example"}
    account = ChannelAccount(
        1, "email", handle, settings=told | settings, secrets={"password": "secret"}
    )
    return Mailbox.of(account)


def raw(text: str | bytes) -> bytes:
    """Return a mail as it travels, from lines that are easy to read."""
    told = text.encode() if isinstance(text, str) else text
    return told.lstrip(b"\n").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def nobody(_id: str) -> Message | None:
    """Know no other mail of the mailbox."""
    return None


def read(text: str | bytes, **more: Any) -> Mention | Undelivered | Skipped:
    """Return what a mail is to us."""
    mail = raw(text)
    arrived = Arrived(1, AT, more.pop("size", len(mail)), mail)
    return taken(arrived, more.pop("mailbox", mailbox()), more.pop("known", nobody))


def mention(text: str | bytes, **more: Any) -> Mention:
    """Return the mention that a mail is."""
    found = read(text, **more)
    assert isinstance(found, Mention), found
    return found
