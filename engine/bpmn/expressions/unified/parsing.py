"""Parses a text with ``${...}`` in it into one node.

A parser by precedence, lowest first: ``?:``, ``||``, ``&&``, equality, order, ``+ -``, ``* / %``,
signs in front, parts and calls. Names that are called are checked here, so that a drawing that
needs what only its own application had is told at upload.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.bpmn.expressions.safe.limits import RefusedError
from engine.bpmn.expressions.unified import running
from engine.bpmn.expressions.unified.calls import Callee, Reach, called
from engine.bpmn.expressions.unified.functions import KNOWN
from engine.bpmn.expressions.unified.lexing import Kind, Lexeme, lexemes, refusal
from engine.bpmn.expressions.unified.running import Node, placed

_LEVELS = {
    sign: level
    for level, signs in enumerate(
        (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))
    )
    for sign in signs
}
#: Brackets inside each other, signs in front of a value, parts behind it.
_DEPTH = 40
#: What between two expressions shows that one was meant.
_BETWEEN = frozenset({"and", "or", "&&", "||", "==", "!=", "eq", "ne", "<", ">", "<=", ">=", "not"})
_LITERALS: dict[str, object] = {"true": True, "false": False, "null": None}
_CURES = {
    "=": "Compare with '=='; set variables with execution.setVariable in a script task.",
    ";": "Write one expression.",
    "->": "Write a condition without '->'.",
    "+=": "Join texts as ${first}${last}.",
    "instanceof": "Ask for the value itself.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What was parsed: the node, and what it is where that matters to what stands around it."""

    node: Node
    offset: int
    path: str | None = None  #: ``customer.name``: a name, and names behind dots
    nothing: bool = False  #: the literal ``null``


def parse(text: str, reach: Reach) -> Node:
    """Return the node of a text: one expression, or texts with expressions in them.

    Args:
        text: ``${amount > 5}``, ``Hello ${name}!``, or without marks one bare expression.
        reach: collects what is read and written, and says whether variables may be set.

    Raises:
        RefusedError: it is not part of the language, or calls what does not exist here.
    """
    start = _next_mark(text, 0)
    if start < 0:
        return _Parser(lexemes(text, 0, closed=False)[0], reach).whole()
    parts: list[Node] = []
    at = 0
    while start >= 0:
        if at > 0 and text[at:start].strip() in _BETWEEN:
            raise refusal(
                f"'{text[at:start].strip()}' stands outside of ${{...}}.",
                "Write one ${...} around the whole expression.",
                at,
            )
        if start > at:
            parts.append(running.constant(_unescaped(text[at:start])))
        found, end = lexemes(text, start + 2, closed=True)
        parts.append(_Parser(found, reach).whole())
        at = end + 1
        start = _next_mark(text, at)
    if at < len(text):
        parts.append(running.constant(_unescaped(text[at:])))
    return parts[0] if len(parts) == 1 else running.text_of(parts)


def _next_mark(text: str, start: int) -> int:
    """Return where the next ``${`` or ``#{`` is that no backslash takes back; else -1."""
    at = start
    while at < len(text) - 1:
        if text[at] == "\\":
            at += 2
        elif text[at] in "$#" and text[at + 1] == "{":
            return at
        else:
            at += 1
    return -1


def _unescaped(text: str) -> str:
    return text.replace("\\$", "$").replace("\\#", "#")


