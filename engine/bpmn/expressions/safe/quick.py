"""A short cut for plain conditions: names, parts, constants, comparisons, ``and``, ``or``, ``not``.

They are most of what drawings hold, and walking a tree costs more than they do. Here they are
closures. Anything that is not plain, in the text or in the values, is left to
:class:`~.evaluation.Evaluation`, which measures it and knows what to say about it; an evaluation
changes nothing, so it can begin again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.expressions.safe.operators import COMPARISONS

Node: TypeAlias = Callable[[Mapping[str, Any]], Any]

_PLAIN = frozenset({int, float, bool, str, type(None)})
#: A longer text is measured.
_SHORT = 1_000


class NotPlainError(Exception):
    """Internal: this is for the evaluation."""


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
    if kind not in _PLAIN or (kind is str and len(value) > _SHORT):
        raise NotPlainError
    return value


def _name(node: ast.Name) -> Node:
    name = node.id
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
    if len(node.ops) != 1 or isinstance(node.ops[0], ast.In | ast.NotIn):
        raise NotPlainError
    left, right = _compiled(node.left), _compiled(node.comparators[0])
    compare = COMPARISONS[type(node.ops[0])][0]

    def run(variables: Mapping[str, Any]) -> bool:
        first, second = left(variables), right(variables)
        if type(first) not in _PLAIN or type(second) not in _PLAIN:
            raise NotPlainError
        return bool(compare(first, second))

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
}
