"""Compiles the plain part of FEEL to closures over the variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.expressions.friendly import operations
from engine.bpmn.expressions.friendly.operations import BINARY, FUNCTIONS, ElsewhereError

Node: TypeAlias = Callable[[Mapping[str, Any]], Any]

_PIECE = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?![\w.]\w))|(?P<text>\"[^\"\\\n\r]*\")"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>\.\.|[<>!]=|[-+*/=<>()\[\],.])|(?P<end>$))",
    re.ASCII,
)
_KEYWORDS = frozenset({"and", "or", "in", "between", "if", "then", "else", "true", "false", "null"})
#: Names that mean something else than a variable somewhere in FEEL.
_TAKEN = frozenset(
    re.findall(
        r"\w+",
        """
        Any Null abs after all any append before boolean ceiling coincides concatenate contains
        context count date day days decimal distinct duration during ends even every exp external
        finished finishes flatten floor for function get hour hours includes index insert instance
        is item last list log lower matches max mean median meets met min minute minutes mode
        modulo month months not now number odd of overlaps partial precedes product range remove
        replace return reverse satisfies second seconds some sort split sqrt started starts stddev
        string sublist substring sum time today trim union upper week year years
        """,
    )
)
_LEVELS: Mapping[str, int] = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5}
_COMPARED = frozenset({"=", "!=", "<", "<=", ">", ">="})
_COMPARISON = 3
#: Brackets inside each other; more is for the sandbox to judge.
_DEPTH = 20


def parse(text: str) -> tuple[Node, frozenset[str]]:
    """Return the closure of ``text``, and the names it reads.

    Raises:
        ElsewhereError: it is not of the plain part, or no FEEL at all.
    """
    parser = _Parser(_pieces(text))
    node = parser.expression()
    parser.expect("")
    return node, frozenset(parser.reads)


def _pieces(text: str) -> list[tuple[str, str]]:
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
        found.append(("sign" if piece in _KEYWORDS else kind, piece))
        at = match.end()


class _Parser:
    """Reads pieces from left to right, by precedence."""

    def __init__(self, pieces: list[tuple[str, str]]) -> None:
        self._pieces, self._at, self._depth = pieces, 0, 0
        self.reads: set[str] = set()

    def _sign(self) -> str | None:
        kind, piece = self._pieces[self._at]
        return piece if kind == "sign" else None

    def _take(self) -> tuple[str, str]:
        self._at += 1
        return self._pieces[self._at - 1]

    def expect(self, *signs: str) -> str:
        """Take one of ``signs``; the empty one is the end."""
        sign = self._sign()
        if sign is None or sign not in signs:
            raise ElsewhereError
        self._at += 1
        return sign

    def expression(self) -> Node:
        """Read one whole expression."""
        self._depth += 1
        if self._depth > _DEPTH:
            raise ElsewhereError
        node = self._choice() if self._sign() == "if" else self._binary(1)
        self._depth -= 1
        return node

    def _choice(self) -> Node:
        self.expect("if")
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        no = self.expression()

        def run(variables: Mapping[str, Any]) -> Any:
            # What is neither false nor null counts as true.
            holds = condition(variables)
            return no(variables) if holds is False or holds is None else yes(variables)

        return run

    def _binary(self, lowest: int) -> Node:
        left = self._comparison() if lowest <= _COMPARISON else self._unary()
        while (level := _LEVELS.get(self._sign() or "", 0)) >= lowest:
            sign = self._take()[1]
            left = _joined(sign, left, self._binary(level + 1))
        return left

    def _comparison(self) -> Node:
        left = self._binary(_COMPARISON + 1)
        sign = self._sign()
        if sign in _COMPARED:
            self._at += 1
            left = _joined(sign or "", left, self._binary(_COMPARISON + 1))
        elif sign == "between":
            left = self._between(left)
        elif sign == "in":
            self._at += 1
            left = self._in(left)
        if self._sign() in {*_COMPARED, "between", "in"}:
            raise ElsewhereError
        return left

    def _between(self, value: Node) -> Node:
        self.expect("between")
        low = self._binary(_COMPARISON + 1)
        self.expect("and")
        high = self._binary(_COMPARISON + 1)

        def run(variables: Mapping[str, Any]) -> Any:
            return operations.within(
                value(variables), low(variables), high(variables), from_low=True, to_high=True
            )

        return run

    def _in(self, value: Node) -> Node:
        opening = self.expect("[", "(")
        items = [self._binary(_COMPARISON + 1)]
        if self._sign() == "..":
            return self._range(value, items[0], opening)
        while self._sign() == ",":
            self._at += 1
            items.append(self._binary(_COMPARISON + 1))
        self.expect("]" if opening == "[" else ")")
        if opening == "(" and len(items) == 1:
            raise ElsewhereError  # a list in brackets, or a test
        return lambda variables: operations.listed(
            value(variables), [item(variables) for item in items]
        )

    def _range(self, value: Node, low: Node, opening: str) -> Node:
        self.expect("..")
        high = self._binary(_COMPARISON + 1)
        closing = self.expect("]", ")")
        from_low, to_high = opening == "[", closing == "]"

        def run(variables: Mapping[str, Any]) -> Any:
            return operations.within(
                value(variables),
                low(variables),
                high(variables),
                from_low=from_low,
                to_high=to_high,
            )

        return run

    def _unary(self) -> Node:
        if self._sign() != "-":
            return self._path()
        self._at += 1
        value = self._path()
        return lambda variables: operations.negative(value(variables))

    def _path(self) -> Node:
        node = self._primary()
        while self._sign() == ".":
            self._at += 1
            kind, name = self._take()
            if kind != "name" or self._pieces[self._at][0] == "name":
                raise ElsewhereError
            node = _part(node, name)
        if self._sign() in ("(", "["):
            raise ElsewhereError
        return node

    def _primary(self) -> Node:
        kind, piece = self._take()
        if kind == "number":
            value = operations.number(float(piece) if "." in piece else int(piece))
            return lambda variables: value
        if kind == "text":
            return lambda variables: piece[1:-1]
        if kind == "name":
            return self._name(piece)
        if piece in ("true", "false", "null"):
            known = {"true": True, "false": False}.get(piece)
            return lambda variables: known
        if piece == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        raise ElsewhereError

    def _name(self, name: str) -> Node:
        if self._pieces[self._at][0] == "name":
            name = f"{name} {self._take()[1]}"
        if self._sign() == "(" and name in FUNCTIONS:
            return self._call(name)
        if " " in name or name in _TAKEN:
            raise ElsewhereError
        self.reads.add(name)
        return lambda variables: variables.get(name)

    def _call(self, name: str) -> Node:
        wanted, function = FUNCTIONS[name]
        self.expect("(")
        values = [self.expression()]
        while self._sign() == ",":
            self._at += 1
            values.append(self.expression())
        self.expect(")")
        if len(values) != wanted:
            raise ElsewhereError
        return lambda variables: function(*[value(variables) for value in values])


def _joined(sign: str, left: Node, right: Node) -> Node:
    operate = BINARY[sign]
    return lambda variables: operate(left(variables), right(variables))


def _part(whole: Node, name: str) -> Node:
    return lambda variables: operations.part(whole(variables), name)
