"""The cells on the input side of a decision table.

A cell is ``-`` (anything), a literal, a comparison (``< 5``), a range (``[1..5]``, ``(1..5)``,
``]1..5[``), several of them with commas (one has to hold), or ``not(...)`` around such a list.
Literals are texts in double quotes, numbers, ``true``, ``false`` and ``null``. A value that is
missing (None) passes only ``-``, ``null`` and ``not``.

Source: OMG DMN 1.3, chapter 7.3.3 *Simple unary tests*; the rest of FEEL is refused with a cure.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.bpmn.decisions.types import fits

#: Says whether the value of an input passes the cell.
Test = Callable[[Any], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w)(?!\.\d))
      | (?P<word>[A-Za-z_]\w*)
      | (?P<sign>\.\.|<=|>=|!=|[<>=(),\[\]-])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
_CURE = 'Write -, a literal, < 5, [1..5], "a", "b" or not("a"); compute the rest before.'


class CellError(Exception):
    """Internal: the cell is not one of the tests above. Becomes a problem at the cell."""

    def __init__(self, reason: str, cure: str = _CURE) -> None:
        """Say what is wrong and what may be written."""
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: Any


def compile_cell(text: str, kind: str | None = None) -> Test | None:
    """Return the test a cell stands for; None when anything passes.

    Args:
        text: the cell as it was written.
        kind: type of the input (:func:`~.types.type_named`); literals are checked against it.

    Raises:
        CellError: it is not one of the supported tests, or of another type.
    """
    stripped = text.strip()
    if stripped in ("", "-"):
        return None
    if len(stripped) > 4_000:
        raise CellError("The cell has more than 4,000 characters.", "Split the rule into several.")
    return _Cell(list(_tokens(stripped)), kind).whole()


def literals(text: str) -> list[Any]:
    """Return the literals of a list such as ``"high", "low"``. Raises :class:`CellError`."""
    cell = _Cell(list(_tokens(text.strip())), None)
    found = [cell.literal()]
    while cell.took(","):
        found.append(cell.literal())
    cell.end()
    return found


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise CellError(f"'{text[position:].strip()[:40]}' is not understood.")
        yield _token(match.lastgroup, match.group(match.lastgroup))
        position = match.end()


def _token(kind: str, text: str) -> _Token:
    if kind == "text":
        plain = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), text[1:-1])
        return _Token("literal", plain)
    if kind == "number":
        whole = re.fullmatch(r"-?\d+", text)
        if len(text) > 40:
            raise CellError("The number is too long.")
        number = int(text) if whole else float(text)
        if number in (math.inf, -math.inf):
            raise CellError(f"The number {text} is too large.", "Write one with fewer digits.")
        return _Token("literal", number)
    if kind == "word" and text in _WORDS:
        return _Token("literal", _WORDS[text])
    return _Token(kind, text)


class _Cell:
    """Reads the tokens of one cell from left to right."""

    def __init__(self, tokens: list[_Token], kind: str | None) -> None:
        self._tokens = tokens
        self._kind = kind
        self._next = 0

    def whole(self) -> Test:
        """Return the test of the whole cell."""
        if self.took("not", kind="word"):
            self._expect("(")
            inner = self._any_of()
            self._expect(")")
            self.end()
            return lambda value: not inner(value)
        test = self._any_of()
        self.end()
        return test

    def literal(self) -> Any:
        """Return the next token, which has to be a literal of the input's type."""
        token = self._peek()
        if token is None or token.kind != "literal":
            found = f"'{token.value}'" if token else "the end"
            raise CellError(f"A literal has to stand where {found} is.")
        if not fits(token.value, self._kind):
            raise CellError(
                f"{token.value!r:.40} is no {self._kind}, which the input is.",
                "Change the cell, or the type of the input.",
            )
        self._next += 1
        return token.value

    def took(self, sign: str, *, kind: str = "sign") -> bool:
        """Step over ``sign`` when it is next, and say whether it was."""
        token = self._peek()
        if token is None or token.kind != kind or token.value != sign:
            return False
        self._next += 1
        return True

    def end(self) -> None:
        """Refuse anything that is left."""
        token = self._peek()
        if token is not None:
            raise CellError(f"'{token.value}' is not expected here.")

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _expect(self, sign: str) -> None:
        if not self.took(sign):
            raise CellError(f"'{sign}' is missing.")

    def _any_of(self) -> Test:
        tests = [self._one()]
        while self.took(","):
            tests.append(self._one())
        if len(tests) == 1:
            return tests[0]
        return lambda value: any(test(value) for test in tests)

    def _one(self) -> Test:
        for sign, compare in _COMPARISONS.items():
            if self.took(sign):
                return _compared(compare, self._ordered())
        if self.took("!="):
            different = self.literal()
            return lambda value: not _same(value, different)
        self.took("=")
        for sign in ("[", "(", "]"):
            if self.took(sign):
                return self._range(lowest_too=sign == "[")
        wanted = self.literal()
        return lambda value: _same(value, wanted)

    def _range(self, *, lowest_too: bool) -> Test:
        lowest = self._ordered()
        self._expect("..")
        highest = self._ordered()
        if not self.took("]"):
            if not self.took(")") and not self.took("["):
                raise CellError("The range is not closed with ']' or ')'.")
            above = _compared(operator.lt, highest)
        else:
            above = _compared(operator.le, highest)
        if not _comparable(lowest, highest) or lowest > highest:
            raise CellError("The range begins above its end.", "Write the smaller bound first.")
        below = _compared(operator.ge if lowest_too else operator.gt, lowest)
        return lambda value: below(value) and above(value)

    def _ordered(self) -> Any:
        value = self.literal()
        if value is None or isinstance(value, bool):
            raise CellError("Only numbers and texts can be compared by size.")
        return value


def _compared(compare: Callable[[Any, Any], bool], bound: Any) -> Test:
    return lambda value: _comparable(value, bound) and compare(value, bound)


def _comparable(left: Any, right: Any) -> bool:
    if isinstance(left, str) or isinstance(right, str):
        return isinstance(left, str) and isinstance(right, str)
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in (left, right))


def _same(value: Any, wanted: Any) -> bool:
    # In Python 1 == True; in a table a number is never a truth value.
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)
