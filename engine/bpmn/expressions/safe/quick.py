"""A short cut for plain expressions: names, parts, constants, comparisons, choices, short sums.

They are most of what drawings hold, and walking a tree costs more than they do. Here they are
closures. Anything that is not plain, in the text or in the values, is left to
:class:`~.evaluation.Evaluation`, which measures it and knows what to say about it; an evaluation
changes nothing, so it can begin again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.expressions.safe.checking import CONSTANTS
from engine.bpmn.expressions.safe.functions import FUNCTIONS
from engine.bpmn.expressions.safe.limits import RefusedError
from engine.bpmn.expressions.safe.operators import BINARY, COMPARISONS

Node: TypeAlias = Callable[[Mapping[str, Any]], Any]

_PLAIN = frozenset({int, float, bool, str, type(None)})
#: A longer text is measured, and so is a longer list.
_SHORT, _FEW = 1_000, 20
#: Items of a list that something is looked for in.
_MANY = 100
_NUMBERS = frozenset({int, float})
_WHOLES = frozenset({str, list, dict})
#: Whole numbers beyond this are measured.
_HIGH = 2**63
#: Functions that give something short for what is short.
_FUNCTIONS = frozenset(
    {
        *("abs", "bool", "contains", "endswith", "float", "int", "len", "lower", "max", "min"),
        *("round", "startswith", "str", "strip", "upper"),
    }
)


class NotPlainError(Exception):
    """Internal: this is for the evaluation."""


#: What a closure ends with when the evaluation has to take it, or to say what is wrong.
LEFT = (
    NotPlainError,
    RefusedError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def quick(node: ast.expr) -> Node | None:
    """Return the closure of a plain expression; None for any other."""
    try:
        inner = _compiled(node)
    except NotPlainError:
        return None
    return lambda variables: _plain(inner(variables))


def _compiled(node: ast.expr) -> Node:
    compile_it = _KINDS.get(type(node))
    if compile_it is None:
        raise NotPlainError
    return compile_it(node)


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is list:
        if len(value) > _FEW:
            raise NotPlainError
        for item in value:
            _scalar(item)
    else:
        _scalar(value)
    return value


def _scalar(value: Any) -> Any:
    kind = type(value)
    if kind not in _PLAIN or (kind is str and len(value) > _SHORT):
        raise NotPlainError
    if kind is int and not -_HIGH <= value <= _HIGH:
        raise NotPlainError
    return value


def _name(node: ast.Name) -> Node:
    name = node.id
    if name in CONSTANTS:
        raise NotPlainError
    return lambda variables: variables[name]


def _constant(node: ast.Constant) -> Node:
    value = node.value
    return lambda variables: value


def _part(node: ast.Attribute) -> Node:
    whole, name = _compiled(node.value), node.attr

    def run(variables: Mapping[str, Any]) -> Any:
        found = whole(variables)
        if type(found) is not dict:
            raise NotPlainError
        return found[name]

    return run


def _compare(node: ast.Compare) -> Node:
    if len(node.ops) != 1:
        raise NotPlainError
    left, right = _compiled(node.left), _compiled(node.comparators[0])
    compare = COMPARISONS[type(node.ops[0])][0]
    if isinstance(node.ops[0], ast.In | ast.NotIn):
        return lambda variables: compare(_scalar(left(variables)), _whole(right(variables)))

    def run(variables: Mapping[str, Any]) -> bool:
        first, second = left(variables), right(variables)
        if type(first) not in _PLAIN or type(second) not in _PLAIN:
            raise NotPlainError
        return bool(compare(first, second))

    return run


def _whole(value: Any) -> Any:
    """Return what something short can be looked for in."""
    kind = type(value)
    if kind not in _WHOLES or len(value) > (_MANY if kind is list else _SHORT):
        raise NotPlainError
    return value


def _choice(node: ast.IfExp) -> Node:
    condition, chosen, other = map(_compiled, (node.test, node.body, node.orelse))
    return lambda variables: chosen(variables) if condition(variables) else other(variables)


def _sum(node: ast.BinOp) -> Node:
    if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
        raise NotPlainError
    left, right = _compiled(node.left), _compiled(node.right)
    operator = BINARY[type(node.op)][0]
    texts_too = isinstance(node.op, ast.Add)

    def run(variables: Mapping[str, Any]) -> Any:
        first, second = _scalar(left(variables)), _scalar(right(variables))
        kinds = {type(first), type(second)}
        if not (kinds <= _NUMBERS or (texts_too and kinds == {str})):
            raise NotPlainError
        return operator(first, second)

    return run


def _call(node: ast.Call) -> Node:
    if not isinstance(node.func, ast.Name) or node.keywords:
        raise NotPlainError
    values = [_compiled(argument) for argument in node.args]
    if node.func.id == "default":
        return _default(*values)
    if node.func.id not in _FUNCTIONS:
        raise NotPlainError
    function = FUNCTIONS[node.func.id]
    return lambda variables: function(*[_scalar(value(variables)) for value in values])


def _default(first: Node, other: Node) -> Node:
    def run(variables: Mapping[str, Any]) -> Any:
        try:
            value = first(variables)
        except KeyError:
            value = None
        return other(variables) if value is None else value

    return run


def _joined(node: ast.BoolOp) -> Node:
    parts = [_compiled(part) for part in node.values]
    stops = isinstance(node.op, ast.Or)

    def run(variables: Mapping[str, Any]) -> Any:
        value: Any = None
        for part in parts:
            value = part(variables)
            if bool(value) is stops:
                break
        return value

    return run


def _opposite(node: ast.UnaryOp) -> Node:
    if not isinstance(node.op, ast.Not):
        raise NotPlainError
    value = _compiled(node.operand)
    return lambda variables: not value(variables)


_KINDS: dict[type[ast.expr], Callable[[Any], Node]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _part,
    ast.Compare: _compare,
    ast.BoolOp: _joined,
    ast.UnaryOp: _opposite,
    ast.IfExp: _choice,
    ast.BinOp: _sum,
    ast.Call: _call,
}
