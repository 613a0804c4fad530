"""Which conversation a mail belongs to.

In this order: our own Message-ID among those it answers, newest first; one of our signed
addresses; a mail of this very mailbox among those it answers. A subject says nothing: two
customers write "Order" on the same day. Nor does a Message-ID we never saw: ten thousand people
may answer the same newsletter, and none of them may read what we write to another.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable
from email.message import Message

from channels.mail.account import Mailbox
from channels.mail.addresses import recipients, thread_of
from channels.mail.decoding import raw_headers

_ID = re.compile(r"<[^<>\s]{1,900}>")
_THREAD = re.compile(r"[a-z0-9]{1,32}")
#: Mails of this mailbox that are looked for to find the thread of one.
_LOOKS = 8

#: Gives the headers of a mail of the mailbox by its Message-ID, or None.
Known = Callable[[str], Message | None]


def message_id(mail: Message) -> str | None:
    """Return the Message-ID of a mail in angle brackets; None when it has none."""
    found = _ID.search(" ".join(raw_headers(mail, "Message-ID")[:1]))
    return found[0] if found else None


def answered(mail: Message) -> list[str]:
    """Return the Message-IDs of the mails it answers, newest first, each once."""
    parents = _ID.findall(" ".join(raw_headers(mail, "In-Reply-To")))
    chain = _ID.findall(" ".join(raw_headers(mail, "References")))
    return list(dict.fromkeys([*parents, *reversed(chain)]))


def external_id(mail: Message, raw: bytes) -> str:
    """Return the key of a mail in its mailbox: its Message-ID, else a digest of its bytes."""
    return message_id(mail) or f"sha256:{hashlib.sha256(raw).hexdigest()}"


def new_thread(first: str) -> str:
    """Return the name of the thread that begins with the mail of this external id."""
    return _digest(first)[:20]


def own_id(mailbox: Mailbox, key: str, thread: str) -> str:
    """Return the Message-ID of a reply, the same for every attempt; it names its thread."""
    named = thread if _THREAD.fullmatch(thread) else new_thread(thread)
    return f"<r.{_digest(key)[:26]}.{named}@{mailbox.domain}>"


def own_thread(mailbox: Mailbox, id: str) -> str | None:
    """Return the thread that a Message-ID of ours names; None when it is none of ours."""
    domain = re.escape(mailbox.domain)
    found = re.fullmatch(rf"<r\.[a-z2-7]{{26}}\.([a-z0-9]{{1,32}})@{domain}>", id, re.IGNORECASE)
    return found[1].lower() if found else None


def thread_named(mailbox: Mailbox, mail: Message) -> str | None:
    """Return the thread that a mail names by an id or an address of ours; None when it does not."""
    for id in answered(mail):
        if (thread := own_thread(mailbox, id)) is not None:
            return thread
    return thread_of(mailbox, recipients(mail))


def thread_in(mailbox: Mailbox, mail: Message, own: str, known: Known) -> tuple[str, bool]:
    """Return the thread of a mail, and whether it goes on with one there was before.

    Args:
        mailbox: to which the mail came.
        mail: its headers.
        own: its external id.
        known: looks for mails of the same mailbox.
    """
    thread, looks = thread_named(mailbox, mail), _LOOKS
    first, continues = own, False
    pending = answered(mail) if thread is None else []
    while pending and looks:
        id, looks = pending.pop(0), looks - 1
        before = known(id) if id != first else None
        if before is not None:
            # Its own thread is the one that it named, or began, or went on with in turn.
            first, continues, pending = id, True, answered(before)
            if (thread := thread_named(mailbox, before)) is not None:
                break
    return thread or new_thread(first), continues or thread is not None


def _digest(text: str) -> str:
    return b32encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()).decode().lower()
