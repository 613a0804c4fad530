"""Bytes and headers of mails as text, whatever their senders made of the standards."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NoBase64
from codecs import lookup
from email.message import Message
from quopri import decodestring

#: Codecs that are none of a mail, or take a time that grows with the square of the text.
_NEVER = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
#: What is declared as the left is, or may be, written in the right, which holds more.
_WIDER = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949",
          "shift_jis": "cp932"}  # fmt: skip
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
#: White space between two encoded words is none of the text.
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_LONGEST_HEADER = 20_000
#: Characters that let text run against its direction: they dress up names of files.
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def text_of(data: bytes, charset: str | None) -> str:
    """Return bytes as text: in their declared charset, else in the likeliest one. Never fails."""
    for name in (_codec(charset), "utf-8", "cp1252"):
        try:
            if name is not None:
                return data.decode(name)
        except (UnicodeError, ValueError):
            continue
    # Most of a text in a known charset is read even if some of its bytes are broken.
    return data.decode(_codec(charset) or "latin-1", "replace")


def _codec(charset: str | None) -> str | None:
    wanted = (charset or "").strip().strip("\"'").lower().removesuffix("-i")
    # Plain ASCII with other bytes in it is most often UTF-8 whose sender did not say so.
    if not wanted or wanted in {"us-ascii", "ascii", "unknown-8bit", "x-unknown"}:
        return None
    try:
        name = lookup(wanted).name
    except (LookupError, ValueError):
        return None
    if name in _NEVER or not getattr(lookup(name), "_is_text_encoding", True):
        return None
    return _WIDER.get(name, name)


def header(message: Message, name: str) -> str:
    """Return the first header of that name, decoded and on one line; empty when there is none."""
    found = headers(message, name)
    return found[0] if found else ""


def headers(message: Message, name: str) -> list[str]:
    """Return every header of that name, decoded and each on one line."""
    return [words(value) for value in raw_headers(message, name)]


def raw_headers(message: Message, name: str) -> list[str]:
    """Return every header of that name on one line, with its encoded words as they are."""
    wanted = name.lower()
    return [
        " ".join(_unescaped(str(value))[:_LONGEST_HEADER].split())
        for each, value in message.raw_items()
        if each.lower() == wanted
    ]


def words(text: str) -> str:
    """Return a header with its encoded words decoded; those that are broken stay as they are.

    Some programs cut a text within a character: neighbours in one charset are put together first.
    """
    parts: list[str] = []
    pending, charset, end = b"", "", 0
    text = _BETWEEN.sub(r"\1", text)
    for word in _WORD.finditer(text):
        data = _word(word[2], word[3])
        glued = word.start() == end and word[1].lower() == charset
        if not glued or data is None:
            parts.append(text_of(pending, charset) if pending else "")
            parts.append(text[end : word.start()])
            pending = b""
        if data is None:
            parts.append(word[0])
        else:
            pending += data
        charset, end = word[1].lower(), word.end()
    parts.append(text_of(pending, charset) if pending else "")
    return " ".join(("".join(parts) + text[end:]).replace("\x00", "").split())


def plain_name(text: str) -> str:
    """Return a name of a file or a person: on one line, and running in one direction."""
    kept = _OVERRIDES.sub("", text)
    return " ".join("".join(c if c.isprintable() else " " for c in kept).split())


def _word(way: str, data: str) -> bytes | None:
    raw = data.encode("utf-8", "replace")
    if way in "qQ":
        return decodestring(raw.replace(b"_", b" "), header=True)
    try:
        return b64decode(raw + b"=" * (-len(raw) % 4))
    except NoBase64:
        return None


def _unescaped(value: str) -> str:
    """Return a header that holds bytes beyond ASCII as text. The parser keeps them escaped."""
    if value.isascii():
        return value
    return text_of(value.encode("utf-8", "surrogateescape"), None)