class _Parser:
    """The pieces of one expression, read from left to right."""

    def __init__(self, pieces: list[Lexeme], reach: Reach) -> None:
        self._pieces, self._at, self._reach = pieces, 0, reach
        self._depth = 0

    def whole(self) -> Node:
        if self._piece.kind is Kind.END:
            raise refusal(
                "The expression is empty.", "Write one, such as ${amount > 5}.", self._piece.offset
            )
        node = self._expression().node
        if self._at < len(self._pieces) - 1:
            raise self._unexpected()
        return node

    @property
    def _piece(self) -> Lexeme:
        return self._pieces[self._at]

    def _take(self) -> Lexeme:
        piece = self._piece
        if piece.kind is not Kind.END:
            self._at += 1
        return piece

    def _is(self, *signs: str) -> bool:
        return self._piece.kind is Kind.SIGN and self._piece.text in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise self._unexpected(f"Write '{sign}' here.")
        self._take()

    def _unexpected(self, cure: str | None = None) -> RefusedError:
        piece = self._piece
        if piece.kind is Kind.END:
            return refusal("The expression ends too early.", cure or "Finish it.", piece.offset)
        known = _CURES.get(piece.text) if piece.kind is Kind.SIGN else None
        return refusal(
            f"'{piece.text:.40}' is not expected here.",
            known or cure or "Check operators, brackets and quotes.",
            piece.offset,
        )

    def _expression(self) -> Part:
        self._depth += 1
        if self._depth > _DEPTH:
            raise refusal(
                f"It is nested more than {_DEPTH} deep.",
                "Split it into parts.",
                self._piece.offset,
            )
        part = self._choice()
        self._depth -= 1
        return part

    def _choice(self) -> Part:
        condition = self._binary(0)
        if not self._is("?"):
            return condition
        offset = self._take().offset
        yes = self._expression()
        self._expect(":")
        no = self._expression()
        return Part(placed(running.choice(condition.node, yes.node, no.node), offset), offset)

    def _binary(self, lowest: int) -> Part:
        """Read operators of level ``lowest`` and above; equal ones are one loop, not a nest."""
        left = self._prefixed()
        while (level := self._level()) >= lowest:
            first, last = left.node, left
            steps: list[Callable[..., Any]] = []
            while self._level() == level:
                sign = self._take()
                right = self._binary(level + 1)
                asks = sign.text in ("==", "!=")
                # A variable that is not there equals null.
                if asks and right.nothing and not steps:
                    first = running.lenient(first)
                node = running.lenient(right.node) if asks and last.nothing else right.node
                steps.append(placed(running.step(sign.text, node), sign.offset))
                last = right
            left = Part(running.chain(first, steps), left.offset)
        return left

    def _level(self) -> int:
        piece = self._piece
        return _LEVELS.get(piece.text, -1) if piece.kind is Kind.SIGN else -1

    def _prefixed(self) -> Part:
        signs: list[Lexeme] = []
        while self._is("!", "-", "empty"):
            signs.append(self._take())
            if len(signs) > _DEPTH:
                raise refusal("Too many signs in a row.", "Write fewer.", signs[-1].offset)
        part = self._path()
        for sign in reversed(signs):
            part = Part(placed(_PREFIXES[sign.text](part.node), sign.offset), sign.offset)
        return part

    def _path(self) -> Part:
        part = self._primary()
        for _ in range(_DEPTH):
            if self._is("."):
                offset = self._take().offset
                part = self._member(part, offset)
            elif self._is("["):
                offset = self._take().offset
                key = self._expression()
                self._expect("]")
                part = Part(placed(running.part(part.node, key.node), offset), part.offset)
            else:
                return part
        raise refusal(f"It has more than {_DEPTH} parts in a row.", "Split it.", part.offset)

    def _member(self, whole: Part, offset: int) -> Part:
        piece = self._take()
        if piece.kind is not Kind.NAME:
            self._at -= piece.kind is not Kind.END
            raise self._unexpected("Write the name of a part behind the dot.")
        if self._is("("):
            callee = Callee(piece.text, piece.offset, whole.node, whole.path)
            return Part(self._call(callee), whole.offset)
        path = f"{whole.path}.{piece.text}" if whole.path else None
        if whole.path == "execution":
            source = KNOWN.get(piece.text)
            if source is None:
                raise refusal(
                    f"'execution.{piece.text}' is not known here.",
                    f"Use {', '.join(sorted(KNOWN))}, or a variable.",
                    piece.offset,
                )
            self._reach.reads.add(source)
            return Part(placed(running.variable(source), piece.offset), whole.offset)
        node = placed(running.part(whole.node, running.constant(piece.text)), whole.offset)
        return Part(node, whole.offset, path)

    def _call(self, callee: Callee) -> Node:
        self._expect("(")
        arguments: list[Node] = []
        literals: list[str | None] = []
        while not self._is(")"):
            if arguments:
                self._expect(",")
            first = self._piece
            arguments.append(self._value())
            alone = self._is(",", ")") and self._pieces[self._at - 1] is first
            literals.append(first.text if alone and first.kind is Kind.TEXT else None)
        self._take()
        return placed(called(callee, arguments, literals, self._reach), callee.offset)

    def _value(self) -> Node:
        part = self._expression()
        self._reach.note(part.path)
        return part.node

    def _primary(self) -> Part:
        piece = self._take()
        if piece.kind is Kind.NUMBER:
            return Part(running.constant(_number(piece)), piece.offset)
        if piece.kind is Kind.TEXT:
            return Part(running.constant(piece.text), piece.offset)
        if piece.kind is Kind.NAME:
            return self._name(piece)
        if piece.text == "(":
            inner = self._expression()
            self._expect(")")
            return Part(inner.node, piece.offset, nothing=inner.nothing)
        if piece.text == "[":
            return self._array(piece)
        self._at -= piece.kind is not Kind.END
        raise self._unexpected()

    def _name(self, piece: Lexeme) -> Part:
        if piece.text in _LITERALS:
            value = _LITERALS[piece.text]
            return Part(running.constant(value), piece.offset, nothing=value is None)
        if self._is("("):
            return Part(self._call(Callee(piece.text, piece.offset)), piece.offset)
        if not (self._is(".") and self._calls_next()):
            self._reach.note(piece.text)
        node = placed(running.variable(piece.text), piece.offset)
        return Part(node, piece.offset, piece.text)

    def _calls_next(self) -> bool:
        """Say whether ``.name(`` or a longer path to a call comes next; the call notes reads."""
        at = self._at
        while self._pieces[at].text == "." and self._pieces[at + 1].kind is Kind.NAME:
            at += 2
        return self._pieces[at].text == "(" and self._pieces[at].kind is Kind.SIGN

    def _array(self, piece: Lexeme) -> Part:
        items: list[Node] = []
        while not self._is("]"):
            if items:
                self._expect(",")
            items.append(self._value())
        self._take()
        return Part(placed(running.array(items), piece.offset), piece.offset)


def _number(piece: Lexeme) -> int | float:
    if len(piece.text) > 40:
        raise refusal("The number has more than 40 figures.", "Write fewer.", piece.offset)
    whole = piece.text.isdigit()
    return int(piece.text) if whole else float(piece.text)


_PREFIXES: dict[str, Callable[[Node], Node]] = {
    "!": running.opposite,
    "-": running.negative,
    "empty": running.empty,
}
