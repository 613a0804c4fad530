"""What the sender of a mail wrote themselves: without what they quote, and without a signature.

The marks of mail programs in many languages are known to a library. Its expressions take a time
that grows with the square of a line: they see a shadow of the text, whose lines are cut, and the
text itself is cut where they found something.
"""

from __future__ import annotations

import re
from functools import cache

from mailparser_reply import EmailReplyParser  # type: ignore[import-untyped]
from mailparser_reply.parser import EmailMessage  # type: ignore[import-untyped]

#: Lines of a text, and characters of a line, that are searched for marks.
_LINES, _WIDTH = 200, 120
#: Lines that announce a quotation at most.
_ANNOUNCING = 6
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "cs", "da", "sv", "ja", "ko", "zh"]
#: A signature begins with this line: RFC 3676, section 4.3. Some programs drop the space.
_SIGNATURE = re.compile(r"^--[ \xa0]?$", re.MULTILINE)
_QUOTED = re.compile(r"^\s*>")
#: Rulers above a quotation that the library does not know.
_RULER = re.compile(
    r"^\s*(?:_{10,}|-{3,} ?(?:original message|forwarded message|ursprüngliche nachricht|"
    r"message d'origine|mensaje original|messaggio originale)\b.*)$",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what is new in an answer; all of it when nothing would be left."""
    lines = _below_first_quotation(text.strip("\n").split("\n"))
    kept = lines[: _first_mark(lines)]
    if not _is_between_quotations(kept):
        kept = [line for line in kept if not _QUOTED.match(line)]
    kept = kept[: _signature(kept)]
    return "\n".join(kept).strip() or without_signature(text)


def without_signature(text: str) -> str:
    """Return a text up to the line that begins its signature, if one does."""
    found = _SIGNATURE.search(text)
    before = text[: found.start()].strip() if found else ""
    return before or text.strip()


def _below_first_quotation(lines: list[str]) -> list[str]:
    """Return the lines without a quotation at their top, with what announces it."""
    quoted = next((number for number, line in enumerate(lines) if _QUOTED.match(line)), None)
    if quoted is None or quoted > _ANNOUNCING:
        return lines
    found = _patterns().HEADER_REGEX.match(_shadow(lines[:quoted]).rstrip("\n"))
    if found is None:
        return lines
    end = next(
        (number for number in range(quoted, len(lines)) if not _QUOTED.match(lines[number])),
        len(lines),
    )
    return lines[end:]


def _is_between_quotations(lines: list[str]) -> bool:
    """Tell whether answers stand between what they answer: they mean nothing without it."""
    answers, quoted = 0, True
    for line in lines:
        if _QUOTED.match(line):
            quoted = True
        elif line.strip():
            answers += quoted
            quoted = False
    return answers > 1 and any(_QUOTED.match(line) for line in lines[:_LINES])


def _first_mark(lines: list[str]) -> int:
    """Return the number of the line at which a quotation is announced."""
    shadow = _shadow(lines)
    ends = [number for number, line in enumerate(lines[:_LINES]) if _RULER.match(line)]
    if (found := _patterns().HEADER_REGEX.search(shadow)) is not None:
        ends.append(_line_of(shadow, found))
    if (announced := _announcing(lines)) is not None:
        ends.append(announced)
    ends = [end for end in ends if any(line.strip() for line in lines[:end])]
    if ends:
        return min(ends)
    return len(lines)


def _announcing(lines: list[str]) -> int | None:
    """Return the number of the line that says, in any language, who wrote the first quotation."""
    quoted = next((at for at, line in enumerate(lines) if _QUOTED.match(line)), len(lines))
    above = [at for at, line in enumerate(lines[:quoted]) if line.strip()][-2:]
    if quoted == len(lines) or not above or not lines[above[-1]].rstrip().endswith(":"):
        return None
    # It names an address; the line above it belongs to it where it is too long for one.
    for at in reversed(above):
        if "@" in lines[at] and any(letter.isdigit() for letter in lines[at]):
            return at
    return None


def _signature(lines: list[str]) -> int:
    """Return the number of the line at which the signature begins."""
    shadow = _shadow(lines)
    found = _patterns().SIGNATURE_REGEX.search(shadow)
    return len(lines) if found is None else _line_of(shadow, found)


def _line_of(shadow: str, found: re.Match[str]) -> int:
    """Return the number of the line in which a match has its first letter."""
    leading = len(found[0]) - len(found[0].lstrip())
    return shadow.count("\n", 0, found.start() + leading)


def _shadow(lines: list[str]) -> str:
    return "\n".join(line.strip()[:_WIDTH] for line in lines[:_LINES])


@cache
def _patterns() -> EmailMessage:
    """Return the library's expressions, compiled once. Lists with hyphens are no signatures."""
    made: EmailMessage = EmailReplyParser(languages=_LANGUAGES).read("")
    made.keep_hyphen_lists = True
    made._signature_regex = None
    return made
