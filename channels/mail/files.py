"""Files that come with a mail: which of them are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

from channels.mail.parts import content_of, name_of
from channels.model import Attachment

#: Files of one mail that are kept; bytes of one of them, and of all of them together.
MOST, LARGEST, ALL = 20, 10 * 1024**2, 25 * 1024**2
#: Pictures that are smaller only tell somebody that the mail was opened.
_PIXEL = 200
#: Kinds of files that run when somebody opens them.
_PROGRAMS = re.compile(
    r"ade|adp|apk|appx?|bat|chm|cmd|com|cpl|dll|dmg|exe|hta|img|iso|jar|jse?|lnk|mde|ms[cipt]|"
    r"msix|pif|pkg|psm?1|reg|scf|scr|sh|sys|vb[es]?|vhdx?|ws[cfh]|xll"
)
_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}")
_LONGEST_NAME = 150


def kept(parts: Iterable[Message]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """Return the files that are kept, and for each other one a sentence that says why it is not."""
    found: list[Attachment] = []
    left_out: list[str] = []
    total = 0
    for number, part in enumerate(parts, 1):
        name = _short(name_of(part)) or f"file {number}"
        why, content = _refusal(name, len(found)), b""
        if why is None:
            content = content_of(part)
            why = _too_large(len(content), total)
        if why is not None:
            left_out.append(f"{name} was left out: {why}.")
        elif not _is_pixel(part, content):
            found.append(Attachment(name, _type(part), content))
            total += len(content)
        if len(left_out) >= MOST:
            break
    return tuple(found), tuple(left_out)


def _refusal(name: str, count: int) -> str | None:
    if _PROGRAMS.fullmatch(name.rstrip(". ").rpartition(".")[2].lower()):
        return "programs are not kept"
    return f"more than {MOST} files came with the mail" if count >= MOST else None


def _too_large(size: int, total: int) -> str | None:
    if size > LARGEST:
        return f"it is larger than {LARGEST // 1024**2} MB"
    if size + total > ALL:
        return f"the files of the mail are larger than {ALL // 1024**2} MB"
    return None


def _is_pixel(part: Message, content: bytes) -> bool:
    return part.get_content_maintype() == "image" and len(content) < _PIXEL


def _type(part: Message) -> str:
    told = part.get_content_type().lower()
    return told if _TYPE.fullmatch(told) else "application/octet-stream"


def _short(name: str) -> str:
    """Return a name that is not too long, and keeps what says of which kind it is."""
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, kind = name.rpartition(".")
    return f"{stem[: _LONGEST_NAME - 12]}…{dot}{kind[:10]}"
