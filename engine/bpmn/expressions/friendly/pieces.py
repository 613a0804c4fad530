"""Cuts a text of FEEL into pieces: numbers, texts, names, calls of functions and signs."""

from __future__ import annotations

import re

from engine.bpmn.expressions.friendly.functions import FUNCTIONS
from engine.bpmn.expressions.friendly.operations import ElsewhereError

_CALLS = "|".join(
    name.replace(" ", " +") for name in sorted(FUNCTIONS, key=lambda name: (-len(name), name))
)
#: Blanks are those of feelin.
_PIECE = re.compile(
    r"[ \t\n\r]*(?:"
    r"(?P<number>(?:\d*\.\d+|\d+)(?:[eE][+-]?\d+)?(?!\w|\.\w))"
    r"|(?P<text>\"(?:[^\"\\\n\r]|\\[^\n\r])*\")"
    rf"|(?P<call>(?:{_CALLS})(?= *\())"
    r"|(?P<name>[A-Za-z_]\w*(?![\w?]))"
    r"|(?P<sign>\.\.|[<>!]=|\?(?![\w?])|[-+*/=<>()\[\]{},.:])|(?P<end>$))",
    re.ASCII,
)
_KEYWORDS = frozenset({"and", "or", "in", "between", "if", "then", "else", "true", "false", "null"})
#: Names that mean something else than a variable somewhere in FEEL.
TAKEN = frozenset(
    re.findall(
        r"\w+",
        """
        Any Null abs after all any append before boolean ceiling coincides concatenate contains
        context count cycle date day days decimal distinct duration during ends even every exp
        external finished finishes flatten floor for function get hour hours includes index insert
        instance is item last list log lower matches max mean median meets met min minute minutes
        mode modulo month months not now number odd of overlaps partial precedes product range
        remove replace return reverse satisfies second seconds some sort split sqrt started starts
        stddev string sublist substring sum time today trim union upper week year years
        """,
    )
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
#: Four figures; feelin takes a fifth and sixth for the same character.
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})(?![0-9a-fA-F])|(.))", re.DOTALL)


def pieces(text: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each piece; the last is the empty sign.

    Texts come without quotes, calls with single blanks; keywords are signs.

    Raises:
        ElsewhereError: something is none of them.
    """
    found: list[tuple[str, str]] = []
    at = 0
    while True:
        match = _PIECE.match(text, at)
        if match is None:
            raise ElsewhereError
        kind = match.lastgroup or ""
        piece = match.group(kind)
        if kind == "end":
            return [*found, ("sign", "")]
        if kind == "text":
            piece = _ESCAPE.sub(_escaped, piece[1:-1])
        elif kind == "call":
            piece = " ".join(piece.split())
        found.append(("sign" if piece in _KEYWORDS and kind == "name" else kind, piece))
        at = match.end()


def _escaped(found: re.Match[str]) -> str:
    figures, sign = found.groups()
    if figures is None:
        if sign not in _ESCAPES:
            raise ElsewhereError
        return _ESCAPES[sign]
    if figures[0] in "dD" and figures[1] in "89abcdefABCDEF":
        raise ElsewhereError  # half a character
    return chr(int(figures, 16))
