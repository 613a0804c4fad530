"""A reply of ours as the mail it becomes. Its Message-ID is the same at every attempt."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime

from channels.mail.account import Mailbox
from channels.mail.addresses import plus_address
from channels.mail.decoding import header
from channels.mail.threads import answered, message_id
from channels.model import Reply

#: Mails that a reply names as those before it: the first and the newest of the thread.
_MOST_REFERENCES = 20
_LONGEST_SUBJECT = 200
_ANSWER = re.compile(
    r"^(?:(?:re|aw|sv|antw|rif|odp|res|ynt|vs)(?:\[\d+\])?\s*[:\uff1a]\s*)+", re.IGNORECASE
)
_POLICY = compat32.clone(linesep="\r\n")


def written(
    mailbox: Mailbox, reply: Reply, id: str, original: Message | None, now: datetime
) -> bytes:
    """Return the mail that ``reply`` is.

    Args:
        mailbox: who writes.
        reply: to whom, and what.
        id: its Message-ID.
        original: headers of the mail that it answers; None when that is gone.
        now: UTC.
    """
    utf8 = Charset("utf-8")
    utf8.body_encoding = QP
    text = reply.text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n")
    words = MIMEText(text.rstrip("\n") + "\n", "plain", utf8)  # type: ignore[arg-type]
    mail = _with_files(words, reply) if reply.files else words
    mail["From"] = _party(mailbox.name, mailbox.address)
    mail["To"] = reply.recipient
    mail["Subject"] = _subject(subject_of(mailbox, original))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = id
    before = _references(reply, original)
    if before:
        mail["In-Reply-To"] = before[-1]
        mail["References"] = "\n ".join(before)
    if mailbox.plus_addresses and (token := plus_address(mailbox, reply.thread)):
        mail["Reply-To"] = _party(mailbox.name, token)
    if reply.by is None:
        # Programs that keep to RFC 3834, or to Exchange's custom, do not answer these.
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    return mail.as_bytes(policy=_POLICY)


def _with_files(words: MIMEText, reply: Reply) -> MIMEMultipart:
    """Return a mail of words and files. What is between its parts follows from the reply."""
    border = hashlib.sha256(reply.idempotency_key.encode()).hexdigest()[:40]
    mail = MIMEMultipart("mixed", boundary=f"=_{border}")
    mail.attach(words)
    for one in reply.files:
        part = MIMEApplication(one.content)
        part.replace_header("Content-Type", one.type)
        name = one.name if one.name.isascii() else ("utf-8", "", one.name)
        part.add_header("Content-Disposition", "attachment", filename=name)
        if one.alt:
            told = Header(one.alt, "utf-8", header_name="Content-Description")
            part["Content-Description"] = told.encode()
        mail.attach(part)
    return mail


def subject_of(mailbox: Mailbox, original: Message | None) -> str:
    """Return the subject of an answer to a mail: its own, marked as an answer once."""
    told = header(original, "Subject") if original is not None else ""
    bare = _ANSWER.sub("", told)[:_LONGEST_SUBJECT].strip()
    return f"Re: {bare or f'Your mail to {mailbox.address}'}"


def _references(reply: Reply, original: Message | None) -> list[str]:
    """Return the mails before a reply, oldest first; the last is the one it answers."""
    if original is None:
        known = reply.in_reply_to or ""
        return [known] if re.fullmatch(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>", known) else []
    chain = [*reversed(answered(original)), message_id(original) or ""]
    plain = [id for id in chain if id and id.isascii()]
    return plain if len(plain) <= _MOST_REFERENCES else [plain[0], *plain[1 - _MOST_REFERENCES :]]


def _subject(text: str) -> str:
    return Header(text, "utf-8", header_name="Subject").encode() if not text.isascii() else text


def _party(name: str, address: str) -> str:
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    written = f'"{quoted}"' if name.isascii() else Header(name, "utf-8").encode()
    return f"{written} <{address}>"
