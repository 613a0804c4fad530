"""Compiles the plain part of FEEL to closures over the variables.

Clauses of DMN 1.5: 10.3.1.2 (the grammar). Where an ``in`` without brackets is followed by ``and``
or ``or``, the grammar is followed, and not feelin, which takes what follows for part of the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.bpmn.expressions.friendly import operations
from engine.bpmn.expressions.friendly.chains import Node as Node
from engine.bpmn.expressions.friendly.chains import chain, joined, path
from engine.bpmn.expressions.friendly.functions import FUNCTIONS
from engine.bpmn.expressions.friendly.operations import BINARY, ElsewhereError
from engine.bpmn.expressions.friendly.pieces import TAKEN, pieces
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH

#: Says of a value, with the variables, whether it passes; None where they cannot be compared.
Check: TypeAlias = Callable[[Any, Mapping[str, Any]], bool | None]

_LEVELS: Mapping[str, int] = {"or": 1, "and": 2, "+": 4, "-": 4, "*": 5, "/": 5}
COMPARED = frozenset({"=", "!=", "<", "<=", ">", ">="})
_COMPARISON = 3
#: How ranges open and close; "]" and "[" are "(" and ")", written as in mathematics.
_OPENED, _CLOSED = ("[", "(", "]"), ("]", ")", "[")
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
#: Brackets inside each other; more is for the sandbox to judge.
_DEPTH = 20


def parse(text: str) -> tuple[Node, frozenset[str]]:
    """Return the closure of ``text``, and the names it reads.

    Raises:
        ElsewhereError: it is not of the plain part, or no FEEL at all.
    """
    parser = Parser(text)
    node = parser.expression()
    parser.expect("")
    return node, parser.names()


@dataclass(frozen=True, slots=True)
class SimpleTest:
    """A comparison without its left side, or a range."""

    signs: tuple[str, ...]  #: the operator, or how the range opens and closes
    bounds: tuple[Node, ...]

    def check(self) -> Check:
        """Return it as a closure."""
        if len(self.signs) == 1:
            operate, bound = BINARY[self.signs[0]], self.bounds[0]
            return lambda value, variables: operate(value, bound(variables))
        low, high = self.bounds
        from_low, to_high = self.signs[0] == "[", self.signs[1] == "]"
        return lambda value, variables: operations.within(
            value, low(variables), high(variables), from_low=from_low, to_high=to_high
        )


class Parser:
    """Reads pieces from left to right, by precedence."""

    def __init__(self, text: str) -> None:
        """Cut ``text`` into pieces. Raises :class:`ElsewhereError` where there are others."""
        if len(text) > EXPRESSION_LENGTH:
            raise ElsewhereError
        self._pieces, self._at, self._depth = pieces(text), 0, 0
        self.reads: set[str] = set()
        self._keys: set[str] = set()
        #: Values of the nodes that have always the same.
        self.constants: dict[Node, Any] = {}
        #: Nodes that feelin knows to be true or false before it runs them.
        self.booleans: set[Node] = set()
        #: Whether ``?`` has been read; None where it stands for nothing.
        self.asked: bool | None = None

    def names(self) -> frozenset[str]:
        """Return what was read. Raises :class:`ElsewhereError` if a context has such a key."""
        if self._keys & self.reads:
            raise ElsewhereError  # the name may mean the entry
        return frozenset(self.reads)

    def sign(self) -> str | None:
        """Return the next piece if it is a sign, which stays."""
        kind, piece = self._pieces[self._at]
        return piece if kind == "sign" else None

    def took(self, sign: str) -> bool:
        """Take ``sign`` if it is next, and say whether it was."""
        found = self.sign() == sign
        self._at += found
        return found

    def expect(self, *signs: str) -> str:
        """Take one of ``signs``; the empty one is the end."""
        sign = self.sign()
        if sign is None or sign not in signs:
            raise ElsewhereError
        self._at += 1
        return sign

    def calls(self, name: str) -> bool:
        """Take the name of a function and its bracket if they are next, and say whether."""
        found = self._pieces[self._at] == ("call", name)
        self._at += 2 * found
        return found

    def _take(self) -> tuple[str, str]:
        self._at += 1
        return self._pieces[self._at - 1]

    def expression(self) -> Node:
        """Read one whole expression."""
        self._depth += 1
        if self._depth > _DEPTH:
            raise ElsewhereError
        node = self._choice() if self.sign() == "if" else self._binary(1)
        self._depth -= 1
        return node

    def simple_test(self) -> SimpleTest | None:
        """Read a comparison without a left side, or a range; None if neither stands here."""
        if self.sign() in COMPARED:
            return SimpleTest((self.expect(*COMPARED),), (self.sum(),))
        if self._opens("..") or self.sign() == "]":
            opening = self.expect(*_OPENED)
            low = self.sum()
            self.expect("..")
            begin, high = self._at, self.sum()
            closing = self.expect(*_CLOSED)
            if closing == "[" and (self._joins(begin) or self.sign() == "]"):
                raise ElsewhereError  # feelin reads on for a filter, or for a list that is empty
            return SimpleTest((opening, closing), (low, high))
        return None

    def _joins(self, begin: int) -> bool:
        """Say whether an operator stands outside of brackets since ``begin``."""
        depth = 0
        for at in range(begin, self._at):
            kind, piece = self._pieces[at]
            if kind != "sign":
                continue
            depth += (piece in _OPENING) - (piece in _CLOSING)
            negative = at == begin and self._pieces[at + 1][0] == "number"
            if depth == 0 and piece in _LEVELS and not negative:
                return True
        return False

    def sum(self) -> Node:
        """Read an expression that is no comparison, and not joined with ``and``."""
        return self._binary(_COMPARISON + 1)

    def _opens(self, wanted: str) -> bool:
        """Say whether a bracket is next that has ``wanted`` directly in it."""
        if self.sign() not in ("[", "("):
            return False
        depth = 0
        for kind, piece in self._pieces[self._at + 1 :]:
            if kind != "sign":
                continue
            if depth == 0 and piece == wanted:
                return True
            depth += (piece in _OPENING) - (piece in _CLOSING)
            if depth < 0:
                return False
        return False

    def _choice(self) -> Node:
        self.expect("if")
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        no = self.expression()

        def run(variables: Mapping[str, Any]) -> Any:
            return yes(variables) if condition(variables) is True else no(variables)

        if yes in self.booleans and no in self.booleans:
            self.booleans.add(run)
        return run

    def _binary(self, lowest: int) -> Node:
        """Read operators of level ``lowest`` and above; those of one level are a loop, no nest."""
        left = self._comparison() if lowest <= _COMPARISON else self._unary()
        while (level := _LEVELS.get(self.sign() or "", 0)) >= lowest:
            steps: list[tuple[str, Node]] = []
            while _LEVELS.get(self.sign() or "", 0) == level:
                steps.append((self._take()[1], self._binary(level + 1)))
            if level > _COMPARISON and left in self.booleans and steps[0][1] in self.booleans:
                raise ElsewhereError  # nothing, which feelin takes for true or false
            left = chain(left, steps)
        return left

    def _comparison(self) -> Node:
        left = self.sum()
        sign = self.sign()
        if sign in COMPARED:
            self._at += 1
            left = joined(sign or "", left, self.sum())
        elif self.took("between"):
            left = self._between(left)
        elif self.took("in"):
            left = self._in(left)
            if self.sign() in _LEVELS and _LEVELS[self.sign() or ""] > _COMPARISON:
                raise ElsewhereError  # it goes on, after a bracket that was part of it
        if self.sign() in {*COMPARED, "between", "in"}:
            raise ElsewhereError
        return left

    def _between(self, value: Node) -> Node:
        low = self.sum()
        self.expect("and")
        check = SimpleTest(("[", "]"), (low, self.sum())).check()
        return lambda variables: check(value(variables), variables)

    def _in(self, value: Node) -> Node:
        simple = self.simple_test()
        check = simple.check() if simple is not None else None
        if check is None and self.sign() == "(" and (self._opens(",") or self._opens_test()):
            check = _one_of(self._tests())
        if check is None:
            items = self._unlike_a_test(self.sum())
            return lambda variables: operations.listed(value(variables), items(variables))
        passes = check
        return lambda variables: passes(value(variables), variables)

    def _opens_test(self) -> bool:
        kind, piece = self._pieces[min(self._at + 1, len(self._pieces) - 1)]
        return kind == "sign" and piece in COMPARED

    def _tests(self) -> list[Check]:
        self.expect("(")
        checks = [self._member()]
        while self.took(","):
            checks.append(self._member())
        self.expect(")")
        return checks

    def _member(self) -> Check:
        simple = self.simple_test()
        if simple is not None:
            return simple.check()
        item = self._unlike_a_test(self.expression())
        return lambda value, variables: operations.equal(item(variables), value) is True

    def _unlike_a_test(self, node: Node) -> Node:
        if self.asked is not None and node in self.booleans:
            raise ElsewhereError  # in a cell, feelin compares it with the value of the column
        return node

    def _unary(self) -> Node:
        if not self.took("-"):
            return self._path()
        value = self._path()
        if value in self.booleans:
            raise ElsewhereError
        if value in self.constants:
            return self._constant(operations.negative(self.constants[value]))
        return lambda variables: operations.negative(value(variables))

    def _path(self) -> Node:
        node = self._primary()
        names: list[str] = []
        while self.took("."):
            kind, name = self._take()
            if kind != "name":
                raise ElsewhereError
            names.append(name)
        return path(node, names) if names else node

    def _primary(self) -> Node:
        kind, piece = self._take()
        if kind == "number":
            return self._constant(
                operations.number(int(piece) if piece.isdigit() else float(piece))
            )
        if kind == "text":
            return self._constant(piece)
        if kind == "call":
            return self._call(piece)
        if kind == "name":
            return self._name(piece)
        if piece in ("true", "false", "null"):
            return self._constant({"true": True, "false": False}.get(piece))
        if piece == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        if piece == "[":
            return self._list()
        if piece == "{":
            return self._context()
        if piece == "?" and self.asked is not None:
            self.asked = True
            return lambda variables: variables["?"]
        raise ElsewhereError

    def _constant(self, value: Any) -> Node:
        def node(variables: Mapping[str, Any]) -> Any:
            return value

        self.constants[node] = value
        if type(value) is bool:
            self.booleans.add(node)
        return node

    def _list(self) -> Node:
        items: list[Node] = []
        if not self.took("]"):
            items.append(self.expression())
            while self.took(","):
                items.append(self.expression())
            self.expect("]")
        if all(item in self.constants for item in items):
            return self._constant([self.constants[item] for item in items])
        return lambda variables: operations.bounded([item(variables) for item in items])

    def _context(self) -> Node:
        entries: dict[str, Node] = {}
        if not self.took("}"):
            self._entry(entries)
            while self.took(","):
                self._entry(entries)
            self.expect("}")
        return lambda variables: operations.bounded(
            {key: value(variables) for key, value in entries.items()}
        )

    def _entry(self, entries: dict[str, Node]) -> None:
        kind, key = self._take()
        if kind not in ("name", "text") or not key.isidentifier() or key.startswith("__"):
            raise ElsewhereError
        if key in TAKEN or key in entries:
            raise ElsewhereError  # later entries may mean this one; two are none
        self._keys.add(key)
        self.expect(":")
        entries[key] = self.expression()

    def _name(self, name: str) -> Node:
        if name in TAKEN:
            raise ElsewhereError
        self.reads.add(name)
        return lambda variables: variables.get(name)

    def _call(self, name: str) -> Node:
        fewest, most, function = FUNCTIONS[name]
        self.expect("(")
        values = [self.expression()]
        while self.took(","):
            values.append(self.expression())
        self.expect(")")
        if not fewest <= len(values) <= most:
            raise ElsewhereError
        return lambda variables: function(*[value(variables) for value in values])


def _one_of(checks: list[Check]) -> Check:
    def check(value: Any, variables: Mapping[str, Any]) -> bool | None:
        found = [passes(value, variables) for passes in checks]
        return True if True in found else None if None in found else False

    return check
