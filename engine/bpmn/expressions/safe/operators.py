"""The operators, bounded: none gives a value out of proportion to what it was given."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.safe.limits import (
    BITS,
    SIZE,
    RefusedError,
    too_high,
    too_large,
)


def _add(left: Any, right: Any) -> Any:
    texts = isinstance(left, str | list) and isinstance(right, str | list)
    if texts and len(left) + len(right) > SIZE:
        raise too_large()
    return left + right


def _multiply(left: Any, right: Any) -> Any:
    for whole, times in ((left, right), (right, left)):
        if isinstance(whole, str | list):
            if isinstance(times, int) and len(whole) * times > SIZE:
                raise too_large()
            return left * right
    whole_numbers = isinstance(left, int) and isinstance(right, int)
    if whole_numbers and left.bit_length() + right.bit_length() > BITS:
        raise too_high()
    return left * right


def _power(left: Any, right: Any) -> Any:
    whole_numbers = isinstance(left, int) and isinstance(right, int)
    if whole_numbers and right > 0 and left.bit_length() * right > BITS:
        raise too_high()
    return left**right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        # '%999999999d' % 1 is a gigabyte.
        raise RefusedError(
            "'%' does not fill in texts.", "Write 'Hello ' + name, or f'Hello {name}'."
        )
    _check_bits(left, right)
    return left % right


def _quotient(left: Any, right: Any) -> Any:
    _check_bits(left, right)
    return left // right


def _check_bits(*numbers: Any) -> None:
    # What takes the square of the digits is kept to those that results may have.
    for number in numbers:
        if isinstance(number, int) and number.bit_length() > BITS:
            raise too_high()


def _either(left: Any, right: Any) -> Any:
    if not (isinstance(left, dict) and isinstance(right, dict)):
        raise RefusedError("'|' joins two dictionaries.", "For a choice of conditions write 'or'.")
    return left | right


#: Operators with two values: the function and the sign people write.
BINARY: Mapping[type[ast.operator], tuple[Callable[[Any, Any], Any], str]] = MappingProxyType(
    {
        ast.Add: (_add, "+"),
        ast.Sub: (operator.sub, "-"),
        ast.Mult: (_multiply, "*"),
        ast.Div: (operator.truediv, "/"),
        ast.FloorDiv: (_quotient, "//"),
        ast.Mod: (_remainder, "%"),
        ast.Pow: (_power, "**"),
        ast.BitOr: (_either, "|"),
    }
)
UNARY: Mapping[type[ast.unaryop], Callable[[Any], Any]] = MappingProxyType(
    {ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos}
)
COMPARISONS: Mapping[type[ast.cmpop], tuple[Callable[[Any, Any], Any], str]] = MappingProxyType(
    {
        ast.Eq: (operator.eq, "=="),
        ast.NotEq: (operator.ne, "!="),
        ast.Lt: (operator.lt, "<"),
        ast.LtE: (operator.le, "<="),
        ast.Gt: (operator.gt, ">"),
        ast.GtE: (operator.ge, ">="),
        ast.In: (lambda part, whole: part in whole, "in"),
        ast.NotIn: (lambda part, whole: part not in whole, "not in"),
        ast.Is: (lambda left, right: left is right, "is"),
        ast.IsNot: (lambda left, right: left is not right, "is not"),
    }
)
