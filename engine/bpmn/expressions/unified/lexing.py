"""Cuts the text between ``${`` and ``}`` into words and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from engine.bpmn.expressions.safe.limits import RefusedError

#: Words that stand for a sign.
_WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "eq": "==",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "div": "/",
    "mod": "%",
    "empty": "empty",
    "instanceof": "instanceof",
}
_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<number>\d+\.\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+(?:[eE][+-]?\d+)?)
  | (?P<name>[^\W\d]\w*)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<sign>&&|\|\||[=!<>]=|->|\+=|[-+*/%<>!?:.,()\[\]{};=])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_QUOTES = "\"'"


class Kind(Enum):
    """What a piece of text is."""

    NUMBER = "number"
    NAME = "name"
    TEXT = "text"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece: ``text`` is the sign, the name, the number, or a text without its quotes."""

    kind: Kind
    text: str
    offset: int  #: 0-based, in the whole text


def lexemes(text: str, start: int, *, closed: bool) -> tuple[list[Lexeme], int]:
    """Return the pieces from ``start``, and where they end.

    Args:
        text: the whole text.
        start: 0-based offset of the first piece.
        closed: whether the expression ends at a ``}`` of its own; else at the end of ``text``.

    Raises:
        RefusedError: a sign that is not part of the language, or no ``}``.
    """
    found: list[Lexeme] = []
    depth, at = 0, start
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _strange(text, at)
        kind, piece = match.lastgroup or "", match.group()
        if closed and piece == "}" and depth == 0:
            return [*found, Lexeme(Kind.END, "", at)], at
        depth += (piece == "{") - (piece == "}")
        if kind != "space":
            found.append(_lexeme(kind, piece, at))
        at = match.end()
    if closed:
        raise refusal("There is no '}' to the '${'.", "Close the expression with '}'.", start)
    return [*found, Lexeme(Kind.END, "", at)], at


def refusal(reason: str, cure: str, offset: int) -> RefusedError:
    """Return a refusal of what stands at ``offset``."""
    refused = RefusedError(reason, cure)
    refused.offset = offset
    return refused


def _lexeme(kind: str, piece: str, at: int) -> Lexeme:
    if kind == "text":
        return Lexeme(Kind.TEXT, _ESCAPE.sub(r"\1", piece[1:-1]), at)
    if kind == "name" and piece in _WORDS:
        return Lexeme(Kind.SIGN, _WORDS[piece], at)
    return Lexeme(Kind(kind), piece, at)


def _strange(text: str, at: int) -> RefusedError:
    if text[at] in _QUOTES:
        return refusal("A quote is not closed.", f"Close the text with {text[at]}.", at)
    if text[at] in "&|":
        sign = text[at] * 2
        return refusal(f"'{text[at]}' is no operator.", f"Write '{sign}'.", at)
    return refusal(
        f"The sign {text[at]!r} is not part of the language.", "Check brackets and quotes.", at
    )
