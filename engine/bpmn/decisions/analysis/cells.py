"""Reads the simple cells of a table: literals, comparisons and ranges, lists of them, ``not(...)``.

Clauses of DMN 1.5: 7.3.3 and 10.3.1.2 (unary tests). A range whose ends stand in the wrong order
means the same as in the right one, as feelin has it.
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple, TypeAlias

from engine.bpmn.decisions.analysis.literals import (
    LITERAL,
    NOTHING,
    ORDERED,
    SHORT,
    Literal,
    literal,
)
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH


class Same(NamedTuple):
    """Passes one value; with ``differs`` any other one of its sort, and null."""

    value: Literal
    differs: bool = False


class Between(NamedTuple):
    """Passes what lies between two values; None is no end."""

    low: Literal | None
    high: Literal | None
    from_low: bool = False  #: whether the end itself passes
    to_high: bool = False


Test: TypeAlias = Same | Between


class Cell(NamedTuple):
    """Tests of which one has to pass, or none where it is ``negated``. No test passes anything."""

    tests: tuple[Test, ...]
    negated: bool = False

    @property
    def passes_anything(self) -> bool:
        """Whether it is ``-``."""
        return not self.tests


#: Tests of a file that are kept while it is looked at.
MOST_TESTS = 200_000
_ONE = re.compile(
    rf"\s*(?:(?P<sign><=|>=|!=|=|<|>)\s*(?P<bound>{LITERAL})"
    rf"|(?P<opens>[\[(\]])\s*(?P<low>{LITERAL})\s*\.\.\s*(?P<high>{LITERAL})\s*(?P<closes>[\])\[])"
    rf"|(?P<value>{LITERAL}))\s*(?P<more>,|$)",
    re.ASCII,
)
_NOT = re.compile(r"\s*not\s*\((?P<inner>.*)\)\s*", re.DOTALL)
_ANYTHING = Cell(())


def read_cell(text: str) -> Cell | None:
    """Return the tests of a cell; None where one of them is not simple, or it is too long."""
    if len(text) > SHORT:
        return _read(text) if len(text) <= EXPRESSION_LENGTH else None
    return _read_once(text)


class Cells:
    """Reads the cells of one file, each once; several rules ask for them.

    Of a file with far too many tests the first are read, as a test takes a hundred times the space
    of its text.
    """

    def __init__(self, most: int = MOST_TESTS) -> None:
        """Begin; ``most`` is how many tests are kept."""
        self._known: dict[str, Cell | None] = {}
        self._left = most

    def __call__(self, text: str) -> Cell | None:
        """Return the tests of a cell as :func:`read_cell` does; None also for those not read."""
        if text not in self._known:
            found = read_cell(text) if self.is_complete else None
            self._left -= len(found.tests) if found is not None else 0
            self._known[text] = found
        return self._known[text]

    @property
    def is_complete(self) -> bool:
        """Whether all cells so far were read."""
        return self._left >= 0


def _read(text: str) -> Cell | None:
    if text.strip() in ("", "-"):
        return _ANYTHING
    negation = _NOT.fullmatch(text)
    tests = _tests(negation["inner"] if negation else text)
    return None if tests is None else Cell(tests, negation is not None)


_read_once = functools.lru_cache(maxsize=4096)(_read)


def _tests(text: str) -> tuple[Test, ...] | None:
    tests: list[Test] = []
    at = 0
    while True:
        found = _ONE.match(text, at)
        test = _test(found) if found else None
        if found is None or test is None:
            return None
        tests.append(test)
        if not found["more"]:
            return tuple(tests)
        at = found.end()


def _test(found: re.Match[str]) -> Test | None:
    if found["value"]:
        value = literal(found["value"])
        return None if value is None else Same(value)
    if found["sign"]:
        bound = literal(found["bound"])
        return None if bound is None else _compared(found["sign"], bound)
    low, high = literal(found["low"]), literal(found["high"])
    if low is None or high is None or low.sort not in ORDERED or high.sort != low.sort:
        return None
    from_low, to_high = found["opens"] == "[", found["closes"] == "]"
    if low.value > high.value:
        low, high, from_low, to_high = high, low, to_high, from_low
    return Between(low, high, from_low, to_high)


def _compared(sign: str, bound: Literal) -> Test | None:
    if sign in ("=", "!="):
        return Same(bound, differs=sign == "!=")
    if bound.sort not in ORDERED or bound.sort == NOTHING:
        return None
    reaches = sign.endswith("=")
    if sign.startswith("<"):
        return Between(None, bound, to_high=reaches)
    return Between(bound, None, from_low=reaches)
