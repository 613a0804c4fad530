"""Closures of what may stand in a row: operators of one level, and the parts behind dots.

A row is a loop. Closures inside of closures would call each other, as deep as the row is long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from engine.bpmn.expressions.friendly.operations import BINARY, part

#: Gives the value of an expression from the variables.
Node: TypeAlias = Callable[[Mapping[str, Any]], Any]


def joined(sign: str, left: Node, right: Node) -> Node:
    """Return the closure of ``left + right``; both sides are always looked at."""
    operate = BINARY[sign]
    return lambda variables: operate(left(variables), right(variables))


def chain(first: Node, steps: Sequence[tuple[str, Node]]) -> Node:
    """Return the closure of ``first + a - b``; a step is an operator and its right side."""
    if len(steps) == 1:
        return joined(steps[0][0], first, steps[0][1])
    calculated = tuple((BINARY[sign], node) for sign, node in steps)

    def run(variables: Mapping[str, Any]) -> Any:
        value = first(variables)
        for operate, node in calculated:
            value = operate(value, node(variables))
        return value

    return run


def path(whole: Node, names: Sequence[str]) -> Node:
    """Return the closure of ``whole.name.name``."""
    if len(names) == 1:
        (only,) = names
        return lambda variables: part(whole(variables), only)

    def run(variables: Mapping[str, Any]) -> Any:
        value = whole(variables)
        for name in names:
            value = part(value, name)
        return value

    return run
