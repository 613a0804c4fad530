"""Reports that a reply of ours could not be delivered: RFC 3464, and those of older programs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from channels.mail.account import Mailbox
from channels.mail.decoding import header, plain_name, words
from channels.mail.parts import content_of, parts_of
from channels.mail.threads import own_thread

_ID = re.compile(rb"<r\.[a-zA-Z2-7]{26}\.[a-zA-Z0-9]{1,32}@[^<>\s]{1,253}>")
_DELAYED = re.compile(r"\b(?:delay|warning|verzögert)", re.IGNORECASE)
_LONGEST_REASON = 300
#: Bytes of a report in which our Message-ID is looked for.
_LONGEST_REPORT = 200_000


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one reply of ours, as a program that carries mail reports it."""

    reply: str  #: external id: our Message-ID
    failed: bool  #: for good; else it is still being tried, or arrived
    why: str  #: for people


def bounce_in(mail: Message, raw: bytes, mailbox: Mailbox) -> Bounce | None:
    """Return what a report says about a reply of ours; None when it is about none."""
    ids = [found.decode("ascii").lower() for found in _ID.findall(raw[:_LONGEST_REPORT])]
    reply = next((id for id in ids if own_thread(mailbox, id)), None)
    if reply is None:
        return None
    status = _status(mail)
    if status is None:
        # No report that a program can read: what it says to people has to do.
        failed = not _DELAYED.search(header(mail, "Subject"))
        return Bounce(reply, failed, _short(parts_of(mail).text or header(mail, "Subject")))
    action = header(status, "Action").lower()
    code = header(status, "Status")
    failed = action == "failed" or (not action and code.startswith("5"))
    said = header(status, "Diagnostic-Code").partition(";")[2] or code
    whom = header(status, "Final-Recipient").partition(";")[2].strip()
    return Bounce(reply, failed, _short(f"{whom}: {said.strip()}" if whom else said))


def _status(mail: Message) -> Message | None:
    """Return the fields of the first recipient that a delivery report speaks of."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        told = [each for each in groups if isinstance(each, Message)] if groups else []
        for each in told:
            if each.get("Action") or each.get("Status"):
                return each
        if not told:
            content_of(part)
    return None


def _short(text: str) -> str:
    said = plain_name(words(text))
    return said if len(said) <= _LONGEST_REASON else said[: _LONGEST_REASON - 1] + "…"
