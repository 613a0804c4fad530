"""Words and phrases looked for in texts, whatever their spelling: rules and networks share it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: Letters of scripts that put no space between words: these have no borders to look for.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def plain(text: str) -> str:
    """Return a text without what makes the same words look different to a program."""
    told = unicodedata.normalize("NFKC", text).casefold()
    return told.replace("\u2019", "'").replace("\u00ad", "").replace("\u200b", "")


@lru_cache(maxsize=1024)
def pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a phrase, as whole words, in a :func:`plain` text; an empty one never."""
    words = plain(phrase).split()
    if not words:
        return re.compile(r"(?!)")
    body = r"\s+".join(map(re.escape, words))
    before = "" if _UNSPACED.match(words[0]) else r"(?<!\w)"
    behind = "" if _UNSPACED.match(words[-1][-1]) else r"(?!\w)"
    return re.compile(f"{before}{body}{behind}")


def listed(told: object) -> tuple[str, ...]:
    """Return the phrases of a setting in which commas, or line ends, stand between them."""
    parts = re.split(r"[,\n]", str(told or ""))
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def names_one(text: str, phrases: Sequence[str]) -> bool:
    """Tell whether a text holds one of the phrases."""
    said = plain(text)
    return any(pattern(phrase).search(said) for phrase in phrases)


def letters_of(text: str) -> str:
    """Return what stays of a text whatever a server makes of its spaces and marks."""
    said = plain(text)
    # A text of signs alone is compared by its signs.
    return "".join(filter(str.isalnum, said)) or "".join(said.split())


def first_words(text: str, most: int) -> str:
    """Return how a text begins, in one line of ``most`` characters at most."""
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"
