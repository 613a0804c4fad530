"""Tests of a cell that are joined with ``and`` or ``or``, as if the value stood before each.

``> 5 and < 10`` compares nothing with 10, so it is null whatever the value is. What joins has to be
true or false: a comparison without its left side, a range or a value is neither.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from engine.bpmn.expressions.slips.dates import with_dates
from engine.bpmn.expressions.slips.spans import (
    Slip,
    blanked,
    cut,
    inside_not,
    parts,
    shortly,
    unwrapped,
)

#: What other languages write, and FEEL.
SIGNS = {"=>": ">=", "=<": "<=", "<>": "!=", "==": "=", "!": "!="}
_WORD = re.compile(r"(?<![^\W\d])(?<![^\W\d]\d)(?:and|or)\b|&&|\|\|", re.IGNORECASE)
_AND = {"and", "&&"}
#: What has an ``and`` of its own, or goes on after one.
_OTHER_WORDS = re.compile(r"\b(?:if|for|some|every|function|return|satisfies)\b")
#: An ``and`` that joins no tests.
_OTHER_AND = re.compile(
    r"\b(?:between\b.*?\band|date\s+and\s+time|years\s+and\s+months|days\s+and\s+time)\b",
    re.DOTALL,
)
#: Characters of a cell that is looked at for words; nobody joins tests that far by a slip.
_LONGEST = 500
#: A value that is neither true nor false, in a text whose quotes hold nothing any more.
_VALUE = (
    r'(?:-?(?:\d+(?:\.\d+)?|\.\d+)|\d{4}-\d\d-\d\d|@?"_*"'
    r'|(?:date|time|date\s+and\s+time|duration)\(\s*"_*"\s*\))'
)
_COMPARED = re.compile(r"(?P<sign>[<>!=]{1,2})\s*(?P<value>\S.*)", re.DOTALL)
_END = rf"\s*(?:{_VALUE}|-?[^\W\d]\w*)\s*"
_RANGE = re.compile(rf"[\[(\]]{_END}\.\.{_END}[\])\[]")
_NEGATED = re.compile(rf"not\s*\(\s*(?P<value>{_VALUE})\s*\)")
_LITERAL = re.compile(_VALUE)
_NAME = re.compile(r"(?!(?:true|false|null)\b)[^\W\d]\w*")


def joined_in(text: str, bare: str, names: Iterable[str]) -> Slip | None:
    """Return the slip of a cell whose tests are joined with a word; None where none are.

    Args:
        text: the cell.
        bare: the same, :func:`~.spans.blanked`.
        names: known where it stands; one may hold the word "and".
    """
    if len(text) > _LONGEST or _WORD.search(bare) is None:
        return None
    bare = _OTHER_AND.sub(_crossed_out, bare)
    for name in names:
        if _WORD.search(name):
            bare = bare.replace(name, "x" * len(name))
    start, end = inside_not(bare)
    written: list[str] = []
    words: list[tuple[int, int]] = []
    for part in parts(bare, start, end):
        tests = _joined(bare, *unwrapped(bare, *part))
        if not tests:
            written.append(text[slice(*part)])
            continue
        pairs = itertools.pairwise(tests)
        found = [_WORD.search(bare, before[1], after[0]) for before, after in pairs]
        spans = [each.span() for each in found if each is not None]
        pieces = [text[slice(*unwrapped(bare, *test))] for test in tests]
        written.append(_mended(pieces, [bare[slice(*span)].lower() for span in spans]))
        words += spans
    if not words:
        return None
    cell = with_dates(f"{text[:start]}{', '.join(written)}{text[end:]}")
    right = shortly(cell, "each test with ? on its left side")
    reason = f"Tests cannot be joined with '{bare[slice(*words[0])]}'."
    return Slip(reason, f"Write {right}.", words[0][0])


def _crossed_out(found: re.Match[str]) -> str:
    return "x" * len(found[0])


def _joined(bare: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where tests stand that words join; nothing where each is true or false."""
    if _OTHER_WORDS.search(bare, start, end):
        return []
    found = cut(bare, start, end, _WORD)
    wrong = any(_is_test(bare[slice(*unwrapped(bare, *each))]) for each in found)
    return found if wrong and len(found) > 1 and all(a < b for a, b in found) else []


def _is_test(piece: str) -> bool:
    """Say whether a piece is a test or a value, so that it is neither true nor false."""
    whole = (_COMPARED, _RANGE, _NEGATED, _LITERAL)
    return any(pattern.fullmatch(piece) for pattern in whole)


def is_value(text: str) -> bool:
    """Say whether a text is a number, a text, a date or a duration as FEEL writes it."""
    return _LITERAL.fullmatch(blanked(text)) is not None


def _mended(pieces: Sequence[str], words: Sequence[str]) -> str:
    """Return tests that say what was meant by those that are joined by ``words``."""
    if all(map(_is_named, pieces)):
        quote = '"' if any(piece.startswith('"') for piece in pieces) else ""
        return ", ".join(p if is_value(p) else f"{quote}{p}{quote}" for p in pieces)
    signs = [_compared(piece) for piece in pieces]
    negated = [value for sign, value in signs if sign == "!="]
    if _AND.isdisjoint(words) and not negated and all(map(_is_test, map(blanked, pieces))):
        return ", ".join(map(_with_sign, pieces))
    if _AND.issuperset(words):
        if len(negated) == len(pieces):
            return f"not({', '.join(negated)})"
        low, high = ([one for one in signs if one[0][:1] == sign] for sign in "><")
        if len(pieces) == 2 and low and high:
            opens, closes = "[" if low[0][0] == ">=" else "(", "]" if high[0][0] == "<=" else ")"
            return f"{opens}{low[0][1]}..{high[0][1]}{closes}"
    joins = [" and " if word in _AND else " or " for word in words]
    asked = map(_asking, pieces)
    return next(asked) + "".join(map("".join, zip(joins, asked, strict=True)))


def _with_sign(piece: str) -> str:
    sign, value = _compared(piece)
    return f"{sign} {value}" if sign else piece


def _is_named(piece: str) -> bool:
    return is_value(piece) or _NAME.fullmatch(piece) is not None


def _compared(piece: str) -> tuple[str, str]:
    """Return sign and value of a test: ``not(5)`` is ``!= 5``; empty where it is none."""
    if _NEGATED.fullmatch(blanked(piece)):
        return "!=", piece.partition("(")[2].rstrip()[:-1].strip()
    found = _COMPARED.fullmatch(piece)
    if found is None:
        return "", ""
    return SIGNS.get(found["sign"], found["sign"]), found["value"].strip()


def _asking(piece: str) -> str:
    """Return a test as an expression that is true or false."""
    sign, value = _compared(piece)
    if sign:
        return f"? {sign} {value}"
    if is_value(piece):
        return f"? = {piece}"
    return f"? in {piece}" if _RANGE.fullmatch(blanked(piece)) else piece
