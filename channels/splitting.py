"""A long answer as several posts, each as long as the network carries.

A part ends where a sentence does, else between two words; a word is cut only when it alone is too
long, and then between two characters as people see them. Every part says which it is: `` (2/3)``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import grapheme

#: Nobody reads further; and each part is one more call of the network.
MOST_PARTS = 25
#: A sentence ends a part only when it fills at least so much of it; else a word does.
_FULL_ENOUGH = 0.5

#: Between two words; and behind the sentence marks of scripts that put no space between them.
_BETWEEN = re.compile(r"\s+|(?<=[\u3002\uff01\uff1f])(?=\S)")
#: The end of a sentence: not behind an abbreviation of one or two letters, such as ``Dr.``
_SENTENCE = re.compile(
    r"(?:(?:[^\W_]{3}|[\d)\]\"'»\u201d\u2019])[.!?…]+|[!?…\u3002\uff01\uff1f\u061f\u0964])"
    r"[)\]\"'»\u201d\u2019]*\Z"
)

Measure = Callable[[str], int]


def split(text: str, limit: int, measure: Measure) -> list[str]:
    """Return ``text`` in as many numbered parts as it takes; alone and unnumbered when it fits.

    Args:
        text: what is to be said.
        limit: how long a part may be, as ``measure`` counts.
        measure: the length of a text, as the network counts it.

    Returns:
        At most :data:`MOST_PARTS` parts; an empty list when it takes more.
    """
    text = text.strip()
    if measure(text) <= limit:
        return [text]
    count = 2
    while count <= MOST_PARTS:
        pieces = _pieces(text, limit, measure, count)
        if pieces is None:
            count += 1
        else:
            return [f"{piece}{_mark(at, len(pieces))}" for at, piece in enumerate(pieces, 1)]
    return []


def _pieces(text: str, limit: int, measure: Measure, count: int) -> list[str] | None:
    """Return the pieces of a text for marks that say ``count``; None when it takes more."""
    pieces: list[str] = []
    rest = text
    while rest:
        if len(pieces) == count:
            return None
        mark = _mark(len(pieces) + 1, count)
        piece, rest = _first(rest, lambda told, mark=mark: measure(told + mark) <= limit)  # type: ignore[misc]
        if not piece:
            return None  # the mark alone is too long
        pieces.append(piece)
    return pieces


def _mark(at: int, count: int) -> str:
    return f" ({at}/{count})"


def _first(text: str, fits: Callable[[str], bool]) -> tuple[str, str]:
    """Return the longest good beginning of ``text`` that fits, and the rest."""
    if fits(text):
        return text, ""
    ends = [found.start() for found in _BETWEEN.finditer(text)]
    best = _last_that_fits(text, ends, fits)
    if best == 0:
        best = _last_that_fits(text, list(_between_characters(text)), fits)
        return text[:best], text[best:].lstrip()
    for end in reversed(ends[: bisect_right(ends, best)]):
        if end < best * _FULL_ENOUGH:
            break
        if _SENTENCE.search(text[:end]) or "\n" in _BETWEEN.match(text, end).group():  # type: ignore[union-attr]
            best = end
            break
    return text[:best].rstrip(), text[best:].lstrip()


def _last_that_fits(text: str, ends: Sequence[int], fits: Callable[[str], bool]) -> int:
    """Return the last of ``ends`` whose beginning of the text fits; 0 when none does."""
    at = bisect_right(ends, False, key=lambda end: not fits(text[:end]))
    # Networks count some texts shorter when they go on, such as an address that gets whole.
    while at and not fits(text[: ends[at - 1]]):
        at -= 1
    return ends[at - 1] if at else 0


def _between_characters(text: str) -> Iterator[int]:
    return accumulate(len(each) for each in grapheme.graphemes(text))
