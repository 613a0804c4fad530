"""What compiled nodes run on, and the nodes themselves.

A node is a function of a :class:`Run`. What fails in it is told with the place of the node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from engine.bpmn.expressions.safe.evaluation import MissingError
from engine.bpmn.expressions.safe.limits import (
    SCALARS,
    SIZE,
    WORK,
    RefusedError,
    described,
    size_of,
    too_large,
    too_much,
)
from engine.bpmn.expressions.unified.coercion import (
    BINARY,
    bounded,
    equals,
    is_empty,
    to_boolean,
    to_number,
    to_text,
)

#: Bytes of a value that is looked at which cost one unit of work.
_BYTES_A_UNIT = 32
_FAULTS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


@dataclass(slots=True)
class Run:
    """One evaluation of one text."""

    variables: Mapping[str, Any]
    now: datetime | None
    #: Variables that were set, in scripts; :data:`REMOVED` for those that were removed.
    changes: dict[str, Any] = field(default_factory=dict)
    #: Bytes of the values that were made so far.
    made: int = 0
    #: Units of work that were done so far, of about a microsecond.
    work: int = 0

    def variable(self, name: str) -> Any:
        """Return a variable. Raises :class:`MissingError` when it is not there."""
        value = self.changes.get(name, self.variables.get(name, REMOVED))
        if value is REMOVED:
            raise MissingError(
                f"There is no variable '{name}'.", f"Set it before, or ask 'empty {name}' first."
            )
        return value

    def charge(self, value: Any) -> Any:
        """Return ``value``, counted. Raises when values grow out of proportion."""
        if type(value) not in SCALARS:
            self.made += len(value) if type(value) is str else size_of(value)
            if self.made > SIZE * 4 or (type(value) is str and len(value) > SIZE):
                raise too_large()
        return value

    def look(self, value: Any) -> Any:
        """Return ``value``, counted as far as an operator or a method looks into it.

        Raises:
            RefusedError: it is a list or a dictionary of more than 64 kB, or the work too much.
        """
        if type(value) is str:
            if len(value) >= _BYTES_A_UNIT:
                self.spend(len(value) // _BYTES_A_UNIT)
        elif type(value) not in SCALARS:
            self.spend(size_of(value) // _BYTES_A_UNIT)
        return value

    def equal(self, left: Any, right: Any) -> bool:
        """Say whether ``==`` holds, and count the comparison."""
        if left is not None and right is not None:
            self.spend(1)
            self.look(left)
            self.look(right)
        return equals(left, right)

    def spend(self, units: int) -> None:
        """Count work. Raises ``RefusedError`` when it is too much."""
        self.work += units
        if self.work > WORK:
            raise too_much()


REMOVED = object()
Node: TypeAlias = Callable[[Run], Any]


def placed(node: Callable[..., Any], offset: int) -> Callable[..., Any]:
    """Return ``node`` such that what fails in it names the place."""

    def run(*given: Any) -> Any:
        try:
            return node(*given)
        except RefusedError as refused:
            if refused.offset is None:
                refused.offset = offset
            raise
        except ZeroDivisionError as fault:
            raise _at("It divides by zero.", "Ask first whether it is 0.", offset) from fault
        except _FAULTS as fault:
            text = str(fault).strip().rstrip(".")
            reason = f"It failed: {text}." if text else "It failed."
            raise _at(reason, "Check the values that the variables can have.", offset) from fault

    return run


def constant(value: Any) -> Node:
    """Return the node of a literal."""
    return lambda state: value


def variable(name: str) -> Node:
    """Return the node of a name."""
    return lambda state: state.variable(name)


def text_of(nodes: Sequence[Node]) -> Node:
    """Return the node that joins the parts of ``Hello ${name}``."""
    return lambda state: state.charge(
        "".join(state.charge(to_text(state.look(node(state)))) for node in nodes)
    )


def chain(first: Node, steps: Sequence[Callable[[Run, Any], Any]]) -> Node:
    """Return the node of ``a + b + c``: each step gets the value of what stands before it."""

    def run(state: Run) -> Any:
        value = first(state)
        for step in steps:
            value = step(state, value)
        return value

    return run


def step(sign: str, right: Node) -> Callable[[Run, Any], Any]:
    """Return what an operator does with the value on its left.

    The right side of ``&&`` and ``||`` is looked at only when the left one does not decide.
    """
    if sign == "&&":
        return lambda state, left: _holds(state, left) and _holds(state, right(state))
    if sign == "||":
        return lambda state, left: _holds(state, left) or _holds(state, right(state))
    if sign == "==":
        return lambda state, left: state.equal(left, right(state))
    if sign == "!=":
        return lambda state, left: not state.equal(left, right(state))
    operate = BINARY[sign]

    def run(state: Run, left: Any) -> Any:
        other = right(state)
        if type(left) not in SCALARS:
            state.look(left)
        if type(other) not in SCALARS:
            state.look(other)
        return operate(left, other)

    return run


def empty(value: Node) -> Node:
    """Return the node of ``empty value``; what is not there is empty."""
    return lambda state: is_empty(lenient(value)(state))


def lenient(value: Node) -> Node:
    """Return a node that gives None where a variable is not there."""

    def run(state: Run) -> Any:
        try:
            return value(state)
        except MissingError:
            return None

    return run


def opposite(value: Node) -> Node:
    """Return the node of ``!``."""
    return lambda state: not _holds(state, value(state))


def negative(value: Node) -> Node:
    """Return the node of a minus sign in front."""
    return lambda state: bounded(-to_number(value(state)))


def choice(condition: Node, yes: Node, no: Node) -> Node:
    """Return the node of ``condition ? yes : no``."""
    return lambda state: yes(state) if _holds(state, condition(state)) else no(state)


def part(whole: Node, key: Node) -> Node:
    """Return the node of ``whole.key`` and ``whole[key]``."""
    return lambda state: _part(whole(state), state.look(key(state)))


def array(items: Sequence[Node]) -> Node:
    """Return the node of ``[a, b]``."""
    return lambda state: state.charge([item(state) for item in items])


def call(function: Callable[..., Any], arguments: Sequence[Node]) -> Node:
    """Return the node of a function that needs nothing but its arguments."""
    return lambda state: state.charge(function(*(state.look(node(state)) for node in arguments)))


def bound_call(function: Callable[..., Any], arguments: Sequence[Node]) -> Node:
    """Return the node of a function that gets the run first."""
    return lambda state: state.charge(
        function(state, *(state.look(node(state)) for node in arguments))
    )


def _holds(state: Run, value: Any) -> bool:
    return value if type(value) is bool else to_boolean(state.look(value))


def _part(whole: Any, key: Any) -> Any:
    if isinstance(whole, dict):
        found = whole.get(key) if isinstance(key, str) else whole.get(to_text(key))
        if found is None and key in _PARTS_OF_A_MAP and key not in whole:
            return _PARTS_OF_A_MAP[key](whole)
        return found
    if isinstance(whole, list | tuple):
        return _item(whole, key)
    if isinstance(whole, date) and key in _PARTS_OF_A_MOMENT:
        return getattr(whole, _PARTS_OF_A_MOMENT[key])
    kind = MissingError if whole is None else RefusedError
    raise kind(
        f"{described(whole)} has no part {key!r:.60}.",
        "Check that the variable is set, and what it is.",
    )


def _item(whole: Sequence[Any], key: Any) -> Any:
    if key == "size" or key == "length":
        return len(whole)
    index = to_number(key)
    # What is not in the list is null (JSR 245, ListELResolver).
    return whole[int(index)] if 0 <= index < len(whole) else None


_PARTS_OF_A_MAP: dict[Any, Callable[[dict[str, Any]], Any]] = {"size": len}
_PARTS_OF_A_MOMENT = {
    "year": "year",
    "monthValue": "month",
    "dayOfMonth": "day",
    "hour": "hour",
    "minute": "minute",
    "second": "second",
}


def _at(reason: str, cure: str, offset: int) -> RefusedError:
    refused = RefusedError(reason, cure)
    refused.offset = offset
    return refused
