"""Where the parts of a text of FEEL stand: its tests, its slips, and what is in no quotes.

Nothing is understood here, only quotes and brackets are; places are counted from 0.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Texts and comments, in which nothing is a sign.
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
#: Brackets around one test that are looked into.
_DEEPEST = 5


class Slip(NamedTuple):
    """What is wrong, and where in the text, from 0."""

    reason: str
    cure: str
    at: int


def blanked(text: str) -> str:
    """Return a text of the same length, with nothing inside of quotes and no comments."""
    return _QUOTED.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    length = len(found[0])
    return f'"{"_" * (length - 2)}"' if found[0].startswith('"') else " " * length


def shortly(text: str, instead: str, longest: int = 80) -> str:
    """Return a text that is to be written; where it is long, ``instead``."""
    return text.strip() if len(text) <= longest and "\n" not in text.strip() else instead


def parts(bare: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return where the tests of a cell stand that are separated by commas, without blanks.

    Args:
        bare: the cell, :func:`blanked`.
        start: where the first begins.
        end: where the last ends; the end of the cell if None.
    """
    return cut(bare, start, len(bare) if end is None else end, re.compile(","))


def inside_not(bare: str) -> tuple[int, int]:
    """Return where the tests of a cell stand: all of it, or what is in the brackets of ``not``."""
    found = re.fullmatch(r"\s*not\s*\((?P<inner>.*)\)\s*", bare, re.DOTALL)
    if found is None or not _is_one(bare, found.start("inner") - 1, found.end("inner") + 1):
        return 0, len(bare)
    return found.span("inner")


def cut(bare: str, start: int, end: int, at: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return where the pieces stand between matches that are in no brackets, without blanks."""
    found, begin, depth, place = [], start, 0, start
    while place < end:
        match = at.match(bare, place, end) if depth == 0 else None
        if match is not None:
            found.append(_stripped(bare, begin, place))
            begin = place = match.end()
            continue
        depth += (bare[place] in "([{") - (bare[place] in ")]}")
        place += 1
    return [*found, _stripped(bare, begin, end)]


def _stripped(bare: str, start: int, end: int) -> tuple[int, int]:
    piece = bare[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def unwrapped(bare: str, start: int, end: int) -> tuple[int, int]:
    """Return the same without round brackets around all of it, but for those of a range."""
    for _ in range(_DEEPEST):
        inner = _stripped(bare, start + 1, end - 1)
        opened = bare[start:end].startswith("(") and ".." not in bare[slice(*inner)]
        if not opened or not _is_one(bare, start, end):
            break
        start, end = inner
    return start, end


def _is_one(bare: str, start: int, end: int) -> bool:
    """Say whether the bracket at ``start`` is closed just before ``end``."""
    depth = 0
    for place in range(start, end):
        depth += (bare[place] == "(") - (bare[place] == ")")
        if depth == 0:
            return place == end - 1
    return False
