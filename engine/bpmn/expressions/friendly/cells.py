"""Compiles the plain cells on the input side of a decision table: FEEL's *unary tests*.

Clauses of DMN 1.5: 7.3.3 (simple unary tests) and 10.3.2.8 (what a test means). The cells that most
tables are made of, literals, comparisons with a number and ranges of numbers, become closures that
look at nothing but the value.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.expressions.friendly import operations
from engine.bpmn.expressions.friendly.budget import spend
from engine.bpmn.expressions.friendly.operations import KNOWN, NUMBERS, ElsewhereError
from engine.bpmn.expressions.friendly.parsing import Check, Node, Parser

#: Says whether the value of a column passes, with the variables beside it; null counts as no.
Test: TypeAlias = Callable[[Any, Mapping[str, Any]], bool]

#: Characters of a cell from which on its work is counted, and those that cost as much as one item.
_LONG, _CHARACTERS = 256, 16

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@functools.lru_cache(maxsize=4096)
def parse_tests(text: str) -> tuple[Test, frozenset[str]]:
    """Return the test that a cell stands for, and the names it reads; ``?`` is none of them.

    An empty cell passes any value, as ``-`` does.

    Raises:
        ElsewhereError: it is not of the plain part, or no FEEL at all. The test raises it for
            values that are not known here: dates, and lists where one item stands for itself.
    """
    if text.strip() in ("", "-"):
        return _anything, frozenset()
    parser = _Cells(text)
    test = parser.whole()
    if parser.compares and len(text) > _LONG:
        test = _counted(test, len(text) // _CHARACTERS)
    return test, parser.names()


class _Cells(Parser):
    """Reads the tests of one cell."""

    #: Whether a test is more than to look a value up.
    compares = False

    def whole(self) -> Test:
        """Read all of it."""
        negated = self.calls("not")
        test = self._any_of()
        if negated:
            self.expect(")")
        self.expect("")
        return _unless(test) if negated else test

    def _any_of(self) -> Test:
        tests: list[Test] = []
        literals: list[Any] = []
        self._one(tests, literals)
        while self.took(","):
            self._one(tests, literals)
        if literals:
            tests.insert(0, _literal(literals))
        return tests[0] if len(tests) == 1 else _one_of(tests)

    def _one(self, tests: list[Test], literals: list[Any]) -> None:
        """Read one test; literals are gathered, to be looked up together."""
        self.asked = False
        simple = self.simple_test()
        if simple is not None:
            if self.asked:
                raise ElsewhereError
            self.compares = True
            bounds = [self.constants.get(bound) for bound in simple.bounds]
            tests.append(_fast(simple.signs, bounds) or _passing(simple.check()))
            return
        node = self.expression()
        if node in self.constants and type(self.constants[node]) is not list:
            literals.append(self.constants[node])
            return
        self.compares = True
        if node in self.booleans:
            raise ElsewhereError  # feelin compares with the value what should decide alone
        tests.append(self._computed(node))

    def _computed(self, node: Node) -> Test:
        if not self.asked:
            return lambda value, variables: _agrees(node(variables), value)
        names = tuple(self.reads)

        def test(value: Any, variables: Mapping[str, Any]) -> bool:
            seen = {name: variables.get(name) for name in names}
            seen["?"] = value
            return _agrees(node(seen), value)

        return test


def _agrees(found: Any, value: Any) -> bool:
    """Say whether a value passes an expression that gave ``found``."""
    if type(found) is bool:
        return found
    if found is None:
        if value is None:
            raise ElsewhereError  # feelin takes the two for equal, even where nothing was compared
        return False
    if type(found) is list:
        spend(len(found))
        return any(operations.equal(item, value) is True for item in found)
    return operations.equal(found, value) is True


def _counted(test: Test, items: int) -> Test:
    """Return a test that is counted: one text may restrict the values of many columns and rows."""

    def counted(value: Any, variables: Mapping[str, Any]) -> bool:
        spend(items)
        return test(value, variables)

    return counted


def _anything(value: Any, variables: Mapping[str, Any]) -> bool:
    return True


def _passing(check: Check) -> Test:
    return lambda value, variables: check(value, variables) is True


def _unless(test: Test) -> Test:
    return lambda value, variables: not test(value, variables)


def _one_of(tests: list[Test]) -> Test:
    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        for passes in tests:  # noqa: SIM110 - half the time of any() over a generator
            if passes(value, variables):
                return True
        return False

    return test


def _literal(literals: list[Any]) -> Test:
    """Return the test for values that are one of ``literals``."""
    # In Python 1 is True, so these are kept apart.
    words = frozenset(item for item in literals if item is None or type(item) is bool)
    others = frozenset(item for item in literals if item is not None and type(item) is not bool)

    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        kind = type(value)
        if kind is str or kind is int or kind is float:
            return value in others
        if kind is bool or value is None:
            return value in words
        raise ElsewhereError  # a list of one item stands for the item

    return test


def _fast(signs: tuple[str, ...], bounds: list[Any]) -> Test | None:
    """Return the test against bounds that are known; None where there is no faster one."""
    if any(type(bound) not in NUMBERS for bound in bounds):
        return _literal(bounds) if signs == ("=",) and type(bounds[0]) is str else None
    if signs == ("=",):
        return _literal(bounds)
    if signs == ("!=",):
        return None
    if len(signs) == 1:
        return _compared(_COMPARISONS[signs[0]], bounds[0])
    low, high = bounds
    from_low, to_high = signs[0] == "[", signs[1] == "]"
    if low > high:
        low, high, from_low, to_high = high, low, to_high, from_low
    return _between(
        operator.le if from_low else operator.lt, low, operator.le if to_high else operator.lt, high
    )


def _compared(compare: Callable[[Any, Any], bool], bound: float) -> Test:
    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        kind = type(value)
        if kind is int or kind is float:
            return compare(value, bound)
        if kind in KNOWN:
            return False
        raise ElsewhereError

    return test


def _between(
    after: Callable[[Any, Any], bool], low: float, until: Callable[[Any, Any], bool], high: float
) -> Test:
    def test(value: Any, variables: Mapping[str, Any]) -> bool:
        kind = type(value)
        if kind is int or kind is float:
            return after(low, value) and until(value, high)
        if kind in KNOWN:
            return False
        raise ElsewhereError

    return test
