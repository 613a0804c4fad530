"""The parts of a mail: which of them are its text, and which are files that came with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from channels.mail.decoding import header, plain_name, raw_headers, text_of, words
from channels.mail.html_text import text_in

#: Bytes of one text that are read.
_LONGEST_TEXT = 1_000_000
#: Plain texts that only say that the mail is to be read elsewhere are shorter than this.
_STUB = 200


@dataclass(slots=True)
class Parts:
    """What a mail is made of."""

    texts: list[str] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    encrypted: bool = False

    @property
    def text(self) -> str:
        """Return the texts, in their order; each begins a paragraph."""
        return "\n\n".join(text.strip("\n") for text in self.texts if text.strip())


def parts_of(mail: Message) -> Parts:
    """Return the parts of a mail, or of a mail within a mail."""
    found = Parts()
    _take(mail, found)
    return found


def name_of(part: Message) -> str:
    """Return the name of a file as its sender gave it; empty when there is none."""
    # The parser gives up names that hold bytes beyond ASCII: it is given them as text.
    plain = Message()
    for header_name in ("Content-Disposition", "Content-Type"):
        for value in raw_headers(part, header_name)[:1]:
            plain[header_name] = value
    try:
        told = plain.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        told = ""  # the parser of parameters fails on some that are broken
    if not told and part.get_content_type() == "message/rfc822":
        inner = forwarded(part)
        told = f"{header(inner, 'Subject') or 'mail'}.eml" if inner else ""
    return plain_name(words(told).replace("\\", "/").rpartition("/")[2])


def forwarded(part: Message) -> Message | None:
    """Return the mail that a part of type ``message/rfc822`` holds."""
    held = part.get_payload()
    return held[0] if isinstance(held, list) and isinstance(held[0], Message) else None


def content_of(part: Message) -> bytes:
    """Return the bytes of a part, decoded."""
    if (inner := forwarded(part)) is not None:
        return inner.as_bytes()
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return b""
    return data if isinstance(data, bytes) else b""


def _take(part: Message, found: Parts) -> None:
    """Sort a part, and what it holds, into ``found``."""
    kind = part.get_content_type()
    if kind.startswith("multipart/") and not part.is_multipart():
        found.texts.append(_text(part))  # of no parts: whoever wrote it lost where they begin
    elif kind == "multipart/alternative":
        _take_best(list(_children(part)), found)
    elif kind in {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}:
        found.encrypted = True
        found.files += [part] if not part.is_multipart() else []
    elif part.is_multipart() and not kind.startswith("message/"):
        for child in _children(part):
            _take(child, found)
    elif kind in {"text/plain", "text/html"} and not _is_file(part):
        found.texts.append(_text(part))
    elif kind not in {"message/delivery-status", "text/rfc822-headers"}:
        found.files.append(part)


def _take_best(choices: list[Message], found: Parts) -> None:
    """Take one of several forms of the same text: the plain one, if it says anything."""
    sorted_parts = []
    for choice in choices:
        tried = Parts()
        _take(choice, tried)
        sorted_parts.append(tried)
        # Files within a form that is not taken came with the mail all the same.
        found.files += tried.files
        found.encrypted |= tried.encrypted
    told = [each for each in sorted_parts if each.text.strip()]
    plain = told[0].text if told else ""
    stub = len(plain) < _STUB and "html" in plain.lower()
    if told:
        found.texts.append(told[-1].text if stub else plain)


def _children(part: Message) -> Iterator[Message]:
    held = part.get_payload()
    for each in held if isinstance(held, list) else ():
        if isinstance(each, Message):
            yield each


def _is_file(part: Message) -> bool:
    disposition = (part.get_content_disposition() or "").lower()
    return disposition == "attachment" or bool(name_of(part))


def _text(part: Message) -> str:
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = None
    text = text_of(content_of(part)[:_LONGEST_TEXT], charset).replace("\x00", "")
    if part.get_content_type() == "text/html":
        return text_in(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")
