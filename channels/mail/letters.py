"""A mail as it came in, as the mention it is. Whatever it is made of, none is lost."""

from __future__ import annotations

import email
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser

from channels.mail import files, parts, quotes, threads
from channels.mail.account import Mailbox
from channels.mail.addresses import is_alone_ours, parties, sender_of
from channels.mail.automatic import is_automatic, is_from_mailer
from channels.mail.bounces import bounce_in
from channels.mail.decoding import header
from channels.mail.threads import Known
from channels.model import Attachment, Author, Mention, Skipped, Undelivered

#: Characters of a text that are kept.
LONGEST_TEXT = 20_000
_LONGEST_SUBJECT = 500
#: Parts within parts: more are no mail, and reading them takes a time without end.
_MOST_PARTS = 100
#: Bytes of headers of a mail of which nothing else can be read.
_LONGEST_HEAD = 200_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail as the server gave it."""

    uid: int
    at: datetime  #: UTC; when the server got it
    size: int
    raw: bytes  #: all of it, or its beginning where it is too large


def taken(arrived: Arrived, mailbox: Mailbox, known: Known) -> Mention | Undelivered | Skipped:
    """Return what a mail is: a mention, word of a reply that did not arrive, or nothing to us."""
    mail, readable = _parsed(arrived.raw)
    if is_from_mailer(mail) and (bounce := bounce_in(mail, arrived.raw, mailbox)) is not None:
        if bounce.failed:
            return Undelivered(bounce.reply, bounce.why, arrived.at)
        return Skipped(arrived.uid, f"A reply is on its way still: {bounce.why}")
    return _mention(arrived, mailbox, known, mail, readable=readable)


def _mention(
    arrived: Arrived, mailbox: Mailbox, known: Known, mail: Message, *, readable: bool
) -> Mention | Skipped:
    author = _author(mail, mailbox)
    if author is None:
        return Skipped(arrived.uid, "A mail without a sender.")
    id = threads.external_id(mail, arrived.raw)
    thread, continues = threads.thread_in(mailbox, mail, id, known)
    text, attachments = _content(arrived, mail, continues=continues, readable=readable)
    earlier = threads.answered(mail)
    return Mention(
        external_id=id,
        author=author,
        text=text,
        created_at=arrived.at,
        thread=thread,
        in_reply_to=earlier[0] if earlier else None,
        private=True,
        attachments=attachments,
        automatic=is_automatic(mail) or is_from_mailer(mail),
    )


def _parsed(raw: bytes) -> tuple[Message, bool]:
    """Return a mail, and whether more of it than its headers could be read."""
    head = raw.partition(b"\r\n\r\n")[0][:_LONGEST_HEAD]
    try:
        if raw.lower().count(b"boundary=") <= _MOST_PARTS:
            return email.message_from_bytes(raw), True
    except Exception:  # noqa: BLE001  # the parser fails on some mails, in many ways
        return BytesHeaderParser().parsebytes(head), False
    return BytesHeaderParser().parsebytes(head), False


def _author(mail: Message, mailbox: Mailbox) -> Author | None:
    sender = sender_of(mail, mailbox)
    if sender is None:
        return None
    senders = parties(mail, "From")
    if is_alone_ours(senders[0] if senders else sender, mailbox, mail):
        return Author(mailbox.address, mailbox.handle, mailbox.name or None)
    return Author(sender.address, sender.address, sender.name or None)


def _content(
    arrived: Arrived, mail: Message, *, continues: bool, readable: bool
) -> tuple[str, tuple[Attachment, ...]]:
    if not readable:
        note = "[This mail could not be read. It came as the file mail.eml.]"
        whole = Attachment("mail.eml", "message/rfc822", arrived.raw[: files.LARGEST])
        return _with_subject(mail, note), (whole,)
    try:
        found = parts.parts_of(mail)
        attachments, left_out = files.kept(found.files)
        body = _body(found)
    except Exception:  # noqa: BLE001  # one that cannot be read must not hold up all others
        return _content(arrived, mail, continues=continues, readable=False)
    own = quotes.own_words(body) if continues else quotes.without_signature(body)
    text = own[:LONGEST_TEXT]
    notes = [*left_out]
    if len(own) > len(text):
        notes.append("The mail goes on; only its beginning is kept.")
    if len(arrived.raw) < arrived.size:
        notes.append(f"The mail has {arrived.size // 1024**2} MB; only its beginning was read.")
    if not text and found.encrypted:
        notes.append("The mail is encrypted and cannot be read here.")
    text = text if continues and text else _with_subject(mail, text)
    said = "\n\n".join(filter(None, [text, *(f"[{note}]" for note in notes)]))
    return said or ("[A mail without words.]"), attachments


def _body(found: parts.Parts) -> str:
    """Return the text; that of the mails it forwards where it says nothing itself."""
    if found.text.strip():
        return found.text
    told = []
    for part in found.files:
        if (inner := parts.forwarded(part)) is not None:
            head = f"{header(inner, 'From')}: {header(inner, 'Subject')}"
            told.append(f"{head}\n\n{parts.parts_of(inner).text}")
    return "\n\n".join(told)


def _with_subject(mail: Message, text: str) -> str:
    subject = header(mail, "Subject")[:_LONGEST_SUBJECT]
    return "\n\n".join(filter(None, [subject, text]))
