"""Dates without quotes, which are computed with: ``2026-01-31`` is the number 1994."""

from __future__ import annotations

import re

from engine.bpmn.expressions.slips.spans import blanked

_DATE = re.compile(
    r"(?<![\w@-])(?<!\w\.)\d{4}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?![\w-]|\.\w)"
)


def bare_dates(text: str) -> list[tuple[int, int]]:
    """Return where dates stand that are in no quotes, so that they are computed with."""
    return [found.span() for found in _DATE.finditer(blanked(text))]


def with_dates(text: str, function: str = "date", suffix: str = "") -> str:
    """Return a text in which such dates are calls of a function.

    Args:
        text: of FEEL.
        function: ``"date"``, or ``"date and time"``.
        suffix: written after each date, inside of the quotes.
    """
    written, at = "", 0
    for start, end in bare_dates(text):
        year, month, day = text[start:end].split("-")
        before = re.sub(rf"\b{function}\s*\(\s*$", "", text[at:start])
        called = before != text[at:start]
        written += f'{before}{function}("{year}-{month:0>2}-{day:0>2}{suffix}"'
        # A call that was written without quotes has its own bracket.
        written += "" if called else ")"
        at = end
    return written + text[at:]
